"""A message's format on a medium: factors on attention and impact, each with a source."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from sim.experiment.runner import run
from sim.kernels.state import PAID
from sim.scenario import channel_numbers
from sim.scenario.media import Format, Medium
from sim.scenario.parameters import table
from tests.plans import build, changed, lived, made_ready, television
from tests.properties.test_same_bits import check_same

pytestmark = pytest.mark.known


def plan_of(made_as, agents=4000, **channel):
    plan = television(200, agents=agents, days=5, users=1.0, channel={"medium": "feed", **channel})
    return changed(plan, {"messages.claim.format": made_as, "reception": {"memory_half_life_days": 60}})


def test_every_factor_has_unit_range_and_source():
    for numbers in table("formats").values():
        for made_as, media in numbers.items():
            assert made_as in get_args(Format)
            for medium, factor in media.items():
                assert medium in get_args(Medium)
                assert factor.low <= factor.value <= factor.high
                assert factor.unit
                assert factor.source


@pytest.mark.parametrize("made_as", [None, "video", "text", "audio"])
def test_contacts_are_attended_and_remembered_by_format(made_as):
    """4 standard errors of a share of some 8,000 contacts: one false alarm in 16,000 each."""
    check_format(made_as, lived(made_ready(plan_of(made_as))))


def check_format(made_as, world):
    numbers = {name: table("media")[name]["feed"].value for name in ("attention", "impact")}
    for name in numbers:
        factor = table("formats")[name].get(made_as, {}).get("feed")
        numbers[name] = min(1.0, numbers[name] * (1.0 if factor is None else factor.value))
    met, attended = world.tally.contacts[PAID].sum(), world.tally.attended[PAID].sum()
    share = numbers["attention"]
    assert abs(attended / met - share) <= 4 * np.sqrt(share * (1 - share) / met)
    # Memory fades by less than 5 % in five days at a half-life of 60.
    assert (
        0.95 * numbers["impact"] * attended
        < world.people.record["memory"].sum()
        <= numbers["impact"] * attended + 1e-6
    )


def test_a_format_that_does_nothing_is_noticed(monkeypatch):
    monkeypatch.setattr(channel_numbers, "format_factor", lambda *_: 1.0)
    with pytest.raises(AssertionError):
        check_format("text", lived(made_ready(plan_of("text"))))


def test_attention_and_impact_stay_at_most_one_and_a_channel_has_its_own():
    views = made_ready(
        plan_of("video", 50, formats={"video": {"attention": 9.0, "impact": 0.5}})
    ).campaign.views
    assert set(views.attention.ravel()) == {1.0}
    assert set(views.impact.ravel()) == {0.5 * table("media")["impact"]["feed"].value}
    partly = made_ready(plan_of("video", 50, formats={"video": {"impact": 0.5}})).campaign.views
    by_medium = (
        table("formats")["attention"]["video"]["feed"].value * table("media")["attention"]["feed"].value
    )
    assert set(partly.attention.ravel()) == {by_medium}


def test_no_format_is_the_same_as_one_of_factor_one():
    """A key that is null, one that is absent, and factors of 1 written out: the same bits."""
    plain = plan_of(None, 400)
    del plain["messages"]["claim"]["format"]
    neutral = plan_of("video", 400, formats={"video": {"attention": 1.0, "impact": 1.0}})
    results = [run(build(tree), replications=2, threads=1) for tree in (plain, plan_of(None, 400), neutral)]
    for other in results[1:]:
        check_same(results[0], other)
    with pytest.raises(AssertionError):
        check_same(results[0], run(build(plan_of("video", 400)), replications=2, threads=1))
