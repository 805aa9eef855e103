"""The sheets on one run."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sim.results import catalog
from sim.results.described import described
from sim.results.report import answer_lines, effect_parts, run_parts, wording
from sim.results.report.fact_parts import Run
from sim.results.report.lookup import ALL, Reading
from sim.results.workbook.book import Book, Column, Curve, Item, Number, Page, number_format, unit_words
from sim.scenario.metrics import SEEDING
from sim.wording.language import each, later, say

SUMMARY, INDICATORS, DAILY, OBJECTIVES, RESPONSE = (
    later("Summary"),
    later("Indicators"),
    later("Daily"),
    later("Objectives"),
    later("Response"),
)
KEY_FIGURES = (
    "reach", "reach_3plus", "average_frequency", "grp", "total_reach", "awareness", "awareness_lift", "consideration",
    "consideration_lift", "adoption", "adoption_lift", "contacts", "earned_contacts", "spend", "cpm",
    "cost_per_reach_point", "cost_per_grp", "cost_per_acquisition", "cost_per_incremental_acquisition", "roi",
    *SEEDING,
)  # fmt: skip
_BY_CHANNEL = ("spend", "impressions_delivered", "reach", "unique_reach", "average_frequency", "grp", "cpm",
               "cost_per_reach_point")  # fmt: skip
_BY_SEGMENT = ("reach", "reach_3plus", "average_frequency", "awareness", "consideration", "adoption")
_DAILY = (
    "reach", "reach_2plus", "reach_3plus", "reach_5plus", "reach_10plus", "total_reach", "average_frequency", "grp",
    "contacts", "owned_contacts", "partner_contacts", "earned_contacts", "awareness", "consideration", "adoption",
    "attitude", "trust",
)  # fmt: skip
_BANDS = ("reach", "awareness", "adoption")
_CHARTS = (
    (later("Reach over the days"), ("reach", "reach_2plus", "reach_3plus", "reach_5plus")),
    (later("Awareness over the days"), ("awareness", "consideration")),
    (later("Adoption over the days"), ("adoption",)),
)
_STATISTICS = {
    "mean": later("Mean"),
    "mean_lo": later("Mean, lower end"),
    "mean_hi": later("Mean, upper end"),
    "median": later("Median"),
    "p2_5": later("2.5 % of worlds below"),
    "p10": later("10 % below"),
    "p90": later("90 % below"),
    "p97_5": later("97.5 % below"),
}


def title_of(metric: str) -> str:
    """Return an indicator in the planner's words; what the catalogue does not know as it is."""
    known = metric.startswith(catalog.OBJECTIVE_PREFIX) or catalog.response_of(metric) is not None
    known = known or catalog.rule_of(metric) is not None
    return described(metric).title if known or metric in catalog.METRICS else metric


def whose(name: str) -> str:
    """Return a segment or channel by its name, and what stands for all of them in words."""
    return say("all") if name == ALL else name


def is_lift(metric: str) -> bool:
    """Tell whether an indicator is a difference to the same worlds without the plan, or without its partners."""
    return metric.endswith(catalog.LIFT_SUFFIX) or metric in SEEDING


def numbers(values: Sequence[float], unit: str, *, is_difference: bool = False) -> list[Number]:
    """Return numbers that are written with the same decimals."""
    like = tuple(float(value) for value in values)
    return [Number(value, unit, like, is_difference) for value in like]


