"""Several publics: worlds are dealt over them in turn, and intervals carry what differs between them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim import AudienceModel, Scenario, compare, run
from sim.experiment.runner import prepare, run_world
from sim.luck_keys import public_seed
from sim.public import build_public
from sim.results.summary import by_public, framed, mean_interval, p_better, summary_columns
from tests import plans


def scenario(**changes: object) -> Scenario:
    return plans.build(plans.changed(plans.television(days=6), {"audience.agents": 300, **changes}))


def test_one_public_is_the_default() -> None:
    assert run(scenario(), replications=3).worlds.equals(run(scenario(publics=1), replications=3).worlds)


def test_worlds_are_dealt_in_turn() -> None:
    several = scenario(publics=3)
    whole = run(several, replications=7, threads=2).worlds
    assert sorted(whole.replication.unique()) == list(range(7))
    for replication in (0, 4, 5):
        outcome = run_world(prepare(several, replication % 3), replication)
        assert outcome is not None
        told = whole[whole.replication == replication].value.to_numpy()[: outcome.daily.shape[1]]
        np.testing.assert_array_equal(told, outcome.daily[-1])


def test_publics_differ_and_the_first_is_the_master_seeds() -> None:
    several = scenario(publics=3)
    first, second = build_public(several, 0), build_public(several, 1)
    np.testing.assert_array_equal(first.population.usage, build_public(scenario()).population.usage)
    assert (first.population.usage != second.population.usage).any()
    np.testing.assert_array_equal(first.population.uid, second.population.uid)
    assert len({public_seed(7, k) for k in range(1000)}) == 1000


def test_a_model_lives_on_its_worlds_public() -> None:
    several = scenario(publics=2)
    model = AudienceModel(several, replication=1)
    np.testing.assert_array_equal(model.public.population.usage, build_public(several, 1).population.usage)


def test_another_number_of_publics_cannot_be_paired() -> None:
    with pytest.raises(Exception, match="public"):
        compare(run(scenario(), replications=2), run(scenario(publics=2), replications=2))


def test_the_interval_is_that_of_the_publics_means() -> None:
    """Two publics far apart, worlds of each alike: pooling the worlds would claim far too much."""
    values = np.array([1.0, 5.0, 1.1, 5.1, 0.9, 4.9])
    public = np.arange(6) % 2
    mean, low, high = mean_interval(by_public(values, public))
    half = stats.t.ppf(0.975, 1) * np.std([1.0, 5.0], ddof=1) / np.sqrt(2)
    assert (mean, low, high) == pytest.approx((3.0, 3.0 - half, 3.0 + half))
    _, pooled_low, pooled_high = mean_interval(values)
    assert high - low > 4 * (pooled_high - pooled_low)
    assert p_better(by_public(values, public)) == pytest.approx(stats.t.cdf(3.0 / (2.0), 1))


def test_the_summary_uses_it() -> None:
    several = run(scenario(publics=4), replications=8)
    wide = several.worlds.pivot(index="replication", columns=["metric", "segment", "channel"], values="value")
    reach = wide[("reach", "all", "all")].to_numpy()
    means = reach.reshape(2, 4).mean(axis=0)
    row = several.summary.query("metric == 'reach' and segment == 'all' and channel == 'all'").iloc[0]
    half = stats.t.ppf(0.975, 3) * means.std(ddof=1) / 2
    assert (row["mean"], row.mean_lo, row.mean_hi) == pytest.approx(
        (means.mean(), means.mean() - half, means.mean() + half)
    )


def test_objectives_and_costs_over_publics() -> None:
    rows = [("spend", "all", "all"), ("cost_per_acquisition", "all", "all"), ("adoption_lift", "all", "all"),
            ("cost_per_incremental_acquisition", "all", "all"), ("objective:x", "all", "all"),
            ("acquisitions", "all", "all")]  # fmt: skip
    values = np.array([[10.0, 5.0, 0.1, 1.0, 1.0, 2.0], [10.0, 2.5, 0.3, 1.0, 0.0, 4.0]])
    frame = framed(summary_columns(rows, values, "USD", 20.0, np.array([0, 1]))).set_index("metric")
    assert frame.loc["cost_per_acquisition", "mean"] == pytest.approx(10 / 3)
    assert frame.loc["cost_per_incremental_acquisition", "mean"] == pytest.approx(10 / 4)
    assert (frame.loc["objective:x", "mean_lo"], frame.loc["objective:x", "mean_hi"]) == (0.0, 1.0)


def test_what_costs_nothing_has_a_cost_of_nothing() -> None:
    rows = [("spend", "all", "all"), ("cost_per_acquisition", "all", "all"), ("adoption_lift", "all", "all"),
            ("cost_per_incremental_acquisition", "all", "all"), ("acquisitions", "all", "all")]  # fmt: skip
    values = np.array([[0.0, 0.0, 0.1, 0.0, 3.0], [0.0, np.nan, 0.0, np.nan, 0.0]])
    frame = framed(summary_columns(rows, values, "USD", 20.0, np.array([0, 1]))).set_index("metric")
    assert frame.loc["cost_per_acquisition", "mean"] == 0.0
    values = np.full((2, 5), [0.0, np.nan, 0.0, np.nan, 0.0])
    nobody = framed(summary_columns(rows, values, "USD", 20.0, np.array([0, 1])))
    assert np.isnan(nobody.set_index("metric").loc["cost_per_acquisition", "mean"])
