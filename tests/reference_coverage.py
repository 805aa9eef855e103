"""Reverse reachable sets, one at a time, and the choice over them: twins of sim.kernels.reverse
and sim.kernels.coverage."""

from __future__ import annotations

import math
from typing import Any

from tests.reference_luck import combine, exponential_at, uniform_at


def ties_into(n_people: int, ties: list[tuple[int, int, float]]) -> list[list[tuple[int, float]]]:
    """Return who is heard by each person, in the order of who is heard, with the tie's chance."""
    into: list[list[tuple[int, float]]] = [[] for _ in range(n_people)]
    for j, i, chance in sorted(ties, key=lambda tie: tie[0]):
        into[i].append((j, chance))
    return into


def rate_of(chance: float) -> float:
    if chance >= 1.0:
        return 0.0
    return math.inf if chance <= 0.0 else -1.0 / math.log1p(-chance)


FEW, LIKELY = 6.0, 12.0


def row_of(row: list[tuple[int, float]], pass_on: float, is_even: bool) -> tuple[float, float]:
    """Return places passed over per unit of an Exp(1) draw, where a set begins and further back.

    Below 0 it is minus the chance of the likeliest tie, and each tie has its own coin.
    """
    largest = max((chance for _, chance in row), default=0.0)
    chance = largest * pass_on
    if not is_even and chance > 0.0 and len(row) < FEW + LIKELY * len(row) * chance:
        return rate_of(largest), -chance
    return rate_of(largest), rate_of(chance)


def begin_table(
    weights: list[float], into: list[list[tuple[int, float]]]
) -> tuple[list[tuple[float, int, float]], float]:
    """Return for each person how much of its column is its own, whose the rest is, its chance of a candidate; the sum."""
    hears = []
    for row in into:
        rate = rate_of(max((chance for _, chance in row), default=0.0))
        hears.append(
            0.0 if not row or rate == math.inf else 1.0 if rate == 0.0 else -math.expm1(-len(row) / rate)
        )
    worth = [weight * chance for weight, chance in zip(weights, hears, strict=True)]
    total = 0.0
    for x in worth:
        total += x
    keep, other = [1.0] * len(into), list(range(len(into)))
    if total > 0.0:
        heaviest = worth.index(max(worth))
        worth = [x / total * len(into) for x in worth]
        below = [i for i, x in enumerate(worth) if x < 1.0]
        above = [i for i, x in enumerate(worth) if not x < 1.0]
        while below and above:
            low, high = below.pop(), above[-1]
            keep[low], other[low] = worth[low], high
            worth[high] = worth[high] + worth[low] - 1.0
            if worth[high] < 1.0:
                below.append(above.pop())
        for low in below:
            if worth[low] < 0.5:
                keep[low], other[low] = 0.0, heaviest
    return list(zip(keep, other, hears, strict=True)), total


def hearing(
    own: int, draw: int, skip: float | None, rate: float, row: list[tuple[int, float]], is_even: bool
):
    """Return whom a person hears, and the next draw: by coins (rate below 0), or by skips, the first one told or not."""
    largest, place, out = max((chance for _, chance in row), default=0.0), 0, []
    if rate < 0.0:
        live = [
            j for e, (j, chance) in enumerate(row) if uniform_at(own, draw + e) < -rate * (chance / largest)
        ]
        return live, draw + len(row)
    if skip is None:
        skip, draw = exponential_at(own, draw) * rate, draw + 1
    while skip < len(row) - place:
        place += int(skip)
        is_live = is_even
        if not is_even:
            is_live, draw = uniform_at(own, draw) < row[place][1] / largest, draw + 1
        if is_live:
            out.append(row[place][0])
        place += 1
        skip, draw = exponential_at(own, draw) * rate, draw + 1
    return out, draw


def reverse_set(
    key: int, number: int, into: list[list[tuple[int, float]]], weights: list[float], steps: int,
    pass_on: list[float], is_even: bool, n_people: int | None = None,
) -> list[int]:  # fmt: skip
    """Return everyone from whom the person drawn is reached within so many steps, in the order found.

    Rows from `n_people` on are those of people on one layer, row number i that of person i modulo `n_people`.
    """
    n_people = n_people or len(into)
    own, (table, _) = combine(key, number), begin_table(weights, into)
    u = uniform_at(own, 0) * len(into)
    root = int(u)
    if not u - root < table[root][0]:
        root = table[root][1]
    rate, _ = row_of(into[root], 1.0, is_even)
    first = min(int(-math.log1p(-uniform_at(own, 1) * table[root][2]) * rate), len(into[root]) - 1)
    found, edge, draw = [root], [root], 2
    for _ in range(min(steps, len(into))):
        beyond: list[int] = []
        for i in edge:
            skip, at_rate = None, row_of(into[i], pass_on[i], is_even)[1]
            if i == root:
                skip, at_rate = float(first), rate
            heard, draw = hearing(own, draw, skip, at_rate, into[i], is_even)
            for j in heard:
                if j not in found and j % n_people != root:
                    found.append(j)
                    beyond.append(j)
        edge = beyond
    return list(dict.fromkeys(row % n_people for row in found))


def sets_of(sets: list[list[int]], person: int) -> list[int]:
    return [k for k, members in enumerate(sets) if person in members]


def gains(sets: list[list[int]], covered: set[int], n_people: int) -> list[int]:
    """Return how many sets not covered each person is in."""
    return [sum(k not in covered for k in sets_of(sets, person)) for person in range(n_people)]


def choose(
    sets: list[list[int]], n_people: int, cost: list[float], group: list[list[int]], quota: dict[int, int],
    closed: set[int], money: float, place: float, most: int, sure: list[float], each: float,
) -> list[int]:  # fmt: skip
    """Return the greedy choice, everything counted anew for each place."""
    chosen: list[int] = []
    covered: set[int] = set()
    while len(chosen) < most:
        gain = gains(sets, covered, n_people)
        worth = [0.0 if i in chosen else sure[i] + each * gain[i] for i in range(n_people)]

        def score(person: int, worth: list[float] = worth) -> float:
            if math.isinf(place):
                return worth[person]
            if cost[person] + place == 0.0:
                return math.inf if worth[person] else 0.0
            return worth[person] / (cost[person] + place)

        spent: float = money
        for person in chosen:
            spent -= cost[person]

        def has_place(person: int, chosen: list[int] = chosen) -> bool:
            return all(sum(g in group[other] for other in chosen) < quota[g] for g in group[person])

        able = [
            person
            for person in range(n_people)
            if person not in chosen and person not in closed and cost[person] <= spent and has_place(person)
        ]
        if not able:
            break
        best = max(able, key=lambda person: (score(person), -person))
        if worth[best] == 0.0 and cost[best] > 0.0:
            break
        chosen.append(best)
        covered |= set(sets_of(sets, best))
    return chosen


def hits(sets: list[list[int]], chosen: list[int]) -> tuple[list[int], list[int]]:
    """Return the sets that each of a choice is the first to be in, and all that it is in."""
    first, every = [0] * len(chosen), [0] * len(chosen)
    for members in sets:
        there = [place for place, person in enumerate(chosen) if person in members]
        for place in there:
            every[place] += 1
        if there:
            first[there[0]] += 1
    return first, every


TWINS: dict[str, Any] = {
    "reverse.turn_round": ties_into,
    "reverse.make_rows": row_of,
    "reverse.make_begins": begin_table,
    "reverse.draw_sets": reverse_set,
    "reverse.find_sets": sets_of,
    "coverage.cover": gains,
    "coverage.line_up": choose,
    "coverage.pick": choose,
    "coverage.count_hits": hits,
}
