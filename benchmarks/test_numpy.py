"""The same day in plain numpy: the same law first, then the time."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from benchmarks.plain_numpy import PlainWorld
from benchmarks.workload import IS_TINY, SIZES, Pair, contacts_of, lived, study
from sim.kernels.state import ADOPTER, AWARE, PAID, PEER, UNITS

WORLDS = 24
METRICS = (
    "contacts",
    "attended",
    "earned",
    "reach",
    "reach 3+",
    "sharers",
    "aware",
    "attitude",
    "trust",
    "adopters",
)


def ours(ready, replication):
    tally = lived(ready, replication).tally
    reach = tally.reach[-1].sum(axis=0)
    return [
        tally.contacts[PAID].sum(), tally.attended[PAID].sum(), tally.contacts[PEER].sum(), reach[0], reach[2],
        tally.shares.sum(), tally.stages[AWARE:].sum(), tally.attitude.sum() / UNITS, tally.trust.sum() / UNITS,
        tally.stages[ADOPTER].sum(),
    ]  # fmt: skip


def plain(ready, luck):
    world = PlainWorld(ready.public, ready.campaign, ready.scenario.days, luck)
    world.run()
    return world


def theirs(ready, luck):
    world = plain(ready, luck)
    reach = world.reach[-1].sum(axis=0)
    return [
        world.n_contacts[PAID], world.n_attended[PAID], world.n_contacts[PEER], reach[0], reach[2],
        world.has_shared.sum(), (world.stage >= AWARE).sum(), world.attitude.sum(), world.trust.sum(),
        (world.stage == ADOPTER).sum(),
    ]  # fmt: skip


def standard_errors(a, b):
    """Return the difference of the means of each column in its standard errors."""
    spread = a.var(axis=0, ddof=1) / len(a) + b.var(axis=0, ddof=1) / len(b)
    return (a.mean(axis=0) - b.mean(axis=0)) / np.sqrt(np.maximum(spread, 1e-12))


def test_numpy_has_the_same_law():
    """Hold ten means of 24 worlds each to 4 standard errors: false alarms one run in a thousand."""
    ready = study(SIZES["small"])
    a = np.array([ours(ready, k) for k in range(WORLDS)], float)
    b = np.array([theirs(ready, k) for k in range(WORLDS)], float)
    apart = standard_errors(a, b)
    assert dict(zip(METRICS, np.abs(apart) < 4, strict=True)) == dict.fromkeys(METRICS, True), apart


def test_another_law_is_noticed(monkeypatch):
    """Let one contact in a hundred be lost on its way: the means give it away."""
    ready = study(SIZES["small"])
    a = np.array([ours(ready, k) for k in range(WORLDS)], float)
    attended, kept = PlainWorld.attended, 0.9 if IS_TINY else 0.99

    def some_lost(self, contacts):
        return attended(self, contacts.at(self.rng.random(len(contacts.person)) < kept))

    monkeypatch.setattr(PlainWorld, "attended", some_lost)
    b = np.array([theirs(ready, k) for k in range(WORLDS)], float)
    assert np.abs(standard_errors(a, b)).max() > 4


@pytest.mark.benchmark(group="plain numpy")
@pytest.mark.parametrize("size", SIZES)
def test_reference_world(benchmark, note, size):
    ready = study(SIZES[size])
    pair = Pair(partial(lived, ready), partial(plain, ready))
    lived(ready)
    benchmark.pedantic(pair.second, setup=pair.first, rounds={"small": 15, "large": 5}[size])
    met = int(pair.found[-1].n_contacts.sum())
    note("plain numpy", size, work={"contacts": met}, **pair.figures)
    assert abs(met - contacts_of(lived(ready))) < 6 * np.sqrt(2 * met)
