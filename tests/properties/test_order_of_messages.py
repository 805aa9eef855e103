"""A message after another: nobody meets it too early, caps hold, and the order of two messages matters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiment.runner import run
from sim.kernels import order
from sim.kernels.state import OWNED
from tests.plans import build, changed, lived, made_ready, television
from tests.properties.test_contacts import check_caps
from tests.properties.test_same_bits import check_same
from tests.random_plans import scenarios
from tests.witness import contacts_of

pytestmark = pytest.mark.property
FEW = settings(derandomize=True, deadline=None, max_examples=40)


def eligible(met, waiting, earlier):
    """Tell of each contact whether it may be: it does not wait, or its person attended `earlier` on a day before."""
    attended = met[(met["message"] == earlier) & met["is_attended"]]
    first = {}
    for person, day in zip(attended["person"].tolist(), attended["day"].tolist(), strict=True):
        first.setdefault(person, day)
    late = np.array(
        [first.get(p, d) < d for p, d in zip(met["person"].tolist(), met["day"].tolist(), strict=True)]
    )
    return (met["message"] != waiting) | (met["kind"] > OWNED) | late.astype(bool)


@settings(FEW, max_examples=80)
@given(scenarios(), st.sampled_from([1, 10]))
def test_nobody_meets_a_message_too_early_and_caps_hold(plan, pressure):
    plan["messages"].setdefault("m1", plan["messages"]["m0"])
    plan["messages"]["m1"] = {**plan["messages"]["m1"], "after": "m0"}
    for flight in plan["plan"]["flights"].values():
        flight.update(
            {key: pressure * flight[key] for key in ("budget", "impressions", "grp") if key in flight}
        )
    study = made_ready(plan)
    met = contacts_of(study)
    assert eligible(met, "m1", "m0").all()
    check_caps(plan, met, study.campaign)


def two(after, agents=3000):
    """Return two flights side by side, messages A and B of unlike appeals, in the order that `after` gives."""
    plan = television(250, agents=agents, days=20, flight={"message": "a"})
    plan["plan"]["flights"]["other"] = {**plan["plan"]["flights"]["spot"], "message": "b"}
    appeals = {"a": {"information": 0.9}, "b": {"entertainment": 0.9, "information": 0.2}}
    plan["messages"] = {
        name: {"appeals": said, "quality": 0.5, "after": after.get(name)} for name, said in appeals.items()
    }
    return plan


def test_what_is_lost_is_what_comes_before():
    """The waiting flight's contacts are those of the free one, less the early ones, which are counted."""
    free, waiting = (made_ready(two(after)) for after in ({}, {"b": "a"}))
    check_lost(free, waiting)
    result = run(build(two({"b": "a"})), replications=2)
    told = result.worlds[(result.worlds.metric == "contacts_too_early") & (result.worlds.segment == "all")]
    np.testing.assert_array_equal(
        told[told.channel == "tv"].value, [lived(waiting, r).tally.too_early.sum() for r in range(2)]
    )


def check_lost(free, waiting):
    before, after = contacts_of(free), contacts_of(waiting)
    np.testing.assert_array_equal(before[before["message"] == "a"], after[after["message"] == "a"])
    kept = before[eligible(before, "b", "a")]
    np.testing.assert_array_equal(kept[kept["message"] == "b"], after[after["message"] == "b"])
    lost = len(before) - len(kept)
    assert 0 < lost == lived(waiting).tally.too_early.sum()
    assert lived(free).tally.too_early.sum() == 0


def test_a_then_b_differs_from_b_then_a():
    """Model §6, order of messages: on the same worlds, B after A is not A after B."""
    mean = {}
    for name, after in {"a first": {"b": "a"}, "b first": {"a": "b"}, "free": {}}.items():
        study = made_ready(two(after))
        mean[name] = [lived(study, r).people.record["attitude"].mean() for r in range(4)]
        assert (lived(study).tally.too_early.sum() > 0) == (name != "free")
    for one, other in (("a first", "b first"), ("a first", "free"), ("b first", "free")):
        assert all(x != y for x, y in zip(mean[one], mean[other], strict=True))
    # What fits the public's motives wears out less when it comes first: the same sign in every world.
    signs = np.sign(np.subtract(mean["a first"], mean["b first"]))
    assert abs(signs.sum()) == 4


@FEW
@given(scenarios())
def test_no_order_is_the_same_as_none_mentioned(plan):
    told = changed(plan, {f"messages.{name}.after": None for name in plan["messages"]})
    check_same(*(run(build(tree), replications=2, threads=1) for tree in (plan, told)))


def test_an_order_that_nothing_sent_follows_moves_nothing():
    """Without a flight of the message that waits, its order is no part of the campaign."""
    plan = two({}, agents=300)
    plan["messages"]["c"] = {"appeals": {"information": 0.5}, "quality": 0.2}
    ordered = changed(plan, {"messages.c.after": "a"})
    assert made_ready(ordered).campaign.order is None
    check_same(*(run(build(tree), replications=2, threads=1) for tree in (plan, ordered)))


def test_an_order_that_asks_for_two_days_is_noticed(monkeypatch):
    exact = order.drop_early
    monkeypatch.setattr(
        order, "drop_early", lambda contacts, start, n, day, *rest: exact(contacts, start, n, day - 1, *rest)
    )
    with pytest.raises(AssertionError):
        check_lost(made_ready(two({}, 500)), made_ready(two({"b": "a"}, 500)))


def test_an_order_of_one_day_less_is_noticed():
    """Show that the check can fail: contacts of a plan without order are not all eligible."""
    assert not eligible(contacts_of(made_ready(two({}, 500))), "b", "a").all()
