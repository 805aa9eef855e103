"""Write a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place and move it there, so that a reader never meets half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    beside = Path(name)
    try:
        write(beside)
        beside.chmod(0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_durably(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file whole or not at all, and return when neither a crash nor a power cut can take it away.

    The folder's own entry still wants `settle`; once for many files is enough.
    """

    def written(beside: Path) -> None:
        write(beside)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())

    write_whole(path, written)


def settle(folder: Path) -> None:
    """Make the names in a folder last, where the system can (POSIX)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
