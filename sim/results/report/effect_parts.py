"""The sections on what is due to what: the partners, and less or more money."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.results import catalog
from sim.results.described import described, small
from sim.results.report import chart_base, comparison_charts, effect_charts, wording
from sim.results.report.effect_charts import Line, Point
from sim.results.report.fact_parts import Run
from sim.results.report.lookup import ALL, Reading
from sim.results.report.page import Block, Cell, Figure, Section, Table, Text
from sim.results.summary import by_public, mean_interval
from sim.scenario.metrics import SEEDING
from sim.wording.language import each, later, say

_SEEDING_WORDS = (later("Seeding value"), later("Acceleration: sooner"), later("Expansion: more people"))
_PANELS = ("reach", "awareness", "adoption_lift")
_VERBS = (
    ("reach", later("reaches {size} of the people")),
    ("awareness", later("makes {size} aware")),
    ("adoption", later("brings {size} to adopt")),
)


def seeding_section(run: Run) -> Section | None:
    """Return what the partners are worth, and whether by adopting sooner or by more who adopt."""
    whole = [run.readings.get(metric) for metric in SEEDING]
    told = [reading for reading in whole if reading is not None]
    if len(told) < len(SEEDING) or not any(reading.mean or reading.mean_lo for reading in told):
        return None
    by_segment = {metric: run.readings.by_segment(metric) for metric in SEEDING}
    named = list(zip(each(*_SEEDING_WORDS), told, strict=True))
    named += [
        (say("Value, {segment}", segment=segment), reading)
        for segment, reading in by_segment["seeding_value"].items()
    ]
    rows = [
        comparison_charts.Difference(name, r.mean, r.mean_lo, r.mean_hi, _with_interval(r))
        for name, r in named
    ]
    chart = comparison_charts.forest(
        rows, name="seeding", label=say("Seeding value and its parts with their intervals"),
        axis=say("adopter-days: with the partners − without them"), colours=(chart_base.ACCENT, chart_base.SECOND),
    )  # fmt: skip
    caption = say(
        "The same worlds without the partners, person by person: who adopts in both adds the "
        "days gained (acceleration), who adopts in one of them only adds or takes all its days "
        "as an adopter (expansion). Line: 95 % interval of the mean. Hollow grey: nought lies "
        "within."
    )
    blocks: list[Block] = [Text([_seeding_sentence(run, *told)])]
    blocks += [Figure(say("Where the seeding value comes from"), chart, caption)] if chart else []
    return Section(say("What the partners are worth"), blocks, say("What would be missing without them."))


def _with_interval(reading: Reading) -> str:
    around = wording.interval(
        reading.mean_lo, reading.mean_hi, reading.unit, is_difference=True, is_bare=True
    )
    mean = reading.text(is_difference=True, is_bare=True)
    return mean if around == wording.NOTHING else f"{mean}  ({around})"


def _seeding_sentence(run: Run, value: Reading, acceleration: Reading, expansion: Reading) -> str:
    around = wording.interval(value.mean_lo, value.mean_hi, value.unit, is_difference=True, is_bare=True)
    fees = math.fsum(float(fact.get("fees") or 0.0) for fact in run.provenance.get("partners") or ())
    cost = say(" for {fees} of fees", fees=wording.quantity(fees, run.currency)) if fees else ""
    sure = say(" (95 % interval {around})", around=around) if around != wording.NOTHING else ""
    parts = say(
        "{acceleration} by people who adopt in either case, at another time, {expansion} by "
        "people who adopt in one case only",
        acceleration=acceleration.text(is_difference=True, is_bare=True),
        expansion=expansion.text(is_difference=True, is_bare=True),
    )
    if not (value.mean_lo > 0 or value.mean_hi < 0):
        return say(
            "By {day_words} the partners make no clear difference to adoption{cost}: {value}{sure}; "
            "{parts}. More worlds would tell.",
            day_words=run.day_words(),
            cost=cost,
            value=value.text(is_difference=True),
            sure=sure,
            parts=parts,
        )
    return say(
        "By {day_words} the partners are worth {value}{sure}{cost}: {parts}.",
        day_words=run.day_words(),
        value=value.text(is_difference=True),
        sure=sure,
        cost=cost,
        parts=parts,
    )


@dataclass(frozen=True, slots=True)
class Level:
    """Hold the readings of the plan at one factor, and the names they have in the results."""

    factor: float
    readings: Mapping[str, Reading]
    names: Mapping[str, str]

    @property
    def text(self) -> str:
        """The factor as one writes it."""
        return "×" + wording.marks(catalog.factor_text(self.factor))

    @property
    def spend(self) -> float:
        """Money at this factor; NaN where a price is not known."""
        found = self.readings.get("spend")
        return found.mean if found else math.nan


def levels(run: Run) -> list[Level]:
    """Return the points of the response curve by factor, the plan's own at ×1; none if it was not asked for."""
    points = [told for metric in run.summary["metric"] if (told := catalog.response_of(str(metric)))]
    factors = {factor for factor, _ in points}
    out = []
    for factor in sorted(factors | {1.0}) if factors else ():
        names = {
            m: catalog.response_name(factor, m) if factor in factors else m for m in catalog.RESPONSE_METRICS
        }
        readings = {metric: found for metric, name in names.items() if (found := run.readings.get(name))}
        out.append(Level(factor, readings, names))
    return out


