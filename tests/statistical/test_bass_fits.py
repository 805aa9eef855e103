"""Six classic series of adopters: the fits of others, and the day living what was fitted.

Bass (1969): of m people who adopt in the end, m·[F(t) - F(t-1)] do so in year t. Fitted by unweighted least squares,
t = 1 … n, F(0) = 0.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares

from tests.data import DATA, need_data, rows
from tests.plans import bare, changed, lived, made_ready

pytestmark = pytest.mark.statistical
# p, q, m, as others found them
FITS = {
    "room_air_conditioners": (0.00944, 0.3748, 18_713),
    "color_televisions": (0.01847, 0.6159, 39_659),
    "clothes_dryers": (0.01360, 0.3267, 16_497),
    "ultrasound": (0.00132, 0.6206, 167),
    "mammography": (0.00041, 0.8607, 111),
    "foreign_language": (0.00148, 0.7410, 36),
}
SIGNIFICANT = (5e-6, 5e-5, 0.5)  # half of the last digit of each


@cache
def observed(series):
    need_data()
    path = DATA / "adoption" / "bass_series.csv"
    told = [float(row["adopters_thousands_or_units"]) for row in rows(path) if row["series"] == series]
    assert len(told) >= 8
    return np.array(told)


def curve(t, p, q):
    """Return the share F(t) who have adopted after t years."""
    gone = np.exp(-(p + q) * t)
    return (1 - gone) / (1 + q / p * gone)


def yearly(share):
    """Return the new adopters of each year from the share after each, F(0) = 0."""
    return np.diff(share, prepend=0.0)


def fitted(series):
    """Return p, q, m of the smallest sum of squares."""
    y = observed(series)
    t = np.arange(1, len(y) + 1)

    def off(log_pqm):
        p, q, m = np.exp(log_pqm)
        return m * yearly(curve(t, p, q)) - y

    start = np.log([0.01, 0.5, 2 * y.sum()])
    return np.exp(least_squares(off, start, xtol=1e-14, ftol=1e-14, gtol=1e-14).x)


def check_fit(series, found):
    for value, told, half in zip(found, FITS[series], SIGNIFICANT, strict=True):
        assert abs(value - told) <= half * 1.0001, (series, value, told)


@pytest.mark.parametrize("series", FITS)
def test_the_fits_are_those_of_others(series):
    check_fit(series, fitted(series))


def test_a_fit_that_begins_a_year_late_is_noticed():
    y = observed("clothes_dryers")
    t = np.arange(len(y))  # F(-1) taken for F(0)

    def off(log_pqm):
        p, q, m = np.exp(log_pqm)
        return m * (curve(t, p, q) - curve(t - 1, p, q)) - y

    found = np.exp(least_squares(off, np.log([0.01, 0.5, 2 * y.sum()])).x)
    with pytest.raises(AssertionError):
        check_fit("clothes_dryers", found)


def adopted(series, agents, worlds, **changes):
    """Return the share who have adopted by the end of each year, float64[worlds, years], lived day by day."""
    years = len(observed(series))
    p, q, _ = FITS[series]
    plan = bare(agents=agents, days=365 * years, sharing=None)
    plan["audience"]["segments"]["people"]["aware"] = 1.0
    plan["network"] = {"offline": {"generate": "well_mixed"}}
    plan["reception"] = {"awareness_loss_per_day": 0.0}
    plan["adoption"] = {f"effect_of_{what}": 0.0 for what in ("attitude", "memory", "trust")}
    plan["adoption"] |= {"innovation": p, "imitation": q}
    study = made_ready(changed(plan, changes))
    logs = [lived(study, replication).log for replication in range(worlds)]
    return np.array([log.adopted.sum(axis=(1, 2))[364::365] / agents for log in logs])


def spread(series, agents):
    """Return the sd of the adopted share after each year in the diffusion limit (Kurtz 1971); see test_bass.py."""
    p, q, _ = FITS[series]
    t = np.arange(1, len(observed(series)) + 1)

    def rates(at, v):
        x = curve(at, p, q)
        return 2 * (q - p - 2 * q * x) * v + (p + q * x) * (1 - x)

    out = solve_ivp(rates, (0, t[-1]), [0.0], t_eval=t, rtol=1e-8, atol=1e-12)
    return np.sqrt(out.y[0] / agents)


def check_lived(series, share, agents):
    """Hold the mean share after each year to the fitted curve, ±4.5 SE, and what it explains to the fit's R² ± .02.

    A day's step is worth at most F'/365 < 7e-4. False alarm: 14 years · 7e-6 = 1e-4; years lean on each other.
    """
    y, (p, q, m) = observed(series), FITS[series]
    t = np.arange(1, len(y) + 1)
    error = spread(series, agents) / np.sqrt(len(share))
    assert (abs(share.mean(axis=0) - curve(t, p, q)) <= 4.5 * error + 7e-4).all()
    explained = [
        1 - ((y - m * yearly(f)) ** 2).sum() / ((y - y.mean()) ** 2).sum()
        for f in (share.mean(axis=0), curve(t, p, q))
    ]
    assert abs(explained[0] - explained[1]) <= 0.02


def test_the_day_lives_a_fitted_series():
    check_lived("color_televisions", adopted("color_televisions", 20_000, 4), 20_000)


@pytest.mark.verify
@pytest.mark.parametrize("series", FITS)
def test_the_day_lives_every_fitted_series(series):
    check_lived(series, adopted(series, 100_000, 4), 100_000)


@pytest.mark.parametrize("bug", [{"adoption.imitation": 0.64}, {"adoption.innovation": 0.0215}])
def test_another_hazard_is_noticed(bug):
    share = adopted("color_televisions", 20_000, 2, **bug)
    with pytest.raises(AssertionError):
        check_lived("color_televisions", share, 20_000)
