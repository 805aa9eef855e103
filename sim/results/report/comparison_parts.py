"""The sections of the report that sets plans side by side on the same worlds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from sim.results import catalog
from sim.results.described import described, small
from sim.results.report import chart_base, comparison_charts, wording
from sim.results.report.answer_parts import answer_section
from sim.results.report.effect_parts import levels, marginal_sentence, response_chart
from sim.results.report.lookup import ALL, frequency_shares
from sim.results.report.page import Block, Cell, Figure, Section, Table, Text
from sim.results.report.pairing import Pair, Paired, Plan, pairs_of
from sim.results.report.run_parts import REACH_STEPS, aim_words
from sim.results.summary import FEW_WORLDS
from sim.wording.language import later, say

MAIN = ("reach", "reach_2plus", "reach_3plus", "reach_5plus", "reach_10plus", "total_reach", "average_frequency",
        "grp", "contacts", "attended_contacts", "owned_contacts", "partner_contacts", "earned_contacts", "shares",
        "earned_multiplier", "variants", "variant_contacts", "message_drift", "awareness", "consideration", "attitude",
        "trust", "adoption", "seeding_value", "spend", "cpm", "cost_per_reach_point", "cost_per_grp",
        "cost_per_acquisition", "cost_per_incremental_acquisition", "roi", "marginal_roi",
        "impressions_undelivered")  # fmt: skip
# A difference in per cent of B means nothing where nought is in the middle of the scale.
_NOT_RELATIVE = frozenset({"attitude", "trust", "seeding_value"})
_CURVES = (
    ("reach", later("Reach")),
    ("reach_3plus", later("Reach 3+")),
    ("awareness", later("Awareness")),
    ("adoption", later("Adoption")),
)
_BY_SEGMENT = ("reach", "awareness", "adoption")
_MOST_CHANGES = 40
_SKIPPED = frozenset({"name", "replications", "question", "alternatives"})


def contents(plans: Sequence[Plan], comparison: pd.DataFrame) -> list[Section]:
    """Return the sections on what differs, in the order of the planner's questions."""
    pairs = pairs_of(plans, comparison)
    sections = [answer_section(plans), _changes_section(plans),
                *(_pair_section(pair, len(pairs) > 1) for pair in pairs),
                _plans_section(plans), _objectives_section(plans), _response_section(plans),
                _curves_section(plans)]  # fmt: skip
    return [section for section in sections if section is not None]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def changes(plans: Sequence[Plan]) -> list[tuple[str, list[str]]]:
    """Return each address of the scenario at which plans differ, and what stands there in each."""
    flat = [dict(_flat(plan.run.scenario)) for plan in plans]
    addresses = dict.fromkeys(address for one in flat for address in one)
    told = [a for a in addresses if a.partition(".")[0] not in _SKIPPED]
    changed = [a for a in told if any(one.get(a) != flat[0].get(a) for one in flat)]
    return [(a, [wording.raw(one[a]) if a in one else say("absent") for one in flat]) for a in changed]


def _changes_section(plans: Sequence[Plan]) -> Section | None:
    changed = changes(plans)
    if not changed:
        return None
    rows = [[Cell(address), *map(Cell, told)] for address, told in changed[:_MOST_CHANGES]]
    more = (
        say(
            "{n} more differences are in the runs' provenance.json.",
            n=len(changed) - _MOST_CHANGES,
        )
        if len(changed) > _MOST_CHANGES
        else ""
    )
    headers = (say("Address in the scenario"), *(plan.letter for plan in plans))
    table = Table(headers, rows, caption=more, n_words=len(headers))
    return Section(
        say("What differs between the plans"),
        [table],
        say("Everything else is the same, and so are people and luck."),
    )


def _pair_section(pair: Pair, is_one_of_many: bool) -> Section:
    a, b = pair.a.letter, pair.b.letter
    main = [row for metric in MAIN if (row := pair.rows.get((metric, ALL))) and row.is_something]
    # Asked for so that the indicator is explained below.
    for row in main:
        pair.a.run.readings.get(row.metric)
    blocks: list[Block] = []
    chart = _forest(pair, [(described(row.metric).title, row) for row in main], f"forest-{a}{b}")
    if chart:
        blocks.append(
            Figure(
                say("Paired differences, in % of {b}", b=b),
                chart,
                say(
                    "Point: mean of {a} − {b} over the same worlds; line: 95 % interval of that mean. Hollow "
                    "grey: nought lies within. At the right, the difference in its own unit.",
                    a=a,
                    b=b,
                ),
            )
        )
    if main:
        blocks.append(_difference_table(pair, main))
    blocks += _segment_forests(pair)
    title = say("{a} against {b}", a=a, b=b) if is_one_of_many else say("What changes, and how surely")
    return Section(
        title, blocks, say("The same people with the same luck in both plans: what differs is the plan.")
    )


