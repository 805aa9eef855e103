"""People tied through the groups that they belong to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.kernels import clustering as kernels
from sim.network import clustering
from sim.network.generators.circle import (
    Circle,
    Ints,
    Pairs,
    Rows,
    Ties,
    directed,
    homophily,
    matched,
    pair_table,
    power_law_counts,
    shuffled_stubs,
)
from sim.scenario.media import Affiliation

MOST_DRAWINGS = 4
MOST_TIES_IN_GROUP = 300
NEAR_ENOUGH = 0.015
_LOOSE_ENDS = 0.25
_TIER = 1.25
_WORTH_A_NOTE = 0.03
_DEGREE, _GROUPS, _GROUPS_HOME, _LOOSE_HOME = range(4)


class Habit(NamedTuple):
    """Hold how people are in groups: ties that a person has in each, and their share of all its ties.

    A person has as many ties in each group as the last of `tiers` that is not above the number of all
    its ties. `closed` is the mean local clustering that groups alone give.
    """

    tiers: tuple[int, ...]
    share: float
    closed: float = 0.0

    def tier(self, degree: Ints) -> Ints:
        """Return the number of the tier of people with so many ties."""
        place = np.searchsorted(np.array(self.tiers), degree, side="right") - 1
        return np.maximum(place, 0).astype(np.int64)

    def in_group(self, degree: Ints) -> Ints:
        """Return the ties in each group of people with so many ties."""
        return np.array(self.tiers, np.int64)[self.tier(degree)]


class Drawn(NamedTuple):
    """Hold the pairs of one drawing, the table that they stand in, and how many ties found no partner."""

    left: Rows
    right: Rows
    table: Pairs
    n_lost: int


def affiliation(circle: Circle, spec: Affiliation) -> Ties:
    """Draw ties by a power law, so many of them in groups of all-with-all that clustering is as asked.

    Notes
    -----
    A random graph of overlapping cliques with given degrees (Newman 2003; Karrer & Newman 2010). Ties d
    of a person: P(d) ∝ d^-exponent on [min_ties, max_ties]. A person is in about share·d/g groups of
    g + 1 people, in each of which everyone is tied with everyone; its other ties are paired at random
    (configuration model). A group, or a loose tie, is of one segment with probability h, else of
    everyone, so that a share h + (1 - h)·chance of the ties lies within a segment.

    Groups alone close a share m·g(g - 1) / d(d - 1) of the pairs around a person in m groups. g is the
    smallest that gives what is asked while a quarter of the ties stays loose. Where none does, groups
    are of people with about as many ties, g the fewest among them (Seshadhri, Kolda & Pinar 2012), at the
    price that people of many ties are tied to their like. Chance closes more, the heavier the tail:
    guessed first, then measured, and drawn anew until the layer is within 0.015 of what is asked.
    """
    bounds = ("min_ties", spec.min_ties, "max_ties", spec.max_ties)
    degree = power_law_counts(circle, _DEGREE, spec.exponent, bounds)
    h, notes = homophily(circle, spec.same_segment)
    by_chance = closed_by_chance(degree, h, circle.chance)
    for _ in range(MOST_DRAWINGS):
        habit = choose_habit(degree, (spec.clustering - by_chance) / (1 - by_chance))
        drawn = _draw(circle, degree, habit, h)
        found = _measured(circle, drawn)
        is_bound = habit.share in (0.0, 1.0) and (found > spec.clustering) == (habit.share == 0.0)
        if abs(found - spec.clustering) <= NEAR_ENOUGH or is_bound:
            break
        by_chance = (found - habit.closed) / (1 - min(habit.closed, 0.99))
    if abs(found - spec.clustering) > _WORTH_A_NOTE:
        why = "chance alone gives" if habit.share == 0.0 else "with these ties it comes to"
        notes += (f"clustering {spec.clustering:g}: {why} about {found:.2f}",)
    if drawn.n_lost > 1e-3 * degree.sum():
        notes += (f"{drawn.n_lost} of {degree.sum()} ties not drawn: nobody left to tie",)
    is_turned = circle.uid[drawn.left] > circle.uid[drawn.right]  # coins must not depend on the order found
    left = np.where(is_turned, drawn.right, drawn.left)
    right = np.where(is_turned, drawn.left, drawn.right)
    del drawn
    return Ties(*directed(circle, left, right, spec.returned(circle.layer)), notes)


def choose_habit(degree: Ints, closed: float) -> Habit:
    """Return the groups with which a mean local clustering `closed` is reached, or the nearest below."""
    if closed <= 0:
        return Habit((1,), 0.0, 0.0)
    value, count = np.unique(degree, return_counts=True)
    weight = count / len(degree)
    largest = max(2, min(int(value[-1]), MOST_TIES_IN_GROUP))
    for g in range(2, largest + 1):
        if _closed_in_groups(value, weight, Habit((g,), 1 - _LOOSE_ENDS)) >= closed:
            return _with_share(value, weight, (g,), closed)
    tiers = [max(2, int(value[0]))]
    while (following := max(tiers[-1] + 1, int(_TIER * tiers[-1]))) <= largest:
        tiers.append(following)
    return _with_share(value, weight, tuple(tiers), closed)


def _with_share(value: Ints, weight: npt.NDArray[np.float64], tiers: tuple[int, ...], closed: float) -> Habit:
    """Return the share of ties in groups that closes `closed`, by halving the interval."""
    low, high = 0.0, 1.0
    if _closed_in_groups(value, weight, Habit(tiers, high)) > closed:
        for _ in range(40):
            middle = (low + high) / 2
            if _closed_in_groups(value, weight, Habit(tiers, middle)) < closed:
                low = middle
            else:
                high = middle
    return Habit(tiers, high, _closed_in_groups(value, weight, Habit(tiers, high)))


def _closed_in_groups(value: Ints, weight: npt.NDArray[np.float64], habit: Habit) -> float:
    g = habit.in_group(value)
    groups = np.minimum(habit.share * value / g, value // g)
    return float(weight @ (groups * g * (g - 1) / np.maximum(value * (value - 1), 1)))


def closed_by_chance(degree: Ints, h: float, chance: float) -> float:
    """Return about the probability that two who are tied to the same person are tied by chance.

    Notes
    -----
    Two people of a and b ties are tied with probability 1 - exp(-ab / Σd) in a random graph; who stands
    at the end of a tie is met in proportion to its ties: taken over 400 equal parts of all ends of ties.
    Within a segment ties are denser by h/`chance` + 1 - h, between segments thinner by 1 - h.
    """
    total = float(degree.sum())
    ordered = np.sort(degree)
    middles = (np.arange(400) + 0.5) / 400 * total
    at_end = ordered[np.searchsorted(np.cumsum(ordered), middles)].astype(np.float64)
    density = np.outer(at_end, at_end) / total
    at_home = h + (1 - h) * chance
    alike = at_home**2 + (1 - at_home) ** 2 * chance
    within = -np.expm1(-density * (h / max(chance, 1e-9) + 1 - h)).mean()
    between = -np.expm1(-density * (1 - h)).mean()
    return float(alike * within + (1 - alike) * between)


def _draw(circle: Circle, degree: Ints, habit: Habit, h: float) -> Drawn:
    """Draw groups, then pair what is left of everyone's ties at random."""
    g = habit.in_group(degree)
    n_groups = (habit.share * degree / g + circle.draws("stubs", _GROUPS)).astype(np.int64)
    n_groups = np.minimum(n_groups, degree // g)
    n_loose = degree - g * n_groups
    n_home = (h * n_loose + circle.draws("stubs", _LOOSE_HOME)).astype(np.int64)
    n_wide = n_loose - n_home
    table = pair_table(int(degree.sum()) // 2 + int(1.1 * n_loose.sum()))
    tier, parts = habit.tier(degree), []
    for k, size in enumerate(habit.tiers):
        in_tier = n_groups if len(habit.tiers) == 1 else np.where(tier == k, n_groups, 0)
        parts.append(_in_groups(circle, f"groups {k}", size, in_tier, h, (n_home, n_wide), table))
    left, right = (np.concatenate(ends) for ends in zip(*parts, strict=True))
    del parts
    # a loose tie that must be mended leaves two more entries behind; more are loose than were to be
    roomy = pair_table(len(left) + 3 * (int(n_home.sum() + n_wide.sum()) // 2))
    if len(roomy) > len(table):
        table = roomy
        kernels.claim_pairs(left, right, table)
    del roomy
    made = matched(circle, n_home + n_wide, n_home, table)
    left = np.concatenate([left, made.left[made.is_settled]])
    right = np.concatenate([right, made.right[made.is_settled]])
    return Drawn(left, right, table, int(degree.sum()) - 2 * len(left))


def _in_groups(
    circle: Circle, name: str, g: int, n_groups: Ints, h: float, missing: tuple[Ints, Ints], table: Pairs
) -> tuple[Rows, Rows]:
    """Return the pairs within groups; what a person misses there is added to its ties `missing`."""
    n_home = (h * n_groups + circle.draws("stubs", _GROUPS_HOME)).astype(np.int64)
    member, pool_ptr = shuffled_stubs(circle, name, n_groups, n_home)
    left, right = (np.empty(len(member) * g // 2, np.int32) for _ in range(2))
    n = kernels.group_pairs(pool_ptr, member, g + 1, table, *missing, left, right)
    return left[:n], right[:n]


def _measured(circle: Circle, drawn: Drawn) -> float:
    def tied(one: Rows, other: Rows) -> npt.NDArray[np.bool_]:
        out = np.empty(len(one), bool)
        kernels.find_pairs(drawn.table, one, other, out)
        return out

    return clustering.sampled(circle.stream("closure"), circle.uid, drawn.left, drawn.right, tied).mean
