"""What is seen of a sweep that goes on is what it tells at its end of the same points."""

from __future__ import annotations

import threading

import pandas as pd
import pytest

from sim import Scenario
from sim.experiment.sweeps.peek import Peek
from sim.experiment.sweeps.sweep import sweep
from sim.experiment.sweeps.swept import SweepStopped
from tests.unit.test_paths import PLAN

SWEPT = {
    **PLAN,
    "days": 12,
    "publics": 1,
    "objectives": {"seen": {"metric": "reach", "at_least": 0.1}},
    "sweep": {"vary": {"plan.flights.spot.grp": [50, 100, 200, 400]}, "rank": {"metric": "reach"}},
}
WORLDS = 3


@pytest.fixture(scope="module")
def scenario():
    """Return a scenario whose sweep has four points."""
    plan = {**SWEPT["plan"], "flights": {"spot": {**PLAN["plan"]["flights"]["spot"], "days": "1-12"}}}
    plan["partners"], plan["listening"] = {}, None
    return Scenario.from_dict({**SWEPT, "plan": plan})


def same(one, other):
    pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True), check_dtype=False)


def test_a_whole_sweep_is_seen_as_it_ends(scenario, tmp_path) -> None:
    told = sweep(scenario, tmp_path / "of", replications=WORLDS, threads=1)
    seen = Peek(scenario, tmp_path / "of").look()
    for name in ("design", "summary", "ranking", "objectives", "by_segment"):
        same(getattr(seen, name), getattr(told, name))


def test_points_are_seen_as_they_finish(scenario, tmp_path) -> None:
    """Stopped half way: what is there is ranked, the rest is missing, and nothing in the folder is touched."""
    stop, folder = threading.Event(), tmp_path / "of"
    peek = Peek(scenario, folder)
    assert peek.look() is None

    def tell(safe, total, words):
        if safe >= 2 * WORLDS:
            stop.set()

    with pytest.raises(SweepStopped) as stopped:
        sweep(scenario, folder, replications=WORLDS, threads=1, progress=tell, stop=stop)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    seen = peek.look()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    n_done = int((seen.design["status"] == "done").sum())
    assert 1 <= n_done < 4
    same(seen.ranking, stopped.value.swept.ranking)
    assert set(seen.design["status"]) == {"done", "missing"}
    whole = sweep(scenario, folder, replications=WORLDS, threads=1)
    same(peek.look().summary, whole.summary)


def test_without_ranks_and_objectives_there_are_means(scenario, tmp_path) -> None:
    plain = Scenario.from_dict({
        **scenario.raw, "objectives": {}, "sweep": {"vary": {"plan.flights.spot.grp": [50, 100]}},
    })  # fmt: skip
    sweep(plain, tmp_path / "of", replications=2, threads=1)
    seen = Peek(plain, tmp_path / "of").look()
    assert seen.ranking is None
    assert seen.objectives is None
    assert len(seen.summary["design_point"].unique()) == 2
