"""The response curve: the plan's own figures at ×1, those of another plan elsewhere, the law of reach along it."""

from __future__ import annotations

import copy
import weakref
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from sim.errors import InputError
from sim.experiment import attribute
from sim.experiment.compare import compare
from sim.experiment.runner import prepare, run
from sim.luck_keys import world_key
from sim.results.catalog import METRICS, RESPONSE_METRICS, describe, metric_of, response_name, unit_of
from sim.world import World
from tests.plans import build, changed, television
from tests.random_plans import scenarios
from tests.statistical.test_reach_and_frequency import nbd_reach

pytestmark = pytest.mark.statistical
FEW = settings(derandomize=True, deadline=None, max_examples=25)
FACTORS = [0, 0.5, 1, 1.7]


def wide(result) -> pd.DataFrame:
    """Return the worlds of the whole public, a column per indicator."""
    rows = result.worlds[(result.worlds.segment == "all") & (result.worlds.channel == "all")]
    return rows.pivot(index="replication", columns="metric", values="value")


def scaled(plan, factor: float):
    """Return the plan as someone would write it with another budget."""
    out = copy.deepcopy(plan)
    for name, flight in list(out["plan"]["flights"].items()):
        for way in ("budget", "impressions", "grp"):
            if flight.get(way) is not None:
                flight[way] *= factor
                if factor == 0:
                    del out["plan"]["flights"][name]
    return out


@FEW
@given(scenarios())
def test_each_factor_is_the_plan_with_that_much_bought(plan) -> None:
    """×1 is the plan's own world to the bit; ×0 leaves its flights out; others are other plans, on the same luck."""
    curve = wide(run(build({**plan, "response": FACTORS}), replications=2, threads=1))
    for factor in FACTORS:
        other = wide(run(build(scaled(plan, factor)), replications=2, threads=1))
        for metric in RESPONSE_METRICS:
            found, wanted = curve[response_name(factor, metric)], other[metric]
            if metric == "spend":
                np.testing.assert_allclose(found, wanted, rtol=1e-9)
            else:
                np.testing.assert_array_equal(found, wanted, err_msg=f"{metric} at {factor}")


@FEW
@given(scenarios())
def test_asking_for_it_moves_nothing_else(plan) -> None:
    """An absent key and null are the same bits, and the further worlds leave the plan's own alone."""
    absent, null, asked = (
        run(build(p), replications=2, threads=1)
        for p in (plan, {**plan, "response": None}, {**plan, "response": FACTORS})
    )
    pd.testing.assert_frame_equal(absent.worlds, null.worlds, check_exact=True)
    assert absent.provenance["scenario_hash"] == null.provenance["scenario_hash"]
    kept = ~asked.worlds.metric.str.startswith("response:")
    pd.testing.assert_frame_equal(asked.worlds[kept].reset_index(drop=True), absent.worlds, check_exact=True)
    pd.testing.assert_frame_equal(asked.daily, absent.daily, check_exact=True)


