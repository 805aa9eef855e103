"""Who receives: segments, or a survey, or a file of people."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario import rules
from sim.scenario.findings import hold
from sim.scenario.parameters import Part, Words, parameter


def _as_text(value: Any) -> Any:
    """Take a whole number as a name: segments made from a column of codes are called 8 or 2021."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


A_NAME = Words("a name of up to 80 characters without dots")
Name = Annotated[
    str,
    BeforeValidator(_as_text),
    Field(min_length=1, max_length=80, pattern=r"^[^.\s](?:[^.\n]*[^.\s])?$"),
    A_NAME,
]
Share = Annotated[float, Field(ge=0, le=1)]
PerDay = Annotated[float, Field(gt=0, le=1000)]

NEEDS = (
    "information", "entertainment", "social_integration", "personal_identity", "remuneration", "empowerment",
)  # fmt: skip


class Usage(Part):
    """How a segment uses a channel."""

    users: Share = Field(description="share of the segment who use the channel")
    visits_per_day: PerDay = Field(description="mean visits per user and day")


class Traits(Part):
    """What is known of the people of a segment, and where they stand at the start."""

    motivations: dict[Name, Annotated[float, Field(ge=0, le=1e6)]] | None = Field(
        default=None, description="weight of each need (COBRA, Muntinga et al. 2011); null: all alike"
    )
    usage: dict[Name, Usage] = Field(default={}, description="use of each channel")
    trust: float = parameter("audience", "trust", "trust in the brand at the start")
    aware: float = parameter("audience", "aware", "share aware at the start")
    attitude: float = parameter("audience", "attitude", "attitude at the start")
    memory: float = parameter("audience", "memory", "memory of the campaign at the start")
    adopters: float = parameter("audience", "adopters", "share who have adopted at the start")
    availability: float = parameter("audience", "availability", "where it can be had")
    fit: dict[Name, Annotated[float, Field(ge=0, le=2)]] = Field(
        default={}, description="cultural fit of each message, factor on attitude change; absent: 1"
    )


class Segment(Traits):
    """One group of the public."""

    share: Share | None = Field(
        default=None, description="share of the public; only where segments are the public"
    )


class ColumnUsage(Part):
    """Which columns of a survey or people file tell the use of a channel."""

    uses: str | None = Field(
        default=None, description="column that says who uses it (yes/true/1; blank counts as no); null: all"
    )
    often: str | None = Field(default=None, description="column with a label or number of visits per day")
    visits_per_day: PerDay | None = Field(
        default=None, description="mean visits of a user per day, where there is no column `often`"
    )

    @model_validator(mode="after")
    def _some_frequency(self) -> ColumnUsage:
        hold(rules.column_usage(self))
        return self


class Table(Part):
    """A file whose rows are people."""

    file: str = Field(
        description="CSV, Parquet or GraphML (nodes), by its ending, relative to the scenario file"
    )
    segment_by: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        default=(),
        description="columns (or bands) whose values make the segments; none: one segment `everyone`",
    )
    bands: dict[str, Annotated[tuple[float, ...], Field(strict=False, min_length=1)]] = Field(
        default={},
        description="column of numbers → lower ends of its bands; makes the column `<name>_band`",
    )
    usage: dict[Name, ColumnUsage] = Field(default={}, description="columns telling the use of each channel")
    visits_per_day: dict[str, Annotated[float, Field(ge=0, le=1000)]] = Field(
        default={}, description="label of a frequency → visits per day"
    )
    missing: Literal["unknown", "draw"] = Field(
        default="unknown",
        description="people with a blank in segment_by: a segment of their own, or drawn by known weights",
    )


class Survey(Table):
    """A survey: each row stands for as many people as its weight says."""

    weight: str | None = Field(default=None, description="column of survey weights; null: all alike")


class PeopleFile(Table):
    """A list of people: one row, one person."""

    id: str = Field(description="column with each person's id")


class Audience(Part):
    """The public: the market's size, the number simulated, and who they are."""

    people: Annotated[float, Field(gt=0, le=1e11)] | None = Field(
        default=None, description="people of the market; absent: as many as simulated"
    )
    agents: Annotated[int, Field(ge=2, le=20_000_000)] | None = Field(
        default=None, description="simulated persons; absent only with from_people"
    )
    needs: Annotated[
        tuple[Name, ...], Field(strict=False, min_length=1, max_length=32), Words("a list of names")
    ] = Field(default=NEEDS, description="the needs that motivations and appeals are given in")
    segments: dict[Name, Segment] = Field(
        default={}, description="the segments; beside a survey or people file: what is known of its segments"
    )
    everyone: Traits = Field(default=Traits(), description="traits of people whose segment is not listed")
    from_survey: Survey | None = None
    from_people: PeopleFile | None = None
