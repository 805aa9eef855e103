"""A CSV file as coded columns, with the line of each row and every fault of the file itself."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, InputError, did_you_mean, listed

_CHUNK_ROWS = 10_000
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_GZIP_START = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Column:
    """Hold one column of text, each distinct value once.

    Parameters
    ----------
    codes : int64[n_rows]
        Index into `values`.
    values : tuple of str
        Distinct values in order of appearance, without blanks around them.
    """

    codes: npt.NDArray[np.int64]
    values: tuple[str, ...]

    def numbers(self) -> npt.NDArray[np.float64]:
        """Return the column as numbers, float64[n_rows]; NaN for what is no finite number, and blanks."""
        return np.array([to_number(value) for value in self.values])[self.codes]

    def texts(self) -> npt.NDArray[np.object_]:
        """Return the column as text, object[n_rows] of str."""
        return np.array(self.values, dtype=object)[self.codes]

    def is_blank(self) -> npt.NDArray[np.bool_]:
        """Return which rows are blank, bool[n_rows]."""
        return np.array([value == "" for value in self.values])[self.codes]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold a file: its name as the planner wrote it, its columns, the line on which each row starts."""

    name: str
    columns: Mapping[str, Column]
    lines: npt.NDArray[np.int64]

    @property
    def n_rows(self) -> int:
        """Number of rows below the header."""
        return len(self.lines)


def counted(n: int, noun: str) -> str:
    """Return a count in words: ``1 row``, ``1,502 rows``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def on_lines(lines: Iterable[int]) -> str:
    """Return the lines of a file in words: ``line 4``, ``lines 4, 9``."""
    found = [str(line) for line in lines]
    return f"line{'s' if len(found) != 1 else ''} {listed(found)}"


def to_number(text: str) -> float:
    """Return the finite number that `text` writes in plain digits, else NaN."""
    number = float(text) if _NUMBER.fullmatch(text) else np.nan
    return number if np.isfinite(number) else np.nan


def read_sheet(path: Path, name: str, asked_at: str = "") -> Sheet:
    """Read a CSV or CSV.gz file with a header; empty lines are passed over.

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
    text = _text(_bytes(path, name, asked_at or name), name)
    rows = _rows(text, name)
    _, header = next(rows, (0, []))
    header = [column.strip() for column in header]
    if twice := sorted({column for column in header if header.count(column) > 1}):
        got = f"the header has {listed(f'`{column}`' for column in twice)} twice"
        raise InputError(Fault(f"{name}:1", got, "want each column once"))
    sheet = _coded(rows, header, name)
    if sheet.n_rows == 0:
        raise InputError(Fault(name, "a header and no rows", "want one row per person"))
    return sheet


def _bytes(path: Path, name: str, asked_at: str) -> bytes:
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if raw.startswith(_GZIP_START) else raw
    except FileNotFoundError:
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        fault = Fault(
            asked_at, f"no file {path}", "want a CSV or CSV.gz file", did_you_mean(path.name, beside)
        )
    except (EOFError, gzip.BadGzipFile, zlib.error):
        fault = Fault(name, "the compressed file is cut short or damaged", "want a whole CSV.gz")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        fault = Fault(asked_at, f"{name} cannot be read: {reason}", "want a CSV or CSV.gz file")
    raise InputError(fault)


def _text(raw: bytes, name: str) -> str:
    if b"\0" in raw:
        raise InputError(Fault(name, "not text (a binary file or UTF-16)", "want CSV in UTF-8"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        got = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise InputError(Fault(f"{name}:{line}", got, "want CSV saved as UTF-8")) from None
    if not text.strip():
        raise InputError(Fault(name, "an empty file", "want a header and one row per person"))
    return text


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each row starts, and its fields."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for fields in reader:
            if fields:
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        where = f"{name}:{line}"
        raise InputError(Fault(where, f"cannot be read as CSV ({error})", 'want quotes " in pairs')) from None


def _coded(rows: Iterator[tuple[int, list[str]]], header: list[str], name: str) -> Sheet:
    seen: list[dict[str, int]] = [{} for _ in header]
    codes = [array("q") for _ in header]
    lines = array("q")
    ragged: list[tuple[int, int]] = []
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        ragged += [(line, len(fields)) for line, fields in chunk if len(fields) != len(header)]
        if ragged:
            continue  # what follows is read for its faults only
        lines.extend(line for line, _ in chunk)
        for j, column in enumerate(zip(*(fields for _, fields in chunk), strict=True)):
            known = seen[j]
            codes[j].extend(known.setdefault(value.strip(), len(known)) for value in column)
    if ragged:
        raise InputError(_ragged_fault(ragged, header, name))
    columns = {
        column: Column(np.array(codes[j], np.int64), tuple(seen[j])) for j, column in enumerate(header)
    }
    return Sheet(name, columns, np.array(lines, np.int64))


def _ragged_fault(ragged: list[tuple[int, int]], header: list[str], name: str) -> Fault:
    line, n_fields = ragged[0]
    others = f", and others on {on_lines(at for at, _ in ragged[1:])}" if ragged[1:] else ""
    got = f"a row of {counted(n_fields, 'field')}{others}"
    hint = "a comma inside a value wants quotes around it"
    return Fault(f"{name}:{line}", got, f"want {len(header)} as in the header", hint)
