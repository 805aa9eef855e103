"""What a file of people says of the use of a channel."""

from __future__ import annotations

import numpy as np

from sim.agents.column import Column
from sim.agents.labels import tidy
from sim.agents.reading import Reading
from sim.agents.sheet import counted
from sim.agents.traits import Bools, Floats, Use
from sim.errors import Fault, did_you_mean, listed
from sim.scenario.audience import ColumnUsage

YES = frozenset({"yes", "true", "1", "y", "t"})
NO = frozenset({"no", "false", "0", "n", "f", ""})


def read_use(reading: Reading, channel: str, usage: ColumnUsage, weights: Floats) -> Use:
    """Return what the rows say of a channel: who uses it, and how often where there is a column."""
    is_user = _users(reading, channel, usage.uses, weights)
    if usage.often is None:
        return Use(is_user, None, usage.visits_per_day or 0.0)
    column = reading.column(usage.often, f"usage.{channel}.often")
    if column is None:
        return Use(is_user, None)
    visits = _rates(reading, channel, usage.often, column, is_user)
    is_open = is_user & column.is_blank()
    if not is_open.any():
        return Use(is_user, np.where(is_user, visits, 0.0))
    known = is_user & ~column.is_blank()
    if weights[known].sum() > 0:
        mean = float(np.average(visits[known], weights=weights[known]))
    elif usage.visits_per_day is not None:
        mean = usage.visits_per_day
    else:
        got = f"column `{usage.often}` is blank for every user"
        wanted = "want a frequency for some, or `visits_per_day: number`"
        reading.fault(f"usage.{channel}.often", got, wanted)
        return Use(is_user, None)
    count = f"{channel}: {is_open.sum():,} of {is_user.sum():,} users without a frequency"
    reading.notes.append(f"{count} given the mean of the others, {mean:.3g} visits per day")
    return Use(is_user, np.where(is_open, mean, np.where(is_user, visits, 0.0)))


def _users(reading: Reading, channel: str, name: str | None, weights: Floats) -> Bools:
    everyone = np.ones(reading.sheet.n_rows, np.bool_)
    column = reading.column(name, f"usage.{channel}.uses") if name is not None else None
    if column is None:
        return everyone
    answers = [tidy(value).lower() for value in column.values]
    if other := [v for v, a in zip(column.values, answers, strict=True) if a not in YES | NO]:
        where = f"{reading.table.file}: column `{name}`"
        wanted = "want yes, true or 1; no, false, 0 or blank"
        reading.faults.append(Fault(where, f"values {listed(f'`{value}`' for value in other)}", wanted))
    blank = column.is_blank()
    if blank.any():
        share = weights[blank].sum() / weights.sum()
        count = f"{counted(blank.sum(), 'row')} ({share:.1%} of weight)"
        reading.notes.append(f"{channel}: blank use in {count} counted as no")
    return np.array([answer in YES for answer in answers])[column.codes]


def _rates(reading: Reading, channel: str, name: str, column: Column, is_user: Bools) -> Floats:
    """Return visits per day by row, float64[n_rows]; NaN where blank or of no use."""
    labels = reading.table.visits_per_day
    if not labels:
        rates = column.numbers()
        wanted = "want visits per day, 0 or more, or labels mapped in `visits_per_day`"
        reading.wrong(name, column, is_user & ~column.is_blank() & ~(rates >= 0), wanted)
        return rates
    spoken = [column.values[code] for code in np.unique(column.codes[is_user]).tolist()]
    if missing := [label for label in spoken if label and label not in labels]:
        hint = did_you_mean(missing[0], labels)
        got = f"no visits per day for {listed(f'`{label}`' for label in missing)} of column `{name}`"
        reading.fault("visits_per_day", got, "want a number for each label", hint)
    return np.array([labels.get(value, np.nan) for value in column.values])[column.codes]
