"""Hashes: the same for the same campaign, however it is written and wherever its files stand."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import path
from sim.scenario.channel_numbers import filled
from sim.scenario.identity import public_hash, resolved, scenario_hash
from sim.scenario.schema import Scenario
from sim.scenario.starter import starter_text


@pytest.fixture
def base(tmp_path: Path) -> Scenario:
    (tmp_path / "plan.yaml").write_text(starter_text(), "utf-8")
    return Scenario.load(tmp_path / "plan.yaml")


def hashes(scenario: Scenario) -> tuple[str, str]:
    return scenario_hash(scenario), public_hash(scenario)


def test_resolved_is_json_and_is_a_scenario(base: Scenario) -> None:
    tree = resolved(base)
    again = Scenario.from_dict(json.loads(json.dumps(tree)))
    assert resolved(again) == tree
    assert hashes(again) == hashes(base)
    assert tree["channels"]["tv"]["attention"] == 0.43
    assert tree["channels"]["instagram"] | {"cpm": 6.7, "organic": 0.05} == tree["channels"]["instagram"]
    assert tree["plan"]["flights"]["teaser_tv"]["to"] == ["families", "students"]


SAME = {
    "attention of the medium": "channels.tv.attention=0.43",
    "impact of the medium": "channels.instagram.impact=0.27",
    "visibility of the kind": "channels.instagram.visibility=0.05",
    "organic as visibility": "channels.newsletter.organic=1",
    "benchmark price": "channels.instagram.cpm=6.7",
    "all segments": "plan.flights.teaser_tv.to=[families, students]",
    "last day": "objectives.students_three_times.by_day=40",
    "a default": "reception.wear_out_contacts=10",
    "a whole group": "adoption={}",
    "an integer for a number": "audience.people=2e6",
    "days of one writing": "plan.flights.teaser_tv.days=[1, 14]",
}


@pytest.mark.parametrize("case", SAME)
def test_a_default_written_out_is_the_same(case: str, base: Scenario) -> None:
    assert hashes(Scenario.from_dict(resolved(base), overrides=[SAME[case]])) == hashes(base)


def test_motivations_and_market_that_are_not_given(base: Scenario) -> None:
    bare = Scenario.from_dict(
        resolved(base), overrides=["audience.people=", "audience.segments.students.motivations="]
    )
    alike = ", ".join(f"{need}: 1" for need in bare.audience.needs)
    told = f"audience.segments.students.motivations={{{alike}}}"
    full = Scenario.from_dict(resolved(base), overrides=["audience.people=20_000", told])
    assert hashes(bare) == hashes(full)


OTHER_PLAN = ["plan.flights.teaser_tv.budget=66_000", "days=61", "replications=41", "messages.teaser.quality=0.5",
              "channels.tv.cpm=30", "channels.instagram.visibility=0.1", "sharing=", "objectives=",
              "audience.segments.students.fit={teaser: 1.1}", "reception.attitude_step=0.1"]  # fmt: skip
OTHER_PUBLIC = ["master_seed=8", "audience.agents=20_001", "audience.segments.students.trust=0.4",
                "network.offline.ties=12", "channels.tv.usage_shape=0.7", "channels.instagram.brand_followers=0.02",
                "sharing.engagement.level_rare=30", "audience.segments.families.usage.tv.users=0.91"]  # fmt: skip


@pytest.mark.parametrize("setting", OTHER_PLAN)
def test_another_plan_has_the_same_public(setting: str, base: Scenario) -> None:
    other = Scenario.from_dict(resolved(base), overrides=[setting])
    assert scenario_hash(other) != scenario_hash(base)
    assert public_hash(other) == public_hash(base)


@pytest.mark.parametrize("setting", OTHER_PUBLIC)
def test_another_public_is_another(setting: str, base: Scenario) -> None:
    other = Scenario.from_dict(resolved(base), overrides=[setting])
    assert scenario_hash(other) != scenario_hash(base)
    assert public_hash(other) != public_hash(base)


def test_the_order_of_keys_does_not_matter_but_that_of_segments_does(base: Scenario) -> None:
    """People are dealt to segments in their order, so another order is another public."""
    tree = resolved(base)
    for address in ("plan.flights", "channels", "messages"):
        other = copy.deepcopy(tree)
        path.put(other, address, dict(reversed(path.get(tree, address).items())))
        assert hashes(Scenario.from_dict(other)) == hashes(base)
    segments = tree["audience"]["segments"]
    turned = {**tree, "audience": {**tree["audience"], "segments": dict(reversed(segments.items()))}}
    assert public_hash(Scenario.from_dict(turned)) != public_hash(base)


def with_ties(tree: dict[str, Any], folder: Path, name: str, text: str) -> Scenario:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    offline = {"edges": name, "directed": False}
    return Scenario.from_dict({**tree, "network": {**tree["network"], "offline": offline}}, folder=folder)


def test_files_count_by_content_and_not_by_name(base: Scenario, tmp_path: Path) -> None:
    tree = resolved(base)
    one = with_ties(tree, tmp_path / "a", "ties.csv", "x,y\n1,2\n")
    same = with_ties(tree, tmp_path / "b", "other.csv", "x,y\n1,2\n")
    other = with_ties(tree, tmp_path / "c", "ties.csv", "x,y\n1,3\n")
    assert hashes(one) == hashes(same)
    assert public_hash(one) != public_hash(other)
    assert scenario_hash(one) != scenario_hash(other)
    assert resolved(one)["network"]["offline"]["edges"] == "ties.csv"


def test_a_file_that_changes_changes_the_hash(base: Scenario, tmp_path: Path) -> None:
    tree = resolved(base)
    before = public_hash(with_ties(tree, tmp_path / "a", "ties.csv", "x,y\n1,2\n"))
    assert public_hash(with_ties(tree, tmp_path / "a", "ties.csv", "x,y\n1,22\n")) != before


def test_what_medium_kind_and_name_decide(base: Scenario) -> None:
    instagram = base.channels["instagram"]
    assert filled(instagram, "instagram")["cpm"] == 6.7
    assert filled(instagram, "instagram", "EUR")["cpm"] is None
    assert filled(instagram, "my_network")["cpm"] is None
    assert filled(base.channels["newsletter"], "newsletter")["visibility"] == 1
