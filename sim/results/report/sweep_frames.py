"""The tables of a finished sweep as its report reads them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from sim.results import catalog
from sim.results.described import described
from sim.results.report import wording
from sim.wording.language import say


@dataclass(frozen=True)
class SweepFrames:
    """Hold the tables of a finished sweep, and what they are ranked by.

    Parameters
    ----------
    name, currency : str
    ranking : DataFrame        as ``ranking.csv``, best first
    objectives : DataFrame or None    as ``objectives.csv``
    summary : DataFrame        as ``summary.csv``, what is of all people on all channels at least
    addresses : tuple of str   what was varied
    metric, segment, channel : str    what points are ranked by
    is_most : bool             the most of it is best
    by_day : DataFrame or None    as ``ranking_by_day.csv``
    margin : float             difference that would matter
    asked : mapping of objective to the probability asked of it
    n_failed : int
    days : int                 length of the run
    matters : DataFrame or None    as ``what_matters.csv``
    by_segment : DataFrame or None    as ``ranking_by_segment.csv``
    """

    name: str
    currency: str
    ranking: pd.DataFrame
    objectives: pd.DataFrame | None
    summary: pd.DataFrame
    addresses: tuple[str, ...]
    metric: str
    segment: str
    channel: str
    is_most: bool
    asked: dict[str, float]
    n_failed: int
    days: int
    matters: pd.DataFrame | None = None
    by_segment: pd.DataFrame | None = None
    by_day: pd.DataFrame | None = None
    margin: float = 0.0

    @property
    def told(self) -> pd.DataFrame:
        """The points that are ranked."""
        return self.ranking[self.ranking.status == "ranked"].reset_index(drop=True)

    @cached_property
    def readings(self) -> dict[tuple[object, str], int]:
        """Where in the summary a point's indicator of all people on all channels stands, by point and indicator."""
        whole = (self.summary["segment"] == "all") & (self.summary["channel"] == "all")
        found = self.summary[["design_point", "metric"]].reset_index(drop=True)[whole.to_numpy()]
        keys = zip(found["design_point"].tolist(), found["metric"].tolist(), strict=True)
        return dict(zip(keys, found.index.tolist(), strict=True))

    @property
    def unit(self) -> str:
        """Unit of what points are ranked by."""
        return catalog.unit_of(self.metric, self.currency)

    @property
    def title(self) -> str:
        """What points are ranked by, in words."""
        of = "" if self.segment == "all" else say(" of {segment}", segment=self.segment)
        on = "" if self.channel == "all" else say(" on {channel}", channel=self.channel)
        return f"{described(self.metric).title}{of}{on}"


def values_text(sweep: SweepFrames, row: pd.Series) -> str:
    """Return the varied values of a point in a line."""
    return "; ".join(
        f"{address.removeprefix('plan.')}: {level_text(row[address])}" for address in sweep.addresses
    )


def level_text(value: object) -> str:
    """Return a varied value as text; a dash where nothing is there to set."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return wording.NOTHING
    if isinstance(value, float | int) and not isinstance(value, bool):
        return wording.number(value, ",.0f" if abs(value) >= 1e6 else ",.6g")
    return str(value)