def response_section(run: Run) -> Section | None:
    """Return what less and more money would do."""
    curve = levels(run)
    if len(curve) < 2:
        return None
    blocks: list[Block] = [Text([marginal_sentence(run, curve)])]
    chart = _chart(run, curve)
    if chart:
        blocks.append(Figure(say("Less and more of the same plan"), chart, _caption(curve)))
    blocks.append(_table(curve))
    return Section(say("Response"), blocks, say("What the same plan would do with less and with more money."))


def _chart(run: Run, curve: list[Level]) -> str | None:
    return response_chart([("", chart_base.ACCENT, (1, 0), curve)], run.currency)


def response_chart(
    plans: Sequence[tuple[str, str, tuple[int, ...], list[Level]]], currency: str
) -> str | None:
    """Return the response curves of one plan or several, over spend where that tells their points apart.

    Parameters
    ----------
    plans : sequence of (letter, colour, dashes, levels)
        One plan has no letter.
    """
    is_money = all(
        len({level.spend for level in curve}) == len(curve)
        and all(math.isfinite(level.spend) for level in curve)
        for *_, curve in plans
    )
    panels = [
        (
            described(metric).title,
            [
                Line(letter, colour, dash, _points(curve, metric, is_money))
                for letter, colour, dash, curve in plans
            ],
        )
        for metric in _PANELS
    ]
    axis = say("Spend, {currency}", currency=currency) if is_money else say("Factor on what is bought")
    return effect_charts.response(panels, axis=axis, currency=currency if is_money else None)


def _points(curve: list[Level], metric: str, is_money: bool) -> list[Point]:
    return [
        Point(level.spend if is_money else level.factor, level.text, found, level.factor == 1.0)
        for level in curve
        if (found := level.readings.get(metric))
    ]


def _caption(curve: list[Level]) -> str:
    has_spread = all(reading.has_spread for level in curve for reading in level.readings.values())
    band = say("95 % of worlds") if has_spread else say("95 % interval of the mean")
    return say(
        "Filled point: the plan. Band: {band}. The factor scales what every flight buys by "
        "budget, impressions or GRP; insertions, partners, their fees and owned posts stay. The "
        "lift is against the same worlds without the campaign. Each panel has its own scale.",
        band=band,
    )


def _table(curve: list[Level]) -> Table:
    metrics = [m for m in catalog.RESPONSE_METRICS if any(m in level.readings for level in curve)]
    rows = []
    for level in curve:
        cells = [Cell(level.text, say("the plan") if level.factor == 1.0 else "")]
        for metric in metrics:
            found = level.readings.get(metric)
            cells.append(Cell(found.text(is_bare=True), found.around()) if found else Cell(wording.NOTHING))
        rows.append(cells)
    return Table((say("Bought"), *(described(metric).title for metric in metrics)), rows)


def marginal_sentence(run: Run, curve: list[Level]) -> str:
    """Return what the step from the plan to the next factor costs and brings, paired by world."""
    here = next(level for level in curve if level.factor == 1.0)
    above = [level for level in curve if level.factor > 1.0]
    there = above[0] if above else curve[-2]
    money = there.spend - here.spend
    if money == 0:
        return say("Nothing in the plan is bought by budget, impressions or GRP: no factor changes it.")
    steps = {metric: _step(run, here.names[metric], there.names[metric]) for metric, _ in _VERBS}
    clear: list[str] = []
    unclear: list[str] = []
    for metric, verb in _VERBS:
        mean, low, high = steps[metric]
        if low > 0 or high < 0:
            ends = sorted((abs(low), abs(high)))
            sure = wording.interval(ends[0], ends[1], "share").replace("%", say("points"))
            size = f"{wording.points(mean)} {say('more') if mean > 0 else say('fewer')}"
            clear.append(f"{say(verb, size=size)} ({'' if clear else say('95 % interval ')}{sure})")
        else:
            unclear.append(small(described(metric).title))
    costs = say(
        "costs {money} {what}",
        money=wording.quantity(abs(money), run.currency),
        what=say("more") if money > 0 else say("less"),
    )
    told = ([costs] if math.isfinite(money) else []) + clear
    rest = (
        say("; there is no clear difference in {unclear}", unclear=wording.joined(unclear)) if unclear else ""
    )
    price = _price(run, money, *steps["adoption"])
    return say(
        "From ×1 to {text} the plan {told}{rest}{price}.",
        text=there.text,
        told=wording.joined(told),
        rest=rest,
        price=price,
    )


def _step(run: Run, here: str, there: str) -> tuple[float, float, float]:
    """Return the mean difference between two indicators of a world, and its interval."""
    rows = run.worlds[(run.worlds["segment"] == ALL) & (run.worlds["channel"] == ALL)]
    wide = rows[rows["metric"].isin([here, there])].pivot(
        index="replication", columns="metric", values="value"
    )
    difference = (wide[there] - wide[here]).to_numpy(np.float64)
    publics = int(run.scenario.get("publics") or 1)
    independent = by_public(difference, wide.index.to_numpy() % publics)
    mean, low, high = (float(value) for value in mean_interval(independent))
    return mean, low, high


def _price(run: Run, money: float, mean: float, low: float, high: float) -> str:
    if not math.isfinite(money) or not (low > 0 or high < 0) or money * mean <= 0:
        return ""
    each_one = wording.quantity(money / (mean * run.people), run.currency)
    if money > 0:
        return say(": {price} for each further adoption", price=each_one)
    return say(": {price} saved with each missing adoption", price=each_one)
