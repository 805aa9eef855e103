"""Thresholds: a person acts when enough of those it listens to have.

Linear threshold (Granovetter 1978; Kempe, Kleinberg & Tardos 2003), fractions (Watts 2002) and counts
(k-complex contagion, Centola & Macy 2007) in one rule on whole numbers: person i acts once the steps of its
active neighbours, added up, come to its need. Whole numbers add up alike in any order, so who acts in the end
does not depend on the order in which neighbours are taken.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from sim.kernels.luck import combine, uniform_at
from sim.kernels.prefetch import prefetch
from sim.kernels.state import Array

UNITS = 2**30  # what the influences on one person add up to at most
GROUP = 6  # 2^GROUP neighbouring rows whose needs are written together, when the first of them is looked at
_NEAR, _FAR = 4, 8


class Influence(NamedTuple):
    """Hold who influences whom, and how much each person needs.

    Parameters
    ----------
    ptr : int64[n_people + 1]   row starts
    dst : int32[n_ties]         who listens
    step : int32[n_ties]        what a tie adds; of length 1 where all add the same
    whole : int32[n_people]     what all of a person's ties add up to (thresholds drawn), or its need
    uid : uint64[n_people]
    is_drawn : bool             needs are drawn: the share of `whole` is uniform
    """

    ptr: Array
    dst: Array
    step: Array
    whole: Array
    uid: Array
    is_drawn: bool


class Board(NamedTuple):
    """Hold what one thread works with; used again for world after world.

    Parameters
    ----------
    queue : int32[n_people + 1]   people who act, in the order found
    left : int32[n_people]        what each person still needs; valid where its group bears the stamp
    mark : uint8[n_groups]        the world's stamp where the needs of a group are written
    stamp : uint8[1]              the last stamp given
    """

    queue: Array
    left: Array
    mark: Array
    stamp: Array


def board(n_people: int) -> Board:
    """Return a board for `n_people`."""
    return Board(
        queue=np.empty(n_people + 1, np.int32),
        left=np.empty(n_people, np.int32),
        mark=np.zeros((n_people - 1 >> GROUP) + 1, np.uint8),
        stamp=np.zeros(1, np.uint8),
    )


@njit(cache=True, nogil=True)
def activate(share_keys, seed_sets, influence, board, sizes):
    """Count the people who act in each world.

    Parameters
    ----------
    share_keys : uint64[n_worlds]   luck of "share" for this lineage
    seed_sets : int32[1 or n_worlds, n_seeds]
    influence : Influence
    board : Board                   after the last world its people stand first in ``board.queue``
    sizes : int64[n_worlds]         filled: seed set included

    Notes
    -----
    Person i acts once Σ step ≥ need, need = ⌈θ·whole⌉ and at least 1, θ uniform in [0, 1) from
    (world, "share", lineage, i).
    """
    ptr, dst, step, whole, uid = influence.ptr, influence.dst, influence.step, influence.whole, influence.uid
    queue, left, mark = board.queue, board.left, board.mark
    is_even, unit, is_drawn = len(step) == 1, step[0], influence.is_drawn
    for w in range(len(sizes)):
        stamp = _next_stamp(mark, board.stamp)
        tail = n_written = 0
        for k in range(seed_sets.shape[1]):
            i = seed_sets[w if len(seed_sets) > 1 else 0, k]
            if mark[i >> GROUP] != stamp:
                mark[i >> GROUP] = stamp
                n_written += 1
                _write_needs(share_keys[w], i >> GROUP, uid, whole, is_drawn, left)
            queue[tail] = i
            tail += left[i] > 0
            left[i] = 0
        head = 0
        while head < tail:
            prefetch(ptr, queue[min(head + _FAR, tail - 1)])
            prefetch(dst, ptr[queue[min(head + _NEAR, tail - 1)]])
            j = queue[head]
            head += 1
            for e in range(ptr[j], ptr[j + 1]):
                i = dst[e]
                if n_written < len(mark) and mark[i >> GROUP] != stamp:
                    mark[i >> GROUP] = stamp
                    n_written += 1
                    _write_needs(share_keys[w], i >> GROUP, uid, whole, is_drawn, left)
                before = left[i]
                after = before - (unit if is_even else step[e])
                left[i] = after
                queue[tail] = i
                tail += (before > 0) & (after <= 0)
        sizes[w] = tail


@njit(cache=True, nogil=True, inline="always")
def _next_stamp(mark, stamp):
    """Return a stamp that no group bears."""
    if stamp[0] == 255:
        mark[:] = 0
        stamp[0] = 0
    stamp[0] += 1
    return stamp[0]


@njit(cache=True, nogil=True)
def _write_needs(share_key, group, uid, whole, is_drawn, left):
    """Write what each person of a group needs before any neighbour has acted."""
    for i in range(group << GROUP, min((group + 1) << GROUP, len(left))):
        left[i] = need_of(share_key, uid[i], whole[i]) if is_drawn else whole[i]


@njit(cache=True, nogil=True, inline="always")
def need_of(share_key, uid, whole):
    """Return the need, at least 1, of a person whose threshold is a uniform share of `whole`, int64."""
    return max(1, np.int64(math.ceil(uniform_at(combine(share_key, uid), 0) * whole)))