def summary_sheet(book: Book, run: Run, subtitle: str) -> None:
    """Say the outcome in sentences, key figures, channels, segments and charts."""
    page = book.sheet(say(SUMMARY), (34, 14, 27, 14, 14, 22, 14, 14, 16))
    page.title(run.label, subtitle)
    for sentence in answer_lines.run_headline(run):
        page.paragraph(sentence)
    page.gap()
    page.heading(say("Key figures at {day_words}", day_words=run.day_words()))
    words = each("Indicator", "Mean", "Unit", "95 %, from", "95 %, to", "Interval of")
    columns = [Column(word, is_number=word not in each("Indicator", "Unit", "Interval of")) for word in words]
    found = [(metric, run.readings.get(metric)) for metric in KEY_FIGURES]
    page.table(columns, [_key_row(metric, reading) for metric, reading in found if reading])
    page.paragraph(say("Every indicator is explained on the sheet About."), is_quiet=True)
    _split_table(page, run, say("By channel"), say("Channel"), _BY_CHANNEL, axis="channel")
    _split_table(page, run, say("By segment"), say("Segment"), _BY_SEGMENT, axis="segment")
    page.gap()
    page.charts(_charts(book, run))


def _key_row(metric: str, reading: Reading) -> list[Item]:
    lift = is_lift(metric)
    low, high = (reading.mean_lo, reading.mean_hi) if lift else (reading.low, reading.high)
    is_of_worlds = reading.has_spread and not lift
    of = say("worlds") if is_of_worlds else say("the mean") if low == low else say("one world: none")
    if wording.is_same(low, high):
        of = say("same in all worlds")
    values = numbers((reading.mean, low, high), reading.unit, is_difference=lift)
    return [title_of(metric), values[0], unit_words(reading.unit, is_difference=lift), *values[1:], of]


def _split_table(page: Page, run: Run, heading: str, first: str, metrics: Sequence[str], axis: str) -> None:
    split = {m: getattr(run.readings, f"by_{axis}")(m) for m in metrics}
    split = {metric: found for metric, found in split.items() if found}
    names = list(dict.fromkeys(name for found in split.values() for name in found))
    if len(names) < 2:
        return
    page.gap()
    page.heading(say("{heading}, mean over worlds", heading=heading))
    units = {metric: next(iter(found.values())).unit for metric, found in split.items()}
    columns = [Column(first), *(Column(_headed(m, units[m]), is_number=True) for m in split)]
    cells = [
        series([found[n].mean if n in found else math.nan for n in names], units[m])
        for m, found in split.items()
    ]
    page.table(columns, [[name, *(column[index] for column in cells)] for index, name in enumerate(names)])


def _headed(metric: str, unit: str) -> str:
    is_told = unit in ("share", "points") or "contacts per" in unit or unit in wording.COUNTS
    return title_of(metric) if is_told else f"{title_of(metric)}, {unit_words(unit)}"


def _charts(book: Book, run: Run) -> list[Any]:
    columns = daily_columns(run)
    charts = []
    for title, metrics in _CHARTS:
        shown = [m for m in metrics if m in columns]
        curves = [Curve(say(DAILY), columns.index(m) + _n_lead(run), run.days) for m in shown]
        if curves and run.days > 1:
            size = max(_size(run, metric) for metric in shown)
            charts.append(book.line_chart(say(title), curves, "share", size))
    return charts


def _size(run: Run, metric: str) -> float:
    reading = run.readings.get(metric)
    return reading.mean if reading else 0.0


def indicators_sheet(book: Book, run: Run) -> None:
    """Write the whole summary, one row per indicator, segment and channel, in its unit."""
    leads = [
        Column(say("Indicator"), 36),
        Column(say("Name"), 36),
        Column(say("Segment"), 18),
        Column(say("Channel"), 22),
        Column(say("Unit"), 30),
    ]
    columns = [*leads, *(Column(title, 14, is_number=True) for title in each(*_STATISTICS.values()))]
    page = book.sheet(say(INDICATORS), [column.width for column in columns], is_wide=True)
    names = ["metric", "segment", "channel", "unit", *_STATISTICS]
    rows: list[list[Item]] = []
    listed = list(zip(*(run.summary[name].tolist() for name in names), strict=True))
    # What holds for all comes first, then segments, then channels.
    for metric, segment, channel, unit, *values in sorted(
        listed, key=lambda row: (row[2] != ALL, row[1] != ALL)
    ):
        lift = is_lift(metric)
        told = numbers(values, unit, is_difference=lift)
        rows.append(
            [
                title_of(metric),
                metric,
                whose(segment),
                whose(channel),
                unit_words(unit, is_difference=lift),
                *told,
            ]
        )
    page.table(columns, rows, is_data=True)


