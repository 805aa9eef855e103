"""Other tools at the same spreading: the spreads must agree before the times are compared."""

from __future__ import annotations

import importlib.util
from functools import lru_cache, partial

import numpy as np
import pytest

from benchmarks import cascade, peers
from benchmarks.graphs import Graph, barabasi_albert, rmat
from benchmarks.workload import DAYS, IS_TINY, SIZES, Pair, lived, study
from sim import cascade as textbook

PEOPLE = 500 if IS_TINY else 100_000
SCALE = 8 if IS_TINY else 20
WORLDS = 200
STANDARD_ERRORS = 4.0
RECOVERY = 0.25
SEVERAL = {"CyNetDiff": 60, "PyNetIM": 60, "NDlib": 10, "EoN": 15, "plain Mesa": 10}
LARGE = {0.01: 100, 0.1: 20, "weighted": 50}  # worlds in one call on the large graph
CHANCES = (0.1, "weighted") if IS_TINY else (0.01, 0.1, "weighted")
EACH_P = pytest.mark.parametrize("p", CHANCES[:-1])
EACH_CHANCE = pytest.mark.parametrize("p", CHANCES, ids=str)


def rounds_of(peer):
    return 20 if IS_TINY else SEVERAL[peer]


def need(module):
    """Skip, and say why, where the other tool is not installed or does not import."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed: pip install -e '.[peers]'")
    try:
        importlib.import_module(module)
    except ImportError as error:
        pytest.skip(f"{module} does not import: {error}")


@lru_cache(maxsize=4)
def layer_of(graph_name):
    """Return a graph and our network of it."""
    graph: Graph = rmat(SCALE) if graph_name == "R-MAT" else barabasi_albert(PEOPLE)
    return graph, graph.network()


def model_of(kind, graph_name, p):
    """Return a function of the worlds asked for: our spreads in them on one thread."""
    graph, network = layer_of(graph_name)
    asked = {"seed_set": graph.seed_set, "master_seed": 1, "threads": 1}
    if kind == "threshold":
        return lambda worlds: textbook.linear_threshold(network, p, worlds=worlds, **asked)
    recovery = RECOVERY if kind == "SIR" else 1.0
    return lambda worlds: textbook.sir(network, p, recovery=recovery, worlds=worlds, **asked)


@lru_cache(maxsize=16)
def our_spreads(kind, graph_name, p):
    return model_of(kind, graph_name, p)(WORLDS).astype(float)


def apart(ours, theirs):
    """Return the difference of the means in standard errors; the spread is taken from our many runs."""
    error = ours.std(ddof=1) * np.sqrt(1 / len(ours) + 1 / len(theirs))
    return (np.mean(theirs) - ours.mean()) / error


def hold(benchmark, note, peer, size, pair, ours):
    """Note both times and their ratio, and demand that both spread alike."""
    difference = float(apart(ours, pair.found))
    spread = float(np.mean(pair.found))
    note(peer, size, spread=spread, standard_errors_apart=difference, **pair.figures)
    assert abs(difference) < STANDARD_ERRORS


def against(benchmark, note, kind, graph_name, p, peer, make, rounds, our_runs):
    """Run `our_runs` worlds of ours in one call, then one run of theirs, again and again."""
    ours = model_of(kind, graph_name, p)
    theirs = make(layer_of(graph_name)[0])
    expected = our_spreads(kind, graph_name, p)
    theirs(0)
    pair = Pair(lambda k: ours(range(k * our_runs, (k + 1) * our_runs)), theirs, our_runs)
    benchmark.pedantic(pair.second, setup=pair.first, rounds=rounds)
    hold(benchmark, note, peer, f"p = {p}", pair, expected)


def many(p):
    """Return how many worlds of ours one call makes: what it sets up is told with them."""
    return 20 if IS_TINY else (1000 if p == 0.01 else 100)


def test_agreement_can_fail():
    """A peer at 1.1 times the probability is caught with as few runs as the slowest one makes."""
    ours = our_spreads("cascade", "BA", 0.1)
    other = model_of("cascade", "BA", 0.13 if IS_TINY else 0.11)
    assert apart(ours, other(range(1000, 1000 + (60 if IS_TINY else 5)))) > STANDARD_ERRORS


@pytest.mark.benchmark(group="cascade")
@EACH_CHANCE
def test_ours(benchmark, note, p):
    ours = model_of("cascade", "BA", p)
    benchmark.pedantic(ours, args=(many(p),), rounds=9, warmup_rounds=1)
    spread = float(our_spreads("cascade", "BA", p).mean())
    note("sim.cascade, 1 thread", f"p = {p}", work={"runs": many(p)}, spread=spread)


@pytest.mark.benchmark(group="cascade")
@EACH_P
def test_the_whole_day(benchmark, note, p):
    """Open a world and live it; opening draws everyone's luck, though a cascade needs little of it."""
    ready = cascade.made_ready(PEOPLE, p)
    spreads = []
    benchmark.pedantic(
        lambda: spreads.append(cascade.cascade(ready, len(spreads))), rounds=50, warmup_rounds=1
    )
    note("the whole day, world opened and lived", f"p = {p}", spread=float(np.mean(spreads)))
    assert abs(apart(our_spreads("cascade", "BA", p), spreads)) < STANDARD_ERRORS


