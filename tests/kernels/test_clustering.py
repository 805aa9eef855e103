"""Kernels of groups and clustering against plain Python, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.kernels import clustering as kernels
from sim.network.graph import read_only
from tests import reference_ties as twin
from tests.kernels.test_ties import given_ties, i32, i64, in_rows, starts, u64

pytestmark = pytest.mark.twin
LIGHT = settings(max_examples=60, deadline=None)
PEOPLE = 12
PERSON = st.integers(0, PEOPLE - 1)


def ends(pairs):
    return i32([a for a, _ in pairs]), i32([b for _, b in pairs])


@LIGHT
@given(st.lists(st.lists(PERSON, max_size=30), min_size=1, max_size=3), st.integers(2, 7))
def test_groups_are_those_of_the_twin(pools, size):
    members = [i for pool in pools for i in pool]
    missing = [np.zeros(PEOPLE, np.int64) for _ in range(2)]
    left, right = (np.empty(len(members) * (size - 1), np.int32) for _ in range(2))
    n = kernels.group_pairs(
        starts([len(pool) for pool in pools]),
        i32(members),
        size,
        np.zeros(256, np.uint64),
        *missing,
        left,
        right,
    )
    wanted, missed = twin.groups(pools, size)
    assert list(zip(left[:n].tolist(), right[:n].tolist(), strict=True)) == wanted
    assert [counts.tolist() for counts in missing] == [[m[i] for i in range(PEOPLE)] for m in missed]
    # nobody gains or loses a tie: size - 1 for each membership
    has = np.bincount([i for pair in wanted for i in pair], minlength=PEOPLE) + sum(missing)
    assert has.tolist() == [members.count(i) * (size - 1) for i in range(PEOPLE)]


@LIGHT
@given(st.lists(st.tuples(PERSON, PERSON), max_size=60), st.lists(st.tuples(PERSON, PERSON), max_size=60))
def test_pairs_are_found_as_in_a_set(claimed, sought):
    table = np.zeros(256, np.uint64)
    kernels.claim_pairs(*ends(claimed), table)
    out = np.empty(len(sought), bool)
    kernels.find_pairs(table, *ends(sought), out)
    stands = {frozenset(pair) for pair in claimed if len(set(pair)) == 2}
    assert out.tolist() == [frozenset(pair) in stands for pair in sought]


@LIGHT
@given(given_ties(), st.data())
def test_ties_are_found_as_by_the_twin(case, data):
    uid, src, dst = case
    person = st.integers(0, len(uid) - 1)
    sought = data.draw(st.lists(st.tuples(person, person), max_size=60))
    rows, *_ = in_rows(uid, src, dst, [])
    ptr, follower = starts([len(row) for row, _ in rows]), i32([i for row, _ in rows for i in row])
    out = np.empty(len(sought), bool)
    kernels.find_ties(u64(uid), read_only(ptr), read_only(follower), *ends(sought), out)
    known = {(j, i) for j, i in zip(src, dst, strict=True) if j != i}
    assert out.tolist() == [twin.is_tied(known, a, b) for a, b in sought]


@LIGHT
@given(st.sets(st.tuples(PERSON, PERSON).filter(lambda pair: pair[0] < pair[1])))
def test_triangles_are_those_of_the_twin(pairs):
    rows = [sorted(b for a, b in pairs if a == j) for j in range(PEOPLE)]
    out = np.zeros(PEOPLE, np.int64)
    kernels.count_triangles(
        i64(starts([len(row) for row in rows])), i32([b for row in rows for b in row]), out
    )
    assert out.tolist() == twin.triangles(PEOPLE, pairs)
