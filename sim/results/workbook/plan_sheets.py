"""The sheets on the plan and where its numbers come from."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.results import catalog
from sim.results.described import described
from sim.results.report.fact_parts import Run, reading_lines
from sim.results.workbook.book import Book, Column, Item, Number, told_columns, unit_words
from sim.scenario.rules import BOUGHT_BY
from sim.scenario.span import read_span
from sim.wording.language import later, say

FLIGHTS, PARTNERS, ABOUT = later("Flights"), later("Partners"), later("About")
_MOST_PEOPLE = 200
Lettered = Sequence[tuple[str, Run]]
_FLIGHT_COLUMNS = (
    Column("Flight", 22), Column("Message", 18), Column("Channel", 16), Column("Segments", 26),
    Column("First day", 11, is_number=True), Column("Last day", 11, is_number=True),
    Column("First date", 12, is_number=True), Column("Last date", 12, is_number=True),
    Column("Bought by", 13), Column("Amount", 13, is_number=True), Column("Shape", 9), Column("Cap", 16),
    Column("Impressions bought", 14, is_number=True), Column("Deliverable", 14, is_number=True),
    Column("Undelivered", 13, is_number=True), Column("Undelivered share", 12, is_number=True),
    Column("Speed-up", 10, is_number=True), Column("Spend", 14, is_number=True),
    Column("Cost per 1000", 16, is_number=True),
)  # fmt: skip
_PARTNER_COLUMNS = (
    Column("Booking", 20), Column("Message", 18), Column("Channel", 16), Column("People", 9, is_number=True),
    Column("Post on days", 18), Column("Posts", 9, is_number=True), Column("Followers in all", 18, is_number=True),
    Column("Fees", 14, is_number=True), Column("Disclosed", 10), Column("Who", 40),
)  # fmt: skip


def flights_sheet(book: Book, runs: Lettered) -> None:
    """Write what each flight is, what it buys and what of it can be delivered."""
    columns = [*_plan_column(runs), *told_columns(_FLIGHT_COLUMNS)]
    rows: list[list[Item]] = []
    for letter, run in runs:
        facts = {fact["flight"]: fact for fact in run.flights}
        lead: list[Item] = [letter] if len(runs) > 1 else []
        for name, flight in run.plan_flights.items():
            rows.append([*lead, *_flight_row(run, name, flight, facts.get(name, {}))])
    page = book.sheet(say(FLIGHTS), [column.width for column in columns], is_wide=True)
    page.table(columns, rows, is_data=True)
    page.gap()
    page.note(say("Deliverable: expected under caps and inventory. Speed-up: how much faster a flight runs "
"to make good what its cap loses; 1 means not at all."))  # fmt: skip


def _plan_column(runs: Lettered) -> list[Column]:
    return [Column(say("Plan"), 8)] if len(runs) > 1 else []


def _flight_row(run: Run, name: str, flight: Mapping[str, Any], fact: Mapping[str, Any]) -> Iterator[Item]:
    yield from (name, str(flight["message"]), str(flight["channel"]))
    to = list(map(str, flight.get("to") or ()))
    yield ", ".join(to) if to and set(to) != set(run.public.get("segments") or ()) else say("all")
    posts: list[int] | None = flight.get("posts")
    first, last = read_span(flight["days"]) if flight.get("days") else (min(posts or [1]), max(posts or [1]))
    yield from (first, last, _date(run, first), _date(run, last))
    way = next((way for way in BOUGHT_BY if flight.get(way) is not None), "")
    yield say("brand posts") if way == "posts" else way
    yield len(posts) if posts else Number(flight.get(way), _unit(way, run.currency))
    yield "" if posts else str(flight.get("shape") or "")
    cap = flight.get("cap")
    yield say("{times} per {per_days} days", times=cap["times"], per_days=cap["per_days"]) if cap else ""
    bought, undelivered = fact.get("bought"), fact.get("undelivered")
    yield from (Number(value, "impressions") for value in (bought, fact.get("deliverable"), undelivered))
    yield Number(undelivered / bought if bought and undelivered is not None else None, "share")
    yield Number(fact.get("speed_up"), digits="0.00")
    yield from (Number(fact.get(key), run.currency) for key in ("spend", "unit_price"))


def _unit(way: str, currency: str) -> str:
    return {"budget": currency, "grp": "points"}.get(way, "impressions")


def _date(run: Run, day: int) -> datetime.date | None:
    return datetime.date.fromisoformat(run.start) + datetime.timedelta(days=day - 1) if run.start else None


def partners_sheet(book: Book, runs: Lettered) -> None:
    """Write who is booked, when they post, how many follow them and what they cost."""
    columns = [*_plan_column(runs), *told_columns(_PARTNER_COLUMNS)]
    rows: list[list[Item]] = []
    for letter, run in runs:
        lead: list[Item] = [letter] if len(runs) > 1 else []
        rows += [[*lead, *_partner_row(run, fact)] for fact in run.provenance.get("partners") or ()]
    page = book.sheet(say(PARTNERS), [column.width for column in columns], is_wide=True)
    page.table(columns, rows, is_data=True)
    if not rows:
        page.note(say("The plan books no partners."))


def _partner_row(run: Run, fact: Mapping[str, Any]) -> Iterator[Item]:
    booking = run.scenario["plan"]["partners"][fact["booking"]]
    people = [str(person) for person in fact["people"]]
    yield from (str(fact["booking"]), str(booking["message"]), str(fact["channel"]), len(people))
    yield ", ".join(map(str, booking["post_on"]))
    yield int(fact["posts"])
    yield Number(float(fact["audience"]), "people")
    yield Number(float(fact["fees"]), run.currency)
    yield say("yes") if booking["disclosed"] else say("no")
    more = say(", … ({people} in all)", people=len(people)) if len(people) > _MOST_PEOPLE else ""
    yield ", ".join(people[:_MOST_PEOPLE]) + more


def about_sheet(book: Book, runs: Lettered, extra: Sequence[str] = ()) -> None:
    """Write where the numbers come from, how to read them, and what each indicator is."""
    page = book.sheet(say(ABOUT), (34, 26, 78, 46, 28))
    page.title(
        say("About these numbers"),
        say("The same scenario, master seed and versions give them again, bit for bit."),
    )
    for letter, run in runs:
        page.heading(f"{letter}: {run.label}" if len(runs) > 1 else run.label)
        page.table((Column(say("What")), Column(say("Value"))), list(_facts(run)), is_spilled=True)
        page.gap()
    page.heading(say("How to read them"))
    for line in (*reading_lines(runs[0][1]), *extra):
        page.paragraph(line)
    page.gap()
    page.heading(say("Every indicator explained"))
    told = {metric for _, run in runs for metric in run.summary["metric"]}
    columns = (
        Column(say("Indicator")),
        Column(say("Unit")),
        Column(say("Definition")),
        Column(say("Channels")),
        Column(say("Source")),
    )
    currency = runs[0][1].currency
    known = [
        *catalog.METRICS,
        *sorted(filter(catalog.response_of, told)),
        *sorted(filter(catalog.rule_of, told)),
    ]
    page.table(columns, [_term(described(name), currency) for name in known if name in told])


def _facts(run: Run) -> Iterator[list[Item]]:
    known = run.provenance
    for title, key in ((say("Scenario hash"), "scenario_hash"), (say("Public hash"), "public_hash"),
                       (say("Master seed"), "master_seed"), (say("Scheme of randomness"), "luck")):  # fmt: skip
        # As text: a spreadsheet rounds whole numbers past fifteen digits.
        yield [title, str(known.get(key, ""))]
    yield [say("Worlds"), run.n_worlds]
    yield [say("Publics drawn"), int(run.scenario.get("publics") or 1)]
    yield [say("People of the market"), Number(run.people, "people")]
    yield [say("Simulated persons"), Number(float(run.public.get("agents") or 0), "people")]
    for name, share in (run.public.get("segments") or {}).items():
        yield [say("Segment {name}", name=name), Number(float(share), "share")]
    for name, version in (known.get("versions") or {}).items():
        yield [say("Version of {name}", name=name), str(version)]


def _term(metric: catalog.Metric, currency: str) -> list[Item]:
    is_difference = metric.name.endswith(catalog.LIFT_SUFFIX)
    unit = unit_words(catalog.unit_of(metric.name, currency), is_difference=is_difference)
    definition = metric.definition[0].upper() + metric.definition[1:]
    return [metric.title, unit, definition, metric.over_channels, metric.source]
