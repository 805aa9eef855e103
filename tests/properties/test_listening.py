"""Listening: what it leaves alone, that capacity holds exactly, and what a reply mends."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiment.runner import run
from sim.results.indicators import settled
from sim.scenario.metrics import NEEDS_LISTENING
from tests.plans import Mapping, bare, build, changed, lived, made_ready, open_world
from tests.random_plans import scenarios

pytestmark = pytest.mark.property
FEW = settings(derandomize=True, deadline=None, max_examples=20)
MANY = 1e9


def unhappy(agents: int = 600, days: int = 12, people: float | None = None, **listening: object) -> Mapping:
    """Return a public of adopters of whom most are dissatisfied, and talk; nobody else adopts."""
    plan = bare(agents=agents, days=days, network={"offline": {"generate": "small_world", "ties": 6}})
    plan["audience"]["people"] = people or float(agents)
    plan["audience"]["segments"]["people"] |= {"adopters": 0.5, "attitude": 0.1, "trust": 0.6}
    word = {"satisfaction": -0.3, "satisfaction_sd": 0.3, "talks_per_day": 0.3}
    plan["adoption"] = {"innovation": 0.0, "imitation": 0.0, "word_of_mouth": word}
    plan["plan"] = {"listening": listening} if listening else {}
    return plan


def rows(plan: Mapping, leave_out: tuple[str, ...] = ()) -> dict[str, pd.DataFrame]:
    result = run(build(plan), threads=1)
    frames = {name: getattr(result, name) for name in ("summary", "worlds", "daily")}
    return {name: f[~f.metric.isin(leave_out)].reset_index(drop=True) for name, f in frames.items()}


def check_same(left: Mapping, right: Mapping, leave_out: tuple[str, ...] = ()) -> None:
    a, b = rows(left, leave_out), rows(right, leave_out)
    for name in a:
        pd.testing.assert_frame_equal(a[name], b[name], check_exact=True)


@FEW
@given(scenarios(), st.sampled_from(["none", "one_public", "private"]))
def test_nothing_heard_or_answered_changes_nothing(plan: Mapping, policy: str) -> None:
    """Null is absent; who does not answer, hears nothing or has no capacity changes no one."""
    check_same(plan, changed(plan, {"plan.listening": None}))
    check_same(plan, changed(plan, {"plan.listening": {"reply": "none"}}), NEEDS_LISTENING)
    check_same(plan, changed(plan, {"plan.listening": {"reply": policy, "cover": 0}}), NEEDS_LISTENING)
    check_same(
        plan, changed(plan, {"plan.listening": {"reply": policy, "capacity_per_day": 0}}), NEEDS_LISTENING
    )


def test_what_is_answered_changes_something() -> None:
    for policy in ("one_public", "private"):
        with pytest.raises(AssertionError):
            check_same(unhappy(reply="none"), unhappy(reply=policy))


@pytest.mark.parametrize(("capacity", "each"), [(0.4, 1), (1.0, 1), (2.5, 1), (7.0, 1), (10.0, 3), (4.0, 3)])
@pytest.mark.parametrize("w", [1.0, 2.0])
def test_capacity_holds_on_every_day_and_fractions_are_kept(capacity: float, each: int, w: float) -> None:
    policy = {"reply": "private"} if each == 1 else {"reply": "several_public", "several": each}
    plan = unhappy(people=600 * w, cover=1.0, capacity_per_day=capacity, within_days=20, **policy)
    world = lived(made_ready(plan))
    replies, answered = (world.log.complaints[:, k].sum(axis=1) for k in (3, 2))
    days = np.arange(1, world.days + 1)
    assert (replies == each * answered).all()
    assert (w * replies <= capacity * days + 1e-6).all()
    np.testing.assert_array_equal(answered, np.floor(days * capacity / (w * each) + 1e-9))


def test_the_oldest_is_answered_first_and_none_too_late() -> None:
    plan = unhappy(cover=1.0, reply="private", capacity_per_day=3.0, within_days=1)
    world = open_world(made_ready(plan))
    while world.day < world.days:
        world.step()
        assert (world.listener.made_on >= world.day - 1).all()
        assert (np.diff(world.listener.made_on) >= 0).all()
    assert world.tally.complaints[2].sum() == 3 * world.days


def test_a_reply_mends_by_its_share() -> None:
    """One complaint answered at a time, all the way: attitude and trust come back to the start's, y to nought."""
    worlds = [
        lived(made_ready(unhappy(cover=1.0, reply=r, recovery=1.0, days=1))) for r in ("none", "private")
    ]
    before, after = (w.customers.register.record[: w.customers.register.n[0]] for w in worlds)
    complained = (before["n_talks"] > 0) & (before["satisfaction"] < 0)
    assert 20 < complained.sum() < worlds[1].tally.complaints[2].sum()  # some twice
    assert (after["satisfaction"][complained] == 0).all()
    np.testing.assert_array_equal(after["satisfaction"][~complained], before["satisfaction"][~complained])
    rows, start = before["row"][complained], worlds[0].public.start
    for name in ("attitude", "trust"):
        fallen = worlds[0].people.record[name][rows] < start[name][rows]
        assert fallen.any()
        mended = worlds[1].people.record[name][rows]
        np.testing.assert_allclose(mended[fallen], start[name][rows][fallen], rtol=1e-12)
        np.testing.assert_array_equal(mended[~fallen], worlds[0].people.record[name][rows][~fallen])


def test_replies_are_paid_and_lifts_keep_the_ear() -> None:
    plan = unhappy(people=1200.0, cover=1.0, reply="private", cost_per_reply=2.5)
    study = made_ready(plan)
    world = lived(study)
    n = 2.0 * world.tally.complaints[3].sum()
    assert n > 0
    assert settled(study.ledger, world).spend == 2.5 * n
    result = run(study.scenario, threads=1)
    assert result.value("spend") == pytest.approx(result.value("replies") * 2.5)
    assert result.value("reply_cost") == result.value("spend")
    assert result.value("reply_rate") == 1.0
    assert result.value("attitude_lift") == result.value("trust_lift") == 0.0
