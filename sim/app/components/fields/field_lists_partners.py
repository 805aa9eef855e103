"""Fields of people under contract: who they are or how they are chosen, and what is agreed with them."""

from __future__ import annotations

from typing import Any, get_args

from sim.app.components.fields.fields import (
    Entry,
    FieldSpec,
    choice,
    money,
    of_segments,
    one_of,
    per_name,
    text,
)
from sim.scenario.path import Parts
from sim.scenario.plan import ChoiceRule, Level
from sim.scenario.view import View, mapping

OF_CERTIFIED = ("target", "weights", "by_day")
LEVELS: tuple[str, ...] = get_args(Level)


def partners(view: View, entry: Entry) -> list[FieldSpec]:
    """Return the fields of a booking."""
    is_chosen, is_named = entry.get("choose") is not None, entry.get("people") is not None
    plain = {"rule": "top", "by": "audience", "count": 3}
    who: dict[str, dict[Parts, Any]] = {"choose": {("choose",): plain}, "people": {("people",): [0]}}
    found = [
        choice("message", options=view.names("messages")), choice("channel", options=view.names("channels")),
        one_of(("who",), who, "choose" if is_chosen else "people" if is_named else "", section="who"),
    ]  # fmt: skip
    if is_named:
        found.append(FieldSpec(("people",), "list"))
    if is_chosen:
        found += _chosen(view, mapping(dict(entry), "choose"))
    others = [name for name in view.channels if view.kind(name) == "feed" and name != entry.get("channel")]
    return [
        *found,
        text("fee", unit=money(view.tree), section="agreed"),
        FieldSpec(("post_on",), "list"),
        FieldSpec(("also_on",), "many", tuple(others)),
        FieldSpec(("disclosed",), "yes"),
        FieldSpec(("as_peers",), "yes", is_on=False),
    ]


def _chosen(view: View, choose: dict[str, Any]) -> list[FieldSpec]:
    rule = str(choose.get("rule", ""))
    at: Parts = ("choose",)
    kept = {(*at, key): choose.get(key) for key in OF_CERTIFIED}
    begins: dict[str, dict[Parts, Any]] = {
        name: {(*at, "rule"): name} | (kept if name == "certified" else {}) for name in get_args(ChoiceRule)
    }
    begins["top"][*at, "by"] = choose.get("by") or "audience"
    found = [one_of(("choose", "rule"), begins, rule)]
    if rule == "top" or choose.get("by") is not None:
        found.append(text("choose", "by"))
    found += [
        text("choose", "count"),
        text("choose", "budget", unit=money(view.tree)),
        choice("choose", "level", options=LEVELS),
    ]
    if rule == "certified" or any(choose.get(key) is not None for key in OF_CERTIFIED):
        found += [text("choose", "by_day"), *_whom(view, choose)]
    segments = dict.fromkeys([*(view.segment_names or ()), *mapping(choose, "quotas")])
    return [
        *found,
        *per_name(segments, "choose", "quotas", section="quotas"),
        *per_name(LEVELS, "choose", "level_quotas", section="level_quotas"),
        FieldSpec(("choose", "exclude"), "list", section="exclude"),
    ]


def _whom(view: View, choose: dict[str, Any]) -> list[FieldSpec]:
    """Choose whose reach counts: everyone's alike, that of some segments, or each by a weight."""
    target, weights = choose.get("target"), choose.get("weights")
    first = next(iter(view.segment_names or mapping(choose, "weights")), "")
    begins: dict[str, dict[Parts, Any]] = {
        "whom_all": {},
        "whom_target": {("choose", "target"): target or [first]},
        "whom_weights": {("choose", "weights"): weights if isinstance(weights, dict) else {first: 1}},
    }
    if view.table == "from_people" or isinstance(weights, str):
        begins["whom_column"] = {("choose", "weights"): weights if isinstance(weights, str) else "weight"}
    now = "whom_all" if target is None else "whom_target"
    if weights is not None:
        now = "whom_column" if isinstance(weights, str) else "whom_weights"
    found = [one_of(("choose", "whom"), begins, now, section="whom")]
    if target is not None:
        found.append(of_segments(view, "choose", "target"))
    if isinstance(weights, str):
        found.append(text("choose", "weights"))
    elif weights is not None:
        names = dict.fromkeys([*(view.segment_names or ()), *mapping(choose, "weights")])
        found += per_name(names, "choose", "weights")
    return found
