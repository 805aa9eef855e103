"""What someone who has never seen Python comes for, done by clicks; how long each takes is told, not asserted."""

from __future__ import annotations

import csv
import gzip
import io
import time
from contextlib import contextmanager

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
pytest.importorskip("playwright", reason="playwright is not installed")

from sim import Scenario, compare
from sim.scenario.starter import starter_text
from tests.app.browser import ROOT
from tests.data import DATA, need_data
from tests.e2e.test_streamers import STREAMERS

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
WORLDS = 8
PLANS = {path.name: path.read_text("utf-8") for path in (ROOT / "scenarios").glob("*.yaml")}


@pytest.fixture
def timed(capsys):
    """Return a context that tells how long a task took."""

    @contextmanager
    def of(task: str):
        begun = time.monotonic()
        yield
        with capsys.disabled():
            print(f"\n{task}: {time.monotonic() - begun:.0f} s", end="")

    return of


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_find_the_best_frequency(tab, timed) -> None:
    with timed("find the best frequency"):
        tab.open("Mature brand, three contacts a week")
        tab.sees("Sound")
        tab.to("Sweep")
        tab.pick("Vary this too", "always_on.cap.times")
        tab.sees("5 plans")
        tab.worlds(WORLDS)
        tab.press("Start")
        tab.sees("All 5 plans are finished.", "How often? Adoption, lift", "Where it tires: Attitude, lift")
    best = rows(tab.saved("Ranking"))[0]
    tab.sees(f"Of 5 plans, plan {best['design_point']} has the most Adoption, lift")
    tab.sees(f"always_on.cap.times {best['plan.flights.always_on.cap.times']}")


def test_choose_ten_streamers_under_a_budget(tab, timed) -> None:
    need_data()
    networks, plan = DATA / "networks", STREAMERS
    for name in ("nodes", "edges"):
        plan = plan.replace(f"{networks}/twitch_ES.{name}.csv.gz", f"twitch_ES.{name}.csv")
    plan = plan.replace("fee: 200", "fee: curve")
    with timed("choose 10 streamers under a budget"):
        for name in ("nodes", "edges"):
            tab.upload(
                f"twitch_ES.{name}.csv", gzip.decompress((networks / f"twitch_ES.{name}.csv.gz").read_bytes())
            )
            tab.sees(f"twitch_ES.{name}.csv is there.")
        tab.upload("streamers.yaml", plan.encode())
        tab.sees("Twelve most viewed", "Sound")
        tab.to("Influencers")
        tab.pick("Limit", "both")
        for label, value in (("How many people", "10"), ("Fees in all (USD)", "1500")):
            field = tab.page.get_by_role("textbox", name=label)
            field.fill(value)
            field.press("Enter")
        tab.press("Choose")
        tab.sees("No other choice under these limits reaches more than", "The certified list")
        people = rows(tab.saved("People"))
        tab.press("Send to the plan")
        tab.sees("Calendar", "Sound")
    assert 0 < len(people) <= 10
    assert sum(float(row["cost"]) for row in people) <= 1500
    tab.press("As text")
    text = tab.page.locator("textarea").first.input_value()
    assert f"people: [{', '.join(row['person'] for row in people)}]" in text.replace("'", "")


def test_does_television_or_social_reach_students(tab, timed) -> None:
    def only(name: str, *without: str) -> None:
        tab.to("Start")
        tab.open("My first campaign")
        tab.sees("Sound")
        for flight in without:
            tab.choose(flight)
            tab.press("Remove")
            tab.page.locator(".pg-gantt .row", has_text=flight).wait_for(state="detached")
        tab.press("Settings")
        tab.fill("Name of the plan", name)
        tab.sees(name)

    with timed("see whether TV or social reaches students"):
        only("Television", "reveal_instagram", "creators")
        only("Social", "teaser_tv")
        tab.to("Compare")
        tab.worlds(WORLDS)
        tab.press("Compare")
        tab.sees(f"{WORLDS} pairs of worlds", "Where it comes from")
        where = tab.page.locator(".pg-card", has=tab.page.get_by_role("heading", name="Where it comes from"))
        told = where.locator(".pg-table tr", has_text="students").inner_text().split("\t")
    plans = [
        Scenario.from_dict(_starter(), overrides=[f"name={name}", *off])
        for name, *off in (
            ("Television", "plan.flights.reveal_instagram=null", "plan.partners={}"),
            ("Social", "plan.flights.teaser_tv=null"),
        )
    ]
    frame = compare(*plans, replications=WORLDS).frame
    row = frame[(frame.metric == "reach") & (frame.segment == "students") & (frame.channel == "all")].iloc[0]
    shown = [f"{100 * value:.1f}\u00a0%" for value in (row.mean_a, row.mean_b)]
    assert told[1:3] == shown
    assert ("+" in told[3]) == (row.difference > 0)


def _starter():
    from sim.scenario.source import read_text

    return read_text(starter_text("My first campaign"), "starter").value


def test_export_a_report(tab, timed) -> None:
    with timed("export a report"):
        tab.open("Half and half")
        tab.sees("Sound")
        tab.to("Run")
        tab.worlds(WORLDS)
        tab.press("Run")
        tab.sees("values at the last day")
        report = tab.saved("Report").decode()
    assert "<html" in report
    assert "Half and half" in report
    assert 'src="http' not in report
    assert 'href="http' not in report
