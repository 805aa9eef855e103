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

pytestmark = pytest.mark.twin

STORED = (
    "uid", "memory", "attitude", "trust", "wear", "engagement", "pressure", "aware_at", "forgetting", "forget_at",
    "own_hazard", "own_at", "peer_hazard", "peer_at", "availability", "touched", "adopted_on", "turn", "segment",
    "last_message", "stage",
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
    for name in STORED:
        assert_same_bits(name, record[name], [getattr(p, name) for p in people], when)
    n_paid = [sum(p.paid) for p in people]
    channels_met = [sum(1 << c for c, n in enumerate(p.paid) if n) for p in people]
    flags = [state.HAS_MET * p.has_met + state.IS_SHARER * bool(p.shared) for p in people]
    for name, wanted in (("n_paid", n_paid), ("channels_met", channels_met), ("flags", flags)):
        assert_same_bits(name, record[name], wanted, when)
    messages = range(len(twin.messages))
    lineage = [
        [state.HAS_SHARED * (v in p.shared) + state.BRAND_TRIED * ("brand" in p.sources.get(v, ())) for v in messages]
        for p in people
    ]
    n_sources = [[len(p.sources.get(v, ())) for v in messages] for p in people]
    n_posts = [[p.n_posts[v] for v in messages] for p in people]
    assert_same_bits("paid_contacts", world.people.paid_contacts, [p.paid for p in people], when)
    assert_same_bits("lineage_flags", world.people.lineage_flags, lineage, when)
    assert_same_bits("n_sources", world.people.n_sources, n_sources, when)
    assert_same_bits("n_posts", world.people.n_posts, n_posts, when)
    listed = world.people.aware_list[: world.people.n_aware[0]].tolist()
    assert sorted(listed) == sorted(twin.aware_rows()), f"{when}: the list of the aware"


def assert_same_contacts(world: World, twin: ReferenceWorld, when: str) -> None:
    """Compare what each person meets, in its own order; the order between persons is free."""
    fields = ("person", "source", "message", "channel", "kind", "weight", "luck")
    columns = [world.contacts[name][: world.n_contacts].tolist() for name in fields]
    got = sorted(zip(*columns, strict=True), key=lambda contact: contact[0])
    wanted = [tuple(contact) for contact in sorted(twin.today, key=lambda contact: contact.person)]
    assert got == wanted, f"{when}: contacts"


def assert_same_posts(world: World, twin: ReferenceWorld, when: str) -> None:
    def listed(posts: np.ndarray[Any, Any]) -> list[tuple[int, ...]]:
        names = ("channel", "author", "message", "nth", "kind")
        return list(zip(*(posts[name].tolist() for name in names), strict=True))

    assert listed(world.posts) == [tuple(post) for post in twin.posts], f"{when}: posts"
    assert sorted(listed(world.posts_tomorrow)) == sorted(twin.tomorrow), f"{when}: posts of tomorrow"


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
            if name not in ("forget", "deliver paid", "deliver owned"):
                assert_same_posts(world, twin, when)
        heard = [twin.adopters_heard(person) for person in twin.people]
        if public.market is not None:
            assert_same_bits("adopters_heard", world.people.adopters_heard, heard, f"day {day}")
    return twin


def scenario_of(**changes: Any) -> Scenario:
    return Scenario.from_dict(plans.mapping(**changes))


BUSY = {
    "capped", "several of a flight on a day", "met after a cap's new block", "insertion met again",
    "candidate not kept", "tie passed over", "row where all are candidates", "posted the same again",
    "attended kind 0", "attended kind 1", "attended kind 2", "attended kind 3", "attended kind 4",
    "faded over several days", "considering", "considering no more", "forgot", "forgot again", "aware",
    "aware again", "attitude falls by wear-out", "novel message", "source met before", "k beyond r",
    "shared from the brand", "shared from a person", "shared at a later source", "aware by sharing",
    "adopted by own conviction", "adopted by others",
}  # fmt: skip


@pytest.fixture()
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
    for replication in range(2):
        seen += live_side_by_side(public, scenario, replication).seen
    assert BUSY - set(seen) == set()
