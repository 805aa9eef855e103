"""Charts of bars: frequency, funnel, contacts, overlap of channels, delivery."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from sim.results.report import chart_base as base
from sim.results.report import wording
from sim.results.report.lookup import Reading
from sim.wording.language import say

Record = dict[str, Any]
_MOST_CELLS = 15
_MOST_SETS = 6
_LABEL_ROOM = 66


def frequency_distribution(shares: Sequence[tuple[float, float, float]]) -> str | None:
    """Return the share of people met exactly 0, 1, 2, … times, with the interval over worlds."""
    if not shares:
        return None
    last = len(shares) - 1
    rows = pd.DataFrame([
        {"times": f"{k}+" if k == last else str(k), "share": mean, "low": low, "high": high,
         "tip": max(mean, high) if math.isfinite(high) else mean, "text": wording.quantity(mean, "share"),
         "is_met": k > 0}
        for k, (mean, low, high) in enumerate(shares)
    ])  # fmt: skip
    top = base.nice_top(float(rows["tip"].max()) * 1.08)
    x = alt.X(
        "times:N",
        sort=None,
        title=say("Paid contacts per person"),
        axis=alt.Axis(labelAngle=0, ticks=False),
        scale=alt.Scale(paddingInner=0.28),
    )
    y = alt.Y(
        "share:Q",
        title=None,
        scale=alt.Scale(domain=[0, top], nice=False),
        axis=alt.Axis(format=base.axis_format("share", top), tickCount=4),
    )
    colour = alt.condition(alt.datum.is_met, alt.value(base.ACCENT), alt.value(base.FAINT))
    bars = alt.Chart(rows).mark_bar().encode(x=x, y=y, color=colour)
    whiskers = _whiskers(rows.dropna(subset=["low"])).encode(x=x, y=alt.Y("low:Q", title=None), y2="high:Q")
    labels = (
        alt.Chart(rows)
        .mark_text(dy=-9, fontSize=11.5)
        .encode(x=x, y=alt.Y("tip:Q", title=None), text="text:N")
    )
    drawn = alt.layer(bars, whiskers, labels).properties(width=base.FULL_WIDTH - 60, height=230)
    return base.to_svg(drawn, "frequency", say("Share of people by number of paid contacts"))


def _whiskers(rows: pd.DataFrame) -> alt.Chart:
    return alt.Chart(rows).mark_rule(color=base.INK, strokeWidth=1.4)


@dataclass(frozen=True, slots=True)
class Column:
    """Hold one column of bars: a title, and one reading per row."""

    title: str
    readings: Mapping[str, Reading]


def bar_columns(columns: Sequence[Column], rows: Sequence[tuple[str, str]], *, name: str, label: str,
                is_one_scale: bool, stands_out: str = "") -> str | None:  # fmt: skip
    """Return columns of horizontal bars with intervals and values, over the same rows.

    Parameters
    ----------
    columns : sequence of Column
        Drawn side by side; those without readings are left out.
    rows : sequence of (key, text)
        Key in each column's readings, and what is written.
    is_one_scale : bool
        All columns on one scale, or each on its own.
    stands_out : str
        Key of the row that stands out; the first one's by default.
    """
    columns = [column for column in columns if column.readings]
    if not columns or not rows:
        return None
    tables = [_column_rows(column, rows, stands_out or rows[0][0]) for column in columns]
    largest = max(float(table["tip"].max()) for table in tables)
    names_room = min(170, 24 + 7 * max(len(text) for _, text in rows))
    width = (base.FULL_WIDTH - names_room - 26 * (len(columns) - 1)) // len(columns)
    names = unique([text for _, text in rows])
    drawn = []
    for i, (column, table) in enumerate(zip(columns, tables, strict=True)):
        top = largest if is_one_scale else float(table["tip"].max())
        drawn.append(_bar_column(table, column.title, names, top, width, is_first=i == 0))
    return base.to_svg(alt.hconcat(*drawn).resolve_scale(y="independent"), name, label)


def _column_rows(column: Column, rows: Sequence[tuple[str, str]], stands_out: str) -> pd.DataFrame:
    table = []
    names = unique([text for _, text in rows])
    for i, (key, _) in enumerate(rows):
        reading = column.readings.get(key)
        if reading is None:
            continue
        tip = max(reading.mean, reading.high) if math.isfinite(reading.high) else reading.mean
        table.append(
            {
                "row": names[i],
                "is_whole": key == stands_out,
                "value": reading.mean,
                "low": reading.low,
                "high": reading.high,
                "tip": tip,
                "text": reading.text(is_bare=True),
            }
        )
    return pd.DataFrame(table)


def _bar_column(table: pd.DataFrame, title: str, names: Sequence[str], top: float, width: int, *,
                is_first: bool) -> alt.LayerChart:  # fmt: skip
    y = alt.Y(
        "row:N",
        title=None,
        sort=None,
        axis=_names_axis() if is_first else alt.Axis(labels=False, grid=False),
        scale=alt.Scale(domain=list(names), paddingInner=0.35),
    )
    room = (top or 1.0) * width / max(width - _LABEL_ROOM, 40)
    x = alt.X("value:Q", title=None, axis=None, scale=alt.Scale(domain=[0, room], nice=False))
    colour = alt.condition(alt.datum.is_whole, alt.value(base.ACCENT), alt.value("#8fa9c4"))
    bars = alt.Chart(table).mark_bar().encode(x=x, y=y, color=colour)
    labels = (
        alt.Chart(table)
        .mark_text(align="left", dx=6)
        .encode(x=alt.X("tip:Q", title=None), y=y, text="text:N")
    )
    whiskers = _whiskers(table.dropna(subset=["low"])).encode(x=alt.X("low:Q", title=None), x2="high:Q", y=y)
    return alt.layer(bars, whiskers, labels).properties(width=width, height=alt.Step(24), title=title)


def _names_axis() -> alt.Axis:
    return alt.Axis(labelColor=base.INK, grid=False)


def unique(names: Sequence[str]) -> list[str]:
    """Return the names as rows of a chart need them: a repeated one gets an invisible mark."""
    out: list[str] = []
    for name in names:
        while name in out:
            name += "\u200b"
        out.append(name)
    return out


def sets_of(channels: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the channels of each cell's name ``a+b``, whatever signs the names contain."""
    if len(channels) > _MOST_SETS:
        return {channel: (channel,) for channel in channels}
    orders = (channels, sorted(channels))
    sizes = range(1, len(channels) + 1)
    chosen = (cell for order in orders for n in sizes for cell in itertools.combinations(order, n))
    return {"+".join(cell): cell for cell in chosen}


