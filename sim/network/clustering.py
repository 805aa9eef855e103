"""How clustered ties are: the mean local clustering coefficient, exact or from sampled pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.kernels import clustering as kernels
from sim.kernels import luck, ties

Rows = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Tied = Callable[[Rows, Rows], npt.NDArray[np.bool_]]
MOST_SAMPLED = 20_000
_PAIRS_EACH = 5


class Clustering(NamedTuple):
    """Hold a mean local clustering coefficient and its standard error; 0 where everyone is counted."""

    mean: float
    error: float


class _Near(NamedTuple):
    """Hold who is tied to some people, whichever way: `near[ptr[k]:ptr[k + 1]]` to `people[k]`."""

    people: Rows
    ptr: Ints
    near: Rows


def exact(n_people: int, src: Rows, dst: Rows) -> Clustering:
    """Return the mean local clustering coefficient over the people with ties (Watts & Strogatz 1998).

    Notes
    -----
    A person's coefficient is the share of the pairs of those tied to it, whichever way, that are tied
    themselves; 0 with fewer than two. `networkx.average_clustering` counts the same way, over all people.
    """
    words = _each_once(_words(np.minimum(src, dst), np.maximum(src, dst)))
    low, high = (words >> np.uint64(32)).astype(np.int32), words.astype(np.uint32).astype(np.int32)
    degree = np.bincount(low, minlength=n_people) + np.bincount(high, minlength=n_people)
    rank = np.empty(n_people, np.int32)
    rank[np.argsort(degree, kind="stable")] = np.arange(n_people, dtype=np.int32)
    low, high = np.minimum(rank[low], rank[high]), np.maximum(rank[low], rank[high])
    ptr = np.zeros(n_people + 1, np.int64)
    ties.row_starts(low, high, ptr)
    near, nothing = np.empty(len(low), np.int32), np.zeros(0)
    ties.fill_rows(low, high, nothing, ptr, near, nothing)
    triangles = np.zeros(n_people, np.int64)
    kernels.count_triangles(ptr, near, triangles)
    tied = degree > 0
    pairs = np.maximum(degree[tied] * (degree[tied] - 1) / 2, 1)
    return Clustering(float(np.mean(triangles[rank[tied]] / pairs)), 0.0)


def sampled(key: np.uint64, uid: npt.NDArray[np.uint64], src: Rows, dst: Rows, tied: Tied) -> Clustering:
    """Return an estimate of what `exact` counts, from some pairs of some people (Schank & Wagner 2005).

    Parameters
    ----------
    key : uint64
        Luck of the sample; who is in it depends on the key and the person alone.
    uid : uint64[n_people]
    src, dst : int32[n_ties]
        Ties; one of a pair is enough.
    tied : callable
        Tells of each pair of people whether it is tied, either way.
    """
    draw = np.empty(len(uid))
    luck.uniform_all(key, uid, 0, draw)
    near = _near(np.flatnonzero(draw < MOST_SAMPLED / len(uid)).astype(np.int32), len(uid), src, dst)
    size = np.diff(near.ptr)
    near_two = np.flatnonzero(size >= 2)
    closed = np.zeros(len(near.people))
    for k in range(_PAIRS_EACH):
        places = []
        for ordinal, choices in ((2 * k + 1, size[near_two]), (2 * k + 2, size[near_two] - 1)):
            pick = np.empty(len(near_two))
            luck.uniform_all(key, uid[near.people[near_two]], ordinal, pick)
            places.append((pick * choices).astype(np.int64))
        first, second = places
        second += second >= first
        begin = near.ptr[near_two]
        closed[near_two] += tied(near.near[begin + first], near.near[begin + second])
    share = closed / _PAIRS_EACH
    if len(share) < 2:
        return Clustering(float(share.mean()) if len(share) else 0.0, 1.0)
    return Clustering(float(share.mean()), float(share.std(ddof=1) / np.sqrt(len(share))))


def _near(people: Rows, n_people: int, src: Rows, dst: Rows) -> _Near:
    """Gather those tied to some people, each once; people without ties are left out."""
    place = np.full(n_people, -1, np.int32)
    place[people] = np.arange(len(people), dtype=np.int32)
    words = []
    for one, other in ((src, dst), (dst, src)):
        of = place[one]
        mine = of >= 0
        words.append(_words(of[mine], other[mine]))
    all_words = _each_once(np.concatenate(words))
    sizes = np.bincount((all_words >> np.uint64(32)).astype(np.int64), minlength=len(people))
    ptr = np.concatenate([[0], np.cumsum(sizes[sizes > 0])]).astype(np.int64)
    return _Near(people[sizes > 0], ptr, all_words.astype(np.uint32).astype(np.int32))


def _words(high: Rows, low: Rows) -> npt.NDArray[np.uint64]:
    return (high.astype(np.uint64) << np.uint64(32)) | low.astype(np.uint64)


def _each_once(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return sorted words without repetition, as `np.unique` does; its hashing takes 50 times as long (numpy 2.4)."""
    ordered = np.sort(words)
    is_first = np.ones(len(ordered), bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]
