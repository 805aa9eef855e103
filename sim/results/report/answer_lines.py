"""The question and its answer, which open a report; every number comes from the runs at hand."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.results import answer, catalog
from sim.results.answer import Gap, Meeting, Ranking
from sim.results.described import described, small
from sim.results.report import run_parts, wording
from sim.results.report.effect_parts import Level, levels
from sim.results.report.fact_parts import Run
from sim.results.report.lookup import ALL
from sim.results.report.pairing import Plan
from sim.results.report.run_parts import aim_words, judged
from sim.results.report.wording import told
from sim.results.summary import by_public, mean_interval
from sim.wording.language import say, spoken
from sim.wording.metrics_es import ARTICLES

_LONGEST_NAME = 44
_ABOUT_EQUAL = 0.005


def question_of(run: Run) -> Mapping[str, Any] | None:
    """Return what the scenario asks, if it asks anything."""
    found = run.scenario.get("question")
    return found if isinstance(found, Mapping) else None


def run_answer(run: Run) -> list[str]:
    """Return the question of a single plan and what this plan says to it; nothing where none is asked."""
    asked = question_of(run)
    if asked is None:
        return []
    lines = [told("question", ask=asked["ask"])]
    found = _alone(run, asked)
    if found:
        lines.append(told("answer", text=found))
    n_others = len(run.scenario.get("alternatives") or ())
    return lines + ([told("one_of_many", n=n_others + 1)] if n_others else [])


def run_headline(run: Run) -> list[str]:
    """Return the sentences that open a run's report: the question and its answer, then what the plan does."""
    return run_answer(run) + run_parts.headline(run)


def comparison_answer(plans: Sequence[Plan]) -> list[str]:
    """Return the first plan's question and which plan answers it; nothing where it has none to decide."""
    asked = question_of(plans[0].run)
    if asked is None or not (asked.get("decide_by") or asked.get("objective")):
        return []
    found = (
        _by_objective(plans, asked) if asked.get("objective") else _by_metric(plans, Decider(plans, asked))
    )
    return [told("question", ask=asked["ask"]), told("answer", text=found[0]), *found[1:]]


class Decider:
    """Say what decides a question between plans: which number, for whom, and how it is written.

    Attributes
    ----------
    ranking : Ranking
    """

    def __init__(self, plans: Sequence[Plan], asked: Mapping[str, Any]):
        self.metric, self.segment = str(asked["decide_by"]), str(asked.get("segment") or ALL)
        known, self._run = catalog.METRICS[self.metric], plans[0].run
        self.is_up = known.higher_is_better is not False
        self.unit = catalog.unit_of(self.metric, self._run.currency)
        columns = [answer.values_by_world(plan.run.worlds, self.metric, self.segment) for plan in plans]
        values, replications = answer.side_by_side(columns)
        self.n_worlds, self.money = len(values), 0.0
        if asked.get("per") == "spend":
            spend, _ = answer.side_by_side([answer.values_by_world(p.run.worlds, "spend") for p in plans])
            paid = spend[spend > 0]
            self.money = 10.0 ** math.floor(math.log10(paid.min())) if paid.size else 1.0
            values = self.money * np.divide(values, spend, out=np.full_like(values, np.nan), where=spend > 0)
        public = replications % int(self._run.scenario.get("publics") or 1)
        self.ranking: Ranking = answer.rank(values, public, higher_is_better=self.is_up)
        for plan in plans:  # asked for, so that it is explained below
            plan.run.readings.get(self.metric, self.segment)

    @property
    def title(self) -> str:
        """The number's name, with whose it is and for how much money."""
        title = title_of(self.metric)
        if self.money:
            title = told("per_money", metric=title, money=wording.quantity(self.money, self._run.currency))
        return title + (told("of_segment", segment=self.segment) if self.segment != ALL else "")

    def amount(self, value: float) -> str:
        """Return one of its values."""
        return (
            wording.points(value)
            if self.money and self.unit == "share"
            else wording.quantity(value, self.unit, is_bare=True)
        )

    def value(self, plan: int) -> str:
        """Return a plan's mean with the number's name, within a sentence."""
        return f"{small(self.title)} {self.amount(self.ranking.means[plan])}"

    def gap(self, gap: Gap) -> str:
        """Return the size of a difference in words: ``1.2 points more``."""
        is_share = self.unit == "share"
        size = wording.points(gap.mean) if is_share else self.amount(abs(gap.mean))
        return told("more" if (gap.mean >= 0) == self.is_up else "less", size=size)

    def interval(self, gap: Gap) -> str:
        """Return the interval of a difference, of its size where nought is not within."""
        if gap.is_clear:
            return wording.interval(gap.low, gap.high, self.unit, is_bare=True).replace("%", say("points"))
        ends = (gap.low, gap.high) if self.is_up else (-gap.high, -gap.low)
        return wording.interval(*ends, self.unit, is_difference=True, is_bare=True).replace(
            "pp", say("points")
        )

    def sure(self, gap: Gap) -> str:
        """Return how surely the best is better than another."""
        if wording.is_same(gap.low, gap.high):
            return told("exact")
        share = wording.chance(gap.share_of_worlds)
        return told("sure", interval=self.interval(gap), chance=self.chance(gap), share=share)

    def chance(self, gap: Gap) -> str:
        """Return the chance that the best is better."""
        return wording.likely(gap.p_better, is_exact=wording.is_same(gap.low, gap.high))


