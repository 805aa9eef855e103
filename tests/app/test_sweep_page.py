"""A sweep in a real browser: said in a form, watched, stopped, gone on with, read, and a point of it opened."""

from __future__ import annotations

import csv
import io

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
pytest.importorskip("playwright", reason="playwright is not installed")

from tests.app.test_page import SMALL

pytestmark = pytest.mark.e2e
PLANS = {"pilot.yaml": SMALL}


def test_a_sweep_from_the_form(new_tab) -> None:
    tab = new_tab(locale="en-US")
    tab.open("Pilot")
    tab.sees("Sound")
    tab.to("Sweep")
    tab.sees("Many plans at once", "What is tried")
    tab.pick("Vary this too", "second.cap.times")
    tab.sees("How, and what decides", "5 plans, 15 runs")
    tab.fill("Values", "1, 2, many")
    tab.sees("sweep.vary.plan.flights.second.cap.times.2: 'many'; want a whole number")
    tab.fill("Values", "1, 4")
    tab.sees("2 plans, 6 runs")
    tab.pick("Vary this too", "first.budget")
    tab.sees("6 plans, 18 runs")

    tab.worlds(4_000)
    tab.sees("24,000 runs")
    tab.press("Start")
    tab.sees("worlds per minute")
    tab.press("Stop")
    tab.sees("So far", "of 6 plans are finished")
    tab.press("Go on")
    tab.sees("worlds per minute")
    tab.page.reload()
    tab.sees("worlds per minute")
    tab.press("Stop")
    tab.sees("So far")

    tab.worlds(3)
    tab.press("Start")
    tab.sees(
        "All 6 plans are finished.",
        "Of 6 plans, plan",
        "Reach against spend (USD)",
        "How often? Reach",
        "Where it tires",
    )
    table = list(csv.DictReader(io.StringIO(tab.saved("Ranking").decode())))
    assert len(table) == 6
    assert float(table[0]["mean"]) == max(float(row["mean"]) for row in table)
    assert b"<html" in tab.saved("Report")
    tab.page.reload()
    tab.sees("All 6 plans are finished.")

    best = table[0]
    tab.page.locator(".pg-table tr.live").first.click()
    tab.sees("Calendar", "Sound", f"Pilot & <b>bold</b> · plan {best['design_point']}")
    budget = float(best["plan.flights.first.budget"])
    tab.sees(f"USD {budget:,.0f}", f"{best['plan.flights.second.cap.times']} per 7 days")


def test_a_point_of_a_chart_opens_its_plan(new_tab) -> None:
    tab = new_tab(locale="es-ES")
    tab.open("Pilot", "Abrir")
    tab.sees("Correcto")
    tab.to("Barrido")
    tab.pick("Variar también", "first.budget")
    tab.sees("3 planes")
    tab.worlds(2)
    tab.press("Empezar")
    tab.sees("Los 3 planes están terminados.", "Clasificación según")
    tab.click_point("Cobertura según first.budget", "3")
    tab.sees("Calendario", "USD 1.350")
