"""Which plan answers a question: verdicts in numbers, from paired worlds. The words are the report's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.results.summary import by_public, difference_interval, mean_interval, p_better

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
WHOLE = "all"


@dataclass(frozen=True, slots=True)
class Gap:
    """Hold how far one plan is better than another on the same worlds, with the interval of that mean."""

    other: int
    mean: float
    low: float
    high: float
    p_better: float
    share_of_worlds: float

    @property
    def is_clear(self) -> bool:
        """Whether the other is behind beyond chance."""
        return self.low > 0

    @property
    def is_nothing(self) -> bool:
        """Whether the two are the same in every world."""
        return self.low == self.high == 0.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """Hold plans from best to worst, and the best one against each other.

    Attributes
    ----------
    order : tuple of int
        Plans that have the number in every world, best mean first.
    means : tuple of float
        By plan; NaN where it is undefined in some world.
    gaps : tuple of Gap
        The best against each further plan of `order`; above 0 is better, whatever the metric.
    """

    order: tuple[int, ...]
    means: tuple[float, ...]
    gaps: tuple[Gap, ...]

    @property
    def is_settled(self) -> bool:
        """Whether the best is better than every other beyond chance."""
        return bool(self.gaps) and all(gap.is_clear for gap in self.gaps)

    @property
    def is_same(self) -> bool:
        """Whether no plan differs from the best in any world."""
        return bool(self.gaps) and all(gap.is_nothing for gap in self.gaps)

    @property
    def open(self) -> tuple[Gap, ...]:
        """Those that are not clearly behind."""
        return tuple(gap for gap in self.gaps if not gap.is_clear)


def values_by_world(worlds: pd.DataFrame, metric: str, segment: str = WHOLE) -> pd.Series[float]:
    """Return one indicator by replication, over all channels; empty where it is not told."""
    rows = worlds[
        (worlds["metric"] == metric) & (worlds["segment"] == segment) & (worlds["channel"] == WHOLE)
    ]
    return rows.set_index("replication")["value"]


def side_by_side(columns: Sequence[pd.Series[float]]) -> tuple[Floats, Ints]:
    """Return float64[n_worlds, n_plans] over the worlds that all plans have, and their replications.

    A plan that does not tell the indicator has NaN in all of them.
    """
    told = {k: column for k, column in enumerate(columns) if len(column)}
    if not told:
        return np.empty((0, len(columns))), np.empty(0, np.int64)
    table = pd.concat(told, axis=1, join="inner").sort_index().reindex(columns=range(len(columns)))
    return table.to_numpy(np.float64), table.index.to_numpy(np.int64)


def rank(values: Floats, public: Ints, *, higher_is_better: bool) -> Ranking:
    """Rank plans by the mean over worlds, and set the best one against each other, world by world.

    Parameters
    ----------
    values : float64[n_worlds, n_plans]
        NaN where undefined: a plan with one is not ranked.
    public : int64[n_worlds]
        Public each world lives on.
    higher_is_better : bool

    Notes
    -----
    The best is settled only where it is clearly better than *each* other one (95 % intervals of paired
    means). Among plans that do not differ it is so in at most 1 of 20 cases: with two that is the
    interval's own rate, and with more the lead of the best over the next is smaller.
    """
    sign = 1.0 if higher_is_better else -1.0
    if len(values) == 0:
        return Ranking((), (math.nan,) * values.shape[1], ())
    means = by_public(values, public).mean(axis=0)
    told = [plan for plan in range(values.shape[1]) if math.isfinite(means[plan])]
    order = sorted(told, key=lambda plan: (-sign * means[plan], plan))
    gaps = []
    for other in order[1:]:
        apart = sign * (values[:, order[0]] - values[:, other])
        mean, low, high = (float(x) for x in difference_interval(by_public(apart, public)))
        is_certain = bool((values[:, [order[0], other]] == values[0, [order[0], other]]).all())
        chance = float(p_better(by_public(apart, public), is_certain))
        gaps.append(Gap(other, mean, low, high, chance, float((apart > 0).mean())))
    return Ranking(tuple(order), tuple(float(mean) for mean in means), tuple(gaps))


@dataclass(frozen=True, slots=True)
class Meeting:
    """Hold how surely one plan meets an objective, and what it costs.

    `verdict`: good (as surely as asked), bad (not), open (too close to call).
    """

    plan: int
    spend: float
    share: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Cheapest:
    """Hold the cheapest plan that meets an objective as surely as asked, and those that matter beside it.

    Attributes
    ----------
    best : Meeting or None
        None: no plan is as sure as asked.
    cheaper_open : tuple of Meeting
        Cheaper ones of which these worlds do not tell; of all, where no plan is as sure as asked.
    cheaper_bad : Meeting or None
        The dearest of the cheaper ones that clearly fail.
    surest : Meeting
        Of all, the one that meets it in most worlds (the cheapest of these).
    """

    best: Meeting | None
    cheaper_open: tuple[Meeting, ...]
    cheaper_bad: Meeting | None
    surest: Meeting


def cheapest(found: Sequence[Meeting]) -> Cheapest:
    """Return the least money for an objective.

    Parameters
    ----------
    found : sequence of Meeting
        One per plan, one at least.
    """
    by_cost = sorted(found, key=lambda one: (one.spend, one.plan))
    best = next((one for one in by_cost if one.verdict == "good"), None)
    below = by_cost if best is None else by_cost[: by_cost.index(best)]
    bad = [one for one in below if one.verdict == "bad"]
    surest = max(by_cost, key=lambda one: (one.share, -one.spend))
    return Cheapest(
        best, tuple(one for one in below if one.verdict == "open"), bad[-1] if bad else None, surest
    )


def elasticity(low: Floats, high: Floats, step: float, public: Ints) -> tuple[float, float, float]:
    """Return the mean of ln(high/low)/ln(step) over paired worlds with its interval; NaN where one is not above 0.

    Parameters
    ----------
    low, high : float64[n_worlds]
        An indicator at a factor, and at `step` times that factor.
    step : float
        Above 1.
    """
    if not ((low > 0).all() and (high > 0).all()):
        return math.nan, math.nan, math.nan
    found = np.log(high / low) / math.log(step)
    mean, below, above = (float(x) for x in mean_interval(by_public(found, public)))
    return mean, below, above
