"""What is sent: flights, partners, objectives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.scenario import rules
from sim.scenario.audience import Name, Share
from sim.scenario.findings import Finding, hold
from sim.scenario.listening import Listening
from sim.scenario.parameters import Part, Words
from sim.scenario.reaction import Reaction
from sim.scenario.span import Span

Day = Annotated[int, Field(ge=1, le=36_500)]
DayList = Annotated[tuple[Day, ...], Field(strict=False, min_length=1), Words("a list of days: [3, 10, 17]")]
Money = Annotated[float, Field(ge=0, le=1e15)]


class Cap(Part):
    """Most contacts of one flight with one person in a window of days."""

    times: Annotated[int, Field(ge=1, le=1000)]
    per_days: Annotated[int, Field(ge=1, le=36_500)]


class InsertionReach(Part):
    """Share of the flight's people met by one insertion, and by two."""

    first: Annotated[float, Field(gt=0, lt=1)]
    second: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        default=None, description="needed from two insertions on"
    )


Level = Literal["everyday", "nano", "micro", "macro", "mega"]


class OfInfluence(Part):
    """People by their influence on a layer: its levels, or the most influential share."""

    layer: Name | None = Field(
        default=None,
        description="whose followers count: a feed channel, or offline; absent: the flight's channel",
    )
    levels: (
        Annotated[
            tuple[Level, ...],
            Field(strict=False, min_length=1),
            Words("a list of levels: [nano, micro]"),
        ]
        | None
    ) = Field(
        default=None,
        description="by followers in people of the market: everyday below 1_000, nano from there, micro from 10_000, "
        "macro 100_000, mega 1_000_000 (trade tiers)",
    )
    top: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None,
        description="share of the layer's users with the most influence: followers × how far they believe",
    )

    @model_validator(mode="after")
    def _told_once(self) -> OfInfluence:
        hold(rules.of_influence(self))
        return self


class Flight(Part):
    """One message on one channel over some days: bought, posted by the brand, or standing on its own space."""

    message: Name
    channel: Name
    to: (
        Annotated[
            tuple[Name, ...],
            Field(strict=False, min_length=1),
            Words("a list of segments: [students, families]"),
        ]
        | None
    ) = Field(default=None, description="segments it is bought for; absent: all")
    influence: OfInfluence | None = Field(
        default=None, description="only people of some influence; null: all"
    )
    days: Span | None = Field(
        default=None,
        description="first-last day; not with posts. On an owned channel days alone, with nothing bought: the message "
        "stands there, and each visit of a user meets it",
    )
    budget: Money | None = Field(
        default=None, description="money, turned into impressions at the channel's CPM"
    )
    impressions: Annotated[float, Field(ge=0, le=1e15)] | None = Field(
        default=None, description="contacts bought, in people of the market"
    )
    grp: Annotated[float, Field(ge=0, le=1e7)] | None = Field(
        default=None, description="100 × contacts per person of the flight's segments"
    )
    insertions: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        default=None, description="number of insertions, each of which meets a person or not"
    )
    insertion_reach: InsertionReach | None = Field(
        default=None, description="share of the flight's people met by one insertion, and by two"
    )
    posts: DayList | None = Field(default=None, description="days on which the brand posts to its followers")
    shape: Literal["even", "front", "back"] = Field(
        default="even",
        description="how it is spread over its days: even, falling or rising in a straight line",
    )
    cap: Cap | None = Field(default=None, description="most contacts with one person per window of days")
    dayparts: (
        Annotated[
            tuple[Name, ...],
            Field(strict=False, min_length=1),
            Words("a list of the channel's dayparts: [morning, evening]"),
        ]
        | None
    ) = Field(default=None, description="dayparts it is bought for; absent: all")

    @model_validator(mode="after")
    def _bought_once(self) -> Flight:
        hold(rules.flight(self))
        return self

    @property
    def stands(self) -> bool:
        """Tell whether nothing is bought or posted: the message stands on the brand's own space."""
        return not rules.ways_of(self)


ChoiceRule = Literal[
    "top", "certified", "random", "degree", "degree_discount", "pagerank", "k_core", "betweenness", "bridges", "fringe",
]  # fmt: skip