def daily_columns(run: Run) -> list[str]:
    """Return the indicators that the daily sheet has, in order."""
    told = set(_whole(run.daily)["metric"])
    return [metric for metric in _DAILY if metric in told]


def _whole(daily: pd.DataFrame) -> pd.DataFrame:
    return daily[(daily["segment"] == ALL) & (daily["channel"] == ALL)]


def _n_lead(run: Run) -> int:
    return 2 if run.start else 1


def dates(run: Run) -> list[datetime.date] | None:
    """Return the date of each day, where the plan has a start."""
    first = datetime.date.fromisoformat(run.start) if run.start else None
    return None if first is None else [first + datetime.timedelta(days=d) for d in range(run.days)]


def by_day(run: Run, metric: str, statistic: str = "mean") -> list[float]:
    """Return one number of an indicator for each day."""
    rows = _whole(run.daily)
    rows = rows[rows["metric"] == metric].sort_values("day")
    return [float(value) for value in rows[statistic]]


def daily_sheet(book: Book, run: Run) -> None:
    """Write the main indicators day by day: means, and where 95 % of worlds lie for the chief ones."""
    metrics = daily_columns(run)
    units = {metric: catalog.unit_of(metric, run.currency) for metric in metrics}
    bands = [
        (m, s, words)
        for m in _BANDS
        if m in metrics
        for s, words in (("p2_5", say("from")), ("p97_5", say("to")))
    ]
    bands = [band for band in bands if any(value == value for value in by_day(run, *band[:2]))]
    columns = [Column(say("Day"), 7, is_number=True)]
    columns += [Column(say("Date"), 12, is_number=True)] if run.start else []
    columns += [Column(title_of(metric), 13, is_number=True) for metric in metrics]
    columns += [
        Column(say("{title}, 95 % of worlds {words}", title=title_of(m), words=words), 14, is_number=True)
        for m, _, words in bands
    ]
    page = book.sheet(say(DAILY), [column.width for column in columns], is_wide=True)
    told = [series(by_day(run, metric), units[metric]) for metric in metrics]
    told += [series(by_day(run, metric, statistic), units[metric]) for metric, statistic, _ in bands]
    calendar = dates(run)
    rows: list[list[Item]] = []
    for index in range(run.days):
        lead: list[Item] = [index + 1, *([calendar[index]] if calendar else [])]
        rows.append([*lead, *(values[index] for values in told)])
    page.table(columns, rows, is_data=True)


def series(values: Sequence[float], unit: str) -> list[Number]:
    """Return a column of numbers with the decimals of the largest."""
    size = max((abs(value) for value in values if value == value), default=0.0)
    digits = number_format(unit, [size])
    return [Number(value, unit, digits=digits) for value in values]


def objectives_sheet(book: Book, runs: Sequence[tuple[str, Run]]) -> None:
    """Write each objective: what is to hold, what is expected, and in how many worlds it holds."""
    leads = [Column(say("Plan"), 8)] if len(runs) > 1 else []
    columns = [
        *leads,
        Column(say("Objective"), 26),
        Column(say("What is to hold"), 48),
        Column(say("Expected"), 12, is_number=True),
        Column(say("Unit"), 14),
        Column(say("Worlds that meet it"), 12, is_number=True),
        Column(say("95 %, from"), 10, is_number=True),
        Column(say("95 %, to"), 10, is_number=True),
        Column(say("Asked"), 10, is_number=True),
        Column(say("Verdict"), 24),
    ]
    page = book.sheet(say(OBJECTIVES), [column.width for column in columns], is_wide=True)
    rows: list[list[Item]] = []
    for letter, run in runs:
        for name, aim in run.objectives.items():
            rows.append([*([letter] if leads else []), *_objective_row(run, name, aim)])
    page.table(columns, rows, is_data=True)
    if not rows:
        page.note(say("The plan has no objectives."))


