"""Some people of one world, followed day by day: whom they meet, what they hear, where they stand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sim.kernels.state import HAS_MET, IS_SHARER, UNAWARE, Array, courses
from sim.world import World

STATES = ("unaware", "met", "aware", "considering", "adopter")
MET = np.uint8(1)
HEARD = np.dtype([("person", "i4"), ("source", "i4"), ("valence", "f8"), ("is_attended", "?")])
Rows = npt.NDArray[np.int64]


class Watch:
    """Follow people through a world that has not begun; what happens in it is the same as without.

    Parameters
    ----------
    world : World
        Before its first day.
    rows : int64[n]
        Whom to follow.

    Attributes
    ----------
    contacts : list of CONTACT[:]    by day, what they met, in the order of the day; attended or not
    heard : list of HEARD[:]         by day, whose talk they heard, public replies bringing it again included
    states : uint8[days + 1, n]      where each stands at the start and on each evening, by place in `STATES`
    has_shared : bool[days + 1, n]   whether each has passed anything on so far
    moods : float32[days + 1, n, 2]  attitude and trust
    people : int64[days + 1, 5]      everyone of the world, by state
    """

    def __init__(self, world: World, rows: npt.ArrayLike):
        if world.day:
            raise ValueError(f"a world on day {world.day}: want one before its first day")
        self.world = world
        self.rows: Rows = np.asarray(rows, np.int64)
        self._is_followed = np.zeros(world.public.population.n_people, np.bool_)
        self._is_followed[self.rows] = True
        n_days, n = world.days + 1, len(self.rows)
        self.contacts: list[Array] = []
        self.heard: list[Array] = []
        self.states = np.zeros((n_days, n), np.uint8)
        self.has_shared = np.zeros((n_days, n), np.bool_)
        self.moods = np.zeros((n_days, n, 2), np.float32)
        self.people = np.zeros((n_days, len(STATES)), np.int64)
        self._note()

    def live(self, is_stopped: Callable[[], bool] = lambda: False, until: int | None = None) -> bool:
        """Live the days left, or those up to day `until`; return False where `is_stopped` said to leave off."""
        while self.world.day < (self.world.days if until is None else until):
            if is_stopped():
                return False
            self.world.step(self._after)
        return True

    def _after(self, step: str) -> None:
        if step == "deliver shared":
            self.contacts.append(self._followed(self.world.contacts[: self.world.n_contacts]))
        elif step == "listen":
            self.heard.append(self._listened())
        elif step == "record":
            self._note()

    def _followed(self, contacts: Array) -> Array:
        found: Array = contacts[self._is_followed[contacts["person"]]]
        return found

    def _listened(self) -> Array:
        customers = self.world.customers
        told = [] if customers is None else customers.taken_in
        found = [np.empty(0, HEARD)]
        for contacts, posts, valence in told:
            mine = self._followed(contacts)
            order = np.argsort(posts["author"], kind="stable")
            place = order[np.searchsorted(posts["author"], mine["source"], sorter=order)]
            heard = np.empty(len(mine), HEARD)
            heard["person"], heard["source"], heard["valence"] = (
                mine["person"],
                mine["source"],
                valence[place],
            )
            heard["is_attended"] = mine["is_attended"]
            found.append(heard)
        return np.concatenate(found)

    def _note(self) -> None:
        record, day = self.world.people.record, self.world.day
        stage, has_met = record["stage"], (record["flags"] & HAS_MET) != 0
        state = np.where(stage == UNAWARE, np.where(has_met, MET, np.uint8(0)), stage + np.uint8(1))
        self.people[day] = np.bincount(state, minlength=len(STATES))
        self.states[day] = state[self.rows]
        self.has_shared[day] = (record["flags"][self.rows] & IS_SHARER) != 0
        self.moods[day, :, 0], self.moods[day, :, 1] = (
            record["attitude"][self.rows],
            record["trust"][self.rows],
        )


def is_conviction(world: World, rows: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return who adopted by own conviction (both on one day counts as such); others did so by others' adoption."""
    course = courses(world.people)[np.asarray(rows, np.int64)]
    found: npt.NDArray[np.bool_] = course["own_hazard"] >= course["own_at"]
    return found
