"""What there is to say: the plan's messages, and how people may change them."""

from __future__ import annotations

import numpy as np

from sim.agents.population import Population
from sim.kernels.reception import Views
from sim.kernels.sharing import Impulse
from sim.kernels.state import BRAND, Variants
from sim.kernels.variants import Craft
from sim.luck_keys import name_key
from sim.scenario.schema import Scenario


def craft_of(scenario: Scenario, population: Population, can_share: bool) -> Craft | None:
    """Return how people change what they pass on; None where nobody does."""
    told = scenario.co_creation
    if told is None or not can_share:
        return None
    needs = np.array([name_key("need", need) for need in population.needs])
    needs.setflags(write=False)
    return Craft(
        probability=float(told.probability),
        half_at=float(told.half_at_engagement),
        pull_to_self=float(told.pull_to_self),
        appeal_sd=float(told.appeal_sd),
        quality_sd=float(told.quality_sd),
        valence_kept=float(told.valence_kept),
        motivations=population.motivations,
        needs=needs,
        quality=name_key("trait", "quality"),
        most=told.most_variants,
    )


def open_variants(views: Views, impulse: Impulse, craft: Craft | None) -> Variants:
    """Return the messages of a plan with room for what people of one world make of them; none without `craft`."""
    n, n_needs = views.appeals.shape
    room = n + (0 if craft is None else craft.most)
    out = Variants(
        appeals=np.zeros((room, n_needs)),
        match=np.zeros((len(views.match), room)),
        quality=np.zeros(room),
        valence=np.zeros(room),
        drift=np.zeros(room, np.int64),
        lineage=np.zeros(room, np.int16),
        parent=np.zeros(room, np.int16),
        author=np.zeros(room, np.int32),
        made_on=np.zeros(room, np.int32),
        n=np.array([n]),
    )
    out.appeals[:n], out.match[:, :n] = views.appeals, views.match
    out.quality[:n], out.valence[:n] = impulse.quality, views.valence
    out.lineage[:n] = out.parent[:n] = np.arange(n)
    out.author[:n] = BRAND
    return out
