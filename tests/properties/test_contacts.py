"""Contacts as facts of the world: caps, supersets, and what may not move."""

from __future__ import annotations

import copy
from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.campaign import compile as compiling
from sim.kernels.state import MAX_K, OWNED, PAID
from sim.luck_keys import name_key
from tests.plans import changed, lived, made_ready, television
from tests.random_plans import NEEDS, flights, scenarios
from tests.witness import contacts_of

pytestmark = pytest.mark.property
FEW = settings(derandomize=True, deadline=None, max_examples=40)
VOLUME = ("budget", "impressions", "grp")


def most_in_a_window(met, flight, cap):
    """Return the most contacts of one person with a flight in one block of its cap."""
    own = met[met["flight"] == flight.name]
    block = (own["day"] - flight.purchase.first_day) // cap["per_days"]
    _, counts = np.unique(np.stack([own["person"], block]), axis=1, return_counts=True)
    return counts.max() if len(counts) else 0


def check_caps(plan, met, campaign):
    for flight in campaign.paid:
        cap = plan["plan"]["flights"][flight.name].get("cap")
        if cap:
            assert most_in_a_window(met, flight, cap) <= cap["times"]


@settings(FEW, max_examples=120)
@given(scenarios(), st.sampled_from([1, 4, 20]))
def test_nobody_ever_exceeds_a_cap(plan, pressure):
    plan["plan"]["flights"] = {
        name: {key: pressure * value if key in VOLUME else value for key, value in flight.items()}
        for name, flight in plan["plan"]["flights"].items()
    }
    study = made_ready(plan)
    check_caps(plan, contacts_of(study), study.campaign)


def test_a_cap_that_binds_is_reached_and_one_contact_more_is_noticed():
    plan = television(400, agents=200, days=7, flight={"cap": {"times": 2, "per_days": 3}})
    study = made_ready(plan)
    met = contacts_of(study)
    assert most_in_a_window(met, study.campaign.paid[0], {"per_days": 3}) == 2
    looser = made_ready(changed(plan, {"plan.flights.spot.cap.times": 3}))
    with pytest.raises(AssertionError):
        check_caps(plan, contacts_of(looser), looser.campaign)
    longer = made_ready(changed(plan, {"plan.flights.spot.cap.per_days": 2}))
    with pytest.raises(AssertionError):
        check_caps(plan, contacts_of(longer), longer.campaign)


@FEW
@given(scenarios())
def test_tallies_count_what_the_witness_saw(plan):
    """Count paid reach k+, contacts of every kind and people met anew, person by person."""
    study = made_ready(plan)
    met, world = contacts_of(study), lived(study)
    segment, names = study.public.population.segment, study.public.population.channel_names
    for s in range(len(study.public.population.segment_names)):
        here = met[segment[met["person"]] == s]
        assert world.tally.met[s] == len(np.unique(here["person"]))
        for c, name in enumerate((*names, None)):
            own = here[here["channel"] == name] if name else here
            times = np.bincount(own["person"][own["kind"] == PAID])
            expected = [np.count_nonzero(times >= k) for k in range(1, MAX_K + 1)]
            np.testing.assert_array_equal(world.tally.reach[c, s], expected)
            if name:
                kinds = np.bincount(own["kind"], minlength=5)
                np.testing.assert_array_equal(world.tally.contacts[:, c, s], kinds)


def arrivals(met):
    """Return the day of each arrival, by person and the arrival's ordinal."""
    n_so_far = Counter()
    days = {}
    for person, day in zip(met["person"].tolist(), met["day"].tolist(), strict=True):
        days[person, n_so_far[person]] = day
        n_so_far[person] += 1
    return days


def check_superset(less, more, flight):
    """Hold every arrival of the smaller flight to be there in the larger one, on the same day or before."""
    few, many = (arrivals(met[met["flight"] == flight]) for met in (less, more))
    assert few.keys() <= many.keys()
    assert all(many[arrival] <= day for arrival, day in few.items())
    last = max(few.values(), default=0)
    for day in range(1, last + 1):
        before, after = (
            np.bincount([person for (person, _), d in some.items() if d <= day], minlength=200)
            for some in (few, many)
        )
        assert (after >= before).all()


def check_others(less, more, flight):
    for kind in (PAID, OWNED):
        rest = [met[(met["flight"] != flight) & (met["kind"] == kind)] for met in (less, more)]
        np.testing.assert_array_equal(*rest)


@FEW
@given(scenarios(inventory=False), st.floats(1.0, 10.0), st.data())
def test_a_larger_budget_adds_contacts_and_moves_none(plan, factor, data):
    """Enlarge a flight that has no cap; the others may have one."""
    uncapped = {name: flight for name, flight in plan["plan"]["flights"].items() if "cap" not in flight}
    bought = {name: way for name, flight in uncapped.items() for way in VOLUME if way in flight}
    assume(bought)
    name = data.draw(st.sampled_from(sorted(bought)))
    address = f"plan.flights.{name}.{bought[name]}"
    larger = changed(plan, {address: factor * plan["plan"]["flights"][name][bought[name]]})
    less, more = contacts_of(made_ready(plan)), contacts_of(made_ready(larger))
    check_superset(less, more, name)
    check_others(less, more, name)


