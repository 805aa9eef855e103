"""Hubs, chance or fringe: the pattern of Hinz, Skiera, Barrot & Becker (2011), where the active have more ties."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.campaign.compile import compile_campaign
from sim.luck_keys import world_key
from sim.public import build_public, ready_public
from sim.world import World
from tests.plans import bare, build

pytestmark = pytest.mark.statistical
WORLDS = 12


def plan_of(rule):
    plan = bare(agents=3000, days=12, adoption=None)
    plan["audience"]["segments"]["people"]["usage"] = {"feed": {"users": 1.0, "visits_per_day": 3.0}}
    plan["channels"] = {"feed": {"kind": "feed", "medium": "feed", "visibility": 0.3}}
    plan["network"] = {"feed": {"generate": "affiliation", "min_ties": 5, "max_ties": 60, "clustering": 0.2}}
    plan["sharing"] = {"reference_mean": 0.4}
    plan["plan"] = {
        "partners": {
            "some": {
                "message": "claim",
                "channel": "feed",
                "choose": {"rule": rule, "count": 30},
                "post_on": [1],
            }
        }
    }
    return plan


def met(rule):
    """Return the people met in each world, with participation E_i proportional to followers."""
    scenario = build(plan_of(rule))
    public = build_public(scenario)
    size = public.network.layers["feed"].audience_sizes
    population = dataclasses.replace(public.population, engagement=size / size.mean())
    public = ready_public(scenario, population, public.network)
    campaign = compile_campaign(scenario, public)
    out = []
    for replication in range(WORLDS):
        world = World(public, campaign, world_key(scenario.master_seed, replication), scenario.days)
        world.run()
        out.append(int(world.tally.met.sum()))
    return np.array(out)


def test_hubs_beat_chance_beat_fringe():
    """In every one of 12 paired worlds; 30 of 3,000 people start, and the ratio hub ÷ fringe is within 2 and 12.

    Were any two of the rules alike, the order would hold in all worlds once in 2^12 = 4,096 runs at most.
    """
    hubs, chance, fringe = (met(rule) for rule in ("degree", "random", "fringe"))
    assert (hubs > chance).all()
    assert (chance > fringe).all()
    assert 2.0 <= hubs.mean() / fringe.mean() <= 12.0
