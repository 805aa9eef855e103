"""Who passed it to whom: cascades of a world, and what they look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.campaign.partners import Booking
from sim.kernels.state import BRAND, Array
from sim.results.indicators import Readings
from sim.scenario.metrics import MOST_GENERATIONS
from sim.world import World

Ints = npt.NDArray[np.int64]
ROOT = -1


class Cascades(NamedTuple):
    """Hold one entry per cascade: a lineage passed on from one root.

    A root is a booked partner, or a person who passed on what the brand said.

    Parameters
    ----------
    size : int64[n_cascades]       simulated persons who posted it, the root included
    depth : int64[n_cascades]      steps from the root to the farthest of them; 0: the root alone
    breadth : int64[n_cascades]    most of them at one depth
    virality : float64[n_cascades] structural virality; NaN for a root alone
    posters : int64[n_depths]      posters of all cascades by steps from their root, the roots first
    """

    size: Ints
    depth: Ints
    breadth: Ints
    virality: npt.NDArray[np.float64]
    posters: Ints


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
    return _measured(tied(passed_on, partners)[1])


def tied(
    passed_on: Sequence[Array], partners: Sequence[tuple[int, npt.NDArray[np.integer[Any]]]]
) -> tuple[Ints, Ints]:
    """Return who posted, each person and lineage once, and from whom: parameters as for `trace`.

    Returns
    -------
    kept : int64[n_posters]      places in the list of all partners in turn, then all posts day by day
    parent : int64[n_posters]    each poster's parent as an index into the posters, or ROOT
    """
    columns = (column(passed_on, name) for name in ("message", "author", "source"))
    message, author, source = columns
    people = max(
        (int(rows.max(initial=ROOT)) for rows in (author, source, *(r for _, r in partners))), default=0
    )
    booked = [m * (people + 1) + rows.astype(np.int64) for m, rows in partners]
    posters = np.concatenate([*booked, message * (people + 1) + author])
    n_booked = len(posters) - len(author)
    # A partner is a root, whatever else it passes on: of equal posters the first one stands.
    known, first = np.unique(posters, return_index=True)
    heard = np.full(len(posters), ROOT)
    heard[n_booked:] = _places(known, np.where(source == BRAND, ROOT, message * (people + 1) + source))
    kept = np.sort(first)
    place = np.empty(len(posters), np.int64)
    place[kept] = np.arange(len(kept))
    parent = np.where(heard[kept] == ROOT, ROOT, place[first[heard[kept]]])
    # Nobody passes on what is posted later.
    return kept, np.where(parent < np.arange(len(parent)), parent, ROOT)


def column(posts: Sequence[Array], name: str) -> Ints:
    """Return one column of all posts, day by day."""
    return np.concatenate([np.zeros(0, np.int64), *(day[name].astype(np.int64) for day in posts)])


def _places(known: Ints, asked: Ints) -> Ints:
    """Return where each of `asked` stands in the sorted `known`; ROOT where it does not."""
    if not len(known):
        return np.full(len(asked), ROOT)
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where(known[place] == asked, place, ROOT)


def _measured(parent: Ints) -> Cascades:
    """Measure trees of which each node names its parent; ROOT marks a root."""
    root, depth = climbed(parent)
    below = _subtrees(parent, depth)
    is_root = parent == ROOT
    cascade = (np.cumsum(is_root) - 1)[root]
    n = int(np.count_nonzero(is_root))
    size = below[is_root]
    deepest, breadth, apart = (np.zeros(n, np.int64) for _ in range(3))
    np.maximum.at(deepest, cascade, depth)
    n_depths = int(depth.max(initial=ROOT)) + 1
    level, width = np.unique(cascade * n_depths + depth, return_counts=True)
    np.maximum.at(breadth, level // max(n_depths, 1), width)
    np.add.at(apart, cascade, below * (size[cascade] - below))  # a root's own term is 0
    pairs = size * (size - 1) / 2.0
    virality = np.divide(apart, pairs, out=np.full(n, np.nan), where=pairs > 0)
    return Cascades(size, deepest, breadth, virality, np.bincount(depth, minlength=n_depths))


def climbed(parent: Ints) -> tuple[Ints, Ints]:
    """Return each node's root and its steps from it, in as many rounds as the depth has binary digits."""
    above = np.where(parent == ROOT, np.arange(len(parent)), parent)
    depth = (parent != ROOT).astype(np.int64)
    while (above[above] != above).any():
        depth += depth[above]  # twice the steps in each round
        above = above[above]
    return above, depth


def _subtrees(parent: Ints, depth: Ints) -> Ints:
    """Return how many nodes hang on each one, itself included."""
    below = np.ones(len(parent), np.int64)
    order = np.argsort(depth, kind="stable")
    starts = np.searchsorted(depth[order], np.arange(1, depth.max(initial=0) + 1))
    for level in reversed(np.split(order, starts)[1:]):  # from the leaves up; the roots have nobody above
        np.add.at(below, parent[level], below[level])
    return below


def read_cascades(out: Readings, world: World) -> None:
    """Add the indicators of the cascades of a world to those of its last day."""
    partners = [(booking.message, booking.rows) for booking in have_posted(world)]
    for metric, value in indicators(trace(world.passed_on, partners)).items():
        out.at_end(metric, value)


def have_posted(world: World) -> list[Booking]:
    """Return the bookings whose partners have posted by today."""
    return [booking for booking in world.campaign.bookings if min(booking.days) <= world.day]


def indicators(found: Cascades) -> dict[str, float]:
    """Return the means over cascades by indicator; NaN where there is none.

    ``r_share`` is the mean number of further posters that a poster makes, ``r_share_gen1`` that of the
    roots alone, ``r_share_gen2`` of those one step from a root, and so on.
    """
    n, posters = len(found.size), int(found.size.sum())
    spread = found.virality[found.size > 1]
    return {
        "cascade_size": posters / n if n else np.nan,
        "cascade_depth": float(found.depth.mean()) if n else np.nan,
        "cascade_breadth": float(found.breadth.mean()) if n else np.nan,
        "structural_virality": float(spread.mean()) if len(spread) else np.nan,
        "r_share": (posters - n) / posters if n else np.nan,
        **_by_generation(found.posters),
    }


def _by_generation(posters: Ints) -> dict[str, float]:
    """Return posters one step further ÷ posters, for each generation; NaN where there is nobody."""
    counts = np.zeros(MOST_GENERATIONS + 1)
    counts[: len(posters)] = posters[: MOST_GENERATIONS + 1]
    return {
        f"r_share_gen{g}": float(counts[g] / counts[g - 1]) if counts[g - 1] else np.nan
        for g in range(1, MOST_GENERATIONS + 1)
    }
