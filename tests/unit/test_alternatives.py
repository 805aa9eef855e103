"""Questions and alternatives in a scenario file: what they make, and what is refused."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from sim import Scenario, compare, run
from sim.errors import InputError
from sim.results import catalog
from sim.scenario.editor import json_schema
from sim.scenario.identity import public_hash, resolved, scenario_hash
from sim.scenario.metrics import NO_BETTER
from tests.plans import bare, build, changed, television

QUESTION = {"ask": "How much?", "decide_by": "reach"}
SPOT = "plan.flights.spot"


def asked(**alternatives: dict[str, Any]) -> dict[str, Any]:
    """Return a plan of television with a question and alternatives."""
    plan = television(days=6, agents=300, question=QUESTION, alternatives=alternatives)
    return plan | {"objectives": {"met": {"metric": "reach", "at_least": 0.1}}}


def faults_of(mapping: dict[str, Any], *overrides: str) -> list[str]:
    """Return the faults of a mapping."""
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(mapping, overrides=overrides)
    return [str(fault) for fault in caught.value.faults]


def test_an_alternative_is_the_plan_with_its_changes() -> None:
    flight = {"message": "claim", "channel": "tv", "days": "2-3", "grp": 10}
    plan = build(asked(
        double={f"{SPOT}.grp": 240, "channels.tv.cpm": 30}, more={"plan.flights.late": flight},
        none={SPOT: None}, other={"name": "Another name", f"{SPOT}.cap": {"times": 1, "per_days": 7}},
    ))  # fmt: skip
    assert list(plan.plans) == ["A small public", "double", "more", "none", "other"]
    assert plan.plans["A small public"] is plan
    double, more = plan.plans["double"], plan.plans["more"]
    assert (double.plan.flights["spot"].grp, double.channels["tv"].cpm, double.name) == (240, 30, "double")
    assert (plan.plan.flights["spot"].grp, plan.channels["tv"].cpm) == (120, 20)
    assert set(more.plan.flights) == {"spot", "late"}
    assert not plan.plans["none"].plan.flights
    assert plan.plans["other"].name == "Another name"
    assert double.alternatives == {}
    assert double.question == plan.question
    assert {public_hash(other) for other in plan.plans.values()} == {public_hash(plan)}


def test_options_reach_the_alternatives_too(tmp_path: Path) -> None:
    plan = Scenario.from_dict(asked(double={f"{SPOT}.grp": 240}), overrides=[f"{SPOT}.shape=front"])
    assert {other.plan.flights["spot"].shape for other in plan.plans.values()} == {"front"}
    (tmp_path / "base.yaml").write_text(
        json.dumps(asked(a={f"{SPOT}.grp": 1}, b={f"{SPOT}.grp": 2})), "utf-8"
    )
    (tmp_path / "over.yaml").write_text(
        f"extends: base.yaml\nalternatives: {{a: null, c: {{{SPOT}.grp: 3}}}}\n", "utf-8"
    )
    over = Scenario.load(tmp_path / "over.yaml")
    assert {name: other.plan.flights["spot"].grp for name, other in over.plans.items()} == {
        "A small public": 120, "b": 2, "c": 3
    }  # fmt: skip


def test_what_is_asked_moves_no_bit() -> None:
    without = build(changed(asked(), {"question": None}))
    with_both = build(asked(double={f"{SPOT}.grp": 240}))
    assert (
        scenario_hash(without)
        == scenario_hash(with_both)
        == scenario_hash(build({**asked(), "question": "Eh?"}))
    )
    assert run(without).worlds.equals(run(with_both).worlds)


def test_an_alternative_runs_as_a_file_of_its_own() -> None:
    compared = compare(build(asked(double={f"{SPOT}.grp": 240})))
    assert [label for label, _ in compared.runs] == ["A small public", "double"]
    apart = run(build(changed(asked(), {f"{SPOT}.grp": 240})))
    assert compared.runs[1][1].worlds.equals(apart.worlds)


def test_resolved_and_pickled_it_is_the_same() -> None:
    plan = build(asked(double={f"{SPOT}.grp": 240}))
    again = Scenario.from_dict(json.loads(json.dumps(resolved(plan))))
    for other in (again, pickle.loads(pickle.dumps(plan))):
        assert resolved(other) == resolved(plan)
        assert [scenario_hash(p) for p in other.plans.values()] == [
            scenario_hash(p) for p in plan.plans.values()
        ]


def test_one_plan_without_alternatives_is_nothing_to_compare() -> None:
    with pytest.raises(InputError, match="one plan; want two or more"):
        compare(build(asked()))


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no such metric": ({"question.decide_by": "rech"}, "question.decide_by: no metric is named 'rech'; want one of reach"),
    "no better": ({"question.decide_by": "spend"}, "question.decide_by: spend: neither more nor less of it is better"),
    "ratio of means": ({"question.decide_by": "cost_per_acquisition"}, "which single worlds do not tell; want `decide_by: adoption`"),
    "no value": ({"question.decide_by": "roi"}, "question.decide_by: roi without a value; want `value_per_adoption`"),
    "no partners": ({"question.decide_by": "seeding_value"}, "question.decide_by: seeding_value without partners"),
    "no such segment": ({"question.segment": "peple"}, "question.segment: no segment is named 'peple'; want one of all, people"),
    "no such objective": ({"question": {"ask": "?", "objective": "mt"}}, "question.objective: no objective is named 'mt'; want one of met"),
    "two ways": ({"question.objective": "met"}, "question.decide_by: decide_by beside objective; want one way to the answer"),
    "per what": ({"question": {"ask": "?", "per": "spend"}}, "question.per: per without decide_by; want `decide_by: metric`"),
    "per money only": ({"question.per": "people"}, "question.per: 'people'; want spend"),
    "whose": ({"question": {"ask": "?", "segment": "people"}}, "question.segment: segment without decide_by"),
    "a number": ({"question": 3}, "question: 3; want a question in words, or a mapping with ask"),
    "empty": ({"question": ""}, "question"),
    "nothing decides": (
        {"question": "Which?", "alternatives": {"a": {f"{SPOT}.grp": 1}}},
        "question: alternatives, and nothing that decides between them; want `question: {ask, decide_by: metric}`",
    ),
    "no change": ({"alternatives": {"a": {}}}, "alternatives.a: empty; want at least 1"),
    "no mapping": ({"alternatives": {"a": 3}}, "alternatives.a: 3; want a mapping `address: value`"),
    "dotted name": ({"alternatives": {"a": {f"{SPOT}.grp": 1}, "b.c": {f"{SPOT}.grp": 2}}}, "alternatives.b.c: the name 'b.c'; want a name"),
    "its own name": ({"alternatives": {"A small public": {f"{SPOT}.grp": 1}}}, "an alternative called as the plan itself, 'A small public'"),
    "no such address": ({"alternatives": {"a": {f"{SPOT}.gpr": 1}}}, f"alternatives.a.{SPOT}.gpr: no key 'gpr' in {SPOT}; want one of"),
    "no such flight": ({"alternatives": {"a": {"plan.flights.spt.grp": 1}}}, "no 'spt' in plan.flights; want one of spot (did you mean spot?)"),
    "no address": ({"alternatives": {"a": {"plan..x": 1}}}, "alternatives.a.plan..x: an empty piece in the address"),
    "bad value": ({"alternatives": {"a": {f"{SPOT}.grp": -1}}}, f"alternatives.a.{SPOT}.grp: {SPOT}.grp: -1; want a number from 0"),
    "bad plan": ({"alternatives": {"a": {f"{SPOT}.budget": 9}}}, f"{SPOT} (alternative 'a'): bought by budget and grp; want exactly one"),
    "outside the run": ({"alternatives": {"a": {f"{SPOT}.days": "1-9"}}}, f"alternatives.a.{SPOT}.days: {SPOT}.days: day 9; want a day of the run"),
    "the file's own": ({"alternatives": {"a": {"question.ask": "Eh?"}}}, "alternatives.a.question.ask: question.ask is the file's own"),
    "other people": ({"alternatives": {"a": {"audience.agents": 301}}}, "alternatives.a: another public or master seed; want the same people"),
    "other luck": ({"alternatives": {"a": {"master_seed": 9}}}, "alternatives.a: another public or master seed"),
    "other days": ({"alternatives": {"a": {"days": 7}}}, "alternatives.a: 7 days against 6; want the same people, luck, days"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_fault_is_told(case: str) -> None:
    changes, told = FAULTS[case]
    parts = {address: value for address, value in changes.items() if address != "alternatives"}
    mapping = changed(asked(**changes.get("alternatives", {})), parts)
    faults = faults_of(mapping)
    assert any(told in fault for fault in faults), "\n".join(faults)


def test_faults_of_plan_and_alternatives_come_at_once_and_once() -> None:
    mapping = asked(a={f"{SPOT}.grp": -1}, b={f"{SPOT}.days": "1-9"})
    mapping["messages"]["claim"]["quality"] = 2
    faults = faults_of(mapping)
    assert len(faults) == 3, "\n".join(faults)
    assert faults[0].startswith("messages.claim.quality: 2;")


def test_a_fault_has_the_place_where_the_alternative_is_written(tmp_path: Path) -> None:
    text = json.dumps(asked(), indent=1).replace(
        '"alternatives": {}', '"alternatives": {"a": {\n"plan.flights.spot.grp": -1}}'
    )
    path = tmp_path / "plan.yaml"
    path.write_text(text, "utf-8")
    line = next(k for k, row in enumerate(text.splitlines(), 1) if "spot.grp" in row)
    with pytest.raises(InputError) as caught:
        Scenario.load(path)
    assert str(caught.value.faults[0]).startswith(
        f"{path}:{line}:1: plan.flights.spot.grp (alternative 'a'): -1;"
    )


def test_a_bare_text_is_a_question_that_nothing_decides() -> None:
    plan = build(bare(question="What then?"))
    assert plan.question is not None
    assert (plan.question.ask, plan.question.decide_by) == ("What then?", None)
    assert build(bare()).question is None


def test_no_question_is_decided_by_what_is_neither_good_nor_bad() -> None:
    assert {name for name, metric in catalog.METRICS.items() if metric.higher_is_better is None} - {
        "overlap"
    } == set(NO_BETTER)


def test_editors_know_both_ways_of_asking() -> None:
    question = json_schema()["$defs"]["Scenario"]["properties"]["question"]
    assert {option.get("type", "a mapping") for option in question["anyOf"]} == {
        "string",
        "null",
        "a mapping",
    }
