"""Followers by a power law."""

from __future__ import annotations

import numpy as np

from sim.kernels import ties as kernels
from sim.network.generators.circle import (
    Circle,
    Ints,
    Rows,
    Ties,
    homophily,
    matched,
    pair_table,
    power_law_counts,
)
from sim.scenario.media import PowerLaw

_WORTH_A_NOTE = 0.01
_DEGREE, _MUTUAL, _MUTUAL_HOME, _ONE_WAY_HOME = range(4)


def power_law(circle: Circle, spec: PowerLaw) -> Ties:
    """Draw followers by a power law, part of them mutual, part of them within the segment.

    Notes
    -----
    Followers d of a user: P(d) ∝ d^-exponent on [min_followers, max_followers]. A share m of the
    follower stubs is mutual and paired at random among users (configuration model); the others are
    drawn at random and one-way. A stub stays in its own segment with probability h, the same for all
    segments (Coleman's index of homophily, 1958), else it goes to everyone, so that a share
    h + (1 - h)·chance of the ties lies within a segment. m is a little under `reciprocity`, by what
    chance returns.
    """
    bounds = ("min_followers", spec.min_followers, "max_followers", spec.max_followers)
    degree = power_law_counts(circle, _DEGREE, spec.exponent, bounds)
    h, notes = homophily(circle, spec.same_segment)
    p_mutual, more_notes = _mutual_share(circle, spec.reciprocity, float(degree.mean()), h)
    notes += more_notes
    n_mutual = (p_mutual * degree + circle.draws("stubs", _MUTUAL)).astype(np.int64)
    n_mutual_home = (h * n_mutual + circle.draws("stubs", _MUTUAL_HOME)).astype(np.int64)
    n_one_way = degree - n_mutual
    n_home = (h * n_one_way + circle.draws("stubs", _ONE_WAY_HOME)).astype(np.int64)
    n_wide = n_one_way - n_home
    left, right = _mutual(circle, n_mutual, n_mutual_home, n_home, n_wide)
    src, dst = _one_way(circle, left, right, n_home, n_wide)
    n_lost = int(degree.sum()) - len(src) - 2 * len(left)
    if n_lost:
        notes += (f"{n_lost} of {degree.sum()} ties not drawn: nobody left to follow",)
    return Ties(np.concatenate([left, right, src]), np.concatenate([right, left, dst]), notes)


def _mutual_share(
    circle: Circle, reciprocity: float, mean_degree: float, h: float
) -> tuple[float, tuple[str, ...]]:
    """Return the share of mutual stubs with which `reciprocity` of the ties are returned, and a note.

    Notes
    -----
    With one-way share x, chance returns a one-way tie with probability κx, where κ = mean degree ·
    (1 + h²(segments - 1)) / n. So 1 - x + κx² = reciprocity, solved for the smaller x.
    """
    kappa = mean_degree * (1 + h * h * (len(circle.sizes) - 1)) / circle.n
    root = np.sqrt(max(0.0, 1 - 4 * kappa * (1 - reciprocity)))
    one_way = 2 * (1 - reciprocity) / (1 + root)
    if one_way <= 1:
        return float(1 - one_way), ()
    if kappa - reciprocity < _WORTH_A_NOTE:
        return 0.0, ()
    return 0.0, (f"reciprocity {reciprocity:g}: chance alone returns about {kappa:.3f} of ties",)


def _mutual(
    circle: Circle, n_mutual: Ints, n_mutual_home: Ints, n_home: Ints, n_wide: Ints
) -> tuple[Rows, Rows]:
    """Pair the mutual stubs at random; a stub that finds no partner joins `n_home` or `n_wide`."""
    made = matched(circle, n_mutual, n_mutual_home, pair_table(3 * (int(n_mutual.sum()) // 2)))
    n_pools = len(made.pool_ptr) - 1
    for pool in range(n_pools):
        counts = n_home if pool < n_pools - 1 else n_wide
        pairs = slice(made.pool_ptr[pool], made.pool_ptr[pool + 1])
        for end in (made.left[pairs], made.right[pairs]):
            np.add.at(counts, end[~made.is_settled[pairs]], 1)
        np.add.at(counts, made.odd_owner[made.odd_pool == pool], 1)
    return made.left[made.is_settled], made.right[made.is_settled]


def _one_way(circle: Circle, left: Rows, right: Rows, n_home: Ints, n_wide: Ints) -> tuple[Rows, Rows]:
    """Draw the one-way followers, given who are mutual already."""
    src, dst = np.concatenate([left, right]), np.concatenate([right, left])
    friend_ptr = np.zeros(circle.n + 1, np.int64)
    kernels.row_starts(src, dst, friend_ptr)
    friend = np.empty(len(src), np.int32)
    nothing = np.zeros(0)
    kernels.fill_rows(src, dst, nothing, friend_ptr, friend, nothing)
    n_asked = int(n_home.sum() + n_wide.sum())
    src, dst = np.empty(n_asked, np.int32), np.empty(n_asked, np.int32)
    member_ptr, member = circle.by_segment(np.arange(circle.n, dtype=np.int32))
    n_drawn = kernels.draw_followers(
        circle.stream("followers"), circle.uid, circle.segment, member_ptr, member,
        friend_ptr, friend, n_home, n_wide, src, dst,
    )  # fmt: skip
    return src[:n_drawn], dst[:n_drawn]
