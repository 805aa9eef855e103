"""Plans that were run in different numbers of worlds, as a race leaves them: how far apart their means may be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri, digamma, ndtri, polygamma

from sim.luck_keys import design_draws

Floats = npt.NDArray[np.float64]
MOST_PLANS, MOST_FREE = 1500, 100.0
_HALVINGS = 80


def mean_draws(values: Floats, n_draws: int, luck: int) -> Floats:
    """Return draws of the plans' means, but for a constant that all share, float64[n_draws, n_plans].

    Parameters
    ----------
    values : float64[n_worlds, n_plans]
        NaN where a plan was not run: each was run in worlds 0, 1, … up to some number, some in two or more. Of many
        plans those that came furthest are judged, `MOST_PLANS` of them; the others are NaN.
    n_draws, luck : int
        Draws, and the master seed behind them.

    Notes
    -----
    x_ri = world_r + mean_i + e_ri. The variance of each plan's e is drawn towards that of all with a weight that their
    spread tells (Smyth 2004); the means are drawn towards each other, the spread between them (normal) likewise found
    from the data (Paule & Mandel 1982). Without the latter, each of many plans that stopped early keeps a chance of
    being best that together are too much.
    """
    n = (~np.isnan(values)).sum(axis=0)
    worth = np.nan_to_num(np.nanmean(values - np.nanmean(values, axis=1, keepdims=True), axis=0))
    judged = np.sort(np.lexsort((-worth, -n))[:MOST_PLANS])
    told = values[:, judged]
    told = told[~np.isnan(told).all(axis=1)]
    precision, weighted, free = _worlds_out(told)
    axes, apart, errors = _contrasts(precision, weighted)
    spread = _spread_between(apart, errors)
    kept = spread / (spread + errors)
    z = np.stack(
        [ndtri(np.clip(design_draws(luck, k, n_draws, 10), 1e-12, 1)) for k in range(len(errors))], 1
    )
    u = np.clip(design_draws(luck, 0, n_draws, 11), 1e-9, 1 - 1e-9)
    out = np.full((n_draws, values.shape[1]), np.nan)
    kinds, of = np.unique(
        free, return_inverse=True
    )  # plans that stopped together are of a kind, and the law is slow
    widened = np.sqrt(kinds / chdtri(kinds, u[:, None]))[:, of]
    out[:, judged] = axes @ (kept * apart) + widened * ((z * np.sqrt(kept * errors)) @ axes.T)
    return out


def _worlds_out(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the precision of the plans' means with worlds taken out, precision × mean, and degrees of freedom."""
    is_run, x = ~np.isnan(values), np.nan_to_num(values)
    n, each = is_run.sum(axis=0), is_run.sum(axis=1, keepdims=True)
    precision, weighted = _reduced(is_run, x, np.ones(len(n)))
    mean = np.linalg.lstsq(precision, weighted, rcond=None)[0]
    off = np.where(is_run, x - mean, 0.0)
    left = np.where(is_run, off - off.sum(axis=1, keepdims=True) / each, 0.0)
    free = np.maximum((is_run * (1.0 - 1.0 / each)).sum(axis=0) - 1.0, 0.5)
    variance = (left**2).sum(axis=0) / free
    usual, weight = _usual(variance, free)
    variance = (weight * usual + free * variance) / (weight + free)
    least = 1e-12 * max(float(variance.max()), 1e-300)
    return *_reduced(is_run, x, 1.0 / np.maximum(variance, least)), np.minimum(free + weight, 1e6)


def _reduced(is_run: npt.NDArray[np.bool_], x: Floats, sure: Floats) -> tuple[Floats, Floats]:
    """Return the normal equations of the plans' means, worlds eliminated; `sure`: 1 ÷ variance of each plan."""
    weight = is_run * sure
    share = weight / weight.sum(axis=1, keepdims=True)
    precision = np.diag(weight.sum(axis=0)) - share.T @ weight
    return precision, (x * weight).sum(axis=0) - share.T @ (x * weight).sum(axis=1)


def _usual(variance: Floats, free: Floats) -> tuple[float, float]:
    """Return the variance that all plans' are drawn towards, and with how many degrees of freedom."""
    known = variance > 0
    if known.sum() < 3:
        return float(variance.mean()), 1.0
    half = free[known] / 2
    noise = polygamma(1, half)
    e = np.log(variance[known]) - digamma(half) + np.log(half)
    centre = float(np.average(e, weights=1 / noise))
    n = int(known.sum())
    beyond = float(np.average((e - centre) ** 2 * n / (n - 1) - noise, weights=1 / noise))
    if beyond <= polygamma(1, MOST_FREE / 2):
        return float(np.exp(centre)), MOST_FREE
    low, high = 1e-3, MOST_FREE / 2  # trigamma falls
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if polygamma(1, middle) > beyond else (low, middle)
    return float(np.exp(centre + digamma(low) - np.log(low))), 2 * low


def _contrasts(precision: Floats, weighted: Floats) -> tuple[Floats, Floats, Floats]:
    """Return directions in which means are told apart, float64[n_plans, n_known], how far, and the error variance."""
    sure, axes = np.linalg.eigh(precision)
    known = sure > 1e-10 * sure.max()
    axes, errors = axes[:, known], 1.0 / sure[known]
    return axes, errors * (axes.T @ weighted), errors


def _spread_between(apart: Floats, errors: Floats) -> float:
    """Return the variance of the true means that makes what is seen as wide as expected; 0 where luck explains it."""

    def excess(spread: float) -> float:
        return float((apart**2 / (errors + spread)).sum()) - len(apart)

    low, high = 0.0, float((apart**2).sum())
    if excess(low) <= 0:
        return 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return high
