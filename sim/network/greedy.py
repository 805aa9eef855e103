"""The greedy choice on one half of the sets, under all limits, and a bound on what any other choice is worth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sim.kernels import coverage, reverse
from sim.network.sets import Begins, Half

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]

_PLACES = (0.25, 1.0, 4.0, 16.0, 64.0)  # shares of budget ÷ number that a place counts, to begin with
_PRICES = 16  # of money, that a bound is sought at
WHOLE = 1.0 - 1.0 / math.e


@dataclass(frozen=True)
class Task:
    """Hold what is to be chosen, checked.

    Parameters
    ----------
    ties : InTies
    weight : float64[n_people]     what each person reached is worth
    cost : float64[n_people]
    budget : float                 inf: none
    count : int                    most people to choose
    group : int64[n_people, n_kinds]   groups of each person, one of each kind, numbered through
    quota : int64[n_groups]        most people to choose of each group
    is_open : bool[n_people]       who may be chosen
    booked : int32[n_booked]       chosen already
    steps : int                    how far the message goes at most
    counts_chosen : bool           whoever is chosen is reached thereby
    epsilon, delta : float
    most_sets : int                that people are chosen on
    threads : int
    master_seed : int
    """

    ties: reverse.InTies
    weight: Floats
    cost: Floats
    budget: float
    count: int
    group: Ints
    quota: Ints
    is_open: npt.NDArray[np.bool_]
    booked: Rows
    steps: int
    counts_chosen: bool
    epsilon: float
    delta: float
    most_sets: int
    threads: int
    master_seed: int

    @cached_property
    def n_bounded(self) -> int:
        """Number of kinds of groups of which one has fewer places than people that may be chosen."""
        sizes = np.bincount(self.group[self.is_open].ravel(), minlength=len(self.quota))
        is_bounded = self.quota < np.minimum(sizes, self.count)
        return int(np.count_nonzero([is_bounded[kind].any() for kind in self.group.T]))

    @property
    def is_limited(self) -> bool:
        """Tell whether money or quotas decide, beside the number of people."""
        return self.n_bounded > 0 or not math.isinf(self.budget)

    @property
    def guarantee(self) -> float | None:
        """What greedy choice is known to reach of the best possible, before any set is drawn; None where it is not.

        Notes
        -----
        A number of people: 1 - 1/e (Nemhauser, Wolsey & Fisher 1978). With quotas of one kind, a matroid, or of n
        kinds, n matroids: 1/(1 + n) (Fisher, Nemhauser & Wolsey 1978). A budget, the better of two greedy rules:
        (1 - 1/e)/2 (Leskovec et al. 2007).
        """
        is_counted = self.count < np.count_nonzero(self.is_open)
        if math.isinf(self.budget):
            return 1.0 / (1.0 + self.n_bounded) if self.n_bounded else WHOLE
        return None if is_counted or self.n_bounded else WHOLE / 2.0


@dataclass(frozen=True, slots=True)
class Greedy:
    """Hold a greedy choice on one half of the sets.

    Parameters
    ----------
    people : int32[n_chosen]
    worth : float      of the choice with those booked
    bound : float      on what any choice is worth
    slack : float      estimate of what luck costs, see `_slack`
    place : float      what a place counted beside the cost
    """

    people: Rows
    worth: float
    bound: float
    slack: float
    place: float


def greedy_choice(task: Task, begins: Begins, half: Half, before: float | None) -> Greedy:
    """Return the best of the greedy choices, with the lowest bound on what any choice is worth by these sets.

    Parameters
    ----------
    before : float or None     what a place counted in the best choice on fewer sets

    Notes
    -----
    Under a budget: by worth, and by worth per cost. Where the number of people is bounded too, the one spends all on a
    few and the other leaves money; between them are those that count a place as dear as a share of budget ÷ number,
    sought from coarse to fine on the first sets, and near the one before on more.
    """
    sets = half.indexed()

    def greedy(place: float) -> Greedy:
        return _greedy(task, begins, sets, half.each, place)

    if math.isinf(task.budget):
        return greedy(math.inf)
    tried = {place: greedy(place) for place in (math.inf, 0.0)}
    if task.budget > 0.0 and task.count < np.count_nonzero(task.is_open):
        each = task.budget / task.count
        begun = (
            [share * each for share in _PLACES] if before is None or not 0.0 < before < math.inf else [before]
        )
        tried |= {place: greedy(place) for place in begun}
        for factor in (2.0, math.sqrt(2.0))[len(begun) == 1 :]:
            middle = max(tried, key=lambda place: tried[place].worth)
            if 0.0 < middle < math.inf:
                tried |= {place: greedy(place) for place in (middle / factor, middle * factor)}
    best = max(tried.values(), key=lambda one: one.worth)
    return replace(best, bound=min(one.bound for one in tried.values()))


def _greedy(task: Task, begins: Begins, sets: coverage.Sets, each: float, place: float) -> Greedy:
    """Return a greedy choice, and a bound on what any choice is worth.

    Notes
    -----
    f(S* ∪ B) ≤ f(S_i ∪ B) + Σ of the gains that S* adds to S_i, for every i: the largest gains that the limits allow.
    """
    people = np.flatnonzero(task.is_open)
    account = coverage.Account(
        gain=np.diff(sets.of_ptr) + sets.solo, sure=begins.sure.copy(), n_covered=np.zeros(1, np.int64),
        worth=np.zeros(1), is_covered=np.zeros(len(sets.ptr) - 1, np.bool_), money=np.array([task.budget]),
        quota=task.quota.copy(), heap=people.astype(np.int32), n_heap=np.array([len(people)]),
        told=np.zeros(len(task.cost)),
    )  # fmt: skip
    for person in task.booked:
        coverage.cover(person, sets, account)
    terms = coverage.Terms(task.cost, task.group, each, place)
    coverage.line_up(account, terms)
    chosen, n = np.zeros(task.count, np.int32), 0
    bound, last, last_hits = math.inf, 0.0, 0
    worth, n_covered = float(account.worth[0]) + each * int(account.n_covered[0]), int(account.n_covered[0])
    for most in _stages(task.count):
        bound = min(bound, worth + _most_more(task, account.sure + each * account.gain))
        before, n = n, coverage.pick(sets, account, terms, chosen, n, most)
        if n == before:
            break
        now, hits = float(account.worth[0]) + each * int(account.n_covered[0]), int(account.n_covered[0])
        last, last_hits, worth, n_covered = now - worth, hits - n_covered, now, hits
    added = account.sure + each * account.gain
    bound = min(bound, worth + _most_more(task, added))
    return Greedy(
        chosen[:n].copy(), worth, bound, _slack(added[people], last, each * math.sqrt(last_hits), n), place
    )


def _slack(added: Floats, last: float, error: float, count: int) -> float:
    """Return about what the luck of the sets costs a choice of so many people, mostly 2 to 4 times too much.

    Parameters
    ----------
    added : float64[n_open]    what each would add to the choice
    last, error : float        what the last one chosen added, and its standard error
    count : int                how many were chosen

    Notes
    -----
    Were everyone's worth known, the first places would go to the same people but for those within about an error of
    the last place: as many as stand within two errors below it, twice as many as chosen at most, each exchange at the
    cost of about half an error. On the networks of docs/decisions.md the loss measured is .25 to .5 of it.
    """
    n_near = int(np.count_nonzero((added > last - 2.0 * error) & (added > 0.0)))
    return min(n_near, 2 * count) * error / 2.0


def _stages(count: int) -> Iterator[int]:
    """Yield the numbers of people after which the best possible is bounded anew; the last one is chosen alone."""
    most = 1
    while most < count - 1:
        yield most
        most *= 2
    if count > 1:
        yield count - 1
    yield count


def _most_more(task: Task, worth: Floats) -> float:
    """Return a bound on what any allowed choice adds, given what each person would: the least of some relaxations."""
    able = np.flatnonzero(task.is_open & (task.cost <= task.budget) & (worth > 0))
    worth = worth[able]
    bounds = [_largest(worth, task.count)]
    for kind in task.group.T if task.n_bounded else ():
        group = kind[able]
        bounds.append(sum(_largest(worth[group == g], int(task.quota[g])) for g in np.unique(group)))
    if not math.isinf(task.budget):
        bounds.append(_knapsack(worth, task.cost[able], task.budget))
        if task.count < len(able):
            bounds.append(_few_and_cheap(worth, task.cost[able], task.budget, task.count))
    return min(bounds)


def _few_and_cheap(worth: Floats, cost: Floats, budget: float, count: int) -> float:
    """Return a bound on what so many people add for so much: the dual of the budget, λB + the largest of w - λc.

    Notes
    -----
    It holds for every price λ ≥ 0 of money; it is convex in λ, so that a ternary search comes close to its least.
    """

    def dual(price: float) -> float:
        return price * budget + _largest(np.maximum(worth - price * cost, 0.0), count)

    low, high = 0.0, float((worth / np.maximum(cost, 1e-300)).max())
    high = min(high, float(worth.sum()) / budget if budget > 0 else high)
    found = min(dual(low), dual(high))
    for _ in range(_PRICES):
        third = (high - low) / 3.0
        one, other = dual(low + third), dual(high - third)
        found = min(found, one, other)
        low, high = (low, high - third) if one < other else (low + third, high)
    return found


def _largest(worth: Floats, n: int) -> float:
    return float(worth.sum() if n >= len(worth) else np.partition(worth, -n)[-n:].sum() if n > 0 else 0.0)


def _knapsack(worth: Floats, cost: Floats, budget: float) -> float:
    """Return what the budget buys at most if people could be had in parts (Dantzig 1957)."""
    with np.errstate(divide="ignore"):
        order = np.argsort(-worth / cost, kind="stable")
    spent = np.cumsum(cost[order])
    n = int(np.searchsorted(spent, budget, side="right"))
    whole = float(worth[order[:n]].sum())
    if n == len(order):
        return whole
    left = budget - (spent[n - 1] if n else 0.0)
    return whole + float(worth[order[n]] * left / cost[order[n]])
