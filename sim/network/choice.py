"""Rules of choosing people that the certified choice is compared with; each a small class, held by one contract.

A rule puts people in an order, the first ones first. It knows the layer, segments, a column, and keyed luck; who may
be chosen, and what that costs, is settled afterwards by `take`, the same for all.
"""

from __future__ import annotations

import heapq
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import networkx as nx
import numpy as np
import numpy.typing as npt

from sim.kernels import luck, reverse
from sim.network.graph import TieLayer

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int32]
_DAMPING, _MOST_ROUNDS, _CLOSE = 0.85, 200, 1e-10
_MOST_WALKED = 5_000_000  # ties walked to sample betweenness


@dataclass(frozen=True, slots=True)
class Field:
    """Hold what a rule may look at.

    Parameters
    ----------
    layer : TieLayer
    uid : uint64[n_people]
    segment : int[n_people]
    key : uint64                luck of the rule
    chance : float              mean chance of a tie, for degree discount
    column : float64[n_people] or None   NaN: not known
    """

    layer: TieLayer
    uid: npt.NDArray[np.uint64]
    segment: npt.NDArray[np.integer[Any]]
    key: np.uint64
    chance: float
    column: Floats | None = None

    @property
    def n_people(self) -> int:
        """Number of people."""
        return len(self.uid)

    @property
    def followers(self) -> Floats:
        """Followers of each person, float64[n_people]."""
        return self.layer.audience_sizes.astype(np.float64)

    def in_rows(self) -> tuple[npt.NDArray[np.int64], Rows]:
        """Return whom each person hears, row by row."""
        in_ptr = np.zeros(self.n_people + 1, np.int64)
        src = np.empty(self.layer.n_ties, np.int32)
        none = np.zeros(0)
        reverse.turn_round(self.layer.out_ptr, self.layer.out_dst, np.ones(1), in_ptr, src, none)
        return in_ptr, src


class Rule(ABC):
    """Put people in an order."""

    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str] = "assumption"
    needs_column: ClassVar[bool] = False

    @abstractmethod
    def order(self, field: Field, most: int) -> Rows:
        """Return people in their order, int32[n]: all of them, or the first `most` at least."""


class Scored(Rule):
    """Put people in an order by a score."""

    def order(self, field: Field, most: int) -> Rows:
        """Return everyone, the highest score first."""
        score = np.where(np.isnan(found := self.score(field)), -np.inf, found)
        return np.argsort(-score, kind="stable").astype(np.int32)

    @abstractmethod
    def score(self, field: Field) -> Floats:
        """Return a number per person, float64[n_people]: the higher, the earlier. Equals go by row."""


class Random(Scored):
    """Chance alone."""

    name, title = "random", "chance"

    def score(self, field: Field) -> Floats:
        """Return a keyed draw of each person."""
        out = np.empty(field.n_people)
        luck.uniform_all(field.key, field.uid, 0, out)
        return out


class Top(Scored):
    """The largest in a column."""

    name, title, needs_column = "top", "the largest in a column", True

    def score(self, field: Field) -> Floats:
        """Return the column."""
        assert field.column is not None
        return field.column


class Degree(Scored):
    """The most followed."""

    name, title, source = "degree", "the most followed", "Kempe, Kleinberg & Tardos 2003"

    def score(self, field: Field) -> Floats:
        """Return the followers."""
        return field.followers


class DegreeDiscount(Rule):
    """The most followed, less what the chosen reach already."""

    name, title = "degree_discount", "followers not reached yet"
    source = "Chen, Wang & Yang 2009, for directed ties"

    def order(self, field: Field, most: int) -> Rows:
        """Return the first `most` by (1-p)^t · (1 + (d - s)·p), t of the chosen heard, s chosen among the d followers.

        Scores only fall as others are chosen, so the first of a heap whose score is up to date is the best.
        """
        ptr, dst = field.layer.out_ptr, field.layer.out_dst
        in_ptr, src = field.in_rows()
        degree, p = field.layer.audience_sizes, field.chance
        heard, chosen_followers = np.zeros((2, field.n_people), np.int64)

        def score(j: int) -> float:
            return float((1.0 - p) ** heard[j] * (1.0 + (degree[j] - chosen_followers[j]) * p))

        heap = [(-score(j), j) for j in range(field.n_people)]
        heapq.heapify(heap)
        out: list[int] = []
        while heap and len(out) < most:
            told, j = heapq.heappop(heap)
            now = -score(j)
            if now > told:
                heapq.heappush(heap, (now, j))
                continue
            out.append(j)
            np.add.at(heard, dst[ptr[j] : ptr[j + 1]], 1)
            np.add.at(chosen_followers, src[in_ptr[j] : in_ptr[j + 1]], 1)
        return np.array(out, np.int32)


