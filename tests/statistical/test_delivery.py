"""What is delivered against what was bought and expected, under caps and inventory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.campaign import buying
from sim.kernels.state import PAID
from tests.plans import changed, lived, made_ready, television
from tests.witness import contacts_of

pytestmark = pytest.mark.statistical
PEOPLE = 20_000
WEEK_CAP = {"cap": {"times": 3, "per_days": 7}}
CAPPED = [
    {"grp": 150, "visits": 2.0, "shape": 2.0, "flight": WEEK_CAP},
    {"grp": 100, "visits": 1.0, "shape": 0.6, "flight": {"cap": {"times": 2, "per_days": 5}, "shape": "front"}},
    {"grp": 300, "visits": 3.0, "shape": 2.0, "flight": {"cap": {"times": 5, "per_days": 4}, "shape": "back"}},
]  # fmt: skip


def plan_of(**parts):
    return television(**{"agents": PEOPLE, "days": 14, "adoption": None, **parts})


def delivered(study, worlds):
    """Return paid contacts of each world, float64[worlds]."""
    return np.array([lived(study, r).tally.contacts[PAID].sum() for r in range(worlds)], np.float64)


def check_delivered(contacts, expected):
    """Hold the mean of independent worlds to ±4 of its standard errors around the closed form."""
    error = contacts.std(ddof=1) / np.sqrt(len(contacts))
    assert abs(contacts.mean() - expected) <= 4 * error + 1e-3 * expected


def check_bought(contacts, bought):
    assert 0.995 <= contacts.mean() / bought <= 1.005


@pytest.mark.parametrize("parts", CAPPED)
def test_speed_up_delivers_what_was_bought(parts):
    """Hold delivered/bought to .995 – 1.005 in 40 worlds of one public.

    The closed form is solved for this very public, so only paid luck is left. Capped contacts vary less
    than Poisson ones: with 800,000 of them or more SE is at most .0011, and the bounds are 4.5 of them
    away. False alarm 7e-6 per plan.
    """
    study = made_ready(plan_of(**parts))
    assert 1.0 < study.campaign.paid[0].speed_up < 20.0
    contacts = delivered(study, worlds=40)
    assert contacts.sum() >= 790_000
    check_bought(contacts, parts["grp"] / 100 * PEOPLE)


def test_a_flight_without_speed_up_is_noticed(monkeypatch):
    monkeypatch.setattr(buying, "_solve_one", lambda *_: None)
    contacts = delivered(made_ready(plan_of(**CAPPED[0])), worlds=20)
    with pytest.raises(AssertionError):
        check_bought(contacts, 1.5 * PEOPLE)


def test_a_speed_up_that_is_two_percent_off_is_noticed(monkeypatch):
    exact = buying.capped_mean
    monkeypatch.setattr(buying, "capped_mean", lambda mean, cap: exact(mean, cap) / 1.02)
    contacts = delivered(made_ready(plan_of(**CAPPED[0])), worlds=20)
    with pytest.raises(AssertionError):
        check_bought(contacts, 1.5 * PEOPLE)


def test_what_speed_up_cannot_make_good_is_told_beforehand():
    """Hold contacts to ±4 SE of `deliverable` where even the most speed-up falls short; false alarm 8e-4 (t₁₉)."""
    plan = plan_of(grp=400, flight={"cap": {"times": 1, "per_days": 7}})
    study = made_ready(plan)
    flight = study.campaign.paid[0]
    assert flight.deliverable < 0.6 * flight.bought
    assert flight.speed_up <= 20.0
    check_delivered(delivered(study, worlds=20), flight.deliverable)


@pytest.mark.parametrize(("load", "cap"), [(0.2, None), (0.08, None), (0.2, {"times": 2, "per_days": 7})])
def test_inventory_delivers_what_is_expected_of_each_flight(load, cap):
    """Hold two flights on one channel, alone and overlapping, to ±4 SE each; false alarm 6 × 8e-4 (t₁₉)."""
    plan = plan_of(grp=90, channel={"ad_load": load}, flight={"cap": cap, "shape": "front"}, visits=1.0)
    other = {"message": "claim", "channel": "tv", "days": "5-9", "grp": 60}
    study = made_ready(changed(plan, {"plan.flights.other": other, "audience.agents": 4000}))
    counts = {flight.name: [] for flight in study.campaign.paid}
    for replication in range(20):
        met = contacts_of(study, replication)
        for name, values in counts.items():
            values.append(np.count_nonzero(met["flight"] == name))
    for flight in study.campaign.paid:
        check_delivered(np.array(counts[flight.name], np.float64), flight.deliverable)


def capped_plan(cap):
    plan = plan_of(grp=60, flight={"cap": {"times": cap, "per_days": 14}}, agents=4000)
    return made_ready(changed(plan, {"delivery": {"max_speed_up": 1.0}}))


@pytest.mark.parametrize("cap", [1, 2, 4])
def test_capped_contacts_have_the_mean_of_the_closed_form(cap):
    """Hold mean contacts of people of like usage to ±4 SE of E[min(N, cap)], in ten classes of usage.

    The classes are tenths of the users by usage; contacts are counted over 10 worlds by the witness, the
    error is that of the law. False alarm 10 × 6e-5 per cap.
    """
    check_classes(capped_plan(cap), cap)


def check_classes(study, cap, worlds=10):
    audience, clock = study.campaign.paid[0].audience, study.campaign.paid[0].purchase.clock
    mean = audience.usage * clock[0, -1]
    expected = buying.capped_mean(mean, cap)
    values = np.arange(cap + 1)[:, None]
    chance = np.vstack([stats.poisson.pmf(values[:-1], mean), stats.poisson.sf(cap - 1, mean)])
    variance = (values**2 * chance).sum(axis=0) - expected**2
    n_people = study.public.population.n_people
    counts = np.zeros(n_people)
    for replication in range(worlds):
        counts += np.bincount(contacts_of(study, replication)["person"], minlength=n_people)
    for rows in np.array_split(np.argsort(audience.usage, kind="stable"), 10):
        error = np.sqrt(variance[rows].sum() / worlds)
        assert abs((counts[audience.rows[rows]] / worlds - expected[rows]).sum()) <= 4 * error


def test_a_closed_form_of_another_cap_is_noticed():
    with pytest.raises(AssertionError):
        check_classes(capped_plan(3), cap=4)
