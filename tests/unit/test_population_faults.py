"""What is wrong with a survey or people file is told in words, all of it at once."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.build import build_population
from sim.agents.file_content import WANT_FILE
from sim.agents.sheet import read_sheet
from sim.errors import Fault, InputError
from sim.scenario.schema import Scenario

ROWS = "id,weight,age,sex,tv,often\na,1,20,f,yes,daily\nb,2,40,m,no,weekly\nc,1,60,f,yes,\n"
SURVEY: dict[str, Any] = {"file": "p.csv"}
PEOPLE: dict[str, Any] = {"file": "p.csv", "id": "id"}


def faults(
    folder: Path, content: str | bytes | None, table: dict[str, Any], audience: dict[str, Any] | None = None,
    **plan: Any,
) -> tuple[Fault, ...]:  # fmt: skip
    """Return the faults of a public from `content`; it must have some."""
    if content is not None:
        (folder / "p.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    kind = "from_people" if "id" in table else "from_survey"
    base = {} if "id" in table else {"agents": 100}
    scenario = Scenario.model_validate(
        {
            "name": "Faulty",
            "days": 1,
            "audience": base | {kind: table} | (audience or {}),
            "channels": {"tv": {"kind": "feed", "medium": "feed"}},
            "messages": {"hello": {"appeals": {}, "quality": 0.5}},
        }
        | plan
    )
    scenario._folder = folder
    with pytest.raises(InputError) as error:
        build_population(scenario)
    return error.value.faults


PACKED = gzip.compress(ROWS.encode() * 50, mtime=0)
DAMAGED = "p.csv: gzip data that is cut short or damaged; want a whole gzip file (copy or download it again)"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "p.csv: an empty file; want a header and one row per person"),
        (b" \n\n", "p.csv: an empty file; want a header and one row per person"),
        (b"id,weight\n", "p.csv: a header and no rows; want one row per person"),
        (b"id,weight\na,1\n", "p.csv: 1 row; want at least 2 people"),
        (b"id\n\x00\x01\n", "p.csv: not text (a binary file or UTF-16); want CSV in UTF-8"),
        (
            ROWS.encode("utf-16"),
            "p.csv: not text (a binary file or UTF-16); want CSV in UTF-8 (save the sheet as CSV UTF-8)",
        ),
        (b"PAR1\0", "p.csv: not text (a binary file or UTF-16); want CSV in UTF-8 (Parquet data: name it .parquet)"),
        (b"id,sex\na,f\nb,ni\xf1a\n", "p.csv:3: byte 0xf1 is not UTF-8; want CSV in UTF-8 (save it as CSV UTF-8)"),
        (PACKED[:-20], DAMAGED),
        (PACKED[:40] + b"\xff" * 9, DAMAGED),
        (b"id,sex,id\na,f,b\nb,m,c\n", "p.csv:1: the header has `id` twice; want each column once"),
        (
            b"id,sex\na,f\n\nb\nc,m\nd,f,1\n",
            "p.csv:4: a row of 1 field, and others on line 6; want 2 as in the header "
            "(a comma inside a value wants quotes around it)",
        ),
        (
            b'id,sex\na,f\nb,"m\nc,f\n',
            'p.csv:3: cannot be read as CSV (unexpected end of data); want quotes " in pairs',
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("table", [SURVEY, PEOPLE])
def test_faults_of_the_file(tmp_path: Path, table: dict[str, Any], content: bytes, text: str) -> None:
    assert [str(fault) for fault in faults(tmp_path, content, table)] == [text]


def test_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(ROWS)
    (fault,) = faults(tmp_path, None, {"file": "peple.csv", "id": "id"})
    assert str(fault) == (
        f"audience.from_people.file: no file peple.csv; {WANT_FILE} (did you mean people.csv?)"
    )


@given(st.binary(max_size=60) | st.text('ab1,"\n\r\t ;é', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    for raw in (
        content,
        gzip.compress(content, mtime=0),
        gzip.compress(content, mtime=0)[:-3],
        b"\x1f\x8b" + content,
    ):
        path.write_bytes(raw)
        try:
            sheet = read_sheet(path, "any.csv")
        except InputError as error:
            assert len(error.faults) == 1 and str(error).startswith("any.csv")
        else:
            assert all(len(column.codes) == sheet.n_rows > 0 for column in sheet.columns.values())


@pytest.mark.parametrize("name", [".", "p\0.csv", "x" * 300])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    (fault,) = faults(tmp_path, None, {"file": name})
    assert fault.where == "audience.from_survey.file"
    assert fault.got == ". is a folder" if name == "." else "cannot be read: " in fault.got


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (
            {"weight": "wieght"},
            "audience.from_survey.weight: no column `wieght` in p.csv; want one of id, weight, age, sex, tv, "
            "often (did you mean weight?)",
        ),
        ({"segment_by": ["Sex"]}, "audience.from_survey.segment_by: no column `Sex` in p.csv"),
        ({"segment_by": ["age_band"]}, "audience.from_survey.segment_by: no column `age_band` in p.csv"),
        ({"bands": {"ages": [18.0]}}, "audience.from_survey.bands: no column `ages` in p.csv"),
        (
            {"usage": {"tv": {"uses": "tvs", "visits_per_day": 1.0}}},
            "audience.from_survey.usage.tv.uses: no column `tvs` in p.csv",
        ),
        (
            {"usage": {"tv": {"uses": "tv", "often": "oft"}}},
            "audience.from_survey.usage.tv.often: no column `oft` in p.csv",
        ),
        (
            {"bands": {"sex": [18.0]}, "segment_by": ["sex_band"]},
            "p.csv:2: column `sex`: `f`, and 2 more on lines 3, 4; want a number or blank",
        ),
        (
            {"bands": {"age": [30.0, 18.0]}, "segment_by": ["age_band"]},
            "audience.from_survey.bands: age: [30, 18]; want lower ends that rise",
        ),
        (
            {"usage": {"tv": {"uses": "sex", "visits_per_day": 1.0}}},
            "p.csv: column `sex`: values `m`; want yes, true or 1; no, false, 0 or blank",
        ),
        (
            {"usage": {"tv": {"uses": "tv", "often": "often"}}, "visits_per_day": {"dayly": 1.0}},
            "audience.from_survey.visits_per_day: no visits per day for `daily` of column `often`; "
            "want a number for each label (did you mean dayly?)",
        ),
        (
            {"usage": {"tv": {"often": "often"}}},
            "p.csv:2: column `often`: `daily`, and 1 more on line 3; want visits per day, 0 or more, "
            "or labels mapped in `visits_per_day`",
        ),
    ],
)  # fmt: skip
def test_faults_of_what_the_scenario_says_of_the_file(
    tmp_path: Path, table: dict[str, Any], text: str
) -> None:
    (fault,) = faults(tmp_path, ROWS, SURVEY | table)
    assert str(fault).startswith(text)


def test_every_user_without_frequency(tmp_path: Path) -> None:
    usage = {"usage": {"tv": {"uses": "tv", "often": "often"}}}
    (fault,) = faults(
        tmp_path, ROWS.replace("daily", ""), SURVEY | usage | {"visits_per_day": {"weekly": 0.1}}
    )
    assert str(fault) == (
        "audience.from_survey.usage.tv.often: column `often` is blank for every user; "
        "want a frequency for some, or `visits_per_day: number`"
    )


@pytest.mark.parametrize("bad", ["-1", "nan", "inf", "1e999", "much", ""])
def test_weights_that_are_none(tmp_path: Path, bad: str) -> None:
    (fault,) = faults(tmp_path, f"id,weight\na,1\n\nb,{bad}\nc,{bad}\n", SURVEY | {"weight": "weight"})
    assert str(fault) == (
        f"p.csv:4: column `weight`: `{bad}`, and 1 more on line 5; want a weight: a number of 0 or more"
    )


def test_lines_are_counted_past_values_of_several_lines(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, 'id,weight\n"a\n\nb",1\nc,x\n', SURVEY | {"weight": "weight"})
    assert fault.where == "p.csv:5: column `weight`"


def test_weights_that_are_all_zero(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "id,weight\na,0\nb,0.0\n", SURVEY | {"weight": "weight"})
    assert str(fault) == "p.csv: column `weight`: the weights sum to 0; want some weight above 0"


def test_ids_that_are_blank_or_stand_twice(tmp_path: Path) -> None:
    found = faults(tmp_path, "id,x\na,1\nb,1\n,1\na,2\n7,2\nb,3\n,4\n a ,1\n", PEOPLE)
    assert [str(fault) for fault in found] == [
        "p.csv:4: column `id`: ``, and 1 more on line 8; want an id in every row",
        "p.csv: column `id`: `a` on lines 2, 5, 9, `b` on lines 3, 7; want each id once",
    ]


def test_another_number_of_people_than_the_file_has(tmp_path: Path) -> None:
    found = faults(tmp_path, ROWS, PEOPLE, {"agents": 10, "people": 1000.0})
    assert [str(fault) for fault in found] == [
        "audience.agents: 10; want none, or the 3 people of p.csv",
        "audience.people: 1,000; want none, or the 3 people of p.csv",
    ]


def test_a_survey_needs_agents(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, ROWS, SURVEY, {"agents": None})
    assert str(fault) == "audience.agents: nothing; want the number of simulated persons"


def test_both_a_survey_and_people(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, ROWS, SURVEY, {"from_people": PEOPLE})
    assert str(fault) == "audience: from_survey and from_people; want one of them"


@pytest.mark.parametrize("n_rows", [1_502, 40_000])
def test_too_many_segments(tmp_path: Path, n_rows: int) -> None:
    text = "\n".join(["id,weight", *(f"{i},1" for i in range(n_rows))])
    (fault,) = faults(tmp_path, text, SURVEY | {"segment_by": ["id"]}, {"segments": {"a": {}}})
    assert str(fault) == (
        f"audience.from_survey.segment_by: segment_by makes {n_rows} segments; want at most 200 "
        "(give `bands` for a column of numbers, or fewer columns)"
    )


def test_segments_that_the_data_do_not_have(tmp_path: Path) -> None:
    flight = {"message": "hello", "channel": "tv", "to": ["f 20", "m 4"], "days": "1", "grp": 1.0}
    found = faults(
        tmp_path,
        ROWS,
        SURVEY | {"segment_by": ["sex", "age"]},
        {"segments": {"f 21": {}, "m 40": {}}},
        plan={"flights": {"one": flight}},
        objectives={"seen": {"metric": "reach", "segment": "unknown", "at_least": 0.1}},
    )
    wanted = "want a segment of the public: f 20, f 60, m 40"
    assert [str(fault) for fault in found] == [
        f"audience.segments.f 21: no segment `f 21`; {wanted} (did you mean f 20?)",
        f"plan.flights.one.to.1: no segment `m 4`; {wanted} (did you mean m 40?)",
        f"objectives.seen.segment: no segment `unknown`; {wanted}",
    ]


def test_a_segment_called_all(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, ROWS.replace(",m,", ",all,"), SURVEY | {"segment_by": ["sex"]})
    assert "a segment `all` in sex; want another word" in str(fault)


def test_nobody_known_to_draw_the_blank_by(tmp_path: Path) -> None:
    rows = "id,sex,weight\na,,1\nb,f,0\n"
    (fault,) = faults(tmp_path, rows, SURVEY | {"segment_by": ["sex"], "missing": "draw", "weight": "weight"})
    assert str(fault).startswith("audience.from_survey.missing: sex: no row with weight is known; ")


def test_a_band_s_column_that_is_there_already(tmp_path: Path) -> None:
    rows = ROWS.replace("often", "age_band")
    (fault,) = faults(tmp_path, rows, SURVEY | {"bands": {"age": [18.0]}, "segment_by": ["age_band"]})
    assert "`age_band` is a column of p.csv already" in str(fault)


def test_semicolons_are_told(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, ROWS.replace(",", ";"), PEOPLE)
    assert str(fault).endswith("(separate the columns by commas)")


def test_all_faults_of_a_file_come_together(tmp_path: Path) -> None:
    table = SURVEY | {
        "weight": "age", "segment_by": ["sexe"], "usage": {"tv": {"uses": "often", "often": "frequency"}},
    }  # fmt: skip
    found = faults(tmp_path, ROWS.replace("60", "-60"), table, {"agents": None})
    assert [fault.where for fault in found] == [
        "p.csv:4: column `age`",
        "audience.agents",
        "audience.from_survey.segment_by",
        "p.csv: column `often`",
        "audience.from_survey.usage.tv.often",
    ]
