"""Which fields a part of a plan has, with what the plan at hand offers to choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, get_args

from sim.app.fields import FieldSpec
from sim.scenario.audience import NEEDS
from sim.scenario.listening import Listening
from sim.scenario.media import Format, Kind, Medium
from sim.scenario.metrics import EVENING, METRICS
from sim.scenario.path import Parts
from sim.scenario.plan import ChoiceRule, Level
from sim.scenario.rules import ACTIONS, BOUGHT_BY
from sim.scenario.view import View, mapping

SHAPES = ("even", "front", "back")
STANDS = "stands"
BUYS = tuple(way for way in BOUGHT_BY if way != "posts")
OF_CERTIFIED = ("target", "by_day", "quotas")
Entry = Mapping[str, Any]


def fields_of(group: str, tree: dict[str, Any], entry: Entry) -> list[FieldSpec]:
    """Return the fields of an entry as it stands: what does not go with its choices is left away, unless given."""
    return _FIELDS[group](View.of(tree), entry)


def settings_fields(tree: dict[str, Any]) -> list[FieldSpec]:
    """Return the fields of the plan as a whole."""
    return [
        FieldSpec(("name",)), FieldSpec(("start",)), FieldSpec(("days",)), FieldSpec(("replications",)),
        FieldSpec(("publics",)), FieldSpec(("master_seed",)), FieldSpec(("currency",)),
        FieldSpec(("value_per_adoption",), unit=_money(tree)), FieldSpec(("response",), "list"),
        FieldSpec(("audience", "people")), FieldSpec(("audience", "agents")),
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
    money = {"cost_per_reply": _money(tree)}
    found = [
        switch,
        FieldSpec((*at, "cover"), section="listening_hear"),
        FieldSpec((*at, "complaint_below")),
        FieldSpec((*at, "reply"), "choice", replies, section="listening_reply"),
        *(FieldSpec((*at, key), unit=money.get(key, "")) for key in numbers),
        FieldSpec((*at, "learning"), "part", section="listening_learn", is_on=False),
    ]
    if given.get("learning") is not None:
        found += [FieldSpec((*at, "learning", key)) for key in ("every_days", "step")]
    return found


def _money(tree: Entry) -> str:
    return str(tree.get("currency", "USD"))


def _text(*path: str, unit: str = "", section: str = "") -> FieldSpec:
    return FieldSpec(path, unit=unit, section=section)


def _choice(*path: str, options: Any, section: str = "") -> FieldSpec:
    return FieldSpec(path, "choice", tuple(options), section=section)


def _segments(view: View, *path: str) -> FieldSpec:
    """Choose of the segments; where only a file knows them they are typed."""
    names = tuple(view.segment_names or ())
    return FieldSpec(path, "many" if names else "list", names)


def one_of(
    name: tuple[str, ...], begins: Mapping[str, Mapping[Parts, Any]], now: str, section: str = ""
) -> FieldSpec:
    """Choose one of several ways, each of which excludes the keys of the others."""
    keys = {path for values in begins.values() for path in values}
    whole = {option: {path: values.get(path) for path in keys} for option, values in begins.items()}
    return FieldSpec(name, "way", tuple(begins), section=section, now=now, begins=whole)


def _flight(view: View, entry: Entry) -> list[FieldSpec]:
    ways = [way for way in BOUGHT_BY if entry.get(way) is not None]
    stands = not ways and view.kind(str(entry.get("channel"))) == "owned"
    found = [
        _choice("message", options=view.names("messages")), _choice("channel", options=view.names("channels")),
        _segments(view, "to"), _bought(view, entry, ways, stands),
        *(_BOUGHT[way](view) for way in ways),
    ]  # fmt: skip
    if "insertions" in ways or entry.get("insertion_reach") is not None:
        found += [_text("insertion_reach", "first"), _text("insertion_reach", "second")]
    if ways != ["posts"] or entry.get("days") is not None:
        found.append(_text("days"))
    if (ways != ["posts"] and not stands) or entry.get("shape") is not None:
        found.append(_choice("shape", options=SHAPES))
    if entry.get("cap") is not None or not (stands or set(ways) & {"posts", "insertions"}):
        found += [_text("cap", "times", section="cap"), _text("cap", "per_days")]
    dayparts = tuple(mapping(view.channels, str(entry.get("channel")), "dayparts"))
    if dayparts or entry.get("dayparts") is not None:
        found.append(FieldSpec(("dayparts",), "many", dayparts))
    layers = [name for name in view.channels if view.kind(name) == "feed"] + ["offline"]
    return [
        *found,
        FieldSpec(("influence", "levels"), "many", get_args(Level), section="influence"),
        _text("influence", "top"),
        _choice("influence", "layer", options=layers),
    ]


_BOUGHT: dict[str, Callable[[View], FieldSpec]] = {
    "budget": lambda view: _text("budget", unit=_money(view.tree)),
    "impressions": lambda view: _text("impressions"),
    "grp": lambda view: _text("grp"),
    "insertions": lambda view: _text("insertions"),
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


def _partners(view: View, entry: Entry) -> list[FieldSpec]:
    is_chosen, is_named = entry.get("choose") is not None, entry.get("people") is not None
    plain = {"rule": "top", "by": "audience", "count": 3}
    who: dict[str, dict[Parts, Any]] = {"choose": {("choose",): plain}, "people": {("people",): [0]}}
    found = [
        _choice("message", options=view.names("messages")), _choice("channel", options=view.names("channels")),
        one_of(("who",), who, "choose" if is_chosen else "people" if is_named else "", section="who"),
    ]  # fmt: skip
    if is_named:
        found.append(FieldSpec(("people",), "list"))
    if is_chosen:
        found += _chosen(view, mapping(entry, "choose"))
    return [
        *found,
        _text("fee", unit=_money(view.tree), section="agreed"),
        FieldSpec(("post_on",), "list"),
        FieldSpec(("disclosed",), "yes"),
        FieldSpec(("as_peers",), "yes", is_on=False),
    ]


def _chosen(view: View, choose: Entry) -> list[FieldSpec]:
    rule = str(choose.get("rule", ""))
    at: Parts = ("choose",)
    kept = {(*at, key): choose.get(key) for key in OF_CERTIFIED}
    begins: dict[str, dict[Parts, Any]] = {
        name: {(*at, "rule"): name} | (kept if name == "certified" else {}) for name in get_args(ChoiceRule)
    }
    begins["top"][*at, "by"] = choose.get("by") or "audience"
    found = [one_of(("choose", "rule"), begins, rule)]
    if rule == "top" or choose.get("by") is not None:
        found.append(_text("choose", "by"))
    found += [
        _text("choose", "count"),
        _text("choose", "budget", unit=_money(view.tree)),
        _choice("choose", "level", options=get_args(Level)),
    ]
    if rule == "certified" or any(choose.get(key) is not None for key in OF_CERTIFIED):
        found += [_segments(view, "choose", "target"), _text("choose", "by_day")]
        names = view.segment_names or list(mapping(choose, "quotas"))
        quotas = [FieldSpec(("choose", "quotas", name), label=name) for name in names]
        found += [replace(spec, section="" if n else "quotas") for n, spec in enumerate(quotas)]
    return found


def _message(view: View, entry: Entry) -> list[FieldSpec]:
    return [
        *_needs(view, "appeals"),
        _text("quality", section="made"),
        _text("valence"),
        _choice("format", options=get_args(Format)),
        _choice("after", options=view.names("messages")),
    ]


def _needs(view: View, key: str) -> list[FieldSpec]:
    return [
        FieldSpec((key, need), label="" if need in NEEDS else need, section="" if n else key)
        for n, need in enumerate(view.needs)
    ]


def _channel(view: View, entry: Entry) -> list[FieldSpec]:
    money = _money(view.tree)
    found = [
        _choice("kind", options=get_args(Kind)), _choice("medium", options=get_args(Medium)),
        _text("cpm", unit=money), _text("usage_shape"), _text("attention"), _text("impact"), _text("ad_load"),
        _text("brand_followers", section="posts_there"), _text("organic"), _text("visibility"),
    ]  # fmt: skip
    if entry.get("kind") == "feed" or entry.get("ranking") is not None:
        found.append(FieldSpec(("ranking",), "part", is_on=False))
    if entry.get("ranking") is not None:
        found += [_text("ranking", key) for key in ("days", "most", "half_at")]
    return found


def _bounds(entry: Entry, at: Parts, keys: tuple[str, str], start: float) -> list[FieldSpec]:
    """Choose which side a number is bounded on, and type the bound."""
    part = mapping(dict(entry), *map(str, at))
    given = [key for key in keys if part.get(key) is not None]
    begins: dict[str, dict[Parts, Any]] = {
        key: {(*at, key): part.get(given[0]) if given else start} for key in keys
    }
    place = (*map(str, at), "bound")
    return [one_of(place, begins, given[0] if given else ""), *(_text(*place[:-1], key) for key in given)]


def _objective(view: View, entry: Entry) -> list[FieldSpec]:
    return [
        _choice("metric", options=METRICS),
        _choice("segment", options=("all", *(view.segment_names or ()))),
        _choice("channel", options=("all", *view.names("channels"))),
        *_bounds(entry, (), ("at_least", "at_most"), 0.5),
        _text("by_day"), _text("probability"),
    ]  # fmt: skip


def _rule(view: View, entry: Entry) -> list[FieldSpec]:
    return [
        _choice("when", "metric", options=EVENING, section="when"),
        _choice("when", "segment", options=("all", *(view.segment_names or ()))),
        _choice("when", "channel", options=("all", *view.names("channels"))),
        *_bounds(entry, ("when",), ("below", "above"), 0.5),
        _text("when", "for_days"),
        *_action(view, mapping(dict(entry), "then")),
        FieldSpec(("once",), "yes", section="looks"),
        _text("days"),
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
            found += [_choice("then", action, key, options=flights) for key in ("from", "to")]
            found.append(_text("then", action, "share"))
        elif action == "swap_message":
            found.append(_choice("then", action, "flight", options=flights))
            found.append(_choice("then", action, "message", options=messages))
        else:
            found.append(_choice("then", action, options=flights))
    return found


def _segment(view: View, entry: Entry) -> list[FieldSpec]:
    uses = [
        FieldSpec(("usage", channel, key), label=f"{channel}: ", unit=key)
        for channel in view.names("channels") for key in ("users", "visits_per_day")
    ]  # fmt: skip
    uses = [replace(spec, section="" if n else "usage") for n, spec in enumerate(uses)]
    keys = ("trust", "aware", "attitude", "adopters", "availability")
    start = [_text(key) for key in (keys if view.table and entry.get("share") is None else ("share", *keys))]
    return [*start, *_needs(view, "motivations"), *uses]


_FIELDS: dict[str, Callable[[View, Entry], list[FieldSpec]]] = {
    "flights": _flight, "partners": _partners, "messages": _message, "channels": _channel, "rules": _rule,
    "objectives": _objective, "segments": _segment,
}  # fmt: skip
