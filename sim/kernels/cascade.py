"""Cascades along live ties: independent cascade and SIR, many worlds, no memory asked for on the way.

A person reached passes it on once (independent cascade, Kempe, Kleinberg & Tardos 2003) or goes on doing
so with a chance per day (SIR). Whom each post reaches is settled by `sim.kernels.live` and is a fact of the
world; so the people ever reached do not depend on the order in which posts are made, and the kernel takes
them in the order that suits the memory: many rows are gone through side by side, a step each, and what
they find is looked up in batches that were asked for before.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from sim.kernels import live
from sim.kernels.bits import BLOCK, bits_below, bits_equal, lowest_bit
from sim.kernels.luck import GOLDEN, combine, mix, uniform_at
from sim.kernels.prefetch import AHEAD, prefetch
from sim.kernels.sharing import _STAY
from sim.kernels.state import Array

LANES = 128  # rows gone through side by side
BLOCKS = 64  # runs of sixteen coins tossed together
ENOUGH = 512  # ties found before their people are looked up
_WORDS = BLOCK // 4  # draws that a block takes
_LOW16 = np.uint64(0xFFFF)
_ONE, _NONE = np.uint64(1), np.uint64(1 << BLOCK)

ROW = np.dtype([("uid", "u8"), ("rate", "f8"), ("start", "i8"), ("n", "i8")])
_LANE = np.dtype(
    [("stream", "u8"), ("coins", "u8"), ("rate", "f8"), ("start", "i8"), ("at", "i8"), ("end", "i8")]
)
_BLOCK = np.dtype([("begin", "i8"), ("valid", "u8")])
_CANDIDATE = np.dtype([("tie", "i8"), ("coin", "u8")])


class Odds(NamedTuple):
    """Hold a layer and how likely its ties are to live.

    Parameters
    ----------
    row : ROW[n_people]          person's id, skip rate (0: every tie is a candidate), first tie, how many
    dst : int32[n_ties]          followers, each row sorted by tie id
    high : uint16[n_ties + 16]   what the first 16 bits of a tie's coin are compared with
    rest : uint32[n_ties]        what the other 31 are, where those are equal. Of length 1 where all ties
                                 are alike; `high` holds the odds of one block then
    """

    row: Array
    dst: Array
    high: Array
    rest: Array


class Desk(NamedTuple):
    """Hold what one thread works with; used again for world after world.

    Parameters
    ----------
    queue : int32[n_people + 1]   people reached, in the order found
    mark : uint8[n_people]        the world's stamp where reached
    stamp : uint8[1]              the last stamp given
    lanes : _LANE[LANES]          rows gone through side by side: stream from the next skip on, coins of the
                                  post, skip rate, first tie, next tie, end of the row
    words : uint64[4 · BLOCKS]    draws of the blocks, four coins in each
    blocks : _BLOCK[BLOCKS]       first tie of each block, bits of those that are in the row
    found : _CANDIDATE[]          ties whose coin is still to be looked at
    alive : int64[]               ties that live
    """

    queue: Array
    mark: Array
    stamp: Array
    lanes: Array
    words: Array
    blocks: Array
    found: Array
    alive: Array


def desk(n_people: int) -> Desk:
    """Return a desk for cascades among `n_people`."""
    room = ENOUGH + LANES
    return Desk(
        queue=np.empty(n_people + 1, np.int32),
        mark=np.zeros(n_people, np.uint8),
        stamp=np.zeros(1, np.uint8),
        lanes=np.empty(LANES, _LANE),
        words=np.empty(_WORDS * BLOCKS, np.uint64),
        blocks=np.empty(BLOCKS, _BLOCK),
        found=np.empty(room, _CANDIDATE),
        alive=np.empty(2 * room + BLOCK * BLOCKS, np.int64),
    )


@njit(cache=True, nogil=True)
def spread(see_keys, share_keys, seed_sets, odds, stay, desk, sizes):
    """Count the people ever reached in each world.

    Parameters
    ----------
    see_keys, share_keys : uint64[n_worlds]   luck of "see" and "share" for this layer and lineage
    seed_sets : int32[1 or n_worlds, n_seeds]
    odds : Odds
    stay : float              chance per day to post the same again; 0: independent cascade
    desk : Desk               after the last world its people stand first in ``desk.queue``
    sizes : int64[n_worlds]   filled: seed set included
    """
    row, dst, high, rest = odds.row, odds.dst, odds.high, odds.rest
    queue, mark, lanes, words = desk.queue, desk.mark, desk.lanes, desk.words
    blocks, found, alive = desk.blocks, desk.found, desk.alive
    is_even = len(rest) == 1
    for w in range(len(sizes)):
        stamp = _next_stamp(mark, desk.stamp)
        tail = _start(seed_sets, w if len(seed_sets) > 1 else 0, queue, mark, stamp)
        head, nth, done = 0, 0, 0  # who posts next, for which time, from which tie on
        n_lanes, n_found, n_alive = 0, 0, 0
        while head < tail or n_lanes > 0:
            n_blocks = 0
            while n_lanes < LANES and n_blocks < BLOCKS and head < tail:
                prefetch(row, queue[min(head + AHEAD, tail - 1)])
                j = queue[head]
                start, end, rate = row[j].start, row[j].start + row[j].n, row[j].rate
                stream = live.post_stream(see_keys[w], row[j].uid, nth)
                if rate > 0.0:
                    _put_lane(stream, rate, start, end, lanes, n_lanes)
                    n_lanes += 1
                else:
                    n_blocks, done = _put_blocks(stream, start, done, end, high, words, blocks, n_blocks)
                    if start + done < end:
                        break
                    done = 0
                if stay > 0.0 and _stays(share_keys[w], row[j].uid, nth, stay):
                    nth += 1
                else:
                    head, nth = head + 1, 0
            if is_even:
                n_lanes, n_alive = _step_even(lanes, n_lanes, dst, alive, n_alive)
            else:
                n_lanes, n_found = _step(lanes, n_lanes, high, found, n_found)
            n_alive = _toss_blocks(words, blocks, n_blocks, high, rest, dst, alive, n_alive)
            if n_found + n_alive >= ENOUGH or head == tail:
                n_alive = _toss(found, n_found, high, rest, dst, alive, n_alive)
                tail = _settle(alive, n_alive, dst, queue, mark, stamp, tail)
                n_found, n_alive = 0, 0
        sizes[w] = tail


@njit(cache=True, nogil=True, inline="always")
def _next_stamp(mark, stamp):
    """Return a stamp that nobody bears."""
    if stamp[0] == 255:
        mark[:] = 0
        stamp[0] = 0
    stamp[0] += 1
    return stamp[0]


@njit(cache=True, nogil=True, inline="always")
def _start(seed_sets, which, queue, mark, stamp):
    """Put a seed set in the queue; return its end."""
    tail = 0
    for k in range(seed_sets.shape[1]):
        i = seed_sets[which, k]
        queue[tail] = i
        tail += mark[i] != stamp
        mark[i] = stamp
    return tail


@njit(cache=True, nogil=True, inline="always")
def _stays(share_key, uid, nth, chance):
    """Say whether a person posts once more after the `nth` time, as `sim.kernels.sharing.stay` does."""
    return uniform_at(combine(combine(share_key, uid), _STAY), nth) < chance


@njit(cache=True, nogil=True, inline="always")
def _put_lane(stream, rate, start, end, lanes, k):
    """Begin to go through a row in lane `k`."""
    lanes[k].stream, lanes[k].coins = stream, live.coin_stream(stream)
    lanes[k].rate, lanes[k].start, lanes[k].at, lanes[k].end = rate, start, start, end


@njit(cache=True, nogil=True, inline="always")
def _step_even(lanes, n_lanes, dst, alive, n_alive):
    """Take every lane to its next live tie, all ties being alike; close those at the end of their row.

    No branch depends on luck: every lane is written back, and the counts say whether it stays.
    """
    kept = 0
    for k in range(n_lanes):
        stream, rate, e, end = lanes[k].stream, lanes[k].rate, lanes[k].at, lanes[k].end
        skip = live.skip_at(stream, 0, rate)
        is_alive = skip < end - e
        e += np.int64(min(skip, np.float64(end - e)))
        alive[n_alive] = e
        prefetch(dst, e)
        lanes[kept].stream, lanes[kept].rate = stream + GOLDEN, rate
        lanes[kept].at, lanes[kept].end = e + 1, end
        n_alive += is_alive
        kept += is_alive
    return kept, n_alive


@njit(cache=True, nogil=True, inline="always")
def _step(lanes, n_lanes, high, found, n_found):
    """Take every lane to its next candidate and note the candidate's coin; otherwise as `_step_even`."""
    kept = 0
    for k in range(n_lanes):
        stream, coins, rate = lanes[k].stream, lanes[k].coins, lanes[k].rate
        start, e, end = lanes[k].start, lanes[k].at, lanes[k].end
        skip = live.skip_at(stream, 0, rate)
        is_candidate = skip < end - e
        e += np.int64(min(skip, np.float64(end - e)))
        found[n_found].tie, found[n_found].coin = e, live.coin_at(coins, e - start)
        prefetch(high, e)
        lanes[kept].stream, lanes[kept].coins, lanes[kept].rate = stream + GOLDEN, coins, rate
        lanes[kept].start, lanes[kept].at, lanes[kept].end = start, e + 1, end
        n_found += is_candidate
        kept += is_candidate
    return kept, n_found


