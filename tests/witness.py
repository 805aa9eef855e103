"""A witness of worlds: every contact of every day, with its flight, before anybody attends."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from sim import world as days
from sim.experiment.runner import Study
from tests.plans import open_world

MET = np.dtype(
    [
        ("day", "i4"), ("flight", "U40"), ("person", "i4"), ("source", "i4"), ("message", "U40"),
        ("channel", "U40"), ("kind", "u1"), ("weight", "f8"), ("is_attended", "?"),
    ]
)  # fmt: skip
Met = npt.NDArray[np.void]


def contacts_of(study: Study, replication: int = 0) -> Met:
    """Live one world and return all its contacts, in order; `flight` is empty where a person posts.

    Names stand in place of numbers, so that worlds of different plans can be told against each other.
    The steps are those of `DAY`; a step that serves several flights is taken flight by flight.
    """
    world = open_world(study, replication)
    out: list[Met] = [np.empty(0, MET)]
    while world.day < world.days:
        world.day += 1
        world.n_contacts = 0
        for name, act in days.DAY:
            if name in ("deliver paid", "deliver owned"):
                for kind in ("paid",) if name == "deliver paid" else ("owned", "standing"):
                    out += _by_flight(world, act, kind)
                continue
            before = world.n_contacts
            act(world)
            if name == "deliver shared":
                out.append(_noted(world, before, ""))
    return np.concatenate(out)


def _by_flight(world, act, kind):
    whole = world.campaign
    for flight in getattr(whole, kind):
        alone = {"owned": (), "standing": ()} if kind != "paid" else {}
        world.campaign = dataclasses.replace(whole, **alone | {kind: (flight,)})
        before = world.n_contacts
        act(world)
        yield _noted(world, before, flight.name)
    world.campaign = whole


def _noted(world, before, flight):
    contacts = world.contacts[before : world.n_contacts]
    out = np.empty(len(contacts), MET)
    out["day"], out["flight"] = world.day, flight
    for field in ("person", "source", "kind", "weight", "is_attended"):
        out[field] = contacts[field]
    out["message"] = np.array(world.campaign.message_names)[contacts["message"]]
    out["channel"] = np.array(world.public.population.channel_names)[contacts["channel"]]
    return out
