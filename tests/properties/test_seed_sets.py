"""A larger seed set reaches a superset: one-shot cascades of one unchanged message."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import world as days
from sim.kernels.state import IS_SHARER
from sim.luck_keys import name_key
from tests.plans import bare, lived, made_ready

pytestmark = pytest.mark.property
FEW = settings(derandomize=True, deadline=None, max_examples=60)
PEOPLE = 150
LAYERS = st.sampled_from(
    [
        {"generate": "small_world", "ties": 4},
        {"generate": "power_law", "min_followers": 2, "max_followers": 30},
    ]
)
SEED_SETS = st.sets(st.integers(0, PEOPLE - 1), min_size=1, max_size=4)


def cascade(layer, seed_set, *, master_seed, sharing, visibility=1.0, agents=PEOPLE, brand=False):
    """Return the plan: `seed_set` posts on day 1, and each who passes it on does so once."""
    plan = bare(
        agents=agents, days=15, master_seed=master_seed, adoption=None, sharing=sharing, co_creation=None
    )
    plan["channels"] = {"feed": {"kind": "feed", "medium": "feed", "visibility": visibility}}
    use = {"feed": {"users": 1.0, "visits_per_day": 3.0}}
    plan["audience"]["segments"]["people"]["usage"] = use
    plan["network"] = {"feed": layer}
    booking = {"message": "claim", "channel": "feed", "people": sorted(seed_set), "post_on": [1]}
    plan["plan"] = {"partners": {"seeds": booking}}
    if brand:
        spot = {"message": "claim", "channel": "feed", "days": "2-6", "grp": 80}
        plan["plan"]["flights"] = {"spot": spot}
    return plan


def sharers(plan, folder="."):
    world = lived(made_ready(plan, folder))
    return set(np.flatnonzero(world.people.record["flags"] & IS_SHARER).tolist())


def check_superset(fewer, more):
    assert fewer <= more


@FEW
@given(
    LAYERS, SEED_SETS, SEED_SETS, st.integers(0, 2**40), st.sampled_from([0.3, 1.0, 3.0]),
    st.sampled_from([0.2, 1.0]), st.booleans(),
)  # fmt: skip
def test_with_constant_r_a_larger_seed_set_reaches_a_superset(
    layer, a, b, master_seed, beta, visibility, brand
):
    how = {"master_seed": master_seed, "visibility": visibility, "brand": brand}
    how["sharing"] = {"beta": beta, "r": [1.0]}
    check_superset(sharers(cascade(layer, a, **how)), sharers(cascade(layer, a | b, **how)))


@settings(FEW, max_examples=400)
@given(
    LAYERS, SEED_SETS, SEED_SETS, st.integers(0, 2**40), st.sampled_from([0.5, 1.0]),
    st.sampled_from([[0.5, 1.0], [0.2, 0.6, 1.5], [0.0, 1.0]]),
)  # fmt: skip
def test_with_rising_r_a_larger_seed_set_reaches_a_superset(layer, a, b, master_seed, beta, r):
    how = {"master_seed": master_seed, "sharing": {"beta": beta, "r": r}}
    check_superset(sharers(cascade(layer, a, **how)), sharers(cascade(layer, a | b, **how)))


def three_people(folder, first, other, seed_set, master_seed):
    """Return who shares where `first` is heard by both others and `other` by 2; P is .4 at first, then .8."""
    (folder / "ties.csv").write_text(f"from,to\n{first},{other}\n{first},2\n{other},2\n")
    alike = {"level_most": 1.0, "level_some": 1.0, "level_rare": 1.0}
    sharing = {"beta": 0.8, "r": [0.5, 1.0], "engagement": alike}
    layer = {"edges": "ties.csv", "directed": True}
    plan = cascade(layer, seed_set, master_seed=master_seed, sharing=sharing, agents=3)
    plan["channels"]["feed"] |= {"attention": 1.0, "usage_shape": 100.0}
    return sharers(plan, folder)


@pytest.mark.parametrize(("first", "other"), [(0, 1), (1, 0)])
def test_with_rising_r_a_second_seed_takes_no_sharer_away(tmp_path, first, other):
    """Try three people under 60 master seeds; a second seed turns the order in which person 2 hears the two."""
    lost = []
    for master_seed in range(60):
        fewer = three_people(tmp_path, first, other, {first}, master_seed)
        if not fewer <= three_people(tmp_path, first, other, {first, other}, master_seed):
            lost.append(master_seed)
    assert lost == []


def test_posts_on_luck_of_their_own_are_noticed(monkeypatch):
    """Let the size of the seed set into the key of who sees a post: supersets are lost."""
    how = {"master_seed": 6, "sharing": {"beta": 3.0, "r": [1.0]}, "visibility": 0.5}
    layer = {"generate": "power_law", "min_followers": 2, "max_followers": 30}
    fewer = sharers(cascade(layer, {3, 70}, **how))
    monkeypatch.setattr(days, "name_key", lambda kind, name: name_key(kind, f"{name} of three"))
    more = sharers(cascade(layer, {3, 70, 90}, **how))
    assert len(fewer) > 5
    with pytest.raises(AssertionError):
        check_superset(fewer, more)
