"""When and how often the rules of a plan fired."""

from __future__ import annotations

import numpy as np

from sim.day.reactions import Reactions
from sim.results.catalog import RULE_FIRED, RULE_FIRST_DAY, RULE_TIMES
from sim.results.indicators import Readings


def read_rules(out: Readings, reactions: Reactions) -> None:
    """Add, for each rule, whether it fired in this world, how often, and on which evening first (NaN: never)."""
    for name, evenings in reactions.fired.items():
        out.at_end(RULE_FIRED + name, bool(evenings))
        out.at_end(RULE_TIMES + name, len(evenings))
        out.at_end(RULE_FIRST_DAY + name, evenings[0] if evenings else np.nan)
