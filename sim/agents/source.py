"""What all data files come to, whatever their format: a header, and coded columns whose rows are numbered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from sim.agents.column import Column
from sim.agents.file_content import Asked
from sim.errors import listed

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Grid:
    """Hold the columns asked for, and what tells a row's place in the file.

    Parameters
    ----------
    columns : tuple of Column, in the order asked for
    n_rows : int
    number : callable
        Returns the line or row number of each row, int64[n_rows]; called when a message needs it.
    unit : str
        ``line`` or ``row``.
    ragged : tuple of (line, number of fields)
        Rows of another length than the header, left out of the columns.
    """

    columns: tuple[Column, ...]
    n_rows: int
    number: Callable[[], Numbers]
    unit: str = "line"
    ragged: tuple[tuple[int, int], ...] = ()

    @cached_property
    def numbers(self) -> Numbers:
        """Line or row number of each row, int64[n_rows]."""
        return self.number()

    def on(self, numbers: Iterable[int]) -> str:
        """Return places in words: ``line 4``, ``rows 4, 9``."""
        found = [str(number) for number in numbers]
        return f"{self.unit}{'s' if len(found) != 1 else ''} {listed(found)}"


class Source(Protocol):
    """A data file opened: its header is known, its rows are yet to be read."""

    asked: Asked
    header: list[str]
    header_at: str  # where the header stands, for messages

    def read(self, places: Sequence[int]) -> Grid:
        """Read the columns at these places of the header."""
        ...


def counted_from(first: int, n_rows: int) -> Callable[[], Numbers]:
    """Return the numbering of rows that follow each other."""
    return lambda: np.arange(first, first + n_rows)
