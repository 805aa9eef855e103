"""Addresses of a plan that are worth another value, and the values to begin with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sim.scenario.view import View, mapping, parts_of

Row = dict[str, Any]
EXAMPLE = "audience.segments.students.trust"
PLAIN = (str, int, float, bool)


def suggested(tree: Row) -> dict[str, list[Any]]:
    """Return addresses that a planner may vary, each with values around what stands there."""
    messages = View.of(tree).names("messages")
    out: dict[str, list[Any]] = {}
    for name, flight in parts_of(tree, "plan", "flights").items():
        out |= {f"plan.flights.{name}{below}": values for below, values in _of_flight(flight, messages)}
    for name, partner in parts_of(tree, "plan", "partners").items():
        out |= {f"plan.partners.{name}{below}": values for below, values in _of_partners(partner)}
    return out | {f"messages.{name}.quality": [0.4, 0.6, 0.8] for name in parts_of(tree, "messages")}


def _of_flight(flight: Row, messages: Sequence[str]) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(flight.get("cap"), dict):
        yield ".cap.times", [1, 2, 3, 5, 8]
    for key in ("budget", "grp", "impressions"):
        if is_positive(flight.get(key)):
            yield f".{key}", [rounded(flight[key] * times) for times in (0.5, 1, 1.5)]
    if len(messages) > 1:
        yield ".message", list(messages)
    if flight.get("days") is not None:
        yield ".shape", ["even", "front", "back"]
    yield "", ["on", "off"]


def _of_partners(partner: Row) -> Iterator[tuple[str, list[Any]]]:
    choose = mapping(partner, "choose")
    if is_positive(choose.get("count")):
        n = int(choose["count"])
        yield ".choose.count", list(dict.fromkeys([max(1, n // 2), n, 2 * n]))
        if set(choose) <= {"rule", "count", "budget", "level"}:
            yield ".choose.rule", ["certified", "degree", "random"]
    yield "", ["on", "off"]


def is_positive(value: Any) -> bool:
    """Tell whether a value of the plan is a number above 0."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def rounded(value: float) -> float | int:
    """Return a value to three digits, whole where it is whole."""
    found = float(f"{value:.3g}")
    return int(found) if found.is_integer() else found
