"""The pages on the model say what the code does: every default is in a table, and no table is stale."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from sim.luck_keys import DECISIONS
from sim.world import DAY

DOCS = Path(__file__).parents[2] / "docs"
TABLES = runpy.run_path(str(DOCS / "tables.py"))
pytestmark = pytest.mark.static


def test_tables_of_parameters_are_those_of_the_defaults() -> None:
    page = (DOCS / "model.md").read_text("utf-8")
    assert sorted(TABLES["MARK"].findall(page)) == TABLES["names"]()
    assert TABLES["rewritten"](page) == page


def test_a_stale_table_is_noticed() -> None:
    stale = (DOCS / "model.md").read_text("utf-8").replace("| 17.5 |", "| 18.5 |")
    assert TABLES["rewritten"](stale) != stale


def test_the_page_tells_every_step_of_the_day_in_order() -> None:
    page = (DOCS / "model.md").read_text("utf-8")
    places = [page.index(f"**{name}**") for name, _ in DAY]
    assert places == sorted(places)


def test_the_closed_list_of_decisions_is_told() -> None:
    page = (DOCS / "model.md").read_text("utf-8")
    assert all(f"`{decision}`" in page for decision in DECISIONS)
