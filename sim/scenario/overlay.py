"""One tree from several: bases named by ``extends``, and values set on the command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim.errors import Fault, InputError, did_you_mean, listed
from sim.scenario import flight_table, grammar
from sim.scenario.parameters import Part
from sim.scenario.path import Parts, get, has, parse, put, render
from sim.scenario.source import Place, Tree, read_file, read_text

MOST_BASES = 20
FILE_KEYS = ("file", "edges")


def with_bases(path: Path, overrides: Sequence[str] = ()) -> Tree:
    """Read a file and all that it extends, bases first, with the tables of flights they name.

    A table named by one of the overrides stands in for theirs.

    Raises
    ------
    InputError
        If one of them cannot be read, is no mapping, or extends itself.
    """
    is_replaced = any(map(_sets_table, overrides))
    return _extended(read_file(path), path.parent, str(path), [path.resolve()], is_replaced)


def extended(tree: Tree, folder: Path, overrides: Sequence[str] = ()) -> Tree:
    """Lay a tree that is not from a file over what it extends, as `with_bases` does."""
    return _extended(tree, folder, "scenario", [], any(map(_sets_table, overrides)))


def _sets_table(override: str) -> bool:
    return tuple(part.strip() for part in override.partition("=")[0].split(".")) == flight_table.AT


def _extended(tree: Tree, folder: Path, name: str, chain: list[Path], is_replaced: bool) -> Tree:
    if not isinstance(tree.value, dict):
        kind = "a list" if isinstance(tree.value, list) else "a single value"
        raise InputError([*tree.faults, Fault(name, kind, "want a mapping `key: value` with name, days, …")])
    names_table = flight_table.is_named(tree.value)
    flight_table.take_in(tree, folder, is_replaced=is_replaced)
    if "extends" not in tree.value:
        return tree
    base = tree.value.pop("extends")
    at = f"{tree.origins[('extends',)]}: extends" if ("extends",) in tree.origins else "extends"
    if not isinstance(base, str) or not base:
        raise InputError([*tree.faults, Fault(at, "no file name", "want the name of one file: base.yaml")])
    path = folder / base
    resolved = path.resolve()
    if resolved in chain:
        loop = " → ".join(p.name for p in [*chain[chain.index(resolved) :], resolved])
        raise InputError(
            [*tree.faults, Fault(at, f"a circle: {loop}", "want a base that does not come back here")]
        )
    if len(chain) > MOST_BASES:
        raise InputError(Fault(at, f"more than {MOST_BASES} files over each other", "want fewer"))
    try:
        below = _extended(
            read_file(path), path.parent, str(path), [*chain, resolved], is_replaced or names_table
        )
    except InputError as error:
        faults = [Fault(f"{at}: {f.where}", f.got, f.wanted, f.hint) if f.where == str(path) else f
                  for f in error.faults]  # fmt: skip
        raise InputError([*tree.faults, *faults]) from None
    _move_files(below.value, path.parent, folder)
    return _laid_over(below, tree)


def _move_files(tree: Any, origin: Path, folder: Path) -> None:
    """Rewrite a base's file names relative to the folder of the scenario that extends it."""
    if origin.resolve() == folder.resolve():
        return
    audience, network = _mapping(tree, "audience"), _mapping(tree, "network")
    holders = [_mapping(audience, "from_survey"), _mapping(audience, "from_people")]
    holders += [_mapping(network, name) for name in network]
    for holder in holders:
        for key in FILE_KEYS:
            name = holder.get(key)
            if isinstance(name, str) and not os.path.isabs(name):
                try:
                    holder[key] = os.path.relpath(origin / name, folder)
                except ValueError:  # another drive
                    holder[key] = str((origin / name).resolve())


def _mapping(tree: Any, key: str) -> dict[str, Any]:
    found = tree.get(key) if isinstance(tree, dict) else None
    return found if isinstance(found, dict) else {}


def _laid_over(below: Tree, above: Tree) -> Tree:
    origins = dict(below.origins)
    value = _merged(below.value, above.value, (), origins)
    findings = [*below.findings, *above.findings]
    return Tree(value, origins | above.origins, [*below.faults, *above.faults], findings)


