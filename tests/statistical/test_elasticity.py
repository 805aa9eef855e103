"""How many more adopt when a mature brand buys twice as much."""

from __future__ import annotations

import numpy as np
import pytest

from tests.plans import changed, lived, made_ready, television

pytestmark = pytest.mark.statistical
MONTHS = 6
PER_MONTH = (100, 200, 400)  # GRP; the steps are ×½ → ×1 and ×1 → ×2


def mature_brand(grp_per_month, agents=25_000, **changes):
    """Return 180 days of television for a brand that 60 % know and nobody remembers a campaign of.

    The message answers the motivation by half (match .5): between a perfect message and none. The rest
    is default; television is used by 85 %, visits Gamma of shape .6, without cap.
    """
    plan = television(MONTHS * grp_per_month, agents=agents, days=30 * MONTHS, master_seed=3)
    plan["network"] = {"offline": {"generate": "small_world"}}
    start = {"audience.segments.people.aware": 0.6, "messages.claim.appeals": {"information": 0.5}}
    return made_ready(changed(plan, {**start, **changes}))


def elasticities(worlds=24, **changes):
    """Return Δln(new adopters)/Δln(GRP) of both steps in each world, float64[worlds, 2]."""
    new = []
    for grp in PER_MONTH:
        study = mature_brand(grp, **changes)
        new.append([lived(study, replication).tally.adopted.sum() for replication in range(worlds)])
    return np.diff(np.log(np.array(new).T), axis=1) / np.log(2)


def check(found):
    mean = found.mean(axis=0)
    assert (mean > 0.05).all()
    assert (mean < 0.35).all()


def test_elasticity_of_new_adopters_is_that_of_a_mature_brand(record_property):
    """Hold both steps to .05 – .35, on the same 24 worlds of 25,000 people.

    64 worlds gave .238 and .313 with standard errors of .006. This run's are near .011, so the nearer bound
    is 3.4 of them away: false alarm 4e-4.
    """
    found = elasticities()
    record_property("elasticity", found.mean(axis=0).round(3).tolist())
    assert (found.std(axis=0, ddof=1) / np.sqrt(len(found)) < 0.02).all()
    check(found)


@pytest.mark.parametrize(
    "bug",
    [{"adoption.effect_of_memory": 0.9}, {"reception.memory_half_life_days": 60.0, "adoption.effect_of_memory": 0.6},
     {"plan.flights.spot.shape": "even", "channels.tv.attention": 0.0}],
)  # fmt: skip
def test_a_campaign_that_moves_too_much_or_nothing_is_noticed(bug):
    with pytest.raises(AssertionError):
        check(elasticities(worlds=2, **bug))
