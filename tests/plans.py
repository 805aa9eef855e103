"""Small scenarios for tests: mappings to change and build."""

from __future__ import annotations

import copy
from typing import Any

from sim.experiment.runner import Study, prepare
from sim.luck_keys import world_key
from sim.scenario.schema import Scenario
from sim.world import World

Mapping = dict[str, Any]
ONE_NEED = {"information": 1.0}


def bare(agents: int = 1000, days: int = 10, master_seed: int = 1, **parts: Any) -> Mapping:
    """Return a public of one segment that hears nothing: one unused channel, one message, no plan.

    Match is 1: the only message says in full what the only motivation asks for. `parts` are further
    top-level keys, which replace those given here.
    """
    out = {
        "name": "A small public",
        "days": days,
        "master_seed": master_seed,
        "replications": 2,
        "audience": {"agents": agents, "segments": {"people": {"share": 1.0, "motivations": ONE_NEED}}},
        "channels": {"tv": {"kind": "broadcast", "medium": "tv"}},
        "messages": {"claim": {"appeals": ONE_NEED, "quality": 0.5}},
    }
    return {**out, **parts}


def television(
    grp: float = 120, *, users: float = 0.85, shape: float = 0.6, visits: float = 1.0,
    flight: Mapping | None = None, channel: Mapping | None = None, **parts: Any,
) -> Mapping:  # fmt: skip
    """Return one flight of `grp` on a broadcast channel over all days, with further keys for both."""
    out = bare(**parts)
    out["audience"]["segments"]["people"]["usage"] = {"tv": {"users": users, "visits_per_day": visits}}
    out["channels"]["tv"] |= {"cpm": 20.0, "usage_shape": shape, **(channel or {})}
    bought = {"message": "claim", "channel": "tv", "days": f"1-{out['days']}", "grp": grp, **(flight or {})}
    out["plan"] = {"flights": {"spot": {k: v for k, v in bought.items() if v is not None}}}
    return out


def insertions(reach: dict[str, Mapping], n: int = 1, **parts: Any) -> Mapping:
    """Return a public that uses every channel, with a flight of `n` insertions on each.

    Parameters
    ----------
    reach : mapping of channel name to {first, second}
    """
    out = bare(**parts)
    usage = {name: {"users": 1.0, "visits_per_day": 1.0} for name in reach}
    out["audience"]["segments"]["people"]["usage"] = usage
    out["channels"] = {name: {"kind": "broadcast", "medium": "tv"} for name in reach}
    span = {"message": "claim", "days": f"1-{out['days']}", "insertions": n}
    out["plan"] = {
        "flights": {f"on {c}": {**span, "channel": c, "insertion_reach": r} for c, r in reach.items()}
    }
    return out


def daily_contact(days: int, *, posts: list[int] | None = None, impact: float = 1.0, **parts: Any) -> Mapping:
    """Return a public whose every person attends the brand's own post, on each day or on `posts` alone."""
    out = bare(days=days, **parts)
    # A shape of 100 keeps the smallest of the visits far above one a day: nobody misses a post.
    out["audience"]["segments"]["people"]["usage"] = {"site": {"users": 1.0, "visits_per_day": 10.0}}
    out["channels"] = {
        "site": {
            "kind": "owned", "medium": "own", "usage_shape": 100.0, "brand_followers": 1.0,
            "organic": 1.0, "attention": 1.0, "impact": impact,
        }
    }  # fmt: skip
    days_of_posts = posts or list(range(1, days + 1))
    out["plan"] = {"flights": {"news": {"message": "claim", "channel": "site", "posts": days_of_posts}}}
    return out


def changed(mapping: Mapping, changes: Mapping) -> Mapping:
    """Return a copy with values set at dotted addresses; mappings on the way are made."""
    out = copy.deepcopy(mapping)
    for address, value in changes.items():
        *above, last = address.split(".")
        place = out
        for key in above:
            place = place.setdefault(key, {})
        place[last] = value
    return out


def build(mapping: Mapping, folder: str = ".") -> Scenario:
    """Return the scenario of a mapping."""
    return Scenario.from_dict(mapping, folder)


def made_ready(mapping: Mapping, folder: str = ".") -> Study:
    """Return public and compiled plan of a mapping."""
    return prepare(build(mapping, folder))


def open_world(study: Study, replication: int = 0) -> World:
    """Return one world of a study, before its first day."""
    key = world_key(study.scenario.master_seed, replication)
    return World(study.public, study.campaign, key, study.scenario.days)


def lived(study: Study, replication: int = 0) -> World:
    """Return one world of a study, after its last day."""
    world = open_world(study, replication)
    world.run()
    return world
