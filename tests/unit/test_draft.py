"""A scenario under way: its faults, and edits that leave the rest of the text alone."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from sim import Scenario
from sim.errors import Fault, InputError
from sim.scenario.draft import NULL, address_of, read_draft, renamed, with_values
from sim.scenario.path import get
from sim.scenario.source import read_text
from sim.scenario.starter import starter_text

ROOT = Path(__file__).resolve().parents[2]
PLANS = [
    path
    for path in sorted((ROOT / "scenarios").glob("*.yaml"))
    if "\nextends:" not in path.read_text("utf-8")
]
TEXT = starter_text("Draft")


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_an_edit_leaves_the_rest_of_the_text_alone(path: Path) -> None:
    text = path.read_text("utf-8")
    days = Scenario.load(path).days
    changed = with_values(text, {("days",): days + 1})
    lines = [
        (one, other)
        for one, other in zip(text.splitlines(), changed.splitlines(), strict=True)
        if one != other
    ]
    assert len(lines) == 1
    assert lines[0][1].startswith(f"days: {days + 1}")
    assert with_values(changed, {("days",): days}) == text


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_draft_is_what_loading_gives(path: Path) -> None:
    draft = read_draft(path.read_text("utf-8"), path.name, path.parent)
    assert draft.faults == ()
    assert draft.scenario is not None
    assert draft.scenario.model_dump() == Scenario.load(path).model_dump()


def test_faults_are_those_of_the_command_line(tmp_path: Path) -> None:
    text = TEXT.replace("days: 60", "days: 0").replace("replications:", "replicatons:")
    assert text != TEXT
    (tmp_path / "plan.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        Scenario.load(tmp_path / "plan.yaml")
    draft = read_draft(text, "plan.yaml", tmp_path)
    assert draft.scenario is None
    assert draft.tree is not None
    assert [str(fault) for fault in draft.faults] == [
        str(fault).replace(f"{tmp_path}/", "") for fault in error.value.faults
    ]
    assert draft.at("days")
    assert not draft.at("day")


def test_text_that_is_no_yaml_has_no_tree() -> None:
    draft = read_draft("name: [", "plan.yaml", Path())
    assert draft.tree is None
    assert len(draft.faults) == 1


def test_entries_come_go_and_change_their_names() -> None:
    tree = read_draft(TEXT, "plan.yaml", Path()).tree
    assert tree is not None
    flight = next(iter(tree["plan"]["flights"]))
    path = ("plan", "flights", flight)
    called = read_draft(renamed(TEXT, path, "anew"), "plan.yaml", Path()).tree
    assert called is not None
    assert flight not in called["plan"]["flights"]
    assert called["plan"]["flights"]["anew"] == tree["plan"]["flights"][flight]
    gone = read_draft(with_values(TEXT, {path: None}), "plan.yaml", Path()).tree
    assert gone is not None
    assert flight not in gone["plan"]["flights"]


def test_a_taken_name_is_refused() -> None:
    tree = read_draft(TEXT, "plan.yaml", Path()).tree
    assert tree is not None
    one, other, *_ = tree["plan"]["flights"]
    with pytest.raises(InputError, match="taken"):
        renamed(TEXT, ("plan", "flights", one), other)


def test_addresses_of_faults() -> None:
    assert address_of(Fault("a.yaml:3:1: days", "0", "want more")) == "days"
    assert address_of(Fault("a.yaml:3:1", "0", "want more")) == ""
    assert address_of(Fault("a.yaml", "0", "want more")) == ""


def _mappings(tree, at=()):
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield (*at, key)
            yield from _mappings(value, (*at, key))


@pytest.mark.parametrize("text", [
    starter_text("Emptied"),
    "name: x\nplan:   # p\n  flights: # f\n    a:\n      days: 3   # hm\n  # before\n  partners:\n    # inner\n    b: {c: 1}\n\n"
    "# after\ndays: 4\n",
])  # fmt: skip
def test_what_loses_its_last_entry_stays_an_empty_mapping(text: str) -> None:
    tree = read_draft(text, "emptied.yaml", Path()).tree
    for at in _mappings(tree):
        wanted = copy.deepcopy(tree)
        below, out = get(wanted, at), text
        for key in list(below):
            out = with_values(out, {(*at, key): None})
            del below[key]
        assert read_draft(out, "emptied.yaml", Path()).tree == wanted, at


@pytest.mark.parametrize("text", [
    "name: x\nsharing: {stay: 0.1}\n", "name: x   # said\nsharing:\n  stay: 0.1\n", "name: x\n", "name: x\nsharing: 3\n",
])  # fmt: skip
def test_a_null_is_written_and_taken_away(text: str) -> None:
    """None takes a key away; null stands there, and switches off what has a default."""
    off = with_values(text, {("sharing",): NULL})
    assert "sharing: null" in off
    assert read_text(off, "draft").value["sharing"] is None
    deep = with_values(off, {("adoption", "word_of_mouth"): NULL})
    assert read_text(deep, "draft").value["adoption"] == {"word_of_mouth": None}
    gone = with_values(off, {("sharing",): None})
    assert "sharing" not in gone
    assert gone.startswith(text.partition("\n")[0])
