"""A scenario with other values at some of its addresses: what each point of a sweep is."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from sim.scenario import grammar
from sim.scenario.parameters import Part
from sim.scenario.path import get, has, parse, put

SWEEP = "sweep"
ON, OFF = "on", "off"
# What is of the file, and no part of a single plan.
_OF_THE_FILE = (SWEEP, "alternatives", "question")
# The identity of runs and results, not of what is tried.
FIXED = ("name", "replications", "currency", "start", "extends", *_OF_THE_FILE)


def is_switch(root: type[Part], tree: Any, address: str, value: Any) -> bool:
    """Tell whether a value at an address means that the part there is kept (on) or taken away (off)."""
    if value not in (ON, OFF):
        return False
    slots = grammar.at(root, parse(address), tree)
    return any(slot.part is not None or slot.values is not None for slot in slots)


def settled(root: type[Part], tree: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that count, shorter addresses first: what is taken away has no parts to set."""
    out: dict[str, Any] = {}
    gone: list[tuple[str, ...]] = []
    for address in sorted(values, key=lambda a: len(parse(a))):
        parts, value = parse(address), values[address]
        if any(parts[: len(above)] == above for above in gone):
            continue
        out[address] = value
        if value is None or (value == OFF and is_switch(root, tree, address, value)):
            gone.append(parts)
    return out


def variant(root: type[Part], tree: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a raw tree without its sweep, alternatives and question, and with values set.

    Raises
    ------
    InputError
        If a value cannot be set: the address leads through a plain value or past the end of a list.
    """
    out = copy.deepcopy({key: value for key, value in tree.items() if key not in _OF_THE_FILE})
    for address, value in settled(root, tree, values).items():
        if not is_switch(root, tree, address, value):
            put(out, address, copy.deepcopy(value))
        elif value == OFF:
            put(out, address, None)
    return out


def standing(tree: Any, address: str) -> Any:
    """Return what stands at an address; None where nothing does."""
    return get(tree, address) if has(tree, parse(address)) else None
