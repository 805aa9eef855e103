"""The scenario: everything a planner writes, validated and frozen."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field, PrivateAttr

from sim.scenario.audience import Audience, Name
from sim.scenario.media import Channel, Layer, Message
from sim.scenario.parameters import Adoption, Delivery, Part, Reception, Sharing
from sim.scenario.plan import Objective, Plan


class Scenario(Part):
    """One campaign on one public, ready to run.

    Build it with :meth:`load` (a file) or :meth:`from_dict` (a mapping); both report every fault at once.
    """

    name: Annotated[str, Field(min_length=1, max_length=200)]
    start: datetime.date | None = Field(default=None, description="day 1 as a date")
    days: Annotated[int, Field(ge=1, le=36_500)]
    master_seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    replications: Annotated[int, Field(ge=1, le=1_000_000)] = Field(default=40, description="worlds")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    value_per_adoption: Annotated[float, Field(gt=0, le=1e12)] | None = Field(
        default=None, description="money; ROI is told only when it is given"
    )
    audience: Audience
    network: dict[Name, Layer] = Field(default={}, description="one layer per feed channel, and `offline`")
    channels: dict[Name, Channel] = Field(min_length=1, max_length=32)
    messages: dict[Name, Message] = Field(min_length=1)
    plan: Plan = Plan()
    objectives: dict[Name, Objective] = {}
    reception: Reception = Reception()
    sharing: Sharing | None = Field(default=Sharing(), description="null: nobody shares")
    adoption: Adoption | None = Field(default=Adoption(), description="null: nobody adopts")
    delivery: Delivery = Delivery()

    _folder: Path = PrivateAttr(default=Path("."))
