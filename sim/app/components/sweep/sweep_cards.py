"""What the charts of a sweep show of one indicator: title, option, note; and its words and rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.app.components import charts
from sim.app.components.charts import Option
from sim.app.components.fields.fields import short
from sim.app.components.sweep import sweep_charts
from sim.app.readings import sweep_figures
from sim.app.readings.sweep_figures import Found
from sim.app.state.kept import Kept
from sim.app.state.look import Look
from sim.app.words import figures
from sim.results.catalog import unit_of
from sim.results.report import wording
from sim.results.report.lookup import ALL

MOST_BARS = 8
WEAR = "attitude_lift"
LEADING = ("mu_star", "total")
Card = tuple[str, Option, str]
Row = dict[str, Any]


class Drawn:
    """Hold what the charts of one indicator share."""

    def __init__(self, look: Look, kept: Kept, metric: str, segment: str, points: Sequence[Found]) -> None:
        self.look, self.kept, self.metric, self.segment = look, kept, metric, segment
        self.points = points
        self.currency = kept.swept.scenario.currency
        self.addresses = sweep_figures.addresses_of(kept.swept)
        self.unit = unit_of(metric, self.currency)
        self.title = look.title(metric) + ("" if segment == ALL else f" · {segment}")

    def words(self, point: Found) -> str:
        """Return a point in a line: its name, its values, what it reaches."""
        value = self.look.quantity(point.mean, self.unit)
        return f"{point.label}: {values_words(self.look, point.values)} → {value}"


def value_words(look: Look, value: Any) -> str:
    """Return a varied value for a reader."""
    value = sweep_figures.level_text(value)
    if value is None:
        return wording.NOTHING
    if sweep_figures.is_number(value):
        is_whole = float(value).is_integer()
        return look.count(float(value)) if is_whole else figures.localised(f"{value:,.4g}", look.language)
    return look.t(f"option.{value}", default=str(value))


def values_words(look: Look, values: Mapping[str, Any]) -> str:
    """Return the values of a point in a line."""
    return " · ".join(f"{short(address)} {value_words(look, value)}" for address, value in values.items())


def front(drawn: Drawn) -> Iterator[Card]:
    """Yield spend against the indicator, with the plans that no other beats in both."""
    most = sweep_figures.is_most(drawn.kept.swept, drawn.metric)
    told = [p for p in drawn.points if math.isfinite(p.spend)]
    if drawn.metric == sweep_figures.SPEND or len({p.spend for p in told}) < 2:
        return

    def marks(points: Sequence[Found]) -> list[tuple[float, float, str, str]]:
        return [(p.spend, p.mean, drawn.words(p), p.label) for p in points]

    option = sweep_charts.cloud(marks(told), marks(sweep_figures.front(told, most=most)), "count", drawn.unit)
    title = drawn.look.t("sweep.front", metric=drawn.title, currency=drawn.currency)
    yield title, option, drawn.look.t("sweep.front_about")


def split(drawn: Drawn) -> Iterator[Card]:
    """Yield how the best plans deal their money, where it moves between flights."""
    flights = drawn.kept.swept.scenario.plan.flights
    standing = {name: float(flight.budget) for name, flight in flights.items() if flight.budget}
    if len(standing) < 2 or not sweep_figures.is_split(drawn.addresses):
        return
    look, rows, told = drawn.look, [], {}
    for point in drawn.points[:MOST_BARS]:
        shares = sweep_figures.shares(point, standing)
        value = look.quantity(point.mean, drawn.unit, is_bare=True)
        rows.append((point.label, f"{point.label} · {value}", shares))
        for name, share in shares.items():
            told[point.label, name] = f"{drawn.words(point)} · {name} {look.share(share)}"
    title = look.t("sweep.split_best", metric=drawn.title)
    yield title, sweep_charts.split(rows, list(standing), told), look.t("sweep.split_about")


def lever(drawn: Drawn, address: str) -> Iterator[Card]:
    """Yield what each value of a lever can reach, its best plan standing for it."""
    look, points = drawn.look, drawn.points
    found = sweep_figures.levels(points, address)
    often = sweep_figures.is_frequency(address)
    title = look.t("sweep.often" if often else "sweep.lever", address=short(address), metric=drawn.title)
    if found is None:
        told = [(float(p.values[address]), p.mean, drawn.words(p), p.label) for p in points]
        yield title, sweep_charts.cloud(told, [], "plain", drawn.unit), look.t("sweep.cloud_about")
    elif len(found) > 1:
        marks = [
            (value_words(look, value), p.mean, p.low, p.high, drawn.words(p), p.label) for value, p in found
        ]
        joined = all(sweep_figures.is_number(value) for value, _ in found)
        option = sweep_charts.levels(marks, drawn.unit, points[0].label, joined=joined)
        yield title, option, look.t("sweep.lever_about")


def wear(drawn: Drawn, address: str) -> Iterator[Card]:
    """Yield attitude beside a lever of frequency: the side on which wear-out shows."""
    found = sweep_figures.levels(drawn.points, address)
    if not sweep_figures.is_frequency(address) or not found or drawn.metric == WEAR:
        return
    look, unit = drawn.look, unit_of(WEAR, drawn.currency)
    told = {p.label: p for p in sweep_figures.points_of(drawn.kept.swept, WEAR, drawn.segment)}
    marks = [
        (value_words(look, value), w.mean, w.low, w.high,
         f"{p.label}: {look.title(WEAR)} {look.quantity(w.mean, unit, is_difference=True)}", p.label)
        for value, p in found if (w := told.get(p.label)) is not None
    ]  # fmt: skip
    if len(marks) > 1:
        title = look.t("sweep.wear", address=short(address), metric=look.title(WEAR))
        yield title, sweep_charts.levels(marks, unit, drawn.points[0].label), look.t("sweep.wear_about")


def matters(drawn: Drawn) -> Iterator[Card]:
    """Yield which levers matter to what points are ranked by, where the design tells it."""
    frame = drawn.kept.swept.matters
    rank = None if drawn.kept.swept.scenario.sweep is None else drawn.kept.swept.scenario.sweep.rank
    if frame is None or frame.empty or rank is None:
        return
    look = drawn.look
    told = frame[frame["index"].isin(LEADING)].sort_values("value", ascending=False, kind="stable")
    rows = [
        (short(str(row["address"])), float(row["value"]), float(row["low"]), float(row["high"]))
        for row in sweep_figures.records(told)
    ]
    index, unit = str(told["index"].iloc[0]), str(told["unit"].iloc[0])
    title = look.t("sweep.matters", metric=look.title(rank.metric))
    yield title, charts.forest(rows, unit, charts.COLOURS[0]), look.t(f"sweep.matters_{index}")


def best_by_segment(look: Look, kept: Kept) -> tuple[list[Row], list[Row]] | None:
    """Return columns and rows of which plan is best in each segment by itself; None where that is not told."""
    frame, sweep = kept.swept.by_segment, kept.swept.scenario.sweep
    if frame is None or sweep is None or sweep.rank is None:
        return None
    unit, addresses = (
        unit_of(sweep.rank.metric, kept.swept.scenario.currency),
        sweep_figures.addresses_of(kept.swept),
    )
    titles = {
        "segment": look.t("field.segment"), "point": look.t("sweep.point"), "values": look.t("sweep.values"),
        "mean": look.title(sweep.rank.metric), "p_best": look.t("sweep.col_p_best"),
    }  # fmt: skip
    columns: list[Row] = [{"key": k, "label": t, "num": k in ("mean", "p_best")} for k, t in titles.items()]
    rows = []
    for row in sweep_figures.records(frame[frame["status"] == "ranked"].drop_duplicates("segment")):
        values = {address: sweep_figures.plain(row[address]) for address in addresses}
        rows.append({
            "key": str(row["design_point"]), "segment": str(row["segment"]), "point": str(row["design_point"]),
            "values": values_words(look, values), "mean": look.quantity(row["mean"], unit, is_bare=True),
            "p_best": figures.chance(row["p_best"], look.language),
        })  # fmt: skip
    return columns, rows
