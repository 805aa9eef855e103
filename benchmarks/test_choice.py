"""Fifty people chosen with a certificate, beside PyNetIM's IMM: spreads must be as good before times are compared."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from benchmarks import peers
from benchmarks.graphs import Graph, barabasi_albert, co_authors, rmat
from benchmarks.test_peers import need
from benchmarks.workload import IS_TINY, Pair
from sim import cascade, influence

COUNT, EPSILON, DELTA = 50, 0.1, 1e-3
PEOPLE, SCALE = (500, 8) if IS_TINY else (100_000, 20)
WORLDS = 500 if IS_TINY else 20_000
LEAST = 0.99  # of the other tool's spread, on the same worlds
DATA = Path(os.environ.get("PREGON_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
CASES = {  # graph, probability, and how often the other tool is run
    "NetHEPT, p = 0.01": ("NetHEPT", 0.01, 3),
    "NetHEPT, p = weighted": ("NetHEPT", "weighted", 5),
    "BA 100k / 1M, p = 0.01": ("BA", 0.01, 1),
}


@lru_cache(maxsize=2)
def graph_of(name: str) -> Graph:
    if name == "R-MAT":
        return rmat(SCALE, arcs_each=10)
    if name == "BA":
        return barabasi_albert(PEOPLE)
    path = DATA / "networks" / "hep.txt.gz"
    if not path.exists():
        pytest.skip(f"no file {path.name} in the data folder: set PREGON_DATA to it")
    return co_authors(path)


def certified(network, p, luck):
    """Return a certified choice on one thread."""
    return influence.certified(
        network, p, count=COUNT, epsilon=EPSILON, delta=DELTA, master_seed=luck, threads=1
    )


def reached(network, p, people):
    """Return the people that a choice reaches in each world, seed set included."""
    return cascade.independent(network, p, people, worlds=WORLDS, master_seed=77)


@pytest.mark.benchmark(group="choice")
@pytest.mark.parametrize("case", CASES)
def test_beside_imm(benchmark, note, case):
    need("pynetim")
    name, p, rounds = CASES[case]
    graph = graph_of(name)
    network, chosen = graph.network(), []
    theirs = peers.pynetim_choice(graph, p, COUNT)
    certified(network, p, 1000)  # compiled
    pair = Pair(lambda luck: chosen.append(certified(network, p, luck).people), theirs)
    benchmark.pedantic(pair.second, setup=pair.first, rounds=1 if IS_TINY else rounds)
    ours, other = (
        np.mean([reached(network, p, people).mean() for people in lists]) for lists in (chosen, pair.found)
    )
    note("PyNetIM, IMM", case, spread=float(other), our_spread_of_theirs=float(ours / other), **pair.figures)
    assert IS_TINY or ours >= LEAST * other


@pytest.mark.benchmark(group="choice")
@pytest.mark.parametrize(("name", "p"), [("BA", 0.01), ("BA", "weighted"), ("R-MAT", "weighted")])
def test_ours(benchmark, note, name, p):
    """Told for itself: on a million people the other tool takes an hour."""
    network = graph_of(name).network()
    found = certified(network, p, 1000)
    found = benchmark.pedantic(certified, args=(network, p, 1), rounds=3)
    note(
        "sim.influence.certified, 1 thread", f"{name} {'1M / 10M' if name == 'R-MAT' else '100k / 1M'}, p = {p}",
        spread=found.spread, of_the_best_possible=found.ratio, sets=found.n_sets,
    )  # fmt: skip
    assert found.ratio >= 1 - 1 / np.e - EPSILON
