"""From worlds to what a planner reads: means with their own interval, and the spread over worlds."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr, stdtrit

from sim.results.catalog import LIFT_SUFFIX, OBJECTIVE_PREFIX, RULE_FIRED, RULE_FIRST_DAY, metric_of, unit_of
from sim.results.indicators import Row
from sim.scenario.metrics import SEEDING

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
# A table by its columns, names as categories: frames are made of it, and files without a frame between.
Columns = dict[str, "npt.NDArray[Any] | pd.Categorical[Any]"]
CONFIDENCE = 0.95
NAMES = ["metric", "segment", "channel"]
FEW_WORLDS = 10  # with fewer, probabilities are rough
SIGNED = ("attitude", "trust", "roi", "marginal_roi", *SEEDING)
QUANTILES = {"median": 0.5, "p2_5": 0.025, "p10": 0.1, "p90": 0.9, "p97_5": 0.975}
DAILY_QUANTILES = {"p2_5": 0.025, "p10": 0.1, "p50": 0.5, "p90": 0.9, "p97_5": 0.975}
_DAILY_SHARES = list(DAILY_QUANTILES.values())
_VALUES_AT_ONCE = 2**16


def quantile(values: Floats, p: float) -> Floats:
    """Return the (n + 1)p quantile over the first axis (worlds); NaN where n is too small for it."""
    return quantiles(values, [p])[0]


def quantiles(values: Floats, shares: Sequence[float]) -> list[Floats]:
    """Return several (n + 1)p quantiles over the first axis (worlds), sorted through once; NaN where n is too small.

    Notes
    -----
    Hyndman & Fan (1996), type 6. One needs (n + 1)·min(p, 1 - p) ≥ 1: 39 worlds for 2.5 and 97.5 %. To the bit what
    ``np.quantile(…, method="weibull")`` gives, which takes ten times as long.
    """
    n, ordered = len(values), np.sort(values, axis=0)  # NaN comes last
    is_told = ~np.isnan(ordered[-1]) if n else np.zeros(values.shape[1:], bool)
    out = []
    for p in shares:
        if (n + 1) * min(p, 1.0 - p) < 1.0 - 1e-12:
            out.append(np.full(values.shape[1:], np.nan))
            continue
        place = n * p + p - 1.0
        below = min(max(int(np.floor(place)), 0), n - 1)
        low, high = ordered[below], ordered[min(below + 1, n - 1)]
        part, apart = place - below, high - low
        between = low + apart * part if part < 0.5 else high - apart * (1.0 - part)
        out.append(np.where(is_told, between, np.nan))
    return out


def by_public(values: Floats, public: Ints) -> Floats:
    """Return what may be averaged as independent: the worlds, or the means of each public's worlds.

    Parameters
    ----------
    values : float64[n_worlds, ...]
    public : int64[n_worlds]
        Public each world lives on. Worlds of one public resemble each other, so that with two publics
        or more only the publics' means are independent draws.
    """
    drawn = np.unique(public)
    return values if len(drawn) < 2 else np.array([values[public == number].mean(axis=0) for number in drawn])


def mean_interval(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean, lower and upper end of its 95 % t interval over the first axis.

    One draw has no interval (NaN); what is the same in every draw has one of width 0.
    """
    n, mean = len(values), _mean(values)
    if n < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = _t_end(n) * standard_error(values)
    return mean, mean - half, mean + half


