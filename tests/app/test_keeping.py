"""What of a tab's work outlives the server, in whose hands it is, and for how long."""

from __future__ import annotations

import os
import time

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")

from sim.app.state import choosing, jobs, keeping, keeping_results
from sim.app.state.desk import Desk
from sim.app.state.kept import Ask
from tests.app.full_plan import FULL


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Return the home of a tab under a cache of the test's own."""
    monkeypatch.setenv("PREGON_CACHE", str(tmp_path / "cache"))
    return keeping.home_of("a session", "0123456789abcdef")


def test_a_tab_is_found_again_as_it_was(home, tmp_path) -> None:
    desk = keeping.restored(home, "en", False)
    assert not desk.plans
    first = desk.open_text(FULL, "full.yaml", tmp_path)
    desk.open_text(FULL.replace("Everything", "Nothing"), "other.yaml", desk.uploads)
    desk.close(first.key)
    desk.open_text("name: [broken", "broken.yaml", tmp_path)
    desk.current = "p2"
    desk.language, desk.dark = "es", True
    desk.ask_worlds("p2", 7)
    desk.asks["p2"] = Ask("creators", 3, 9.5, held={"quotas": {"old": 1}}, also_on=("tube",), booked=(4, "a"))
    keeping.save(desk)
    again = keeping.restored(home, "en", False)
    assert {k: (p.file, p.folder, p.draft) for k, p in again.plans.items()} == {
        k: (p.file, p.folder, p.draft) for k, p in desk.plans.items()
    }
    assert list(again.plans) == ["p2", "p3"]
    told = [(d.current, d.opened, d.language, d.dark, d.worlds, d.asks) for d in (desk, again)]
    assert told[0] == told[1]
    assert again.open_text(FULL, "full.yaml", tmp_path).key == "p4"


def test_uploads_stay_and_an_uploaded_plan_still_names_files_beside_it_only(home) -> None:
    desk = keeping.restored(home, "en", False)
    desk.take_upload("people.csv", b"age\n3\n")
    desk.take_upload("plan.yaml", b"extends: ../../secret.yaml\n")
    keeping.save(desk)
    again = keeping.restored(home, "en", False)
    assert (again.uploads / "people.csv").read_bytes() == b"age\n3\n"
    assert "want the name of a file beside the plan" in str(again.plans["p1"].draft.faults[0])
    again.leave()
    assert (again.uploads / "people.csv").is_file()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 1}', '{"format": 1, "plans": [{"key": "x"}]}', '{"format": 9}']
)
def test_what_cannot_be_read_is_an_empty_desk(home, text) -> None:
    (home / "plans.json").write_text(text)
    assert not keeping.restored(home, "en", False).plans


def test_only_its_own_browser_finds_it(home, tmp_path) -> None:
    """Names are hashes of what only the browser knows; nothing that it says leads out of the folder."""
    place = keeping.root()
    assert place.stat().st_mode & 0o077 == 0
    assert home.parents[1].stat().st_mode & 0o077 == 0
    others = [
        ("another", "0123456789abcdef"),
        ("a session", "fedcba9876543210"),
        ("../..", "../../x"),
        ("", "/etc"),
    ]
    homes = {home, *(keeping.home_of(*other) for other in others)}
    assert len(homes) == 5
    assert all(one.is_relative_to(place) and len(one.relative_to(place).parts) == 3 for one in homes)
    assert b"a session" not in b"".join(str(path).encode() for path in place.rglob("*"))


def test_what_nobody_comes_back_to_goes(home) -> None:
    old = keeping.home_of("long ago", "0123456789abcdef")
    then = time.time() - 86_400 * (keeping.MOST_DAYS + 1)
    os.utime(old.parents[1], (then, then))
    keeping.sweep_out()
    assert home.is_dir()
    assert not old.exists()


