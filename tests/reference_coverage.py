"""Reverse reachable sets, one at a time, and the choice over them: twins of sim.kernels.coverage."""

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


def begins_at(u: float, weights: list[float]) -> int:
    """Return the first person up to whom the weights pass `u` of their sum."""
    up_to, total = 0.0, 0.0
    for weight in weights:
        total += weight
    for person, weight in enumerate(weights):
        up_to += weight
        if up_to > u * total:
            return person
    return len(weights) - 1


def rate_of(chance: float) -> float:
    if chance >= 1.0:
        return 0.0
    return math.inf if chance <= 0.0 else -1.0 / math.log1p(-chance)


def live_ties(stream: int, row: list[tuple[int, float]], factor: float, is_even: bool) -> list[int]:
    """Return whom a person hears: candidates by geometric skips at the largest chance, kept by their own coin."""
    largest = max((chance for _, chance in row), default=0.0)
    rate, place, n_drawn, out = rate_of(largest * factor), 0, 0, []
    while True:
        skip = exponential_at(stream, n_drawn) * rate
        if math.isnan(skip) or skip >= len(row) - place:
            return out
        place += int(skip)
        n_drawn += 1
        if is_even or uniform_at(combine(stream, place), 0) < row[place][1] / largest:
            out.append(row[place][0])
        place += 1


def reverse_set(
    key: int, number: int, into: list[list[tuple[int, float]]], weights: list[float], steps: int,
    pass_on: list[float], is_even: bool,
) -> list[int]:  # fmt: skip
    """Return everyone from whom the person drawn is reached within so many steps, in the order found."""
    own = combine(key, number)
    u = uniform_at(own, 0)
    root = begins_at(u, weights) if weights else int(u * len(into))
    found, edge = [root], [root]
    for _ in range(min(steps, len(into))):
        beyond: list[int] = []
        for i in edge:
            factor = 1.0 if i == root else pass_on[i]
            for j in live_ties(combine(own, i), into[i], factor, is_even):
                if j not in found:
                    found.append(j)
                    beyond.append(j)
        edge = beyond
    return found


def sets_of(sets: list[list[int]], person: int) -> list[int]:
    return [k for k, members in enumerate(sets) if person in members]


def gains(sets: list[list[int]], covered: set[int], n_people: int) -> list[int]:
    """Return how many sets not covered each person is in."""
    return [sum(k not in covered for k in sets_of(sets, person)) for person in range(n_people)]


def choose(
    sets: list[list[int]], n_people: int, cost: list[float], group: list[int], quota: dict[int, int],
    closed: set[int], money: float, by_money: bool, most: int,
) -> list[int]:  # fmt: skip
    """Return the greedy choice, everything counted anew for each place."""
    chosen: list[int] = []
    covered: set[int] = set()
    while len(chosen) < most:
        gain = gains(sets, covered, n_people)

        def score(person: int, gain: list[int] = gain) -> float:
            if not by_money:
                return float(gain[person])
            if cost[person] == 0.0:
                return math.inf if gain[person] else 0.0
            return gain[person] / cost[person]

        spent: float = money
        for person in chosen:
            spent -= cost[person]
        able = [
            person
            for person in range(n_people)
            if person not in chosen and person not in closed and cost[person] <= spent
            and sum(group[other] == group[person] for other in chosen) < quota[group[person]]
        ]  # fmt: skip
        if not able:
            break
        best = max(able, key=lambda person: (score(person), -person))
        if gain[best] == 0 and cost[best] > 0.0:
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
    "coverage.turn_round": ties_into,
    "coverage.make_rows": rate_of,
    "coverage.draw_sets": reverse_set,
    "coverage.find_sets": sets_of,
    "coverage.cover": gains,
    "coverage.pick": choose,
    "coverage.count_hits": hits,
}
