"""From the scenario's layers and the public to the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.agents.population import Population
from sim.errors import Fault, InputError, did_you_mean, listed
from sim.network.generate import Spec, generate_layer
from sim.network.graph import OFFLINE, Network, TieLayer, tie_layer
from sim.network.ids import in_natural_order, rows_of
from sim.network.io import EdgeTable, read_edges
from sim.scenario.media import Edges
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
    people = _named(tables, scenario, population) if tables else pa.array([], pa.string())
    for name, given in tables.items():
        layers[name] = _from_table(name, given, scenario, population, people)
    ids = tuple(people.to_pylist()) if tables and population.ids is None else None
    return Network(population.n_people, {name: layers[name] for name in scenario.network}, ids)


def _check_name(name: str, scenario: Scenario, population: Population) -> None:
    legal = (*population.channel_names, OFFLINE)
    if name not in legal:
        wanted = f"want a channel or {OFFLINE}: {listed(legal)}"
        where = scenario.where(f"network.{name}")
        raise InputError(Fault(where, "no such channel", wanted, did_you_mean(name, legal)))


def _generated(name: str, spec: Spec, scenario: Scenario, population: Population) -> TieLayer:
    try:
        return generate_layer(name, spec, population, scenario.master_seed)
    except InputError as error:
        raise InputError(
            replace(fault, where=scenario.where(fault.where)) for fault in error.faults
        ) from None


def _named(tables: Mapping[str, EdgeTable], scenario: Scenario, population: Population) -> pa.Array:
    """Return the ids by row: the people file's, or else those of all edge files in natural order."""
    if population.ids is not None:
        people = pa.array(population.ids, pa.string())
        faults = [
            Fault(
                f"{_file(scenario, name)}: network.{name}",
                f"none of its {len(given.ids)} ids is in the people file: "
                f"{', '.join(given.ids[:3].to_pylist())}, …",
                f"want ids of the people file, such as {', '.join(population.ids[:3])}",
                "ids are compared as text: 007 is not 7",
            )
            for name, given in tables.items()
            if not pc.any(pc.is_in(given.ids, value_set=people)).as_py()
        ]
        if faults:
            raise InputError(faults)
        return people
    people = in_natural_order(pa.concat_arrays([given.ids for given in tables.values()]).unique())
    if len(people) > population.n_people:
        files = listed(_file(scenario, name) for name in tables)
        fault = Fault(
            scenario.where("audience.agents"),
            f"{len(people)} people in the edge files ({files}), {population.n_people} agents",
            "want an agent for each of them",
            f"set audience.agents to {len(people)} or more",
        )
        raise InputError(fault)
    return people


def _file(scenario: Scenario, layer: str) -> str:
    spec = scenario.network[layer]
    return spec.edges if isinstance(spec, Edges) else layer


def _from_table(
    name: str, given: EdgeTable, scenario: Scenario, population: Population, people: pa.Array
) -> TieLayer:
    """Build the layer of an edge file; ties of people who are not of the public are left out."""
    spec = scenario.network[name]
    row_of = rows_of(given.ids, people)
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
    if population.ids is None and len(people) < population.n_people:
        notes += (f"{population.n_people - len(people)} of {population.n_people} agents are in no edge file",)
    directed = isinstance(spec, Edges) and spec.directed
    return tie_layer(name, src, dst, population.uid, directed=directed, weight=weight, notes=notes)
