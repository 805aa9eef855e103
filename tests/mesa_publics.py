"""A small public for Mesa's doors: two segments, three channels, followers and offline ties, adopters."""

from __future__ import annotations

import functools
from typing import Any

import mesa
import numpy as np

from sim import AudienceModel, Consumer, Scenario
from sim.kernels.state import UNITS

IS_NEW_MESA = tuple(int(part) for part in mesa.__version__.split(".")[:2]) >= (3, 5)

SMALL: dict[str, Any] = {
    "name": "Two towns",
    "days": 12,
    "master_seed": 5,
    "replications": 3,
    "audience": {
        "agents": 400,
        "people": 4000,
        "segments": {
            "north": {
                "share": 0.4,
                "motivations": {"information": 2, "entertainment": 1},
                "usage": {"tv": {"users": 0.9, "visits_per_day": 1.5}, "feed": {"users": 0.5, "visits_per_day": 1}},
                "trust": 0.7, "attitude": 0.2, "aware": 0.3, "memory": 0.5,
            },
            "south": {
                "share": 0.6,
                "motivations": {"entertainment": 3},
                "usage": {"tv": {"users": 0.6, "visits_per_day": 1}, "feed": {"users": 0.8, "visits_per_day": 2}},
                "trust": 0.4, "aware": 0.1, "adopters": 0.05,
            },
        },
    },
    "network": {"feed": {"generate": "power_law"}, "offline": {"generate": "small_world"}},
    "channels": {
        "tv": {"kind": "broadcast", "medium": "tv", "cpm": 20},
        "feed": {"kind": "feed", "medium": "feed", "cpm": 6, "brand_followers": 0.2},
    },
    "messages": {"claim": {"appeals": {"information": 0.8, "entertainment": 0.8}, "quality": 0.8}},
    "plan": {
        "flights": {
            "spot": {"message": "claim", "channel": "tv", "days": "1-10", "grp": 300},
            "post": {"message": "claim", "channel": "feed", "posts": [2, 5]},
        },
        "partners": {
            "voices": {
                "message": "claim", "channel": "feed", "fee": 10, "post_on": [3, 6],
                "choose": {"rule": "top", "by": "audience", "count": 3},
            }
        },
    },
    "adoption": {"innovation": 1.0, "imitation": 5.0},
}  # fmt: skip


@functools.cache
def scenario() -> Scenario:
    return Scenario.from_dict(SMALL)


def small(replication: int = 0, days_done: int = 0, **kwargs: Any) -> AudienceModel:
    """Return the small public after some days."""
    model = AudienceModel(scenario(), replication, **kwargs)
    for _ in range(days_done):
        model.step()
    return model


def check_counts(model: AudienceModel) -> None:
    """Hold every count of stocks to be the count of people."""
    record, tally, people = model.world.people.record, model.world.tally, model.world.people
    segments = range(len(model.public.population.segment_names))
    for s in segments:
        there = record["segment"] == s
        np.testing.assert_array_equal(np.bincount(record["stage"][there], minlength=4), tally.stages[:, s])
        for name in ("trust", "attitude"):
            assert (
                np.floor(record[name][there] * UNITS + 0.5).astype(np.int64).sum() == getattr(tally, name)[s]
            )
    aware = np.flatnonzero((record["stage"] == 1) | (record["stage"] == 2))
    np.testing.assert_array_equal(
        np.sort(people.course["row"][people.aware_list[: people.n_aware[0]]]), aware
    )


def same_state(left: AudienceModel, right: AudienceModel) -> None:
    """Hold two models to the same people and logs, to the last bit."""
    for name, mine, yours in zip(
        left.world.people._fields, left.world.people, right.world.people, strict=True
    ):
        n = left.world.people.n_aware[0] if name == "aware_list" else None  # no meaning beyond
        np.testing.assert_array_equal(mine[:n], yours[:n], err_msg=name)
    for mine, yours in zip(left.world.log, right.world.log, strict=True):
        np.testing.assert_array_equal(mine, yours)


class Counted(Consumer):
    """A person that counts how many views of its kind were made."""

    made = 0

    def __init__(self, model: AudienceModel, row: int):
        type(self).made += 1
        super().__init__(model, row)

    @property
    def warmth(self) -> float:
        return self.trust + self.attitude

    def praise(self, by: float) -> str:
        self.trust = min(1.0, self.trust + by)
        return self.segment


class CountedModel(AudienceModel):
    consumer_type = Counted


def tv_above(agent: Consumer, least: int) -> bool:
    return agent.contacts["tv"] > least


def heads(models: list[int]) -> int:
    return sum(models)
