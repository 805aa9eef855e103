"""The certified choice: greedy on one half of the sets, judged by the other, until the bounds are close enough.

After OPIM-C (Tang, Tang, Xiao & Yuan 2018), with the failure probability dealt out so that the bounds hold
whenever it stops, and with bounds on the best choice under money, quotas and people who are booked already.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.network.greedy import Task, greedy_choice
from sim.network.sets import Begins, Half, halves

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int32]

FIRST_SETS = 4096
MOST_MEMBERS = 2**27  # people in the sets that are chosen on, about: 1 GB with the way back to them
JUDGES = 0.5  # sets that judge, of those that are chosen on
_NEAR = 0.05  # how close bounds come to what they bound, where nothing is promised


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
    quotas). Where a message of its own goes far, sets are large and soon take more memory than there is; it then ends
    with bounds further apart.
    """
    begins = Begins(task.ties, task.weight, task.counts_chosen)
    halved = halves(task.master_seed, begins, task.ties, task.steps, task.counts_chosen, task.threads)
    chooser, judge = halved
    total, n_sets, nth = float(task.weight.sum()), min(FIRST_SETS, task.most_sets), 1
    before, place = np.zeros(0, np.int32), None
    while True:
        chooser.grow(n_sets)
        judge.grow(math.ceil(JUDGES * n_sets))
        choice = greedy_choice(task, begins, chooser, place)
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
        factor = min(factor, MOST_MEMBERS / max(1, len(chooser.members)))
        if factor < 1.1:
            return found
        n_sets, nth, before = min(math.ceil(factor * n_sets), task.most_sets), nth + 1, choice.people
        place = choice.place


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
    near = max(task.epsilon / 2.0, _NEAR)
    return found.lower >= (1.0 - near) * found.spread and found.upper <= (1.0 + near) * best


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
