"""What people of a world went through, against what the world itself counted."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim import AudienceModel, Scenario
from sim.errors import InputError, PregonError
from sim.experiment.replay import adopters, path, replay, study_of
from sim.kernels.state import ADOPTER, PARTNER, PEER
from sim.results.paths import chain, path_frame
from sim.results.watch import STATES, Watch
from sim.world import World

PLAN = {
    "name": "Watched",
    "days": 40,
    "master_seed": 11,
    "publics": 2,
    "audience": {
        "people": 30_000,
        "agents": 1_500,
        "segments": {
            "young": {"share": 0.5, "aware": 0.6, "adopters": 0.05, "usage": {"gram": {"users": 1, "visits_per_day": 3}, "tube": {"users": 0.8, "visits_per_day": 2}, "site": {"users": 0.2, "visits_per_day": 0.4}}},
            "old": {"share": 0.5, "aware": 0.4, "adopters": 0.02, "usage": {"gram": {"users": 0.5, "visits_per_day": 2}, "tube": {"users": 0.8, "visits_per_day": 1}}},
        },
    },
    "network": {"gram": {"generate": "power_law", "min_followers": 6}, "offline": {"generate": "small_world"}},
    "channels": {
        "tube": {"kind": "broadcast", "medium": "video", "cpm": 9},
        "gram": {"kind": "feed", "medium": "feed", "brand_followers": 0.1},
        "site": {"kind": "owned", "medium": "own"},
    },
    "messages": {
        "hello": {"appeals": {"information": 0.9, "entertainment": 0.9}, "quality": 1},
        "more": {"appeals": {"information": 0.6}, "quality": 0.7, "after": "hello"},
    },
    "plan": {
        "flights": {
            "spot": {"message": "hello", "channel": "tube", "days": "1-20", "grp": 250},
            "later": {"message": "more", "channel": "tube", "days": "10-40", "grp": 200},
            "own": {"message": "hello", "channel": "gram", "posts": [2, 9]},
            "home": {"message": "hello", "channel": "site", "days": "1-40"},
        },
        "partners": {
            "stars": {"message": "hello", "channel": "gram", "choose": {"rule": "degree", "count": 4}, "fee": 1, "post_on": [3, 12]},
            "hidden": {"message": "more", "channel": "gram", "choose": {"rule": "random", "count": 4}, "fee": 1, "post_on": [5], "disclosed": False},
        },
        "listening": {"cover": 1, "reply": "several_public", "public_reply_factor": 1.8},
    },
    "sharing": {"reference_mean": 2.5, "stay": 0.1},
    "adoption": {"innovation": 0.1, "imitation": 1.0, "word_of_mouth": {"satisfaction": 0.2, "talks_per_day": 1}},
}  # fmt: skip


@pytest.fixture(scope="module")
def study():
    """Return the plan made ready on the public of world 3."""
    return study_of(Scenario.from_dict(PLAN), 3)


@pytest.fixture(scope="module")
def watch(study):
    """Return world 3, everyone followed."""
    return replay(study, 3, np.arange(study.public.population.n_people))


def by_day(counts):
    """Return what each day added to cumulated counts [days, ...]."""
    return np.diff(counts, axis=0, prepend=np.zeros_like(counts[:1]))


def test_a_watched_world_is_the_world(study, watch) -> None:
    alone = World(study.public, study.campaign, watch.world.key, study.scenario.days)
    alone.run()
    for name, counts in alone.log._asdict().items():
        assert np.array_equal(counts, getattr(watch.world.log, name)), name
    model = AudienceModel(study.scenario, replication=3)
    model.run()
    assert np.array_equal(model.world.log.stages, alone.log.stages)


def test_contacts_are_those_that_were_counted(watch) -> None:
    world = watch.world
    segment = world.public.population.segment
    counted, attended = by_day(world.log.contacts), by_day(world.log.attended)
    assert counted.sum(axis=(0, 2, 3)).min() > 0, "every kind of contact is met"
    for day, contacts in enumerate(watch.contacts):
        found = np.zeros_like(counted[day])
        np.add.at(found, (contacts["kind"], contacts["channel"], segment[contacts["person"]]), 1)
        assert np.array_equal(found, counted[day])
        kept = contacts[contacts["is_attended"] != 0]
        found = np.zeros_like(attended[day])
        np.add.at(found, (kept["kind"], kept["channel"], segment[kept["person"]]), 1)
        assert np.array_equal(found, attended[day])


def test_talk_heard_is_what_was_counted_replies_too(watch) -> None:
    segment = watch.world.public.population.segment
    counted = by_day(watch.world.log.heard)
    assert watch.world.tally.complaints[3].sum() > 0
    for day, heard in enumerate(watch.heard):
        y = heard["valence"]
        found = np.zeros_like(counted[day])
        np.add.at(found, (np.where(y > 0, 0, np.where(y < 0, 1, 2)), segment[heard["person"]]), 1)
        assert np.array_equal(found, counted[day])


def test_states_are_the_stages_that_were_counted(watch) -> None:
    stages = watch.world.log.stages.sum(axis=2)
    found = np.array([np.bincount(day, minlength=5) for day in watch.states])
    assert np.array_equal(found, watch.people)
    assert np.array_equal(found[1:, 2:], stages[:, 1:])
    assert np.array_equal(found[1:, :2].sum(axis=1), stages[:, 0])
    assert np.array_equal(watch.has_shared.sum(axis=1)[1:], watch.world.log.sharers.sum(axis=1))
    attitude = watch.moods[1:, :, 0].sum(axis=1)
    assert np.allclose(attitude, watch.world.log.attitude.sum(axis=1) / 2**30, rtol=1e-4)


def test_adopters_are_those_of_the_world(watch) -> None:
    found, tally = adopters(watch), watch.world.tally
    assert len(found) == tally.adopted.sum() > 30
    assert (found["by"] == "own conviction").sum() == tally.adopted[0].sum()
    assert (found["by"] == "others").sum() == tally.adopted[1].sum() > 0
    assert found["day"].is_monotonic_increasing
    for row, day in zip(found["row"], found["day"], strict=True):
        place = STATES.index("adopter")
        assert watch.states[day, row] == place != watch.states[day - 1, row]


def test_a_path_tells_all_that_happened(watch) -> None:
    """Whoever sums a person's events comes to what was followed of it."""
    world = watch.world
    for row in [*adopters(watch)["row"][:25].tolist(), 0, 1, 2]:
        frame = path_frame(watch, row)
        met = frame[frame.event == "met"]
        assert len(met) == sum(int((day["person"] == row).sum()) for day in watch.contacts)
        assert (frame.event == "heard").sum() == sum(int((day["person"] == row).sum()) for day in watch.heard)
        assert (frame.event == "shared").sum() == sum(
            int((day["author"] == row).sum()) for day in world.passed_on
        )
        assert frame["day"].is_monotonic_increasing
        assert list(frame["state"]) == [STATES[watch.states[day, row]] for day in frame["day"]]
        if world.people.record["stage"][row] == ADOPTER and watch.states[0, row] != STATES.index("adopter"):
            told = frame[frame.event == "adopted"]
            assert told["day"].tolist() == [world.adoption_days()[row]]


