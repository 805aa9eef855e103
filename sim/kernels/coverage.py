"""Whom a choice of people reaches, counted on reverse reachable sets.

A reverse reachable set holds everyone from whom one person, drawn at random, would be reached: the ties are
walked backwards from it, each of them live by its own chance (Borgs et al. 2014). The share of sets that hold
somebody of a choice, times the total weight of the people that sets begin at, is the choice's spread.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from sim.kernels.luck import combine, exponential_at, uniform_at
from sim.kernels.prefetch import prefetch
from sim.kernels.state import Array

HEARD = np.dtype([("start", "i8"), ("n", "i8"), ("first", "f8"), ("later", "f8")])
_FIRST_ROOM = 1024


class InTies(NamedTuple):
    """Hold who is heard by whom, and how likely.

    Parameters
    ----------
    row : HEARD[n_people]      first tie into a person, how many, and places passed over per unit of an Exp(1)
                               draw: where a set begins (`first`), and further back (`later`), where the person
                               has to pass on what it met
    src : int32[n_ties]        who is heard, row by row
    share : float64[n_ties]    chance of a tie ÷ the largest of its row; of length 0 where all of a row are alike
    """

    row: Array
    src: Array
    share: Array


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


class Account(NamedTuple):
    """Hold how far a choice has come; changed by `pick`.

    Parameters
    ----------
    gain : int64[n_people]      sets that a person would add
    n_covered : int64[1]        sets that hold somebody chosen
    is_covered : bool[n_sets]   those of two people or more
    is_open : bool[n_people]    who may still be chosen
    money : float64[1]          left to spend
    quota : int64[n_groups]     places left in each group
    """

    gain: Array
    n_covered: Array
    is_covered: Array
    is_open: Array
    money: Array
    quota: Array


@njit(cache=True, nogil=True)
def turn_round(ptr, dst, chances, in_ptr, src, in_chances):
    """Fill the ties into each person from the ties out of each, in the order of who is heard.

    Parameters
    ----------
    ptr, dst : int64[n_people + 1], int32[n_ties]     row j lists who hears j
    chances : float64[n_ties] or [1]                  one for all ties
    in_ptr : int64[n_people + 1]                      zeros on entry; filled: start of each row
    src : int32[n_ties]                               filled
    in_chances : float64[n_ties] or [0]               filled where chances differ
    """
    for i in dst:
        in_ptr[i + 1] += 1
    for i in range(len(in_ptr) - 1):
        in_ptr[i + 1] += in_ptr[i]
    place = in_ptr[:-1].copy()
    for j in range(len(ptr) - 1):
        for e in range(ptr[j], ptr[j + 1]):
            at = place[dst[e]]
            src[at] = j
            if len(in_chances) > 0:
                in_chances[at] = chances[e]
            place[dst[e]] += 1


@njit(cache=True, nogil=True)
def make_rows(in_ptr, in_chances, pass_on, row, share):
    """Fill the rows that sets are drawn from.

    Parameters
    ----------
    in_ptr : int64[n_people + 1]
    in_chances : float64[n_ties] or [1]     chance of each tie; one for all
    pass_on : float64[n_people] or [1]      chance that who is reached passes it on
    row : HEARD[n_people]                   filled
    share : float64[n_ties] or [0]          filled where chances differ: chance ÷ the largest of its row
    """
    is_even = len(in_chances) == 1
    for i in range(len(row)):
        start, end = in_ptr[i], in_ptr[i + 1]
        largest = 0.0
        for e in range(start, end):
            largest = max(largest, in_chances[0 if is_even else e])
        row[i].start, row[i].n = start, end - start
        row[i].first = _rate(largest)
        row[i].later = _rate(largest * (pass_on[0] if len(pass_on) == 1 else pass_on[i]))
        if len(share) > 0 and largest > 0.0:
            for e in range(start, end):
                share[e] = in_chances[e] / largest


@njit(cache=True, nogil=True, inline="always")
def _rate(chance):
    """Return places passed over per unit of an Exp(1) draw: -1 / ln(1 - chance); 0 where every tie lives."""
    if chance >= 1.0:
        return 0.0
    return np.inf if chance <= 0.0 else -1.0 / math.log1p(-chance)


@njit(cache=True, nogil=True, inline="always")
def _begin(u, weight_up_to, n_people):
    """Return the person that a set begins at: drawn by weight, or evenly where none are given."""
    if len(weight_up_to) == 0:
        return np.int64(u * n_people)
    at = u * weight_up_to[-1]
    low, high = 0, len(weight_up_to) - 1
    while low < high:
        middle = (low + high) // 2
        if weight_up_to[middle] > at:
            high = middle
        else:
            low = middle + 1
    return np.int64(low)


@njit(cache=True, nogil=True)
def draw_sets(key, first, n_sets, weight_up_to, ties, steps, with_root, solo):
    """Draw reverse reachable sets number `first` … `first + n_sets - 1`.

    Parameters
    ----------
    key : uint64                     luck of the sets; a set's draws are those of its number
    first, n_sets : int
    weight_up_to : float64[n_people] or [0]   cumulated weights of the people that sets begin at; none: all alike
    ties : InTies
    steps : int                      how many ties back at most
    with_root : bool                 the person that a set begins at reaches itself
    solo : int64[n_people]           raised: sets that hold one person alone

    Returns
    -------
    ptr : int64[n + 1]               of the sets that hold more
    members : int32[:]               of each, in the order found
    """
    row, src, share = ties.row, ties.src, ties.share
    mark = np.zeros(len(row), np.uint32)
    ptr = np.zeros(n_sets + 1, np.int64)
    members = np.empty(_FIRST_ROOM, np.int32)
    at, n_kept = 0, 0
    for k in range(n_sets):
        own = combine(key, first + k)
        stamp = np.uint32(k + 1)
        begin = at
        root = _begin(uniform_at(own, 0), weight_up_to, len(row))
        members = _with_room(members, at, 1)
        members[at] = root
        mark[root] = stamp
        at += 1
        head, depth, level_end = begin, 0, at
        while head < at and depth < steps:
            i = members[head]
            rate = row[i].first if head == begin else row[i].later
            stream = combine(own, i)
            start, end = row[i].start, row[i].start + row[i].n
            e, draw = start, 0
            while True:
                skip = exponential_at(stream, draw) * rate
                if not skip < end - e:
                    break
                e += np.int64(skip)
                draw += 1
                j = src[e]
                is_live = len(share) == 0 or uniform_at(combine(stream, e - start), 0) < share[e]
                if is_live and mark[j] != stamp:
                    mark[j] = stamp
                    members = _with_room(members, at, 1)
                    prefetch(row, j)
                    members[at] = j
                    at += 1
                e += 1
            head += 1
            if head == level_end:
                depth += 1
                level_end = at
        if not with_root:
            at -= 1
            members[begin] = members[at]
        if at <= begin + 1:
            if at == begin + 1:
                solo[members[begin]] += 1
            at = begin
        else:
            n_kept += 1
            ptr[n_kept] = at
    return ptr[: n_kept + 1].copy(), members[:at].copy()


@njit(cache=True, nogil=True, inline="always")
def _with_room(members, at, n):
    """Return the array, or one of twice the length that starts with it, where `n` more have no room."""
    if at + n <= len(members):
        return members
    out = np.empty(2 * len(members) + n, members.dtype)
    out[:at] = members[:at]
    return out


@njit(cache=True, nogil=True)
def find_sets(ptr, members, of_ptr, of_set):
    """Fill in which sets each person is in; `of_ptr` (int64[n_people + 1]) holds zeros on entry."""
    for i in members:
        of_ptr[i + 1] += 1
    for i in range(len(of_ptr) - 1):
        of_ptr[i + 1] += of_ptr[i]
    place = of_ptr[:-1].copy()
    for k in range(len(ptr) - 1):
        for m in range(ptr[k], ptr[k + 1]):
            i = members[m]
            of_set[place[i]] = k
            place[i] += 1


@njit(cache=True, nogil=True)
def cover(person, sets, account):
    """Count the sets of a person as covered: nobody gains by them any more."""
    account.n_covered[0] += account.gain[person]
    account.gain[person] -= sets.solo[person]
    for m in range(sets.of_ptr[person], sets.of_ptr[person + 1]):
        k = sets.of_set[m]
        if not account.is_covered[k]:
            account.is_covered[k] = True
            for i in sets.members[sets.ptr[k] : sets.ptr[k + 1]]:
                account.gain[i] -= 1


@njit(cache=True, nogil=True)
def pick(sets, account, cost, group, by_money, chosen, n, most):
    """Choose people one by one, each time who adds the most sets (for the money).

    Parameters
    ----------
    sets : Sets
    account : Account            changed in place
    cost : float64[n_people]
    group : int64[n_people]
    by_money : bool              the most sets per cost, where costs are above 0, in place of the most sets
    chosen : int32[:]            filled from place `n`
    n, most : int                chosen so far, and at most in the end

    Returns
    -------
    int
        Chosen in the end; fewer than `most` where nobody affordable is left, or adds a set for money.

    Notes
    -----
    Equals are chosen by row. Whoever costs nothing stands before all others of a gain.
    """
    while n < most:
        best, best_score = -1, -1.0
        for i in range(len(cost)):
            if not account.is_open[i]:
                continue
            if cost[i] > account.money[0] or account.quota[group[i]] == 0:
                continue
            score = np.float64(account.gain[i])
            if by_money:
                score = score / cost[i] if cost[i] > 0.0 else (np.inf if score > 0.0 else 0.0)
            if score > best_score:
                best, best_score = i, score
        if best < 0 or (account.gain[best] == 0 and cost[best] > 0.0):
            break
        account.is_open[best] = False
        account.money[0] -= cost[best]
        account.quota[group[best]] -= 1
        cover(best, sets, account)
        chosen[n] = best
        n += 1
    return n


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
