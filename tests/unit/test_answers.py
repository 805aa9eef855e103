"""Answers: verdicts from worlds, and the sentences made of them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.experiment.compare import Comparison, compare
from sim.results import answer
from sim.results.answer import Meeting, rank
from sim.results.catalog import response_name
from sim.results.frames import Result
from sim.results.report import wording
from sim.results.response import RESPONSE_METRICS
from tests.unit.test_report import comparison_report, made_up, run_report, words_of

ONE_PUBLIC = np.zeros(4, np.int64)


def test_the_best_is_set_against_each_other_plan() -> None:
    base = np.array([0.10, 0.20, 0.30, 0.40])
    values = np.stack([base, base + 0.05 + 0.001 * np.arange(4), base + 0.02], axis=1)
    found = rank(values, ONE_PUBLIC, higher_is_better=True)
    assert found.order == (1, 2, 0)
    assert [gap.other for gap in found.gaps] == [2, 0]
    assert found.gaps[0].mean == pytest.approx(0.0315)
    assert 0 < found.gaps[0].low < 0.0315 < found.gaps[0].high
    assert found.gaps[0].share_of_worlds == 1
    assert found.is_settled
    assert not found.open
    turned = rank(values, ONE_PUBLIC, higher_is_better=False)
    assert turned.order == (0, 2, 1)
    assert (turned.gaps[0].low, turned.gaps[0].high) == pytest.approx((0.02, 0.02))
    assert all(gap.mean > 0 for gap in turned.gaps)


def test_what_chance_may_do_is_not_settled() -> None:
    values = np.array([[1.0, 1.1, 0.2], [1.0, 0.8, 0.3], [1.0, 1.3, 0.1], [1.0, 1.0, 0.2]])
    found = rank(values, ONE_PUBLIC, higher_is_better=True)
    assert found.order == (1, 0, 2)
    assert not found.is_settled
    assert [gap.other for gap in found.open] == [0]
    assert found.gaps[0].share_of_worlds == 0.5


def test_plans_that_never_differ_are_the_same_and_undefined_ones_are_left_out() -> None:
    values = np.array([[1.0, 1.0, math.nan], [2.0, 2.0, 3.0]])
    found = rank(values, np.zeros(2, np.int64), higher_is_better=True)
    assert found.order == (0, 1)
    assert found.is_same
    assert not found.is_settled
    alone = rank(values[:1, :2], np.zeros(1, np.int64), higher_is_better=True)
    assert not alone.is_settled
    assert not alone.is_same


def test_a_plan_that_does_not_tell_the_number_is_left_out() -> None:
    one = pd.Series([1.0, 2.0], [0, 1])
    values, replications = answer.side_by_side([one, pd.Series([], dtype=float), one + 1])
    assert replications.tolist() == [0, 1]
    assert np.isnan(values[:, 1]).all()
    assert rank(values, np.zeros(2, np.int64), higher_is_better=True).order == (2, 0)
    values, _ = answer.side_by_side([pd.Series([], dtype=float)] * 2)
    assert rank(values, np.zeros(0, np.int64), higher_is_better=True).order == ()
    told = lines(plans_asking({**BY_REACH, "decide_by": "purchases"}, 1.0, 1.2))
    assert told[1] == "Answer: no plan tells purchases."


def test_publics_count_as_draws_and_worlds_do_not() -> None:
    """Two publics that disagree leave open what 40 worlds of them would seem to settle."""
    public = np.arange(40) % 2
    ahead = np.where(public == 0, 0.30, -0.10) + 0.01 * np.sin(np.arange(40))
    values = np.stack([np.ones(40) + ahead, np.ones(40)], axis=1)
    assert rank(values, np.zeros(40, np.int64), higher_is_better=True).is_settled
    assert not rank(values, public, higher_is_better=True).is_settled


def meeting(plan: int, spend: float, share: float, verdict: str) -> Meeting:
    return Meeting(plan, spend, share, share - 0.1, share + 0.1, verdict)


def test_the_cheapest_that_is_as_sure_as_asked() -> None:
    found = answer.cheapest([
        meeting(0, 400, 1.0, "good"), meeting(1, 100, 0.1, "bad"), meeting(2, 300, 0.95, "good"),
        meeting(3, 200, 0.8, "open"), meeting(4, 150, 0.3, "bad"),
    ])  # fmt: skip
    assert found.best is not None
    assert (found.best.plan, found.cheaper_bad and found.cheaper_bad.plan) == (2, 4)
    assert [one.plan for one in found.cheaper_open] == [3]
    assert found.surest.plan == 0


def test_where_none_is_sure_the_surest_is_told() -> None:
    found = answer.cheapest(
        [meeting(0, 400, 0.5, "bad"), meeting(1, 100, 0.5, "bad"), meeting(2, 900, 0.7, "open")]
    )
    assert found.best is None
    assert found.surest.plan == 2
    assert [one.plan for one in found.cheaper_open] == [2]


def test_elasticity_of_a_power_law_is_its_exponent() -> None:
    low = np.array([3.0, 5.0, 4.0])
    mean, below, above = answer.elasticity(low, low * 2**0.24, 2.0, np.zeros(3, np.int64))
    assert (mean, below, above) == pytest.approx((0.24, 0.24, 0.24))
    assert math.isnan(answer.elasticity(np.array([0.0, 1.0]), np.ones(2), 2.0, np.zeros(2, np.int64))[0])


def asking(result: Result, question: Any, **parts: Any) -> Result:
    """Return the result as if its scenario had asked."""
    scenario = result.provenance["scenario"] | {"question": question} | parts
    return Result(result.summary, result.worlds, result.daily, result.provenance | {"scenario": scenario})


def plans_asking(question: dict[str, Any], *pushes: float, n_worlds: int = 40, **parts: Any) -> Comparison:
    """Return a comparison of made-up plans, the first of which asks."""
    made = [made_up(push=push, name=f"Push {push:g}", n_worlds=n_worlds) for push in pushes]
    return compare(*[asking(result, question, **parts) for result in made])


def lines(compared: Comparison | Result) -> list[str]:
    return [line.replace(wording.NBSP, " ").replace("\u2060", "") for line in compared.headline()]


BY_REACH = {
    "ask": "Which reaches most?",
    "decide_by": "reach",
    "segment": "all",
    "per": None,
    "objective": None,
}


def test_question_and_answer_are_the_first_lines(tmp_path: Path) -> None:
    compared = plans_asking(BY_REACH, 1.0, 1.2, 1.1)
    told = lines(compared)
    means = [result.value("reach") for _, result in compared.runs]
    assert told[0] == "Question: Which reaches most?"
    assert told[1].startswith(
        f"Answer: Push 1.2 (B) is best: reach {100 * means[1]:.1f} % at day 60 (29 Apr 2027), "
        f"{100 * (means[1] - means[2]):.1f} points more than the next, Push 1.1 (C) (95 % interval "
    )
    assert "chance that it is better > 99 %; ahead in 100 % of worlds)" in told[1]
    assert told[2].startswith(f"Reach: Push 1.2 (B) {100 * means[1]:.1f} %, Push 1.1 (C) ")
    assert "Cost: Push 1 (A) USD 100,000, Push 1.2 (B) USD 120,000 and" in told[2]
    text = words_of(comparison_report(compared, tmp_path / "report.html"))
    assert (
        text.index("Which reaches most?")
        < text.index("Answer: Push 1.2 (B) is best")
        < text.index("How the answer")
    )
    assert "Question:" not in text


def test_less_is_better_where_it_is_a_cost() -> None:
    told = lines(plans_asking({**BY_REACH, "decide_by": "cost_per_reach_point"}, 2.5, 1.0))
    assert "Push 1 (B) is best: cost per reach point USD 2,3" in told[1]
    assert "less than Push 2.5 (A)" in told[1]


def test_for_each_unit_of_money_the_order_may_turn() -> None:
    """Reach grows with the push, and spend does so too: for its money, adoption of a segment is all but the same."""
    told = lines(plans_asking({**BY_REACH, "decide_by": "total_reach", "per": "spend"}, 1.0, 2.5))
    assert "Answer: Push 1 (A) is best: total reach per USD 100,000" in told[1]
    assert "points at day 60" in told[1]
    assert (
        "Push 2.5 (B) is best" in lines(plans_asking({**BY_REACH, "decide_by": "total_reach"}, 1.0, 2.5))[1]
    )


def test_a_segment_decides_where_it_is_named() -> None:
    told = lines(plans_asking({**BY_REACH, "segment": "retired"}, 1.0, 1.2))
    assert "is best: reach of retired" in told[1]


def test_too_few_worlds_settle_nothing() -> None:
    """Both plans pay the same for a point of reach, but for what chance does."""
    told = lines(plans_asking({**BY_REACH, "decide_by": "cost_per_reach_point"}, 1.0, 1.2))
    assert told[1].startswith("Answer: not settled with these 40 worlds. Push 1")
    assert "not clearly behind" in told[1]
    assert "More worlds would tell." in told[1]
    assert "one world cannot tell plan from luck" in lines(plans_asking(BY_REACH, 1.0, 1.1, n_worlds=1))[1]
    assert "no difference. All plans have the same reach" in lines(plans_asking(BY_REACH, 1.0, 1.0))[1]


AIM = {"metric": "reach_3plus", "segment": "students", "by_day": 40, "at_least": 0.1, "probability": 0.6}
BY_AIM = {**BY_REACH, "decide_by": None, "objective": "heard_three_times"}


def test_the_cheapest_plan_for_an_objective(tmp_path: Path) -> None:
    compared = plans_asking(BY_AIM, 1.2, 1.0, 1.1)
    told = lines(compared)
    assert told[1].startswith(
        "Answer: Push 1 (B) is the cheapest with reach 3+, students ≥ 10.0 % by day 40 (9 Apr 2027) as surely as asked: "
        "USD 100,000, and it holds in 85 %"
    )
    assert told[1].endswith("60 % are asked. No plan here is cheaper.")
    sure = {"objectives": {"heard_three_times": AIM | {"probability": 0.99}}}
    assert (
        "by day 40 (9 Apr 2027) as sure as asked (99 % of worlds). The surest is Push 1 (B), in 85 %"
        in (lines(plans_asking(BY_AIM, 1.2, 1.0, **sure))[1])
    )
    text = words_of(comparison_report(compared, tmp_path / "report.html"))
    assert "From the cheapest plan up" in text


def test_one_plan_answers_for_itself(tmp_path: Path) -> None:
    result = asking(made_up(), {**BY_REACH, "decide_by": "awareness"})
    told = lines(result)
    assert told[0] == "Question: Which reaches most?"
    assert told[1].startswith(f"Answer: Awareness {100 * result.value('awareness'):.1f} % at day 60")
    assert (
        f"{100 * result.value('awareness_lift'):.1f} points more than without the campaign (95 % interval"
        in told[1]
    )
    high, low = result.value("awareness", "retired"), result.value("awareness", "students")
    assert told[1].endswith(
        f"It is highest among retired ({100 * high:.1f} %), lowest among students ({100 * low:.1f} %)."
    )
    text = words_of(run_report(result, tmp_path / "report.html"))
    assert text.index("Which reaches most?") < text.index("Answer: Awareness")
    many = asking(made_up(), BY_REACH, alternatives={"a": {"plan.x": 1}, "b": {"plan.x": 2}})
    assert "This is one of 3 plans in its file: `pregon compare` sets them side by side." in lines(many)
    assert lines(asking(made_up(), {**BY_REACH, "decide_by": None}))[0] == "Question: Which reaches most?"


def with_response(result: Result) -> Result:
    """Return the result with a response of exponent .5 in adoption, at half, one and two times."""
    worlds, summary = [result.worlds], [result.summary]
    for factor in (0.5, 1.0, 2.0):
        for metric in RESPONSE_METRICS:
            for frame, columns, out in (
                (result.worlds, ["value"], worlds),
                (
                    result.summary,
                    ["mean", "mean_lo", "mean_hi", "median", "p2_5", "p10", "p90", "p97_5"],
                    summary,
                ),
            ):
                rows = frame[
                    (frame.metric == metric) & (frame.segment == "all") & (frame.channel == "all")
                ].copy()
                rows["metric"] = response_name(factor, metric)
                rows[columns] *= factor if metric == "spend" else factor**0.5
                out.append(rows)
    return Result(pd.concat(summary), pd.concat(worlds), result.daily, result.provenance)


def test_a_response_curve_answers_with_its_elasticities() -> None:
    told = lines(with_response(asking(made_up(), {**BY_REACH, "decide_by": "adoption"})))
    assert told[1].startswith("Answer: Adoption 1.7 % at day 60 ")
    assert ". With ×2 of what is bought, adoption is " in told[1]
    assert "0.50 % (0.50 to 0.50) between ×0.5 and ×1 and 0.50 % (0.50 to 0.50) between ×1 and ×2." in told[1]


def test_a_comparison_draws_every_response(tmp_path: Path) -> None:
    made = [with_response(made_up(push=push, name=f"Push {push:g}")) for push in (1.0, 1.2)]
    text = words_of(comparison_report(compare(*made), tmp_path / "report.html"))
    assert "Less and more of each plan" in text
    assert "A: From ×1 to ×2 the plan costs USD 100,000 more" in text
    assert "B: From ×1 to ×2 the plan costs USD 120,000 more" in text
    without = words_of(
        comparison_report(compare(made_up(name="a"), made_up(push=1.1)), tmp_path / "other.html")
    )
    assert "Less and more of each plan" not in without


def test_what_no_plan_has_is_left_out(tmp_path: Path) -> None:
    text = words_of(
        comparison_report(compare(made_up(name="a"), made_up(push=1.1)), tmp_path / "report.html")
    )
    assert "Messages passed on" in text
    assert "Partner contacts" not in text


def test_what_cannot_be_compared_is_no_row_of_differences(tmp_path: Path) -> None:
    a, b = made_up(name="a"), made_up(push=1.1)
    worlds = b.worlds.copy()
    worlds.loc[worlds["metric"] == "earned_multiplier", "value"] = math.nan
    undefined = Result(b.summary, worlds, b.daily, b.provenance)
    told = words_of(comparison_report(compare(a, undefined), tmp_path / "report.html"))
    both = words_of(comparison_report(compare(a, b), tmp_path / "both.html"))
    assert both.count("Earned multiplier") - told.count("Earned multiplier") >= 1


def test_a_chance_is_certain_only_where_the_difference_is_exact() -> None:
    plainly = [wording.likely(p, is_exact=False).replace(wording.NBSP, " ") for p in (1.0, 0.0, 0.5)]
    assert plainly == ["> 99 %", "< 1 %", "50 %"]
    assert wording.likely(1.0, is_exact=True).replace(wording.NBSP, " ") == "100 %"
    assert wording.likely(math.nan, is_exact=False) == wording.NOTHING


@pytest.mark.parametrize(("n_plans", "has_bands"), [(3, True), (4, False)])
def test_bands_of_many_plans_are_not_drawn_over_each_other(
    n_plans: int, has_bands: bool, tmp_path: Path
) -> None:
    made = [made_up(push=1 + 0.1 * k, name=f"Plan {k}") for k in range(n_plans)]
    page = comparison_report(compare(*made), tmp_path / "report.html")
    assert ("Bands: 80 % and 95 % of worlds. Each panel" in words_of(page)) == has_bands
    days = page[page.index("Day by day") : page.index("How often people are met")]
    assert ("area" in days) == has_bands
