"""Who adopts, by own conviction or by others; and the start of a world."""

from __future__ import annotations

import math
from typing import NamedTuple

from numba import njit

from sim.kernels.compiling import UNCOUNTED
from sim.kernels.luck import combine, exponential_at
from sim.kernels.prefetch import AHEAD, prefetch
from sim.kernels.reception import become_aware, fade, move_stage
from sim.kernels.state import ADOPTER, UNAWARE, Array


class Market(NamedTuple):
    """Hold the numbers of adoption.

    Parameters
    ----------
    own_rate, peer_rate : float         p and q per day
    by_attitude, by_memory, by_trust : float   β_a, β_M, β_T
    mean_trust : float                  T̄ of the public at the start
    in_weight : float64[n_people]       Σ ω over offline in-ties; 0: hears of nobody
    is_well_mixed : bool                everyone hears of everyone: s is the public's adopted share
    """

    own_rate: float
    peer_rate: float
    by_attitude: float
    by_memory: float
    by_trust: float
    mean_trust: float
    in_weight: Array
    is_well_mixed: bool


@njit(**UNCOUNTED)
def open_world(luck, start, people, habits, tally):
    """Give everyone the state before day 1 and a threshold of awareness; list the aware.

    Parameters
    ----------
    luck : Thresholds
    start : PERSON[n_people]
    people : People       records are filled; the list of the aware is empty
    habits : Habits
    tally : Tally         holds the stocks of the start
    """
    for i in range(len(start)):
        person = people.record[i]
        people.record[i] = start[i]
        person.aware_at = exponential_at(combine(luck.aware, luck.uid[i]), 0)
        if person.stage != UNAWARE and person.stage != ADOPTER:
            become_aware(i, luck, people, habits, tally)


@njit(cache=True, nogil=True, inline="always")
def eagerness(person, memory, availability, market):
    """Return G = availability · exp(β_a a + β_M ln(1 + M) + β_T (T - T̄)), M as faded up to today."""
    return availability * math.exp(
        market.by_attitude * person.attitude
        + market.by_memory * math.log1p(memory)
        + market.by_trust * (person.trust - market.mean_trust)
    )


@njit(**UNCOUNTED)
def adopt(day, people, market, habits, tally, adopters):
    """Let everyone aware who has not adopted come nearer to it; who crosses a threshold adopts.

    Parameters
    ----------
    day : int
    people : People           changed
    market, habits : see above
    tally : Tally             changed
    adopters : int32[:]       filled with the rows of the day's adopters; room for all aware

    Returns
    -------
    n_adopters : int

    Notes
    -----
    H = G (p + q s), G = availability · exp(β_a a + β_M ln(1 + M) + β_T (T - T̄)), s the share of
    adopters among those one hears, up to yesterday. The two parts accumulate apart, each against
    its own Exp(1) threshold: the same law as one hazard, and the first one crossed says why.
    Bass (1969).
    """
    n = 0
    adopted = 0
    for s in range(tally.stages.shape[1]):
        adopted += tally.stages[ADOPTER, s]
    public_share = adopted / len(people.record)
    place = 0
    while place < people.n_aware[0]:
        ahead = people.aware_list[min(place + AHEAD, people.n_aware[0] - 1)]
        row = people.course[ahead].row
        prefetch(people.record, row)
        prefetch(people.availability, row)
        prefetch(people.adopters_heard, row)
        course = people.course[people.aware_list[place]]
        i = course.row
        person = people.record[i]
        fade(person, day, habits)
        heard = public_share
        if not market.is_well_mixed:
            heard = people.adopters_heard[i]
            if heard > 0.0:
                heard /= market.in_weight[i]
        g = eagerness(person, person.memory, people.availability[i], market)
        course.own_hazard += g * market.own_rate
        course.peer_hazard += g * market.peer_rate * heard
        by_own = course.own_hazard >= course.own_at
        if not by_own and course.peer_hazard < course.peer_at:
            place += 1
            continue
        tally.adopted[0 if by_own else 1, person.segment] += 1
        course.adopted_on = day
        move_stage(person, ADOPTER, tally)
        people.n_aware[0] -= 1
        people.aware_list[place] = people.aware_list[people.n_aware[0]]
        adopters[n] = i
        n += 1
    return n


@njit(**UNCOUNTED)
def tell(adopters, ptr, dst, weight, adopters_heard):
    """Let everyone who hears the new adopters know of them from tomorrow on.

    Parameters
    ----------
    adopters : int32[:]      rows, ascending (so that sums do not depend on the order of the list)
    ptr, dst, weight         the offline layer
    adopters_heard : float64[n_people]   Σ ω from adopters; raised
    """
    for j in adopters:
        for e in range(ptr[j], ptr[j + 1]):
            adopters_heard[dst[e]] += 1.0 if len(weight) == 0 else float(weight[e])