def _merged(below: Any, above: Any, parts: Parts, origins: dict[Parts, Place]) -> Any:
    """Merge mappings key by key; anything else of the upper tree replaces, places included."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        _forget(origins, parts)
        return above
    out = dict(below)
    for key, value in above.items():
        here = (*parts, key)
        out[key] = _merged(below[key], value, here, origins) if key in below else value
    return out


def _forget(origins: dict[Parts, Place], parts: Parts) -> None:
    for old in [old for old in origins if old[: len(parts)] == parts]:
        del origins[old]


def set_values(tree: Tree, overrides: Sequence[str], root: type[Part], folder: Path) -> None:
    """Set ``address=value`` texts in a tree, in place; what cannot be set is added to its faults.

    They are set in their order, so that what a table of flights holds can be changed after it is named;
    `folder` is where it is looked for.
    """
    last_table = max((index for index, override in enumerate(overrides) if _sets_table(override)), default=0)
    for index, override in enumerate(overrides):
        if index < last_table and _sets_table(override):
            continue
        try:
            _set_value(tree, override, root)
        except InputError as error:
            tree.faults.extend(error.faults)
        flight_table.take_in(tree, folder)
    flight_table.count_days(tree)


def _set_value(tree: Tree, override: str, root: type[Part]) -> None:
    address, equals, text = override.partition("=")
    option = f"--set {address.strip()}"
    if not equals:
        raise InputError(Fault(option, "no `=`", "want address=value, such as days=90"))
    put_value(tree, address, lambda: read_text(text, option, is_option=True), Place(option), option, root)


def put_value(
    tree: Tree, address: str, read: Callable[[], Tree], place: Place, at: str, root: type[Part]
) -> None:
    """Set the value at an address in place, with its origins; what is wrong with it is added to the faults.

    Parameters
    ----------
    read : callable
        Gives the value, once its address is known to be legal.
    place : Place
        Where the value stands, and what is made on the way to it.
    at : str
        What messages about the address itself call it.
    root : type of Part
        What the address starts in.

    Raises
    ------
    InputError
        If nothing can stand there.
    """
    try:
        parts = parse(address)
    except InputError as error:
        raise InputError(Fault(at, error.faults[0].got, error.faults[0].wanted)) from None
    must_be_legal(tree.value, parts, at, root)
    value = read()
    tree.faults.extend(value.faults)
    try:
        made = [parts[:depth] for depth in range(1, len(parts)) if _at(tree.value, parts[:depth]) is None]
        put(tree.value, parts, value.value)
    except InputError as error:
        raise InputError(
            Fault(at, error.faults[0].got, error.faults[0].wanted, error.faults[0].hint)
        ) from None
    here = _as_origin(tree.value, parts)
    _forget(tree.origins, here)
    tree.origins.update({(*here, *below): place for below, place in value.origins.items()})
    tree.origins.update(dict.fromkeys([*made, here], place))


def must_be_legal(tree: Any, parts: Sequence[str], option: str, root: type[Part]) -> None:
    """Refuse an address that the schema does not have, or that leads through a name nobody gave."""
    for depth, part in enumerate(parts):
        above = parts[:depth]
        here = grammar.at(root, above, tree)
        if isinstance(_at(tree, above), list):
            return
        legal = grammar.legal_keys(here)
        place = render(above) or "a scenario"
        if legal is not None and not has(tree, parts[: depth + 1]) and part not in legal:
            if not legal:
                raise InputError(Fault(option, f"{place} has no parts", f"want {place}=value"))
            raise InputError(
                Fault(
                    option,
                    f"no key {part!r} in {place}",
                    f"want one of {listed(legal)}",
                    did_you_mean(part, legal),
                )
            )
        if legal is None and depth < len(parts) - 1 and not has(tree, parts[: depth + 1]):
            names = _at(tree, above)
            names = list(names) if isinstance(names, dict) else []
            wanted = f"want one of {listed(names)}" if names else f"{place} is empty"
            raise InputError(Fault(option, f"no {part!r} in {place}", wanted, did_you_mean(part, names)))


def _as_origin(tree: Any, parts: Sequence[str]) -> Parts:
    """Return an address with the indices of lists as numbers, as places are kept."""
    return tuple(
        int(part) if isinstance(_at(tree, parts[:depth]), list) else part for depth, part in enumerate(parts)
    )


def _at(tree: Any, parts: Sequence[str]) -> Any:
    return get(tree, parts) if has(tree, parts) else None
