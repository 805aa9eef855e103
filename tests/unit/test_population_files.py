"""A public from small files: which row, which segment, which use, and whose luck."""

from __future__ import annotations

import gzip
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.build import build_population
from sim.agents.column import to_number
from sim.agents.labels import band_labels, natural_key
from sim.agents.microdata import drawn_rows
from sim.agents.population import Population
from sim.scenario.schema import Scenario

SURVEY = """row,w,age,sex,tv,tv_often,web
a,1,17,f,yes,daily,1
b,2,18,m,no,,0
c,.5,29.5,f,TRUE,weekly,
d,3,30,,Y,,1
e,0,64,m,t,weekly,1
f,1.5,65,m,False,daily,0
g,2,,f,0,never,1
"""
PEOPLE = """id,partner,views,tv_visits,note
10,True,5,0.5,x
2,False,,2,
7,True,12,0,"a, b"
ana,False,1e3,,y
"""


def public(
    folder: Path, text: str, table: dict[str, Any], kind: str = "from_survey", **more: Any
) -> Population:
    (folder / "people.csv").write_text(text, "utf-8")
    audience = {"agents": 1_000} if kind == "from_survey" else {}
    plan: dict[str, Any] = {
        "name": "Small files",
        "days": 1,
        "audience": audience | {kind: {"file": "people.csv"} | table} | more,
        "channels": {name: {"kind": "feed", "medium": "feed", "usage_shape": 2.0} for name in ("tv", "web")},
        "messages": {"hello": {"appeals": {}, "quality": 0.5}},
    }
    scenario = Scenario.model_validate(plan)
    scenario._folder = folder
    return build_population(scenario)


def sizes(people: Population) -> dict[str, int]:
    return dict(zip(people.segment_names, people.segment_sizes.tolist(), strict=True))


def test_rows_are_drawn_by_weight(tmp_path: Path) -> None:
    people = public(tmp_path, SURVEY, {"weight": "w", "segment_by": ["row"]})
    assert sizes(people) == {"a": 100, "b": 200, "c": 50, "d": 300, "e": 0, "f": 150, "g": 200}
    assert people.notes == (
        "people.csv: 1,000 people drawn from 7 rows by weight, 1 row not drawn",
        "no simulated person in e: too small a share of 1,000",
    )


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=40).filter(lambda w: sum(w) > 1e-3),
    st.integers(1, 2_000),
    st.integers(0, 2**32),
)
def test_each_row_is_taken_its_weight_s_times(weights: list[float], n_people: int, order: int) -> None:
    segment = np.arange(len(weights)) * order % 7
    taken = np.bincount(drawn_rows(np.array(weights), segment, np.arange(n_people)), minlength=len(weights))
    quota = np.array(weights) / sum(weights) * n_people
    assert taken.sum() == n_people
    assert (np.abs(taken - quota) <= 1 + 1e-6).all()


def test_without_weights_rows_count_alike(tmp_path: Path) -> None:
    people = public(tmp_path, SURVEY, {"segment_by": ["row"]}, agents=700)
    assert set(sizes(people).values()) == {100}


def test_bands_make_segments_and_the_rest_is_unknown(tmp_path: Path) -> None:
    table = {"weight": "w", "segment_by": ["age_band"], "bands": {"age": [18.0, 30.0, 65.0]}}
    people = public(tmp_path, SURVEY, table)
    assert sizes(people) == {"18-29": 250, "30-64": 300, "65+": 150, "unknown": 300}
    assert people.notes[1] == "age_band: blank in 2 of 7 rows (30.0% of weight): put in `unknown`"


def test_columns_join_by_a_space_and_one_blank_is_unknown(tmp_path: Path) -> None:
    table = {"weight": "w", "segment_by": ["sex", "age_band"], "bands": {"age": [18.0, 30.0]}}
    assert sizes(public(tmp_path, SURVEY, table)) == {
        "f 18-29": 50,
        "m 18-29": 200,
        "m 30+": 150,
        "unknown": 600,
    }


def test_the_unknown_are_drawn_by_the_weights_of_the_known(tmp_path: Path) -> None:
    table = {"weight": "w", "segment_by": ["sex"]}
    kept = public(tmp_path, SURVEY, table, agents=20_000)
    drawn = public(tmp_path, SURVEY, table | {"missing": "draw"}, agents=20_000)
    assert sizes(kept) == {"f": 7_000, "m": 7_000, "unknown": 6_000}
    known = kept.segment < 2
    np.testing.assert_array_equal(drawn.segment[known], kept.segment[known])
    assert abs(drawn.segment[~known].mean() - 0.5) < 4 * math.sqrt(0.25 / 6_000)
    assert drawn.notes[1].endswith("(30.0% of weight): their segment drawn by the weights of the known")


def test_whole_numbers_read_well_as_names(tmp_path: Path) -> None:
    people = public(tmp_path, "id,code\na,1.0\nb,10\nc,2\nd,1\ne,1.50\n", {"segment_by": ["code"]}, agents=50)
    assert sizes(people) == {"1": 20, "1·50": 10, "2": 10, "10": 10}


