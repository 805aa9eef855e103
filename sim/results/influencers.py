"""What a choice of people is told by: a frame of the people, and one of what the day made of every list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim import luck_keys
from sim.kernels import luck
from sim.results.summary import mean_interval

RESAMPLES = 2000
Floats = npt.NDArray[np.float64]
ALL = "all"
TARGET = "target"  # several segments together


def effects_frame(
    rules: Sequence[str], cost: Sequence[float], n_people: Sequence[int], incremental: Floats,
    metrics: Sequence[str], segments: Sequence[str], target: Sequence[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """Return one row per list, metric and segment: what it adds, against the first list, and the chance to be best.

    Parameters
    ----------
    rules : sequence of str            names of the lists; the first one is compared with
    cost, n_people : sequences         of each list
    incremental : float64[n_lists, n_metrics, n_segments, n_worlds]   people of the market, with less without
    metrics, segments : sequence of str
    target : sequence of str           segments whose people count; where there are several, they have rows of their own

    Notes
    -----
    Costs are money for the list per further person; for `adoption` that is the cost per incremental adopter.
    """
    parts, names = [incremental.sum(axis=2, keepdims=True), incremental], [ALL, *segments]
    if len(target) > 1:
        is_meant = np.isin(np.array(segments), np.array(target))
        parts.append(incremental[:, :, is_meant].sum(axis=2, keepdims=True))
        names.append(TARGET)
    whole = np.concatenate(parts, axis=2)
    rows = []
    for m, metric in enumerate(metrics):
        for s, segment in enumerate(names):
            told = whole[:, m, s]
            best = p_best(told)
            for k, rule in enumerate(rules):
                mean, low, high = (float(x) for x in mean_interval(told[k]))
                apart = tuple(float(x) for x in mean_interval(told[k] - told[0]))
                rows.append(
                    (rule, n_people[k], cost[k], metric, segment, mean, low, high, *apart, best[k],
                     *_per_person(cost[k], mean, low, high))
                )  # fmt: skip
    columns = [
        "rule", "people", "cost", "metric", "segment", "incremental", "incremental_lo", "incremental_hi",
        "against_first", "against_lo", "against_hi", "p_best", "cost_per_person", "cost_lo", "cost_hi",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _per_person(cost: float, mean: float, low: float, high: float) -> tuple[float, float, float]:
    """Return the cost per further person: the interval of the mean, turned over; no upper end where none may be."""
    if not mean > 0:
        return np.nan, np.nan, np.nan
    return cost / mean, cost / high if high > 0 else np.nan, cost / low if low > 0 else np.nan


def p_best(values: Floats) -> Floats:
    """Return the chance of each list to have the largest mean, float64[n_lists]; equals share it.

    Parameters
    ----------
    values : float64[n_lists, n_worlds]    paired by world

    Notes
    -----
    The share of resamples of the worlds (Efron 1979) in which its mean is the largest. Their luck is keyed, and no
    world's.
    """
    n_lists, n_worlds = values.shape
    if n_worlds < 2:
        return np.full(n_lists, np.nan)
    draws = np.empty(RESAMPLES * n_worlds)
    key = luck_keys.choice_key(0, "resampled worlds")
    luck.uniform_all(key, np.arange(len(draws), dtype=np.uint64), 0, draws)
    picked = (draws * n_worlds).astype(np.int64).reshape(RESAMPLES, n_worlds)
    means = values[:, picked].mean(axis=2)
    is_best = means == means.max(axis=0)
    return np.asarray((is_best / is_best.sum(axis=0)).mean(axis=1), np.float64)


def people_frame(
    ids: Sequence[str | int], segments: Sequence[str], levels: Sequence[str], sizes: dict[str, Floats],
    fees: Floats, costs: Floats, told: dict[str, Floats],
) -> pd.DataFrame:  # fmt: skip
    """Return one row per person chosen, in order.

    Parameters
    ----------
    ids, segments, levels : sequences      of each person; the level on the booking's layer
    sizes : mapping of layer to float64    followers in people of the market
    fees, costs : float64                  of a post, and of all posts
    told : mapping of str to float64       `gain`, `alone`, `spread`, `at_least` in people of the market

    Notes
    -----
    `overlap` is the share of those reached alone whom the ones before reach too: 1 - gain ÷ alone.
    """
    frame = pd.DataFrame({"person": [str(one) for one in ids], "segment": segments, "level": levels})
    for layer, size in sizes.items():
        frame[f"followers.{layer}"] = size
    frame["fee"], frame["cost"] = fees, costs
    frame["cum_cost"] = np.cumsum(costs)
    for name, values in told.items():
        frame[name] = values
    overlap = 1.0 - np.divide(told["gain"], told["alone"], out=np.ones(len(frame)), where=told["alone"] > 0)
    frame["overlap"] = np.clip(overlap, 0.0, 1.0)
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="place")
    return frame
