"""What the planner wants to know, and the other plans that are set beside this one to find out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario import rules
from sim.scenario.audience import Name
from sim.scenario.findings import hold
from sim.scenario.parameters import Part, Words

MOST_ALTERNATIVES = 25
Changes = Annotated[
    dict[str, Any],
    Field(min_length=1),
    Words("a mapping `address: value`, such as plan.flights.teaser.budget: 90_000"),
]


class Question(Part):
    """What is asked, and by which number the answer is found."""

    ask: Annotated[str, Field(min_length=1, max_length=300)] = Field(description="the question, in words")
    decide_by: str | None = Field(
        default=None, description="metric of the last day by which one plan is better than another"
    )
    segment: Name = Field(default="all", description="whose metric decides")
    per: Literal["spend"] | None = Field(
        default=None, description="spend: what decides is the metric for each unit of money spent"
    )
    objective: Name | None = Field(
        default=None,
        description="the answer is the cheapest plan that meets this objective as surely as it asks",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Question:
        hold(rules.question(self))
        return self


def _in_words(value: Any) -> Any:
    """Read a bare text as a question that no single number decides."""
    return {"ask": value} if isinstance(value, str) else value


Asked = Annotated[
    Question,
    BeforeValidator(_in_words),
    Words("a question in words, or a mapping with ask, and decide_by or objective"),
]
Alternatives = Annotated[dict[Name, Changes], Field(max_length=MOST_ALTERNATIVES)]


def raw_question(raw: Any) -> dict[str, Any]:
    """Return a raw question as a mapping, empty where it is none."""
    found = _in_words(raw)
    return dict(found) if isinstance(found, Mapping) else {}
