"""Users of a channel are reckoned once for all plans on a public; no plan gets those of another."""

from __future__ import annotations

import numpy as np
import pytest

from sim.campaign import users
from sim.campaign.compile import PaidFlight, compile_campaign
from sim.public import build_public
from sim.scenario.schema import Scenario
from tests import reference_plans

PLANS = {
    "all": {},
    "some": {"to": ["old"]},
    "others": {"to": ["young"]},
    "capped": {"cap": {"times": 2, "per_days": 3}},
    "capped some": {"to": ["old"], "cap": {"times": 1, "per_days": 6}},
    "of influence": {"influence": {"top": 0.3}},
}


def planned(keys: dict) -> Scenario:
    tree = reference_plans.mapping(agents=400, days=6)
    bought = {"message": "reveal", "channel": "gram", "days": "1-6", "grp": 200.0}
    tree["plan"] = {"flights": {"spot": {**bought, **keys}, "other": {**bought, "channel": "tube"}}}
    return Scenario.from_dict(tree)


def check_same(one: tuple[PaidFlight, ...], other: tuple[PaidFlight, ...]) -> None:
    """Hold flights to be made alike, to the bit."""
    assert [flight.name for flight in one] == [flight.name for flight in other]
    for a, b in zip(one, other, strict=True):
        assert (a.bought, a.deliverable, a.speed_up, a.spend, a.spans) == (
            b.bought, b.deliverable, b.speed_up, b.spend, b.spans,
        )  # fmt: skip
        for left, right in zip((*a.audience, *a.purchase), (*b.audience, *b.purchase), strict=True):
            assert np.array_equal(left, right)


@pytest.mark.parametrize("first", PLANS)
def test_plans_compile_alike_whoever_came_before(monkeypatch, first):
    public = build_public(planned({}))
    monkeypatch.setattr(users, "_users", type(users._users)())
    compile_campaign(planned(PLANS[first]), public)
    after = {name: compile_campaign(planned(keys), public).paid for name, keys in PLANS.items()}
    for name, keys in PLANS.items():
        monkeypatch.setattr(users, "_users", type(users._users)())
        check_same(compile_campaign(planned(keys), public).paid, after[name])


def test_what_is_shared_is_the_very_same_and_cannot_be_changed():
    public = build_public(planned({}))
    one, two = (compile_campaign(planned(PLANS["all"]), public).paid for _ in range(2))
    assert one[0].audience.rows is two[0].audience.rows
    for array in one[0].audience:
        assert not array.flags.writeable
