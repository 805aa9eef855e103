"""Which of many plans is best, found with few worlds: weak plans stop early, strong ones go on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.experiment.ranking import Aim, chances

Floats = npt.NDArray[np.float64]
# (plans, first world, world after the last) → the indicator in those worlds, float64[worlds, plans]
Ask = Callable[[list[int], int, int], Floats]
LEAST_FIRST = 2


@dataclass(frozen=True, slots=True)
class Raced:
    """Hold how a race ended.

    Parameters
    ----------
    best : int or None         the plan chosen; None where no plan is told in every world
    p_correct : float          probability, given all worlds run, that no other plan's mean is better by more than the
        aim's margin; without one, that none is better (too sure on a flat top: `sim.experiment.ranking.Chances`)
    at_most_lost : float       what choosing it loses at most against the best of all, with a probability of 95 %
    worlds : int64[n_plans]    worlds that each plan was run in
    rounds : int
    values : float64[most worlds, n_plans]    the indicator; NaN where a plan was not run
    """

    best: int | None
    p_correct: float
    at_most_lost: float
    worlds: npt.NDArray[np.int64]
    rounds: int
    values: Floats


def race(ask: Ask, n_plans: int, runs: int, aim: Aim, *, luck: int = 0) -> Raced:
    """Find the best of many plans with a given number of runs, by halving on common worlds.

    Parameters
    ----------
    ask : callable
        ``ask(plans, first, end)`` returns the indicator of plans in worlds first … end - 1, float64[end - first,
        len(plans)]; the same worlds for all plans.
    n_plans, runs : int
        `runs` is the most (plan, world) pairs that are run; at least two worlds for each plan.
    aim : Aim
    luck : int
        As of `rank`.

    Notes
    -----
    Sequential halving (Karnin, Koren & Somekh 2013): the runs are dealt over ⌈log2 n⌉ rounds; in each, the plans left
    have the same number of further worlds, and the better half by their means over all worlds so far goes on. Plans
    share their worlds, so that what is luck falls out of who is better.
    """
    n_rounds = max(1, math.ceil(math.log2(n_plans)))
    left = list(range(n_plans))
    worlds = np.zeros(n_plans, np.int64)
    values = np.full((0, n_plans), np.nan)
    done = spent = 0
    for nth in range(n_rounds):
        share = (runs - spent) // (n_rounds - nth)
        more = share // len(left)
        if nth == 0:
            more = max(more, LEAST_FIRST)
        if more:
            found = ask(left, done, done + more)
            spent += more * len(left)
            told = [
                not bool(np.isnan(column).any()) for column in found.T
            ]  # a plan that failed, or is undefined in some world, is out
            left = [plan for plan, is_told in zip(left, told, strict=True) if is_told]
            if not left:
                return Raced(None, math.nan, math.nan, worlds, nth + 1, values)
            block = np.full((more, n_plans), np.nan)
            block[:, left] = found[:, np.flatnonzero(told)]
            values = np.concatenate([values, block])
            done += more
            worlds[left] = done
        means = values[:done][:, left].mean(axis=0)
        order = np.argsort(-means if aim.is_most else means, kind="stable")
        if nth < n_rounds - 1:
            left = sorted(left[i] for i in order[: math.ceil(len(left) / 2)])
    means = values[:done][:, left].mean(axis=0)
    best = left[int(np.argsort(-means if aim.is_most else means, kind="stable")[0])]
    sure = chances(values, aim, luck)
    near, most = (float(x[best]) for x in (sure.p_near_best, sure.regret_hi))
    return Raced(best, near, most, worlds, n_rounds, values)
