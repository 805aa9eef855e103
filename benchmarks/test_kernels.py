"""Kernels on the state of the fifteenth day, and that whole day; compiled before they are timed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from benchmarks.workload import DAYS, ROUNDS, SIZES, fork, open_world, study
from sim.kernels import luck, sharing, social
from sim.kernels.state import CONTACT, PEER
from sim.world import DAY

STEPS = dict(DAY)
TIMED = ("forget", "deliver paid", "receive", "share", "adopt")
BUSY_DAY = DAYS // 2
EACH_SIZE = pytest.mark.parametrize("size", SIZES)


@lru_cache(maxsize=1)
def evening_before(people):
    """Return a world that has lived the day before the timed one; its kernels are compiled."""
    world = open_world(study(people))
    while world.day < BUSY_DAY - 1:
        world.step()
    fork(world).step()
    return world


def up_to(world, step):
    """Live the day's steps before `step`; return what that step has before it."""
    world.day += 1
    world.n_contacts = 0
    for name, act in DAY:
        if name == step:
            break
        act(world)
    return world.people.n_aware[0] if step in ("forget", "adopt") else world.n_contacts


@pytest.mark.benchmark(group="kernels")
@EACH_SIZE
@pytest.mark.parametrize("step", TIMED)
def test_step(benchmark, note, size, step):
    met = []

    def setup():
        world = fork(evening_before(SIZES[size]))
        met.append(up_to(world, step))
        return (world,), {}

    act = STEPS[step]
    after = benchmark.pedantic(lambda world: (act(world), world)[1], setup=setup, rounds=ROUNDS[size])
    if step == "deliver paid":
        work = {"contacts": after.n_contacts}
    else:
        work = {"aware people" if step in ("forget", "adopt") else "contacts": int(met[-1])}
    note(step, size, work=work)


@pytest.mark.benchmark(group="kernels")
@EACH_SIZE
def test_luck(benchmark, note, size):
    uid = study(SIZES[size]).public.population.uid
    out = np.empty(len(uid))
    benchmark.pedantic(luck.uniform_all, args=(np.uint64(1), uid, 0, out), rounds=9, warmup_rounds=1)
    note("luck", size, work={"draws": len(uid)})
    assert abs(out.mean() - 0.5) < 4 / np.sqrt(12 * len(uid))


@pytest.mark.benchmark(group="kernels")
@EACH_SIZE
def test_posts(benchmark, note, size):
    """Let one user in twenty post at once: the day's own posts are too few to time."""
    ready = study(SIZES[size])
    public, attention = ready.public, ready.campaign.views.attention
    (channel, ties), *_ = public.ties.items()
    authors = np.flatnonzero(public.population.usage[channel] > 0)[::20]
    posts = sharing.empty_posts(len(authors))
    posts["author"], posts["nth"], posts["message"], posts["variant"] = authors, 0, 0, 0
    posts["channel"], posts["kind"] = channel, PEER
    keys = np.arange(2, dtype=np.uint64)
    room = np.empty(max(1024, len(ties.dst) // 10), CONTACT)
    _, seen = benchmark.pedantic(
        social.deliver_posts,
        args=(
            keys,
            keys,
            posts,
            public.population.uid,
            public.population.segment,
            attention[channel],
            ties,
            np.ones(len(attention[channel])),
            room,
            0,
        ),
        rounds=ROUNDS[size],
        warmup_rounds=1,
    )
    note("posts", size, work={"posts": len(posts), "contacts": seen})
    reached = sum(
        ties.visibility * ties.visits[ties.dst[ties.ptr[j] : ties.ptr[j + 1]]].sum() for j in authors
    )
    assert abs(seen - reached) < 5 * np.sqrt(reached) + 1


@pytest.mark.benchmark(group="day")
@EACH_SIZE
def test_one_day(benchmark, note, size):
    people = SIZES[size]

    def setup():
        return (fork(evening_before(people)),), {}

    benchmark.pedantic(lambda world: world.step(), setup=setup, rounds=ROUNDS[size])
    note("one day in the middle", size, work={"person-days": people})
