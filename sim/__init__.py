"""Pregón: try a communication campaign on a simulated public before launch.

The planner's nouns are importable from here; each is loaded when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.errors import InputError, PregonError
    from sim.experiment.compare import Comparison, compare
    from sim.experiment.runner import Interrupted, run
    from sim.model import DAY, AudienceModel
    from sim.network.graph import Network
    from sim.results.frames import Result, load_result
    from sim.scenario.schema import Scenario

_HOMES = {
    "AudienceModel": "sim.model",
    "Comparison": "sim.experiment.compare",
    "DAY": "sim.world",
    "InputError": "sim.errors",
    "Interrupted": "sim.experiment.runner",
    "Network": "sim.network.graph",
    "PregonError": "sim.errors",
    "Result": "sim.results.frames",
    "Scenario": "sim.scenario.schema",
    "compare": "sim.experiment.compare",
    "load_result": "sim.results.frames",
    "run": "sim.experiment.runner",
}

__all__ = [
    "DAY",
    "AudienceModel",
    "Comparison",
    "InputError",
    "Interrupted",
    "Network",
    "PregonError",
    "Result",
    "Scenario",
    "compare",
    "load_result",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
