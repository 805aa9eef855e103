"""What adopters say, how often, who hears it, and when they buy again: each against its law.

Everyone has adopted at the start, nobody buys media; bounds are ±4 standard errors, false alarm 6e-5 each.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from tests.plans import bare, changed, lived, made_ready

pytestmark = pytest.mark.statistical
N, DAYS, TIES = 20_000, 30, 10
Q, SD, RATE, KAPPA = 0.25, 0.37, 0.03, 0.3
ILL = norm.cdf(-Q / SD)
LEVELS = {0.4: 0.9, 4.0: 0.09, 28.0: 0.01}


def adopters(**changes):
    """Return a world at its end in which everyone had adopted before day 1."""
    plan = bare(agents=N, days=DAYS, network={"offline": {"generate": "small_world", "ties": TIES}})
    return lived(made_ready(changed(plan, {"audience.segments.people.adopters": 1.0, **changes})))


def register(world):
    customers = world.customers.register
    return customers.record[: customers.n[0]]


def check_satisfaction(world):
    """Hold who is dissatisfied to P(y < 0) = .25, the mean to that of the clipped normal."""
    y = register(world)["satisfaction"]
    assert len(y) == N
    assert abs((y < 0).mean() - ILL) <= 4 * np.sqrt(ILL * (1 - ILL) / N)
    x = np.clip(norm.ppf((np.arange(N) + 0.5) / N, Q, SD), -1.0, 1.0)
    assert abs(y.mean() - x.mean()) <= 4 * x.std() / np.sqrt(N)
    assert abs(y.std() - x.std()) <= 4 * x.std() / np.sqrt(2 * N)


def check_rate(world, power=0.5):
    """Hold the talks of each class of engagement to Poisson(w √E · days) a person."""
    customers, engagement = register(world), world.people.engagement
    for level in LEVELS:
        talks = customers["n_talks"][engagement[customers["row"]] == level]
        mean = len(talks) * RATE * level**power * DAYS
        assert abs(talks.sum() - mean) <= 4 * np.sqrt(mean)


def check_heard(world):
    """Hold the contacts to κ of the ties of those who talk."""
    ends, customers = world.public.network.layers["offline"].out_ptr, register(world)
    chances = (np.diff(ends)[customers["row"]] * customers["n_talks"]).sum()
    error = np.sqrt(KAPPA * (1 - KAPPA) * chances)
    assert abs(world.tally.heard.sum() - KAPPA * chances) <= 4 * error


def check_ratio(world):
    """Hold the contacts with ill talk to .25: positive to negative 3:1.

    A person's talks are all of one kind: Var = p (1 - p) Σc²/(Σc)², c the contacts that a person makes, of
    which E c² = (κk·n)² + κ(1 - κ)k·n at n talks and k ties.
    """
    n_talks = register(world)["n_talks"].astype(float)
    squares = ((KAPPA * TIES * n_talks) ** 2 + KAPPA * (1 - KAPPA) * TIES * n_talks).sum()
    error = np.sqrt(ILL * (1 - ILL) * squares) / (KAPPA * TIES * n_talks.sum())
    good, ill, _ = world.tally.heard.sum(axis=1)
    assert abs(ill / (good + ill) - ILL) <= 4 * error
    assert error < 0.01


@pytest.fixture(scope="module")
def world():
    return adopters()


def test_three_in_four_are_satisfied(world):
    assert round(ILL, 2) == 0.25
    assert round((1 - ILL) / ILL, 1) == 3.0
    check_satisfaction(world)


@pytest.mark.parametrize("bug", [{"satisfaction": 0.27}, {"satisfaction_sd": 0.40}])
def test_another_satisfaction_is_noticed(bug):
    with pytest.raises(AssertionError):
        check_satisfaction(adopters(**{"adoption.word_of_mouth": bug}))


def test_adopters_talk_as_often_as_their_engagement_says(world):
    check_rate(world)


def test_another_rate_of_talk_is_noticed(world):
    with pytest.raises(AssertionError):
        check_rate(adopters(**{"adoption.word_of_mouth.talks_per_day": 0.032}))
    with pytest.raises(AssertionError):
        check_rate(world, power=1.0)


def test_talk_is_heard_along_three_ties_in_ten(world):
    check_heard(world)
    check_ratio(world)


def test_another_hearing_is_noticed():
    with pytest.raises(AssertionError):
        check_heard(adopters(**{"adoption.word_of_mouth.visibility": 0.31}))
    with pytest.raises(AssertionError):
        check_ratio(adopters(**{"adoption.word_of_mouth.satisfaction": 0.3}))


def check_purchases(world, interval=10.0):
    """Hold further purchases to Poisson(days / interval) a person."""
    mean = N * DAYS / interval
    waiting = 0.5 * N / interval**2  # two on the last day: the second has to wait
    assert abs(world.tally.rebought.sum() - mean) <= 4 * np.sqrt(mean) + 1.2 * waiting


def buyers(interval):
    plain = {f"adoption.effect_of_{what}": 0.0 for what in ("attitude", "memory", "trust")}
    again = {"adoption.repurchase": {"mean_interval_days": interval}, "adoption.word_of_mouth": None}
    return adopters(**plain, **again)


def test_adopters_buy_again_after_the_mean_interval():
    check_purchases(buyers(10.0))


def test_another_interval_is_noticed():
    with pytest.raises(AssertionError):
        check_purchases(buyers(10.4))
