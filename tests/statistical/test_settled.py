"""How often an answer is called settled where no plan is better than another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from sim.luck_keys import world_key
from sim.results.answer import Ranking, rank

pytestmark = pytest.mark.statistical
TRIES, WORLDS, PLANS = 4000, 20, 4
Found = Callable[[Ranking], bool]


def noise() -> npt.NDArray[np.float64]:
    """Return normal values of equal plans, float64[tries, worlds, plans], from keyed bits (Box & Muller 1958)."""
    n = TRIES * WORLDS * PLANS
    keys = np.array([int(world_key(5, k)) for k in range(2 * n)], np.uint64)
    first, second = ((keys >> np.uint64(11)).astype(np.float64) + 0.5).reshape(2, n) / 2.0**53
    return (np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)).reshape(TRIES, WORLDS, PLANS)


@pytest.fixture(scope="module")
def values() -> npt.NDArray[np.float64]:
    return noise()


def rate(values: npt.NDArray[np.float64], is_settled: Found) -> float:
    public = np.zeros(WORLDS, np.int64)
    return float(np.mean([is_settled(rank(one, public, higher_is_better=True)) for one in values]))


def bound(p: float) -> float:
    """Return how far 4,000 tries may be from a rate: 4 standard errors, false alarm 6e-5."""
    return 4 * float(np.sqrt(p * (1 - p) / TRIES))


def test_two_equal_plans_are_told_apart_in_one_of_twenty_cases(values: npt.NDArray[np.float64]) -> None:
    found = rate(values[:, :, :2], lambda ranking: ranking.is_settled)
    assert abs(found - 0.05) < bound(0.05)


def test_four_equal_plans_are_told_apart_no_more_often(values: npt.NDArray[np.float64]) -> None:
    assert rate(values, lambda ranking: ranking.is_settled) < 0.05 + bound(0.05)


@pytest.mark.parametrize(
    "bug",
    [lambda ranking: any(gap.is_clear for gap in ranking.gaps),  # the best against the worst
     lambda ranking: all(gap.p_better > 0.8 for gap in ranking.gaps),
     lambda ranking: ranking.gaps[0].share_of_worlds > 0.5],
)  # fmt: skip
def test_a_laxer_verdict_is_noticed(values: npt.NDArray[np.float64], bug: Found) -> None:
    assert rate(values, bug) > 0.05 + bound(0.05)
