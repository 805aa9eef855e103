"""The day against its plain twin: every step of every day, bit for bit."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import world as real
from sim.campaign.compile import compile_campaign
from sim.kernels import state
from sim.luck_keys import world_key
from sim.public import Public
from sim.scenario.schema import Scenario
from sim.world import DAY, World
from tests import reference_plans as plans
from tests.reference import ReferenceWorld
from tests.reference_person import ADOPTER

pytestmark = pytest.mark.twin

RECORD = (
    "memory", "attitude", "trust", "wear", "pressure", "aware_at", "touched", "segment", "last_variant", "stage",
)  # fmt: skip
COURSE = (
    "forgetting", "forget_at", "own_hazard", "own_at", "peer_hazard", "peer_at", "adopted_on", "turn",
)  # fmt: skip


def assert_same_bits(name: str, got: np.ndarray[Any, Any], wanted: list[Any], when: str) -> None:
    expected = np.array(wanted, got.dtype).reshape(got.shape)
    got = np.ascontiguousarray(got)
    if got.tobytes() != expected.tobytes():
        where = np.argwhere(got != expected)[:5].tolist()
        detail = [(at, got[tuple(at)], expected[tuple(at)]) for at in where]
        pytest.fail(f"{when}: {name} differs from its twin: (place, kernel, twin) {detail}")


def assert_same_people(world: World, twin: ReferenceWorld, when: str) -> None:
    people, record = twin.people, world.people.record
    for names, stored in ((RECORD, record), (COURSE, state.courses(world.people))):
        for name in names:
            assert_same_bits(name, stored[name], [getattr(p, name) for p in people], when)
    n_paid = [sum(p.paid) for p in people]
    channels_met = [sum(1 << c for c, n in enumerate(p.paid) if n) for p in people]
    flags = [
        state.HAS_MET * p.has_met + state.IS_SHARER * bool(p.shared) + state.WAS_AWARE * p.is_begun
        for p in people
    ]
    for name, wanted in (("n_paid", n_paid), ("channels_met", channels_met), ("flags", flags)):
        assert_same_bits(name, record[name], wanted, when)
    messages = range(len(twin.messages))
    lineage = [
        [
            state.HAS_SHARED * (v in p.shared | p.given)
            + state.BRAND_TRIED * ("brand" in p.sources.get(v, ()))
            for v in messages
        ]
        for p in people
    ]
    n_sources = [[len(p.sources.get(v, ())) for v in messages] for p in people]
    n_posts = [[p.n_posts[v] for v in messages] for p in people]
    assert_same_bits("paid_contacts", world.people.paid_contacts, [p.paid for p in people], when)
    urge = [[p.urge.get(v, 0.0) for v in messages] for p in people]
    lines = {"flags": lineage, "n_sources": n_sources, "urge": urge, "n_posts": n_posts}
    for name, wanted in lines.items():
        assert_same_bits(f"lineage {name}", world.people.lineage[name], wanted, when)
    listed = world.people.course["row"][world.people.aware_list[: world.people.n_aware[0]]].tolist()
    assert sorted(listed) == sorted(twin.aware_rows()), f"{when}: the list of the aware"


def assert_same_customers(world: World, twin: ReferenceWorld, when: str) -> None:
    """Compare what adopters think, and what they bought; when they talk shows in what is heard."""
    if world.customers is None:
        assert twin.after is None
        return
    customers = world.customers.register.record[: world.customers.register.n[0]]
    told = [twin.people[row] for row in customers["row"]]
    assert sorted(customers["row"].tolist()) == [p.row for p in twin.people if p.stage == ADOPTER], when
    for name in ("satisfaction", "desire", "n_bought"):
        assert_same_bits(name, customers[name], [getattr(p, name) for p in told], when)


def assert_same_contacts(world: World, twin: ReferenceWorld, when: str) -> None:
    """Compare what each person meets, in its own order; the order between persons is free."""
    fields = ("person", "source", "message", "variant", "channel", "kind", "weight", "is_attended")
    columns = [world.contacts[name][: world.n_contacts].tolist() for name in fields]
    got = sorted(zip(*columns, strict=True), key=lambda contact: contact[0])
    wanted = [tuple(contact) for contact in sorted(twin.today, key=lambda contact: contact.person)]
    assert got == wanted, f"{when}: contacts"


def assert_same_posts(world: World, twin: ReferenceWorld, when: str) -> None:
    def listed(posts: np.ndarray[Any, Any]) -> list[tuple[int, ...]]:
        names = ("channel", "author", "message", "variant", "nth", "kind", "source")
        return list(zip(*(posts[name].tolist() for name in names), strict=True))

    assert listed(world.posts) == [tuple(post) for post in twin.posts], f"{when}: posts"
    assert sorted(listed(world.posts_tomorrow)) == sorted(twin.tomorrow), f"{when}: posts of tomorrow"


def assert_same_variants(world: World, twin: ReferenceWorld, when: str) -> None:
    n = world.variants.n[0]
    assert n == len(twin.variants), f"{when}: variants"
    for name in ("appeals", "quality", "valence", "drift", "lineage", "parent", "author", "made_on"):
        wanted = [getattr(variant, name) for variant in twin.variants]
        assert_same_bits(f"{name} of variants", getattr(world.variants, name)[:n], wanted, when)
    matches = [variant.match for variant in twin.variants]
    assert_same_bits("match of variants", world.variants.match[:, :n].T, matches, when)


def assert_same_tally(world: World, twin: ReferenceWorld, when: str) -> None:
    for name, wanted in twin.tally().items():
        assert_same_bits(name, getattr(world.tally, name), wanted, when)
        if when.endswith("record"):
            assert_same_bits(f"log of {name}", getattr(world.log, name)[world.day - 1], wanted, when)


def live_side_by_side(public: Public, scenario: Scenario, replication: int = 0) -> ReferenceWorld:
    """Step both worlds through every step of every day and compare all that they hold."""
    campaign, key = compile_campaign(scenario, public), world_key(scenario.master_seed, replication)
    world = World(public, campaign, key, scenario.days)
    twin = ReferenceWorld(public, campaign, int(key), scenario.days)
    twin.rules.moved = lambda flight: world.reactions.purchase(flight).clock
    for day in range(1, scenario.days + 1):
        world.day, world.n_contacts = day, 0
        twin.begin_day()
        for name, act in DAY:
            act(world)
            getattr(twin, name.replace(" ", "_"))()
            when = f"day {day}, after {name}"
            assert_same_contacts(world, twin, when)
            assert_same_people(world, twin, when)
            assert_same_tally(world, twin, when)
            assert_same_customers(world, twin, when)
            assert_same_variants(world, twin, when)
            if name not in ("forget", "deliver paid", "deliver owned"):
                assert_same_posts(world, twin, when)
        heard = [twin.adopters_heard(person) for person in twin.people]
        if public.market is not None:
            assert_same_bits("adopters_heard", world.people.adopters_heard, heard, f"day {day}")
    return twin


def scenario_of(**changes: Any) -> Scenario:
    return Scenario.from_dict(plans.mapping(**changes))


BUSY = {
    "capped", "several of a flight on a day", "visited after what stood before", "met after a cap's new block", "insertion met again",
    "candidate not kept", "tie passed over", "row where all are candidates", "posted the same again",
    "attended kind 0", "attended kind 1", "attended kind 2", "attended kind 3", "attended kind 4",
    "faded over several days", "considering", "considering no more", "forgot", "forgot again", "aware",
    "aware again", "attitude falls by wear-out", "novel message", "source met before", "k beyond r",
    "shared from the brand", "shared from a person", "shared at a later source", "aware by sharing",
    "adopted by own conviction", "adopted by others", "talked twice on a day", "adopter of the start talked",
    "variant made", "variant of a variant", "variant attended", "message after a variant",
    "heard well", "heard ill", "heard by an adopter", "aware by talk", "bought again", "bought a third time",
}  # fmt: skip


@pytest.fixture
def small_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let contacts and sources outgrow their first room within the first days."""
    monkeypatch.setattr(real, "FIRST_ROOM", 4)


