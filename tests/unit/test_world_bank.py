"""A bank of worlds as a user meets it: what single runs give, on any number of threads, in memory or in a file."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from sim import InputError, Network, cascade

RNG = np.random.default_rng(8)
PEOPLE, WORLDS = 400, 23
EDGES = RNG.integers(0, PEOPLE, (2, 1600))
NETWORK = Network.from_edges(*EDGES, n_people=PEOPLE, directed=False)
WEIGHTED = Network.from_edges(*EDGES, n_people=PEOPLE, directed=True, weight=RNG.uniform(0.1, 1, 1600))
PLANS = [RNG.choice(PEOPLE, int(n), replace=False) for n in RNG.integers(1, 9, 150)]
CASES = {
    "few ties live": (NETWORK, 0.05),
    "many ties live": (NETWORK, 0.3),
    "each its own": (NETWORK, RNG.uniform(0, 0.4, 1600)),
    "weighted": (WEIGHTED, "weighted"),
    "none": (NETWORK, 0.0),
    "all": (WEIGHTED, 1.0),
}


@pytest.mark.parametrize("case", CASES)
def test_every_plan_has_the_sizes_of_its_own_run(case):
    """Three passes: 64, 64 and 22 plans."""
    network, probability = CASES[case]
    how = {"worlds": range(3, 3 + WORLDS), "master_seed": 5, "message": "rumour"}
    sizes = cascade.WorldBank(network, probability, **how).spread(PLANS)
    assert (sizes.dtype, sizes.shape) == (np.int64, (150, WORLDS))
    single = [cascade.independent(network, probability, plan, **how).tolist() for plan in PLANS]
    assert sizes.tolist() == single


@pytest.mark.parametrize("other", [{"master_seed": 6}, {"message": "another"}, {"worlds": range(4, 27)}])
def test_other_worlds_are_noticed(other):
    how = {"worlds": range(3, 26), "master_seed": 5, "message": "rumour"}
    one, two = (cascade.WorldBank(NETWORK, 0.3, **told).spread(PLANS) for told in (how, {**how, **other}))
    assert one.tolist() != two.tolist()


def test_any_number_of_threads_and_any_order_of_plans_give_the_same():
    banks = [cascade.WorldBank(NETWORK, 0.2, worlds=WORLDS, threads=n) for n in (1, 2, 5, 64)]
    wanted = banks[0].spread(PLANS).tolist()
    assert all(bank.spread(PLANS, threads=n).tolist() == wanted for bank in banks for n in (None, 1, 3, 40))
    assert banks[1].spread(PLANS[::-1]).tolist() == wanted[::-1]
    assert banks[1].spread(PLANS[70:71]).tolist() == wanted[70:71]


@pytest.mark.parametrize("case", CASES)
def test_bytes_are_told_beforehand(case):
    """Six standard deviations: exceeded once in a billion banks."""
    network, probability = CASES[case]
    told = cascade.WorldBank.bytes_needed(network, probability, worlds=WORLDS)
    bank = cascade.WorldBank(network, probability, worlds=WORLDS)
    assert 0.9 * told < bank.n_bytes <= told


def test_above_the_limit_worlds_lie_in_a_file_that_goes_with_the_bank(tmp_path):
    needed = cascade.WorldBank.bytes_needed(NETWORK, 0.2, worlds=WORLDS)
    wanted = cascade.WorldBank(NETWORK, 0.2, worlds=WORLDS, memory_limit=needed)
    assert not wanted.is_on_disk
    bank = cascade.WorldBank(NETWORK, 0.2, worlds=WORLDS, memory_limit=needed - 1, folder=tmp_path, threads=2)
    assert bank.is_on_disk
    assert bank.n_bytes == wanted.n_bytes
    assert bank.spread(PLANS).tolist() == wanted.spread(PLANS).tolist()
    if Path("/proc/self/maps").exists():
        assert str(tmp_path) in Path("/proc/self/maps").read_text()
        del bank
        assert str(tmp_path) not in Path("/proc/self/maps").read_text()
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_told_before_anything_is_drawn(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(100, 90, 10))
    with pytest.raises(InputError, match=r"folder: 10 bytes free in .*; want room for \d+ bytes"):
        cascade.WorldBank(NETWORK, 0.2, worlds=WORLDS, memory_limit=0, folder=tmp_path)


BANK = cascade.WorldBank(NETWORK, 0.1, worlds=2)
FAULTS = [
    (lambda: BANK.spread([]), ["plans: none; want one seed set"]),
    (lambda: BANK.spread([[0], [], [900], [0.5]]), ["plans[1]: nobody", "plans[2]: 900; want row numbers from 0 to n_people - 1 = 399", "plans[3]: float64"]),
    (lambda: BANK.spread([[[0], [1]]]), ["plans[0]: 2 seed sets"]),
    (lambda: BANK.spread([[0]], threads=0), ["threads: 0; want 1 or more"]),
    (lambda: cascade.WorldBank(NETWORK, 1.5, memory_limit=-1, folder="/no/such"), ["probability: 1.5", "memory_limit: -1; want bytes", "folder: /no/such; want a folder that is there"]),
    (lambda: cascade.WorldBank.bytes_needed(NETWORK, 2.0, worlds=0), ["probability: 2", "worlds: 0"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "told"), FAULTS, ids=lambda part: part[0][:30] if isinstance(part, list) else ""
)
def test_faults_say_where_what_and_what_is_wanted(ask, told):
    with pytest.raises(InputError) as caught:
        ask()
    for part in told:
        assert part in str(caught.value)
