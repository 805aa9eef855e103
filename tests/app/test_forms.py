"""Forms over a plan: what a planner chooses is what the text says, and what the command line runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
from sim import Scenario, run
from sim.app.components.fields import field_lists, fields, value_field
from sim.app.pages.plan import WHOLE
from sim.app.state.desk import Desk
from sim.app.state.look import Look
from sim.scenario.identity import scenario_hash
from sim.scenario.meaning import meaning_of
from sim.scenario.path import render
from tests.app.full_plan import FULL

LISTED = ("flights", "partners", "messages", "channels", "rules", "objectives", "segments", "alternatives")


@pytest.fixture
def look():
    """Return a look at a desk with the full plan open."""
    desk = Desk()
    desk.open_text(FULL, "full.yaml", Path())
    assert desk.plan.draft.faults == ()
    return Look(desk, "en", False, 0)


def tree(look):
    return look.desk.plan.draft.tree


def specs_of(look, group, name):
    entry = fields.entries(tree(look), fields.GROUPS[group])[name]
    return field_lists.fields_of(group, tree(look), entry)


def every_entry(look):
    """Yield every entry of every group with its place and its fields."""
    for group in LISTED:
        for name in fields.entries(tree(look), fields.GROUPS[group]):
            yield group, name, (*fields.GROUPS[group].at, name), specs_of(look, group, name)


def told(look) -> list[str]:
    return [str(fault) for fault in look.desk.plan.draft.faults]


def test_every_field_is_one_of_the_language(look) -> None:
    """A path that is misspelt would show an empty field and write a key that is refused."""
    whole = [spec for fields_of in WHOLE.values() for spec in fields_of(tree(look))]
    places = [((), spec) for spec in whole]
    places += [(at, spec) for _, _, at, specs in every_entry(look) for spec in specs]
    shown = [
        spec.path if at[:1] == ("alternatives",) else (*at, *spec.path)
        for at, spec in places if spec.kind != "way"
    ]  # fmt: skip
    shown = [".".join(map(str, path)) for path in shown]
    assert len(shown) > 250
    assert [path for path in shown if meaning_of(path) is None] == []
    assert meaning_of("plan.flights.first.bugdet") is None


def test_every_field_and_heading_has_its_words(look) -> None:
    for language in ("en", "es"):
        there = Look(look.desk, language, False, 0)
        for _, _, _, specs in every_entry(look):
            for spec in specs:
                if spec.kind == "add":
                    assert there.t(f"form.add.{spec.word}")
                    assert there.t(f"form.stem.{spec.word}")
                elif spec.kind != "entry":
                    assert value_field.label_of(there, spec)
                assert not spec.section or there.t(f"section.{spec.section}")


def test_every_value_of_a_sound_plan_has_a_field(look) -> None:
    """What the forms do not show is named here; all else that stands in the plan can be edited in them."""
    for _, name, at, specs in every_entry(look):
        entry = fields.value_at(tree(look), at)
        paths = {spec.path for spec in specs}
        for path in leaves(entry):
            assert any(path[: len(shown)] == shown for shown in paths), (name, path)


def leaves(part, before=()):
    for key, value in part.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*before, key))
        else:
            yield (*before, key)


@pytest.mark.parametrize("group", LISTED)
def test_each_way_leaves_a_sound_plan(look, group) -> None:
    """Whatever is chosen, what belonged to the other ways is gone and the rest stands."""
    n_ways = 0
    for name in fields.entries(tree(look), fields.GROUPS[group]):
        at = (*fields.GROUPS[group].at, name)
        for way in [spec for spec in specs_of(look, group, name) if spec.kind == "way"]:
            for option in way.options:
                fresh = Look(Desk(), "en", False, 0)
                fresh.desk.open_text(FULL, "full.yaml", Path())
                value_field.write(fresh, at, way.begins[option])
                assert fresh.desk.plan.draft.at(render(at)) == (), (name, way.path, option)
                now = next(s.now for s in specs_of(fresh, group, name) if s.path == way.path)
                assert now == option
                n_ways += 1
    assert n_ways >= {"flights": 16, "partners": 12, "rules": 12, "objectives": 2}.get(group, 0)


def test_what_is_emptied_is_gone(look) -> None:
    at = ("plan", "flights", "second")
    value_field.write(look, at, {("cap", "times"): None})
    assert tree(look)["plan"]["flights"]["second"]["cap"] == {"per_days": 7}
    assert len(look.desk.plan.draft.at("plan.flights.second.cap")) == 1
    value_field.write(look, at, {("cap", "per_days"): None})
    assert "cap" not in tree(look)["plan"]["flights"]["second"]
    assert told(look) == []
    value_field.write(look, (), {("plan", "listening", "learning"): None})
    assert "listening" in tree(look)["plan"]


def test_comments_and_order_stay(look) -> None:
    value_field.write(look, ("plan", "flights", "first"), {("budget",): 1200})
    assert look.desk.plan.draft.text == FULL.replace("budget: 900", "budget: 1200")


def test_a_plan_made_with_forms_runs_as_its_text_does(look, tmp_path) -> None:
    """Every form is used once; the saved file, run as the command line runs it, gives the page's bits."""
    value_field.write(look, (), {("plan", "listening", "reply"): "several_public"})
    value_field.write(
        look,
        ("plan", "rules", "enough"),
        {("then",): {"swap_message": {"flight": "first", "message": "answer"}}},
    )
    for name, option in (("first", "grp"), ("own", "impressions"), ("home", "stands")):
        at = ("plan", "flights", name)
        way = next(spec for spec in specs_of(look, "flights", name) if spec.kind == "way")
        value_field.write(look, at, way.begins[option])
    value_field.write(
        look, ("plan", "partners", "creators"), {("choose", "quotas", "old"): 2, ("as_peers",): True}
    )
    value_field.write(look, ("plan", "flights", "second"), {("influence", "top"): 0.5, ("days",): "3-9"})
    assert [fault for fault in told(look) if "rules.calm" not in fault] == []
    value_field.write(look, (), {("plan", "rules", "calm"): None})
    assert told(look) == []
    saved = tmp_path / "saved.yaml"
    saved.write_text(look.desk.plan.draft.text, "utf-8")
    page, command = look.desk.plan.draft.scenario, Scenario.load(saved)
    assert scenario_hash(page) == scenario_hash(command)
    a, b = (run(one, replications=2, threads=1).summary for one in (page, command))
    assert np.array_equal(a["mean"], b["mean"], equal_nan=True)
    assert a.loc[(a.metric == "replies") & (a.segment == "all"), "mean"].item() > 0
