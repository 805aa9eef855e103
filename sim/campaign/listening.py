"""Listening as a world does it: numbers of the plan in simulated persons."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.public import Public
from sim.scenario.plan import Plan


@dataclass(frozen=True, slots=True)
class Ears:
    """Hold what the brand hears of complaints, and how it answers.

    Parameters
    ----------
    cover : float               chance to hear of a complaint
    below : float               satisfaction below which talk is a complaint
    n_replies : int             replies to a complaint; 0: none
    is_public : bool
    capacity_per_day : float    complaints of simulated persons that can be answered in a day; inf: all
    within_days : int           days after which a complaint is answered no more
    recovery : float            share of the distance per reply
    again : float               chance, per public reply, that who heard the complaint hears it again
    """

    cover: float
    below: float
    n_replies: int
    is_public: bool
    capacity_per_day: float
    within_days: int
    recovery: float
    again: float

    def n_answered(self, day: int) -> float:
        """Return how many complaints can be answered on a day; the fraction left over is carried on."""
        if math.isinf(self.capacity_per_day):
            return math.inf
        return _whole(day * self.capacity_per_day) - _whole((day - 1) * self.capacity_per_day)


@dataclass(frozen=True, slots=True)
class Pace:
    """Hold how the brand learns of what people pass on.

    Parameters
    ----------
    every_days : int
    step : float                 share of the distance that a message's appeals move at a lesson
    motivations : float64[S, K]  m, to tell how far the messages answer the segments then
    """

    every_days: int
    step: float
    motivations: npt.NDArray[np.float64]


def _whole(x: float) -> int:
    return math.floor(x + 1e-9)  # thirty days of a tenth are three, whatever the last bit


def ears_of(plan: Plan, public: Public) -> Ears | None:
    """Return how a plan listens; None where it does not."""
    told = plan.listening
    if told is None:
        return None
    n_replies = {"none": 0, "several_public": told.several}.get(told.reply, 1)
    capacity = math.inf
    if told.capacity_per_day is not None:
        capacity = told.capacity_per_day / (public.population.people_per_agent * max(1, n_replies))
    return Ears(
        cover=float(told.cover),
        below=float(told.complaint_below),
        n_replies=n_replies,
        is_public=told.reply in ("one_public", "several_public"),
        capacity_per_day=capacity,
        within_days=told.within_days,
        recovery=float(told.recovery),
        again=float(told.public_reply_factor) - 1.0,
    )


def pace_of(plan: Plan, public: Public) -> Pace | None:
    """Return how a plan's messages learn; None where they stay as they are."""
    told = None if plan.listening is None else plan.listening.learning
    if told is None:
        return None
    return Pace(told.every_days, float(told.step), public.population.motivations)
