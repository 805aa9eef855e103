"""Communities of a layer: groups with more ties among themselves than chance would have."""

from __future__ import annotations

import weakref
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.kernels import communities as kernels
from sim.kernels import ties
from sim.network.graph import TieLayer

MOST_TIES = 4_000_000
MOST_PASSES, MOST_LEVELS = 20, 12
FEW = 1_000  # a pass in which no more than one of so many moved is the last one
Ints = npt.NDArray[np.int64]


class Communities(NamedTuple):
    """Hold the communities of a layer, the largest first.

    Parameters
    ----------
    group : int32[n_people]     number of each person's community; -1 for people without ties
    sizes : int64[n]            people in each
    within : float              share of ties within a community
    modularity : float          `within`, less what it would be for the same degrees by chance
    """

    group: npt.NDArray[np.int32]
    sizes: Ints
    within: float
    modularity: float


class _Level(NamedTuple):
    """Hold who is tied to whom: people, or groups of them."""

    ptr: Ints
    near: npt.NDArray[np.int32]
    weight: Ints
    degree: Ints


def communities(layer: TieLayer) -> Communities | None:
    """Find the communities of a layer; None where it has no ties, or more than `MOST_TIES`.

    Notes
    -----
    Modularity (Newman & Girvan 2004) raised group by group (Blondel et al. 2008), ties taken both ways. No luck is in
    it. A network tied at random has communities too, with a modularity of .1 to .3: what is pronounced is well above.
    """
    if layer.is_well_mixed or not 0 < layer.n_ties <= MOST_TIES:
        return None
    n = len(layer.out_ptr) - 1
    src = np.repeat(np.arange(n, dtype=np.int32), np.diff(layer.out_ptr))
    level = _level(
        n,
        np.concatenate([src, layer.out_dst]),
        np.concatenate([layer.out_dst, src]),
        np.ones(2 * layer.n_ties, np.int64),
        np.bincount(src, minlength=n) + np.bincount(layer.out_dst, minlength=n),
    )
    has_ties = level.degree > 0
    group = np.arange(n, dtype=np.int32)
    for _ in range(MOST_LEVELS):
        found, moves = _moved(level)
        group = found[group]
        if not moves:
            break
        level = _merged(level, found)
    return _measured(layer, src, group, has_ties)


def _level(n: int, src: Ints, dst: Ints, weight: Ints, degree: Ints) -> _Level:
    ptr = np.zeros(n + 1, np.int64)
    ties.row_starts(src, dst, ptr)
    near, out = np.empty(ptr[-1], np.int32), np.empty(ptr[-1], np.int64)
    ties.fill_rows(src, dst, weight, ptr, near, out)
    return _Level(ptr, near, out, degree.astype(np.int64))


def _moved(level: _Level) -> tuple[npt.NDArray[np.int32], int]:
    """Return the group of each, numbered without gaps, and how many moves led there."""
    n = len(level.degree)
    group, total = np.arange(n, dtype=np.int32), level.degree.copy()
    moves = kernels.move_people(
        *level, int(level.degree.sum()), MOST_PASSES, n // FEW, group, total
    )  # fmt: skip
    return np.unique(group, return_inverse=True)[1].astype(np.int32), int(moves)


def _merged(level: _Level, group: npt.NDArray[np.int32]) -> _Level:
    """Return groups as people of the next level; ties within one count in its degree alone."""
    n = int(group.max()) + 1
    src = group[np.repeat(np.arange(len(level.degree)), np.diff(level.ptr))].astype(np.int64)
    pair, place = np.unique(src * n + group[level.near], return_inverse=True)
    weight = np.zeros(len(pair), np.int64)
    np.add.at(weight, place, level.weight)
    degree = np.zeros(n, np.int64)
    np.add.at(degree, group, level.degree)
    return _level(n, (pair // n).astype(np.int32), (pair % n).astype(np.int32), weight, degree)


def _measured(
    layer: TieLayer, src: npt.NDArray[np.int32], group: npt.NDArray[np.int32], has_ties: npt.NDArray[np.bool_]
) -> Communities:
    sizes = np.bincount(group[has_ties])
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    number = np.full(len(sizes), -1, np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    named = np.full(len(group), -1, np.int32)
    named[has_ties] = number[group[has_ties]]
    ends = np.bincount(named[src], minlength=len(order)) + np.bincount(
        named[layer.out_dst], minlength=len(order)
    )
    within = float(np.mean(named[src] == named[layer.out_dst]))
    chance = float(((ends / ends.sum()) ** 2).sum())
    return Communities(named, sizes[order], within, within - chance)


_found: dict[int, tuple[weakref.ref[TieLayer], Communities | None]] = {}


def found(layer: TieLayer) -> Communities | None:
    """Return what `communities` finds; it is looked for once for a layer that is kept in memory."""
    known = _found.get(id(layer))
    if known is None or known[0]() is not layer:
        place = id(layer)
        known = weakref.ref(layer, lambda gone: _forget(place, gone)), communities(layer)
        _found[place] = known
    return known[1]


def _forget(place: int, gone: weakref.ref[TieLayer]) -> None:
    if place in _found and _found[place][0] is gone:
        del _found[place]
