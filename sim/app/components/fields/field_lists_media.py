"""Fields of a channel: its numbers, its dayparts, and what a message's format does there."""

from __future__ import annotations

from typing import Any, get_args

from sim.app.components.fields.fields import Entry, FieldSpec, choice, headed, money, text
from sim.scenario.media import Format, Kind, Medium
from sim.scenario.parameters import Parameter, table
from sim.scenario.view import View, mapping

FORMATS: tuple[str, ...] = get_args(Format)


def channel(view: View, entry: Entry) -> list[FieldSpec]:
    """Return the fields of a channel."""
    found = [
        choice("kind", options=get_args(Kind)), choice("medium", options=get_args(Medium)),
        text("cpm", unit=money(view.tree)), text("usage_shape"), _by_medium(entry, "attention"),
        _by_medium(entry, "impact"), text("ad_load"),
        text("brand_followers", section="posts_there"), text("organic"), text("visibility"),
    ]  # fmt: skip
    if entry.get("kind") == "feed" or entry.get("ranking") is not None:
        found.append(FieldSpec(("ranking",), "part", is_on=False))
    if entry.get("ranking") is not None:
        found += [text("ranking", key) for key in ("days", "most", "half_at")]
    return [*found, *_dayparts(view, mapping(dict(entry), "dayparts")), *_formats(entry)]


def _by_medium(entry: Entry, key: str) -> FieldSpec:
    return FieldSpec((key,), otherwise=_number(table("media")[key], entry.get("medium")))


def _number(of: Any, name: Any) -> Any:
    found = of.get(name) if isinstance(name, str) else None
    return found.value if isinstance(found, Parameter) else None


def _dayparts(view: View, parts: dict[str, Any]) -> list[FieldSpec]:
    """Return the occasions on which a channel is met; the first one made takes all contacts, further ones none."""
    found = []
    for name in parts:
        here, part = ("dayparts", name), mapping(parts, name)
        found += [
            FieldSpec(here, "entry", label=name),
            text(*here, "share", word="daypart_share"),
            text(*here, "receptive", word="daypart_receptive"),
        ]
        own = mapping(part, "by_segment")
        known = dict.fromkeys([*(view.segment_names or ()), *own])
        if known:
            differing = (*here, "by_segment")
            found.append(FieldSpec(differing, "keys", tuple(known), word="daypart_by_segment", start={}))
            found += [
                FieldSpec((*differing, segment, key), label=f"{segment}: ", word=f"daypart_{key}",
                          otherwise=part.get(key))
                for segment in own for key in ("share", "receptive")
            ]  # fmt: skip
    found.append(FieldSpec(("dayparts",), "add", word="daypart", start={"share": 0 if parts else 1}))
    return headed("dayparts", found)


def _formats(entry: Entry) -> list[FieldSpec]:
    found = [FieldSpec(("formats",), "keys", FORMATS, section="formats", start={})]
    for made_as in mapping(dict(entry), "formats"):
        for key in ("attention", "impact"):
            by_medium = _number(table("formats")[key].get(made_as, {}), entry.get("medium"))
            found.append(
                FieldSpec(("formats", made_as, key), label=f"{made_as}: ", word=f"format_{key}",
                          otherwise=1 if by_medium is None else by_medium)
            )  # fmt: skip
    return found