def called(plan: Plan, longest: int = _LONGEST_NAME) -> str:
    """Return a plan by its name and letter; by the letter alone where the name is longer than that."""
    label = plan.run.label
    return f"{label} ({plan.letter})" if len(label) <= longest else say("plan {letter}", letter=plan.letter)


def title_of(metric: str) -> str:
    """Return an indicator's name as it stands in a sentence: a lift is one *of* something."""
    if metric.endswith(catalog.LIFT_SUFFIX):
        return told("lift_of", metric=small(described(metric.removesuffix(catalog.LIFT_SUFFIX)).title))
    return described(metric).title


def subject_of(metric: str) -> str:
    """Return an indicator's name as the subject of a sentence; in Spanish with its article."""
    name = small(title_of(metric))
    return name if spoken() == "en" else f"{ARTICLES.get(name.split()[0], 'la')} {name}"


def _by_metric(plans: Sequence[Plan], decider: Decider) -> list[str]:
    ranking = decider.ranking
    if not ranking.order:
        return [told("not_told", metric=small(decider.title))]
    lines = [" ".join(_verdict(plans, decider)), f"{_values(plans, decider)} {_costs(plans)}".strip()]
    silent = [called(plan) for k, plan in enumerate(plans) if k not in ranking.order]
    if silent:
        lines[1] += " " + told("not_told_by", plans=wording.joined(silent))
    return lines


def _verdict(plans: Sequence[Plan], decider: Decider) -> list[str]:
    ranking, day = decider.ranking, plans[0].run.day_words()
    best = ranking.order[0]
    parts = {"plan": called(plans[best]), "value": decider.value(best), "day": day}
    if not ranking.gaps:
        return [told("all_values", metric=decider.title, list=parts["value"])]
    if decider.n_worlds < 2:
        return [told("one_world" if decider.is_up else "one_world_least", **parts)]
    if ranking.is_same:
        return [told("same", value=parts["value"], day=day)]
    if ranking.is_settled:
        gap = ranking.gaps[0]
        second = called(plans[gap.other])
        after = told("next_of_many", plan=second) if len(ranking.gaps) > 1 else second
        return [told("best", **parts, gap=decider.gap(gap), next=after, sure=decider.sure(gap))]
    return _not_settled(plans, decider, parts)


