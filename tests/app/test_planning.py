"""The forms of a plan in a real browser: what is clicked, dragged and typed stands in the text, and runs from it."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
pytest.importorskip("playwright", reason="playwright is not installed")

from sim import run
from sim.scenario.load import load_scenario
from tests.app.full_plan import BAIT, FULL, HOSTILE

pytestmark = pytest.mark.e2e
COMPLAINTS = Path(__file__).resolve().parents[2] / "scenarios" / "complaints.yaml"
SMALL = (
    COMPLAINTS.read_text("utf-8").replace("agents: 10_000", "agents: 1_000").replace("days: 90", "days: 30")
)
PLANS = {
    "full.yaml": FULL,
    "hostile.yaml": HOSTILE,
    "complaints.yaml": SMALL.replace("days: 1-90", "days: 1-30"),
}
MOST_SECONDS = 300  # a new user's patience


def opened(tab, name):
    tab.page.locator(".pg-cards .pg-card", has_text=name).get_by_role(
        "button", name="Open", exact=True
    ).click()
    tab.sees("Calendar", "Sound")


def days_of(tab, flight):
    text = tab.saved("Save YAML").decode()
    line = next(line for line in text.splitlines() if line.strip().startswith(f"{flight}: "))
    return line.partition("days: ")[2].partition(",")[0].rstrip("}")


def shows(tab, value):
    """Wait until a field of the form shows a value."""
    there = "value => [...document.querySelectorAll('.edge input')].some(field => field.value === value)"
    tab.page.wait_for_function(there, arg=value)


def drag(tab, part, days, to):
    """Drag the bar of the first flight, or an end of it, by so many days."""
    day = tab.page.locator(".pg-gantt .lane").nth(1).bounding_box()["width"] / 12
    held = tab.page.locator(".pg-gantt .row", has_text="first").locator(part)
    held.hover()  # waits until it stands still
    box = held.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.page.mouse.down()
    tab.page.mouse.move(x + days * day / 2, y)
    tab.page.mouse.move(x + days * day, y)
    tab.page.mouse.up()
    shows(tab, to)


def test_flights_are_dragged_on_the_calendar(tab) -> None:
    opened(tab, "Everything at once")
    drag(tab, ".bar", 2, "3-10")
    drag(tab, ".edge.last", -3, "3-7")
    assert days_of(tab, "first") == "3-7"
    row = tab.page.locator(".pg-gantt .row", has_text="first")
    row.focus()
    for key, days in (("ArrowLeft", "2-6"), ("Shift+ArrowRight", "2-7")):
        row.press(key)
        tab.page.wait_for_function(
            "value => [...document.querySelectorAll('.edge input')].some(f => f.value === value)", arg=days
        )
    assert days_of(tab, "first") == "2-7"


def test_what_the_forms_write_the_command_line_runs(tab, tmp_path) -> None:
    """Listening, a rule, an own space and partners are set by clicks alone; the saved plan gives the page's bits."""
    opened(tab, "Everything at once")
    tab.press("Listening")
    tab.pick("Reply policy", "several public replies")
    tab.fill("Cost per reply (USD)", "3")
    tab.sees("Replies to a complaint")
    tab.press("Rules")
    tab.press("Add a rule")
    tab.pick("Indicator", "Consideration")
    tab.fill("Above", "0.3")
    tab.pick("Action", "swap the message")
    tab.pick("New message", "answer")
    tab.sees("swap the message: first → answer")
    tab.press("Partners")
    tab.page.locator(".pg-table tr", has_text="creators").click()
    tab.pick("Rule of choice", "most followed")
    tab.sees("3 × most followed")
    tab.press("Flights")
    tab.choose("home")
    tab.pick("Bought", "the brand's own posts")
    tab.fill("Own posts on days", "2, 4")
    tab.sees("Sound")
    saved = tmp_path / "saved.yaml"
    saved.write_bytes(tab.saved("Save YAML"))
    scenario = load_scenario(saved)
    assert scenario.plan.listening.cost_per_reply == 3
    assert scenario.plan.rules["rule_1"].then.swap_message.message == "answer"
    assert scenario.plan.partners["creators"].choose.rule == "degree"
    assert scenario.plan.flights["home"].posts == (2, 4)
    tab.to("Run")
    tab.press("Run")
    tab.sees("3 worlds of 12 days; values at the last day.")
    table = csv.DictReader(io.StringIO(tab.saved("CSV").decode()))
    told = {(row["metric"], row["segment"], row["channel"]): row["mean"] for row in table}
    here = run(scenario, threads=1).summary
    assert told == {
        (r.metric, r.segment, r.channel): "" if r.mean != r.mean else repr(float(r.mean))
        for r in here.itertuples()
    }


def test_a_fault_stands_beside_its_field(tab) -> None:
    opened(tab, "Everything at once")
    tab.press("Listening")
    tab.fill("Complaints heard (cover)", "2")
    field = tab.page.locator(".v-text-field", has_text="Complaints heard (cover)")
    field.get_by_text("2; want a number from 0 to 1").wait_for()
    tab.sees("full.yaml:30:15: plan.listening.cover: 2; want a number from 0 to 1")
    tab.fill("Complaints heard (cover)", "0.5")
    tab.sees("Sound")
    tab.press("Rules")
    tab.page.locator(".pg-table tr", has_text="enough").click()
    tab.fill("Days", "3-20")
    tab.page.locator(".v-text-field", has_text="Days").get_by_text(
        "day 20; want a day of the run, 1 to 12"
    ).wait_for()


