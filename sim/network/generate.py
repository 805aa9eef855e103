"""Draw the ties of one layer among the people that it covers.

A maker is a function ``(circle, spec) -> Ties``, in a file of its own in `sim.network.generators`; it
stands in `MAKERS` under the name that a scenario writes after ``generate:``. All its luck comes from
``circle.key`` and people's uids.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim import luck_keys
from sim.agents.population import Population
from sim.network.generators.affiliation import affiliation
from sim.network.generators.circle import Circle, Rows, Ties
from sim.network.generators.power_law import power_law
from sim.network.generators.small_world import small_world
from sim.network.generators.well_mixed import well_mixed
from sim.network.graph import OFFLINE, TieLayer, empty_layer, tie_layer
from sim.scenario.media import Affiliation, PowerLaw, SmallWorld, WellMixed

__all__ = ["MAKERS", "Circle", "Spec", "Ties", "generate_layer"]

Spec = PowerLaw | SmallWorld | Affiliation | WellMixed
MAKERS: dict[str, Callable[[Circle, Any], Ties]] = {
    "power_law": power_law,
    "small_world": small_world,
    "affiliation": affiliation,
    "well_mixed": well_mixed,
}


def generate_layer(name: str, spec: Spec, population: Population, master_seed: int) -> TieLayer:
    """Draw one layer over the users of a channel (`offline`: over everyone).

    Raises
    ------
    InputError
        When an option of the layer is impossible for the people it covers.
    """
    rows = _covered(name, population)
    segment = np.unique(population.segment[rows], return_inverse=True)[1].astype(np.int64)
    key = luck_keys.decision_key(luck_keys.public_key(master_seed), "tie", luck_keys.name_key("layer", name))
    who = "people" if name == OFFLINE else f"users of {name}"
    src, dst, notes, is_well_mixed = MAKERS[spec.generate](
        Circle(name, key, population.uid[rows], segment, who), spec
    )
    if is_well_mixed:
        return empty_layer(name, population.n_people, is_well_mixed=True, notes=notes)
    if len(rows) < population.n_people:
        src, dst = rows[src], rows[dst]
    return tie_layer(name, src, dst, population.uid, notes=notes)


def _covered(name: str, population: Population) -> Rows:
    if name == OFFLINE:
        return np.arange(population.n_people, dtype=np.int32)
    return np.flatnonzero(population.usage[population.channel_names.index(name)] > 0).astype(np.int32)
