"""One message down a chain of people who change it, worked out by hand."""

from __future__ import annotations

import pytest

from sim.experiment.runner import run
from tests.plans import bare, build, changed, lived, made_ready

pytestmark = pytest.mark.known
SPEAKS, OWN = {"information": 0.8, "entertainment": 0.4}, {"information": 1.0, "entertainment": 3.0}
EXACT = {
    "probability": 1.0, "half_at_engagement": 0.001, "pull_to_self": 0.5, "appeal_sd": 0.0, "quality_sd": 0.0,
    "valence_kept": 0.5,
}  # fmt: skip


def chain(folder):
    """Return 0 → 1 → 2 → 3 on a feed whose posts are always seen, attended and passed on; 0 is booked on day 1."""
    (folder / "chain.csv").write_text("from,to\n0,1\n1,2\n2,3\n")
    plan = bare(agents=4, days=4, adoption=None, co_creation=EXACT)
    full = {"attention": 1.0, "impact": 1.0, "usage_shape": 100.0, "visibility": 1.0}
    plan["channels"] = {"feed": {"kind": "feed", "medium": "feed", **full}}
    plan["network"] = {"feed": {"edges": "chain.csv", "directed": True}}
    alike = {"level_most": 100.0, "level_some": 100.0, "level_rare": 100.0}
    plan["sharing"] = {"beta": 1e6, "engagement": alike}
    people = {"share": 1.0, "motivations": OWN, "usage": {"feed": {"users": 1.0, "visits_per_day": 10.0}}}
    plan["audience"] |= {"needs": list(SPEAKS), "segments": {"people": people}}
    plan["messages"] = {"claim": {"appeals": SPEAKS, "quality": 0.9}}
    booked = {"message": "claim", "channel": "feed", "people": [0], "post_on": [1]}
    plan["plan"] = {"partners": {"first": booked}}
    return plan


def half_way(theta, m):
    """θ' = (θ + m·K/2) / 2 with K = 2."""
    return [(a + b) / 2 for a, b in zip(theta, m, strict=True)]


def distance(a, b):
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / (sum(a) + sum(b))


def test_each_hand_moves_it_half_way_to_its_own(tmp_path):
    world = lived(made_ready(chain(tmp_path), str(tmp_path)))
    said, m = world.variants, [0.25, 0.75]
    assert said.n[0] == 4  # the message, and what 1, 2 and 3 made of it
    theta = [[0.8, 0.4]]
    for u in (1, 2, 3):
        theta.append(half_way(theta[-1], m))
        assert said.appeals[u].tolist() == pytest.approx(theta[u])
        assert (said.author[u], said.parent[u], said.made_on[u]) == (u, u - 1, u)
    assert theta[1] == pytest.approx([0.525, 0.575])
    # Pearson's cosine of needs and appeals, times the strongest appeal: .575·(.25·.525 + .75·.575)/(‖m‖‖θ‖)
    match = 0.575 * (0.25 * 0.525 + 0.75 * 0.575) / ((0.0625 + 0.5625) * (0.525**2 + 0.575**2)) ** 0.5
    assert said.match[0, 1] == pytest.approx(match)


def test_who_comes_next_takes_in_what_the_one_before_made_of_it(tmp_path):
    """a_1 = η·τ·μ_0 of a disclosed partner's word; a_2 = η·τ·ω·μ_1·x_1, x_1 = (1 + a_1)/2."""
    world = lived(made_ready(chain(tmp_path), str(tmp_path)))
    mu, attitude, x = world.variants.match[0], world.people.record["attitude"], world.variants.valence
    assert attitude[1] == pytest.approx(0.2 * 0.23 * 0.8 * mu[0])
    assert x[1] == pytest.approx((1 + attitude[1]) / 2)
    assert attitude[2] == pytest.approx(0.2 * 0.66 * mu[1] * x[1])
    assert x[2] == pytest.approx((x[1] + attitude[2]) / 2)
    assert attitude[3] == pytest.approx(0.2 * 0.66 * mu[2] * x[2])
    assert world.people.record["last_variant"].tolist() == [-1, 0, 1, 2]


def test_drift_is_the_mean_distance_of_what_people_met_from_the_brief(tmp_path):
    result = run(build(chain(tmp_path), str(tmp_path)), replications=1)
    first, second = [0.525, 0.575], half_way([0.525, 0.575], [0.25, 0.75])
    far = (distance(first, [0.8, 0.4]) + distance(second, [0.8, 0.4])) / 2
    assert result.value("message_drift") == pytest.approx(far, abs=1e-8)
    assert (result.value("variants"), result.value("variant_contacts"), result.value("earned_contacts")) == (
        3,
        2,
        2,
    )
    unchanged = run(build(changed(chain(tmp_path), {"co_creation": None}), str(tmp_path)), replications=1)
    assert (unchanged.value("message_drift"), unchanged.value("variants")) == (0.0, 0.0)


def test_a_lineage_is_passed_on_once_whatever_was_made_of_it(tmp_path):
    """Close the chain to a ring: 0 hears of its own message from 3, changed; 1 hears it from 0 no second time."""
    plan = changed(chain(tmp_path), {"days": 12})
    (tmp_path / "chain.csv").write_text("from,to\n0,1\n1,2\n2,3\n3,0\n")
    world = lived(made_ready(plan, str(tmp_path)))
    assert world.tally.shares.sum() == 4
    assert world.variants.n[0] == 5
    assert world.people.record["last_variant"].tolist() == [3, 4, 1, 2]
