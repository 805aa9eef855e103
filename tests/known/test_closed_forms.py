"""The closed forms that a plan is compiled with: capped contacts, speed-up, inventory, Beta rates."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.campaign import buying
from tests.plans import changed, made_ready, television

pytestmark = pytest.mark.known
MEANS = np.array([0.0, 1e-6, 0.01, 0.3, 1.0, 2.5, 7.0, 30.0, 200.0])


def by_summation(mean, cap):
    """Return E[min(N, cap)] of a Poisson N term by term."""
    n = np.arange(2000)
    return np.array([(np.minimum(n, cap) * stats.poisson.pmf(n, m)).sum() for m in mean])


@pytest.mark.parametrize("cap", [1, 2, 3, 7, 20])
def test_capped_mean_is_the_sum_over_all_counts(cap):
    np.testing.assert_allclose(buying.capped_mean(MEANS, cap), by_summation(MEANS, cap), atol=1e-12)


def test_a_capped_mean_of_another_cap_is_noticed():
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(buying.capped_mean(MEANS, 3), by_summation(MEANS, 4), atol=1e-12)


@pytest.mark.parametrize(
    ("grp", "cap", "visits", "shape", "spread"),
    [(150, (2, 7), 2.0, 2.0, "even"), (150, (3, 7), 2.0, 2.0, "front"), (60, (1, 3), 1.0, 1.0, "back"),
     (300, (5, 5), 3.0, 2.0, "even")],
)  # fmt: skip
def test_speed_up_makes_the_expectation_what_was_bought(grp, cap, visits, shape, spread):
    """Sum E[min(N, cap)] person by person and window by window, with no bins, to the stated 1e-3."""
    limit = {"cap": {"times": cap[0], "per_days": cap[1]}, "shape": spread}
    study = made_ready(
        television(grp, agents=3000, days=14, visits=visits, shape=shape, flight=limit, users=0.9)
    )
    flight = study.campaign.paid[0]
    assert 1.0 < flight.speed_up < 20.0
    steps = np.diff(flight.purchase.clock[0])
    windows = np.add.reduceat(steps, np.arange(0, 14, cap[1]))
    expected = sum(by_summation(flight.audience.usage * window, cap[0]).sum() for window in windows)
    assert abs(expected / (grp / 100 * 3000) - 1) <= 1e-3
    assert flight.deliverable == flight.bought


def test_without_cap_and_inventory_speed_is_exactly_one():
    flight = made_ready(television(777.7, agents=500)).campaign.paid[0]
    assert flight.speed_up == 1.0
    assert flight.deliverable == flight.bought


@pytest.mark.parametrize("load", [0.05, 0.1, 0.3, 2.0])
def test_inventory_bounds_the_intensity_of_every_day_and_segment(load):
    """Hold Σ_f λ_if ≤ u_i · L: the clocks of a channel rise by at most L a day, all flights together."""
    plan = television(
        90,
        agents=800,
        channel={"ad_load": load},
        flight={"shape": "front", "cap": {"times": 4, "per_days": 5}},
    )
    other = {"message": "claim", "channel": "tv", "days": "4-7", "grp": 60}
    study = made_ready(changed(plan, {"plan.flights.other": other}))
    daily = sum(np.diff(flight.purchase.clock, axis=1) for flight in study.campaign.paid)
    assert daily.max() <= load * (1 + 1e-12)
    for flight in study.campaign.paid:
        assert flight.deliverable <= flight.bought
    is_short = load <= 0.1
    assert any(flight.deliverable < flight.bought for flight in study.campaign.paid) == is_short


def test_beta_rates_give_back_the_reaches_they_were_fitted_to():
    for first, second in [(0.5, 0.65), (0.2, 0.3), (0.1, 0.105), (0.7, 0.9)]:
        a, b = buying.beta_shape(first, second)
        assert np.isclose(stats.betabinom.sf(0, 1, a, b), first, atol=1e-12)
        assert np.isclose(stats.betabinom.sf(0, 2, a, b), second, atol=1e-12)
    np.testing.assert_allclose(buying.beta_shape(0.5, 0.65), 0.75)
