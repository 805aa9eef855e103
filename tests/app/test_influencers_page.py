"""Whom to book, in a real browser: choose, slide, measure, send to the plan."""

from __future__ import annotations

import csv
import io

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
pytest.importorskip("playwright", reason="playwright is not installed")

from tests.app.test_page import SMALL

pytestmark = pytest.mark.e2e
PLANS = {"pilot.yaml": SMALL}
WORDS = {
    "en": {
        "open": "Open", "sound": "Sound", "view": "Influencers", "add": "Add partners", "choose": "Choose",
        "measure": "Choose and measure", "certified": "No other choice under these limits reaches more than",
        "people": "People", "day": "What the whole day makes of it", "effects": "Effects", "report": "Report",
        "send": "Send to the plan", "calendar": "Calendar", "limit": "Limit", "budget": "a budget",
        "fees": "Fees in all (USD)", "count": "How many people", "list": "List", "chance": "by chance",
    },
    "es": {
        "open": "Abrir", "sound": "Correcto", "view": "Influencers", "add": "Añadir aliados", "choose": "Elegir",
        "measure": "Elegir y medir", "certified": "Ninguna otra elección con estos límites alcanza a más de",
        "people": "Personas", "day": "Qué resulta en el día entero", "effects": "Efectos", "report": "Informe",
        "send": "Llevar al plan", "calendar": "Calendario", "limit": "Límite", "budget": "un presupuesto",
        "fees": "Honorarios en total (USD)", "count": "Cuántas personas", "list": "Lista", "chance": "al azar",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
def test_from_no_partners_to_partners_in_the_plan(new_tab, language) -> None:
    words = WORDS[language]
    locale = {"en": "en-US", "es": "es-ES"}[language]
    tab = new_tab(locale=locale)
    tab.open("Pilot", words["open"])
    tab.sees(words["sound"])
    tab.to(words["view"])
    tab.press(words["add"])
    tab.press(words["choose"])
    tab.sees(words["certified"])
    people = list(csv.DictReader(io.StringIO(tab.saved(words["people"]).decode())))
    assert len(people) == 10

    slider = tab.page.get_by_role("slider", name=words["count"])
    for n in range(2):
        slider.press("ArrowRight")
        tab.page.locator(".pg-table tbody tr").nth(10 + n).wait_for()
    people = list(csv.DictReader(io.StringIO(tab.saved(words["people"]).decode())))
    assert len(people) == 12

    tab.pick(words["limit"], words["budget"])
    tab.page.get_by_role("textbox", name=words["fees"]).fill("5000")
    tab.page.get_by_role("textbox", name=words["fees"]).press("Enter")
    tab.page.wait_for_function("() => document.querySelectorAll('.pg-table tbody tr').length === 5")
    tab.worlds(3)
    tab.press(words["measure"])
    tab.sees(words["day"], words["effects"], words["report"])
    people = list(csv.DictReader(io.StringIO(tab.saved(words["people"]).decode())))
    assert sum(float(row["cost"]) for row in people) <= 5000
    assert len(list(csv.DictReader(io.StringIO(tab.saved(words["effects"]).decode())))) == 3 * 3 * 3
    tab.page.reload()
    tab.sees(words["day"])

    tab.press(words["send"])
    tab.sees(words["calendar"], words["sound"])
    tab.press({"en": "As text", "es": "Como texto"}[language])
    text = tab.page.locator("textarea").first.input_value()
    assert "choose: {rule: certified, budget: 5000" in text


def test_what_a_choice_is_held_to_is_chosen_on_the_page(new_tab) -> None:
    """Quotas, a weight and an exclusion by fields; who is chosen obeys them, and the plan gets them."""
    tab = new_tab()
    tab.open("Pilot")
    tab.to("Influencers")
    tab.press("Add partners")
    tab.press("Choose")
    tab.sees("No other choice under these limits")
    before = list(csv.DictReader(io.StringIO(tab.saved("People").decode())))
    tab.press("More that it is held to")
    field = tab.page.get_by_role("textbox", name="old", exact=True).first
    field.fill("2")
    field.press("Enter")
    tab.sees("More that it is held to (1)")
    out = before[0]["person"]
    tab.fill("Not to be chosen (ids)", out.removeprefix("#"))
    tab.sees("More that it is held to (2)")
    tab.pick("What a person reached is worth", "each segment by a weight")
    tab.sees("More that it is held to (3)")
    tab.page.wait_for_function(
        "out => ![...document.querySelectorAll('.pg-table td')].some(cell => cell.textContent.trim() === out)",
        arg=out,
    )
    after = list(csv.DictReader(io.StringIO(tab.saved("People").decode())))
    assert len(after) == 10
    assert out not in {row["person"] for row in after}
    assert sum(row["segment"] == "old" for row in after) <= 2
    tab.press("Send to the plan")
    tab.sees("Calendar", "Sound")
    tab.press("As text")
    text = tab.page.locator("textarea").first.input_value()
    assert "quotas: {old: 2}" in text
    assert "exclude: [" in text
