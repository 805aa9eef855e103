"""Write a file whole or not at all; see beforehand that there is a place for it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import Fault, InputError

if TYPE_CHECKING:
    import pyarrow as pa
    from pandas import DataFrame

    from sim.results.summary import Columns


STATED = "sweep.json"  # says what the sweep in a folder is


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place and move it there, so that a reader never meets half of it.

    Until then it has another ending too: ``*.parquet`` finds files that begin with a dot in some readers.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    beside = Path(name)
    try:
        write(beside)
        beside.chmod(0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_parquet(frame: DataFrame, path: Path) -> None:
    """Write a frame."""
    import pyarrow as pa

    _write(pa.Table.from_pandas(frame, preserve_index=False, nthreads=1), path)


def parquet_of(columns: Columns) -> pa.Buffer:
    """Return a table by its columns as the bytes of a Parquet file, NaN as null; readers find its categories as text.

    It takes a third of the time that a frame of the same columns does.
    """
    import numpy as np
    import pyarrow as pa

    told = {}
    for name, column in columns.items():
        if isinstance(column, np.ndarray):
            told[name] = pa.array(column, from_pandas=True)
        else:
            names = pa.array(column.categories.tolist(), pa.string())
            told[name] = pa.DictionaryArray.from_arrays(pa.array(column.codes), names)
    sink = pa.BufferOutputStream()
    _write(pa.table(told), sink)
    return sink.getvalue()


def _write(table: pa.Table, where: Path | pa.NativeFile) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    few = [name for name in table.column_names if not pa.types.is_floating(table.schema.field(name).type)]
    # Metadata of pandas would have every reader without it see an index that is not there.
    table = table.replace_schema_metadata(None)
    pq.write_table(table, where, use_dictionary=few, write_statistics=False, store_schema=False)


def refuse_folder(folder: Path, *, of_sweep: bool = False) -> None:
    """Complain before a long run, not after it, where its results could not be written.

    A sweep's folder is for that sweep alone (`of_sweep`): it goes on there.
    """
    where = f"--out {folder}"
    try:
        if folder.exists() and not folder.is_dir():
            raise InputError(Fault(where, "a file of that name exists", "want a folder, or a free name"))
        if not of_sweep and (folder / STATED).exists():
            raise InputError(
                Fault(where, "a sweep is kept there", "want another folder: it can go on in its own")
            )
        standing = next(p for p in [folder, *folder.absolute().parents] if p.exists())
        with tempfile.TemporaryFile(dir=standing):
            pass  # what permissions promise, some file systems do not hold
    except OSError as error:
        got = f"cannot be written ({error.strerror})"
        raise InputError(Fault(where, got, "want a folder you may write in")) from None


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
