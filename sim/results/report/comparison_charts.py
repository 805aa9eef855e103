"""The charts of a comparison: paired differences, and the plans' curves over days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import altair as alt
import pandas as pd

from sim.results.report import chart_base as base
from sim.results.report.charts import unique
from sim.results.report.day_charts import curve_of, panel
from sim.wording.language import say

_NAMES_ROOM = 200
_TEXT_ROOM = 250
MOST_BANDS = 3
_NO_BANDS = dict.fromkeys(("p2_5", "p10", "p90", "p97_5"), math.nan)
_SIDES = ["right", "left", "unclear"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold one row of a forest plot: paired difference, its interval, and both as text."""

    name: str
    value: float
    low: float
    high: float
    text: str

    @property
    def side(self) -> str:
        """On which side of nought the interval lies, if on one."""
        return "right" if self.low > 0 else "left" if self.high < 0 else "unclear"


def forest(
    rows: Sequence[Difference], *, name: str, label: str, axis: str, colours: tuple[str, str]
) -> str | None:
    """Return paired differences with their intervals around nought, and their texts at the right.

    Parameters
    ----------
    rows : sequence of Difference
        All in one unit, that of the axis.
    name, label : str
        Prefix of the SVG's ids; what it shows, for those who do not see it.
    axis : str
        What stands under the axis.
    colours : (str, str)
        Of differences above nought, and below.
    """
    rows = [row for row in rows if math.isfinite(row.value)]
    if not rows:
        return None
    names = unique([row.name for row in rows])
    table = pd.DataFrame([
        {"row": text, "value": row.value, "low": row.low, "high": row.high, "text": row.text, "side": row.side}
        for text, row in zip(names, rows, strict=True)
    ])  # fmt: skip
    colour = alt.Color("side:N", legend=None, scale=alt.Scale(domain=_SIDES, range=[*colours, base.MUTED]))
    lines = _forest_marks(table, names, axis, colour, colours)
    texts = alt.Chart(table).mark_text(align="left").encode(
        x=alt.value(0), y=_rows_axis(names, None), text="text:N", color=colour
    )  # fmt: skip
    width = base.FULL_WIDTH - _NAMES_ROOM - _TEXT_ROOM
    both = alt.hconcat(
        lines.properties(width=width, height=alt.Step(26)),
        texts.properties(width=_TEXT_ROOM - 20, height=alt.Step(26)),
        spacing=16,
    )
    return base.to_svg(both, name, label)


def _rows_axis(names: Sequence[str], axis: alt.Axis | None) -> alt.Y:
    return alt.Y("row:N", title=None, sort=None, scale=alt.Scale(domain=list(names)), axis=axis)


def _forest_marks(
    table: pd.DataFrame, names: Sequence[str], title: str, colour: alt.Color, colours: tuple[str, str]
) -> alt.LayerChart:
    reach = base.nice_top(float(table[["value", "low", "high"]].abs().max().max()) * 1.05)
    y = _rows_axis(
        names, alt.Axis(labelColor=base.INK, grid=False, minExtent=_NAMES_ROOM, labelLimit=_NAMES_ROOM)
    )
    x = alt.X(
        "value:Q",
        title=title,
        scale=alt.Scale(domain=[-reach, reach], nice=False),
        axis=alt.Axis(tickCount=6, format="+~r", grid=True, labelExpr="datum.value == 0 ? '0' : datum.label"),
    )
    nought = alt.Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=base.MUTED).encode(x=x)
    told = alt.Chart(table.dropna(subset=["low", "high"]))
    lines = told.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("low:Q", title=title), x2="high:Q", y=y, color=colour
    )
    # Hollow where nought lies within: to be read without colour too.
    fill = alt.Fill("side:N", legend=None, scale=alt.Scale(domain=_SIDES, range=[*colours, "#ffffff"]))
    points = alt.Chart(table).mark_point(size=64, strokeWidth=2, opacity=1)
    return alt.layer(nought, lines, points.encode(x=x, y=y, color=colour, fill=fill))


def curves_over_days(
    plans: Sequence[tuple[str, pd.DataFrame]], metrics: Sequence[tuple[str, str]]
) -> str | None:
    """Return small panels, one per metric, with every plan's curve; with bands where they can be told apart.

    Parameters
    ----------
    plans : sequence of (letter, daily)
        In the order of their colours.
    metrics : sequence of (metric, title)
        Shares; those that no plan tells are left out.
    """
    panels = []
    width = (base.FULL_WIDTH - 150) // 2
    for metric, title in metrics:
        curves = [
            curve_of(daily, metric, letter, base.PLAN_COLOURS[i % len(base.PLAN_COLOURS)],
                     base.PLAN_DASHES[i % len(base.PLAN_DASHES)])
            for i, (letter, daily) in enumerate(plans)
        ]  # fmt: skip
        told = [curve for curve in curves if curve is not None]
        if len(plans) > MOST_BANDS:
            told = [replace(curve, daily=curve.daily.assign(**_NO_BANDS)) for curve in told]
        if told:
            panels.append(panel(told, "share", width=width, height=190, title=title))
    if not panels:
        return None
    rows = [alt.hconcat(*panels[i : i + 2]) for i in range(0, len(panels), 2)]
    chart = alt.vconcat(*rows).resolve_scale(
        x="independent", y="independent", color="independent", strokeDash="independent"
    )
    return base.to_svg(chart, "curves", say("The plans' indicators by day"))


def frequencies(plans: Sequence[tuple[str, Sequence[tuple[float, float, float]]]]) -> str | None:
    """Return each plan's share of people met exactly 0, 1, 2, … times, side by side."""
    told = [(letter, shares) for letter, shares in plans if shares]
    if not told:
        return None
    letters = [letter for letter, _ in plans]
    most = max(len(shares) for _, shares in told)
    table = pd.DataFrame([
        {"times": f"{k}+" if k == len(shares) - 1 else str(k), "share": mean, "low": low, "high": high, "plan": letter}
        for letter, shares in told for k, (mean, low, high) in enumerate(shares)
    ])  # fmt: skip
    times = [str(k) for k in range(most - 1)] + [f"{most - 1}+"]
    top = base.nice_top(float(table[["share", "high"]].max().max()))
    x = alt.X(
        "times:N", sort=times, title=say("Paid contacts per person"), axis=alt.Axis(labelAngle=0, ticks=False)
    )
    y = alt.Y(
        "share:Q",
        title=None,
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(format=base.axis_format("share", top), tickCount=4),
    )
    side = alt.XOffset("plan:N", sort=letters)
    colours = [base.PLAN_COLOURS[i % len(base.PLAN_COLOURS)] for i in range(len(letters))]
    colour = alt.Color(
        "plan:N",
        scale=alt.Scale(domain=letters, range=colours),
        legend=alt.Legend(title=None, orient="top-right", labelFontSize=base.FONT_SIZE),
    )
    bars = alt.Chart(table).mark_bar().encode(x=x, y=y, xOffset=side, color=colour)
    whiskers = (
        alt.Chart(table.dropna(subset=["low"]))
        .mark_rule(color=base.INK, strokeWidth=1.2)
        .encode(x=x, xOffset=side, y=alt.Y("low:Q", title=None), y2="high:Q")
    )
    chart = alt.layer(bars, whiskers).properties(width=base.FULL_WIDTH - 60, height=220)
    return base.to_svg(chart, "frequencies", say("Share of people by number of paid contacts, by plan"))
