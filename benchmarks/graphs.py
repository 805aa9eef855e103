"""Graphs that all tools are given, each with the fifty people with most ties as seed set."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import networkx as nx
import numpy as np

from sim.network.graph import Network

QUADRANTS = (0.57, 0.19, 0.19, 0.05)  # of R-MAT, as Graph500 has them


@dataclass(frozen=True)
class Graph:
    """Hold a graph and a seed set.

    Parameters
    ----------
    n_people : int
    pairs : int32[n_pairs, 2]     who speaks and who hears, no pair twice
    seed_set : list of int
    is_directed : bool            else each pair stands for two arcs
    copies : int64[n_pairs] or None   how often each pair is tied; None: once
    """

    n_people: int
    pairs: np.ndarray
    seed_set: list[int]
    is_directed: bool = False
    copies: np.ndarray | None = None

    def _arcs(self) -> tuple[np.ndarray, np.ndarray]:
        """Return every arc, by who speaks, and how often it is there."""
        copies = np.ones(len(self.pairs), np.int64) if self.copies is None else self.copies
        arcs = self.pairs if self.is_directed else np.concatenate([self.pairs, self.pairs[:, ::-1]])
        order = np.argsort(arcs[:, 0], kind="stable")
        return arcs[order], (copies if self.is_directed else np.tile(copies, 2))[order]

    @property
    def arcs(self) -> np.ndarray:
        """Return every arc, int32[n_arcs, 2], by who speaks."""
        return self._arcs()[0]

    def chances(self, probability: float | str) -> np.ndarray:
        """Return the chance of each arc, float64[n_arcs]; `weighted`: 1 / in-degree of who hears, for each copy."""
        arcs, copies = self._arcs()
        heard = arcs[:, 1]
        if probability == "weighted":
            return copies / np.bincount(heard, copies, self.n_people)[heard]
        return 1.0 - (1.0 - float(probability)) ** copies

    def network(self, name: str = "ties") -> Network:
        """Return the same as ours."""
        src, dst = (self.pairs if self.copies is None else np.repeat(self.pairs, self.copies, axis=0)).T
        return Network.from_edges(src, dst, n_people=self.n_people, directed=self.is_directed, name=name)

    def networkx(self) -> nx.Graph:
        """Return the same for tools that want networkx."""
        out = nx.DiGraph() if self.is_directed else nx.Graph()
        out.add_nodes_from(range(self.n_people))
        out.add_edges_from(self.pairs.tolist())
        return out


@lru_cache(maxsize=1)
def co_authors(path: Path, n_seeds: int = 50) -> Graph:
    """Return NetHEPT from its file of parallel ties, one line each below the numbers of people and lines."""
    with gzip.open(path, "rt") as file:
        n_people = int(file.readline().split()[0])
        pairs = np.sort(np.loadtxt(file, dtype=np.int32, usecols=(0, 1)), axis=1)
    pairs, copies = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0, return_counts=True)
    degree = np.bincount(pairs.ravel(), minlength=n_people)
    return Graph(
        n_people, pairs, np.argsort(-degree, kind="stable")[:n_seeds].tolist(), copies=copies.astype(np.int64)
    )


@lru_cache(maxsize=2)
def barabasi_albert(n_people: int, ties: int = 5, n_seeds: int = 50) -> Graph:
    """Return a preferential-attachment graph; 100,000 people with 5 ties each give a million arcs."""
    pairs = np.array(nx.barabasi_albert_graph(n_people, ties, seed=1).edges, np.int32)
    degree = np.bincount(pairs.ravel(), minlength=n_people)
    return Graph(n_people, pairs, np.argsort(-degree, kind="stable")[:n_seeds].tolist())


@lru_cache(maxsize=1)
def rmat(scale: int, arcs_each: int = 16, n_seeds: int = 50) -> Graph:
    """Return a recursive-matrix graph of 2^scale people: `arcs_each` draws a person, loops and repeats left out.

    Notes
    -----
    Chakrabarti, Zhan & Faloutsos (2004): at each of `scale` levels an arc falls into one of four quadrants.
    """
    n_people = 1 << scale
    n_drawn = arcs_each * n_people
    rng = np.random.default_rng(1)
    src, dst = (np.zeros(n_drawn, np.int64) for _ in range(2))
    marks = np.cumsum(QUADRANTS)[:3]
    for _ in range(scale):
        u = rng.random(n_drawn)
        quadrant = (u >= marks[0]).astype(np.int8) + (u >= marks[1]) + (u >= marks[2])
        src, dst = 2 * src + (quadrant >> 1), 2 * dst + (quadrant & 1)
    code = np.unique((src * n_people + dst)[src != dst])
    pairs = np.stack([code // n_people, code % n_people], axis=1).astype(np.int32)
    degree = np.bincount(pairs[:, 0], minlength=n_people)
    return Graph(n_people, pairs, np.argsort(-degree, kind="stable")[:n_seeds].tolist(), is_directed=True)
