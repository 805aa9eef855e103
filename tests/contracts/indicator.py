"""What every indicator must hold; a new one is done when it passes."""

from __future__ import annotations

import numpy as np
import pytest

from sim import Result, run
from sim.results.catalog import METRICS, describe, unit_of
from sim.scenario.metrics import METRICS as LANGUAGE
from tests import plans

COUNTS = ("contacts", "impressions", "posts", "purchases", "variants")


def rich_result() -> Result:
    """Run a plan in which every indicator has something to tell."""
    scenario = plans.bare(agents=1500, days=20, value_per_adoption=50.0)
    traits = {"share": 0.5, "motivations": plans.ONE_NEED, "aware": 0.5, "adopters": 0.05, "attitude": 0.1}
    usage = {name: {"users": 0.8, "visits_per_day": 1.5} for name in ("tv", "feed")}
    scenario["audience"]["segments"] = {
        "young": {**traits, "usage": usage},
        "old": {**traits, "usage": usage},
    }
    scenario["channels"] = {
        "tv": {"kind": "broadcast", "medium": "tv", "cpm": 20.0},
        "feed": {"kind": "feed", "medium": "feed", "cpm": 5.0, "brand_followers": 0.2, "organic": 0.5},
    }
    scenario["network"] = {"feed": {"generate": "power_law"}, "offline": {"generate": "small_world"}}
    scenario["plan"] = {
        "flights": {
            "spot": {"message": "claim", "channel": "tv", "days": "1-20", "grp": 200},
            "ad": {"message": "claim", "channel": "feed", "days": "1-20", "grp": 200,
                   "cap": {"times": 1, "per_days": 5}},
            "own": {"message": "claim", "channel": "feed", "posts": [2, 4]},
        },
        "partners": {
            "allies": {"message": "claim", "channel": "feed", "post_on": [3], "fee": 10,
                       "choose": {"rule": "top", "by": "audience", "count": 5}},
        },
    }  # fmt: skip
    scenario["plan"]["listening"] = {
        "cover": 0.8,
        "reply": "private",
        "cost_per_reply": 1.5,
        "complaint_below": 0.2,
        "learning": {"every_days": 2},
    }
    scenario["adoption"] = {"innovation": 3.0, "imitation": 3.0}
    scenario["sharing"] = {"beta": 2.0}  # so that some post goes through six hands
    return run(plans.build(scenario), replications=3)


class IndicatorContract:
    """Base of the test of one indicator: subclass it and name the `metric`."""

    metric: str

    @pytest.fixture
    def told(self, rich: Result):
        rows = rich.worlds[rich.worlds.metric == self.metric]
        assert len(rows), f"no world tells {self.metric}: see `_read_…` in sim/results/indicators.py"
        return rows

    def test_catalogue_and_language_know_it(self) -> None:
        assert self.metric in METRICS, "say what it is in sim/results/catalog.py"
        assert self.metric in LANGUAGE or self.metric == "overlap", (
            "objectives may ask for it: sim/scenario/metrics.py"
        )

    def test_it_is_explained(self) -> None:
        metric = METRICS[self.metric]
        assert metric.title
        assert len(metric.definition) > 15
        assert metric.over_channels
        assert metric.title in describe(self.metric)
        assert unit_of(self.metric, "EUR")

    def test_each_row_is_told_once_in_each_world(self, told) -> None:
        assert not told.duplicated(["replication", "segment", "channel"]).any()
        assert (told.groupby(["segment", "channel"]).size() == told.replication.nunique()).all()

    def test_it_has_something_to_tell(self, told) -> None:
        assert np.isfinite(told.value).any()

    def test_the_summary_tells_it_in_its_unit(self, rich: Result, told) -> None:
        rows = rich.summary[rich.summary.metric == self.metric]
        assert set(rows.unit) == {unit_of(self.metric, "USD")}
        assert len(rows) == len(told) / told.replication.nunique()


class ShareContract(IndicatorContract):
    """Base of the test of an indicator in the unit "share"."""

    def test_shares_are_shares(self, told) -> None:
        low = -1.0 if self.metric.endswith("_lift") else 0.0
        assert told.value.dropna().between(low, 1.0).all()


class CountContract(IndicatorContract):
    """Base of the test of an indicator that counts contacts, impressions or posts."""

    def test_counts_add_up_over_segments_and_channels(self, told) -> None:
        wide = told.pivot(index=["replication", "channel"], columns="segment", values="value")
        if len(wide.columns) > 1:
            np.testing.assert_allclose(wide.drop(columns="all").sum(axis=1), wide["all"])
        by_channel = told[told.segment == "all"].pivot(index="replication", columns="channel", values="value")
        if len(by_channel.columns) > 1:
            np.testing.assert_allclose(by_channel.drop(columns="all").sum(axis=1), by_channel["all"])


def contract_for(metric: str) -> type[IndicatorContract]:
    """Return the contract that fits an indicator's unit."""
    unit = METRICS[metric].unit
    base = ShareContract if unit == "share" else CountContract if unit in COUNTS else IndicatorContract
    return type(f"Test_{metric}", (base,), {"metric": metric})
