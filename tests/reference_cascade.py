"""Cascades and thresholds in plain Python, one person and one tie at a time: twins of sim.kernels.cascade and kin."""

from __future__ import annotations

import math
from collections import Counter, deque
from typing import Any

from tests import reference_delivery as delivery
from tests.reference_luck import combine, exponential_at, mix, uniform_at

STAY = 0x2545F4914F6CDD1D
UNITS = 2**30
Rows = list[list[tuple[int, float]]]  # of each person: who listens, and the tie's chance or influence


def posts_of(share_key: int, uid: int, stay: float) -> int:
    """Return how often a person posts: once more as long as its coin says so."""
    n = 1
    while stay > 0.0 and uniform_at(combine(combine(share_key, uid), STAY), n - 1) < stay:
        n += 1
    return n


def spread(
    see_key: int, share_key: int, seed_set: list[int], rows: Rows, uid: list[int], stay: float, seen: Counter
) -> set[int]:
    """Return who is ever reached in one world, seed set included."""
    reached, waiting = set(seed_set), deque(seed_set)
    while waiting:
        j = waiting.popleft()
        for nth in range(posts_of(share_key, uid[j], stay)):
            stream = delivery.post_stream(see_key, uid[j], nth)
            for place in delivery.live_places(stream, [chance for _, chance in rows[j]], seen):
                i = rows[j][place][0]
                seen["reached before"] += i in reached
                if i not in reached:
                    reached.add(i)
                    waiting.append(i)
    return reached


def draw_world(see_key: int, rows: Rows, uid: list[int], seen: Counter) -> list[list[int]]:
    """Return who is at the end of the live ties of each person's first post."""
    streams = [delivery.post_stream(see_key, person, 0) for person in uid]
    places = [
        delivery.live_places(s, [p for _, p in row], seen) for s, row in zip(streams, rows, strict=True)
    ]
    return [[row[place][0] for place in some] for row, some in zip(rows, places, strict=True)]


def flood(heard: list[list[int]], seed_set: list[int]) -> int:
    """Return how many one plan reaches in a world of live ties, seed set included."""
    reached, waiting = set(seed_set), list(seed_set)
    while waiting:
        new = set(heard[waiting.pop()]) - reached
        reached |= new
        waiting += new
    return len(reached)


def activate(needs: list[int], seed_set: list[int], rows: list[list[tuple[int, int]]]) -> set[int]:
    """Return who acts in the end: go over everyone until nobody is added."""
    active = set(seed_set)
    while True:
        felt = [0] * len(needs)
        for j in active:
            for i, step in rows[j]:
                felt[i] += step
        new = {i for i, need in enumerate(needs) if i not in active and felt[i] >= need}
        if not new:
            return active
        active |= new


def need_of(share_key: int, uid: int, whole: int) -> int:
    return max(1, math.ceil(uniform_at(combine(share_key, uid), 0) * whole))


def merged_chances(given: list[int], chances: list[float], n_ties: int) -> list[float]:
    out = [0.0] * n_ties
    for at, p in zip(given, chances, strict=True):
        if at >= 0:
            out[at] = out[at] + p * (1.0 - out[at])
    return out


def merged_sums(given: list[int], amounts: list[float], n_ties: int) -> list[float]:
    out = [0.0] * n_ties
    for at, amount in zip(given, amounts, strict=True):
        if at >= 0:
            out[at] += amount
    return out


def odds_of_row(chances: list[float]) -> tuple[float, list[int]]:
    """Return the skip rate of a row, 0 where all ties are candidates or none is, and each tie's odds of 2^47."""
    cap = max(chances, default=0.0)
    if cap == 0.0:
        return 0.0, [0] * len(chances)
    cap = 1.0 if cap >= 0.125 else cap
    rate = 0.0 if cap == 1.0 else min(1e300, -1.0 / math.log1p(-cap))
    return rate, [math.ceil(p / cap * 2**47) for p in chances]


def steps(listeners: list[int], influence: list[float], n_people: int) -> list[int]:
    """Return each tie's influence in units: of the sum so far, less what was there before."""
    sums = [0.0] * n_people
    out = []
    for i, b in zip(listeners, influence, strict=True):
        before, sums[i] = sums[i], sums[i] + b
        out.append(int(sums[i] * UNITS + 0.5) - int(before * UNITS + 0.5))
    return out


def skip_at(stream: int, nth: int, rate: float) -> float:
    return exponential_at(stream, nth) * rate


TWINS: dict[str, Any] = {
    "live.row_cap": odds_of_row,
    "live.skip_rate": odds_of_row,
    "live.post_stream": delivery.post_stream,
    "live.skip_at": skip_at,
    "live.coin_stream": delivery.coin_at,
    "live.coin_at": delivery.coin_at,
    "live.turned": delivery.coin_at,
    "live.odds": odds_of_row,
    "live.rest_of": mix,
    "live.is_below": int.__lt__,
    "cascade.spread": spread,
    "bank.draw_world": draw_world,
    "bank.flood": flood,
    "thresholds.activate": activate,
    "thresholds.need_of": need_of,
    "chances.merge_chances": merged_chances,
    "chances.merge_sums": merged_sums,
    "chances.in_sums": merged_sums,
    "chances.make_rows": odds_of_row,
    "chances.make_odds": odds_of_row,
    "chances.make_steps": steps,
}
