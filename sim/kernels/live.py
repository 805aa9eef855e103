"""Live ties: which followers a post reaches is a fact of the world, whatever the plan.

One rule for the day (`sim.kernels.social`) and for cascades (`sim.kernels.cascade`). The n-th post of a
lineage by person j has a stream of its own, keyed (world, "see", layer, lineage, j, n). The row of j has
a cap, its largest probability; geometric skips at the cap find the candidates, and a candidate lives where
the coin of its place in the row falls below p / cap. Where the largest probability is past `ALL_FROM`,
passing over ties saves nothing: the cap is 1 and every tie is a candidate.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from sim.kernels.luck import GOLDEN, combine, exponential_at, mix

ALL_FROM = 0.125
SURE = 2**47  # a coin has 47 bits: the first 16 settle nearly all cases, 31 more the rest
MOST_SKIP = 1e300
_COINS = np.uint64(0xD1B54A32D192ED03)
_ONE, _TWO, _THREE = np.uint64(1), np.uint64(2), np.uint64(3)
_S4, _S31, _S33 = np.uint64(4), np.uint64(31), np.uint64(33)
_S63, _S64 = np.uint64(63), np.uint64(64)
_LOW16 = np.uint64(0xFFFF)


@njit(cache=True, nogil=True, inline="always")
def row_cap(p_max):
    """Return the probability at which a row with this largest one is skipped through."""
    return 1.0 if p_max >= ALL_FROM else p_max


@njit(cache=True, nogil=True, inline="always")
def skip_rate(cap):
    """Return places passed over per unit of an Exp(1) draw: -1 / ln(1 - cap), 0 where cap is 1."""
    return 0.0 if cap >= 1.0 else min(MOST_SKIP, -1.0 / math.log1p(-cap))


@njit(cache=True, nogil=True, inline="always")
def post_stream(see_key, uid, nth):
    """Return the stream of a person's `nth` post of a lineage on a layer.

    It is the draw itself of the person's key: one mix less than a key under it, and as good a start.
    """
    return mix(combine(see_key, uid) + GOLDEN * (np.uint64(nth) + _ONE))


@njit(cache=True, nogil=True, inline="always")
def skip_at(stream, nth, rate):
    """Return how many ties are passed over before the candidate `nth`: floor it, float ≥ 0.

    Notes
    -----
    floor(E / -ln(1 - cap)) with E ~ Exp(1) is at least k with probability (1 - cap)^k: exactly geometric.
    """
    return exponential_at(stream, nth) * rate


@njit(cache=True, nogil=True, inline="always")
def coin_stream(stream):
    """Return the key of the coins of a post, apart from its skips."""
    return stream ^ _COINS


@njit(cache=True, nogil=True, inline="always")
def coin_at(coins, place):
    """Return the coin of the tie at `place` (int ≥ 0) of its row, uint64.

    Four ties share one draw: each sees it turned by 16 bits more, and reads its lowest 16.
    """
    return turned(mix(coins + GOLDEN * ((np.uint64(place) >> _TWO) + _ONE)), place)


@njit(cache=True, nogil=True, inline="always")
def turned(word, place):
    """Return the coin of the tie at `place` out of the draw (uint64) that it shares."""
    turn = (np.uint64(place) & _THREE) << _S4
    return (word >> turn) | (word << ((_S64 - turn) & _S63))


@njit(cache=True, nogil=True, inline="always")
def odds(p, cap):
    """Return what a coin must fall below to live with probability p / cap, int64 in 0 … 2^47."""
    return np.int64(math.ceil(p / cap * SURE))


@njit(cache=True, nogil=True, inline="always")
def rest_of(coin):
    """Return the 31 bits of a coin that decide where its first 16 do not."""
    return mix(coin) >> _S33


@njit(cache=True, nogil=True, inline="always")
def is_below(coin, odds):
    """Say whether a coin falls below `odds` (int64 in 0 … 2^47)."""
    return np.int64((coin & _LOW16) << _S31 | rest_of(coin)) < odds
