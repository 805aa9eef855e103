"""Ties into rows, and the pairings from which networks are drawn.

A tie id is a hash of both persons' ids, so the order of a row knows neither the order of a file nor
the row numbers of people.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.kernels.luck import combine, uniform_at
from sim.kernels.matching import MOST_TRIES, _claim

_SHORT_ROW = 24


@njit(cache=True, nogil=True)
def row_starts(src, dst, out_ptr):
    """Fill `out_ptr` (int64[n_people + 1], zeros on entry); return how many self-loops are left out."""
    n_self = 0
    for e in range(len(src)):
        if src[e] == dst[e]:
            n_self += 1
        else:
            out_ptr[src[e] + 1] += 1
    for j in range(1, len(out_ptr)):
        out_ptr[j] += out_ptr[j - 1]
    return n_self


@njit(cache=True, nogil=True)
def fill_rows(src, dst, weight, ptr, out_dst, out_weight):
    """Put each tie but self-loops into its row; `weight` and `out_weight` may have length 0."""
    place = ptr[:-1].copy()
    for e in range(len(src)):
        if src[e] != dst[e]:
            at = place[src[e]]
            place[src[e]] = at + 1
            out_dst[at] = dst[e]
            if len(weight) > 0:
                out_weight[at] = weight[e]


@njit(cache=True, nogil=True)
def sort_rows(uid, ptr, dst, weight):
    """Sort each row by tie id, merge parallel ties (weights summed), close the gaps in place.

    Parameters
    ----------
    uid : uint64[n_people]
    ptr : int64[n_people + 1]           rewritten: the starts of the merged rows
    dst : int32[n_ties]                 the first ``ptr[-1]`` places hold the result
    weight : float64[n_ties] or [0]     likewise; parallel weights are summed in ascending order, so
                                        that the sum does not depend on the order of the file

    Returns
    -------
    int
        Ties merged into another.
    """
    longest = 0
    for j in range(len(ptr) - 1):
        longest = max(longest, ptr[j + 1] - ptr[j])
    ids = np.empty(longest, np.uint64)
    order = np.empty(longest, np.int64)
    row_dst = np.empty(longest, np.int32)
    row_weight = np.empty(longest if len(weight) > 0 else 0, np.float64)
    n_out = 0
    first = ptr[0]
    for j in range(len(ptr) - 1):
        n = ptr[j + 1] - first
        for k in range(n):
            row_dst[k] = dst[first + k]
            ids[k] = combine(uid[j], uid[row_dst[k]])
            if len(weight) > 0:
                row_weight[k] = weight[first + k]
        _order_by(ids, n, order)
        first = ptr[j + 1]
        n_out = _merge_row(ids, order, n, row_dst, row_weight, n_out, dst, weight)
        ptr[j + 1] = n_out
    return first - n_out


@njit(cache=True, nogil=True)
def _order_by(ids, n, out):
    """Fill `out[:n]` with the places of `ids[:n]` in ascending order."""
    if n > _SHORT_ROW:
        out[:n] = np.argsort(ids[:n])
        return
    for k in range(n):
        at = k
        while at > 0 and ids[out[at - 1]] > ids[k]:
            out[at] = out[at - 1]
            at -= 1
        out[at] = k


@njit(cache=True, nogil=True)
def _merge_row(ids, order, n, row_dst, row_weight, n_out, dst, weight):
    """Append one ordered row at `n_out`, parallel ties as one; return the new end."""
    k = 0
    while k < n:
        end = k + 1
        while end < n and ids[order[end]] == ids[order[k]]:
            end += 1
        dst[n_out] = row_dst[order[k]]
        if len(row_weight) > 0:
            total = 0.0
            for one in np.sort(row_weight[order[k:end]]):
                total += one
            weight[n_out] = total
        n_out += 1
        k = end
    return n_out


@njit(cache=True, nogil=True)
def find_places(src, dst, ptr, out_dst, out):
    """Fill `out` (int[n]) with the place of each given tie among the rows; -1 for self-loops.

    Parameters
    ----------
    src, dst : int32[n]                 as they were given, in any order
    ptr, out_dst : int64[n_people + 1], int32[n_ties]    the rows made of them
    """
    begin = np.zeros(len(ptr) + 1, np.int64)
    for j in src:
        begin[j + 2] += 1
    for j in range(2, len(begin)):
        begin[j] += begin[j - 1]
    by_src = np.empty(len(src), out.dtype)
    for e in range(len(src)):
        by_src[begin[src[e] + 1]] = e
        begin[src[e] + 1] += 1
    place = np.full(len(ptr) - 1, -1, out.dtype)
    for j in range(len(ptr) - 1):
        for at in range(ptr[j], ptr[j + 1]):
            place[out_dst[at]] = at
        for e in by_src[begin[j] : begin[j + 1]]:
            out[e] = place[dst[e]] if dst[e] != j else -1


@njit(cache=True, nogil=True)
def count_returned(ptr, dst):
    """Return how many ties j → i of the rows have a tie i → j."""
    n = len(ptr) - 1
    heard_ptr = np.zeros(n + 1, np.int64)
    for i in dst:
        heard_ptr[i + 1] += 1
    heard_ptr = np.cumsum(heard_ptr)
    place = heard_ptr[:-1].copy()
    heard = np.empty(len(dst), np.int32)
    for j in range(n):
        for i in dst[ptr[j] : ptr[j + 1]]:
            heard[place[i]] = j
            place[i] += 1
    n_returned = 0
    follows = np.full(n, -1, np.int32)
    for j in range(n):
        for i in dst[ptr[j] : ptr[j + 1]]:
            follows[i] = j
        for i in heard[heard_ptr[j] : heard_ptr[j + 1]]:
            if follows[i] == j:
                n_returned += 1
    return n_returned


@njit(cache=True, nogil=True)
def give_directions(key, uid, left, right, p_both, out_src, out_dst):
    """Let both of a pair hear each other with probability `p_both`, else one of them at random the other.

    Parameters
    ----------
    key : uint64                       luck of the directions; a pair's coins are those of its tie id
    uid : uint64[n_people]
    left, right : int32[n_pairs]
    p_both : float
    out_src, out_dst : int32[n]        filled as far as there is room: `src` is heard by `dst`

    Returns
    -------
    int
        Ties; more than n where there is no room for all.
    """
    at = 0
    for e in range(len(left)):
        own = combine(key, combine(uid[left[e]], uid[right[e]]))
        is_both, is_forth = uniform_at(own, 0) < p_both, uniform_at(own, 1) < 0.5
        if is_both or is_forth:
            if at < len(out_src):
                out_src[at], out_dst[at] = left[e], right[e]
            at += 1
        if is_both or not is_forth:
            if at < len(out_src):
                out_src[at], out_dst[at] = right[e], left[e]
            at += 1
    return at


@njit(cache=True, nogil=True)
def draw_followers(
    key, uid, segment, member_ptr, member, friend_ptr, friend, n_home, n_wide, out_src, out_dst
):
    """Draw each person's one-way followers at random, none twice and no one who is a friend already.

    Parameters
    ----------
    key : uint64                         luck of the picks
    uid : uint64[n_people]
    segment : int64[n_people]
    member_ptr, member : int64[n_segments + 1], int32[n_people]    people by segment
    friend_ptr, friend : int64[n_people + 1], int32[n]             ties that stand already
    n_home, n_wide : int64[n_people]     followers from the own segment, and from everyone
    out_src, out_dst : int32[sum of both]

    Returns
    -------
    int
        Ties drawn; fewer than asked where 64 picks in a row met only people already tied. A home
        follower that cannot be found is sought among everyone.
    """
    everyone = np.arange(len(uid)).astype(np.int32)
    met = np.full(len(uid), -1, np.int32)
    at = 0
    for j in range(len(uid)):
        met[j] = j
        for e in range(friend_ptr[j], friend_ptr[j + 1]):
            met[friend[e]] = j
        own = combine(key, uid[j])
        at_home = member[member_ptr[segment[j]] : member_ptr[segment[j] + 1]]
        ordinal = 0
        for k in range(n_home[j] + n_wide[j]):
            found = -1
            if k < n_home[j]:
                found, ordinal = _pick_new(own, ordinal, at_home, met, j)
            if found < 0:
                found, ordinal = _pick_new(own, ordinal, everyone, met, j)
            if found >= 0:
                met[found] = j
                out_src[at], out_dst[at] = j, found
                at += 1
    return at


@njit(cache=True, nogil=True)
def _pick_new(key, ordinal, people, met, j):
    """Return someone of `people` whom j has not met, or -1, and the next ordinal of the key."""
    for _ in range(MOST_TRIES):
        pick = people[np.int64(uniform_at(key, ordinal) * len(people))]
        ordinal += 1
        if met[pick] != j:
            return np.int64(pick), ordinal
    return np.int64(-1), ordinal


@njit(cache=True, nogil=True)
def ring_pairs(key, uid, segment, ring, home_ptr, home, half, p_home, rewiring, out_left, out_right):
    """Tie each person to the next ones on a ring of its segment and on a ring of everyone.

    Parameters
    ----------
    key : uint64                     luck of the rings
    uid, segment : uint64[n_people], int64[n_people]
    ring : int32[n_people]           everyone, in the order of the ring
    home_ptr, home : int64[n_segments + 1], int32[n_people]    one ring per segment
    half : int                       ties that a person begins
    p_home : float                   share of them on the segment's ring
    rewiring : float                 share given up, to be drawn anew
    out_left, out_right : int32[n_people · half]    `out_right` is -1 where the tie was given up
    """
    n = len(ring)
    home_place = np.empty(n, np.int64)
    for g in range(len(home_ptr) - 1):
        for k in range(home_ptr[g], home_ptr[g + 1]):
            home_place[home[k]] = k - home_ptr[g]
    for place in range(n):
        i = ring[place]
        own = combine(key, uid[i])
        start = home_ptr[segment[i]]
        size = home_ptr[segment[i] + 1] - start
        # a ring of `size` people holds (size - 1) // 2 neighbours on each side without meeting itself
        n_home = min(np.int64(p_home * half + uniform_at(own, 0)), (size - 1) // 2)
        for k in range(half):
            e = place * half + k
            out_left[e] = i
            if uniform_at(own, k + 1) < rewiring:
                out_right[e] = -1
            elif k < n_home:
                out_right[e] = home[start + (home_place[i] + k + 1) % size]
            else:
                out_right[e] = ring[(place + k - n_home + 1) % n]


@njit(cache=True, nogil=True)
def rewire_pairs(key, uid, left, right, table):
    """Give each pair that is missing or stands twice a new partner at random; return those given up.

    Parameters
    ----------
    key : uint64                    luck of the partners
    uid : uint64[n_people]
    left, right : int32[n_pairs]    changed in place; `right` < 0 asks for a partner, and stays so
                                    where 64 tries found nobody new
    table : uint64[power of two]    zeros on entry; more than 1 place per pair
    """
    n = len(uid)
    for p in range(len(left)):
        if right[p] >= 0 and not _claim(table, left[p], right[p]):
            right[p] = -1
    n_lost = 0
    n_asked = np.zeros(n, np.int64)
    for p in range(len(left)):
        if right[p] < 0:
            i = left[p]
            own = combine(key, uid[i])
            for _ in range(MOST_TRIES):
                pick = np.int32(uniform_at(own, n_asked[i]) * n)
                n_asked[i] += 1
                if _claim(table, i, pick):
                    right[p] = pick
                    break
            if right[p] < 0:
                n_lost += 1
    return n_lost