def difference_interval(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the mean of paired differences and the ends of its 95 % interval, otherwise as `mean_interval`.

    Notes
    -----
    The t law after Hall's (1992) transformation, as in `p_better`: the interval holds 0 just where the probability
    of being better lies between 2.5 and 97.5 %. Without skewness it is the t interval.
    """
    n, mean = len(values), _mean(values)
    if n < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    error = standard_error(values)
    skewness, end = _skewness(values, error), _t_end(n)
    low, high = (mean - error * _skewed_again(t, skewness, n) for t in (end, -end))
    return mean, low, high


def _mean(values: Floats) -> Floats:
    """Return the mean over the first axis, to the bit for what never varies."""
    return np.asarray(np.where((values == values[0]).all(axis=0), values[0], values.mean(axis=0)))


def _t_end(n: int) -> float:
    return float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2))


def standard_error(values: Floats) -> Floats:
    """Return the standard error of the mean over the first axis; exactly 0 for what never varies."""
    is_constant = (values == values[0]).all(axis=0)
    return np.where(is_constant, 0.0, values.std(axis=0, ddof=1) / np.sqrt(len(values)))


def p_better(difference: Floats, is_certain: bool | npt.NDArray[np.bool_] = False) -> Floats:
    """Return the probability that the mean difference is above 0, over the first axis (independent draws).

    Parameters
    ----------
    difference : float64[n_draws, ...]
    is_certain : bool[...]
        No luck is in it: both sides are the same in every world, as what is spent often is. The probability is then
        1, 0, or .5 for no difference.

    Notes
    -----
    The t law after Hall's (1992) transformation, which takes the skewness out: two plans that are alike differ by few
    people, and few people are counted, not measured. From ten worlds on it is calibrated; with fewer it is rough. Where
    luck is in it and yet every draw differs by the same amount, only the sign is known: 1 - 2⁻ⁿ.
    """
    n = len(difference)
    mean = difference.mean(axis=0)
    if n < 2:
        return np.full_like(mean, np.nan)
    error = standard_error(difference)
    chance = np.where(is_certain, 0.0, 0.5**n)
    constant = np.where(mean > 0, 1.0 - chance, np.where(mean < 0, chance, 0.5))
    told = np.where(error > 0, stdtr(n - 1, unskewed(difference, error)), constant)
    return np.where(np.isnan(mean), np.nan, told)


def unskewed(draws: Floats, error: Floats) -> Floats:
    """Return mean ÷ standard error over the first axis, made symmetric by the draws' skewness; 0 where nothing varies.

    Notes
    -----
    Hall (1992): t + a·t²/3 + a²·t³/27 + a/6 with a = skewness/√n; it never falls as t grows.
    """
    wider, a = _widening(len(draws)), _skewness(draws, error)
    t = np.where(error > 0, draws.mean(axis=0) / np.where(error > 0, error, 1.0), 0.0) * wider
    return np.asarray((t + a * t**2 / 3 + a**2 * t**3 / 27 + a / 6) / wider)


def _skewed_again(t: float, a: Floats, n: int) -> Floats:
    """Return what `unskewed` makes `t` of: ((1 + a·x/3)³ - 1)/a + a/6 = t, solved for x."""
    t *= _widening(n)
    is_even = np.abs(a) < 1e-6
    safe = np.where(is_even, 1.0, a)
    return np.where(is_even, t, 3.0 / safe * (np.cbrt(1.0 + safe * (t - safe / 6.0)) - 1.0)) / _widening(n)


def _widening(n: int) -> float:
    return float(np.sqrt(n / (n - 1)))


def _skewness(draws: Floats, error: Floats) -> Floats:
    """Return skewness/√n of the draws; 0 where nothing varies.

    Few draws show less skewness than there is: the third cumulant is the unbiased one.
    """
    n = len(draws)
    unbiased = min(1.5, n * n / ((n - 1) * (n - 2))) if n > 2 else 1.0
    third = unbiased * ((draws - draws.mean(axis=0)) ** 3).mean(axis=0)
    deviation = np.where(error > 0, error, 1.0) * np.sqrt(n) / _widening(n)
    return np.asarray(np.where(error > 0, third, 0.0) / deviation**3 / np.sqrt(n))


def share_interval(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of `n` worlds (Wilson 1927)."""
    z = 1.959963984540054
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def framed(columns: Columns) -> pd.DataFrame:
    """Return columns as a frame, names as text."""
    # Text of its own for every row would take ten times as long as its codes do.
    told = {
        name: pd.Series(column.categories.array).take(column.codes).reset_index(drop=True)
        if isinstance(column, pd.Categorical)
        else column
        for name, column in columns.items()
    }
    return pd.DataFrame(told, copy=False)


def summary_columns(
    rows: Sequence[Row], values: Floats, currency: str, market: float, public: Ints
) -> Columns:
    """Return the tidy summary.

    Parameters
    ----------
    rows : sequence of (metric, segment, channel)
    values : float64[n_worlds, n_rows]     last day
    currency : str
    market : float                         people of the market
    public : int64[n_worlds]               public each world lives on

    Notes
    -----
    A cost per acquisition is told as spend ÷ mean adoptions, with the interval of the mean adoptions
    turned over: a mean of ratios would be ruled by the worlds with the fewest adoptions.
    """
    mean, low, high = mean_interval(by_public(values, public))
    least, most = _possible(tuple(metric for metric, _, _ in rows))
    told = {"mean": mean, "mean_lo": np.maximum(low, least), "mean_hi": np.minimum(high, most)}
    told |= dict(zip(QUANTILES, quantiles(values, list(QUANTILES.values())), strict=True))
    for index, (metric, _, _) in enumerate(rows):
        if metric.startswith((OBJECTIVE_PREFIX, RULE_FIRED)):
            told["mean_lo"][index], told["mean_hi"][index] = _share_of_worlds(values[:, index], public)
        if metric.startswith(RULE_FIRST_DAY):
            for name, value in zip(told, _where_it_is_told(values[:, index], public), strict=True):
                told[name][index] = value
    _tell_costs(told, list(rows), values, market, public)
    return {**_named(rows, 1, currency), **told}


@lru_cache(maxsize=8)
def _possible(metrics: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Return the least and the most that each indicator can be: no interval of a count goes below 0."""
    is_signed = np.array([m.endswith(LIFT_SUFFIX) or m in SIGNED for m in metrics])
    is_share = np.array([metric_of(m).unit == "share" for m in metrics])
    least = np.where(is_signed, -np.inf, 0.0)
    return least, np.where(is_share & ~is_signed, 1.0, np.inf)


def _share_of_worlds(is_met: Floats, public: Ints) -> tuple[float, float]:
    if len(np.unique(public)) < 2:
        return share_interval(float(is_met.mean()), len(is_met))
    _, low, high = mean_interval(by_public(is_met, public))
    return max(0.0, float(low)), min(1.0, float(high))


def _where_it_is_told(values: Floats, public: Ints) -> list[float]:
    """Return mean, its interval and the quantiles over the worlds that have a value; NaN where none has."""
    is_told = np.isfinite(values)
    if not is_told.any():
        return [np.nan] * (3 + len(QUANTILES))
    found = values[is_told]
    ends = mean_interval(by_public(found, public[is_told]))
    return [*map(float, ends), *map(float, quantiles(found, list(QUANTILES.values())))]


def _tell_costs(
    told: dict[str, Floats], rows: list[Row], values: Floats, market: float, public: Ints
) -> None:
    """Write means and intervals of the costs per acquisition in their place."""
    spend = values[:, rows.index(("spend", "all", "all"))]
    adopters = values[:, rows.index(("acquisitions", "all", "all"))]
    incremental = values[:, rows.index(("adoption_lift", "all", "all"))] * market
    for metric, people in (
        ("cost_per_acquisition", adopters),
        ("cost_per_incremental_acquisition", incremental),
    ):
        mean, low, high = (float(x) for x in mean_interval(by_public(people, public)))
        row = rows.index((metric, "all", "all"))
        for name, x in (("mean", mean), ("mean_lo", high), ("mean_hi", low)):
            told[name][row] = spend.mean() / x if x > 0 and mean > 0 else np.nan
    if not spend.any() and adopters.any():
        row = rows.index(("cost_per_acquisition", "all", "all"))
        for name in ("mean", "mean_lo", "mean_hi"):
            told[name][row] = 0.0


def worlds_columns(rows: Sequence[Row], values: Floats, replications: Sequence[int]) -> Columns:
    """Return one row per world and indicator: replication, metric, segment, channel, value.

    Parameters
    ----------
    rows : sequence of (metric, segment, channel)
    values : float64[n_worlds, n_rows]     last day
    replications : sequence of int
    """
    n_worlds, n_rows = values.shape
    each = np.repeat(np.asarray(replications, np.int64), n_rows)
    return {"replication": each, **_named(rows, n_worlds), "value": values.ravel()}


def _named(rows: Sequence[Row], times: int, currency: str | None = None) -> Columns:
    """Return the names of rows, and their units where a currency is given, so many times over."""
    return {
        name: pd.Categorical.from_codes(np.tile(column.codes, times), dtype=column.dtype, validate=False)
        for name, column in _names_of(tuple(rows), currency).items()
    }


@lru_cache(maxsize=8)  # every design point of a sweep has the same
def _names_of(rows: tuple[Row, ...], currency: str | None) -> dict[str, pd.Categorical[Any]]:
    named: dict[str, Sequence[str]] = dict(zip(NAMES, zip(*rows, strict=True), strict=True))
    if currency is not None:
        named["unit"] = [unit_of(metric, currency) for metric in named["metric"]]
    return {name: pd.Categorical(pd.Series(list(column))) for name, column in named.items()}


def daily_columns(rows: Sequence[Row], worlds: Sequence[Floats], currency: str) -> Columns:
    """Return mean and quantiles over worlds by day.

    Parameters
    ----------
    rows : sequence of (metric, segment, channel)
    worlds : sequence of float64[n_days, n_rows]
    currency : str
    """
    n_days, n_rows = worlds[0].shape
    told = {name: np.empty((n_days, n_rows)) for name in ("mean", *DAILY_QUANTILES)}
    # A few days at a time stay in the processor's cache, and ask the system for no memory that it takes back.
    at_once = max(1, _VALUES_AT_ONCE // (len(worlds) * n_rows))
    for day in range(0, n_days, at_once):
        part = slice(day, day + at_once)
        values = np.array([world[part] for world in worlds])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a ratio undefined in some world stays NaN
            told["mean"][part] = values.mean(axis=0)
            for name, found in zip(DAILY_QUANTILES, quantiles(values, _DAILY_SHARES), strict=True):
                told[name][part] = found
    days = np.repeat(np.arange(1, n_days + 1), n_rows)
    names = _named(rows, n_days, currency)
    return {"day": days, **names, **{name: found.ravel() for name, found in told.items()}}
