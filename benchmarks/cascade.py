"""Textbook spreading lived by the whole day: a graph, a seed set, one probability per tie.

What is switched off follows from the model: everyone is there every day, attends everything and
passes it on at once; nobody forgets and nobody buys. What remains is the independent cascade, or
SIR where sharers go on posting.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from benchmarks.graphs import Graph, barabasi_albert
from sim.agents.build import build_population
from sim.campaign.compile import Campaign, compile_campaign
from sim.kernels import sharing
from sim.kernels.state import HAS_SHARED, IS_SHARER, PEER
from sim.luck_keys import world_key
from sim.public import Public, ready_public
from sim.scenario.schema import Scenario
from sim.world import World

FEED = "feed"
DAYS = 400
MONTH = 30


@dataclass(frozen=True)
class Spreading:
    """Hold a graph and a probability made ready for the day."""

    public: Public
    campaign: Campaign
    seed_set: list[int]


def _scenario(graph: Graph, probability: float, stay: float) -> Scenario:
    alike = {"level_most": 1.0, "level_some": 1.0, "level_rare": 1.0}
    use = {FEED: {"users": 1.0, "visits_per_day": 1000.0}}
    booking = {"message": "rumour", "channel": FEED, "people": graph.seed_set, "post_on": [1]}
    return Scenario.from_dict({
        "name": "A rumour", "days": DAYS, "adoption": None, "co_creation": None,
        "audience": {"agents": graph.n_people, "segments": {"people": {"share": 1.0, "usage": use}}},
        "channels": {FEED: {
            "kind": "feed", "medium": "feed", "attention": 1.0, "visibility": probability, "usage_shape": 100.0,
        }},
        # The layer is given as arrays below; the scenario only has to name it.
        "network": {FEED: {"generate": "power_law", "min_followers": 1}},
        "messages": {"rumour": {"appeals": {"information": 1.0}, "quality": 1.0}},
        "reception": {"awareness_loss_per_day": 0.0},
        "sharing": {"beta": 1e6, "r": [1.0], "engagement": alike, "stay": stay},
        "plan": {} if stay else {"partners": {"seeds": booking}},
    })  # fmt: skip


@lru_cache(maxsize=4)
def made_ready(n_people: int, probability: float, stay: float = 0.0) -> Spreading:
    """Return the graph of `n_people` with one probability for every tie."""
    graph = barabasi_albert(n_people)
    scenario = _scenario(graph, probability, stay)
    public = ready_public(scenario, build_population(scenario), graph.network(FEED))
    return Spreading(public, compile_campaign(scenario, public), graph.seed_set)


def opened(ready: Spreading, replication: int) -> World:
    """Return a world before its first day, in which the seed set will not share again.

    Partners do not go on posting. For SIR the seed set are people who shared yesterday.
    """
    world = World(ready.public, ready.campaign, world_key(1, replication), DAYS)
    world.people.lineage["flags"][ready.seed_set, 0] |= HAS_SHARED
    if not ready.campaign.bookings:
        posts = sharing.empty_posts(len(ready.seed_set))
        posts["author"], posts["nth"], posts["message"], posts["channel"] = ready.seed_set, 0, 0, 0
        posts["kind"], posts["variant"] = PEER, 0
        world.people.lineage["n_posts"][ready.seed_set, 0] = 1
        world.posts_tomorrow = posts
    return world


def spread(world: World) -> int:
    """Live until nobody has anything to pass on; return how many ever had, seed set included."""
    world.step()
    while len(world.posts_tomorrow):
        if world.day == DAYS:
            raise RuntimeError(f"the rumour still runs after {DAYS} days")
        world.step()
    return spread_of(world)


def spread_of(world: World) -> int:
    """Return how many had something to pass on so far, seed set included."""
    is_sharer = world.people.record["flags"] & IS_SHARER
    return int(np.count_nonzero(is_sharer | (world.people.lineage["flags"][:, 0] & HAS_SHARED)))


def month(ready: Spreading, replication: int) -> int:
    """Return the spread after thirty days, all of them lived."""
    world = opened(ready, replication)
    for _ in range(MONTH):
        world.step()
    return spread_of(world)


def cascade(ready: Spreading, replication: int) -> int:
    """Return the spread in one world, opened here."""
    return spread(opened(ready, replication))
