"""Other tools at the same spreading: the spreads must agree before the times are compared."""

from __future__ import annotations

import importlib.util
from functools import lru_cache, partial

import numpy as np
import pytest

from benchmarks import cascade, peers
from benchmarks.workload import DAYS, IS_TINY, SIZES, Pair, lived, study

PEOPLE = 500 if IS_TINY else 100_000
PROBABILITIES = (0.1,) if IS_TINY else (0.01, 0.1)
WORLDS = 200
STANDARD_ERRORS = 4.0
ROUNDS = (
    dict.fromkeys(peers.PEERS, 20)
    if IS_TINY
    else {"CyNetDiff": 60, "PyNetIM": 60, "NDlib": 10, "EoN": 15, "plain Mesa": 10}
)
RECOVERY = 0.25
EACH_P = pytest.mark.parametrize("p", PROBABILITIES)


def need(module):
    """Skip, and say why, where the other tool is not installed or does not import."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed: pip install -e '.[peers]'")
    try:
        importlib.import_module(module)
    except ImportError as error:
        pytest.skip(f"{module} does not import: {error}")


@lru_cache(maxsize=4)
def our_spreads(p, stay=0.0, worlds=WORLDS):
    ready = cascade.made_ready(PEOPLE, p, stay)
    return np.array([cascade.cascade(ready, k) for k in range(worlds)], float)


def apart(ours, theirs):
    """Return the difference of the means in standard errors; the spread is taken from our many runs."""
    error = ours.std(ddof=1) * np.sqrt(1 / len(ours) + 1 / len(theirs))
    return (np.mean(theirs) - ours.mean()) / error


def test_agreement_can_fail():
    """A peer at 1.1 times the probability is caught with as few runs as the slowest one makes."""
    ours = our_spreads(0.1)
    other = cascade.made_ready(PEOPLE, 0.13 if IS_TINY else 0.11)
    theirs = [cascade.cascade(other, k) for k in range(1000, 1000 + (60 if IS_TINY else 5))]
    assert apart(ours, theirs) > STANDARD_ERRORS


@pytest.mark.benchmark(group="cascade")
@EACH_P
def test_ours(benchmark, note, p):
    """Open a world and live it; opening draws everyone's luck, though a cascade needs little of it."""
    ready = cascade.made_ready(PEOPLE, p)
    spreads = []
    benchmark.pedantic(
        lambda: spreads.append(cascade.cascade(ready, len(spreads))), rounds=50, warmup_rounds=1
    )
    note("Pregón, world opened and lived", f"p = {p}", spread=float(our_spreads(p).mean()))
    assert spreads == our_spreads(p)[: len(spreads)].tolist()


@pytest.mark.benchmark(group="cascade")
@EACH_P
def test_ours_opened_before(benchmark, note, p):
    ready = cascade.made_ready(PEOPLE, p)
    worlds = iter(range(10**6))
    benchmark.pedantic(
        cascade.spread, setup=lambda: ((cascade.opened(ready, next(worlds)),), {}), rounds=30, warmup_rounds=1
    )
    note("Pregón, days alone", f"p = {p}")


@pytest.mark.benchmark(group="cascade")
@EACH_P
@pytest.mark.parametrize("peer", peers.PEERS)
def test_peer(benchmark, note, peer, p):
    module, make = peers.PEERS[peer]
    need(module)
    run, ready = make(cascade.barabasi_albert(PEOPLE), p), cascade.made_ready(PEOPLE, p)
    run(0)
    pair = Pair(partial(cascade.cascade, ready), run)
    benchmark.pedantic(pair.second, setup=pair.first, rounds=ROUNDS[peer])
    difference = float(apart(our_spreads(p), pair.found))
    spread = float(np.mean(pair.found))
    note(peer, f"p = {p}", spread=spread, standard_errors_apart=difference, **pair.figures)
    assert abs(difference) < STANDARD_ERRORS


@pytest.mark.benchmark(group="month")
def test_our_month(benchmark, note):
    """Live thirty days of the cascade, as a plan's horizon asks, whether anything happens or not."""
    ready = cascade.made_ready(PEOPLE, 0.1)
    spreads = []
    benchmark.pedantic(lambda: spreads.append(cascade.month(ready, len(spreads))), rounds=20, warmup_rounds=1)
    note("Pregón, world opened and lived", work={"person-days": PEOPLE * cascade.MONTH})
    assert spreads == our_spreads(0.1)[: len(spreads)].tolist()


@pytest.mark.benchmark(group="month")
def test_mesa_month(benchmark, note):
    from benchmarks.plain_mesa import Rumour

    model = Rumour(cascade.barabasi_albert(PEOPLE), 0.1)
    pair = Pair(partial(cascade.month, cascade.made_ready(PEOPLE, 0.1)), model.month)
    benchmark.pedantic(pair.second, setup=pair.first, rounds=7)
    difference = float(apart(our_spreads(0.1), pair.found))
    work = {"person-days": PEOPLE * cascade.MONTH}
    spread = float(np.mean(pair.found))
    note("plain Mesa", work=work, spread=spread, standard_errors_apart=difference, **pair.figures)
    assert abs(difference) < STANDARD_ERRORS


@pytest.mark.benchmark(group="SIR")
def test_our_sir(benchmark, note):
    ready = cascade.made_ready(PEOPLE, 0.02, 1 - RECOVERY)
    spreads = []
    benchmark.pedantic(
        lambda: spreads.append(cascade.cascade(ready, len(spreads))), rounds=20, warmup_rounds=1
    )
    note("Pregón, world opened and lived", "p = 0.02", spread=float(np.mean(spreads)))
    assert spreads == our_spreads(0.02, 1 - RECOVERY, 60)[: len(spreads)].tolist()


@pytest.mark.benchmark(group="SIR")
def test_peer_sir(benchmark, note):
    need("ndlib")
    run = peers.ndlib_sir(cascade.barabasi_albert(PEOPLE), 0.02, RECOVERY)
    pair = Pair(partial(cascade.cascade, cascade.made_ready(PEOPLE, 0.02, 1 - RECOVERY)), run)
    benchmark.pedantic(pair.second, setup=pair.first, rounds=5)
    difference = float(apart(our_spreads(0.02, 1 - RECOVERY, 60), pair.found))
    spread = float(np.mean(pair.found))
    note("NDlib", "p = 0.02", spread=spread, standard_errors_apart=difference, **pair.figures)
    assert abs(difference) < STANDARD_ERRORS


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
