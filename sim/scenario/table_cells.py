"""A CSV table as spreadsheets write it: its rows, its numbers, its lists, and cells no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import Fault, InputError

MOST_BYTES = 5_000_000
SEPARATORS = (",", ";", "\t")
_DANGER = "=+\\-@\t\r\uff1d\uff0b\uff0d\uff20"  # the last four: their full-width forms, which some take alike
_RISKY = re.compile(f"'*[{_DANGER}]")
_MARKED = re.compile(f"'+[{_DANGER}]")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([,. \u00a0\u202f'’_])\d{3}(\1\d{3})*([.,]\d+)?", re.ASCII)
_MOST_DIGITS = 60
NO_GROUPS = "want a number without thousands separators"
# White space by Unicode, as names may not begin or end with it; `str.strip` takes more.
_BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


class NoNumber(ValueError):
    """A number in a notation that is not taken: got, wanted and hint, as in `sim.errors.Fault`."""

    def __init__(self, got: str, wanted: str, hint: str):
        self.said = got, wanted, hint
        super().__init__(f"{got}; {wanted} ({hint})")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold the rows of a table.

    Parameters
    ----------
    source : str
        The file, as named in messages.
    separator : str
    header : list of str
    header_line : int
    rows : list of (line, cells)
        Without blank rows; cells without blanks around them.
    """

    source: str
    separator: str
    header: list[str]
    header_line: int
    rows: list[tuple[int, list[str]]]


def read_sheet(path: Path, columns: Iterable[str]) -> Sheet:
    """Read a CSV file separated by commas, semicolons or tabs; the header says by which.

    Parameters
    ----------
    path : Path
    columns : iterable of str
        Columns that a header may have.

    Raises
    ------
    OSError
        If it cannot be read.
    InputError
        If it is no CSV text, or empty.
    """
    source = str(path)
    if path.stat().st_size > MOST_BYTES:
        raise InputError(Fault(source, "a large file", f"want at most {MOST_BYTES / 1e6:.0f} MB of flights"))
    text = _text(path.read_bytes(), source)
    first, _, rest = text.partition("\n")
    told = re.fullmatch(r'"?sep=(.)"?\s*', first, re.IGNORECASE)  # a line by which spreadsheets tell it
    lead, separator = (1, told[1]) if told else (0, _separator(first, columns))
    lines = _rows(rest if told else text, separator, source, lead)
    if not lines:
        raise InputError(Fault(source, "an empty file", f"want a header: {', '.join(columns)}"))
    line, header = lines[0]
    while header and not header[-1]:
        header = header[:-1]
    return Sheet(source, separator, header, line, lines[1:])


def _text(data: bytes, source: str) -> str:
    if data.startswith(b"PK\x03\x04") or data.startswith(b"\xd0\xcf\x11\xe0"):
        got, hint = "a spreadsheet's own file", "save it as CSV (UTF-8)"
        raise InputError(Fault(source, got, "want a CSV table", hint))
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        got = f"byte {data[error.start]:#04x} is not UTF-8"
        raise InputError(Fault(f"{source}:{line}", got, "want UTF-8 text", "save it as CSV UTF-8")) from None
    if "\0" in text:
        raise InputError(Fault(source, "a binary file", "want a CSV table in plain text (UTF-8)"))
    return text


def _separator(header: str, columns: Iterable[str]) -> str:
    """Return the separator by which most columns of a header are known."""
    known = set(columns)

    def n_known(separator: str) -> tuple[int, int]:
        cells = [_as_column(cell) for cell in header.split(separator)]
        return sum(cell in known for cell in cells), header.count(separator)

    return max(SEPARATORS, key=n_known)


def _as_column(cell: str) -> str:
    return cell.strip().strip('"').strip().lower()


def _rows(text: str, separator: str, source: str, n_lead: int) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    out = []
    begun = 1
    try:
        for row in reader:
            cells = [cell.strip(_BLANKS) for cell in row]
            if any(cells):
                out.append((n_lead + begun, cells))
            begun = reader.line_num + 1
    except csv.Error as error:
        got = f"no CSV from here on: {error}"
        hint = "a quote within a quoted cell is written twice"
        raise InputError(Fault(f"{source}:{n_lead + begun}", got, "want quotes in pairs", hint)) from None
    return out


