"""The certified choice: greedy on one half of the sets, judged by the other, until the bounds are close enough.

After OPIM-C (Tang, Tang, Xiao & Yuan 2018), with the failure probability dealt out so that the bounds hold
whenever it stops, and with bounds on the best choice under money, quotas and people who are booked already.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim import luck_keys
from sim.kernels import coverage
from sim.network.graph import TieLayer, read_only

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]

FIRST_SETS = 4096
MOST_STEPS = 2**40
WHOLE = 1.0 - 1.0 / math.e


@dataclass(frozen=True, slots=True)
class Task:
    """Hold what is to be chosen, checked.

    Parameters
    ----------
    ties : InTies
    weight : float64[n_people]     what each person reached is worth
    cost : float64[n_people]
    budget : float                 inf: none
    count : int                    most people to choose
    group : int64[n_people]
    quota : int64[n_groups]        most people to choose of each group
    is_open : bool[n_people]       who may be chosen
    booked : int32[n_booked]       chosen already
    steps : int                    how far the message goes at most
    counts_chosen : bool           whoever is chosen is reached thereby
    epsilon, delta : float
    most_sets : int
    threads : int
    master_seed : int
    """

    ties: coverage.InTies
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

    @property
    def has_quotas(self) -> bool:
        """Tell whether some group has fewer places than people that may be chosen."""
        sizes = np.bincount(self.group[self.is_open], minlength=len(self.quota))
        return bool((self.quota < np.minimum(sizes, self.count)).any())

    @property
    def guarantee(self) -> float | None:
        """What greedy choice is known to reach of the best possible, before any set is drawn; None where it is not.

        Notes
        -----
        A number of people: 1 - 1/e (Nemhauser, Wolsey & Fisher 1978). With quotas, a laminar matroid: 1/2
        (Fisher, Nemhauser & Wolsey 1978). A budget, the better of two greedy rules: (1 - 1/e)/2 (Leskovec et al. 2007).
        """
        is_counted = self.count < np.count_nonzero(self.is_open)
        if math.isinf(self.budget):
            return 0.5 if self.has_quotas else WHOLE
        return None if is_counted or self.has_quotas else WHOLE / 2.0


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


def in_ties(layers: list[tuple[TieLayer, Floats]], pass_on: Floats) -> coverage.InTies:
    """Return the ties of one or several layers as sets are drawn from them.

    Parameters
    ----------
    layers : list of (TieLayer, float64[n_ties] or [1])    each with the chances of its ties
    pass_on : float64[n_people] or [1]
    """
    parts = [_turned(layer, chances) for layer, chances in layers]
    in_ptr, src, chances = parts[0] if len(parts) == 1 else _joined(parts)
    row = np.empty(len(in_ptr) - 1, coverage.HEARD)
    share = np.empty(0) if _even_rows(in_ptr, chances) else np.empty(len(src))
    coverage.make_rows(in_ptr, chances, pass_on, row, share)
    return coverage.InTies(read_only(row), read_only(src), read_only(share))


def _turned(layer: TieLayer, chances: Floats) -> tuple[Ints, Rows, Floats]:
    in_ptr, src = np.zeros(len(layer.out_ptr), np.int64), np.empty(layer.n_ties, np.int32)
    told = np.empty(0) if len(chances) == 1 else np.empty(layer.n_ties)
    coverage.turn_round(layer.out_ptr, layer.out_dst, chances, in_ptr, src, told)
    return in_ptr, src, chances if len(chances) == 1 else told


def _joined(parts: list[tuple[Ints, Rows, Floats]]) -> tuple[Ints, Rows, Floats]:
    """Return the ties into each person, layer after layer; two layers are two chances."""
    person = np.concatenate([np.repeat(np.arange(len(ptr) - 1), np.diff(ptr)) for ptr, _, _ in parts])
    order = np.argsort(person, kind="stable")
    src = np.concatenate([src for _, src, _ in parts])[order]
    chances = np.concatenate([np.broadcast_to(c, len(src)) for _, src, c in parts])[order]
    in_ptr = np.sum([ptr for ptr, _, _ in parts], axis=0)
    return in_ptr, src, chances


def _even_rows(in_ptr: Ints, chances: Floats) -> bool:
    """Tell whether the ties into each person are all alike."""
    if len(chances) <= 1:
        return True
    first = np.repeat(chances[np.minimum(in_ptr[:-1], len(chances) - 1)], np.diff(in_ptr))
    return bool((chances == first).all())


class _Half:
    """Hold one half of the sets, and draw more of them."""

    def __init__(self, task: Task, half: int):
        self._task, self._key = task, luck_keys.certificate_key(task.master_seed, half)
        is_even = bool((task.weight == task.weight[0]).all())
        self._up_to = read_only(np.zeros(0) if is_even else np.cumsum(task.weight))
        self.n_sets, self.solo = 0, np.zeros(len(task.weight), np.int64)
        self.ptr, self.members = np.zeros(1, np.int64), np.zeros(0, np.int32)

    def grow(self, n_sets: int) -> None:
        """Draw sets until there are so many; the same ones for any number of threads."""
        task = self._task
        bounds = np.linspace(self.n_sets, n_sets, task.threads + 1).astype(int).tolist()
        solos = [np.zeros(len(task.weight), np.int64) for _ in range(task.threads)]

        def part(first: int, end: int, solo: Ints) -> tuple[Ints, Rows]:
            drawn: tuple[Ints, Rows] = coverage.draw_sets(
                self._key, first, end - first, self._up_to, task.ties, task.steps, task.counts_chosen, solo
            )
            return drawn

        if task.threads == 1:
            parts = [part(bounds[0], bounds[1], solos[0])]
        else:
            with ThreadPoolExecutor(task.threads) as pool:
                parts = list(pool.map(part, bounds[:-1], bounds[1:], solos))
        self.n_sets = n_sets
        self.solo += np.sum(solos, axis=0)
        self.members = np.concatenate([self.members, *(members for _, members in parts)])
        lengths = np.concatenate([np.diff(self.ptr), *(np.diff(ptr) for ptr, _ in parts)])
        self.ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])

    def indexed(self) -> coverage.Sets:
        """Return the sets with the way back from people to them."""
        n_people = len(self._task.weight)
        of_ptr, of_set = np.zeros(n_people + 1, np.int64), np.empty(len(self.members), np.int32)
        coverage.find_sets(self.ptr, self.members, of_ptr, of_set)
        return coverage.Sets(self.solo, self.ptr, self.members, of_ptr, of_set)

    def hits(self, place: Rows, n: int) -> tuple[Ints, Ints]:
        """Return the sets that each of `n` places is the first to be in, and all that it is in."""
        first_hit, all_hits = np.zeros((2, n), np.int64)
        coverage.count_hits(self.solo, self.ptr, self.members, place, first_hit, all_hits)
        return first_hit, all_hits


def certify(task: Task) -> Found:
    """Choose people, and bound what they and the best possible reach.

    Notes
    -----
    With Λ of θ sets covered and a = ln(1/δ'), martingale bounds give σ(S) ≥ ((√(Λ + 2a/9) - √(a/2))² - a/18)·W/θ
    on sets that S was not chosen on, and σ(S*) ≤ (√(Λ* + a/2) + √(a/2))²·W/θ on those it was, Λ* a bound on what any
    choice covers. Round i may fail with probability δ/(i(i + 1)), half of it for each bound: in all with δ at most.

    The bounds are met by choices that more sets would still better. So it goes on until twice the sets have bettered
    the choice by less than ε/10, both choices judged by the same sets, with two standard errors to spare.
    """
    chooser, judge = _Half(task, 0), _Half(task, 1)
    total, n_sets = float(task.weight.sum()), min(FIRST_SETS, task.most_sets)
    nth, before = 1, np.zeros(0, np.int32)
    while True:
        chooser.grow(n_sets)
        judge.grow(n_sets)
        sets = chooser.indexed()
        people, best = _chosen(task, sets)
        a = math.log(2.0 * nth * (nth + 1) / task.delta)
        upper = min(total, (math.sqrt(best + a / 2) + math.sqrt(a / 2)) ** 2 * total / n_sets)
        found = _judged(task, judge, people, upper, a, total)
        if (_is_settled(task, judge, before, people) and _is_enough(task, found, best * total / n_sets)) or (
            n_sets >= task.most_sets
        ):
            return found
        n_sets, nth, before = min(2 * n_sets, task.most_sets), nth + 1, people


def _is_settled(task: Task, judge: _Half, before: Rows, people: Rows) -> bool:
    """Tell whether a choice betters the one before by less than ε/10 of what it reaches, surely (2 standard errors)."""
    in_both = np.intersect1d(before, people)
    if len(in_both) == len(people) == len(before):
        return True
    place = np.full(len(task.weight), -1, np.int32)
    place[task.booked], place[in_both] = 0, 0
    gains = []
    for own in (before, people):
        apart = place.copy()
        apart[np.setdiff1d(own, in_both)] = 1
        first_hit, _ = judge.hits(apart, 2)
        gains.append(int(first_hit[1]))
    whole = int(first_hit.sum())
    return gains[1] - gains[0] + 2.0 * math.sqrt(sum(gains)) <= task.epsilon / 10 * whole


def _is_enough(task: Task, found: Found, best: float) -> bool:
    if task.guarantee is not None:
        return found.lower >= (task.guarantee - task.epsilon) * found.upper
    is_sure_below = found.lower >= (1.0 - task.epsilon / 2) * found.spread
    return is_sure_below and found.upper <= (1.0 + task.epsilon / 2) * best


def _lower(covered: Floats, a: float) -> Floats:
    root = np.sqrt(covered + 2.0 * a / 9.0) - math.sqrt(a / 2.0)
    return np.maximum(np.maximum(root, 0.0) ** 2 - a / 18.0, 0.0)


def _judged(task: Task, judge: _Half, people: Rows, upper: float, a: float, total: float) -> Found:
    n_sets, each = judge.n_sets, total / judge.n_sets
    place = np.full(len(task.weight), -1, np.int32)
    place[task.booked] = 0
    place[people] = np.arange(1, len(people) + 1)
    first_hit, all_hits = judge.hits(place, len(people) + 1)
    covered = np.cumsum(first_hit)
    chosen = np.concatenate([task.booked, people])
    own_weight = task.weight * task.counts_chosen  # whoever is chosen is reached
    surely = float(own_weight[chosen].sum())
    by_place = _lower(covered[1:].astype(np.float64), a + math.log(max(1, len(people)))) * each
    own = float(own_weight[task.booked].sum()) + np.cumsum(own_weight[people])
    return Found(
        people=people,
        spread=float(covered[-1] * each),
        lower=max(surely, float(_lower(np.array([float(covered[-1])]), a)[0] * each)),
        upper=max(upper, surely),
        booked_spread=float(covered[0] * each),
        gains=(first_hit[1:] * each).astype(np.float64),
        alone=(all_hits[1:] * each).astype(np.float64),
        lower_by_place=np.maximum(by_place, own),
        n_sets=2 * n_sets,
    )


def _chosen(task: Task, sets: coverage.Sets) -> tuple[Rows, float]:
    """Return the better of the greedy choices, and a bound on the sets that any choice covers."""
    ways = (False,) if math.isinf(task.budget) else (True, False)
    tried = [_greedy(task, sets, by_money) for by_money in ways]
    people = max(tried, key=lambda one: one[1])[0]
    return people, min(bound for *_, bound in tried)


def _greedy(task: Task, sets: coverage.Sets, by_money: bool) -> tuple[Rows, int, float]:
    """Return a greedy choice, the sets that it covers with those booked, and a bound on what any choice covers.

    Notes
    -----
    f(S* ∪ B) ≤ f(S_i ∪ B) + Σ of the gains that S* adds to S_i, for every i: the largest gains that the limits allow.
    """
    account = coverage.Account(
        gain=np.diff(sets.of_ptr) + sets.solo, n_covered=np.zeros(1, np.int64),
        is_covered=np.zeros(len(sets.ptr) - 1, np.bool_), is_open=task.is_open.copy(),
        money=np.array([task.budget]), quota=task.quota.copy(),
    )  # fmt: skip
    for person in task.booked:
        coverage.cover(person, sets, account)
    chosen, n = np.zeros(task.count, np.int32), 0
    bound = math.inf
    for most in _stages(task.count):
        bound = min(bound, int(account.n_covered[0]) + _most_more(task, account.gain))
        n = coverage.pick(sets, account, task.cost, task.group, by_money, chosen, n, most)
        if n < most:
            break
    n_covered = int(account.n_covered[0])
    return chosen[:n].copy(), n_covered, min(bound, n_covered + _most_more(task, account.gain))


def _stages(count: int) -> Iterator[int]:
    """Yield the numbers of people after which the best possible is bounded anew."""
    most = 1
    while most < count:
        yield most
        most *= 2
    yield count


def _most_more(task: Task, gain: Ints) -> float:
    """Return a bound on what any allowed choice adds, given what each person would: the least of some relaxations."""
    able = np.flatnonzero(task.is_open & (task.cost <= task.budget) & (gain > 0))
    worth, group = gain[able].astype(np.float64), task.group[able]
    bounds = [_largest(worth, task.count)]
    if task.has_quotas:
        bounds.append(sum(_largest(worth[group == g], int(q)) for g, q in enumerate(task.quota)))
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
