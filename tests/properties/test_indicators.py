"""What holds in every world of any plan: the GRP identity, and what `null` switches off."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings

from sim.experiment.runner import run
from sim.kernels.state import ADOPTER, PEER
from sim.results import indicators
from tests.plans import build, changed, daily_contact, lived, made_ready, television
from tests.random_plans import scenarios

pytestmark = pytest.mark.property
FEW = settings(derandomize=True, deadline=None, max_examples=40)
KEYS = ["replication", "segment", "channel"]


def table(result):
    return result.worlds.pivot(index=KEYS, columns="metric", values="value")


def check_identity(frame, people):
    """Hold GRP = 100 · reach · mean frequency, and 100 · contacts per person, to 1e-9 in each row.

    Parameters
    ----------
    frame : DataFrame
        A row per world, segment and channel.
    people : mapping of segment to people of the market
    """
    frame = frame[frame["grp"].notna()]
    assert len(frame) > 0
    product = 100 * frame["reach"] * frame["average_frequency"]
    missed = frame["reach"] == 0  # nobody was met: no frequency, and no GRP either
    assert (frame["average_frequency"].isna() == missed).all()
    np.testing.assert_allclose(frame["grp"], product.where(~missed, 0.0), rtol=0, atol=1e-9)
    sizes = frame.index.get_level_values("segment").map(people)
    np.testing.assert_allclose(frame["grp"], 100 * frame["contacts"] / sizes, rtol=1e-12, atol=1e-9)


def market(scenario):
    population = made_ready(scenario).public.population
    sizes = population.segment_sizes * population.people_per_agent
    return {"all": population.market, **dict(zip(population.segment_names, sizes.tolist(), strict=True))}


@FEW
@given(scenarios())
def test_grp_is_reach_times_mean_frequency_in_every_world(plan):
    """Take all worlds, channels and segments, on a market of 37 people for each simulated one."""
    plan = changed(plan, {"audience.people": 37.0 * plan["audience"]["agents"]})
    result = run(build(plan), replications=3, threads=1)
    check_identity(table(result), market(plan))


def test_a_grp_of_attended_contacts_is_noticed(monkeypatch):
    plan = television(120, agents=300)
    exact = indicators._read_reach

    def of_attended(out, ledger, log):
        exact(out, ledger, log._replace(contacts=log.attended))

    monkeypatch.setattr(indicators, "_read_reach", of_attended)
    with pytest.raises(AssertionError):
        check_identity(table(run(build(plan), threads=1)), market(plan))


def test_a_reach_that_misses_one_person_is_noticed():
    plan = television(120, agents=300)
    frame = table(run(build(plan), threads=1))
    check_identity(frame, market(plan))
    frame.iloc[0, frame.columns.get_loc("reach")] += 1 / 300
    with pytest.raises(AssertionError):
        check_identity(frame, market(plan))


@FEW
@given(scenarios())
def test_reach_falls_with_k_and_never_with_the_day(plan):
    log = lived(made_ready(plan)).log
    assert (np.diff(log.reach, axis=-1) <= 0).all()
    for counts in (
        log.reach,
        log.contacts,
        log.attended,
        log.met,
        log.shares,
        log.sharers,
        log.adopted,
        log.variants,
    ):
        assert (np.diff(counts, axis=0) >= 0).all()
    assert (log.stages >= 0).all()
    assert (log.stages.sum(axis=1) == log.stages[0].sum(axis=0)).all()
    assert (log.attended <= log.contacts).all()
    assert (log.sharers <= log.met).all()
    assert (log.variants.sum(axis=-1) <= log.shares.sum(axis=(-2, -1))).all()
    assert (log.variant_contacts <= log.contacts[:, PEER]).all()


@FEW
@given(scenarios())
def test_no_sharing_leaves_only_what_is_bought_posted_and_booked(plan):
    booked = plan["plan"].get("partners") or {}  # a seed set's posts are those of sharers
    plan = changed(plan, {f"plan.partners.{name}.as_peers": False for name in booked})
    quiet = lived(made_ready(changed(plan, {"sharing": None})))
    assert quiet.tally.shares.sum() == 0
    assert quiet.tally.contacts[PEER].sum() == 0
    never = changed(plan, {"sharing": {"beta": 0.0}})
    frames = [run(build(p), replications=2, threads=1) for p in (changed(plan, {"sharing": None}), never)]
    pd.testing.assert_frame_equal(frames[0].worlds, frames[1].worlds, check_exact=True)


@FEW
@given(scenarios())
def test_no_adoption_leaves_everyone_where_they_are(plan):
    plan = copy.deepcopy(plan)
    for part in plan["audience"]["segments"].values():
        part["adopters"] = 0.2
    still = lived(made_ready(changed(plan, {"adoption": None})))
    assert still.tally.adopted.sum() == 0
    assert (still.log.stages[:, ADOPTER] == still.log.stages[0, ADOPTER]).all()
    zero = changed(plan, {"adoption": {"innovation": 0.0, "imitation": 0.0, "word_of_mouth": None}})
    frames = [run(build(p), replications=2, threads=1) for p in (changed(plan, {"adoption": None}), zero)]
    pd.testing.assert_frame_equal(frames[0].worlds, frames[1].worlds, check_exact=True)


@FEW
@given(scenarios())
def test_no_wear_out_lets_every_praise_count_in_full(plan):
    """Attitude never falls where all speak well, and two plans that differ in recovery alone are one."""
    for message in plan["messages"].values():
        message["valence"] = 1.0
    if plan.get("adoption", {}) is not None:  # adopters may speak ill
        plan = changed(plan, {"adoption.word_of_mouth": None})
    # What people make of a message is coloured by their own attitude.
    free = changed(plan, {"reception.wear_out_contacts": None, "co_creation": None})
    world = lived(made_ready(free))
    assume(world.tally.attended.sum() > 0)
    assert (np.diff(world.log.attitude, axis=0) >= 0).all()
    other = lived(made_ready(changed(free, {"reception.wear_recovery_days": None})))
    np.testing.assert_array_equal(world.log.attitude, other.log.attitude)


def test_with_wear_out_attitude_does_fall_in_the_end():
    """Show that the switch is what makes it rise: the same contacts, worn out, turn it round."""
    plan = daily_contact(25, agents=50, sharing=None, adoption=None)
    worn, free = (
        lived(made_ready(changed(plan, {"reception": {"wear_recovery_days": None, "wear_out_contacts": n}})))
        for n in (10.0, None)
    )
    assert (np.diff(free.log.attitude[:, 0]) > 0).all()
    assert (np.diff(worn.log.attitude[:, 0]) < 0).any()


@FEW
@given(scenarios())
def test_a_switch_moves_no_contact_that_was_bought(plan):
    """Switch sharing, adoption and wear-out off one by one: paid and owned counts stay as they were."""
    paid_and_owned = lived(made_ready(plan)).log.contacts[:, :2]
    for off in ({"sharing": None}, {"adoption": None}, {"reception.wear_out_contacts": None}):
        world = lived(made_ready(changed(plan, off)))
        np.testing.assert_array_equal(world.log.contacts[:, :2], paid_and_owned)
