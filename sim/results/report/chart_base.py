"""One look for all charts, and their way to SVG that stands in a page without network or script."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence
from typing import Any

import altair as alt
import vl_convert

from sim.wording.language import Language, spoken

ACCENT = "#1d5b99"
SECOND = "#bf5b12"
INK = "#1f2530"
MUTED = "#667085"
FAINT = "#cdd3dc"
GRID = "#e9ecf1"
PLAN_COLOURS = (ACCENT, SECOND, "#3f4652", "#7a9e3b", "#8e6bb0", "#9aa3b2")
PLAN_DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (1, 3), (10, 4))
FULL_WIDTH = 860
FONT_SIZE = 12
# Metric-compatible with each other, so text measured here fits on the reader's machine.
FONT = "Helvetica, Arial, Liberation Sans, sans-serif"
_LABEL_GAP = 15
_VEGALITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
_CONFIG: dict[str, Any] = {
    "aria": False,
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED, "labelFontSize": FONT_SIZE, "titleColor": MUTED, "titleFontSize": FONT_SIZE,
        "titleFontWeight": "normal", "gridColor": GRID, "domainColor": FAINT, "tickColor": FAINT,
        "labelPadding": 5, "titlePadding": 8, "tickSize": 4, "labelLimit": 170,
    },
    "axisY": {"domain": False, "ticks": False},
    "axisX": {"grid": False},
    "title": {
        "anchor": "start", "frame": "group", "offset": 10,
        "color": INK, "fontSize": FONT_SIZE + 1, "fontWeight": 600,
    },
    "text": {"fontSize": FONT_SIZE, "color": INK, "limit": 420},
    "concat": {"spacing": 26},
}  # fmt: skip
_LOCALES: dict[Language, Any] = {
    "en": None,
    "es": {
        "decimal": ",",
        "thousands": ".",
        "grouping": [3],
        "currency": ["", ""],
        "percent": "\u00a0%",
        "minus": "\u2212",
    },
}
_ID = re.compile(r'id="([^"]+)"')
_TITLE = re.compile(r"Title text '([^']*)'")
_URL = re.compile(r"url\(#([^)\"]+)\)")


def to_svg(chart: alt.TopLevelMixin, name: str, label: str) -> str:
    """Return the chart as inline SVG: same chart, same bytes, whatever was drawn before it.

    Parameters
    ----------
    chart : altair chart
        Its data inside.
    name : str
        Prefix of the ids within the SVG; must differ between the charts of a page.
    label : str
        What the chart shows, for those who do not see it.
    """
    spec = chart.to_dict()
    spec["config"] = _CONFIG
    svg = vl_convert.vegalite_to_svg(spec, vl_version=_VEGALITE, format_locale=_LOCALES[spoken()])
    # Vega counts clip paths over the whole process: numbered anew, two charts never share an id.
    numbers = {old: f"{name}-{n}" for n, old in enumerate(dict.fromkeys(_ID.findall(svg)))}
    svg = _ID.sub(lambda found: f'id="{numbers[found[1]]}"', svg)
    svg = _URL.sub(lambda found: f"url(#{numbers[found[1]]})", svg)
    if spoken() != "en":
        svg = _TITLE.sub("\\g<1>", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(label)}" ', 1)


def end_labels(values: Sequence[float], top: float, height: float) -> list[float]:
    """Return heights for labels at the lines' ends, moved apart just enough not to overlap.

    Parameters
    ----------
    values : sequence of float
        Where the lines end, in data units.
    top : float
        Upper end of the axis (lower end 0).
    height : float
        Height of the panel in pixels.
    """
    gap = top * _LABEL_GAP / height
    order = sorted(range(len(values)), key=lambda i: (values[i], i))
    placed = [0.0] * len(values)
    floor = 0.0
    for i in order:
        placed[i] = max(values[i], floor)
        floor = placed[i] + gap
    ceiling = top
    for i in reversed(order):
        placed[i] = min(placed[i], ceiling)
        ceiling = placed[i] - gap
    return placed


def nice_top(largest: float) -> float:
    """Return a round upper end of an axis, at or a little above `largest`."""
    if not math.isfinite(largest) or largest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    steps = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10)
    return next(step * power for step in steps if step * power >= largest * (1 - 1e-12))


def axis_format(unit: str, top: float) -> str:
    """Return the d3 format of an axis in `unit` that runs up to `top`."""
    if unit == "share":
        return ".0%" if top >= 0.05 else ".1%" if top >= 0.005 else ".2%"
    return "~s" if top >= 10_000 else ",.2~f"
