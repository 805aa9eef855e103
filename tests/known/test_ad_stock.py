"""Memory of one pulse halves every 17.5 days."""

from __future__ import annotations

import numpy as np
import pytest

from sim.world import World, forget
from tests.plans import changed, daily_contact, lived, made_ready, open_world, television

pytestmark = pytest.mark.known


def half_life(days, memory):
    """Fit ln M = a - b·day by least squares and return the days of a half."""
    slope = np.polyfit(days, np.log(memory), 1)[0]
    return -np.log(2) / slope


def check(days, memory):
    assert abs(half_life(days, memory) - 17.5) <= 0.1


def watched(plan):
    """Return mean memory after each day; everyone is aware, so that each day's step brings it up to date."""
    known = {"audience.segments.people.aware": 1.0, "reception.awareness_loss_per_day": 0.0}
    world = open_world(made_ready(changed(plan, {"sharing": None, "adoption": None, **known})))
    out = []
    while world.day < world.days:
        world.step()
        out.append(world.people.record["memory"].mean())
    return np.array(out)


def pulse(**parts):
    """Return one day of television, met by different people a different number of times."""
    return television(200, flight={"days": "1-1"}, agents=400, days=60, **parts)


def test_memory_of_a_pulse_halves_in_seventeen_and_a_half_days():
    memory = watched(pulse())
    assert memory[0] > 0.3
    check(np.arange(60), memory)


def test_memory_that_fades_at_the_next_touch_has_faded_as_much():
    """Read what a second contact finds: the unaware are not visited in between."""
    days, left = [8, 15, 29, 43, 60], []
    for day in days:
        plan = daily_contact(day, posts=[1, day], agents=20, sharing=None, adoption=None)
        plan = changed(plan, {"reception.awareness_paid": 0.0})
        left.append(lived(made_ready(plan)).people.record["memory"].mean() - 1.0)
    check(np.array(days), np.array(left))


def test_a_memory_given_at_the_start_fades_alike():
    plan = changed(pulse(), {"plan": {}, "audience.segments.people.memory": 2.0})
    memory = watched(plan)
    np.testing.assert_allclose(memory, 2.0 * 2 ** (-np.arange(1, 61) / 17.5), rtol=1e-12)
    check(np.arange(60), memory)


@pytest.mark.parametrize("days", [17.0, 18.0])
def test_another_half_life_is_noticed(days):
    memory = watched(changed(pulse(), {"reception.memory_half_life_days": days}))
    with pytest.raises(AssertionError):
        check(np.arange(60), memory)


def test_a_day_that_fades_twice_is_noticed(monkeypatch):
    def twice(world: World) -> None:
        forget(world)
        if world.day % 7 == 0:
            world.people.record["memory"] *= 2 ** (-1 / 17.5)

    steps = tuple((name, twice if name == "forget" else act) for name, act in World.step.__globals__["DAY"])
    monkeypatch.setattr("sim.world.DAY", steps)
    memory = watched(pulse())
    with pytest.raises(AssertionError):
        check(np.arange(60), memory)
