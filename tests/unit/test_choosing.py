"""Bookings chosen by rules and with a certificate: who, for how much, and that it is what the rule says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim import influence
from sim.campaign.fees import fee_curve
from sim.campaign.passing import passing
from sim.errors import InputError
from sim.experiment.estimate import estimate
from sim.experiment.runner import run
from sim.network.choice import RULES
from sim.network.graph import Network, TieLayer
from sim.scenario.parameters import table
from tests.plans import bare, build, changed, lived, made_ready


def plan_of(choose, fee=100.0, agents=600, **partner):
    plan = bare(agents=agents, days=8, adoption=None)
    plan["audience"]["people"] = agents * 200.0
    motive = {"information": 1.0}
    use = {"feed": {"users": 0.9, "visits_per_day": 2.0}}
    plan["audience"]["segments"] = {
        name: {"share": share, "motivations": motive, "usage": use}
        for name, share in (("ants", 0.3), ("bees", 0.7))
    }
    plan["channels"] = {"feed": {"kind": "feed", "medium": "feed", "visibility": 0.5}}
    plan["network"] = {"feed": {"generate": "power_law"}}
    booked = {
        "message": "claim",
        "channel": "feed",
        "post_on": [2, 4],
        "fee": fee,
        "choose": choose,
        **partner,
    }
    plan["plan"] = {"partners": {"some": booked}}
    return plan


def booking_of(plan):
    return made_ready(plan).campaign.bookings[0]


@pytest.mark.parametrize("rule", [name for name in RULES if name != "top"])
def test_every_rule_books_so_many(rule):
    booking = booking_of(plan_of({"rule": rule, "count": 7}))
    assert len(set(booking.rows.tolist())) == 7
    assert booking.fees == 7 * 2 * 100.0
    assert booking.certificate is None


@pytest.mark.parametrize("rule", ["degree", "random", "certified"])
def test_a_budget_pays_all_posts(rule):
    """Two posts each at 100: a budget of 1,050 books five; with fees by size nobody is booked who cannot be paid."""
    assert len(booking_of(plan_of({"rule": rule, "budget": 1050.0})).rows) == 5
    booking = booking_of(plan_of({"rule": rule, "budget": 2_000.0}, fee="curve"))
    assert 0 < booking.fees <= 2_000.0
    each = 200.0
    np.testing.assert_allclose(booking.fee, fee_curve(booking.audience * each))


def test_hubs_reach_more_than_the_fringe():
    """The spread of the day (people met, mean of worlds) by degree is above chance, and chance above the fringe."""
    met = {}
    for rule in ("degree", "random", "fringe", "certified"):
        study = made_ready(plan_of({"rule": rule, "count": 10}))
        met[rule] = np.mean([lived(study, r).tally.met.sum() for r in range(6)])
    assert met["degree"] > met["random"] > met["fringe"]
    assert met["certified"] >= 0.97 * met["degree"]


def test_certified_is_the_choice_for_the_cascade_of_the_day():
    """The booking's certificate is that of the chances told: κ·min(1,u)·ω·α to attend, P to pass on."""
    plan = plan_of({"rule": "certified", "count": 5})
    study = made_ready(plan)
    told = passing(study.scenario, study.public, "x", "feed", "claim")
    layer = study.public.network.layers["feed"]
    person = study.public.population
    for e in range(0, layer.n_ties, 97):
        i = layer.out_dst[e]
        assert told.chances[e] == pytest.approx(0.5 * min(1.0, person.usage[0, i]) * 0.81)
    chance = study.public.beta[0] * person.engagement * 2 * 1.0 * 0.5
    np.testing.assert_allclose(told.pass_on, np.minimum(1.0, chance))
    network = Network(600, {"feed": TieLayer("feed", layer.out_ptr, layer.out_dst, layer.out_weight)})
    found = influence.certified(
        network,
        told.chances,
        count=5,
        pass_on=told.pass_on,
        counts_chosen=False,
        epsilon=0.03,
        master_seed=1,
    )
    booking = study.campaign.bookings[0]
    assert found.people.tolist() == booking.rows.tolist()
    assert booking.certificate is not None
    assert booking.certificate.spread == found.spread


def test_the_day_meets_as_many_as_the_certificate_says():
    """One post each, nothing else sent, every contact attended: the mean of 40 worlds is within 5 % and 5 errors."""
    plan = plan_of({"rule": "certified", "count": 5})
    study = made_ready(
        changed(plan, {"plan.partners.some.post_on": [1], "days": 20, "channels.feed.attention": 1.0})
    )
    found = study.campaign.bookings[0].certificate
    assert found is not None
    met = [int(lived(study, replication).tally.met.sum()) for replication in range(40)]
    error = np.std(met) / math.sqrt(40)
    assert found.lower_bound - 5 * error <= np.mean(met) <= found.upper_bound + 5 * error
    assert np.mean(met) == pytest.approx(found.spread, abs=0.05 * found.spread + 5 * error)


