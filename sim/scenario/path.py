"""Dotted addresses of values in a plain tree of mappings and lists: ``plan.flights.teaser.cap.times``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.errors import Fault, InputError, did_you_mean, listed

Parts = tuple[str | int, ...]


def parse(address: str) -> tuple[str, ...]:
    """Split an address at its dots.

    Raises
    ------
    InputError
        If the address is empty or has an empty piece (``plan..days``).

    Examples
    --------
    >>> parse("plan.flights.teaser.days")
    ('plan', 'flights', 'teaser', 'days')
    """
    pieces = tuple(piece.strip() for piece in address.split("."))
    if not all(pieces):
        raise InputError(
            Fault(
                address or "address",
                "an empty piece in the address" if address.strip() else "an empty address",
                "want names joined by dots, such as plan.flights.teaser.budget",
            )
        )
    return pieces


def render(parts: Sequence[str | int]) -> str:
    """Join the pieces of an address by dots."""
    return ".".join(str(part) for part in parts)


def step(tree: Any, part: str | int) -> Any:
    """Return what stands one piece further down.

    Raises
    ------
    KeyError
        If there is nothing: no such key, an index out of range, or neither a mapping nor a list.
    """
    if isinstance(tree, dict) and str(part) in tree:
        return tree[str(part)]
    if isinstance(tree, list) and str(part).isdecimal() and int(part) < len(tree):
        return tree[int(part)]
    raise KeyError(part)


def has(tree: Any, parts: Sequence[str | int]) -> bool:
    """Tell whether something (null too) stands at the address."""
    try:
        for part in parts:
            tree = step(tree, part)
    except KeyError:
        return False
    return True


def get(tree: Any, address: str | Sequence[str | int]) -> Any:
    """Return the value at an address.

    Raises
    ------
    InputError
        If nothing stands there, with the nearest name that does.

    Examples
    --------
    >>> get({"plan": {"flights": {"teaser": {"posts": [3, 9]}}}}, "plan.flights.teaser.posts.1")
    9
    """
    parts = parse(address) if isinstance(address, str) else tuple(address)
    for depth, part in enumerate(parts):
        try:
            tree = step(tree, part)
        except KeyError:
            raise InputError(_absent(tree, parts[: depth + 1])) from None
    return tree


def put(tree: Any, address: str | Sequence[str | int], value: Any) -> None:
    """Set the value at an address in place; mappings on the way that are absent or null are made.

    Raises
    ------
    InputError
        If the way leads through a plain value or past the end of a list.

    Examples
    --------
    >>> tree = {"days": 30}
    >>> put(tree, "plan.flights", {})
    >>> tree
    {'days': 30, 'plan': {'flights': {}}}
    """
    parts = parse(address) if isinstance(address, str) else tuple(address)
    for depth, part in enumerate(parts[:-1]):
        if isinstance(tree, dict) and tree.get(str(part)) is None:
            tree[str(part)] = {}
        try:
            tree = step(tree, part)
        except KeyError:
            raise InputError(_absent(tree, parts[: depth + 1])) from None
    last = parts[-1]
    if isinstance(tree, dict):
        tree[str(last)] = value
    elif isinstance(tree, list) and str(last).isdecimal() and int(last) < len(tree):
        tree[int(last)] = value
    else:
        raise InputError(_absent(tree, parts))


def _absent(tree: Any, parts: Sequence[str | int]) -> Fault:
    where = render(parts)
    if isinstance(tree, dict):
        wanted = f"want one of {listed(tree)}" if tree else "there is nothing yet"
        return Fault(where, f"no {str(parts[-1])!r} there", wanted, did_you_mean(str(parts[-1]), tree))
    if isinstance(tree, list):
        wanted = f"want an index from 0 to {len(tree) - 1}" if tree else "the list is empty"
        return Fault(where, f"no item {str(parts[-1])!r} in the list", wanted)
    return Fault(where, f"{render(parts[:-1]) or 'the tree'} is a plain value", "it has no parts")