def _forest(pair: Pair, named: Sequence[tuple[str, Paired]], name: str) -> str | None:
    rows = []
    for title, row in named:
        if row.metric not in _NOT_RELATIVE and row.mean_b != 0 and math.isfinite(row.mean_b):
            value, low, high = (100 * v / abs(row.mean_b) for v in (row.difference, row.low, row.high))
            text = row.text() if row.is_exact else f"{row.text()}  ({row.range_text()})"
            rows.append(comparison_charts.Difference(title, value, low, high, text))
    a, b = pair.a.letter, pair.b.letter
    return comparison_charts.forest(
        rows,
        name=name,
        label=say("Differences {a} minus {b} with their intervals", a=a, b=b),
        axis=say("← {b} higher · {a} − {b} in % of {b} · {a} higher →", b=b, a=a),
        colours=(pair.a.colour, pair.b.colour),
    )


def _segment_forests(pair: Pair) -> list[Block]:
    blocks: list[Block] = []
    for metric in _BY_SEGMENT:
        named = [
            (segment, row) for (name, segment), row in pair.rows.items() if name == metric and segment != ALL
        ]
        chart = (
            _forest(pair, named[:20], f"forest-{pair.a.letter}{pair.b.letter}-{metric}")
            if len(named) > 1
            else None
        )
        if chart:
            blocks.append(
                Figure(
                    say(
                        "{title} by segment, in % of {letter}",
                        title=described(metric).title,
                        letter=pair.b.letter,
                    ),
                    chart,
                )
            )
    return blocks


def _difference_table(pair: Pair, rows: Sequence[Paired]) -> Table:
    a, b = pair.a.letter, pair.b.letter
    headers = (
        say("Indicator"),
        a,
        b,
        f"{a} − {b}",
        say("95 % interval"),
        say("Chance {a} is higher", a=a),
        say("Worlds {a} is higher", a=a),
    )
    cells = [
        [
            Cell(described(row.metric).title, _cost_note(row)),
            Cell(wording.quantity(row.mean_b + row.difference, row.unit, is_bare=True)),
            Cell(wording.quantity(row.mean_b, row.unit, is_bare=True)),
            Cell(row.text()),
            Cell(say("exact") if row.is_exact else row.range_text()),
            Cell(wording.likely(row.p_better, is_exact=row.is_exact)),
            Cell(wording.chance(row.share_of_worlds)),
        ]
        for row in rows
    ]
    caption = say(
        "Chance: probability that the mean difference is above 0. Worlds: share of single worlds "
        "in which {a} ends above {b}. Exact: the difference is the same in every world.",
        a=a,
        b=b,
    )
    return Table(headers, cells, say("Differences in numbers"), caption)


def _cost_note(row: Paired) -> str:
    return say("lower is better") if catalog.METRICS[row.metric].higher_is_better is False else ""


def _plans_section(plans: Sequence[Plan]) -> Section | None:
    rows = []
    for metric in MAIN:
        found = [plan.run.readings.peek(metric) for plan in plans]
        if any(reading and reading.mean for reading in found):
            plans[0].run.readings.get(metric)  # asked for, so that it is explained below
            cells = [
                Cell(r.text(is_bare=True), r.range_text(is_bare=True)) if r else Cell(wording.NOTHING)
                for r in found
            ]
            unit = catalog.unit_of(metric, plans[0].run.currency)
            rows.append(
                [Cell(described(metric).title, wording.unit_words(unit) if unit != "share" else ""), *cells]
            )
    if not rows:
        return None
    table = Table(
        (say("Indicator"), *(plan.letter for plan in plans)),
        rows,
        caption=say(
            "Mean over worlds; below it where 95 % of worlds lie, or (below 39 worlds) the interval "
            "of the mean. Those ranges overlap even where the paired difference is clear: a lucky "
            "world is lucky for both plans."
        ),
    )
    return Section(say("Each plan by itself"), [table], say("At {day}.", day=plans[0].run.day_words()))


