"""Every rule of choosing people keeps the contract, and does what its name says."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sim import luck_keys
from sim.network.choice import RULES, Field, take
from sim.network.graph import Network
from tests.contracts.choice import RuleContract, field_of


@pytest.mark.parametrize("name", RULES)
class TestEveryChoice(RuleContract):
    @pytest.fixture(autouse=True)
    def _rule(self, name):
        self.rule = RULES[name]


def graph_of(field):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(field.n_people))
    author = np.repeat(np.arange(field.n_people), field.layer.audience_sizes)
    graph.add_edges_from(zip(author.tolist(), field.layer.out_dst.tolist(), strict=True))
    return graph


def test_pagerank_is_that_of_networkx():
    field = field_of()
    wanted = nx.pagerank(graph_of(field).reverse(), alpha=0.85, tol=1e-12, max_iter=1000)
    np.testing.assert_allclose(RULES["pagerank"].score(field), [wanted[i] for i in range(60)], atol=1e-9)


def test_core_numbers_and_betweenness_are_those_of_networkx():
    field = field_of()
    core = nx.core_number(graph_of(field).to_undirected())
    assert np.floor(RULES["k_core"].score(field)).tolist() == [core[i] for i in range(60)]
    whole = nx.betweenness_centrality(graph_of(field), normalized=False)
    np.testing.assert_allclose(RULES["betweenness"].score(field), [whole[i] for i in range(60)], atol=1e-9)


def test_degree_discount_is_greedy_on_its_formula():
    """Everything counted anew for each place, with p = .1."""
    field = field_of()
    graph, p = graph_of(field), 0.1
    chosen: list[int] = []
    for _ in range(12):

        def score(j, chosen=chosen):
            t = sum(u in chosen for u in graph.predecessors(j))
            s = sum(u in chosen for u in graph.successors(j))
            return (1 - p) ** t * (1 + (graph.out_degree(j) - s) * p)

        chosen.append(max((j for j in range(60) if j not in chosen), key=lambda j: (score(j), -j)))
    assert RULES["degree_discount"].order(field, 12).tolist() == chosen


def test_bridges_and_fringe():
    """0 is followed by five of its own segment, 1 by two of the other one, 2 by one of its own; others by nobody."""
    layer = Network.from_edges(
        [0] * 5 + [1, 1, 2], [3, 4, 5, 6, 7, 3, 4, 8], n_people=9, directed=True
    ).layers["ties"]
    segment = np.array([0, 1, 1, 0, 0, 0, 0, 0, 1])
    field = Field(layer, luck_keys.row_uids(9), segment, luck_keys.certificate_key(1, 1), 0.1)
    assert RULES["bridges"].order(field, 9)[0] == 1
    assert RULES["fringe"].order(field, 9)[:3].tolist() == [2, 1, 0]
    assert RULES["degree"].order(field, 9)[:3].tolist() == [0, 1, 2]


def test_who_cannot_be_paid_is_passed_over():
    order, cost = np.array([3, 1, 0, 2], np.int32), np.array([1.0, 9.0, 2.0, 4.0])
    taken = take(order, np.ones(4, np.bool_), None, cost, 5.0)
    assert taken.tolist() == [3, 0]
    assert take(order, np.ones(4, np.bool_), 3).tolist() == [3, 1, 0]
