"""What of the scenario language no form of the plan changes: another part of the page does, or its text alone.

An address is written with ``*`` for a name. A test holds the forms and this list together to the schema.
"""

from __future__ import annotations

from typing import Any

from sim.errors import InputError
from sim.scenario.source import read_text
from sim.scenario.view import mapping

ON_SWEEP = ("sweep.design", "sweep.split.*.over")
IN_TEXT = ("plan.flights_from", "sweep.points.*.*")


def in_text_alone(text: str) -> list[str]:
    """Return what stands in a text and is changed there alone; nothing where it is no YAML."""
    try:
        raw: Any = read_text(text, "plan").value
    except InputError:
        return []
    found = [("extends", mapping(raw).get("extends"))]
    found.append(("plan.flights_from", mapping(raw, "plan").get("flights_from")))
    told = [f"{address}: {value}" for address, value in found if value is not None]
    return told + [f"sweep.points.{name}" for name in mapping(raw, "sweep", "points")]