def _not_settled(plans: Sequence[Plan], decider: Decider, parts: Mapping[str, str]) -> list[str]:
    ranking = decider.ranking
    names = [called(plans[gap.other]) for gap in ranking.open]
    key = "are_not" if len(names) > 1 else "is_not"
    others = told(key, plans=wording.joined(names), plan=names[0])
    gaps = [
        told("open_gap", gap=decider.gap(gap), plan=called(plans[gap.other]), interval=decider.interval(gap),
             chance=decider.chance(gap))
        for gap in ranking.open if not gap.is_nothing
    ]  # fmt: skip
    alike = [called(plans[gap.other]) for gap in ranking.open if gap.is_nothing]
    if alike:
        key = "same_as_best" if len(alike) > 1 else "same_as_best_one"
        gaps.insert(0, told(key, plans=wording.joined(alike), plan=alike[0]))
    lines = [told("not_settled", **parts, worlds=decider.n_worlds, others=others, gaps="; ".join(gaps))]
    behind = [called(plans[gap.other]) for gap in ranking.gaps if gap.is_clear]
    return lines + ([told("behind", plans=wording.joined(behind))] if behind else [])


def _values(plans: Sequence[Plan], decider: Decider) -> str:
    ranking = decider.ranking
    found = [f"{called(plans[k])} {decider.amount(ranking.means[k])}" for k in ranking.order]
    return told("all_values", metric=decider.title, list=wording.joined(found))


def _costs(plans: Sequence[Plan]) -> str:
    found = [(plan, reading) for plan in plans if (reading := plan.run.readings.get("spend"))]
    money = [reading.mean for _, reading in found]
    if len(found) < len(plans) or not any(money):
        return ""
    if max(money) - min(money) <= _ABOUT_EQUAL * max(money):
        return told("cost_each", money=found[0][1].text())
    return told("costs", list=wording.joined([f"{called(plan)} {reading.text()}" for plan, reading in found]))


def _by_objective(plans: Sequence[Plan], asked: Mapping[str, Any]) -> list[str]:
    name = str(asked["objective"])
    found, asks = [], 0.0
    for k, plan in enumerate(plans):
        aim, spend = plan.run.objectives.get(name), plan.run.readings.get("spend")
        reading, asks, verdict = judged(plan.run, name, aim or {})
        if aim and reading and spend:
            found.append(Meeting(k, spend.mean, reading.mean, reading.mean_lo, reading.mean_hi, verdict))
    if not found:
        return [told("not_told", metric=f"“{name}”")]
    told_by = answer.cheapest(found)
    currency = plans[0].run.currency
    owner = next(plan.run for plan in plans if name in plan.run.objectives)
    aim_text = small(aim_words(owner, owner.objectives[name]))

    def parts(one: Meeting) -> dict[str, str]:
        return {
            "plan": called(plans[one.plan]), "money": wording.quantity(one.spend, currency),
            "share": wording.chance(one.share), "interval": wording.interval(one.low, one.high, "share"),
            "aim": aim_text, "asked": wording.chance(asks),
        }  # fmt: skip

    if told_by.best is None:
        kind = "none_shown" if told_by.cheaper_open else "none_meets"
        lines = [told(kind, **parts(told_by.surest))]
    else:
        lines = [told("cheapest", **parts(told_by.best))]
        if told_by.cheaper_bad:
            lines.append(told("cheaper_fails", **parts(told_by.cheaper_bad)))
        elif not told_by.cheaper_open:
            lines.append(told("cheapest_of_all"))
    if told_by.cheaper_open:
        near = [told("open_one", **parts(one)) for one in told_by.cheaper_open]
        kind = "open_none" if told_by.best is None else "cheaper_open"
        lines.append(told(kind, list=wording.joined(near)))
    return [" ".join(lines)]


def _alone(run: Run, asked: Mapping[str, Any]) -> str:
    """Return what one plan by itself says: the number asked for, of whom, then its response curve if any."""
    if asked.get("objective"):
        return ""  # the sentence on objectives follows
    metric, segment = asked.get("decide_by"), str(asked.get("segment") or ALL)
    if not metric:
        return ""
    parts, curve = [_one_plan(run, str(metric), segment)], levels(run)
    if len(curve) > 1 and segment == ALL and metric in catalog.RESPONSE_METRICS:
        parts.append(wording.capital(_response(run, str(metric), curve)))
    return " ".join(part for part in parts if part)