def overlap(cells: Mapping[str, Reading], channels: Sequence[str], people: float) -> str | None:
    """Return how many people were met by exactly which channels, largest first (after Lex et al. 2014)."""
    known = sets_of(channels)
    found = [(known.get(cell, tuple(cell.split("+"))), reading) for cell, reading in cells.items()]
    found = sorted(found, key=lambda cell: (-cell[1].mean, cell[0]))
    found = [cell for cell in found if cell[1].mean > 0][:_MOST_CELLS]
    if not found:
        return None
    met = sorted({channel for chosen, _ in found for channel in chosen}, key=lambda c: (-_met(found, c), c))
    bars = pd.DataFrame([
        {"row": str(i), "value": reading.mean, "low": reading.low, "high": reading.high,
         "tip": max(reading.mean, reading.high) if math.isfinite(reading.high) else reading.mean,
         "text": f"{reading.text()} · {wording.quantity(reading.mean * people, 'people')}"}
        for i, (_, reading) in enumerate(found)
    ])  # fmt: skip
    dots = pd.DataFrame([
        {"row": str(i), "channel": channel, "is_in": channel in chosen}
        for i, (chosen, _) in enumerate(found) for channel in met
    ])  # fmt: skip
    rows = [str(i) for i in range(len(found))]
    step = 76 if len(met) <= 5 else 60
    chart = alt.hconcat(
        _dots(dots, met, rows, step),
        _cell_bars(bars, rows, base.FULL_WIDTH - step * len(met) - 40),
        spacing=14,
    )
    return base.to_svg(chart, "overlap", say("People met by exactly these channels"))


def _met(found: Sequence[tuple[tuple[str, ...], Reading]], channel: str) -> float:
    return math.fsum(reading.mean for chosen, reading in found if channel in chosen)


def _rows_axis(rows: Sequence[str]) -> alt.Y:
    return alt.Y(
        "row:O", title=None, sort=None, axis=None, scale=alt.Scale(domain=list(rows), paddingInner=0.35)
    )


