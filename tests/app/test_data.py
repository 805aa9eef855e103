"""A planner's own files: a survey, a list of people, a list of ties become the public by choosing columns."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
from sim import Scenario, run
from sim.app.components.fields import data_fields, value_field
from sim.app.state import data
from sim.app.state.desk import Desk
from sim.app.state.look import Look
from sim.scenario.meaning import meaning_of
from sim.scenario.path import render

SURVEY = "age,income,uses_gram,often_gram,weight\n" + "".join(
    f"{18 + n % 60},{'high' if n % 3 else 'low'},{'yes' if n % 2 else 'no'},{'daily' if n % 4 == 1 else 'weekly' if n % 2 else ''},{1 + n % 5}\n"
    for n in range(200)
)
PEOPLE = "id,town\n" + "".join(f"p{n},{'Lima' if n % 2 else 'Cusco'}\n" for n in range(60))
TIES = "from,to,strength\n" + "".join(
    f"p{n},p{(n * 7 + k) % 60},{1 + k}\n" for n in range(60) for k in (1, 2, 3)
)
PLAIN = """\
name: Own data
days: 8
audience:
  people: 50_000
  agents: 500
  segments:
    folk: {share: 1, usage: {gram: {users: 1, visits_per_day: 1}}}
network: {gram: {generate: power_law}}
channels: {gram: {kind: feed, medium: feed, cpm: 7}}
messages: {hello: {appeals: {information: 0.8}, quality: 0.6}}
plan: {flights: {first: {message: hello, channel: gram, days: 1-8, budget: 900}}}
"""


@pytest.fixture
def look(tmp_path):
    """Return a look at a desk with a plan from a shelf, and three files uploaded."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "plain.yaml").write_text(PLAIN, "utf-8")
    desk = Desk()
    desk.open_file(shelf / "plain.yaml")
    for name, text in (("survey.csv", SURVEY), ("people.csv", PEOPLE), ("ties.csv", TIES)):
        desk.take_upload(name, text.encode())
    yield Look(desk, "en", False, 0)
    desk.leave()


def use(look, values) -> None:
    data.move_in(look.desk)
    value_field.write(look, (), values)


def told(look) -> list[str]:
    return [str(fault) for fault in look.desk.plan.draft.faults]


def columns(look, name):
    return data.columns_of(data.place_of(look.desk, name))


def test_columns_are_looked_at(look) -> None:
    found = columns(look, "survey.csv")
    assert list(found) == ["age", "income", "uses_gram", "often_gram", "weight"]
    assert found["age"].is_number
    assert found["age"].n_labels == 60
    assert found["income"].labels == ("high", "low")
    assert not found["often_gram"].is_number
    assert data.files_of(look.desk) == ["people.csv", "survey.csv", "ties.csv"]


def test_a_survey_becomes_the_public(look, tmp_path) -> None:
    """Columns are guessed by name, the rest is chosen; the page's run is that of the saved file beside the survey."""
    found = columns(look, "survey.csv")
    tree = look.desk.plan.draft.tree
    use(look, data.as_people("survey.csv", found, tree, is_survey=True))
    survey = look.desk.plan.draft.tree["audience"]["from_survey"]
    assert survey == {
        "file": "survey.csv",
        "usage": {"gram": {"uses": "uses_gram", "often": "often_gram"}},
        "weight": "weight",
    }
    at = ("audience", "from_survey")
    value_field.write(look, (), {
        (*at, "bands", "age"): [18, 30, 50], (*at, "segment_by"): ["age_band"],
        (*at, "visits_per_day", "daily"): 1, (*at, "visits_per_day", "weekly"): 0.14,
    })  # fmt: skip
    assert told(look) == []
    fields = data_fields.table_fields(look.desk.plan.draft.tree, "from_survey", found, ["survey.csv"])
    shown = {render(spec.path) for spec in fields}
    assert {"audience.from_survey.visits_per_day.daily", "audience.from_survey.bands.age"} <= shown
    assert [spec.path for spec in fields if meaning_of(spec.path) is None] == []
    (tmp_path / "saved.yaml").write_text(look.desk.plan.draft.text, "utf-8")
    (tmp_path / "survey.csv").write_text(SURVEY, "utf-8")
    page, command = look.desk.plan.draft.scenario, Scenario.load(tmp_path / "saved.yaml")
    a, b = (run(one, replications=1, threads=1).summary for one in (page, command))
    assert a.equals(b)
    assert len(set(a["segment"])) == 4


def test_people_and_ties_become_the_public(look) -> None:
    tree = look.desk.plan.draft.tree
    use(look, data.as_people("people.csv", columns(look, "people.csv"), tree, is_survey=False))
    use(look, data.as_ties("ties.csv", "gram"))
    value_field.write(look, (), {
        ("audience", "from_people", "segment_by"): ["town"], ("network", "gram", "weight"): "strength",
    })  # fmt: skip
    assert told(look) == []
    assert look.desk.plan.draft.tree["audience"]["from_people"]["id"] == "id"
    result = run(look.desk.plan.draft.scenario, replications=1, threads=1)
    assert {"Lima", "Cusco"} <= set(result.summary["segment"])


def test_a_plan_moves_in_with_all_it_names(tmp_path) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "base.yaml").write_text(PLAIN, "utf-8")
    (shelf / "ties.csv").write_text("a,b\n0,1\n1,2\n2,0\n", "utf-8")
    (shelf / "top.yaml").write_text(
        "extends: base.yaml\nname: Over it\nnetwork: {gram: {generate: null, edges: ties.csv, directed: true}}\n",
        "utf-8",
    )
    desk = Desk()
    desk.open_file(shelf / "top.yaml")
    before = [str(fault) for fault in desk.plan.draft.faults]
    data.move_in(desk)
    assert [str(fault) for fault in desk.plan.draft.faults] == before
    assert {path.name for path in desk.uploads.iterdir()} == {"base.yaml", "ties.csv"}
    desk.leave()


@pytest.mark.parametrize(
    "made", ["power_law", "affiliation", "small_world", "well_mixed", "edges", "no_ties"]
)
def test_each_way_to_make_a_layer_is_sound(look, made) -> None:
    data.move_in(look.desk)
    way = data_fields.layer_fields(look.desk.plan.draft.tree, "offline", {}, ["ties.csv"])[0]
    value_field.write(look, (), way.begins[made])
    assert told(look) == []
    fields = data_fields.layer_fields(
        look.desk.plan.draft.tree, "offline", columns(look, "ties.csv"), ["ties.csv"]
    )
    assert fields[0].now == made
    assert [spec.path for spec in fields[1:] if meaning_of(spec.path) is None] == []
    for language in ("en", "es"):
        assert all(value_field.label_of(Look(look.desk, language, False, 0), spec) for spec in fields)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_forms_of_data_are_drawn(look, language) -> None:
    from sim.app.pages.data import Data
    from tests.app.test_views import drawn

    here = Look(look.desk, language, False, 0)
    use(
        here,
        data.as_people("survey.csv", columns(look, "survey.csv"), look.desk.plan.draft.tree, is_survey=True),
    )
    text = drawn(Data, here)
    assert "survey.csv" in text
    assert here.t("data.survey") in text
    assert here.t("field.often") in text


def test_a_file_that_cannot_be_read_is_told(look) -> None:
    look.desk.take_upload("bad.csv", b"a,b\n1,2,3\n")
    found = data.columns_or_faults(data.place_of(look.desk, "bad.csv"))
    assert "a row of 3 fields" in str(found)
