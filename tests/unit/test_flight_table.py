"""A plan's flights as a CSV table: taken in like YAML, written out exactly, every slip told by line and column."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.experiment.runner import run
from sim.scenario import flight_table, table_cells
from sim.scenario.editor import json_schema
from sim.scenario.flight_table import COLUMNS, flights_csv
from sim.scenario.identity import public_hash, resolved, scenario_hash
from sim.scenario.plan import Cap, Flight, InsertionReach, Plan
from sim.scenario.schema import Scenario
from sim.scenario.source import Tree
from tests.e2e.texts import TINY

FLIGHTS = """\
  flights:
    tv_hello: {message: hello, channel: tv, days: 1-4, budget: 900}
    clips_hello: {message: hello, channel: clips, days: 2-5, impressions: 30_000, cap: {times: 2, per_days: 3}}
"""
EXTRA = """\
    spots: {message: hello, channel: tv, to: [old, young], days: 2, insertions: 3, insertion_reach: {first: 0.2, second: 0.3}}
    posts: {message: hello, channel: clips, posts: [1, 3], to: [young]}
"""
YAML = TINY.replace(FLIGHTS, FLIGHTS + EXTRA)
CSV = """\
name,message,channel,to,days,first_day,last_day,budget,impressions,insertions,reach_first,reach_second,posts,cap_times,cap_per_days
tv_hello,hello,tv,,1-4,,,900,,,,,,,
clips_hello,hello,clips,,,2,5,,30000,,,,,2,3