def _one_plan(run: Run, metric: str, segment: str) -> str:
    reading = run.readings.get(metric, segment)
    if reading is None:
        return told("not_told", metric=small(title_of(metric)))
    of = told("of_segment", segment=segment) if segment != ALL else ""
    value = told("value_of", metric=small(title_of(metric)), of=of, value=reading.text())
    text = told(
        "one_plan", value=wording.capital(value), day=run.day_words(), range=reading.range_words(),
        lift=_lift(run, metric, segment),
    )  # fmt: skip
    split = {name: found for name, found in run.readings.by_segment(metric).items() if segment == ALL}
    if len(split) > 1:
        low, high = min(split, key=lambda s: split[s].mean), max(split, key=lambda s: split[s].mean)
        if split[low].mean < split[high].mean:
            text += " " + told("extremes", high=high, high_value=split[high].text(), low=low,
                               low_value=split[low].text())  # fmt: skip
    return text


def _lift(run: Run, metric: str, segment: str) -> str:
    found = run.readings.get(metric + catalog.LIFT_SUFFIX, segment)
    if found is None or not math.isfinite(found.mean_lo):
        return ""
    if not (found.mean_lo > 0 or found.mean_hi < 0):
        return told("no_lift")
    ends = sorted((abs(found.mean_lo), abs(found.mean_hi)))
    is_share = found.unit == "share"
    size = wording.points(found.mean) if is_share else wording.quantity(abs(found.mean), found.unit)
    interval = wording.interval(ends[0], ends[1], found.unit)
    return told("lift", size=size, more=say("more") if found.mean > 0 else say("less"),
                interval=interval.replace("%", say("points")) if is_share else interval)  # fmt: skip


def _response(run: Run, metric: str, curve: Sequence[Level]) -> str:
    """Return what the most that was tried does, and the elasticity of each step between factors above 0."""
    values = {
        level.factor: answer.values_by_world(run.worlds, level.names[metric])
        for level in curve
        if metric in level.readings
    }
    factors = sorted(values)
    if len(factors) < 2 or 1.0 not in values:
        return ""
    far = next(level for level in reversed(curve) if level.factor != 1.0)
    here = next(level for level in curve if level.factor == 1.0)
    table, replications = answer.side_by_side([values[factor] for factor in factors])
    public = replications % int(run.scenario.get("publics") or 1)
    column = {factor: table[:, k] for k, factor in enumerate(factors)}
    apart = by_public(column[far.factor] - column[1.0], public)
    mean, low, high = (float(x) for x in mean_interval(apart))
    unit, name = here.readings[metric].unit, subject_of(metric)
    parts = {
        "factor": far.text, "metric": name, "there": far.readings[metric].text(), "here": here.readings[metric].text(),
        "day": run.day_words(),
    }  # fmt: skip
    if low > 0 or high < 0:
        ends = sorted((abs(low), abs(high)))
        interval = wording.interval(ends[0], ends[1], unit).replace("%", say("points"))
        gap = told("more" if mean > 0 else "less", size=_size(mean, unit))
        text = told("response", **parts, gap=gap, interval=interval)
    else:
        interval = wording.interval(low, high, unit, is_difference=True).replace("pp", say("points"))
        text = told("response_unclear", **parts, interval=interval)
    steps = _elasticities(column, public)
    return f"{text} {told('elasticity', metric=name, list=wording.joined(steps))}" if steps else text


def _size(value: float, unit: str) -> str:
    return wording.points(value) if unit == "share" else wording.quantity(abs(value), unit)


def _elasticities(column: Mapping[float, answer.Floats], public: answer.Ints) -> list[str]:
    above = [factor for factor in sorted(column) if factor > 0]
    steps = []
    for low, high in itertools.pairwise(above):
        mean, below, over = answer.elasticity(column[low], column[high], high / low, public)
        if math.isfinite(mean):
            ends = say("{below} to {over}", below=wording.plain(below, 2), over=wording.plain(over, 2))
            names = ("×" + wording.marks(catalog.factor_text(factor)) for factor in (low, high))
            steps.append(told("elasticity_step", value=wording.plain(mean, 2), interval=ends,
                              low=next(names), high=next(names)))  # fmt: skip
    return steps
