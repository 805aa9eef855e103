"""`p_better` means what it says: over 2,000 random pairs of plans it is uniform at the true difference."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from scipy import stats

from sim.results.summary import p_better
from tests.plans import ONE_NEED, lived, made_ready, television

pytestmark = [pytest.mark.statistical, pytest.mark.verify, pytest.mark.timeout(3000)]
FALSE_ALARM = 0.01
# Other pairs than those (0 to 1,999) on which the correction for skewness in few worlds was chosen.
FIRST_PAIR = 700_000
N_PAIRS, N_WORLDS, N_OTHERS, DAYS, AGENTS = 2000, 10, 150, 4, 300
METRICS = ("contacts", "awareness", "attitude")


def pair(number):
    """Return both plans of a random pair on a public of its own, float64[worlds, 2, metrics]."""
    rng = np.random.default_rng(number)
    sides = []
    for _ in range(2):
        message = {"appeals": ONE_NEED, "quality": float(rng.uniform(0.3, 0.9))}
        grp = float(rng.uniform(60, 240))
        study = made_ready(
            television(grp, agents=AGENTS, days=DAYS, messages={"claim": message}, master_seed=number)
        )
        worlds = (lived(study, r) for r in range(N_WORLDS + N_OTHERS))
        sides.append([
            (w.tally.contacts.sum(), AGENTS - w.tally.stages[0].sum(), w.tally.attitude.sum() / AGENTS) for w in worlds
        ])  # fmt: skip
    return np.array(sides, np.float64).transpose(1, 0, 2)


@pytest.fixture(scope="module")
def pairs():
    """Return 2,000 independent pairs, float64[pairs, worlds, 2, metrics]; the plan that is truly better comes first."""
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1), get_context("spawn")) as pool:
        return np.stack(list(pool.map(pair, range(FIRST_PAIR, FIRST_PAIR + N_PAIRS), chunksize=20)))


def at_truth(pairs, k):
    """Return the worlds that are judged, both plans less half the true difference, float64[worlds, 2, pairs].

    The truth comes from other worlds; its own error is taken out of the judged mean in proportion.
    """
    values = pairs[..., k].transpose(1, 2, 0)
    apart = values[:, 0] - values[:, 1]
    truth = apart[N_WORLDS:].mean(axis=0)
    values = np.where(truth < 0, values[:, ::-1], values)[:N_WORLDS]
    mean = values[:, 0] - values[:, 1]
    off = (mean.mean(axis=0) - np.abs(truth)) / np.sqrt(1 + N_WORLDS / N_OTHERS)
    shift = (off - mean.mean(axis=0)) / 2
    return values + np.stack([shift, -shift])


def p_value(told):
    """Return the p value of the χ² test that told is uniform over five bands."""
    return stats.chisquare(np.histogram(told, bins=5, range=(0, 1))[0]).pvalue


def as_if_unpaired(a, b):
    error = np.sqrt((a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1)) / N_WORLDS)
    return stats.t.cdf((a - b).mean(axis=0) / error, N_WORLDS - 1)


@pytest.mark.parametrize("k", range(3), ids=METRICS)
def test_it_is_uniform_at_the_true_difference(pairs, k):
    """χ² over five bands, false alarm 1 %; the planted bug (variance as if unpaired) is caught."""
    a, b = at_truth(pairs, k).transpose(1, 0, 2)
    varies = (a - b).std(axis=0) > 0
    assert varies.sum() >= 0.99 * N_PAIRS
    assert p_value(p_better(a - b)) > FALSE_ALARM
    assert p_value(as_if_unpaired(a, b)) < 1e-6


def test_without_regard_to_skewness_it_is_not(pairs):
    """Counts of few people are skewed: the plain t law, right for measured things, is told from the truth."""
    a, b = at_truth(pairs, METRICS.index("awareness")).transpose(1, 0, 2)
    apart = (a - b)[:, (a - b).std(axis=0) > 0]
    t = stats.t.cdf(apart.mean(axis=0) / stats.sem(apart, axis=0), N_WORLDS - 1)
    assert p_value(t) < FALSE_ALARM
