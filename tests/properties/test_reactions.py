"""Rules that react: what they look at, what they leave alone, and what becomes of contacts, caps and money."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.day import gauges
from sim.day.reactions import Frame
from sim.experiment.runner import run, run_world
from sim.results.catalog import LIFT_SUFFIX, RULE_FIRED, RULE_FIRST_DAY, RULE_TIMES
from sim.results.indicators import settled
from sim.scenario.metrics import EVENING, EVENING_BY_CHANNEL
from sim.world import DAY
from tests.plans import Mapping, build, changed, lived, made_ready, open_world, television
from tests.random_plans import scenarios

pytestmark = pytest.mark.property
FEW = settings(derandomize=True, deadline=None, max_examples=25)
ALWAYS = {"metric": "reach", "above": -1.0}
DAYS = 12


def after(day: int, then: Mapping, **more: Any) -> Mapping:
    """Return a rule that acts from the morning after `day` on."""
    return {"when": ALWAYS, "then": then, "days": f"{day}-{DAYS}", **more}


def two_flights(rules: Mapping, **changes: Any) -> Any:
    """Return a made-ready plan of two flights on TV, one over all days and one later, with rules."""
    plan = television(120, agents=400, days=DAYS)
    spot = plan["plan"]["flights"]["spot"]
    plan["plan"]["flights"]["late"] = {**spot, "message": "offer", "grp": 60, "days": f"5-{DAYS}"}
    plan["messages"]["offer"] = plan["messages"]["claim"]
    plan["plan"]["rules"] = rules
    return made_ready(changed(plan, {f"plan.flights.{key}": value for key, value in changes.items()}))


def by_day(study: Any, replication: int = 0) -> list[list[tuple[str, int, int]]]:
    """Return flight, person and attention of every paid contact of a world, day by day."""
    world, out = open_world(study, replication), []
    while world.day < world.days:
        world.day, world.n_contacts = world.day + 1, 0
        for name, act in DAY:
            act(world)
            if name == "deliver paid":
                there = world.contacts[: world.n_contacts]
                flights = np.where(
                    there["message"] == world.campaign.message_names.index("offer"), "late", "spot"
                )
                columns = flights, there["person"], there["is_attended"]
                out.append(list(zip(*(column.tolist() for column in columns), strict=True)))
    return out


def spend_of(study: Any, replication: int = 0) -> float:
    return settled(study.ledger, lived(study, replication)).spend


@FEW
@given(scenarios(), st.data())
def test_a_rule_that_never_fires_leaves_the_bits(plan: Mapping, data: Any) -> None:
    flights = sorted(plan["plan"]["flights"])
    flight, message = (
        data.draw(st.sampled_from(flights)),
        data.draw(st.sampled_from(sorted(plan["messages"]))),
    )
    thens = [{"pause": flight}, {"resume": flight}, {"swap_message": {"flight": flight, "message": message}}]
    volumes = [f for f in flights if {"budget", "impressions", "grp"} & set(plan["plan"]["flights"][f])]
    if len(volumes) > 1:
        thens.append({"shift_budget": {"from": volumes[0], "to": volumes[-1], "share": 0.5}})
    when = data.draw(
        st.sampled_from([{"metric": "reach", "above": 1.0}, {"metric": "talk_contacts", "below": 0.0}])
    )
    rules = {"never": {"when": when, "then": data.draw(st.sampled_from(thens))}}
    bare, ruled = (run(build(p), threads=1) for p in (plan, changed(plan, {"plan.rules": rules})))
    for name in ("summary", "worlds", "daily"):
        left, right = getattr(bare, name), getattr(ruled, name)
        told = ~right.metric.str.startswith("rule_")
        pd.testing.assert_frame_equal(left, right[told].reset_index(drop=True), check_exact=True)
    assert ruled.value(f"{RULE_FIRED}never") == ruled.value(f"{RULE_TIMES}never") == 0.0
    assert np.isnan(ruled.value(f"{RULE_FIRST_DAY}never"))


def test_what_is_told_of_an_evening_is_what_the_days_tell() -> None:
    plan = television(100, agents=100, days=3)
    study = made_ready(changed(plan, {"plan.listening": {"reply": "private"}}))
    told = {row for row in run_world(study, 0).daily_rows if not row[0].endswith(LIFT_SUFFIX)}
    assert {metric for metric, _, _ in told} == set(EVENING)
    assert {metric for metric, _, channel in told if channel != "all"} == set(EVENING_BY_CHANNEL)


@FEW
@given(
    scenarios(),
    st.sampled_from(EVENING),
    st.sampled_from([True, False]),
    st.integers(1, 3),
    st.floats(0.0, 1.0),
)
def test_a_rule_fires_when_the_days_say_so(
    plan: Mapping, metric: str, above: bool, days: int, at: float
) -> None:
    """Take a bound that the indicator of the world without the rule comes to; look the first evening up."""
    plan = changed(plan, {"plan.listening": {"reply": "private", "cover": 0.8}})
    row, study = (metric, "all", "all"), made_ready(plan)
    outcome = run_world(study, 0)
    values = outcome.daily[:, outcome.daily_rows.index(row)]
    bound = float(np.nanquantile(values, at)) if np.isfinite(values).any() else 0.0
    holds = values > bound if above else values < bound
    runs = [day for day in range(days, len(values) + 1) if holds[day - days : day].all()]
    side = "above" if above else "below"
    when = {"metric": metric, side: bound, "for_days": days}
    flight = next(iter(plan["plan"]["flights"]))
    world = lived(made_ready(changed(plan, {"plan.rules": {"x": {"when": when, "then": {"pause": flight}}}})))
    assert world.reactions.fired["x"] == tuple(runs[:1])


def test_an_evening_has_the_value_of_the_day() -> None:
    study = two_flights({})
    world, outcome = lived(study), run_world(study, 0)
    ledger = study.ledger
    frame = Frame(ledger.channels, ledger.sizes, ledger.people_per_agent)
    for metric, channel in ((m, c) for m, s, c in outcome.daily_rows if m in EVENING and s == "all"):
        value = gauges.today(frame, world.tally, metric, channel)[0]
        told = outcome.daily[-1, outcome.daily_rows.index((metric, "all", channel))]
        np.testing.assert_array_equal(value, told)
    with pytest.raises(KeyError):
        gauges.today(frame, world.tally, "adoption_lift", "all")


@pytest.mark.parametrize("flight", ["spot", "late"])
def test_a_pause_loses_its_days_and_moves_no_others(flight: str) -> None:
    plain = by_day(two_flights({}))
    rules = {"calm": after(6, {"pause": flight}), "on": after(9, {"resume": flight})}
    paused = by_day(two_flights(rules))
    for day, (left, right) in enumerate(zip(plain, paused, strict=True), start=1):
        kept = left if not 6 < day <= 9 else [c for c in left if c[0] != flight]
        assert kept == right, day
    assert any(contact[0] == flight for contact in paused[-1])


def test_what_is_paused_is_not_paid() -> None:
    plain = two_flights({})
    even = spend_of(plain)
    six = two_flights({"calm": after(6, {"pause": "spot"})})
    spot = plain.campaign.paid[1]
    assert spot.name == "spot"
    assert even - spend_of(six) == pytest.approx(spot.spend / 2, rel=1e-12)
    front = two_flights({"calm": after(6, {"pause": "spot"})}, **{"spot.shape": "front"})
    assert even - spend_of(front) == pytest.approx(spot.spend * 21 / 78, rel=1e-12)
    no_more = two_flights({"calm": after(6, {"pause": "spot"}), "on": after(9, {"resume": "spot"})})
    assert even - spend_of(no_more) == pytest.approx(spot.spend / 4, rel=1e-12)
    assert spend_of(two_flights({"late": after(DAYS, {"pause": "spot"})})) == even


def test_insertions_that_are_paused_are_not_paid_and_later_ones_meet_the_same() -> None:
    bought = {"grp": None, "insertions": 6, "insertion_reach": {"first": 0.2, "second": 0.3}}
    rules = {"calm": after(4, {"pause": "spot"}), "on": after(8, {"resume": "spot"})}
    changes = {f"spot.{key}": value for key, value in bought.items()}
    plain, paused = (two_flights(r, **changes) for r in ({}, rules))
    met = []
    for study in (plain, paused):
        world = lived(study)
        met.append(world.insertions_met["spot"].copy())
        assert settled(study.ledger, world).media_spend[0] < np.inf
    np.testing.assert_array_equal(*met)
    spot = plain.campaign.paid[1]
    missed = np.count_nonzero((spot.insertion_days > 4) & (spot.insertion_days <= 8))
    assert 0 < missed < 6
    assert spend_of(plain) - spend_of(paused) == pytest.approx(spot.spend * missed / 6, rel=1e-12)


def moved(share: float, **changes: Any) -> Any:
    rules = {"go": after(7, {"shift_budget": {"from": "spot", "to": "late", "share": share}})}
    return two_flights(rules, **changes)


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_money_that_is_moved_adds_there_and_takes_away_here(share: float) -> None:
    plain, shifted = by_day(two_flights({})), by_day(moved(share))
    assert plain[:7] == shifted[:7]
    for day in range(8, DAYS + 1):  # by any day, person by person: more of the one, less of the other
        before, now = (Counter(c[:2] for there in days[:day] for c in there) for days in (plain, shifted))
        assert {flight for flight, _ in (before - now)} <= {"spot"}, day
        assert {flight for flight, _ in (now - before)} <= {"late"}, day
    kept = [[c[0] for there in days[7:] for c in there].count("spot") for days in (plain, shifted)]
    assert (kept[1] == 0) if share == 1.0 else (0 < kept[1] < kept[0])
    assert spend_of(moved(share)) == pytest.approx(spend_of(two_flights({})), rel=1e-9)


CAPPED = {"spot.cap": {"times": 2, "per_days": 5}, "spot.grp": 200}


@pytest.mark.parametrize(
    "changes",
    [CAPPED, {"late.cap": {"times": 1, "per_days": 4}}, {**CAPPED, "late.cap": {"times": 3, "per_days": 9}}],
)
def test_money_under_caps_is_neither_made_nor_lost(changes: Mapping) -> None:
    """What is bought stays what it was; what can be delivered is, by the expectation solved anew."""
    planned, study = two_flights({}, **changes), moved(0.5, **changes)
    there = settled(study.ledger, lived(study))
    assert float(there.bought.sum()) == pytest.approx(float(planned.ledger.bought.sum()), rel=1e-12)
    assert there.spend == pytest.approx(planned.ledger.spend, rel=3e-4)
    accounts = list(lived(study).reactions.accounts())
    assert all(account.deliverable <= account.bought for account in accounts)
    n = [lived(study, r).tally.contacts[0].sum() for r in range(30)]
    expected = sum(account.deliverable for account in accounts) / study.public.population.people_per_agent
    assert abs(np.mean(n) - expected) < 4 * np.std(n, ddof=1) / np.sqrt(30)


@pytest.mark.parametrize("rules", [
    {"go": after(3, {"pause": "spot"}), "on": after(4, {"resume": "spot"})},
    {"go": after(7, {"shift_budget": {"from": "late", "to": "spot", "share": 1.0}})},
    {"go": after(6, {"swap_message": {"flight": "spot", "message": "claim"}})},
])  # fmt: skip
def test_caps_hold_whatever_rules_do(rules: Mapping) -> None:
    study = two_flights(rules, **CAPPED)
    met: dict[tuple[int, int], int] = {}
    for day, contacts in enumerate(by_day(study)):
        for flight, person, _ in contacts:
            if flight == "spot":
                met[person, day // 5] = met.get((person, day // 5), 0) + 1
    assert max(met.values()) == 2


def test_inventory_holds_whatever_is_moved() -> None:
    load = 0.35
    plan = television(300, agents=400, days=DAYS, channel={"ad_load": load})
    spot = plan["plan"]["flights"]["spot"]
    plan["plan"]["flights"]["late"] = {**spot, "grp": 150, "days": f"5-{DAYS}"}
    plan["plan"]["flights"]["third"] = {**spot, "grp": 50, "days": f"2-{DAYS}"}
    plan["plan"]["rules"] = {"go": after(7, {"shift_budget": {"from": "spot", "to": "late", "share": 0.5}})}
    study = made_ready(plan)
    world = lived(study)
    steps = [np.diff(world.reactions.purchase(flight).clock, axis=1) for flight in study.campaign.paid]
    assert sum(steps).max() <= load * (1 + 1e-12)
    late = study.campaign.paid[0]
    assert world.reactions.purchase(late).clock[0, -1] > late.purchase.clock[0, -1]


def test_swapped_messages_keep_who_is_met() -> None:
    study = two_flights({}, **{"spot.message": "claim"})
    plan = study.scenario.model_dump(mode="json")
    plan["messages"]["other"] = {**plan["messages"]["claim"], "format": "text", "valence": -0.5}
    plan["channels"]["tv"]["formats"] = {"text": {"attention": 0.5, "impact": 1.0}}
    plan["plan"]["rules"] = {"x": after(6, {"swap_message": {"flight": "spot", "message": "other"}})}
    plain, swapped = by_day(study), by_day(made_ready(plan))
    assert plain[:6] == swapped[:6]
    for left, right in zip(plain[6:], swapped[6:], strict=True):
        assert [contact[:2] for contact in left] == [contact[:2] for contact in right]
        heeded = [[heeds for *_, heeds in there] for there in (left, right)]
        assert all(a >= b for a, b in zip(*heeded, strict=True))  # a mark that misses α misses a lower one
    assert plain != swapped
    worlds = lived(study), lived(made_ready(plan))
    assert worlds[0].tally.attitude.sum() > worlds[1].tally.attitude.sum()


def test_a_shift_that_ignores_the_cap_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Multiply the intensity and leave the cap out of account: more is delivered than was bought."""
    study = moved(0.5, **CAPPED)
    planned = two_flights({}, **CAPPED).ledger.spend
    assert spend_of(study) <= planned * (1 + 1e-4)
    monkeypatch.setattr("sim.day.reactions._solved", lambda expected, wanted, most: 0.5)
    assert spend_of(study) > planned * (1 + 1e-3)
