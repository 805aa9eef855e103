"""Pregón: try a communication campaign on a simulated public before launch.

The planner's nouns are importable from here; each is loaded when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import cascade, influence
    from sim.agents.consumer import Consumer
    from sim.agents.consumer_set import ConsumerSet
    from sim.errors import InputError, PregonError
    from sim.experiment.compare import Comparison, compare
    from sim.experiment.runner import Interrupted, run
    from sim.experiment.sweeps.sweep import sweep
    from sim.experiment.sweeps.swept import Swept
    from sim.model import DAY, AudienceModel, indicator
    from sim.network.graph import Network
    from sim.results.frames import Result, load_result
    from sim.scenario.schema import Scenario

_HOMES = {
    "AudienceModel": "sim.model",
    "Comparison": "sim.experiment.compare",
    "Consumer": "sim.agents.consumer",
    "ConsumerSet": "sim.agents.consumer_set",
    "DAY": "sim.world",
    "InputError": "sim.errors",
    "Interrupted": "sim.experiment.runner",
    "Network": "sim.network.graph",
    "PregonError": "sim.errors",
    "Result": "sim.results.frames",
    "Scenario": "sim.scenario.schema",
    "Swept": "sim.experiment.sweeps.swept",
    "compare": "sim.experiment.compare",
    "indicator": "sim.model",
    "load_result": "sim.results.frames",
    "run": "sim.experiment.runner",
    "sweep": "sim.experiment.sweeps.sweep",
}

__all__ = [
    "DAY",
    "AudienceModel",
    "Comparison",
    "Consumer",
    "ConsumerSet",
    "InputError",
    "Interrupted",
    "Network",
    "PregonError",
    "Result",
    "Scenario",
    "Swept",
    "cascade",
    "compare",
    "indicator",
    "influence",
    "load_result",
    "run",
    "sweep",
]

_ROOMS = {"cascade", "influence"}


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"sim.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES, *_ROOMS])
