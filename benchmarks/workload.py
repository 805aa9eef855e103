"""The reference workload: one million people, five paid channels, 400 GRP in thirty days."""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from sim.experiment.runner import Study, prepare
from sim.luck_keys import world_key
from sim.scenario.schema import Scenario
from sim.world import World

IS_TINY = bool(os.environ.get("PREGON_BENCH_TINY"))  # every case once, at sizes that prove nothing
SIZES = {"small": 1_000, "large": 2_000} if IS_TINY else {"small": 20_000, "large": 1_000_000}
DAYS, GRP = 30, 400.0
ROUNDS = {"small": 15, "large": 5}
# channel: medium. The first has the follower layer.
CHANNELS = {"network": "feed", "tv": "tv", "video": "video", "display": "display", "radio": "radio"}
SEGMENTS: dict[str, dict[str, Any]] = {
    "younger": {"share": 0.4, "motivations": {"entertainment": 3, "personal_identity": 2}},
    "older": {"share": 0.6, "motivations": {"information": 3, "remuneration": 1}},
}
MESSAGES = {
    "teaser": {"appeals": {"entertainment": 0.9}, "quality": 0.6},
    "reveal": {"appeals": {"information": 0.8, "personal_identity": 0.4}, "quality": 0.7},
}


def reference(people: int, *, grp: float = GRP, days: int = DAYS) -> dict[str, Any]:
    """Return the reference workload as a scenario; what is not written is default.

    Parameters
    ----------
    people : int
    grp : float
        All channels together, evenly over the five flights and over their days.
    days : int
    """
    use = {name: {"users": 0.6, "visits_per_day": 1.0} for name in CHANNELS}
    flights = {
        f"on {name}": {
            "message": "reveal" if place % 2 else "teaser",
            "channel": name,
            "days": f"1-{days}",
            "grp": grp / len(CHANNELS),
        }
        for place, name in enumerate(CHANNELS)
    }
    kinds = {name: "feed" if medium == "feed" else "broadcast" for name, medium in CHANNELS.items()}
    return {
        "name": "Reference workload",
        "days": days,
        "master_seed": 1,
        "audience": {"agents": people, "segments": {k: {**v, "usage": use} for k, v in SEGMENTS.items()}},
        # Five followers at least make 17 of a user on the mean: ten million ties for 600,000 users.
        "network": {
            "network": {"generate": "power_law", "min_followers": 5, "max_followers": max(people // 50, 6)},
            "offline": {"generate": "small_world"},
        },
        "channels": {
            name: {"kind": kinds[name], "medium": medium, "cpm": 10.0} for name, medium in CHANNELS.items()
        },
        "messages": MESSAGES,
        "plan": {"flights": flights},
    }


@lru_cache(maxsize=4)
def study(people: int, grp: float = GRP, days: int = DAYS, off: tuple[str, ...] = ()) -> Study:
    """Return the reference workload made ready, null at the addresses `off`; the last few are kept."""
    plan = reference(people, grp=grp, days=days)
    for address in off:
        *above, last = address.split(".")
        place = plan
        for key in above:
            place = place.setdefault(key, {})
        place[last] = None
    return prepare(Scenario.from_dict(plan))


def open_world(ready: Study, replication: int = 0) -> World:
    """Return one world before its first day, in the arrays of one that is over where there are any."""
    key = world_key(ready.scenario.master_seed, replication)
    spare = getattr(ready, "spare", None)  # commits that are compared with may not know it
    used = (spare.pop(),) if spare else ()
    return World(ready.public, ready.campaign, key, ready.scenario.days, *used)


def lived(ready: Study, replication: int = 0) -> World:
    """Return one world after its last day; its counts can be read, its people serve the next world."""
    world = open_world(ready, replication)
    world.run()
    if hasattr(ready, "spare"):
        ready.spare.append(world.people)
    return world


def fork(world: World) -> World:
    """Return a copy of a world that can be lived on; public and plan stay shared."""
    shared = {id(part): part for part in (world.public, world.campaign)}
    return copy.deepcopy(world, shared)


def contacts_of(world: World) -> int:
    """Return how many contacts of any kind took place."""
    return int(world.tally.contacts.sum())


def ties_of(ready: Study) -> int:
    """Return how many ties the network has."""
    return sum(layer.n_ties for layer in ready.public.network.layers.values())


class Pair:
    """Time ours and another tool's in turn, so that whatever else the machine does meets both alike.

    Give `first` to pytest-benchmark as a round's setup and `second` as what it times; processor time is
    taken of both, which waiting for other processes does not lengthen. One call of ours may make
    several runs, `our_runs`: its time is told for each.
    """

    def __init__(self, ours: Callable[[int], Any], theirs: Callable[[int], Any], our_runs: int = 1):
        self._ours, self._theirs, self._our_runs = ours, theirs, our_runs
        self.our_seconds: list[float] = []
        self.their_seconds: list[float] = []
        self.found: list[Any] = []

    def first(self) -> None:
        """Run ours on the next world."""
        begun = time.process_time()
        self._ours(len(self.our_seconds))
        self.our_seconds.append((time.process_time() - begun) / self._our_runs)

    def second(self) -> None:
        """Run theirs once more and keep what it gave."""
        begun = time.process_time()
        self.found.append(self._theirs(len(self.found)))
        self.their_seconds.append(time.process_time() - begun)

    @property
    def figures(self) -> dict[str, float]:
        """Medians of both, and of the paired ratios theirs / ours."""
        ours, theirs = np.array(self.our_seconds), np.array(self.their_seconds)
        return {
            "our_seconds": float(np.median(ours)),
            "their_seconds": float(np.median(theirs)),
            "ratio": float(np.median(theirs / ours)),
        }
