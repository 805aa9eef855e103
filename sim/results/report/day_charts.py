"""Charts over days: lines with bands over worlds, labelled where they end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from sim.results.report import chart_base as base
from sim.results.report import wording
from sim.results.report.lookup import ALL
from sim.wording.language import later, say

_MOST_POINTS = 180
_BANDS = (("p2_5", "p97_5", 0.13), ("p10", "p90", 0.20))
_REACH_SHADES = {
    "reach": base.ACCENT,
    "reach_2plus": "#4b5563",
    "reach_3plus": "#6b7280",
    "reach_5plus": "#8b93a1",
    "reach_10plus": "#a3aab6",
}
_OVERVIEW = (
    ("reach", later("Reach"), base.ACCENT),
    ("awareness", later("Awareness"), base.SECOND),
    ("adoption", later("Adoption"), base.MUTED),
)


@dataclass(frozen=True, slots=True)
class Curve:
    """Hold one line over days with its bands, and what is written at its end."""

    daily: pd.DataFrame
    text: str
    colour: str
    dash: tuple[int, ...] = (1, 0)


def curve_of(
    daily: pd.DataFrame, metric: str, text: str, colour: str, dash: tuple[int, ...] = (1, 0)
) -> Curve | None:
    """Return the curve of one metric for all people and channels; None where it is not told."""
    is_it = (daily["metric"] == metric) & (daily["segment"] == ALL) & (daily["channel"] == ALL)
    rows = daily[is_it].dropna(subset=["mean"]).sort_values("day")
    if rows.empty:
        return None
    step = math.ceil(len(rows) / _MOST_POINTS)
    kept = rows.iloc[::-1].iloc[::step].iloc[::-1]
    columns = ["day", "mean", "p2_5", "p10", "p90", "p97_5"]
    return Curve(kept[columns].astype(float), text, colour, dash)


def panel(curves: Sequence[Curve], unit: str, *, width: int, height: int, title: str = "") -> alt.LayerChart:
    """Return lines over days with bands of 80 % and 95 % of worlds and labels at their ends."""
    rows = pd.concat([curve.daily.assign(curve=str(i)) for i, curve in enumerate(curves)])
    top = base.nice_top(float(rows[["mean", "p97_5"]].max().max()))
    bottom = min(0.0, float(rows[["mean", "p2_5"]].min().min()))
    x = _day_axis(float(rows["day"].min()), float(rows["day"].max()))
    heights: dict[str, Any] = {
        "title": None,
        "scale": alt.Scale(domain=[bottom, top], nice=False),
        "axis": alt.Axis(tickCount=4, format=base.axis_format(unit, top)),
    }
    y = alt.Y("mean:Q", **heights)
    colour = alt.Color("curve:N", legend=None, scale=_by_curve([curve.colour for curve in curves]))
    dash = alt.StrokeDash("curve:N", legend=None, scale=_by_curve([list(curve.dash) for curve in curves]))
    drawn = alt.Chart(rows)
    layers = [
        drawn.mark_area(opacity=opacity).encode(
            x=x, y=alt.Y(f"{low}:Q", **heights), y2=f"{high}:Q", color=colour
        )
        for low, high, opacity in _BANDS
        if rows[low].notna().any()
    ]
    layers.append(drawn.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dash))
    labels = alt.Chart(_end_labels(curves, bottom, top, height))
    layers.append(
        labels.mark_text(align="left", dx=7, fontWeight=600).encode(x=x, y=y, text="text:N", color=colour)
    )
    chart = alt.layer(*layers).properties(width=width, height=height)
    return chart.properties(title=title) if title else chart


def _by_curve(values: Sequence[Any]) -> alt.Scale:
    return alt.Scale(domain=[str(i) for i in range(len(values))], range=list(values))


def _day_axis(first: float, last: float) -> alt.X:
    last = max(last, first + 1)
    return alt.X(
        "day:Q",
        title=say("Day"),
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(tickCount=min(8, int(last)), tickMinStep=1, format="d"),
    )


def _end_labels(curves: Sequence[Curve], bottom: float, top: float, height: int) -> pd.DataFrame:
    ends = [curve.daily.iloc[-1] for curve in curves]
    heights = base.end_labels([float(end["mean"]) - bottom for end in ends], top - bottom, height)
    return pd.DataFrame({
        "day": [float(end["day"]) for end in ends],
        "mean": [bottom + value for value in heights],
        "text": [curve.text for curve in curves],
        "curve": [str(i) for i in range(len(curves))],
    })  # fmt: skip


def reach_over_days(daily: pd.DataFrame) -> str | None:
    """Return reach and reach k+ by day."""
    curves = []
    for metric, colour in _REACH_SHADES.items():
        curve = curve_of(daily, metric, "", colour)
        if curve is None:
            continue
        last = float(curve.daily["mean"].iloc[-1])
        count = metric.removeprefix("reach").strip("_").removesuffix("plus") or "1"
        if last > 0:
            curves.append(Curve(curve.daily, f"{count}+  {wording.quantity(last, 'share')}", colour))
    if not curves:
        return None
    drawn = panel(curves, "share", width=base.FULL_WIDTH - 150, height=290)
    return base.to_svg(
        drawn, "reach", say("Share of people reached once or more, by day, with bands over worlds")
    )


def lift_over_days(daily: pd.DataFrame, metrics: Sequence[tuple[str, str]]) -> str | None:
    """Return each metric by day, with the campaign and without it.

    Parameters
    ----------
    metrics : sequence of (metric, title)
        Those with a daily ``…_lift`` are drawn.
    """
    drawn = []
    for metric, title in metrics:
        with_it = curve_of(daily, metric, say("with"), base.ACCENT)
        lift = curve_of(daily, f"{metric}_lift", "", base.MUTED)
        if with_it is None or lift is None:
            continue
        joined = with_it.daily.merge(lift.daily[["day", "mean"]], on="day", suffixes=("", "_lift"))
        without = joined.assign(mean=joined["mean"] - joined["mean_lift"])
        for bound in ("p2_5", "p10", "p90", "p97_5"):
            without[bound] = math.nan
        drawn.append(
            (
                with_it,
                Curve(without[with_it.daily.columns.tolist()], say("without"), base.MUTED, (5, 3)),
                title,
            )
        )
    if not drawn:
        return None
    width = (base.FULL_WIDTH - 110 * len(drawn)) // len(drawn)
    panels = [panel([a, b], "share", width=width, height=190, title=say(title)) for a, b, title in drawn]
    # Altair shares scales between panels unless told otherwise.
    chart = alt.hconcat(*panels).resolve_scale(
        x="independent", y="independent", color="independent", strokeDash="independent"
    )
    return base.to_svg(
        chart, "lift", say("Awareness, consideration and adoption by day, with and without the campaign")
    )


def overview(daily: pd.DataFrame) -> alt.LayerChart:
    """Return reach, awareness and adoption by day with their spread, for a notebook."""
    curves = [
        curve for metric, text, colour in _OVERVIEW if (curve := curve_of(daily, metric, say(text), colour))
    ]
    return panel(curves, "share", width=620, height=300)
