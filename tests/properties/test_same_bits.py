"""The same bits whoever runs the worlds: threads, processes, other plans beside, step by step."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import public
from sim.experiment import runner
from sim.experiment.runner import run, run_world
from sim.model import AudienceModel
from sim.scenario.identity import resolved
from tests.plans import build, lived, made_ready, television
from tests.random_plans import flights, scenarios

pytestmark = pytest.mark.property
FEW = settings(derandomize=True, deadline=None, max_examples=25)
FRAMES = ("summary", "worlds", "daily")


def check_same(a, b):
    """Hold whole results to be equal, frame by frame, to the bit."""
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(a, name), getattr(b, name), check_exact=True)


def check_same_tally(a, b):
    for field, left, right in zip(a._fields, a, b, strict=True):
        np.testing.assert_array_equal(left, right, err_msg=field)


@FEW
@given(scenarios(influence=True, ordered=True, reacts=True))
def test_one_thread_and_two_give_the_same(plan):
    scenario = build(plan)
    check_same(run(scenario, replications=5, threads=1), run(scenario, replications=5, threads=2))


@settings(FEW, max_examples=10)
@given(scenarios(ordered=True, reacts=True))
def test_a_world_is_the_same_among_few_and_many(plan):
    few, many = (run(build(plan), replications=n, threads=2).worlds for n in (2, 6))
    shared = many[many.replication < 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, shared, check_exact=True)


@FEW
@given(scenarios(ordered=True, reacts=True), st.data())
def test_a_world_is_the_same_alone_or_beside_another_plan(plan, data):
    """Live worlds of two plans by turns on one public, then one plan with nothing kept from before."""
    new = data.draw(flights(plan["days"], tuple(plan["messages"]), tuple(plan["audience"]["segments"])))
    other = {**plan, "plan": {"flights": {"f0": new}}}
    first, second = made_ready(plan), made_ready(other)
    assert first.public.population is second.public.population
    beside = [(run_world(first, r), run_world(second, r))[0] for r in range(2)]
    public._drawn.clear()
    alone = made_ready(plan)
    for replication in (1, 0):
        outcome = run_world(alone, replication)
        np.testing.assert_array_equal(outcome.daily, beside[replication].daily)
        np.testing.assert_array_equal(outcome.last, beside[replication].last)


@FEW
@given(scenarios(ordered=True, reacts=True))
def test_the_mesa_model_steps_through_the_world_of_the_runner(plan):
    scenario = build(plan)
    for replication in range(2):
        model = AudienceModel(scenario, replication)
        while model.running:
            model.step()
        world = lived(runner.prepare(scenario), replication)
        check_same_tally(model.world.tally, world.tally)
        check_same_tally(model.world.log, world.log)
        np.testing.assert_array_equal(model.world.people.record, world.people.record)


CHILD = """
import json, sys
from tests.properties.test_same_bits import digests
print(json.dumps(digests(json.load(sys.stdin))))
"""


def digests(plans):
    """Return a hash of all frames of each plan."""
    out = []
    for plan in plans:
        result = run(build(plan), replications=3, threads=2)
        rows = b"".join(pd.util.hash_pandas_object(getattr(result, f)).to_numpy().tobytes() for f in FRAMES)
        out.append(hashlib.sha256(rows).hexdigest())
    return out


def test_another_process_gives_the_same():
    plans = []

    @settings(FEW, max_examples=12)
    @given(scenarios(ordered=True, reacts=True))
    def collect(plan):
        plans.append(plan)

    collect()
    child = subprocess.run(
        [sys.executable, "-c", CHILD], input=json.dumps(plans), capture_output=True, text=True, check=True
    )
    assert json.loads(child.stdout) == digests(plans)
    assert len(set(digests(plans))) > len(plans) // 2  # the hash tells plans apart


@FEW
@given(scenarios(ordered=True, reacts=True))
def test_a_default_written_out_changes_nothing(plan):
    """Write every optional key with its default value; nothing that comes out may differ."""
    scenario = build(plan)
    whole = build(resolved(scenario))
    check_same(run(scenario, replications=2, threads=1), run(whole, replications=2, threads=1))


def _plain(seed):
    return television(80, agents=200, days=4, master_seed=seed)


def test_another_master_seed_is_noticed():
    """Show that the comparison can fail: the same plan on other luck is not the same."""
    with pytest.raises(AssertionError):
        check_same(*(run(build(_plain(seed)), threads=1) for seed in (1, 2)))


def test_luck_that_depends_on_order_is_noticed(monkeypatch):
    """Give each world the next number instead of its own key: threads must then differ."""
    counter = iter(range(10**6))
    exact = runner.world_key
    monkeypatch.setattr(runner, "world_key", lambda seed, replication: exact(seed, next(counter)))
    with pytest.raises(AssertionError):
        check_same(run(build(_plain(1)), threads=1), run(build(_plain(1)), threads=2))
