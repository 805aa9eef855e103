"""What partners are worth, person by person: by hand, and against the curves of adopters of whole runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from sim.experiment.attribute import compile_others
from sim.experiment.runner import prepare, run, run_world
from sim.kernels.state import ADOPTER
from sim.luck_keys import world_key
from sim.results import seeding
from sim.results.catalog import metric_of
from sim.scenario.metrics import SEEDING
from sim.world import World
from tests import plans
from tests.random_plans import scenarios

pytestmark = pytest.mark.known
FEW = settings(derandomize=True, deadline=None, max_examples=25)

# day with partners, day without, acceleration, expansion; the run has 10 days
PEOPLE = {
    "adopts sooner": (3, 7, 4, 0),
    "adopts later": (8, 6, -2, 0),
    "adopts on the same day": (5, 5, 0, 0),
    "adopts with partners only": (4, -1, 0, 7),
    "adopts with partners only, on the last day": (10, -1, 0, 1),
    "adopts without partners only": (-1, 9, 0, -2),
    "never adopts": (-1, -1, 0, 0),
    "had adopted before": (0, 0, 0, 0),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_each_kind_of_person(who: str) -> None:
    with_partners, without, acceleration, expansion = PEOPLE[who]
    found = seeding.split(np.array([with_partners], np.int32), np.array([without], np.int32), 10)
    assert [int(part[0]) for part in found] == [acceleration, expansion]


def busy(**partner) -> plans.Mapping:
    """Return a public of two segments on which partners move many, and some are moved away from adopting."""
    out = plans.bare(agents=1500, days=25, sharing={"beta": 1.0})
    traits = {"motivations": plans.ONE_NEED, "aware": 0.05, "adopters": 0.02,
              "usage": {"feed": {"users": 0.9, "visits_per_day": 2.0}}}  # fmt: skip
    out["audience"]["people"] = 4500
    out["audience"]["segments"] = {"young": {"share": 0.4, **traits}, "old": {"share": 0.6, **traits}}
    out["channels"] = {"feed": {"kind": "feed", "medium": "feed", "cpm": 5.0, "visibility": 0.3}}
    out["network"] = {"feed": {"generate": "power_law"}, "offline": {"generate": "small_world"}}
    out["adoption"] = {"innovation": 8.0, "imitation": 8.0}
    booked = {"message": "claim", "channel": "feed", "post_on": [2, 4], "fee": 10,
              "choose": {"rule": "top", "by": "audience", "count": 8}, **partner}  # fmt: skip
    out["plan"] = {
        "flights": {"ad": {"message": "claim", "channel": "feed", "days": "1-25", "grp": 60}},
        "partners": {"allies": booked},
    }
    return out


def harmful() -> plans.Mapping:
    """Return a known brand whose partners talk ill of it: some who would have adopted do not."""
    out = busy(message="blunder")
    out["messages"]["blunder"] = {"appeals": plans.ONE_NEED, "quality": 0.5, "valence": -1.0}
    for segment in out["audience"]["segments"].values():
        segment |= {"aware": 0.7, "attitude": 0.5}
    return out


def told(scenario, replication: int = 0) -> dict[tuple[str, str], float]:
    outcome = run_world(prepare(scenario), replication)
    assert outcome is not None
    rows = zip(outcome.last_rows, outcome.last.tolist(), strict=True)
    return {(metric, segment): value for (metric, segment, _), value in rows if metric in SEEDING}


def check_curves(scenario, replication: int = 0) -> dict[tuple[str, str], float]:
    """Hold the value to the area between the two curves of adopters, from logs alone; and the parts to it."""
    study = prepare(scenario)
    others = compile_others(scenario, study.public, study.campaign)
    key = world_key(scenario.master_seed, replication)
    logs = []
    for campaign in (study.campaign, others.unpartnered):
        world = World(study.public, campaign, key, scenario.days)
        world.run()
        logs.append(world.log.stages[:, ADOPTER])
    area = (logs[0] - logs[1]).sum(axis=0) * study.public.population.people_per_agent
    found = told(scenario, replication)
    names = study.public.population.segment_names
    for segment, wanted in zip(("all", *names), (area.sum(), *area), strict=True):
        value, acceleration, expansion = (found[metric, segment] for metric in SEEDING)
        assert value == acceleration + expansion
        assert value == pytest.approx(wanted, abs=1e-6)
    return found


def test_the_value_is_the_area_between_the_curves_of_adopters() -> None:
    scenario = plans.build(busy())
    found = check_curves(scenario)
    assert found["seeding_acceleration", "all"] != 0
    assert found["seeding_expansion", "all"] != 0
    assert all(metric_of(metric).unit == "adopter-days" for metric in SEEDING)


@FEW
@given(scenarios())
def test_it_is_so_for_any_plan_with_partners(plan) -> None:
    scenario = plans.build(plan)
    if scenario.plan.partners:
        check_curves(scenario)
    else:
        assert not told(scenario)


BUGS = {
    "days with and without exchanged": lambda a, b, last: seeding_split(b, a, last),
    "who adopts without partners only is left out": lambda a, b, last: seeding_split(
        a, np.where(a < 0, -1, b), last
    ),
    "the day of adoption does not count": lambda a, b, last: seeding_split(a, b, last - 1),
    "people are shuffled": lambda a, b, last: seeding_split(a, b[::-1], last),
}
seeding_split = seeding.split


@pytest.mark.parametrize("bug", BUGS)
def test_a_wrong_split_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeding, "split", BUGS[bug])
    with pytest.raises(AssertionError):
        [check_curves(plans.build(plan)) for plan in (busy(), harmful())]


def test_nobody_booked_is_worth_nothing_and_is_not_run_again() -> None:
    scenario = plans.build(busy(choose={"rule": "top", "by": "audience", "count": 0}))
    study = prepare(scenario)
    assert study.others.unpartnered is study.campaign
    assert set(told(scenario).values()) == {0.0}


def test_partners_are_all_that_is_taken_away() -> None:
    study = prepare(plans.build(busy()))
    assert study.others.unpartnered.paid is study.campaign.paid
    assert study.others.unpartnered.owned is study.campaign.owned
    assert not study.others.unpartnered.bookings


def test_the_same_for_any_number_of_threads() -> None:
    scenario = plans.build(busy())
    one, two = (run(scenario, replications=4, threads=n).worlds for n in (1, 2))
    assert one.equals(two)
