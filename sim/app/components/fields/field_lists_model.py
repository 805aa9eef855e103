"""Fields of what the model assumes: how people take in, pass on, adopt, and how bought impressions meet them."""

from __future__ import annotations

from typing import Any, get_args

from sim.app.components.fields.fields import FieldSpec, headed, is_null, one_of, text
from sim.scenario import parameters
from sim.scenario.parameters import Part
from sim.scenario.path import Parts
from sim.scenario.view import mapping

TEXTBOOK = ("threshold", "fraction", "count")
WEAR = ("wear_out_contacts", "wear_recovery_days")


def model_fields(tree: dict[str, Any]) -> list[FieldSpec]:
    """Return the fields of the model's assumptions; where a mechanism is off, its switch alone."""
    return [
        *_reception(tree), *_sharing(tree), *_co_creation(tree), *_adoption(tree),
        *headed("delivery", _numbers(parameters.Delivery, "delivery")),
    ]  # fmt: skip


def _numbers(part: type[Part], *at: str, without: tuple[str, ...] = ()) -> list[FieldSpec]:
    return [text(*at, key) for key in part.model_fields if key not in without]


def _switch(tree: dict[str, Any], *at: str) -> tuple[FieldSpec, bool]:
    """Return the switch of a mechanism that is on unless null stands in its place, and whether it is."""
    return FieldSpec(at, "off"), not is_null(tree, at)


def _reception(tree: dict[str, Any]) -> list[FieldSpec]:
    found = _numbers(parameters.Reception, "reception", without=(*WEAR, "credibility"))
    for key in WEAR:
        _, is_on = _switch(tree, "reception", key)
        found.append(FieldSpec(("reception", key), "off", word=f"{key}_on"))
        found += [text("reception", key)] if is_on else []
    return [
        *headed("reception", found),
        *headed("credibility", _numbers(parameters.Credibility, "reception", "credibility")),
    ]


def _sharing(tree: dict[str, Any]) -> list[FieldSpec]:
    switch, is_on = _switch(tree, "sharing")
    if not is_on:
        return headed("sharing", [switch])
    given = mapping(tree, "sharing")
    rule = str(given.get("rule", "probability"))
    at: Parts = ("sharing",)
    begins: dict[str, dict[Parts, Any]] = {
        name: {(*at, "rule"): name} for name in get_args(parameters.Sharing.model_fields["rule"].annotation)
    }
    begins["fraction"][*at, "fraction"] = given.get("fraction") or 0.3
    begins["count"][*at, "count"] = given.get("count") or 2
    found = [switch, one_of(("sharing", "rule"), begins, rule)]
    found += [
        text("sharing", key) for key in ("fraction", "count") if rule == key or given.get(key) is not None
    ]
    rest = _numbers(parameters.Sharing, "sharing", without=("rule", "fraction", "count", "r", "engagement"))
    return [
        *headed("sharing", [*found, *rest, FieldSpec(("sharing", "r"), "list")]),
        *headed("engagement", _numbers(parameters.Engagement, "sharing", "engagement")),
    ]


def _co_creation(tree: dict[str, Any]) -> list[FieldSpec]:
    """Return the fields of who changes what it passes on: so it is where sharing follows no textbook rule."""
    at = ("co_creation",)
    is_usual = mapping(tree, "sharing").get("rule") not in TEXTBOOK
    is_on = tree.get("co_creation") is not None or (is_usual and not is_null(tree, at))
    switch = FieldSpec(at, "off", is_on=is_usual)
    return headed("co_creation", [switch, *(_numbers(parameters.CoCreation, *at) if is_on else [])])


def _adoption(tree: dict[str, Any]) -> list[FieldSpec]:
    switch, is_on = _switch(tree, "adoption")
    if not is_on:
        return headed("adoption", [switch])
    found = [switch, *_numbers(parameters.Adoption, "adoption", without=("word_of_mouth", "repurchase"))]
    talk, talks = _switch(tree, "adoption", "word_of_mouth")
    numbers = _numbers(parameters.WordOfMouth, "adoption", "word_of_mouth") if talks else []
    again = [FieldSpec(("adoption", "repurchase"), "part", is_on=False)]
    if mapping(tree, "adoption").get("repurchase") is not None:
        again += _numbers(parameters.Repurchase, "adoption", "repurchase")
    return [
        *headed("adoption", found), *headed("word_of_mouth", [talk, *numbers]), *headed("repurchase", again),
    ]  # fmt: skip
