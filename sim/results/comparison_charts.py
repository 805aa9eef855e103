"""The charts of a comparison: paired differences, and the plans' curves over days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from sim.results import chart_base as base
from sim.results.charts import unique
from sim.results.day_charts import curve_of, panel

_NAMES_ROOM = 200
_TEXT_ROOM = 250


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold one row of a forest plot: paired difference, its interval, and both as text."""

    name: str
    value: float
    low: float
    high: float
    text: str

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves nought out."""
        return self.low > 0 or self.high < 0


def forest(differences: Sequence[Difference], *, name: str, label: str, axis: str, letters: tuple[str, str],
           colours: tuple[str, str]) -> str | None:  # fmt: skip
    """Return paired differences with their intervals around nought.

    Parameters
    ----------
    differences : sequence of Difference
        All in one unit, that of the axis.
    name, label : str
        Prefix of the SVG's ids; what it shows, for those who do not see it.
    axis : str
        ``%`` or ``pp``.
    letters, colours : (str, str)
        Of the plan that is higher on the right, and of the one higher on the left.
    """
    rows = [row for row in differences if math.isfinite(row.value)]
    if not rows:
        return None
    names = unique([row.name for row in rows])
    table = pd.DataFrame([
        {"row": text, "value": row.value, "low": row.low, "high": row.high, "text": row.text,
         "side": ("right" if row.value > 0 else "left") if row.is_clear else "unclear"}
        for text, row in zip(names, rows, strict=True)
    ])  # fmt: skip
    reach = base.nice_top(float(table[["value", "low", "high"]].abs().max().max()) * 1.05)
    y = alt.Y(
        "row:N",
        title=None,
        sort=None,
        scale=alt.Scale(domain=names),
        axis=alt.Axis(labelColor=base.INK, grid=False, labelLimit=_NAMES_ROOM),
    )
    title = f"← {letters[1]} higher   ·   {letters[0]} − {letters[1]}, {axis}   ·   {letters[0]} higher →"
    x = alt.X(
        "value:Q",
        title=title,
        scale=alt.Scale(domain=[-reach, reach], nice=False),
        axis=alt.Axis(tickCount=6, format="+~g", grid=True),
    )
    colour = alt.Color(
        "side:N",
        legend=None,
        scale=alt.Scale(domain=["right", "left", "unclear"], range=[colours[0], colours[1], base.MUTED]),
    )
    drawn = _forest_marks(table, x, y, colour, title).properties(
        width=base.FULL_WIDTH - _NAMES_ROOM - _TEXT_ROOM, height=alt.Step(26)
    )
    bare = alt.Y("row:N", title=None, sort=None, axis=None, scale=alt.Scale(domain=names))
    texts = (
        alt.Chart(table)
        .mark_text(align="left")
        .encode(x=alt.value(0), y=bare, text="text:N", color=colour)
        .properties(width=_TEXT_ROOM - 20, height=alt.Step(26))
    )
    return base.to_svg(alt.hconcat(drawn, texts, spacing=16), name, label)


def _forest_marks(table: pd.DataFrame, x: alt.X, y: alt.Y, colour: alt.Color, title: str) -> alt.LayerChart:
    nought = alt.Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=base.MUTED).encode(x=alt.X("value:Q", title=title))
    told = table.dropna(subset=["low", "high"])
    lines = (
        alt.Chart(told).mark_rule(strokeWidth=2.5).encode(x=alt.X("low:Q", title=title), x2="high:Q", y=y, color=colour)
    )
    # Hollow where nought lies within: to be read without colour too.
    fill = alt.condition(alt.datum.side == "unclear", alt.value("#ffffff"), alt.value(base.INK))
    points = (
        alt.Chart(table)
        .mark_point(size=64, strokeWidth=2, opacity=1)
        .encode(x=x, y=y, color=colour, fill=fill)
    )
    return alt.layer(nought, lines, points)


def curves_over_days(
    plans: Sequence[tuple[str, pd.DataFrame]], metrics: Sequence[tuple[str, str]]
) -> str | None:
    """Return small panels, one per metric, with every plan's curve and band.

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
        if told:
            panels.append(panel(told, "share", width=width, height=190, title=title))
    if not panels:
        return None
    rows = [alt.hconcat(*panels[i : i + 2]) for i in range(0, len(panels), 2)]
    chart = alt.vconcat(*rows).resolve_scale(
        x="independent", y="independent", color="independent", strokeDash="independent"
    )
    return base.to_svg(chart, "curves", "The plans' indicators by day, with bands over worlds")


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
        "times:N", sort=times, title="Paid contacts per person", axis=alt.Axis(labelAngle=0, ticks=False)
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
    return base.to_svg(chart, "frequencies", "Share of people by number of paid contacts, by plan")
