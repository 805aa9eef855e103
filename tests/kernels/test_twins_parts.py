"""Kernels beside the day: what the public is made ready with, and sets of sources."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.campaign import buying
from sim.campaign.compile import compile_campaign
from sim.kernels import paid, reception, sharing, state
from sim.luck_keys import world_key
from sim.public import Public
from sim.scenario.channel_numbers import attention as attention_of
from sim.scenario.schema import Scenario
from sim.world import World
from tests import reference_delivery as delivery
from tests import reference_person as persons
from tests import reference_plans as plans

pytestmark = pytest.mark.twin


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Scenario.from_dict(plans.mapping())


@pytest.fixture(scope="module")
def public(scenario: Scenario) -> Public:
    return plans.public_of(scenario)


def twin_layer(public: Public, c: int) -> delivery.Layer:
    """Build a feed's layer from population and network alone."""
    layer = public.network.layers[public.population.channel_names[c]]
    visits = [min(1.0, usage) for usage in public.population.usage[c].tolist()]
    rows = delivery.rows_of(layer.out_ptr, layer.out_dst, layer.out_weight)
    return delivery.Layer(rows, visits, public.ties[c].visibility)


def test_rows_of_a_feed_have_their_largest_probability(public: Public) -> None:
    assert sorted(public.ties) == [0, 2]
    for c, ties in public.ties.items():
        layer = twin_layer(public, c)
        assert ties.visits.tolist() == layer.visits
        assert ties.peak.tolist() == [delivery.row_peak(layer, j) for j in range(public.population.n_people)]
        assert {0.0} < set(ties.peak.tolist())


def test_sharing_scale_makes_the_mean_number_of_sharers(scenario: Scenario, public: Public) -> None:
    """β · α · Σ over ties of κ·min(1, u)·ω·E, per user of the channel, is `reference_mean`."""
    for c, name in enumerate(public.population.channel_names):
        if c not in public.ties:
            assert public.beta[c] == 0.0
            continue
        total = delivery.secondary_reach(twin_layer(public, c), public.population.engagement.tolist())
        n_users = sum(usage > 0 for usage in public.population.usage[c].tolist())
        mean = attention_of(scenario.channels[name]) * total / n_users
        assert scenario.sharing is not None
        assert public.beta[c] == scenario.sharing.reference_mean / mean


def test_people_know_whom_they_hear_offline(public: Public) -> None:
    offline = public.network.layers["offline"]
    rows = delivery.rows_of(offline.out_ptr, offline.out_dst, offline.out_weight)
    adopters = public.population.is_adopter.tolist()
    told = [row if is_adopter else [] for row, is_adopter in zip(rows, adopters, strict=True)]
    assert public.market is not None
    assert public.market.in_weight.tolist() == delivery.in_weights(rows)
    assert public.adopters_heard.tolist() == delivery.in_weights(told)
    assert public.adopters_heard.max() > 0.0


def test_numbers_of_reception_are_the_scenarios(scenario: Scenario, public: Public) -> None:
    habits, told = public.habits, scenario.reception
    for gap in range(scenario.days + 1):
        assert habits.memory_left[gap] == pytest.approx(2 ** (-gap / told.memory_half_life_days), rel=1e-14)
        assert habits.wear_left[gap] == pytest.approx(2 ** (-gap / 28.0), rel=1e-14)
    assert habits.wear_rate == 1 / 2.0
    assert public.market is not None
    trust = [persons.units(t) for t in public.population.trust.tolist()]
    assert public.market.mean_trust == sum(trust) / persons.UNITS / len(trust)
    assert (public.market.own_rate, public.market.peer_rate) == (6.0 / 365.0, 60.0 / 365.0)


def test_views_are_products_of_the_scenarios_numbers(scenario: Scenario, public: Public) -> None:
    """pull = η·τ·μ·χ·ψ and awareness = -ln(1 - p·ψ), cell by cell."""
    views, told = compile_campaign(scenario, public).views, scenario.reception
    for kind, tau in enumerate(views.credibility.tolist()):
        chance = told.awareness_peer if kind == state.PEER else told.awareness_paid
        for c, v in np.ndindex(views.impact.shape):
            psi = float(views.impact[c, v])
            assert views.awareness[kind, c, v] == -persons.log_left(chance * psi)
            for s, matches in enumerate(views.match.tolist()):
                for mu in matches[v : v + 1]:
                    name = public.population.segment_names[s]
                    fit = scenario.audience.segments[name].fit.get(sorted(scenario.messages)[v], 1.0)
                    assert views.pull[kind, c, s, v] == told.attitude_step * tau * mu * fit * psi
    for c, name in enumerate(public.population.channel_names):
        assert set(views.attention[c].ravel().tolist()) == {attention_of(scenario.channels[name])}


@given(st.lists(st.integers(3, 9), max_size=40))
def test_contacts_are_laid_out_by_day(days: list[int]) -> None:
    codes = list(range(len(days)))
    ptr, code = paid.lay_out(np.array(days, np.uint16), np.array(codes, np.uint32), len(days), 3, 9)
    assert code.tolist() == delivery.day_by_day(days, codes)
    assert np.diff(ptr).tolist() == [days.count(day) for day in range(3, 10)]


