"""The certified choice: greedy on one half of the sets, judged by the other, until the bounds are close enough.

After OPIM-C (Tang, Tang, Xiao & Yuan 2018), with the failure probability dealt out so that the bounds hold
whenever it stops, and with bounds on the best choice under money, quotas and people who are booked already.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sim.kernels import coverage, reverse
from sim.network.sets import Begins, Half, halves

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]

FIRST_SETS = 4096
JUDGES = 0.5  # sets that judge, of those that are chosen on
MOST_STEPS = 2**40
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
class Found:
    """Hold a choice and what is known of it.

    Parameters
    ----------
    people : int32[n_chosen]        in the order chosen
    spread, lower, upper : float    of the choice with those booked; of the best such choice
    booked_spread : float           of those booked alone
    gains, alone : float64[n_chosen]    what each adds to those before, and reaches alone
    lower_by_place : float64[n_chosen]  lower bounds of the first 1, 2, … together; all hold with probability 1 - δ
    n_sets : int                    drawn in both halves
    """

    people: Rows
    spread: float
    lower: float
    upper: float
    booked_spread: float
    gains: Floats
    alone: Floats
    lower_by_place: Floats
    n_sets: int


def certify(task: Task) -> Found:
    """Choose people, and bound what they and the best possible reach.

    Notes
    -----
    With Λ of θ sets covered, each worth c, A what those chosen are surely worth, and a = ln(1/δ'), martingale bounds
    give σ(S) ≥ A(S) + c·((√(Λ + 2a/9) - √(a/2))² - a/18) on sets that S was not chosen on, and σ(S*) ≤ c·(√(B/c + a/2)
    + √(a/2))² on those it was, B a bound on A + cΛ of any choice: the more of it is sure, the less is added. Round i
    may fail with probability δ/(i(i + 1)), half of it for each bound: in all with δ at most.

    The bounds are met by choices that more sets would still better. So it goes on until the luck of the sets costs the
    choice less than ε/10, by an estimate that is no part of the certificate (`_slack`; `_is_settled` under money and
    quotas).
    """
    begins = Begins(task.ties, task.weight, task.counts_chosen)
    halved = halves(task.master_seed, begins, task.ties, task.steps, task.counts_chosen, task.threads)
    chooser, judge = halved
    total, n_sets, nth = float(task.weight.sum()), min(FIRST_SETS, task.most_sets), 1
    before = np.zeros(0, np.int32)
    while True:
        chooser.grow(n_sets)
        judge.grow(math.ceil(JUDGES * n_sets))
        choice = _chosen(task, begins, chooser)
        a = math.log(2.0 * nth * (nth + 1) / task.delta)
        upper = min(total, _upper(choice.bound, chooser.each, a))
        found = _judged(task, begins, judge, choice.people, a, upper, chooser.n_sets + judge.n_sets)
        if n_sets >= task.most_sets or begins.total == 0.0:
            return found
        if task.is_limited:
            factor = 1.0 if _is_settled(task, begins, judge, before, choice.people) else 2.0
        else:
            slack = 10.0 * choice.slack / (task.epsilon * choice.worth) if choice.slack else 0.0
            factor = 1.0 if slack <= 1.0 else min(max(slack**0.75, 1.25), 8.0)
        if factor == 1.0:
            if _is_enough(task, found, choice.bound):
                return found
            factor = 2.0
        n_sets, nth, before = min(math.ceil(factor * n_sets), task.most_sets), nth + 1, choice.people


def _is_settled(task: Task, begins: Begins, judge: Half, before: Rows, people: Rows) -> bool:
    """Tell whether a choice betters the one before by less than ε/10 of what it reaches, surely (1 standard error)."""
    in_both = np.intersect1d(before, people)
    if len(in_both) == len(people) == len(before):
        return True
    place = np.full(len(task.weight), -1, np.int32)
    place[task.booked], place[in_both] = 0, 0
    gains, worth = [], []
    for one in (before, people):
        own, apart = np.setdiff1d(one, in_both), place.copy()
        apart[own] = 1
        first_hit, _ = judge.hits(apart, 2)
        gains.append(int(first_hit[1]))
        worth.append(float(begins.sure[own].sum()) + judge.each * int(first_hit[1]))
    whole = float(begins.sure[people].sum()) + judge.each * int(first_hit.sum())
    return worth[1] - worth[0] + judge.each * math.sqrt(sum(gains)) <= task.epsilon / 10 * whole


def _is_enough(task: Task, found: Found, best: float) -> bool:
    if task.guarantee is not None:
        return found.lower >= (task.guarantee - task.epsilon) * found.upper
    is_sure_below = found.lower >= (1.0 - task.epsilon / 2) * found.spread
    return is_sure_below and found.upper <= (1.0 + task.epsilon / 2) * best


def _upper(best: float, each: float, a: float) -> float:
    if each == 0.0:
        return best
    return float(each * (math.sqrt(best / each + a / 2) + math.sqrt(a / 2)) ** 2)


def _lower(covered: Floats, a: float) -> Floats:
    root = np.sqrt(covered + 2.0 * a / 9.0) - math.sqrt(a / 2.0)
    return np.maximum(np.maximum(root, 0.0) ** 2 - a / 18.0, 0.0)


def _judged(
    task: Task, begins: Begins, judge: Half, people: Rows, a: float, upper: float, n_sets: int
) -> Found:
    each, chosen = judge.each, np.concatenate([task.booked, people])
    place = np.full(len(task.weight), -1, np.int32)
    place[task.booked] = 0
    place[people] = np.arange(1, len(people) + 1)
    first_hit, all_hits = judge.hits(place, len(people) + 1)
    covered, sure = np.cumsum(first_hit).astype(np.float64), np.zeros(len(people) + 1)
    sure[0], sure[1:] = begins.sure[task.booked].sum(), begins.sure[people]
    up_to = np.cumsum(sure)
    own_weight = task.weight * task.counts_chosen  # whoever is chosen is reached
    own = np.cumsum(own_weight[chosen])[len(task.booked) :]
    surely = float(own_weight[chosen].sum())
    by_place = up_to[1:] + each * _lower(covered[1:], a + math.log(max(1, len(people))))
    return Found(
        people=people,
        spread=float(up_to[-1] + each * covered[-1]),
        lower=max(surely, float(up_to[-1] + each * _lower(covered[-1:], a)[0])),
        upper=max(upper, surely),
        booked_spread=float(sure[0] + each * covered[0]),
        gains=sure[1:] + each * first_hit[1:],
        alone=sure[1:] + each * all_hits[1:],
        lower_by_place=np.maximum(by_place, own),
        n_sets=n_sets,
    )


@dataclass(frozen=True, slots=True)
class _Greedy:
    """Hold a greedy choice on one half of the sets.

    Parameters
    ----------
    people : int32[n_chosen]
    worth : float      of the choice with those booked
    bound : float      on what any choice is worth
    slack : float      estimate of what luck costs, see `_slack`
    """

    people: Rows
    worth: float
    bound: float
    slack: float


def _chosen(task: Task, begins: Begins, half: Half) -> _Greedy:
    """Return the better of the greedy choices, with the lower bound on what any choice is worth by these sets."""
    sets = half.indexed()
    ways = (False,) if math.isinf(task.budget) else (True, False)
    tried = [_greedy(task, begins, sets, half.each, by_money) for by_money in ways]
    best = max(tried, key=lambda one: one.worth)
    return replace(best, bound=min(one.bound for one in tried))


def _greedy(task: Task, begins: Begins, sets: coverage.Sets, each: float, by_money: bool) -> _Greedy:
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
    terms = coverage.Terms(task.cost, task.group, each, by_money)
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
    return _Greedy(chosen[:n].copy(), worth, bound, _slack(added[people], last, each * math.sqrt(last_hits)))


def _slack(added: Floats, last: float, error: float) -> float:
    """Return about what the luck of the sets costs a choice of so many people, mostly 2 to 4 times too much.

    Parameters
    ----------
    added : float64[n_open]    what each would add to the choice
    last, error : float        what the last one chosen added, and its standard error

    Notes
    -----
    Were everyone's worth known, the first places would go to the same people but for those within about an error of
    the last place: as many as stand within two errors below it, each exchange at the cost of about half an error. On
    the networks of docs/influencers.md the loss measured is .25 to .5 of it.
    """
    n_near = int(np.count_nonzero((added > last - 2.0 * error) & (added > 0.0)))
    return n_near * error / 2.0


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
    return min(bounds)


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
