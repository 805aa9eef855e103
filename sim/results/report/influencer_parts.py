"""The report of a choice of people: what is certified, what was measured, and who they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import altair as alt
import pandas as pd

from sim.results.files import write_whole
from sim.results.influencers import ALL, TARGET
from sim.results.report import chart_base as base
from sim.results.report import wording
from sim.results.report.influencer_facts import TITLES, Facts
from sim.results.report.page import Card, Cards, Cell, Figure, Page, Section, Table, Text, render
from sim.wording.language import each, later, say, speaking

_LEVELS = {
    "everyday": later("everyday"), "nano": later("nano"), "micro": later("micro"), "macro": later("macro"),
    "mega": later("mega"),
}  # fmt: skip
LIMITS = (
    later(
        "The certificate is about one cascade: each person chosen posts once, followers attend "
        "with the chances of the channel, and pass it on as they would the first time. It bounds "
        "the mean over all luck, and what any other choice under the same limits could reach."
    ),
    later(
        "It says nothing of awareness, attitude or adoption, of further posts by the same "
        "people, of feed ranking, or of what the rest of the plan reaches already. All that is "
        "in the day, which is measured above: an interval, and no guarantee."
    ),
    later("Both are about the simulated public. How far that is from yours is a matter of its data."),
)


def write_influencer_report(
    path: Path, people: pd.DataFrame, effects: pd.DataFrame, facts: Facts, language: str = "en"
) -> None:
    """Write the report as one self-contained HTML file; the same inputs give the same bytes.

    Raises
    ------
    InputError
        If the language is not one that is spoken.
    """
    with speaking(language):
        sections = [
            Section(say("What is certified"), [_cards(facts), _gains(people, facts)]),
            Section(say("Who they are"), [_people(people, facts)]),
            Section(
                say("What the day makes of it"),
                [Text(list(facts.measured(effects))), *_effects(effects, facts)],
            ),
            Section(say("Whom they reach"), [_segments(effects)]),
            Section(say("What this does not say"), [Text(each(*LIMITS), is_list=True)]),
        ]
        title = say("{name}: whom to book for {booking}", name=facts.name, booking=facts.booking)
        subtitle = say(
            "{message} on {where}, {posts}, {n_worlds} worlds",
            message=facts.message,
            where=facts.where,
            posts=facts.posts,
            n_worlds=facts.n_worlds,
        )
        html = render(Page(title, subtitle, list(facts.headline(effects)), sections))
        write_whole(path, lambda beside: beside.write_text(html, "utf-8", newline="\n"))


def _cards(facts: Facts) -> Cards:
    band = say(
        "{lower} at least; the best possible at most {upper}",
        lower=wording.number(facts.lower, ",.0f"),
        upper=wording.number(facts.upper, ",.0f"),
    )
    return Cards(
        [
            Card(
                say("Reached by one post each"),
                wording.people_text(facts.spread),
                band,
                say("{sure} % sure", sure=wording.number(100 * facts.sure, "g")),
            ),
            Card(
                say("Of the best possible, at least"),
                wording.number(100 * facts.ratio, ".0f") + " %",
                "",
                say("lower bound ÷ upper bound"),
            ),
            Card(
                say("Cost"),
                wording.quantity(facts.spent, facts.currency),
                facts.posts,
                say("fees of all posts"),
            ),
        ]
    )


def _gains(people: pd.DataFrame, facts: Facts) -> Figure:
    """Draw what the first 1, 2, … reach together, the certified band below it, and the bound on the best above."""
    table = people.reset_index()[["place", "spread", "at_least"]]
    scale = alt.Scale(domain=[0, len(table)], nice=False)
    x = alt.X("place:Q", title=say("people chosen"), scale=scale, axis=alt.Axis(tickMinStep=1, format="d"))
    top = base.nice_top(max(facts.upper, float(table["spread"].max())))
    y_scale = alt.Scale(domain=[0, top], nice=False)
    y_axis = alt.Axis(format=base.axis_format("people", top))
    band = alt.Chart(table).mark_area(opacity=0.18, color=base.ACCENT).encode(
        x=x, y=alt.Y("at_least:Q", title=say("people reached"), scale=y_scale, axis=y_axis), y2="spread:Q"
    )  # fmt: skip
    line = alt.Chart(table).mark_line(color=base.ACCENT, point=True).encode(
        x=x, y=alt.Y("spread:Q", title=say("people reached"), scale=y_scale, axis=y_axis)
    )  # fmt: skip
    best = pd.DataFrame({"upper": [facts.upper], "text": [say("best possible at most")]})
    y_best = alt.Y("upper:Q", title=say("people reached"), scale=y_scale, axis=y_axis)
    rule = alt.Chart(best).mark_rule(color=base.SECOND, strokeDash=[6, 3]).encode(y=y_best)
    text = alt.Chart(best).mark_text(align="left", dy=-8, color=base.SECOND).encode(
        x=alt.value(6), y=y_best, text="text:N"
    )  # fmt: skip
    chart = alt.layer(band, line, rule, text).properties(width=base.FULL_WIDTH - 80, height=280)
    label = say(
        "People reached by the first 1, 2, … chosen, with lower bounds, and the bound on the best choice"
    )
    caption = say(
        "Line: estimate. Band: down to a lower bound; the bounds of all places hold together. "
        "Dashed: what no choice of as many under the same limits reaches."
    )
    return Figure(say("Each further person adds less"), base.to_svg(chart, "gains", label), caption)


def _people(people: pd.DataFrame, facts: Facts) -> Table:
    layers = [name for name in people.columns if name.startswith("followers.")]
    headers = [
        say("Person"),
        say("Segment"),
        say("Level"),
        *(say("Followers, {channel}", channel=n.partition(".")[2]) for n in layers),
        say("Cost"),
        say("Adds"),
        say("Alone"),
        say("Overlap"),
    ]
    rows = [
        [
            Cell(str(row["person"])),
            Cell(str(row["segment"])),
            Cell(say(_LEVELS[str(row["level"])])),
            *(Cell(wording.number(row[name], ",.0f")) for name in layers),
            Cell(wording.number(row["cost"], ",.0f")),
            Cell(wording.number(row["gain"], ",.0f")),
            Cell(wording.number(row["alone"], ",.0f")),
            Cell(wording.number(100 * row["overlap"], ".0f") + " %"),
        ]
        for _, row in people.iterrows()
    ]
    caption = say(
        "In the order chosen. Cost in {currency}, of all posts. Adds: people reached beyond "
        "those before. Overlap: share of those reached alone whom the ones before reach too. "
        "Estimates, on luck that the choice has not seen.",
        currency=facts.currency,
    )
    return Table(headers, rows, caption=caption, n_words=3)


def _effects(effects: pd.DataFrame, facts: Facts) -> Iterator[Table]:
    for metric, english in TITLES.items():
        title = say(english)
        rows = effects[(effects["metric"] == metric) & (effects["segment"] == facts.counted)]
        is_first = rows["rule"] == rows["rule"].iloc[0]
        cells = [
            [
                Cell(str(row["rule"]), _rule_words(facts, str(row["rule"]))),
                Cell(wording.number(row["people"], ",.0f")), Cell(wording.number(row["cost"], ",.0f")),
                _interval(row, "incremental"), Cell("–") if first else _interval(row, "against", is_toned=True),
                Cell(wording.chance(float(row["p_best"]))), _cost(row),
            ]
            for (_, row), first in zip(rows.iterrows(), is_first, strict=True)
        ]  # fmt: skip
        person = say("adopter") if metric == "adoption" else say("person")
        headers = [
            say("Rule"),
            say("People"),
            say("Cost"),
            say("Further {title}", title=title),
            say("Against the certified"),
            say("Best, chance"),
            say("Cost per further {person}", person=person),
        ]
        caption = say(
            "By day {day}, paired by world; 95 % intervals of the mean. Cost in {currency}.",
            day=facts.day,
            currency=facts.currency,
        )
        yield Table(headers, cells, title=title.capitalize(), caption=caption)


def _rule_words(facts: Facts, rule: str) -> str:
    """Return what a rule goes by: ``largest:followers`` names a column of the people."""
    return say(facts.titles[rule], column=rule.partition(":")[2]) if rule in facts.titles else ""


def _interval(row: pd.Series, key: str, *, is_toned: bool = False) -> Cell:
    low, high = float(row[f"{key}_lo"]), float(row[f"{key}_hi"])
    value = float(row["incremental" if key == "incremental" else "against_first"])
    tone = "" if not is_toned else "good" if low > 0 else "bad" if high < 0 else "open"
    under = say("{low} to {high}", low=count_text(low), high=count_text(high)) if low == low else ""
    return Cell(count_text(value), under, tone)


def count_text(people: float) -> str:
    """Return a difference of people with a minus that does not break, and no minus nought."""
    number = wording.number(people, ",.0f")
    return number.replace("-0", "0") if -0.5 <= people < 0.5 else number.replace("-", "−")


def _cost(row: pd.Series) -> Cell:
    if row["cost_per_person"] != row["cost_per_person"]:
        return Cell(wording.NOTHING)
    low, high = row["cost_lo"], row["cost_hi"]
    upper = wording.number(high, ",.2f") if high == high else say("no bound")
    return Cell(
        wording.number(float(row["cost_per_person"]), ",.2f"),
        say("{low} to {upper}", low=wording.number(low, ",.2f"), upper=upper) if low == low else "",
    )


def _segments(effects: pd.DataFrame) -> Table:
    rows = effects[(effects["metric"] == "total_reach") & ~effects["segment"].isin([ALL, TARGET])]
    segments = list(dict.fromkeys(rows["segment"]))
    cells = [
        [Cell(str(rule)), *(_interval(of.set_index("segment").loc[s], "incremental") for s in segments)]
        for rule, of in rows.groupby("rule", sort=False)
    ]
    return Table([say("Rule"), *segments], cells, title=say("Further people met, by segment"))
