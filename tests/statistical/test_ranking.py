"""Feed ranking: what is shared is shown more, up to a bound, and a live tie stays one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim.experiment.runner import run
from sim.kernels import social, state
from sim.kernels.sharing import empty_posts
from sim.public import FeedRanking
from tests.plans import bare, build, changed, lived, made_ready
from tests.properties.test_same_bits import check_same

pytestmark = pytest.mark.statistical
RANKING = {"days": 3, "most": 4.0, "half_at": 50.0}


def plan_of(ranking=None, agents=2000, days=8):
    plan = bare(agents=agents, days=days, adoption=None, sharing={"beta": 2.0})
    usage = {"feed": {"users": 1.0, "visits_per_day": 3.0}}
    plan["audience"]["segments"]["people"]["usage"] = usage
    plan["channels"] = {"feed": {"kind": "feed", "medium": "feed", "visibility": 0.1}}
    plan["network"] = {"feed": {"generate": "power_law"}}
    booked = {"message": "claim", "channel": "feed", "people": list(range(40)), "post_on": [1]}
    plan["plan"] = {"partners": {"some": booked}}
    return plan if ranking is None else changed(plan, {"channels.feed.ranking": ranking})


def seen_by(study, lift, first=0):
    """Return the followers who see a post of each person, as a set of (author, follower)."""
    public = study.public
    n = public.population.n_people
    posts = empty_posts(n)
    posts["author"], posts["nth"], posts["kind"] = np.arange(n), first, 4
    posts["message"] = posts["variant"] = posts["channel"] = 0
    contacts, n_seen = social.deliver_posts(
        np.array([7], np.uint64), np.array([9], np.uint64), posts, public.population.uid, public.population.segment,
        study.campaign.views.attention[0], public.ties[0], np.array([lift]), np.empty(64, state.CONTACT), 0,
    )  # fmt: skip
    return set(zip(contacts["source"][:n_seen].tolist(), contacts["person"][:n_seen].tolist(), strict=True))


def test_more_shares_never_make_fewer_see_it():
    study = made_ready(plan_of(RANKING))
    ranking = study.public.rankings[0]
    lifts = [float(ranking.lift(np.array([shares]))[0]) for shares in (0.0, 5.0, 50.0, 1e9)]
    assert lifts == sorted(set(lifts))
    seen = [seen_by(study, lift) for lift in lifts]
    for few, many in itertools.pairwise(seen):
        assert few < many


def test_ranking_rises_from_visibility_to_its_bound():
    ranking = FeedRanking(0.1, 3, 4.0, 50.0)
    kappa = ranking.highest * ranking.lift(np.array([0.0, 50.0, 1e15]))
    np.testing.assert_allclose(kappa, [0.1, 0.25, 0.4], rtol=1e-12)
    cut = FeedRanking(0.5, 3, 4.0, 50.0)
    assert cut.highest == 1.0
    assert cut.lift(np.array([1e15]))[0] == 1.0


def check_share_who_see(study, lift, kappa):
    """Hold the ties that are live, of some 70,000, to ±4 SE of κ·min(1, u): false alarm 6e-5."""
    ties = study.public.ties[0]
    p = kappa * ties.visits[ties.dst]
    assert abs(len(seen_by(study, lift)) - p.sum()) <= 4 * np.sqrt((p * (1 - p)).sum())


@pytest.mark.parametrize("shares", [0.0, 25.0, 1000.0])
def test_a_post_is_seen_as_often_as_ranking_says(shares):
    study = made_ready(plan_of(RANKING))
    lift = float(study.public.rankings[0].lift(np.array([shares]))[0])
    check_share_who_see(study, lift, 0.1 * (1 + 3 * shares / (shares + 50)))


def test_candidates_that_are_not_thinned_are_noticed():
    with pytest.raises(AssertionError):
        check_share_who_see(made_ready(plan_of(RANKING)), 1.0, 0.1)


def test_ranking_spreads_a_message_that_is_shared():
    plain, ranked = (lived(made_ready(plan_of(ranking))) for ranking in (None, RANKING))
    assert plain.tally.contacts[state.PEER].sum() > 0
    assert ranked.tally.contacts[state.PEER].sum() > 1.1 * plain.tally.contacts[state.PEER].sum()


def test_sharing_is_scaled_without_ranking():
    """β belongs to the feed as it is before anybody shares."""
    plans = (changed(plan_of(ranking, 300), {"sharing": {}}) for ranking in (None, RANKING))
    plain, ranked = (made_ready(plan).public.beta for plan in plans)
    np.testing.assert_array_equal(plain, ranked)


def test_no_ranking_is_the_same_as_one_that_does_nothing():
    still = {"days": 2, "most": 1.0, "half_at": 3.0}
    plans = [
        plan_of(agents=300),
        plan_of(still, 300),
        changed(plan_of(agents=300), {"channels.feed.ranking": None}),
    ]
    results = [run(build(plan), replications=2, threads=1) for plan in plans]
    for other in results[1:]:
        check_same(results[0], other)
    with pytest.raises(AssertionError):
        check_same(results[0], run(build(plan_of(RANKING, 300)), replications=2, threads=1))
