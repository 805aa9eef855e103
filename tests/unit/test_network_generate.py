"""Drawn networks: the laws that were asked for come out, and luck belongs to layers and people.

Each bound is two-sided, on fixed master seeds: 2 points for shares, 5 % for the mean of a law, and
for whole laws a distance that the right law exceeds with probability below 1e-3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.agents.population import Population
from sim.network.generate import MAKERS, generate_layer
from sim.network.graph import TieLayer
from sim.network.measure import describe
from sim.scenario.media import GENERATORS, Affiliation, PowerLaw, SmallWorld, WellMixed
from tests.network_cases import public, rows, same

N = 20_000
POINTS = 0.02


def segments(n: int, *shares: float) -> list[int]:
    """Return segments of these shares in blocks, the worst order for a ring."""
    return np.searchsorted(np.cumsum(shares), (np.arange(n) + 0.5) / n).tolist()


BIG = public(N, segments(N, 0.1, 0.2, 0.3, 0.4))


def power_law(people: Population = BIG, master_seed: int = 1, **options: Any) -> TieLayer:
    return generate_layer("instagram", PowerLaw(generate="power_law", **options), people, master_seed)


def small_world(people: Population = BIG, master_seed: int = 1, **options: Any) -> TieLayer:
    return generate_layer("offline", SmallWorld(generate="small_world", **options), people, master_seed)


def affiliation(people: Population = BIG, master_seed: int = 1, **options: Any) -> TieLayer:
    return generate_layer("instagram", Affiliation(generate="affiliation", **options), people, master_seed)


def law(low: int, high: int, exponent: float) -> np.ndarray:
    weights = np.arange(low, high + 1, dtype=float) ** -exponent
    return weights / weights.sum()


def test_every_maker_of_the_language_is_there():
    assert set(MAKERS) == set(GENERATORS)


@pytest.mark.statistical
@pytest.mark.parametrize(("exponent", "low", "high"), [(2.3, 10, None), (3.0, 5, None), (2.0, 3, 300)])
def test_followers_follow_the_power_law(exponent, low, high):
    sizes = power_law(exponent=exponent, min_followers=low, max_followers=high).audience_sizes
    top = high or N // 10
    p = law(low, top, exponent)
    assert low <= sizes.min()
    assert sizes.max() <= top
    assert sizes.mean() == pytest.approx(p @ np.arange(low, top + 1), rel=0.05)
    seen = np.cumsum(np.bincount(sizes, minlength=top + 1)[low:]) / N
    # Kolmogorov's bound at 1e-3: 1.95 / sqrt(n)
    assert np.abs(seen - np.cumsum(p)).max() < 1.95 / np.sqrt(N)
    wrong = np.cumsum(law(low, top, exponent + 0.1))
    assert np.abs(seen - wrong).max() > 1.95 / np.sqrt(N)


@pytest.mark.statistical
@pytest.mark.parametrize("reciprocity", [0.0, 0.3, 0.7, 1.0])
@pytest.mark.parametrize("same_segment", [0.4, 0.6, 0.9])
def test_power_law_shares(reciprocity, same_segment):
    layer = power_law(reciprocity=reciprocity, same_segment=same_segment)
    found = describe(layer, BIG)
    assert found["reciprocity"] == pytest.approx(reciprocity, abs=POINTS)
    assert found["same_segment"] == pytest.approx(same_segment, abs=POINTS)
    assert not any("segment" in note or "not drawn" in note for note in layer.notes)


@pytest.mark.statistical
def test_power_law_shares_in_a_small_channel():
    people = public(1500, segments(1500, 0.5, 0.3, 0.2))
    found = describe(power_law(people), people)
    assert found["reciprocity"] == pytest.approx(0.3, abs=POINTS)
    assert found["same_segment"] == pytest.approx(0.6, abs=POINTS)


@pytest.mark.statistical
def test_ties_returned_by_chance_are_allowed_for():
    # in segments of 500, chance returns 4 % of one-way ties
    people = public(1500, segments(1500, 1 / 3, 1 / 3, 1 / 3))
    layer = power_law(people, reciprocity=0.1, same_segment=0.9)
    assert describe(layer, people)["reciprocity"] == pytest.approx(0.1, abs=0.01)
    by_chance = power_law(people, reciprocity=0.0, same_segment=0.9)
    (note,) = by_chance.notes
    assert note.startswith("reciprocity 0: chance alone returns about 0.0")
    assert float(note.split()[-3]) == pytest.approx(describe(by_chance, people)["reciprocity"], abs=0.01)


def test_only_users_of_the_channel_are_tied():
    users = [i % 3 != 0 for i in range(3000)]
    sizes = power_law(public(3000, users=users)).audience_sizes
    assert (sizes[np.array(users)] >= 10).all()
    assert not sizes[~np.array(users)].any()


@pytest.mark.parametrize("maker", [power_law, small_world, affiliation])
def test_no_one_hears_himself_and_no_tie_stands_twice(maker):
    people = public(400, segments(400, 0.05, 0.95))
    layer = maker(people, same_segment=0.95)
    assert all(len(set(row)) == len(row) and j not in row for j, row in enumerate(rows(layer)))
    assert not any("repeated" in note or "themselves" in note for note in layer.notes)


def test_a_full_channel_counts_what_could_not_be_drawn():
    people = public(12)
    layer = power_law(people, min_followers=11, max_followers=500, reciprocity=0.5)
    n_lost = 12 * 11 - layer.n_ties
    assert n_lost < 12
    assert layer.notes == ((f"{n_lost} of 132 ties not drawn: nobody left to follow",) if n_lost else ())


def test_less_than_chance_within_segments_is_said():
    assert power_law(same_segment=0.1).notes == (
        "same_segment 0.1: chance alone puts 0.300 within a segment",
    )
    assert small_world(same_segment=0.95).notes == ("same_segment 0.95: with this rewiring at most 0.930",)


@pytest.mark.statistical
@pytest.mark.parametrize("rewiring", [0.0, 0.1, 1.0])
def test_small_world_ties(rewiring):
    layer = small_world(rewiring=rewiring, ties=8)
    found = describe(layer, BIG)
    assert found["mean_followers"] == 8
    assert found["reciprocity"] == 1
    assert found["same_segment"] == pytest.approx(0.30, abs=POINTS)
    assert (found["max_followers"] == 8) == (rewiring == 0)


@pytest.mark.statistical
@pytest.mark.parametrize("reciprocity", [0.0, 0.4, 0.8])
@pytest.mark.parametrize("same_segment", [0.4, 0.65, 0.9])
def test_small_world_shares(reciprocity, same_segment):
    found = describe(small_world(reciprocity=reciprocity, same_segment=same_segment), BIG)
    q = reciprocity / (2 - reciprocity)
    assert found["reciprocity"] == pytest.approx(reciprocity, abs=POINTS)
    assert found["same_segment"] == pytest.approx(same_segment, abs=POINTS)
    assert found["n_ties"] / N == pytest.approx(10 * (1 + q) / 2, rel=0.01)


def clustering(layer: TieLayer, n_people: int) -> float:
    """Return the share of pairs of a person's ties that are tied themselves."""
    near = [set(row) for row in rows(layer)]
    closed = [len(near[i] & near[j]) for j in range(n_people) for i in near[j]]
    return sum(closed) / sum(len(ties) * (len(ties) - 1) for ties in near)


