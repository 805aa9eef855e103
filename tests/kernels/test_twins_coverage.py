"""Reverse reachable sets and the choice over them, against their plain twins, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import luck_keys
from sim.kernels import coverage, reverse
from sim.network.graph import Network
from sim.network.sets import in_ties
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
    kernel = in_ties([(layer, told[:1] if is_even else told, np.array(pass_on))], across=True)
    return kernel, twin.ties_into(n, ties)


def begins_of(kernel, weights):
    table = np.empty(len(weights), reverse.BEGIN)
    return table, reverse.make_begins(np.array(weights), kernel.row, table)


def drawn(n, ties, is_even, master_seed, weights, steps, pass_on, n_sets=12, first=3, with_root=True):
    kernel, into = made(n, ties, is_even, pass_on)
    key = luck_keys.certificate_key(master_seed, 0)
    weights = weights or [1.0] * n
    table, total = begins_of(kernel, weights)
    assert (table.tolist(), total) == twin.begin_table(weights, into)
    if total == 0.0:
        return None, []
    room = reverse.Drawn(np.zeros(n, np.int64), np.empty(n_sets + 1, np.int64), np.empty(1000, np.int32))
    n_drawn, n_kept = reverse.draw_sets(key, first, n_sets, table, kernel, steps, with_root, room)
    assert n_drawn == n_sets
    ptr, members, solo = room.ptr[: n_kept + 1], room.members[: room.ptr[n_kept]], room.solo
    got = [members[ptr[k] : ptr[k + 1]].tolist() for k in range(n_kept)]
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
    reverse.find_sets(ptr, members, of_ptr, of_set)
    sets = [members[ptr[k] : ptr[k + 1]].tolist() for k in range(len(ptr) - 1)]
    assert [of_set[of_ptr[i] : of_ptr[i + 1]].tolist() for i in range(n)] == [
        twin.sets_of(sets, i) for i in range(n)
    ]
    return of_ptr, of_set


@FEW
@given(networks(), st.integers(0, 2**40), st.booleans(), st.sampled_from([1, 2, 3, 2**40]), st.data())
def test_sets(network, master_seed, is_weighted, steps, data):
    n, ties, is_even = network
    weights = (
        data.draw(st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=n, max_size=n)) if is_weighted else []
    )
    pass_on = data.draw(st.lists(st.sampled_from([0.0, 0.4, 1.0]), min_size=n, max_size=n))
    for with_root in (True, False):
        _, found = drawn(n, ties, is_even, master_seed, weights, steps, pass_on, with_root=with_root)
        assert len(found) in (0, 12)


@FEW
@given(networks(), networks(), st.integers(0, 2**40), st.data())
def test_sets_of_layers_that_keep_to_themselves(one, other, master_seed, data):
    """Rows of people, then of each on layer one and on the other: the sets are of people, each once."""
    n = max(one[0], other[0])
    pass_on = [
        data.draw(st.lists(st.sampled_from([0.0, 0.4, 1.0]), min_size=n, max_size=n)) for _ in range(2)
    ]
    layers, at_root, rows = [], [[] for _ in range(n)], []
    for k, (_, ties, _) in enumerate((one, other)):
        src, dst, _ = zip(*ties, strict=True)
        layer = Network.from_edges(src, dst, n_people=n, directed=True).layers["ties"]
        of = {(j, i): p for j, i, p in ties}
        author = np.repeat(np.arange(n), layer.audience_sizes).tolist()
        told = np.array([of[tie] for tie in zip(author, layer.out_dst.tolist(), strict=True)])
        layers.append((layer, told, np.array(pass_on[k])))
        for i, row in enumerate(twin.ties_into(n, ties)):
            at_root[i] += [(j + n * (1 + k), p) for j, p in row]
            rows.append([(j + n * (1 + k), p * pass_on[k][i]) for j, p in row])
    kernel, into = in_ties(layers, across=False), at_root + rows
    weights = [1.0] * n + [0.0] * (2 * n)
    table, total = begins_of(kernel, weights)
    assert (table.tolist(), total) == twin.begin_table(weights, into)
    if total == 0.0:
        return
    key, room = luck_keys.certificate_key(master_seed, 0), np.empty(2000, np.int32)
    told = reverse.Drawn(np.zeros(n, np.int64), np.empty(31, np.int64), room)
    _, kept = reverse.draw_sets(key, 0, 30, table, kernel, 2**40, True, told)
    got = [room[told.ptr[k] : told.ptr[k + 1]].tolist() for k in range(kept)]
    is_alike = len(kernel.share) == 0
    wanted = [
        twin.reverse_set(int(key), k, into, weights, 2**40, [1.0] * 3 * n, is_alike, n) for k in range(30)
    ]
    assert got == [found for found in wanted if len(found) > 1]


def test_sets_without_room_are_drawn_later():
    """However little room there is at a time, the same sets come out, number by number."""
    star = [(j, 0, 0.7) for j in range(1, 9)] + [(0, j, 0.2) for j in range(1, 9)]
    kernel, _ = made(9, star, False, [1.0] * 9)
    table, _ = begins_of(kernel, [1.0] * 9)
    key, out = luck_keys.certificate_key(1, 0), {}
    for room in (10, 17, 10_000):
        first, got, solo = 0, [], np.zeros(9, np.int64)
        while first < 60:
            ptr, members = np.empty(61, np.int64), np.empty(room, np.int32)
            told = reverse.Drawn(solo, ptr, members)
            n, kept = reverse.draw_sets(key, first, 60 - first, table, kernel, 9, True, told)
            assert n > 0
            got += [members[ptr[k] : ptr[k + 1]].tolist() for k in range(kept)]
            first += n
        out[room] = got, solo.tolist()
    assert out[10] == out[17] == out[10_000]


@FEW
@given(networks(), st.integers(0, 2**40), st.sampled_from([0.0, 0.7, np.inf]), st.data())
def test_choice(network, master_seed, place, data):
    """Gains, covered sets, money and places: everyone chosen is whom a count anew would choose."""
    n, ties, is_even = network
    kernel, sets = drawn(n, ties, is_even, master_seed, [], 2**40, [1.0] * n, n_sets=20)
    if kernel is None:
        return
    cost = data.draw(st.lists(st.sampled_from([0.0, 1.0, 2.5]), min_size=n, max_size=n))
    one, other = (data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)) for _ in range(2))
    group = [[a, 2 + b] for a, b in zip(one, other, strict=True)]
    quota = {g: data.draw(st.integers(0, n)) for g in range(4)}
    closed = data.draw(st.sets(st.integers(0, n - 1), max_size=2))
    money, most = data.draw(st.sampled_from([1.0, 3.5, np.inf])), data.draw(st.integers(1, n))
    sure = data.draw(st.lists(st.sampled_from([0.0, 0.25, 1.5]), min_size=n, max_size=n))
    each = data.draw(st.sampled_from([0.1, 1.0]))
    is_open = [i for i in range(n) if i not in closed]
    account = coverage.Account(
        gain=np.diff(kernel.of_ptr) + kernel.solo,
        sure=np.array(sure),
        n_covered=np.zeros(1, np.int64),
        worth=np.zeros(1),
        is_covered=np.zeros(len(kernel.ptr) - 1, np.bool_),
        money=np.array([money]),
        quota=np.array([quota[g] for g in range(4)]),
        heap=np.array(is_open, np.int32),
        n_heap=np.array([len(is_open)]),
        told=np.zeros(n),
    )
    terms = coverage.Terms(np.array(cost), np.array(group), each, place)
    coverage.line_up(account, terms)
    chosen, k = np.zeros(n, np.int32), 0
    for up_to in (most // 2, most):
        k = coverage.pick(kernel, account, terms, chosen, k, up_to)
    wanted = twin.choose(sets, n, cost, group, quota, closed, money, place, most, sure, each)
    assert chosen[:k].tolist() == wanted
    covered = {s for person in wanted for s in twin.sets_of(sets, person)}
    assert account.gain.tolist() == twin.gains(sets, covered, n)
    assert account.n_covered[0] == len(covered)
    assert account.worth[0] == sum(sure[i] for i in wanted)
    first, every = np.zeros((2, len(wanted)), np.int64)
    place = np.full(n, -1, np.int32)
    place[wanted] = np.arange(len(wanted))
    coverage.count_hits(kernel.solo, kernel.ptr, kernel.members, place, first, every)
    assert (first.tolist(), every.tolist()) == twin.hits(sets, wanted)


def test_sets_begin_by_weight_and_chance_to_hear():
    """The table gives each person just its share of weight × 1 - Π(1 - p), to rounding; who hears nobody, none."""
    ties = [(0, 1, 0.3), (2, 1, 0.3), (0, 2, 1.0), (1, 3, 0.01), (4, 3, 0.01)]
    weights = [5.0, 1.0, 0.25, 40.0, 3.0, 0.0]
    kernel, _ = made(6, ties, False, [1.0] * 6)
    table, total = begins_of(kernel, weights)
    wanted = np.array([0.0, 0.51, 0.25, 40 * 0.0199, 0.0, 0.0])
    assert total == pytest.approx(wanted.sum())
    share = table["keep"].copy()
    np.add.at(share, table["other"], 1.0 - table["keep"])
    np.testing.assert_allclose(share / 6, wanted / wanted.sum(), atol=1e-15)


def test_two_layers_are_two_chances():
    """Sets of two layers with one tie each have it as often as 1 - (1 - p)(1 - q) says, within 5 standard errors."""
    one, other = (
        Network.from_edges([0], [1], n_people=2, directed=True, name=name).layers[name] for name in ("a", "b")
    )
    ties = in_ties([(one, np.array([0.3]), np.ones(1)), (other, np.array([0.5]), np.ones(1))], across=True)
    n, (table, _) = 40_000, begins_of(ties, [1.0, 1.0])
    room = reverse.Drawn(np.zeros(2, np.int64), np.empty(n + 1, np.int64), np.empty(3 * n, np.int32))
    drawn, both = reverse.draw_sets(luck_keys.certificate_key(1, 0), 0, n, table, ties, 9, True, room)
    assert (drawn, table["hears"].tolist()) == (n, pytest.approx([0.0, 0.75]))  # candidates: two ties at .5
    assert (room.members[room.ptr[:both]] == 1).all()  # each begins at 1, who hears 0
    share = both / n * 0.75
    error = 5 * 0.75 * np.sqrt(0.65 / 0.75 * (1 - 0.65 / 0.75) / n)
    assert abs(share - 0.65) < error
    assert abs(share - 0.5) > error
