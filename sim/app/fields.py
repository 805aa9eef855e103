"""The parts of a plan that have a form: where they stand, what a field is, and how a new entry begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sim.scenario.path import Parts, get, has
from sim.scenario.view import View, mapping

Ways = Literal["text", "list", "choice", "many", "yes", "part", "way"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Say how one value is shown and typed.

    Parameters
    ----------
    path : tuple of str         relative to its entry
    kind : str                  text (also numbers), list, choice, many (of a list), yes, part or way
    options : tuple of str      what can be chosen
    unit : str                  shown behind the field
    label : str                 a name of the planner's own, in place of a wording
    section : str               heading that begins here
    is_on : bool                what holds for yes where nothing is said
    now : str                   for way: the option that holds
    begins : dict               for way: option → values to set when it is chosen, by path relative to the entry

    Notes
    -----
    A part is a mapping that can be there or not. A way is one of several keys, each of which excludes the others.
    """

    path: tuple[str, ...]
    kind: Ways = "text"
    options: tuple[str, ...] = ()
    unit: str = ""
    label: str = ""
    section: str = ""
    is_on: bool = True
    now: str = ""
    begins: Mapping[str, Mapping[Parts, Any]] = field(default_factory=dict)


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
        Group("rules", ("plan", "rules"), ("when", "then", "once", "days")),
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
        "segments": {"trust": 0.5} if view.table else {"share": 0},
        "rules": {
            "when": {"metric": "awareness", "above": 0.5, "for_days": 1},
            "then": {"pause": next(iter(view.flights), "")},
        },
    }  # fmt: skip
    return plain[group]


def free_name(taken: Mapping[str, Any], stem: str) -> str:
    """Return a name that is not taken: flight_1, flight_2 …"""
    n = 1
    while f"{stem}_{n}" in taken:
        n += 1
    return f"{stem}_{n}"
