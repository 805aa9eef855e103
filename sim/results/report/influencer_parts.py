"""The report of a choice of people: what is certified, what was measured, and who they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import pandas as pd

from sim.results.files import write_whole
from sim.results.influencers import ALL, TARGET
from sim.results.report import chart_base as base
from sim.results.report import wording
from sim.results.report.page import Card, Cards, Cell, Figure, Page, Section, Table, Text, render

_TITLES = {"total_reach": "people met", "awareness": "people aware", "adoption": "adopters"}
LIMITS = (
    "The certificate is about one cascade: each person chosen posts once, followers attend with the chances of the "
    "channel, and pass it on as they would the first time. It bounds the mean over all luck, and what any other choice "
    "under the same limits could reach.",
    "It says nothing of awareness, attitude or adoption, of further posts by the same people, of feed ranking, or of "
    "what the rest of the plan reaches already. All that is in the day, which is measured above: an interval, and "
    "no guarantee.",
    "Both are about the simulated public. How far that is from yours is a matter of its data.",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold what was asked and certified; counts in people of the market.

    Parameters
    ----------
    name, booking, channel, message, currency : str
    also_on : tuple of str    further channels
    target : tuple of str     segments whose people count; () is all
    is_weighted : bool        people count by what they are worth
    by_day : int or None      deadline of the certificate
    day : int                 day by which the effects are read
    n_posts, n_worlds, n_sets : int
    spread, lower, upper, booked, spent : float
    ratio, sure : float
    guarantee : float or None
    titles : mapping of str to str    what each rule goes by, in words
    """

    name: str
    booking: str
    channel: str
    message: str
    currency: str
    also_on: tuple[str, ...]
    target: tuple[str, ...]
    is_weighted: bool
    by_day: int | None
    day: int
    n_posts: int
    n_worlds: int
    spread: float
    lower: float
    upper: float
    ratio: float
    guarantee: float | None
    sure: float
    n_sets: int
    booked: float
    spent: float
    titles: Mapping[str, str]

    @property
    def whom(self) -> str:
        """Whose people count, in words."""
        if self.is_weighted:
            return "people, each times its weight,"
        return "people" if not self.target else f"people of {wording.joined(list(self.target))}"

    @property
    def counted(self) -> str:
        """Which rows of the effects are of the people who count."""
        return ALL if not self.target else self.target[0] if len(self.target) == 1 else TARGET

    @property
    def where(self) -> str:
        """Channels, in words."""
        return wording.joined([self.channel, *self.also_on])

    def sentences(self) -> Iterator[str]:
        """Yield what is certified, in words."""
        until = "" if self.by_day is None else f" by day {self.by_day}"
        booked = f", {self.booked:,.0f} of them by those booked already" if self.booked else ""
        yield (
            f"{self.booking}: one post each of {self.message} on {self.where} reaches {self.spread:,.0f} {self.whom}"
            f"{until}{booked}; at least {self.lower:,.0f}."
        )
        yield (
            f"No other choice under these limits reaches more than {self.upper:,.0f}: this one has at least "
            f"{100 * self.ratio:.0f} % of the best possible ({100 * self.sure:g} % sure, {self.n_sets:,} sets)."
        )
        if self.guarantee is None:
            yield "Budget, count or quotas together promise nothing beforehand; these bounds are what was found."
        else:
            yield f"{100 * self.guarantee:.0f} % was promised beforehand."

    def measured(self, effects: pd.DataFrame) -> Iterator[str]:
        """Yield what the whole day made of the lists, in words."""
        posts = "the one post each" if self.n_posts == 1 else f"all {self.n_posts} posts each"
        among = f" among {self.whom}" if self.target else ""
        yield (
            f"Measured in the whole day, by day {self.day}, on {self.n_worlds} worlds: what each list adds{among} to "
            f"the plan without {self.booking}, with {posts}."
        )
        n_wins = 0
        for metric, title in _TITLES.items():
            rows = effects[(effects["metric"] == metric) & (effects["segment"] == self.counted)]
            n_wins += int((rows["against_lo"] > 0).sum())
            for _, row in rows[rows["against_lo"] > 0].iterrows():
                yield (
                    f"In {title} the plain rule {row['rule']} wins over the certified choice in the whole model, by "
                    f"{row['against_first']:,.0f} ({row['against_lo']:,.0f} to {row['against_hi']:,.0f})."
                )
        if n_wins == 0 and len(self.titles) > 1 and self.n_worlds > 1:
            yield "No plain rule is surely better than the certified choice, in people met, aware or adopting."

    @property
    def posts(self) -> str:
        """How often each posts, in words."""
        return "one post each" if self.n_posts == 1 else f"{self.n_posts} posts each"

    def headline(self, effects: pd.DataFrame) -> Iterator[str]:
        """Yield what the page says first: what is certified, what was measured, and where a plain rule wins."""
        yield from self.sentences()
        rows = effects[(effects["metric"] == "total_reach") & (effects["segment"] == self.counted)]
        own = rows.iloc[0]
        _, *lost = self.measured(effects)
        low, high = float(own["incremental_lo"]), float(own["incremental_hi"])
        band = f" ({low:,.0f} to {high:,.0f})" if low == low else ""
        people = "people" if not self.target else self.whom
        yield " ".join([
            f"In the whole day, on {self.n_worlds} worlds, the list with {self.posts} makes {own['incremental']:,.0f}"
            f"{band} further {people} meet it by day {self.day}.", *lost,
        ])  # fmt: skip


