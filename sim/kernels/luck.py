"""Draws that are pure functions of (world, decision, entity, ordinal): no state, no order.

A key is a uint64. ``combine`` walks from the world to a decision, from the decision to an entity;
``uniform_at`` reads the n-th draw of that entity. The mixer is the finaliser of SplitMix64
(Steele, Lea & Flood 2014) with Stafford's "variant 13" constants; a key's ordinals are its sequence.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_ONE = np.uint64(1)
_TO_UNIT = 2.0**-53


@njit(cache=True, nogil=True, inline="always")
def mix(x):
    """Scramble a uint64 so that each input bit moves half of the output bits."""
    x = (x ^ (x >> _S30)) * _M1
    x = (x ^ (x >> _S27)) * _M2
    return x ^ (x >> _S31)


@njit(cache=True, nogil=True, inline="always")
def combine(key, entity):
    """Return the key of `entity` (any integer) under `key` (uint64)."""
    return mix(mix(key) + GOLDEN * (np.uint64(entity) + _ONE))


@njit(cache=True, nogil=True, inline="always")
def uniform_at(key, ordinal):
    """Return draw number `ordinal` (int ≥ 0) of `key`, float64 in [0, 1)."""
    return np.float64(mix(key + GOLDEN * (np.uint64(ordinal) + _ONE)) >> _S11) * _TO_UNIT


@njit(cache=True, nogil=True, inline="always")
def exponential_at(key, ordinal):
    """Return draw number `ordinal` of `key` as an Exp(1) value, float64 ≥ 0."""
    return -math.log1p(-uniform_at(key, ordinal))


@njit(cache=True, nogil=True)
def combine_all(key, entities, out):
    """Fill `out` (uint64[n]) with the key of each entity (uint64[n]) under `key`."""
    for i in range(len(entities)):
        out[i] = combine(key, entities[i])


@njit(cache=True, nogil=True)
def uniform_all(key, entities, ordinal, out):
    """Fill `out` (float64[n]) with draw number `ordinal` of each entity (uint64[n]) under `key`."""
    for i in range(len(entities)):
        out[i] = uniform_at(combine(key, entities[i]), ordinal)
