"""`sim.cascade` as a user meets it: what it gives, and what it says to what cannot be."""

from __future__ import annotations

import doctest
import subprocess
import sys
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

import sim
from sim import InputError, Network, cascade
from sim.network import chances
from sim.network.graph import Network as Layers
from sim.network.graph import empty_layer

CHAIN = Network.from_edges([0, 1, 2], [1, 2, 3], n_people=5, directed=True)
PAIRS = Network.from_edges([0, 1, 2, 1, 3], [1, 2, 3, 0, 3], n_people=5, directed=False)


def test_examples_hold():
    assert doctest.testmod(cascade).failed == 0
    assert sim.cascade is cascade
    assert "cascade" in dir(sim)


def test_it_is_light_to_import():
    code = "import sys; from sim import cascade; print([m for m in ('numba', 'pandas', 'networkx') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_sizes_are_whole_numbers_one_per_world():
    sizes = cascade.independent(CHAIN, 0.5, [0], worlds=7)
    assert (sizes.dtype, sizes.shape) == (np.int64, (7,))


@pytest.mark.parametrize("seed_set", [[0, 0], (0,), {0}, np.array([0], np.uint8), 0])
def test_a_seed_set_counts_people(seed_set):
    assert cascade.independent(CHAIN, 0.0, seed_set, worlds=2).tolist() == [1, 1]


def test_worlds_are_replications():
    whole = cascade.independent(PAIRS, 0.5, [0], worlds=40, master_seed=3)
    assert (
        cascade.independent(PAIRS, 0.5, [0], worlds=range(20, 40), master_seed=3).tolist()
        == whole[20:].tolist()
    )
    assert len(set(whole.tolist())) > 1


@pytest.mark.parametrize("model", [
    lambda **how: cascade.independent(PAIRS, 0.5, [0], **how),
    lambda **how: cascade.sir(PAIRS, 0.3, [0], recovery=0.4, **how),
    lambda **how: cascade.linear_threshold(PAIRS, "weighted", [0], **how),
    lambda **how: cascade.threshold(PAIRS, 0.6, [0], **how),
])  # fmt: skip
def test_any_number_of_threads_gives_the_same(model):
    one = model(worlds=37, threads=1).tolist()
    assert all(model(worlds=37, threads=threads).tolist() == one for threads in (2, 3, 64, None))


def test_a_seed_set_for_each_world():
    sets = [[0, 3], [4, 4], [2, 3]]
    assert cascade.independent(CHAIN, 1.0, sets, worlds=3).tolist() == [4, 1, 2]
    assert cascade.threshold(CHAIN, 1.0, sets, worlds=3, threads=2).tolist() == [4, 1, 2]


def test_values_stand_by_the_given_ties():
    """The pair 0-1 is given twice and 3-3 is no tie: 0 reaches 1 surely, 1 reaches 2 never."""
    told = [0.0, 0.0, 1.0, 1.0, 1.0]
    assert cascade.independent(PAIRS, told, [0], worlds=3).tolist() == [2, 2, 2]
    assert cascade.independent(PAIRS, told, [3], worlds=3).tolist() == [2, 2, 2]


def test_parallel_ties_are_several_chances():
    twice = Network.from_edges([0, 0], [1, 1], n_people=2, directed=True)
    told = cascade.independent(twice, [0.5, 0.5], [0], worlds=4000)
    assert told.tolist() == cascade.independent(twice, 0.5, [0], worlds=4000).tolist()
    assert told.mean() == pytest.approx(1.75, abs=4 * 0.433 / 4000**0.5)


def test_weighted_is_the_share_of_what_comes_in():
    """Two of three ties into 2 are from 1: chance and influence 2/3."""
    net = Network.from_edges([0, 1, 1], [2, 2, 2], n_people=3, directed=True)
    weighed = Network.from_edges([0, 1], [2, 2], n_people=3, directed=True, weight=[2, 4])
    for one in (net, weighed):
        for model in (cascade.independent, cascade.linear_threshold):
            sizes = model(one, "weighted", [1], worlds=9000)
            assert sizes.mean() == pytest.approx(1 + 2 / 3, abs=4 * 0.4714 / 9000**0.5)


def test_influences_add_up():
    net = Network.from_edges([0, 1], [2, 2], n_people=3, directed=True)
    sizes = cascade.linear_threshold(net, [0.2, 0.3], [0, 1], worlds=9000)
    assert sizes.mean() == pytest.approx(2.5, abs=4 * 0.5 / 9000**0.5)


def test_fractions_and_counts():
    star = Network.from_edges([0, 1, 2, 3], [4, 4, 4, 4], n_people=5, directed=True)
    assert [int(cascade.threshold(star, phi, [0, 1])[0]) for phi in (0.0, 0.5, 0.51, 1.0)] == [3, 3, 2, 2]
    assert [int(cascade.threshold(star, k, [0, 1], rule="count")[0]) for k in (1, 2, 3)] == [3, 3, 2]
    each = [1, 1, 1, 1, 4]
    assert cascade.threshold(star, each, [0, 1, 2], rule="count").tolist() == [3]


