"""The forms and the scenario language: each key of the schema has a field, or is named as standing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
from sim.app.components.fields import (
    data_fields,
    elsewhere,
    field_lists,
    field_lists_audience,
    field_lists_model,
    field_lists_question,
    value_field,
)
from sim.app.components.fields.fields import GROUPS, FieldSpec, entries
from sim.app.components.sweep import sweep_fields
from sim.app.state.data import Look as Column
from sim.app.state.desk import Desk
from sim.app.state.look import Look
from sim.scenario.schema import Scenario
from tests.app.full_plan import FULL

WHOLE = (
    field_lists.settings_fields, field_lists.listening_fields, field_lists_question.question_fields,
    field_lists_model.model_fields,
)  # fmt: skip
SURVEY = FULL.replace("  agents: 800\n", (
    "  agents: 800\n  from_survey: {file: people.csv, weight: w, segment_by: [age_band], bands: {age: [18, 40]}, "
    "usage: {gram: {uses: uses_gram, often: how_often}}, visits_per_day: {daily: 1}}\n"
    "  everyone: {fit: {hello: 0.9}}\n"
))  # fmt: skip
PEOPLE = FULL.replace(
    "  agents: 800\n", "  from_people: {file: people.csv, id: node, usage: {gram: {often: how_often}}}\n"
)
COLUMNS = {
    "age": Column(("20",), 40, is_number=True), "how_often": Column(("daily", "never"), 2, is_number=False),
    "w": Column(("1",), 9, is_number=True),
}  # fmt: skip
DIFFERS = FULL.replace("receptive: 1.2", "receptive: 1.2, by_segment: {old: {share: 0.4}}")
TEXTBOOK = DIFFERS.replace("one_public", "several_public").replace(
    "reception:", "sharing: {rule: threshold}\nadoption: {repurchase: {}}\nreception:"
)


def language(root: dict[str, Any]) -> Iterator[str]:
    """Yield the address of every plain value, and list of them, of a JSON Schema; a name is ``*``."""

    def kinds(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if "$ref" in node:
            yield from kinds(root["$defs"][node["$ref"].rpartition("/")[2]])
        for choices in ("anyOf", "oneOf", "allOf"):
            for choice in node.get(choices, []):
                yield from kinds(choice)
        if "properties" in node or node.get("additionalProperties"):
            yield node

    def below(node: dict[str, Any], at: tuple[str, ...]) -> Iterator[str]:
        inner: dict[str, dict[str, Any]] = {}
        for kind in kinds(node):
            inner |= kind.get("properties", {})
            named = kind.get("additionalProperties")
            if named:
                inner["*"] = named if isinstance(named, dict) else {}
        if not inner:
            yield ".".join(at)
        for key, part in inner.items():
            yield from below(part, (*at, key))

    yield from below(root, ())


def names(at: tuple[Any, ...]) -> str:
    return "\t".join(map(str, at))


def is_shown(address: str, shown: set[str]) -> bool:
    wanted = address.split(".")
    return any(
        len(wanted) == len(parts) and all(w in ("*", p) for w, p in zip(wanted, parts, strict=True))
        for parts in (path.split("\t") for path in shown)
    )


def leaves(at: tuple[Any, ...], value: Any) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from leaves((*at, key), part)
    else:
        yield at


def of_specs(at: tuple[str, ...], specs: list[FieldSpec]) -> Iterator[str]:
    """Yield where fields write: their own places, or those of a way that is chosen."""
    for spec in specs:
        if spec.kind == "way":
            for values in spec.begins.values():
                for path, value in values.items():
                    if value is not None:
                        yield from (names(leaf) for leaf in leaves((*at, *path), value))
        else:
            yield names((*at, *spec.path))


def forms(tree: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], list[FieldSpec]]]:
    """Yield the fields of every form of the page over a plan, and where they stand."""
    for whole in WHOLE:
        yield (), whole(tree)
    for group in GROUPS.values():
        for name, entry in entries(tree, group).items():
            yield (*group.at, name), field_lists.fields_of(group.name, tree, entry)
    yield field_lists_audience.EVERYONE, field_lists_audience.everyone_fields(tree)
    for kind in ("from_survey", "from_people"):
        yield (), data_fields.table_fields(tree, kind, COLUMNS, ["people.csv"])
    for layer in data_fields.layers_of(tree):
        yield (), data_fields.layer_fields(tree, layer, COLUMNS, ["ties.csv"])
    for design in ("grid", "sobol", "saltelli"):
        yield ("sweep", "vary", "days"), sweep_fields.range_fields(design)
        yield ("sweep", "split", "money"), sweep_fields.split_fields(tree, design)
        yield ("sweep",), [*sweep_fields.points_fields(design), *sweep_fields.rank_fields(tree)]


def reached() -> set[str]:
    """Return every place that the forms write, over plans of each kind and with each way chosen in them."""
    found: set[str] = set()
    for text in (FULL, SURVEY, PEOPLE, TEXTBOOK):
        desk = Desk()
        desk.open_text(text, "plan.yaml", Path())
        tree = desk.plan.draft.tree
        assert tree is not None, desk.plan.draft.faults
        for at, specs in forms(tree):
            found |= set(of_specs(at, specs))
            for way in [spec for spec in specs if spec.kind == "way"]:
                for option in way.options:
                    fresh = Look(Desk(), "en", False, 0)
                    fresh.desk.open_text(text, "plan.yaml", Path())
                    value_field.write(fresh, at, way.begins[option])
                    for there, after in forms(fresh.desk.plan.draft.tree):
                        if there == at:
                            found |= set(of_specs(there, after))
    return found


@pytest.fixture(scope="module")
def shown() -> set[str]:
    return reached()


def test_every_key_of_the_language_is_on_a_form_or_told_to_be_elsewhere(shown) -> None:
    told = {*elsewhere.ON_SWEEP, *elsewhere.IN_TEXT}
    schema = Scenario.model_json_schema()
    keys = set(language(schema))
    assert len(keys) > 200
    assert {key for key in keys if not is_shown(key, shown)} - told == set()
    assert told <= keys
    assert {key for key in elsewhere.IN_TEXT if is_shown(key, shown)} == set()


def test_a_key_that_is_new_is_missed(shown) -> None:
    """The planted bug: a schema with one more key, of a channel and at the top."""
    schema = Scenario.model_json_schema()
    schema["$defs"]["Channel"]["properties"]["bugdet"] = {"type": "number"}
    schema["properties"]["mood"] = {"type": "object", "properties": {"tone": {"type": "string"}}}
    missed = {key for key in language(schema) if not is_shown(key, shown)}
    assert {"channels.*.bugdet", "mood.tone"} <= missed


def test_what_the_text_alone_has_is_told() -> None:
    text = "extends: base.yaml\nplan: {flights_from: flights.csv}\nsweep: {design: list, points: {a: {days: 3}}}\n"
    assert elsewhere.in_text_alone(text) == [
        "extends: base.yaml",
        "plan.flights_from: flights.csv",
        "sweep.points.a",
    ]
    assert elsewhere.in_text_alone(FULL) == []
    assert elsewhere.in_text_alone("{") == []
