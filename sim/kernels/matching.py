"""Stubs of ties matched at random (configuration model), no pair twice and no one with itself.

A pair under way is kept in an open hash table of ``low << 32 | high``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.kernels.luck import combine, mix, uniform_at

MOST_TRIES = 64
_ONE, _S16, _S32 = np.uint64(1), np.uint64(16), np.uint64(32)
_EMPTY = np.uint64(0)


@njit(cache=True, nogil=True)
def _place(table, a, b):
    """Return where the pair {a, b} stands in the table, or the empty place where it belongs."""
    last = np.uint64(len(table) - 1)
    word = (np.uint64(min(a, b)) << _S32) | np.uint64(max(a, b))
    at = mix(word) & last
    while table[at] != _EMPTY and table[at] != word:
        at = (at + np.uint64(1)) & last
    return at, word


@njit(cache=True, nogil=True)
def _claim(table, a, b):
    """Put the pair {a, b} into the table; False if it is one person, or stood there already."""
    if a == b:
        return False
    at, word = _place(table, a, b)
    if table[at] == word:
        return False
    table[at] = word
    return True


@njit(cache=True, nogil=True)
def shuffle_stubs(key, uid, segment, n_stubs, n_home, pool_ptr, out):
    """List the owners of stubs pool by pool, in random order within each.

    Parameters
    ----------
    key : uint64                  luck of the order: a stub's place is a hash of its owner and number
    uid : uint64[n_people]
    segment : int64[n_people]     pool of the first `n_home` stubs of a person; the last pool has the others
    n_stubs, n_home : int64[n_people]
    pool_ptr : int64[n_pools + 1]    starts of the pools: as many stubs as fall into each
    out : int32[sum of n_stubs]

    Notes
    -----
    Hashes are spread evenly: stubs are put into buckets by their leading bits, some four in each, and the
    buckets are sorted. Linear in the stubs, and the same order as of sorting them all.
    """
    n_pools = len(pool_ptr) - 1
    shift = np.empty(n_pools, np.uint64)
    base = np.zeros(n_pools + 1, np.int64)
    for pool in range(n_pools):
        bits = 0
        while (pool_ptr[pool + 1] - pool_ptr[pool]) >> (bits + 2) > 0:
            bits += 1
        shift[pool] = np.uint64(63 - bits)
        base[pool + 1] = base[pool] + (np.int64(1) << bits)
    begin = np.zeros(base[n_pools] + 1, np.int64)
    for i in range(len(uid)):
        own = combine(key, uid[i])
        for k in range(n_stubs[i]):
            pool = segment[i] if k < n_home[i] else n_pools - 1
            begin[base[pool] + np.int64((combine(own, k) >> _ONE) >> shift[pool]) + 1] += 1
    for b in range(1, len(begin)):
        begin[b] += begin[b - 1]
    word = np.empty(len(out), np.uint64)
    n_in = np.zeros(len(begin) - 1, np.int32)
    for i in range(len(uid)):
        own = combine(key, uid[i])
        for k in range(n_stubs[i]):
            pool = segment[i] if k < n_home[i] else n_pools - 1
            hashed = combine(own, k)
            bucket = base[pool] + np.int64((hashed >> _ONE) >> shift[pool])
            at = begin[bucket] + n_in[bucket]
            n_in[bucket] += 1
            while at > begin[bucket] and word[at - 1] >> _S16 > hashed >> _S16:
                word[at], out[at] = word[at - 1], out[at - 1]
                at -= 1
            word[at], out[at] = hashed, i


@njit(cache=True, nogil=True)
def settle_pairs(key, pool_ptr, left, right, table, is_settled):
    """Mend the random matching: no one paired with itself, no pair twice, all stubs kept.

    A faulty pair (a, b) swaps partners with a random sound pair (c, d) of its pool.

    Parameters
    ----------
    key : uint64                    luck of the swaps
    pool_ptr : int64[n_pools + 1]   which pairs were drawn from the same pool of stubs
    left, right : int32[n_pairs]    changed in place
    table : uint64[power of two]    pairs that stand already and are not drawn again; more than 3
                                    places per pair beside them
    is_settled : bool[n_pairs]      filled: False where 64 tries found no swap
    """
    for p in range(len(left)):
        is_settled[p] = _claim(table, left[p], right[p])
    for pool in range(len(pool_ptr) - 1):
        start, n = pool_ptr[pool], pool_ptr[pool + 1] - pool_ptr[pool]
        for p in range(start, start + n):
            if not is_settled[p]:
                own = combine(key, np.uint64(p))
                for t in range(MOST_TRIES):
                    q = start + np.int64(uniform_at(own, t) * n)
                    if is_settled[q] and _swap(table, left, right, p, q):
                        is_settled[p] = True
                        break


@njit(cache=True, nogil=True)
def _swap(table, left, right, p, q):
    """Make (a, b), (c, d) into (a, c), (b, d) if both are new; the table keeps the old pair too."""
    a, b, c, d = left[p], right[p], left[q], right[q]
    if a == c or b == d or (min(a, c) == min(b, d) and max(a, c) == max(b, d)):
        return False
    first, word_1 = _place(table, a, c)
    second, word_2 = _place(table, b, d)
    if table[first] == word_1 or table[second] == word_2:
        return False
    _claim(table, a, c)
    _claim(table, b, d)
    right[p] = c
    left[q], right[q] = b, d
    return True
