"""What of a tab's work outlives the server, in whose hands it is, and for how long."""

from __future__ import annotations

import os
import time

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")

from sim.app.state import choosing, keeping
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
