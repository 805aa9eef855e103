"""Cascades of known shape, and those of a run put together again from its posts."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import numpy as np
import pytest

from sim.experiment.runner import prepare, run_world
from sim.kernels.state import BRAND, POST
from sim.results.cascades import Cascades, indicators, trace
from tests import plans

pytestmark = pytest.mark.known


def posts(*rows: tuple[int, int]) -> np.ndarray:
    out = np.zeros(len(rows), POST)
    out["author"], out["source"] = [author for author, _ in rows], [source for _, source in rows]
    return out


def traced(*days: np.ndarray, partners: tuple[int, ...] = ()) -> Cascades:
    return trace(days, [(0, np.array(partners, np.int64))])


@pytest.mark.parametrize("n", [2, 3, 7, 20])
def test_star_and_path(n: int) -> None:
    """Goel et al. (2016): 2(n - 1)/n for a star, (n + 1)/3 for a path."""
    star = traced(posts((0, BRAND)), posts(*((leaf, 0) for leaf in range(1, n))))
    assert (star.size[0], star.depth[0], star.breadth[0]) == (n, 1, max(n - 1, 1))
    assert star.virality[0] == pytest.approx(2 * (n - 1) / n)
    path = traced(posts((0, BRAND)), *(posts((k, k - 1)) for k in range(1, n)))
    assert (path.size[0], path.depth[0], path.breadth[0]) == (n, n - 1, 1)
    assert path.virality[0] == pytest.approx((n + 1) / 3)


def test_partners_are_roots_and_lonely_roots_have_no_virality() -> None:
    found = traced(posts((5, 9), (6, BRAND)), posts((9, 5)), partners=(9, 8))
    assert sorted(zip(found.size.tolist(), found.depth.tolist(), strict=True)) == [(1, 0), (1, 0), (2, 1)]
    assert np.isnan(found.virality[found.size == 1]).all()
    told = indicators(found)
    assert (told["cascade_size"], told["r_share"]) == pytest.approx((4 / 3, 1 / 4))
    assert told["structural_virality"] == pytest.approx(1.0)
    assert np.isnan(list(indicators(traced()).values())).all()


def shared_scenario():
    scenario = plans.bare(agents=1500, days=12, sharing={"beta": 0.6, "reference_mean": 1.0})
    usage = {"feed": {"users": 1.0, "visits_per_day": 2.0}}
    scenario["audience"]["segments"]["people"]["usage"] = usage
    scenario["channels"] = {"feed": {"kind": "feed", "medium": "feed", "cpm": 5.0, "visibility": 0.3}}
    scenario["network"] = {"feed": {"generate": "power_law"}}
    flight = {"message": "claim", "channel": "feed", "days": "1-3", "grp": 20}
    booked = {"message": "claim", "channel": "feed", "people": [1, 2], "post_on": [1]}
    scenario["plan"] = {"flights": {"ad": flight}, "partners": {"allies": booked}}
    return plans.build(scenario)


def test_cascades_of_a_run_agree_with_the_graph_of_its_posts() -> None:
    study = prepare(shared_scenario())
    world = plans.open_world(study, 0)
    world.run()
    graph = nx.DiGraph()
    graph.add_nodes_from([1, 2])
    for post in np.concatenate(world.passed_on):
        author, source = int(post["author"]), int(post["source"])
        if author in (1, 2):
            continue
        graph.add_node(author)
        if source != BRAND:
            assert source in graph
            graph.add_edge(source, author)
    found = trace(world.passed_on, [(0, np.array([1, 2]))])
    trees = [graph.subgraph(part) for part in nx.weakly_connected_components(graph)]
    assert len(trees) == len(found.size)
    assert max(found.size) > 3
    assert Counter(found.size.tolist()) == Counter(len(tree) for tree in trees)
    wanted = sorted(nx.average_shortest_path_length(t.to_undirected()) for t in trees if len(t) > 1)
    np.testing.assert_allclose(np.sort(found.virality[found.size > 1]), wanted)
    outcome = run_world(study, 0)
    assert outcome is not None
    row = outcome.last_rows.index(("cascade_size", "all", "all"))
    assert outcome.last[row] == pytest.approx(found.size.mean())


def test_a_shifted_tree_is_noticed() -> None:
    """The check above rejects a tracer that hangs everyone on the root."""
    path = traced(posts((0, BRAND)), posts((1, 0)), posts((2, 1)), posts((3, 2)))
    flat = traced(posts((0, BRAND)), posts((1, 0)), posts((2, 0)), posts((3, 0)))
    assert path.virality[0] > flat.virality[0]
    assert (path.depth[0], flat.depth[0]) == (3, 1)
