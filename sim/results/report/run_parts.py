"""The sections of the report on one run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.results import catalog
from sim.results.described import described
from sim.results.report import (
    channel_parts,
    charts,
    day_charts,
    effect_parts,
    listening_parts,
    rule_parts,
    wording,
)
from sim.results.report.fact_parts import Run
from sim.results.report.lookup import ALL, Reading, frequency_shares
from sim.results.report.page import Block, Card, Cards, Cell, Figure, Section, Table
from sim.wording.language import each, later, say

REACH_STEPS = ("reach", *(f"reach_{k}plus" for k in range(2, catalog.MOST_PLUS + 1)))
STAGES = (
    ("total_reach", later("Met it")),
    ("awareness", later("Aware")),
    ("consideration", later("Considering")),
    ("adoption", later("Adopted")),
)
VERDICTS = {
    "good": later("✓ as surely as asked"),
    "bad": later("✗ not as surely"),
    "open": later("too close to call"),
}
_MOST_SEGMENTS = 12


def headline(run: Run) -> list[str]:
    """Return the answer to the planner in one to three sentences."""
    lines = [line for line in (_reach_sentence(run), _mind_sentence(run)) if line]
    return [" ".join(lines) or say("The run tells no reach and no awareness."), *_objective_sentences(run)]


def _reach_sentence(run: Run) -> str:
    reach, frequency, spend = (run.readings.get(name) for name in ("reach", "average_frequency", "spend"))
    people = wording.people_text(run.people)
    money = say(" for {spend}", spend=spend.text()) if spend and spend.mean > 0 else ""
    if reach and reach.mean > 0:
        times = (
            say(" {mean} times on average", mean=wording.number(frequency.mean, ".1f")) if frequency else ""
        )
        return say(
            "The plan reaches {reach} of {people} ({range_words}){times}{money}.",
            reach=reach.text(),
            people=people,
            range_words=reach.range_words(),
            times=times,
            money=money,
        )
    total = run.readings.get("total_reach")
    if total is None:
        return ""
    met = say(
        "{total} of {people} ({range_words})",
        total=total.text(),
        people=people,
        range_words=total.range_words(),
    )
    return say("Without bought contacts, the plan's messages meet {met}{money}.", met=met, money=money)


_MINDS = (
    ("awareness", later("{share} are aware{added}")),
    ("adoption", later("{share} have adopted{added}")),
)


def _mind_sentence(run: Run) -> str:
    told = []
    for metric, are in _MINDS:
        reading = run.readings.get(metric)
        if reading:
            told.append(say(are, share=reading.text(), added=_added(run.readings.get(metric + "_lift"))))
    return say("At {day}, {list}.", day=run.day_words(), list=say(" and ").join(told)) if told else ""


def _added(lift: Reading | None) -> str:
    if lift is None:
        return ""
    if not (lift.mean_lo > 0 or lift.mean_hi < 0):
        return say(" (no clear difference to no campaign)")
    return say(
        " ({size} {more} than without the campaign)",
        size=wording.points(lift.mean),
        more=say("more") if lift.mean > 0 else say("fewer"),
    )


def _objective_sentences(run: Run) -> list[str]:
    found = [(name, *judged(run, name, aim)) for name, aim in run.objectives.items()]
    told = [(name, reading, aim, tone) for name, reading, aim, tone in found if reading]
    if not told:
        return []
    if len(told) <= 2:
        return [
            " ".join(
                say(
                    "Objective “{name}” is met in {share} of worlds; {asked} are asked.",
                    name=name,
                    share=wording.chance(reading.mean),
                    asked=wording.chance(asked),
                )
                for name, reading, asked, _ in told
            )
        ]
    met = sum(tone == "good" for *_, tone in told)
    return [say("{met} of {n} objectives are met as surely as asked.", met=met, n=len(told))]


def judged(run: Run, name: str, aim: Mapping[str, Any]) -> tuple[Reading | None, float, str]:
    """Return the share of worlds that meet an objective, the share asked, and good, bad or open."""
    asked = float(aim.get("probability") or 0.0)
    reading = run.met(name)
    if reading is None or not reading.mean_lo <= reading.mean_hi:
        return reading, asked, "open"
    if reading.mean_lo >= asked:
        return reading, asked, "good"
    return reading, asked, "bad" if reading.mean_hi < asked else "open"


def cards_section(run: Run) -> Section:
    """Return the key figures, each with its interval and what it is."""
    read = run.readings.get
    whys = {
        "reach": say("met a paid message at least once"),
        "average_frequency": say("paid contacts of a person reached"),
        "grp": say("reach in % × average frequency"),
        "total_reach": say("met it from any source, what people pass on included"),
        "awareness": _lift_why(run, "awareness", say("know the offer")),
        "consideration": _lift_why(run, "consideration", say("consider it, or have adopted")),
        "adoption": _lift_why(run, "adoption", say("have adopted so far")),
        "spend": _spend_why(run),
    }
    cards = [Card(described(name).title, _card_value(found), found.range_words(), why)
             for name, why in whys.items() if (found := read(name))]  # fmt: skip
    return Section(
        say("Key figures"),
        [Cards(cards)],
        say(
            "At {day_words}, of {people}.", day_words=run.day_words(), people=wording.people_text(run.people)
        ),
    )


def _card_value(reading: Reading) -> str:
    return (
        wording.plain(reading.mean, 2) + "\u00a0×"
        if reading.metric == "average_frequency"
        else reading.text()
    )


def _lift_why(run: Run, metric: str, what: str) -> str:
    reading, lift = run.readings.get(metric), run.readings.get(metric + "_lift")
    people = wording.people_text(reading.mean * run.people) if reading else ""
    if lift is None:
        return f"{people} {what}".strip()
    by_it = lift.text(is_difference=True)
    interval = wording.interval(lift.mean_lo, lift.mean_hi, lift.unit, is_difference=True)
    return say(
        "{people} {what}; by the campaign {by_it} ({interval})",
        people=people,
        what=what,
        by_it=by_it,
        interval=interval,
    )


def _spend_why(run: Run) -> str:
    told = [f"{described(name).title} {found.text(is_bare=True)}"
            for name in ("cpm", "cost_per_reach_point") if (found := run.readings.get(name))]  # fmt: skip
    return say("flights as delivered, and partners' fees") + (f"; {', '.join(told)}" if told else "")


def objectives_section(run: Run) -> Section | None:
    """Return each objective with the share of worlds that meet it, and whether that is enough."""
    rows = [_objective_row(run, name, aim) for name, aim in run.objectives.items()]
    if not rows:
        return None
    table = Table(
        each("Objective", "What is to hold", "Expected", "Worlds that meet it", "Asked", "Verdict"),
        rows,
        n_words=2,
        caption=say("“Too close to call”: the interval holds what is asked; more worlds would tell."),
    )
    return Section(say("Objectives"), [table], say("How surely the plan does what it is for."))


def _objective_row(run: Run, name: str, aim: Mapping[str, Any]) -> list[Cell]:
    reading, asked, tone = judged(run, name, aim)
    verdict = say(VERDICTS[tone]) if reading else say("not told")
    share = wording.chance(reading.mean) if reading else wording.NOTHING
    sure = (
        (wording.interval(reading.mean_lo, reading.mean_hi, "share") + f"; {_met_count(run, name)}")
        if reading
        else ""
    )
    expected, around = _expected(run, aim)
    return [Cell(name), Cell(aim_words(run, aim)), Cell(expected, around), Cell(share, sure),
            Cell(wording.chance(asked)), Cell(verdict, tone=tone)]  # fmt: skip


def _met_count(run: Run, name: str) -> str:
    values = run.worlds.loc[run.worlds["metric"] == catalog.OBJECTIVE_PREFIX + name, "value"]
    return say("{n} of {of} worlds", n=int(values.sum()), of=len(values)) if len(values) else ""


def aim_words(run: Run, aim: Mapping[str, Any]) -> str:
    """Return what an objective asks, in words."""
    metric = str(aim["metric"])
    known = metric in catalog.METRICS
    title = described(metric).title if known else metric
    of = "".join(f", {aim[key]}" for key in ("segment", "channel") if aim.get(key, ALL) != ALL)
    at_least = aim.get("at_least")
    bound = float(at_least if at_least is not None else aim["at_most"])
    value = wording.quantity(bound, catalog.unit_of(metric, run.currency)) if known else str(bound)
    return say(
        "{title}{of} {sign} {value} by {day}",
        title=title,
        of=of,
        sign="≥" if at_least is not None else "≤",
        value=value,
        day=run.day_words(aim.get("by_day")),
    )


def _expected(run: Run, aim: Mapping[str, Any]) -> tuple[str, str]:
    day = aim.get("by_day") or run.days
    metric, segment, channel = aim["metric"], aim.get("segment", ALL), aim.get("channel", ALL)
    if day == run.days:
        found = run.readings.get(metric, segment, channel)
        return (found.text(is_bare=True), found.range_text(is_bare=True)) if found else (wording.NOTHING, "")
    daily = run.daily
    rows = daily[(daily["metric"] == metric) & (daily["day"] == day)
                 & (daily["segment"] == segment) & (daily["channel"] == channel)]  # fmt: skip
    if rows.empty:
        return wording.NOTHING, ""
    row = rows.iloc[0]
    return (
        wording.quantity(float(row["mean"]), str(row["unit"]), is_bare=True),
        wording.interval(float(row["p2_5"]), float(row["p97_5"]), str(row["unit"]), is_bare=True).strip(
            wording.DASH
        ),
    )


def reach_section(run: Run) -> Section | None:
    """Return reach over days, and how often people are met."""
    blocks: list[Block] = []
    curve = day_charts.reach_over_days(run.daily)
    if curve:
        blocks.append(
            Figure(
                say("Share of people met at least once, twice, three times …"),
                curve,
                say("Paid contacts up to that day. Bands: 80 % and 95 % of worlds."),
            )
        )
        run.readings.get("reach_2plus")
    shares = frequency_shares(run.worlds, REACH_STEPS)
    chart = charts.frequency_distribution(shares)
    if chart:
        mean = run.readings.get("average_frequency")
        met = (
            say(
                "Those reached are met {mean} times on average ({range_words}).",
                mean=wording.plain(mean.mean, 2),
                range_words=mean.range_words(),
            )
            if mean
            else ""
        )
        blocks.append(
            Figure(
                say("How often people are met"),
                chart,
                say(
                    "{met} Exactly that many paid contacts at {day_words}; 0 = not reached.",
                    met=met,
                    day_words=run.day_words(),
                ),
            )
        )
    return (
        Section(say("Reach and frequency"), blocks, say("How many people the money meets, and how often."))
        if blocks
        else None
    )


def funnel_section(run: Run) -> Section | None:
    """Return what becomes of those met, by segment, and what would have happened anyway."""
    rows, left_out = _segment_rows(run)
    columns = [charts.Column(say(title), _with_all(run, metric)) for metric, title in STAGES]
    blocks: list[Block] = []
    chart = charts.bar_columns(
        columns, rows, name="funnel", label=say("Funnel by segment"), is_one_scale=True
    )
    if chart:
        more = (
            say(" The {left_out} smallest segments are in summary.csv.", left_out=left_out)
            if left_out
            else ""
        )
        blocks.append(
            Figure(
                say("From contact to adoption, by segment"),
                chart,
                say(
                    "Share of the people of each segment at {day_words}; all columns on one scale.{more}",
                    day_words=run.day_words(),
                    more=more,
                ),
            )
        )
    lift = day_charts.lift_over_days(run.daily, STAGES[1:])
    if lift:
        blocks.append(
            Figure(
                say("With the campaign and without it"),
                lift,
                say(
                    "Dashed: the same worlds without flights, partners and owned posts; mean over worlds. "
                    "Each panel has its own scale."
                ),
            )
        )
    blocks += _lift_table(run)
    return (
        Section(say("Funnel by segment"), blocks, say("Who gets to know it, considers it and adopts it."))
        if blocks
        else None
    )


def _with_all(run: Run, metric: str) -> dict[str, Reading]:
    whole = run.readings.get(metric)
    return {**({ALL: whole} if whole else {}), **run.readings.by_segment(metric)}


def _segment_rows(run: Run) -> tuple[list[tuple[str, str]], int]:
    shares: Mapping[str, float] = run.public.get("segments") or {}
    told = {name for metric, _ in STAGES for name in run.readings.by_segment(metric)}
    names = sorted(told, key=lambda name: (-float(shares.get(name, 0.0)), name))
    kept = names[:_MOST_SEGMENTS]
    return [(ALL, say("All people")), *((name, name) for name in kept)], len(names) - len(kept)


def _lift_table(run: Run) -> list[Block]:
    rows = []
    for metric in ("awareness", "consideration", "attitude", "trust", "adoption"):
        reading, lift = run.readings.get(metric), run.readings.get(metric + "_lift")
        if reading and lift:
            sure = wording.interval(lift.mean_lo, lift.mean_hi, lift.unit, is_difference=True)
            rows.append([Cell(described(metric).title), Cell(reading.text(), reading.range_text()),
                         Cell(wording.quantity(reading.mean - lift.mean, reading.unit)),
                         Cell(lift.text(is_difference=True), sure)])  # fmt: skip
    headers = each("Indicator", "With the campaign", "Without it", "Lift, with the interval of its mean")
    return [Table(headers, rows, say("What the campaign adds"))] if rows else []


def contents(run: Run) -> list[Section]:
    """Return the sections on the run itself, in the order of the planner's questions."""
    parts = (
        cards_section,
        objectives_section,
        rule_parts.rules_section,
        reach_section,
        funnel_section,
        channel_parts.channels_section,
        channel_parts.social_section,
        listening_parts.listening_section,
        effect_parts.seeding_section,
        channel_parts.cost_section,
        effect_parts.response_section,
    )
    return [section for part in parts if (section := part(run)) is not None]
