"""Edge files: CSV or CSV.gz with a header, one tie per row, any ids."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from sim.agents.sheet import to_number
from sim.errors import Fault, InputError, did_you_mean, listed
from sim.network.graph import is_weight
from sim.scenario.media import Edges
from sim.scenario.schema import Scenario

_GZIP = b"\x1f\x8b"
_WANT_CSV = "want a CSV or CSV.gz file in UTF-8 with a header"


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """Hold the ties of one file as read: people by their place in `ids`.

    Parameters
    ----------
    ids : tuple of str
        Distinct ids, stripped of spaces around them, in order of appearance.
    src, dst : int32[n_rows]
        Index into `ids`: `src` is heard by `dst`.
    weight : float64[n_rows] or None
        Strengths above 0, as written.
    """

    ids: tuple[str, ...]
    src: npt.NDArray[np.int32]
    dst: npt.NDArray[np.int32]
    weight: npt.NDArray[np.float64] | None


def read_edges(scenario: Scenario, layer: str, spec: Edges) -> EdgeTable:
    """Read the edge file of a layer.

    Parameters
    ----------
    scenario : Scenario
        Says where its files are, and where it names them.
    layer : str
    spec : Edges
        The layer's entry in the scenario.

    Raises
    ------
    InputError
        All faults of the file together: missing, empty, truncated or no gzip, binary, not UTF-8, no or
        doubled header names, missing columns, ragged rows, blank ids, weights that are not above 0.
    """
    path = f"network.{layer}"
    raw = _content(scenario.file(spec.edges), spec.edges, path, scenario.where(f"{path}.edges"))
    header = _header(raw, spec.edges, path)
    columns, faults = _columns(header, spec, path)
    if faults:
        raise InputError(faults)
    rows = _Rows(raw, len(header), columns, spec.edges, path)
    weight = rows.weights(columns[2], header[columns[2]]) if len(columns) == 3 else None
    ids, src, dst = rows.people(columns[0], columns[1])
    if not rows.faults and len(src) == 0:
        rows.faults.append(Fault(f"{spec.edges}: {path}", "a header and no rows", "want one tie per row"))
    if rows.faults:
        raise InputError(rows.faults)
    return EdgeTable(ids, src, dst, weight)


def _content(file: Path, name: str, path: str, asked_at: str) -> bytes:
    """Return the file's text as UTF-8 bytes, unpacked and without a byte order mark."""
    where = f"{name}: {path}"
    try:
        raw = file.read_bytes()
    except IsADirectoryError:
        raise InputError(Fault(asked_at, f"{name} is a folder", _WANT_CSV)) from None
    except FileNotFoundError:
        near = did_you_mean(file.name, _siblings(file))
        hint = near or "file names are relative to the scenario file"
        raise InputError(Fault(asked_at, f"no file {name}", _WANT_CSV, hint)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(Fault(asked_at, f"{name} cannot be read: {reason}", _WANT_CSV)) from None
    if raw.startswith(_GZIP):
        try:
            raw = gzip.decompress(raw)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            got, hint = "gzip data that breaks off or is damaged", "copy or download it again"
            raise InputError(Fault(where, got, "want a whole gzip file", hint)) from None
    elif name.endswith(".gz") and raw:
        raise InputError(Fault(where, "not gzip data, though named .gz", _WANT_CSV, "rename or pack it"))
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if not raw.strip():
        raise InputError(Fault(where, "an empty file", _WANT_CSV))
    _check_text(raw, name, path)
    return raw


def _siblings(file: Path) -> list[str]:
    return [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []


def _check_text(raw: bytes, name: str, path: str) -> None:
    """Refuse binary data and text that is not UTF-8."""
    if b"\0" in raw:
        hint = "save the sheet as CSV UTF-8" if raw.startswith((b"PK", b"\xff\xfe", b"\xfe\xff")) else ""
        raise InputError(Fault(f"{name}: {path}", "binary data, not text", _WANT_CSV, hint))
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        got = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        hint = "save it as CSV UTF-8"
        raise InputError(Fault(f"{name}:{line}: {path}", got, _WANT_CSV, hint)) from None


def _header(raw: bytes, name: str, path: str) -> list[str]:
    first = raw.split(b"\n", 1)[0].decode("utf-8").rstrip("\r")
    where, one_wanted = f"{name}:1: {path}", "want a header with a name for each column"
    try:
        names = [column.strip() for column in next(csv.reader([first]), [])]
    except csv.Error as error:
        raise InputError(Fault(where, f"not a line of CSV: {error}", one_wanted)) from None
    faults = []
    if not any(names):
        faults.append(Fault(where, "a blank first line", one_wanted))
    elif not any(np.isnan(to_number(column)) for column in names if column):
        faults.append(Fault(where, f"the first line is `{first}`", one_wanted, "such as `source,target`"))
    elif len(names) < 2:
        hint = "separate the columns by commas" if any(mark in first for mark in ";\t| ") else ""
        faults.append(Fault(where, f"one column `{first}`", "want at least two columns", hint))
    doubled = sorted({column for column in names if names.count(column) > 1})
    if doubled and not faults:
        faults.append(Fault(where, f"column {listed(doubled)} stands twice", "want each name once"))
    if faults:
        raise InputError(faults)
    return names


def _columns(header: list[str], spec: Edges, path: str) -> tuple[list[int], list[Fault]]:
    """Return the places of source, target and, where asked, weight."""
    wanted = {"source": spec.source or header[0], "target": spec.target or header[1]}
    if spec.weight is not None:
        wanted["weight"] = spec.weight
    faults = [
        Fault(
            f"{spec.edges}:1: {path}.{role}",
            f"no column `{column}`",
            f"want one of {listed(header)}",
            did_you_mean(column, header),
        )
        for role, column in wanted.items()
        if column not in header
    ]
    if len(set(wanted.values())) < len(wanted):
        got = ", ".join(f"{role} `{column}`" for role, column in wanted.items())
        faults.append(Fault(f"{spec.edges}:1: {path}", got, "want a column of its own for each"))
    return ([] if faults else [header.index(column) for column in wanted.values()]), faults


class _Rows:
    """Hold the columns of one file as text, and the faults found in its rows."""

    def __init__(self, raw: bytes, n_columns: int, columns: list[int], name: str, path: str):
        self.faults: list[Fault] = []
        self._name, self._path, self._raw = name, path, raw
        self._left_out: list[int] = []
        self._ragged: list[tuple[int, int]] = []
        names = [f"c{place}" for place in range(n_columns)]
        used = [names[place] for place in columns]
        self._table = self._parse(names, used)
        self._number_lines(used)
        self._report(
            [line for line, _ in self._ragged],
            "; ".join(sorted({f"{n} field{'s' * (n != 1)}" for _, n in self._ragged})),
            f"want {n_columns} in each row, as in the header",
        )

    def _parse(self, names: list[str], used: list[str]) -> Any:
        types = dict.fromkeys(used, pa.large_string())
        try:
            return pa_csv.read_csv(
                io.BytesIO(self._raw),
                read_options=pa_csv.ReadOptions(use_threads=False, column_names=names, skip_rows=1),
                parse_options=pa_csv.ParseOptions(
                    invalid_row_handler=self._leave_out, ignore_empty_lines=False
                ),
                convert_options=pa_csv.ConvertOptions(
                    include_columns=used, column_types=types, strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid as error:
            where = f"{self._name}: {self._path}"
            raise InputError(Fault(where, f"cannot be read as CSV: {error}", _WANT_CSV)) from None

    def _leave_out(self, row: Any) -> str:
        self._left_out.append(row.number)
        if row.text.strip():
            self._ragged.append((row.number, row.actual_columns))
        return "skip"

    def _number_lines(self, used: list[str]) -> None:
        """Number the rows by their lines in the file; take out lines with nothing on them."""
        n_lines = self._table.num_rows + len(self._left_out)
        lines = np.arange(2, n_lines + 2)
        self._lines = np.delete(lines, np.array(self._left_out, np.int64) - 2)
        self._table = pa.table({name: pc.utf8_trim_whitespace(self._table[name]) for name in used})
        empty = np.ones(self._table.num_rows, bool)
        for name in used:
            empty &= pc.equal(self._table[name], "").to_numpy()
        if empty.any():
            text = self._raw.split(b"\n")
            empty[empty] = [not text[line - 1].strip() for line in self._lines[empty]]
            self._lines = self._lines[~empty]
            self._table = self._table.filter(pa.array(~empty))

    def people(
        self, source: int, target: int
    ) -> tuple[tuple[str, ...], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return the distinct ids, and who speaks and who hears as places in them."""
        ends = [self._table[f"c{source}"], self._table[f"c{target}"]]
        both = pa.chunked_array([chunk for end in ends for chunk in end.chunks], pa.large_string())
        coded = pa.concat_arrays(both.chunks or [pa.array([], pa.large_string())]).dictionary_encode()
        ids = tuple(coded.dictionary.to_pylist())
        codes = coded.indices.to_numpy().astype(np.int32)
        src, dst = codes[: len(ends[0])], codes[len(ends[0]) :]
        if "" in ids:
            blank = ids.index("")
            lines = self._lines[(src == blank) | (dst == blank)]
            self._report(lines.tolist(), "blank id", "want an id on both ends of a tie")
        return ids, src, dst

    def weights(self, place: int, column: str) -> npt.NDArray[np.float64]:
        """Return the strengths of the ties; what is not above 0 is a fault."""
        coded = self._table[f"c{place}"].combine_chunks().dictionary_encode()
        texts = coded.dictionary.to_pylist() if len(coded) else []
        values = np.array([to_number(text) for text in texts])
        codes = coded.indices.to_numpy() if len(coded) else np.zeros(0, np.int32)
        is_bad = ~is_weight(values)
        for code in np.flatnonzero(is_bad)[:5]:
            lines = self._lines[codes == code].tolist()
            got = f"`{texts[code]}`" if texts[code] else "blank"
            hint = "a tie of strength 0 is no tie"
            self._report(lines, f"{got} in column `{column}`", "want a number above 0", hint)
        if np.count_nonzero(is_bad) > 5:
            where = f"{self._name}: {self._path}.weight"
            got = f"{np.count_nonzero(is_bad)} different values in column `{column}` are not above 0"
            self.faults.append(Fault(where, got, "want numbers above 0"))
        return values[codes] if len(codes) else np.zeros(0)

    def _report(self, lines: list[int], got: str, wanted: str, hint: str = "") -> None:
        """Add one fault for a kind of wrong row, with the first lines where it occurs."""
        if not lines:
            return
        if len(lines) > 1:
            got = f"{got} (on {len(lines)} lines: {listed(map(str, sorted(lines)), 5)})"
        self.faults.append(Fault(f"{self._name}:{min(lines)}: {self._path}", got, wanted, hint))
