"""Charts of a choice of people as ECharts options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.app.components.charts import COLOURS, Option, base, plain

FAINT = "#c3cbd6"


def gains(
    spread: Sequence[float],
    at_least: Sequence[float],
    upper: float,
    names: Sequence[str],
    words: tuple[str, str, str],
) -> Option:
    """Return what the first 1, 2, … reach together, the certified band below it, and the bound on the best above.

    Parameters
    ----------
    spread, at_least : sequences   people, by place from 1
    upper : float                  what no other choice reaches
    names : sequence of str        tooltips, by place
    words : tuple of str           what the line, its band and the bound are called
    """
    option = _bounded([str(place) for place in range(1, len(spread) + 1)], words)
    option["xAxis"]["boundaryGap"] = len(spread) == 1
    band = [high - low for high, low in zip(spread, at_least, strict=True)]
    hidden = {"type": "line", "stack": "band", "symbol": "none", "silent": True, "lineStyle": {"opacity": 0}}
    option["series"] = [
        {**hidden, "name": " ", "data": plain(at_least)},
        {**hidden, "name": words[1], "data": plain(band), "areaStyle": {"color": COLOURS[0], "opacity": 0.18},
         "itemStyle": {"color": COLOURS[0], "opacity": 0.3}},
        _line(words[0], [{"name": name, "value": value} for name, value in zip(names, plain(spread), strict=True)]),
        _bound(words[2], [upper] * len(spread)),
    ]  # fmt: skip
    return option


def gains_by_money(
    money: Sequence[float], spread: Sequence[float], at_least: Sequence[float], upper: float, names: Sequence[str],
    words: tuple[str, str, str], budget: float | None,
) -> Option:  # fmt: skip
    """Return the same against the money spent so far; the budget, where there is one, stands upright."""
    option = _bounded([], words)
    last = max([*money, budget or 0.0])
    option["xAxis"] = {
        "type": "value", "min": 0, "max": last, "axisLabel": {"formatter": "fmt:count", "hideOverlap": True},
        "splitLine": {"show": False},
    }  # fmt: skip
    line = _line(words[0], [
        {"name": name, "value": [x, y]} for x, y, name in zip(money, plain(spread), names, strict=True)
    ])  # fmt: skip
    if budget is not None:
        line["markLine"] = {
            "silent": True, "symbol": "none", "data": [{"xAxis": budget}], "label": {"show": False},
            "lineStyle": {"color": COLOURS[7], "type": "dotted"},
        }  # fmt: skip
    faint = {"color": COLOURS[0], "opacity": 0.4}
    lower = {
        "type": "line", "name": words[1], "symbol": "none", "silent": True, "itemStyle": faint, "lineStyle": faint,
        "data": [list(pair) for pair in zip(money, plain(at_least), strict=True)],
    }  # fmt: skip
    option["series"] = [lower, line, _bound(words[2], [[0, upper], [last, upper]])]
    return option


def _bounded(labels: Sequence[str], words: tuple[str, str, str]) -> Option:
    option = base("people", labels, legend=True)
    option["tooltip"] = {"trigger": "item", "formatter": "{b}"}
    option["grid"] |= {"right": 30}
    option["legend"]["data"] = list(words)
    return option


def _line(name: str, data: list[Option]) -> Option:
    return {
        "type": "line",
        "name": name,
        "symbolSize": 7,
        "z": 3,
        "itemStyle": {"color": COLOURS[0]},
        "data": data,
    }


def _bound(name: str, data: Sequence[Any]) -> Option:
    return {
        "type": "line", "name": name, "symbol": "none", "silent": True, "itemStyle": {"color": COLOURS[1]},
        "lineStyle": {"type": "dashed", "color": COLOURS[1], "width": 2}, "data": list(data),
    }  # fmt: skip


def overlap(
    people: Sequence[str],
    gain: Sequence[float],
    alone: Sequence[float],
    names: Sequence[str],
    words: tuple[str, str],
) -> Option:
    """Return what each person adds, and beside it whom those before reach already; `names` are tooltips."""
    option = base("people", people, legend=True)
    option["tooltip"] = {"trigger": "item", "formatter": "{b}"}
    option["xAxis"] |= {"boundaryGap": True, "axisLabel": {"hideOverlap": True, "interval": "auto"}}
    shared = [max(whole - own, 0.0) for whole, own in zip(alone, gain, strict=True)]
    option["series"] = [
        {"type": "bar", "stack": "all", "name": word, "barMaxWidth": 30, "itemStyle": {"color": colour},
         "data": [{"name": name, "value": value} for name, value in zip(names, plain(values), strict=True)]}
        for word, colour, values in ((words[0], COLOURS[0], gain), (words[1], FAINT, shared))
    ]  # fmt: skip
    return option
