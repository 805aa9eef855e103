"""Networks from row numbers: known answers on tiny graphs, luck of the order, faults."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.network.graph import Network
from sim.network.measure import describe
from tests.network_cases import public, rows, same, strengths


def ties(src, dst, n_people=5, directed=True, weight=None):
    return Network.from_edges(src, dst, n_people=n_people, directed=directed, weight=weight).layers["ties"]


def faults(src, dst, n_people=5, weight=None):
    with pytest.raises(InputError) as caught:
        ties(src, dst, n_people, weight=weight)
    return [str(fault) for fault in caught.value.faults]


def test_source_is_heard_by_target():
    layer = ties([0, 0, 3], [1, 2, 0])
    assert [sorted(row) for row in rows(layer)] == [[1, 2], [], [], [0], []]
    assert layer.audience_sizes.tolist() == [2, 0, 0, 1, 0]


def test_undirected_ties_go_both_ways():
    assert [sorted(row) for row in rows(ties([0, 0], [1, 2], directed=False))] == [[1, 2], [0], [0], [], []]


def test_self_loops_and_repeats_are_dropped_and_counted():
    layer = ties([0, 0, 1, 2, 4], [1, 1, 1, 2, 0])
    assert [sorted(row) for row in rows(layer)] == [[1], [], [], [], [0]]
    assert layer.notes == ("2 rows tied a person to themselves: dropped", "1 row repeated a tie: merged")


def test_undirected_counts_are_of_given_rows():
    layer = ties([0, 1, 3, 0], [1, 0, 3, 1], directed=False)
    assert layer.n_ties == 2
    assert layer.notes == ("1 row tied a person to itself: dropped", "2 rows repeated a tie: merged")


def test_without_weights_all_are_one_whatever_is_repeated():
    assert len(ties([0, 0, 1], [1, 1, 2]).out_weight) == 0


def test_parallel_weights_add_up_then_divide_by_the_largest():
    layer = ties([0, 0, 1, 2], [1, 1, 2, 0], weight=[1.0, 3.0, 2.0, 1.0])
    assert strengths(layer) == {(0, 1): 1.0, (1, 2): 0.5, (2, 0): 0.25}
    assert layer.out_weight.dtype == np.float32


def test_equal_weights_are_not_stored():
    assert len(ties([0, 1], [1, 2], weight=[3, 3]).out_weight) == 0


def test_tiny_weights_stay_above_zero():
    assert min(strengths(ties([0, 1], [1, 2], weight=[1e-300, 1e30])).values()) > 0


def test_a_network_without_ties():
    layer = ties([], [])
    assert layer.n_ties == 0
    assert layer.audience_sizes.tolist() == [0] * 5


def test_arrays_are_read_only():
    layer = ties([0, 0], [1, 2], weight=[1, 2])
    for array in (layer.out_ptr, layer.out_dst, layer.out_weight):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.floats(1e-6, 1e6)), min_size=1, max_size=80),
    st.randoms(use_true_random=False),
)
def test_order_of_the_ties_does_not_matter(given_ties, shuffler):
    shuffled = shuffler.sample(given_ties, len(given_ties))
    one, other = (
        ties(*list(zip(*some, strict=True))[:2], 9, weight=[w for *_, w in some])
        for some in (given_ties, shuffled)
    )
    assert same(one, other)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=200, unique=True))
def test_a_new_tie_moves_nothing_but_takes_a_place_in_its_row(given_ties):
    (author, follower), rest = given_ties[0], given_ties[1:]
    before, after = (rows(ties(*zip(*some, strict=True), 31)) for some in (rest, given_ties))
    if author != follower:
        after[author].remove(follower)
    assert after == before


def test_order_within_a_row_is_not_that_of_row_numbers():
    orders = [rows(ties([j] * 39, [i for i in range(40) if i != j], 40))[j] for j in range(3)]
    ranks = [[i for i in order if i > 2] for order in orders]
    assert ranks[0] != ranks[1] != ranks[2] != sorted(ranks[2])


def test_measures_of_a_known_graph():
    # 0 and 1 hear each other, 2 hears 0, 3 hears 2; person 4 has no tie; segments {0, 1, 4} and {2, 3}
    found = describe(ties([0, 1, 0, 2], [1, 0, 2, 3]), public(5, [0, 0, 1, 1, 0]))
    # two people with one follower and one with two are too few for a law; nobody's two ties are tied
    assert np.isnan([found.pop("exponent"), found.pop("exponent_error")]).all()
    assert found == {
        "clustering": 0.0,
        "clustering_error": 0.0,
        "n_ties": 4,
        "people_with_ties": 4,
        "mean_followers": 1.0,
        "median_followers": 1.0,
        "max_followers": 2,
        "reciprocity": 0.5,
        "same_segment": 0.75,
    }


def test_measures_without_ties():
    found = describe(ties([], []), public(5))
    assert (found["n_ties"], found["people_with_ties"], found["max_followers"]) == (0, 0, 0)
    assert np.isnan([found["mean_followers"], found["reciprocity"], found["same_segment"]]).all()


@pytest.mark.parametrize(
    ("given_ties", "wanted"),
    [
        (([0, -1], [1, 2]), "src: -1 at place 1; want row numbers from 0 to n_people - 1 = 4"),
        (([0, 1], [5, 9]), "dst: 5 at place 0 and 1 more; want row numbers from 0 to n_people - 1 = 4"),
        (([0, 1, 2], [1, 2]), "src has shape (3,), dst has shape (2,); want one entry per tie in each"),
        (([[0, 1]], [[1, 2]]), "shape (1, 2)"),
        (([0.0, 1.5], [1, 2]), "src: float64 values; want whole numbers: the row of each person"),
        (([0, nan], [1, 2]), "src: float64 values; want whole numbers"),
        ((["a"], ["b"]), "src: <U1 values; want whole numbers"),
        (([True], [False]), "src: bool values; want whole numbers"),
        (([0], [1], 0), "n_people: 0; want 1 to 2147483647 people"),
        (([0], [1], 2**31), "n_people: 2147483648; want 1 to"),
        (([0, 1], [1, 2], 5, [1.0, nan]), "weight: nan at place 1; want numbers above 0"),
        (([0, 1], [1, 2], 5, [1, -2]), "weight: -2 at place 1; want numbers above 0"),
        (([0, 1], [1, 2], 5, [0, 0]), "weight: 0 at place 0 and 1 more; want numbers above 0"),
        (([0], [1], 5, [float("inf")]), "weight: inf at place 0; want numbers above 0"),
        (([0], [1], 5, ["strong"]), "weight: <U6 values; want numbers above 0"),
        (([0], [1], 5, [1, 2]), "weight has shape (2,)"),
    ],
)
def test_faults(given_ties, wanted):
    assert any(wanted in fault for fault in faults(*given_ties)), faults(*given_ties)


def test_all_faults_come_together():
    assert len(faults([-1, 2], [9, 1], weight=[0, nan])) == 3