@pytest.mark.usefixtures("small_room")
def test_busy_world_takes_every_branch_as_its_twin_does() -> None:
    scenario = scenario_of()
    public = plans.public_of(scenario)
    campaign = compile_campaign(scenario, public)
    assert {flight.name for flight in campaign.paid if flight.speed_up > 1.0} >= {"capped", "spots"}
    seen: Counter[str] = Counter()
    for replication in range(4):
        seen += live_side_by_side(public, scenario, replication).seen
    assert BUSY - set(seen) == set()


COPIES = {"pull_to_self": 0.0, "appeal_sd": 0.0, "quality_sd": 0.0, "valence_kept": 1.0}
QUIET: dict[str, dict[str, Any]] = {
    "nobody shares": {"sharing": None},
    "nobody adopts": {"adoption": None},
    "passed on as it is": {"co_creation": None},
    "room for three": {"co_creation": {"probability": 1.0, "most_variants": 3}},
    "copies": {"co_creation": {**COPIES, "probability": 1.0}},
    "wear stays": {"reception": {"wear_recovery_days": None, "wear_out_contacts": 1.0}},
    "no wear-out": {"reception": {"wear_out_contacts": None, "awareness_paid": 1.0, "awareness_peer": 1.0}},
    "nothing is sent": {"plan": {}},
    "nobody talks": {"adoption": {**plans.BUSY_MARKET, "word_of_mouth": None, "repurchase": None}},
    "content and silent": {"adoption": {**plans.BUSY_MARKET, "word_of_mouth": {"talks_per_day": 0.0}}},
    "all alike": {
        "adoption": {**plans.BUSY_MARKET, "word_of_mouth": {"satisfaction_sd": 0.0, "satisfaction": 0.0}}
    },
    "buy and keep quiet": {"adoption": {**plans.BUSY_MARKET, "word_of_mouth": None}},
}


