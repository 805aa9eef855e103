"""The workbook for a client: real numbers in their units, nothing that computes, the same bytes each time."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from sim.errors import InputError
from sim.experiment.compare import Comparison, compare
from sim.experiment.runner import run
from sim.results import catalog
from sim.results.frames import Result
from sim.results.workbook.book import number_format
from sim.scenario.schema import Scenario
from tests.e2e.texts import TINY

EVIL = "=cmd|' /C calc'!A0"
RUN_SHEETS = ["Summary", "Indicators", "Daily", "Flights", "Partners", "Objectives", "About"]
COMPARED = ["Summary", "Differences", "What differs", "Daily", "Flights", "Partners", "Objectives", "About"]
TEXT = (
    TINY.replace("tv_hello:", f'"{EVIL}":')
    .replace("    old:", '    "@old":')
    .replace("voices:", '"+voices":')
)
TEXT = TEXT.replace("name: Tiny", f'name: "{EVIL}"\nstart: 2027-03-01')


def scenario(folder: Path, *overrides: str, text: str = TEXT) -> Scenario:
    (folder / "plan.yaml").write_text(text, "utf-8")
    return Scenario.load(folder / "plan.yaml", overrides)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Result]:
    folder = tmp_path_factory.mktemp("plans")
    fewer = "plan.flights.clips_hello.impressions=10_000"
    return run(scenario(folder), replications=40), run(scenario(folder, fewer, "name=-Less"), replications=40)


@pytest.fixture(scope="module")
def comparison(results: tuple[Result, Result]) -> Comparison:
    return compare(*results)


@pytest.fixture(scope="module")
def one(results: tuple[Result, Result], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return results[0].to_excel(tmp_path_factory.mktemp("one") / "deep" / "plan.xlsx")


@pytest.fixture(scope="module")
def both(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return comparison.to_excel(tmp_path_factory.mktemp("both") / "plans.xlsx")


def book(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def cells(path: Path) -> Iterator[Any]:
    for sheet in book(path):
        for row in sheet.iter_rows():
            yield from row


def table(sheet: Worksheet) -> list[dict[str, Any]]:
    """Return the rows under a header in the first row, up to the first blank one."""
    head, *rows = sheet.iter_rows(values_only=True)
    out = []
    for row in rows:
        if row[0] is None:
            break
        out.append(dict(zip(head, row, strict=True)))
    return out


def test_the_sheets_and_their_headers(one: Path, both: Path) -> None:
    assert book(one).sheetnames == RUN_SHEETS
    assert book(both).sheetnames == COMPARED
    for path in (one, both):
        for sheet in book(path):
            if sheet.title not in ("Summary", "About"):
                assert sheet.freeze_panes == "B2", sheet.title
                assert sheet.auto_filter.ref, sheet.title
            assert all(letter.width and letter.width >= 6 for letter in sheet.column_dimensions.values())


def test_indicators_are_the_summary_as_real_numbers(one: Path, results: tuple[Result, Result]) -> None:
    frame = results[0].summary
    told = {(r["Name"], r["Segment"], r["Channel"]): r for r in table(book(one)["Indicators"])}
    assert len(told) == len(frame)
    for row in frame.to_dict("records"):
        found = told[row["metric"], row["segment"], row["channel"]]
        for title, key in (("Mean", "mean"), ("Mean, lower end", "mean_lo"), ("97.5 % below", "p97_5")):
            value = row[key]
            assert found[title] == (None if value != value else pytest.approx(value, rel=1e-14)), row
            assert not isinstance(found[title], str)
    first = table(book(one)["Indicators"])[0]
    assert (first["Name"], first["Segment"], first["Channel"]) == ("reach", "all", "all")


def test_numbers_wear_the_format_of_their_unit(one: Path) -> None:
    sheet = book(one)["Indicators"]
    head = [cell.value for cell in sheet[1]]
    mean, name = head.index("Mean"), head.index("Name")
    formats = {
        row[name].value: row[mean].number_format
        for row in sheet.iter_rows(min_row=2)
        if row[2].value == "all"
    }
    assert re.fullmatch(r"0\.0+%", formats["reach"])
    assert re.fullmatch(r"\+0\.0+%;-0\.0+%;0\.0+%", formats["awareness_lift"])
    assert formats["contacts"] == "#,##0"
    assert re.fullmatch(r"\[\$USD\] #,##0(\.00)?", formats["spend"])
    assert re.fullmatch(r"\[\$USD\] #,##0(\.00)?", formats["cpm"])
    units = {row[name].value: row[head.index("Unit")].value for row in sheet.iter_rows(min_row=2)}
    assert (units["reach"], units["awareness_lift"]) == ("%", "percentage points")


@pytest.mark.parametrize(
    ("unit", "values", "wanted"),
    [
        ("share", [0.4387], "0.0%"),
        ("share", [0.0004], "0.000%"),
        ("share", [0.4387, 0.4386, 0.4388], "0.00%"),
        ("people", [1_234_567.8], "#,##0"),
        ("EUR", [1234.0], "[$EUR] #,##0"),
        ("EUR per GRP", [12.0], "[$EUR] #,##0.00"),
        ("points", [300.0], "#,##0.0"),
        ("contacts per person", [3.3], "#,##0.00"),
        ("share", [], "0.0%"),
        ("attitude", [float("nan")], "#,##0.000"),
    ],
)
def test_number_formats(unit: str, values: list[float], wanted: str) -> None:
    assert number_format(unit, values) == wanted


def test_daily_is_the_daily_frame(one: Path, results: tuple[Result, Result]) -> None:
    rows = table(book(one)["Daily"])
    daily = results[0].daily
    assert [row["Day"] for row in rows] == [1, 2, 3, 4, 5]
    assert str(rows[1]["Date"]).startswith("2027-03-02")
    for title, metric in (("Reach", "reach"), ("Awareness", "awareness"), ("Paid contacts", "contacts")):
        whole = daily[(daily.metric == metric) & (daily.segment == "all") & (daily.channel == "all")]
        assert [row[title] for row in rows] == pytest.approx(
            whole.sort_values("day")["mean"].tolist(), rel=1e-14
        )
    assert rows[4]["Reach, 95 % of worlds from"] <= rows[4]["Reach"] <= rows[4]["Reach, 95 % of worlds to"]


def test_flights_partners_and_objectives(one: Path, results: tuple[Result, Result]) -> None:
    flights = {row["Flight"]: row for row in table(book(one)["Flights"])}
    assert set(flights) == {EVIL, "clips_hello"}
    tv = flights[EVIL]
    assert (tv["First day"], tv["Last day"], tv["Bought by"], tv["Amount"]) == (1, 4, "budget", 900)
    assert str(tv["Last date"]).startswith("2027-03-04")
    assert (tv["Impressions bought"], tv["Spend"], tv["Segments"]) == (25_000, 900, "all")
    assert flights["clips_hello"]["Cap"] == "2 per 3 days"
    (voices,) = table(book(one)["Partners"])
    assert (voices["Booking"], voices["People"], voices["Fees"], voices["Disclosed"]) == (
        "+voices",
        3,
        150,
        "yes",
    )
    (known,) = table(book(one)["Objectives"])
    assert known["Objective"] == "known"
    assert known["Expected"] == pytest.approx(results[0].value("awareness"))
    assert known["Worlds that meet it"] == pytest.approx(results[0].value("objective:known"))
    assert known["Verdict"] == "✓ as surely as asked"


def test_the_summary_says_the_headline_and_its_figures(one: Path, results: tuple[Result, Result]) -> None:
    rows = list(book(one)["Summary"].iter_rows(values_only=True))
    plain = [str(row[0]).replace("\u00a0", " ") for row in rows]
    for sentence in results[0].headline():
        assert sentence.replace("\u00a0", " ").replace("\u2060", "") in plain
    reach = next(row for row in rows if row[0] == "Reach")
    assert reach[1] == pytest.approx(results[0].value("reach"))
    assert reach[3] <= reach[1] <= reach[4]
    assert reach[5] == "worlds"
    split = [row[0] for row in rows if row[0] in ("tv", "clips", "young", "@old")]
    assert split == ["clips", "tv", "young", "@old"]


def test_about_tells_where_the_numbers_come_from(one: Path, results: tuple[Result, Result]) -> None:
    rows = [row[:5] for row in book(one)["About"].iter_rows(values_only=True)]
    facts = {row[0]: row[1] for row in rows}
    known = results[0].provenance
    assert facts["Scenario hash"] == known["scenario_hash"]
    assert facts["Master seed"] == "3"
    assert facts["Version of numpy"] == known["versions"]["numpy"]
    explained = {row[0]: row[2] for row in rows}
    for metric in set(results[0].summary.metric) & set(catalog.METRICS):
        about = catalog.METRICS[metric]
        assert explained[about.title].lower() == about.definition.lower()
    text = " ".join(str(row[0]) for row in rows)
    assert "the simulation's, not reality's" in text


def test_nothing_in_it_computes(one: Path, both: Path) -> None:
    """Names that a spreadsheet would run stay names, and no cell is a formula or a link."""
    for path in (one, both):
        assert EVIL in [cell.value for cell in cells(path)]
        assert {cell.data_type for cell in cells(path)} <= {"s", "n", "d"}
        assert not any(cell.hyperlink for cell in cells(path))
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                text = parts.read(name).decode("utf-8")
                assert "<f>" not in text or "/charts/" in name, name
                assert "TargetMode=" not in text, name
                for formula in re.findall(r"<c:f>(.*?)</c:f>", text):
                    assert re.fullmatch(r"Daily!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", formula), formula


def test_charts_draw_the_days(one: Path, both: Path) -> None:
    for path, n_series in ((one, [4, 2, 1]), (both, [2, 2, 2])):
        with zipfile.ZipFile(path) as parts:
            charts = [parts.read(f"xl/charts/chart{k}.xml").decode() for k in (1, 2, 3)]
        assert [chart.count("<c:ser>") for chart in charts] == n_series
        assert all(
            "$2:$" in formula
            for chart in charts
            for formula in re.findall("<c:yVal>.*?<c:f>(.*?)</c:f>", chart)
        )


def test_the_same_inputs_give_the_same_bytes(
    results: tuple[Result, Result], one: Path, tmp_path: Path
) -> None:
    again = Result(
        **{**vars(results[0]), "provenance": {**results[0].provenance, "start": "x", "wall_seconds": 9}}
    )
    assert again.to_excel(tmp_path / "again.xlsx").read_bytes() == one.read_bytes()
    other = results[1].to_excel(tmp_path / "other.xlsx")
    assert other.read_bytes() != one.read_bytes()


def test_differences_are_the_comparison(both: Path, comparison: Comparison) -> None:
    rows = table(book(both)["Differences"])
    frame = comparison.frame
    assert len(rows) == len(frame)
    told = {(row["Name"], row["Segment"], row["Channel"]): row for row in rows}
    for metric in ("reach", "contacts", "spend", "awareness"):
        row = frame[(frame.metric == metric) & (frame.segment == "all") & (frame.channel == "all")].iloc[0]
        found = told[metric, "all", "all"]
        assert (found["Plan"], found["Against"]) == ("A", "B")
        assert found["Difference"] == pytest.approx(row.difference, rel=1e-12)
        assert found["95 %, from"] == pytest.approx(row.diff_lo, rel=1e-12)
        assert found["Chance that the plan is higher"] == pytest.approx(row.p_better)
        assert found["Worlds in which it is higher"] == pytest.approx(row.share_of_worlds)
        assert found["Clear"] == ("yes" if row.diff_lo > 0 or row.diff_hi < 0 else "no")
    assert told["reach", "all", "all"]["Clear"] == "yes"
    assert told["reach", "all", "tv"]["Clear"] == "no"


def test_a_comparison_shows_each_plan(both: Path, results: tuple[Result, Result]) -> None:
    rows = list(book(both)["Summary"].iter_rows(values_only=True))
    head = next(row for row in rows if row[0] == "Indicator")
    reach = dict(zip(head, next(row for row in rows if row[0] == "Reach"), strict=True))
    assert reach["A, mean"] == pytest.approx(results[0].value("reach"))
    assert reach["B, mean"] == pytest.approx(results[1].value("reach"))
    assert [row[0] for row in rows if str(row[0]).startswith(("A: ", "B: "))] == [f"A: {EVIL}", "B: -Less"]
    changed = {row["Address in the scenario"]: row for row in table(book(both)["What differs"])}
    assert changed["plan.flights.clips_hello.impressions"] == {
        "Address in the scenario": "plan.flights.clips_hello.impressions", "A": "30,000", "B": "10,000"
    }  # fmt: skip
    assert {row["Plan"] for row in table(book(both)["Flights"])} == {"A", "B"}
    last = table(book(both)["Daily"])[-1]
    assert last["Reach, A"] == pytest.approx(results[0].value("reach"))
    assert last["Reach, B"] == pytest.approx(results[1].value("reach"))


def test_one_world_and_no_plan(tmp_path: Path) -> None:
    """Without spread, flights, partners or objectives there is a workbook all the same."""
    bare = re.sub(r"  flights:\n(    .*\n)+  partners:\n(    .*\n)+", "  flights: {}\n", TINY)
    bare = bare[: bare.index("objectives:")]
    path = run(scenario(tmp_path, text=bare), replications=1).to_excel(tmp_path / "bare.xlsx")
    assert book(path).sheetnames == RUN_SHEETS
    assert "The plan books no partners." in [cell.value for cell in cells(path)]


def test_odd_text_is_kept_readable(results: tuple[Result, Result], tmp_path: Path) -> None:
    """Control characters, a lone surrogate and endless text break no file."""
    name = "a\x01b\ud800" + "x" * 40_000
    provenance = {**results[0].provenance, "scenario": {**results[0].provenance["scenario"], "name": name}}
    path = Result(**{**vars(results[0]), "provenance": provenance}).to_excel(tmp_path / "odd.xlsx")
    title = book(path)["Summary"]["A1"].value
    assert len(title) <= 32_767
    assert title.endswith("…")


@pytest.mark.parametrize("name", ["plan.xls", "plan", "plan.csv"])
def test_a_name_that_is_no_workbook(name: str, results: tuple[Result, Result], tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"no name of a workbook; want a name that ends in \.xlsx \(write plan\.xlsx\)"
    ):
        results[0].to_excel(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
