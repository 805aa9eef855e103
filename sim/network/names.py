"""What the people of a network are called where ties leave it: by id, or by row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.agents.population import Population
from sim.errors import Fault, InputError, did_you_mean, listed
from sim.network.graph import Network, TieLayer


def layer_of(network: Network, name: str) -> TieLayer:
    """Return the layer of that name.

    Raises
    ------
    InputError
        No such layer, or one that keeps no ties.
    """
    layer = network.layers.get(name)
    if layer is None:
        wanted = f"want one of {listed(network.layers)}"
        raise InputError(Fault(f"layer {name}", "no such layer", wanted, did_you_mean(name, network.layers)))
    if layer.is_well_mixed:
        got = "well mixed: everyone hears of everyone"
        raise InputError(Fault(f"layer {name}", got, "want a layer that keeps ties"))
    return layer


def names_of(network: Network, population: Population | None) -> list[str | int] | None:
    """Return each person's id, or row number where it has none; None where nobody has one.

    Raises
    ------
    InputError
        A population of another size.
    """
    if population is not None and population.n_people != network.n_people:
        got = f"{population.n_people} people beside a network of {network.n_people}"
        raise InputError(Fault("population", got, "want the public that the network was built for"))
    ids = population.ids if population is not None and population.ids is not None else network.ids
    return None if ids is None else [*ids, *range(len(ids), network.n_people)]


def weights_of(layer: TieLayer) -> npt.NDArray[np.float32]:
    """Return the weight of each tie, float32[n_ties]; all 1 where they are alike."""
    return layer.out_weight if len(layer.out_weight) else np.ones(layer.n_ties, np.float32)
