"""No ties: everyone hears of everyone."""

from __future__ import annotations

import numpy as np

from sim.network.generators.circle import Circle, Ties
from sim.scenario.media import WellMixed


def well_mixed(circle: Circle, spec: WellMixed) -> Ties:
    """Draw no ties: everyone hears of everyone alike (Bass 1969)."""
    nobody = np.zeros(0, np.int32)
    return Ties(nobody, nobody, is_well_mixed=True)
