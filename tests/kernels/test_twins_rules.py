"""Plans with rules against the plain twin: pauses, swaps and money moved, with caps, insertions and waiting."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.campaign.compile import compile_campaign
from sim.day import reactions
from sim.luck_keys import world_key
from sim.scenario.schema import Scenario
from sim.world import World
from tests import reference_plans as plans
from tests.kernels.test_twins_day import live_side_by_side

pytestmark = pytest.mark.twin

Mapping = dict[str, Any]
DAYS = 16


def after(day: int, **more: Any) -> Mapping:
    """Return a condition that holds on every evening, looked at from a day on."""
    return {"when": {"metric": "awareness", "above": -1.0}, "days": f"{day}-{DAYS}", **more}


RULES: Mapping = {
    "calm": {**after(3), "then": {"pause": "capped"}},
    "calm_on": {**after(4), "then": {"resume": "capped"}},
    "silence": {
        "when": {"metric": "net_sentiment", "above": -2.0, "for_days": 2},
        "then": {"pause": "brand_gram"},
    },
    "fewer": {"when": {"metric": "reach", "channel": "tube", "above": 0.1}, "then": {"pause": "inserts"}},
    "more": {**after(8), "then": {"resume": "inserts"}},
    "other": {**after(5), "then": {"swap_message": {"flight": "free", "message": "rumour"}}},
    "hold_back": {**after(6), "then": {"swap_message": {"flight": "spots_more", "message": "teaser"}}},
    "shut": {**after(7), "then": {"pause": "home"}},
    "open": {**after(9), "then": {"resume": "home"}},
    "home_says": {**after(9), "then": {"swap_message": {"flight": "home_of_some", "message": "teaser"}}},
    "influencers": {**after(6), "then": {"swap_message": {"flight": "of_influence", "message": "reveal"}}},
    "news": {**after(2), "then": {"swap_message": {"flight": "news", "message": "rumour"}}},
    "again": {
        "when": {"metric": "contacts", "segment": "old", "above": 1.0, "for_days": 4},
        "then": {"shift_budget": {"from": "spots", "to": "capped", "share": 0.4}},
        "once": False,
    },
}
SEEN = {"paused", "resumed", "swapped", "swapped own", "capped as it goes", "fired again"}


def scenario_of(rules: Mapping, order: Mapping | None = None, **changes: Any) -> Scenario:
    plan = plans.busy_plan(DAYS) | {"rules": rules}
    tree = plans.mapping(days=DAYS, plan=plan, **changes)
    for message, earlier in (order or {}).items():
        tree["messages"][message]["after"] = earlier
    return Scenario.from_dict(tree)


@pytest.mark.parametrize("order", [{}, {"rumour": "teaser"}, {"reveal": "rumour"}])
def test_rules_act_as_in_the_twin(order: Mapping) -> None:
    """Swaps take a capped flight from a message that waits to one that does not, and a free one back."""
    scenario = scenario_of(RULES, order, agents=100)
    seen: Counter[str] = Counter()
    for replication in range(2):
        seen += live_side_by_side(plans.public_of(scenario), scenario, replication).seen
    assert {branch for branch in SEEN if not seen[branch]} == set()


@st.composite
def some_rules(draw: st.DrawFn) -> Mapping:
    flights = st.sampled_from(sorted(plans.busy_plan(DAYS)["flights"]))
    by_volume = st.lists(
        st.sampled_from(["capped", "free", "rumours", "spots", "spots_more"]),
        min_size=2,
        max_size=2,
        unique=True,
    )
    out: Mapping = {}
    for k in range(draw(st.integers(1, 4))):
        metric = draw(st.sampled_from(["net_sentiment", "reach", "contacts", "awareness"]))
        side, bound = draw(st.sampled_from(["above", "below"])), draw(st.floats(-0.2, 0.6))
        act = draw(st.sampled_from(["pause", "resume", "shift_budget", "swap_message"]))
        then: Any = draw(flights)
        if act == "shift_budget":
            giver, taker = draw(by_volume)
            then = {"from": giver, "to": taker, "share": draw(st.sampled_from([0.2, 1.0]))}
        elif act == "swap_message":
            then = {"flight": then, "message": draw(st.sampled_from(["teaser", "reveal", "rumour"]))}
        out[f"rule {k}"] = {
            "when": {"metric": metric, side: bound, "for_days": draw(st.integers(1, 3))},
            "then": {act: then},
            "once": draw(st.booleans()),
        }
    return out


@settings(max_examples=12, deadline=None, derandomize=True)
@given(some_rules(), st.sampled_from([{}, {"reveal": "teaser"}]), st.integers(0, 2**40))
def test_random_rules(rules: Mapping, order: Mapping, replication: int) -> None:
    scenario = scenario_of(rules, order, agents=60)
    live_side_by_side(plans.public_of(scenario), scenario, replication)


def test_a_rule_that_acts_on_the_same_day_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a pause begin a day late: the twin must tell."""
    exact = reactions.Reactions.look

    def a_day_late(self: reactions.Reactions, day: int, tally: Any) -> list[str]:
        before = self.paused
        out = exact(self, day, tally)
        self.paused, self.next = getattr(self, "next", before), self.paused
        return out

    monkeypatch.setattr(reactions.Reactions, "look", a_day_late)
    scenario = scenario_of({"calm": RULES["calm"]}, agents=80)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        live_side_by_side(plans.public_of(scenario), scenario)


def test_a_rule_that_never_fires_leaves_the_contacts_as_they_are() -> None:
    """Day by day and in the very order, also of a capped flight whose cap is then kept day by day."""
    never = {
        flight: {"when": {"metric": "reach", "above": 2.0}, "then": {"pause": flight}}
        for flight in plans.busy_plan(DAYS)["flights"]
    }
    days = []
    for rules in ({}, never):
        scenario = scenario_of(rules)
        public = plans.public_of(scenario)
        world = World(public, compile_campaign(scenario, public), world_key(11, 0), scenario.days)
        days.append([])
        while world.day < world.days:
            world.step()
            days[-1].append(world.contacts[: world.n_contacts].tolist())
    assert days[0] == days[1]
