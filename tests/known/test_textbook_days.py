"""Textbook models lived by the whole day and by `sim.cascade`: the same people in every world."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import cascade as days
from sim import Network, cascade
from sim.agents.build import build_population
from sim.campaign.compile import compile_campaign
from sim.kernels import cascade as kernels
from sim.kernels.state import HAS_SHARED, IS_SHARER
from sim.luck_keys import decision_keys, name_key
from sim.network.chances import odds_of
from sim.public import ready_public
from tests.reference_luck import uniform_at

pytestmark = pytest.mark.known
PEOPLE, WORLDS = 400, range(20, 45)
NAMES = {"message": "rumour", "master_seed": 1}


def lived(ready: days.Spreading) -> list[set[int]]:
    """Return who has something to pass on at the end of each world of the day."""
    out = []
    for replication in WORLDS:
        world = days.opened(ready, replication)
        days.spread(world)
        is_sharer = world.people.record["flags"] & IS_SHARER
        out.append(
            set(np.flatnonzero(is_sharer | (world.people.lineage["flags"][:, 0] & HAS_SHARED)).tolist())
        )
    return out


def spread(network: Network, uid, chances, seed_set, stay: float, layer: str = days.FEED) -> list[set[int]]:
    """Return who is reached in each world of the cascade."""
    names = name_key("layer", layer), name_key("message", "rumour")
    odds, desk, out = odds_of(network.layers[days.FEED], chances, uid), kernels.desk(network.n_people), []
    for replication in WORLDS:
        see = decision_keys(1, [replication], "see", *names)
        share = decision_keys(1, [replication], "share", names[1])
        sizes = np.zeros(1, np.int64)
        kernels.spread(see, share, np.array([seed_set], np.int32), odds, stay, desk, sizes)
        out.append(set(desk.queue[: sizes[0]].tolist()))
    return out


@pytest.mark.parametrize("p", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("stay", [0.0, 0.6])
def test_day_and_cascade_agree_world_by_world(p: float, stay: float) -> None:
    ready = days.made_ready(PEOPLE, p, stay)
    people, network = ready.public.population, ready.public.network
    reached = lived(ready)
    assert spread(network, people.uid, np.array([p]), ready.seed_set, stay) == reached
    how = {"worlds": WORLDS, "population": people, **NAMES}
    sizes = [len(some) for some in reached]
    assert len(set(sizes)) > 5
    if stay:
        assert cascade.sir(network, p, ready.seed_set, recovery=1 - stay, **how).tolist() == sizes
    else:
        assert cascade.independent(network, p, ready.seed_set, **how).tolist() == sizes


def varied(p: float) -> tuple[days.Spreading, np.ndarray]:
    """Return a public whose ties are of unequal weight, and the chance of each tie."""
    graph = days.barabasi_albert(PEOPLE)
    scenario = days._scenario(graph, p, 0.0)
    weight = np.array([0.02 + 0.98 * uniform_at(4, e) ** 4 for e in range(len(graph.pairs))])
    network = Network.from_edges(
        *graph.pairs.T, n_people=PEOPLE, directed=False, name=days.FEED, weight=weight
    )
    public = ready_public(scenario, build_population(scenario), network)
    chances = p * network.layers[days.FEED].out_weight.astype(float)
    return days.Spreading(public, compile_campaign(scenario, public), graph.seed_set), chances


@pytest.mark.parametrize("p", [0.1, 0.7])
def test_day_and_cascade_agree_where_ties_differ(p: float) -> None:
    """With p = .1 rows are skipped through, with .7 every coin is tossed."""
    ready, chances = varied(p)
    network, uid = ready.public.network, ready.public.population.uid
    reached = lived(ready)
    assert spread(network, uid, chances, ready.seed_set, 0.0) == reached
    layer = network.layers[days.FEED]
    assert layer.given is not None
    told = chances[layer.given[0]]
    sizes = cascade.independent(network, told, ready.seed_set, worlds=WORLDS, **NAMES)
    assert sizes.tolist() == [len(some) for some in reached]
    assert len(set(sizes.tolist())) > 5


def test_luck_by_another_name_is_noticed() -> None:
    """The agreement is of the same luck and not of the same law: a layer called otherwise has its own."""
    ready = days.made_ready(PEOPLE, 0.1, 0.0)
    uid = ready.public.population.uid
    other = spread(ready.public.network, uid, np.array([0.1]), ready.seed_set, 0.0, layer="another")
    assert sum(a == b for a, b in zip(other, lived(ready), strict=True)) <= 1
