"""Kernels of ties against plain Python, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.kernels import clustering as groups
from sim.kernels import matching
from sim.kernels import ties as kernels
from sim.network.graph import read_only
from tests import reference_ties as twin
from tests.reference_luck import mix

pytestmark = pytest.mark.twin
KEYS = st.integers(0, 2**64 - 1)
LIGHT = settings(max_examples=60, deadline=None)


@st.composite
def publics(draw, most=12):
    n = draw(st.integers(2, most))
    uid = draw(st.lists(KEYS, min_size=n, max_size=n, unique=True))
    segment = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    return uid, segment


@st.composite
def given_ties(draw):
    uid, _ = draw(publics())
    person = st.integers(0, len(uid) - 1)
    ends = draw(st.lists(st.tuples(person, person), max_size=150))
    return uid, [j for j, _ in ends], [i for _, i in ends]


def counts_of(draw, n, most):
    return draw(st.lists(st.integers(0, most), min_size=n, max_size=n))


def i32(values):
    return np.array(values, np.int32)


def i64(values):
    return np.array(values, np.int64)


def u64(values):
    return np.array(values, np.uint64)


def starts(sizes):
    return i64([0, *np.cumsum(sizes)])


def by_segment(segment):
    """Return starts and people of each segment 0 … 2, in row order."""
    groups = [[i for i, s in enumerate(segment) if s == g] for g in range(3)]
    return starts([len(group) for group in groups]), i32([i for group in groups for i in group])


def in_rows(uid, src, dst, weight):
    ptr = np.zeros(len(uid) + 1, np.int64)
    n_self = kernels.row_starts(i32(src), i32(dst), ptr)
    out_dst = np.empty(ptr[-1], np.int32)
    out_weight = np.empty(ptr[-1] if len(weight) else 0)
    kernels.fill_rows(i32(src), i32(dst), np.array(weight, float), ptr, out_dst, out_weight)
    n_merged = kernels.sort_rows(read_only(u64(uid)), ptr, out_dst, out_weight)
    cut = [slice(ptr[j], ptr[j + 1]) for j in range(len(uid))]
    return [(out_dst[row].tolist(), out_weight[row].tolist()) for row in cut], n_self, n_merged


@LIGHT
@given(given_ties(), st.data())
def test_rows_are_those_of_the_twin(case, data):
    uid, src, dst = case
    strength = st.floats(1e-3, 1e6, allow_nan=False)
    weight = data.draw(st.lists(strength, min_size=len(src), max_size=len(src)))
    assert in_rows(uid, src, dst, weight) == twin.rows(uid, src, dst, weight)
    bare, n_self, n_merged = in_rows(uid, src, dst, [])
    wanted, *counted = twin.rows(uid, src, dst)
    assert [followers for followers, _ in bare] == [followers for followers, _ in wanted]
    assert [n_self, n_merged] == counted


def test_long_rows_are_those_of_the_twin():
    # rows past the insertion sort, with parallel ties among them
    uid = [mix(7 * i) for i in range(120)]
    src = [0] * 300 + [5] * 40
    dst = [(13 * e) % 120 for e in range(300)] + list(range(40))
    weight = [1 + (e % 17) / 10 for e in range(340)]
    assert in_rows(uid, src, dst, weight) == twin.rows(uid, src, dst, weight)


@LIGHT
@given(given_ties())
def test_returned_ties_are_those_of_the_twin(case):
    uid, src, dst = case
    rows, *_ = in_rows(uid, src, dst, [])
    ptr = starts([len(followers) for followers, _ in rows])
    out_dst = i32([i for followers, _ in rows for i in followers])
    ends = [(j, i) for j, i in zip(src, dst, strict=True) if i != j]
    wanted = twin.n_returned([j for j, _ in ends], [i for _, i in ends])
    assert kernels.count_returned(read_only(ptr), read_only(out_dst)) == wanted


@LIGHT
@given(publics(), KEYS, st.data())
def test_shuffled_stubs_are_those_of_the_twin(public, key, data):
    uid, segment = public
    n_stubs = counts_of(data.draw, len(uid), data.draw(st.sampled_from([2, 60])))
    n_home = [data.draw(st.integers(0, n)) for n in n_stubs]
    wanted, sizes = twin.shuffled(key, uid, segment, n_stubs, n_home, 4)
    owner = np.empty(sum(n_stubs), np.int32)
    matching.shuffle_stubs(
        np.uint64(key), u64(uid), i64(segment), i64(n_stubs), i64(n_home), starts(sizes), owner
    )
    assert owner.tolist() == wanted


@LIGHT
@given(given_ties(), KEYS, st.floats(0, 1), st.integers(0, 400))
def test_directions_are_those_of_the_twin(case, key, p_both, room):
    uid, left, right = case
    src, dst = (np.full(room, -1, np.int32) for _ in range(2))
    n = kernels.give_directions(np.uint64(key), u64(uid), i32(left), i32(right), p_both, src, dst)
    wanted = twin.directions(key, uid, list(zip(left, right, strict=True)), p_both)
    assert n == len(wanted)
    assert list(zip(src.tolist(), dst.tolist(), strict=True))[:n] == wanted[:room]


@LIGHT
@given(
    KEYS,
    st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25), max_size=3),
    st.lists(st.tuples(st.integers(0, 4), st.integers(5, 9)), max_size=6),
)
def test_settled_pairs_are_those_of_the_twin(key, pools, taken):
    pairs = [pair for pool in pools for pair in pool]
    ptr = starts([len(pool) for pool in pools])
    left, right = i32([a for a, _ in pairs]), i32([b for _, b in pairs])
    is_settled = np.empty(len(pairs), bool)
    table = np.zeros(512, np.uint64)
    groups.claim_pairs(i32([a for a, _ in taken]), i32([b for _, b in taken]), table)
    matching.settle_pairs(np.uint64(key), ptr, left, right, table, is_settled)
    ranges = [range(ptr[k], ptr[k + 1]) for k in range(len(pools))]
    wanted, sound = twin.settled(key, ranges, pairs, taken)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == wanted
    assert is_settled.tolist() == sound
    kept = [frozenset(pair) for pair, good in zip(wanted, sound, strict=True) if good]
    assert len(set(kept)) == len(kept)
    assert not set(kept) & {frozenset(pair) for pair in taken}
    assert all(len(pair) == 2 for pair in kept)
    for pool in ranges:
        before = sorted(person for p in pool for person in pairs[p])
        assert sorted(person for p in pool for person in wanted[p]) == before


@LIGHT
@given(publics(), KEYS, st.data())
def test_drawn_followers_are_those_of_the_twin(public, key, data):
    uid, segment = public
    n = len(uid)
    n_home, n_wide = (counts_of(data.draw, n, n) for _ in range(2))
    friends = [
        data.draw(st.sets(st.integers(0, n - 1).filter(lambda i, j=j: i != j), max_size=3)) for j in range(n)
    ]
    out_src, out_dst = (np.empty(sum(n_home) + sum(n_wide), np.int32) for _ in range(2))
    n_drawn = kernels.draw_followers(
        np.uint64(key), u64(uid), i64(segment), *by_segment(segment),
        starts([len(f) for f in friends]), i32([i for f in friends for i in f]),
        i64(n_home), i64(n_wide), out_src, out_dst,
    )  # fmt: skip
    drawn = list(zip(out_src[:n_drawn].tolist(), out_dst[:n_drawn].tolist(), strict=True))
    assert drawn == twin.followers(key, uid, segment, friends, n_home, n_wide)


@LIGHT
@given(
    publics(40), KEYS, st.integers(1, 4), st.floats(0, 1), st.floats(0, 1), st.randoms(use_true_random=False)
)
def test_rings_are_those_of_the_twin(public, key, half, p_home, rewiring, shuffler):
    uid, segment = public
    n = len(uid)
    half = min(half, (n - 1) // 2)
    order = shuffler.sample(range(n), n)
    home_ptr, home = by_segment(segment)
    left, right = (np.empty(n * half, np.int32) for _ in range(2))
    kernels.ring_pairs(
        np.uint64(key),
        u64(uid),
        i64(segment),
        i32(order),
        home_ptr,
        home,
        half,
        p_home,
        rewiring,
        left,
        right,
    )
    wanted = twin.ring(key, uid, segment, order, home.tolist(), half, p_home, rewiring)
    found = [(i, None if k < 0 else k) for i, k in zip(left.tolist(), right.tolist(), strict=True)]
    assert found == wanted
    n_lost = kernels.rewire_pairs(np.uint64(key ^ 1), u64(uid), left, right, np.zeros(512, np.uint64))
    wanted = twin.rewired(key ^ 1, uid, wanted)
    found = [(i, None if k < 0 else k) for i, k in zip(left.tolist(), right.tolist(), strict=True)]
    assert found == wanted
    assert n_lost == sum(partner is None for _, partner in wanted)
