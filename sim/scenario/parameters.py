"""Defaults with unit, range and source, and the parameter groups of the model made from them.

The numbers stand in ``defaults/*.yaml``; a field of the schema takes value, range, unit and source
from there, so the schema, the docs and the report cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

from sim.scenario import rules
from sim.scenario.findings import hold


class Part(BaseModel):
    """Base of every part of a scenario: frozen, strict, no unknown key, no NaN or infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Words:
    """Say in a planner's words what a field wants, where its type alone does not."""

    text: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """Hold one default of the model: its value, unit, legal range and source."""

    value: float
    unit: str
    low: float
    high: float
    source: str


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return one file of ``defaults/`` with each entry as a `Parameter` (nested as in the file)."""
    text = resources.files("sim.scenario").joinpath(f"defaults/{name}.yaml").read_text("utf-8")
    return {key: _entry(entry) for key, entry in YAML(typ="safe", pure=True).load(text).items()}


def _entry(entry: Mapping[str, Any]) -> Parameter | Mapping[str, Any]:
    if "value" not in entry:
        return {key: _entry(inner) for key, inner in entry.items()}
    low, high = entry["range"]
    return Parameter(entry["value"], entry["unit"], low, high, entry["source"])


def parameter(name: str, key: str, about: str, *, required: bool = False) -> Any:
    """Return a pydantic field whose default, range, unit and source come from ``defaults/``.

    `key` may be dotted, for a file with entries in groups.
    """
    found: Any = table(name)
    for step in key.split("."):
        found = found[step]
    return Field(
        default=... if required else found.value,
        ge=found.low,
        le=found.high,
        description=f"{about} [{found.unit}]. Source: {found.source}.",
        json_schema_extra={"unit": found.unit, "source": found.source},
    )


class Credibility(Part):
    """How far each kind of source is believed."""

    brand_ad: float = parameter("reception", "brand_ad", "paid message of the brand")
    own_site: float = parameter("reception", "own_site", "the brand's own site, blog or mailing")
    friend: float = parameter("reception", "friend", "someone known, offline")
    follower: float = parameter("reception", "follower", "post of someone followed")
    partner: float = parameter("reception", "partner", "disclosed partner under contract")


class Reception(Part):
    """How a person takes in a message."""

    memory_half_life_days: float = parameter(
        "reception", "memory_half_life_days", "days until half of the memory is gone"
    )
    awareness_loss_per_day: float = parameter(
        "reception", "awareness_loss_per_day", "rate at which an aware person with no memory forgets"
    )
    awareness_paid: float = parameter(
        "reception", "awareness_paid", "chance to become aware by a paid, owned or partner contact"
    )
    awareness_peer: float = parameter(
        "reception", "awareness_peer", "chance to become aware by a peer's post"
    )
    attitude_step: float = parameter("reception", "attitude_step", "how far a contact moves attitude")
    trust_step: float = parameter("reception", "trust_step", "how far a person's word moves trust")
    consider_at: float = parameter("reception", "consider_at", "attitude from which one considers")
    wear_out_contacts: float | None = parameter(
        "reception", "wear_out_contacts", "attended contacts at which attitude peaks; null: no wear-out"
    )
    wear_recovery_days: float | None = parameter(
        "reception", "wear_recovery_days", "days until half of the wear is gone; null: it stays"
    )
    disclosure_discount: float = parameter(
        "reception", "disclosure_discount", "credibility lost by saying it is paid"
    )
    credibility: Credibility = Credibility()


class Engagement(Part):
    """Participation: most look on, some take part, few do most of it."""

    some: float = parameter("sharing", "some", "share of people who take part now and then")
    rare: float = parameter("sharing", "rare", "share of people who do most of it")
    level_most: float = parameter("sharing", "level_most", "engagement of the rest")
    level_some: float = parameter("sharing", "level_some", "engagement of those")
    level_rare: float = parameter("sharing", "level_rare", "engagement of those few")

    @model_validator(mode="after")
    def _whole(self) -> Engagement:
        hold(rules.engagement(self))
        return self


class Sharing(Part):
    """Who passes a message on."""

    rule: Literal["probability", "threshold", "fraction", "count"] = Field(
        default="probability",
        description="each source attended gives one decision to share (probability), or the textbook rules, by which "
        "posts are always seen and people alone move people: who met enough influence (threshold, drawn), a fraction "
        "of those followed, or a count of them shares",
    )
    fraction: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None, description="share of those followed whose posts it takes; with rule fraction"
    )
    count: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="number of those followed whose posts it takes; with rule count"
    )
    reference_mean: float = parameter(
        "sharing",
        "reference_mean",
        "mean number of new sharers that a sharer makes, for a reference message with 2·match·quality = 1",
    )
    beta: Annotated[float, Field(ge=0, le=1e6)] | None = Field(
        default=None,
        description="probability scale of sharing; null: per layer from reference_mean, public and network",
    )
    r: Annotated[tuple[Annotated[float, Field(ge=0, le=100)], ...], Field(strict=False)] = Field(
        default=(1.0, 1.0, 1.0),
        min_length=1,
        max_length=20,
        description="factor on the k-th distinct source's decision; the last one holds for all further",
    )
    brand_factor: float = parameter("sharing", "brand_factor", "the brand as a source of sharing")
    stay: float = parameter("sharing", "stay", "probability that a sharer posts the same again next day")
    engagement: Engagement = Engagement()

    @model_validator(mode="after")
    def _of_its_rule(self) -> Sharing:
        hold(rules.sharing(self))
        return self


class CoCreation(Part):
    """Who changes a message while passing it on, and how."""

    probability: float = parameter(
        "co_creation", "probability", "chance that a very active sharer changes what it passes on"
    )
    half_at_engagement: float = parameter(
        "co_creation", "half_at_engagement", "engagement at which the chance is half of that"
    )
    pull_to_self: float = parameter(
        "co_creation", "pull_to_self", "how far the appeals move towards the author's own motivations"
    )
    appeal_sd: float = parameter(
        "co_creation", "appeal_sd", "standard deviation of what is drawn on top of each appeal"
    )
    quality_sd: float = parameter("co_creation", "quality_sd", "standard deviation of the change of quality")
    valence_kept: float = parameter(
        "co_creation", "valence_kept", "how much of the valence is kept; the rest is the author's attitude"
    )
    most_variants: int = parameter(
        "co_creation", "most_variants", "room for variants in a world; what finds none is passed on unchanged"
    )


class WordOfMouth(Part):
    """How adopters find it, and how they talk about it along the `offline` layer."""

    satisfaction: float = parameter("adoption", "satisfaction", "mean of adopters' satisfaction")
    satisfaction_sd: float = parameter(
        "adoption", "satisfaction_sd", "its standard deviation, before it is cut at -1 and 1"
    )
    effect_on_attitude: float = parameter(
        "adoption", "effect_on_attitude", "how far satisfaction moves the adopter's own attitude"
    )
    talks_per_day: float = parameter(
        "adoption", "talks_per_day", "rate at which an adopter of engagement 1 talks; it grows with its root"
    )
    visibility: float = parameter(
        "media", "visibility.offline", "chance that a talk is heard along a tie of influence 1"
    )


class Repurchase(Part):
    """When adopters buy again."""

    mean_interval_days: float = parameter(
        "adoption", "mean_interval_days", "days between purchases where nothing moves the hazard"
    )


class Adoption(Part):
    """Who adopts, and how much of it the campaign moves."""

    innovation: float = parameter("adoption", "innovation", "hazard by own conviction")
    imitation: float = parameter("adoption", "imitation", "hazard by others, times their share")
    effect_of_attitude: float = parameter("adoption", "effect_of_attitude", "attitude on the hazard")
    effect_of_memory: float = parameter("adoption", "effect_of_memory", "memory on the hazard")
    effect_of_trust: float = parameter("adoption", "effect_of_trust", "trust on the hazard")
    word_of_mouth: WordOfMouth | None = Field(
        default=WordOfMouth(), description="null: adopters neither change their mind nor talk"
    )
    repurchase: Repurchase | None = Field(default=None, description="null: each person buys once")


class Delivery(Part):
    """How bought impressions meet people."""

    max_speed_up: float = parameter(
        "delivery",
        "max_speed_up",
        "most that a flight's intensity is raised to make good what caps and inventory lose",
    )