def _dots(dots: pd.DataFrame, met: Sequence[str], rows: Sequence[str], step: int) -> alt.LayerChart:
    y = _rows_axis(rows)
    columns = alt.Scale(domain=list(met))
    x = alt.X(
        "channel:N",
        title=None,
        sort=None,
        scale=columns,
        axis=alt.Axis(
            orient="top",
            labelAngle=0,
            labelColor=base.INK,
            domain=False,
            ticks=False,
            labelLimit=step - 6,
            grid=False,
        ),
    )
    marks = (
        alt.Chart(dots)
        .mark_point(filled=True, size=90, opacity=1)
        .encode(x=x, y=y, color=alt.condition(alt.datum.is_in, alt.value(base.INK), alt.value(base.GRID)))
    )
    # Rows come in the order of the channels, so first and last span the set.
    spans = dots[dots["is_in"]].groupby("row", sort=False)["channel"].agg(["first", "last"]).reset_index()
    links = (
        alt.Chart(spans)
        .mark_rule(color=base.INK, strokeWidth=2)
        .encode(x=alt.X("first:N", title=None, scale=columns), x2="last:N", y=y)
    )
    return alt.layer(marks, links).properties(width=step * len(met), height=alt.Step(24))


def _cell_bars(bars: pd.DataFrame, rows: Sequence[str], width: int) -> alt.LayerChart:
    y = _rows_axis(rows)
    top = float(bars["tip"].max()) * width / max(width - 170, 60)
    x = alt.X("value:Q", title=None, axis=None, scale=alt.Scale(domain=[0, top], nice=False))
    drawn = alt.Chart(bars).mark_bar(color=base.ACCENT).encode(x=x, y=y)
    whiskers = _whiskers(bars.dropna(subset=["low"])).encode(x=alt.X("low:Q", title=None), x2="high:Q", y=y)
    labels = (
        alt.Chart(bars).mark_text(align="left", dx=6).encode(x=alt.X("tip:Q", title=None), y=y, text="text:N")
    )
    return alt.layer(drawn, whiskers, labels).properties(width=width, height=alt.Step(24))


def delivery(flights: Sequence[Mapping[str, Any]], currency: str) -> str | None:
    """Return what each flight bought: delivered as expected, and undelivered."""
    bought = [flight for flight in flights if flight.get("bought")]
    if not bought:
        return None
    names = unique([f"{flight['flight']} · {flight['channel']}" for flight in bought])
    parts: list[Record] = []
    texts: list[Record] = []
    for i, flight in enumerate(bought):
        undelivered = max(float(flight.get("undelivered") or 0.0), 0.0)
        whole = float(flight["bought"])
        parts.append({"row": names[i], "from": 0.0, "to": whole - undelivered, "is_lost": False})
        if undelivered > 0:
            parts.append({"row": names[i], "from": whole - undelivered, "to": whole, "is_lost": True})
        spend = wording.quantity(float(flight.get("spend") or 0.0), currency)
        texts.append(
            {"row": names[i], "to": whole, "text": f"{_delivered_text(whole, undelivered)} · {spend}"}
        )
    return base.to_svg(
        _delivery_chart(parts, texts, names), "delivery", say("Impressions bought and undelivered by flight")
    )


def _delivered_text(whole: float, undelivered: float) -> str:
    all_of_it = wording.quantity(whole, "impressions", is_bare=True)
    if undelivered <= 0:
        return all_of_it
    return say(
        "{whole} of {all_of_it}",
        whole=wording.quantity(whole - undelivered, "impressions", is_bare=True),
        all_of_it=all_of_it,
    )


def _delivery_chart(parts: list[Record], texts: list[Record], names: Sequence[str]) -> alt.LayerChart:
    width = base.FULL_WIDTH - min(170, 24 + 7 * max(map(len, names)))
    top = max(row["to"] for row in texts) * width / max(width - 250, 60)
    y = alt.Y(
        "row:N",
        title=None,
        sort=None,
        axis=_names_axis(),
        scale=alt.Scale(domain=list(names), paddingInner=0.35),
    )
    x = alt.X("from:Q", title=None, axis=None, scale=alt.Scale(domain=[0, top], nice=False))
    bars = (
        alt.Chart(pd.DataFrame(parts))
        .mark_bar(stroke=base.ACCENT, strokeWidth=1)
        .encode(
            x=x,
            x2="to:Q",
            y=y,
            color=alt.condition(alt.datum.is_lost, alt.value("#ffffff"), alt.value(base.ACCENT)),
            strokeDash=alt.condition(alt.datum.is_lost, alt.value([3, 2]), alt.value([1, 0])),
        )
    )
    labels = (
        alt.Chart(pd.DataFrame(texts))
        .mark_text(align="left", dx=8)
        .encode(x=alt.X("to:Q", title=None), y=y, text="text:N")
    )
    return alt.layer(bars, labels).properties(width=width, height=alt.Step(28))
