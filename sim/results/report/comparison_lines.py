"""The sentences that open the report on plans side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.results import catalog
from sim.results.report import wording
from sim.results.report.answer_lines import comparison_answer, question_of
from sim.results.report.lookup import ALL
from sim.results.report.pairing import Pair, Plan, pairs_of

_VERBS = (("reach", "reaches {} of the people"), ("total_reach", "meets {} of the people by any source"),
          ("awareness", "makes {} aware"),
          ("consideration", "brings {} to consider"), ("adoption", "brings {} to adopt"))  # fmt: skip


def headline(plans: Sequence[Plan], comparison: pd.DataFrame) -> list[str]:
    """Return the question and its answer where one is asked, then what differs between the plans, in plain words."""
    pairs = pairs_of(plans, comparison)
    answer = comparison_answer(plans)
    if answer and len(pairs) > 1:
        return answer + _objective_lines(plans)
    return answer + _all_differences(plans, pairs)


def _all_differences(plans: Sequence[Plan], pairs: Sequence[Pair]) -> list[str]:
    lines = [f"On the same {plans[0].run.n_worlds} worlds, {_differences(pair)}." for pair in pairs]
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
            sure = wording.interval(near, far, row.unit).replace("%", "points")
            size = f"{wording.points(row.difference)} {'more' if row.difference > 0 else 'fewer'}"
            than = f" than {b}" if not clear else ""
            clear.append(f"{verb.format(size)}{than} ({'' if clear else '95 % interval '}{sure})")
        elif row:
            unclear.append(catalog.METRICS[metric].title.lower())
    if not clear:
        return f"{pair.a.letter} and {b} do not clearly differ in {wording.joined(unclear)}"
    rest = f"; there is no clear difference in {wording.joined(unclear)}" if unclear else ""
    return f"{pair.a.letter} {wording.joined(clear)}{rest}"


def _money(pair: Pair) -> str:
    row = pair.rows.get(("spend", ALL))
    if row is None:
        return ""
    a, b = pair.a.letter, pair.b.letter
    if row.difference == 0:
        return f"{a} and {b} cost the same: {wording.quantity(row.mean_b, row.unit)}."
    size = wording.quantity(abs(row.difference), row.unit)
    both = (f"{wording.quantity(row.mean_b + row.difference, row.unit)} against "
            f"{wording.quantity(row.mean_b, row.unit)}")  # fmt: skip
    return f"{a} costs {size} {'more' if row.difference > 0 else 'less'} than {b}: {both}."


def _objective_lines(plans: Sequence[Plan]) -> list[str]:
    lines = []
    asked = (question_of(plans[0].run) or {}).get("objective")
    for name in dict.fromkeys(name for plan in plans for name in plan.run.objectives if name != asked):
        found = [(p.letter, p.run.met(name)) for p in plans]
        told = [f"{letter} in {wording.chance(reading.mean)}" for letter, reading in found if reading]
        if told:
            lines.append(f"Objective “{name}”: {wording.joined(told)} of worlds.")
    return lines[:3]
