"""The sections on what each channel did, what people added, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.results.described import described
from sim.results.report import charts, wording
from sim.results.report.fact_parts import Run
from sim.results.report.lookup import ALL, Reading
from sim.results.report.page import Block, Cell, Figure, Section, Table
from sim.scenario.metrics import MOST_GENERATIONS
from sim.wording.language import each, later, say

_SOURCES = (
    ("contacts", later("Paid")),
    ("owned_contacts", later("Owned")),
    ("partner_contacts", later("Partners")),
    ("earned_contacts", later("Earned")),
)
_PARTNER_HEADERS = (
    later("Partners"),
    later("Channel"),
    later("Who"),
    later("Posts"),
    later("Followers"),
    later("Fees"),
)
_CHANNEL_COLUMNS = ("reach", "unique_reach", "average_frequency", "grp", "contacts", "attended_contacts")
_CHANNEL_COSTS = ("spend", "cpm", "cost_per_reach_point", "cost_per_grp")
_COSTS = (
    *_CHANNEL_COSTS,
    "cost_per_acquisition",
    "cost_per_incremental_acquisition",
    "roi",
    "marginal_roi",
)
_SOCIAL = (
    "shares",
    "pass_along_rate",
    "earned_contacts",
    "earned_multiplier",
    "variants",
    "variants_refused",
    "variant_contacts",
    "message_drift",
    "talk_contacts",
    "negative_talk_share",
    "net_sentiment",
    "cascade_size",
    "cascade_depth",
    "structural_virality",
    "r_share",
    "partner_contacts",
    "owned_contacts",
)


def channels_section(run: Run) -> Section | None:
    """Return what each channel does, where channels meet the same people, and what was not delivered."""
    blocks = [
        *_by_channel_table(run, _CHANNEL_COLUMNS, say("What each channel does")),
        *_overlap_figure(run),
        *_contacts_figure(run),
        *_delivery_blocks(run),
    ]
    lead = say("What each channel adds, and what the money did not buy.")
    return Section(say("Channels"), blocks, lead) if blocks else None


def _overlap_figure(run: Run) -> list[Block]:
    read = run.readings
    paid = [name for name, reading in read.by_channel("reach").items() if reading.mean > 0]
    cells = {**read.by_channel("unique_reach"), **read.by_channel("overlap")}
    chart = charts.overlap(cells, paid, run.people) if len(paid) > 1 else None
    caption = say(
        "Each row counts the people met by paid contacts on the channels with a dark dot and on "
        "no other; all rows together are the reach."
    )
    return [Figure(say("Who is met by exactly which channels"), chart, caption)] if chart else []


def _by_channel_table(run: Run, metrics: Sequence[str], title: str) -> list[Block]:
    split = {metric: run.readings.by_channel(metric) for metric in metrics}
    told = [metric for metric in metrics if split[metric]]
    channels = dict.fromkeys(
        name for metric in told for name, reading in split[metric].items() if reading.mean != 0
    )
    if not channels:
        return []
    headers = [say("Channel"), *(described(metric).title for metric in told)]
    rows = [[Cell(name), *(_reading_cell(split[metric].get(name)) for metric in told)] for name in channels]
    whole = [Cell(say("All")), *(_reading_cell(run.readings.get(metric)) for metric in told)]
    return [Table(headers, [*rows, whole] if len(rows) > 1 else rows, title)]


def _reading_cell(reading: Reading | None) -> Cell:
    if reading is None or reading.mean == 0:
        return Cell(wording.NOTHING)
    return Cell(reading.text(is_bare=True), reading.around())


def _contacts_figure(run: Run) -> list[Block]:
    columns = []
    for metric, title in _SOURCES:
        whole = run.readings.get(metric)
        if whole and whole.mean > 0:
            split = run.readings.by_channel(metric)
            columns.append(charts.Column(say(title), {ALL: whole, **split}))
    names = dict.fromkeys(
        name
        for column in columns
        for name, reading in column.readings.items()
        if name != ALL and reading.mean > 0
    )
    rows = [(ALL, say("All channels")), *((name, name) for name in names)]
    chart = charts.bar_columns(
        columns, rows, name="contacts", label=say("Contacts by source and channel"), is_one_scale=False
    )
    caption = say(
        "With people of the market. Each column has its own scale: mind the numbers, not the lengths."
    )
    return [Figure(say("Contacts by source"), chart, caption)] if chart else []


def _delivery_blocks(run: Run) -> list[Block]:
    blocks: list[Block] = []
    chart = charts.delivery(run.flights, run.currency)
    if chart:
        blocks.append(
            Figure(
                say("Impressions and money by flight"),
                chart,
                say("Filled: expected to be delivered. Dashed outline: undelivered, and not paid for."),
            )
        )
    rows = [_flight_row(run, flight) for flight in (*run.flights, *_owned_flights(run))]
    if rows:
        headers = each("Flight", "Message and channel", "Bought", "Undelivered", "Why", "Spend", "Per 1000")
        blocks.append(Table(headers, rows, say("Flights"), n_words=2))
    bookings = run.provenance.get("partners") or ()
    if bookings:
        partners = [_partner_row(run, booking) for booking in bookings]
        blocks.append(Table(each(*_PARTNER_HEADERS), partners, n_words=3))
    return blocks


def _owned_flights(run: Run) -> list[Mapping[str, Any]]:
    bought = {str(flight["flight"]) for flight in run.flights}
    return [
        {"flight": name, **planned}
        for name, planned in run.plan_flights.items()
        if name not in bought and planned.get("posts")
    ]


def _flight_row(run: Run, flight: Mapping[str, Any]) -> list[Cell]:
    bought, lost = float(flight.get("bought") or 0), float(flight.get("undelivered") or 0)
    share = say("{lost} of it", lost=wording.quantity(lost / bought, "share")) if bought and lost > 0 else ""
    planned = run.plan_flights.get(str(flight["flight"])) or {}
    spend, price = flight.get("spend"), flight.get("unit_price")
    return [
        Cell(str(flight["flight"]), _when(planned)),
        Cell(f"{flight.get('message', '')} · {flight['channel']}", _to_whom(run, planned)),
        Cell(wording.quantity(bought, "impressions", is_bare=True) if bought else wording.NOTHING),
        Cell(wording.quantity(lost, "impressions", is_bare=True) if lost > 0 else wording.NOTHING, share),
        Cell(_what_holds(run, flight, planned), _pressed(flight)),
        Cell(wording.quantity(spend, run.currency)),
        Cell(wording.quantity(price, run.currency)),
    ]


def _when(planned: Mapping[str, Any]) -> str:
    if planned.get("posts"):
        return say("posts on days {posts}", posts=wording.raw(planned["posts"]))
    days = planned.get("days")
    return say("days {days}", days=days.replace("-", wording.DASH)) if isinstance(days, str) else ""


def _to_whom(run: Run, planned: Mapping[str, Any]) -> str:
    to = planned.get("to")
    everyone = set(run.public.get("segments") or ())
    return say("to {to}", to=wording.raw(to)) if to and set(to) != everyone else say("to all")


def _what_holds(run: Run, flight: Mapping[str, Any], planned: Mapping[str, Any]) -> str:
    """Return what holds the flight back: its cap, the channel's inventory, or both."""
    cap = planned.get("cap")
    channel = (run.scenario.get("channels") or {}).get(flight["channel"]) or {}
    holds = []
    if cap:
        holds.append(say("cap {times} per {per_days} days", times=cap["times"], per_days=cap["per_days"]))
    if channel.get("ad_load"):
        holds.append(say("inventory {ad_load} per visit", ad_load=wording.number(channel["ad_load"], "g")))
    is_held = float(flight.get("undelivered") or 0) > 0 or bool(_pressed(flight))
    return wording.joined(holds) if holds and is_held else wording.NOTHING