def test_use_and_frequency_of_the_rows(tmp_path: Path) -> None:
    table = {
        "weight": "w", "segment_by": ["row"], "visits_per_day": {"daily": 1.0, "weekly": 0.25},
        "usage": {"tv": {"uses": "tv", "often": "tv_often"}, "web": {"uses": "web", "visits_per_day": 3.0}},
    }  # fmt: skip
    people = public(tmp_path, SURVEY, table, agents=20_000)
    tv, web = people.usage
    by_row = {name: set(tv[people.segment == s].tolist()) for s, name in enumerate(people.segment_names)}
    mean = (1 * 1.0 + 0.5 * 0.25) / 1.5  # users a and c by weight; e weighs nothing
    assert by_row == {"a": {1.0}, "b": {0.0}, "c": {0.25}, "d": {mean}, "e": set(), "f": {0.0}, "g": {0.0}}
    is_user = np.isin(people.segment, [0, 3, 6])
    np.testing.assert_array_equal(web > 0, is_user)
    n = is_user.sum()
    assert abs(web[is_user].mean() - 3) < 4 * 3 / math.sqrt(2 * n)
    assert abs(web[is_user].var() / 9 - 0.5) < 4 * math.sqrt(8 * 0.25 / n)
    assert people.notes[1:4] == (
        "tv: 1 of 4 users without a frequency given the mean of the others, 0.75 visits per day",
        "web: blank use in 1 row (5.0% of weight) counted as no",
        "no simulated person in e: too small a share of 20,000",
    )


def test_drawn_visits_are_the_person_s_own_luck_wherever_the_use_is_known_from(tmp_path: Path) -> None:
    by_file = public(tmp_path, SURVEY, {"usage": {"web": {"visits_per_day": 3.0}}})
    by_trait = public(
        tmp_path, SURVEY, {}, everyone={"usage": {"web": {"users": 1.0, "visits_per_day": 3.0}}}
    )
    np.testing.assert_array_equal(by_file.usage, by_trait.usage)


def test_numbers_of_visits_and_columns_of_a_people_file(tmp_path: Path) -> None:
    table = {"id": "id", "segment_by": ["partner"], "usage": {"tv": {"often": "tv_visits"}}}
    people = public(tmp_path, PEOPLE, table, "from_people", segments={"True": {"trust": 0.8}})
    assert people.ids == ("10", "2", "7", "ana")
    assert sizes(people) == {"False": 2, "True": 2}
    assert people.trust.tolist() == [0.8, 0.5, 0.8, 0.5]
    assert people.usage[0].tolist() == [0.5, 2.0, 0.0, pytest.approx(2.5 / 3)]
    np.testing.assert_array_equal(people.columns["views"], [5.0, np.nan, 12.0, 1000.0])
    assert people.columns["note"].tolist() == ["x", "", "a, b", "y"]
    assert people.columns["id"].tolist() == ["10", "2", "7", "ana"]
    assert people.market == 4.0


def test_a_person_keeps_its_luck_when_the_file_is_sorted_otherwise(tmp_path: Path) -> None:
    table = {"id": "id"}
    everyone = {"usage": {"tv": {"users": 0.5, "visits_per_day": 1.0}}, "aware": 0.5}
    rows = [f"p{i},x" for i in range(300)]
    one = public(tmp_path, "\n".join(["id,a", *rows]), table, "from_people", everyone=everyone)
    two = public(tmp_path, "\n".join(["id,a", "new,x", *rows[::-1]]), table, "from_people", everyone=everyone)
    np.testing.assert_array_equal(one.usage, two.usage[:, :0:-1])
    np.testing.assert_array_equal(one.is_aware, two.is_aware[:0:-1])
    assert 0 < one.is_aware.sum() < 300 and len(set(one.uid.tolist())) == 300


def test_gz_bom_line_ends_and_empty_lines_change_nothing(tmp_path: Path) -> None:
    table = {"id": "id", "segment_by": ["partner"]}
    plain = public(tmp_path, PEOPLE, table, "from_people")
    odd = "\ufeff" + PEOPLE.replace("\n", "\r\n\r\n").replace("partner", " partner ")
    other = public(tmp_path, odd, table, "from_people")
    (tmp_path / "people.csv.gz").write_bytes(gzip.compress(PEOPLE.encode(), mtime=0))
    packed = public(tmp_path, "", table | {"file": "people.csv.gz"}, "from_people")
    for people in (other, packed):
        np.testing.assert_array_equal(people.uid, plain.uid)
        np.testing.assert_array_equal(people.segment, plain.segment)


def test_names_sort_as_people_count() -> None:
    names = ["unknown", "b 10", "65+", "b 9", "18-29", "100", "A"]
    assert sorted(names, key=natural_key) == ["18-29", "65+", "100", "A", "b 9", "b 10", "unknown"]


def test_band_names() -> None:
    assert band_labels([18, 30, 50, 65]) == ["18-29", "30-49", "50-64", "65+"]
    assert band_labels([0, 1, 3]) == ["0", "1-2", "3+"]
    assert band_labels([0, 0.5]) == ["0 to <0.5", "0.5+"]


@pytest.mark.parametrize("text", ["1", "-2.5", ".5571872", "1e3", "+4.", "0"])
def test_numbers_are_read(text: str) -> None:
    assert to_number(text) == float(text)


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e999", "1_000", "1,5", "0x1", "one", "٣", "1 2"])
def test_what_is_no_plain_number_is_none(text: str) -> None:
    assert math.isnan(to_number(text))
