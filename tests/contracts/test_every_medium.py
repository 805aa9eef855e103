"""Every medium against its contract."""

from __future__ import annotations

from typing import get_args

import pytest

from sim.scenario.media import Medium
from sim.scenario.parameters import table
from tests.contracts.medium import MediumContract

for _name in get_args(Medium):
    globals()[f"Test_{_name}"] = type(f"Test_{_name}", (MediumContract,), {"medium": _name})


def test_no_medium_has_numbers_that_nobody_can_use() -> None:
    """`offline` is a layer, not a medium: its numbers serve ties that no channel has."""
    for name in ("attention", "impact"):
        assert set(table("media")[name]) == {*get_args(Medium), "offline"}


def test_a_medium_without_numbers_is_noticed() -> None:
    contract = type("Unknown", (MediumContract,), {"medium": "hologram"})()
    with pytest.raises(AssertionError, match="Medium"):
        contract.test_it_may_be_written()
    with pytest.raises(KeyError):
        contract.test_its_numbers_have_unit_range_and_source()
