"""Rules of a plan: when the counts of a day say so, change what is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, create_model, model_validator

from sim.scenario import rules
from sim.scenario.audience import Name
from sim.scenario.findings import hold
from sim.scenario.parameters import Part
from sim.scenario.span import Span


class When(Part):
    """What the counts of a day must say, and for how many days in a row."""

    metric: str = Field(description="an indicator told by day, lifts apart; as in daily.parquet")
    segment: Name = "all"
    channel: Name = "all"
    below: float | None = Field(default=None, description="it must be less than this")
    above: float | None = Field(default=None, description="it must be more than this")
    for_days: Annotated[int, Field(ge=1, le=36_500)] = Field(default=1, description="days in a row")

    @model_validator(mode="after")
    def _one_side(self) -> When:
        hold(rules.when(self))
        return self


class Swap(Part):
    """Let a flight carry another message from the next day on."""

    flight: Name
    message: Name


class Move(Part):
    """What a shift of budget has beside `from`, which is a word of Python."""

    to: Name = Field(description="flight that gets the money")
    share: Annotated[float, Field(gt=0, le=1)] = Field(
        description="share of what the flight has left that is moved"
    )


if TYPE_CHECKING:
    ShiftBudget = Move
else:
    ShiftBudget = create_model(
        "ShiftBudget",
        __base__=Move,
        __doc__="Move money that a flight has left to another flight.",
        **{"from": (Name, Field(description="flight that gives the money"))},
    )


class Then(Part):
    """What is done from the next day on; one of four."""

    pause: Name | None = Field(
        default=None, description="flight whose contacts are no longer bought, or posts made"
    )
    resume: Name | None = Field(default=None, description="flight that goes on after a pause")
    shift_budget: ShiftBudget | None = Field(default=None, description="money moved from flight to flight")
    swap_message: Swap | None = Field(default=None, description="another message for a flight")

    @model_validator(mode="after")
    def _one_thing(self) -> Then:
        hold(rules.then(self))
        return self


class Reaction(Part):
    """One rule: when … then …"""

    when: When
    then: Then
    once: bool = Field(
        default=True, description="false: it may fire again, each time after as many days in a row anew"
    )
    days: Span | None = Field(default=None, description="evenings on which it looks, first-last; absent: all")
