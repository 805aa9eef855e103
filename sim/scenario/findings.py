"""One fault at one address, before the address is turned into a place in a file."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.errors import did_you_mean, listed
from sim.scenario.path import Parts


@dataclass(frozen=True, slots=True)
class Finding:
    """Say what is wrong at an address of the scenario: got, wanted, hint (see `sim.errors.Fault`)."""

    path: Parts
    got: str
    wanted: str
    hint: str = ""

    def under(self, *path: str | int) -> Finding:
        """Return the same finding with its path prefixed."""
        return Finding((*path, *self.path), self.got, self.wanted, self.hint)


class RuleBroken(ValueError):
    """A rule between keys does not hold; the cross-check tells each of them with its own address."""


def hold(findings: Iterable[Finding]) -> None:
    """Raise `RuleBroken` with all findings, if there are any."""
    texts = [f"{finding.got}; {finding.wanted}" for finding in findings]
    if texts:
        raise RuleBroken(" · ".join(texts))


def unknown(path: Parts, name: str, kind: str, legal: Iterable[str]) -> Finding:
    """Return the finding for a name that nothing has."""
    names = list(legal)
    wanted = f"want one of {listed(names)}" if names else f"there is no {kind}"
    return Finding(path, f"no {kind} is named {name!r}", wanted, did_you_mean(name, names))


def shown(value: Any) -> str:
    """Return a value as a planner would write it, cut to a line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        return f"a mapping ({listed(value, 4)})" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        text = "[" + ", ".join(shown(item) for item in value) + "]"
        return text if len(text) <= 50 else f"a list of {len(value)}"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def amount(value: float) -> str:
    """Return a bound as a planner would write it: 36_500, 0.05."""
    if float(value).is_integer() and abs(value) < 1e16:
        return f"{int(value):_}"
    return f"{value:g}"
