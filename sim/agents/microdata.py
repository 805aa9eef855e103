"""The public from a file whose rows are people: a survey with weights, or a list of people."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim import luck_keys
from sim.agents.column import Column
from sim.agents.file_segments import read_segments
from sim.agents.file_usage import read_use
from sim.agents.reading import Reading
from sim.agents.segments import no_agents
from sim.agents.sheet import counted
from sim.agents.traits import SEGMENT, Draft, Floats, Ints, Uids, places, uniforms
from sim.scenario.audience import PeopleFile, Survey
from sim.scenario.schema import Scenario


def from_survey(scenario: Scenario, table: Survey, key: np.uint64) -> Draft:
    """Draw people from the rows of a survey, systematically by weight.

    Parameters
    ----------
    scenario : Scenario
        `audience.agents` is the number of people drawn.
    table : Survey
    key : uint64
        Luck of the public.

    Raises
    ------
    InputError
        All faults of the file and of what the scenario says of it, together.

    Notes
    -----
    Rows stand in order of segment, then of the file. People stand in a line shuffled by keyed luck;
    the one at place r takes the row in which the cumulated share of weight passes (r + ½) / agents.
    Each row is then taken its weight's number of times, to within one.
    """
    reading = Reading.of(scenario, table, "audience.from_survey")
    n_rows = reading.sheet.n_rows
    weights = reading.weights(table.weight)
    if scenario.audience.agents is None:
        reading.faults.append(no_agents(scenario))
    names, row_segment = read_segments(reading, weights)
    uses = {name: read_use(reading, name, usage, weights) for name, usage in table.usage.items()}
    reading.refuse(names)
    n_people = scenario.audience.agents or 0
    uid = _locked(luck_keys.row_uids(n_people))
    rows = drawn_rows(weights, np.where(row_segment < 0, len(names), row_segment), places(key, uid))
    is_known = row_segment >= 0
    known = np.bincount(row_segment[is_known], weights[is_known], len(names)).astype(np.float64)
    n_unused = int((np.bincount(rows, minlength=n_rows) == 0).sum())
    drawn = f"{n_people:,} people drawn from {n_rows:,} rows by weight, {counted(n_unused, 'row')} not drawn"
    reading.notes.insert(0, f"{table.file}: {drawn}")
    return Draft(
        uid=uid,
        market=float(scenario.audience.people or n_people),
        segment_names=tuple(names),
        segment=_drawn_where_blank(row_segment[rows], known, key, uid),
        uses={name: use.of(rows) for name, use in uses.items()},
        notes=tuple(reading.notes),
    )


def from_people(scenario: Scenario, table: PeopleFile, key: np.uint64) -> Draft:
    """Take each row of a file as one person, known by its id wherever it stands in the file.

    Parameters
    ----------
    scenario : Scenario
    table : PeopleFile
    key : uint64
        Luck of the public.

    Raises
    ------
    InputError
        All faults of the file and of what the scenario says of it, together.
    """
    reading = Reading.of(scenario, table, "audience.from_people")
    n_people = reading.sheet.n_rows
    ids = reading.ids(table.id)
    reading.refuse_other_size()
    alike = np.ones(n_people)
    names, segment = read_segments(reading, alike)
    uses = {name: read_use(reading, name, usage, alike) for name, usage in table.usage.items()}
    reading.refuse(names)
    uid = _locked(luck_keys.id_uids(ids))
    known = np.bincount(segment[segment >= 0], minlength=len(names)).astype(np.float64)
    reading.notes.insert(0, f"{table.file}: {n_people:,} people")
    return Draft(
        uid=uid,
        market=float(n_people),
        segment_names=tuple(names),
        segment=_drawn_where_blank(segment, known, key, uid),
        ids=ids,
        uses=uses,
        columns={name: _typed(column) for name, column in reading.sheet.columns.items()},
        notes=tuple(reading.notes),
    )


def drawn_rows(weights: Floats, segment: Ints, place: Ints) -> Ints:
    """Return the row that each person takes, int64[n_people].

    Parameters
    ----------
    weights : float64[n_rows]
        0 or more, some above 0.
    segment : int64[n_rows]
        Rows stand in order of segment, then of the file.
    place : int64[n_people]
        Each person's place in the line: 0 to n_people − 1, in any order.
    """
    order = np.argsort(segment, kind="stable")
    return order[_passed(weights[order], (place + 0.5) / len(place))]


def _passed(weights: Floats, at: Floats) -> Ints:
    """Return where the cumulated share of weight first passes `at` (float64[n], in [0, 1)), int64[n]."""
    passed = np.cumsum(weights)
    # Divided, not the draw multiplied: rounding up to the total would fall off the end.
    return np.searchsorted(passed / passed[-1], at, side="right").astype(np.int64)


def _drawn_where_blank(segment: Ints, weights: Floats, key: np.uint64, uid: Uids) -> Ints:
    """Return `segment` with each −1 replaced by a segment drawn with the weights of the known."""
    blank = np.flatnonzero(segment < 0)
    if len(blank) == 0:
        return segment
    draw = uniforms(luck_keys.decision_key(key, "population"), uid, SEGMENT)
    filled = segment.copy()
    filled[blank] = _passed(weights, draw[blank])
    return filled


def _typed(column: Column) -> npt.NDArray[Any]:
    """Return a column as numbers (blank: NaN) where all that stands in it are numbers, else as text."""
    return column.numbers() if column.is_numeric() else column.texts()


def _locked(uid: Uids) -> Uids:
    uid.flags.writeable = False
    return uid
