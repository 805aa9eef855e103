"""A public from segments: exact sizes, the laws of usage, and luck that stays where it is."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import gammaincinv

from sim import luck_keys
from sim.agents import traits
from sim.agents.build import build_population
from sim.agents.population import Population
from sim.agents.segments import apportion
from sim.errors import InputError
from sim.kernels import luck
from sim.scenario.schema import Scenario

# Two-sided bounds of 4 standard errors: a false alarm in 16,000 seeds, and the seed is fixed.
SIGMAS = 4.0
PLAN: dict[str, Any] = {
    "name": "Three segments",
    "days": 10,
    "master_seed": 7,
    "audience": {
        "people": 2_000_000.0,
        "agents": 40_000,
        "segments": {
            "students": {
                "share": 0.25,
                "motivations": {"entertainment": 3.0, "information": 1.0},
                "usage": {
                    "tv": {"users": 0.6, "visits_per_day": 0.8},
                    "instagram": {"users": 0.7, "visits_per_day": 2.1},
                },
                "trust": 0.4,
                "aware": 0.3,
                "adopters": 0.1,
            },
            "families": {"share": 0.6, "usage": {"tv": {"users": 0.9, "visits_per_day": 1.4}}},
            "others": {"share": 0.15, "availability": 0.5, "memory": 1.5, "attitude": -0.2},
        },
    },
    "channels": {
        "tv": {"kind": "broadcast", "medium": "tv", "usage_shape": 0.6},
        "instagram": {"kind": "feed", "medium": "feed", "brand_followers": 0.2},
    },
    "messages": {"hello": {"appeals": {}, "quality": 0.5}},
}
FLIGHT = {"message": "hello", "channel": "tv", "to": ["student"], "days": "1", "grp": 1.0}


def public(**changes: Any) -> Population:
    """Build the public of PLAN with the values at some addresses changed (`__` stands for a dot)."""
    plan = copy.deepcopy(PLAN)
    for address, value in changes.items():
        *way, last = address.split("__")
        place = plan
        for part in way:
            place = place.setdefault(part, {})
        place[last] = value
    return build_population(Scenario.model_validate(plan))


@pytest.fixture(scope="module")
def base() -> Population:
    return public()


def among(people: Population, segment: str) -> Any:
    return people.segment == people.segment_names.index(segment)


def visits(people: Population, channel: str) -> Any:
    return people.usage[people.channel_names.index(channel)]


def assert_same(one: Population, other: Population, *but: str) -> None:
    for name in one.__dataclass_fields__:
        if name not in but and isinstance(value := getattr(one, name), np.ndarray):
            np.testing.assert_array_equal(value, getattr(other, name), err_msg=name)


def test_sizes_are_exact_and_named_in_the_scenario_s_order(base: Population) -> None:
    assert base.segment_names == ("students", "families", "others")
    assert base.segment_sizes.tolist() == [10_000, 24_000, 6_000]
    assert (base.n_people, base.people_per_agent) == (40_000, 50.0)


def test_largest_remainder_takes_the_earlier_on_a_tie() -> None:
    assert apportion(np.array([0.5, 0.25, 0.25]), 10).tolist() == [5, 3, 2]
    assert apportion(np.array([1 / 3, 1 / 3, 1 / 3]), 100).tolist() == [34, 33, 33]
    # .145 · 100 is 14.499999999999998 in floating point, and still a tie with 85.5.
    assert apportion(np.array([0.145, 0.855]), 100).tolist() == [15, 85]
    # .29 · 100 is 28.999999999999996 in floating point, and still 29 people.
    assert apportion(np.array([0.29, 0.71]), 100).tolist() == [29, 71]


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=30).filter(lambda s: sum(s) > 1e-3), st.integers(2, 10**7)
)
def test_largest_remainder_misses_no_share_by_a_person(shares: list[float], total: int) -> None:
    sizes = apportion(np.array(shares), total)
    quota = np.array(shares) / sum(shares) * total
    assert sizes.sum() == total
    assert (np.abs(sizes - quota) < 1 + 1e-6).all()


def test_rows_are_a_random_mix_of_segments(base: Population) -> None:
    first_half = among(base, "students")[:20_000].sum()
    # Hypergeometric: 10,000 of 40,000 are students, half of the rows drawn.
    spread = math.sqrt(20_000 * 0.25 * 0.75 * 20_000 / 39_999)
    assert abs(first_half - 5_000) < SIGMAS * spread
    assert first_half != 5_000


def test_share_of_users_and_mean_visits(base: Population) -> None:
    people = among(base, "families")
    used = visits(base, "tv")[people]
    n = people.sum()
    users = (used > 0).sum()
    assert abs(users / n - 0.9) < SIGMAS * math.sqrt(0.9 * 0.1 / n)
    assert abs(used[used > 0].mean() - 1.4) < SIGMAS * 1.4 / math.sqrt(0.6 * users)
    assert not visits(base, "instagram")[people].any()


def test_visits_of_users_are_gamma_with_the_channel_s_shape(base: Population) -> None:
    used = visits(base, "tv")[among(base, "families")]
    relative = used[used > 0] / 1.4
    assert stats.kstest(relative, stats.gamma(0.6, scale=1 / 0.6).cdf).pvalue > 1e-4
    # The same test finds a shape that is off by a tenth.
    assert stats.kstest(relative, stats.gamma(0.66, scale=1 / 0.66).cdf).pvalue < 1e-4


def test_two_channels_are_drawn_independently(base: Population) -> None:
    people = among(base, "students")
    both = ((visits(base, "tv") > 0) & (visits(base, "instagram") > 0))[people].mean()
    assert abs(both - 0.42) < SIGMAS * math.sqrt(0.42 * 0.58 / people.sum())


def test_brand_followers_are_some_of_the_users(base: Population) -> None:
    follows = base.follows_brand[base.channel_names.index("instagram")]
    is_user = visits(base, "instagram") > 0
    assert not follows[~is_user].any()
    assert abs(follows[is_user].mean() - 0.2) < SIGMAS * math.sqrt(0.16 / is_user.sum())
    assert not base.follows_brand[base.channel_names.index("tv")].any()


def test_engagement_has_its_three_classes(base: Population) -> None:
    for level, share in ((0.4, 0.9), (4.0, 0.09), (28.0, 0.01)):
        found = (base.engagement == level).mean()
        assert abs(found - share) < SIGMAS * math.sqrt(share * (1 - share) / base.n_people)
    assert set(np.unique(base.engagement)) == {0.4, 4.0, 28.0}


def test_engagement_says_nothing_of_awareness(base: Population) -> None:
    students = among(base, "students")
    active = students & (base.engagement > 0.4)
    assert abs(base.is_aware[active].mean() - 0.3) < SIGMAS * math.sqrt(0.21 / active.sum())


def test_traits_are_those_of_the_segment_or_the_defaults(base: Population) -> None:
    others, students = among(base, "others"), among(base, "students")
    assert set(base.memory[others]) == {1.5} and not base.memory[~others].any()
    assert set(base.attitude[others]) == {-0.2} and not base.attitude[~others].any()
    assert set(base.availability[others]) == {0.5} and set(base.availability[~others]) == {1.0}
    assert set(base.trust[students]) == {0.4} and set(base.trust[~students]) == {0.5}


def test_motivations_sum_to_one_and_are_alike_where_not_given(base: Population) -> None:
    assert base.motivations[0, base.needs.index("entertainment")] == 0.75
    assert base.motivations[0, base.needs.index("information")] == 0.25
    np.testing.assert_allclose(base.motivations[1:], 1 / 6, rtol=1e-15)
    np.testing.assert_allclose(base.motivations.sum(axis=1), 1, rtol=1e-15)


def test_adopters_are_aware_even_where_fewer_are_said_to_be_aware() -> None:
    people = public(audience__segments__students__aware=0.05, audience__segments__students__adopters=0.2)
    assert people.is_adopter.any()
    np.testing.assert_array_equal(people.is_adopter, people.is_aware)


def test_start_shares(base: Population) -> None:
    students = among(base, "students")
    for flags, share in ((base.is_aware, 0.3), (base.is_adopter, 0.1)):
        assert not flags[~students].any()
        assert abs(flags[students].mean() - share) < SIGMAS * math.sqrt(share * (1 - share) / 10_000)
    assert base.is_aware[base.is_adopter].all()


def test_draws_are_those_of_the_named_luck(base: Population) -> None:
    key = luck_keys.public_key(7)
    usage = luck_keys.decision_key(key, "usage", luck_keys.name_key("channel", "tv"))
    for i in np.flatnonzero(among(base, "families"))[:200]:
        own = np.uint64(luck.combine(usage, base.uid[i]))
        relative = gammaincinv(0.6, luck.uniform_at(own, 1)) / 0.6
        expected = 1.4 * relative if luck.uniform_at(own, 0) < 0.9 else 0.0
        assert visits(base, "tv")[i] == expected


def test_another_channel_moves_no_other_draw(base: Population) -> None:
    more = public(
        channels__cinema={"kind": "broadcast", "medium": "tv", "brand_followers": 0.5},
        audience__segments__others__usage={"cinema": {"users": 0.5, "visits_per_day": 0.1}},
    )
    assert more.channel_names == ("cinema", "instagram", "tv")
    assert_same(base, more, "usage", "follows_brand")
    np.testing.assert_array_equal(base.usage, more.usage[1:])
    np.testing.assert_array_equal(base.follows_brand, more.follows_brand[1:])
    assert visits(more, "cinema").any()


def test_a_trait_of_a_segment_moves_nothing_else(base: Population) -> None:
    assert_same(base, public(audience__segments__others__trust=0.9), "trust")
    assert_same(base, public(audience__segments__others__aware=0.5), "is_aware")
    assert_same(base, public(sharing=None))
    assert_same(base, public(replications=3, days=20))


def test_a_default_written_out_gives_the_same_bits(base: Population) -> None:
    same = public(
        audience__segments__others__trust=0.5,
        channels__instagram__usage_shape=1.0,
        audience__everyone={"trust": 0.5},
        audience__segments__families__motivations=None,
    )
    assert_same(base, same)


def test_more_users_are_a_superset_who_keep_their_visits(base: Population) -> None:
    more = public(audience__segments__students__usage__tv__users=0.8)
    before, after = visits(base, "tv"), visits(more, "tv")
    had = before > 0
    np.testing.assert_array_equal(before[had], after[had])
    assert (after > 0).sum() > had.sum()
    assert_same(base, more, "usage", "follows_brand")


def test_more_aware_are_a_superset(base: Population) -> None:
    more = public(audience__segments__students__aware=0.5)
    assert more.is_aware[base.is_aware].all() and more.is_aware.sum() > base.is_aware.sum()


def test_another_shape_keeps_users_and_their_order(base: Population) -> None:
    other = public(channels__tv__usage_shape=3.0)
    families = among(base, "families") & (visits(base, "tv") > 0)
    np.testing.assert_array_equal(visits(base, "tv") > 0, visits(other, "tv") > 0)
    before, after = visits(base, "tv")[families], visits(other, "tv")[families]
    assert (np.diff(after[np.argsort(before)]) >= 0).all() and not np.array_equal(before, after)


def test_a_person_keeps_its_luck_in_a_larger_public() -> None:
    everyone = {"usage": {"tv": {"users": 0.5, "visits_per_day": 1.0}}, "aware": 0.4}
    few = public(audience={"agents": 1_000, "everyone": everyone})
    many = public(audience={"agents": 3_000, "everyone": everyone})
    assert few.segment_names == ("everyone",)
    np.testing.assert_array_equal(few.usage, many.usage[:, :1_000])
    np.testing.assert_array_equal(few.is_aware, many.is_aware[:1_000])


def test_another_master_seed_draws_other_people(base: Population) -> None:
    other = public(master_seed=8)
    assert (other.segment_sizes == base.segment_sizes).all()
    assert (other.segment != base.segment).mean() > 0.3
    np.testing.assert_array_equal(other.uid, base.uid)


def test_the_lowest_draw_leaves_a_user_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traits, "uniforms", lambda key, uid, ordinal: np.zeros(len(uid)))
    assert (visits(public(), "tv")[among(public(), "families")] > 0).all()


def test_arrays_are_read_only(base: Population) -> None:
    arrays = [getattr(base, name) for name in base.__dataclass_fields__]
    arrays = [array for array in arrays if isinstance(array, np.ndarray)]
    assert len(arrays) == 12 and not any(array.flags.writeable for array in arrays)


def test_market_is_the_simulated_where_not_given() -> None:
    assert public(audience__people=None).market == 40_000.0


def test_a_segment_too_small_for_a_person_is_noted() -> None:
    shares = {"audience__segments__others__share": 0.01, "audience__segments__families__share": 0.74}
    people = public(audience__agents=10, **shares)
    assert people.segment_sizes.tolist() == [3, 7, 0]
    assert people.notes == ("no simulated person in others: too small a share of 10",)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"audience__segments__others__share": None}, "audience.segments.others.share: nothing; want the"),
        ({"audience__segments__others__share": 0.25}, "audience.segments: shares sum to 1.1; want shares"),
        ({"audience__agents": None}, "audience.agents: nothing; want the number of simulated persons"),
        (
            {"audience__segments": {f"s{i}": {"share": 1 / 256} for i in range(256)}},
            "audience.segments: 256 segments; want at most 200",
        ),
        (
            {"plan__flights__one": FLIGHT},
            "plan.flights.one.to.0: no segment `student`; want a segment of the public: "
            "students, families, others (did you mean students?)",
        ),
        (
            {"objectives__o": {"metric": "reach", "segment": "Families", "at_least": 0.5}},
            "objectives.o.segment: no segment `Families`",
        ),
        (
            {"audience__segments__others__motivations": {"information": 0.0}},
            "audience.segments.others.motivations: no need has a weight; want a weight above 0 for one of",
        ),
    ],
)  # fmt: skip
def test_faults_of_segments(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError) as error:
        public(**changes)
    assert text in str(error.value)


def test_faults_of_segments_come_together() -> None:
    with pytest.raises(InputError) as error:
        public(
            audience__agents=None,
            audience__segments__others__share=0.5,
            objectives__o={"metric": "reach", "segment": "nobody", "at_least": 0.5},
        )
    assert len(error.value.faults) == 3
