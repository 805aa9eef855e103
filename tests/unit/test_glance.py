"""A first look tells what a run tells of the same worlds, and less."""

from __future__ import annotations

import pytest

from sim import Scenario, run
from sim.experiment.glance import glance
from tests.unit.test_paths import PLAN


@pytest.mark.parametrize("publics", [1, 2])
def test_a_glance_is_part_of_a_run(publics) -> None:
    whole = {**PLAN, "publics": publics, "objectives": {"seen": {"metric": "reach", "at_least": 0.1}}, "response": [0, 1, 2], "value_per_adoption": 3}  # fmt: skip
    scenario = Scenario.from_dict(whole)
    found = glance(scenario, 2).worlds
    told = run(scenario, replications=2 * publics, threads=1).worlds
    keys = ["metric", "segment", "channel", "replication"]
    both = found.merge(told, on=keys, suffixes=("", "_run"))
    assert len(both) == len(found)
    assert set(found["replication"]) == {0, publics}
    assert both["value"].equals(both["value_run"])
    left = set(told["metric"]) - set(found["metric"])
    assert {"objective:seen", "response:2:reach", "roi", "marginal_roi", "seeding_value"} <= left
    assert {"reach", "awareness_lift", "adoption", "spend"} <= set(found["metric"])


def test_a_glance_can_be_stopped() -> None:
    assert glance(Scenario.from_dict(PLAN), 2, lambda: True) is None
