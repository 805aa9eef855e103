"""Exact spread on small graphs, by all live-tie worlds: what certificates are held to."""

from __future__ import annotations

import numpy as np


def reach_table(n, ties, steps=None):
    """Return each world's probability, and whom each person reaches in it as bits: float64[W], int64[W, n]."""
    ties = [tie for tie in ties if tie[2] > 0]
    worlds = np.arange(2 ** len(ties))
    probability, follows = np.ones(len(worlds)), np.zeros((len(worlds), n), np.int64)
    for e, (j, i, chance) in enumerate(ties):
        is_live = worlds >> e & 1 == 1
        probability *= np.where(is_live, chance, 1.0 - chance)
        follows[is_live, j] |= 1 << i
    reached = np.broadcast_to(1 << np.arange(n), follows.shape).copy()
    for _ in range(min(n, n if steps is None else steps)):
        further = reached.copy()
        for j in range(n):
            is_there = reached >> j & 1 == 1
            further |= np.where(is_there, follows[:, j : j + 1], 0)
        reached = further
    return probability, reached


def spread(table, people, weights):
    """Return the expected weight of those reached."""
    probability, reached = table
    if len(people) == 0:
        return 0.0
    union = np.bitwise_or.reduce(reached[:, list(people)], axis=1)
    return float(probability @ _worth(weights)[union])


def best(table, choices, weights):
    """Return the largest spread among some choices."""
    return max(spread(table, people, weights) for people in choices)


def _worth(weights):
    """Return the weight of each set of people, by its bits."""
    out = np.zeros(1)
    for weight in weights:
        out = np.concatenate([out, out + weight])
    return out
