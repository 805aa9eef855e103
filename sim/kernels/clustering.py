"""Groups of people tied to one another, and how clustered ties are."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.kernels.luck import combine
from sim.kernels.matching import _claim, _place


@njit(cache=True, nogil=True)
def group_pairs(pool_ptr, member, size, table, n_home, n_wide, out_left, out_right):
    """Tie everyone in a group with everyone else in it; a tie that stands already is asked for anew.

    Parameters
    ----------
    pool_ptr : int64[n_pools + 1]    memberships of each pool; the last pool is of everyone
    member : int32[n_memberships]    people in random order: `size` at a time are a group
    size : int                       people of a group
    table : uint64[power of two]     pairs that stand; added to
    n_home, n_wide : int64[n_people]    added to: ties that a person could not have in a group, in a
                                     pool of a segment and in that of everyone
    out_left, out_right : int32[at least groups · size·(size - 1)/2]

    Returns
    -------
    int
        Pairs tied.
    """
    at = 0
    for pool in range(len(pool_ptr) - 1):
        missing = n_wide if pool == len(pool_ptr) - 2 else n_home
        first, end = pool_ptr[pool], pool_ptr[pool + 1]
        while first + size <= end:
            for k in range(first, first + size):
                for m in range(k + 1, first + size):
                    if _claim(table, member[k], member[m]):
                        out_left[at], out_right[at] = member[k], member[m]
                        at += 1
                    else:
                        missing[member[k]] += 1
                        missing[member[m]] += 1
            first += size
        for k in range(first, end):  # too few for one more group
            missing[member[k]] += size - 1
    return at


@njit(cache=True, nogil=True)
def claim_pairs(left, right, table):
    """Put each pair {left, right} (int32[n]) into the table of pairs (uint64[power of two])."""
    for e in range(len(left)):
        _claim(table, left[e], right[e])


@njit(cache=True, nogil=True)
def find_pairs(table, left, right, out):
    """Fill `out` (bool[n]): whether each pair {left, right} (int32[n]) stands in the table of pairs."""
    for e in range(len(left)):
        at, word = _place(table, left[e], right[e])
        out[e] = left[e] != right[e] and table[at] == word


@njit(cache=True, nogil=True)
def find_ties(uid, ptr, dst, left, right, out):
    """Fill `out` (bool[n]): whether one of each pair (int32[n]) hears the other.

    Parameters
    ----------
    uid : uint64[n_people]
    ptr, dst : int64[n_people + 1], int32[n_ties]    rows sorted by tie id
    """
    for e in range(len(left)):
        out[e] = _hears(uid, ptr, dst, left[e], right[e]) or _hears(uid, ptr, dst, right[e], left[e])


@njit(cache=True, nogil=True)
def _hears(uid, ptr, dst, j, i):
    """Return whether i stands in the row of j."""
    wanted = combine(uid[j], uid[i])
    low, high = ptr[j], ptr[j + 1]
    while low < high:
        middle = (low + high) // 2
        if combine(uid[j], uid[dst[middle]]) < wanted:
            low = middle + 1
        else:
            high = middle
    return low < ptr[j + 1] and dst[low] == i


@njit(cache=True, nogil=True)
def count_triangles(ptr, near, out):
    """Fill `out` (int64[n_people], zeros on entry) with the triangles that each person is part of.

    Parameters
    ----------
    ptr : int64[n_people + 1]
    near : int32[n_pairs]    each pair once, in the row of the one who comes first in some order of the
                             people; the fewer ties the first have, the faster (Latapy 2008)
    """
    met = np.full(len(ptr) - 1, -1, np.int32)
    for j in range(len(ptr) - 1):
        for e in range(ptr[j], ptr[j + 1]):
            met[near[e]] = j
        for e in range(ptr[j], ptr[j + 1]):
            k = near[e]
            for f in range(ptr[k], ptr[k + 1]):
                if met[near[f]] == j:
                    out[j] += 1
                    out[k] += 1
                    out[near[f]] += 1