def test_a_new_user_tries_a_reply_policy(tab) -> None:
    """Clicks alone, from the start page to an answer with its interval."""
    begun = time.monotonic()
    opened(tab, "No reply")
    tab.press("Duplicate")
    tab.sees("No reply (variant)")
    tab.press("Listening")
    tab.pick("Reply policy", "one public reply")
    tab.sees("Heard again by a public reply", "Sound")
    tab.to("Compare")
    tab.worlds(4)
    tab.press("Compare")
    tab.sees("4 pairs of worlds", "plan.listening.reply", "one_public")
    tab.pick("Indicator", "Attitude")
    tab.sees("A above B:")
    assert time.monotonic() - begun < MOST_SECONDS


def test_a_survey_is_uploaded_and_its_columns_chosen(tab) -> None:
    """The segments of the page, and of the run, are those of the file."""
    opened(tab, "Everything at once")
    tab.to("Public")
    tab.sees("People and ties from files")
    names = {"tube": "uses_tube,often_tube", "gram": "uses_gram,often_gram"}
    rows = [
        f"{20 + n % 50},{'north' if n % 3 else 'south'},yes,daily,{'yes' if n % 2 else 'no'},weekly"
        for n in range(300)
    ]
    text = "\n".join([f"age,region,{names['tube']},{names['gram']}", *rows])
    file = {"name": "survey.csv", "mimeType": "text/csv", "buffer": text.encode()}
    tab.page.locator("input[type=file]").set_input_files(file)
    tab.sees("survey.csv is …", "age, region, uses_tube")
    tab.press("Is a survey")
    tab.sees("The survey", "Visits per day behind each label")
    tab.pick("Segments by", "region")
    tab.page.keyboard.press("Escape")
    tab.sees("or labels mapped in")  # what the file's people still lack, when they were tried
    tab.fill("daily", "1")
    tab.fill("weekly", "0.14")
    tab.sees("north", "south")
    tab.to("Plan")
    tab.press("Partners")
    tab.page.locator(".pg-table tr", has_text="creators").click()
    tab.press("Remove")  # it counts on segments that are gone
    tab.sees("Sound")
    tab.to("Run")
    tab.press("Run")
    tab.sees("3 worlds of 12 days", "north", "south")


def test_the_spreading_and_the_why_of_one_person(tab) -> None:
    """The slider moves the days, people are drawn by state, and a click tells what a person met."""
    opened(tab, "Everything at once")
    tab.to("Run")
    tab.press("Spreading and why")
    tab.sees("Who adopted in this world", "simulated persons", "has passed it on")
    people = tab.page.locator(".pg-spread circle")
    at_start = tab.page.locator(".pg-spread circle.s0").count()
    assert 0 < at_start <= people.count() <= 220
    tab.page.locator(".pg-spread input").fill("12")
    tab.page.locator(".pg-spread .day", has_text="12 Mar").wait_for()
    assert tab.page.locator(".pg-spread circle.s0").count() < at_start
    assert tab.page.locator(".pg-spread circle.s1, .pg-spread circle.s2").count() > 0
    people.nth(3).press("Enter")
    tab.sees("Why: ", "What happened", "Met the campaign")
    tab.page.locator(".pg-spread .play").click()  # from the last day on it begins anew
    tab.page.wait_for_function(
        "() => ['2 Mar', '3 Mar', '4 Mar'].includes(document.querySelector('.pg-spread .day').textContent)"
    )
    tab.page.locator(".pg-spread .play").click()
    tab.press("Results")
    tab.sees("This plan has not been run")


def test_names_are_text_on_every_page(tab) -> None:
    """A name that is mark-up is shown as it is written; what it would do is not done."""
    opened(tab, BAIT)
    tab.sees("@" + BAIT, "tube · -1+2")
    tab.page.locator(".pg-gantt .row", has_text="@").click()
    tab.to("Public")
    tab.sees("=HYPERLINK(1)", "Ties returned")
    tab.to("Run")
    tab.press("Run")
    tab.sees("3 worlds of 12 days", "@" + BAIT)
    tab.press("Spreading and why")
    tab.sees("Who adopted in this world")
    tab.page.locator(".pg-spread circle").nth(0).press("Enter")
    tab.sees("Why: ")
    tab.page.mouse.move(300, 300)
    assert tab.page.evaluate("typeof hit") == "undefined"
    assert tab.page.locator("img[src=x]").count() == 0


def test_a_first_look_follows_each_edit(tab) -> None:
    """Curves of the plan as it stands, on the plan's own page, without a run."""
    opened(tab, "Everything at once")
    tab.sees("A first look", "10 worlds; run the plan")
    tab.page.wait_for_function("() => document.querySelectorAll('.pg-bare canvas').length === 3")
    tab.press("Switch it off")
    tab.page.wait_for_function("() => document.querySelectorAll('.pg-bare canvas').length === 0")
    tab.press("Look after each edit")
    tab.sees("10 worlds; run the plan")
