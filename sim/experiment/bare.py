"""The worlds without a plan: lived once for all plans on the same public."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from sim.campaign.compile import Campaign, compile_campaign
from sim.day.gauges import Stocks
from sim.public import Public
from sim.results.indicators import stocks_of
from sim.scenario.schema import Scenario
from sim.world import World

MOST_BYTES = 100_000_000  # of what is kept per public and listening


@dataclass(slots=True)
class Bare:
    """Hold a plan without flights, partners and posts, and what its worlds came to.

    What such a world comes to depends on the public, on listening and on the world's luck alone; `bare_of` gives
    the plans that share these one `Bare`.

    Parameters
    ----------
    campaign : Campaign
    """

    campaign: Campaign
    _kept: dict[np.uint64, Stocks] = field(default_factory=dict)
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def stocks(self, key: np.uint64, live: Callable[[Campaign], AbstractContextManager[World]]) -> Stocks:
        """Return the stocks by day of the world of a key; it is lived where that was not done before."""
        found = self._kept.get(key)
        if found is None:
            with live(self.campaign) as world:
                found = stocks_of(world.log)
            with self._lock:
                size = sum(array.nbytes for array in found)
                if key not in self._kept and self._bytes + size <= MOST_BYTES:
                    self._kept[key] = found
                    self._bytes += size
        return found


_bare: WeakKeyDictionary[Public, dict[str, Bare]] = WeakKeyDictionary()


def bare_of(scenario: Scenario, public: Public) -> Bare:
    """Return the worlds without the plan of a scenario, those of earlier plans on the same public among them.

    Raises
    ------
    InputError
        As `sim.campaign.compile.compile_campaign`.
    """
    plan = scenario.plan.baseline
    by_listening = _bare.setdefault(public, {})
    name = plan.model_dump_json()
    if name not in by_listening:
        by_listening[name] = Bare(compile_campaign(scenario, public, plan))
    return by_listening[name]