def _objectives_section(plans: Sequence[Plan]) -> Section | None:
    rows = []
    for name in dict.fromkeys(name for plan in plans for name in plan.run.objectives):
        owner = next(plan.run for plan in plans if name in plan.run.objectives)
        aim = owner.objectives[name]
        found = [plan.run.met(name) for plan in plans]
        cells = [Cell(wording.chance(r.mean), wording.interval(r.mean_lo, r.mean_hi, "share")) if r
                 else Cell(wording.NOTHING) for r in found]  # fmt: skip
        asked = Cell(wording.chance(float(aim.get("probability") or 0)))
        rows.append([Cell(name, aim_words(owner, aim)), asked, *cells])
    if not rows:
        return None
    headers = (say("Objective"), say("Asked"), *(plan.letter for plan in plans))
    return Section(
        say("Objectives"),
        [Table(headers, rows)],
        say("Share of worlds that meet each, with the interval of that share."),
    )


def _response_section(plans: Sequence[Plan]) -> Section | None:
    """Return what less and more money would do in each plan that was asked for it."""
    dashes = chart_base.PLAN_DASHES
    curves = [
        (plan.letter, plan.colour, dashes[i % len(dashes)], curve)
        for i, plan in enumerate(plans)
        if len(curve := levels(plan.run)) > 1
    ]
    if not curves:
        return None
    blocks: list[Block] = []
    chart = response_chart(curves, plans[0].run.currency)
    if chart:
        caption = say(
            "Filled points: the plans as they stand. Bands: 95 % of worlds, or (below 39 worlds) the "
            "interval of the mean. The factor scales {scales}.",
            scales=say(catalog.RESPONSE_SCALES),
        )
        blocks.append(Figure(say("Less and more of each plan"), chart, caption))
    runs = {plan.letter: plan.run for plan in plans}
    sentences = [f"{letter}: {marginal_sentence(runs[letter], curve)}" for letter, _, _, curve in curves]
    blocks.append(Text(sentences))
    return Section(say("Response"), blocks, say("What each plan would do with less and with more money."))


def _curves_section(plans: Sequence[Plan]) -> Section | None:
    dailies = [(plan.letter, plan.run.daily) for plan in plans]
    blocks: list[Block] = []
    curves = comparison_charts.curves_over_days(dailies, [(metric, say(title)) for metric, title in _CURVES])
    if curves:
        bands = say("Bands: 80 % and 95 % of worlds. ") if len(plans) <= comparison_charts.MOST_BANDS else ""
        blocks.append(
            Figure(
                say("Day by day"),
                curves,
                say("Means over worlds. {bands}Each panel has its own scale.", bands=bands),
            )
        )
    shares = [(plan.letter, frequency_shares(plan.run.worlds, REACH_STEPS)) for plan in plans]
    chart = comparison_charts.frequencies(shares)
    if chart:
        blocks.append(
            Figure(
                say("How often people are met"),
                chart,
                say("Share of people with exactly that many paid contacts."),
            )
        )
    return Section(say("Over the days"), blocks) if blocks else None


def reading_lines(comparison: pd.DataFrame) -> list[str]:
    """Return what pairing means, and what it was worth in this comparison."""
    lines = [
        say(
            "Plans are compared world by world, so what is luck falls out of the difference. Its "
            "interval is that of the mean difference (t on paired differences)."
        )
    ]
    if len(comparison) and int(comparison["n_worlds"].min()) < FEW_WORLDS:
        lines.append(
            say("With fewer than {FEW_WORLDS} worlds probabilities are rough.", FEW_WORLDS=FEW_WORLDS)
        )
    whole = comparison[(comparison["segment"] == ALL) & (comparison["channel"] == ALL)]
    ratios = whole.set_index("metric")["variance_ratio"]
    told = []
    for metric in ("contacts", "reach", "awareness", "adoption"):
        values = [float(v) for v in ratios.loc[[metric]]] if metric in ratios.index else []
        if values and math.isfinite(values[0]):
            told.append(
                say(
                    "{times} for {title}",
                    times=wording.number(values[0], ".1f"),
                    title=small(described(metric).title),
                )
            )
    if told:
        lines.append(say("Without pairing it would take this many times as many worlds to be as sure of the "
"difference: {list}.", list=', '.join(told)))  # fmt: skip
    return lines
