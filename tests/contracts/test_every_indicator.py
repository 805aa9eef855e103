"""Every indicator against its contract."""

from __future__ import annotations

import pytest

from sim import Result
from sim.results.catalog import METRICS
from tests.contracts.indicator import IndicatorContract, contract_for, rich_result


@pytest.fixture(scope="module")
def rich() -> Result:
    return rich_result()


for _name in METRICS:
    globals()[f"Test_{_name}"] = contract_for(_name)


def test_an_indicator_that_nobody_knows_is_noticed() -> None:
    contract = type("Unknown", (IndicatorContract,), {"metric": "brand_love"})()
    with pytest.raises(AssertionError, match="catalog"):
        contract.test_catalogue_and_language_know_it()


def test_counts_that_do_not_add_up_are_noticed(rich: Result) -> None:
    rows = rich.worlds[rich.worlds.metric == "contacts"].copy()
    rows.loc[rows.channel == "tv", "value"] += 1.0
    contract = contract_for("contacts")()
    with pytest.raises(AssertionError):
        contract.test_counts_add_up_over_segments_and_channels(rows)