@pytest.mark.statistical
def test_small_world_is_clustered_until_it_is_rewired():
    # ring of 10 neighbours: 3(k - 2) / 4(k - 1) = 2/3; rewired: times (1 - rewiring)^3
    people = public(3000)
    assert clustering(small_world(people, rewiring=0.0), 3000) == pytest.approx(2 / 3, abs=1e-9)
    assert clustering(small_world(people, rewiring=0.1), 3000) == pytest.approx(2 / 3 * 0.9**3, abs=0.03)
    assert clustering(small_world(people, rewiring=1.0), 3000) < 0.02


@pytest.mark.statistical
@pytest.mark.parametrize("asked", [0.1, 0.3, 0.56, 0.75])
@pytest.mark.parametrize(
    "law_of_ties", [{}, {"min_ties": 4, "exponent": 3.0}, {"max_ties": 100, "exponent": 2.0}]
)
def test_an_affiliation_is_as_clustered_as_asked(asked, law_of_ties):
    layer = affiliation(clustering=asked, **law_of_ties)
    found = describe(layer, BIG)
    assert found["clustering"] == pytest.approx(asked, abs=0.03)
    assert found["reciprocity"] == pytest.approx(0.3, abs=POINTS)
    assert found["same_segment"] == pytest.approx(0.6, abs=POINTS)
    assert not any("clustering" in note for note in layer.notes)


