"""From the scenario's layers and the public to the network."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.agents.population import Population
from sim.errors import Fault, InputError, did_you_mean, listed
from sim.network.generate import generate_layer
from sim.network.graph import OFFLINE, Network, TieLayer, tie_layer
from sim.network.io import EdgeTable, read_edges
from sim.scenario.media import Edges, PowerLaw, SmallWorld, WellMixed
from sim.scenario.schema import Scenario


def build_network(scenario: Scenario, population: Population) -> Network:
    """Read or draw every layer of the scenario over the people of the public.

    Raises
    ------
    InputError
        All faults of all layers together.
    """
    faults: list[Fault] = []
    tables: dict[str, EdgeTable] = {}
    layers: dict[str, TieLayer] = {}
    for name, spec in scenario.network.items():
        try:
            _check_name(name, scenario, population)
            if isinstance(spec, Edges):
                tables[name] = read_edges(scenario, name, spec)
            else:
                layers[name] = _generated(name, spec, scenario, population)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    rows = _named(tables, scenario, population) if tables else {}
    for name, given in tables.items():
        layers[name] = _from_table(name, given, scenario, population, rows)
    ids = tuple(rows) if tables and population.ids is None else None
    return Network(population.n_people, {name: layers[name] for name in scenario.network}, ids)


def _check_name(name: str, scenario: Scenario, population: Population) -> None:
    legal = (*population.channel_names, OFFLINE)
    if name not in legal:
        wanted = f"want a channel or {OFFLINE}: {listed(legal)}"
        where = scenario.where(f"network.{name}")
        raise InputError(Fault(where, "no such channel", wanted, did_you_mean(name, legal)))


def _generated(
    name: str, spec: PowerLaw | SmallWorld | WellMixed, scenario: Scenario, population: Population
) -> TieLayer:
    try:
        return generate_layer(name, spec, population, scenario.master_seed)
    except InputError as error:
        raise InputError(
            replace(fault, where=scenario.where(fault.where)) for fault in error.faults
        ) from None


def _named(tables: Mapping[str, EdgeTable], scenario: Scenario, population: Population) -> dict[str, int]:
    """Return the row of each id: the people file's ids, or else those of all edge files in natural order."""
    if population.ids is not None:
        rows = {person: row for row, person in enumerate(population.ids)}
        faults = [
            Fault(
                f"{_file(scenario, name)}: network.{name}",
                f"none of its {len(given.ids)} ids is in the people file: {', '.join(given.ids[:3])}, …",
                f"want ids of the people file, such as {', '.join(population.ids[:3])}",
                "ids are compared as text: 007 is not 7",
            )
            for name, given in tables.items()
            if not any(person in rows for person in given.ids)
        ]
        if faults:
            raise InputError(faults)
        return rows
    people = in_natural_order({person for given in tables.values() for person in given.ids})
    if len(people) > population.n_people:
        files = listed(_file(scenario, name) for name in tables)
        fault = Fault(
            scenario.where("audience.agents"),
            f"{len(people)} people in the edge files ({files}), {population.n_people} agents",
            "want an agent for each of them",
            f"set audience.agents to {len(people)} or more",
        )
        raise InputError(fault)
    return {person: row for row, person in enumerate(people)}


def _file(scenario: Scenario, layer: str) -> str:
    spec = scenario.network[layer]
    return spec.edges if isinstance(spec, Edges) else layer


_DIGITS = re.compile(r"([0-9]+)")


def in_natural_order(names: Collection[str]) -> list[str]:
    """Return ids sorted as people count: 2 before 10, a2 before a10."""
    all_digits = all(name.isascii() and name.isdigit() for name in names)
    return sorted(names, key=_numeric_order if all_digits else _natural_order)


def _numeric_order(digits: str) -> tuple[int, str, str]:
    # by length, then digit by digit: the order of whole numbers of any length
    bare = digits.lstrip("0")
    return len(bare), bare, digits


def _natural_order(name: str) -> tuple[tuple[Any, ...], str]:
    parts = _DIGITS.split(name)
    return tuple(_numeric_order(part)[:2] if place % 2 else part for place, part in enumerate(parts)), name


def _from_table(
    name: str, given: EdgeTable, scenario: Scenario, population: Population, rows: Mapping[str, int]
) -> TieLayer:
    """Build the layer of an edge file; ties of people who are not of the public are left out."""
    spec = scenario.network[name]
    row_of: npt.NDArray[np.int32] = np.array([rows.get(person, -1) for person in given.ids], np.int32)
    src, dst, weight = row_of[given.src], row_of[given.dst], given.weight
    known = (src >= 0) & (dst >= 0)
    notes: tuple[str, ...] = ()
    if not known.all():
        n_unknown = np.count_nonzero(row_of < 0)
        notes = (
            f"{n_unknown} of {len(row_of)} ids are not in the people file: "
            f"{np.count_nonzero(~known)} of {len(known)} rows dropped",
        )
        src, dst = src[known], dst[known]
        weight = None if weight is None else weight[known]
    if population.ids is None and len(rows) < population.n_people:
        notes += (f"{population.n_people - len(rows)} of {population.n_people} agents are in no edge file",)
    directed = isinstance(spec, Edges) and spec.directed
    return tie_layer(name, src, dst, population.uid, directed=directed, weight=weight, notes=notes)
