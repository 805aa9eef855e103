"""The parts of a plan that have a form: which fields, of what kind, and how a new entry begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sim.scenario.audience import NEEDS
from sim.scenario.media import Format, Kind, Medium
from sim.scenario.metrics import METRICS
from sim.scenario.path import Parts, get, has
from sim.scenario.view import View, mapping

Ways = Literal["text", "list", "choice", "many", "yes"]
SHAPES = ("even", "front", "back")
LEVELS = ("nano", "micro", "macro", "mega")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Say how one value is shown and typed.

    Parameters
    ----------
    path : tuple of str         relative to its entry
    kind : str                  text (also numbers), list, choice, many (of a list) or yes
    options : tuple of str      what can be chosen
    unit : str                  shown behind the field
    label : str                 a name of the planner's own, in place of a wording
    """

    path: tuple[str, ...]
    kind: Ways = "text"
    options: tuple[str, ...] = ()
    unit: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Say where the entries of a kind stand, and which of their fields a table shows."""

    name: str
    at: tuple[str, ...]
    columns: tuple[str, ...]


GROUPS = {
    group.name: group
    for group in (
        Group("flights", ("plan", "flights"), ("message", "channel", "days", "bought", "cap")),
        Group("partners", ("plan", "partners"), ("message", "channel", "choose", "fee", "post_on")),
        Group("messages", ("messages",), ("appeals", "quality", "format", "after")),
        Group("channels", ("channels",), ("kind", "medium", "cpm", "brand_followers")),
        Group("objectives", ("objectives",), ("metric", "segment", "bound", "by_day", "probability")),
        Group("segments", ("audience", "segments"), ("share", "trust", "aware", "attitude")),
    )
}


def entries(tree: Mapping[str, Any] | None, group: Group) -> dict[str, Any]:
    """Return the entries of a group that are mappings, by name."""
    return {name: part for name, part in mapping(tree or {}, *group.at).items() if isinstance(part, dict)}


def value_at(tree: Mapping[str, Any] | None, path: Parts) -> Any:
    """Return what stands at an address, or None."""
    return get(tree, path) if tree is not None and has(tree, path) else None


def fields_of(group: str, tree: dict[str, Any]) -> list[FieldSpec]:
    """Return the fields of an entry, with what the plan at hand offers to choose from."""
    view = View.of(tree)
    messages, channels = tuple(view.names("messages")), tuple(view.names("channels"))
    segments = tuple(view.segment_names or ())
    text, choice = FieldSpec, lambda *path, options: FieldSpec(path, "choice", options)
    money = str(tree.get("currency", "USD"))
    if group == "flights":
        return [
            choice("message", options=messages), choice("channel", options=channels),
            FieldSpec(("to",), "many" if segments else "list", segments), text(("days",)),
            text(("budget",), unit=money), text(("impressions",)), text(("grp",)), text(("insertions",)),
            FieldSpec(("posts",), "list"), choice("shape", options=SHAPES),
            text(("cap", "times")), text(("cap", "per_days")),
        ]  # fmt: skip
    if group == "partners":
        return [
            choice("message", options=messages), choice("channel", options=channels),
            text(("choose", "by")), text(("choose", "count")), choice("choose", "level", options=LEVELS),
            FieldSpec(("people",), "list"), text(("fee",), unit=money), FieldSpec(("post_on",), "list"),
            FieldSpec(("disclosed",), "yes"),
        ]  # fmt: skip
    if group == "messages":
        needs = [FieldSpec(("appeals", need), label="" if need in NEEDS else need) for need in view.needs]
        return [
            *needs,
            text(("quality",)),
            choice("format", options=get_args(Format)),
            choice("after", options=messages),
        ]
    if group == "channels":
        return [
            choice("kind", options=get_args(Kind)), choice("medium", options=get_args(Medium)),
            text(("cpm",), unit=money), text(("usage_shape",)), text(("attention",)), text(("brand_followers",)),
        ]  # fmt: skip
    if group == "objectives":
        return [
            choice("metric", options=tuple(METRICS)), choice("segment", options=("all", *segments)),
            choice("channel", options=("all", *channels)), text(("by_day",)), text(("at_least",)),
            text(("at_most",)), text(("probability",)),
        ]  # fmt: skip
    if group == "segments":
        uses = [
            FieldSpec(("usage", channel, key), label=f"{channel}: ", unit=key)
            for channel in channels for key in ("users", "visits_per_day")
        ]  # fmt: skip
        needs = [FieldSpec(("motivations", need), label="" if need in NEEDS else need) for need in view.needs]
        return [text(("share",)), text(("trust",)), text(("aware",)), text(("attitude",)), *needs, *uses]
    raise KeyError(group)


def settings_fields(tree: dict[str, Any]) -> list[FieldSpec]:
    """Return the fields of the plan as a whole."""
    return [
        FieldSpec(("name",)), FieldSpec(("start",)), FieldSpec(("days",)), FieldSpec(("replications",)),
        FieldSpec(("master_seed",)), FieldSpec(("currency",)),
        FieldSpec(("value_per_adoption",), unit=str(tree.get("currency", "USD"))),
        FieldSpec(("audience", "people")), FieldSpec(("audience", "agents")),
    ]  # fmt: skip


def new_entry(group: str, tree: dict[str, Any]) -> dict[str, Any]:
    """Return a plain entry to start from, of names the plan has."""
    view = View.of(tree)
    message = next(iter(view.names("messages")), "")
    kinds = {name: view.kind(name) for name in view.channels}
    paid = next((name for name, kind in kinds.items() if kind != "owned"), "")
    feed = next((name for name, kind in kinds.items() if kind == "feed"), paid)
    last = view.n_days or 1
    plain: dict[str, dict[str, Any]] = {
        "flights": {"message": message, "channel": paid, "days": f"1-{min(14, last)}", "budget": 10_000},
        "partners": {
            "message": message, "channel": feed, "choose": {"rule": "top", "by": "audience", "count": 3},
            "fee": 1_000, "post_on": [min(7, last)],
        },
        "messages": {"appeals": {view.needs[0] if view.needs else "information": 0.5}, "quality": 0.5},
        "channels": {"kind": "broadcast", "medium": "video"},
        "objectives": {"metric": "reach", "at_least": 0.5},
        "segments": {"share": 0},
    }  # fmt: skip
    return plain[group]


def free_name(taken: Mapping[str, Any], stem: str) -> str:
    """Return a name that is not taken: flight_1, flight_2 …"""
    n = 1
    while f"{stem}_{n}" in taken:
        n += 1
    return f"{stem}_{n}"