def write_influencer_report(path: Path, people: pd.DataFrame, effects: pd.DataFrame, facts: Facts) -> None:
    """Write the report as one self-contained HTML file; the same inputs give the same bytes."""
    sections = [
        Section("What is certified", [_cards(facts), _gains(people, facts)]),
        Section("Who they are", [_people(people, facts)]),
        Section("What the day makes of it", [Text(list(facts.measured(effects))), *_effects(effects, facts)]),
        Section("Whom they reach", [_segments(effects)]),
        Section("What this does not say", [Text(LIMITS, is_list=True)]),
    ]
    title = f"{facts.name}: whom to book for {facts.booking}"
    subtitle = f"{facts.message} on {facts.where}, {facts.posts}, {facts.n_worlds} worlds"
    html = render(Page(title, subtitle, list(facts.headline(effects)), sections))
    write_whole(path, lambda beside: beside.write_text(html, "utf-8", newline="\n"))


def _cards(facts: Facts) -> Cards:
    band = f"{facts.lower:,.0f} at least; the best possible at most {facts.upper:,.0f}"
    return Cards([
        Card("Reached by one post each", wording.people_text(facts.spread), band, f"{100 * facts.sure:g} % sure"),
        Card("Of the best possible, at least", f"{100 * facts.ratio:.0f} %", "", "lower bound ÷ upper bound"),
        Card("Cost", wording.quantity(facts.spent, facts.currency), facts.posts, "fees of all posts"),
    ])  # fmt: skip


def _gains(people: pd.DataFrame, facts: Facts) -> Figure:
    """Draw what the first 1, 2, … reach together, the certified band below it, and the bound on the best above."""
    table = people.reset_index()[["place", "spread", "at_least"]]
    scale = alt.Scale(domain=[0, len(table)], nice=False)
    x = alt.X("place:Q", title="people chosen", scale=scale, axis=alt.Axis(tickMinStep=1, format="d"))
    top = base.nice_top(max(facts.upper, float(table["spread"].max())))
    y_scale = alt.Scale(domain=[0, top], nice=False)
    y_axis = alt.Axis(format=base.axis_format("people", top))
    band = alt.Chart(table).mark_area(opacity=0.18, color=base.ACCENT).encode(
        x=x, y=alt.Y("at_least:Q", title="people reached", scale=y_scale, axis=y_axis), y2="spread:Q"
    )  # fmt: skip
    line = alt.Chart(table).mark_line(color=base.ACCENT, point=True).encode(
        x=x, y=alt.Y("spread:Q", title="people reached", scale=y_scale, axis=y_axis)
    )  # fmt: skip
    best = pd.DataFrame({"upper": [facts.upper], "text": ["best possible at most"]})
    y_best = alt.Y("upper:Q", title="people reached", scale=y_scale, axis=y_axis)
    rule = alt.Chart(best).mark_rule(color=base.SECOND, strokeDash=[6, 3]).encode(y=y_best)
    text = alt.Chart(best).mark_text(align="left", dy=-8, color=base.SECOND).encode(
        x=alt.value(6), y=y_best, text="text:N"
    )  # fmt: skip
    chart = alt.layer(band, line, rule, text).properties(width=base.FULL_WIDTH - 80, height=280)
    label = "People reached by the first 1, 2, … chosen, with lower bounds, and the bound on the best choice"
    caption = (
        "Line: estimate. Band: down to a lower bound; the bounds of all places hold together. Dashed: what no choice "
        "of as many under the same limits reaches."
    )
    return Figure("Each further person adds less", base.to_svg(chart, "gains", label), caption)


