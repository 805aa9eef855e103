"""The sentences that open a sweep's report."""

from __future__ import annotations

import math

import pandas as pd

from sim.results.described import small
from sim.results.report import wording
from sim.results.report.sweep_frames import SweepFrames, values_text
from sim.results.report.sweep_matters import matter_lines
from sim.wording.language import say


def subtitle(sweep: SweepFrames) -> str:
    """Return points, worlds and days in a line."""
    worlds = sweep.ranking["n_worlds"].dropna()
    fewest, most = (wording.number(n, ",.0f") for n in (worlds.min(), worlds.max()))
    each_of = say("{low} to {high}", low=fewest, high=most) if fewest != most else most
    return say(
        "{points} design points, {worlds} worlds each, {days} days",
        points=wording.number(len(sweep.ranking), ","), worlds=each_of, days=sweep.days,
    )  # fmt: skip


def headline(sweep: SweepFrames) -> list[str]:
    """Return the sentences that open the report."""
    told = sweep.told
    if told.empty:
        return [say("No design point tells {title} in every world.", title=small(sweep.title))]
    best = told.iloc[0]
    value = wording.quantity(best["mean"], sweep.unit)
    many = (
        say("{told} design points", told=wording.number(len(told), ","))
        if told.group.nunique() == 1
        else say("the design points of the best public")
    )
    lines = [
        say(
            "Of {many}, point {design_point} has the {what} {title}: {value} ({values_text}).",
            many=many,
            design_point=best.design_point,
            what=say("most") if sweep.is_most else say("least"),
            title=small(sweep.title),
            value=value,
            values_text=values_text(sweep, best),
        )
    ]
    if len(told) > 1 and (told.group == best.group).sum() == 1:
        lines.append(say("No other design point is on its public: there is nothing to hold it against."))
    elif len(told) > 1 and not math.isfinite(best.p_best):
        lines.append(say("How sure that is cannot be told from a single world."))
    elif len(told) > 1:
        lines.append(_sureness(sweep, best))
    lines += matter_lines(sweep)
    if sweep.objectives is not None:
        cheapest = sweep.objectives[sweep.objectives.is_cheapest.astype(bool)]
        if len(cheapest):
            first = cheapest.iloc[0]
            spend = wording.quantity(first.spend, sweep.currency)
            lines.append(
                say(
                    "The cheapest that meets all objectives is point {design_point}, at {spend}.",
                    design_point=first.design_point,
                    spend=spend,
                )
            )
        else:
            lines.append(say("No design point meets all objectives as surely as asked."))
    if sweep.n_failed:
        lines.append(say("{n_failed} design points failed; design.csv says why.", n_failed=sweep.n_failed))
    return lines


def _sureness(sweep: SweepFrames, best: pd.Series) -> str:
    """Return how good a choice the best point found is, in a sentence."""
    regret, most, margin = (
        wording.quantity(float(apart), sweep.unit, is_difference=True).lstrip("+")
        for apart in (best.expected_regret, best.regret_hi, sweep.margin)
    )
    at_most = say("at most {most}", most=most) if best.regret_hi else say("nothing")
    near = (
        say("the best of them, or within {margin} of it,", margin=margin)
        if sweep.margin
        else say("the best of them")
    )
    return say(
        "With the worlds run, it is {near} with a probability of {p_near_best}; choosing it is "
        "expected to lose {regret} against the best, and with a probability of 95 % {at_most}.",
        near=near,
        p_near_best=wording.chance(best.p_near_best),
        regret=regret,
        at_most=at_most,
    )
