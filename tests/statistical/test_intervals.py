"""Intervals of paired differences: they cover, also where few people make a skewed count, and say what `p_better` says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, t

from sim.results.summary import difference_interval, mean_interval, p_better

pytestmark = pytest.mark.statistical
N_SETS, N_WORLDS = 4_000, 20


def adopters() -> np.ndarray:
    """Return sets of worlds with 10 adopters each on the mean, as spreading gives them: most few, some many."""
    return np.random.default_rng(5).geometric(0.1, (N_WORLDS, N_SETS)).astype(float)


def chance_of(covers: np.ndarray) -> float:
    """Return the probability of so few or many hits at 95 %, two-sided, give or take 1.5 points."""
    hits = int(covers.sum())
    return min(
        binomtest(hits, N_SETS, 0.935, "less").pvalue, binomtest(hits, N_SETS, 0.965, "greater").pvalue
    )


def test_intervals_cover_the_mean_of_skewed_counts() -> None:
    """False alarm below 1 %. Planted: the plain t interval covers too rarely and is caught."""
    values = adopters()
    mean, low, high = difference_interval(values)
    assert chance_of((low <= 10.0) & (high >= 10.0)) > 0.01
    half = t.ppf(0.975, N_WORLDS - 1) * values.std(axis=0, ddof=1) / np.sqrt(N_WORLDS)
    assert chance_of((mean - half <= 10.0) & (mean + half >= 10.0)) < 1e-3


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-3, 12).map(float), min_size=2, max_size=30), st.floats(-2.0, 6.0))
def test_an_interval_and_the_chance_to_be_better_never_contradict_each_other(draws, shift) -> None:
    values = np.array(draws)[:, None] - shift
    if np.ptp(values) == 0:
        return
    (_, low, high), chance = difference_interval(values), float(p_better(values)[0])
    if abs(chance - 0.025) > 1e-9 and abs(chance - 0.975) > 1e-9:
        assert (low[0] < 0 < high[0]) == (0.025 < chance < 0.975)


def test_without_skewness_it_is_the_t_interval() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    _, low, high = difference_interval(values)
    half = t.ppf(0.975, 4) * values.std(ddof=1) / np.sqrt(5)
    assert (float(low), float(high)) == pytest.approx((3.0 - half, 3.0 + half), rel=1e-12)
    assert mean_interval(values) == pytest.approx((3.0, 3.0 - half, 3.0 + half), rel=1e-12)