spots,hello,tv,old | young,2,,,,,3,.2,3e-1,,,
posts,hello,clips,young,,,,,,,,,1 3,,
"""
TABLED = TINY.replace(FLIGHTS, "  flights_from: flights.csv\n")
HEAD = "name,message,channel,days,budget\n"
assert FLIGHTS in TINY


def scenario(
    folder: Path, table: str | bytes, text: str = TABLED, overrides: tuple[str, ...] = ()
) -> Scenario:
    (folder / "flights.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    (folder / "plan.yaml").write_text(text, "utf-8")
    return Scenario.load(folder / "plan.yaml", overrides)


def faults(
    folder: Path, table: str | bytes, text: str = TABLED, overrides: tuple[str, ...] = ()
) -> list[str]:
    with pytest.raises(InputError) as caught:
        scenario(folder, table, text, overrides)
    return [str(fault).replace(f"{folder}/", "") for fault in caught.value.faults]


def test_a_table_is_the_same_as_yaml(tmp_path: Path) -> None:
    written = Scenario.from_dict(resolved(scenario(tmp_path, "", YAML)))
    tabled = scenario(tmp_path, CSV)
    assert resolved(tabled) == resolved(written)
    assert (scenario_hash(tabled), public_hash(tabled)) == (scenario_hash(written), public_hash(written))
    assert set(tabled.plan.flights) == {"tv_hello", "clips_hello", "spots", "posts"}
    assert tabled.plan.flights["posts"].posts == (1, 3)


def test_a_table_gives_the_same_bits_as_yaml(tmp_path: Path) -> None:
    one, other = run(scenario(tmp_path, "", YAML)), run(scenario(tmp_path, CSV))
    assert one.worlds.equals(other.worlds)
    assert one.provenance["scenario_hash"] == other.provenance["scenario_hash"]


@pytest.mark.parametrize(
    "table",
    [
        "\ufeff" + CSV,
        CSV.replace("\n", "\r\n"),
        CSV.replace(",", ";").replace(".2", "0,2").replace("3e-1", "0,3"),
        CSV.replace(",", "\t"),
        "sep=;\n" + CSV.replace(",", ";"),
        CSV.encode("utf-16"),
        CSV.replace("first_day", "First day").replace("name,", "NAME,"),
        CSV.replace("\n", ",,,\n"),
        CSV.replace(",3,.2,", ",3.0,0.20,"),
    ],
    ids=["bom", "crlf", "semicolons", "tabs", "sep line", "utf-16", "title case", "trailing blanks", "3.0"],
)
def test_habits_of_spreadsheets_are_taken(table: str | bytes, tmp_path: Path) -> None:
    assert scenario(tmp_path, table).plan == scenario(tmp_path, CSV).plan


def test_a_table_stands_beside_flights(tmp_path: Path) -> None:
    text = YAML.replace("  flights:\n", "  flights_from: flights.csv\n  flights:\n")
    plan = scenario(tmp_path, HEAD + "more,hello,tv,5,7\n", text).plan
    assert list(plan.flights) == ["tv_hello", "clips_hello", "spots", "posts", "more"]
    assert plan.flights["more"].budget == 7
    told = faults(tmp_path, HEAD + "more,hello,tv,5,7\nspots,hello,tv,5,7\n", text)
    assert told == [
        "flights.csv:3: name: the flight 'spots' stands in plan.flights too (plan.yaml:29:5); want it once "
        "(take it out of plan.flights, or out of the table)"
    ]


def test_from_dict_takes_a_table(tmp_path: Path) -> None:
    tree = resolved(scenario(tmp_path, CSV))
    tree["plan"] = {"flights_from": "flights.csv", "partners": tree["plan"]["partners"]}
    assert scenario_hash(Scenario.from_dict(tree, tmp_path)) == scenario_hash(scenario(tmp_path, CSV))


def test_values_of_a_table_can_be_set(tmp_path: Path) -> None:
    plan = scenario(
        tmp_path, CSV, overrides=("plan.flights.tv_hello.budget=5", "plan.flights.spots=null")
    ).plan
    assert plan.flights["tv_hello"].budget == 5
    assert "spots" not in plan.flights


def test_a_table_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text(HEAD + "only,hello,tv,1-2,33\n")
    option = "plan.flights_from=other.csv"
    assert list(scenario(tmp_path, CSV, overrides=(option,)).plan.flights) == ["only"]
    assert list(scenario(tmp_path, CSV, overrides=(option, option)).plan.flights) == ["only"]
    instead = scenario(tmp_path, "", YAML, ("plan.flights=null", option, "plan.flights.only.budget=34")).plan
    assert {name: flight.budget for name, flight in instead.flights.items()} == {"only": 34}
    assert scenario(tmp_path, "broken", overrides=("plan.flights_from=null",)).plan.flights == {}
    told = faults(tmp_path, CSV, overrides=("plan.flights_from=no.csv",))
    assert told[0].startswith(
        "--set plan.flights_from: no file 'no.csv'; want a CSV file of flights; looked in"
    )
    assert "flights.csv, other.csv" in told[0]


def test_a_base_may_name_a_table(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    scenario(tmp_path / "below", CSV)
    top = tmp_path / "top.yaml"
    top.write_text("extends: below/plan.yaml\nplan: {flights: {tv_hello: {budget: 5}, spots: null}}\n")
    flights = Scenario.load(top).plan.flights
    assert flights["tv_hello"].budget == 5
    assert flights["tv_hello"].days == (1, 4)
    assert "spots" not in flights
    (tmp_path / "own.csv").write_text(HEAD + "only,hello,tv,1-2,33\n")
    top.write_text("extends: below/plan.yaml\nplan: {flights_from: own.csv}\n")
    assert list(Scenario.load(top).plan.flights) == ["only"]


def test_what_an_upper_file_mends_is_not_told(tmp_path: Path) -> None:
    scenario(tmp_path, CSV)
    (tmp_path / "flights.csv").write_text(CSV.replace(",900,", ',"1,900",'))
    top = tmp_path / "top.yaml"
    top.write_text("extends: plan.yaml\nplan: {flights: {tv_hello: {budget: 5}}}\n")
    assert Scenario.load(top).plan.flights["tv_hello"].budget == 5


def test_dates_count_from_the_start(tmp_path: Path) -> None:
    table = (
        "name,message,channel,days,first_day,last_day,budget,posts\n"
        "a,hello,tv,,2027-02-28,2027-03-01,5,\nb,hello,tv,2027-03-01,,,5,\n"
        "c,hello,tv,2027-02-27 - 2027-03-02,,,5,\nd,hello,clips,,,,,2027-02-28 4\n"
    )
    flights = scenario(
        tmp_path, table, TABLED.replace("days: 5", "start: 2027-02-27\ndays: 5", 1)
    ).plan.flights
    assert [flights[name].days for name in "abc"] == [(2, 3), (3, 3), (1, 4)]
    assert flights["d"].posts == (2, 4)


def test_pandas_may_write_the_table_anew(tmp_path: Path) -> None:
    """Where a cell of a column is blank, pandas writes the others as 1.0."""
    plan = scenario(tmp_path, CSV).plan.flights
    pd.read_csv(tmp_path / "flights.csv").to_csv(tmp_path / "flights.csv", index=False)
    assert ",2.0,5.0," in (tmp_path / "flights.csv").read_text()
    assert Scenario.load(tmp_path / "plan.yaml").plan.flights == plan
    (tmp_path / "flights.csv").write_text(
        HEAD.replace("days", "first_day,last_day") + "a,hello,tv,1.5,2.0,5\n"
    )
    with pytest.raises(InputError, match=r"flights.csv:2: first_day: '1.5'; want a day such as 12"):
        Scenario.load(tmp_path / "plan.yaml")


# (what stands in the table, a fault that must be told)
SLIPS = {
    "unknown column": (HEAD.replace("budget", "budgte") + "a,hello,tv,1,5\n",
                       "flights.csv:1: budgte: unknown column; want one of name, message,"),
    "column twice": ("name,message,channel,days,budget,budget\na,hello,tv,1,5,6\n",
                     "flights.csv:1: budget: the same column twice; want it once"),
    "no name column": ("message,channel\nhello,tv\n", "flights.csv:1: name: no such column; want the name of each"),
    "no name": (HEAD + ",hello,tv,1,5\n", "flights.csv:2: name: blank; want the name of the flight"),
    "name twice": (HEAD + "a,hello,tv,1,5\n\na,hello,tv,1,5\n",
                   "flights.csv:4: name: the flight 'a' twice (first on line 2); want it once"),
    "name with a dot": (HEAD + "a.b,hello,tv,1,5\n", "flights.csv:2: a.b: the name 'a.b'; want a name of up to 80"),
    "too many cells": (HEAD + "a,hello,tv,1,5,6\n", "flights.csv:2: row: '6' in column 6; the header has 5 columns"),
    "unknown channel": (HEAD + "a,hello,ttv,1,5\n",
                        "flights.csv:2: channel: no channel is named 'ttv'; want one of tv, clips (did you mean tv?)"),
    "unknown message": (HEAD + "a,hallo,tv,1,5\n", "flights.csv:2: message: no message is named 'hallo'"),
    "unknown segment": ("name,message,channel,to,days,grp\na,hello,tv,old|yung,1,5\n",
                        "flights.csv:2: to: no segment is named 'yung'; want one of young, old (did you mean young?)"),
    "no channel": (HEAD + "a,hello,,1,5\n", "flights.csv:2: channel: missing; want a name"),
    "day outside": (HEAD + "a,hello,tv,1-9,5\n", "flights.csv:2: days: day 9; want a day of the run, 1 to 5"),
    "days backwards": (HEAD + "a,hello,tv,4-2,5\n", "flights.csv:2: days: '4-2'; want days from 1 up"),
    "last before first": ("name,message,channel,first_day,last_day,grp\na,hello,tv,4,2,5\n",
                          "flights.csv:2: last_day: 2 before first_day 4; want a last day that is not before"),
    "first alone": ("name,message,channel,first_day,last_day,grp\na,hello,tv,4,,5\n",
                    "flights.csv:2: last_day: first_day alone; want both first_day and last_day"),
    "days and first": ("name,message,channel,days,first_day,grp\na,hello,tv,4,4,5\n",
                       "flights.csv:2: first_day: both days and first_day; want days, or first_day and last_day"),
    "turned into a date": (HEAD + "a,hello,tv,12-Jan,5\n",
                           "flights.csv:2: days: '12-Jan'; want days such as 1-14 (spreadsheets turn 1-12 into a date: use"),
    "date of a country": (HEAD + "a,hello,tv,01/03/2027,5\n",
                          "flights.csv:2: days: '01/03/2027'; want days such as 1-14 (write dates as 2027-03-01)"),
    "no such date": (HEAD + "a,hello,tv,2027-02-30,5\n", "flights.csv:2: days: '2027-02-30'; want days such as"),
    "date without start": (HEAD + "a,hello,tv,2027-03-01,5\n",
                           "flights.csv:2: days: the date 2027-03-01; want a day such as 12, or `start` in the scenario"),
    "words": (HEAD + "a,hello,tv,1,lots\n", "flights.csv:2: budget: 'lots'; want a number from 0 to"),
    "thousands": (HEAD + 'a,hello,tv,1,"60,000"\n',
                  "flights.csv:2: budget: '60,000', with thousands separators; want a number without thousands "
                  "separators (write 60000)"),
    "thousands and cents": (HEAD + 'a,hello,tv,1,"1,250.50"\n', "(write 1250.50)"),
    "thousands by space": (HEAD + "a,hello,tv,1,60 000\n", "separators (write 60000)"),
    "thousands by no-break space": (HEAD + "a,hello,tv,1,1\u00a0060\u00a0000\n", "separators (write 1060000)"),
    "thousands by apostrophe": (HEAD + "a,hello,tv,1,60'000\n", "separators (write 60000)"),
    "thousands by underscore": (HEAD + "a,hello,tv,1,60_000\n", "separators (write 60000)"),
    "in doubt": (HEAD + "a,hello,tv,1,60.000\n",
                 "flights.csv:2: budget: '60.000', which may be 60000 or 60; want a number without thousands separators "
                 "(write 60000 or 60)"),
    "in doubt with semicolons": (HEAD.replace(",", ";") + "a;hello;tv;1;1,250\n", "which may be 1250 or 1.25;"),
    "continental thousands": (HEAD.replace(",", ";") + "a;hello;tv;1;1.250,50\n", "(write 1250.50)"),
    "decimal comma": (HEAD + 'a,hello,tv,1,"0,5"\n',
                      "flights.csv:2: budget: '0,5', with a decimal comma; want a decimal point, or a file separated by "
                      "semicolons (write 0.5)"),
    "money sign": (HEAD + "a,hello,tv,1,$5\n", "flights.csv:2: budget: '$5'; want a number"),
    "negative": (HEAD + "a,hello,tv,1,-5\n", "flights.csv:2: budget: -5; want a number from 0"),
    "infinite": (HEAD + "a,hello,tv,1,1e999\n", "flights.csv:2: budget: inf; want a number from 0"),
    "half an insertion": ("name,message,channel,days,insertions,reach_first\na,hello,tv,1,1.5,0.2\n",
                          "flights.csv:2: insertions: 1.5; want a whole number from 1"),
    "insertions alone": ("name,message,channel,days,insertions\na,hello,tv,1,2\n",
                         "flights.csv:2: a: insertions without insertion_reach; want reach_first and reach_second"),
    "second reach": ("name,message,channel,days,insertions,reach_first,reach_second\na,hello,tv,1,2,0.5,0.8\n",
                     "flights.csv:2: reach_second: 0.8; want a share above 0.5 (first) and below 0.75"),
    "half a cap": ("name,message,channel,days,grp,cap_times\na,hello,tv,1,2,3\n",
                   "flights.csv:2: cap_per_days: missing; want a whole number from 1"),
    "bought twice": ("name,message,channel,days,grp,budget\na,hello,tv,1,2,3\n",
                     "flights.csv:2: a: bought by budget and grp; want exactly one of budget, impressions, grp"),
    "shape": ("name,message,channel,days,grp,shape\na,hello,tv,1,2,evn\n",
              "flights.csv:2: shape: 'evn'; want one of even, front, back (did you mean even?)"),
    "posts with commas": ('name,message,channel,posts\na,hello,clips,"1,3"\n',
                          "flights.csv:2: posts: '1,3'; want days with spaces between: 3 10 17 (write 1 3)"),
    "posts on tv": ("name,message,channel,posts\na,hello,tv,1 3\n", "flights.csv:2: posts: posts on tv, a broadcast"),
    "post outside": ("name,message,channel,posts\na,hello,clips,1 30\n", "flights.csv:2: posts: day 30; want a day"),
    "open quote": (HEAD + 'a,hello,tv,1,5\nb,"hello,tv,1,5\n', "flights.csv:3: no CSV from here on:"),
    "latin-1": ((HEAD + "ä,hello,tv,1,5\n").encode("latin-1"), "flights.csv:2: byte 0xe4 is not UTF-8; want UTF-8 text"),
    "workbook": (b"PK\x03\x04", "flights.csv: a spreadsheet's own file; want a CSV table (save it as CSV (UTF-8))"),
    "binary": (b"name\0", "flights.csv: a binary file; want a CSV table in plain text"),
    "empty": ("", "flights.csv: an empty file; want a header: name, message, channel"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_by_line_and_column(slip: str, tmp_path: Path) -> None:
    table, words = SLIPS[slip]
    told = faults(tmp_path, table)
    assert any(words in fault for fault in told), "\n".join(told)
    assert len(told) == len(set(told))


@pytest.mark.parametrize(
    "slip", sorted(set(SLIPS) - {"bought twice", "insertions alone", "half an insertion"})
)
def test_one_slip_is_one_fault(slip: str, tmp_path: Path) -> None:
    table, words = SLIPS[slip]
    told = faults(tmp_path, table)
    assert len(told) == 1, "\n".join(told)
    assert words in told[0]


def test_all_faults_of_table_and_scenario_come_together(tmp_path: Path) -> None:
    table = HEAD + 'a,hello,ttv,1,"60,000"\nb,hello,tv,1-40,5\n'
    told = faults(tmp_path, table, TABLED.replace("quality: 0.6", "quality: 6"))
    where = [fault.split("; ")[0].split(": ", 1) for fault in told]
    assert where[0][0].startswith("plan.yaml:")
    assert where[0][1] == "messages.hello.quality: 6"
    assert sorted(where[1:]) == [
        ["flights.csv:2", "budget: '60,000', with thousands separators"],
        ["flights.csv:2", "channel: no channel is named 'ttv'"],
        ["flights.csv:3", "days: day 40"],
    ]


def test_faults_that_show_with_the_data_point_to_the_table(tmp_path: Path) -> None:
    made = scenario(tmp_path, CSV)
    assert made.where("plan.flights.spots.to.0").endswith("flights.csv:5: to")
    assert made.where("plan.flights.tv_hello.days").endswith("flights.csv:2: days")
    assert made.where("plan.flights.clips_hello.days").endswith(
        ("flights.csv:3: first_day", "flights.csv:3: last_day")
    )


def test_a_date_before_the_start_is_told(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        HEAD + "a,hello,tv,2027-02-28,5\n",
        TABLED.replace("days: 5", "start: 2027-03-01\ndays: 5", 1),
    )
    assert told == [
        "flights.csv:2: days: 2027-02-28, before day 1; want a date from 2027-03-01 on, the scenario's start"
    ]


@pytest.mark.parametrize(("name", "words"), [("3", "3; want the name of a CSV file"), (".", "'.' is a folder"),
                                             ("''", "''; want the name of a CSV file"), ("nowhere.csv", "no file 'nowhere.csv'")])  # fmt: skip
def test_a_table_that_is_none(name: str, words: str, tmp_path: Path) -> None:
    told = faults(tmp_path, CSV, TABLED.replace("flights_from: flights.csv", f"flights_from: {name}"))
    assert len(told) == 1
    assert told[0].startswith(
        f"plan.yaml:{TABLED[: TABLED.index('flights_from')].count(chr(10)) + 1}:3: plan.flights_from: {words}"
    )


def test_a_plan_never_ignores_a_table() -> None:
    with pytest.raises(ValueError, match="a table that is not read"):
        Plan.model_validate({"flights_from": "flights.csv"})
    assert "flights_from" not in Plan().model_dump()


def test_the_schema_for_editors_has_it() -> None:
    plan = json_schema()["$defs"]["Plan"]["properties"]
    assert plan["flights_from"]["anyOf"][0] == {"type": "string", "minLength": 1}


# Names as the scenario language allows them, rich in what a spreadsheet or a CSV reader takes for its own.
_ODD = st.sampled_from("=+-@|\\'\",;\t\r #%&()x1é\uff1d\u2028\x1c") | st.characters(
    exclude_categories=("Cs", "Cc"), exclude_characters="."
)
_EDGE = st.sampled_from("=+-@|\\'\",;x1é\uff1d") | st.characters(
    exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="."
)
NAMES = st.builds(lambda a, b, c: a + b + c, _EDGE, st.text(_ODD, max_size=8), _EDGE) | _EDGE
AMOUNT = st.floats(0, 1e7) | st.integers(0, 10**7).map(float) | st.just(-0.0)
SPANS = st.tuples(st.integers(1, 400), st.integers(0, 400)).map(lambda ends: (ends[0], sum(ends)))


@st.composite
def flights(draw: st.DrawFn) -> Flight:
    way = draw(st.sampled_from(["budget", "impressions", "grp", "insertions", "posts"]))
    made: dict[str, object] = {"message": draw(NAMES), "channel": draw(NAMES), "to": None}
    made["to"] = draw(st.none() | st.lists(NAMES, min_size=1, max_size=3).map(tuple))
    made["shape"] = draw(st.sampled_from(["even", "front", "back"]))
    if way == "posts":
        return Flight(**made, posts=tuple(draw(st.lists(st.integers(1, 36_500), min_size=1, max_size=4))))  # type: ignore[arg-type]
    made["days"] = draw(SPANS)
    if way == "insertions":
        first = draw(st.floats(0.01, 0.9))
        reach = InsertionReach(first=first, second=first + (1 - first) * first / 2)
        return Flight(**made, insertions=draw(st.integers(1, 10_000)), insertion_reach=reach)  # type: ignore[arg-type]
    cap = draw(st.none() | st.builds(Cap, times=st.integers(1, 1000), per_days=st.integers(1, 36_500)))
    return Flight(**made, **{way: draw(AMOUNT)}, cap=cap)  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(plan=st.dictionaries(NAMES, flights(), max_size=4))
def test_the_round_trip_is_exact(plan: dict[str, Flight], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("trip")
    (folder / "flights.csv").write_bytes(flights_csv(plan).encode())
    tree = Tree({"plan": {"flights_from": "flights.csv"}})
    flight_table.take_in(tree, folder)
    assert (tree.faults, tree.findings) == ([], [])
    back = Plan.model_validate(tree.value["plan"]).flights
    assert list(back) == list(plan)
    # As text, so that 0.0 is not -0.0.
    assert {name: repr(flight) for name, flight in back.items()} == {n: repr(f) for n, f in plan.items()}


@settings(max_examples=200, deadline=None)
@given(st.text(_ODD, max_size=6) | st.from_regex(r"\A'*[=+\-@\t\r]?x?\Z"))
def test_no_cell_is_a_formula_and_none_is_lost(text: str) -> None:
    written = table_cells.safe(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))
    assert table_cells.unsafe(written) == text


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back_as_the_same_bits(value: float) -> None:
    back = table_cells.number(table_cells.number_text(value), ",")
    assert isinstance(back, int | float)
    assert float(back).hex() == value.hex()


def test_a_table_names_no_column_twice_and_every_key_of_a_flight() -> None:
    keys = {path[0] for path in COLUMNS.values() if path}
    assert keys == set(Flight.model_fields)


def test_dayparts_go_out_and_come_back(tmp_path: Path) -> None:
    hours = "dayparts: {day: {share: 0.6}, night: {share: 0.4, receptive: 2}}, "
    text = TABLED.replace("tv: {kind", f"tv: {{{hours}kind", 1)
    assert text != TABLED
    table = "name,message,channel,days,budget,dayparts\nspots,hello,tv,1-4,900,day | night\n"
    read = scenario(tmp_path, table, text)
    assert read.plan.flights["spots"].dayparts == ("day", "night")
    assert "day|night" in flights_csv(read.plan.flights)
    again = scenario(tmp_path, flights_csv(read.plan.flights), text)
    assert again.plan.flights == read.plan.flights
