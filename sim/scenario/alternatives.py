"""The other plans of a scenario file: each is the file's own tree with some values changed."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.errors import Fault, InputError
from sim.scenario import flight_table, overlay
from sim.scenario.identity import public_hash
from sim.scenario.parameters import Part
from sim.scenario.schema import Scenario
from sim.scenario.source import Place, Tree, where
from sim.scenario.view import mapping

KEY = "alternatives"
_OF_THE_FILE = (KEY, "question", "extends", "sweep")


def trees(tree: Tree, folder: Path, root: type[Part]) -> dict[str, Tree]:
    """Return the tree of each alternative by its name; what cannot be set is among its faults.

    Parameters
    ----------
    tree : Tree
        The scenario's own, with all it extends and all that options set; not changed.
    folder : Path
        Where a table of flights is looked for.
    root : type of Part
        What addresses start in.
    """
    return {
        name: _changed(tree, name, changes, folder, root)
        for name, changes in mapping(tree.value, KEY).items()
        if isinstance(changes, dict)
    }


def _changed(tree: Tree, name: str, changes: dict[str, Any], folder: Path, root: type[Part]) -> Tree:
    value = copy.deepcopy({key: part for key, part in tree.value.items() if key not in (KEY, "sweep")})
    out = Tree(value | {"name": name}, dict(tree.origins), [], list(tree.findings))
    for address, new in changes.items():
        at = where((KEY, name, address), tree.origins)
        place = tree.origins.get((KEY, name, address), Place(at))
        try:
            if address.partition(".")[0].strip() in _OF_THE_FILE:
                wanted = "want the address of a value of the plan"
                raise InputError(Fault(at, f"{address} is the file's own", wanted))
            read = _Below(tree, (KEY, name, address), new)
            overlay.put_value(out, address, read, place, at, root)
        except InputError as error:
            out.faults.extend(error.faults)
        flight_table.take_in(out, folder)
    flight_table.count_days(out)
    return out


class _Below:
    """Give a value that stands in a tree as a tree of its own."""

    def __init__(self, tree: Tree, at: tuple[str, ...], value: Any) -> None:
        self._tree, self._at, self._value = tree, at, value

    def __call__(self) -> Tree:
        depth = len(self._at)
        origins = {
            parts[depth:]: place for parts, place in self._tree.origins.items() if parts[:depth] == self._at
        }
        return Tree(copy.deepcopy(self._value), origins)


def own(found: Sequence[Fault], faults: Sequence[Fault], name: str) -> list[Fault]:
    """Return the faults that only this alternative has, each with its name."""
    told, here = set(faults), f"{KEY}.{name}"
    return [
        fault if here in fault.where else replace(fault, where=f"{fault.where} (alternative {name!r})")
        for fault in found
        if fault not in told
    ]


def not_paired(scenario: Scenario) -> list[Fault]:
    """Return a fault for each alternative that does not live on the scenario's own worlds."""
    others = {name: plan for name, plan in scenario.plans.items() if plan is not scenario}
    if not others:
        return []
    mine = public_hash(scenario)
    faults = []
    for name, plan in others.items():
        told = {
            "another public or master seed": public_hash(plan) != mine,
            f"{plan.days} days against {scenario.days}": plan.days != scenario.days,
            f"{plan.currency} against {scenario.currency}": plan.currency != scenario.currency,
        }
        at = scenario.where(f"{KEY}.{name}")
        wanted = "want the same people, luck, days and money, so that plans can be compared world by world"
        faults += [Fault(at, got, wanted) for got, is_so in told.items() if is_so]
    return faults
