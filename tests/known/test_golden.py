"""Numbers that change only when somebody says why."""

from __future__ import annotations

import json
import os

import pytest

from tests import golden

pytestmark = pytest.mark.known
# The last bit of exp and log may differ between processors and libraries, and a rare threshold with it.
NEAR = 0.0 if os.environ.get("CI") else 1e-3


def test_numbers_are_those_that_were_kept() -> None:
    kept = json.loads(golden.KEPT.read_text("utf-8"))
    assert kept["reason"] in golden.CHANGELOG.read_text("utf-8")
    found = golden.measured()
    assert len(found) >= 25
    assert found == pytest.approx(kept["numbers"], rel=NEAR, abs=NEAR * 1e-3)


def test_a_number_that_moved_is_noticed() -> None:
    numbers = json.loads(golden.KEPT.read_text("utf-8"))["numbers"]
    moved = {name: value * 1.01 for name, value in numbers.items()}
    assert moved != pytest.approx(numbers, rel=NEAR, abs=NEAR * 1e-3)
