"""What makes people share: the rule, and what it needs to know of each message and person."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.kernels import sharing as rule
from sim.kernels import social
from sim.kernels.sharing import Impulse
from sim.public import Public
from sim.scenario.parameters import Sharing
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
RULES = {
    "probability": rule.PROBABILITY, "threshold": rule.THRESHOLD, "fraction": rule.COUNT, "count": rule.COUNT,
}  # fmt: skip
CEIL_SLACK = 1e-9  # .1 of 30 is 3, whatever its last bit


def impulse_of(scenario: Scenario, public: Public, match: Floats) -> Impulse:
    """Return what makes people share; `match` is μ, float64[n_segments, n_messages]."""
    sharing = scenario.sharing
    return Impulse(
        beta=public.beta,
        match=match,
        quality=np.array([scenario.messages[m].quality for m in sorted(scenario.messages)]),
        r=np.array(sharing.r if sharing else (1.0,)),
        brand_factor=sharing.brand_factor if sharing else 0.0,
        stay=sharing.stay if sharing else 0.0,
        rule=RULES[sharing.rule] if sharing else rule.PROBABILITY,
        bound=_bound(sharing, public),
    )


def _bound(sharing: Sharing | None, public: Public) -> Floats:
    """Return what must be met before each person shares, float64[n_people]; empty under rule probability."""
    if sharing is None or sharing.rule == "probability":
        return np.zeros(0)
    out = np.zeros(public.population.n_people)
    if sharing.count is not None:
        return out + sharing.count
    for ties in public.ties.values():
        weight = ties.weight if sharing.rule == "threshold" else ties.weight[:0]
        social.in_weights(ties.ptr, ties.dst, weight, out)
    if sharing.fraction is not None:
        out = np.maximum(1.0, np.ceil(sharing.fraction * out - CEIL_SLACK))
    return out
