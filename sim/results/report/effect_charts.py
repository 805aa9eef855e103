"""Charts of what is due to what: the response curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from sim.results.report import chart_base as base
from sim.results.report.lookup import Reading

_HEIGHT = 210


@dataclass(frozen=True, slots=True)
class Point:
    """Hold one point of a response curve: where it stands on the axis, its name, its reading."""

    x: float
    name: str
    reading: Reading
    is_plan: bool


def response(panels: Sequence[tuple[str, Sequence[Point]]], *, axis: str, currency: str | None) -> str | None:
    """Return small panels, one per indicator, over spend or factor.

    Parameters
    ----------
    panels : sequence of (title, points by x)
        Shares; a panel with fewer than two points is left out.
    axis : str
        What stands under the axes.
    currency : str or None
        None: the axis is no money.
    """
    told = [(title, points) for title, points in panels if len(points) > 1]
    if not told:
        return None
    width = (base.FULL_WIDTH - 70 * len(told)) // len(told)
    drawn = [_panel(title, points, axis, currency, width) for title, points in told]
    chart = alt.hconcat(*drawn).resolve_scale(x="independent", y="independent")
    titles = ", ".join(title.lower() for title, _ in told)
    return base.to_svg(chart, "response", f"{titles} with less and more bought")


def _panel(
    title: str, points: Sequence[Point], axis: str, currency: str | None, width: int
) -> alt.LayerChart:
    rows = pd.DataFrame([
        {"x": p.x, "name": p.name, "mean": p.reading.mean, "low": p.reading.low, "high": p.reading.high,
         "is_plan": p.is_plan}
        for p in points
    ])  # fmt: skip
    top = min(base.nice_top(float(rows[["mean", "high"]].max().max()) * 1.12), 1.0)
    bottom = min(0.0, float(rows[["mean", "low"]].min().min()))
    ends = float(rows["x"].min()), float(rows["x"].max())
    room = 0.06 * (ends[1] - ends[0])
    x = alt.X(
        "x:Q", title=axis, scale=alt.Scale(domain=[min(ends[0], 0.0) - room, ends[1] + room], nice=False),
        axis=alt.Axis(
            tickCount=4,
            format="~s" if currency else ".2~f",
            labelExpr="datum.value == 0 ? '0' : datum.label",
        ),
    )  # fmt: skip
    heights: dict[str, Any] = {
        "title": None, "scale": alt.Scale(domain=[bottom, top], nice=False),
        "axis": alt.Axis(tickCount=4, format=base.axis_format("share", top)),
    }  # fmt: skip
    drawn = alt.Chart(rows)
    layers = [drawn.mark_line(strokeWidth=2, color=base.ACCENT).encode(x=x, y=alt.Y("mean:Q", **heights))]
    if rows["low"].map(math.isfinite).all():
        band = drawn.mark_area(opacity=0.18, color=base.ACCENT)
        layers.insert(0, band.encode(x=x, y=alt.Y("low:Q", **heights), y2="high:Q"))
    fill = alt.condition(alt.datum.is_plan, alt.value(base.ACCENT), alt.value("#ffffff"))
    dots = drawn.mark_point(size=52, opacity=1, stroke=base.ACCENT, strokeWidth=1.8)
    layers.append(dots.encode(x=x, y=alt.Y("mean:Q", **heights), fill=fill))
    names = drawn.mark_text(align="right", dx=-5, dy=-9, fontSize=11, color=base.MUTED)
    layers.append(names.encode(x=x, y=alt.Y("mean:Q", **heights), text="name:N"))
    return alt.layer(*layers).properties(width=width, height=_HEIGHT, title=title)
