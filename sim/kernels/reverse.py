"""Reverse reachable sets: everyone from whom one person, drawn at random, would be reached.

Ties are walked backwards from the person drawn, each of them live by its own chance (Borgs et al. 2014). Where
chances are small, most such sets would hold nobody but that person. How often is known in closed form, so only sets
that go at least one candidate further are drawn: the person by its weight and its chance to have one, the first
candidate given that there is one.
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
BEGIN = np.dtype([("keep", "f8"), ("other", "i8"), ("hears", "f8")])
_FEW, _LIKELY = 6.0, 12.0  # where ties differ, a coin for each of n ties beats skips if n < 6 + 12·n·chance
_BATCH = 32  # sets whose first steps are fetched together


class InTies(NamedTuple):
    """Hold who is heard by whom, and how likely.

    Parameters
    ----------
    row : HEARD[n_people]      first tie into a person, how many, and places passed over per unit of an Exp(1)
                               draw: where a set begins (`first`), and further back (`later`), where the person
                               has to pass on what it met; `later` below 0 is minus the chance of the likeliest tie
                               there, and each tie has its own coin: sooner done where ties differ, are few and likely
    src : int32[n_ties]        who is heard, row by row
    share : float64[n_ties]    chance of a tie ÷ the largest of its row; of length 0 where all of a row are alike
    """

    row: Array
    src: Array
    share: Array


class Drawn(NamedTuple):
    """Hold room for sets.

    Parameters
    ----------
    solo : int64[n_people]     raised: sets that hold one person alone
    ptr : int64[n + 1]         filled: start of each set that holds more people
    members : int32[:]         filled: people of each, in the order found
    """

    solo: Array
    ptr: Array
    members: Array


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
        chance = largest * (pass_on[0] if len(pass_on) == 1 else pass_on[i])
        n_ties = end - start
        is_tossed = len(share) > 0 and chance > 0.0 and n_ties < _FEW + _LIKELY * n_ties * chance
        row[i].later = -chance if is_tossed else _rate(chance)
        if len(share) > 0 and largest > 0.0:
            for e in range(start, end):
                share[e] = in_chances[e] / largest


@njit(cache=True, nogil=True, inline="always")
def _rate(chance):
    """Return places passed over per unit of an Exp(1) draw: -1 / ln(1 - chance); 0 where every tie lives."""
    if chance >= 1.0:
        return 0.0
    return np.inf if chance <= 0.0 else -1.0 / math.log1p(-chance)


@njit(cache=True, nogil=True)
def make_begins(weight, row, begins):
    """Fill the table that the people whom sets begin at are drawn from.

    Parameters
    ----------
    weight : float64[n_people]     what each person reached is worth
    row : HEARD[n_people]
    begins : BEGIN[n_people]       filled: chance of a column to stand for its own person, the other one, and each
                                   person's chance to hear one candidate at least

    Returns
    -------
    float
        What all of them are worth, each times its chance to hear a candidate.

    Notes
    -----
    Walker's alias method, by Vose (1991): two people share a column of 1 / n_people.
    """
    n = len(row)
    worth = np.empty(n)
    total, heaviest = 0.0, 0
    for i in range(n):
        begins[i].hears = _chance_of_any(row[i].n, row[i].first)
        worth[i] = weight[i] * begins[i].hears
        total += worth[i]
        if worth[i] > worth[heaviest]:
            heaviest = i
        begins[i].keep, begins[i].other = 1.0, i
    if total == 0.0:
        return total
    below, above = np.empty(n, np.int64), np.empty(n, np.int64)
    n_below, n_above = 0, 0
    for i in range(n):
        worth[i] = worth[i] / total * n
        if worth[i] < 1.0:
            below[n_below] = i
            n_below += 1
        else:
            above[n_above] = i
            n_above += 1
    while n_below > 0 and n_above > 0:
        n_below -= 1
        low, high = below[n_below], above[n_above - 1]
        begins[low].keep, begins[low].other = worth[low], high
        worth[high] = worth[high] + worth[low] - 1.0
        if worth[high] < 1.0:
            n_above -= 1
            below[n_below] = high
            n_below += 1
    for k in range(n_below):  # what rounding leaves
        low = below[k]
        if worth[low] < 0.5:
            begins[low].keep, begins[low].other = 0.0, heaviest
    return total


@njit(cache=True, nogil=True, inline="always")
def _chance_of_any(n, rate):
    """Return 1 - (1 - chance)^n, from the places passed over per unit of an Exp(1) draw."""
    if n == 0 or rate == np.inf:
        return 0.0
    return 1.0 if rate == 0.0 else -math.expm1(-n / rate)


@njit(cache=True, nogil=True)
def _begin_all(key, first, n, begins, ties, own, root, place):
    """Fill in luck, person and place of the first candidate of sets `first` … `first + n - 1`; fetch what they need."""
    for b in range(n):
        own[b] = combine(key, first + b)
        root[b] = np.int64(uniform_at(own[b], 0) * len(begins))
        prefetch(begins, root[b])
    for b in range(n):
        at = uniform_at(own[b], 0) * len(begins) - root[b]
        if not at < begins[root[b]].keep:
            root[b] = begins[root[b]].other
        prefetch(begins, root[b])
        prefetch(ties.row, root[b])
    for b in range(n):
        i = root[b]
        passed = -math.log1p(-uniform_at(own[b], 1) * begins[i].hears) * ties.row[i].first
        place[b] = min(np.int64(passed), ties.row[i].n - 1)
        prefetch(ties.src, ties.row[i].start + place[b])


@njit(cache=True, nogil=True, inline="always")
def _toss(own, draw, cut, start, n_ties, src, share, out, at):
    """Write whom a person hears to `out` from `at` on, a coin for each tie; return how many."""
    n = 0
    for e in range(start, start + n_ties):
        out[at + n] = src[e]
        n += uniform_at(own, draw) < cut * share[e]
        draw += 1
    return n


@njit(cache=True, nogil=True, inline="always")
def _pass_over(own, draw, skip, rate, start, n_ties, src, share, out, at):
    """Write whom a person hears to `out` from `at` on, dead ties passed over; return how many, and draws used."""
    e, end, n = start, start + n_ties, 0
    while skip < end - e:
        e += np.int64(skip)
        if len(share) == 0:
            out[at + n] = src[e]
            n += 1
        else:
            if uniform_at(own, draw) < share[e]:
                out[at + n] = src[e]
                n += 1
            draw += 1
        e += 1
        skip = exponential_at(own, draw) * rate
        draw += 1
    return n, draw


@njit(cache=True, nogil=True, inline="always")
def _hear(own, draw, place, heard, src, share, out, at):
    """Write whom a person hears to `out` from `at` on; return how many, and the next draw.

    `place` is that of the first candidate where a set begins, -1 further back.
    """
    if place >= 0:
        skip = np.float64(place)
        n, draw = _pass_over(own, draw, skip, heard.first, heard.start, heard.n, src, share, out, at)
    elif heard.later < 0.0:
        n = _toss(own, draw, -heard.later, heard.start, heard.n, src, share, out, at)
        draw += heard.n
    else:
        skip = exponential_at(own, draw) * heard.later
        n, draw = _pass_over(own, draw + 1, skip, heard.later, heard.start, heard.n, src, share, out, at)
    return n, draw


@njit(cache=True, nogil=True, inline="always")
def _close(members, begin, at, seen, stamp, n_rows, with_root):
    """Replace the rows of a set, from `begin` to `at`, by their people, each once; return where they end."""
    if n_rows > len(seen):
        end = begin
        for m in range(begin, at):
            person = members[m] % len(seen)
            if seen[person] != stamp:
                seen[person] = stamp
                members[end] = person
                end += 1
        at = end
    if not with_root:
        at -= 1
        members[begin] = members[at]
    return at


@njit(cache=True, nogil=True)
def draw_sets(key, first, n_sets, begins, ties, steps, with_root, drawn):
    """Draw reverse reachable sets number `first` … `first + n_sets - 1` of those that go one candidate at least.

    Parameters
    ----------
    key : uint64                     luck of the sets; a set's draws are those of its number
    first, n_sets : int
    begins : BEGIN[n_people]         see `make_begins`; somebody hears a candidate
    ties : InTies
    steps : int                      how many ties back at most
    with_root : bool                 the person that a set begins at reaches itself
    drawn : Drawn                    filled

    Returns
    -------
    int, int
        Sets drawn, fewer than asked where the next one has no room, and sets kept.

    Notes
    -----
    A candidate is a tie that would live, were all ties of its row as likely as the likeliest; it lives by its share.
    There may be several rows for a person, number i, i + n_people, …: the first one where a set begins, the others
    where the person passes on what it met on one layer, on that layer alone.
    """
    row, ptr, members = ties.row, drawn.ptr, drawn.members
    mark, seen = np.zeros(len(row), np.uint32), np.zeros(len(drawn.solo), np.uint32)
    keys, roots, places = np.empty(_BATCH, np.uint64), np.empty(_BATCH, np.int64), np.empty(_BATCH, np.int64)
    n_kept, at = 0, 0
    ptr[0] = 0
    for k in range(n_sets):
        b = k % _BATCH
        if b == 0:
            _begin_all(key, first + k, min(_BATCH, n_sets - k), begins, ties, keys, roots, places)
        own, begin, stamp = keys[b], at, np.uint32(k + 1)
        if at == len(members):
            return k, n_kept
        members[at] = roots[b]
        for other in range(roots[b], len(row), len(seen)):
            mark[other] = stamp
        at += 1
        head, depth, level_end, draw = begin, 0, at, 2
        while head < at and depth < steps:
            i = members[head]
            if at + row[i].n > len(members):
                return k, n_kept
            place = places[b] if head == begin else np.int64(-1)
            n_live, draw = _hear(own, draw, place, row[i], ties.src, ties.share, members, at)
            for m in range(at, at + n_live):
                j = members[m]
                if mark[j] != stamp:
                    mark[j] = stamp
                    prefetch(row, j)
                    members[at] = j
                    at += 1
            head += 1
            if head == level_end:
                depth += 1
                level_end = at
        at = _close(members, begin, at, seen, stamp, len(row), with_root)
        if at == begin + 1:
            drawn.solo[members[begin]] += 1
            at = begin
        elif at > begin:
            n_kept += 1
            ptr[n_kept] = at
    return n_sets, n_kept


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
