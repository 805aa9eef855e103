"""The section that shows how a comparison's answer was found."""

from __future__ import annotations

from collections.abc import Sequence

from sim.results.described import small
from sim.results.report import charts, comparison_charts, wording
from sim.results.report.answer_lines import Decider, called, question_of
from sim.results.report.lookup import Reading
from sim.results.report.page import Block, Cell, Figure, Section, Table
from sim.results.report.pairing import Plan
from sim.results.report.run_parts import VERDICTS, aim_words, judged
from sim.wording.language import each, say

_PER_CENT = 100.0
_CHART_NAME = 26


def answer_section(plans: Sequence[Plan]) -> Section | None:
    """Return the plans in the order of what decides, and how far the best is from each other one."""
    asked = question_of(plans[0].run) or {}
    if asked.get("objective"):
        return _objective(plans, str(asked["objective"]))
    if not asked.get("decide_by"):
        return None
    decider = Decider(plans, asked)
    if len(decider.ranking.order) < 2:
        return None
    better = say("more") if decider.is_up else say("less")
    lead = say(
        "Decided by {metric} at {day}: {better} is better.",
        metric=small(decider.title),
        day=plans[0].run.day_words(),
        better=better,
    )
    return Section(
        say("How the answer was found"), [*_gaps_figure(plans, decider), _table(plans, decider)], lead
    )


def _gaps_figure(plans: Sequence[Plan], decider: Decider) -> list[Block]:
    best = plans[decider.ranking.order[0]]
    factor = _PER_CENT if decider.unit == "share" else 1.0
    rows = [
        comparison_charts.Difference(
            called(plans[gap.other], _CHART_NAME), factor * gap.mean, factor * gap.low, factor * gap.high,
            f"{decider.gap(gap)}  ({decider.interval(gap)})",
        )
        for gap in decider.ranking.gaps
    ]  # fmt: skip
    unit = say("points") if decider.unit == "share" else wording.unit_words(decider.unit)
    chart = comparison_charts.forest(
        rows,
        name="answer",
        label=say("How far {letter} is ahead of each other plan", letter=best.letter),
        axis=say("how far {letter} is ahead, {unit} →", letter=best.letter, unit=unit),
        colours=(best.colour, best.colour),
    )
    caption = say(
        "Point: mean over the same worlds; line: 95 % interval of that mean. Hollow grey: nought "
        "lies within, and the two are not told apart."
    )
    return (
        [Figure(say("{plan} against the others", plan=wording.capital(called(best))), chart, caption)]
        if chart
        else []
    )


def _table(plans: Sequence[Plan], decider: Decider) -> Table:
    gaps = {gap.other: gap for gap in decider.ranking.gaps}
    rows = []
    for k in decider.ranking.order:
        gap, spend = gaps.get(k), plans[k].run.readings.get("spend")
        told = [decider.gap(gap), decider.interval(gap), decider.chance(gap),
                wording.chance(gap.share_of_worlds)] if gap else [wording.NOTHING] * 4  # fmt: skip
        money = spend.text() if spend else wording.NOTHING
        rows.append([Cell(called(plans[k])), Cell(decider.amount(decider.ranking.means[k])), Cell(money),
                     *map(Cell, told)])  # fmt: skip
    best = plans[decider.ranking.order[0]].letter
    headers = (
        say("Plan"),
        decider.title,
        say("Spend"),
        say("{best} has", best=best),
        say("95 % interval"),
        say("Chance {best} is better", best=best),
        say("Worlds {best} is ahead", best=best),
    )
    return Table(headers, rows)


def _objective(plans: Sequence[Plan], name: str) -> Section | None:
    told: list[tuple[Plan, Reading, Reading, str]] = []
    for plan in plans:
        aim, spend = plan.run.objectives.get(name), plan.run.readings.get("spend")
        reading, _, tone = judged(plan.run, name, aim or {})
        if aim and reading and spend:
            told.append((plan, reading, spend, tone))
    if not told:
        return None
    told.sort(key=lambda row: row[2].mean)
    chart = charts.bar_columns(
        [charts.Column(say("Worlds that meet it"), {plan.letter: reading for plan, reading, *_ in told}),
         charts.Column(say("Spend"), {plan.letter: spend for plan, _, spend, _ in told})],
        [(plan.letter, called(plan)) for plan, *_ in told],
        name="answer", label=say("How surely each plan meets the objective, and what it costs"), is_one_scale=False,
        stands_out=next((plan.letter for plan, *_, tone in told if tone == "good"), "none"),
    )  # fmt: skip
    rows = [
        [Cell(called(plan)), Cell(spend.text()), Cell(wording.chance(reading.mean)),
         Cell(wording.interval(reading.mean_lo, reading.mean_hi, "share")), Cell(say(VERDICTS[tone]), tone=tone)]
        for plan, reading, spend, tone in told
    ]  # fmt: skip
    owner = told[0][0].run
    aim = owner.objectives[name]
    blocks: list[Block] = [Figure(say("From the cheapest plan up"), chart)] if chart else []
    blocks.append(Table(each("Plan", "Spend", "Worlds that meet it", "95 % interval", "Verdict"), rows))
    asked = wording.chance(float(aim.get("probability") or 0.0))
    return Section(
        say("How the answer was found"),
        blocks,
        say("{aim}, asked in {asked} of worlds.", aim=aim_words(owner, aim), asked=asked),
    )
