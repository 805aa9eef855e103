"""Faults between the plan and what it refers to."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

from sim.scenario import rules
from sim.scenario.findings import Finding, shown, unknown
from sim.scenario.metrics import ALL, METRICS, NEEDS_LISTENING, NEEDS_PARTNERS, NEEDS_VALUE
from sim.scenario.parameters import table
from sim.scenario.path import Parts
from sim.scenario.span import read_span
from sim.scenario.view import Raw, View, mapping, name_of, names_in, parts_of

CURVE = "curve"
_BOUGHT = ("budget", "impressions", "grp", "insertions")


def calendar(view: View) -> Iterator[Finding]:
    """Yield days outside the run, and a run past the last year of the calendar."""
    if view.n_days is None:
        return
    start = view.tree.get("start")
    if isinstance(start, datetime.date) and start.toordinal() + view.n_days > datetime.date.max.toordinal():
        yield Finding(("start",), shown(start), "want a run that ends before the year 10000")
    for path, day in _days(view):
        if day > view.n_days:
            yield Finding(path, f"day {day}", f"want a day of the run, 1 to {view.n_days}")


def _days(view: View) -> Iterator[tuple[Parts, int]]:
    for name, flight in view.flights.items():
        span = _span(flight.get("days"))
        if span:
            yield ("plan", "flights", name, "days"), span[1]
        yield from _listed_days(flight.get("posts"), ("plan", "flights", name, "posts"))
    for name, partner in view.partners.items():
        yield from _listed_days(partner.get("post_on"), ("plan", "partners", name, "post_on"))
        if type(by_day := mapping(partner, "choose").get("by_day")) is int:
            yield ("plan", "partners", name, "choose", "by_day"), by_day
    for name, rule in parts_of(view.tree, "plan", "rules").items():
        span = _span(rule.get("days"))
        if span:
            yield ("plan", "rules", name, "days"), span[1]
    for name, objective in view.objectives.items():
        if type(objective.get("by_day")) is int:
            yield ("objectives", name, "by_day"), objective["by_day"]


def _span(raw: object) -> tuple[int, int] | None:
    """Return first and last day, None where there are none or they cannot be read."""
    try:
        span = read_span(raw)
    except ValueError:
        return None
    return span if isinstance(span, tuple) else None


def _listed_days(raw: object, path: Parts) -> Iterator[tuple[Parts, int]]:
    if isinstance(raw, list):
        yield from (((*path, index), day) for index, day in enumerate(raw) if type(day) is int)


def _known(part: Raw, key: str, path: Parts, kind: str, names: list[str]) -> Iterator[Finding]:
    name = name_of(part.get(key))
    if name is not None and name not in names:
        yield unknown((*path, key), name, kind, names)


def flights(view: View) -> Iterator[Finding]:
    """Yield what is wrong with flights: names, buying, channels that cannot carry them or are not used."""
    for name, flight in view.flights.items():
        path = ("plan", "flights", name)
        yield from (finding.under(*path) for finding in rules.flight(flight))
        yield from _known(flight, "message", path, "message", view.names("messages"))
        yield from _known(flight, "channel", path, "channel", view.names("channels"))
        if view.segment_names is not None:
            for index, segment in names_in(flight.get("to")):
                if segment not in view.segment_names:
                    yield unknown((*path, "to", index), segment, "segment", view.segment_names)
        channel = name_of(flight.get("channel"))
        yield from _told_apart(view, flight, channel, path)
        if not rules.ways_of(flight) and flight.get("days") is not None:
            found = rules.standing(flight) if view.kind(channel or "") == "owned" else [rules.unbought()]
            yield from (finding.under(*path) for finding in found)
        if channel in view.channels:
            yield from _carried(view, flight, channel, path)
            yield from _at_hours(view, flight, channel, path)
            yield from _priced(view, flight, channel, path)


def _carried(view: View, flight: Raw, channel: str, path: Parts) -> Iterator[Finding]:
    kind = view.kind(channel)
    posts = flight.get("posts") is not None
    for way in _BOUGHT:
        if kind == "owned" and flight.get(way) is not None:
            got = f"{way} on {channel}, an owned channel"
            yield Finding(
                (*path, way),
                got,
                "want `posts: [days]`, or `days` alone: nothing is bought on the brand's own channel",
            )
    if posts and kind == "broadcast":
        got = f"posts on {channel}, a broadcast channel"
        yield Finding((*path, "posts"), got, "want budget, impressions, grp or insertions")
    elif posts and not mapping(view.channels, channel).get("brand_followers"):
        got = f"posts on {channel}, where nobody follows the brand"
        wanted = f"want `brand_followers` above 0 in channels.{channel}"
        yield Finding((*path, "posts"), got, wanted)
    to = [name for _, name in names_in(flight.get("to"))] if flight.get("to") is not None else None
    if to is not None and view.segment_names is not None and not set(to) & set(view.segment_names):
        return
    if not view.users(channel, to):
        who = "nobody" if to is None else f"nobody of {', '.join(to)}"
        wanted = f"want `usage: {{{channel}: {{users, visits_per_day}}}}` for a segment that it is sent to"
        yield Finding((*path, "channel"), f"{who} uses {channel}", wanted)


def _told_apart(view: View, flight: Raw, channel: str | None, path: Parts) -> Iterator[Finding]:
    """Yield influence told twice or by nothing, and on a layer that is not there."""
    wanted = flight.get("influence")
    if not isinstance(wanted, dict):
        return
    yield from (finding.under(*path, "influence") for finding in rules.of_influence(wanted))
    layer = name_of(wanted.get("layer"))
    with_ties = [name for name, spec in view.layers.items() if spec.get("generate") != "well_mixed"]
    if layer is not None and layer not in with_ties:
        yield unknown((*path, "influence", "layer"), layer, "layer with ties", with_ties)
    elif wanted.get("layer") is None and channel in view.channels and channel not in with_ties:
        got = f"influence on {channel}, which has no layer of followers"
        yield Finding((*path, "influence"), got, "want `layer`, the channel whose followers count")


def _at_hours(view: View, flight: Raw, channel: str, path: Parts) -> Iterator[Finding]:
    """Yield dayparts that the channel does not have, or that its inventory is not told for."""
    spec = mapping(view.channels, channel)
    names = list(mapping(spec, "dayparts"))
    bought = names_in(flight.get("dayparts"))
    for index, name in bought:
        if name not in names:
            yield unknown((*path, "dayparts", index), name, "daypart", names)
    if bought and spec.get("ad_load") is not None:
        got = f"dayparts on {channel}, whose ad_load is of the whole day"
        yield Finding((*path, "dayparts"), got, "want a channel without `ad_load`, or a flight at all hours")


def _priced(view: View, flight: Raw, channel: str, path: Parts) -> Iterator[Finding]:
    if flight.get("budget") is None or mapping(view.channels, channel).get("cpm") is not None:
        return
    if view.kind(channel) == "owned":
        return
    currency = view.tree.get("currency", "USD")
    known = table("media")["cpm"]
    if channel not in known:
        got = f"a budget on {channel}, whose price is not known"
        yield Finding(
            (*path, "budget"), got, f"want `cpm` in channels.{channel}", "currency per 1000 impressions"
        )
    elif isinstance(currency, str) and re.fullmatch("[A-Z]{3}", currency) and currency != "USD":
        got = f"a budget on {channel}, whose price is known in USD only"
        yield Finding((*path, "budget"), got, f"want `cpm` in channels.{channel}, in {currency}")


def partners(view: View) -> Iterator[Finding]:
    """Yield what is wrong with partner bookings."""
    for name, partner in view.partners.items():
        path = ("plan", "partners", name)
        yield from (finding.under(*path) for finding in rules.partner(partner))
        yield from _chosen(view, partner, path)
        yield from _known(partner, "message", path, "message", view.names("messages"))
        yield from _known(partner, "channel", path, "channel", view.names("channels"))
        channel = name_of(partner.get("channel"))
        yield from _has_followers(view, channel, (*path, "channel"))
        further = names_in(partner.get("also_on"))
        for index, other in further:
            at = (*path, "also_on", index)
            if other not in view.names("channels"):
                yield unknown(at, other, "channel", view.names("channels"))
            elif other == channel or other in [name for _, name in further[:index]]:
                yield Finding(at, f"{other} twice", "want each channel once")
            yield from _has_followers(view, other, at)
        if view.table != "from_people":
            yield from _without_people_file(view, partner, path)


def _has_followers(view: View, channel: str | None, path: Parts) -> Iterator[Finding]:
    """Yield a channel on which nobody has followers."""
    if channel in view.channels and view.kind(channel) not in ("feed", None):
        got = f"{channel} is a {view.kind(channel)} channel"
        yield Finding(path, got, "want a feed channel: partners post to their followers")
    elif channel in view.channels and channel not in view.names("network"):
        wanted = f"want `{channel}: {{generate: power_law}}` or an edge file in network"
        yield Finding(path, f"{channel} has no layer of followers", wanted)


def _chosen(view: View, partner: Raw, path: Parts) -> Iterator[Finding]:
    """Yield what is wrong with a choice: keys, segments, a day before the first post, a price in another currency."""
    choose = mapping(partner, "choose")
    here = (*path, "choose")
    if choose:
        yield from (finding.under(*here) for finding in rules.choose(choose))
    if view.segment_names is not None:
        asked: list[tuple[Parts, str]] = [
            (("target", index), name) for index, name in names_in(choose.get("target"))
        ]
        asked += [(("quotas", name), name) for name in mapping(choose, "quotas")]
        asked += [(("weights", name), name) for name in mapping(choose, "weights")]
        for at, name in asked:
            if name not in view.segment_names:
                yield unknown((*here, *at), name, "segment", view.segment_names)
    days = [day for day in partner.get("post_on") or [] if type(day) is int] if choose else []
    by_day = choose.get("by_day")
    if type(by_day) is int and days and by_day < min(days):
        wanted = f"want the day of the first post, {min(days)}, or a later one"
        yield Finding((*here, "by_day"), f"day {by_day}", wanted)
    if partner.get("fee") == CURVE and view.tree.get("currency", "USD") != "USD":
        wanted = "want a number or a column: the curve is known in USD only"
        yield Finding((*path, "fee"), f"curve in {shown(view.tree['currency'])}", wanted)


def _without_people_file(view: View, partner: Raw, path: Parts) -> Iterator[Finding]:
    by = mapping(partner, "choose").get("by")
    if isinstance(by, str) and by not in ("audience", "influence"):
        wanted = "want `by: audience` or `by: influence`"
        yield Finding((*path, "choose", "by"), f"{by!r} is no column: there is no people file", wanted)
    if isinstance(weights := mapping(partner, "choose").get("weights"), str):
        got = f"{shown(weights)} is no column: there is no people file"
        yield Finding(
            (*path, "choose", "weights"), got, "want a number for each segment: {students: 2, families: 1}"
        )
    if isinstance(partner.get("fee"), str) and partner["fee"] != CURVE:
        got = f"{shown(partner['fee'])} is no column: there is no people file"
        yield Finding((*path, "fee"), got, "want a number (money per post) or `curve`")
    n_agents = mapping(view.tree, "audience").get("agents")
    if any("edges" in layer for layer in view.layers.values()) or type(n_agents) is not int:
        return
    lists: dict[Parts, Any] = {
        ("people",): partner.get("people"),
        ("choose", "exclude"): mapping(partner, "choose").get("exclude"),
    }
    for at, people in lists.items():
        for index, person in enumerate(people if isinstance(people, list) else ()):
            row = int(person) if isinstance(person, str) and person.isdecimal() else person
            if isinstance(row, str) or (type(row) is int and not 0 <= row < n_agents):
                wanted = f"want a row number from 0 to {n_agents - 1}: no file names people"
                yield Finding((*path, *at, index), shown(person), wanted)


def objectives(view: View) -> Iterator[Finding]:
    """Yield objectives that no result can answer."""
    for name, objective in view.objectives.items():
        path = ("objectives", name)
        yield from (finding.under(*path) for finding in rules.objective(objective))
        yield from measured(view, objective, path)


def measured(view: View, part: Raw, path: tuple[str, ...]) -> Iterator[Finding]:
    """Yield what no result can answer of a part with metric, segment and channel."""
    yield from _known(part, "metric", path, "metric", list(METRICS))
    yield from _known(part, "channel", path, "channel", [ALL, *view.names("channels")])
    if view.segment_names is not None:
        yield from _known(part, "segment", path, "segment", [ALL, *view.segment_names])
    if part.get("metric") in NEEDS_VALUE and view.tree.get("value_per_adoption") is None:
        wanted = "want `value_per_adoption` in the scenario"
        yield Finding((*path, "metric"), f"{part['metric']} without a value", wanted)
    if part.get("metric") in NEEDS_LISTENING and not view.listens:
        yield Finding((*path, "metric"), f"{part['metric']} without listening", "want `plan.listening`")
    if part.get("metric") in NEEDS_PARTNERS and not view.partners:
        yield Finding((*path, "metric"), f"{part['metric']} without partners", "want `plan.partners`")


def response(view: View) -> Iterator[Finding]:
    """Yield factors of the response curve that are not in rising order."""
    yield from rules.response(view.tree)
