"""What is sent: flights, partners, objectives."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from sim.scenario.audience import Name, Share
from sim.scenario.parameters import Part

_SPAN = re.compile(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?")


def _span(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        value = str(value)
    if isinstance(value, str):
        match = _SPAN.fullmatch(value)
        if not match:
            raise ValueError("days are written 3 or 1-14")
        first, last = int(match[1]), int(match[2] or match[1])
        if first < 1 or last < first:
            raise ValueError("days run from 1 up: first-last")
        return first, last
    return value


Span = Annotated[
    tuple[int, int],
    Field(strict=False),
    BeforeValidator(_span),
    PlainSerializer(lambda span: f"{span[0]}-{span[1]}", return_type=str),
    WithJsonSchema({"type": ["string", "integer"], "pattern": r"^\d+(-\d+)?$"}),
]
Day = Annotated[int, Field(ge=1)]
DayList = Annotated[tuple[Day, ...], Field(strict=False, min_length=1)]
Money = Annotated[float, Field(ge=0, le=1e15)]


class Cap(Part):
    """Most contacts of one flight with one person in a window of days."""

    times: Annotated[int, Field(ge=1, le=1000)]
    per_days: Annotated[int, Field(ge=1)]


class InsertionReach(Part):
    """Share of the flight's people met by one insertion, and by two."""

    first: Annotated[float, Field(gt=0, lt=1)]
    second: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        default=None, description="needed from two insertions on"
    )


class Flight(Part):
    """One message on one channel over some days, bought in one way (or posted by the brand)."""

    message: Name
    channel: Name
    to: Annotated[tuple[Name, ...], Field(strict=False, min_length=1)] | None = Field(
        default=None, description="segments it is bought for; absent: all"
    )
    days: Span | None = Field(default=None, description="first-last day; not with posts")
    budget: Money | None = Field(default=None, description="money, turned into impressions at the channel's CPM")
    impressions: Annotated[float, Field(ge=0, le=1e15)] | None = None
    grp: Annotated[float, Field(ge=0, le=1e7)] | None = Field(
        default=None, description="100 × contacts per person of the flight's segments"
    )
    insertions: Annotated[int, Field(ge=1, le=10_000)] | None = None
    insertion_reach: InsertionReach | None = None
    posts: DayList | None = Field(default=None, description="days on which the brand posts to its followers")
    shape: Literal["even", "front", "back"] = Field(
        default="even", description="how it is spread over its days: even, falling or rising in a straight line"
    )
    cap: Cap | None = None

    @model_validator(mode="after")
    def _bought_once(self) -> Flight:
        ways = [w for w in ("budget", "impressions", "grp", "insertions", "posts") if getattr(self, w) is not None]
        if len(ways) != 1:
            raise ValueError(
                "bought by " + (" and ".join(ways) or "nothing")
                + "; want exactly one of budget, impressions, grp, insertions (or posts for the brand's own)"
            )
        if (self.posts is None) == (self.days is None):
            raise ValueError("want `days: first-last` for what is bought, `posts: [days]` for the brand's own posts")
        if (self.insertions is None) != (self.insertion_reach is None):
            raise ValueError("insertions and insertion_reach go together")
        if self.insertion_reach and self.insertions and self.insertions > 1:
            first, second = self.insertion_reach.first, self.insertion_reach.second
            if second is None or not first < second < 1 - (1 - first) ** 2:
                raise ValueError(
                    "insertion_reach.second must lie between first and 1-(1-first)² (that of chance duplication)"
                )
        if self.cap and (self.posts is not None or self.insertions is not None):
            raise ValueError("a cap goes with budget, impressions or grp")
        return self


class Choose(Part):
    """Pick partners by a rule."""

    rule: Literal["top"]
    by: str = Field(description="`audience` (followers on the channel) or a column of the people file")
    count: Annotated[int, Field(ge=0, le=1_000_000)]


class Partner(Part):
    """People under contract who post a message to their followers."""

    message: Name
    channel: Name
    choose: Choose | None = None
    people: Annotated[tuple[str | int, ...], Field(strict=False)] | None = Field(
        default=None, description="ids (people or edge files) or row numbers of the chosen"
    )
    fee: Money | str = Field(default=0.0, description="money per post: a number or a column of the people file")
    post_on: DayList
    disclosed: bool = Field(default=True, description="the post says that it is paid")

    @model_validator(mode="after")
    def _chosen_once(self) -> Partner:
        if (self.choose is None) == (self.people is None):
            raise ValueError("want exactly one of `choose: {rule, by, count}` and `people: [ids]`")
        return self


class Plan(Part):
    """The campaign: what is bought, posted and booked."""

    flights: dict[Name, Flight] = {}
    partners: dict[Name, Partner] = {}


class Objective(Part):
    """What the campaign is to reach, by when, and how surely."""

    metric: str
    segment: str = "all"
    channel: str = "all"
    by_day: Day | None = Field(default=None, description="absent: the last day")
    at_least: float | None = None
    at_most: float | None = None
    probability: Share = Field(default=0.8, description="share of worlds in which it is to hold")

    @model_validator(mode="after")
    def _one_side(self) -> Objective:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("want exactly one of at_least and at_most")
        return self
