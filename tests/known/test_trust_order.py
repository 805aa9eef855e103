"""What one attended contact moves: friend .88 > own site .42 > TV .378 > disclosed partner .184.

A post of someone followed carries the credibility of online opinion, .66.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernels.state import HIDDEN_PARTNER, OWNED, PAID, PARTNER, PEER
from tests.plans import bare, changed, lived, made_ready, open_world

pytestmark = pytest.mark.known
ETA, TRUST = 0.2, 0.6
FRIEND = "friend"
EXPECTED = {FRIEND: 0.88, OWNED: 0.42, PAID: 0.378, PARTNER: 0.184, HIDDEN_PARTNER: 0.66, PEER: 0.66}
CHAIN = "from,to\n0,1\n1,2\n"


def everyone_everywhere(folder, **changes):
    """Return three people, 0 → 1 → 2 on a feed whose posts are always seen, attended and passed on.

    Impact is 1, match is 1, attitude starts at 0 and trust at .6 on every channel.
    """
    (folder / "chain.csv").write_text(CHAIN)
    plan = bare(agents=3, days=3, adoption=None)
    full = {"attention": 1.0, "impact": 1.0, "usage_shape": 100.0}
    plan["channels"] = {
        "feed": {"kind": "feed", "medium": "feed", "visibility": 1.0, **full},
        "site": {"kind": "owned", "medium": "own", "brand_followers": 1.0, "organic": 1.0, **full},
        "tv": {"kind": "broadcast", "medium": "tv", **full},
    }
    plan["network"] = {"feed": {"edges": "chain.csv", "directed": True}}
    plan["sharing"] = {"beta": 1000.0}
    people = plan["audience"]["segments"]["people"]
    people |= {"trust": TRUST, "usage": {c: {"users": 1.0, "visits_per_day": 10.0} for c in plan["channels"]}}
    return made_ready(changed(plan, changes), folder)


def after_one_talk(folder, **changes):
    """Return a world at the end of the first day on which the second of three adopters heard the first.

    Everyone is as satisfied as can be (y = 1), as the message of the other sources is (x = 1).
    """
    plan = {
        "days": 200,
        "network": {"offline": {"edges": "chain.csv", "directed": True}},
        "audience.segments.people.adopters": 1.0,
        "adoption": {"word_of_mouth": {"satisfaction": 1.0, "satisfaction_sd": 0.0, "visibility": 1.0}},
    }
    world = open_world(everyone_everywhere(folder, **{**plan, **changes}))
    while world.people.record["attitude"][1] == 0.0:
        world.step()
    heard = world.customers.register.record["n_talks"][0]
    assert heard == 1
    return world


def flights(kind):
    if kind == OWNED:
        return {"plan.flights.f": {"message": "claim", "channel": "site", "posts": [1]}}
    if kind == PAID:
        buy = {"days": "1-1", "insertions": 1, "insertion_reach": {"first": 0.999}}
        return {"plan.flights.f": {"message": "claim", "channel": "tv", **buy}}
    booked = {"message": "claim", "channel": "feed", "people": [0], "post_on": [1]}
    return {"plan.partners.p": {**booked, "disclosed": kind != HIDDEN_PARTNER}}


def gain(folder, kind, **changes):
    """Return how far one attended contact of this kind has moved attitude, in units of η."""
    if kind == FRIEND:
        return after_one_talk(folder, **changes).people.record["attitude"][1] / ETA
    last = 2 if kind == PEER else 1  # a partner is heard by 1, who passes it on to 2
    world = lived(everyone_everywhere(folder, **flights(kind), **changes))
    assert world.log.attended[-1, kind].sum() >= 1
    assert world.log.attended[-1].sum() == world.log.contacts[-1].sum()
    return world.people.record["attitude"][last] / ETA


def check_order(gains):
    for kind, credibility in EXPECTED.items():
        assert abs(gains[kind] - credibility) < 1e-12
    assert gains[FRIEND] > gains[PEER] > gains[OWNED] > gains[PAID] > gains[PARTNER]


def test_gain_per_attended_contact_is_the_credibility_of_who_speaks(tmp_path):
    check_order({kind: gain(tmp_path, kind) for kind in EXPECTED})


def test_a_peer_moves_trust_and_the_brand_does_not(tmp_path):
    for kind, credibility in EXPECTED.items():
        is_talk = kind == FRIEND
        world = after_one_talk(tmp_path) if is_talk else lived(everyone_everywhere(tmp_path, **flights(kind)))
        moved = 0.05 * credibility * (1.0 - TRUST) if kind not in (OWNED, PAID) else 0.0
        last = 2 if kind == PEER else 1
        np.testing.assert_allclose(world.people.record["trust"][last], TRUST + moved, atol=1e-12)


@pytest.mark.parametrize(
    "bug",
    [{"reception.disclosure_discount": 0.0}, {"audience.segments.people.trust": 0.61},
     {"reception.credibility.brand_ad": 0.70}, {"reception.credibility.friend": 0.80}, {"messages.claim.valence": 0.9}],
)  # fmt: skip
def test_another_credibility_is_noticed(tmp_path, bug):
    gains = {kind: gain(tmp_path, kind, **bug) for kind in EXPECTED}
    with pytest.raises(AssertionError):
        check_order(gains)