def test_target_deadline_and_quotas():
    study = made_ready(
        plan_of({"rule": "certified", "count": 6, "target": ["ants"], "by_day": 2, "quotas": {"ants": 2}})
    )
    booking, population = study.campaign.bookings[0], study.public.population
    segment = np.array(population.segment_names)[population.segment]
    assert (segment[booking.rows] == "ants").sum() <= 2
    assert booking.certificate is not None
    assert booking.certificate.upper_bound <= (segment == "ants").sum()
    assert booking.certificate.guarantee == pytest.approx(0.5 - 0.03)


def test_few_places_and_little_money_are_weighed_together():
    """Ten places and 2,000: neither the dearest few alone nor the cheapest ten; the certificate tells how much is lost."""
    for money in (1_000.0, 2_000.0, 4_000.0):
        booking = booking_of(plan_of({"rule": "certified", "count": 10, "budget": money}, fee="curve"))
        by_number = booking_of(plan_of({"rule": "certified", "count": 10}, fee="curve"))
        by_money = booking_of(plan_of({"rule": "certified", "budget": money}, fee="curve"))
        assert len(booking.rows) <= 10
        assert booking.fees <= money
        bound = min(by_number.certificate.upper_bound, by_money.certificate.upper_bound)
        assert booking.certificate.upper_bound <= 1.05 * bound
        assert booking.certificate.ratio > 0.7


def levels_of(study):
    public = study.public
    return influence.levels(public.network, public.population.people_per_agent, "feed")


@pytest.mark.parametrize("rule", ["certified", "degree", "random"])
def test_places_by_segment_and_level_hold_for_every_rule(rule):
    """People of 200 each: micro from 50 followers on; two of the micro level, three ants at most, person 0 not at all."""
    free = made_ready(plan_of({"rule": rule, "count": 8}))
    first = int(free.campaign.bookings[0].rows[0])
    choose = {
        "rule": rule,
        "count": 8,
        "quotas": {"ants": 2},
        "level_quotas": {"micro": 3},
        "exclude": [first],
    }
    study = made_ready(plan_of(choose))
    rows = study.campaign.bookings[0].rows
    ants = study.public.population.segment == study.public.population.segment_names.index("ants")
    assert len(rows) == 8
    assert ants[rows].sum() <= 2
    assert (levels_of(study)[rows] == "micro").sum() <= 3
    assert first not in rows
    before = free.campaign.bookings[0].rows
    assert rule == "random" or (levels_of(free)[before] == "micro").sum() > 3
    if rule == "certified":
        found = study.campaign.bookings[0].certificate
        assert found is not None
        assert found.guarantee == pytest.approx(1 / 3 - 0.03)
        assert found.ratio > 0.5


def test_weights_by_segment_are_those_of_a_target():
    """Weight 1 for ants alone is the target; weights that count bees too choose others, and reach more."""
    told = {
        key: booking_of(plan_of({"rule": "certified", "count": 6, **choose}))
        for key, choose in (
            ("target", {"target": ["ants"]}),
            ("ants", {"weights": {"ants": 1}}),
            ("both", {"weights": {"ants": 1, "bees": 0.5}}),
        )
    }
    assert told["target"].rows.tolist() == told["ants"].rows.tolist() != told["both"].rows.tolist()
    assert told["ants"].certificate.spread == told["target"].certificate.spread
    assert told["both"].certificate.spread > 1.2 * told["ants"].certificate.spread


def plan_on_two_feeds(choose, **more):
    plan = plan_of(choose)
    for one in plan["audience"]["segments"].values():
        one["usage"] = {**one["usage"], "clips": {"users": 0.6, "visits_per_day": 2.0}}
    plan["channels"]["clips"] = {"kind": "feed", "medium": "feed", "visibility": 0.2}
    plan["network"]["clips"] = {"generate": "power_law"}
    plan["plan"]["partners"]["some"] |= more
    return plan


