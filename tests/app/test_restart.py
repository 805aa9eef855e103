"""A server that is started anew: the tab, in its browser, goes on where it was; nobody else does."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
pytest.importorskip("playwright", reason="playwright is not installed")

from tests.app.browser import Tab, chromium, free_port, needed, served
from tests.app.test_page import SMALL

pytestmark = pytest.mark.e2e


def test_a_sweep_and_a_choice_are_there_after_a_restart(tmp_path) -> None:
    files, plans, port = needed(), tmp_path / "plans", free_port()
    plans.mkdir()
    (plans / "pilot.yaml").write_text(SMALL, "utf-8")
    kept = {"PREGON_CACHE": str(tmp_path / "cache")}
    with chromium() as browser:
        context = browser.new_context(
            locale="en-US", accept_downloads=True, viewport={"width": 1440, "height": 900}
        )
        with served(plans, files, port, kept) as address:
            tab = Tab(context.new_page(), address)
            tab.open("Pilot")
            tab.sees("Sound")
            tab.choose("first")
            tab.fill("Budget (USD)", "950")
            tab.sees("USD 950")
            tab.to("Influencers")
            tab.press("Add partners")
            tab.press("Choose")
            tab.sees("No other choice under these limits reaches more than")
            people = tab.saved("People")
            tab.to("Sweep")
            tab.pick("Vary this too", "second.cap.times")
            tab.sees("5 plans, 15 runs")
            tab.press("Start")
            tab.sees("All 5 plans are finished.", "Of 5 plans, plan")
            ranking = tab.saved("Ranking")
        with served(plans, files, port, kept) as address:
            tab.faults.clear()  # the server was away
            tab.page.goto(f"{address}/sweep")
            tab.sees("All 5 plans are finished.", "Of 5 plans, plan")
            assert tab.saved("Ranking") == ranking
            tab.to("Influencers")
            tab.sees("No other choice under these limits reaches more than")
            assert tab.saved("People") == people
            tab.to("Plan")
            tab.sees("USD 950")

            other = browser.new_context(locale="en-US")
            stranger = Tab(other.new_page(), address)
            stranger.page.evaluate(
                "id => window.sessionStorage.setItem('pregon-tab', id)",
                tab.page.evaluate("window.sessionStorage.getItem('pregon-tab')"),
            )
            stranger.page.goto(f"{address}/sweep")
            stranger.sees("No plan is open yet.")
            other.close()
        context.close()


def test_results_and_the_comparison_are_there_after_a_restart(tmp_path) -> None:
    files, plans, port = needed(), tmp_path / "plans", free_port()
    plans.mkdir()
    (plans / "pilot.yaml").write_text(SMALL, "utf-8")
    kept = {"PREGON_CACHE": str(tmp_path / "cache")}

    def csv_of(tab):
        tab.page.get_by_role("button", name="CSV", exact=True).wait_for()
        return tab.saved("CSV")

    with chromium() as browser:
        context = browser.new_context(locale="en-US", accept_downloads=True)
        with served(plans, files, port, kept) as address:
            tab = Tab(context.new_page(), address)
            tab.open("Pilot")
            tab.sees("Sound")
            tab.press("Duplicate")
            tab.sees("(variant)")
            tab.choose("first")
            tab.fill("Budget (USD)", "50")
            tab.sees("USD 50")
            tab.to("Compare")
            tab.press("Compare")
            apart = csv_of(tab)
            tab.to("Run")
            tab.page.get_by_text("pairs of worlds").first.wait_for(state="hidden")
            summary = csv_of(tab)
        with served(plans, files, port, kept) as address:
            tab.faults.clear()  # the server was away
            tab.page.goto(f"{address}/compare")
            assert csv_of(tab) == apart
            tab.to("Run")
            tab.page.get_by_text("pairs of worlds").first.wait_for(
                state="hidden"
            )  # Compare has a button of that name, too
            assert csv_of(tab) == summary
        context.close()
