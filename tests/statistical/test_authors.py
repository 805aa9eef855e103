"""Who makes a variant, and what of it: each against its law.

On one day everyone attends the brand's post and passes it on; bounds are ±4 standard errors, false alarm 6e-5 each.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.plans import bare, changed, made_ready, open_world

pytestmark = pytest.mark.statistical
N = 40_000
LEVELS = (0.4, 4.0, 28.0)
APPEALS = {"information": 0.4, "entertainment": 0.6}
MOTIVATIONS = {"information": 0.7, "entertainment": 0.3}
C_0, HALF_AT, DELTA, SD, KEPT, QUALITY = 0.8, 4.0, 0.3, 0.08, 0.7, 0.5


def passed_on(meddle=None, **changes):
    """Return a world after the day on which everyone passes the message on."""
    told = {"probability": C_0, "appeal_sd": SD, "quality_sd": SD}
    plan = bare(agents=N, days=1, adoption=None, sharing={"beta": 1e6, "brand_factor": 1.0}, co_creation=told)
    people = {
        "share": 1.0,
        "motivations": MOTIVATIONS,
        "usage": {"feed": {"users": 1.0, "visits_per_day": 10.0}},
    }
    plan["audience"] |= {"needs": list(APPEALS), "segments": {"people": people}}
    plan["channels"] = {
        "feed": {
            "kind": "feed",
            "medium": "feed",
            "usage_shape": 100.0,
            "brand_followers": 1.0,
            "organic": 1.0,
            "attention": 1.0,
        }
    }
    plan["network"] = {"feed": {"generate": "small_world", "ties": 2}}
    plan["messages"] = {"claim": {"appeals": APPEALS, "quality": QUALITY}}
    plan["plan"] = {"flights": {"own": {"message": "claim", "channel": "feed", "posts": [1]}}}
    study = made_ready(changed(plan, {f"co_creation.{key}": value for key, value in changes.items()}))
    world = open_world(study)
    if meddle is not None:
        meddle(world)
    world.run()
    assert world.tally.shares.sum() == N
    return world


def made(world):
    n = int(world.variants.n[0])
    return {name: getattr(world.variants, name)[1:n] for name in ("appeals", "quality", "valence", "author")}


def check_authors(world):
    """Hold the sharers of each class of engagement who make a variant to c_0·E/(E + half_at)."""
    is_author = np.zeros(N, bool)
    is_author[made(world)["author"]] = True
    for level in LEVELS:
        of_class = is_author[world.people.engagement == level]
        p = C_0 * level / (level + HALF_AT)
        assert abs(of_class.mean() - p) <= 4 * np.sqrt(p * (1 - p) / len(of_class))


def check_law(values, mean, sd):
    """Hold mean and standard deviation of values to those of a normal law."""
    assert abs(values.mean() - mean) <= 4 * sd / np.sqrt(len(values))
    assert abs(values.std() - sd) <= 4 * sd / np.sqrt(2 * len(values))


def check_what_is_made(world):
    """Hold θ' to N((1 − δ)θ + δ·m·K/2, σ²), K = 2 and nothing cut, q' to N(q, σ²); needs are independent."""
    found = made(world)
    for k, need in enumerate(APPEALS):
        check_law(found["appeals"][:, k], (1 - DELTA) * APPEALS[need] + DELTA * MOTIVATIONS[need], SD)
    check_law(found["quality"], QUALITY, SD)
    drawn = np.column_stack([found["appeals"], found["quality"]])
    together = np.corrcoef(drawn, rowvar=False)[np.triu_indices(3, 1)]
    assert (np.abs(together) <= 4 / np.sqrt(len(drawn))).all()


def check_valence(world):
    """Hold x' to ρ·x + (1 − ρ)·a: no luck in it."""
    found = made(world)
    attitude = world.people.record["attitude"][found["author"]]
    assert attitude.min() > 0.0
    np.testing.assert_allclose(found["valence"], KEPT + (1 - KEPT) * attitude, rtol=1e-15)


@pytest.fixture(scope="module")
def world():
    return passed_on()


def test_sharers_make_variants_as_often_as_their_engagement_says(world):
    check_authors(world)


@pytest.mark.parametrize("bug", [{"probability": 0.85}, {"half_at_engagement": 4.5}])
def test_another_chance_is_noticed(bug):
    with pytest.raises(AssertionError):
        check_authors(passed_on(**bug))


def test_variants_are_drawn_around_message_and_motivations(world):
    assert len(made(world)["author"]) > 4000
    check_what_is_made(world)
    check_valence(world)


@pytest.mark.parametrize("bug", [{"pull_to_self": 0.35}, {"appeal_sd": 0.09}, {"quality_sd": 0.09}])
def test_another_law_is_noticed(bug):
    with pytest.raises(AssertionError):
        check_what_is_made(passed_on(**bug))


def test_needs_that_share_their_luck_are_noticed():
    def one_key(world):
        craft = world.campaign.craft
        object.__setattr__(world.campaign, "craft", craft._replace(needs=np.full(2, craft.needs[0])))

    with pytest.raises(AssertionError):
        check_what_is_made(passed_on(one_key))


def test_another_valence_is_noticed():
    with pytest.raises(AssertionError):
        check_valence(passed_on(valence_kept=0.69))
