"""The plan's further forms in a real browser: dayparts, formats, question, alternatives, assumptions."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
pytest.importorskip("playwright", reason="playwright is not installed")

from sim.scenario.load import load_scenario
from tests.app.full_plan import FULL

pytestmark = pytest.mark.e2e
PLANS = {"full.yaml": FULL}


@pytest.fixture
def tab(new_tab):
    """Return a tab with the full plan open."""
    one = new_tab()
    one.open("Everything at once")
    one.sees("Calendar", "Sound")
    return one


def typed(tab, label, place, value):
    """Fill one of several fields of the same name."""
    field = tab.page.get_by_role("textbox", name=label, exact=True).nth(place)
    field.fill(value)
    field.press("Enter")


def saved(tab, tmp_path):
    path = tmp_path / "saved.yaml"
    path.write_bytes(tab.saved("Save YAML"))
    return load_scenario(path)


def test_dayparts_and_formats_are_made_and_taken_away(tab, tmp_path) -> None:
    tab.press("Channels")
    tab.sees("Follow the brand")  # the flights of before have a channel of that name, too
    tab.page.locator(".pg-table tr", has_text="tube").click()
    tab.sees("When it is met (dayparts)", "What a format does here")
    tab.press("Add a daypart")
    tab.page.get_by_role("textbox", name="Share of contacts", exact=True).nth(2).wait_for()
    typed(tab, "Share of contacts", 2, "0.1")
    tab.sees("shares sum to 1.1; want a sum of 1")
    typed(tab, "Share of contacts", 0, "0.5")
    tab.sees("Sound")
    typed(tab, "Name", 3, "dawn")  # after the channel's own and two others
    tab.sees("Sound")
    tab.pick("Segments that differ", "young")
    tab.page.keyboard.press("Escape")
    typed(tab, "young: receptive (factor)", 0, "1.5")
    tab.page.locator(".v-select", has_text="Formats with factors of their own").click()
    tab.page.locator(".menuable__content__active").get_by_text("story", exact=True).click()
    tab.page.keyboard.press("Escape")
    typed(tab, "story: impact ×", 0, "1.3")
    tab.press("Remove: night")
    tab.sees("shares sum to 0.6; want a sum of 1")
    typed(tab, "Share of contacts", 1, "0.5")
    tab.sees("Sound")
    channel = saved(tab, tmp_path).channels["tube"]
    assert {name: part.share for name, part in channel.dayparts.items()} == {"day": 0.5, "dawn": 0.5}
    assert channel.dayparts["day"].by_segment["young"].receptive == 1.5
    assert channel.formats["story"].impact == 1.3
    assert channel.formats["image"].attention == 0.9


def test_a_mechanism_is_switched_off_and_on(tab, tmp_path) -> None:
    tab.press("Assumptions")
    tab.fill("Memory halves in days", "9")
    tab.switch("Adopters find it good or bad, and talk")
    tab.page.get_by_text("Talks per day", exact=True).wait_for(state="hidden")
    tab.switch("Too many contacts tire")
    tab.page.get_by_text("Attitude peaks at contacts", exact=True).wait_for(state="hidden")
    scenario = saved(tab, tmp_path)
    assert scenario.reception.memory_half_life_days == 9
    assert scenario.reception.wear_out_contacts is None
    assert scenario.adoption.word_of_mouth is None
    tab.switch("Too many contacts tire")
    tab.sees("Attitude peaks at contacts")
    assert saved(tab, tmp_path).reception.wear_out_contacts == 10


def test_a_question_and_an_alternative(tab, tmp_path) -> None:
    tab.press("Question")
    tab.pick("Indicator that decides", "Adoption")
    tab.press("Alternatives")
    tab.press("Add an alternative")
    tab.pick("Change this too", "second.cap.times")
    tab.sees("second.cap.times: 3")
    tab.fill("second.cap.times", "5")
    tab.fill("Name", "bolder")
    tab.sees("second.cap.times: 5", "Sound")
    scenario = saved(tab, tmp_path)
    assert scenario.question.decide_by == "adoption"
    assert dict(scenario.alternatives["bolder"])["plan.flights.second.cap.times"] == 5
    tab.to("Compare")
    tab.pick("Plan B", "bolder")


def test_what_stands_in_the_text_alone_leads_there(tab) -> None:
    tab.press("As text")
    field = tab.page.locator(".pg-yaml textarea").first
    field.fill(
        FULL + "sweep: {design: list, points: {plain: {}, longer: {plan.flights.second.days: 3-12}}}\n"
    )
    field.press("Tab")
    tab.press("As forms")
    tab.press("Settings")
    tab.sees("Only in the text: sweep.points.plain, sweep.points.longer")
    tab.page.locator(".pg-narrow").get_by_role("button", name="As text", exact=True).click()
    tab.sees("What stands here is what the command line runs.")


_NAMES = """() => {
  const name = Object.keys(window.requirejs.s.contexts._.defined).find((key) => key.includes("echarts"));
  const echarts = window.requirejs(name);
  for (const el of document.querySelectorAll(".pg-chart")) {
    const chart = echarts.getInstanceByDom(el);
    const series = (((chart && chart.getOption()) || {}).series || [])[0];
    if (series && series.type === "graph") return series.data.map((node) => node.name.replace("#", ""));
  }
  return [];
}"""


def drawn_on_public(tab):
    return tab.page.evaluate(_NAMES)


def test_others_that_are_drawn_are_drawn_where_it_spreads_too(tab) -> None:
    tab.to("Public")
    tab.sees("Communities", "groups with more ties among themselves", "people and their ties")
    before = drawn_on_public(tab)
    tab.press("Others")
    tab.page.wait_for_function(f"before => ({_NAMES})().join() !== before", arg=",".join(before))
    others = drawn_on_public(tab)
    assert len(others) > 20
    tab.to("Run")
    tab.press("Spreading and why")
    tab.sees("Who adopted in this world")
    there = tab.page.locator(".pg-spread circle title").all_text_contents()
    assert [text.partition(" · ")[0].replace("#", "") for text in there] == others
    tab.press("Draw others")
    tab.page.wait_for_function(
        "first => { const seen = document.querySelector('.pg-spread circle title');"
        " return seen && seen.textContent.split(' · ')[0] !== first; }",
        arg=there[0].partition(" · ")[0],
    )
    once_more = [
        text.partition(" · ")[0] for text in tab.page.locator(".pg-spread circle title").all_text_contents()
    ]
    tab.to("Public")
    tab.page.wait_for_function(f"wanted => ({_NAMES})().join() === wanted",
                               arg=",".join(name.replace("#", "") for name in once_more))  # fmt: skip


def test_faults_and_tooltips_are_told_in_spanish(new_tab) -> None:
    tab = new_tab(locale="es-ES")
    tab.open("Everything at once", "Abrir")
    tab.sees("Calendario", "Correcto")
    tab.press("Escucha")
    tab.fill("Quejas que se oyen (cobertura)", "2")
    field = tab.page.locator(".v-text-field", has_text="Quejas que se oyen (cobertura)")
    field.get_by_text("2; debe ser un número de 0 a 1").wait_for()
    tab.sees("full.yaml:30:15: plan.listening.cover: 2; debe ser un número de 0 a 1")
    about = tab.page.get_by_role("textbox", name="Quejas que se oyen (cobertura)").get_attribute("title")
    assert about == "probabilidad de que la marca se entere de una queja [probabilidad]. Fuente: supuesto."
    tab.speaks("es")
