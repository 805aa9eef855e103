"""What was asked and certified of a choice of people, and how it is told in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from sim.results.influencers import ALL, TARGET
from sim.results.report import wording
from sim.wording.language import later, say

TITLES = {
    "total_reach": later("people met"),
    "awareness": later("people aware"),
    "adoption": later("adopters"),
}


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
    titles : mapping of str to str    what each rule goes by, in English, `{column}` for a column of the people
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
            return say("people, each times its weight,")
        return (
            say("people")
            if not self.target
            else say("people of {list}", list=wording.joined(list(self.target)))
        )

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
        until = "" if self.by_day is None else say(" by day {by_day}", by_day=self.by_day)
        booked = (
            say(", {booked} of them by those booked already", booked=wording.number(self.booked, ",.0f"))
            if self.booked
            else ""
        )
        yield (
            say(
                "{booking}: one post each of {message} on {where} reaches {spread} "
                "{whom}{until}{booked}; at least {lower}.",
                booking=self.booking,
                message=self.message,
                where=self.where,
                spread=wording.number(self.spread, ",.0f"),
                whom=self.whom,
                until=until,
                booked=booked,
                lower=wording.number(self.lower, ",.0f"),
            )
        )
        yield (
            say(
                "No other choice under these limits reaches more than {upper}: this one has at least "
                "{ratio} % of the best possible ({sure} % sure, {n_sets} sets).",
                upper=wording.number(self.upper, ",.0f"),
                ratio=wording.number(100 * self.ratio, ".0f"),
                sure=wording.number(100 * self.sure, "g"),
                n_sets=wording.number(self.n_sets, ","),
            )
        )
        if self.guarantee is None:
            yield say(
                "Budget, count or quotas together promise nothing beforehand; these bounds are what was "
                "found."
            )
        else:
            yield say(
                "{guarantee} % was promised beforehand.",
                guarantee=wording.number(100 * self.guarantee, ".0f"),
            )

    def measured(self, effects: pd.DataFrame) -> Iterator[str]:
        """Yield what the whole day made of the lists, in words."""
        posts = (
            say("the one post each")
            if self.n_posts == 1
            else say("all {n_posts} posts each", n_posts=self.n_posts)
        )
        among = say(" among {whom}", whom=self.whom) if self.target else ""
        yield (
            say(
                "Measured in the whole day, by day {day}, on {n_worlds} worlds: what each list "
                "adds{among} to the plan without {booking}, with {posts}.",
                day=self.day,
                n_worlds=self.n_worlds,
                among=among,
                booking=self.booking,
                posts=posts,
            )
        )
        n_wins = 0
        for metric, english in TITLES.items():
            title = say(english)
            rows = effects[(effects["metric"] == metric) & (effects["segment"] == self.counted)]
            n_wins += int((rows["against_lo"] > 0).sum())
            for _, row in rows[rows["against_lo"] > 0].iterrows():
                yield (
                    say(
                        "In {title} the plain rule {rule} wins over the certified choice in the whole model, by "
                        "{against_first} ({against_lo} to {against_hi}).",
                        title=title,
                        rule=row["rule"],
                        against_first=wording.number(row["against_first"], ",.0f"),
                        against_lo=wording.number(row["against_lo"], ",.0f"),
                        against_hi=wording.number(row["against_hi"], ",.0f"),
                    )
                )
        if n_wins == 0 and len(self.titles) > 1 and self.n_worlds > 1:
            yield say(
                "No plain rule is surely better than the certified choice, in people met, aware or adopting."
            )

    @property
    def posts(self) -> str:
        """How often each posts, in words."""
        return (
            say("one post each") if self.n_posts == 1 else say("{n_posts} posts each", n_posts=self.n_posts)
        )

    def headline(self, effects: pd.DataFrame) -> Iterator[str]:
        """Yield what the page says first: what is certified, what was measured, and where a plain rule wins."""
        yield from self.sentences()
        rows = effects[(effects["metric"] == "total_reach") & (effects["segment"] == self.counted)]
        own = rows.iloc[0]
        _, *lost = self.measured(effects)
        low, high = float(own["incremental_lo"]), float(own["incremental_hi"])
        band = (
            say(" ({low} to {high})", low=wording.number(low, ",.0f"), high=wording.number(high, ",.0f"))
            if low == low
            else ""
        )
        people = say("people") if not self.target else self.whom
        yield " ".join(
            [
                say(
                    "In the whole day, on {n_worlds} worlds, the list with {posts} makes {incremental}{band} "
                    "further {people} meet it by day {day}.",
                    n_worlds=self.n_worlds,
                    posts=self.posts,
                    incremental=wording.number(own["incremental"], ",.0f"),
                    band=band,
                    people=people,
                    day=self.day,
                ),
                *lost,
            ]
        )
