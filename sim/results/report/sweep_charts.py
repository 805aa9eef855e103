"""The charts of a sweep: what each value of a lever can reach, with all other levers at their best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from sim.results.report import chart_base as base

_CLOSE = 0.6  # least ÷ most from which an axis need not begin at 0


@dataclass(frozen=True, slots=True)
class Level:
    """Hold one value of a lever as text, and an indicator of its best point with its interval."""

    name: str
    mean: float
    low: float
    high: float
    is_best: bool


def levels(
    panels: Sequence[tuple[str, str, Sequence[Level]]],
    *,
    name: str,
    label: str,
    axis: str,
    ends: tuple[float, float] | None = None,
) -> str | None:
    """Return panels side by side, one per indicator: a mark with its interval for every value of a lever.

    Parameters
    ----------
    panels : sequence of (title, unit, levels)
        Levels in the order of the axis.
    name, label : str
        Prefix of the SVG's ids; what it shows, for those who do not see it.
    axis : str
        What stands under the axis.
    ends : (least, most), optional
        What the first panel has room for, where several figures are to be read side by side.
    """
    told = [(title, unit, found) for title, unit, found in panels if len(found) > 1]
    if not told:
        return None
    width = min((base.FULL_WIDTH - 70 * len(told)) // len(told), 420)
    drawn = [
        _panel(title, unit, found, axis, width, ends if i == 0 else None)
        for i, (title, unit, found) in enumerate(told)
    ]
    chart = alt.hconcat(*drawn).resolve_scale(x="independent", y="independent", color="independent")
    return base.to_svg(chart, name, label)


def _panel(
    title: str,
    unit: str,
    found: Sequence[Level],
    axis: str,
    width: int,
    room: tuple[float, float] | None,
) -> alt.LayerChart:
    rows = pd.DataFrame([
        {"level": f.name, "mean": f.mean, "low": f.low, "high": f.high, "is_best": f.is_best} for f in found
    ])  # fmt: skip
    ends = rows[["mean", "low", "high"]]
    bottom, top = _heights(*(room or (float(ends.min().min()), float(ends.max().max()))))
    x = alt.X("level:N", sort=None, title=axis, axis=alt.Axis(labelAngle=-30 if len(found) > 6 else 0))
    scale = alt.Scale(domain=[bottom, top], nice=False)
    y = alt.Y(
        "mean:Q",
        title=None,
        scale=scale,
        axis=alt.Axis(tickCount=5, format=base.axis_format(unit, top - max(bottom, 0.0))),
    )
    colour = alt.Color(
        "is_best:N", legend=None, scale=alt.Scale(domain=[True, False], range=[base.SECOND, base.ACCENT])
    )
    whiskers = alt.Chart(rows.dropna(subset=["low", "high"])).mark_rule(strokeWidth=2)
    lines = whiskers.encode(x=x, y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q", color=colour)
    points = alt.Chart(rows).mark_point(filled=True, size=60, opacity=1).encode(x=x, y=y, color=colour)
    return alt.layer(lines, points).properties(width=width, height=200, title=title)


def _heights(least: float, most: float) -> tuple[float, float]:
    """Return the ends of an axis of marks: from 0, but for marks so close together that nothing could be told there."""
    if most > least > _CLOSE * most > 0:
        room = most - least
        return least - 0.5 * room, most + 0.2 * room
    top = base.nice_top(max(most, 0.0) * 1.05)
    return (-base.nice_top(-least * 1.05) if least < 0 else 0.0), top


def bars(
    panels: Sequence[tuple[str, str, Sequence[tuple[str, float, float, float]]]], *, name: str, label: str
) -> str:
    """Return panels side by side, one per index: a bar with its interval for every lever, in the order given.

    Parameters
    ----------
    panels : sequence of (title, unit, rows)
        Rows of (lever, value, low, high).
    name, label : str
        Prefix of the SVG's ids; what it shows, for those who do not see it.
    """
    width = min((base.FULL_WIDTH - 260) // len(panels), 420)
    drawn = [
        _bars(title, unit, rows, width, has_names=i == 0) for i, (title, unit, rows) in enumerate(panels)
    ]
    return base.to_svg(alt.hconcat(*drawn), name, label)


def _bars(
    title: str, unit: str, found: Sequence[tuple[str, float, float, float]], width: int, *, has_names: bool
) -> alt.LayerChart:
    rows = pd.DataFrame(found, columns=["lever", "value", "low", "high"])
    ends = rows[["value", "low", "high"]]
    top = base.nice_top(max(float(ends.max().max()), 0.0) * 1.05)
    bottom = -base.nice_top(-float(ends.min().min()) * 1.05) if float(ends.min().min()) < 0 else 0.0
    axis = alt.Axis(labelLimit=240) if has_names else None
    y = alt.Y("lever:N", sort=None, title=None, axis=axis)
    scale = alt.Scale(domain=[bottom, top], nice=False)
    x = alt.X(
        "value:Q", title=None, scale=scale, axis=alt.Axis(tickCount=4, format=base.axis_format(unit, top))
    )
    bar = alt.Chart(rows).mark_bar(color=base.ACCENT, height=14).encode(x=x, y=y)
    whisker = alt.Chart(rows).mark_rule(strokeWidth=2, color=base.SECOND)
    lines = whisker.encode(x=alt.X("low:Q", scale=scale, title=None), x2="high:Q", y=y)
    return alt.layer(bar, lines).properties(width=width, height=26 * len(rows), title=title)