def _people(people: pd.DataFrame, facts: Facts) -> Table:
    layers = [name for name in people.columns if name.startswith("followers.")]
    headers = [
        "Person",
        "Segment",
        "Level",
        *(f"Followers, {n.partition('.')[2]}" for n in layers),
        "Cost",
        "Adds",
        "Alone",
        "Overlap",
    ]
    rows = [
        [
            Cell(str(row["person"])), Cell(str(row["segment"])), Cell(str(row["level"])),
            *(Cell(f"{row[name]:,.0f}") for name in layers), Cell(f"{row['cost']:,.0f}"), Cell(f"{row['gain']:,.0f}"),
            Cell(f"{row['alone']:,.0f}"), Cell(f"{100 * row['overlap']:.0f} %"),
        ]
        for _, row in people.iterrows()
    ]  # fmt: skip
    caption = (
        f"In the order chosen. Cost in {facts.currency}, of all posts. Adds: people reached beyond those before. "
        "Overlap: share of those reached alone whom the ones before reach too. Estimates, on luck that the choice has "
        "not seen."
    )
    return Table(headers, rows, caption=caption, n_words=3)


def _effects(effects: pd.DataFrame, facts: Facts) -> Iterator[Table]:
    for metric, title in _TITLES.items():
        rows = effects[(effects["metric"] == metric) & (effects["segment"] == facts.counted)]
        is_first = rows["rule"] == rows["rule"].iloc[0]
        cells = [
            [
                Cell(str(row["rule"]), facts.titles.get(str(row["rule"]), "")),
                Cell(f"{row['people']:,.0f}"), Cell(f"{row['cost']:,.0f}"),
                _interval(row, "incremental"), Cell("–") if first else _interval(row, "against", is_toned=True),
                Cell(wording.chance(float(row["p_best"]))), _cost(row),
            ]
            for (_, row), first in zip(rows.iterrows(), is_first, strict=True)
        ]  # fmt: skip
        person = "adopter" if metric == "adoption" else "person"
        headers = [
            "Rule",
            "People",
            "Cost",
            f"Further {title}",
            "Against the certified",
            "Best, chance",
            f"Cost per further {person}",
        ]
        caption = (
            f"By day {facts.day}, paired by world; 95 % intervals of the mean. Cost in {facts.currency}."
        )
        yield Table(headers, cells, title=title.capitalize(), caption=caption)


def _interval(row: pd.Series, key: str, *, is_toned: bool = False) -> Cell:
    low, high = float(row[f"{key}_lo"]), float(row[f"{key}_hi"])
    value = float(row["incremental" if key == "incremental" else "against_first"])
    tone = "" if not is_toned else "good" if low > 0 else "bad" if high < 0 else "open"
    under = f"{count_text(low)} to {count_text(high)}" if low == low else ""
    return Cell(count_text(value), under, tone)


def count_text(people: float) -> str:
    """Return a difference of people with a minus that does not break, and no minus nought."""
    return f"{people:,.0f}".replace("-0", "0") if -0.5 <= people < 0.5 else f"{people:,.0f}".replace("-", "−")


def _cost(row: pd.Series) -> Cell:
    if row["cost_per_person"] != row["cost_per_person"]:
        return Cell(wording.NOTHING)
    low, high = row["cost_lo"], row["cost_hi"]
    upper = f"{high:,.2f}" if high == high else "no bound"
    return Cell(f"{row['cost_per_person']:,.2f}", f"{low:,.2f} to {upper}" if low == low else "")


def _segments(effects: pd.DataFrame) -> Table:
    rows = effects[(effects["metric"] == "total_reach") & ~effects["segment"].isin([ALL, TARGET])]
    segments = list(dict.fromkeys(rows["segment"]))
    cells = [
        [Cell(str(rule)), *(_interval(of.set_index("segment").loc[s], "incremental") for s in segments)]
        for rule, of in rows.groupby("rule", sort=False)
    ]
    return Table(["Rule", *segments], cells, title="Further people met, by segment")
