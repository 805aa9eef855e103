"""The planner's whole loop in a real browser, in both languages: a survey becomes a public, and a plan a decision."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
pytest.importorskip("playwright", reason="playwright is not installed")

from sim import run
from sim.scenario.load import load_scenario

pytestmark = pytest.mark.e2e
SURVEY = "age,uses_gram,often_gram,watches,weight\n" + "".join(
    f"{18 + 7 * n % 60},{'yes' if n % 3 else 'no'},{('several times a day', 'about once a day')[n % 2] if n % 3 else ''},"
    f"{'yes' if n % 5 else 'no'},{1 + n % 4}\n"
    for n in range(240)
)
PLAN = """\
# Question: whom does a small launch reach?
name: Launch <i>of</i> a survey
days: 14
replications: 3
currency: USD
audience:
  people: 60_000
  agents: 900
  from_survey:
    file: survey.csv
    weight: weight
    segment_by: [age_band]
    bands: {age: [18, 40]}
    usage: {gram: {uses: uses_gram, often: often_gram}, tube: {uses: watches, visits_per_day: 1.5}}
    visits_per_day: {about once a day: 1, several times a day: 3}
network:
  gram: {generate: power_law, min_followers: 4}
channels:
  tube: {kind: broadcast, medium: video, cpm: 9}
  gram: {kind: feed, medium: feed, cpm: 7}
messages:
  hello: {appeals: {information: 0.8, entertainment: 0.4}, quality: 0.6}
plan:
  flights:
    first: {message: hello, channel: tube, days: 1-10, budget: 900}
    second: {message: hello, channel: gram, days: 3-14, budget: 300, cap: {times: 3, per_days: 7}}
  partners:
    allies: {message: hello, channel: gram, choose: {rule: degree, count: 4}, fee: 40, post_on: [4, 9]}
objectives:
  seen: {metric: reach, at_least: 0.2}
"""
PLANS: dict[str, str] = {}  # all of it is uploaded
WORDS = {
    "en": {
        "start": "Ready plans", "kept": "survey.csv is there.", "sound": "Sound", "public": "Public", "who": "Segments on day 1",
        "plan": "Plan", "run": "Run", "done": "3 worlds of 14 days; values at the last day.", "funnel": "From reach to adoption",
        "copy": "Duplicate", "variant": "(variant)", "budget": "Budget (USD)", "compare": "Compare",
        "compared": "3 pairs of worlds", "by_day": "A − B day by day", "sweep": "Sweep", "vary": "Vary this too", "begin": "Start",
        "swept": "All 5 plans are finished.", "best": "Of 5 plans, plan", "people": "Influencers", "measure": "Choose and measure",
        "certified": "No other choice under these limits", "day": "What the whole day makes of it", "send": "Send to the plan",
        "calendar": "Calendar", "save": "Save YAML", "report": "Report", "ranking": "Ranking", "list": "People",
    },
    "es": {
        "start": "Planes listos", "kept": "survey.csv ya está aquí.", "sound": "Correcto", "public": "Público",
        "who": "Segmentos el día 1", "plan": "Plan", "run": "Simular", "done": "3 mundos de 14 días; valores del último día.",
        "funnel": "De la cobertura a la adopción", "copy": "Duplicar", "variant": "(variante)", "budget": "Presupuesto (USD)",
        "compare": "Comparar", "compared": "3 pares de mundos", "by_day": "A − B día a día", "sweep": "Barrido",
        "vary": "Variar también", "begin": "Empezar", "swept": "Los 5 planes están terminados.", "best": "De 5 planes, el plan",
        "people": "Influencers", "measure": "Elegir y medir", "certified": "Ninguna otra elección con estos límites",
        "day": "Qué resulta en el día entero", "send": "Llevar al plan", "calendar": "Calendario", "save": "Guardar YAML",
        "report": "Informe", "ranking": "Clasificación", "list": "Personas",
    },
}  # fmt: skip


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


@pytest.mark.parametrize("language", ["en", "es"])
def test_from_a_survey_to_a_decision(new_tab, language, tmp_path) -> None:
    words, tab = WORDS[language], new_tab(locale={"en": "en-US", "es": "es-ES"}[language])
    tab.sees(words["start"])
    tab.upload("survey.csv", SURVEY.encode())
    tab.sees(words["kept"])
    tab.upload("launch.yaml", PLAN.encode())
    tab.sees("Launch <i>of</i> a survey", words["sound"], "first", "USD 900")
    tab.speaks(language)

    tab.to(words["public"])
    tab.sees(words["who"], "18-39", "40+")
    tab.speaks(language)

    tab.to(words["run"])
    tab.press(words["run"])
    tab.sees(words["done"], words["funnel"])
    tab.speaks(language)
    summary = rows(tab.saved("CSV"))

    tab.to(words["plan"])
    text = tab.saved(words["save"]).decode()
    (tmp_path / "launch.yaml").write_text(text, "utf-8")
    (tmp_path / "survey.csv").write_text(SURVEY, "utf-8")
    told = run(load_scenario(tmp_path / "launch.yaml")).summary
    assert [row["mean"] for row in summary] == [
        "" if mean != mean else repr(float(mean)) for mean in told["mean"]
    ]

    tab.press(words["copy"])
    tab.sees(words["variant"])
    tab.choose("second")
    tab.fill(words["budget"], "600")
    tab.sees("USD 600")
    tab.to(words["compare"])
    tab.press(words["compare"])
    tab.sees(words["compared"], words["by_day"], "plan.flights.second.budget")
    tab.speaks(language)
    assert tab.saved("CSV").startswith(b"metric,segment,channel,unit,plan_a,plan_b")

    tab.to(words["sweep"])
    tab.pick(words["vary"], "second.cap.times")
    tab.press(words["begin"])
    tab.sees(words["swept"], words["best"])
    tab.speaks(language)
    assert f'<html lang="{language}">'.encode() in tab.saved(words["report"])
    ranking = rows(tab.saved(words["ranking"]))
    assert [float(row["mean"]) for row in ranking] == sorted(
        (float(r["mean"]) for r in ranking), reverse=True
    )
    tab.page.locator(".pg-table tr.live").first.click()
    times = ranking[0]["plan.flights.second.cap.times"]
    tab.sees(
        words["calendar"],
        words["sound"],
        f"{times} per 7 days" if language == "en" else f"{times} cada 7 días",
    )

    tab.to(words["people"])
    tab.press(words["measure"])
    tab.sees(words["certified"], words["day"])
    tab.speaks(language)
    assert len(rows(tab.saved(words["list"]))) == 4
    assert f'<html lang="{language}">'.encode() in tab.saved(words["report"])
    tab.press(words["send"])
    tab.sees(words["calendar"], words["sound"])

    tab.to(words["compare"])  # what was compared is there still
    tab.sees(words["compared"])
    tab.to(words["run"])
    tab.press(words["run"])
    tab.sees(words["done"])
    assert f'<html lang="{language}">'.encode() in tab.saved(words["report"])
    with zipfile.ZipFile(io.BytesIO(tab.saved("XLSX"))) as book:
        assert "xl/workbook.xml" in book.namelist()
