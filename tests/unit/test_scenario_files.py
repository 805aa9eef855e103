"""The files that come with the project: starter, ready scenarios, JSON Schema, defaults; and addresses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from sim.errors import InputError
from sim.scenario import grammar, path
from sim.scenario.editor import json_schema
from sim.scenario.metrics import METRICS
from sim.scenario.schema import Scenario
from sim.scenario.starter import starter_text

READY = Path(__file__).parents[2] / "scenarios"
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def plain(text: str) -> dict[str, Any]:
    """Return a YAML text as an editor sees it: dates are text."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ["Spring launch", 'Été: "2027" # 1', "null", "a: b", "日本"])
def test_the_starter_is_sound_under_any_name(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(starter_text(name), "utf-8")
    assert Scenario.load(tmp_path / "x.yaml").name == name


def test_options_shown_in_the_starter_are_legal() -> None:
    """A commented option that the schema does not know would send the planner into a fault."""
    keys = {"start", "value_per_adoption", "aware", "attitude", "memory", "adopters", "availability", "fit"}
    keys |= {"cpm", "usage_shape", "attention", "impact", "ad_load", "from_survey", "from_people", "extends"}
    text = starter_text()
    shown = {line.strip(" #").split(":")[0] for line in text.splitlines() if line.strip().startswith("#")}
    assert keys <= shown
    assert grammar.at(Scenario, ("audience", "from_survey", "missing"))
    uncommented = text.replace("# value_per_adoption", "value_per_adoption").replace("# start:", "start:")
    for option in ("aware", "attitude", "memory", "adopters", "availability", "fit", "cpm", "usage_shape"):
        uncommented = uncommented.replace(f"# {option}:", f"{option}:")
    for option in ("attention", "impact", "ad_load"):
        uncommented = uncommented.replace(f"# {option}:", f"{option}:")
    for option in ("reception", "sharing", "co_creation", "adoption"):
        uncommented = uncommented.replace(f"# {option}:", f"{option}:")
    scenario = Scenario.from_dict(plain(uncommented))
    assert scenario.audience.segments["students"].fit == {"reveal": 1.2}
    assert scenario.sharing is scenario.co_creation is None
    assert scenario.value_per_adoption == 45


@pytest.mark.parametrize("name", ["launch", "frequency", "frequency_sweep"])
def test_ready_scenarios_are_sound_and_say_their_question(name: str) -> None:
    file = READY / f"{name}.yaml"
    scenario = Scenario.load(file)
    assert file.read_text("utf-8").startswith("# Question: ")
    assert not scenario.data_files()
    assert sum(s.share or 0 for s in scenario.audience.segments.values()) == pytest.approx(1)
    VALIDATOR.validate(plain(file.read_text("utf-8")))


def test_json_schema_agrees_with_the_loader() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    good = plain(starter_text())
    VALIDATOR.validate(good)
    for address, value in (
        ("dais", 3), ("days", 0), ("channels.tv.kind", "tvv"), ("plan.flights.teaser_tv.chanel", "tv"),
        ("network.offline.generate", "nothing"), ("objectives.students_three_times.metric", "rech"),
    ):  # fmt: skip
        bad = plain(starter_text())
        path.put(bad, address, value)
        assert not VALIDATOR.is_valid(bad), address
        with pytest.raises(InputError):
            Scenario.from_dict(bad)


def test_json_schema_knows_overlays() -> None:
    over = {"extends": "base.yaml", "channels": {"tv": {"cpm": 30}}, "plan": {"flights": {"teaser_tv": None}}}
    VALIDATOR.validate(over)
    assert not VALIDATOR.is_valid({**over, "channels": {"tv": {"cmp": 30}}})
    del over["extends"]
    assert not VALIDATOR.is_valid(over)


def test_json_schema_lists_metrics_and_every_top_level_key() -> None:
    schema = json_schema()
    assert schema["$defs"]["Objective"]["properties"]["metric"]["enum"] == list(METRICS)
    assert set(schema["$defs"]["Scenario"]["properties"]) == set(Scenario.model_fields)


def test_every_default_lies_in_its_range_and_has_a_source() -> None:
    from sim.scenario.parameters import Parameter, table

    seen = 0
    for file in (
        "adoption",
        "audience",
        "co_creation",
        "delivery",
        "media",
        "network",
        "reception",
        "sharing",
    ):
        groups = [table(file)]
        while groups:
            for key, entry in groups.pop().items():
                if not isinstance(entry, Parameter):
                    groups.append(entry)
                    continue
                seen += 1
                assert entry.low <= entry.value <= entry.high, key
                assert entry.unit, key
                assert entry.source, key
    assert seen > 50


def test_addresses() -> None:
    tree: dict[str, Any] = {"plan": {"flights": {"teaser": {"posts": [3, 9], "cap": None}}}}
    assert path.get(tree, "plan.flights.teaser.posts.1") == 9
    path.put(tree, "plan.flights.teaser.cap.times", 3)
    path.put(tree, "plan.flights.teaser.posts.0", 4)
    assert tree["plan"]["flights"]["teaser"] == {"posts": [4, 9], "cap": {"times": 3}}
    with pytest.raises(
        InputError, match=r"plan\.flights\.teser: no 'teser' there; .* \(did you mean teaser\?\)"
    ):
        path.get(tree, "plan.flights.teser.posts")
    with pytest.raises(InputError, match=r"no item '2' in the list; want an index from 0 to 1"):
        path.get(tree, "plan.flights.teaser.posts.2")
    with pytest.raises(
        InputError, match=r"plan\.flights\.teaser\.posts\.0 is a plain value; it has no parts"
    ):
        path.put(tree, "plan.flights.teaser.posts.0.x", 1)
    with pytest.raises(InputError, match="an empty address"):
        path.parse("")