def _pressed(flight: Mapping[str, Any]) -> str:
    speed_up = float(flight.get("speed_up") or 1)
    return (
        say("pressed ×{speed_up} to make it good", speed_up=wording.number(speed_up, ".2f"))
        if speed_up > 1.005
        else ""
    )


def _partner_row(run: Run, booking: Mapping[str, Any]) -> list[Cell]:
    return [
        Cell(str(booking["booking"])),
        Cell(str(booking["channel"])),
        Cell(_who(booking.get("people") or ())),
        Cell(wording.raw(booking.get("posts"))),
        Cell(wording.plain(float(booking.get("audience") or 0), 0)),
        Cell(wording.quantity(booking.get("fees"), run.currency)),
    ]


def _who(people: Sequence[object]) -> str:
    return wording.raw([str(person) for person in people])


def social_section(run: Run) -> Section | None:
    """Return what people did with the messages."""
    found = [reading for name in _SOCIAL if (reading := run.readings.get(name)) and abs(reading.mean) > 0]
    if not found:
        return None
    lead = say("What was passed on and said about it, and what it added to the contacts bought.")
    return Section(say("What people did"), [_defined(found), *_generations(run)], lead)


def _generations(run: Run) -> list[Block]:
    """Return how many further posters each generation makes: whether a message dies out, and how fast."""
    rows, readings = [], {}
    for g in range(1, MOST_GENERATIONS + 1):
        found = run.readings.get(f"r_share_gen{g}")
        if found:
            readings[found.metric] = found
            rows.append(
                (
                    found.metric,
                    say("Roots")
                    if g == 1
                    else say("1 step away")
                    if g == 2
                    else say("{n} steps away", n=g - 1),
                )
            )
    chart = charts.bar_columns(
        [charts.Column(say("Further posters per poster"), readings)], rows,
        name="generations", label=say("Further posters per poster, by steps from the root"), is_one_scale=True,
    )  # fmt: skip
    caption = say(
        "A root is a booked partner, or someone who passed on what the brand said. Below 1 a "
        "message dies out. A generation that some world never came to is not drawn."
    )
    return [Figure(say("From generation to generation"), chart, caption)] if chart else []


def cost_section(run: Run) -> Section | None:
    """Return what it costs, and by channel."""
    found = [reading for name in _COSTS if (reading := run.readings.get(name))]
    if not found:
        return None
    blocks: list[Block] = [_defined(found), *_by_channel_table(run, _CHANNEL_COSTS, say("By channel"))]
    return Section(say("Cost"), blocks, say("What reaching and winning people costs."))


def _defined(readings: Sequence[Reading]) -> Table:
    rows = [
        [
            Cell(described(reading.metric).title),
            Cell(described(reading.metric).definition),
            Cell(reading.text(is_bare=reading.unit not in wording.COUNTS), reading.around()),
        ]
        for reading in readings
    ]
    return Table(each("Indicator", "What it is", "Mean and interval"), rows, n_words=2)
