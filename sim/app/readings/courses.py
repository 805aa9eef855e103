"""The days of a result, found by name without going through the whole table."""

from __future__ import annotations

import pandas as pd

from sim.app.words import figures
from sim.scenario.metrics import ALL

Name = tuple[str, str, str]


class Courses:
    """Hold what a result tells by day.

    Parameters
    ----------
    daily : DataFrame
        Rows of ``daily.parquet``: day by day, each with the same rows in the same order.
    start : str or None
        Day 1 as a date, where the plan has one.
    """

    def __init__(self, daily: pd.DataFrame, start: str | None) -> None:
        self._daily, self.start = daily, start
        self._n = int((daily["day"] == daily["day"].iloc[0]).sum()) if len(daily) else 0
        names = daily.iloc[: self._n][["metric", "segment", "channel"]].itertuples(index=False, name=None)
        self._places: dict[Name, int] = {name: place for place, name in enumerate(names)}
        self.metrics: list[str] = list(dict.fromkeys(metric for metric, _, _ in self._places))
        self.n_days = len(daily) // self._n if self._n else 0

    def rows(self, metric: str, segment: str = ALL, channel: str = ALL) -> pd.DataFrame:
        """Return the days of one row of the result; none where it is not told."""
        place = self._places.get((metric, segment, channel))
        return self._daily.iloc[:0] if place is None else self._daily.iloc[place :: self._n]

    def segments(self, metric: str) -> list[str]:
        """Return the segments that an indicator is told for."""
        return list(dict.fromkeys(segment for name, segment, _ in self._places if name == metric))

    def channels(self, metric: str) -> list[str]:
        """Return the channels that an indicator is told for."""
        return list(dict.fromkeys(channel for name, _, channel in self._places if name == metric))

    def labels(self, language: str) -> list[str]:
        """Return what the days are called."""
        return [figures.day_label(day, self.start, language) for day in range(1, self.n_days + 1)]