def test_the_same_for_any_number_of_threads() -> None:
    scenario = build(television(80, agents=300, response=FACTORS))
    one, two = (run(scenario, replications=5, threads=n).summary for n in (1, 2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def curves(worlds: int = 20) -> pd.DataFrame:
    """Return reach at ½, 1 and 2 × 120 GRP, one world on each of `worlds` publics of 5,000 people."""
    plan = television(120, agents=5000, adoption=None, publics=worlds, response=[0.5, 1, 2])
    return wide(run(build(plan), replications=worlds, threads=1))


def check_law(found: pd.DataFrame) -> None:
    """Hold reach at each factor to ±4 standard errors around the negative binomial at so many GRP.

    False alarm: P(|t₁₉| > 4) = .0008 per factor, at most .003 for the three.
    """
    for factor in (0.5, 1, 2):
        reach = found[response_name(factor, "reach")]
        error = reach.std(ddof=1) / np.sqrt(len(reach))
        assert 0 < error < 0.003
        assert abs(reach.mean() - nbd_reach(1, grp=120 * factor)) <= 4 * error


def test_reach_along_the_curve_follows_the_negative_binomial() -> None:
    found = curves()
    check_law(found)
    reach = found[[response_name(factor, "reach") for factor in (0.5, 1, 2)]].to_numpy()
    assert (np.diff(reach, axis=1) > 0).all()  # more of a flight meets a superset, in every world


@pytest.mark.parametrize("off", [0.95, 1.05])
def test_a_factor_that_is_slightly_off_is_noticed(off: float, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = attribute.compile_campaign

    def wrong(scenario, public, plan=None, scale=1.0, **further):
        return exact(scenario, public, plan, scale if scale == 1 else scale * off, **further)

    monkeypatch.setattr(attribute, "compile_campaign", wrong)
    with pytest.raises(AssertionError):
        check_law(curves())


def test_factors_that_are_exchanged_are_noticed() -> None:
    found = curves()
    half, twice = (response_name(factor, "reach") for factor in (0.5, 2))
    with pytest.raises(AssertionError):
        check_law(found.rename(columns={half: twice, twice: half}))


def test_the_marginal_return_is_the_slope_of_the_curve_at_one() -> None:
    plan = television(80, agents=2000, days=20, value_per_adoption=40.0, response=[1, 1.01])
    plan = changed(plan, {"adoption": {"innovation": 30.0}, "reception.awareness_paid": 0.5})
    found = wide(run(build(plan), replications=6, threads=1))
    adopters = 2000 * (found["response:1.01:adoption"] - found["response:1:adoption"])
    money = found["response:1.01:spend"] - found["response:1:spend"]
    np.testing.assert_allclose(found["marginal_roi"], 40.0 * adopters / money, rtol=1e-6, atol=1e-9)


def test_insertions_and_fees_stay_as_planned() -> None:
    plan = television(50, agents=500, response=[0, 2])
    spot = plan["plan"]["flights"]["spot"]
    poster = {**{k: v for k, v in spot.items() if k != "grp"}, "insertions": 2}
    plan["plan"]["flights"]["poster"] = {**poster, "insertion_reach": {"first": 0.3, "second": 0.45}}
    found = wide(run(build(plan), threads=1))
    poster_alone = wide(run(build(scaled(plan, 0)), threads=1))
    np.testing.assert_array_equal(found["response:0:reach"], poster_alone["reach"])
    assert (found["response:0:spend"] == poster_alone["spend"]).all()
    np.testing.assert_allclose(
        found["response:2:spend"] - found["spend"], found["spend"] - poster_alone["spend"]
    )


def test_plans_are_compared_factor_by_factor() -> None:
    plan = television(60, agents=400, response=[0.5, 1])
    other = changed(plan, {"plan.flights.spot.grp": 90, "name": "More of it"})
    frame = compare(run(build(plan), threads=1), run(build(other), threads=1)).frame
    rows = frame[frame.metric == "response:0.5:reach"]
    assert len(rows) == 1
    assert rows.difference.item() < 0


def test_what_is_the_plan_itself_is_not_run_again_and_people_are_kept_once() -> None:
    study = prepare(build(television(60, agents=300, response=[0, 1, 2])))
    none, own, twice = study.others.response
    assert own.campaign is study.campaign
    assert twice.campaign.paid[0].audience is study.campaign.paid[0].audience
    assert study.others.lived(study.campaign) == {"without it": 1.0, "at ×0": 1.0, "at ×2": 2.0}
    assert none.campaign.spend == 0.0


def test_two_worlds_at_most_are_held_at_a_time() -> None:
    plan = television(60, agents=307, response=[0, 0.5, 1, 2, 3], value_per_adoption=5.0)
    study = prepare(build(plan))
    alive: list[weakref.ref] = []
    most = []

    @contextmanager
    def live(campaign):
        most.append(1 + sum(world() is not None for world in alive))
        world = World(study.public, campaign, world_key(1, 0), study.scenario.days)
        world.run()
        alive.append(weakref.ref(world))
        yield world

    attribute.read_world(study.campaign, study.others, study.ledger, live)
    assert len(most) == 7
    assert max(most) == 2


def test_the_catalogue_knows_every_point() -> None:
    for metric in RESPONSE_METRICS:
        name = response_name(0.5, metric)
        assert metric_of(name).unit == METRICS[metric].unit
        assert "insertions" in describe(name)
    assert unit_of("response:0:spend", "EUR") == "EUR"
    assert response_name(1e-7, "reach") == "response:1e-07:reach"
    for name in ("response:half:reach", "response:0.50:reach", "response:2:trust", "response:2", "response:"):
        with pytest.raises(InputError, match="no such indicator"):
            metric_of(name)