@pytest.mark.statistical
@pytest.mark.parametrize("reciprocity", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("same_segment", [0.3, 0.9])
def test_affiliation_shares(reciprocity, same_segment):
    found = describe(affiliation(reciprocity=reciprocity, same_segment=same_segment, min_ties=5), BIG)
    assert found["reciprocity"] == pytest.approx(reciprocity, abs=POINTS)
    assert found["same_segment"] == pytest.approx(same_segment, abs=POINTS)
    assert found["clustering"] == pytest.approx(0.3, abs=0.03)


@pytest.mark.statistical
@pytest.mark.parametrize("clustering", [0.2, 0.7])
def test_ties_of_an_affiliation_follow_the_power_law(clustering):
    layer = affiliation(exponent=2.5, min_ties=6, max_ties=300, clustering=clustering, reciprocity=1.0)
    sizes, p = layer.audience_sizes, law(6, 300, 2.5)
    seen = np.cumsum(np.bincount(sizes, minlength=301)[6:]) / N
    assert np.abs(seen - np.cumsum(p)).max() < 1.95 / np.sqrt(N)
    assert np.abs(seen - np.cumsum(law(6, 300, 2.6))).max() > 1.95 / np.sqrt(N)


def test_an_affiliation_offline_is_mutual_unless_told():
    spec = Affiliation(generate="affiliation", min_ties=3)
    offline = generate_layer("offline", spec, public(2000), 1)
    assert describe(offline, public(2000))["reciprocity"] == 1
    assert describe(affiliation(public(2000), min_ties=3), public(2000))["reciprocity"] == pytest.approx(
        0.3, abs=0.05
    )


def test_clustering_that_cannot_be_had_is_said():
    (note,) = affiliation(clustering=0.0, exponent=2.0).notes
    assert note.startswith("clustering 0: chance alone gives about 0.")
    few = public(60)
    (note,) = affiliation(few, clustering=0.95, min_ties=4, max_ties=12).notes
    assert note.startswith("clustering 0.95: with these ties it comes to about 0.")
    told = float(note.split()[-1])
    assert told == pytest.approx(
        describe(affiliation(few, clustering=0.95, min_ties=4, max_ties=12), few)["clustering"], abs=0.1
    )


def test_a_full_affiliation_counts_what_could_not_be_drawn():
    layer = affiliation(public(12), min_ties=11, max_ties=11, reciprocity=1.0)
    n_lost = 12 * 11 - layer.n_ties
    lost = [note for note in layer.notes if "not drawn" in note]
    assert lost == ([f"{n_lost} of 132 ties not drawn: nobody left to tie"] if n_lost else [])
    assert n_lost < 66


def test_offline_covers_everyone_and_a_channel_its_users():
    people = public(100, users=[i < 60 for i in range(100)])
    spec = SmallWorld(generate="small_world")
    assert (generate_layer("offline", spec, people, 1).audience_sizes > 0).all()
    assert np.flatnonzero(generate_layer("facebook", spec, people, 1).audience_sizes).max() == 59


def test_well_mixed_keeps_no_ties():
    layer = generate_layer("offline", WellMixed(generate="well_mixed"), public(10), 1)
    assert (layer.is_well_mixed, layer.n_ties, len(layer.out_ptr)) == (True, 0, 11)


@pytest.mark.parametrize("maker", [power_law, small_world, affiliation])
def test_luck_is_that_of_the_master_seed_and_the_layer(maker):
    people = public(500, segments(500, 0.5, 0.5))
    assert same(maker(people), maker(people))
    assert not same(maker(people), maker(people, master_seed=2))
    spec = PowerLaw(generate="power_law")
    assert not same(generate_layer("instagram", spec, people, 1), generate_layer("facebook", spec, people, 1))


def test_a_person_keeps_its_audience_when_others_join():
    # the cumulated law must be the same: a maximum that does not depend on the number of users
    small, large = (power_law(public(n), max_followers=50).audience_sizes for n in (500, 700))
    assert (small == large[:500]).all()
    small, large = (affiliation(public(n), max_ties=50, reciprocity=1.0).audience_sizes for n in (500, 700))
    # a stub in 1,000 may find no partner, and an odd one is left over
    assert (small != large[:500]).sum() <= 5
