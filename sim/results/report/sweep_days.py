"""The section of a sweep's report that tells the plans apart day by day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.results.report import chart_base as base
from sim.results.report import wording
from sim.results.report.day_charts import Curve, panel
from sim.results.report.page import Block, Cell, Figure, Section, Table, Text
from sim.results.report.sweep_frames import SweepFrames
from sim.wording.language import say

MOST_DRAWN, MOST_ROWS, N_DAYS = 4, 8, 4
_COLOURS = (base.ACCENT, base.SECOND, base.MUTED, "#a3aab6")


def day_sections(sweep: SweepFrames) -> list[Section]:
    """Return how far ahead the best plan is of the next ones, by day; none where that is not told."""
    if sweep.by_day is None or sweep.told.empty:
        return []
    best = sweep.told.iloc[0]
    behind = ahead_by_day(sweep.by_day, best.design_point, sweep.segment, is_most=sweep.is_most)
    if not behind:
        return []
    lines = [_line(point, rows, best.design_point) for point, rows in list(behind.items())[:2]]
    blocks: list[Block] = [Text(lines), *_figure(sweep, behind), _table(sweep, behind)]
    lead = say(
        "How far point {design_point} is ahead of the next ones, on the same worlds.",
        design_point=best.design_point,
    )
    return [Section(say("Day by day"), blocks, lead)]


def ahead_by_day(
    by_day: pd.DataFrame, best: object, segment: str, *, is_most: bool
) -> dict[object, pd.DataFrame]:
    """Return how far a best point is ahead of each of the next ones: day, mean, low, high; above 0 whatever is wanted.

    Parameters
    ----------
    by_day : DataFrame      of `sim.experiment.sweeps.days.by_day`
    best : point            as in its column ``against``; points of other groups are behind other ones
    segment : str

    Returns
    -------
    dict of point to DataFrame
        Empty where it is not told of the segment, or of one day alone.
    """
    frame = by_day[(by_day["segment"] == segment) & (by_day["against"] == best)]
    if frame.empty or frame["day"].max() < 2:
        return {}
    return {
        point: _ahead(rows, is_most)
        for point, rows in frame.groupby("design_point", sort=False)
        if rows["difference"].notna().any()
    }


def clear_days(ahead: pd.DataFrame) -> tuple[int | None, int | None]:
    """Return from which day on the best is ahead beyond chance, to the end, and on which it was last clearly behind.

    Of many days a few are clear by luck alone: it was behind where that lasted for a tenth of the days. None where
    there is no such day.
    """
    clear, lost = ahead["low"].to_numpy() > 0, ahead["high"].to_numpy() < 0
    days = ahead["day"].to_numpy()
    last = _last_stretch(lost, max(2, round(len(lost) / 10)))
    first = 0 if clear.all() else len(clear) - int(np.argmin(clear[::-1]))
    since = int(days[first]) if clear[-1] else None
    return since, None if last is None else int(days[last])


def milestones(last: int) -> list[int]:
    """Return some days up to the last, evenly apart."""
    return sorted({max(1, round(last * k / N_DAYS)) for k in range(1, N_DAYS + 1)})


def _ahead(rows: pd.DataFrame, is_most: bool) -> pd.DataFrame:
    """Return how far the best is ahead of a point by day: day, mean, low, high; above 0 whatever is wanted."""
    sign = -1.0 if is_most else 1.0
    ends = sign * rows[["diff_lo", "diff_hi"]].to_numpy(np.float64)
    return pd.DataFrame({
        "day": rows["day"].to_numpy(np.float64), "mean": sign * rows["difference"].to_numpy(np.float64),
        "low": ends.min(axis=1), "high": ends.max(axis=1),
    })  # fmt: skip


def _line(point: object, ahead: pd.DataFrame, best: object) -> str:
    """Say from which day on the best is ahead beyond chance, and when the other was."""
    since, last = clear_days(ahead)
    earlier = "" if last is None else say("; on day {day} it was still behind", day=last)
    if since is None:
        return say(
            "Point {best} is not clearly ahead of point {point} on the last day{earlier}.",
            best=best, point=point, earlier=earlier,
        )  # fmt: skip
    is_first = since == ahead["day"].iloc[0]
    told = say("from the first day on") if is_first else say("from day {day} on", day=since)
    return say(
        "Point {best} is clearly ahead of point {point} {since}{earlier}.",
        best=best, point=point, since=told, earlier=earlier,
    )  # fmt: skip


def _last_stretch(is_it: npt.NDArray[np.bool_], least: int) -> int | None:
    """Return where the last run of `least` or more in a row ends; None where there is none."""
    length, found = 0, None
    for place, one in enumerate(is_it.tolist()):
        length = length + 1 if one else 0
        found = place if length >= least else found
    return found


def _figure(sweep: SweepFrames, behind: dict[object, pd.DataFrame]) -> list[Block]:
    curves = []
    for (point, ahead), colour in zip(list(behind.items())[:MOST_DRAWN], _COLOURS, strict=False):
        told = ahead.dropna(subset=["mean"])
        drawn = told[["day", "mean"]].assign(p2_5=told["low"], p10=np.nan, p90=np.nan, p97_5=told["high"])
        curves.append(Curve(drawn, f"{point}", colour))
    chart = panel(curves, sweep.unit, width=base.FULL_WIDTH - 150, height=240)
    label = say(
        "{title}: how far the best point is ahead of each of the next ones, by day", title=sweep.title
    )
    caption = say(
        "Lines end at the number of the point that is behind; bands are 95 % intervals of the "
        "mean difference, each day by itself."
    )
    return [
        Figure(
            say("{title}: ahead by day", title=sweep.title), base.to_svg(chart, "sweep-days", label), caption
        )
    ]


def _table(sweep: SweepFrames, behind: dict[object, pd.DataFrame]) -> Table:
    last = int(next(iter(behind.values()))["day"].max())
    days = milestones(last)
    rows = []
    for point, ahead in list(behind.items())[:MOST_ROWS]:
        ends = [
            ahead.loc[ahead["day"] == day, ["mean", "low", "high"]].to_numpy(np.float64)[0] for day in days
        ]
        cells = [
            Cell(
                wording.quantity(mean, sweep.unit, is_difference=True),
                wording.interval(low, high, sweep.unit, is_difference=True),
            )
            for mean, low, high in ends
        ]
        rows.append([Cell(str(point)), *cells])
    headers = (say("Ahead of point"), *(say("Day {day}", day=day) for day in days))
    return Table(
        headers,
        rows,
        caption=say("Mean difference with its 95 % interval; ranking_by_day.csv has every day."),
    )
