"""Mutual learning: the brand's messages move towards what people pass on, lesson by lesson, and nothing else does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from sim.campaign.messages import match_table, novelty_table
from sim.day.learner import Learner
from sim.experiment.runner import run
from sim.world import World
from tests.plans import Mapping, build, changed, lived, made_ready, television
from tests.properties.test_listening import check_same
from tests.random_plans import scenarios

pytestmark = pytest.mark.property
FEW = settings(derandomize=True, deadline=None, max_examples=15)
EVERY, STEP = 5, 0.4
TAUGHT = {"learning": {"every_days": EVERY, "step": STEP}}
OWN_WORDS = {
    "probability": 1.0,
    "half_at_engagement": 0.01,
    "pull_to_self": 0.9,
    "appeal_sd": 0.05,
    "quality_sd": 0.0,
}


def talked_about(**listening: object) -> Mapping:
    """Return two messages on a feed whose readers like to put things in their own words."""
    plan = television(300, agents=400, days=17, adoption=None, master_seed=5)
    plan["audience"]["segments"] = {
        "one": {"share": 0.5, "motivations": {"information": 3, "social_integration": 1},
                "usage": {"feed": {"users": 0.9, "visits_per_day": 2.0}}},
        "other": {"share": 0.5, "motivations": {"entertainment": 2, "empowerment": 1},
                  "usage": {"feed": {"users": 0.9, "visits_per_day": 2.0}}},
    }  # fmt: skip
    plan["channels"] = {"feed": {"kind": "feed", "medium": "feed", "cpm": 5.0, "visibility": 0.2}}
    plan["network"] = {"feed": {"generate": "power_law", "min_followers": 4, "max_followers": 40}}
    plan["messages"] = {
        "a": {"appeals": {"information": 0.8, "remuneration": 0.3}, "quality": 0.8},
        "b": {"appeals": {"entertainment": 0.7}, "quality": 0.7},
    }
    plan["sharing"] = {"beta": 0.7}
    plan["co_creation"] = OWN_WORDS
    flight = {"channel": "feed", "grp": 150.0, "days": "1-17"}
    plan["plan"] = {"flights": {f"of {m}": {**flight, "message": m} for m in "ab"}}
    if listening:
        plan["plan"]["listening"] = listening
    return plan


def lessons(world: World) -> np.ndarray:
    """Return what the messages should say in the end, from who passed on what: plainly, post by post."""
    said = [list(row) for row in world.campaign.views.appeals]
    n, variants = len(said), world.variants
    for day in range(EVERY, world.days + 1, EVERY):
        sums, posts = [[0.0] * len(said[0]) for _ in said], [0] * n
        for of_day in world.passed_on[day - EVERY : day]:
            for post in of_day:
                u, v = int(post["variant"]), int(post["message"])
                posts[v] += 1
                for k, x in enumerate(said[u] if u < n else variants.appeals[u]):
                    sums[v][k] += x
        for v in range(n):
            if posts[v]:
                said[v] = [x + STEP * (s / posts[v] - x) for x, s in zip(said[v], sums[v], strict=True)]
    return np.array(said)


def check_lessons(world: World) -> None:
    n = len(world.campaign.message_names)
    assert world.variants.n[0] > n + 20
    expected = lessons(world)
    np.testing.assert_allclose(world.variants.appeals[:n], expected, rtol=1e-12)
    assert (np.abs(expected - world.campaign.views.appeals).max(axis=1) > 0.05).all()
    match = match_table(world.public.population.motivations, world.variants.appeals[:n].copy())
    np.testing.assert_array_equal(world.variants.match[:, :n], match)
    np.testing.assert_array_equal(world.views.novelty, novelty_table(world.variants.appeals[:n].copy()))
    whole = world.campaign.views
    ratio = np.divide(match, whole.match, out=np.ones_like(match), where=whole.match > 0)
    np.testing.assert_allclose(
        world.views.pull, np.where(whole.match > 0, whole.pull * ratio, world.views.pull)
    )


def test_messages_follow_what_people_passed_on() -> None:
    check_lessons(lived(made_ready(talked_about(**TAUGHT))))


def test_lessons_of_other_days_and_of_other_messages_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = Learner.learn

    def without_today(self, day, passed_on, variants):
        exact(self, day, passed_on[:-1], variants)

    def mixed(self, day, passed_on, variants):
        exact(self, day, passed_on, variants._replace(lineage=np.zeros_like(variants.lineage)))

    for wrong in (without_today, mixed):
        monkeypatch.setattr(Learner, "learn", wrong)
        with pytest.raises(AssertionError):
            check_lessons(lived(made_ready(talked_about(**TAUGHT))))


def test_it_moves_what_comes_after_the_first_lesson_alone() -> None:
    deaf, taught = (lived(made_ready(talked_about(**kind))) for kind in ({"reply": "none"}, TAUGHT))
    for plain, moved in zip(deaf.log, taught.log, strict=True):
        np.testing.assert_array_equal(plain[:EVERY], moved[:EVERY])
    assert (deaf.log.attitude[-1] != taught.log.attitude[-1]).any()
    np.testing.assert_array_equal(
        deaf.log.contacts[:, 0], taught.log.contacts[:, 0]
    )  # what is bought is bought


def test_messages_come_nearer_to_those_who_speak() -> None:
    """With words all their own, what sharers say answers them better than the brief did."""
    world = lived(made_ready(talked_about(**TAUGHT)))
    posts = np.concatenate(world.passed_on)
    sharers = np.bincount(world.public.population.segment[posts["author"]], minlength=2)
    for v in range(2):
        assert sharers @ world.variants.match[:, v] > sharers @ world.campaign.views.match[:, v]


@FEW
@given(scenarios())
def test_nothing_to_learn_changes_nothing(plan: Mapping) -> None:
    """Null is absent; a step of 0, or a public that makes no variants, leaves every bit."""
    deaf = changed(plan, {"plan.listening": {"reply": "none"}})
    check_same(deaf, changed(deaf, {"plan.listening.learning": None}))
    check_same(deaf, changed(deaf, {"plan.listening.learning": {"every_days": 1, "step": 0.0}}))
    silent = changed(deaf, {"co_creation": None})
    check_same(silent, changed(silent, {"plan.listening.learning": {"every_days": 1, "step": 0.5}}))


def test_it_is_told_and_the_same_for_any_number_of_threads() -> None:
    scenario = build(talked_about(**TAUGHT))
    one, two = (run(scenario, replications=4, threads=n) for n in (1, 2))
    assert one.summary.equals(two.summary)
    moved = one.worlds[one.worlds.metric == "message_learning"].value
    assert ((moved > 0.05) & (moved < 1)).all()
    assert run(build(talked_about(reply="none")), replications=1).value("message_learning") == 0.0