def number(text: str, separator: str, *, is_whole: bool = False) -> int | float | str:
    """Return the number in a cell; what is no number at all stays text, for the schema to tell.

    Parameters
    ----------
    text : str
    separator : str
        Of the file: where it is no comma, a comma may mark the decimals.
    is_whole : bool
        Whether 3.0 is meant as 3.

    Raises
    ------
    NoNumber
        For thousands separators, and for decimal commas in a file separated by commas.

    Examples
    --------
    >>> number("0,25", ";")
    0.25
    """
    if len(text) > _MOST_DIGITS:
        return text
    _refuse_groups(text, separator)
    if _COMMA.fullmatch(text):
        if separator == ",":
            point = text.replace(",", ".")
            wanted = "want a decimal point, or a file separated by semicolons"
            raise NoNumber(f"{text!r}, with a decimal comma", wanted, f"write {point}")
        text = text.replace(",", ".")
    if not _PLAIN.fullmatch(text):
        return text
    if text.lstrip("+-").isdecimal():
        # A float is exact for -0, which an integer does not have.
        return -0.0 if text.startswith("-") and not int(text) else int(text)
    value = float(text)
    return int(value) if is_whole and value.is_integer() and abs(value) < 1e15 else value


def _refuse_groups(text: str, separator: str) -> None:
    found = _GROUPED.fullmatch(text)
    # 12.125 in a file with decimal points is a number; 60.000, which nothing writes for sixty, is in doubt.
    if not found or (separator == "," and _PLAIN.fullmatch(text) and not text.endswith("0")):
        return
    mark, tail = found[1], found[3] or ""
    whole = text.removesuffix(tail).replace(mark, "")
    if tail or mark not in ",." or text.count(mark) > 1 or mark == separator:
        decimals = tail.replace(",", ".")
        raise NoNumber(f"{text!r}, with thousands separators", NO_GROUPS, f"write {whole}{decimals}")
    head, _, decimals = text.partition(mark)
    fraction = head if not int(decimals) else f"{head}{mark}{decimals.rstrip('0')}"
    fraction += "" if len(decimals.rstrip("0")) < 3 else "0"
    got = f"{text!r}, which may be {whole} or {float(text.replace(',', '.')):g}"
    raise NoNumber(got, NO_GROUPS, f"write {whole} or {fraction}")


def number_text(value: float) -> str:
    """Return a number so that `number` gives back its very bits, with no more digits than that takes."""
    is_short = float(value).is_integer() and abs(value) < 1e15 and str(value) != "-0.0"
    return str(int(value)) if is_short else repr(value)


def names_text(names: Sequence[str]) -> str:
    r"""Return names in one cell, ``|`` between; a ``|`` or ``\`` within one has a ``\`` before it."""
    return "|".join(re.sub(r"([\\|])", r"\\\1", name) for name in names)


def names_in(text: str) -> list[str]:
    """Return the names of a cell.

    Examples
    --------
    >>> names_in("students | families")
    ['students', 'families']
    """
    return [re.sub(r"\\([\\|])", r"\1", cell) for cell in _cut(text) if cell]


def _cut(text: str) -> list[str]:
    cells, begun, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in ("\\", "|"):
            at += 1
        elif text[at] == "|":
            cells.append(text[begun:at])
            begun = at + 1
        at += 1
    return [cell.strip(_BLANKS) for cell in [*cells, text[begun:]]]


def safe(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe before what could begin one.

    Notes
    -----
    What itself begins with apostrophes before such a sign gets one more, so `unsafe` undoes it exactly.
    """
    return f"'{text}" if _RISKY.match(text) else text


def unsafe(text: str) -> str:
    """Undo `safe`.

    Examples
    --------
    >>> unsafe(safe("=1+1"))
    '=1+1'
    """
    return text[1:] if _MARKED.match(text) else text


def sheet_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()
