"""What the schema allows at an address: the legal keys, and what a value there should be, in words."""

from __future__ import annotations

import datetime
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from sim.scenario.findings import amount
from sim.scenario.parameters import Part, Words


@dataclass(frozen=True, slots=True)
class Slot:
    """Hold one type that a value may have, with its constraints and what the schema says of it."""

    kind: Any
    constraints: tuple[Any, ...] = ()
    description: str = ""
    is_nullable: bool = False

    @property
    def part(self) -> type[Part] | None:
        """The part of the schema that stands here, if it is one."""
        return self.kind if isinstance(self.kind, type) and issubclass(self.kind, Part) else None

    @property
    def values(self) -> Any:
        """Type of the values of a mapping by names, or None."""
        return get_args(self.kind)[1] if get_origin(self.kind) is dict else None


def slots(annotation: Any, constraints: Iterable[Any] = (), description: str = "") -> list[Slot]:
    """Return the alternatives of a type, with the constraints of each."""
    arms = list(_arms(annotation, tuple(constraints)))
    is_nullable = any(kind is types.NoneType for kind, _ in arms)
    return [Slot(kind, cs, description, is_nullable) for kind, cs in arms if kind is not types.NoneType]


def _arms(annotation: Any, constraints: tuple[Any, ...]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extra = get_args(annotation)
        yield from _arms(inner, (*constraints, *_flat(extra)))
    elif origin in (Union, types.UnionType):
        for arm in get_args(annotation):
            yield from _arms(arm, constraints)
    else:
        yield annotation, constraints


def _flat(extra: Iterable[Any]) -> Iterator[Any]:
    for item in extra:
        if isinstance(item, FieldInfo):
            yield from item.metadata
        else:
            yield item


def step(here: Slot, key: str | int) -> list[Slot]:
    """Return what may stand under a key; empty when the key is not legal there."""
    if here.part is not None:
        info = here.part.model_fields.get(str(key))
        return [] if info is None else slots(info.annotation, _flat(info.metadata), info.description or "")
    if here.values is not None:
        return slots(here.values)
    if get_origin(here.kind) is tuple and str(key).isdecimal():
        return slots(get_args(here.kind)[0])
    return []


def at(root: type[Part], parts: Sequence[str | int], tree: Any = None) -> list[Slot]:
    """Return what may stand at an address; empty when the schema has no such address.

    Parameters
    ----------
    root : type of Part
        Where the address starts.
    parts : sequence of str or int
        The address.
    tree : any
        The raw tree, which tells the kind of a layer; without it all kinds are allowed.
    """
    here = [Slot(root)]
    for part in parts:
        here = [slot for one in narrowed(here, tree) for slot in step(one, part)]
        tree = tree.get(part) if isinstance(tree, dict) else None
    return narrowed(here, tree)


def narrowed(here: list[Slot], raw: Any) -> list[Slot]:
    """Keep the alternatives that a raw mapping can be meant as: by ``generate`` or ``edges``."""
    if len(here) < 2 or not isinstance(raw, dict):
        return here
    fits = [slot for slot in here if slot.part is not None and _is_meant(slot.part, raw)]
    return fits or here


def _is_meant(part: type[Part], raw: dict[str, Any]) -> bool:
    made = part.model_fields.get("generate")
    if made is None:
        return "edges" in raw
    return "edges" not in raw and raw.get("generate") in get_args(made.annotation)


def legal_keys(here: Iterable[Slot]) -> list[str] | None:
    """Return the keys that may stand in a mapping; None where names are free."""
    keys: dict[str, None] = {}
    for slot in here:
        if slot.values is not None:
            return None
        if slot.part is not None:
            keys.update(dict.fromkeys(slot.part.model_fields))
    return list(keys)


def explains_itself(slot: Slot) -> bool:
    """Tell whether the words for a slot say all that its description would."""
    return get_origin(slot.kind) is Literal or any(isinstance(c, Words) for c in slot.constraints)


def in_words(here: Iterable[Slot]) -> str:
    """Say what a value should be: ``a number from 0 to 1``, ``one of even, front, back``."""
    found = list(here)
    texts = list(dict.fromkeys(_words(slot) for slot in found))
    if any(slot.is_nullable and "null:" in slot.description for slot in found):
        texts.append("null")
    return " or ".join(texts) or "nothing here"


def _words(slot: Slot) -> str:
    said = [c.text for c in slot.constraints if isinstance(c, Words)]
    if said:
        return str(said[-1])
    kind, origin = slot.kind, get_origin(slot.kind)
    if origin is Literal:
        options = [str(option) for option in get_args(kind)]
        return options[0] if len(options) == 1 else f"one of {', '.join(options)}"
    if slot.part is not None:
        return f"a mapping with {_some(slot.part.model_fields)}"
    if origin is dict:
        return f"a mapping `name: {_short(slots(slot.values))}`"
    if origin is tuple:
        return f"a list [{in_words(slots(get_args(kind)[0]))}, …]"
    plain = {bool: "true or false", int: "a whole number", float: "a number", str: "text",
             datetime.date: "a date such as 2027-03-01"}  # fmt: skip
    return plain.get(kind, "a value") + (_range(slot.constraints) if kind in (int, float) else "")


def _short(values: list[Slot]) -> str:
    return "{…}" if any(slot.part is not None for slot in values) else in_words(values)


def _some(keys: Iterable[str]) -> str:
    names = list(keys)
    return ", ".join(names[:6]) + (", …" if len(names) > 6 else "")


def _range(constraints: Iterable[Any]) -> str:
    bounds: dict[str, float] = {}
    for constraint in constraints:
        for name in ("ge", "gt", "le", "lt"):
            bound = getattr(constraint, name, None)
            if bound is not None:
                bounds[name] = bound
    shown = {name: amount(bound) for name, bound in bounds.items()}
    if "ge" in shown and "le" in shown:
        return f" from {shown['ge']} to {shown['le']}"
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    text = " and ".join(f"{words[name]} {bound}" for name, bound in shown.items())
    return f" {text}" if text else ""