MANY = Layers(3, {name: CHAIN.layers["ties"] for name in ("a", "b")})
MIXED = Layers(3, {"all": empty_layer("all", 3, is_well_mixed=True)})
FAULTS = [
    (lambda: cascade.independent(CHAIN, 1.5, [9]), ["probability: 1.5; want values from 0 to 1",
                                                    "seed_set: 9; want row numbers from 0 to n_people - 1 = 4"]),
    (lambda: cascade.independent(CHAIN, float("nan"), [0]), ["probability: nan"]),
    (lambda: cascade.independent(CHAIN, [0.1, 0.2], [0]), ["probability: 2 values; want 3, one per given tie"]),
    (lambda: cascade.independent(PAIRS, [0.1] * 10, [0]), ["10 values; want 5", "undirected"]),
    (lambda: cascade.independent(CHAIN, "weigthed", [0]), ["did you mean weighted?"]),
    (lambda: cascade.independent(CHAIN, None, [0]), ["probability: object values"]),
    (lambda: cascade.independent(CHAIN, 0.1, []), ["seed_set: nobody; want the row number of at least one person"]),
    (lambda: cascade.independent(CHAIN, 0.1, [0.5]), ["seed_set: float64 values; want whole numbers"]),
    (lambda: cascade.independent(CHAIN, 0.1, [-1, 7]), ["seed_set: -1 and 1 more"]),
    (lambda: cascade.independent(CHAIN, 0.1, ["ana"]), ["want whole numbers: the row of each person"]),
    (lambda: cascade.independent(CHAIN, 0.1, [[0], [1]], worlds=3), ["2 seed sets; want one for each of the 3 worlds"]),
    (lambda: cascade.independent(CHAIN, 0.1, [[0], [1, 2]], worlds=2), ["seed_set: sets of unequal length"]),
    (lambda: cascade.independent(CHAIN, 0.1, [0], worlds=0), ["worlds: 0; want"]),
    (lambda: cascade.independent(CHAIN, 0.1, [0], worlds=2.5), ["worlds: 2.5; want"]),
    (lambda: cascade.independent(CHAIN, 0.1, [0], threads=0), ["threads: 0; want 1 or more"]),
    (lambda: cascade.independent(CHAIN, 0.1, [0], master_seed=-1), ["master_seed: -1"]),
    (lambda: cascade.independent(MANY, 0.1, [0]), ["layer: none named, 2 in the network; want one of a, b"]),
    (lambda: cascade.independent(CHAIN, 0.1, [0], layer="tie"), ["did you mean ties?"]),
    (lambda: cascade.independent(MIXED, 0.1, [0]), ["layer: all is well mixed; want a layer with ties"]),
    (lambda: cascade.sir(CHAIN, 0.1, [0], recovery=0.0), ["recovery: 0.0; want a chance per day"]),
    (lambda: cascade.linear_threshold(CHAIN, 2.0, [0]), ["influence: 2; want"]),
    (lambda: cascade.linear_threshold(PAIRS, 0.7, [0]), ["into one person; want influences that add up to 1"]),
    (lambda: cascade.threshold(CHAIN, 1.5, [0]), ["need: 1.5; want fractions from 0 to 1"]),
    (lambda: cascade.threshold(CHAIN, 1.5, [0], rule="count"), ["need: 1.5; want whole numbers from 1 on"]),
    (lambda: cascade.threshold(CHAIN, 0, [0], rule="count"), ["need: 0; want whole numbers from 1 on"]),
    (lambda: cascade.threshold(CHAIN, [0.5] * 4, [0]), ["need: 4 values; want one, or one for each of the 5"]),
    (lambda: cascade.threshold(CHAIN, 0.5, [0], rule="counts"), ["rule: 'counts'", "did you mean count?"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "told"), FAULTS, ids=lambda part: part[0][:40] if isinstance(part, list) else ""
)
def test_faults_say_where_what_and_what_is_wanted(ask, told):
    with pytest.raises(InputError) as caught:
        ask()
    for part in told:
        assert part in str(caught.value)


def test_what_is_kept_between_calls_is_of_the_very_layer_chance_and_people():
    """Ask in turn for two chances, two layers and two publics: each as if it had been asked for alone."""

    def network_of(pairs):
        return Network.from_edges(*pairs, n_people=60, directed=False)

    rng = np.random.default_rng(3)
    edges = [rng.integers(0, 60, (2, 150)) for _ in range(2)]
    uids = [np.arange(60, dtype=np.uint64), np.arange(60, dtype=np.uint64)[::-1].copy()]
    networks = [network_of(pairs) for pairs in edges]
    cases = [(n, p, u) for n in (0, 1) for p in (0.1, "weighted", 0.2) for u in (0, 1)]

    def sizes(network, p, uid):
        person = SimpleNamespace(n_people=60, uid=uid)
        return cascade.independent(network, p, [0, 7], worlds=50, population=person).tolist()

    alone = [sizes(network_of(edges[n]), p, uids[u]) for n, p, u in cases]
    assert len({tuple(one) for one in alone}) == len(cases)
    for _ in range(2):
        assert [sizes(networks[n], p, uids[u]) for n, p, u in cases] == alone


def test_nothing_is_kept_of_a_network_that_is_gone():
    network = Network.from_edges([0, 1], [1, 2], n_people=3, directed=True)
    cascade.independent(network, 0.5, [0], worlds=2)
    layer = weakref.ref(next(iter(network.layers.values())))
    assert [kept.layer() for kept in chances._kept] == [layer()]
    del network
    assert layer() is None
    assert chances._kept == []
