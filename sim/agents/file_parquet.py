"""Parquet: each value becomes the text that a CSV file would have in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.agents.column import Column, coded, coded_whole
from sim.agents.file_content import Asked, unreadable
from sim.agents.source import Grid, counted_from
from sim.errors import Fault, InputError

_NOT_TEXT = (
    pa.types.is_nested, pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary,
    pa.types.is_binary_view,
)  # fmt: skip


class ParquetSource:
    """A Parquet file whose schema has been read.

    Parameters
    ----------
    asked : Asked

    Raises
    ------
    InputError
        Missing, unreadable, no Parquet or damaged.
    """

    def __init__(self, asked: Asked):
        self.asked, self.header_at = asked, asked.at()
        try:
            asked.path.open("rb").close()  # whether it is there; arrow says the same of damaged files
        except (OSError, ValueError) as error:
            raise unreadable(asked, error) from None
        try:
            self._file = pq.ParquetFile(asked.path)
        except (pa.ArrowException, EOFError, OSError):
            raise self._damaged() from None
        self.header: list[str] = self._file.schema_arrow.names

    def read(self, places: Sequence[int]) -> Grid:
        """Read the columns at these places of the header."""
        names = [self.header[place] for place in places]
        kinds = {name: self._file.schema_arrow.field(name).type for name in names}
        faults = [
            Fault(
                f"{self.asked.at()}: column `{name}`",
                f"{kind} values",
                "want text, numbers, dates, true or false",
            )
            for name, kind in kinds.items()
            if any(is_kind(kind) for is_kind in _NOT_TEXT)
        ]
        if faults:
            raise InputError(faults)
        try:
            # One by one: a column as it is read takes many times the memory that it takes coded.
            columns = tuple(_column(self._file.read(columns=[name])[name]) for name in names)
        except (pa.ArrowException, OSError):
            raise self._damaged() from None
        n_rows = self._file.metadata.num_rows
        return Grid(columns, n_rows, counted_from(1, n_rows), unit="row")

    def _damaged(self) -> InputError:
        got, hint = "no Parquet data, or damaged ones", "copy or download it again"
        return self.asked.fault(got, "want a whole Parquet file", hint)


def _column(values: Any) -> Column:
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _column(values.cast(kind.value_type))
    if pa.types.is_integer(kind) and not values.null_count and not pa.types.is_uint64(kind):
        found = coded_whole(values.cast(pa.int64()).to_numpy())
        if found is not None:
            return found
    if pa.types.is_boolean(kind):
        texts = pc.if_else(values, "True", "False")
    elif pa.types.is_floating(kind):
        texts = pc.if_else(pc.is_nan(values), "", values.cast(pa.string()))
    else:
        texts = values.cast(pa.string())
    return coded(pc.fill_null(texts, "") if texts.null_count else texts)
