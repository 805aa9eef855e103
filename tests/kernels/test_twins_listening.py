"""Plans that listen against the plain twin."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.kernels import reply
from sim.scenario.schema import Scenario
from tests import reference_plans as plans
from tests.kernels.test_twins_day import live_side_by_side

pytestmark = pytest.mark.twin
DAYS = 14


def scenario_of(
    listening: dict[str, Any], agents: int = 120, rules: dict[str, Any] | None = None
) -> Scenario:
    tree = plans.mapping(agents=agents, days=DAYS)
    tree["plan"] |= {"listening": listening, "rules": rules or {}}
    tree["adoption"]["word_of_mouth"] = {"talks_per_day": 0.6, "satisfaction": -0.1}
    for name in ("young", "old"):
        tree["audience"]["segments"][name] |= {"adopters": 0.2, "attitude": 0.15}
    return Scenario.from_dict(tree)


@pytest.mark.parametrize("listening", [
    {"cover": 1.0, "reply": "one_public", "capacity_per_day": 13.0, "within_days": 3},
    {"cover": 0.6, "reply": "several_public", "several": 2, "public_reply_factor": 2.0},
    {"reply": "private", "capacity_per_day": 4.0, "complaint_below": -0.2},
])  # fmt: skip
def test_complaints_are_heard_and_answered_as_in_the_twin(listening: dict[str, Any]) -> None:
    scenario = scenario_of(listening)
    seen: Counter[str] = Counter()
    for replication in range(2):
        seen += live_side_by_side(plans.public_of(scenario), scenario, replication).seen
    assert seen["mended"]
    assert bool(seen["met a complaint again"]) == (listening["reply"] != "private")
    assert bool(seen["complaint waits"]) == ("capacity_per_day" in listening)
    assert bool(seen["answered later"]) == ("capacity_per_day" in listening)


def test_rules_act_on_what_was_heard() -> None:
    when = {"metric": "complaints_heard", "above": 30.0}
    rules = {"calm": {"when": when, "then": {"pause": "free"}}}
    scenario = scenario_of({"cover": 1.0, "reply": "one_public"}, rules=rules)
    twin = live_side_by_side(plans.public_of(scenario), scenario)
    assert twin.rules.fired
    assert twin.seen["paused"]


@settings(max_examples=10, deadline=None, derandomize=True)
@given(
    st.fixed_dictionaries({
        "cover": st.floats(0.0, 1.0), "reply": st.sampled_from(["none", "one_public", "several_public", "private"]),
        "capacity_per_day": st.none() | st.sampled_from([0.0, 2.5, 7.0, 40.0]), "within_days": st.integers(0, 4),
        "recovery": st.floats(0.0, 1.0), "public_reply_factor": st.floats(1.0, 2.0), "several": st.integers(2, 4),
        "complaint_below": st.floats(-0.5, 0.5),
    }),
    st.integers(0, 2**40),
)  # fmt: skip
def test_random_listening(listening: dict[str, Any], replication: int) -> None:
    scenario = scenario_of(listening, agents=70)
    live_side_by_side(plans.public_of(scenario), scenario, replication)


def test_a_coin_of_another_talk_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hear of each complaint by the coin of the first: the twin must tell."""
    exact = reply.notice

    def by_the_first(key: Any, posts: Any, *rest: Any) -> None:
        first = posts.copy()
        first["nth"] = 0
        exact(key, first, *rest)

    monkeypatch.setattr(reply, "notice", by_the_first)
    scenario = scenario_of({"reply": "private"})
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        live_side_by_side(plans.public_of(scenario), scenario)
