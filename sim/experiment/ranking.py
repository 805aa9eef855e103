"""Many plans on the same worlds: which is best, how surely, and how many more worlds would settle it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtri, ndtri, stdtr, stdtrit

from sim.luck_keys import design_draws
from sim.results.summary import CONFIDENCE, by_public, mean_interval, share_interval, standard_error

Floats = npt.NDArray[np.float64]
MOST_DRAWS, MOST_CELLS = 4000, 8_000_000
SHRUNK_BY = 4
MOST_WORLDS = 10_000_000
COLUMNS = (
    "n_worlds", "mean", "mean_lo", "mean_hi", "p_best", "expected_regret", "difference", "diff_lo", "diff_hi",
    "p_better", "share_of_worlds", "p_beats_by", "worlds_to_settle",
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
        Master seed of the draws behind `p_best` and `expected_regret`.

    Returns
    -------
    DataFrame
        A row per plan, in their order: n_worlds, mean, mean_lo, mean_hi, p_best (probability that its mean is the
        best), expected_regret (what choosing it is expected to lose against the best), and against the other plan
        difference, diff_lo, diff_hi, p_better, share_of_worlds, p_beats_by (probability of being better by `margin` or
        more), worlds_to_settle (worlds in all at which the interval of a difference of this size and spread would
        leave nought out).

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
    frame["p_best"], frame["expected_regret"] = _best(sign * gap_draws(independent, aim, luck))
    order = np.argsort(-sign * mean, kind="stable")
    for i in range(len(n)):
        other = (
            against
            if against is not None
            else int(order[0])
            if i != order[0] or len(n) < 2
            else int(order[1])
        )
        _tell_pair(frame, i, other, values, independent, aim)
    return frame


def gap_draws(values: Floats, aim: Aim, luck: int) -> Floats:
    """Return draws of how far each plan's mean is from a reference plan's; NaN with one world.

    The shape is float64[n_draws, n_plans].

    Notes
    -----
    The reference is the best of the plans with most worlds, and each plan is held against it in the worlds that both
    have, so that common luck falls out whatever the number of worlds. The variance of a plan that was run in fewer
    worlds than others (it left a race) is known badly: it is drawn towards the plans' mean with the weight of
    `SHRUNK_BY` worlds (as Smyth 2004 does).
    """
    n = (~np.isnan(values)).sum(axis=0)
    n_worlds, n_plans = values.shape
    mean = np.array([values[:k, i].mean() for i, k in enumerate(n)])
    worth = np.where(n == n.max(), mean if aim.is_most else -mean, -np.inf)
    gap = values - values[:, [int(np.argmax(worth))]]
    centre = np.nanmean(gap, axis=0)
    spread = np.nan_to_num(gap - centre)
    free = np.maximum(n - 1, 1)
    variance = (spread**2).sum(axis=0) / free
    weight = np.where(n < n.max(), SHRUNK_BY, 0)
    usual = variance[worth == -np.inf].mean() if (n < n.max()).any() else 0.0
    wanted = (weight * usual + free * variance) / (weight + free)
    factor = np.sqrt(np.divide(wanted, variance, out=np.ones(n_plans), where=variance > 0))
    n_draws = max(200, min(MOST_DRAWS, MOST_CELLS // max(n_plans, 1)))
    z = np.stack(
        [ndtri(np.clip(design_draws(luck, r, n_draws, 10), 1e-12, 1)) for r in range(n_worlds)], axis=1
    )
    u = np.clip(design_draws(luck, 0, n_draws, 11), 1e-9, 1 - 1e-9)
    widened = np.empty((n_draws, n_plans))
    for df in np.unique(free + weight):
        widened[:, free + weight == df] = np.sqrt(df / chdtri(df, u))[:, None]
    out = centre + widened * factor * (z @ spread) / np.sqrt(np.maximum(n * (n - 1), 1))
    out[:, n < 2] = np.nan
    return np.asarray(out)


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


def _best(draws: Floats) -> tuple[Floats, Floats]:
    """Return each plan's probability to be best, and what choosing it is expected to lose."""
    known = ~np.isnan(draws).any(axis=0)
    p_best, regret = np.full(draws.shape[1], np.nan), np.full(draws.shape[1], np.nan)
    if known.any():
        told = draws[:, known]
        top = told.max(axis=1, keepdims=True)
        is_top = told == top
        p_best[known] = (is_top / is_top.sum(axis=1, keepdims=True)).mean(axis=0)
        regret[known] = (top - told).mean(axis=0)
    return p_best, regret


def _tell_pair(frame: pd.DataFrame, i: int, j: int, values: Floats, independent: Floats, aim: Aim) -> None:
    pair = values[:, i] - values[:, j]
    pair = pair[~np.isnan(pair)]
    draws = independent[:, i] - independent[:, j]
    draws = draws[~np.isnan(draws)][:, None]
    if not len(draws):
        return
    sign = 1.0 if aim.is_most else -1.0
    mean, low, high = (float(x[0]) for x in mean_interval(draws))
    better = _p_above(sign * draws, 0.0) if i != j else 0.5
    beats = _p_above(sign * draws, aim.margin) if i != j else float(aim.margin == 0.0) / 2
    told = {
        "difference": mean, "diff_lo": low, "diff_hi": high, "p_better": better,
        "share_of_worlds": float((sign * pair > 0).mean()), "p_beats_by": beats,
        "worlds_to_settle": worlds_to_settle(draws) * len(pair) / len(draws),
    }  # fmt: skip
    for name, value in told.items():
        frame.loc[i, name] = value


def _p_above(difference: Floats, margin: float) -> float:
    """Return the probability that the mean difference is above a margin; ties of certain differences count half."""
    n = len(difference)
    if n < 2:
        return float("nan")
    gap = float(difference.mean()) - margin
    error = float(standard_error(difference)[0])
    if error == 0:
        return 1.0 if gap > 0 else 0.0 if gap < 0 else 0.5
    return float(stdtr(n - 1, gap / error))


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
