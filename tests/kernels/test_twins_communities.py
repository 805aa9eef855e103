"""The kernel that moves people between communities against plain Python, move for move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.kernels import communities as kernels
from tests import reference_communities as twin

pytestmark = pytest.mark.twin
PEOPLE = 9
PERSON = st.integers(0, PEOPLE - 1)
TIES = st.lists(st.tuples(PERSON, PERSON, st.integers(1, 4)), max_size=40)


@settings(max_examples=150, deadline=None)
@given(TIES, st.integers(1, 5), st.integers(0, 3), st.lists(PERSON, min_size=PEOPLE, max_size=PEOPLE))
def test_people_move_as_the_twin_says(ties, most_passes, fewest, start):
    near: list[dict[int, int]] = [{} for _ in range(PEOPLE)]
    degree = [0] * PEOPLE
    for a, b, times in ties:
        degree[a] += times
        degree[b] += times
        if a != b:
            near[a][b] = near[a].get(b, 0) + times
            near[b][a] = near[b].get(a, 0) + times
    group, total = np.array(start, np.int32), np.zeros(PEOPLE, np.int64)
    np.add.at(total, group, degree)
    moves = kernels.move_people(
        np.cumsum([0, *map(len, near)]), np.array([j for row in near for j in row], np.int32),
        np.array([times for row in near for times in row.values()], np.int64), np.array(degree, np.int64),
        sum(degree), most_passes, fewest, group, total,
    )  # fmt: skip
    wanted, moved = twin.moved(near, degree, most_passes, fewest, start)
    assert (group.tolist(), moves) == (wanted, moved)
    assert total.tolist() == [
        sum(d for d, g in zip(degree, wanted, strict=True) if g == k) for k in range(PEOPLE)
    ]
