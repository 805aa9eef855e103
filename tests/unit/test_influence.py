"""Influence: audience size × credibility on a layer, and its levels, as rules for choosing partners."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiment.runner import run
from sim.network import influence
from sim.scenario.parameters import table
from sim.scenario.schema import Scenario
from tests import reference_plans
from tests.plans import bare, build, changed, made_ready
from tests.properties.test_same_bits import check_same


def plan_of(choose, people=500_000.0):
    plan = bare(agents=500, days=3, adoption=None)
    plan["audience"]["people"] = people
    plan["audience"]["segments"]["people"]["usage"] = {"feed": {"users": 1.0, "visits_per_day": 2.0}}
    plan["channels"] = {"feed": {"kind": "feed", "medium": "feed"}}
    plan["network"] = {"feed": {"generate": "power_law"}}
    booked = {"message": "claim", "channel": "feed", "post_on": [1], "choose": {"rule": "top", **choose}}
    plan["plan"] = {"partners": {"some": booked}}
    return plan


def test_influence_is_the_sum_of_what_followers_believe():
    public = reference_plans.public_of(Scenario.from_dict(reference_plans.mapping()))
    layer = public.network.layers["gram"]
    wanted = np.zeros(len(layer.audience_sizes))
    for j in range(len(wanted)):
        for e in range(layer.out_ptr[j], layer.out_ptr[j + 1]):
            wanted[j] += float(layer.out_weight[e])
    np.testing.assert_array_equal(influence.influence(layer), wanted)
    by_size, by_influence = (
        np.argsort(-layer.audience_sizes, kind="stable"),
        np.argsort(-wanted, kind="stable"),
    )
    assert (by_size != by_influence).any()
    unweighted = public.network.layers["tube"]
    np.testing.assert_array_equal(influence.influence(unweighted), unweighted.audience_sizes)


@pytest.mark.parametrize("level", ["nano", "micro", "macro", "mega"])
def test_partners_of_a_level_have_so_many_followers_in_the_market(level):
    """One simulated person stands for 1,000 (nano: 100) people, so that 10 to 50 followers are 10,000 and more."""
    people = (
        50_000.0 if level == "nano" else 500_000.0 if level == "micro" else 5e6 if level == "macro" else 5e7
    )
    study = made_ready(plan_of({"by": "influence", "count": 3, "level": level}, people))
    booking, w = study.campaign.bookings[0], study.public.population.people_per_agent
    bounds = table("influence")[level]
    assert (booking.audience * w >= bounds["least"].value).all()
    assert "below" not in bounds or (booking.audience * w < bounds["below"].value).all()
    assert len(booking.rows) == 3
    others = influence.is_of_level(study.public.network.layers["feed"], level, w)
    others[booking.rows] = False
    sizes = study.public.network.layers["feed"].audience_sizes
    assert sizes[others].max(initial=0) <= booking.audience.min()


def test_levels_follow_each_other():
    levels = list(table("influence").values())
    for lower, higher in itertools.pairwise(levels):
        assert lower["below"].value == higher["least"].value


def test_too_few_of_a_level_is_a_fault():
    with pytest.raises(
        InputError, match=r"plan.partners.some.choose.count: 3 of 0 mega persons on feed; want"
    ):
        made_ready(plan_of({"by": "audience", "count": 3, "level": "mega"}))


def test_influence_of_ties_alike_is_the_audience_and_no_level_is_all():
    """Without weights both rules choose the same; `level: null` is the same bits as no level."""
    plain = plan_of({"by": "audience", "count": 5})
    for choose in ({"by": "influence", "count": 5}, {"by": "audience", "count": 5, "level": None}):
        check_same(*(run(build(plan), replications=2, threads=1) for plan in (plain, plan_of(choose))))
    other = changed(plain, {"plan.partners.some.choose.count": 2})
    with pytest.raises(AssertionError):
        check_same(*(run(build(plan), replications=2, threads=1) for plan in (plain, other)))