def _objective_row(run: Run, name: str, aim: Mapping[str, Any]) -> list[Item]:
    reading, asked, tone = run_parts.judged(run, name, aim)
    value, unit = _expected(run, aim)
    shares = (reading.mean, reading.mean_lo, reading.mean_hi) if reading else (None, None, None)
    met, low, high = (Number(share, "share") for share in shares)
    verdict = say(run_parts.VERDICTS[tone]) if reading else say("not told")
    words = run_parts.aim_words(run, aim)
    return [
        name,
        words,
        Number(value, unit),
        unit_words(unit),
        met,
        low,
        high,
        Number(asked, "share"),
        verdict,
    ]


def _expected(run: Run, aim: Mapping[str, Any]) -> tuple[float | None, str]:
    """Return the mean over worlds on the day that the objective is for, and its unit."""
    metric, segment, channel = aim["metric"], aim.get("segment", ALL), aim.get("channel", ALL)
    day = aim.get("by_day") or run.days
    if day == run.days:
        found = run.readings.get(metric, segment, channel)
        return (found.mean, found.unit) if found else (None, "")
    daily = run.daily
    rows = daily[(daily["metric"] == metric) & (daily["day"] == day)
                 & (daily["segment"] == segment) & (daily["channel"] == channel)]  # fmt: skip
    return (None, "") if rows.empty else (float(rows["mean"].iloc[0]), str(rows["unit"].iloc[0]))


def response_sheet(book: Book, runs: Sequence[tuple[str, Run]]) -> None:
    """Write the response curve, a row per factor, where one was asked for; a plan alone has charts too."""
    curves = [(letter, run, effect_parts.levels(run)) for letter, run in runs]
    if not any(curve for *_, curve in curves):
        return
    leads = [Column(say("Plan"), 8)] if len(runs) > 1 else []
    columns = [*leads, Column(say("Factor"), 9, is_number=True)]
    for metric in catalog.RESPONSE_METRICS:
        ends = each(", 95 % from", ", 95 % to") if metric != "spend" else ()
        columns += [Column(title_of(metric) + words, 14, is_number=True) for words in ("", *ends)]
    page = book.sheet(say(RESPONSE), [column.width for column in columns], is_wide=True)
    rows: list[list[Item]] = []
    for letter, _, curve in curves:
        rows += [[*([letter] if leads else []), *_level_row(level)] for level in curve]
    page.table(columns, rows, is_data=True)
    page.gap()
    page.note(say("Factor: on {scales}.", scales=say(catalog.RESPONSE_SCALES)))
    page.note(say("95 %: of worlds; of the mean for lifts, and below 39 worlds."))
    if not leads:
        page.charts([_response_chart(book, columns, curves[0][2], m) for m in ("awareness", "adoption_lift")])


def _level_row(level: effect_parts.Level) -> list[Item]:
    row: list[Item] = [Number(level.factor, digits="0.0##")]
    for metric in catalog.RESPONSE_METRICS:
        reading, lift = level.readings.get(metric), is_lift(metric)
        if reading is None:
            row += [None] * (1 if metric == "spend" else 3)
            continue
        ends = (reading.mean_lo, reading.mean_hi) if lift else (reading.low, reading.high)
        values = (reading.mean, *(ends if metric != "spend" else ()))
        row += numbers(values, reading.unit, is_difference=lift)
    return row


def _response_chart(
    book: Book, columns: Sequence[Column], curve: Sequence[effect_parts.Level], metric: str
) -> Any:
    titles = [column.title for column in columns]
    lines = [Curve(say(RESPONSE), titles.index(title_of(metric)), len(curve))]
    size = max((level.readings[metric].mean for level in curve if metric in level.readings), default=0.0)
    return book.line_chart(title_of(metric), lines, "share", size, axis=say("factor"), most=curve[-1].factor)