@pytest.mark.parametrize("name", QUIET)
def test_world_with_a_part_switched_off(name: str) -> None:
    scenario = scenario_of(agents=80, days=8, **QUIET[name])
    seen = live_side_by_side(plans.public_of(scenario), scenario).seen
    if name == "nobody shares":
        assert not any(branch.startswith("shared") for branch in seen if seen[branch])
    if name == "nobody adopts":
        assert not seen["adopted by own conviction"] + seen["adopted by others"]
    if name == "passed on as it is":
        assert not seen["variant made"]
    assert bool(seen["variant refused"]) == (name == "room for three")
    if name == "no wear-out":
        assert not seen["attitude falls by wear-out"]
    if name == "wear stays":
        assert seen["attitude falls by wear-out"]
    if name in ("nobody adopts", "nobody talks", "content and silent", "buy and keep quiet"):
        assert not seen["heard well"] + seen["heard ill"]
    if name in ("nobody adopts", "nobody talks"):
        assert not seen["bought again"]
    if name == "nothing is sent":
        assert not seen["aware"]
        assert seen["adopted by own conviction"]


def test_feeds_that_rank_by_shares() -> None:
    tree = plans.mapping(agents=100, days=12)
    tree["channels"]["gram"]["ranking"] = {"days": 2, "most": 2.0, "half_at": 40.0}
    tree["channels"]["tube"] |= {"visibility": 0.6, "ranking": {"days": 1, "most": 5.0, "half_at": 9.0}}
    scenario = Scenario.from_dict(tree)
    seen = live_side_by_side(plans.public_of(scenario), scenario).seen
    assert seen["shown more by ranking"]
    assert seen["shares too old to count"]


RULES = {
    "threshold": {"rule": "threshold"},
    "fraction": {"rule": "fraction", "fraction": 0.2},
    "count": {"rule": "count", "count": 2, "stay": 0.4},
}


@pytest.mark.parametrize("name", RULES)
def test_textbook_rules_of_sharing(name: str) -> None:
    scenario = scenario_of(agents=120, days=10, sharing=RULES[name], co_creation=None)
    seen = live_side_by_side(plans.public_of(scenario), scenario).seen
    assert seen["shared from a person"]
    assert seen["shared at a later source"]
    assert seen["brand moves nobody"]
    assert not seen["shared from the brand"]


ORDERED = {
    "too early", "waited and capped", "late enough, kind 0", "late enough, kind 1",
}  # fmt: skip


def test_messages_in_order() -> None:
    """A capped flight, a free one, insertions and the newsletter wait for the teaser; one message waits for two."""
    tree = plans.mapping(agents=120)
    tree["messages"]["reveal"]["after"], tree["messages"]["rumour"]["after"] = "teaser", "reveal"
    scenario = Scenario.from_dict(tree)
    seen = live_side_by_side(plans.public_of(scenario), scenario).seen
    assert ORDERED - {branch for branch in seen if seen[branch]} == set()


@pytest.mark.parametrize("offline", ["well_mixed", "none"])
def test_others_are_heard_as_the_layer_says(offline: str) -> None:
    scenario = scenario_of(agents=160, days=14)
    twin = live_side_by_side(plans.public_of(scenario, offline=offline), scenario)
    assert bool(twin.seen["adopted by others"]) == (offline == "well_mixed")


