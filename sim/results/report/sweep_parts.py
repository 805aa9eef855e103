"""The sections of a sweep's report: the best plans, the objectives, and the three questions a planner asks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from sim.results import catalog
from sim.results.described import described
from sim.results.report import wording
from sim.results.report.page import Block, Cell, Figure, Section, Table, Text
from sim.results.report.sweep_charts import Level, levels
from sim.results.report.sweep_days import day_sections
from sim.results.report.sweep_frames import SweepFrames, level_text, values_text
from sim.results.report.sweep_matters import matter_sections
from sim.results.summary import FEW_WORLDS
from sim.wording.language import later, say

MOST_ROWS, MOST_LEVELS = 15, 9
_MONEY = (".budget", ".grp", ".impressions")
_OFTEN = (".cap.times", ".cap.per_days", ".grp", ".cap")
_WEAR = ("average_frequency", "reach_3plus", "reach_10plus", "attitude_lift")
_PARTNER = ("partner_contacts", "spend", "seeding_value")
_WEAR_METRIC, _FEES_METRIC = "attitude_lift", "spend"


def contents(sweep: SweepFrames) -> list[Section]:
    """Return the sections between headline and explanations."""
    sections = [*matter_sections(sweep), _best_section(sweep)]
    if sweep.by_segment is not None:
        sections += _segments_sections(sweep, sweep.by_segment)
    sections += day_sections(sweep)
    if sweep.objectives is not None:
        sections.append(_objectives_section(sweep, sweep.objectives))
    sections += [
        section for section in (_split_view(sweep), _frequency_view(sweep), _partner_view(sweep)) if section
    ]
    split = _split_of(sweep)
    others = [a for a in sweep.addresses if not (a in split or _is_frequency(a) or _is_partner(a))]
    figures = [figure for address in others if (figure := _lever(sweep, address, ()))]
    if figures:
        sections.append(Section(say("Other levers"), figures, say("With all else at its best.")))
    return sections


def _is_money(address: str) -> bool:
    return address.startswith("plan.flights.") and address.endswith(_MONEY)


def _split_of(sweep: SweepFrames) -> list[str]:
    """Return the addresses of money that two flights or more share; none where there is one such address."""
    money = [a for a in sweep.addresses if _is_money(a)]
    return money if len(money) > 1 else []


def _is_frequency(address: str) -> bool:
    return address.startswith("plan.flights.") and address.endswith(_OFTEN)


def _is_partner(address: str) -> bool:
    return address.startswith("plan.partners")


def _best_section(sweep: SweepFrames) -> Section:
    rows = []
    for _, row in sweep.told.head(MOST_ROWS).iterrows():
        low_high = wording.interval(row.mean_lo, row.mean_hi, sweep.unit)
        difference = wording.quantity(row.difference, sweep.unit, is_difference=True)
        spread = wording.interval(row.diff_lo, row.diff_hi, sweep.unit, is_difference=True)
        settle = f"{row.worlds_to_settle:,.0f}" if math.isfinite(row.worlds_to_settle) else wording.NOTHING
        most = f"≤ {wording.quantity(row.regret_hi, sweep.unit)}" if row.regret_hi else ""
        rows.append([
            Cell(f"{row.design_point}", values_text(sweep, row)),
            Cell(wording.quantity(row["mean"], sweep.unit), low_high),
            Cell(wording.chance(row.p_best)),
            Cell(wording.quantity(row.expected_regret, sweep.unit), most),
            Cell(difference, spread), Cell(wording.chance(row.p_better)), Cell(f"{row.n_worlds:,.0f}"), Cell(settle),
        ])  # fmt: skip
    headers = (
        say("Design point"),
        sweep.title,
        say("Best"),
        say("Regret"),
        say("Difference"),
        say("Better"),
        say("Worlds"),
        say("Settled by"),
    )
    caption = say(
        "Best: probability of being the best of all; too sure where many differ by next to "
        "nothing. Regret: what choosing it is expected to lose against the best and, below, at "
        "most, with a probability of 95 %. Difference: from the best other point, with its "
        "interval, on the same worlds. Better: probability that it is better than that. Settled "
        "by: worlds in all at which an interval of a difference like this leaves nought out with "
        "even chances; three times as many do in nine of ten cases."
    )
    if float(sweep.told["n_worlds"].max()) < FEW_WORLDS:
        caption += say(" With fewer than {FEW_WORLDS} worlds probabilities are rough.", FEW_WORLDS=FEW_WORLDS)
    return Section(
        say("The best plans"),
        [Table(headers, rows, caption=caption)],
        say("Plans compared on the same worlds."),
    )


def _segments_sections(sweep: SweepFrames, ranks: pd.DataFrame) -> list[Section]:
    """Return the best plan of each segment, and what it loses by the best of all; none but on one public."""
    told = ranks[ranks.status == "ranked"]
    if sweep.told.empty or told.empty or told.group.nunique() > 1:
        return []
    rows = []
    for name, found in list(told.groupby("segment", sort=False))[:MOST_ROWS]:
        best = found.iloc[0]
        chosen = found[found.design_point == sweep.told.iloc[0].design_point]
        loss = (
            wording.quantity(abs(chosen["mean"].iloc[0] - best["mean"]), sweep.unit)
            if len(chosen)
            else wording.NOTHING
        )
        rows.append([
            Cell(str(name)), Cell(f"{best.design_point}", values_text(sweep, best)),
            Cell(wording.quantity(best["mean"], sweep.unit), wording.interval(best.mean_lo, best.mean_hi, sweep.unit)),
            Cell(wording.chance(best.p_best)), Cell(loss),
        ])  # fmt: skip
    headers = (
        say("Segment"),
        say("Its best point"),
        sweep.title,
        say("Best"),
        say("Lost by the best of all"),
    )
    return [
        Section(
            say("By segment"), [Table(headers, rows)], say("Which plan is best for each segment by itself.")
        )
    ]


def _objectives_section(sweep: SweepFrames, goals: pd.DataFrame) -> Section:
    rows = []
    ordered = goals.sort_values(["meets_all", "spend"], ascending=[False, True], kind="stable")
    for _, row in ordered.head(MOST_ROWS).iterrows():
        cells = [
            Cell(
                wording.chance(row[name]),
                wording.interval(row[f"{name}_lo"], row[f"{name}_hi"], "share"),
                "good" if row[name] >= asked else "bad",
            )
            for name, asked in sweep.asked.items()
        ]
        spend = wording.quantity(row.spend, sweep.currency)
        all_of = Cell(say("yes") if row.meets_all else say("no"), wording.chance(row.all_together))
        rows.append([Cell(f"{row.design_point}", values_text(sweep, row)), *cells, all_of, Cell(spend)])
    asked_words = [
        say("{name} (asked {asked})", name=name, asked=wording.chance(asked))
        for name, asked in sweep.asked.items()
    ]
    headers = (say("Design point"), *asked_words, say("All"), say("Spend"))
    caption = say(
        "Share of worlds that meet each; under All, the share that meets all at once. Cheapest first."
    )
    return Section(say("Objectives"), [Table(headers, rows, caption=caption)])


def _split_view(sweep: SweepFrames) -> Section | None:
    money, told = _split_of(sweep), sweep.told
    if not money or told.empty:
        return None
    shares = told[money].astype(float).fillna(0.0)
    total = shares.sum(axis=1)
    blocks: list[Block] = []
    if bool((total > 0).all()):
        best = [f"{a.split('.')[2]} {100 * shares[a].iloc[0] / total.iloc[0]:.0f} %" for a in money]
        blocks.append(Text([say("The best split found: {best}.", best=wording.joined(best))]))
    tops = pd.DataFrame([found.iloc[0] for address in money for _, found in _grouped(sweep, address)])
    reached = tops[["mean", "mean_lo", "mean_hi"]].astype(float)
    ends = float(reached.min().min()), float(reached.max().max())  # so that channels can be held side by side
    blocks += [figure for address in money if (figure := _lever(sweep, address, (), ends))]
    if not blocks:
        return None
    return Section(
        say("Which channel split?"),
        blocks,
        say("What the plan can reach with so much in each, the rest at its best."),
    )


def _frequency_view(sweep: SweepFrames) -> Section | None:
    often = [a for a in sweep.addresses if _is_frequency(a)]
    blocks: list[Block] = []
    for address in often:
        figure = _lever(sweep, address, (_WEAR_METRIC,))
        if figure:
            blocks += [*_wear_text(sweep, address), figure, _told_beside(sweep, address, _WEAR)]
    if not blocks:
        return None
    blocks.insert(0, _found_text(sweep, often, later("The best frequency found: {values}.")))
    lead = say("More contacts persuade until they tire: attitude is the side on which wear-out shows.")
    return Section(say("How often?"), blocks, lead)


def _partner_view(sweep: SweepFrames) -> Section | None:
    blocks: list[Block] = []
    for address in (a for a in sweep.addresses if _is_partner(a)):
        figure = _lever(sweep, address, (_FEES_METRIC,))
        if figure:
            blocks += [figure, _told_beside(sweep, address, _PARTNER)]
    if not blocks:
        return None
    blocks.insert(
        0,
        _found_text(
            sweep,
            [a for a in sweep.addresses if _is_partner(a)],
            later("The best set of partners found: {values}."),
        ),
    )
    return Section(say("Which partners, and how many?"), blocks, say("With all else at its best."))


def _found_text(sweep: SweepFrames, addresses: Sequence[str], english: str) -> Text:
    """Return what the best plan has at some addresses, in a sentence."""
    best = sweep.told.iloc[0]
    values = [f"{a.removeprefix('plan.')} {level_text(best[a])}" for a in addresses]
    return Text([say(english, values=wording.joined(values))])


def _wear_text(sweep: SweepFrames, address: str) -> list[Text]:
    """Return at which value of a lever attitude gains most, and whether more of it tires; none where it is not told."""
    read = [
        (text, _reading(sweep, found.iloc[0].design_point, _WEAR_METRIC))
        for text, found in _grouped(sweep, address)
    ]
    told = [(text, reading) for text, reading in read if reading is not None]
    if len(told) < 2:
        return []
    top = max(range(len(told)), key=lambda i: float(told[i][1]["mean"]))
    text, reading = told[top]
    gains = wording.quantity(
        reading["mean"], catalog.unit_of(_WEAR_METRIC, sweep.currency), is_difference=True
    )
    beyond = (
        say("; beyond it more contacts tire") if top < len(told) - 1 else say(", the most that was tried")
    )
    return [
        Text(
            [
                say(
                    "Attitude gains most at {address} {text} ({gains}){beyond}.",
                    address=address.removeprefix("plan."),
                    text=text,
                    gains=gains,
                    beyond=beyond,
                )
            ]
        )
    ]


def _grouped(sweep: SweepFrames, address: str) -> list[tuple[str, pd.DataFrame]]:
    """Return the ranked points by the value of a lever; many numbers are put into equal bins."""
    told = sweep.told
    column = told[address]
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.notna().all():
        if numbers.nunique() <= MOST_LEVELS:
            return [(level_text(value), told[numbers == value]) for value in sorted(numbers.unique())]
        bins = pd.qcut(numbers, MOST_LEVELS - 1, duplicates="drop")
        return [
            (f"{found.left:,.3g}–{found.right:,.3g}", told[bins == found]) for found in bins.cat.categories
            if (bins == found).any()
        ]  # fmt: skip
    texts = column.map(level_text)
    groups = [(text, told[texts == text]) for text in dict.fromkeys(texts)]
    return sorted(groups, key=lambda group: _first_number(group[0]))[: 2 * MOST_LEVELS]


def _first_number(text: str) -> tuple[float, str]:
    try:
        return float(text.replace(",", "")), ""
    except ValueError:
        return math.inf, text


def _lever(
    sweep: SweepFrames, address: str, beside: Sequence[str], ends: tuple[float, float] | None = None
) -> Figure | None:
    """Return what each value of a lever can reach, its best point standing for it."""
    groups = _grouped(sweep, address)
    if len(groups) < 2:
        return None
    best = sweep.told.iloc[0].design_point
    tops = [(text, found.iloc[0]) for text, found in groups]
    main = [Level(t, r["mean"], r.mean_lo, r.mean_hi, r.design_point == best) for t, r in tops]
    panels = [(sweep.title, sweep.unit, main)]
    for metric in beside:
        found = [(text, row, _reading(sweep, row.design_point, metric)) for text, row in tops]
        told = [
            Level(text, reading["mean"], reading.mean_lo, reading.mean_hi, row.design_point == best)
            for text, row, reading in found if reading is not None
        ]  # fmt: skip
        if metric != sweep.metric:
            panels.append((described(metric).title, catalog.unit_of(metric, sweep.currency), told))
    where = address.removeprefix("plan.")
    name = "lever-" + str(sweep.addresses.index(address))
    svg = levels(
        panels,
        name=name,
        label=say("{title} by {where}", title=sweep.title, where=where),
        axis=where,
        ends=ends,
    )
    caption = say(
        "Each mark is the best point with that value, with the interval of its mean; the best of "
        "all stands out. Where marks are close together the axis does not begin at 0."
    )
    return Figure(where, svg, caption) if svg else None


def _reading(sweep: SweepFrames, point: object, metric: str) -> pd.Series | None:
    row = sweep.readings.get((point, metric))
    told = None if row is None else sweep.summary.iloc[row]
    return None if told is None or not math.isfinite(told["mean"]) else told


def _told_beside(sweep: SweepFrames, address: str, metrics: Sequence[str]) -> Table:
    """Return a table of further indicators for the best point of each value of a lever."""
    rows = []
    for text, found in _grouped(sweep, address):
        top = found.iloc[0]
        readings = [(metric, _reading(sweep, top.design_point, metric)) for metric in metrics]
        cells = [
            Cell(wording.quantity(reading["mean"], catalog.unit_of(metric, sweep.currency)))
            if reading is not None
            else Cell(wording.NOTHING)
            for metric, reading in readings
        ]
        rows.append([Cell(text), Cell(wording.quantity(top["mean"], sweep.unit)), *cells])
    headers = (address.removeprefix("plan."), sweep.title, *(described(m).title for m in metrics))
    return Table(headers, rows)


def shown(sweep: SweepFrames) -> set[str]:
    """Return the indicators that the report shows."""
    often = any(_is_frequency(a) for a in sweep.addresses)
    partner = any(_is_partner(a) for a in sweep.addresses)
    names = {sweep.metric, "spend"} | (set(_WEAR) if often else set()) | (set(_PARTNER) if partner else set())
    return {name for name in names if name in catalog.METRICS}
