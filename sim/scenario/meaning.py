"""What the value at an address means: its description, unit, source and default, as the schema has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.scenario.path import Parts, parse
from sim.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class Meaning:
    """Hold what the schema says of one value.

    Parameters
    ----------
    about : str        what it is, with its unit and source where it is a number of the model
    default : Any      what holds where it is absent; None where it must be given, or nothing holds
    """

    about: str
    default: Any


@cache
def _schema() -> dict[str, Any]:
    return Scenario.model_json_schema()


def meaning_of(address: str | Parts) -> Meaning | None:
    """Return what the schema says of the value at an address; None where it knows no such address.

    Examples
    --------
    >>> meaning_of("plan.listening.cover").default
    0.5
    """
    nodes = [_schema()]
    for part in parse(address) if isinstance(address, str) else address:
        nodes = [below for node in nodes for whole in _resolved(node) for below in _below(whole, str(part))]
    if not nodes:
        return None
    node = nodes[0]
    return Meaning(" ".join(str(node.get("description", "")).split()), node.get("default"))


def _resolved(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the kinds of value that a node of the schema stands for, references followed."""
    if "$ref" in node:
        yield from _resolved(_schema()["$defs"][node["$ref"].rpartition("/")[2]])
    for choices in ("anyOf", "oneOf", "allOf"):
        for choice in node.get(choices, []):
            yield from _resolved(choice)
    if "properties" in node or isinstance(node.get("additionalProperties"), dict):
        yield node


def _below(node: dict[str, Any], part: str) -> Iterator[dict[str, Any]]:
    if part in node.get("properties", {}):
        yield node["properties"][part]
    elif isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]
