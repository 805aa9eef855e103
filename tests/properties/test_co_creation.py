"""Receivers as authors: off is off, copies move nothing, and what a person makes is the person's under any plan."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from sim.experiment.runner import run
from sim.kernels.state import BRAND, OWNED, PAID, UNITS, courses
from tests.plans import bare, build, changed, lived, made_ready, open_world
from tests.properties.test_same_bits import check_same
from tests.random_plans import scenarios

pytestmark = pytest.mark.property
FEW = settings(derandomize=True, deadline=None, max_examples=25)
OF_VARIANTS = ("variants", "variants_refused", "variant_contacts", "drift")
COPIES = {"pull_to_self": 0.0, "appeal_sd": 0.0, "quality_sd": 0.0, "valence_kept": 1.0}
EAGER = {"probability": 1.0, "half_at_engagement": 0.001}


def with_variants(plan, **changes):
    """Return the plan on feeds on which everyone shares, with everyone an author unless said otherwise."""
    layers = {name: {"generate": "small_world", "ties": 4} for name in ("feed", "forum")}
    usual = {
        "sharing": {"beta": 50.0, "brand_factor": 1.0},
        "network": layers,
        "co_creation": {**EAGER, **changes},
    }
    loud = {f"messages.{name}.quality": 1.0 for name in plan["messages"]}
    flight = {"message": "m0", "channel": "feed", "days": "1-1", "grp": 100.0}
    return changed(plan, {**usual, **loud, "plan.flights.loud": flight, "channels.feed.ad_load": None})


def same_but_for_variants(a, b):
    for field, left, right in zip(a.log._fields, a.log, b.log, strict=True):
        if field not in OF_VARIANTS:
            np.testing.assert_array_equal(left, right, err_msg=field)
    for name in a.people.record.dtype.names:
        if name != "last_variant":
            np.testing.assert_array_equal(a.people.record[name], b.people.record[name], err_msg=name)
    np.testing.assert_array_equal(a.people.lineage, b.people.lineage)
    np.testing.assert_array_equal(courses(a.people), courses(b.people))
    lasts = [(w.people.record["last_variant"], w.variants.lineage) for w in (a, b)]
    np.testing.assert_array_equal(*(np.where(last < 0, -1, lineage[last]) for last, lineage in lasts))


@FEW
@given(scenarios(ordered=True))
def test_switched_off_there_is_neither_a_variant_nor_room_for_one(plan):
    off = changed(with_variants(plan), {"co_creation": None})
    world = lived(made_ready(off))
    assert len(world.variants.lineage) == len(plan["messages"])
    assert world.campaign.craft is None
    assert all(not getattr(world.tally, name).any() for name in OF_VARIANTS)
    never = with_variants(plan, probability=0.0)
    check_same(*(run(build(tree), replications=2, threads=1) for tree in (off, never)))


@FEW
@given(scenarios(ordered=True))
def test_copies_are_counted_and_move_nothing(plan):
    off = lived(made_ready(changed(with_variants(plan), {"co_creation": None})))
    copies = lived(made_ready(with_variants(plan, **COPIES)))
    same_but_for_variants(off, copies)
    assert copies.tally.variants.sum() > 0
    assert not copies.tally.drift.any()
    said = copies.variants
    originals = said.lineage[: said.n[0]]
    np.testing.assert_array_equal(said.appeals[: said.n[0]], said.appeals[originals])


@FEW
@given(scenarios(ordered=True))
def test_what_is_made_fits_what_it_may_be(plan):
    said = (world := lived(made_ready(with_variants(plan)))).variants
    n, n_messages = int(said.n[0]), len(plan["messages"])
    made = slice(n_messages, n)
    assert n > n_messages
    assert world.tally.variants.sum() == n - n_messages
    assert (said.parent[made] < np.arange(n_messages, n)).all()
    np.testing.assert_array_equal(said.lineage[made], said.lineage[said.parent[made]])
    assert (
        len(set(zip(said.author[made].tolist(), said.lineage[made].tolist(), strict=True))) == n - n_messages
    )
    for values, low in ((said.appeals, 0.0), (said.quality, 0.0), (said.match, 0.0), (said.valence, -1.0)):
        assert low <= values.min()
        assert values.max() <= 1.0
    assert (said.author[:n_messages] == BRAND).all()
    assert (said.drift[:n] <= UNITS).all()


@FEW
@given(scenarios())
def test_variants_move_no_contact_that_was_bought_or_posted(plan):
    without, with_them = (
        lived(made_ready(p))
        for p in (changed(with_variants(plan), {"co_creation": None}), with_variants(plan))
    )
    for kind in (PAID, OWNED):
        np.testing.assert_array_equal(without.log.contacts[:, kind], with_them.log.contacts[:, kind])


def authored(world):
    """Return what each author made of an original: appeals and quality by (row, message)."""
    said, n_messages = world.variants, len(world.campaign.message_names)
    return {
        (int(said.author[u]), int(said.lineage[u])): (*said.appeals[u].tolist(), float(said.quality[u]))
        for u in range(n_messages, int(said.n[0]))
        if said.parent[u] < n_messages
    }


@FEW
@given(scenarios())
def test_what_a_person_makes_of_a_message_is_the_same_under_any_plan(plan):
    more = changed(with_variants(plan), {"plan.flights.loud.grp": 200.0})
    few, many = (authored(lived(made_ready(p))) for p in (with_variants(plan), more))
    both = set(few) & set(many)
    assert len(both) > 0
    assert all(few[key] == many[key] for key in both)


def test_luck_that_hangs_on_the_day_is_noticed():
    """Let one plan's world key variants otherwise: the same people then make something else of the message."""
    plan = bare(agents=300, days=5, messages={"m0": {"appeals": {"information": 0.5}, "quality": 1.0}})
    use, feed = {"users": 1.0, "visits_per_day": 3.0}, {"kind": "feed", "medium": "feed"}
    plan["audience"]["segments"]["people"]["usage"] = {name: use for name in ("feed", "forum")}
    plan["channels"] = {name: feed for name in ("feed", "forum")}
    later = made_ready(changed(with_variants(plan), {"plan.flights.loud.days": "2-2"}))
    few, many, otherwise = lived(made_ready(with_variants(plan))), lived(later), open_world(later)
    otherwise.variant_keys = otherwise.variant_keys + np.uint64(otherwise.days)
    otherwise.run()
    told = authored(few)
    for world, is_alike in ((many, True), (otherwise, False)):
        both = {key: made for key, made in authored(world).items() if key in told}
        assert len(both) > 10
        assert all((told[key] == made) == is_alike for key, made in both.items())


@FEW
@given(scenarios(ordered=True))
def test_what_finds_no_room_is_counted_and_passed_on_as_it_was(plan):
    """With room for two the first two are those of a world with room enough; all that follow are refused."""
    wide, narrow = (lived(made_ready(with_variants(plan, most_variants=most))) for most in (10_000, 2))
    n_messages = len(plan["messages"])
    n = min(int(wide.variants.n[0]), n_messages + 2)
    for name in ("appeals", "quality", "valence", "author", "lineage", "parent"):
        np.testing.assert_array_equal(
            getattr(wide.variants, name)[:n], getattr(narrow.variants, name)[:n], err_msg=name
        )
    assert narrow.tally.variants.sum() == n - n_messages
    assert not wide.tally.variants_refused.any()
    assert (narrow.tally.variants_refused.sum() > 0) == (wide.tally.variants.sum() > 2)
    assert narrow.people.record["last_variant"].max() < n_messages + 2
