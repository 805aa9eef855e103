"""A first look at a plan: its curves on a few worlds, while it is being changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sim.experiment.runner import collect, prepare, run_world
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.results.frames import Result


def glance(scenario: Scenario, worlds: int, is_stopped: Callable[[], bool] = lambda: False) -> Result | None:
    """Live the first worlds on a plan's first public beside the same without the plan; None where it was stopped.

    What a run lives further worlds for (response curve, marginal ROI, seeding value) is left away, and so are
    objectives. All that is told is what `sim.experiment.runner.run` tells of the same worlds.

    Raises
    ------
    InputError
        Bad data.
    """
    plain = scenario.model_copy(
        update={"objectives": {}, "response": None, "value_per_adoption": None, "publics": 1}
    )
    study = prepare(plain)
    study = replace(study, others=replace(study.others, dearer=None, unpartnered=None))
    outcomes = []
    for k in range(worlds):
        outcome = run_world(study, k * scenario.publics, is_stopped)
        if outcome is None:
            return None
        outcomes.append(outcome)
    return collect(study, outcomes)
