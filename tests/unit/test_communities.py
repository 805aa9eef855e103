"""Communities of a layer: known answers, networkx as the judge of modularity, and what is not looked for."""

from __future__ import annotations

import gc

import networkx as nx
import numpy as np
import pytest

from sim import luck_keys
from sim.kernels import luck
from sim.network import communities as module
from sim.network.communities import communities, found
from sim.network.generate import generate_layer
from sim.network.graph import Network, TieLayer
from sim.scenario.media import Affiliation
from tests.network_cases import public


def layer_of(edges, n: int, *, directed: bool = False) -> TieLayer:
    src, dst = np.array(edges, np.int64).T
    return Network.from_edges(src, dst, n_people=n, directed=directed).layers["ties"]


def judged(layer: TieLayer, group: np.ndarray) -> float:
    """Return networkx's modularity of the same groups, a tie for each way it goes."""
    graph = nx.MultiGraph()
    src = np.repeat(np.arange(len(layer.out_ptr) - 1), np.diff(layer.out_ptr))
    graph.add_edges_from(zip(src.tolist(), layer.out_dst.tolist(), strict=True))
    groups: dict[int, set[int]] = {}
    for person in graph.nodes:
        groups.setdefault(int(group[person]), set()).add(person)
    return nx.community.modularity(graph, groups.values())


def test_a_ring_of_cliques_is_its_cliques() -> None:
    graph = nx.ring_of_cliques(7, 6)
    told = communities(layer_of(list(graph.edges), 45))
    assert told.sizes.tolist() == [6] * 7
    assert {frozenset(np.flatnonzero(told.group == k).tolist()) for k in range(7)} == {
        frozenset(range(6 * k, 6 * k + 6)) for k in range(7)
    }
    assert told.group[42:].tolist() == [-1, -1, -1]
    n_edges = graph.number_of_edges()
    assert told.within == pytest.approx(1 - 7 / n_edges)
    assert told.modularity == pytest.approx(told.within - 1 / 7)


def test_the_karate_club_parts_as_is_known() -> None:
    """The largest modularity there is .4198 (Brandes et al. 2008); this search comes within .01 of it."""
    graph = nx.karate_club_graph()
    layer = layer_of(list(graph.edges), 34)
    told = communities(layer)
    assert told.modularity == pytest.approx(judged(layer, told.group), abs=1e-12)
    assert 0.41 <= told.modularity <= 0.4198 + 1e-9
    assert len(told.sizes) in (3, 4)


@pytest.mark.parametrize("clustering", [0.2, 0.5])
def test_a_larger_network_is_parted_as_well_as_by_networkx(clustering: float) -> None:
    people = public(1_500)
    layer = generate_layer(
        "facebook", Affiliation(generate="affiliation", min_ties=4, clustering=clustering), people, 3
    )
    told = communities(layer)
    assert told.modularity == pytest.approx(judged(layer, told.group), abs=1e-12)
    assert told.sizes.sum() == np.count_nonzero(told.group >= 0)
    assert (np.diff(told.sizes) <= 0).all()
    graph = nx.Graph()
    src = np.repeat(np.arange(1_500), np.diff(layer.out_ptr))
    graph.add_edges_from(zip(src.tolist(), layer.out_dst.tolist(), strict=True))
    other = nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=1))
    assert told.modularity > other - 0.03


def test_planted_groups_are_found_and_a_shuffled_network_has_less() -> None:
    """Two halves with nine ties in ten within; the same ends tied at random are the planted bug."""
    n = 4_000
    draws = [np.empty(60_000) for _ in range(3)]
    for k, out in enumerate(draws):
        luck.uniform_all(luck_keys.name_key("test", f"halves {k}"), luck_keys.row_uids(len(out)), 0, out)
    src = (draws[0] * n).astype(np.int64)
    is_near = draws[1] < 0.9
    dst = np.where(is_near, src // (n // 2), 1 - src // (n // 2)) * (n // 2) + (draws[2] * n / 2).astype(
        np.int64
    )
    told = communities(layer_of(np.stack([src, dst], axis=1), n, directed=True))
    half = np.arange(n) >= n // 2
    big = [np.mean(half[told.group == k]) for k in range(len(told.sizes)) if told.sizes[k] > 50]
    assert all(min(share, 1 - share) < 0.05 for share in big)
    at_random = communities(layer_of(np.stack([src, np.roll(dst, 7)], axis=1), n, directed=True))
    assert at_random.modularity < told.modularity - 0.1


def test_nothing_is_looked_for_where_nothing_can_be_found(monkeypatch) -> None:
    layer = layer_of([(0, 1), (1, 2)], 5)
    assert communities(layer).sizes.tolist() == [3]
    assert found(layer) is found(layer)
    none = Network.from_edges(np.zeros(0, int), np.zeros(0, int), n_people=3, directed=True).layers["ties"]
    assert communities(none) is None
    monkeypatch.setattr(module, "MOST_TIES", 3)
    assert communities(layer) is None
    place = id(layer)
    del layer
    gc.collect()
    assert place not in module._found
