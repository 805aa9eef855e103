"""The limits that all other times are read against."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import machine
from benchmarks.workload import IS_TINY

PLACES = 1 << (12 if IS_TINY else 26)  # of 8 bytes: far beyond any cache
STEPS = 1_000 if IS_TINY else 5_000_000


@pytest.mark.benchmark(group="machine")
def test_dependent_access(benchmark, note):
    following = machine.one_cycle(PLACES)
    machine.chase(following, 10)
    steps = STEPS // 10
    benchmark.pedantic(machine.chase, args=(following, steps), rounds=5, warmup_rounds=1)
    note("random access, each waits for the last", work={"accesses": steps})


@pytest.mark.benchmark(group="machine")
def test_independent_access(benchmark, note):
    values = np.arange(PLACES, dtype=np.int64)
    machine.gather(values, 10)
    benchmark.pedantic(machine.gather, args=(values, STEPS), rounds=5, warmup_rounds=1)
    note("random access, none waits", work={"accesses": STEPS})


@pytest.mark.benchmark(group="machine")
def test_streaming(benchmark, note):
    values = np.arange(PLACES, dtype=np.int64)
    machine.stream(values[:10])
    benchmark.pedantic(machine.stream, args=(values,), rounds=7, warmup_rounds=1)
    note("streaming", work={"bytes": float(values.nbytes)})


def test_the_limits_are_of_the_whole_array():
    """The chase visits every place once, and the gather comes everywhere."""
    following = machine.one_cycle(64)
    at, seen = 0, set()
    for _ in range(64):
        at = int(following[at])
        seen.add(at)
    assert seen == set(range(64))
    assert machine.chase(following, 64) == 0
    assert machine.gather(np.ones(64, np.int64), 1000) == 1000