def test_a_long_flight_is_drawn_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold few contacts at a time: the same contacts on the same days, whatever room there is."""
    made = []
    for most in (buying.MOST_HELD, 60):
        monkeypatch.setattr(buying, "MOST_HELD", most)
        scenario = Scenario.from_dict(plans.mapping())
        public = plans.public_of(scenario)
        campaign = compile_campaign(scenario, public)
        world = World(public, campaign, world_key(11, 0), scenario.days)
        days = []
        while world.day < world.days:
            world.step()
            days.append(world.contacts[: world.n_contacts].tolist())
        made.append((max(len(flight.spans) for flight in campaign.paid), days))
    assert made[0][0] == 1
    assert made[1][0] > 2
    assert made[0][1] == made[1][1]


def test_contacts_without_room_are_counted(public: Public, scenario: Scenario) -> None:
    flight = next(f for f in compile_campaign(scenario, public).paid if f.spans)
    span = flight.spans[0]
    wanted = (np.uint64(1), np.uint64(2), span.first, span.last, flight.audience, flight.purchase)
    n = paid.draw_arrivals(*wanted, np.empty(0, np.uint16), np.empty(0, np.uint32))
    days, codes = np.zeros(n, np.uint16), np.zeros(n, np.uint32)
    assert paid.draw_arrivals(*wanted, days, codes) == n > 10
    assert days.min() >= span.first


def test_start_is_what_the_segments_say(scenario: Scenario, public: Public) -> None:
    population, told = public.population, scenario.audience.segments
    for i, start in enumerate(public.start):
        segment = told[population.segment_names[population.segment[i]]]
        aware = persons.CONSIDERING if segment.attitude >= scenario.reception.consider_at else persons.AWARE
        stage = persons.ADOPTER if population.is_adopter[i] else aware if population.is_aware[i] else 0
        assert start["stage"] == stage
        for name in ("attitude", "memory", "trust"):
            assert start[name] == getattr(segment, name)
    assert set(public.start["stage"].tolist()) == {persons.UNAWARE, persons.AWARE, persons.ADOPTER}


def test_clocks_deliver_what_is_bought(scenario: Scenario, public: Public) -> None:
    """Σ over users and blocks of E[min(N, cap)], user by user, against what was bought.

    The stated error of the solution is 1e-3; inventory is Σ over flights of the intensity ≤ usage · ad load.
    """
    campaign = compile_campaign(scenario, public)
    w = public.population.people_per_agent
    tv, load = public.population.channel_names.index("tv"), 0.0
    for flight in campaign.paid:
        if len(flight.insertion_days):
            continue
        if flight.purchase.channel == tv:
            load = load + np.diff(flight.purchase.clock, axis=1)
        expected = sum(expected_contacts(flight, u, s) for _, _, u, s in delivery.users(flight.audience))
        assert expected * w == pytest.approx(flight.deliverable, rel=1e-3), flight.name
        assert flight.deliverable <= flight.bought
        is_tight = flight.name in ("spots", "spots_more")
        assert (flight.deliverable < flight.bought) == is_tight, flight.name
    assert np.max(load) == pytest.approx(0.8)
    assert np.max(load) <= 0.8 + 1e-12


def expected_contacts(flight: Any, usage: float, segment: int) -> float:
    buy = flight.purchase
    clock = buy.clock[segment].tolist()
    if buy.cap == 0:
        return usage * clock[-1]
    total = 0.0
    for first in range(buy.first_day, len(clock), buy.per_days):
        last = min(first + buy.per_days - 1, len(clock) - 1)
        mean = usage * (clock[last] - clock[first - 1])
        below = [math.exp(-mean) * mean**k / math.factorial(k) for k in range(buy.cap)]
        total += sum(k * p for k, p in enumerate(below)) + buy.cap * (1 - sum(below))
    return total


@given(st.lists(st.integers(1, 2**64 - 1), max_size=60), st.integers(1, 40))
def test_sources_are_remembered_as_in_a_set(keys: list[int], alike: int) -> None:
    known: set[int] = set()
    table = np.zeros(4, np.uint64)
    for key in [key % alike + 1 for key in keys] + keys:
        if 2 * (len(known) + 1) > len(table):
            table = sharing.rehash(table)
        assert sharing.remember_source(table, np.uint64(key)) == (key not in known)
        known.add(key)
    assert {int(key) for key in table} - {0} == known


def test_more_room_keeps_what_was_there() -> None:
    contacts = np.zeros(3, state.CONTACT)
    for k in range(3):
        paid.put_contact(contacts, k, k + 1, state.BRAND, 5, 7, 2, state.PAID, 0.5, k % 2)
    room = paid.grown(contacts)
    assert len(room) == 6
    assert room[:3].tobytes() == contacts.tobytes()
    twins = [delivery.Contact(k + 1, -1, 5, 7, 2, 0, 0.5, k % 2) for k in range(3)]
    assert [tuple(room[k][name] for name in delivery.Contact._fields) for k in range(3)] == twins


@given(st.floats(-1e3, 1e3))
def test_units_round_to_the_nearest(x: float) -> None:
    assert reception.units(x) == persons.units(x)
    assert abs(reception.units(x) / persons.UNITS - x) <= 0.5 / persons.UNITS
