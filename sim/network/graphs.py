"""Networks to and from networkx, people and weights kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim import luck_keys
from sim.agents.frame import population_frame
from sim.agents.population import Population
from sim.errors import Fault, InputError, listed
from sim.network.graph import Network, TieLayer, is_weight, tie_layer
from sim.network.ids import in_natural_order
from sim.network.names import layer_of, names_of, weights_of

_MOST_NAMED = 5


def from_networkx(
    graphs: nx.Graph | Mapping[str, nx.Graph], weight: str | None, population: Population | None
) -> Network:
    """Build a network from graphs over the same people; see `Network.from_networkx`."""
    given = {"ties": graphs} if isinstance(graphs, nx.Graph) else dict(graphs)
    _check_graphs(given)
    row, ids = _rows(given, population)
    n_people = len(row) if population is None else population.n_people
    uid = luck_keys.row_uids(n_people) if population is None else population.uid
    faults: list[Fault] = []
    layers: dict[str, TieLayer] = {}
    for name, graph in given.items():
        strengths = None if weight is None else _strengths(name, graph, weight, faults)
        if not faults:
            src, dst = (_ends(graph, row, end) for end in (0, 1))
            layers[name] = tie_layer(name, src, dst, uid, directed=graph.is_directed(), weight=strengths)
    if faults:
        raise InputError(faults)
    return Network(n_people, layers, ids)


def to_networkx(network: Network, layer: str, population: Population | None) -> nx.DiGraph:
    """Return a layer as a directed graph; see `Network.to_networkx`."""
    ties = layer_of(network, layer)
    names = names_of(network, population) or list(range(network.n_people))
    graph = nx.DiGraph(name=layer)
    graph.add_nodes_from(names if population is None else zip(names, _attributes(population), strict=True))
    heard = itertools.chain.from_iterable(
        itertools.repeat(name, n) for name, n in zip(names, ties.audience_sizes.tolist(), strict=True)
    )
    hearers = (names[person] for person in ties.out_dst.tolist())
    graph.add_weighted_edges_from(zip(heard, hearers, weights_of(ties).tolist(), strict=True))
    return graph


def _check_graphs(given: Mapping[str, Any]) -> None:
    wanted = "want a networkx graph with nodes, or {layer: graph}"
    faults = [Fault(f"graph {name}", f"{type(graph).__name__}", wanted)
              for name, graph in given.items() if not isinstance(graph, nx.Graph)]  # fmt: skip
    if not given or (not faults and not any(graph.number_of_nodes() for graph in given.values())):
        faults.append(Fault("graph", "no nodes", wanted))
    if faults:
        raise InputError(faults)


def _rows(
    given: Mapping[str, nx.Graph], population: Population | None
) -> tuple[dict[Any, int], tuple[str, ...] | None]:
    """Return the row of each node, and the people's ids where nodes are not the row numbers themselves."""
    nodes = list(dict.fromkeys(itertools.chain.from_iterable(given.values())))
    if population is not None:
        return _rows_in(nodes, population), None
    if all(type(node) is int for node in nodes) and max(nodes) + 1 == len(nodes) and min(nodes) == 0:
        return {node: node for node in nodes}, None
    called = {node: str(node) for node in nodes}
    _refuse_alike(called)
    ids = tuple(in_natural_order(pa.array(called.values(), pa.string())).to_pylist())
    place = {name: row for row, name in enumerate(ids)}
    return {node: place[name] for node, name in called.items()}, ids


def _rows_in(nodes: Iterable[Any], population: Population) -> dict[Any, int]:
    if population.ids is None:
        row = {node: node for node in nodes if type(node) is int and 0 <= node < population.n_people}
    else:
        place = {person: row for row, person in enumerate(population.ids)}
        row = {node: place[str(node)] for node in nodes if str(node) in place}
    if unknown := [repr(node) for node in nodes if node not in row]:
        known = range(population.n_people) if population.ids is None else population.ids
        wanted = f"want people of the population, such as {', '.join(map(repr, known[:3]))}"
        raise InputError(Fault("graph", f"nodes {listed(unknown, _MOST_NAMED)}", wanted))
    _refuse_alike({node: str(node) for node in row})
    return row


def _refuse_alike(called: Mapping[Any, str]) -> None:
    if len(set(called.values())) == len(called):
        return
    first: dict[str, Any] = {}
    pairs = [
        f"{first[name]!r} and {node!r}"
        for node, name in called.items()
        if first.setdefault(name, node) is not node
    ]
    wanted = "want another text for each: ids are text"
    raise InputError(Fault("graph", f"nodes {listed(pairs, _MOST_NAMED)} read alike", wanted))


def _ends(graph: nx.Graph, row: Mapping[Any, int], end: int) -> npt.NDArray[np.int32]:
    ends = (row[tie[end]] for tie in graph.edges())
    return np.fromiter(ends, np.int32, graph.number_of_edges())


def _strengths(name: str, graph: nx.Graph, weight: str, faults: list[Fault]) -> npt.NDArray[np.float64]:
    """Return the weight of each edge; faults where one has none, or none above 0."""
    given = [value for *_, value in graph.edges(data=weight)]
    is_number = [
        isinstance(value, int | float | np.number) and not isinstance(value, bool) for value in given
    ]
    found = np.array([float(v) if ok else np.nan for v, ok in zip(given, is_number, strict=True)], np.float64)
    wrong = np.flatnonzero(~is_weight(found))
    if len(wrong):
        edges = list(graph.edges())
        told = [
            f"{edges[i][0]!r} – {edges[i][1]!r}: {'nothing' if given[i] is None else repr(given[i])}"
            for i in wrong[:_MOST_NAMED].tolist()
        ]
        tail = f", … ({len(wrong)} in all)" if len(wrong) > len(told) else ""
        wanted = f"want a number above 0 as `{weight}` of each edge"
        faults.append(Fault(f"graph {name}", f"edges {', '.join(told)}{tail}", wanted))
    return found


def _attributes(population: Population) -> Iterable[dict[str, Any]]:
    """Yield what is known of each person, in plain Python values; what is missing is left out."""
    frame = population_frame(population)
    columns = {str(name): frame[name].tolist() for name in frame}
    is_missing = {str(name): frame[name].isna().tolist() for name in frame if frame[name].isna().any()}
    for row in range(len(frame)):
        yield {
            name: values[row]
            for name, values in columns.items()
            if name not in is_missing or not is_missing[name][row]
        }
