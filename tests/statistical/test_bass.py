"""Adoption alone, day by day, against the curve of Bass (1969).

Everybody is aware and stays so, hears of everybody, and no effect moves the hazard: what is left is
p + q·F. The closed form is F(t) = (1 - e^(-(p+q)t)) / (1 + (q/p) e^(-(p+q)t)), t in years.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests.plans import bare, changed, lived, made_ready

pytestmark = pytest.mark.statistical
P, Q, YEARS = 0.03, 0.38, 15
DAYS = 365 * YEARS
PEAK = np.log(Q / P) / (P + Q)
TIME = np.arange(1, DAYS + 1) / 365


def curve(t, p=P, q=Q):
    gone = np.exp(-(p + q) * t)
    return (1 - gone) / (1 + q / p * gone)


def spread(n_people):
    """Return the standard deviation of the adopted share on each day, float64[DAYS].

    The share x of n people is a Markov chain with rate b(x) = (p + qx)(1 - x); in the diffusion limit
    (Kurtz 1971) its variance v/n follows v' = 2 b'(x) v + b(x), b'(x) = q - p - 2qx.
    """

    def rates(t, v):
        x = curve(t)
        return 2 * (Q - P - 2 * Q * x) * v + (P + Q * x) * (1 - x)

    out = solve_ivp(rates, (0, YEARS), [0.0], t_eval=TIME, rtol=1e-8, atol=1e-10)
    return np.sqrt(out.y[0] / n_people)


def adopted(n_people, worlds, **changes):
    """Return the share who have adopted by each day, float64[worlds, DAYS]."""
    plan = bare(agents=n_people, days=DAYS, sharing=None)
    plan["audience"]["segments"]["people"]["aware"] = 1.0
    plan["network"] = {"offline": {"generate": "well_mixed"}}
    plan["reception"] = {"awareness_loss_per_day": 0.0}
    plan["adoption"] = {f"effect_of_{what}": 0.0 for what in ("attitude", "memory", "trust")}
    study = made_ready(changed(plan, changes))
    logs = [lived(study, replication).log for replication in range(worlds)]
    return np.array([log.adopted.sum(axis=(1, 2)) / n_people for log in logs])


def peak_of(share):
    """Return when most adopt, in years: the top of a parabola through the adopters of each 5 weeks."""
    weeks = 35
    new = np.diff(share[::weeks])
    middle = (np.arange(len(new)) + 0.5) * weeks / 365
    near = np.abs(middle - PEAK) < 2.2
    bend, slope, _ = np.polyfit(middle[near], new[near], 2)
    return -slope / (2 * bend)


def check(share, n_people, bound):
    """Hold the median of sup|simulated - F| to `bound`, the mean error at the peak to ±4 SE, the peak to .4 y."""
    off = share - curve(TIME)
    assert np.median(np.abs(off).max(axis=1)) <= bound
    at_peak = round(PEAK * 365)
    error = spread(n_people)[at_peak - 1] / np.sqrt(len(share))
    assert abs(off[:, at_peak - 1].mean()) <= 4 * error + 3e-4  # a day's step is worth at most F'/365 = 3e-4
    assert abs(np.mean([peak_of(one) for one in share]) - PEAK) <= 0.4


def test_the_peak_of_the_curve_is_at_six_years():
    assert round(PEAK, 2) == 6.19
    assert abs(TIME[np.argmax(np.diff(curve(TIME)))] - PEAK) < 0.01


def test_twenty_thousand_people_adopt_along_the_curve():
    """Hold 5 worlds of 20,000 people to median sup error .02.

    The deviation has sd at most .0079 (diffusion limit), almost all of it one shift in time; the sup
    passes .02 (2.5 sd) with probability below .02, the median of 5 does so with 10 · .02³ = 8e-5. The mean
    at the peak: 6e-5. The peak's estimate has sd .2 in a world (measured), .09 in the mean of 5: 1e-5.
    """
    assert spread(20_000).max() < 0.0079
    check(adopted(20_000, worlds=5), 20_000, bound=0.02)


@pytest.mark.verify
def test_a_hundred_thousand_people_adopt_within_one_percent():
    """Hold 5 worlds of 100,000 people to median sup error .01.

    The deviation has sd at most .0035: .01 is 2.8 of them, false alarm of the median 10 · .01³ = 1e-5, of
    the mean at the peak 6e-5.
    """
    check(adopted(100_000, worlds=5), 100_000, bound=0.01)


@pytest.mark.parametrize("bug", [{"adoption.imitation": 0.42}, {"adoption.innovation": 0.034}])
def test_another_hazard_is_noticed(bug):
    share = adopted(20_000, worlds=2, **bug)
    with pytest.raises(AssertionError):
        check(share, 20_000, bound=0.02)


def test_a_yearly_step_is_noticed():
    """Adopt once a year, with a year's hazard: the error of .10 that a yearly step makes."""
    x, yearly = 0.0, []
    for _ in range(YEARS):
        x += (1 - x) * (1 - np.exp(-(P + Q * x)))
        yearly.append(x)
    share = np.repeat(np.array(yearly), 365)[None, :]
    with pytest.raises(AssertionError):
        check(share, 20_000, bound=0.02)
