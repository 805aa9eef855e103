"""Reach and frequency against the laws they must follow: NBD, beta-binomial, Sainsbury."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.campaign import compile as compiling
from sim.kernels.state import MAX_K
from sim.luck_keys import name_key
from tests.plans import changed, insertions, lived, made_ready, television

pytestmark = pytest.mark.statistical
FIGURES = {1: 0.4387, 2: 0.2655, 3: 0.1683, 5: 0.0718}
EXACTLY = np.array([0.1979, 0.1563, 0.1458, 0.1458, 0.1563, 0.1979])
SAINSBURY = np.array([0.336, 0.452, 0.188, 0.024])


def nbd_reach(k, grp=120.0, users=0.85, shape=0.6):
    """Return P(at least k contacts) where users' contacts are Gamma-mixed Poisson."""
    mean = grp / 100 / users
    return users * stats.nbinom.sf(k - 1, shape, shape / (shape + mean))


def reached(master_seeds, agents=20_000, **parts):
    """Return reach k+ of one world per master seed, float64[n_seeds, MAX_K]."""
    worlds = []
    for seed in master_seeds:
        study = made_ready(television(agents=agents, master_seed=seed, adoption=None, **parts))
        worlds.append(lived(study).tally.reach[-1, 0] / agents)
    return np.array(worlds)


def check_nbd(reach):
    error = reach.std(axis=0, ddof=1) / np.sqrt(len(reach))
    for k, figure in FIGURES.items():
        assert 0 < error[k - 1] < 0.0015  # a spread as of a far smaller public would hide an error
        assert abs(reach[:, k - 1].mean() - figure) <= 4 * error[k - 1]


def test_the_figures_are_those_of_the_law():
    for k, figure in FIGURES.items():
        assert round(nbd_reach(k), 4) == figure


def test_reach_of_120_grp_follows_the_negative_binomial():
    """Hold reach 1+, 2+, 3+, 5+ to ±4 standard errors of the run.

    Usage is drawn once per master seed, so worlds of one public share its error: here every world has
    a master seed of its own (20, 20,000 people each) and the error is taken between them, which counts
    public and luck alike. False alarm: P(|t₁₉| > 4) = .0008 per figure, at most .003 for the four.
    """
    check_nbd(reached(range(1, 21)))


CAP = {"cap": {"times": 6, "per_days": 10}}


@pytest.mark.parametrize(
    "bug", [{"shape": 0.7}, {"shape": 0.5}, {"users": 0.83}, {"grp": 117.0}, {"flight": CAP}]
)
def test_another_law_of_contacts_is_noticed(bug):
    with pytest.raises(AssertionError):
        check_nbd(reached(range(1, 21), **bug))


def exact_frequency(study, worlds):
    """Return how many people of all worlds had exactly 0, 1, … contacts, int64[MAX_K]."""
    n_people = study.public.population.n_people
    counts = np.zeros(MAX_K, np.int64)
    for replication in range(worlds):
        at_least = lived(study, replication).tally.reach[-1, 0]
        counts += -np.diff(np.concatenate([[n_people], at_least]))[:MAX_K]
    return counts


def check_shares(counts, figures, rounding):
    """Hold each share to ±4 standard errors; people and worlds are all independent here."""
    total, figures = counts.sum(), np.concatenate([figures, np.zeros(MAX_K - len(figures))])
    error = np.sqrt(figures * (1 - figures) / total)
    assert (np.abs(counts / total - figures) <= 4 * error + rounding * (figures > 0)).all()


FIVE = {"tv": {"first": 0.50, "second": 0.65}}


def test_insertions_follow_the_beta_binomial():
    """Hold reach .8021 and exactly 0 … 5 of five insertions (first 50 %, first two 65 %; α = β = .75).

    Insertions ask no usage and a person's luck belongs to the world: 200,000 independent trials, error
    at most .0009. False alarm: 6 shares and their reach × P(|z| > 4) = .0004.
    """
    assert np.allclose(stats.betabinom.pmf(range(6), 5, 0.75, 0.75), EXACTLY, atol=5e-5)
    study = made_ready(insertions(FIVE, n=5, agents=20_000, adoption=None))
    np.testing.assert_allclose(study.campaign.paid[0].insertion_shape, 0.75, rtol=1e-12)
    counts = exact_frequency(study, worlds=10)
    check_shares(counts, EXACTLY, rounding=5e-5)
    reach = 1 - counts[0] / counts.sum()
    assert abs(reach - 0.8021) <= 4 * np.sqrt(0.8021 * 0.1979 / counts.sum()) + 5e-5


@pytest.mark.parametrize("second", [0.645, 0.655, 0.749])
def test_another_duplication_of_insertions_is_noticed(second):
    plan = insertions({"tv": {"first": 0.50, "second": second}}, n=5, agents=20_000, adoption=None)
    counts = exact_frequency(made_ready(plan), worlds=10)
    with pytest.raises(AssertionError):
        check_shares(counts, EXACTLY, rounding=5e-5)


VEHICLES = {"a": {"first": 0.3}, "b": {"first": 0.4}, "c": {"first": 0.2}}


def test_vehicles_duplicate_at_random_as_sainsbury():
    """Hold reach .664 and exactly 0 … 3 of three vehicles met by 30, 40 and 20 %.

    200,000 independent trials. False alarm: 5 figures × P(|z| > 4) = .0003.
    """
    study = made_ready(insertions(VEHICLES, agents=20_000, adoption=None))
    counts = exact_frequency(study, worlds=10)
    check_shares(counts, SAINSBURY, rounding=1e-12)
    reach = 1 - counts[0] / counts.sum()
    assert abs(reach - 0.664) <= 4 * np.sqrt(0.664 * 0.336 / counts.sum())


def test_vehicles_that_share_their_luck_are_noticed(monkeypatch):
    same = name_key("flight", "any")
    monkeypatch.setattr(compiling, "name_key", lambda kind, name: same)
    study = made_ready(insertions(VEHICLES, agents=20_000, adoption=None))
    counts = exact_frequency(study, worlds=2)
    assert np.isclose(1 - counts[0] / counts.sum(), 0.4, atol=0.02)  # they meet the same people
    with pytest.raises(AssertionError):
        check_shares(counts, SAINSBURY, rounding=1e-12)


def test_vehicles_met_by_slightly_fewer_are_noticed():
    study = made_ready(insertions(changed(VEHICLES, {"c.first": 0.19}), agents=20_000, adoption=None))
    with pytest.raises(AssertionError):
        check_shares(exact_frequency(study, worlds=10), SAINSBURY, rounding=1e-12)
