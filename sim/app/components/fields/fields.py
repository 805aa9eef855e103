"""The parts of a plan that have a form: where they stand, what a field is, and how a new entry begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sim.scenario.path import Parts, get, has
from sim.scenario.view import View, mapping, number

Entry = Mapping[str, Any]
Ways = Literal["text", "list", "choice", "many", "yes", "part", "off", "way", "keys", "entry", "add"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Say how one value is shown and typed.

    Parameters
    ----------
    path : tuple of str         relative to its entry
    kind : str                  text (also numbers), list, choice, many (of a list), yes, or one of those below
    options : tuple of str      what can be chosen
    unit : str                  shown behind the field
    label : str                 a name of the planner's own, in place of a wording; before one where it ends in a colon
    word : str                  wording of the field; by its path where it is empty
    section : str               heading that begins here
    is_on : bool                what holds for yes and off where nothing is said
    otherwise : Any             what holds where nothing is said, if the schema alone cannot tell
    start : Any                 for keys and add: what a new entry begins with
    now : str                   for way: the option that holds
    begins : dict               for way: option → values to set when it is chosen, by path relative to the entry

    Notes
    -----
    A part is a mapping that can be there or not; off is one that is there unless null stands in its place. A way is
    one of several keys, each of which excludes the others. Keys are the names in a mapping, of those that can be
    chosen. An entry is one of several of free names, which add makes.
    """

    path: tuple[str, ...]
    kind: Ways = "text"
    options: tuple[str, ...] = ()
    unit: str = ""
    label: str = ""
    word: str = ""
    section: str = ""
    is_on: bool = True
    otherwise: Any = None
    start: Any = None
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
        Group("alternatives", ("alternatives",), ("changes",)),
    )
}


def entries(tree: Mapping[str, Any] | None, group: Group) -> dict[str, Any]:
    """Return the entries of a group that are mappings, by name."""
    return {name: part for name, part in mapping(tree or {}, *group.at).items() if isinstance(part, dict)}


def text(*path: str, unit: str = "", section: str = "", word: str = "", label: str = "") -> FieldSpec:
    """Return a field that is typed."""
    return FieldSpec(path, unit=unit, section=section, word=word, label=label)


def choice(*path: str, options: Iterable[str], section: str = "") -> FieldSpec:
    """Return a field of which one is chosen."""
    return FieldSpec(path, "choice", tuple(options), section=section)


def of_segments(view: View, *path: str) -> FieldSpec:
    """Choose of the segments; where only a file knows them they are typed."""
    names = tuple(view.segment_names or ())
    return FieldSpec(path, "many" if names else "list", names)


def per_name(names: Iterable[str], *path: str, section: str = "") -> list[FieldSpec]:
    """Return a field for each name of a mapping, under one heading."""
    found = [FieldSpec((*path, name), label=name) for name in names]
    return headed(section, found)


def headed(section: str, specs: list[FieldSpec]) -> list[FieldSpec]:
    """Return fields with a heading above the first of them."""
    return [replace(spec, section=spec.section if n else section) for n, spec in enumerate(specs)]


def one_of(
    name: tuple[str, ...], begins: Mapping[str, Mapping[Parts, Any]], now: str, section: str = ""
) -> FieldSpec:
    """Choose one of several ways, each of which excludes the keys of the others."""
    keys = {path for values in begins.values() for path in values}
    whole = {option: {path: values.get(path) for path in keys} for option, values in begins.items()}
    return FieldSpec(name, "way", tuple(begins), section=section, now=now, begins=whole)


def short(address: str) -> str:
    """Return an address without what all addresses of a plan begin with."""
    for start in ("plan.flights.", "plan.partners.", "plan."):
        if address.startswith(start):
            return address.removeprefix(start)
    return address


def money(tree: Mapping[str, Any]) -> str:
    """Return the currency of a plan."""
    return str(tree.get("currency", "USD"))


def is_null(tree: Mapping[str, Any] | None, path: Parts) -> bool:
    """Tell whether null stands at an address."""
    return tree is not None and has(tree, path) and get(tree, path) is None


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
        "alternatives": _changed(view, message),
        "rules": {
            "when": {"metric": "awareness", "above": 0.5, "for_days": 1},
            "then": {"pause": next(iter(view.flights), "")},
        },
    }  # fmt: skip
    return plain[group]


def _changed(view: View, message: str) -> dict[str, Any]:
    """Return a first change that an alternative makes: half as much money again, else less of the plan."""
    for name, flight in view.flights.items():
        budget = number(flight.get("budget"))
        if budget:
            return {f"plan.flights.{name}.budget": round(1.5 * budget)}
    for name in view.flights:
        return {f"plan.flights.{name}": "off"}
    return {f"messages.{message}.quality": 0.8}


def free_name(taken: Mapping[str, Any], stem: str) -> str:
    """Return a name that is not taken: flight_1, flight_2 …"""
    n = 1
    while f"{stem}_{n}" in taken:
        n += 1
    return f"{stem}_{n}"
