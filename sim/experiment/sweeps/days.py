"""The points of a sweep day by day: what they are ranked by is kept of every world, and differences are told by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.experiment.ranking import Aim
from sim.experiment.runner import Outcome
from sim.experiment.sweeps.store import Store
from sim.results.summary import Columns, by_public, difference_interval, p_better

Floats = npt.NDArray[np.float64]
Lived = dict[str, Floats]
ALL, WORLDS = "all", "worlds"
MOST_POINTS = 20
COLUMNS = (
    "segment", "group", "design_point", "against", "day", "unit", "n_worlds", "mean", "mean_against", "difference",
    "diff_lo", "diff_hi", "p_better", "share_of_worlds",
)  # fmt: skip


def keep_worlds(daily: Columns, outcomes: Sequence[Outcome], aim: Aim) -> None:
    """Add the column ``worlds`` to a table by day: what points are ranked by, of every world, as a list.

    Parameters
    ----------
    daily : dict of column
        As `sim.results.summary.daily_columns` makes it; its rows of other indicators have None. Nothing is added where
        the indicator is not told by day.
    outcomes : sequence of Outcome       the worlds, in the order of the lists
    aim : Aim                            where it is of all people, each segment is kept too
    """
    rows = outcomes[0].daily_rows
    kept = [
        i for i, (metric, segment, channel) in enumerate(rows)
        if (metric, channel) == (aim.metric, aim.channel) and aim.segment in (ALL, segment)
    ]  # fmt: skip
    if not kept:
        return
    column = np.full(len(daily["day"]), None, object)
    for i in kept:
        by_day = np.stack([outcome.daily[:, i] for outcome in outcomes], axis=1)
        for day, values in enumerate(by_day):
            column[day * len(rows) + i] = values
    daily[WORLDS] = column


def by_day(
    store: Store, ranking: pd.DataFrame, numbers: Mapping[int | str, int], aim: Aim, publics: int
) -> pd.DataFrame | None:
    """Tell how far the points next to the best are from it on each day, on the same worlds.

    Parameters
    ----------
    store : Store
    ranking : DataFrame        of `sim.experiment.sweeps.ranks.ranking`
    numbers : mapping          the number of each point, by what it is called
    aim : Aim
    publics : int

    Returns
    -------
    DataFrame or None
        segment, group, design_point, against (the best of its group), day, unit, n_worlds (that both were run in),
        mean, mean_against, difference (of the point from the best), diff_lo, diff_hi, p_better (probability that the
        point is the better one on that day), share_of_worlds (where it is). The best `MOST_POINTS` of each group only;
        None where the indicator is not told by day, or no group has two points.
    """
    told = ranking[ranking["status"] == "ranked"]
    found = []
    for group, points in told.groupby("group", sort=False):
        labels = points["design_point"].tolist()[:MOST_POINTS]
        if len(labels) < 2:
            continue
        best, unit = _lived(store, numbers[labels[0]])
        for label in labels[1:]:
            other, _ = _lived(store, numbers[label])
            facts = {"group": group, "design_point": label, "against": labels[0], "unit": unit}
            found += [
                frame.assign(**facts)[list(COLUMNS)] for frame in _differences(other, best, aim, publics)
            ]
    if not found:
        return None
    out = pd.concat(found, ignore_index=True)
    segments = {name: i for i, name in enumerate(dict.fromkeys([ALL, *out["segment"]]))}
    return out.sort_values("segment", key=lambda names: names.map(segments), kind="stable", ignore_index=True)


def _lived(store: Store, point: int) -> tuple[Lived, str]:
    """Return what a point is ranked by, float64[n_days, n_worlds] for each segment, and its unit; empty if not told."""
    daily = next(store.read("daily", [point]))
    if WORLDS not in daily:
        return {}, ""
    daily = daily[daily[WORLDS].notna()]
    unit = str(daily["unit"].iloc[0]) if len(daily) else ""
    return {
        str(segment): np.stack(rows.sort_values("day")[WORLDS].tolist())
        for segment, rows in daily.groupby("segment", sort=False, observed=True)
    }, unit


def _differences(point: Lived, best: Lived, aim: Aim, publics: int) -> Iterator[pd.DataFrame]:
    sign = 1.0 if aim.is_most else -1.0
    for segment in (name for name in best if name in point):
        n = min(point[segment].shape[1], best[segment].shape[1])
        left, right = (values[segment][:, :n].T for values in (point, best))
        of = np.arange(n) % publics
        apart, means = (
            by_public(left - right, of),
            [by_public(side, of).mean(axis=0) for side in (left, right)],
        )
        mean, low, high = difference_interval(apart)
        is_certain = (left == left[0]).all(axis=0) & (right == right[0]).all(axis=0)
        undefined = np.isnan(left - right).any(axis=0)
        with np.errstate(invalid="ignore"):
            better = p_better(sign * apart, is_certain)
        share = (sign * (left - right) > 0).mean(axis=0)
        yield pd.DataFrame({
            "segment": segment, "day": np.arange(1, left.shape[1] + 1), "n_worlds": n, "mean": means[0],
            "mean_against": means[1], "difference": mean, "diff_lo": low, "diff_hi": high,
            "p_better": np.where(undefined, np.nan, better), "share_of_worlds": np.where(undefined, np.nan, share),
        })  # fmt: skip