def test_chains_are_those_of_the_cascades(study, watch) -> None:
    """From whom a post came, hand over hand, is what the table of cascades says."""
    model = AudienceModel(study.scenario, replication=3)
    model.run()
    cascades = model.cascades()
    who = zip(cascades["lineage"], cascades["person"], strict=True)
    came_from = dict(zip(who, cascades["from"], strict=True))
    n_long = 0
    for day, contacts in enumerate(watch.contacts, start=1):
        peers = contacts[contacts["kind"] == PEER]
        for contact in peers[:40]:
            found = chain(watch.world, int(contact["message"]), int(contact["source"]), day)
            name = watch.world.campaign.message_names[contact["message"]]
            assert found[-1] == contact["source"]
            for earlier, later in itertools.pairwise(found):
                assert came_from[name, later] == earlier
            assert came_from[name, found[0]] is None
            n_long += len(found) > 2
    assert n_long > 10
    partner = next(c for day in watch.contacts for c in day if c["kind"] == PARTNER)
    assert chain(watch.world, int(partner["message"]), int(partner["source"]), 12) == [partner["source"]]


def test_one_followed_is_told_the_same(study, watch) -> None:
    row = int(adopters(watch)["row"].iloc[-1])
    alone, together = path(study, 3, row), path_frame(watch, row)
    assert alone.to_csv() == together.to_csv()
    model = AudienceModel(study.scenario, replication=3)
    model.run()
    assert model.path(row).to_csv() == together.to_csv()
    with pytest.raises(ValueError, match="was not followed"):
        path_frame(replay(study, 3, [0]), 1)


def test_a_path_ends_today_and_wants_a_world_by_itself(study) -> None:
    model = AudienceModel(study.scenario, replication=3)
    for _ in range(5):
        model.step()
    assert model.path(7)["day"].max() <= 5
    with pytest.raises(InputError, match="row 1500; want a row from 0 to 1499"):
        model.path(1500)
    model.agents.select(lambda person: person.row == 3).set("trust", 0.9)
    with pytest.raises(PregonError, match="written to"):
        model.path(7)
    with pytest.raises(ValueError, match="before its first day"):
        Watch(model.world, [0])


def test_a_replay_can_be_stopped(study) -> None:
    assert replay(study, 0, [0], lambda: True) is None


def test_paid_contacts_name_nobody(watch) -> None:
    frame = path_frame(watch, int(watch.contacts[0]["person"][0]))
    paid = frame[(frame.event == "met") & (frame["kind"] == "paid")]
    assert len(paid)
    assert paid["from"].isna().all()
    assert (paid["chain"] == ()).all()
