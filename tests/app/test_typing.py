"""What is typed is not lost, however late the server answers and whatever is drawn anew meanwhile."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
pytest.importorskip("playwright", reason="playwright is not installed")

from tests.app.full_plan import FULL

pytestmark = pytest.mark.e2e
PLANS = {"full.yaml": FULL}
LATE = 700  # milliseconds that each message of the server is held back

# All messages of the server come late by the same time, in their order, once `late` is set.
SLOW = """
const quick = window.WebSocket;
window.late = 0;
window.WebSocket = class extends quick {
  set onmessage(take) {
    super.onmessage = (event) => window.late ? setTimeout(() => take(event), window.late) : take(event);
  }
};
"""


@pytest.fixture
def tab(new_tab):
    """Return a tab with the full plan open, whose server is about to become slow."""
    one = new_tab(SLOW)
    one.open("Everything at once")
    one.sees("Calendar", "Sound")
    return one


def text_of(tab):
    tab.page.evaluate("window.late = 0")
    tab.page.wait_for_timeout(2 * LATE)
    return tab.saved("Save YAML").decode()


def test_keys_are_taken_whole_while_the_server_is_late(tab) -> None:
    """Enter counts for all that was typed before it, and no answer that comes late undoes it."""
    tab.choose("first")
    tab.page.evaluate(f"window.late = {LATE}")
    field = tab.page.get_by_role("textbox", name="Budget (USD)", exact=True)
    field.select_text()
    field.press_sequentially("123456", delay=15)
    field.press("Enter")
    tab.page.wait_for_timeout(3 * LATE)
    assert field.input_value() == "123456"
    assert "budget: 123456" in text_of(tab)


def test_what_is_being_typed_stays_while_the_page_is_drawn_anew(tab) -> None:
    """One field is left, the next one is typed in; then the answers to the first one come."""
    tab.choose("first")
    tab.page.evaluate(f"window.late = {LATE}")
    budget = tab.page.get_by_role("textbox", name="Budget (USD)", exact=True)
    budget.select_text()
    budget.press_sequentially("4321", delay=15)
    days = tab.page.get_by_role("textbox", name="Days", exact=True)
    days.click()
    days.select_text()
    days.press_sequentially("2-", delay=15)
    tab.page.wait_for_timeout(3 * LATE)
    days.press_sequentially("6", delay=15)
    assert (budget.input_value(), days.input_value()) == ("4321", "2-6")
    days.press("Tab")
    assert "days: 2-6, budget: 4321" in text_of(tab)


def test_the_text_of_a_plan_is_taken_whole_when_it_is_left(tab) -> None:
    tab.press("As text")
    area = tab.page.locator(".pg-yaml textarea")
    area.wait_for()
    tab.page.evaluate(f"window.late = {LATE}")
    area.focus()
    tab.page.keyboard.press("Control+End")
    area.press_sequentially("# typed without haste or rest\n", delay=8)
    tab.press("As forms")
    assert "# typed without haste or rest" in text_of(tab)


def test_a_number_is_brought_within_its_bounds_where_it_is_seen(tab) -> None:
    tab.to("Run")
    field = tab.page.locator("input[type=number]")
    for typed, shown in (("0", "1"), ("-3", "1"), ("999999", "100000"), ("4", "4")):
        field.fill(typed)
        field.press("Tab")
        tab.page.wait_for_function(
            "value => document.querySelector('input[type=number]').value === value", arg=shown
        )


def test_a_file_asked_for_right_after_an_edit_is_saved_with_it(tab) -> None:
    """The press comes before the answers to the edit, which draw the page anew: one file, once, of the plan as edited."""
    tab.choose("first")
    saved = []
    tab.page.on("download", lambda file: saved.append(file))
    tab.page.evaluate(f"window.late = {LATE}")
    for n, budget in enumerate(("2345", "3456", "4567"), 1):
        field = tab.page.get_by_role("textbox", name="Budget (USD)", exact=True)
        field.fill(budget)
        tab.press("Save YAML")  # leaves the field, too
        tab.page.wait_for_timeout(4 * LATE)
        assert len(saved) == n, "a press is one file, however the page is drawn anew"
        assert f"budget: {budget}" in saved[-1].path().read_text("utf-8")
    tab.press("Save YAML")
    tab.press("Duplicate")
    tab.page.wait_for_timeout(6 * LATE)
    assert len(saved) == 4


def test_a_file_that_takes_its_time_is_saved_though_the_page_is_drawn_anew(tab) -> None:
    """The page is turned dark, light and Spanish while the workbook is made: the file comes once, whole."""
    tab.to("Run")
    tab.worlds(1)
    tab.press("Run")
    button = tab.page.get_by_role("button", name="XLSX", exact=True)
    button.wait_for()
    with tab.page.expect_download(timeout=60_000) as saved:
        button.click()
        for name in ("Dark", "Light", "Español"):
            tab.press(name)
    assert saved.value.path().read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("is_pressed", [True, False])
def test_another_address_is_taken_whole_though_the_page_is_drawn_anew(tab, is_pressed) -> None:
    """It is typed while late answers draw the page anew; Enter or the button then add what was typed, and only that."""
    tab.to("Sweep")
    other = tab.page.get_by_role("textbox", name="Another address", exact=True)
    other.wait_for()
    tab.page.evaluate(f"window.late = {LATE}")
    tab.pick("Vary this too", "first.budget")
    other.press_sequentially("audience.segments.old.", delay=15)
    tab.page.wait_for_timeout(3 * LATE)
    other.press_sequentially("trust", delay=15)
    assert other.input_value() == "audience.segments.old.trust"
    if is_pressed:
        tab.page.locator(".pg-adds").click()
    else:
        other.press("Enter")
    tab.page.wait_for_timeout(3 * LATE)
    assert other.input_value() == ""
    other.fill("left.behind")
    other.press("Tab")
    tab.page.evaluate("window.late = 0")
    tab.page.wait_for_timeout(2 * LATE)
    tab.to("Plan")
    text = text_of(tab)
    assert "audience.segments.old.trust: " in text
    assert "left.behind" not in text
