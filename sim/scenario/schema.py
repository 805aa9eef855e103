"""The scenario: everything a planner writes, validated and frozen."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from sim.scenario import rules
from sim.scenario.audience import Audience, Name, PeopleFile, Survey
from sim.scenario.findings import hold
from sim.scenario.media import Channel, Edges, Layer, Message
from sim.scenario.parameters import Adoption, CoCreation, Delivery, Part, Reception, Sharing, Words
from sim.scenario.path import Parts, parse
from sim.scenario.plan import Objective, Plan
from sim.scenario.question import Alternatives, Asked
from sim.scenario.source import Place, where
from sim.scenario.sweep import Sweep

Factor = Annotated[float, Field(ge=0, le=10)]


def _date(value: Any) -> Any:
    """Read a date in quotes, as JSON writes it."""
    if isinstance(value, str):
        return datetime.date.fromisoformat(value)
    return value


def _co_creation(told: Mapping[str, Any]) -> CoCreation | None:
    """Return what is assumed where the scenario says nothing: the textbook rules pass on what they got."""
    sharing = told.get("sharing")
    return CoCreation() if sharing is None or sharing.rule == "probability" else None


class Scenario(Part):
    """One campaign on one public, ready to run.

    Build it with :meth:`load` (a file) or :meth:`from_dict` (a mapping); both report every fault at once.
    """

    name: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="what it is called in reports"
    )
    start: Annotated[datetime.date, BeforeValidator(_date)] | None = Field(
        default=None, description="day 1 as a date"
    )
    days: Annotated[int, Field(ge=1, le=36_500)] = Field(description="length of the run")
    master_seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(
        default=1, description="the luck of public and worlds; plans to be compared keep it"
    )
    replications: Annotated[int, Field(ge=1, le=1_000_000)] = Field(default=40, description="worlds")
    publics: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=1, description="publics and networks drawn; worlds are dealt over them in turn"
    )
    currency: Annotated[
        str, Field(pattern=r"^[A-Z]{3}$"), Words("three capital letters such as USD or EUR")
    ] = "USD"
    value_per_adoption: Annotated[float, Field(gt=0, le=1e12)] | None = Field(
        default=None, description="money; ROI is told only when it is given"
    )
    question: Asked | None = Field(
        default=None, description="what the plan, or its comparison with the alternatives, is to answer"
    )
    audience: Audience = Field(description="the public")
    network: dict[Name, Layer] = Field(default={}, description="one layer per feed channel, and `offline`")
    channels: dict[Name, Channel] = Field(min_length=1, max_length=32, description="the ways to reach people")
    messages: dict[Name, Message] = Field(min_length=1, description="what is said")
    plan: Plan = Plan()
    objectives: dict[Name, Objective] = Field(default={}, description="what is to be reached")
    alternatives: Alternatives = Field(
        default={},
        description="other plans for the same worlds, by name: what each changes, as address: value; `pregon compare` "
        "sets them beside this one",
    )
    response: (
        Annotated[
            tuple[Factor, ...],
            Field(strict=False, min_length=1, max_length=100),
            Words("a list of factors in rising order: [0, 0.5, 1, 1.5, 2]"),
        ]
        | None
    ) = Field(
        default=None,
        description="factors on what every flight buys by budget, impressions or GRP, each run on every world",
    )
    reception: Reception = Reception()
    sharing: Sharing | None = Field(default=Sharing(), description="null: nobody shares")
    co_creation: CoCreation | None = Field(
        default_factory=_co_creation,
        description="null: messages are passed on as they are; so they are under the textbook rules of sharing",
    )
    adoption: Adoption | None = Field(default=Adoption(), description="null: nobody adopts")
    delivery: Delivery = Delivery()
    # What is tried beside the plan is no part of it: a run of the plan is the same with and without.
    sweep: Sweep | None = Field(default=None, exclude=True, description="what is tried; null: only the plan")

    _raw: dict[str, Any] | None = PrivateAttr(default=None)
    _folder: Path = PrivateAttr(default=Path("."))
    _origins: dict[Parts, Place] = PrivateAttr(default_factory=dict)
    _others: dict[str, Scenario] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _rises(self) -> Scenario:
        hold(rules.response(self))
        return self

    @classmethod
    def load(cls, path: str | os.PathLike[str], overrides: Sequence[str] = ()) -> Scenario:
        """Read a scenario file; `overrides` are ``address=value`` texts, the value in YAML.

        Raises
        ------
        InputError
            With every fault found, each with its file, line and column.
        """
        from sim.scenario.load import load_scenario

        return load_scenario(path, overrides)

    @classmethod
    def from_dict(
        cls, mapping: Mapping[str, Any], folder: str | os.PathLike[str] = ".", overrides: Sequence[str] = ()
    ) -> Scenario:
        """Build a scenario from a mapping of plain values; files are looked for in `folder`.

        Raises
        ------
        InputError
            With every fault found, each with its address.
        """
        from sim.scenario.load import from_mapping

        return from_mapping(mapping, folder, overrides)

    def with_values(self, values: Mapping[str, Any]) -> Scenario:
        """Return this scenario without its sweep and with other values at some addresses.

        Parameters
        ----------
        values : mapping of address to value
            As in ``sweep``: ``on`` keeps the part at an address, ``off`` or None takes it away.

        Raises
        ------
        InputError
            With every fault that the values bring about.
        """
        from sim.scenario.load import with_values

        return with_values(self, values)

    @property
    def folder(self) -> Path:
        """Folder that the scenario's file names are relative to."""
        return self._folder

    @property
    def raw(self) -> Mapping[str, Any]:
        """The tree that the scenario was read from, bases, tables and options laid over each other."""
        return self.model_dump(mode="json") if self._raw is None else self._raw

    @property
    def origins(self) -> Mapping[Parts, Place]:
        """Where each value of the scenario stands: address → file, line and column."""
        return self._origins

    @property
    def plans(self) -> Mapping[str, Scenario]:
        """This plan and its alternatives by name, each ready to run; an alternative has none of its own."""
        return {self.name: self, **self._others}

    @property
    def table(self) -> Survey | PeopleFile | None:
        """The file of people that is the public; None where segments are."""
        return self.audience.from_people or self.audience.from_survey

    def file(self, name: str) -> Path:
        """Return where a file named in the scenario is."""
        return self._folder / name

    def data_files(self) -> dict[str, Path]:
        """Return every data file of the scenario by its address."""
        found = {}
        if self.audience.from_survey:
            found["audience.from_survey.file"] = self.file(self.audience.from_survey.file)
        if self.audience.from_people:
            found["audience.from_people.file"] = self.file(self.audience.from_people.file)
        for name, layer in self.network.items():
            if isinstance(layer, Edges):
                found[f"network.{name}.edges"] = self.file(layer.edges)
        return found

    def where(self, address: str) -> str:
        """Return ``file:line:col: address`` for messages about a value of this scenario."""
        return where(parse(address), self._origins)
