"""Fields of the public: a segment, and everyone whom no segment names."""

from __future__ import annotations

from typing import Any

from sim.app.components.fields.fields import Entry, FieldSpec, headed, text
from sim.scenario.audience import NEEDS
from sim.scenario.view import View, mapping

START = ("trust", "aware", "attitude", "memory", "adopters", "availability")
EVERYONE = ("audience", "everyone")


def needs(view: View, key: str) -> list[FieldSpec]:
    """Return a field for each need: the weight it has, or how strongly it is appealed to."""
    return headed(key, [FieldSpec((key, need), label="" if need in NEEDS else need) for need in view.needs])


def segment(view: View, entry: Entry) -> list[FieldSpec]:
    """Return the fields of a segment."""
    has_share = view.table is None or entry.get("share") is not None
    return [*([text("share")] if has_share else []), *_traits(view, entry)]


def everyone_fields(tree: dict[str, Any]) -> list[FieldSpec]:
    """Return the fields of people whose segment is not named; relative to `EVERYONE`."""
    return _traits(View.of(tree), mapping(tree, *EVERYONE))


def _traits(view: View, entry: Entry) -> list[FieldSpec]:
    uses = [
        text("usage", channel, key, label=f"{channel}: ")
        for channel in view.names("channels")
        for key in ("users", "visits_per_day")
    ]
    messages = view.names("messages")
    fits = [
        FieldSpec(("fit", message), label=message, otherwise=1) for message in mapping(dict(entry), "fit")
    ]
    return [
        *(text(key) for key in START),
        *needs(view, "motivations"),
        *headed("usage", uses),
        FieldSpec(("fit",), "keys", tuple(messages), section="fit", start=1),
        *fits,
    ]
