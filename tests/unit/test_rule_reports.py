"""What summary, report and workbook say of rules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from sim.errors import InputError
from sim.experiment.runner import run
from sim.results.catalog import metric_of, rule_of
from sim.results.frames import Result
from tests import plans
from tests.properties.test_listening import unhappy
from tests.unit.test_report import run_report, words_of


@pytest.fixture(scope="module")
def ruled() -> Result:
    """Run a plan whose first rule fires in some worlds, its second in all, its third in none."""
    plan = plans.television(60, agents=400, days=12, replications=40)
    spot = plan["plan"]["flights"]["spot"]
    plan["plan"]["flights"]["later"] = {**spot, "grp": 20, "days": "6-12"}
    plan["plan"]["rules"] = {
        "enough": {
            "when": {"metric": "reach", "above": 0.352},
            "then": {"pause": "spot"},
            "days": "1-11",
        },
        "move": {
            "when": {"metric": "contacts", "segment": "people", "above": 0.0, "for_days": 2},
            "then": {"shift_budget": {"from": "spot", "to": "later", "share": 0.25}},
            "once": False,
            "days": "1-8",
        },
        "never": {"when": {"metric": "awareness", "above": 1.0}, "then": {"resume": "spot"}},
    }
    return run(plans.build(plan))


def test_summary_tells_how_often_and_when(ruled: Result) -> None:
    by_world = {m: g.value.to_numpy() for m, g in ruled.worlds.groupby("metric") if m.startswith("rule_")}
    fired, first = by_world["rule_fired:enough"], by_world["rule_first_day:enough"]
    assert 0 < fired.sum() < 40
    np.testing.assert_array_equal(np.isfinite(first), fired == 1.0)
    assert ruled.value("rule_fired:enough") == fired.mean()
    assert ruled.value("rule_first_day:enough") == pytest.approx(np.nanmean(first))
    assert ruled.value("rule_times:move") == 4.0  # on evenings 2, 4, 6 and 8
    assert ruled.value("rule_fired:never") == 0.0
    assert np.isnan(ruled.value("rule_first_day:never"))
    row = ruled.summary[ruled.summary.metric == "rule_fired:enough"].iloc[0]
    assert 0.0 < row.mean_lo < row["mean"] < row.mean_hi < 1.0


def test_spend_follows_the_rules_of_each_world(ruled: Result) -> None:
    def of(metric: str) -> np.ndarray:
        rows = ruled.worlds[(ruled.worlds.metric == metric) & (ruled.worlds.channel == "all")]
        return rows[rows.segment == "all"].value.to_numpy()

    spend, fired = of("spend"), of("rule_fired:enough") == 1.0
    whole = of("impressions_bought")[0] * 20.0 / 1000
    assert (spend[fired] < whole * (1 - 1e-3)).all()
    np.testing.assert_allclose(spend[~fired], whole, rtol=1e-9)
    np.testing.assert_allclose(spend, (of("impressions_bought") - of("impressions_undelivered")) * 0.02)
    cost = ruled.value("cost_per_acquisition")
    assert np.isnan(cost) or cost == pytest.approx(spend.mean() / of("acquisitions").mean())


def test_report_says_what_each_rule_is_and_did(ruled: Result, tmp_path: Path) -> None:
    words = words_of(run_report(ruled, tmp_path / "report.html"))
    for text in (
        "What the plan changes by itself during the run.",
        "Reach above 35.2 %, on days 1-11", "pause spot", "25.0 % of what spot has left to later", "resume spot",
        "Paid contacts, people above 0 contacts for 2 days, on days 1-8, each time anew",
    ):  # fmt: skip
        assert text in words, text
    book = openpyxl.load_workbook(ruled.to_excel(tmp_path / "out.xlsx"))
    told = {
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert "Rule enough, fired" in told


def test_a_plan_without_rules_has_no_section(tmp_path: Path) -> None:
    plain = run(plans.build(plans.television(60, agents=100, days=3)))
    assert "What the plan changes by itself" not in words_of(run_report(plain, tmp_path / "report.html"))


def test_report_tells_what_was_heard_and_answered(tmp_path: Path) -> None:
    told = {"cover": 1.0, "reply": "one_public", "capacity_per_day": 3.0, "cost_per_reply": 2.0}
    words = words_of(run_report(run(plans.build(unhappy(**told))), tmp_path / "report.html"))
    for text in (
        "A complaint is answered once, before all who heard it. At most 3 replies a day.",
        "Complaints heard", "Reply rate", "36 replies", "USD 72.00",
    ):  # fmt: skip
        assert text in words, text
    silent = words_of(run_report(run(plans.build(unhappy())), tmp_path / "silent.html"))
    assert "Complaints heard" not in silent


def test_names_of_rule_indicators() -> None:
    assert rule_of("rule_fired:calm") == ("rule_fired:", "calm")
    assert rule_of("rule_fired:") is None
    assert metric_of("rule_times:calm").unit == "times"
    with pytest.raises(InputError):
        metric_of("rule_fired:")
