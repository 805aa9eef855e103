"""CSV in two readers that agree: a fast one for plain files, a careful one that explains what is wrong.

The fast reader takes files whose every line is a row: quotes only around whole fields, no line ends
inside them, as many fields as the header has. What it does not take, the careful one reads or refuses.
"""

from __future__ import annotations

import csv
import io
from array import array
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from sim.agents.column import Column, coded
from sim.agents.file_content import Asked, check_text
from sim.agents.source import Grid, Numbers, counted_from

_CHUNK_ROWS = 10_000
_BLOCK = 1 << 22
_STEP = 1 << 23
# A field may have 131,072 characters (csv.field_size_limit); a longer line holds an aligned block of this size.
_ALIGNED = 1 << 16
_QUOTE, _COMMA, _LF, _CR = b'",\n\r'


class CsvSource:
    """A CSV file whose header has been read.

    Parameters
    ----------
    raw : bytes
    asked : Asked

    Raises
    ------
    InputError
        Binary, not UTF-8, empty, or a first row that is no CSV.
    """

    def __init__(self, raw: bytes, asked: Asked):
        check_text(raw, asked)
        self.asked, self._raw = asked, raw
        lines = _Lines(raw)
        rows = _rows(lines, asked)
        at, header = next(rows, (1, []))
        self.header = [name.strip() for name in header]
        self.header_at = asked.at(at)
        self._body, self._first_line = lines.n_bytes, lines.n_lines + 1

    def read(self, places: Sequence[int]) -> Grid:
        """Read the columns at these places of the header; empty lines are passed over."""
        return self.read_fast(places) or self.read_carefully(places)

    def read_fast(self, places: Sequence[int]) -> Grid | None:
        """Read a plain file; None where it is not plain or has a fault."""
        raw, body = self._raw, self._body
        if body >= len(raw) or not _is_plain(raw, body):
            return None
        names = [f"c{place}" for place in range(len(self.header))]
        kept = [names[place] for place in places]
        try:
            table = pa_csv.read_csv(
                pa.BufferReader(pa.py_buffer(raw).slice(body)),
                read_options=pa_csv.ReadOptions(column_names=names, block_size=_BLOCK),
                convert_options=pa_csv.ConvertOptions(
                    include_columns=kept,
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=False,
                ),
            )
            n_rows, n_lines = table.num_rows, raw.count(b"\n", body) + (not raw.endswith(b"\n"))
            number = counted_from(self._first_line, n_rows)
            if n_lines != n_rows:  # empty lines; the bytes are kept to find them
                number = partial(_numbers_of_full_lines, raw, body, self._first_line)
            columns = []
            for name in kept:
                columns.append(coded(table[name]))
                table = table.drop_columns([name])  # coded or as text, never both
        except pa.ArrowException:
            return None
        return Grid(tuple(columns), n_rows, number)

    def read_carefully(self, places: Sequence[int]) -> Grid:
        """Read any file row by row, with the line of each and of those that are not as long as the header."""
        rows = _rows(_Lines(self._raw), self.asked)
        next(rows, None)
        n_columns = len(self.header)
        seen: list[dict[str, int]] = [{} for _ in places]
        codes = [array("i") for _ in places]
        lines, ragged = array("q"), []
        while chunk := list(islice(rows, _CHUNK_ROWS)):
            whole = []
            for line, fields in chunk:
                if len(fields) == n_columns:
                    whole.append(fields)
                    lines.append(line)
                elif len(fields) > 1 or fields[0].strip():
                    ragged.append((line, len(fields)))
            for j, place in enumerate(places):
                known = seen[j]
                codes[j].extend(known.setdefault(fields[place].strip(), len(known)) for fields in whole)
        numbers = np.array(lines, np.int64)
        columns = [Column.of(np.array(c, np.int32), list(s)) for c, s in zip(codes, seen, strict=True)]
        return Grid(tuple(columns), len(numbers), lambda: numbers, ragged=tuple(ragged))


class _Lines:
    """Give the lines of a text one by one, and count what was given."""

    def __init__(self, raw: bytes):
        self._text = io.TextIOWrapper(io.BytesIO(raw), "utf-8-sig", newline="")
        self.n_lines = 0
        self.n_bytes = len(BOM_UTF8) if raw.startswith(BOM_UTF8) else 0

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.n_lines += 1
            self.n_bytes += len(line) if line.isascii() else len(line.encode())
            yield line


def _rows(lines: _Lines, asked: Asked) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each row starts, and its fields."""
    line = 1
    try:
        for fields in csv.reader(iter(lines), strict=True):
            if fields:
                yield line, fields
            line = lines.n_lines + 1
    except csv.Error as error:
        got = f"cannot be read as CSV ({error})"
        raise asked.fault(got, 'want quotes " in pairs', number=line) from None


def _is_plain(raw: bytes, body: int) -> bool:
    """Tell whether both readers are sure to see the same rows in the bytes from `body` on."""
    if raw.count(b"\r", body) != raw.count(b"\r\n", body):
        return False
    if raw.startswith(BOM_UTF8, body):  # arrow would take it off
        return False
    for start in range(body, len(raw) - _ALIGNED + 1, _ALIGNED):
        if raw.find(b"\n", start, start + _ALIGNED) < 0:
            return False
    return raw.find(b'"', body) < 0 or _quotes_are_plain(raw, body)


def _quotes_are_plain(raw: bytes, body: int) -> bool:
    """Tell whether quotes stand around whole fields only, doubled inside, with no line end between them."""
    is_inside = 0
    for start in range(body, len(raw), _STEP):
        # one byte more on either side: what stands before an opening and after a closing quote
        before = raw[start - 1] if start > body else _LF
        text = np.frombuffer(bytes([before]) + raw[start : start + _STEP + 1] + b"\n", np.uint8)
        part = text[1 : 1 + min(_STEP, len(raw) - start)]
        quotes = np.flatnonzero(part == _QUOTE)
        opening, closing = quotes[is_inside::2], quotes[1 - is_inside :: 2]
        if not np.isin(text[opening], (_COMMA, _LF, _QUOTE)).all():
            return False
        if not np.isin(text[closing + 2], (_COMMA, _LF, _CR, _QUOTE)).all():
            return False
        before_line_end = np.searchsorted(quotes, np.flatnonzero(part == _LF))
        if ((before_line_end + is_inside) % 2).any():
            return False
        is_inside = (len(quotes) + is_inside) % 2
    return is_inside == 0


def _numbers_of_full_lines(raw: bytes, body: int, first_line: int) -> Numbers:
    """Return the numbers of the lines on which something stands."""
    ends = np.flatnonzero(np.frombuffer(raw, np.uint8, offset=body) == _LF)
    starts = np.concatenate([[0], ends + 1])
    ends = np.concatenate([ends, [len(raw) - body]])
    text = np.frombuffer(raw + b"\n", np.uint8, offset=body)
    n_marks = (text[np.maximum(ends - 1, 0)] == _CR) & (ends > starts)
    return np.flatnonzero(ends - starts - n_marks > 0) + first_line
