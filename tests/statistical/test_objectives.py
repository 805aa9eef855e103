"""How surely plans meet objectives, and which is the cheapest that does, where the law of what comes out is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from sim.experiment.sweeps.sweep import sweep
from tests.plans import build, changed, insertions

pytestmark = pytest.mark.statistical
AGENTS, N_WORLDS, LEAST, ASKED = 100, 400, 0.5, 0.8
REACH = (0.45, 0.5, 0.55, 0.6)
AT = "plan.flights.on tv.insertion_reach.first"


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Return a sweep over the reach of one insertion: each person is met or not, by itself."""
    plan = insertions({"tv": {"first": 0.5}}, agents=AGENTS, days=1)
    half = {"metric": "reach", "at_least": LEAST, "probability": ASKED}
    most = {"metric": "reach", "at_least": 0.99, "probability": 0.0}
    plan = changed(plan, {"channels.tv.cpm": 10.0, "objectives": {"half": half, "nearly_all": most}})
    plan["sweep"] = {"vary": {AT: list(REACH)}, "rank": {"metric": "reach"}}
    return sweep(build(plan), tmp_path_factory.mktemp("goals") / "out", replications=N_WORLDS, threads=1)


def test_each_is_met_as_often_as_the_binomial_law_says(swept):
    """4 SE of 400 worlds, false alarm 6e-5 each. The planted bug, one person fewer asked for, is caught."""
    goals = swept.objectives.set_index(AT)
    for first in REACH:
        p, met = (float(binom.sf(asked - 1, AGENTS, first)) for asked in (50, 49)), goals["half"][first]
        right, wrong = ((met - each) / np.sqrt(each * (1 - each) / N_WORLDS) for each in p)
        assert abs(right) < 4
        assert first != 0.5 or abs(wrong) > 2.5
        assert goals["half_lo"][first] <= met <= goals["half_hi"][first]
        assert goals["all_together"][first] == goals["nearly_all"][first] == 0.0


def test_the_cheapest_that_meets_all_is_not_the_cheapest_whose_mean_does(swept):
    """.55 meets half in .87 of worlds, .6 in .98 and dearer; .5 has the mean that is asked, but in .54 of worlds only."""
    goals = swept.objectives.set_index(AT)
    assert goals["meets_all"].to_dict() == {0.45: False, 0.5: False, 0.55: True, 0.6: True}
    assert goals["is_cheapest"].to_dict() == {first: first == 0.55 for first in REACH}
    assert goals["spend"].is_monotonic_increasing
    assert goals["spend"][0.55] == pytest.approx(0.55 * AGENTS * 10 / 1000)
    mean = swept.ranking.set_index(AT)["mean"]
    assert mean[0.5] >= LEAST - 0.01  # what a verdict by means would take
