"""The ties of a layer as a pandas frame."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.agents.population import Population
from sim.network.graph import Network
from sim.network.names import layer_of, names_of, weights_of


def layer_frame(network: Network, layer: str, population: Population | None = None) -> pd.DataFrame:
    """Return one row per directed tie; see `Network.to_frame`."""
    ties = layer_of(network, layer)
    names = names_of(network, population)
    source = np.repeat(np.arange(network.n_people), ties.audience_sizes)
    if names is None:
        return pd.DataFrame({"source": source, "target": ties.out_dst, "weight": weights_of(ties)})
    named = np.array(names, dtype=object)
    return pd.DataFrame({"source": named[source], "target": named[ties.out_dst], "weight": weights_of(ties)})
