"""Reverse reachable sets and the choice over them, against their plain twins, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import luck_keys
from sim.kernels import coverage
from sim.network.certify import in_ties
from sim.network.graph import Network
from tests import reference_coverage as twin

pytestmark = pytest.mark.twin
FEW = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def networks(draw):
    """Return people, directed ties with chances, and whether all chances are alike."""
    n = draw(st.integers(2, 9))
    person = st.integers(0, n - 1)
    pairs = draw(
        st.lists(
            st.tuples(person, person).filter(lambda t: t[0] != t[1]), unique=True, min_size=1, max_size=24
        )
    )
    chance = st.sampled_from([0.0, 0.02, 0.3, 0.5, 0.9, 1.0])
    if draw(st.booleans()):
        p = draw(chance)
        return n, [(j, i, p) for j, i in pairs], True
    return n, [(j, i, draw(chance)) for j, i in pairs], False


def made(n, ties, is_even, pass_on):
    """Return the kernel's ties, and the twin's."""
    src, dst = (np.array(column) for column in list(zip(*ties, strict=True))[:2])
    layer = Network.from_edges(src, dst, n_people=n, directed=True).layers["ties"]
    of = {(int(j), int(i)): p for j, i, p in ties}
    told = np.array(
        [of[j, i] for j in range(n) for i in layer.out_dst[layer.out_ptr[j] : layer.out_ptr[j + 1]].tolist()]
    )
    kernel = in_ties([(layer, told[:1] if is_even else told)], np.array(pass_on))
    return kernel, twin.ties_into(n, ties)


def drawn(n, ties, is_even, seed, weights, steps, pass_on, n_sets=12, first=3, with_root=True):
    kernel, into = made(n, ties, is_even, pass_on)
    key = luck_keys.certificate_key(seed, 0)
    up_to = np.cumsum(weights) if weights else np.zeros(0)
    solo = np.zeros(n, np.int64)
    ptr, members = coverage.draw_sets(key, first, n_sets, up_to, kernel, steps, with_root, solo)
    got = [members[ptr[k] : ptr[k + 1]].tolist() for k in range(len(ptr) - 1)]
    is_alike = len(kernel.share) == 0
    wanted = [
        twin.reverse_set(int(key), first + k, into, weights, steps, pass_on, is_alike) for k in range(n_sets)
    ]
    if not with_root:
        wanted = [[*found[-1:], *found[1:-1]] if len(found) > 1 else [] for found in wanted]
    alone = [sum(found == [person] for found in wanted) for person in range(n)]
    assert solo.tolist() == alone
    assert got == [found for found in wanted if len(found) > 1]
    return coverage.Sets(solo, ptr, members, *way_back(n, ptr, members)), wanted


def way_back(n, ptr, members):
    of_ptr, of_set = np.zeros(n + 1, np.int64), np.empty(len(members), np.int32)
    coverage.find_sets(ptr, members, of_ptr, of_set)
    sets = [members[ptr[k] : ptr[k + 1]].tolist() for k in range(len(ptr) - 1)]
    assert [of_set[of_ptr[i] : of_ptr[i + 1]].tolist() for i in range(n)] == [
        twin.sets_of(sets, i) for i in range(n)
    ]
    return of_ptr, of_set


@FEW
@given(networks(), st.integers(0, 2**40), st.booleans(), st.sampled_from([1, 2, 3, 2**40]), st.data())
def test_sets(network, seed, is_weighted, steps, data):
    n, ties, is_even = network
    weights = (
        data.draw(st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=n, max_size=n)) if is_weighted else []
    )
    pass_on = data.draw(st.lists(st.sampled_from([0.0, 0.4, 1.0]), min_size=n, max_size=n))
    for with_root in (True, False):
        _, found = drawn(n, ties, is_even, seed, weights, steps, pass_on, with_root=with_root)
        assert len(found) == 12


@FEW
@given(networks(), st.integers(0, 2**40), st.booleans(), st.data())
def test_choice(network, seed, by_money, data):
    """Gains, covered sets, money and places: everyone chosen is whom a count anew would choose."""
    n, ties, is_even = network
    kernel, sets = drawn(n, ties, is_even, seed, [], 2**40, [1.0] * n, n_sets=20)
    cost = data.draw(st.lists(st.sampled_from([0.0, 1.0, 2.5]), min_size=n, max_size=n))
    group = data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    quota = {0: data.draw(st.integers(0, n)), 1: data.draw(st.integers(0, n))}
    closed = data.draw(st.sets(st.integers(0, n - 1), max_size=2))
    money, most = data.draw(st.sampled_from([1.0, 3.5, np.inf])), data.draw(st.integers(1, n))
    is_open = np.array([i not in closed for i in range(n)])
    account = coverage.Account(
        gain=np.diff(kernel.of_ptr) + kernel.solo,
        n_covered=np.zeros(1, np.int64),
        is_covered=np.zeros(len(kernel.ptr) - 1, np.bool_),
        is_open=is_open,
        money=np.array([money]),
        quota=np.array([quota[0], quota[1]]),
    )
    chosen = np.zeros(n, np.int32)
    k = coverage.pick(kernel, account, np.array(cost), np.array(group), by_money, chosen, 0, most)
    wanted = twin.choose(sets, n, cost, group, quota, closed, money, by_money, most)
    assert chosen[:k].tolist() == wanted
    covered = {s for person in wanted for s in twin.sets_of(sets, person)}
    assert account.gain.tolist() == twin.gains(sets, covered, n)
    assert account.n_covered[0] == len(covered)
    first, every = np.zeros((2, len(wanted)), np.int64)
    place = np.full(n, -1, np.int32)
    place[wanted] = np.arange(len(wanted))
    coverage.count_hits(kernel.solo, kernel.ptr, kernel.members, place, first, every)
    assert (first.tolist(), every.tolist()) == twin.hits(sets, wanted)


def test_two_layers_are_two_chances():
    """Sets of two layers with one tie each have it as often as 1 - (1 - p)(1 - q) says, within 5 standard errors."""
    one, other = (
        Network.from_edges([0], [1], n_people=2, directed=True, name=name).layers[name] for name in ("a", "b")
    )
    ties = in_ties([(one, np.array([0.3])), (other, np.array([0.5]))], np.ones(1))
    solo, n = np.zeros(2, np.int64), 40_000
    ptr, members = coverage.draw_sets(luck_keys.certificate_key(1, 0), 0, n, np.zeros(0), ties, 9, True, solo)
    both = len(ptr) - 1  # each begins at 1, who hears 0
    assert (members[ptr[:-1]] == 1).all()
    n_from_one = both + int(solo[1])
    share, error = both / n_from_one, 5 * np.sqrt(0.65 * 0.35 / n_from_one)
    assert abs(share - 0.65) < error
    assert abs(share - 0.5) > error
