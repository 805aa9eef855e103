"""Rows of the page's tables, read from a result."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from sim.app.state.look import Look
from sim.results.catalog import metric_of
from sim.results.frames import Result
from sim.results.report.fact_parts import Run
from sim.results.report.lookup import ALL, Reading
from sim.results.report.run_parts import judged

Row = dict[str, Any]
TILES = (
    "reach", "average_frequency", "awareness", "awareness_lift", "adoption", "adoption_lift", "spend",
    "cost_per_reach_point", "cost_per_incremental_acquisition", "roi", "impressions_undelivered", "earned_multiplier",
)  # fmt: skip
FUNNEL = ("reach", "total_reach", "awareness", "consideration", "adoption")
OF_CHANNEL = (
    "reach", "unique_reach", "average_frequency", "impressions_delivered", "impressions_undelivered", "attention_rate",
    "spend", "cpm", "cost_per_reach_point",
)  # fmt: skip


def read(result: Result) -> Run:
    """Return a result as the report reads it."""
    name = str(result.provenance["scenario"]["name"])
    return Run(name, result.summary, result.daily, result.worlds, result.provenance)


def around(look: Look, reading: Reading, *, is_difference: bool = False) -> str:
    """Return the interval shown beside a mean; empty where there is none to tell."""
    if not reading.around():
        return ""
    return look.interval(reading.low, reading.high, reading.unit, is_difference=is_difference)


def tiles(look: Look, run: Run) -> list[Row]:
    """Return the key figures of a run."""
    found = []
    for metric in TILES:
        reading = run.readings.get(metric)
        if reading is not None:
            is_difference = metric.endswith("_lift")
            found.append({
                "key": metric, "metric": metric, "label": look.title(metric),
                "value": look.quantity(reading.mean, reading.unit, is_difference=is_difference, is_bare=True),
                "range": around(look, reading, is_difference=is_difference),
            })  # fmt: skip
    return found


def funnel(look: Look, run: Run) -> tuple[list[Row], list[Row]]:
    """Return columns and rows of the way from reach to adoption, per segment."""
    columns: list[dict[str, Any]] = [{"key": "segment", "label": look.t("field.segment")}]
    told = [metric for metric in FUNNEL if run.readings.get(metric)]
    columns += [{"key": metric, "label": look.title(metric), "num": True} for metric in told]
    segments = [ALL, *dict(run.public.get("segments", {}))]
    rows = []
    for segment in segments:
        found = {metric: run.readings.get(metric, segment) for metric in told}
        name = look.t("everyone") if segment == ALL else segment
        rows.append(_cells(look, segment, {"segment": name}, found, is_bar=True))
    return columns, rows


def channels(look: Look, run: Run) -> tuple[list[Row], list[Row]]:
    """Return columns and rows of what each channel did and cost."""
    by_channel = {metric: run.readings.by_channel(metric) for metric in OF_CHANNEL}
    told = [metric for metric in OF_CHANNEL if by_channel[metric]]
    columns: list[dict[str, Any]] = [{"key": "channel", "label": look.t("field.channel")}]
    columns += [{"key": metric, "label": look.title(metric), "num": True} for metric in told]
    names = dict.fromkeys(name for metric in told for name in by_channel[metric])
    rows = [
        _cells(look, name, {"channel": name}, {metric: by_channel[metric].get(name) for metric in told})
        for name in names
    ]
    whole = {metric: run.readings.get(metric) for metric in told}
    return columns, [*rows, _cells(look, ALL, {"channel": look.t("all_channels")}, whole)]


def _cells(
    look: Look, key: str, named: Row, found: dict[str, Reading | None], *, is_bar: bool = False
) -> Row:
    row: Row = {"key": key, **named, "ask": {}, "bar": {}}
    for metric, reading in found.items():
        row[metric] = "" if reading is None else look.quantity(reading.mean, reading.unit, is_bare=True)
        if reading is not None:
            row["ask"][metric] = metric
            if is_bar and reading.unit == "share":
                row["bar"][metric] = max(0.0, min(1.0, reading.mean))
    return row


def flights(look: Look, run: Run) -> tuple[list[Row], list[Row]]:
    """Return columns and rows of what became of each flight and of each booking."""
    keys = ("bought", "undelivered", "speed_up", "spend")
    columns: list[dict[str, Any]] = [
        {"key": "name", "label": look.t("field.called")},
        {"key": "channel", "label": look.t("field.channel")},
    ]
    columns += [{"key": key, "label": look.t(f"flight.{key}"), "num": True} for key in keys]
    rows = []
    for fact in run.flights:
        spend = fact.get("spend")
        rows.append({
            "key": str(fact["flight"]), "name": str(fact["flight"]), "channel": str(fact["channel"]),
            "bought": look.count(float(fact["bought"])), "undelivered": look.count(float(fact["undelivered"])),
            "speed_up": look.count(float(fact["speed_up"]), 2),
            "spend": "" if spend is None else look.quantity(float(spend), run.currency),
            "tone": {"undelivered": "poor"} if float(fact["undelivered"]) > 0.05 * float(fact["bought"]) else {},
        })  # fmt: skip
    rows += [
        {
            "key": f"partners:{fact['booking']}", "name": str(fact["booking"]), "channel": str(fact["channel"]),
            "bought": look.t("flight.posts", n=fact["posts"]), "undelivered": "", "speed_up": "",
            "spend": look.quantity(float(fact["fees"]), run.currency),
        }
        for fact in run.provenance.get("partners", [])
    ]  # fmt: skip
    return columns, rows


def objectives(look: Look, run: Run) -> tuple[list[Row], list[Row]]:
    """Return columns and rows of each objective: what is asked, and in how many worlds it is met."""
    columns: list[dict[str, Any]] = [
        {"key": "name", "label": look.t("field.called")},
        {"key": "aim", "label": look.t("objective.aim")},
    ]
    columns += [{"key": key, "label": look.t(f"objective.{key}"), "num": True} for key in ("met", "asked")]
    columns.append({"key": "verdict", "label": look.t("objective.verdict")})
    rows = []
    for name, aim in run.objectives.items():
        reading, asked, verdict = judged(run, name, aim)
        tone = {"good": "good", "bad": "poor"}.get(verdict, "")
        rows.append({
            "key": name, "name": name, "aim": _aim(look, run, aim),
            "met": "" if reading is None else look.share(reading.mean), "asked": look.share(asked),
            "verdict": look.t(f"objective.{verdict}"), "tone": {"verdict": tone},
        })  # fmt: skip
    return columns, rows


def _aim(look: Look, run: Run, aim: Any) -> str:
    metric = str(aim["metric"])
    unit = metric_of(metric).unit.replace("money", run.currency)
    bounds = [(sign, aim.get(key)) for key, sign in (("at_least", "≥"), ("at_most", "≤"))]
    bound = " ".join(f"{sign} {look.quantity(value, unit)}" for sign, value in bounds if value is not None)
    where = [str(aim[key]) for key in ("segment", "channel") if aim.get(key, ALL) != ALL]
    day = look.t("objective.by_day", day=aim.get("by_day") or run.days)
    return ", ".join([f"{look.title(metric)} {bound}", *where, day])


def indicators(look: Look, run: Run, segment: str, channel: str) -> tuple[list[Row], list[Row]]:
    """Return columns and rows of every indicator told for a segment and a channel."""
    columns: list[dict[str, Any]] = [{"key": "metric", "label": look.t("run.indicator")}]
    columns += [
        {"key": key, "label": look.t(f"run.{key}"), "num": True} for key in ("mean", "interval", "spread")
    ]
    frame = run.summary[(run.summary.segment == segment) & (run.summary.channel == channel)]
    rows = [_indicator(look, row) for row in _records(frame)]
    return columns, rows


def _records(frame: Any) -> Iterator[Row]:
    rows: Iterable[Row] = frame.to_dict("records")
    yield from (row for row in rows if math.isfinite(row["mean"]))


def _indicator(look: Look, row: Row) -> Row:
    metric, unit = str(row["metric"]), str(row["unit"])
    is_difference = metric.endswith("_lift")
    return {
        "key": metric, "metric": look.title(metric), "ask": {"metric": metric},
        "mean": look.quantity(row["mean"], unit, is_difference=is_difference),
        "interval": look.interval(row["mean_lo"], row["mean_hi"], unit, is_difference=is_difference),
        "spread": look.interval(row["p2_5"], row["p97_5"], unit, is_difference=is_difference),
    }  # fmt: skip
