"""Many plans on the same worlds: which is best, how surely, and how many more worlds would settle it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtri, ndtri, stdtrit

from sim.experiment.uneven import mean_draws
from sim.luck_keys import design_draws
from sim.results.summary import (
    CONFIDENCE,
    by_public,
    difference_interval,
    mean_interval,
    p_better,
    share_interval,
    standard_error,
)

Floats = npt.NDArray[np.float64]
MOST_DRAWS, MOST_CELLS = 4000, 8_000_000
MOST_WORLDS = 10_000_000
_OF_A_PAIR = (
    "difference", "diff_lo", "diff_hi", "p_better", "share_of_worlds", "p_beats_by", "worlds_to_settle",
)  # fmt: skip
COLUMNS = (
    "n_worlds", "mean", "mean_lo", "mean_hi", "p_best", "p_near_best", "expected_regret", "regret_hi", *_OF_A_PAIR,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aim:
    """Hold what plans are ranked by.

    Parameters
    ----------
    metric, segment, channel : str
    is_most : bool       the most is best; else the least
    margin : float       difference that would matter, in the metric's unit
    """

    metric: str
    segment: str = "all"
    channel: str = "all"
    is_most: bool = True
    margin: float = 0.0


def rank(
    values: Floats, aim: Aim, *, publics: int = 1, against: int | None = None, luck: int = 0
) -> pd.DataFrame:
    """Rank plans by one indicator, world by world.

    Parameters
    ----------
    values : float64[n_worlds, n_plans]
        World r in row r, of all plans; NaN where a plan was not run in a world (plans run worlds 0, 1, … up to some
        number). A plan that is undefined in a world it was run in is not to be among them.
    aim : Aim
    publics : int
        World r lives on public r mod `publics`; with two or more their means are the independent draws.
    against : int, optional
        The plan that the differences are from; by default the best of the others (for the best, the second).
    luck : int
        Master seed of the draws behind the `Chances`.

    Returns
    -------
    DataFrame
        A row per plan, in their order: n_worlds, mean, mean_lo, mean_hi, the `Chances` (p_best, p_near_best,
        expected_regret, regret_hi), and against the other plan difference, diff_lo, diff_hi, p_better,
        share_of_worlds, p_beats_by (probability of being better by `margin` or more), worlds_to_settle (worlds in
        all at which the interval of a difference of this size and spread would leave nought out).

    Notes
    -----
    Means have a joint t law with the paired covariance of the worlds (`gap_draws`).
    """
    is_run = ~np.isnan(values).all(axis=0)
    if not is_run.all():
        known = np.flatnonzero(is_run)
        other = None if against is None else int(np.searchsorted(known, against))
        told = rank(values[:, known], aim, publics=publics, against=other, luck=luck) if len(known) else None
        out = pd.DataFrame(np.nan, index=range(values.shape[1]), columns=list(COLUMNS))
        out["n_worlds"] = 0.0
        if told is not None:
            out.loc[known, list(COLUMNS)] = told[list(COLUMNS)].to_numpy(np.float64)
        return out
    independent = _independent(values, publics)
    sign = 1.0 if aim.is_most else -1.0
    n = (~np.isnan(independent)).sum(axis=0)
    mean = np.array([independent[: n[i], i].mean() if n[i] else np.nan for i in range(len(n))])
    frame = pd.DataFrame({"n_worlds": (~np.isnan(values)).sum(axis=0), "mean": mean})
    intervals = [mean_interval(independent[: n[i], i : i + 1]) for i in range(len(n))]
    frame["mean_lo"] = [float(low[0]) for _, low, _ in intervals]
    frame["mean_hi"] = [float(high[0]) for _, _, high in intervals]
    for name, told in chances(independent, aim, luck)._asdict().items():
        frame[name] = told
    order = np.lexsort((-sign * mean, -n))  # after a race those that went on come first
    pairs = []
    for i in range(len(n)):
        other = (
            against
            if against is not None
            else int(order[0])
            if i != order[0] or len(n) < 2
            else int(order[1])
        )
        pairs.append(_pair(i, other, values, independent, aim))
    return frame.join(pd.DataFrame(pairs, columns=_OF_A_PAIR))


class Chances(NamedTuple):
    """Hold how good a choice each plan is, float64[n_plans] each; NaN where it cannot be told.

    Parameters
    ----------
    p_best             probability that its mean is the best
    p_near_best        probability that no other plan's mean is better by more than the aim's margin
    expected_regret    what choosing it is expected to lose against the best
    regret_hi          what choosing it loses at most, with a probability of 95 %

    Notes
    -----
    On a flat top, where neighbours hardly differ, which one is the very best cannot be known and `p_best` is too sure;
    the other three hold there too.
    """

    p_best: Floats
    p_near_best: Floats
    expected_regret: Floats
    regret_hi: Floats


def chances(values: Floats, aim: Aim, luck: int = 0) -> Chances:
    """Return how good a choice each plan is; one that was run in no world is out."""
    is_run = ~np.isnan(values).all(axis=0)
    draws = np.full((1, values.shape[1]), np.nan)
    if is_run.any():
        told = gap_draws(values[:, is_run], aim, luck)
        draws = np.full((len(told), values.shape[1]), np.nan)
        draws[:, is_run] = told if aim.is_most else -told
    known = ~np.isnan(draws).any(axis=0)
    out = Chances(*np.full((4, values.shape[1]), np.nan))
    if known.any():
        lost = draws[:, known].max(axis=1, keepdims=True) - draws[:, known]
        is_top = lost == 0
        out.p_best[known] = (is_top / is_top.sum(axis=1, keepdims=True)).mean(axis=0)
        out.p_near_best[known] = (lost <= aim.margin).mean(axis=0) if aim.margin else out.p_best[known]
        out.expected_regret[known] = lost.mean(axis=0)
        out.regret_hi[known] = np.quantile(lost, CONFIDENCE, axis=0)
    return out


def gap_draws(values: Floats, aim: Aim, luck: int) -> Floats:
    """Return draws of how far each plan's mean is from a reference plan's; NaN where one has a single world.

    The shape is float64[n_draws, n_plans].

    Notes
    -----
    The reference is the best of the plans with most worlds. Where all were run in the same worlds, each is held against
    it in those, so that common luck falls out: a t law with the worlds' own covariance. Where a race left them uneven
    numbers of worlds: `sim.experiment.uneven`.
    """
    n = (~np.isnan(values)).sum(axis=0)
    n_worlds, n_plans = values.shape
    mean = np.array([values[:k, i].mean() for i, k in enumerate(n)])
    worth = np.where(n == n.max(), mean if aim.is_most else -mean, -np.inf)
    best = [int(np.argmax(worth))]
    n_draws = max(200, min(MOST_DRAWS, MOST_CELLS // max(n_plans, 1)))
    if n.min() < 2:
        return np.full((n_draws, n_plans), np.nan)
    if (n < n.max()).any():
        drawn = mean_draws(values, n_draws, luck)
        return np.asarray(drawn - drawn[:, best])
    gap = values - values[:, best]
    centre = gap.mean(axis=0)
    z = np.stack(
        [ndtri(np.clip(design_draws(luck, r, n_draws, 10), 1e-12, 1)) for r in range(n_worlds)], axis=1
    )
    u = np.clip(design_draws(luck, 0, n_draws, 11), 1e-9, 1 - 1e-9)
    widened = np.sqrt((n_worlds - 1) / chdtri(n_worlds - 1, u))[:, None]
    return np.asarray(centre + widened * (z @ (gap - centre)) / np.sqrt(n_worlds * (n_worlds - 1)))


def objectives_met(met: Floats, asked: Sequence[float], publics: int = 1) -> tuple[Floats, Floats, bool]:
    """Return the share of worlds that meet each objective, its interval, and whether all are as sure as asked.

    Parameters
    ----------
    met : float64[n_worlds, n_objectives]    1 where the world meets it
    asked : sequence of float                probability asked of each
    """
    share = met.mean(axis=0)
    if publics > 1:
        _, low, high = mean_interval(by_public(met, np.arange(len(met)) % publics))
        interval = np.stack([np.maximum(low, 0.0), np.minimum(high, 1.0)], axis=1)
    else:
        interval = np.array([share_interval(float(s), len(met)) for s in share])
    return share, interval, bool((share >= np.asarray(asked)).all())


def _independent(values: Floats, publics: int) -> Floats:
    if publics < 2 or len(values) < 2:
        return values
    of = np.arange(len(values)) % publics
    return np.stack([np.nanmean(values[of == public], axis=0) for public in range(min(publics, len(values)))])


def _told(values: Floats) -> Floats:
    return values[~np.isnan(values)]


def _pair(i: int, j: int, values: Floats, independent: Floats, aim: Aim) -> tuple[float, ...]:
    """Return what there is to say of plan i beside plan j: `_OF_A_PAIR`."""
    pair = values[:, i] - values[:, j]
    pair = pair[~np.isnan(pair)]
    draws = independent[:, i] - independent[:, j]
    draws = draws[~np.isnan(draws)][:, None]
    if not len(draws):
        return (np.nan,) * len(_OF_A_PAIR)
    sign = 1.0 if aim.is_most else -1.0
    mean, low, high = (float(x[0]) for x in difference_interval(draws))
    is_certain = i == j or all(
        bool((told == told[0]).all()) for told in (_told(values[:, i]), _told(values[:, j]))
    )
    better, beats = (float(p_better(sign * draws - margin, is_certain)[0]) for margin in (0.0, aim.margin))
    share = float((sign * pair > 0).mean())
    return mean, low, high, better, share, beats, worlds_to_settle(draws) * len(pair) / len(draws)


def worlds_to_settle(difference: Floats) -> float:
    """Return how many independent draws in all would take nought out of the interval of the mean, 2 or more.

    Infinite for no difference at all; NaN with fewer than two draws.
    """
    n = len(difference)
    if n < 2:
        return float("nan")
    mean = abs(float(difference.mean()))
    spread = float(standard_error(difference)[0]) * np.sqrt(n)
    if mean == 0:
        return float("inf")
    if spread == 0:
        return 2.0
    low, high = 2, MOST_WORLDS

    def settles(m: int) -> bool:
        return bool(stdtrit(m - 1, 0.5 + CONFIDENCE / 2) * spread / np.sqrt(m) < mean)

    if not settles(high):
        return float("inf")
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if settles(middle) else (middle + 1, high)
    return float(low)
