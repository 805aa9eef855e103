"""The segments that the columns and bands of a file of people make."""

from __future__ import annotations

import numpy as np

from sim.agents.column import Column
from sim.agents.labels import DOT, UNKNOWN, banded, segments_of_rows
from sim.agents.reading import Reading
from sim.agents.segments import ALL, MOST_SEGMENTS
from sim.agents.traits import EVERYONE, Floats, Ints
from sim.errors import listed


def read_segments(reading: Reading, weights: Floats) -> tuple[list[str], Ints]:
    """Return the segments' names and the segment of each row, −1 where it is to be drawn.

    No names where the columns are at fault.
    """
    columns, n_rows = _segment_columns(reading), reading.sheet.n_rows
    if not reading.table.segment_by:
        return [EVERYONE], np.zeros(n_rows, np.int64)
    if len(columns) < len(reading.table.segment_by):
        return [], np.zeros(n_rows, np.int64)
    names, segment = segments_of_rows(columns)
    by = " and ".join(reading.table.segment_by)
    n_faults = len(reading.faults)
    if len(names) > MOST_SEGMENTS:
        hint = "give `bands` for a column of numbers, or fewer columns"
        got = f"segment_by makes {len(names)} segments"
        reading.fault("segment_by", got, f"want at most {MOST_SEGMENTS}", hint)
    if ALL in names:
        wanted = f"want another word: `{ALL}` stands for the whole public"
        reading.fault("segment_by", f"a segment `{ALL}` in {by}", wanted)
    if dotted := [name for name in names if DOT in name]:
        reading.notes.append(f"{by}: {DOT} stands for . in the names of segments: {listed(dotted, 5)}")
    blank = segment < 0
    if blank.any():
        share = weights[blank].sum() / weights.sum()
        count = f"{by}: blank in {blank.sum():,} of {n_rows:,} rows ({share:.1%} of weight)"
        if reading.table.missing == "unknown":
            names = [*(name for name in names if name != UNKNOWN), UNKNOWN]
            segment = np.where(blank, len(names) - 1, segment)
            reading.notes.append(f"{count}: put in `{UNKNOWN}`")
        elif weights[~blank].sum() > 0:
            reading.notes.append(f"{count}: their segment drawn by the weights of the known")
        else:
            wanted = "want some known, to draw the others by"
            reading.fault("missing", f"{by}: no row with weight is known", wanted)
    return ([], segment) if len(reading.faults) > n_faults else (names, segment)


def _segment_columns(reading: Reading) -> list[Column]:
    """Return the columns and bands of `segment_by`, fewer where some are at fault."""
    bands = {f"{name}_band": column for name in reading.table.bands if (column := _band(reading, name))}
    promised = {f"{name}_band" for name in reading.table.bands}
    found = []
    for name in reading.table.segment_by:
        if name in bands:
            found.append(bands[name])
        elif name not in promised and (column := reading.column(name, "segment_by")):
            found.append(column)
    return found


def _band(reading: Reading, name: str) -> Column | None:
    edges = reading.table.bands[name]
    column = reading.column(name, "bands")
    if f"{name}_band" in reading.sheet.columns:
        got = f"`{name}_band` is a column of {reading.table.file} already"
        reading.fault("bands", got, "want that column without bands, or another name for it")
    if list(edges) != sorted(set(edges)):
        got = f"{name}: [{listed(f'{edge:g}' for edge in edges)}]"
        reading.fault("bands", got, "want lower ends that rise")
        return None
    if column is None:
        return None
    is_text = np.isnan(column.numbers()) & ~column.is_blank()
    return None if reading.wrong(name, column, is_text, "want a number or blank") else banded(column, edges)