class PageRank(Scored):
    """Followed by those who are followed."""

    name, title, source = "pagerank", "PageRank along who follows whom", "Brin & Page 1998; damping .85"

    def score(self, field: Field) -> Floats:
        """Return the share of time of a walk from followers to whom they follow, by power iteration."""
        in_ptr, src = field.in_rows()
        n, n_heard = field.n_people, np.diff(in_ptr)
        follower = np.repeat(np.arange(n), n_heard)
        rank = np.full(n, 1.0 / n)
        for _ in range(_MOST_ROUNDS):
            given = rank / np.maximum(n_heard, 1)
            lost = rank[n_heard == 0].sum()
            flow = np.bincount(src, given[follower], n) + lost / n
            new = (1.0 - _DAMPING) / n + _DAMPING * flow
            moved = np.abs(new - rank).sum()
            rank = new
            if moved < _CLOSE:
                break
        return np.asarray(rank, np.float64)


class KCore(Scored):
    """Deep in the network: the highest k-core, the most followed among equals."""

    name, title, source = "k_core", "the innermost (k-core)", "Kitsak et al. 2010; networkx"

    def score(self, field: Field) -> Floats:
        """Return core numbers of the undirected graph, followers as a fraction below them."""
        graph = nx.Graph()
        graph.add_nodes_from(range(field.n_people))
        follower = np.repeat(np.arange(field.n_people), field.layer.audience_sizes)
        graph.add_edges_from(zip(follower.tolist(), field.layer.out_dst.tolist(), strict=True))
        core = nx.core_number(graph)
        whole = np.array([core[i] for i in range(field.n_people)], np.float64)
        return whole + field.followers / (field.n_people + 1.0)


class Betweenness(Scored):
    """On many shortest ways, from a sample of people to all."""

    name, title = "betweenness", "on shortest ways (betweenness, sampled)"
    source = "Freeman 1977; Brandes & Pich 2007; networkx"

    def score(self, field: Field) -> Floats:
        """Return the share of shortest ways from sampled people that pass through each."""
        graph = nx.DiGraph()
        graph.add_nodes_from(range(field.n_people))
        author = np.repeat(np.arange(field.n_people), field.layer.audience_sizes)
        graph.add_edges_from(zip(author.tolist(), field.layer.out_dst.tolist(), strict=True))
        n = min(field.n_people, 100, max(4, _MOST_WALKED // max(1, field.layer.n_ties)))
        sample = Random().order(field, n)[:n].tolist()
        found = nx.betweenness_centrality_subset(graph, sample, range(field.n_people))
        return np.array([found[i] for i in range(field.n_people)], np.float64)


class Bridges(Scored):
    """Followed from other segments than the own."""

    name, title, source = (
        "bridges",
        "followed from other segments",
        "Hinz et al. 2011 (bridges), in followers",
    )

    def score(self, field: Field) -> Floats:
        """Return the followers of other segments."""
        author = np.repeat(np.arange(field.n_people), field.layer.audience_sizes)
        is_other = field.segment[author] != field.segment[field.layer.out_dst]
        return np.bincount(author, is_other, field.n_people).astype(np.float64)


class Fringe(Scored):
    """The least followed of those who are followed at all."""

    name, title, source = "fringe", "the least followed", "Hinz et al. 2011 (fringe)"

    def score(self, field: Field) -> Floats:
        """Return minus the followers; who has none comes last."""
        followers = field.followers
        return np.where(followers > 0, -followers, -math.inf)


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Random(),
        Top(),
        Degree(),
        DegreeDiscount(),
        PageRank(),
        KCore(),
        Betweenness(),
        Bridges(),
        Fringe(),
    )
}


def take(
    order: Rows, is_open: npt.NDArray[np.bool_], count: int | None = None, cost: Floats | None = None,
    budget: float | None = None, group: npt.NDArray[np.int64] | None = None,
    quota: npt.NDArray[np.int64] | None = None,
) -> Rows:  # fmt: skip
    """Return the first people of an order who may be chosen, can be paid and have a place, int32[n].

    Parameters
    ----------
    order : int32[:]
    is_open : bool[n_people]
    count : int, optional        most people
    cost : float64[n_people], optional
    budget : float, optional     who costs more than is left is passed over
    group : int64[n_people, n_kinds], optional   groups of each person, one of each kind, numbered through
    quota : int64[n_groups], optional            most people of each group
    """
    most, left = len(order) if count is None else count, math.inf if budget is None else budget
    places = None if quota is None else quota.copy()
    out: list[int] = []
    for person in order[is_open[order]].tolist():
        if len(out) == most:
            break
        price = 0.0 if cost is None else float(cost[person])
        own = None if group is None or places is None else group[person]
        if price > left or (own is not None and places is not None and (places[own] == 0).any()):
            continue
        out.append(person)
        left -= price
        if own is not None and places is not None:
            places[own] -= 1
    return np.array(out, np.int32)
