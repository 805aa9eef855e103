"""The sheets that set plans side by side on the same worlds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.results import catalog
from sim.results.report import comparison_lines, comparison_parts
from sim.results.report.lookup import ALL
from sim.results.report.pairing import Plan
from sim.results.workbook import run_sheets
from sim.results.workbook.book import Book, Column, Curve, Item, Number, told_columns, unit_words
from sim.results.workbook.run_sheets import DAILY, SUMMARY, is_lift, numbers, title_of, whose
from sim.wording.language import each, later, say

DIFFERENCES, CHANGES = later("Differences"), later("What differs")
_CURVES = (("reach", later("Reach over the days")), ("awareness", later("Awareness over the days")),
           ("adoption", later("Adoption over the days")))  # fmt: skip
_COLUMNS = (
    Column("Plan", 7), Column("Against", 8), Column("Indicator", 36), Column("Name", 36), Column("Segment", 18),
    Column("Channel", 22), Column("Unit", 30), Column("Mean of the plan", 14, is_number=True),
    Column("Mean of the other", 14, is_number=True), Column("Difference", 14, is_number=True),
    Column("95 %, from", 14, is_number=True), Column("95 %, to", 14, is_number=True), Column("Clear", 10),
    Column("Chance that the plan is higher", 13, is_number=True),
    Column("Worlds in which it is higher", 13, is_number=True), Column("Worlds", 9, is_number=True),
    Column("Worth of pairing", 11, is_number=True),
)  # fmt: skip


def summary_sheet(book: Book, plans: Sequence[Plan], comparison: pd.DataFrame, subtitle: str) -> None:
    """Say what differs in sentences; key figures of each plan side by side; charts."""
    widths = [34, 27, *[15.0] * max(3 * len(plans), 6)]
    page = book.sheet(say(SUMMARY), widths, is_wide=len(plans) > 2)
    page.title(say("Plans on the same worlds"), subtitle)
    for plan in plans:
        page.paragraph(f"{plan.letter}: {plan.run.label}")
    page.gap()
    for sentence in comparison_lines.headline(plans, comparison):
        page.paragraph(sentence)
    page.gap()
    page.heading(say("Each plan by itself at {day_words}", day_words=plans[0].run.day_words()))
    columns = [Column(say("Indicator")), Column(say("Unit"))]
    for plan in plans:
        columns += [
            Column(f"{plan.letter}{words}", is_number=True) for words in each(", mean", ", from", ", to")
        ]
    page.table(columns, [row for metric in comparison_parts.MAIN if (row := _key_row(plans, metric))])
    few = plans[0].run.n_worlds < 39
    of = say("the 95 % interval of the mean") if few else say("where 95 % of worlds lie")
    page.paragraph(
        say(
            "From and to: {of}. These ranges overlap even where the paired difference is clear (see "
            "{sheet}): a lucky world is lucky for every plan.",
            of=of,
            sheet=say(DIFFERENCES),
        ),
        is_quiet=True,
    )
    page.gap()
    page.charts(_charts(book, plans))


def _key_row(plans: Sequence[Plan], metric: str) -> list[Item]:
    found = [plan.run.readings.get(metric) for plan in plans]
    if not any(found):
        return []
    unit = catalog.unit_of(metric, plans[0].run.currency)
    row: list[Item] = [title_of(metric), unit_words(unit)]
    for reading in found:
        row += numbers((reading.mean, reading.low, reading.high), unit) if reading else [None] * 3
    return row


def _charts(book: Book, plans: Sequence[Plan]) -> list[Any]:
    metrics = daily_columns(plans)
    charts = []
    for metric, title in _CURVES:
        if metric in metrics and plans[0].run.days > 1:
            first = 1 + metrics.index(metric) * len(plans)
            curves = [Curve(say(DAILY), first + k, plans[0].run.days) for k in range(len(plans))]
            size = max(r.mean for plan in plans if (r := plan.run.readings.get(metric)))
            charts.append(book.line_chart(say(title), curves, "share", size))
    return charts


def differences_sheet(book: Book, plans: Sequence[Plan], comparison: pd.DataFrame) -> None:
    """Write every paired difference with its interval and how sure its direction is."""
    letters = {plan.run.label: plan.letter for plan in reversed(plans)}
    page = book.sheet(say(DIFFERENCES), [column.width for column in _COLUMNS], is_wide=True)
    names = ["plan_a", "plan_b", "metric", "segment", "channel", "unit", "mean_a", "mean_b", "difference", "diff_lo",
             "diff_hi", "p_better", "share_of_worlds", "n_worlds", "variance_ratio"]  # fmt: skip
    pairs = list(dict.fromkeys(zip(comparison["plan_a"], comparison["plan_b"], strict=True)))
    listed = list(zip(*(comparison[name].tolist() for name in names), strict=True))
    # What holds for all comes first, then segments, then channels.
    listed.sort(key=lambda row: (pairs.index(row[:2]), row[4] != ALL, row[3] != ALL))
    rows = [
        [letters.get(row[0], row[0]), letters.get(row[1], row[1]), *_difference_row(row[2:])]
        for row in listed
    ]
    page.table(told_columns(_COLUMNS), rows, is_data=True)


def _difference_row(told: Sequence[Any]) -> list[Item]:
    metric, segment, channel, unit, mean_a, mean_b, *values, p_better, share, n_worlds, ratio = told
    # What only the rounding of sums leaves is no difference.
    difference, low, high = (0.0 if abs(v) <= 1e-12 * abs(mean_b) else float(v) for v in values)
    clear = "" if not low <= high else say("yes") if low > 0 or high < 0 else say("no")
    row: list[Item] = [title_of(metric), metric, whose(segment), whose(channel), unit_words(unit)]
    row += numbers((mean_a, mean_b), unit, is_difference=is_lift(metric))
    row += numbers((difference, low, high), unit, is_difference=True)
    row += [clear, *(Number(value, digits="0.0%") for value in (p_better, share)), int(n_worlds)]
    return [*row, Number(ratio, digits="0.0")]


def changes_sheet(book: Book, plans: Sequence[Plan]) -> None:
    """Write each address of the scenario at which the plans differ."""
    columns = [Column(say("Address in the scenario"), 46), *(Column(plan.letter, 30) for plan in plans)]
    page = book.sheet(say(CHANGES), [column.width for column in columns], is_wide=True)
    rows: list[list[Item]] = [[address, *told] for address, told in comparison_parts.changes(plans)]
    page.table(columns, rows, is_data=True)
    page.gap()
    page.note(say("Everything else is the same, and so are people and luck."))


def daily_columns(plans: Sequence[Plan]) -> list[str]:
    """Return the indicators that every plan tells by day."""
    told = [run_sheets.daily_columns(plan.run) for plan in plans]
    return [metric for metric in told[0] if all(metric in other for other in told)]


def daily_sheet(book: Book, plans: Sequence[Plan]) -> None:
    """Write the main indicators day by day, the plans beside each other."""
    metrics = daily_columns(plans)
    titles = [f"{title_of(metric)}, {plan.letter}" for metric in metrics for plan in plans]
    columns = [
        Column(say("Day"), 7, is_number=True),
        *(Column(title, 13, is_number=True) for title in titles),
    ]
    page = book.sheet(say(DAILY), [column.width for column in columns], is_wide=True)
    run = plans[0].run
    series = [
        run_sheets.series(run_sheets.by_day(plan.run, metric), catalog.unit_of(metric, run.currency))
        for metric in metrics
        for plan in plans
    ]
    page.table(
        columns, [[day + 1, *(values[day] for values in series)] for day in range(run.days)], is_data=True
    )


def reading_lines(comparison: pd.DataFrame) -> list[str]:
    """Return how differences are to be read."""
    return [
        *comparison_parts.reading_lines(comparison),
        say("Differences of shares, and lifts, are in percentage points."),
        say(
            "“Clear”: the interval of the difference leaves nought out. “Worth of pairing”: how many "
            "times as many unpaired worlds would be needed for the same interval."
        ),
    ]
