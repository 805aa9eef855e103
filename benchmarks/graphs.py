"""Graphs that all tools are given, each with the fifty people with most ties as seed set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

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
    """

    n_people: int
    pairs: np.ndarray
    seed_set: list[int]
    is_directed: bool = False

    @property
    def arcs(self) -> np.ndarray:
        """Return every arc, int32[n_arcs, 2], by who speaks."""
        arcs = self.pairs if self.is_directed else np.concatenate([self.pairs, self.pairs[:, ::-1]])
        return arcs[np.argsort(arcs[:, 0], kind="stable")]

    def chances(self, probability: float | str) -> np.ndarray:
        """Return the chance of each arc, float64[n_arcs]; `weighted`: 1 / in-degree of who hears."""
        heard = self.arcs[:, 1]
        if probability == "weighted":
            return 1.0 / np.bincount(heard, minlength=self.n_people)[heard]
        return np.full(len(heard), float(probability))

    def network(self, name: str = "ties") -> Network:
        """Return the same as ours."""
        src, dst = self.pairs.T
        return Network.from_edges(src, dst, n_people=self.n_people, directed=self.is_directed, name=name)

    def networkx(self) -> nx.Graph:
        """Return the same for tools that want networkx."""
        out = nx.DiGraph() if self.is_directed else nx.Graph()
        out.add_nodes_from(range(self.n_people))
        out.add_edges_from(self.pairs.tolist())
        return out


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
