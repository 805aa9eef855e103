"""Small publics and plans on which the day and its twin are stepped side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.agents.build import build_population
from sim.network.graph import Network, TieLayer, empty_layer, tie_layer
from sim.public import Public, ready_public
from sim.scenario.schema import Scenario
from tests.reference_luck import combine, name_key, uniform_at

BUSY_MARKET: dict[str, Any] = {
    "innovation": 6.0,
    "imitation": 60.0,
    "word_of_mouth": {"talks_per_day": 0.4},
    "repurchase": {"mean_interval_days": 5.0},
}


def mapping(
    agents: int = 150, days: int = 16, plan: dict[str, Any] | None = None, **parts: Any
) -> dict[str, Any]:
    """Return a scenario of three segments, two feeds, TV and the brand's own newsletter."""
    return {
        "name": "Twin",
        "days": days,
        "master_seed": 11,
        "audience": {
            "agents": agents,
            "people": agents * 10.0,
            "segments": {
                "young": {
                    "share": 0.4,
                    "motivations": {"entertainment": 3.0, "personal_identity": 2.0},
                    "usage": {
                        "gram": {"users": 0.9, "visits_per_day": 2.0},
                        "tube": {"users": 0.7, "visits_per_day": 0.6},
                        "tv": {"users": 0.5, "visits_per_day": 0.7},
                    },
                    "trust": 0.4,
                    "aware": 0.3,
                    "memory": 0.5,
                    "fit": {"reveal": 1.3},
                },
                "old": {
                    "share": 0.5,
                    "motivations": {"information": 2.0, "remuneration": 1.0},
                    "usage": {
                        "gram": {"users": 0.5, "visits_per_day": 0.8},
                        "tube": {"users": 0.4, "visits_per_day": 0.9},
                        "tv": {"users": 0.9, "visits_per_day": 1.5},
                        "letter": {"users": 0.4, "visits_per_day": 0.7},
                    },
                    "adopters": 0.05,
                    "attitude": 0.15,
                },
                "none": {"share": 0.1, "availability": 0.3},
            },
        },
        "network": {
            "gram": {"generate": "power_law"},
            "tube": {"generate": "power_law"},
            "offline": {"generate": "small_world"},
        },
        "channels": {
            "gram": {"kind": "feed", "medium": "feed", "cpm": 5.0, "visibility": 0.4, "brand_followers": 0.3},
            "tube": {"kind": "feed", "medium": "video", "cpm": 5.0, "visibility": 1.0, "attention": 0.9},
            "tv": {"kind": "broadcast", "medium": "tv", "cpm": 20.0, "ad_load": 0.8, "usage_shape": 0.6},
            "letter": {"kind": "owned", "medium": "own", "brand_followers": 0.8},
        },
        "messages": {
            "teaser": {"appeals": {"entertainment": 0.9}, "quality": 0.8},
            "reveal": {"appeals": {"personal_identity": 0.7, "information": 0.5}, "quality": 0.9},
            "rumour": {"appeals": {"information": 0.6}, "quality": 0.5, "valence": -0.6},
        },
        "plan": busy_plan(days) if plan is None else plan,
        "reception": {"awareness_loss_per_day": 0.25, "wear_out_contacts": 2.0, "consider_at": 0.16},
        "sharing": {
            "reference_mean": 1.5,
            "r": [1.0, 0.6, 1.8],
            "stay": 0.3,
            "engagement": {"rare": 0.3, "some": 0.3},
        },
        "co_creation": {"probability": 0.8},
        "adoption": BUSY_MARKET,
        **parts,
    }


def busy_plan(days: int) -> dict[str, Any]:
    """Return flights of every kind and three bookings; one books its partners a second time."""
    last = days - 1
    return {
        "flights": {
            "capped": {
                "message": "teaser", "channel": "gram", "days": f"2-{last}", "impressions": 6000.0,
                "shape": "front", "cap": {"times": 2, "per_days": 3},
            },
            "free": {
                "message": "reveal", "channel": "gram", "days": f"1-{days}", "grp": 300.0, "shape": "back",
                "to": ["young"],
            },
            "rumours": {"message": "rumour", "channel": "tube", "days": f"3-{last}", "budget": 6.0},
            "spots": {"message": "teaser", "channel": "tv", "days": f"1-{last}", "grp": 900.0},
            "spots_more": {
                "message": "reveal", "channel": "tv", "days": f"4-{days}", "grp": 500.0,
                "cap": {"times": 3, "per_days": 7},
            },
            "inserts": {
                "message": "reveal", "channel": "tube", "days": f"2-{last}", "insertions": 6,
                "insertion_reach": {"first": 0.15, "second": 0.2},
            },
            "of_influence": {
                "message": "rumour", "channel": "gram", "days": f"2-{last}", "grp": 200.0,
                "influence": {"top": 0.3}, "cap": {"times": 2, "per_days": 4},
            },
            "home": {"message": "teaser", "channel": "letter", "days": f"4-{last}"},
            "home_of_some": {
                "message": "reveal", "channel": "letter", "days": f"6-{days}",
                "influence": {"layer": "tube", "levels": ["everyday"]},
            },
            "brand_gram": {"message": "teaser", "channel": "gram", "posts": [2, 5, 5, last]},
            "news": {"message": "reveal", "channel": "letter", "posts": [3, days // 2]},
        },
        "partners": {
            "creators": {
                "message": "reveal", "channel": "gram", "choose": {"rule": "top", "by": "audience", "count": 4},
                "post_on": [2, 6, last],
            },
            "friends": {
                "message": "rumour", "channel": "tube", "people": [1, 2, 3, 4, 5, 6], "post_on": [4, days // 2 + 1],
                "disclosed": False,
            },
            "given": {
                "message": "teaser", "channel": "tube", "people": [7, 8, 9, 10, 11], "post_on": [3, 4], "as_peers": True,
            },
            "same_again": {
                "message": "reveal", "channel": "gram", "choose": {"rule": "top", "by": "audience", "count": 2},
                "post_on": [6],
            },
        },
    }  # fmt: skip


def random_layer(name: str, uid: np.ndarray[Any, Any], per_person: float, is_weighted: bool) -> TieLayer:
    """Draw a directed layer in which some follow many, weights unequal."""
    n, key = len(uid), name_key("test", name)
    n_ties = int(n * per_person)
    coins = [[uniform_at(combine(key, e), k) for k in range(3)] for e in range(n_ties)]
    src = np.array([int(n * a * a) for a, _, _ in coins], np.int32)
    dst = np.array([int(n * b) for _, b, _ in coins], np.int32)
    weight = np.array([0.05 + c for *_, c in coins]) if is_weighted else None
    return tie_layer(name, src, dst, uid, weight=weight)


def public_of(scenario: Scenario, weighted: bool = True, offline: str = "ties") -> Public:
    """Return the scenario's public with random layers in place of its own.

    `offline` is "ties", "well_mixed" or "none".
    """
    population = build_population(scenario)
    layers = {
        "gram": random_layer("gram", population.uid, 8.0, weighted),
        "tube": random_layer("tube", population.uid, 5.0, False),
    }
    if offline == "ties":
        layers["offline"] = random_layer("offline", population.uid, 4.0, weighted)
    elif offline == "well_mixed":
        layers["offline"] = empty_layer("offline", population.n_people, is_well_mixed=True)
    return ready_public(scenario, population, Network(population.n_people, layers))
