"""Every maker of layers against its contract."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.scenario.media import GENERATORS
from tests.contracts.generator import GeneratorContract, assert_in_order

OFFLINE_ONLY = ("well_mixed",)

for _name in GENERATORS:
    _layers = ("offline",) if _name in OFFLINE_ONLY else ("feed", "offline")
    globals()[f"Test_{_name}"] = type(
        f"Test_{_name}", (GeneratorContract,), {"generator": _name, "layers": _layers}
    )


def test_a_row_out_of_order_is_noticed() -> None:
    contract = type("Ring", (GeneratorContract,), {"generator": "small_world", "layers": ("offline",)})()
    public = contract.public()
    layer = public.network.layers["offline"]
    backwards = layer.out_dst.copy()
    backwards[: layer.out_ptr[1]] = backwards[: layer.out_ptr[1]][::-1]
    with pytest.raises(AssertionError):
        assert_in_order(dataclasses.replace(layer, out_dst=backwards), public.population.uid)
    assert np.all(np.diff(layer.out_ptr) >= 0)
