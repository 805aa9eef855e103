"""Who passed it to whom: cascades of a world, and what they look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.kernels.state import BRAND, Array
from sim.results.indicators import Readings
from sim.world import World

Ints = npt.NDArray[np.int64]


class Cascades(NamedTuple):
    """Hold one entry per cascade: a lineage passed on from one root.

    A root is a booked partner, or a person who passed on what the brand said.

    Parameters
    ----------
    size : int64[n_cascades]       simulated persons who posted it, the root included
    depth : int64[n_cascades]      steps from the root to the farthest of them; 0: the root alone
    breadth : int64[n_cascades]    most of them at one depth
    virality : float64[n_cascades] structural virality; NaN for a root alone
    """

    size: Ints
    depth: Ints
    breadth: Ints
    virality: npt.NDArray[np.float64]


def trace(
    passed_on: Sequence[Array], partners: Sequence[tuple[int, npt.NDArray[np.integer[Any]]]]
) -> Cascades:
    """Put the posts of a world together to cascades.

    Parameters
    ----------
    passed_on : sequence of POST[:]
        Day by day; each person passes a lineage on at most once.
    partners : sequence of (message, int64[n_partners])
        Rows of those booked for each message.

    Notes
    -----
    Structural virality is the mean distance of two posters, 2 Σ S(n - S) / (n(n - 1)) over the sizes S
    of all subtrees but the root's (Goel, Anderson, Hofman & Watts 2016): 2(n - 1)/n for a star,
    (n + 1)/3 for a path.
    """
    place: dict[tuple[int, int], int] = {}
    for message, rows in partners:
        for row in rows.tolist():
            place.setdefault((message, row), len(place))
    parent = [-1] * len(place)
    for posts in passed_on:
        for post in posts:
            node = int(post["message"]), int(post["author"])
            if node in place:
                continue  # a partner is a root, whatever else it passes on
            source = int(post["source"])
            parent.append(-1 if source == BRAND else place[node[0], source])
            place[node] = len(place)
    return _measured(parent)


def _measured(parent: list[int]) -> Cascades:
    """Measure trees whose nodes come after their parents; -1 marks a root."""
    n = len(parent)
    root, depth, below = [0] * n, [0] * n, [1] * n
    for node, above in enumerate(parent):
        root[node] = node if above < 0 else root[above]
        depth[node] = 0 if above < 0 else depth[above] + 1
    for node in range(n - 1, -1, -1):
        if parent[node] >= 0:
            below[parent[node]] += below[node]
    roots = [node for node in range(n) if parent[node] < 0]
    order = {node: k for k, node in enumerate(roots)}
    size = np.array([below[node] for node in roots], np.int64)
    deepest, widest, apart = (np.zeros(len(roots), np.int64) for _ in range(3))
    width: dict[tuple[int, int], int] = {}
    for node in range(n):
        k = order[root[node]]
        width[k, depth[node]] = width.get((k, depth[node]), 0) + 1
        deepest[k] = max(deepest[k], depth[node])
        widest[k] = max(widest[k], width[k, depth[node]])
        if parent[node] >= 0:
            apart[k] += below[node] * (size[k] - below[node])
    pairs = size * (size - 1) / 2.0
    virality = np.divide(apart, pairs, out=np.full(len(roots), np.nan), where=pairs > 0)
    return Cascades(size, deepest, widest, virality)


def read_cascades(out: Readings, world: World) -> None:
    """Add the indicators of the cascades of a world to those of its last day."""
    partners = [(booking.message, booking.rows) for booking in world.campaign.bookings]
    for metric, value in indicators(trace(world.passed_on, partners)).items():
        out.at_end(metric, value)


def indicators(found: Cascades) -> dict[str, float]:
    """Return the means over cascades by indicator; NaN where there is none.

    ``r_share`` is the mean number of further posters that a poster makes.
    """
    n, posters = len(found.size), int(found.size.sum())
    spread = found.virality[found.size > 1]
    return {
        "cascade_size": posters / n if n else np.nan,
        "cascade_depth": float(found.depth.mean()) if n else np.nan,
        "cascade_breadth": float(found.breadth.mean()) if n else np.nan,
        "structural_virality": float(spread.mean()) if len(spread) else np.nan,
        "r_share": (posters - n) / posters if n else np.nan,
    }