def test_sources_are_distinct_where_nobody_posts_twice() -> None:
    """Without bookings and staying no set of sources is kept; the twin keeps it and agrees."""
    plan = plans.busy_plan(14) | {"partners": {}}
    sharing = {"beta": 0.2, "r": [1.0, 2.0], "stay": 0.0, "engagement": {"rare": 0.4, "some": 0.2}}
    scenario = scenario_of(agents=200, days=14, plan=plan, sharing=sharing)
    seen = live_side_by_side(plans.public_of(scenario, weighted=False), scenario).seen
    assert not seen["posted the same again"] + seen["source met before"]
    assert seen["shared from a person"]
    assert seen["shared at a later source"]


def talk() -> st.SearchStrategy[dict[str, float]]:
    share = st.floats(0.0, 1.0)
    return st.fixed_dictionaries(
        {"satisfaction": st.floats(-1.0, 1.0), "satisfaction_sd": share, "effect_on_attitude": share,
         "talks_per_day": st.floats(0.0, 3.0), "visibility": share}
    )  # fmt: skip


def _every(days: float) -> dict[str, float]:
    return {"mean_interval_days": days}


@st.composite
def some_plans(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a scenario: sizes, luck, how much is bought and how people react."""
    days = draw(st.integers(10, 13))
    busy = plans.busy_plan(days)
    some = {kind: draw(st.sets(st.sampled_from(sorted(busy[kind])), min_size=1)) for kind in busy}
    plan = {kind: {name: busy[kind][name] for name in sorted(names)} for kind, names in some.items()}
    for flight in plan["flights"].values():
        if "grp" in flight:
            flight["grp"] = draw(st.floats(0.0, 900.0))
        if "cap" in flight:
            flight["cap"] = {"times": draw(st.integers(1, 4)), "per_days": draw(st.integers(1, days + 2))}
    chance, some_days = st.floats(0.0, 1.0), st.floats(3.0, 60.0)
    tree = plans.mapping(
        agents=draw(st.integers(60, 90)),
        days=days,
        plan=plan,
        master_seed=draw(st.integers(0, 2**63 - 1)),
        reception={
            "memory_half_life_days": draw(some_days),
            "wear_recovery_days": draw(st.none() | some_days),
            "wear_out_contacts": draw(st.none() | st.floats(1.0, 20.0)),
            "awareness_loss_per_day": draw(chance),
            "awareness_paid": draw(chance),
            "attitude_step": draw(chance),
            "consider_at": draw(st.floats(-0.2, 0.3)),
            "disclosure_discount": draw(chance),
        },
        sharing={
            "beta": draw(st.none() | st.floats(0.0, 1.0)),
            "r": draw(st.lists(st.floats(0.0, 2.0), min_size=1, max_size=4)),
            "stay": draw(st.sampled_from([0.0, 0.5, 1.0])),
            "brand_factor": draw(chance),
            "engagement": {"rare": 0.2, "some": 0.3},
        },
        adoption={
            "innovation": draw(st.floats(0.0, 60.0)),
            "imitation": draw(st.floats(0.0, 100.0)),
            "effect_of_attitude": draw(st.floats(-10.0, 10.0)),
            "effect_of_memory": draw(st.floats(-10.0, 10.0)),
            "effect_of_trust": draw(st.floats(-10.0, 10.0)),
            "word_of_mouth": draw(st.none() | talk()),
            "repurchase": draw(st.none() | st.builds(_every, st.floats(1.0, 20.0))),
        },
    )
    for message in tree["messages"].values():
        message["format"] = draw(st.sampled_from([None, "video", "text"]))
    ranking = st.fixed_dictionaries(
        {"days": st.integers(1, 3), "most": st.floats(1.0, 4.0), "half_at": st.floats(1.0, 99.0)}
    )
    co_creation = st.fixed_dictionaries(
        {"probability": chance, "half_at_engagement": st.floats(0.01, 10.0), "pull_to_self": chance, "appeal_sd": chance,
         "quality_sd": chance, "valence_kept": chance, "most_variants": st.integers(1, 20)}
    )  # fmt: skip
    tree["co_creation"] = draw(st.none() | co_creation)
    tree["channels"]["gram"]["ranking"] = draw(st.none() | ranking)
    tree["messages"]["reveal"]["after"] = draw(st.sampled_from([None, "teaser", "rumour"]))
    return tree


@settings(max_examples=20, deadline=None, derandomize=True)
@given(some_plans(), st.booleans(), st.sampled_from(["ties", "well_mixed", "none"]), st.integers(0, 2**40))
def test_random_plans(tree: dict[str, Any], weighted: bool, offline: str, replication: int) -> None:
    scenario = Scenario.from_dict(tree)
    live_side_by_side(plans.public_of(scenario, weighted, offline), scenario, replication)
