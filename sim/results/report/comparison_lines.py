"""The sentences that open the report on plans side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.results.described import described, small
from sim.results.report import wording
from sim.results.report.answer_lines import comparison_answer, question_of
from sim.results.report.lookup import ALL
from sim.results.report.pairing import Pair, Plan, pairs_of
from sim.wording.language import later, say

_VERBS = (
    ("reach", later("reaches {size} of the people")),
    ("total_reach", later("meets {size} of the people by any source")),
    ("awareness", later("makes {size} aware")),
    ("consideration", later("brings {size} to consider")),
    ("adoption", later("brings {size} to adopt")),
)


def headline(plans: Sequence[Plan], comparison: pd.DataFrame) -> list[str]:
    """Return the question and its answer where one is asked, then what differs between the plans, in plain words."""
    pairs = pairs_of(plans, comparison)
    answer = comparison_answer(plans)
    if answer and len(pairs) > 1:
        return answer + _objective_lines(plans)
    return answer + _all_differences(plans, pairs)


def _all_differences(plans: Sequence[Plan], pairs: Sequence[Pair]) -> list[str]:
    lines = [
        say(
            "On the same {n_worlds} worlds, {differences}.",
            n_worlds=plans[0].run.n_worlds,
            differences=_differences(pair),
        )
        for pair in pairs
    ]
    lines += [line for pair in pairs if (line := _money(pair))]
    return lines + _objective_lines(plans)


def _differences(pair: Pair) -> str:
    clear: list[str] = []
    unclear: list[str] = []
    b = pair.b.letter
    for metric, verb in _VERBS:
        row = pair.rows.get((metric, ALL))
        if metric == "total_reach" and clear:
            continue  # paid reach, told before, says it already
        if row and row.is_clear:
            near, far = sorted((abs(row.low), abs(row.high)))
            sure = wording.interval(near, far, row.unit).replace("%", say("points"))
            size = f"{wording.points(row.difference)} {say('more') if row.difference > 0 else say('fewer')}"
            than = say(" than {b}", b=b) if not clear else ""
            clear.append(f"{say(verb, size=size)}{than} ({'' if clear else say('95 % interval ')}{sure})")
        elif row:
            unclear.append(small(described(metric).title))
    if not clear:
        return say(
            "{letter} and {b} do not clearly differ in {unclear}",
            letter=pair.a.letter,
            b=b,
            unclear=wording.joined(unclear),
        )
    rest = (
        say("; there is no clear difference in {unclear}", unclear=wording.joined(unclear)) if unclear else ""
    )
    return f"{pair.a.letter} {wording.joined(clear)}{rest}"


def _money(pair: Pair) -> str:
    row = pair.rows.get(("spend", ALL))
    if row is None:
        return ""
    a, b = pair.a.letter, pair.b.letter
    if row.difference == 0:
        return say(
            "{a} and {b} cost the same: {mean_b}.", a=a, b=b, mean_b=wording.quantity(row.mean_b, row.unit)
        )
    size = wording.quantity(abs(row.difference), row.unit)
    both = say(
        "{one} against {other}",
        one=wording.quantity(row.mean_b + row.difference, row.unit),
        other=wording.quantity(row.mean_b, row.unit),
    )
    return say(
        "{a} costs {size} {what} than {b}: {both}.",
        a=a,
        size=size,
        what=say("more") if row.difference > 0 else say("less"),
        b=b,
        both=both,
    )


def _objective_lines(plans: Sequence[Plan]) -> list[str]:
    lines = []
    asked = (question_of(plans[0].run) or {}).get("objective")
    for name in dict.fromkeys(name for plan in plans for name in plan.run.objectives if name != asked):
        found = [(p.letter, p.run.met(name)) for p in plans]
        told = [
            say("{letter} in {mean}", letter=letter, mean=wording.chance(reading.mean))
            for letter, reading in found
            if reading
        ]
        if told:
            lines.append(say("Objective “{name}”: {told} of worlds.", name=name, told=wording.joined(told)))
    return lines[:3]
