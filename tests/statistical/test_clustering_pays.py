"""Clustered or random: what needs reinforcement spreads in a ring lattice, what does not at random.

The day on a thousand people with six ties each. In the ring everyone hears the three on either side; the other graph
is random with the same six ties each. One person and its six ties post on day 1; every post is seen and attended,
and a person shares after its k-th source with probability P·r_k. With r = 0, 1, 1, … one source is never enough
(Centola & Macy 2007); with r = 1, 1, … this is the independent cascade.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sim import Network
from sim.agents.build import build_population
from sim.campaign.compile import compile_campaign
from sim.luck_keys import world_key
from sim.public import ready_public
from sim.world import World
from tests.plans import bare, build

pytestmark = pytest.mark.statistical
PEOPLE, TIES, DAYS, FEED = 1000, 6, 500, "feed"
REINFORCED, SIMPLE = [0.0, 1.0], [1.0]


def scenario_of(chance, r):
    plan = bare(agents=PEOPLE, days=DAYS, adoption=None, co_creation=None)
    alike = {"level_most": 1.0, "level_some": 1.0, "level_rare": 1.0}
    plan["sharing"] = {"beta": chance, "r": r, "engagement": alike}  # 2μq is 1, so P is β
    plan["audience"]["segments"]["people"]["usage"] = {FEED: {"users": 1.0, "visits_per_day": 1000.0}}
    plan["channels"] = {
        FEED: {"kind": "feed", "medium": "feed", "visibility": 1.0, "attention": 1.0, "usage_shape": 100.0}
    }
    plan["network"] = {FEED: {"generate": "small_world"}}  # given as arrays below
    booked = {"message": "claim", "channel": FEED, "people": list(range(TIES + 1)), "post_on": [1]}
    plan["plan"] = {"partners": {"starters": booked}}
    return build(plan)


def starters_first(graph):
    """Return the pairs of a graph, person 0 and its six ties being the first seven rows."""
    first = [0, *graph[0]]
    order = first + [node for node in graph if node not in set(first)]
    row = {node: place for place, node in enumerate(order)}
    return np.array([(row[a], row[b]) for a, b in graph.edges])


def ring():
    return starters_first(nx.circulant_graph(PEOPLE, range(1, TIES // 2 + 1)))


def at_random(luck):
    return starters_first(nx.random_regular_graph(TIES, PEOPLE, seed=luck))


def public_of(scenario, pairs):
    network = Network.from_edges(*pairs.T, n_people=PEOPLE, directed=False, name=FEED)
    return ready_public(scenario, build_population(scenario), network)


def sharers(scenario, public, replication):
    """Return how many share in one world, starters included."""
    world = World(public, compile_campaign(scenario, public), world_key(1, replication), DAYS)
    world.step()
    while len(world.posts_tomorrow):
        assert world.day < DAYS, "nothing is shared any more before the days are over"
        world.step()
    return np.count_nonzero(world.people.lineage["n_posts"][:, 0])


def share_won_by_ring(chance, r, n_pairs):
    """Return the share of pairs in which more people share in the ring than in a random graph of that pair."""
    scenario = scenario_of(chance, r)
    clustered = public_of(scenario, ring())
    won = 0
    for k in range(n_pairs):
        in_ring = sharers(scenario, clustered, k)
        won += in_ring > sharers(scenario, public_of(scenario, at_random(k)), k)
    return won / n_pairs


def check(share_won):
    """Hold the ring to 95 % of the pairs where one source is not enough, the random graph where it is.

    Measured: the ring won 40 of 40, and 0 of 40 at P = .3 and at .45. Were the truth 99.9 %, 40 pairs would fail
    (3 or more lost) with probability 1e-5, 300 pairs less.
    """
    assert share_won(0.8, REINFORCED) >= 0.95
    for chance in (0.3, 0.45):
        assert share_won(chance, SIMPLE) <= 0.05


def test_reinforced_sharing_wants_clusters_and_simple_sharing_does_not():
    check(lambda chance, r: share_won_by_ring(chance, r, 40))


@pytest.mark.verify
def test_it_is_so_over_three_hundred_pairs():
    check(lambda chance, r: share_won_by_ring(chance, r, 300))


@pytest.mark.parametrize("bug", [{"first": 0.3}, {"chance": 0.05}])
def test_sharing_of_another_kind_is_noticed(bug):
    """Let one source be enough now and then; let nobody be moved by many."""

    def share_won(chance, r):
        told = [bug.get("first", r[0]), *r[1:]]
        return share_won_by_ring(min(chance, bug.get("chance", 1.0)), told, 20)

    with pytest.raises(AssertionError):
        check(share_won)
