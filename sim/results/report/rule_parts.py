"""The section on rules: what each says, in how many worlds it fired, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.results import catalog
from sim.results.described import described
from sim.results.report import wording
from sim.results.report.fact_parts import Run
from sim.results.report.lookup import ALL
from sim.results.report.page import Cell, Section, Table
from sim.wording.language import each, say


def rules_section(run: Run) -> Section | None:
    """Return when and how often each rule of the plan fired; None where it has none."""
    rules = (run.scenario.get("plan") or {}).get("rules") or {}
    if not rules:
        return None
    table = Table(
        each("Rule", "When", "Then", "Worlds in which it fired", "Times", "First on day"),
        [_row(run, name, rule) for name, rule in rules.items()],
        n_words=3,
        caption=say(
            "A rule looks at the counts of an evening and acts from the next day on. Times: mean "
            "over all worlds; first day: mean over the worlds in which it fired, and its spread over "
            "them. Spend, impressions bought and undelivered are as the rules left them in each "
            "world; the table of flights tells the plan."
        ),
    )
    return Section(say("Rules"), [table], say("What the plan changes by itself during the run."))


def _row(run: Run, name: str, rule: Mapping[str, Any]) -> list[Cell]:
    fired = run.readings.get(catalog.RULE_FIRED + name)
    times = run.readings.get(catalog.RULE_TIMES + name)
    first = run.readings.get(catalog.RULE_FIRST_DAY + name)
    share = wording.chance(fired.mean) if fired else wording.NOTHING
    around = wording.interval(fired.mean_lo, fired.mean_hi, "share") if fired else ""
    is_known = first is not None and first.mean == first.mean
    day = wording.plain(first.mean, 1) if first is not None and is_known else wording.NOTHING
    spread = (
        f"{wording.number(first.p2_5, 'g')}–{wording.number(first.p97_5, 'g')}"
        if first is not None and is_known and first.has_spread
        else ""
    )
    return [
        Cell(name), Cell(when_words(run, rule)), Cell(then_words(rule["then"])), Cell(share, around),
        Cell(wording.plain(times.mean, 2) if times else wording.NOTHING), Cell(day, spread),
    ]  # fmt: skip


def when_words(run: Run, rule: Mapping[str, Any]) -> str:
    """Return the condition of a rule in words."""
    when = rule["when"]
    metric = str(when["metric"])
    of = "".join(f", {when[key]}" for key in ("segment", "channel") if when.get(key, ALL) != ALL)
    is_above = when.get("above") is not None
    bound = wording.quantity(
        float(when["above"] if is_above else when["below"]), catalog.unit_of(metric, run.currency)
    )
    for_days = say(" for {for_days} days", for_days=when["for_days"]) if when.get("for_days", 1) > 1 else ""
    days = say(", on days {days}", days=rule["days"]) if rule.get("days") else ""
    again = "" if rule.get("once", True) else say(", each time anew")
    title = described(metric).title
    return f"{title}{of} {say('above') if is_above else say('below')} {bound}{for_days}{days}{again}"


def then_words(then: Mapping[str, Any]) -> str:
    """Return what a rule does in words."""
    if then.get("pause"):
        return say("pause {flight}", flight=then["pause"])
    if then.get("resume"):
        return say("resume {flight}", flight=then["resume"])
    if then.get("swap_message"):
        return say(
            "{flight} says {message}",
            flight=then["swap_message"]["flight"],
            message=then["swap_message"]["message"],
        )
    shift = then["shift_budget"]
    share = wording.quantity(float(shift["share"]), "share")
    return say("{share} of what {flight} has left to {to}", share=share, flight=shift["from"], to=shift["to"])
