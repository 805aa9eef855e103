"""`p_better` means what it says: over 2,000 pairs of plans with a known difference it is uniform at the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.experiment.compare import p_better
from sim.experiment.runner import run
from sim.scenario.schema import Scenario
from tests.plans import ONE_NEED, television

pytestmark = [pytest.mark.statistical, pytest.mark.verify]
FALSE_ALARM = 0.01
N_PAIRS, N_BLOCKS, N_WORLDS = 10, 210, 16
METRICS = ("contacts", "awareness", "attitude")


def bands(told):
    """Return the p value of the χ² test that told is uniform over five bands."""
    counts = np.histogram(told, bins=5, range=(0, 1))[0]
    return stats.chisquare(counts).pvalue


@pytest.fixture(scope="module")
def pairs():
    """Return, per random pair of plans and metric, the values of both in the same worlds."""
    rng = np.random.default_rng(11)
    found = []
    for _ in range(N_PAIRS):
        sides = []
        for _ in range(2):
            message = {"appeals": ONE_NEED, "quality": float(rng.uniform(0.3, 0.9))}
            plan = television(float(rng.uniform(60, 240)), agents=1500, days=4, messages={"claim": message})
            worlds = run(Scenario.from_dict(plan), replications=N_BLOCKS * N_WORLDS, threads=2).worlds
            whole = worlds[(worlds.segment == "all") & (worlds.channel == "all")]
            sides.append({m: whole[whole.metric == m].value.to_numpy() for m in METRICS})
        found.append(sides)
    return found


@pytest.mark.parametrize("metric", METRICS)
def test_it_is_uniform_at_the_true_difference(pairs, metric):
    """χ² over five bands, false alarm 1 %; the planted bug (variance as if unpaired) is caught."""
    told, unpaired = [], []
    for one, other in pairs:
        a, b = (side[metric].reshape(N_BLOCKS, N_WORLDS) for side in (one, other))
        blocks = a - b
        truth = blocks.mean()  # of 3,360 worlds: its own error is a hundredth of a block's in variance
        told += p_better(blocks.T - truth).tolist()
        error = np.sqrt((a.var(axis=1, ddof=1) + b.var(axis=1, ddof=1)) / N_WORLDS)
        unpaired += stats.t.cdf((blocks.mean(axis=1) - truth) / error, N_WORLDS - 1).tolist()
    assert len(told) >= 2000
    assert bands(told) > FALSE_ALARM
    assert bands(unpaired) < FALSE_ALARM
