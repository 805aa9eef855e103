"""What a sweep found, as numbers to be drawn: points, levers, money, the front of spend against an indicator."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.results.catalog import METRICS
from sim.results.report.lookup import ALL

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.sweeps.swept import Swept

MOST_LEVELS = 12
MONEY = (".budget", ".grp", ".impressions")
OFTEN = (".cap.times", ".cap.per_days", ".cap", ".grp")
SPEND = "spend"


@dataclass(frozen=True, slots=True)
class Found:
    """Hold a design point as one indicator sees it.

    Attributes
    ----------
    label : str                   its name or number
    values : dict of str to any   address → number, text or None where nothing is there to set
    mean, low, high : float       with the interval of its mean
    spend : float                 money; NaN where it is not told
    """

    label: str
    values: dict[str, Any]
    mean: float
    low: float
    high: float
    spend: float


def addresses_of(swept: Swept) -> list[str]:
    """Return what was varied."""
    return [str(name) for name in swept.design.columns[1:-2]]


def metrics_of(swept: Swept) -> list[str]:
    """Return the indicators told of everyone on all channels, in the order of the file."""
    frame = swept.summary
    if frame.empty:
        return []
    whole = frame[(frame["segment"] == ALL) & (frame["channel"] == ALL) & frame["mean"].notna()]
    return [str(metric) for metric in dict.fromkeys(whole["metric"])]


def segments_of(swept: Swept) -> list[str]:
    """Return everyone, and the segments."""
    return [ALL, *(str(s) for s in dict.fromkeys(swept.summary.get("segment", [])) if s != ALL)]


def points_of(swept: Swept, metric: str, segment: str = ALL, channel: str = ALL) -> list[Found]:
    """Return the finished points that tell an indicator, the best first."""
    frame = swept.summary
    if frame.empty:
        return []
    spend = {str(r["design_point"]): float(r["mean"]) for r in _rows(frame, SPEND, ALL, ALL)}
    addresses = addresses_of(swept)
    found = [
        Found(
            label=str(row["design_point"]),
            values={address: plain(row[address]) for address in addresses},
            mean=float(row["mean"]),
            low=float(row["mean_lo"]),
            high=float(row["mean_hi"]),
            spend=spend.get(str(row["design_point"]), math.nan),
        )
        for row in _rows(frame, metric, segment, channel)
        if math.isfinite(row["mean"])
    ]
    return sorted(found, key=lambda point: -point.mean if is_most(swept, metric) else point.mean)


def _rows(frame: pd.DataFrame, metric: str, segment: str, channel: str) -> Iterator[dict[str, Any]]:
    is_it = (frame["metric"] == metric) & (frame["segment"] == segment) & (frame["channel"] == channel)
    yield from records(frame[is_it])


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table row by row."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def plain(value: Any) -> Any:
    """Return a varied value; None where nothing is there to set."""
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else value


def is_most(swept: Swept, metric: str) -> bool:
    """Tell whether the most of an indicator is best: as the sweep is ranked, else as the catalogue says."""
    rank = None if swept.scenario.sweep is None else swept.scenario.sweep.rank
    if rank is not None and rank.metric == metric and rank.want is not None:
        return rank.want == "most"
    return metric not in METRICS or METRICS[metric].higher_is_better is not False


def is_frequency(address: str) -> bool:
    """Tell whether an address says how often people are met."""
    return address.startswith("plan.flights.") and address.endswith(OFTEN)


def is_number(value: Any) -> bool:
    """Tell whether a varied value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def levels(points: Sequence[Found], address: str) -> list[tuple[Any, Found]] | None:
    """Return each value of a lever with its best point, numbers by size; None for more numbers than a chart names."""
    best: dict[Any, Found] = {}
    for point in points:
        best.setdefault(point.values.get(address), point)
    if len(best) > MOST_LEVELS and all(map(is_number, best)):
        return None
    return sorted(
        best.items(), key=lambda pair: (not is_number(pair[0]), pair[0] if is_number(pair[0]) else 0)
    )


def cells(
    points: Sequence[Found], across: str, up: str
) -> tuple[list[Any], list[Any], list[tuple[int, int, Found]]]:
    """Return the values of two levers, and the best point of each pair of them that was tried."""
    columns = [value for value, _ in levels(points, across) or _binned(points, across)]
    rows = [value for value, _ in levels(points, up) or _binned(points, up)]
    best: dict[tuple[int, int], Found] = {}
    for point in points:
        place = _place(columns, point.values.get(across)), _place(rows, point.values.get(up))
        best.setdefault(place, point)
    return columns, rows, [(column, row, point) for (column, row), point in best.items()]


def _binned(points: Sequence[Found], address: str) -> list[tuple[Any, Found]]:
    """Return the lower ends of equally wide bins of a lever with many numbers."""
    numbers = [float(point.values[address]) for point in points]
    low, width = min(numbers), (max(numbers) - min(numbers)) / MOST_LEVELS
    return [(float(f"{low + k * width:.4g}"), points[0]) for k in range(MOST_LEVELS)]


def _place(values: Sequence[Any], value: Any) -> int:
    if value in values:
        return values.index(value)
    return max(sum(1 for low in values if low <= value) - 1, 0)


def front(points: Sequence[Found], *, most: bool) -> list[Found]:
    """Return the points that no other beats in both spend and indicator, by rising spend.

    Notes
    -----
    A point is on the front (Pareto 1896) if whoever wants more of the indicator must spend more.
    """
    sign = 1.0 if most else -1.0
    told = [point for point in points if math.isfinite(point.spend)]
    out: list[Found] = []
    for point in sorted(told, key=lambda p: (p.spend, -sign * p.mean)):
        if not out or sign * point.mean > sign * out[-1].mean:
            out.append(point)
    return out


def shares(point: Found, flights: dict[str, float]) -> dict[str, float]:
    """Return the share of each flight in the money of a point; `flights` holds what stands in the plan."""
    money = {}
    for name, standing in flights.items():
        there = point.values.get(f"plan.flights.{name}.budget", standing)
        is_off = point.values.get(f"plan.flights.{name}") == "off"
        money[name] = 0.0 if is_off or not is_number(there) else float(there)
    total = sum(money.values())
    return {name: value / total for name, value in money.items()} if total > 0 else {}


def is_split(addresses: Sequence[str]) -> bool:
    """Tell whether money moves between flights."""
    moved = {
        a.split(".")[2]
        for a in addresses
        if a.startswith("plan.flights.") and (a.endswith(".budget") or a.count(".") == 2)
    }
    return len(moved) > 1


def level_text(value: Any) -> Any:
    """Return a varied value for a label: numbers as they are, JSON as its text."""
    if isinstance(value, str) and value[:1] in "[{":
        return json.dumps(json.loads(value), ensure_ascii=False).strip("[]{}").replace('"', "")
    return value
