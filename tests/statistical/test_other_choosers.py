"""Fifty people chosen by PyNetIM's IMM and with a certificate: ours reach as many within 1 %, on the same worlds.

Skipped, with the reason, where PyNetIM is not installed (extra `peers`).
"""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from benchmarks import peers
from benchmarks.graphs import barabasi_albert, co_authors
from sim import cascade, influence
from tests.data import DATA, need_data

pytestmark = [
    pytest.mark.verify,
    pytest.mark.statistical,
    pytest.mark.filterwarnings("ignore"),  # those of the other tool
]
COUNT, WORLDS, SEEDS = 50, 20_000, 5


def need_pynetim():
    try:
        importlib.import_module("pynetim.algorithms.ris.imm_algorithm")
    except ImportError as error:
        pytest.skip(f"pynetim cannot be imported ({error}): pip install -e '.[peers]'")


def graph_of(name):
    if name == "BA":
        return barabasi_albert(100_000)
    need_data()
    return co_authors(DATA / "networks" / "hep.txt.gz")


@pytest.mark.parametrize(
    ("name", "p", "runs"), [("NetHEPT", 0.01, 2), ("NetHEPT", "weighted", 3), ("BA", 0.01, 1)]
)
def test_spread_is_that_of_imm_within_a_hundredth(name, p, runs):
    """For each of five master seeds; both judged by 20,000 worlds of ours, the same for both lists.

    The paired difference has a standard error of .0005 of the spread at most: were ours 1.2 % below, it passed once in
    30,000 times. A list chosen on the first 4,096 sets alone is caught.
    """
    need_pynetim()
    graph = graph_of(name)
    network, choose = graph.network(), peers.pynetim_choice(graph, p, COUNT)

    def spread(people):
        return cascade.independent(network, p, people, worlds=WORLDS, master_seed=77).mean()

    def ours(luck, **ask):
        return spread(
            influence.certified(network, p, count=COUNT, epsilon=0.1, master_seed=luck, **ask).people
        )

    best = np.max([spread(choose(luck)) for luck in range(runs)])
    assert min(ours(luck) for luck in range(SEEDS)) >= 0.99 * best
    assert ours(0, most_sets=4096) < 0.99 * best
