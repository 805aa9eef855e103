"""What carries messages: layers of ties, channels, messages."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from sim.scenario import rules
from sim.scenario.audience import Name, Share
from sim.scenario.findings import hold
from sim.scenario.parameters import Part, parameter, table

Kind = Literal["broadcast", "feed", "direct", "owned"]
Medium = Literal["tv", "feed", "video", "display", "radio", "outdoor", "direct", "own"]
Format = Literal["video", "story", "image", "text", "audio"]


class PowerLaw(Part):
    """Followers by a power law, directed."""

    generate: Literal["power_law"]
    exponent: float = parameter("network", "exponent", "exponent of the law of followers")
    min_followers: int = parameter("network", "min_followers", "fewest followers of a user")
    max_followers: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="most followers; absent: a tenth of the channel's users"
    )
    reciprocity: float = parameter("network", "reciprocity", "share of ties returned")
    same_segment: float = parameter("network", "same_segment", "share of ties within a segment")

    @model_validator(mode="after")
    def _ordered(self) -> PowerLaw:
        hold(rules.power_law(self, self.min_followers))
        return self


class SmallWorld(Part):
    """A ring of neighbours with some ties rewired (Watts & Strogatz 1998), mutual."""

    generate: Literal["small_world"]
    ties: int = parameter("network", "ties", "ties of a person")
    rewiring: float = parameter("network", "rewiring", "share of ties rewired at random")
    reciprocity: Share = Field(default=1.0, description="share of ties returned [share of ties]")
    same_segment: Share | None = Field(
        default=None, description="share of ties within a segment; null: as chance has it"
    )


class Affiliation(Part):
    """Ties by a power law through groups that overlap, as clustered as real networks (Newman 2003)."""

    generate: Literal["affiliation"]
    exponent: float = parameter("network", "exponent", "exponent of the law of ties")
    min_ties: int = parameter("network", "min_ties", "fewest ties of a person")
    max_ties: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="most ties; absent: a tenth of the people"
    )
    clustering: float = parameter("network", "clustering", "mean local clustering")
    reciprocity: Share | None = Field(
        default=None, description="share of ties returned; absent: all offline, as power_law on a channel"
    )
    same_segment: float = parameter("network", "same_segment", "share of ties within a segment")

    @model_validator(mode="after")
    def _ordered(self) -> Affiliation:
        hold(rules.affiliation(self, self.min_ties))
        return self

    def returned(self, layer: str) -> float:
        """Return the share of ties returned on a layer."""
        if self.reciprocity is not None:
            return self.reciprocity
        return 1.0 if layer == "offline" else float(table("network")["reciprocity"].value)


class WellMixed(Part):
    """Everyone hears of everyone alike: no ties, others' share is the public's (Bass 1969)."""

    generate: Literal["well_mixed"]


class Edges(Part):
    """Ties from a file: `from` is heard by `to`."""

    edges: str = Field(
        description="CSV, Parquet or GraphML (edges), by its ending, relative to the scenario file"
    )
    directed: bool = Field(description="which way ties go; false: each row both ways")
    source: str | None = Field(default=None, description="column of who speaks; absent: the first column")
    target: str | None = Field(default=None, description="column of who hears; absent: the second column")
    weight: str | None = Field(
        default=None, description="column of strengths > 0, divided by the largest; absent: all 1"
    )


def _layer_tag(value: Any) -> str:
    if isinstance(value, Edges) or (isinstance(value, dict) and "edges" in value):
        return "edges"
    made = value.get("generate") if isinstance(value, dict) else getattr(value, "generate", None)
    return made if isinstance(made, str) and made in GENERATORS else "unknown"


GENERATORS = ("power_law", "small_world", "affiliation", "well_mixed")
Layer = Annotated[
    Annotated[PowerLaw, Tag("power_law")]
    | Annotated[SmallWorld, Tag("small_world")]
    | Annotated[Affiliation, Tag("affiliation")]
    | Annotated[WellMixed, Tag("well_mixed")]
    | Annotated[Edges, Tag("edges")],
    Discriminator(
        _layer_tag,
        custom_error_type="layer_kind",
        custom_error_message=f"want `generate: {' | '.join(GENERATORS)}` or `edges: file.csv`",
    ),
]


class FormatFactors(Part):
    """What a format does on a channel."""

    attention: Annotated[float, Field(ge=0, le=10)] | None = Field(
        default=None, description="factor on attention, which stays at most 1; absent: by the medium"
    )
    impact: Annotated[float, Field(ge=0, le=10)] | None = Field(
        default=None, description="factor on impact, which stays at most 1; absent: by the medium"
    )


class Ranking(Part):
    """Interaction gives life to a post: the feed shows more of what was passed on lately."""

    days: int = parameter("ranking", "days", "shares of so many last days count")
    most: float = parameter("ranking", "most", "visibility at most rises to, which stays at most 1")
    half_at: float = parameter(
        "ranking", "half_at", "shares of a message at which half of the rise is reached"
    )


class DaypartOf(Part):
    """What is peculiar to one segment in a daypart."""

    share: Share | None = Field(
        default=None, description="share of the segment's contacts; absent: as for all"
    )
    receptive: Annotated[float, Field(ge=0, le=10)] | None = Field(
        default=None, description="factor on attention, which stays at most 1; absent: as for all"
    )


class Daypart(Part):
    """One occasion on which a channel is met."""

    share: Share = Field(description="share of the channel's contacts that fall in it; they sum to 1")
    receptive: Annotated[float, Field(ge=0, le=10)] = Field(
        default=1.0, description="factor on attention, which stays at most 1: how receptive people are then"
    )
    by_segment: dict[Name, DaypartOf] = Field(default={}, description="segments that differ")


class Channel(Part):
    """One way to reach people."""

    kind: Kind = Field(
        description="broadcast (no ties), feed (followers' layer), direct (mail, messages), owned (own site)"
    )
    medium: Medium = Field(description="sets the defaults of attention and impact")
    cpm: Annotated[float, Field(gt=0, le=1e6)] | None = Field(
        default=None,
        description="currency per 1000 impressions; absent: benchmark by the channel's name, USD only",
    )
    usage_shape: float = parameter("audience", "usage_shape", "heterogeneity of visits over users")
    attention: Share | None = Field(default=None, description="share of contacts attended; absent: by medium")
    impact: Share | None = Field(default=None, description="weight of an attended contact; absent: by medium")
    ad_load: Annotated[float, Field(gt=0, le=1000)] | None = Field(
        default=None, description="most paid contacts per visit (inventory); null: no bound"
    )
    brand_followers: Share = Field(
        default=0.0, description="share of the channel's users who follow the brand"
    )
    organic: Share | None = Field(
        default=None,
        description="probability that a brand post is shown to a daily visitor; absent: as visibility",
    )
    visibility: Share | None = Field(
        default=None,
        description="probability that anyone's post is shown to a follower on a daily visit; absent: by kind",
    )
    ranking: Ranking | None = Field(
        default=None,
        description="how shares raise visibility; null: a post is shown the same whatever is shared",
    )
    dayparts: dict[Name, Daypart] = Field(
        default={}, description="when it is met, and how receptive people are then; absent: all hours alike"
    )
    formats: dict[Format, FormatFactors] = Field(
        default={}, description="what a message's format does here; absent: by the medium"
    )


class Message(Part):
    """What is said: which needs it appeals to, and how well."""

    appeals: dict[Name, Share] = Field(description="strength of the appeal to each need")
    quality: Share = Field(description="how well it is made; scales sharing")
    valence: Annotated[float, Field(ge=-1, le=1)] = Field(
        default=1.0, description="what it says of the brand: -1 against, 1 for"
    )
    format: Format | None = Field(
        default=None,
        description="what it is made as; changes attention and impact by channel. null: as the medium mostly carries",
    )
    after: Name | None = Field(
        default=None,
        description="an earlier message: bought and brand-posted contacts count from the day after the person's "
        "first attended contact with it; null: from the start",
    )
