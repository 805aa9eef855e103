"""The planner's loop in a real browser, in both languages: open, change, see the public, run, compare, save."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
pytest.importorskip("playwright", reason="playwright is not installed")

from sim import Scenario, run
from sim.scenario.load import load_scenario
from tests.app.browser import Tab

pytestmark = pytest.mark.e2e
SMALL = """\
# Question: does a second flight pay?
name: Pilot & <b>bold</b>
start: 2027-03-01
days: 12
replications: 3
currency: USD
audience:
  people: 40_000
  agents: 800
  segments:
    young: {share: 0.4, motivations: {entertainment: 2}, usage: {tube: {users: 0.9, visits_per_day: 2}, gram: {users: 0.6, visits_per_day: 2}}}
    old: {share: 0.6, motivations: {information: 1}, usage: {tube: {users: 0.5, visits_per_day: 1}, gram: {users: 0.2, visits_per_day: 1}}}
network:
  gram: {generate: power_law, min_followers: 4}
channels:
  tube: {kind: broadcast, medium: video, cpm: 9}
  gram: {kind: feed, medium: feed, cpm: 7}
messages:
  hello: {appeals: {information: 0.8, entertainment: 0.4}, quality: 0.6}
plan:
  flights:
    first: {message: hello, channel: tube, days: 1-8, budget: 900}   # a comment that stays
    second: {message: hello, channel: gram, days: 5-12, budget: 300, cap: {times: 3, per_days: 7}}
objectives:
  seen: {metric: reach, at_least: 0.2}
