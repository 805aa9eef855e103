"""Textbook contagion through the day: linear threshold, Watts' fraction and k-complex, world by world."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.experiment.runner import run
from sim.kernels import sharing, state
from tests.plans import bare, build, changed, lived, made_ready
from tests.properties.test_same_bits import check_same
from tests.reference_luck import combine, uniform_at

pytestmark = pytest.mark.known
RULES = {
    "threshold": {"rule": "threshold"},
    "fraction": {"rule": "fraction", "fraction": 0.15},
    "count": {"rule": "count", "count": 2},
}


def plan_of(rule, agents=400, days=30, starters=40):
    """Return a feed that half the public's visits miss, and partners who post once on day 1."""
    plan = bare(agents=agents, days=days, adoption=None, sharing=rule)
    plan["audience"]["segments"]["people"]["usage"] = {"feed": {"users": 0.9, "visits_per_day": 0.5}}
    plan["channels"] = {"feed": {"kind": "feed", "medium": "feed", "visibility": 0.05}}
    plan["network"] = {"feed": {"generate": "power_law", "min_followers": 3, "max_followers": 30}}
    booked = {"message": "claim", "channel": "feed", "people": list(range(starters)), "post_on": [1]}
    plan["plan"] = {"partners": {"starters": booked}}
    return plan


def followed(public):
    """Return whom each person follows, as lists of rows, for people who use the feed."""
    ties = public.ties[0]
    out = [[] for _ in range(public.population.n_people)]
    for j in range(len(out)):
        for i in ties.dst[ties.ptr[j] : ties.ptr[j + 1]].tolist():
            out[i].append(j)
    return out


def contagion(public, rule, share_key, starters):
    """Return who has posted in the end: nobody's turn matters, so that people join until none more does."""
    heard_by = followed(public)
    active = set(range(starters))
    while True:
        joined = set()
        for i, sources in enumerate(heard_by):
            n_active = sum(j in active for j in sources)
            if i in active or n_active == 0:
                continue
            if rule["rule"] == "threshold":
                theta = uniform_at(combine(share_key, int(public.population.uid[i])), 0)
                is_moved = n_active >= theta * len(sources)
            elif rule["rule"] == "fraction":
                is_moved = n_active >= math.ceil(rule["fraction"] * len(sources) - 1e-9)
            else:
                is_moved = n_active >= rule["count"]
            if is_moved:
                joined.add(i)
        if not joined:
            return active
        active |= joined


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("replication", range(3))
def test_the_day_ends_where_the_textbook_does(name, replication):
    check_active(made_ready(plan_of(RULES[name])), RULES[name], replication)


def check_active(study, rule, replication=0, starters=40):
    world = lived(study, replication)
    assert len(world.posts_tomorrow) == 0, "the contagion is over"
    posted = set(np.flatnonzero(world.people.lineage["n_posts"][:, 0]).tolist())
    expected = contagion(study.public, rule, int(world.share_keys[0]), starters)
    assert posted == expected
    assert starters < len(posted) < study.public.population.n_people
    assert world.tally.attended[state.PEER].sum() == world.tally.contacts[state.PEER].sum() > 0


def test_a_rule_one_source_too_high_is_noticed():
    with pytest.raises(AssertionError):
        check_active(made_ready(plan_of({"rule": "count", "count": 3})), RULES["count"])


@pytest.mark.parametrize("name", RULES)
def test_more_starters_never_mean_fewer_who_share(name):
    few, many = (lived(made_ready(plan_of(RULES[name], starters=n))) for n in (30, 45))
    posted = [set(np.flatnonzero(w.people.lineage["n_posts"][:, 0]).tolist()) for w in (few, many)]
    assert posted[0] <= posted[1]


def test_a_fraction_of_many_is_rounded_up_without_slips():
    study = made_ready(plan_of({"rule": "fraction", "fraction": 0.1}))
    n_followed = np.array([len(sources) for sources in followed(study.public)])
    wanted = np.maximum(1, -(-n_followed // 10))
    np.testing.assert_array_equal(study.campaign.impulse.bound, wanted)
    assert (n_followed % 10 == 0).any()


def test_the_usual_rule_is_the_same_as_none_told():
    usual = {"rule": "probability", "fraction": None, "count": None}
    plain, told = (
        changed(plan_of({}, 300, 8), {"sharing": s}) for s in ({"beta": 0.5}, {"beta": 0.5, **usual})
    )
    check_same(*(run(build(plan), replications=2, threads=1) for plan in (plain, told)))
    assert made_ready(plain).campaign.impulse.rule == sharing.PROBABILITY
    other = changed(plain, {"sharing": RULES["count"]})
    with pytest.raises(AssertionError):
        check_same(*(run(build(plan), replications=2, threads=1) for plan in (plain, other)))