@pytest.mark.benchmark(group="cascade")
@EACH_P
def test_days_alone(benchmark, note, p):
    ready = cascade.made_ready(PEOPLE, p)
    worlds = iter(range(10**6))
    benchmark.pedantic(
        cascade.spread, setup=lambda: ((cascade.opened(ready, next(worlds)),), {}), rounds=30, warmup_rounds=1
    )
    note("the whole day, days alone", f"p = {p}")


@pytest.mark.benchmark(group="cascade")
@EACH_CHANCE
@pytest.mark.parametrize("peer", peers.CASCADES)
def test_peer(benchmark, note, peer, p):
    module, make = peers.CASCADES[peer]
    need(module)
    if p == "weighted" and peer in peers.ONE_CHANCE_FOR_ALL:
        pytest.skip(f"{peer} is given one chance for all ties")
    against(benchmark, note, "cascade", "BA", p, peer, lambda graph: make(graph, p), rounds_of(peer), many(p))


@pytest.mark.benchmark(group="large cascade")
@EACH_CHANCE
def test_peer_on_a_large_graph(benchmark, note, p):
    need("cynetdiff")
    rounds = 20 if IS_TINY or p == 0.01 else 7
    against(
        benchmark,
        note,
        "cascade",
        "R-MAT",
        p,
        "CyNetDiff",
        lambda graph: peers.cynetdiff(graph, p),
        rounds,
        10,
    )


@pytest.mark.benchmark(group="linear threshold")
@pytest.mark.parametrize("peer", peers.THRESHOLDS)
def test_peer_threshold(benchmark, note, peer):
    module, make = peers.THRESHOLDS[peer]
    need(module)
    rounds = 20 if IS_TINY else 15
    against(
        benchmark,
        note,
        "threshold",
        "BA",
        "weighted",
        peer,
        lambda graph: make(graph, "weighted"),
        rounds,
        many(0.1),
    )


@pytest.mark.benchmark(group="month")
def test_our_month(benchmark, note):
    """Live thirty days of the cascade, as a plan's horizon asks, whether anything happens or not."""
    ready = cascade.made_ready(PEOPLE, 0.1)
    spreads = []
    benchmark.pedantic(lambda: spreads.append(cascade.month(ready, len(spreads))), rounds=20, warmup_rounds=1)
    note("the whole day, world opened and lived", work={"person-days": PEOPLE * cascade.MONTH})
    assert abs(apart(our_spreads("cascade", "BA", 0.1), spreads)) < STANDARD_ERRORS


@pytest.mark.benchmark(group="month")
def test_mesa_month(benchmark, note):
    from benchmarks.plain_mesa import Rumour

    model = Rumour(barabasi_albert(PEOPLE), 0.1)
    pair = Pair(partial(cascade.month, cascade.made_ready(PEOPLE, 0.1)), model.month)
    benchmark.pedantic(pair.second, setup=pair.first, rounds=7)
    hold(benchmark, note, "plain Mesa", "p = 0.1", pair, our_spreads("cascade", "BA", 0.1))


@pytest.mark.benchmark(group="SIR")
def test_our_sir(benchmark, note):
    ours = model_of("SIR", "BA", 0.02)
    benchmark.pedantic(ours, args=(many(0.1),), rounds=9, warmup_rounds=1)
    spread = float(our_spreads("SIR", "BA", 0.02).mean())
    note("sim.cascade, 1 thread", "p = 0.02", work={"runs": many(0.1)}, spread=spread)


@pytest.mark.benchmark(group="SIR")
def test_peer_sir(benchmark, note):
    need("ndlib")
    against(
        benchmark, note, "SIR", "BA", 0.02, "NDlib",
        lambda graph: peers.ndlib_sir(graph, 0.02, RECOVERY), 5, many(0.1),
    )  # fmt: skip


@pytest.mark.benchmark(group="yardstick")
def test_starsim(benchmark, note):
    """Time Starsim's SIR at the size of the reference workload: another task, so no agreement is asked."""
    need("starsim")
    people = SIZES["large"]
    run = peers.starsim(people, DAYS)
    pair = Pair(partial(lived, study(people)), lambda luck: run())
    pair.first()  # compiled before it is timed
    pair = Pair(partial(lived, study(people)), lambda luck: run())
    benchmark.pedantic(pair.second, setup=pair.first, rounds=3)
    note(
        "Starsim, SIR with ten random contacts", "large",
        work={"person-days": people * DAYS}, **pair.figures,
    )  # fmt: skip
    assert 0 < pair.found[-1] <= people
