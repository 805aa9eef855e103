"""Listening: what the brand hears of complaints, and how it answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.parameters import Part, parameter


class Learning(Part):
    """How the brand's messages move towards what people pass on: once in so many days, by a share of the distance.

    What is said of a message is the mean of the appeals that its sharers passed on, variants with their own.
    Who makes no variants teaches nothing.
    """

    every_days: int = parameter("listening", "learning.every_days", "days from one lesson to the next")
    step: float = parameter("listening", "learning.step", "how far a message's appeals move at a lesson")


class Listening(Part):
    """What the brand hears of complaints, and how it answers.

    A complaint is talk of an adopter whose satisfaction is below `complaint_below`.
    """

    cover: float = parameter("listening", "cover", "chance that the brand hears of a complaint")
    complaint_below: float = parameter(
        "listening", "complaint_below", "satisfaction below which what an adopter says is a complaint"
    )
    reply: Literal["none", "one_public", "several_public", "private"] = Field(
        default="none", description="how a complaint is answered: not, before all who heard it, or alone"
    )
    capacity_per_day: Annotated[float, Field(ge=0, le=1e12)] | None = Field(
        default=None, description="most replies a day, to people of the market; null: no bound"
    )
    cost_per_reply: Annotated[float, Field(ge=0, le=1e12)] = Field(default=0.0, description="money per reply")
    within_days: int = parameter(
        "listening",
        "within_days",
        "days after which a complaint is answered no more; 0: on the same day only",
    )
    several: int = parameter("listening", "several", "replies to a complaint under several_public")
    recovery: float = parameter(
        "listening",
        "recovery",
        "how far a reply moves its author back: attitude and trust to those of the start, satisfaction to 0",
    )
    public_reply_factor: float = parameter(
        "listening",
        "public_reply_factor",
        "how often those who heard a complaint hear it, with one public reply",
    )
    learning: Learning | None = Field(
        default=None,
        description="let messages move towards what people make of them; null: they stay as they are",
    )
