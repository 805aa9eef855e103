"""Worlds of live ties and plans spread over them against plain Python: the same ties, the same people."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernels import bank
from sim.network.chances import odds_of
from tests import reference_cascade as twin
from tests.kernels.test_twins_cascade import KEYS, SOME, chances_for, in_rows, layers, u64

pytestmark = pytest.mark.twin


@SOME
@given(layers(), KEYS, st.data())
def test_worlds_and_plans(case, key, data):
    layer, uid = case
    chances = data.draw(chances_for(layer))
    ptr, heard = np.empty(len(uid) + 1, np.uint32), np.empty(layer.n_ties, np.uint32)
    n = bank.draw_world(np.uint64(key), odds_of(layer, chances, u64(*uid)), ptr, heard)
    wanted = twin.draw_world(key, in_rows(layer, chances), uid, Counter())
    assert [heard[a:b].tolist() for a, b in pairwise(ptr.tolist())] == wanted
    assert n == ptr[-1]

    person = st.integers(0, len(uid) - 1)
    plans = data.draw(st.lists(st.lists(person, min_size=1, max_size=5), min_size=1, max_size=64))
    bounds = np.concatenate([[0], np.cumsum([len(plan) for plan in plans])])
    board, sizes = bank.board(len(uid)), np.empty(len(plans), np.int64)
    for _ in range(2):  # the board is clean again after each pass
        bank.flood(ptr, heard[:n], bounds, np.concatenate(plans).astype(np.int32), board, sizes)
        assert sizes.tolist() == [twin.flood(wanted, plan) for plan in plans]
    assert not board.bits.any()


def test_all_64_plans_have_their_bit():
    """A chain of a thousand: plan k begins at person k, and reaches all after it."""
    ptr = np.minimum(np.arange(1001), 999).astype(np.uint32)
    heard, sizes = np.arange(1, 1000, dtype=np.uint32), np.empty(64, np.int64)
    seeds = np.arange(64, dtype=np.int32)
    bank.flood(ptr, heard, np.arange(65), seeds, bank.board(1000), sizes)
    assert sizes.tolist() == list(range(1000, 936, -1))
