"""Which fields a part of a plan has, with what the plan at hand offers to choose from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from sim.app.components.fields.field_lists_audience import needs, segment
from sim.app.components.fields.field_lists_media import channel
from sim.app.components.fields.field_lists_partners import partners
from sim.app.components.fields.fields import Entry, FieldSpec, choice, money, of_segments, one_of, short, text
from sim.scenario.listening import Listening
from sim.scenario.media import Format
from sim.scenario.metrics import EVENING, METRICS
from sim.scenario.path import Parts
from sim.scenario.plan import Level
from sim.scenario.rules import ACTIONS, BOUGHT_BY
from sim.scenario.view import View, mapping

SHAPES = ("even", "front", "back")
STANDS = "stands"
BUYS = tuple(way for way in BOUGHT_BY if way != "posts")


def fields_of(group: str, tree: dict[str, Any], entry: Entry) -> list[FieldSpec]:
    """Return the fields of an entry as it stands: what does not go with its choices is left away, unless given."""
    return _FIELDS[group](View.of(tree), entry)


def settings_fields(tree: dict[str, Any]) -> list[FieldSpec]:
    """Return the fields of the plan as a whole."""
    return [
        FieldSpec(("name",)), FieldSpec(("start",)), FieldSpec(("days",)), FieldSpec(("replications",)),
        FieldSpec(("publics",)), FieldSpec(("master_seed",)), FieldSpec(("currency",)),
        FieldSpec(("value_per_adoption",), unit=money(tree)), FieldSpec(("response",), "list"),
        FieldSpec(("audience", "people")), FieldSpec(("audience", "agents")), FieldSpec(("audience", "needs"), "list"),
    ]  # fmt: skip


def listening_fields(tree: dict[str, Any]) -> list[FieldSpec]:
    """Return the fields of what the brand hears and how it answers; where it does not listen, the switch alone."""
    at = ("plan", "listening")
    switch = FieldSpec(at, "part", is_on=False)
    given = mapping(tree, *at)
    if mapping(tree, "plan").get("listening") is None:
        return [switch]
    replies = get_args(Listening.model_fields["reply"].annotation)
    numbers = ["capacity_per_day", "cost_per_reply", "within_days", "recovery"]
    if given.get("reply") not in ("none", "private", None):
        numbers.append("public_reply_factor")
    if given.get("reply") == "several_public":
        numbers.append("several")
    units = {"cost_per_reply": money(tree)}
    found = [
        switch,
        FieldSpec((*at, "cover"), section="listening_hear"),
        FieldSpec((*at, "complaint_below")),
        FieldSpec((*at, "reply"), "choice", replies, section="listening_reply"),
        *(FieldSpec((*at, key), unit=units.get(key, "")) for key in numbers),
        FieldSpec((*at, "learning"), "part", section="listening_learn", is_on=False),
    ]
    if given.get("learning") is not None:
        found += [FieldSpec((*at, "learning", key)) for key in ("every_days", "step")]
    return found


def _flight(view: View, entry: Entry) -> list[FieldSpec]:
    ways = [way for way in BOUGHT_BY if entry.get(way) is not None]
    stands = not ways and view.kind(str(entry.get("channel"))) == "owned"
    found = [
        choice("message", options=view.names("messages")), choice("channel", options=view.names("channels")),
        of_segments(view, "to"), _bought(view, entry, ways, stands),
        *(_BOUGHT[way](view) for way in ways),
    ]  # fmt: skip
    if "insertions" in ways or entry.get("insertion_reach") is not None:
        found += [text("insertion_reach", "first"), text("insertion_reach", "second")]
    if ways != ["posts"] or entry.get("days") is not None:
        found.append(text("days"))
    if (ways != ["posts"] and not stands) or entry.get("shape") is not None:
        found.append(choice("shape", options=SHAPES))
    if entry.get("cap") is not None or not (stands or set(ways) & {"posts", "insertions"}):
        found += [text("cap", "times", section="cap"), text("cap", "per_days")]
    dayparts = tuple(mapping(view.channels, str(entry.get("channel")), "dayparts"))
    if dayparts or entry.get("dayparts") is not None:
        found.append(FieldSpec(("dayparts",), "many", dayparts))
    layers = [name for name in view.channels if view.kind(name) == "feed"] + ["offline"]
    return [
        *found,
        FieldSpec(("influence", "levels"), "many", get_args(Level), section="influence"),
        text("influence", "top"),
        choice("influence", "layer", options=layers),
    ]


_BOUGHT: dict[str, Callable[[View], FieldSpec]] = {
    "budget": lambda view: text("budget", unit=money(view.tree)),
    "impressions": lambda view: text("impressions"),
    "grp": lambda view: text("grp"),
    "insertions": lambda view: text("insertions"),
    "posts": lambda view: FieldSpec(("posts",), "list"),
}


def _bought(view: View, entry: Entry, ways: list[str], stands: bool) -> FieldSpec:
    """Choose how a flight is bought; days, cap and shape stay where they go with it."""
    last = view.n_days or 1
    days: dict[Parts, Any] = {("days",): entry.get("days") or f"1-{min(14, last)}"}
    shaped = days | {("shape",): entry.get("shape"), ("cap",): entry.get("cap")}
    begins: dict[str, dict[Parts, Any]] = {
        "budget": {("budget",): 10_000, **shaped},
        "impressions": {("impressions",): 1_000_000, **shaped},
        "grp": {("grp",): 100, **shaped},
        "insertions": {
            ("insertions",): 2,
            ("insertion_reach",): {"first": 0.2, "second": 0.3},
            **days,
            ("shape",): entry.get("shape"),
        },
        "posts": {("posts",): [1]},
        STANDS: days,
    }
    kind = view.kind(str(entry.get("channel")))
    offered = ("posts", STANDS) if kind == "owned" else BUYS if kind == "broadcast" else BOUGHT_BY
    now = ways[0] if ways else STANDS if stands else ""
    kept = {way: values for way, values in begins.items() if way in offered or way in (*ways, now)}
    return one_of(("bought",), kept, now, section="bought")


def _message(view: View, entry: Entry) -> list[FieldSpec]:
    return [
        *needs(view, "appeals"),
        text("quality", section="made"),
        text("valence"),
        choice("format", options=get_args(Format)),
        choice("after", options=view.names("messages")),
    ]


def _bounds(entry: Entry, at: Parts, keys: tuple[str, str], start: float) -> list[FieldSpec]:
    """Choose which side a number is bounded on, and type the bound."""
    part = mapping(dict(entry), *map(str, at))
    given = [key for key in keys if part.get(key) is not None]
    begins: dict[str, dict[Parts, Any]] = {
        key: {(*at, key): part.get(given[0]) if given else start} for key in keys
    }
    place = (*map(str, at), "bound")
    return [one_of(place, begins, given[0] if given else ""), *(text(*place[:-1], key) for key in given)]


def _objective(view: View, entry: Entry) -> list[FieldSpec]:
    return [
        choice("metric", options=METRICS),
        choice("segment", options=("all", *(view.segment_names or ()))),
        choice("channel", options=("all", *view.names("channels"))),
        *_bounds(entry, (), ("at_least", "at_most"), 0.5),
        text("by_day"), text("probability"),
    ]  # fmt: skip


def _rule(view: View, entry: Entry) -> list[FieldSpec]:
    return [
        choice("when", "metric", options=EVENING, section="when"),
        choice("when", "segment", options=("all", *(view.segment_names or ()))),
        choice("when", "channel", options=("all", *view.names("channels"))),
        *_bounds(entry, ("when",), ("below", "above"), 0.5),
        text("when", "for_days"),
        *_action(view, mapping(dict(entry), "then")),
        FieldSpec(("once",), "yes", section="looks"),
        text("days"),
    ]


def _action(view: View, then: Entry) -> list[FieldSpec]:
    flights, messages = list(view.flights), view.names("messages")
    first, second = [*flights, "", ""][:2]
    begins: dict[str, dict[Parts, Any]] = {
        "pause": {("then", "pause"): first},
        "resume": {("then", "resume"): first},
        "shift_budget": {("then", "shift_budget"): {"from": first, "to": second or first, "share": 0.5}},
        "swap_message": {
            ("then", "swap_message"): {"flight": first, "message": messages[-1] if messages else ""}
        },
    }
    given = [action for action in ACTIONS if then.get(action) is not None]
    found = [one_of(("then", "action"), begins, given[0] if given else "", section="then")]
    for action in given:
        if action == "shift_budget":
            found += [choice("then", action, key, options=flights) for key in ("from", "to")]
            found.append(text("then", action, "share"))
        elif action == "swap_message":
            found.append(choice("then", action, "flight", options=flights))
            found.append(choice("then", action, "message", options=messages))
        else:
            found.append(choice("then", action, options=flights))
    return found


def _alternative(view: View, entry: Entry) -> list[FieldSpec]:
    return [
        FieldSpec((address,), "list" if isinstance(value, list) else "text", label=short(address))
        for address, value in entry.items()
        if not isinstance(value, dict)
    ]


_FIELDS: dict[str, Callable[[View, Entry], list[FieldSpec]]] = {
    "flights": _flight, "partners": partners, "messages": _message, "channels": channel, "rules": _rule,
    "objectives": _objective, "segments": segment, "alternatives": _alternative,
}  # fmt: skip
