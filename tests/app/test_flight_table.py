"""A plan whose flights stand in a table, on the page: shown with their place, and taken into the plan to be changed."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
pytest.importorskip("playwright", reason="playwright is not installed")

from sim import Scenario, run
from sim.app.state.desk import Desk
from sim.errors import InputError
from sim.scenario.flight_table import flights_csv
from sim.scenario.identity import scenario_hash
from tests.app.full_plan import FULL
from tests.app.test_page import SMALL

SHEET = """name,message,channel,days,budget,cap_times,cap_per_days,to
teaser,hello,tube,1-6,900,,,
reminder,hello,gram,8-10,300,3,7,young
"""
TABLED = SMALL[: SMALL.index("plan:")] + "plan: {flights_from: flights.csv}  # of the media agency\n"
PLANS = {"tabled.yaml": TABLED, "flights.csv": SHEET}


def put_down(folder: Path, text: str, sheet: str = SHEET) -> Path:
    (folder / "flights.csv").write_text(sheet, "utf-8")
    path = folder / "tabled.yaml"
    path.write_text(text, "utf-8")
    return path


def taken_in(path: Path) -> tuple[Desk, str]:
    desk = Desk()
    desk.open_file(path)
    desk.take_table_in()
    return desk, desk.plan.draft.text


def test_taken_in_they_are_the_same_flights(tmp_path: Path) -> None:
    before = Scenario.load(put_down(tmp_path, TABLED))
    desk, text = taken_in(tmp_path / "tabled.yaml")
    assert "flights_from" not in text
    assert desk.plan.draft.tabled == {}
    after = Scenario.load(put_down(tmp_path, text))
    assert list(after.plan.flights) == list(before.plan.flights) == ["teaser", "reminder"]
    assert scenario_hash(after) == scenario_hash(before)
    desk.put({("plan", "flights", "teaser", "budget"): 1})
    assert desk.plan.draft.faults == ()


def test_every_column_comes_back(tmp_path: Path) -> None:
    """All flights of the full plan, by way of a table, dates too."""
    (tmp_path / "full.yaml").write_text(FULL, "utf-8")
    whole = Scenario.load(tmp_path / "full.yaml")
    kept = dict(whole.plan.flights)
    (tmp_path / "flights.csv").write_text(flights_csv(kept), "utf-8")
    desk = Desk()
    desk.open_file(tmp_path / "full.yaml")
    for name in kept:
        desk.put({("plan", "flights", name): None})
    desk.put({("plan", "flights_from"): "flights.csv"})
    assert set(desk.plan.draft.tabled) == set(kept)
    before = desk.plan.draft.scenario
    desk.take_table_in()
    assert desk.plan.draft.faults == ()
    assert {name: before.plan.flights[name] for name in kept} == {
        name: desk.plan.draft.scenario.plan.flights[name] for name in kept
    }


def test_what_a_base_has_does_not_come_back(tmp_path: Path) -> None:
    """`flights: null` beside the table takes all of a base's flights away; so it is after."""
    (tmp_path / "base.yaml").write_text(SMALL, "utf-8")
    over = "extends: base.yaml\nplan: {flights: null, flights_from: flights.csv}\n"
    before = Scenario.load(put_down(tmp_path, over))
    _, text = taken_in(tmp_path / "tabled.yaml")
    after = Scenario.load(put_down(tmp_path, text))
    assert scenario_hash(after) == scenario_hash(before)


def test_a_flight_of_the_table_is_no_flight_of_the_text(tmp_path: Path) -> None:
    """Why the page does not let it be changed in its form: both places are one too many."""
    desk = Desk()
    desk.open_file(put_down(tmp_path, TABLED))
    assert desk.plan.draft.tabled == {"teaser": "flights.csv:2", "reminder": "flights.csv:3"}
    desk.put({("plan", "flights", "teaser", "budget"): 1})
    with pytest.raises(InputError, match=r"stands in plan\.flights too"):
        Scenario.load(put_down(tmp_path, desk.plan.draft.text))


def test_a_row_with_a_fault_is_taken_in_to_be_mended(tmp_path: Path) -> None:
    desk, _ = taken_in(put_down(tmp_path, TABLED, SHEET.replace("900", "lots")))
    assert [fault.got for fault in desk.plan.draft.faults] == ["'lots'"]
    desk.put({("plan", "flights", "teaser", "budget"): 900})
    assert desk.plan.draft.faults == ()


@pytest.mark.e2e
def test_in_the_browser(new_tab, page, tmp_path: Path) -> None:
    """The form is shown, not to be typed in; after the button it can be, and the file saved runs to the same bits."""
    tab = new_tab()
    tab.open("Pilot")
    tab.sees("Calendar", "Sound", "flights.csv:2")
    tab.page.locator(".pg-gantt .row", has_text="teaser").click()
    tab.sees("This flight stands in flights.csv:2")
    assert tab.page.locator(".edge input").count() == 0
    bar = tab.page.locator(".pg-gantt .row", has_text="teaser").locator(".bar")
    tab.page.locator(".pg-gantt .row", has_text="teaser").press("ArrowRight")
    assert "fixed" in bar.get_attribute("class")
    tab.press("Take the table's flights into the plan")
    tab.page.locator(".edge input").first.wait_for()
    tab.sees("Sound")
    saved = tab.saved("Save YAML").decode()
    assert "flights_from" not in saved
    (tmp_path / "after.yaml").write_text(saved, "utf-8")
    one = run(Scenario.load(page.folder / "tabled.yaml"), replications=2, threads=1)
    other = run(Scenario.load(tmp_path / "after.yaml"), replications=2, threads=1)
    assert one.worlds.equals(other.worlds)
    tab.choose("teaser")
    tab.fill("Budget (USD)", "4321")
    tab.sees("Sound")
    assert "budget: 4321" in tab.saved("Save YAML").decode()
