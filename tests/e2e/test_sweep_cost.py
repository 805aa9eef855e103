"""What `pregon check` says of a sweep beforehand, against what the sweep then takes."""

from __future__ import annotations

import time

import pytest

from sim.experiment.sweeps.estimate import sweep_cost
from sim.experiment.sweeps.sweep import sweep
from sim.scenario.schema import Scenario
from tests.test_rules import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.verify, pytest.mark.timeout(3000)]
SWEEP = {
    "design": "sobol", "points": 24,
    "vary": {
        "plan.flights.always_on.budget": {"from": 50_000, "to": 400_000},
        "plan.flights.always_on.cap.times": [1, 3, 8],
    },
}  # fmt: skip


def test_time_and_disk_are_within_thirty_per_cent(tmp_path):
    """The middle of three tries: the machine may be busy with other things during one of them."""
    frequency = Scenario.load(ROOT / "scenarios" / "frequency.yaml")
    scenario = Scenario.from_dict({**frequency.raw, "sweep": SWEEP, "replications": 8})
    ratios = []
    for attempt in range(3):
        # What `pregon check --threads 2` says of `pregon sweep --threads 2`.
        told = sweep_cost(scenario, threads=2)
        begun = time.perf_counter()
        sweep(scenario, tmp_path / str(attempt), threads=2, processes=True)
        ratios.append(told.seconds / (time.perf_counter() - begun))
        folder = tmp_path / str(attempt)
        size = sum(path.stat().st_size for path in [*folder.glob("*/*.parquet"), folder / "summary.csv"])
        assert (told.points, told.worlds) == (24, 24 * 8)
        assert told.disk == pytest.approx(size, rel=0.3)
    assert sorted(ratios)[1] == pytest.approx(1.0, abs=0.3)
