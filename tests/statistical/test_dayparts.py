"""Dayparts: how many contacts are attended when, and whom a flight meets that buys some hours."""

from __future__ import annotations

import numpy as np
import pytest

from sim.campaign import occasions
from sim.errors import InputError
from sim.experiment.runner import run
from sim.kernels.state import PAID
from tests.plans import build, changed, lived, made_ready, television
from tests.properties.test_same_bits import check_same

pytestmark = pytest.mark.statistical
ALPHA = 0.43  # of TV
PARTS = {
    "day": {"share": 0.7, "receptive": 0.5, "by_segment": {"owls": {"share": 0.1}}},
    "night": {"share": 0.3, "receptive": 1.5, "by_segment": {"owls": {"share": 0.9, "receptive": 4.0}}},
}
SHARE = {"larks": {"day": 0.7, "night": 0.3}, "owls": {"day": 0.1, "night": 0.9}}
FACTOR = {"larks": {"day": 0.5, "night": 1.5}, "owls": {"day": 0.5, "night": 4.0}}


def plan_of(bought=None, parts=PARTS, agents=6000, **flight):
    plan = television(300, agents=agents, days=6, flight={"dayparts": bought, **flight}, adoption=None)
    traits = plan["audience"]["segments"]["people"]
    plan["audience"]["segments"] = {name: {**traits, "share": 0.5} for name in SHARE}
    return changed(plan, {"channels.tv.dayparts": parts} if parts else {})


def chance_of(segment, bought):
    """Return the law by its definition: the mean over the occasions on which a contact may fall."""
    weights = {part: SHARE[segment][part] for part in bought}
    alphas = {part: min(1.0, ALPHA * FACTOR[segment][part]) for part in bought}
    return sum(weights[part] * alphas[part] for part in bought) / sum(weights.values())


def check_law(world, bought):
    """Hold the attended share of each segment, some 9,000 contacts, to ±4 SE: false alarm 6e-5 each."""
    names = world.public.population.segment_names
    for s, segment in enumerate(names):
        met, attended = world.tally.contacts[PAID, 0, s], world.tally.attended[PAID, 0, s]
        p = chance_of(segment, bought)
        assert abs(attended / met - p) <= 4 * np.sqrt(p * (1 - p) / met) + 1e-12


@pytest.mark.parametrize("bought", [None, ["night"], ["day"], ["day", "night"]])
def test_contacts_are_attended_by_occasion(bought):
    check_law(lived(made_ready(plan_of(bought))), bought or ["day", "night"])


def test_the_mean_over_occasions_is_the_law_of_drawn_occasions():
    """Draw the occasion of 400,000 contacts, then attention; hold the share to ±4 SE of the closed form."""
    luck = np.random.default_rng(5)
    n = 400_000
    at_night = luck.random(n) < SHARE["owls"]["night"]
    chance = np.where(at_night, min(1.0, ALPHA * 4.0), ALPHA * 0.5)
    share, p = (luck.random(n) < chance).mean(), chance_of("owls", ["day", "night"])
    assert abs(share - p) <= 4 * np.sqrt(p * (1 - p) / n)


def test_attention_above_one_is_noticed(monkeypatch):
    """Plant a bug: cut at 1 after the mean over occasions, not on each."""

    def late_cut(channel, message, segments, bought=None):
        shares, receptive = occasions.occasions(channel, segments, bought)
        return np.minimum(1.0, ALPHA * (shares * receptive).sum(axis=1) / shares.sum(axis=1))

    monkeypatch.setattr(occasions, "attention_by_segment", late_cut)
    with pytest.raises(AssertionError):
        check_law(lived(made_ready(plan_of())), ["day", "night"])


def check_met(world, bought):
    """Hold each segment's share of 18,000 contacts to ±4 SE of its visits in those hours: false alarm 6e-5."""
    study_population = world.public.population
    usage = np.bincount(study_population.segment, study_population.usage[0])
    weight = usage * [sum(SHARE[name][part] for part in bought) for name in study_population.segment_names]
    met = world.tally.contacts[PAID, 0]
    p = weight[0] / weight.sum()
    assert abs(met[0] / met.sum() - p) <= 4 * np.sqrt(p * (1 - p) / met.sum())
    assert abs(met.sum() - 3.0 * 6000) <= 4 * np.sqrt(3.0 * 6000)


@pytest.mark.parametrize("bought", [["night"], ["day"], ["day", "night"]])
@pytest.mark.parametrize("cap", [None, {"times": 200, "per_days": 6}])
def test_a_flight_meets_those_who_are_there_then(bought, cap):
    if cap:  # 200 contacts of 3 on average are never met: the law of who is met stays
        check_met(lived(made_ready(plan_of(bought, cap=cap) | {"delivery": {"max_speed_up": 1.0}})), bought)
    else:
        check_met(lived(made_ready(plan_of(bought))), bought)


def test_a_flight_that_meets_all_hours_alike_is_noticed(monkeypatch):
    monkeypatch.setattr(occasions, "share_bought", lambda channel, segments, bought: np.ones(len(segments)))
    with pytest.raises(AssertionError):
        check_met(lived(made_ready(plan_of(["night"]))), ["night"])


def test_all_hours_bought_is_the_same_as_none_told():
    check_same(
        *(run(build(plan_of(b, agents=300)), replications=2, threads=1) for b in (None, ["day", "night"]))
    )


def test_hours_in_which_all_are_equally_receptive_change_nothing():
    """φ = 1 everywhere: the same bits as a channel without dayparts."""
    parts = {"day": {"share": 0.7}, "night": {"share": 0.3, "by_segment": {"owls": {"receptive": 1.0}}}}
    check_same(*(run(build(plan_of(None, p, 300)), replications=2, threads=1) for p in (parts, {})))
    with pytest.raises(AssertionError):
        check_same(*(run(build(plan_of(None, p, 300)), replications=2, threads=1) for p in (PARTS, {})))


def test_insertions_are_attended_at_their_hour():
    reach = {"grp": None, "insertions": 3, "insertion_reach": {"first": 0.4, "second": 0.5}}
    check_law(lived(made_ready(plan_of(["night"], **reach))), ["night"])


def test_a_flight_when_nobody_of_its_segments_is_there_is_a_fault():
    parts = {"day": {"share": 1.0}, "night": {"share": 0.0, "by_segment": {"owls": {"share": 1.0}}}}
    parts["day"]["by_segment"] = {"owls": {"share": 0.0}}
    with pytest.raises(InputError, match=r"plan.flights.spot.dayparts: nobody of its segments uses tv then"):
        made_ready(plan_of(["night"], parts, 100, to=["larks"]))
    made_ready(plan_of(["night"], parts, 100, to=["larks", "owls"]))
