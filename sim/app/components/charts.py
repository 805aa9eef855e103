"""Charts of the page as ECharts options; text ``fmt:…`` is turned into a formatter in the browser."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sim.results.report.chart_base import PLAN_COLOURS

Option = dict[str, Any]
COLOURS = ("#2f78bd", "#d97a2b", "#3c9a6b", "#a05fb5", "#c0504d", "#5b8c99", "#b59b2d", "#7c8798")
LINE_COLOURS = {"A": PLAN_COLOURS[0], "B": PLAN_COLOURS[1]}
_BANDS = (("p2_5", "p97_5"), ("p10", "p90"))


def kind_of(unit: str) -> str:
    """Return the browser's formatter for a unit of ``summary.csv``."""
    if unit == "share":
        return "share"
    return "plain" if unit in ("ratio", "attitude", "trust", "contacts per person") else "count"


def base(unit: str, labels: Sequence[str], *, legend: bool) -> Option:
    """Return what every chart of one unit has: axes, a tooltip, a button that saves it as PNG."""
    return {
        "animation": False,
        "grid": {"left": 8, "right": 26, "top": 34 if legend else 14, "bottom": 6, "containLabel": True},
        "legend": {"show": legend, "top": 0, "left": 0, "icon": "roundRect", "itemWidth": 10, "itemHeight": 4},
        "tooltip": {"trigger": "axis", "valueFormatter": f"fmt:{kind_of(unit)}"},
        "xAxis": {
            "type": "category", "data": list(labels), "boundaryGap": False, "axisTick": {"show": False},
            "axisLabel": {"hideOverlap": True},
        },
        "yAxis": {"type": "value", "axisLabel": {"formatter": f"fmt:{kind_of(unit)}"}, "scale": False},
        "toolbox": {"right": 0, "top": -6, "itemSize": 12, "feature": {"saveAsImage": {"title": "PNG"}}},
        "series": [],
    }  # fmt: skip


def curves(
    lines: Mapping[str, pd.DataFrame], unit: str, labels: Sequence[str], most_bands: int = 3
) -> Option:
    """Return one line per name with its band, where there are few; frames are rows of ``daily`` by day."""
    option = base(unit, labels, legend=len(lines) > 1)
    option["legend"]["data"] = list(lines)  # not their bands
    for index, (name, rows) in enumerate(lines.items()):
        colour = COLOURS[index % len(COLOURS)]
        band = _band(rows)
        if band is not None and len(lines) <= most_bands:
            option["series"] += _band_series(name, band, colour)
        option["series"].append({
            "type": "line", "name": name, "data": plain(rows["mean"]), "symbol": "none", "z": 3,
            "lineStyle": {"width": 2, "color": colour}, "itemStyle": {"color": colour},
        })  # fmt: skip
    return option


def _band(rows: pd.DataFrame) -> tuple[list[float | None], list[float | None]] | None:
    told = rows["mean"].notna()
    for low, high in _BANDS:
        if told.any() and rows.loc[told, low].notna().all():
            return plain(rows[low]), plain(rows[high] - rows[low])
    return None


def _band_series(name: str, band: tuple[list[float | None], list[float | None]], colour: str) -> list[Option]:
    common = {
        "type": "line", "stack": name, "stackStrategy": "all", "symbol": "none", "silent": True,
        "lineStyle": {"opacity": 0}, "tooltip": {"show": False},
    }  # fmt: skip
    return [
        {**common, "name": f"{name} ", "data": band[0]},
        {**common, "name": f"{name}  ", "data": band[1], "areaStyle": {"color": colour, "opacity": 0.16}},
    ]


def plain(values: Any) -> list[float | None]:
    """Return numbers as JSON has them; None where there is none."""
    return [float(value) if math.isfinite(value) else None for value in values]


def bars(names: Sequence[str], values: Sequence[float], unit: str) -> Option:
    """Return one upright bar per name."""
    option = base(unit, names, legend=False)
    option["xAxis"]["boundaryGap"] = True
    option["series"] = [
        {"type": "bar", "data": plain(values), "barMaxWidth": 34,
         "itemStyle": {"color": COLOURS[0], "borderRadius": [3, 3, 0, 0]}}
    ]  # fmt: skip
    return option


def points(
    lines: Mapping[str, Sequence[tuple[float, float]]], x_kind: str, unit: str, *, log: bool = False
) -> Option:
    """Return lines through points (x, y); on both axes logarithmic where asked."""
    option = base(unit, [], legend=len(lines) > 1)
    kind = "log" if log else "value"
    option["xAxis"] = {"type": kind, "axisLabel": {"formatter": f"fmt:{x_kind}", "hideOverlap": True},
                       "splitLine": {"show": False}}  # fmt: skip
    option["yAxis"]["type"] = kind
    for index, (name, pairs) in enumerate(lines.items()):
        option["series"].append({
            "type": "line", "name": name, "data": [list(pair) for pair in pairs], "symbolSize": 6,
            "showSymbol": len(pairs) < 12, "itemStyle": {"color": COLOURS[index % len(COLOURS)]},
        })  # fmt: skip
    return option


def forest(rows: Sequence[tuple[str, float, float, float]], unit: str, colour: str) -> Option:
    """Return differences with their intervals, one below the other: name, difference, low, high."""
    option = base(unit, [], legend=False)
    names = [name for name, *_ in reversed(rows)]
    option["tooltip"]["trigger"] = "item"
    option["xAxis"] = {
        "type": "value",
        "axisLabel": {"formatter": f"fmt:{kind_of(unit)}", "hideOverlap": True},
    }
    option["yAxis"] = {
        "type": "category",
        "data": names,
        "axisTick": {"show": False},
        "axisLine": {"show": False},
    }
    ordered = list(reversed(rows))
    option["series"] = [
        {"type": "line", "data": [[low, name], [high, name]], "symbol": "none", "silent": True,
         "lineStyle": {"color": colour, "width": 3, "opacity": 0.45}}
        for name, _, low, high in ordered if math.isfinite(low) and math.isfinite(high)
    ] + [
        {"type": "scatter", "symbolSize": 9, "itemStyle": {"color": colour},
         "data": [{"name": name, "value": [mean, name]} for name, mean, _, _ in ordered],
         "markLine": {"silent": True, "symbol": "none", "data": [{"xAxis": 0}], "label": {"show": False},
                      "lineStyle": {"type": "dashed", "color": "#8d97a6"}}},
    ]  # fmt: skip
    option["tooltip"] = {"trigger": "item", "formatter": "{b}"}
    return option


def graph(nodes: Sequence[Option], ties: Sequence[tuple[str, str]], categories: Sequence[str]) -> Option:
    """Return a drawn network that pans, zooms and lights up neighbours; nodes say where they are by x and y."""
    return {
        "animation": False,
        "color": list(COLOURS),
        "legend": {"data": list(categories), "top": 0, "left": 0, "itemWidth": 10, "itemHeight": 10},
        "tooltip": {},
        "series": [{
            "type": "graph", "layout": "none", "roam": True, "draggable": True, "top": 36, "zoom": 0.95,
            "categories": [{"name": name} for name in categories],
            "data": list(nodes),
            "links": [{"source": src, "target": dst} for src, dst in ties],
            "lineStyle": {"color": "source", "opacity": 0.28, "width": 0.8, "curveness": 0.08},
            "emphasis": {"focus": "adjacency", "lineStyle": {"width": 2, "opacity": 0.8}},
        }],
    }  # fmt: skip
