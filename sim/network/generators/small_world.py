"""Neighbours on a ring, some of them rewired."""

from __future__ import annotations

import numpy as np

from sim.kernels import ties as kernels
from sim.network.generators.circle import Circle, Rows, Ties, directed, homophily, pair_table, shuffled
from sim.scenario.media import SmallWorld


def small_world(circle: Circle, spec: SmallWorld) -> Ties:
    """Tie each person to its neighbours on a ring and rewire some ties (Watts & Strogatz 1998).

    Notes
    -----
    The ring is in a random order, so that neighbours are of one segment only by `chance`. For a
    `same_segment` s a share h of each person's ties runs on a ring of its own segment instead:
    s = (1 - rewiring)(h + (1 - h)·chance) + rewiring·chance. A pair hears each other with
    probability q = r / (2 - r), else one of them at random hears the other: then a share r of the
    ties is returned, and a person has ties·(1 + q)/2 followers.
    """
    if spec.ties % 2:
        raise circle.fault("ties", f"{spec.ties}", "want an even number: as many on each side of the ring")
    if circle.n <= spec.ties:
        got = f"{spec.ties}, but only {circle.n} {circle.who}"
        raise circle.fault("ties", got, "want more people than ties", "lower ties or simulate more agents")
    h, notes = 0.0, tuple[str, ...]()
    if spec.same_segment is not None:
        h, notes = homophily(circle, spec.same_segment, 1 - spec.rewiring)
    left, right, n_lost = _ring(circle, spec.ties // 2, h, spec.rewiring)
    if n_lost:
        notes += (f"{n_lost} of {len(left) + n_lost} pairs not drawn: nobody left to tie",)
    return Ties(*directed(circle, left, right, spec.reciprocity), notes)


def _ring(circle: Circle, half: int, h: float, rewiring: float) -> tuple[Rows, Rows, int]:
    """Return the pairs of the rewired rings, and how many found no partner."""
    # two independent orders: in one order, neighbours at home would be neighbours on both rings
    ring, home_order = (shuffled(circle, name) for name in ("ring", "home ring"))
    home_ptr, home = circle.by_segment(home_order)
    left, right = (np.empty(circle.n * half, np.int32) for _ in range(2))
    kernels.ring_pairs(
        circle.stream("rings"), circle.uid, circle.segment, ring, home_ptr, home,
        half, h, rewiring, left, right,
    )  # fmt: skip
    n_lost = kernels.rewire_pairs(circle.stream("rewiring"), circle.uid, left, right, pair_table(len(left)))
    if n_lost == 0:
        return left, right, 0
    return left[right >= 0], right[right >= 0], n_lost
