"""Worlds without a plan: lived once for all plans on one public, and the same whoever comes first."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import public
from sim.experiment import bare
from sim.experiment.runner import prepare, run_world
from sim.luck_keys import world_key
from sim.scenario.identity import ground_hash
from sim.world import World
from tests.plans import build, changed, made_ready, television
from tests.random_plans import flights, scenarios

pytestmark = pytest.mark.property
FEW = settings(derandomize=True, deadline=None, max_examples=25)
PLAN = television(40, agents=211, days=9)
KEY = world_key(1, 0)


def lives(study):
    """Return what lives a campaign on the public of a study, and the list of campaigns that it lived."""
    asked = []

    @contextmanager
    def live(campaign):
        asked.append(campaign)
        world = World(study.public, campaign, KEY, study.scenario.days)
        world.run()
        yield world

    return live, asked


def check_same(a, b):
    for field, left, right in zip(a._fields, a, b, strict=True):
        np.testing.assert_array_equal(left, right, err_msg=field)


@FEW
@given(scenarios(influence=True, ordered=True, reacts=True), st.data())
def test_they_do_not_depend_on_whose_plan_came_first(plan, data):
    """Live one beside a plan of other flights, messages and rules, then again with nothing kept."""
    new = data.draw(flights(plan["days"], tuple(plan["messages"]), tuple(plan["audience"]["segments"])))
    quality = data.draw(st.sampled_from([0.0, 0.5, 1.0]))
    messages = {name: {**told, "quality": quality} for name, told in plan["messages"].items()}
    heard = {k: v for k, v in plan.get("plan", {}).items() if k == "listening"}
    first = made_ready({**plan, "messages": messages, "plan": {"flights": {"f0": new}, **heard}})
    found = first.others.without.stocks(KEY, lives(first)[0])
    second = made_ready(plan)
    assert second.others.without is first.others.without
    outcome = run_world(second, 0)
    public._drawn.clear()
    alone = made_ready(plan)
    assert alone.others.without is not first.others.without
    check_same(found, alone.others.without.stocks(KEY, lives(alone)[0]))
    np.testing.assert_array_equal(outcome.daily, run_world(alone, 0).daily)


def test_a_second_plan_lives_none_again():
    first, second = made_ready(PLAN), made_ready(changed(PLAN, {"plan.flights.spot.grp": 80}))
    run_world(first, 0)
    live, asked = lives(second)
    kept = second.others.without.stocks(KEY, live)
    assert asked == []
    check_same(kept, first.others.without.stocks(KEY, live))
    second.others.without.stocks(world_key(1, 1), live)
    assert asked == [second.others.without.campaign]


def test_above_the_limit_they_are_lived_again(monkeypatch):
    study = made_ready(changed(PLAN, {"days": 8, "plan.flights.spot.days": "1-8"}))
    monkeypatch.setattr(bare, "MOST_BYTES", 0)
    live, asked = lives(study)
    check_same(study.others.without.stocks(KEY, live), study.others.without.stocks(KEY, live))
    assert len(asked) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"days": 10},
        {"master_seed": 2},
        {"adoption.innovation": 0.5},
        {"reception.awareness_loss_per_day": 0.5},
        {"audience.agents": 212},
        {"audience.everyone.trust": 0.9},
        {"channels.tv.usage_shape": 0.7},
        {"sharing.reference_mean": 0.3},
    ],
    ids=str,
)
def test_on_another_ground_nothing_is_shared(change):
    one, other = build(PLAN), build(changed(PLAN, change))
    assert ground_hash(one) != ground_hash(other)
    assert prepare(one).others.without is not prepare(other).others.without


@pytest.mark.parametrize(
    "change",
    [
        {"name": "another"},
        {"plan.flights.spot.grp": 1},
        {"messages.claim.quality": 0.9},
        {"value_per_adoption": 3.0},
        {"replications": 7},
    ],
    ids=str,
)
def test_what_no_world_without_the_plan_can_tell_is_shared(change):
    one, other = prepare(build(PLAN)), prepare(build(changed(PLAN, change)))
    assert one.public is other.public
    assert one.others.without is other.others.without


def test_those_of_another_way_to_listen_are_others():
    answered = {"adoption.word_of_mouth": {"satisfaction": 0.2}, "audience.everyone.adopters": 0.5}
    deaf = changed(PLAN, answered)
    heard = changed(deaf, {"plan.listening": {"cover": 1.0, "capacity_per_day": 1000}})
    one, other = made_ready(deaf), made_ready(heard)
    assert one.public is other.public
    assert one.others.without is not other.others.without
