"""Flights for people of some influence: who is meant, that nobody else is met, and that no other flight moves."""

from __future__ import annotations

import numpy as np
import pytest

from sim.campaign.compile import compile_campaign
from sim.errors import InputError
from sim.experiment.runner import run
from sim.kernels.state import HAS_MET
from sim.network.influence import LEVELS, influence, is_in_top, levels
from sim.scenario.parameters import table
from sim.scenario.schema import Scenario
from tests import reference_plans
from tests.plans import Mapping, build, changed, lived, made_ready
from tests.properties.test_same_bits import check_same


def plan_of(**flights: Mapping) -> Mapping:
    """Return a public of 5,000 people a head, so that 10 to 40 simulated followers are micro and macro."""
    tree = reference_plans.mapping(agents=400, days=6)
    tree["audience"]["people"] = 400 * 5_000.0
    bought = {"message": "reveal", "channel": "gram", "days": "1-6", "grp": 400.0}
    tree["plan"] = {"flights": {name: {**bought, **keys} for name, keys in flights.items()}}
    return tree


def test_levels_part_people_by_followers_in_the_market():
    study = made_ready(plan_of())
    layer, each = study.public.network.layers["gram"], study.public.population.people_per_agent
    found = levels(layer, each)
    for person, size in enumerate((layer.audience_sizes * each).tolist()):
        wanted = "everyday"
        for name, bounds in table("influence").items():
            if size >= bounds["least"].value:
                wanted = name
        assert LEVELS[found[person]] == wanted
    assert {LEVELS[k] for k in found} >= {"everyday", "micro", "macro"}


def test_top_are_the_most_influential_users():
    scenario = Scenario.from_dict(reference_plans.mapping())
    public = reference_plans.public_of(scenario)
    layer, is_user = public.network.layers["gram"], public.population.usage[0] > 0
    chosen, score = is_in_top(layer, 0.1, is_user), influence(layer)
    assert chosen.sum() == np.ceil(0.1 * is_user.sum())
    assert not (chosen & ~is_user).any()
    assert score[chosen].min() >= score[is_user & ~chosen].max()
    assert (is_in_top(layer, 1.0, is_user) == is_user).all()


TARGETS: dict[str, Mapping] = {
    "levels": {"influence": {"levels": ["micro"]}},
    "two levels": {"influence": {"levels": ["micro", "macro"]}},
    "top": {"influence": {"top": 0.2}},
    "of a segment": {"influence": {"top": 0.5}, "to": ["old"]},
    "of another layer": {"channel": "tv", "influence": {"layer": "tube", "levels": ["micro", "macro"]}},
    "insertions": {
        "grp": None, "insertions": 3, "insertion_reach": {"first": 0.2, "second": 0.3}, "influence": {"top": 0.4},
    },
    "posts": {"grp": None, "days": None, "posts": [2, 4], "influence": {"levels": ["macro"]}},
}  # fmt: skip


def meant(study, flight):
    population = study.public.population
    wanted = flight.influence
    name = wanted.layer or flight.channel
    layer = study.public.network.layers[name]
    if wanted.top is None:
        found = np.array(LEVELS)[levels(layer, population.people_per_agent)]
        out = np.isin(found, wanted.levels)
    else:
        out = is_in_top(layer, wanted.top, population.usage[population.channel_names.index(name)] > 0)
    segments = np.array(population.segment_names)[population.segment]
    return out & (np.isin(segments, flight.to) if flight.to else True)


@pytest.mark.parametrize("name", TARGETS)
def test_a_flight_meets_those_meant_and_nobody_else(name):
    """Contacts are bought for the people meant: GRP are points of theirs, and those delivered are as bought."""
    tree = changed(plan_of(one=TARGETS[name]), {"sharing": None, "adoption": None})
    study = made_ready(tree)
    flight = study.scenario.plan.flights["one"]
    is_meant = meant(study, flight)
    assert 0 < is_meant.sum() < len(is_meant)
    worlds = [lived(study, replication) for replication in range(3)]
    met = np.array([(world.people.record["flags"] & HAS_MET) > 0 for world in worlds])
    assert not met[:, ~is_meant].any()
    assert met[:, is_meant].any()
    for compiled in study.campaign.paid:
        if flight.grp:
            wanted = 4.0 * is_meant.sum() * study.public.population.people_per_agent
            assert compiled.bought == pytest.approx(wanted)


@pytest.mark.parametrize("target", [{"influence": {"top": 0.2}}, {"influence": {"levels": ["micro"]}}])
def test_a_target_moves_no_other_flight(target):
    """Without inventory a flight for the influential leaves the clocks of the others as they are, to the bit."""
    capped = {"cap": {"times": 2, "per_days": 3}}
    for others in ({"a": {}, "b": capped}, {"b": {**capped, "to": ["young"]}}):
        alone = made_ready(plan_of(**others)).campaign
        beside = made_ready(plan_of(**others, one=target)).campaign
        for flight in alone.paid:
            same = next(other for other in beside.paid if other.name == flight.name)
            assert flight.purchase.clock.tobytes() == same.purchase.clock.tobytes()
            assert flight.speed_up == same.speed_up


def test_inventory_is_shared_with_a_flight_for_the_influential():
    """What the influential see of a second flight leaves less room for the first, on a channel of scarce room."""
    tree = changed(plan_of(a={"grp": 150.0}), {"channels.gram.ad_load": 0.5})
    crowd = {"grp": 900.0, "influence": {"top": 0.2}}
    beside = changed(tree, {"plan.flights.one": {**tree["plan"]["flights"]["a"], **crowd}})
    alone, both = (made_ready(t).campaign.paid[0] for t in (tree, beside))
    assert both.speed_up > alone.speed_up == 1.0
    assert (np.bincount(both.audience.segment) > 0).sum() > (np.bincount(alone.audience.segment) > 0).sum()


def test_null_and_everyone_are_the_same_bits():
    plain = plan_of(a={})
    for flight in ({"influence": None}, {"influence": {"levels": list(LEVELS)}}):
        check_same(*(run(build(t), replications=2, threads=1) for t in (plain, plan_of(a=flight))))
    other = plan_of(a={"influence": {"top": 0.5}})
    with pytest.raises(AssertionError):
        check_same(*(run(build(t), replications=2, threads=1) for t in (plain, other)))


def test_a_level_that_nobody_has_is_a_fault():
    tree = plan_of(a={"influence": {"levels": ["mega"]}}, b={"to": ["nobody"]})
    scenario = build(plan_of(a={"influence": {"levels": ["mega"]}}))
    study = made_ready(plan_of())
    with pytest.raises(
        InputError, match=r"plan.flights.a.influence: nobody whom gram reaches has it: on gram the most"
    ):
        compile_campaign(scenario, study.public)
    with pytest.raises(InputError):
        build(tree)
