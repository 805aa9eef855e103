"""A tolerant look at a raw scenario tree: what has the wrong type looks empty, and is told elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from sim.scenario.audience import NEEDS
from sim.scenario.media import Kind
from sim.scenario.rules import is_number

Raw = dict[str, Any]


def mapping(raw: Any, *keys: str) -> Raw:
    """Return the mapping at a place, empty if there is none."""
    for key in keys:
        raw = raw.get(key) if isinstance(raw, dict) else None
    return raw if isinstance(raw, dict) else {}


def parts_of(raw: Any, *keys: str) -> dict[str, Raw]:
    """Return the entries of a mapping by names that are mappings themselves."""
    return {name: part for name, part in mapping(raw, *keys).items() if isinstance(part, dict)}


def name_of(raw: Any) -> str | None:
    """Return a raw value as a name (a whole number is one), or None."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    return raw if isinstance(raw, str) else None


def names_in(raw: Any) -> list[tuple[int, str]]:
    """Return the names in a raw list with their positions."""
    if not isinstance(raw, list):
        return []
    found = ((index, name_of(item)) for index, item in enumerate(raw))
    return [(index, name) for index, name in found if name is not None]


def number(raw: Any) -> float | None:
    """Return a raw number, or None."""
    return raw if is_number(raw) else None


@dataclass(frozen=True, slots=True)
class View:
    """Hold the pieces of a raw tree that refer to each other.

    Parameters
    ----------
    tree : dict
        The whole tree.
    segments, channels, messages, flights, partners, objectives, layers : dict
        Entries that are mappings, by name.
    n_days : int or None
        Length of the run, if it is a sound number.
    table : str or None
        ``from_people`` or ``from_survey`` where a file is the public.
    needs : list of str
        The needs that motivations and appeals are given in.
    """

    tree: Raw
    segments: dict[str, Raw]
    channels: dict[str, Raw]
    messages: dict[str, Raw]
    layers: dict[str, Raw]
    flights: dict[str, Raw]
    partners: dict[str, Raw]
    objectives: dict[str, Raw]
    n_days: int | None
    table: str | None
    needs: list[str]

    @classmethod
    def of(cls, tree: Raw) -> View:
        """Look at a tree."""
        audience, plan = mapping(tree, "audience"), mapping(tree, "plan")
        days = tree.get("days")
        tables = [key for key in ("from_people", "from_survey") if audience.get(key) is not None]
        needs = audience.get("needs")
        return cls(
            tree=tree,
            segments=parts_of(audience, "segments"),
            channels=parts_of(tree, "channels"),
            messages=parts_of(tree, "messages"),
            layers=parts_of(tree, "network"),
            flights=parts_of(plan, "flights"),
            partners=parts_of(plan, "partners"),
            objectives=parts_of(tree, "objectives"),
            n_days=days if isinstance(days, int) and not isinstance(days, bool) and days > 0 else None,
            table=tables[0] if tables else None,
            needs=[name for _, name in names_in(needs)] if isinstance(needs, list) else list(NEEDS),
        )

    def names(self, key: str) -> list[str]:
        """Return all names given under a top-level key, whatever stands there."""
        return list(mapping(self.tree, key))

    @property
    def segment_names(self) -> list[str] | None:
        """Names of the segments; None where they are known only when the file of people is read."""
        return None if self.table else list(mapping(self.tree, "audience", "segments"))

    @property
    def listens(self) -> bool:
        """Whether the plan listens."""
        return mapping(self.tree, "plan").get("listening") is not None

    def kind(self, channel: str) -> str | None:
        """Return the kind of a channel, if it is a legal one."""
        kind = mapping(self.channels, channel).get("kind")
        return kind if isinstance(kind, str) and kind in get_args(Kind) else None

    def users(self, channel: str, segments: list[str] | None = None) -> bool:
        """Tell whether anyone (of some segments) uses a channel; yes where it cannot be told."""
        holders = [part for name, part in self.segments.items() if segments is None or name in segments]
        if self.table:
            columns = mapping(self.tree, "audience", self.table, "usage")
            if channel in columns:
                return True
            holders = [*self.segments.values(), mapping(self.tree, "audience", "everyone")]
        uses = [mapping(part, "usage").get(channel) for part in holders]
        return any(use is not None and self._is_used(use) for use in uses)

    @staticmethod
    def _is_used(use: Any) -> bool:
        users = number(mapping(use).get("users"))
        return users is None or users > 0
