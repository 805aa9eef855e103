"""Which points a sweep has: counts, totals, strata, balance, and what stands under what is switched off."""

from __future__ import annotations

import copy
import re

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiment.design import checked, design_of, scenario_at
from sim.scenario.identity import scenario_hash
from sim.scenario.schema import Scenario
from tests.test_rules import ROOT

TV, CLIPS = "plan.flights.tv_hello.budget", "plan.flights.clips_hello.budget"
COUNT, FEE = "plan.partners.voices.choose.count", "plan.partners.voices.fee"
BASE = {
    "name": "Tiny", "days": 5, "master_seed": 3,
    "audience": {"agents": 400, "segments": {"all_of_us": {"share": 1, "usage": {
        "tv": {"users": 0.5, "visits_per_day": 1}, "clips": {"users": 0.8, "visits_per_day": 2}}}}},
    "network": {"clips": {"generate": "power_law", "min_followers": 2}},
    "channels": {"tv": {"kind": "broadcast", "medium": "tv"}, "clips": {"kind": "feed", "medium": "feed", "cpm": 6}},
    "messages": {"hello": {"appeals": {"information": 0.7}, "quality": 0.6},
                 "again": {"appeals": {"information": 0.2}, "quality": 0.6}},
    "plan": {
        "flights": {"tv_hello": {"message": "hello", "channel": "tv", "days": "1-4", "budget": 900},
                    "clips_hello": {"message": "hello", "channel": "clips", "days": "2-5", "budget": 300}},
        "partners": {"voices": {"message": "hello", "channel": "clips", "post_on": [2],
                                "choose": {"rule": "top", "by": "audience", "count": 3}}},
    },
}  # fmt: skip


def scenario(**sweep):
    return Scenario.from_dict({**BASE, "sweep": sweep})


def points(**sweep):
    return [point.values for point in design_of(scenario(**sweep)).points]


def test_a_grid_is_all_combinations_in_the_order_of_the_file():
    found = points(vary={TV: [1, 2], "plan.flights.clips_hello.message": ["hello", "again"]})
    message = "plan.flights.clips_hello.message"
    assert found == [{TV: b, message: m} for b in (1, 2) for m in ("hello", "again")]


def test_a_range_of_a_grid_has_levels_with_both_ends():
    assert [p[TV] for p in points(vary={TV: {"from": 100, "to": 300, "levels": 3}})] == [100.0, 200.0, 300.0]
    wide = points(vary={TV: {"from": 1, "to": 10_000, "levels": 5, "scale": "log"}})
    assert [p[TV] for p in wide] == [1.0, 10.0, 100.0, 1000.0, 10_000.0]
    whole = points(vary={COUNT: {"from": 1, "to": 4, "levels": 7}})
    assert [p[COUNT] for p in whole] == [1, 2, 3, 4]
    assert all(type(p[COUNT]) is int for p in whole)


def test_what_is_switched_off_is_tried_once():
    found = points(vary={"plan.flights.tv_hello": ["on", "off"], TV: [1, 2, 3]})
    assert [(p["plan.flights.tv_hello"], p.get(TV)) for p in found] == [
        ("on", 1),
        ("on", 2),
        ("on", 3),
        ("off", None),
    ]
    made = scenario(vary={"plan.flights.tv_hello": ["on", "off"], TV: [1, 2, 3]})
    plans = [scenario_at(made, point).plan.flights for point in design_of(made).points]
    assert [plan["tv_hello"].budget if "tv_hello" in plan else None for plan in plans] == [1, 2, 3, None]


@pytest.mark.parametrize("design", ["grid", "latin_hypercube", "sobol"])
def test_null_among_the_values_takes_what_is_there_away(design):
    cap = "plan.flights.tv_hello.cap"
    begun = copy.deepcopy(BASE)
    begun["plan"]["flights"]["tv_hello"]["cap"] = {"times": 3, "per_days": 4}
    sized = {} if design == "grid" else {"points": 8}
    vary = {cap: [None, {"times": 1, "per_days": 4}]}
    made = Scenario.from_dict({**begun, "sweep": {"design": design, "vary": vary, **sized}})
    for point in design_of(made).points:
        there, wanted = scenario_at(made, point), point.values[cap]
        told = there.plan.flights["tv_hello"].cap
        assert (told is None) == (wanted is None)
        assert scenario_hash(there) == scenario_hash(Scenario.from_dict(begun).with_values({cap: wanted}))
    assert {point.values[cap] is None for point in design_of(made).points} == {True, False}


@pytest.mark.parametrize("design", [
    {"steps": 3}, {"design": "latin_hypercube"}, {"design": "sobol"},
])  # fmt: skip
def test_a_split_keeps_its_total_to_the_cent(design):
    steps = {key: value for key, value in design.items() if key == "steps"}
    rest = {"design": design["design"], "points": 37} if "design" in design else {}
    found = points(**rest, split={"money": {"over": [TV, CLIPS, FEE], "total": 1000.01, **steps}})
    assert len(found) == (10 if steps else 37)
    for values in found:
        assert round(sum(values.values()), 6) == 1000.01
        assert min(values.values()) >= 0


