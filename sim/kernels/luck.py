"""Draws that are pure functions of (world, decision, entity, ordinal): no state, no order.

A key is a uint64. ``combine`` walks from the world to a decision, from the decision to an entity;
``uniform_at`` reads the n-th draw of that entity. The mixer is the finaliser of SplitMix64
(Steele, Lea & Flood 2014) with Stafford's "variant 13" constants; a key's ordinals are its sequence.
Exponential draws are taken by the ziggurat (Marsaglia & Tsang 2000): one word, one table look-up and one
product in 98.9 % of the cases, and the exact law in all.
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
N_LAYERS = 256
_LAYER = np.uint64(N_LAYERS - 1)
TAIL_AT, LAYER_AREA = 7.69711747013104972, 3.949659822581572e-3


def _ziggurat():
    """Return the layers of equal area under exp(-x): sure below this draw, width per draw, height.

    Notes
    -----
    Layer n ≥ 1 lies between the heights exp(-x_{n-1}) and exp(-x_n), layer 0 holds the tail beyond
    `TAIL_AT`; draws are whole numbers below 2^53.
    """
    edge = np.zeros(N_LAYERS + 1)
    edge[N_LAYERS] = LAYER_AREA / math.exp(-TAIL_AT)  # as wide as the layer with the tail would be
    edge[N_LAYERS - 1] = TAIL_AT
    for n in range(N_LAYERS - 2, 0, -1):
        edge[n] = -math.log(LAYER_AREA / edge[n + 1] + math.exp(-edge[n + 1]))
    width = np.concatenate([edge[N_LAYERS:], edge[1:N_LAYERS]])
    inner = np.concatenate([[TAIL_AT], edge[: N_LAYERS - 1]])
    sure = np.floor(inner / width * 2.0**53).astype(np.uint64)
    return sure, width * _TO_UNIT, np.exp(-edge[:N_LAYERS])


_SURE, _WIDTH, _HEIGHT = _ziggurat()


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
    word = mix(key + GOLDEN * (np.uint64(ordinal) + _ONE))
    layer, draw = word & _LAYER, word >> _S11
    if draw < _SURE[layer]:
        return np.float64(draw) * _WIDTH[layer]
    return _beside_the_layers(word)


@njit(cache=True, nogil=True)
def _beside_the_layers(word):
    """Return the Exp(1) value of a word that its layer does not settle: tail, edge, or drawn anew."""
    while True:
        layer, draw = word & _LAYER, word >> _S11
        x = np.float64(draw) * _WIDTH[layer]
        if draw < _SURE[layer]:
            return x
        other = uniform_at(word, 0)
        if layer == 0:
            return TAIL_AT - math.log1p(-other)
        if _HEIGHT[layer] + other * (_HEIGHT[layer - _ONE] - _HEIGHT[layer]) < math.exp(-x):
            return x
        word = mix(word + GOLDEN + GOLDEN)


@njit(cache=True, nogil=True, inline="always")
def normal_at(key, ordinal):
    """Return draw number `ordinal` of `key` as a standard normal value (Box & Muller 1958)."""
    radius = math.sqrt(2.0 * exponential_at(key, 2 * ordinal))
    return radius * math.cos(2.0 * math.pi * uniform_at(key, 2 * ordinal + 1))


@njit(cache=True, nogil=True)
def combine_all(key, entities, out):
    """Fill `out` (uint64[n]) with the key of each entity (uint64[n]) under `key`."""
    for i in range(len(entities)):
        out[i] = combine(key, entities[i])


@njit(cache=True, nogil=True)
def narrow_all(keys, entity):
    """Replace each key (uint64[n]) by that of one entity under it."""
    for i in range(len(keys)):
        keys[i] = combine(keys[i], entity)


@njit(cache=True, nogil=True)
def uniform_all(key, entities, ordinal, out):
    """Fill `out` (float64[n]) with draw number `ordinal` of each entity (uint64[n]) under `key`."""
    for i in range(len(entities)):
        out[i] = uniform_at(combine(key, entities[i]), ordinal)
