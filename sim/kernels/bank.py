"""Live ties of a world kept, and up to 64 plans spread over them in one pass, a bit for each.

For the independent cascade, whose ties no plan makes likelier. Whom a plan reaches is whoever can be reached from
its seed set along live ties; so a word of 64 bits per person says which plans reach it, and what is new in
the word goes on along the person's live ties until nothing is new.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from sim.kernels import live
from sim.kernels.prefetch import prefetch
from sim.kernels.state import Array

PLANS = 64  # in one pass
_S31 = 31
_ONE, _ZERO = np.uint64(1), np.uint64(0)
_HAS, _NEW = 0, 1
_FAR, _NEAR, _NEXT, _FEW = 16, 8, 3, 8  # how far ahead rows, ties, people are asked for; ties looked at ahead


class Board(NamedTuple):
    """Hold what one thread works with; used again for world after world.

    Parameters
    ----------
    bits : uint64[n_people, 2]   plans that reach the person, and those of them still to be passed on; 0 between passes
    queue : int32[2^k]           people with something to pass on, in a ring of more places than people
    met : int32[n_people + 1]    people reached by any plan
    planes : uint64[32]          of how many people each plan reaches, the binary digits
    """

    bits: Array
    queue: Array
    met: Array
    planes: Array


def board(n_people: int) -> Board:
    """Return a board for `n_people`."""
    return Board(
        bits=np.zeros((n_people, 2), np.uint64),
        queue=np.zeros(1 << n_people.bit_length(), np.int32),
        met=np.empty(n_people + 1, np.int32),
        planes=np.zeros(32, np.uint64),
    )


@njit(cache=True, nogil=True)
def draw_world(see_key, odds, ptr, heard):
    """Write down the live ties of everyone's first post; return how many they are.

    Parameters
    ----------
    see_key : uint64                luck of "see" in this world for this layer and lineage
    odds : sim.kernels.cascade.Odds
    ptr : uint32[n_people + 1]      filled: where each person's live ties begin in `heard`
    heard : uint32[n_ties]          filled from the start: followers at their ends

    Notes
    -----
    Candidates by geometric skips, kept where their coin falls below p / cap: see `sim.kernels.live`.
    """
    row, dst, high, rest = odds.row, odds.dst, odds.high, odds.rest
    is_even = len(rest) == 1
    n = 0
    for j in range(len(row)):
        ptr[j] = n
        if row[j].n == 0:
            continue
        stream = live.post_stream(see_key, row[j].uid, 0)
        coins = live.coin_stream(stream)
        start, rate, end = row[j].start, row[j].rate, row[j].start + row[j].n
        e, draw = start, 0
        while e < end:
            if rate > 0.0:
                skip = live.skip_at(stream, draw, rate)
                draw += 1
                if skip >= end - e:
                    break
                e += np.int64(skip)
            at = 0 if is_even else e
            if live.is_below(
                live.coin_at(coins, e - start), (np.int64(high[at]) << _S31) + np.int64(rest[at])
            ):
                heard[n] = dst[e]
                n += 1
            e += 1
    ptr[len(row)] = n
    return n


@njit(cache=True, nogil=True)
def flood(ptr, heard, seeds_ptr, seeds, board, sizes):
    """Count the people whom each of up to 64 plans reaches in one world.

    Parameters
    ----------
    ptr, heard : uint32[n_people + 1], uint32[n_live]   the world, as `draw_world` leaves it
    seeds_ptr : int64[n_plans + 1]   where each plan's seed set begins in `seeds`
    seeds : int32[:]
    board : Board
    sizes : int64[n_plans]           filled: seed set included
    """
    bits, queue, met = board.bits, board.queue, board.met
    ring = len(queue) - 1
    tail = n_met = 0
    for k in range(len(sizes)):
        for s in range(seeds_ptr[k], seeds_ptr[k + 1]):
            tail, n_met = _reach(seeds[s], _ONE << np.uint64(k), bits, queue, ring, tail, met, n_met)
    head = 0
    while head < tail:
        prefetch(ptr, queue[(head + _FAR) & ring])
        prefetch(heard, ptr[queue[(head + _NEAR) & ring]])
        ahead = queue[(head + _NEXT) & ring]
        for e in range(ptr[ahead], min(ptr[ahead + 1], ptr[ahead] + _FEW)):
            prefetch(bits, heard[e])
        j = queue[head & ring]
        head += 1
        new = bits[j, _NEW]
        bits[j, _NEW] = _ZERO
        for e in range(ptr[j], ptr[j + 1]):
            tail, n_met = _reach(heard[e], new, bits, queue, ring, tail, met, n_met)
    _count(board, n_met, sizes)


@njit(cache=True, nogil=True, inline="always")
def _reach(i, plans, bits, queue, ring, tail, met, n_met):
    """Let some plans reach a person, who waits in the queue if that is new to any; no branch depends on it."""
    new = plans & ~bits[i, _HAS]
    queue[tail & ring] = i
    tail += (new != _ZERO) & (bits[i, _NEW] == _ZERO)
    met[n_met] = i
    n_met += (new != _ZERO) & (bits[i, _HAS] == _ZERO)
    bits[i, _HAS] |= new
    bits[i, _NEW] |= new
    return tail, n_met


@njit(cache=True, nogil=True, inline="always")
def _count(board, n_met, sizes):
    """Add up the bits of all people met, plan by plan, and clear them.

    Notes
    -----
    Plane k holds digit k of all 64 counts: a word is added to them as to one number, digit by digit.
    """
    bits, met, planes = board.bits, board.met, board.planes
    planes[:] = _ZERO
    for n in range(n_met):
        carry, k = bits[met[n], _HAS], 0
        bits[met[n], _HAS] = _ZERO
        while carry != _ZERO:
            planes[k], carry = planes[k] ^ carry, planes[k] & carry
            k += 1
    for p in range(len(sizes)):
        sizes[p] = 0
        for k in range(len(planes)):
            sizes[p] += np.int64((planes[k] >> np.uint64(p)) & _ONE) << k
