"""What is tried in a sweep: a design over addresses of the scenario."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from sim.scenario.audience import Name, Share
from sim.scenario.parameters import Part, Words
from sim.scenario.plan import Money

MOST_POINTS = 100_000
SAMPLES = ("latin_hypercube", "sobol")
SCREENINGS = ("morris", "saltelli")
_RANGE_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["from", "to"],
    "properties": {
        "from": {"type": "number"},
        "to": {"type": "number"},
        "scale": {"enum": ["linear", "log"], "default": "linear"},
        "levels": {"type": "integer", "minimum": 2, "maximum": 1000},
    },
}
Varied = Annotated[
    Any,
    WithJsonSchema({"anyOf": [{"type": "array", "minItems": 1}, _RANGE_SCHEMA]}),
    Words("a list of values [1, 2, 5], or {from: 1, to: 5}"),
]
Addresses = Annotated[
    tuple[str, ...],
    Field(strict=False, min_length=2, max_length=100),
    Words("a list of two or more addresses: [plan.flights.tv.budget, plan.flights.feed.budget]"),
]
PointCount = Annotated[int, Field(ge=1, le=MOST_POINTS)]
NamedPoints = Annotated[
    dict[Name, dict[str, Any]],
    Field(min_length=1, max_length=MOST_POINTS),
    Words("named points `blitz: {address: value}`"),
]


class Split(Part):
    """Money dealt over several addresses so that its total stays the same."""

    over: Addresses = Field(description="where the money goes")
    total: Money | None = Field(default=None, description="money; null: what stands at the addresses")
    steps: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="equal parts in which a grid deals the total"
    )
    at_least: Share = Field(default=0.0, description="least share of the total that each gets")


class Rank(Part):
    """What design points are ranked by, world by world."""

    metric: str = Field(description="what is measured; `pregon schema` lists the metrics")
    segment: Name = "all"
    channel: Name = "all"
    want: Literal["most", "least"] | None = Field(
        default=None, description="which is best; null: the least where less is better, else the most"
    )
    margin: Annotated[float, Field(ge=0, le=1e15)] = Field(
        default=0.0, description="difference that would matter, in the metric's unit"
    )
    race: Annotated[int, Field(ge=2, le=100_000_000)] | None = Field(
        default=None,
        description="most runs (points × worlds), weak points stopping early; null: all points in all worlds",
    )


class Sweep(Part):
    """A design over addresses of the scenario: each of its points is a scenario of its own."""

    design: Literal["grid", "latin_hypercube", "sobol", "list", "morris", "saltelli"] = Field(
        default="grid",
        description="all combinations, a sample that fills the space (latin_hypercube, sobol), named points, or rows "
        "that tell which levers matter to `rank`: their effects (morris), their shares of the variance (saltelli)",
    )
    points: PointCount | NamedPoints | None = Field(
        default=None,
        description="how many of latin_hypercube and sobol, paths of morris (levers + 1 points each), base points of "
        "saltelli (levers + 2 points each), or what each of a list sets",
    )
    interactions: bool = Field(
        default=False,
        description="with saltelli: also the shares of the variance that pairs of levers have only together, at "
        "2 · levers + 2 points for each base point",
    )
    vary: dict[str, Varied] = Field(
        default={},
        description="address of the scenario → what is tried there; a range may have a scale (linear or log) and, in "
        "a grid, levels; at a part that can be left out `on` keeps it and `off` takes it away",
    )
    split: dict[Name, Split] = Field(default={}, description="money dealt over addresses with its total kept")
    rank: Rank | None = Field(default=None, description="what its points are ranked by; null: they are not")