def test_without_a_cache_nothing_is_kept(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PREGON_CACHE", "off")
    assert keeping.home_of("a session", "tab") is None
    desk = keeping.restored(None, "en", False)
    desk.open_text(FULL, "full.yaml", tmp_path)
    keeping.save(desk)
    uploads = desk.uploads
    desk.leave()
    assert not uploads.exists()


def test_a_choice_is_found_again(home, tmp_path) -> None:
    """By whoever of the session asks the same of the same plan; another question is another choice."""
    desk = Desk(home=home)
    plan = desk.open_text(FULL, "full.yaml", tmp_path)
    ask = choosing.ask_of(plan.draft.tree, "creators")
    job = choosing.start(desk, plan, ask, 2, 1)
    while job.is_open:
        time.sleep(0.02)
    assert job.state == "done", job.faults
    told = desk.choices[job.key]
    other = Desk(home=keeping.home_of("a session", "another tab"))
    found = choosing.again(other, job.key)
    assert found is other.choices[job.key]
    assert (found.lists, found.costs, found.is_named, found.worlds) == (
        told.lists,
        told.costs,
        told.is_named,
        2,
    )
    assert found.answer.people.equals(told.answer.people)
    assert found.answer.effects.equals(told.answer.effects)
    assert found.answer.facts == told.answer.facts
    assert choosing.again(other, job.key + " ") is None
    assert choosing.again(Desk(home=keeping.home_of("another session", "another tab")), job.key) is None


def lived(text, tmp_path, name="full.yaml"):
    from sim import Scenario, run

    (tmp_path / name).write_text(text, "utf-8")
    scenario = Scenario.load(tmp_path / name)
    return jobs.key_of(scenario, 2), run(scenario, replications=2, threads=1)


def saved(of, folder):
    of.save(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_result_is_found_again_to_the_last_bit(home, tmp_path) -> None:
    """By the same session only, and what is saved of it are the same bytes; another number of worlds is another one."""
    key, result = lived(FULL, tmp_path)
    keeping_results.keep(Desk(home=home), key, result)
    other = Desk(home=keeping.home_of("a session", "another tab"))
    found = keeping_results.again(other, key)
    assert found is not result
    assert other.results[key] is found
    assert saved(found, tmp_path / "found") == saved(result, tmp_path / "result")
    assert found.days.values.tobytes() == result.days.values.tobytes()
    assert (found.days.rows, found.days.replications) == (result.days.rows, result.days.replications)
    assert keeping_results.again(other, (key[0], 3)) is None
    assert keeping_results.again(Desk(home=keeping.home_of("another session", "tab")), key) is None


def test_a_comparison_is_made_again_of_the_same_results(home, tmp_path) -> None:
    from sim import compare

    desk = Desk(home=home)
    one, other = (
        lived(FULL, tmp_path),
        lived(FULL.replace("budget: 900", "budget: 90"), tmp_path, "other.yaml"),
    )
    for key, result in (one, other):
        keeping_results.keep(desk, key, result)
    desk.compared = (one[0], other[0])
    keeping.save(desk)
    again = keeping.restored(home, "en", False)
    assert again.compared == desk.compared
    found = keeping_results.compared(again)
    whole = compare(one[1], other[1])
    assert saved(found, tmp_path / "found") == saved(whole, tmp_path / "whole")
    assert found.by_day("reach").equals(whole.by_day("reach"))
    again.compared = (one[0], ("gone", 2))
    assert keeping_results.compared(again) is None


def test_results_are_few_and_of_this_code(home, tmp_path, monkeypatch) -> None:
    key, result = lived(FULL, tmp_path)
    desk = Desk(home=home)
    for n in range(keeping_results.MOST_RESULTS + 3):
        keeping_results.keep(desk, (key[0], n), result)
    folder = home.parents[1] / "results"
    assert len(list(folder.glob("*.json"))) == keeping_results.MOST_RESULTS
    assert len(list(folder.iterdir())) == 5 * keeping_results.MOST_RESULTS
    fresh = Desk(home=home)
    last = (key[0], keeping_results.MOST_RESULTS + 2)
    assert keeping_results.again(fresh, (key[0], 0)) is None
    monkeypatch.setattr(keeping, "code", lambda: "another")
    assert keeping_results.again(fresh, last) is None
    monkeypatch.undo()


@pytest.mark.parametrize("name", ["json", "daily.parquet", "days.npy"])
def test_a_damaged_result_is_none(home, tmp_path, name) -> None:
    key, result = lived(FULL, tmp_path)
    keeping_results.keep(Desk(home=home), key, result)
    next((home.parents[1] / "results").glob(f"*.{name}")).write_bytes(b"{}")
    assert keeping_results.again(Desk(home=home), key) is None
