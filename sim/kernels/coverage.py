"""Whom a choice of people reaches, counted on reverse reachable sets.

The share of sets (see `sim.kernels.reverse`) that hold somebody of a choice, times what all sets stand for, is the
choice's spread, but for what those chosen are worth by themselves, which is known.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from sim.kernels.state import Array


class Sets(NamedTuple):
    """Hold sets of two people or more and, the other way round, which of them each person is in.

    Parameters
    ----------
    solo : int64[n_people]           sets that hold one person alone: where chances are small, nearly all
    ptr : int64[n_sets + 1]          start of each set
    members : int32[n_members]       its people, each once
    of_ptr : int64[n_people + 1]     start of each person's sets
    of_set : int32[n_members]        ascending
    """

    solo: Array
    ptr: Array
    members: Array
    of_ptr: Array
    of_set: Array


class Terms(NamedTuple):
    """Hold what a choice costs, and what a set is worth.

    Parameters
    ----------
    cost : float64[n_people]
    group : int64[n_people, n_kinds]   groups of each person, one of each kind; their numbers run through all kinds
    each : float                       worth of a set
    place : float                      what a place counts beside the cost: the most worth per cost and place is chosen
                                       next; 0: per cost alone; inf: the most worth, whatever it costs
    """

    cost: Array
    group: Array
    each: float
    place: float


class Account(NamedTuple):
    """Hold how far a choice has come; changed by `cover` and `pick`.

    Parameters
    ----------
    gain : int64[n_people]      sets that a person would add
    sure : float64[n_people]    worth that a person would add whatever the sets say
    n_covered : int64[1]        sets that hold somebody chosen
    worth : float64[1]          what those chosen are surely worth
    is_covered : bool[n_sets]   those of two people or more
    money : float64[1]          left to spend
    quota : int64[n_groups]     places left in each group
    heap : int32[n_open]        who may still be chosen, in a heap by `told`
    n_heap : int64[1]           how many
    told : float64[n_people]    score of each when it was last counted; it only falls
    """

    gain: Array
    sure: Array
    n_covered: Array
    worth: Array
    is_covered: Array
    money: Array
    quota: Array
    heap: Array
    n_heap: Array
    told: Array


@njit(cache=True, nogil=True)
def cover(person, sets, account):
    """Count the sets of a person as covered: nobody gains by them any more."""
    account.n_covered[0] += account.gain[person]
    account.worth[0] += account.sure[person]
    account.sure[person] = 0.0
    account.gain[person] -= sets.solo[person]
    for m in range(sets.of_ptr[person], sets.of_ptr[person + 1]):
        k = sets.of_set[m]
        if not account.is_covered[k]:
            account.is_covered[k] = True
            for i in sets.members[sets.ptr[k] : sets.ptr[k + 1]]:
                account.gain[i] -= 1


@njit(cache=True, nogil=True)
def line_up(account, terms):
    """Put the people of the heap in order by what they would add now."""
    n = account.n_heap[0]
    for i in account.heap[:n]:
        account.told[i] = _score(i, account, terms)
    for at in range(n // 2 - 1, -1, -1):
        _sink(account.heap, n, account.told, at)


@njit(cache=True, nogil=True)
def pick(sets, account, terms, chosen, n, most):
    """Choose people one by one, each time who adds the most (for the money and the place).

    Parameters
    ----------
    sets : Sets
    account : Account            changed in place; lined up
    terms : Terms
    chosen : int32[:]            filled from place `n`
    n, most : int                chosen so far, and at most in the end

    Returns
    -------
    int
        Chosen in the end; fewer than `most` where nobody affordable is left, or adds anything for money.

    Notes
    -----
    Equals are chosen by row. Where places count nothing, whoever costs nothing stands before all others of a gain. What
    a person adds only falls as others are chosen, so that the first of the heap whose score is up to date is the best
    (Minoux 1978).
    """
    while n < most:
        best = _best(account, terms)
        if best < 0 or (account.gain[best] == 0 and account.sure[best] == 0.0 and terms.cost[best] > 0.0):
            break
        account.money[0] -= terms.cost[best]
        for g in terms.group[best]:
            account.quota[g] -= 1
        cover(best, sets, account)
        chosen[n] = best
        n += 1
    return n


@njit(cache=True, nogil=True)
def _best(account, terms):
    """Take out of the heap who scores best of those that can be paid and have a place; -1: nobody."""
    heap, told = account.heap, account.told
    while account.n_heap[0] > 0:
        i = heap[0]
        is_able = terms.cost[i] <= account.money[0]
        for g in terms.group[i]:
            is_able = is_able and account.quota[g] > 0
        now = _score(i, account, terms)
        if is_able and now != told[i]:
            told[i] = now
            _sink(heap, account.n_heap[0], told, 0)
            continue
        account.n_heap[0] -= 1
        heap[0] = heap[account.n_heap[0]]
        _sink(heap, account.n_heap[0], told, 0)
        if is_able:
            return np.int64(i)
    return np.int64(-1)


@njit(cache=True, nogil=True, inline="always")
def _score(i, account, terms):
    worth = account.sure[i] + terms.each * account.gain[i]
    if terms.place == np.inf:
        return worth
    if terms.cost[i] + terms.place > 0.0:
        return worth / (terms.cost[i] + terms.place)
    return np.inf if worth > 0.0 else 0.0


@njit(cache=True, nogil=True)
def _sink(heap, n, told, at):
    """Let the person at a place of the heap sink below those of a higher score, or of as high a one and a lower row."""
    person = heap[at]
    while 2 * at + 1 < n:
        child = 2 * at + 1
        if child + 1 < n and _is_before(heap[child + 1], heap[child], told):
            child += 1
        if not _is_before(heap[child], person, told):
            break
        heap[at] = heap[child]
        at = child
    if n > 0:
        heap[at] = person


@njit(cache=True, nogil=True, inline="always")
def _is_before(i, j, told):
    return told[i] > told[j] or (told[i] == told[j] and i < j)


@njit(cache=True, nogil=True)
def count_hits(solo, ptr, members, place, first_hit, all_hits):
    """Count the sets that each of a choice is the first of the choice to be in, and all that it is in.

    Parameters
    ----------
    solo, ptr, members : as in `Sets`
    place : int32[n_people]      place in the choice; -1 for all others
    first_hit, all_hits : int64[n_chosen]   raised
    """
    for i in range(len(place)):
        if place[i] >= 0:
            first_hit[place[i]] += solo[i]
            all_hits[place[i]] += solo[i]
    for k in range(len(ptr) - 1):
        best = np.int32(2147483647)
        for i in members[ptr[k] : ptr[k + 1]]:
            if place[i] >= 0:
                all_hits[place[i]] += 1
                best = min(best, place[i])
        if best < np.int32(2147483647):
            first_hit[best] += 1
