"""Charts of what is due to what: the response curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from sim.results.described import small
from sim.results.report import chart_base as base
from sim.results.report.lookup import Reading
from sim.wording.language import say

_HEIGHT = 210


@dataclass(frozen=True, slots=True)
class Point:
    """Hold one point of a response curve: where it stands on the axis, its name, its reading."""

    x: float
    name: str
    reading: Reading
    is_plan: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Hold the response curve of one plan: its letter (empty where there is one plan), colour, dashes and points."""

    letter: str
    colour: str
    dash: tuple[int, ...]
    points: Sequence[Point]


def response(panels: Sequence[tuple[str, Sequence[Line]]], *, axis: str, currency: str | None) -> str | None:
    """Return small panels, one per indicator, over spend or factor, each with every plan's curve.

    Parameters
    ----------
    panels : sequence of (title, lines)
        Shares, points by x; a line with fewer than two points is left out, and a panel without lines.
    axis : str
        What stands under the axes.
    currency : str or None
        None: the axis is no money.
    """
    kept = [(title, [line for line in lines if len(line.points) > 1]) for title, lines in panels]
    told = [(title, lines) for title, lines in kept if lines]
    if not told:
        return None
    width = (base.FULL_WIDTH - 70 * len(told)) // len(told)
    drawn = [_panel(title, lines, axis, currency, width) for title, lines in told]
    chart = alt.hconcat(*drawn).resolve_scale(x="independent", y="independent")
    titles = ", ".join(small(title) for title, _ in told)
    return base.to_svg(chart, "response", say("{titles} with less and more bought", titles=titles))


def _panel(title: str, lines: Sequence[Line], axis: str, currency: str | None, width: int) -> alt.LayerChart:
    rows = pd.concat([_rows(line) for line in lines])
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
    layers = [layer for line in lines for layer in _layers(line, x, heights)]
    if len(lines) > 1:
        layers += _letters(lines, x, heights, top)
    return alt.layer(*layers).properties(width=width, height=_HEIGHT, title=title)


def _rows(line: Line) -> pd.DataFrame:
    return pd.DataFrame([
        {"x": p.x, "name": p.name, "mean": p.reading.mean, "low": p.reading.low, "high": p.reading.high,
         "is_plan": p.is_plan}
        for p in line.points
    ])  # fmt: skip


def _layers(line: Line, x: alt.X, heights: dict[str, Any]) -> list[alt.Chart]:
    rows = _rows(line)
    drawn, y = alt.Chart(rows), alt.Y("mean:Q", **heights)
    layers = [drawn.mark_line(strokeWidth=2, color=line.colour, strokeDash=list(line.dash)).encode(x=x, y=y)]
    if rows["low"].map(math.isfinite).all():
        band = drawn.mark_area(opacity=0.1 if line.letter else 0.18, color=line.colour)
        layers.insert(0, band.encode(x=x, y=alt.Y("low:Q", **heights), y2="high:Q"))
    fill = alt.condition(alt.datum.is_plan, alt.value(line.colour), alt.value("#ffffff"))
    dots = drawn.mark_point(size=52, opacity=1, stroke=line.colour, strokeWidth=1.8)
    layers.append(dots.encode(x=x, y=y, fill=fill))
    if not line.letter:
        names = drawn.mark_text(align="right", dx=-5, dy=-9, fontSize=11, color=base.MUTED)
        layers.append(names.encode(x=x, y=y, text="name:N"))
    return layers


def _letters(lines: Sequence[Line], x: alt.X, heights: dict[str, Any], top: float) -> list[alt.Chart]:
    ends = [line.points[-1] for line in lines]
    placed = base.end_labels([end.reading.mean for end in ends], top, _HEIGHT)
    return [
        alt.Chart(pd.DataFrame([{"x": end.x, "mean": height, "name": line.letter}]))
        .mark_text(align="left", dx=8, fontWeight="bold", color=line.colour)
        .encode(x=x, y=alt.Y("mean:Q", **heights), text="name:N")
        for line, end, height in zip(lines, ends, placed, strict=True)
    ]