class Choose(Part):
    """Pick partners by a rule."""

    rule: ChoiceRule = Field(
        description="top (the largest by something); certified (reach the most, with a certificate); or what that is "
        "compared with: chance, the most followed, less what others reach, PageRank, the innermost, on shortest ways, "
        "followed from other segments, the least followed"
    )
    by: str | None = Field(
        default=None,
        description="with rule top: `audience` (followers on the channel), `influence` (followers × how far they "
        "believe: the sum of the ties' weights) or a column of the people file",
    )
    level: Level | None = Field(
        default=None,
        description="only people with so many followers on the channel, in people of the market: everyday below "
        "1_000, nano from there, micro from 10_000, macro 100_000, mega 1_000_000 (trade tiers); null: all",
    )
    count: Annotated[int, Field(ge=0, le=1_000_000)] | None = Field(
        default=None, description="how many at most; absent: as many as the budget pays"
    )
    budget: Money | None = Field(
        default=None, description="most that all their posts may cost; null: no bound"
    )
    target: (
        Annotated[
            tuple[Name, ...], Field(strict=False, min_length=1), Words("a list of segments: [students]")
        ]
        | None
    ) = Field(default=None, description="with rule certified: segments whose people count; absent: all")
    weights: dict[Name, Money] | str | None = Field(
        default=None,
        description="with rule certified, in place of target: what a person reached is worth, by segment (0 where a "
        "segment is not named) or a column of the people file; null: all alike",
    )
    by_day: Day | None = Field(
        default=None, description="with rule certified: reached by this day; absent: whenever it is"
    )
    quotas: dict[Name, Annotated[int, Field(ge=0)]] = Field(
        default={}, description="most people chosen of a segment"
    )
    level_quotas: dict[Level, Annotated[int, Field(ge=0)]] = Field(
        default={}, description="most people chosen of a level of influence, by followers on the channel"
    )
    exclude: Annotated[tuple[str | int, ...], Field(strict=False)] = Field(
        default=(), description="ids (people or edge files) or row numbers of people who may not be chosen"
    )

    @model_validator(mode="after")
    def _of_its_rule(self) -> Choose:
        hold(rules.choose(self))
        return self


class Partner(Part):
    """People under contract who post a message to their followers."""

    message: Name
    channel: Name
    choose: Choose | None = None
    people: Annotated[tuple[str | int, ...], Field(strict=False)] | None = Field(
        default=None, description="ids (people or edge files) or row numbers of the chosen"
    )
    fee: Money | str = Field(
        default=0.0,
        description="money per post: a number, a column of the people file, or `curve` (USD, by followers in the "
        "market)",
    )
    post_on: DayList
    also_on: Annotated[tuple[Name, ...], Field(strict=False), Words("a list of channels: [tiktok]")] = Field(
        default=(),
        description="further feeds on which each posts the same on the same days, for the same fee; how far a post is "
        "seen there is that feed's `visibility`",
    )
    disclosed: bool = Field(default=True, description="the post says that it is paid")
    as_peers: bool = Field(
        default=False,
        description="the seed set of a spread: given the message, they post as anyone who shares it (earned contacts, "
        "believed as a friend's post), once for each day of post_on and on with `sharing.stay`, and share it no "
        "further when they hear of it; `disclosed` is then of no account",
    )

    @model_validator(mode="after")
    def _chosen_once(self) -> Partner:
        hold(rules.partner(self))
        return self


class Plan(Part):
    """The campaign: what is bought, posted and booked."""

    flights: dict[Name, Flight] = Field(default={}, description="what is bought, and what the brand posts")
    partners: dict[Name, Partner] = Field(default={}, description="people under contract")
    listening: Listening | None = Field(default=None, description="null: the brand does not listen")
    rules: dict[Name, Reaction] = Field(
        default={}, description="what changes during the run when the counts of a day say so"
    )
    flights_from: Annotated[str, Field(min_length=1), Words("the name of a CSV file")] | None = Field(
        default=None,
        exclude=True,
        description="CSV table of flights, relative to the scenario file; read as if they stood in flights",
    )

    @property
    def baseline(self) -> Plan:
        """The plan without flights, partners, posts and rules: what lifts are against. Listening stays."""
        return Plan(listening=self.listening)

    @model_validator(mode="after")
    def _table_is_read(self) -> Plan:
        # Reading a scenario puts the table's flights among the others and takes the name away.
        if self.flights_from is not None:
            hold([Finding(("flights_from",), "a table that is not read", "want Scenario.load or from_dict")])
        return self


class Objective(Part):
    """What the campaign is to reach, by when, and how surely."""

    metric: str = Field(description="what is measured; `pregon schema` lists the metrics")
    segment: Name = "all"
    channel: Name = "all"
    by_day: Day | None = Field(default=None, description="absent: the last day")
    at_least: float | None = Field(default=None, description="the metric is to be this or more")
    at_most: float | None = Field(default=None, description="the metric is to be this or less")
    probability: Share = Field(default=0.8, description="share of worlds in which it is to hold")

    @model_validator(mode="after")
    def _one_side(self) -> Objective:
        hold(rules.objective(self))
        return self
