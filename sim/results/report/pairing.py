"""Plans under letters and colours, and what differs between two of them on the same worlds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sim.results.report import chart_base, wording
from sim.results.report.fact_parts import Run
from sim.results.report.lookup import ALL

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold a run under its letter and colour."""

    letter: str
    colour: str
    run: Run


@dataclass(frozen=True, slots=True)
class Paired:
    """Hold one row of the comparison."""

    metric: str
    segment: str
    unit: str
    mean_b: float
    difference: float
    low: float
    high: float
    p_better: float
    share_of_worlds: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves nought out."""
        return self.low > 0 or self.high < 0

    @property
    def is_something(self) -> bool:
        """Whether both plans tell it, and one has any of it."""
        is_nought = self.mean_b == self.difference == 0 and not self.low < 0 < self.high
        return math.isfinite(self.difference) and not is_nought

    @property
    def is_exact(self) -> bool:
        """Whether the difference is the same in every world."""
        return wording.is_same(self.low, self.high)

    def text(self) -> str:
        """Return the difference with sign and unit."""
        return wording.quantity(self.difference, self.unit, is_difference=True, is_bare=True)

    def range_text(self) -> str:
        """Return its interval."""
        return wording.interval(self.low, self.high, self.unit, is_difference=True, is_bare=True)


@dataclass(frozen=True, slots=True)
class Pair:
    """Hold two plans and what differs between them, over all channels."""

    a: Plan
    b: Plan
    rows: Mapping[tuple[str, str], Paired]


def plans_of(runs: Sequence[Run]) -> list[Plan]:
    """Return the runs under letters and colours, in their order."""
    colours = chart_base.PLAN_COLOURS
    return [Plan(_LETTERS[i] if i < len(_LETTERS) else f"P{i + 1}", colours[i % len(colours)], run)
            for i, run in enumerate(runs)]  # fmt: skip


def pairs_of(plans: Sequence[Plan], comparison: pd.DataFrame) -> list[Pair]:
    """Return the pairs that the comparison tells, in its order."""
    by_label = {plan.run.label: plan for plan in reversed(plans)}
    out = []
    for (label_a, label_b), rows in comparison.groupby(["plan_a", "plan_b"], sort=False):
        if label_a in by_label and label_b in by_label:
            kept = {(row.metric, row.segment): row for row in _paired(rows[rows["channel"] == ALL])}
            out.append(Pair(by_label[label_a], by_label[label_b], kept))
    return out


def _paired(rows: pd.DataFrame) -> Iterator[Paired]:
    names = (
        "metric",
        "segment",
        "unit",
        "mean_b",
        "difference",
        "diff_lo",
        "diff_hi",
        "p_better",
        "share_of_worlds",
    )
    columns = [rows[name].tolist() for name in names]
    for metric, segment, unit, mean_b, *values in zip(*columns, strict=True):
        # What only the rounding of sums leaves is no difference.
        difference, low, high = (0.0 if abs(v) <= 1e-12 * abs(mean_b) else float(v) for v in values[:3])
        yield Paired(
            str(metric),
            str(segment),
            str(unit),
            float(mean_b),
            difference,
            low,
            high,
            *map(float, values[3:]),
        )