def test_a_split_takes_the_plans_own_total_and_leaves_each_its_least():
    found = points(split={"money": {"over": [TV, CLIPS], "steps": 4, "at_least": 0.25}})
    assert [p[TV] for p in found] == [300.0, 450.0, 600.0, 750.0, 900.0]
    assert {p[TV] + p[CLIPS] for p in found} == {1200.0}


def test_a_latin_hypercube_has_one_point_in_every_slice():
    found = points(design="latin_hypercube", points=50, vary={
        TV: {"from": 0, "to": 50}, "messages.hello.quality": {"from": 0, "to": 1}, COUNT: {"from": 0, "to": 4}})  # fmt: skip
    assert sorted(int(p[TV]) for p in found) == list(range(50))
    assert sorted(int(50 * p["messages.hello.quality"]) for p in found) == list(range(50))
    assert np.bincount([p[COUNT] for p in found]).tolist() == [10] * 5
    assert abs(np.corrcoef([(p[TV], p["messages.hello.quality"]) for p in found], rowvar=False)[0, 1]) < 0.5


def test_sobol_points_are_balanced_in_every_dyadic_box():
    found = points(design="sobol", points=64, vary={
        TV: {"from": 0, "to": 8}, "messages.hello.quality": {"from": 0, "to": 1}})  # fmt: skip
    boxes = {(int(p[TV]), int(8 * p["messages.hello.quality"])) for p in found}
    assert len(boxes) == 64


def test_a_sample_deals_values_of_a_list_evenly():
    found = points(
        design="sobol",
        points=64,
        vary={"plan.flights.tv_hello.message": ["hello", "again"], TV: [1, 2, 3, 4]},
    )
    counts = {}
    for p in found:
        counts[tuple(p.values())] = counts.get(tuple(p.values()), 0) + 1
    # Equal values are one point: of 64 draws on 8 combinations each combination stays, once.
    assert counts == {(m, b): 1 for m in ("hello", "again") for b in (1, 2, 3, 4)}


def test_a_design_is_the_same_each_time_and_differs_by_master_seed():
    given = {"design": "latin_hypercube", "points": 20, "vary": {TV: {"from": 0, "to": 1000}}}
    first, second = points(**given), points(**given)
    assert first == second
    other = Scenario.from_dict({**BASE, "master_seed": 4, "sweep": given})
    assert [p.values for p in design_of(other).points] != first


def test_a_list_has_its_own_names_and_null_takes_away():
    made = scenario(design="list", points={"plain": {}, "quiet": {"plan.flights.tv_hello": None, COUNT: 1}})
    design = design_of(made)
    assert [p.name for p in design.points] == ["plain", "quiet"]
    assert design.addresses == ("plan.flights.tv_hello", COUNT)
    plain, quiet = checked(made, design)
    assert set(plain.plan.flights) == {"tv_hello", "clips_hello"}
    assert set(quiet.plan.flights) == {"clips_hello"}
    assert plain.sweep is None


def test_values_that_do_not_go_together_are_told_with_their_point():
    short = Scenario.from_dict({**BASE, "days": 8, "sweep": {"vary": {
        "days": [8, 5], "plan.flights.clips_hello.days": ["2-5", "2-8"]}}})  # fmt: skip
    with pytest.raises(InputError) as error:
        checked(short, design_of(short))
    assert len(error.value.faults) == 1
    assert str(error.value).startswith("design point 4 (days: 5, plan.flights.clips_hello.days: '2-8'): ")


def test_a_grid_too_large_is_refused():
    made = scenario(vary={TV: list(range(1000)), CLIPS: list(range(1000))})
    with pytest.raises(InputError, match=r"a grid of 1,000,000 points; want at most 100,000"):
        design_of(made)


def test_a_sweep_does_not_change_what_a_run_is():
    from sim.scenario.identity import public_hash, resolved, scenario_hash

    plain, swept = Scenario.from_dict(BASE), scenario(vary={TV: [1, 2]})
    assert scenario_hash(plain) == scenario_hash(swept)
    assert public_hash(plain) == public_hash(swept)
    assert resolved(plain) == resolved(swept)


LAUNCH = """\
name: As in the page
days: 40
audience: {agents: 100, segments: {students: {share: 1, usage: {instagram: {users: 0.7, visits_per_day: 2}, tv: {users: 0.6, visits_per_day: 1}}}}}
channels: {instagram: {kind: feed, medium: feed}, tv: {kind: broadcast, medium: tv}}
messages: {teaser: {appeals: {}, quality: 0.6}, reveal: {appeals: {}, quality: 0.7}}
plan:
  flights:
    teaser_tv: {message: teaser, channel: tv, days: 1-14, budget: 60_000}
    reveal_ig: {message: reveal, channel: instagram, days: 10-40, budget: 40_000, cap: {times: 3, per_days: 7}}
"""


def test_the_sweeps_of_the_page_are_sound(tmp_path):
    boxes = re.findall(
        r"```yaml\n(sweep:.*?)```", (ROOT / "docs" / "sweeps.md").read_text("utf-8"), re.DOTALL
    )
    assert len(boxes) == 3
    counts = []
    for box in boxes:
        (tmp_path / "plan.yaml").write_text(LAUNCH + box, "utf-8")
        made = Scenario.load(tmp_path / "plan.yaml")
        counts.append(len(checked(made, design_of(made))))
    assert counts[:2] == [60, 3]
    assert 30 < counts[2] <= 40  # ten paths of four; equal rows are one point