def test_posts_on_two_feeds_reach_as_many_as_the_certificate_says():
    """One post on each of two feeds of their own visibility: certified beyond one feed, and the day meets as many.

    The mean of 40 worlds is within 5 % and 5 standard errors; fees are paid once.
    """
    one = booking_of(plan_on_two_feeds({"rule": "certified", "count": 6}))
    plan = changed(
        plan_on_two_feeds({"rule": "certified", "count": 6}, also_on=["clips"], post_on=[1]),
        {"days": 20, "channels.feed.attention": 1.0, "channels.clips.attention": 1.0},
    )
    study = made_ready(plan)
    feed, clips = study.campaign.bookings
    assert (feed.channel_name, clips.channel_name) == ("feed", "clips")
    assert feed.rows.tolist() == clips.rows.tolist()
    assert (feed.fees, clips.fees) == (600.0, 0.0)
    found = feed.certificate
    assert found is not None
    assert found.spread > 1.1 * one.certificate.spread
    met = [int(lived(study, replication).tally.met.sum()) for replication in range(40)]
    error = np.std(met) / math.sqrt(40)
    assert np.mean(met) == pytest.approx(found.spread, abs=0.05 * found.spread + 5 * error)


def test_who_posts_the_same_anyway_is_counted_and_not_chosen():
    plan = plan_of({"rule": "certified", "count": 3})
    first = booking_of(plan)
    other = {**plan["plan"]["partners"]["some"], "people": first.rows.tolist()}
    del other["choose"]
    second = made_ready(changed(plan, {"plan.partners.zebra": other})).campaign.bookings[0]
    assert not set(first.rows.tolist()) & set(second.rows.tolist())
    assert second.certificate is not None
    assert second.certificate.booked_spread == pytest.approx(first.certificate.spread, rel=0.1)
    apart = made_ready(
        changed(
            plan,
            {
                "plan.partners.zebra": {**other, "message": "claim2"},
                "messages.claim2": plan["messages"]["claim"],
            },
        )
    )
    assert apart.campaign.bookings[0].rows.tolist() == first.rows.tolist()


def test_fees_by_size():
    """The points of the table lie on the curve, it rises, and nobody's followers cost nothing."""
    points = [(p["followers"].value, p["fee"].value) for p in table("fees").values()]
    sizes, fees = (np.array(column, np.float64) for column in zip(*points, strict=True))
    np.testing.assert_allclose(fee_curve(sizes), fees)
    many = np.logspace(0, 8, 60)
    assert (np.diff(fee_curve(many)) > 0).all()
    assert fee_curve(np.zeros(2)).tolist() == [0.0, 0.0]
    middle = math.sqrt(sizes[0] * sizes[1])
    assert fee_curve(np.array([middle]))[0] == pytest.approx(math.sqrt(fees[0] * fees[1]))


def test_check_tells_the_certificate():
    lines = list(estimate(build(plan_of({"rule": "certified", "count": 3})), 1))
    assert sum(line.startswith("  certified: by one post each they reach ") for line in lines) == 1


FAULTS = {
    "budget": (plan_of({"rule": "degree", "budget": 150.0}), "choose.budget: 150; want at least what the cheapest costs for 2 posts, 200"),
    "certified budget": (plan_of({"rule": "certified", "budget": 150.0}), "choose.budget: 150; want at least what the cheapest"),
    "too many": (plan_of({"rule": "certified", "count": 601}), "choose.count: 601 of 600 simulated persons"),
    "level": (plan_of({"rule": "random", "count": 3, "level": "mega"}), "choose.count: 3 of 0 mega persons on feed"),
    "quota": (plan_of({"rule": "certified", "count": 3, "quotas": {"ants": 500}}), "plan.partners.some.choose.quotas.ants: 500 of 17"),
    "quota of a plain rule": (plan_of({"rule": "degree", "count": 3, "quotas": {"ants": 500}}), "choose.quotas.ants: 500 of 17"),
    "quota of a level": (plan_of({"rule": "degree", "count": 3, "level_quotas": {"mega": 2}}), "choose.level_quotas.mega: 2 of 0 people; want at most as many as there are of the group"),
    "excluded nobody": (plan_of({"rule": "certified", "count": 3, "exclude": [4, 4]}), "choose.exclude: 4 named twice; want each person once"),
    "excluded too many": (plan_of({"rule": "degree", "count": 590, "exclude": list(range(20))}), "choose.count: 590 of 537 persons on feed"),
    "nobody worth anything": (plan_of({"rule": "certified", "count": 3, "weights": {"ants": 0}}), "choose.weights: nobody is worth anything; want a weight above 0"),
    "rule of sharing": (
        changed(plan_of({"rule": "certified", "count": 3}), {"sharing": {"rule": "count", "count": 2}}),
        "choose.rule: a certified choice beside sharing rule count",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_told(name):
    plan, told = FAULTS[name]
    with pytest.raises(InputError) as caught:
        made_ready(plan)
    assert any(told in str(fault) for fault in caught.value.faults), str(caught.value)


def test_the_choice_is_the_same_in_every_world_and_again():
    plan = plan_of({"rule": "certified", "count": 4})
    one, two = (run(build(plan), replications=2, threads=t).provenance["partners"] for t in (1, 2))
    assert one == two
