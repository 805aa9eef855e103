"""A file of people as coded columns, with the place of each row and every fault of the file itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.agents.column import Column
from sim.agents.file_content import Asked, one_row
from sim.agents.open_file import open_source
from sim.agents.source import Grid
from sim.errors import Fault, InputError, listed

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold a file of people: how it was asked for, its columns by name, its rows."""

    asked: Asked
    columns: Mapping[str, Column]
    grid: Grid

    @property
    def n_rows(self) -> int:
        """Number of rows below the header."""
        return self.grid.n_rows

    def at(self, row: int) -> str:
        """Return where a row is: ``people.csv:4``."""
        return self.asked.at(int(self.grid.numbers[row]), self.grid.unit)

    def on(self, rows: Rows) -> str:
        """Return where rows are, in words: ``lines 4, 9``."""
        return self.grid.on(self.grid.numbers[rows])


def counted(n: int, noun: str) -> str:
    """Return a count in words: ``1 row``, ``1,502 rows``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def read_sheet(path: Path, name: str, asked_at: str = "") -> Sheet:
    """Read a file of people: CSV, Parquet or the nodes of a GraphML file; empty lines are passed over.

    Parameters
    ----------
    path : Path
    name : str
        The file as the scenario names it, for messages.
    asked_at : str
        Where the scenario names it; absent: `name`.

    Raises
    ------
    InputError
        Missing, unreadable, empty, binary, truncated or not UTF-8; a header used twice, rows of
        another length than the header, an open quote, no rows.
    """
    asked = Asked(path, name, asked_at or name, "person")
    source = open_source(asked)
    header = source.header
    if twice := sorted({column for column in header if header.count(column) > 1}):
        got = f"the header has {listed(f'`{column}`' for column in twice)} twice"
        raise InputError(Fault(source.header_at, got, "want each column once"))
    grid = source.read(range(len(header)))
    if grid.ragged:
        raise _ragged(grid, len(header), asked)
    if grid.n_rows == 0:
        raise asked.fault("a header and no rows", f"want {one_row(asked)}")
    return Sheet(asked, dict(zip(header, grid.columns, strict=True)), grid)


def _ragged(grid: Grid, n_columns: int, asked: Asked) -> InputError:
    (line, n_fields), *more = grid.ragged
    others = f", and others on {grid.on(at for at, _ in more)}" if more else ""
    got = f"a row of {counted(n_fields, 'field')}{others}"
    hint = "a comma inside a value wants quotes around it"
    return asked.fault(got, f"want {n_columns} as in the header", hint, line)
