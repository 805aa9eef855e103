"""64 plans in one pass over kept worlds, against 64 passes over the same worlds, and against drawing each anew."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.graphs import barabasi_albert
from benchmarks.workload import IS_TINY, Pair
from sim import cascade

PEOPLE = 500 if IS_TINY else 100_000
PLANS, SEEDS, AMONG = 64, 50, 100 if IS_TINY else 500
CHANCES = {0.1: 3, "weighted": 3} if IS_TINY else {0.01: 200, 0.1: 30, "weighted": 30}  # and how many worlds
EACH_CHANCE = pytest.mark.parametrize("p", CHANCES, ids=str)


def plans():
    """Return 64 plans of 50 people each, out of the 500 with most ties: what a choice of partners looks through."""
    graph = barabasi_albert(PEOPLE)
    degree = np.bincount(graph.pairs.ravel(), minlength=graph.n_people)
    among, rng = np.argsort(-degree, kind="stable")[:AMONG], np.random.default_rng(1)
    return [rng.choice(among, SEEDS, replace=False) for _ in range(PLANS)]


def made(p):
    network = barabasi_albert(PEOPLE).network()
    return network, cascade.WorldBank(network, p, worlds=CHANCES[p], master_seed=1, threads=1)


@pytest.mark.benchmark(group="bank")
@EACH_CHANCE
def test_one_pass(benchmark, note, p):
    """Note the ratio to 64 passes of one plan over the same worlds, in turn with it, and demand the same sizes."""
    _, bank = made(p)
    some, found = plans(), []
    bank.spread(some[:2])
    pair = Pair(
        lambda luck: found.append(bank.spread(some)), lambda luck: [bank.spread([plan])[0] for plan in some]
    )
    benchmark.pedantic(pair.second, setup=pair.first, rounds=5)
    note(
        f"{PLANS} passes of one plan", f"p = {p}", work={"plan-worlds": PLANS * CHANCES[p]}, **pair.figures,
        bytes_kept=bank.n_bytes, one_pass_plan_worlds_per_second=PLANS * CHANCES[p] / pair.figures["our_seconds"],
    )  # fmt: skip
    assert np.array_equal(found[-1], np.array(pair.found[-1]))


@pytest.mark.benchmark(group="bank")
@EACH_CHANCE
def test_drawn_anew(benchmark, note, p):
    network, bank = made(p)
    some, found = plans(), []
    how = {"worlds": CHANCES[p], "master_seed": 1, "threads": 1}
    cascade.independent(network, p, some[0], **how)
    bank.spread(some[:2])
    pair = Pair(
        lambda luck: found.append(bank.spread(some)),
        lambda luck: [cascade.independent(network, p, plan, **how) for plan in some],
    )
    benchmark.pedantic(pair.second, setup=pair.first, rounds=3)
    note("sim.cascade, plan by plan", f"p = {p}", work={"plan-worlds": PLANS * CHANCES[p]}, **pair.figures)
    assert np.array_equal(found[-1], np.array(pair.found[-1]))


@pytest.mark.benchmark(group="bank")
@EACH_CHANCE
def test_drawing(benchmark, note, p):
    network, bank = made(p)
    how = {"worlds": CHANCES[p], "master_seed": 1, "threads": 1}
    drawn = benchmark.pedantic(cascade.WorldBank, args=(network, p), kwargs=how, rounds=3)
    assert drawn.n_bytes == bank.n_bytes <= cascade.WorldBank.bytes_needed(network, p, worlds=CHANCES[p])
    note("worlds drawn and kept", f"p = {p}", work={"worlds": CHANCES[p]})
