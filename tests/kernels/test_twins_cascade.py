"""Cascades, thresholds and what they are made of against plain Python: the same people, bit for bit."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from sim.kernels import bits, cascade, live, thresholds
from sim.kernels import chances as kernels
from sim.kernels import ties as tie_kernels
from sim.luck_keys import decision_key, decision_keys, name_key, world_key
from sim.network.chances import needs, odds_of, shares_drawn, tie_chances
from sim.network.graph import TieLayer, tie_layer
from tests import reference_cascade as twin
from tests import reference_delivery as delivery
from tests import reference_ties
from tests.reference_luck import mix, uniform_at

pytestmark = pytest.mark.twin
KEYS = st.integers(0, 2**64 - 1)
SOME = settings(max_examples=150, deadline=None)


def u64(*values: int) -> np.ndarray[Any, Any]:
    return np.array(values, np.uint64)


@st.composite
def layers(draw: st.DrawFn, most: int = 70, weighted: bool | None = None) -> tuple[TieLayer, list[int]]:
    """Draw a directed layer, some people with rows longer than two blocks of coins."""
    n = draw(st.integers(2, most))
    key = draw(KEYS)
    uid = [mix(key ^ i) for i in range(n)]
    per_person = draw(st.sampled_from([1, 3, 10, 40]))
    coins = [[uniform_at(mix(key + e), k) for k in range(3)] for e in range(n * per_person)]
    src = np.array([int(n * a * a) for a, _, _ in coins], np.int32)
    dst = np.array([int(n * b) for _, b, _ in coins], np.int32)
    if weighted is None:
        weighted = draw(st.booleans())
    weight = np.array([0.01 + c for *_, c in coins]) if weighted else None
    return tie_layer("ties", src, dst, u64(*uid), weight=weight, keep_order=True), uid


def in_rows(layer: TieLayer, values: Any) -> list[list[tuple[int, Any]]]:
    told = np.broadcast_to(values, layer.n_ties).tolist()
    ties, ends = list(zip(layer.out_dst.tolist(), told, strict=True)), layer.out_ptr.tolist()
    return [ties[ends[j] : ends[j + 1]] for j in range(len(ends) - 1)]


CHANCES = st.sampled_from([0.0, 1e-12, 0.01, 0.05, 0.1249, 0.125, 0.3, 1.0])


@st.composite
def chances_for(draw: st.DrawFn, layer: TieLayer) -> np.ndarray[Any, Any]:
    if draw(st.booleans()):
        return np.array([draw(CHANCES)])
    top, key = draw(CHANCES), draw(KEYS)
    told = [top * uniform_at(key, e) ** 3 for e in range(layer.n_ties)]
    if told and draw(st.booleans()):
        told[draw(st.integers(0, len(told) - 1))] = draw(CHANCES)
    return np.array(told)


@SOME
@given(layers(), st.data())
def test_who_is_reached(case: tuple[TieLayer, list[int]], data: st.DataObject) -> None:
    layer, uid = case
    chances = data.draw(chances_for(layer))
    stay = data.draw(st.sampled_from([0.0, 0.3, 0.9]))
    keys = data.draw(st.lists(st.tuples(KEYS, KEYS), min_size=1, max_size=3))
    seed_set = data.draw(st.lists(st.integers(0, len(uid) - 1), min_size=1, max_size=5))
    assert_same_people(layer, uid, chances, stay, keys, seed_set)


def assert_same_people(layer, uid, chances, stay, keys, seed_set, seen=None) -> None:
    odds = odds_of(layer, chances, u64(*uid))
    desk = cascade.desk(len(uid))
    rows, seen = in_rows(layer, chances if len(chances) else 0.0), Counter() if seen is None else seen
    for see, share in keys:
        sizes = np.zeros(1, np.int64)
        seeds = np.array([seed_set], np.int32)
        cascade.spread(u64(see), u64(share), seeds, odds, stay, desk, sizes)
        found = desk.queue[: sizes[0]].tolist()
        assert len(set(found)) == len(found)
        assert set(found) == twin.spread(see, share, seed_set, rows, uid, stay, seen)


def test_every_branch_is_taken(monkeypatch) -> None:
    """Big rows and many people, so that lanes, blocks and the list of ties found fill and are emptied."""
    n, n_ties, seen = 700, 30_000, Counter()
    uid = [mix(i) for i in range(n)]
    src = np.array([int(n * uniform_at(5, e) ** 4) for e in range(n_ties)], np.int32)
    dst = np.array([int(n * uniform_at(6, e)) for e in range(n_ties)], np.int32)
    layer = tie_layer("ties", src, dst, u64(*uid))
    assert np.diff(layer.out_ptr).max() > cascade.BLOCK * cascade.LANES / 4
    varied = np.array([0.4 * uniform_at(8, e) ** 6 for e in range(layer.n_ties)])
    varied[np.repeat(np.arange(n) % 2 == 0, np.diff(layer.out_ptr))] *= 0.1
    for chances in ([0.01], [0.1], [0.4], varied):
        for stay in (0.0, 0.6):
            keys = [(mix(3 + k), mix(9 + k)) for k in range(3)]
            assert_same_people(layer, uid, np.array(chances), stay, keys, list(range(0, n, 7)), seen)
    assert min(seen.values()) > 100
    assert set(seen) == {
        "candidate not kept", "row where all are candidates", "tie passed over", "reached before"
    }  # fmt: skip


def test_stamps_come_round_again() -> None:
    layer = tie_layer("ties", np.array([0], np.int32), np.array([1], np.int32), u64(1, 2, 3))
    odds, desk = odds_of(layer, np.ones(1), u64(1, 2, 3)), cascade.desk(3)
    sizes = np.zeros(600, np.int64)
    seeds = np.array([[k % 3] for k in range(600)], np.int32)
    cascade.spread(np.zeros(600, np.uint64), np.zeros(600, np.uint64), seeds, odds, 0.0, desk, sizes)
    assert sizes.tolist() == [2, 1, 1] * 200
    influence, board = shares_drawn(layer, None, u64(1, 2, 3)), thresholds.board(3)
    thresholds.activate(np.zeros(600, np.uint64), seeds, influence, board, sizes)
    assert sizes.tolist() == [2, 1, 1] * 200


def test_a_coin_close_to_the_odds_is_settled_by_its_rest() -> None:
    """Give ties the odds of their own coins, and one more: the first 16 bits are equal in all of them."""
    n, uid = 60, [mix(i) for i in range(60)]
    layer = tie_layer("ties", np.zeros(n - 1, np.int32), np.arange(1, n, dtype=np.int32), u64(*uid))
    stream = delivery.post_stream(77, uid[0], 0)
    for more in (0, 1):
        chances = np.array([(delivery.coin_at(stream, k) + more) / 2**47 for k in range(n - 1)])
        odds, desk, sizes = odds_of(layer, chances, u64(*uid)), cascade.desk(n), np.zeros(1, np.int64)
        assert (odds.row["rate"][0] == 0.0) and chances.max() > 0.5
        cascade.spread(u64(77), u64(0), np.zeros((1, 1), np.int32), odds, 0.0, desk, sizes)
        assert sizes[0] == (n if more else 1)


@SOME
@given(layers(), KEYS, st.data())
def test_who_acts(case: tuple[TieLayer, list[int]], share: int, data: st.DataObject) -> None:
    layer, uid = case
    seed_set = data.draw(st.lists(st.integers(0, len(uid) - 1), min_size=1, max_size=20))
    rule = data.draw(st.sampled_from(["weighted", "fraction", "count"]))
    if rule == "weighted":
        influence = shares_drawn(layer, None, u64(*uid))
        wanted = [twin.need_of(share, uid[i], whole) for i, whole in enumerate(influence.whole.tolist())]
    else:
        need = data.draw(st.floats(0.0, 1.0) if rule == "fraction" else st.integers(1, 5))
        influence = needs(layer, np.array([float(need)]), rule, u64(*uid))
        wanted = influence.whole.tolist()
    board, sizes = thresholds.board(len(uid)), np.zeros(1, np.int64)
    thresholds.activate(u64(share), np.array([seed_set], np.int32), influence, board, sizes)
    found = board.queue[: sizes[0]].tolist()
    assert len(set(found)) == len(found)
    rows = in_rows(layer, influence.step if len(influence.step) > 1 else influence.step[0])
    assert set(found) == twin.activate(wanted, seed_set, rows)


@SOME
@given(layers(most=20, weighted=False), st.data())
def test_what_parallel_ties_come_to(case: tuple[TieLayer, list[int]], data: st.DataObject) -> None:
    layer, _ = case
    assert layer.given is not None
    given_ties = layer.given[0].tolist()
    key = data.draw(KEYS)
    told = [uniform_at(key, e) for e in range(len(given_ties))]
    assert tie_chances(layer, np.array(told)).tolist() == twin.merged_chances(given_ties, told, layer.n_ties)
    out = np.zeros(layer.n_ties)
    kernels.merge_sums(layer.given[0], np.array(told), out)
    assert out.tolist() == twin.merged_sums(given_ties, told, layer.n_ties)


@SOME
@given(layers(), st.data())
def test_odds_and_steps(case: tuple[TieLayer, list[int]], data: st.DataObject) -> None:
    layer, uid = case
    chances = data.draw(chances_for(layer))
    odds = odds_of(layer, chances, u64(*uid))
    ends = layer.out_ptr.tolist()
    every = np.broadcast_to(chances, layer.n_ties).tolist() if layer.n_ties else []
    for j in range(len(uid)):
        rate, wanted = twin.odds_of_row(every[ends[j] : ends[j + 1]])
        row = odds.row[j]
        n = ends[j + 1] - ends[j] if max(wanted, default=0) > 0 else 0
        assert (row["rate"], row["n"], row["uid"]) == (rate, n, uid[j])
        places = range(ends[j], ends[j + 1])
        at = [0] * len(wanted) if len(odds.rest) == 1 else places
        if n:
            assert [(int(odds.high[e]) << 31) + int(odds.rest[e]) for e in at] == wanted
    shares = np.array([0.9 * uniform_at(1, e) for e in range(layer.n_ties)])
    step = np.zeros(layer.n_ties, np.int32)
    kernels.make_steps(layer.out_dst, shares, step)
    assert step.tolist() == twin.steps(layer.out_dst.tolist(), shares.tolist(), len(uid))


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=60))
def test_places_of_given_ties(ends: list[tuple[int, int]]) -> None:
    src, dst = ([e[k] for e in ends] for k in (0, 1))
    uid = [mix(i) for i in range(9)]
    layer = tie_layer("ties", np.array(src, np.int32), np.array(dst, np.int32), u64(*uid), keep_order=True)
    assert layer.given is not None
    assert layer.given.tolist() == [reference_ties.places(uid, src, dst)]
    out = np.empty(len(src), np.int64)
    tie_kernels.find_places(
        np.array(src, np.int32), np.array(dst, np.int32), layer.out_ptr, layer.out_dst, out
    )
    assert out.tolist() == layer.given[0].tolist()


@njit
def _compared(coins, first, odds, begin):
    return bits.bits_below(coins, first, odds, begin), bits.bits_equal(coins, first, odds, begin)


@given(KEYS, st.integers(0, 5), st.integers(0, 30))
def test_sixteen_coins_at_once(key: int, first: int, begin: int) -> None:
    words = [mix(key + k) for k in range(10)]
    coins = [word >> 16 * k & 0xFFFF for word in words[first : first + 4] for k in range(4)]
    odds = [mix(key ^ k) & 0xFFFF for k in range(50)]
    odds[begin + 3], odds[begin + 15] = coins[3], coins[15]
    below, equal = _compared(u64(*words), first, np.array(odds, np.uint16), begin)
    pairs = list(zip(coins, odds[begin : begin + 16], strict=True))
    assert below == sum((coin < odd) << k for k, (coin, odd) in enumerate(pairs))
    assert equal == sum((coin == odd) << k for k, (coin, odd) in enumerate(pairs))


@njit
def _lowest(word):
    return bits.lowest_bit(word)


@given(st.integers(1, 2**64 - 1))
def test_lowest_bit(word: int) -> None:
    assert _lowest(np.uint64(word)) == (word & -word).bit_length() - 1


@given(KEYS, st.integers(0, 100))
def test_coins_of_ties(stream: int, place: int) -> None:
    coin = live.coin_at(np.uint64(live.coin_stream(np.uint64(stream))), place)
    whole = delivery.coin_at(stream, place)
    assert live.is_below(np.uint64(coin), whole + 1)
    assert not live.is_below(np.uint64(coin), whole)


def test_keys_of_many_worlds_are_those_of_each() -> None:
    names = name_key("layer", "a"), name_key("message", "b")
    wanted = [decision_key(world_key(5, k), "see", *names) for k in range(3, 9)]
    assert decision_keys(5, range(3, 9), "see", *names).tolist() == wanted
