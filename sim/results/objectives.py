"""Which worlds meet the planner's objectives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, InputError, did_you_mean, listed
from sim.results.catalog import OBJECTIVE_PREFIX
from sim.results.indicators import Row
from sim.scenario.plan import Objective
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]


def find_rows(
    scenario: Scenario, daily_rows: Sequence[Row], last_rows: Sequence[Row]
) -> dict[str, tuple[bool, int]]:
    """Return, for each objective, whether its row is daily and its index.

    Raises
    ------
    InputError
        Where the indicator is not split that way, or is told for the last day only.
    """
    found: dict[str, tuple[bool, int]] = {}
    faults = []
    for name, objective in scenario.objectives.items():
        row = (objective.metric, objective.segment, objective.channel)
        if row in daily_rows:
            found[name] = True, daily_rows.index(row)
        elif row not in last_rows:
            faults.append(_no_such_row(scenario.where(f"objectives.{name}"), row, [*daily_rows, *last_rows]))
        elif objective.by_day not in (None, scenario.days):
            got = f"{objective.metric} by day {objective.by_day}"
            wanted = f"it is told for the last day only: want {scenario.days}"
            faults.append(Fault(scenario.where(f"objectives.{name}.by_day"), got, wanted))
        else:
            found[name] = False, last_rows.index(row)
    if faults:
        raise InputError(faults)
    return found


def _no_such_row(where: str, row: Row, rows: list[Row]) -> Fault:
    metric, segment, channel = row
    segments = sorted({s for m, s, _ in rows if m == metric})
    channels = sorted({c for m, _, c in rows if m == metric})
    got = f"{metric} of segment {segment} on channel {channel}"
    wanted = f"{metric} is told for segments {listed(segments)} and channels {listed(channels)}"
    return Fault(where, got, wanted, did_you_mean(segment, segments))


def met(
    objectives: Mapping[str, Objective], found: Mapping[str, tuple[bool, int]], daily: Floats, last: Floats
) -> tuple[list[Row], Floats]:
    """Return rows ``objective:<name>`` and 1 where this world meets it, else 0.

    Parameters
    ----------
    daily : float64[days, n_daily_rows]
    last : float64[n_last_rows]
    """
    rows: list[Row] = []
    values = []
    for name, objective in objectives.items():
        is_daily, index = found[name]
        day = objective.by_day or len(daily)
        value = daily[day - 1, index] if is_daily else last[index]
        low = -np.inf if objective.at_least is None else objective.at_least
        high = np.inf if objective.at_most is None else objective.at_most
        is_met = low <= value <= high  # an undefined value (NaN) meets nothing
        rows.append((f"{OBJECTIVE_PREFIX}{name}", objective.segment, objective.channel))
        values.append(float(is_met))
    return rows, np.array(values)
