"""From a file or a mapping to a validated scenario, or to every fault in it at once."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.errors import Fault, InputError
from sim.scenario import alternatives, cross_sweep, flight_table, overlay, translate, variants
from sim.scenario.crosscheck import crosscheck
from sim.scenario.findings import Finding
from sim.scenario.path import Parts, has
from sim.scenario.schema import Scenario
from sim.scenario.source import MOST_DEPTH, Place, Tree, too_deep, where
from sim.scenario.view import mapping

# Where null means none: groups of named parts, and in all but the plan the parts an overlay takes away.
_GROUPS: tuple[tuple[str, ...], ...] = (
    ("plan",),
    ("plan", "flights"),
    ("plan", "partners"),
    ("network",),
    ("objectives",),
    ("alternatives",),
)


def load_scenario(path: str | os.PathLike[str], overrides: Sequence[str] = ()) -> Scenario:
    """Read a scenario file with all it extends.

    Parameters
    ----------
    path : str or path
        The file (YAML 1.2, UTF-8).
    overrides : sequence of str
        Values set on the command line, ``plan.flights.teaser.budget=90_000``, the value in YAML.

    Raises
    ------
    InputError
        With every fault found, each with its file, line and column.
    """
    file = Path(path)
    tree = overlay.with_bases(file, overrides)
    overlay.set_values(tree, overrides, Scenario, file.parent)
    return built(tree, file.parent)


def from_mapping(
    given: Mapping[str, Any], folder: str | os.PathLike[str] = ".", overrides: Sequence[str] = ()
) -> Scenario:
    """Build a scenario from a mapping of plain values.

    Parameters
    ----------
    given : mapping
        What a scenario file would hold; not changed.
    folder : str or path
        Where its file names, and a base that it extends, are looked for.
    overrides : sequence of str
        As for `load_scenario`.

    Raises
    ------
    InputError
        With every fault found, each with its address.

    Examples
    --------
    >>> try:
    ...     from_mapping({"name": "Tiny", "days": 0, "audience": {}, "channels": {}, "messages": {}})
    ... except InputError as error:
    ...     print(error.faults[0])
    days: 0; want a whole number from 1 to 36_500: length of the run
    """
    tree = overlay.extended(Tree(_plain(given, 0)), Path(folder), overrides)
    overlay.set_values(tree, overrides, Scenario, Path(folder))
    return built(tree, Path(folder))


def _plain(value: Any, depth: int) -> Any:
    """Copy a nested value into dicts with text keys, lists and plain scalars."""
    if depth > MOST_DEPTH:
        raise InputError(too_deep("scenario"))
    if isinstance(value, Mapping):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if not isinstance(value, str | int | float | datetime.date) and hasattr(value, "item"):
        return value.item()
    return value


def with_values(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return a scenario without its sweep and with values set; see `Scenario.with_values`.

    Raises
    ------
    InputError
        With every fault that the values bring about.
    """
    tree = Tree(variants.variant(Scenario, scenario.raw, values), dict(scenario.origins))
    return built(tree, scenario.folder)


def built(tree: Tree, folder: Path) -> Scenario:
    """Return the scenario of a whole tree; raise `InputError` with every fault in it."""
    _switch_off(tree.value)
    others = alternatives.trees(tree, folder, Scenario)
    scenario, faults = _checked(tree, folder)
    for other in others.values():
        _switch_off(other.value)
    plans = {name: _checked(other, folder) for name, other in others.items()}
    faults += [fault for name, (_, found) in plans.items() for fault in alternatives.own(found, faults, name)]
    faults += _sweep_faults(tree, folder, is_sound=not faults)
    if faults or scenario is None:
        raise InputError(
            faults or Fault("scenario", "rules between its keys do not hold", "want a sound scenario")
        )
    scenario._others = {name: plan for name, (plan, _) in plans.items() if plan is not None}
    if elsewhere := alternatives.not_paired(scenario):
        raise InputError(elsewhere)
    return scenario


def _sweep_faults(tree: Tree, folder: Path, *, is_sound: bool) -> list[Fault]:
    """Return the faults of a sweep's addresses and, where all else is sound, of each of its values."""
    if not isinstance(tree.value.get(variants.SWEEP), dict):
        return []

    def judge(raw: dict[str, Any]) -> list[Finding]:
        _switch_off(raw)
        return _judged(Tree(raw), folder)[1]

    found = list(cross_sweep.addresses(Scenario, tree.value))
    if is_sound and not found:
        found = list(cross_sweep.values(Scenario, tree.value, judge))
    return _faults(found, tree.origins)


def _checked(tree: Tree, folder: Path) -> tuple[Scenario | None, list[Fault]]:
    """Return the scenario of a tree, None where it cannot be one, and every fault in it."""
    scenario, found = _judged(tree, folder)
    if scenario is not None:
        scenario._raw = tree.value
        scenario._folder = folder
        scenario._origins = tree.origins
    return scenario, [*tree.faults, *_faults(found, tree.origins)]


def _judged(tree: Tree, folder: Path) -> tuple[Scenario | None, list[Finding]]:
    """Return the scenario of a tree, None where it cannot be one, and all that is wrong with its values."""
    scenario, found = _validated(tree.value)
    meant = translate.mended(tree.value, found)
    found = [finding for finding in found if finding.got != "missing" or not has(meant, finding.path)]
    read = flight_table.standing(tree)
    found = [*read, *(finding for finding in found if finding.path not in {f.path for f in read})]
    told = {finding.path for finding in found}
    found += [finding for finding in crosscheck(meant, folder) if finding.path not in told]
    return scenario, found


def _switch_off(tree: dict[str, Any]) -> None:
    """Take null as none where parts are named: an overlay drops a flight by ``teaser: null``."""
    audience = mapping(tree, "audience")
    users = [("audience", "segments", name, "usage") for name in mapping(audience, "segments")]
    for path in (*_GROUPS, ("audience", "everyone", "usage"), *users):
        above = mapping(tree, *path[:-1])
        group = above.get(path[-1], {})
        if group is None:
            above[path[-1]] = {}
        elif isinstance(group, dict) and path != ("plan",):
            for name in [name for name, part in group.items() if part is None]:
                del group[name]


def _validated(tree: dict[str, Any]) -> tuple[Scenario | None, list[Finding]]:
    try:
        return Scenario.model_validate(tree), []
    except ValidationError as error:
        return None, translate.findings(error, Scenario, tree)


def _faults(found: list[Finding], origins: Mapping[Parts, Place]) -> list[Fault]:
    """Return the findings as faults in the order of the file."""
    order = {place.source: index for index, place in enumerate(origins.values())}

    def rank(finding: Finding) -> tuple[int, int, int]:
        for length in range(len(finding.path), -1, -1):
            place = origins.get(finding.path[:length])
            if place is not None:
                return order[place.source], place.line, place.col
        return 0, 0, 0

    return [_fault(finding, origins) for finding in sorted(found, key=rank)]


def _fault(finding: Finding, origins: Mapping[Parts, Place]) -> Fault:
    place = origins.get(finding.path)
    in_table = place is not None and place.called is not None
    wanted = flight_table.in_columns(finding.wanted) if in_table else finding.wanted
    return Fault(where(finding.path, origins), finding.got, wanted, finding.hint)