@njit(cache=True, nogil=True, inline="always")
def _toss(found, n_found, high, rest, dst, alive, n_alive):
    """Look at the coin of each candidate; return how many ties live now."""
    for k in range(n_found):
        e, coin = found[k].tie, found[k].coin
        first = np.uint16(coin & _LOW16)
        is_alive = first < high[e]
        if first == high[e]:
            is_alive = live.rest_of(coin) < rest[e]
        alive[n_alive] = e
        prefetch(dst, e)
        n_alive += is_alive
    return n_alive


@njit(cache=True, nogil=True, inline="always")
def _put_blocks(stream, start, done, end, high, words, blocks, n_blocks):
    """Lay the coins of a row's ties, from `done` on, into blocks of sixteen, as far as there is room.

    Returns
    -------
    n_blocks, done : blocks laid out so far, and how many ties of this row are in them
    """
    coins = live.coin_stream(stream)
    while start + done < end and n_blocks < BLOCKS:
        for k in range(_WORDS):
            words[_WORDS * n_blocks + k] = coins + GOLDEN * (np.uint64(done // 4 + k) + _ONE)
        blocks[n_blocks].begin = start + done
        blocks[n_blocks].valid = (_ONE << np.uint64(min(end - start - done, BLOCK))) - _ONE
        prefetch(high, start + done)
        prefetch(high, start + done + BLOCK)
        n_blocks += 1
        done += BLOCK
    return n_blocks, done


@njit(cache=True, nogil=True, inline="always")
def _toss_blocks(words, blocks, n_blocks, high, rest, dst, alive, n_alive):
    """Toss the coins of all blocks; return how many ties live now.

    Notes
    -----
    Tie k of a block lives if its coin is below its odds: the first 16 bits are, or they are equal and the
    rest is. The sixteen of a block are compared at once.
    """
    for w in range(_WORDS * n_blocks):
        words[w] = mix(words[w])
    is_even = len(rest) == 1
    for b in range(n_blocks):
        begin, valid = blocks[b].begin, blocks[b].valid
        place = 0 if is_even else begin
        bits = bits_below(words, _WORDS * b, high, place) & valid
        close = bits_equal(words, _WORDS * b, high, place) & valid
        while close:
            k = lowest_bit(close)
            close &= close - _ONE
            if live.rest_of(live.turned(words[_WORDS * b + k // 4], k)) < rest[0 if is_even else begin + k]:
                bits |= _ONE << np.uint64(k)
        blocks[b].valid = bits
    while n_blocks > 0:  # one tie from each block at a time, so that no branch depends on luck
        kept = 0
        for b in range(n_blocks):
            begin, bits = blocks[b].begin, blocks[b].valid
            alive[n_alive] = begin + lowest_bit(bits | _NONE)
            prefetch(dst, alive[n_alive])
            n_alive += bits != 0
            bits &= bits - _ONE
            blocks[kept].begin, blocks[kept].valid = begin, bits
            kept += bits != 0
        n_blocks = kept
    return n_alive


@njit(cache=True, nogil=True, inline="always")
def _settle(alive, n_alive, dst, queue, mark, stamp, tail):
    """Put the people at the end of live ties in the queue, unless they stand there; return its end."""
    for k in range(n_alive):
        alive[k] = dst[alive[k]]
        prefetch(mark, alive[k])
    for k in range(n_alive):
        i = alive[k]
        queue[tail] = i
        tail += mark[i] != stamp
        mark[i] = stamp
    return tail