def test_a_flight_on_other_luck_is_noticed(monkeypatch):
    plan = television(150, agents=150)
    less = contacts_of(made_ready(plan))
    monkeypatch.setattr(compiling, "name_key", lambda kind, name: name_key(kind, name + " two"))
    more = contacts_of(made_ready(changed(plan, {"plan.flights.spot.grp": 300})))
    with pytest.raises(AssertionError):
        check_superset(less, more, "spot")
    with pytest.raises(AssertionError):
        check_superset(more, less, "spot")


def test_a_contact_that_comes_later_is_noticed():
    less = contacts_of(made_ready(television(150, agents=150)))
    late = less.copy()
    late["day"][3] += 1
    with pytest.raises(AssertionError):
        check_superset(less, late, "spot")


RADIO = {"kind": "broadcast", "medium": "radio", "cpm": 5.0, "ad_load": 0.1}
MESSAGE = {"appeals": {NEEDS[0]: 0.4}, "quality": 0.3}


def with_channel(plan, name):
    more = changed(plan, {f"channels.{name}": RADIO})
    for part in more["audience"]["segments"].values():
        part["usage"][name] = {"users": 0.9, "visits_per_day": 2.0}
    return more


def with_traits(plan):
    traits = {
        "trust": 0.8,
        "aware": 0.5,
        "adopters": 0.1,
        "attitude": 0.4,
        "memory": 1.0,
        "availability": 0.5,
    }
    more = copy.deepcopy(plan)
    for part in more["audience"]["segments"].values():
        part.update(traits, fit={})
    return more


@FEW
@given(scenarios())
def test_what_no_flight_uses_moves_no_contact(plan):
    """Add a channel, a message, traits of a segment, an offline layer: each contact of anybody stays."""
    before = contacts_of(made_ready(plan))
    additions = [
        # Names before and after the others, so that every number may shift.
        with_channel(plan, "a first channel"), with_channel(plan, "z last channel"),
        changed(plan, {"messages.a first": MESSAGE}), changed(plan, {"messages.z last": MESSAGE}),
        with_traits(plan),
        changed(plan, {"network.offline": {"generate": "small_world", "ties": 6}}),
        changed(plan, {"objectives.heard": {"metric": "reach", "at_least": 0.5}}),
        changed(plan, {"adoption": {"innovation": 5.0, "imitation": 50.0}}),
    ]  # fmt: skip
    for more in additions:
        np.testing.assert_array_equal(contacts_of(made_ready(more)), before)


@FEW
@given(scenarios())
def test_a_layer_moves_posts_alone(plan):
    bare = changed(plan, {"plan.partners": {}})
    bare["network"].pop("forum", None)
    more = changed(bare, {"network.forum": {"generate": "small_world", "ties": 4}})
    before, after = contacts_of(made_ready(bare)), contacts_of(made_ready(more))
    check_others(before, after, "")
    if all(flight["channel"] != "forum" for flight in bare["plan"]["flights"].values()):
        np.testing.assert_array_equal(before, after)


def additions_to(plan, data):
    new = data.draw(flights(plan["days"], ("m0",), tuple(plan["audience"]["segments"])))
    for name in ("a first", "z last"):
        yield changed(plan, {f"plan.flights.{name}": new})
        yield changed(plan, {f"plan.flights.{name}": {**new, "message": "new"}, "messages.new": MESSAGE})


@FEW
@given(scenarios(inventory=False, influence=True), st.data())
def test_another_flight_moves_no_other(plan, data):
    """Add a flight: paid and owned contacts of the others stay; with a message of its own, posts stay too."""
    before = contacts_of(made_ready(plan))
    for more in additions_to(plan, data):
        after = contacts_of(made_ready(more))
        after = after[~np.isin(after["flight"], ("a first", "z last"))]
        check_others(before, after, "")
        if "new" in more["messages"]:
            np.testing.assert_array_equal(after[after["message"] != "new"], before)


@FEW
@given(scenarios())
def test_another_booking_moves_nothing_of_other_messages(plan):
    plan["network"]["feed"] = {"generate": "small_world", "ties": 4}
    before = contacts_of(made_ready(plan))
    booking = {"message": "new", "channel": "feed", "people": [0, 7, 21], "post_on": [1, plan["days"]]}
    more = changed(plan, {"plan.partners.more": booking, "messages.new": MESSAGE})
    after = contacts_of(made_ready(more))
    np.testing.assert_array_equal(after[after["message"] != "new"], before)


def test_luck_keyed_by_number_is_noticed(monkeypatch):
    """Key flights by their place in the plan: a flight with an earlier name then moves the others."""
    plan = television(150, agents=150)
    numbers = iter(range(1000))
    monkeypatch.setattr(compiling, "name_key", lambda kind, name: name_key(kind, str(next(numbers))))
    before = contacts_of(made_ready(plan))
    numbers = iter(range(1000))
    other = {"message": "claim", "channel": "tv", "days": "1-2", "grp": 10}
    after = contacts_of(made_ready(changed(plan, {"plan.flights.a first": other})))
    with pytest.raises(AssertionError):
        check_others(before, after[after["flight"] != "a first"], "")
