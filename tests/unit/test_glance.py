"""A first look tells what a run tells of the same worlds, and less."""

from __future__ import annotations

import numpy as np
import pytest

from sim import Scenario, run
from sim.experiment.glance import glance
from sim.results.summary import daily_columns, framed
from tests.unit.test_paths import PLAN

ASKED = ("reach", "awareness", "adoption", "adoption_lift")


@pytest.mark.parametrize("publics", [1, 2])
def test_a_glance_is_part_of_a_run(publics) -> None:
    """The last day's mean is that of the run's worlds, and the whole course where they are the same worlds."""
    whole = {**PLAN, "publics": publics, "objectives": {"seen": {"metric": "reach", "at_least": 0.1}}, "response": [0, 1, 2], "value_per_adoption": 3}  # fmt: skip
    scenario = Scenario.from_dict(whole)
    (found,) = glance(scenario, 2, ASKED)
    told = run(scenario, replications=2 * publics, threads=1)
    assert (found.days, found.start, found.n_worlds) == (scenario.days, None, 2)
    assert sorted(set(found.daily["metric"])) == sorted(ASKED)
    if publics == 1:
        rows = told.daily[told.daily["metric"].isin(ASKED)]
        rows = rows[(rows["segment"] == "all") & (rows["channel"] == "all")].reset_index(drop=True)
        assert found.daily.equals(rows)
    worlds = told.worlds[(told.worlds["segment"] == "all") & (told.worlds["channel"] == "all")]
    for metric in ASKED:
        values = worlds[(worlds["metric"] == metric) & worlds["replication"].isin([0, publics])]["value"]
        last = found.daily[(found.daily["metric"] == metric) & (found.daily["day"] == scenario.days)]
        same = framed(daily_columns([(metric, "all", "all")], np.array(values).reshape(2, 1, 1), "USD"))
        assert last["mean"].to_list() == same["mean"].to_list()


def test_a_glance_shows_what_is_there_when_patience_ends() -> None:
    scenario = Scenario.from_dict(PLAN)
    soon = list(glance(scenario, 3, ASKED, patience=0))
    assert [found.n_worlds for found in soon] == [1, 2, 3]
    (whole,) = glance(scenario, 3, ASKED)
    assert soon[-1].daily.equals(whole.daily)
    assert not soon[0].daily.equals(whole.daily)


def test_a_glance_can_be_stopped() -> None:
    assert list(glance(Scenario.from_dict(PLAN), 2, ASKED, lambda: True)) == []
