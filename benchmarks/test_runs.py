"""Whole worlds of the reference workload, and how their cost grows."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from benchmarks.workload import (
    DAYS,
    GRP,
    IS_TINY,
    ROUNDS,
    SIZES,
    contacts_of,
    lived,
    open_world,
    study,
    ties_of,
)

LARGE = SIZES["large"]
MIDDLE = LARGE if IS_TINY else 100_000
PEOPLE = (500, LARGE) if IS_TINY else (10_000, 30_000, 100_000, 300_000, LARGE)
CONTACTS = 1_000 if IS_TINY else 400_000
SOME_DAYS = (5, 10) if IS_TINY else (15, 30, 60, 120, 240)
SOME_WORLDS = (1, 2) if IS_TINY else (1, 2, 4, 8)


@pytest.mark.benchmark(group="reference")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("threads", [1, 2])
def test_worlds(benchmark, note, size, threads):
    """Live as many worlds as threads, each on one of them."""
    ready = study(SIZES[size])
    lived(ready)
    worlds, spent = [], []

    def live_some():
        begun = time.process_time()
        with ThreadPoolExecutor(threads) as pool:
            worlds[:] = pool.map(partial(lived, ready), range(threads))
        spent.append(time.process_time() - begun)

    benchmark.pedantic(live_some, rounds=ROUNDS[size])
    contacts = sum(contacts_of(world) for world in worlds)
    days = threads * SIZES[size] * DAYS
    figures = {"ties": ties_of(ready), "processor_seconds": sorted(spent)[len(spent) // 2]}
    note(
        f"{threads} world{'s' * (threads > 1)}, {threads} thread{'s' * (threads > 1)}", size,
        work={"person-days": days, "contacts": contacts}, **figures,
    )  # fmt: skip


@pytest.mark.benchmark(group="steps")
@pytest.mark.parametrize("size", SIZES)
def test_steps(benchmark, note, size):
    """Tell how long each step of DAY took over a whole world; opening it is a step of its own."""
    ready = study(SIZES[size])
    lived(ready)
    taken: list[dict[str, float]] = []

    def live_one():
        begun = time.perf_counter()
        world = open_world(ready)
        opened = time.perf_counter() - begun
        world.run()
        taken.append({"open": opened, **world.seconds})

    benchmark.pedantic(live_one, rounds=ROUNDS[size])
    middle = len(taken) // 2
    steps = {name: sorted(one[name] for one in taken)[middle] for name in taken[0]}
    note("time in each step", size, **steps)
    assert set(steps) - {"open"} == set(world_steps())


def world_steps():
    from sim.world import DAY

    return [name for name, _ in DAY]


# curve: x, the arguments of `study`, worlds
CURVES = {
    "people, equal GRP": [(n, (n,), 1) for n in PEOPLE],
    "people, equal contacts": [(n, (n, 100.0 * CONTACTS / n), 1) for n in PEOPLE],
    "days, equal GRP a day": [(d, (MIDDLE, GRP * d / DAYS, d), 1) for d in SOME_DAYS],
    "worlds": [(w, (MIDDLE,), w) for w in SOME_WORLDS],
}
# By size first, so that each public is drawn once.
POINTS = sorted(
    (
        pytest.param(name, x, args, worlds, id=f"{name}-{x}")
        for name, points in CURVES.items()
        for x, args, worlds in points
    ),
    key=lambda point: (point.values[2][0], point.id),
)


# Processor time: the slope is to be of the work, not of what else the machine did meanwhile.
@pytest.mark.benchmark(group="scaling", timer=time.process_time)
@pytest.mark.parametrize(("curve", "x", "args", "worlds"), POINTS)
def test_scaling(benchmark, note, curve, x, args, worlds):
    ready = study(*args)
    lived(ready)
    benchmark.pedantic(lambda: [lived(ready, k) for k in range(worlds)], rounds=3 if x == LARGE else 7)
    note(curve, f"{x:,}", x=x)
