"""Quantiles over worlds are numpy's, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.results.summary import quantiles

pytestmark = pytest.mark.property
SHARES = [0.025, 0.1, 0.5, 0.9, 0.975]


@given(st.integers(1, 90), st.integers(0, 10_000), st.booleans())
def test_they_are_numpys(n, seed, has_ties):
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1, (n, 3, 4))
    values = np.round(values, 1) if has_ties else values * 10.0 ** rng.integers(-9, 9)
    values[rng.random((n, 3, 4)) < 0.01] = np.nan
    for p, found in zip(SHARES, quantiles(values, SHARES), strict=True):
        if (n + 1) * min(p, 1 - p) < 1 - 1e-12:
            assert np.isnan(found).all()
        else:
            np.testing.assert_array_equal(found, np.quantile(values, p, axis=0, method="weibull"))
