"""Read results by name: one indicator of a run, or of its worlds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.results.report import wording
from sim.wording.language import say

ALL = "all"
FEWEST_FOR_SPREAD = 39


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold one row of ``summary``: the mean, its own interval, and the spread over worlds."""

    metric: str
    unit: str
    mean: float
    mean_lo: float
    mean_hi: float
    p2_5: float
    p97_5: float

    @property
    def has_spread(self) -> bool:
        """Whether there were worlds enough to tell their spread."""
        return math.isfinite(self.p2_5) and math.isfinite(self.p97_5)

    @property
    def low(self) -> float:
        """Lower end of what is shown: of 95 % of worlds, else of the mean."""
        return self.p2_5 if self.has_spread else self.mean_lo

    @property
    def high(self) -> float:
        """Upper end of what is shown: of 95 % of worlds, else of the mean."""
        return self.p97_5 if self.has_spread else self.mean_hi

    def text(self, *, is_difference: bool = False, is_bare: bool = False) -> str:
        """Return the mean with its unit."""
        return wording.quantity(self.mean, self.unit, is_difference=is_difference, is_bare=is_bare)

    def range_text(self, *, is_difference: bool = False, is_bare: bool = False) -> str:
        """Return the interval that is shown beside the mean."""
        return wording.interval(self.low, self.high, self.unit, is_difference=is_difference, is_bare=is_bare)

    def around(self) -> str:
        """Return the interval for the line under a value; empty where there is none to tell."""
        if not math.isfinite(self.low) or wording.is_same(self.low, self.high):
            return ""
        return self.range_text(is_bare=True)

    def range_words(self, *, is_difference: bool = False) -> str:
        """Return the interval and what it is of."""
        if not math.isfinite(self.low) or not math.isfinite(self.high):
            return say("no interval: a single world")
        if wording.is_same(self.low, self.high):
            return say("the same in every world")
        of = say("95\u00a0% of worlds: ") if self.has_spread else say("95\u00a0% interval of the mean: ")
        return of + self.range_text(is_difference=is_difference, is_bare=True)


class Readings:
    """Answer for (metric, segment, channel), and remember what was asked, to explain just that.

    Parameters
    ----------
    summary : DataFrame
        One row per metric, segment and channel, as in ``summary.csv``.
    """

    def __init__(self, summary: pd.DataFrame):
        names = ("metric", "segment", "channel", "unit", "mean", "mean_lo", "mean_hi", "p2_5", "p97_5")
        columns = [summary[name].tolist() for name in names]
        self._rows = {
            (str(metric), str(segment), str(channel)): Reading(str(metric), str(unit), *map(float, values))
            for metric, segment, channel, unit, *values in zip(*columns, strict=True)
        }
        self.shown: set[str] = set()

    def get(self, metric: str, segment: str = ALL, channel: str = ALL) -> Reading | None:
        """Return the reading, or None where the run does not tell it."""
        found = self.peek(metric, segment, channel)
        if found is not None:
            self.shown.add(metric)
        return found

    def peek(self, metric: str, segment: str = ALL, channel: str = ALL) -> Reading | None:
        """Return the reading as `get` does, and do not remember it as shown."""
        found = self._rows.get((metric, segment, channel))
        return found if found is not None and math.isfinite(found.mean) else None

    def by_channel(self, metric: str) -> dict[str, Reading]:
        """Return the readings of all people, split by channel."""
        return self._split(metric, 2)

    def by_segment(self, metric: str) -> dict[str, Reading]:
        """Return the readings over all channels, split by segment."""
        return self._split(metric, 1)

    def _split(self, metric: str, axis: int) -> dict[str, Reading]:
        other = 3 - axis
        keys = [key for key in self._rows if key[0] == metric and key[other] == ALL and key[axis] != ALL]
        return {key[axis]: reading for key in keys if (reading := self.get(*key)) is not None}


def spread(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the ends of the middle 95 % of worlds by (n+1)p quantiles; NaN below 39 worlds."""
    if len(values) < FEWEST_FOR_SPREAD:
        return math.nan, math.nan
    low, high = np.quantile(values, (0.025, 0.975), method="weibull")
    return float(low), float(high)


def frequency_shares(worlds: pd.DataFrame, plus: Iterable[str]) -> list[tuple[float, float, float]]:
    """Return mean and middle 95 % of worlds of the share met exactly 0, 1, … times (last: or more).

    Parameters
    ----------
    worlds : DataFrame
        One row per replication, metric, segment and channel.
    plus : iterable of str
        The metrics reach, reach_2plus, … in order; those missing end the list.
    """
    is_whole = (worlds["segment"] == ALL) & (worlds["channel"] == ALL)
    wide = worlds[is_whole].pivot_table(
        index="replication", columns="metric", values="value", aggfunc="first"
    )
    present = list(itertools.takewhile(wide.columns.__contains__, plus))
    if not present:
        return []
    at_least = [np.ones(len(wide)), *(wide[name].to_numpy(np.float64) for name in present)]
    exactly = [low - high for low, high in itertools.pairwise(at_least)] + [at_least[-1]]
    return [(float(np.mean(share)), *spread(share)) for share in exactly]
