"""Charts of a sweep as ECharts options; what can be clicked carries the name of its design point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sim.app.components.charts import COLOURS, Option, base, kind_of

MOST_TOLD_CELLS = 72
FAINT = "#8d97a6"
LOW, HIGH = "#dce9f5", "#1d5b99"


def _item(option: Option) -> Option:
    option["tooltip"] = {"trigger": "item", "formatter": "{b}"}
    return option


def _whisker(at: Any, low: float, high: float, colour: str) -> Option:
    return {
        "type": "line", "data": [[at, low], [at, high]], "symbol": "none", "silent": True,
        "lineStyle": {"color": colour, "width": 3, "opacity": 0.4},
    }  # fmt: skip


def levels(
    marks: Sequence[tuple[str, float, float, float, str, str]], unit: str, best: str, *, joined: bool = True
) -> Option:
    """Return a mark with its interval per value: name, mean, low, high, tooltip, point; `best` stands out."""
    names = [name for name, *_ in marks]
    option = _item(base(unit, names, legend=False))
    option["xAxis"]["boundaryGap"] = True
    option["yAxis"]["scale"] = True
    option["series"] = [
        _whisker(name, low, high, COLOURS[1] if point == best else COLOURS[0])
        for name, _, low, high, _, point in marks
        if math.isfinite(low) and math.isfinite(high)
    ]
    option["series"].append({
        "type": "line", "symbolSize": 10, "z": 3,
        "lineStyle": {"width": 1.5, "opacity": 0.5 if joined else 0, "color": COLOURS[0]},
        "cursor": "pointer",
        "data": [
            {"name": told, "value": [name, mean], "point": point,
             "itemStyle": {"color": COLOURS[1] if point == best else COLOURS[0]}}
            for name, mean, _, _, told, point in marks
        ],
    })  # fmt: skip
    return option


def cloud(
    points: Sequence[tuple[float, float, str, str]],
    front: Sequence[tuple[float, float, str, str]],
    x_kind: str,
    unit: str,
    x_name: str = "",
) -> Option:
    """Return all points (x, y, tooltip, point), and a line through those of the front."""
    option = _item(base(unit, [], legend=False))
    option["xAxis"] = {
        "type": "value", "scale": True, "axisLabel": {"formatter": f"fmt:{x_kind}", "hideOverlap": True},
        "splitLine": {"show": False}, "name": x_name, "nameLocation": "middle", "nameGap": 26,
    }  # fmt: skip
    option["grid"] |= {"right": 30, "bottom": 22 if x_name else 6}
    option["yAxis"]["scale"] = True
    on_front = {point for *_, point in front}
    option["series"] = [
        {"type": "scatter", "symbolSize": 8, "cursor": "pointer", "itemStyle": {"color": COLOURS[0], "opacity": 0.55},
         "data": [_mark(p) for p in points if p[3] not in on_front]},
        {"type": "line", "step": "end", "symbolSize": 11, "showSymbol": True, "z": 3, "cursor": "pointer",
         "lineStyle": {"width": 2, "color": COLOURS[1]}, "itemStyle": {"color": COLOURS[1]},
         "data": [_mark(p) for p in front]},
    ]  # fmt: skip
    return option


def _mark(point: tuple[float, float, str, str]) -> Option:
    x, y, told, label = point
    return {"name": told, "value": [x, y], "point": label}


def heat(
    columns: Sequence[str],
    rows: Sequence[str],
    cells: Sequence[tuple[int, int, float, str, str, str]],
    unit: str,
) -> Option:
    """Return a map of two levers: column, row, value, its text, tooltip and point of each cell that was tried."""
    option = _item(base(unit, columns, legend=False))
    values = [value for _, _, value, *_ in cells]
    low, high = min(values), max(values)
    option["xAxis"] |= {"boundaryGap": True, "splitArea": {"show": False}}
    option["yAxis"] = {"type": "category", "data": list(rows), "axisTick": {"show": False}}
    option["grid"] |= {"bottom": 44, "top": 14}
    option["visualMap"] = {
        "min": low, "max": high if high > low else low + 1e-9, "calculable": False, "orient": "horizontal",
        "left": "center", "bottom": 0, "itemWidth": 12, "itemHeight": 160, "formatter": f"fmt:{kind_of(unit)}",
        "inRange": {"color": [LOW, HIGH]}, "textStyle": {"color": FAINT}, "precision": 6,
    }  # fmt: skip
    middle = low + 0.55 * (high - low)
    option["series"] = [{
        "type": "heatmap", "cursor": "pointer", "itemStyle": {"borderWidth": 1, "borderColor": "rgba(127,139,155,.25)"},
        "label": {"show": len(cells) <= MOST_TOLD_CELLS},
        "data": [
            {"name": told, "value": [column, row, value], "point": point,
             "label": {"formatter": text, "color": "#ffffff" if value > middle else "#1c2430"}}
            for column, row, value, text, told, point in cells
        ],
    }]  # fmt: skip
    return option


def split(
    rows: Sequence[tuple[str, str, Mapping[str, float]]],
    names: Sequence[str],
    told: Mapping[tuple[str, str], str],
) -> Option:
    """Return one bar per plan (point, label, share per flight), the first on top; `told` by (point, flight)."""
    option = _item(base("share", [], legend=True))
    option["grid"]["top"] = 36
    option["xAxis"] = {"type": "value", "max": 1, "axisLabel": {"formatter": "fmt:share"}}
    option["yAxis"] = {
        "type": "category", "inverse": True, "data": [label for _, label, _ in rows], "axisTick": {"show": False},
        "axisLine": {"show": False},
    }  # fmt: skip
    option["series"] = [
        {"type": "bar", "stack": "all", "name": name, "cursor": "pointer", "barMaxWidth": 22,
         "itemStyle": {"color": COLOURS[k % len(COLOURS)]},
         "data": [{"name": told.get((point, name), name), "value": shares.get(name, 0.0), "point": point}
                  for point, _, shares in rows]}
        for k, name in enumerate(names)
    ]  # fmt: skip
    return option
