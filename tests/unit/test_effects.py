"""What reports and workbooks say of partners and of the response curve, and when they keep still."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from sim.experiment.compare import compare
from sim.experiment.runner import run
from sim.results.frames import Result
from sim.results.report import effect_parts, wording
from sim.results.report.fact_parts import Run
from tests import plans
from tests.e2e.texts import TINY
from tests.known.test_seeding import busy
from tests.unit.test_report import Structure, comparison_report, run_report, words_of
from tests.unit.test_workbook import scenario, table

FACTORS = "response=[0, 1, 2]"


@pytest.fixture(scope="module")
def busy_result() -> Result:
    return run(plans.build({**busy(), "response": [0.5, 1, 2], "replications": 12}))


@pytest.fixture(scope="module")
def busy_words(busy_result: Result, tmp_path_factory: pytest.TempPathFactory) -> str:
    return words_of(run_report(busy_result, tmp_path_factory.mktemp("busy") / "report.html"))


def read(result: Result) -> Run:
    return Run("x", result.summary, result.daily, result.worlds, result.provenance)


def sentence(result: Result) -> str:
    run_read = read(result)
    return effect_parts.marginal_sentence(run_read, effect_parts.levels(run_read)).replace(wording.NBSP, " ")


def test_the_report_says_what_partners_are_worth(busy_result: Result, busy_words: str) -> None:
    value = busy_result.value("seeding_value")
    assert value > 0
    assert re.search(
        rf"By day 25 the partners are worth \+{value:,.0f} adopter-days \(95 % interval [^)]+\) for USD 160\.00 of "
        r"fees: [+−][\d,]+ by people who adopt in either case, at another time, [+−][\d,]+ by people who adopt in one",
        busy_words,
    )
    assert "Value, young" in busy_words
    assert "Seeding value adopter-days Days lived as an adopter" in busy_words


def test_the_report_says_what_the_next_step_brings(busy_result: Result, busy_words: str) -> None:
    told = sentence(busy_result)
    assert told in busy_words
    more = busy_result.value("response:2:spend") - busy_result.value("spend")
    assert told.startswith(f"From ×1 to ×2 the plan costs USD {more:,.2f} more, reaches ")
    points = 100 * (busy_result.value("response:2:reach") - busy_result.value("reach"))
    assert f"reaches {points:.1f} points more of the people (95 % interval " in told
    adopters = 4500 * (busy_result.value("response:2:adoption") - busy_result.value("adoption"))
    if "for each further adoption" in told:
        assert f"USD {more / adopters:,.2f} for each further adoption" in told
    assert "… at ×0.5, ×1, ×2 as the indicator" in busy_words
    assert "×1 the plan USD" in busy_words


def test_a_difference_that_is_not_clear_is_not_claimed(busy_result: Result) -> None:
    """The same figures at ×2 as at ×1, but for luck that is not paired: nothing may be claimed."""
    worlds = busy_result.worlds.copy()
    for metric in ("reach", "awareness", "adoption"):
        own = (worlds.metric == metric) & (worlds.segment == "all") & (worlds.channel == "all")
        far = worlds.metric == f"response:1:{metric}"
        worlds.loc[worlds.metric == f"response:2:{metric}", "value"] = worlds.loc[own, "value"].to_numpy()[
            ::-1
        ]
        assert far.sum() == own.sum()
    told = sentence(Result(busy_result.summary, worlds, busy_result.daily, busy_result.provenance))
    assert told.endswith("; there is no clear difference in reach, awareness and adoption.")


def test_with_lower_factors_only_the_step_goes_down(tmp_path: Path) -> None:
    result = run(scenario(tmp_path, "response=[0.25, 0.5]", text=TINY), replications=6)
    told = sentence(result)
    assert told.startswith("From ×1 to ×0.5 the plan costs USD ")
    assert " less, reaches " in told
    assert "points fewer of the people" in told
    assert "×1 the plan" in words_of(
        run_report(result, tmp_path / "report.html")
    )  # though it was not asked for


def test_a_plan_that_nothing_scales_says_so(tmp_path: Path) -> None:
    text = re.sub(r"  flights:\n(    .*\n)+", "  flights: {}\n", TINY)
    result = run(scenario(tmp_path, FACTORS, text=text), replications=4)
    assert sentence(result).startswith("Nothing in the plan is bought by budget, impressions or GRP")
    run_report(result, tmp_path / "report.html")


def test_without_a_price_the_axis_is_the_factor(tmp_path: Path) -> None:
    text = TINY.replace("medium: tv}", "medium: tv, cpm: 30}").replace("cpm: 6, ", "")
    text = text.replace("replications: 3", "replications: 3\ncurrency: PEN").replace(
        "budget: 900", "impressions: 30_000"
    )
    result = run(scenario(tmp_path, FACTORS, text=text), replications=4)
    page = run_report(result, tmp_path / "report.html")
    told = sentence(result)
    assert told.startswith("From ×1 to ×2 the plan reaches ")
    assert "PEN" not in told
    assert "Factor on what is bought" in page
    assert "nan" not in words_of(page).lower().split()


@pytest.mark.parametrize("n_worlds", [1, 2, 40])
def test_any_number_of_worlds_makes_a_report_that_draws_the_same_twice(n_worlds: int, tmp_path: Path) -> None:
    result = run(scenario(tmp_path, FACTORS, text=TINY), replications=n_worlds)
    first, second = (run_report(result, tmp_path / f"{k}.html") for k in range(2))
    assert first == second
    page = Structure(first)
    assert page.open == []
    words = words_of(first)
    assert "nan" not in words.lower().split()
    assert "Less and more of the same plan" in words
    assert ("Band: 95 % of worlds" in words) == (n_worlds == 40)


def test_not_asked_and_nobody_booked_leave_no_section(tmp_path: Path) -> None:
    text = re.sub(r"  partners:\n(    .*\n)+", "", TINY)
    words = words_of(run_report(run(scenario(tmp_path, text=text), replications=3), tmp_path / "report.html"))
    for absent in ("What the partners are worth", "Less and more", "adopter-days", "… at ×"):
        assert absent not in words


def test_the_workbook_has_the_curve_as_numbers(busy_result: Result, tmp_path: Path) -> None:
    path = busy_result.to_excel(tmp_path / "plan.xlsx")
    sheets = openpyxl.load_workbook(path)
    assert sheets.sheetnames.index("Response") == sheets.sheetnames.index("Daily") + 1
    rows = table(sheets["Response"])
    assert [row["Factor"] for row in rows] == [0.5, 1, 2]
    for row in rows:
        name = f"response:{row['Factor']:g}"
        for title, metric in (
            ("Spend", "spend"),
            ("Awareness", "awareness"),
            ("Adoption, lift", "adoption_lift"),
        ):
            assert row[title] == pytest.approx(busy_result.value(f"{name}:{metric}"), rel=1e-12)
        assert row["Awareness, 95 % from"] <= row["Awareness"] <= row["Awareness, 95 % to"]
    summary = {row[0]: row for row in sheets["Summary"].iter_rows(values_only=True)}
    assert summary["Seeding value"][1] == pytest.approx(busy_result.value("seeding_value"))
    assert summary["Seeding value"][2] == "adopter-days"
    about = {row[0] for row in sheets["About"].iter_rows(values_only=True)}
    assert {"Seeding value, expansion", "Adoption at ×0.5"} <= about
    titles = {row["Indicator"] for row in table(sheets["Indicators"])}
    assert "Awareness at ×2" in titles
    with zipfile.ZipFile(path) as parts:
        charts = [
            parts.read(n).decode() for n in parts.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", n)
        ]
    assert sum("<c:f>Response!$A$2:$A$4</c:f>" in chart for chart in charts) == 2


def test_plans_side_by_side(busy_result: Result, tmp_path: Path) -> None:
    other = run(plans.build({**busy(post_on=[20]), "response": [1, 2], "name": "Late", "replications": 12}))
    both = compare(busy_result, other)
    words = words_of(comparison_report(both, tmp_path / "report.html"))
    assert "Seeding value" in words
    rows = table(openpyxl.load_workbook(both.to_excel(tmp_path / "plans.xlsx"))["Response"])
    assert [(row["Plan"], row["Factor"]) for row in rows] == [
        ("A", 0.5),
        ("A", 1),
        ("A", 2),
        ("B", 1),
        ("B", 2),
    ]
    paired = both.frame.set_index("metric").loc["response:2:spend"]
    assert paired.difference == pytest.approx(80.0)  # a post less of eight partners