"""
PLANS = {"pilot.yaml": SMALL}
WORDS = {
    "en": {
        "open": "Open", "plan": "Plan", "public": "Public", "run": "Run", "compare": "Compare", "copy": "Duplicate",
        "budget": "Budget (USD)", "days": "Days", "sound": "Sound", "ready": "Ready plans", "who": "Segments on day 1",
        "ties": "Ties returned", "done": "3 worlds of 12 days; values at the last day.", "report": "Report",
        "compared": "3 pairs of worlds", "funnel": "From reach to adoption", "aware": "Awareness", "text": "As text",
        "money": "USD 1,200", "fault": "'8-1'; want days from 1 up, first-last: 3 or 1-14",
        "definition": "people with at least one paid contact so far",
    },
    "es": {
        "open": "Abrir", "plan": "Plan", "public": "Público", "run": "Simular", "compare": "Comparar", "copy": "Duplicar",
        "budget": "Presupuesto (USD)", "days": "Días", "sound": "Correcto", "ready": "Planes listos", "who": "Segmentos el día 1",
        "ties": "Vínculos recíprocos", "done": "3 mundos de 12 días; valores del último día.", "report": "Informe",
        "compared": "3 pares de mundos", "funnel": "De la cobertura a la adopción", "aware": "Notoriedad", "text": "Como texto",
        "money": "USD 1.200", "fault": "'8-1'; debe ser días desde 1, primero-último: 3 o 1-14",
        "definition": "personas con al menos un contacto pagado",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_whole_loop(new_tab, language, tmp_path) -> None:
    words, tab = WORDS[language], new_tab(locale={"en": "en-US", "es": "es-ES"}[language])
    tab.sees(words["ready"], "Pilot & <b>bold</b>", "Does a second flight pay?")
    tab.press(words["open"])
    tab.sees("first", "second", words["sound"], "USD 900")

    tab.choose("first")
    tab.fill(words["days"], "8-1")
    tab.sees(words["fault"], "pilot.yaml:22:44: plan.flights.first.days")
    tab.fill(words["days"], "1-10")
    tab.fill(words["budget"], "1200")
    tab.sees(words["money"], words["sound"])

    tab.to(words["public"])
    tab.sees(words["who"], words["ties"], "young", "old")

    tab.to(words["run"])
    tab.press(words["run"])
    tab.sees(words["done"], words["funnel"], words["aware"], "USD 1")
    table = list(csv.DictReader(io.StringIO(tab.saved("CSV").decode())))
    tab.page.locator(".pg-tile").first.click()
    tab.sees(words["definition"])
    tab.page.locator(".pg-drawer button").click()

    tab.to(words["plan"])
    text = tab.saved({"en": "Save YAML", "es": "Guardar YAML"}[language]).decode()
    assert "days: 1-10, budget: 1200}   # a comment that stays" in text
    written = tmp_path / "saved.yaml"
    written.write_text(text, "utf-8")
    result = run(load_scenario(written))
    told = {(row["metric"], row["segment"], row["channel"]): row["mean"] for row in table}
    assert told == {
        (row.metric, row.segment, row.channel): "" if row.mean != row.mean else repr(float(row.mean))
        for row in result.summary.itertuples()
    }

    tab.press(words["copy"])
    tab.sees({"en": "(variant)", "es": "(variante)"}[language])
    tab.choose("second")
    tab.fill(words["budget"], "600")
    tab.sees("USD 600")
    tab.to(words["compare"])
    tab.press(words["compare"])
    tab.sees(words["compared"], "plan.flights.second.budget", "300", "600")
    assert tab.saved("CSV").startswith(b"metric,segment,channel,unit,plan_a,plan_b")
    assert b"<html" in tab.saved(words["report"])
    with zipfile.ZipFile(io.BytesIO(tab.saved("XLSX"))) as book:
        assert "xl/workbook.xml" in book.namelist()

    tab.page.reload()
    tab.sees(words["compared"])


def test_text_and_forms_are_one_plan(new_tab) -> None:
    tab = new_tab()
    tab.press("Open")
    tab.sees("USD 300")
    tab.press("As text")
    area = tab.page.locator("textarea").first
    area.fill(SMALL.replace("budget: 300", "budget: 444"))
    area.blur()
    tab.press("As forms")
    tab.sees("USD 444")
    tab.press("As text")
    area.fill("name: [a\n")
    area.blur()
    tab.sees("pilot.yaml:1:7", "a list `[` that is not closed")


def test_two_tabs_do_not_disturb_each_other(new_tab) -> None:
    one = new_tab()
    other = Tab(one.page.context.new_page(), one.address)
    one.press("Open")
    one.sees("USD 900")
    other.sees("Ready plans")
    other.to("Plan")
    other.sees("No plan is open yet.")


def test_uploads(new_tab, tmp_path) -> None:
    tab = new_tab()
    tab.sees("From your computer")

    def drop(name: str, data: bytes) -> None:
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        tab.page.locator("input[type=file]").set_input_files(file)

    drop("evil.exe", b"MZ")
    tab.sees("a file of kind '.exe'")
    drop("../../sneaky.csv", b"a,b\n1,2\n")
    tab.sees("sneaky.csv is there.")
    drop("latin.yaml", "name: Pregón\n".encode("latin-1"))
    tab.sees("latin.yaml: byte 0xf3 is not UTF-8")
    drop("large.yaml", b"#" * 5_000_001)
    tab.sees("large.yaml: more than 5 MB")
    drop("mine.yaml", SMALL.replace("Pilot", "Uploaded").encode())
    tab.sees("Uploaded & <b>bold</b>", "first")


def test_a_run_can_be_stopped(new_tab) -> None:
    tab = new_tab()
    tab.press("Open")
    tab.sees("Sound")
    tab.to("Run")
    tab.worlds(20_000)
    tab.press("Run")
    tab.sees("of 20,000 worlds")
    tab.press("Stop")
    tab.sees("what was finished is shown", "From reach to adoption")


def test_what_the_page_writes_is_a_scenario(tmp_path) -> None:
    """The sample of these tests is sound, so that what they show is the page's doing."""
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    assert Scenario.load(tmp_path / "small.yaml").days == 12
