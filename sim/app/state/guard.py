"""What is refused of uploaded files before anything reads them whole."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from sim.errors import Fault, InputError
from sim.scenario.source import read_text
from sim.scenario.view import mapping

MOST_CELLS = 100_000_000


def refuse_swollen(name: str, data: bytes) -> None:
    """Refuse a Parquet file that is small on disk and immense when it is read.

    Raises
    ------
    InputError
        More than `MOST_CELLS` values, or no Parquet.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        told = pq.ParquetFile(io.BytesIO(data)).metadata
    except (pa.ArrowException, EOFError, OSError):
        raise InputError(Fault(name, "not Parquet, or damaged", "want a Parquet file")) from None
    if told.num_rows * told.num_columns > MOST_CELLS:
        got = f"{told.num_rows:,} rows × {told.num_columns:,} columns"
        raise InputError(Fault(name, got, f"want at most {MOST_CELLS:,} values"))


def names_in(tree: Any) -> Iterator[tuple[str, str]]:
    """Yield the address and name of every file that a scenario's tree names."""
    places = [("extends",), ("plan", "flights_from")]
    places += [("audience", key, "file") for key in ("from_survey", "from_people")]
    places += [("network", layer, "edges") for layer in mapping(tree, "network")]
    for *above, key in places:
        name = mapping(tree, *above).get(key)
        if isinstance(name, str) and name:
            yield ".".join([*above, key]), name


def outside(text: str, file: str) -> tuple[Fault, ...]:
    """Return a fault for every file that an uploaded plan names elsewhere than beside it."""
    try:
        tree: Mapping[str, Any] | Any = read_text(text, file).value
    except InputError:
        return ()
    wanted = "want the name of a file beside the plan"
    return tuple(
        Fault(f"{file}: {address}", f"{name!r}", wanted) for address, name in names_in(tree) if _leaves(name)
    )


def _leaves(name: str) -> bool:
    paths = PurePosixPath(name), PureWindowsPath(name)
    return any(path.is_absolute() or path.drive or path.root or ".." in path.parts for path in paths)
