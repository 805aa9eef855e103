"""A data file as the scenario asks for it: where it is, its bytes, and the faults of the file itself."""

from __future__ import annotations

import codecs
import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.errors import Fault, InputError, did_you_mean

Part = Literal["person", "tie"]
WANT_FILE = "want a CSV, Parquet or GraphML file (.csv, .csv.gz, .parquet, .graphml, .graphml.gz)"
_GZIP = b"\x1f\x8b"
_PARQUET, _ZIP = b"PAR1", b"PK"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_BOM = codecs.BOM_UTF8
_STEP = 1 << 24


@dataclass(frozen=True, slots=True)
class Asked:
    """Say which file is asked for, by whom, and what a row of it is.

    Parameters
    ----------
    path : Path
    name : str
        The file as the scenario names it, for messages.
    asked_at : str
        Where the scenario names it.
    part : "person" or "tie"
        What a row stands for; of a graph, nodes or edges are read.
    layer : str
        Address of the layer of ties that it is read for; empty for people.
    """

    path: Path
    name: str
    asked_at: str
    part: Part
    layer: str = ""

    def at(self, number: int | None = None, unit: str = "line") -> str:
        """Return where in the file: ``ties.csv:3: network.offline``, ``people.parquet: row 3``."""
        place = "" if number is None else f":{number}" if unit == "line" else f": {unit} {number}"
        return f"{self.name}{place}" + (f": {self.layer}" if self.layer else "")

    def has_ending(self, *endings: str) -> bool:
        """Return whether the file is named so."""
        return self.name.lower().endswith(endings)

    def fault(self, got: str, wanted: str, hint: str = "", number: int | None = None) -> InputError:
        """Return the error of one fault in the file, on a line of it where told."""
        return InputError(Fault(self.at(number), got, wanted, hint))


def content(asked: Asked) -> bytes:
    """Return the bytes of a file, unpacked.

    Raises
    ------
    InputError
        Missing, a folder, unreadable; packed data that are damaged, or none where the name says so.
    """
    raw = _bytes(asked)
    if raw.startswith(_GZIP):
        try:
            return gzip.decompress(raw)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            got, hint = "gzip data that is cut short or damaged", "copy or download it again"
            raise asked.fault(got, "want a whole gzip file", hint) from None
    if raw and asked.has_ending(".gz"):
        raise asked.fault("not gzip data, though named .gz", "want a gzip file", "rename or pack it")
    return raw


def _bytes(asked: Asked) -> bytes:
    try:
        return asked.path.read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable(asked, error) from None


def unreadable(asked: Asked, error: Exception) -> InputError:
    """Return the error of a file that cannot be opened."""
    if isinstance(error, IsADirectoryError):
        return InputError(Fault(asked.asked_at, f"{asked.name} is a folder", WANT_FILE))
    if isinstance(error, FileNotFoundError):
        folder = asked.path.parent
        beside = [other.name for other in folder.iterdir()] if folder.is_dir() else []
        hint = did_you_mean(asked.path.name, beside) or "file names are relative to the scenario file"
        return InputError(Fault(asked.asked_at, f"no file {asked.name}", WANT_FILE, hint))
    reason = error.strerror if isinstance(error, OSError) else error
    return InputError(Fault(asked.asked_at, f"{asked.name} cannot be read: {reason}", WANT_FILE))


def check_text(raw: bytes, asked: Asked) -> None:
    """Refuse binary data, text that is not UTF-8, and nothing at all.

    Raises
    ------
    InputError
        With the line of the first byte that is not UTF-8.
    """
    if b"\0" in raw or raw.startswith(_WIDE):
        hint = "save the sheet as CSV UTF-8" if raw.startswith((_ZIP, *_WIDE)) else ""
        hint = "Parquet data: name it .parquet" if raw.startswith(_PARQUET) else hint
        raise asked.fault("not text (a binary file or UTF-16)", "want CSV in UTF-8", hint)
    wrong = _not_utf8(raw)
    if wrong is not None:
        line = raw.count(b"\n", 0, wrong) + 1
        got = f"byte 0x{raw[wrong]:02x} is not UTF-8"
        raise asked.fault(got, "want CSV in UTF-8", "save it as CSV UTF-8", line)
    if not (raw[:64].removeprefix(_BOM).strip() or raw.decode("utf-8-sig").strip()):
        raise asked.fault("an empty file", f"want a header and {one_row(asked)}")


def one_row(asked: Asked) -> str:
    """Return what the rows of the file are to be, in words."""
    return "one row per person" if asked.part == "person" else "one tie per row"


def _not_utf8(raw: bytes) -> int | None:
    """Return the place of the first byte that is not UTF-8; piece by piece, as text takes memory."""
    if raw.isascii():
        return None
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(raw), _STEP):
        kept = len(decoder.getstate()[0])
        try:
            decoder.decode(raw[start : start + _STEP], final=start + _STEP >= len(raw))
        except UnicodeDecodeError as error:
            return start - kept + error.start
    return None
