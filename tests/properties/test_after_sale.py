"""Word of mouth and further purchases: off is off, plans share their luck, lists have no say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.day.customers import Customers
from sim.kernels.state import courses
from sim.world import World
from tests.plans import bare, build, changed, lived, made_ready
from tests.random_plans import scenarios

pytestmark = pytest.mark.property
FEW = settings(max_examples=12)
SILENT = {"talks_per_day": 0.0, "effect_on_attitude": 0.0}


def same(a: World, b: World) -> None:
    for field, left, right in zip(a.log._fields, a.log, b.log, strict=True):
        np.testing.assert_array_equal(left, right, err_msg=field)
    np.testing.assert_array_equal(a.people.record, b.people.record)
    np.testing.assert_array_equal(courses(a.people), courses(b.people))


def with_market(plan, **changes):
    """Return the plan with a brisk market of which a third has adopted before day 1."""
    people = {f"audience.segments.{name}.adopters": 0.3 for name in plan["audience"]["segments"]}
    plan = {
        **plan,
        "adoption": {"innovation": 20.0, "imitation": 50.0, "word_of_mouth": {"talks_per_day": 0.5}},
    }
    plan["network"] = {**plan.get("network", {}), "offline": {"generate": "small_world", "ties": 4}}
    return changed(plan, {**people, **{f"adoption.{key}": value for key, value in changes.items()}})


@FEW
@given(scenarios())
def test_talk_switched_off_is_a_day_without_it(plan):
    off = lived(made_ready(with_market(plan, word_of_mouth=None)))
    assert off.customers is None
    assert off.public.after_sale is None
    assert off.tally.heard.sum() == 0
    same(off, lived(made_ready(with_market(plan, word_of_mouth=SILENT))))


@pytest.mark.parametrize("offline", [None, {"generate": "well_mixed"}])
def test_without_ties_nobody_hears_and_adopters_still_change_their_mind(offline):
    plan = with_market(bare(agents=400, days=20, sharing=None))
    plan["audience"]["segments"]["people"]["aware"] = 1.0
    plan["network"] = {"offline": offline} if offline else {}
    world, silent = (
        lived(made_ready(plan)),
        lived(made_ready(changed(plan, {"adoption.word_of_mouth": None}))),
    )
    assert world.tally.heard.sum() == 0
    assert world.tally.attitude.sum() > silent.tally.attitude.sum()


@FEW
@given(scenarios())
def test_an_absent_key_is_its_default(plan):
    plan = with_market(plan)
    del plan["adoption"]["word_of_mouth"]
    shown = build(plan).adoption.word_of_mouth.model_dump()
    assert shown["satisfaction"] == 0.25
    same(lived(made_ready(plan)), lived(made_ready(changed(plan, {"adoption.word_of_mouth": shown}))))
    same(lived(made_ready(plan)), lived(made_ready(changed(plan, {"adoption.repurchase": None}))))


def customers_of(world):
    """Return satisfaction, day of adoption and number of talks of each adopter by row."""
    found = world.customers.register.record[: world.customers.register.n[0]]
    day = courses(world.people)["adopted_on"]
    return {int(c["row"]): (float(c["satisfaction"]), int(day[c["row"]]), int(c["n_talks"])) for c in found}


def test_what_a_person_thinks_and_when_it_is_said_is_the_same_under_any_plan():
    """Adopt under two plans: who adopts in both is as content; who adopted on the same day talks alike."""
    plan = with_market(bare(agents=2000, days=20), word_of_mouth={"talks_per_day": 0.5})
    pushed = changed(plan, {"adoption.innovation": 60.0})
    told = [customers_of(lived(made_ready(p))) for p in (plan, pushed)]
    both = set(told[0]) & set(told[1])
    assert len(both) > 1000
    assert len(told[1]) > len(told[0])
    assert all(told[0][row][0] == told[1][row][0] for row in both)
    alike = [row for row in both if told[0][row][1] == told[1][row][1]]
    assert len(alike) > 600
    assert all(told[0][row] == told[1][row] for row in alike)


@FEW
@given(scenarios(), st.randoms(use_true_random=False))
def test_the_order_in_which_adopters_stand_in_lists_has_no_say(plan, chance):
    plan = with_market(plan, repurchase={"mean_interval_days": 3.0})
    plain = lived(made_ready(plan))
    exact = Customers.welcome

    def shuffled(self, rows, day, people, tally):
        rows = rows.tolist()
        chance.shuffle(rows)
        exact(self, np.array(rows, np.int32), day, people, tally)

    Customers.welcome = shuffled
    try:
        other = lived(made_ready(plan))
    finally:
        Customers.welcome = exact
    same(plain, other)


@FEW
@given(scenarios())
def test_repurchase_moves_nobodys_mind_and_no_adoption(plan):
    """Buying again is counted and does nothing else; purchases are adoptions and what is bought again."""
    without = lived(made_ready(with_market(plan)))
    buying = lived(made_ready(with_market(plan, repurchase={"mean_interval_days": 2.0})))
    np.testing.assert_array_equal(without.people.record, buying.people.record)
    np.testing.assert_array_equal(courses(without.people), courses(buying.people))
    assert without.tally.rebought.sum() == 0
    assert buying.tally.rebought.sum() > 0


def test_talk_in_another_order_is_noticed(monkeypatch):
    """Show that the order is looked at: say what is due from the last person to the first."""
    plan = with_market(bare(agents=400, days=10), word_of_mouth={"talks_per_day": 1.0})
    exact = np.lexsort
    plain = lived(made_ready(plan))
    monkeypatch.setattr("sim.day.customers.np.lexsort", lambda keys: exact(keys)[::-1])
    with pytest.raises(AssertionError):
        same(plain, lived(made_ready(plan)))
