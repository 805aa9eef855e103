"""Tables over many finished points, read from the points' files at one go."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset

from sim.experiment.sweeps.store import file_of
from sim.results.files import write_whole

POINT, ALL = "design_point", "all"
POINTS_AT_ONCE = 50  # their summaries are in memory, those of a thousand would not be small
_BREAKING = ',"\n\r'


def read_worlds(folder: Path, numbers: Sequence[int], metrics: Sequence[str]) -> pd.DataFrame:
    """Return the rows of ``worlds/`` of some finished points that tell one of some indicators.

    Parameters
    ----------
    folder : Path                  of the sweep
    numbers : sequence of int      of the points
    metrics : sequence of str

    Returns
    -------
    DataFrame
        design_point, replication, metric, segment, channel, value; points in the order asked for.
    """
    if not numbers:
        return pd.DataFrame(columns=[POINT, "replication", "metric", "segment", "channel", "value"])
    is_asked = pc.field("metric").isin(list(metrics))
    found: pd.DataFrame = _files(folder, "worlds", numbers).to_table(filter=is_asked).to_pandas()
    return found


def read_summary(
    folder: Path, numbers: Sequence[int], front: pd.DataFrame, *, is_whole: bool = True
) -> pd.DataFrame:
    """Return the summaries of some finished points, `front` beside them.

    Parameters
    ----------
    folder : Path                  of the sweep
    numbers : sequence of int      of the points
    front : DataFrame              design_point and a column per varied address
    is_whole : bool                by segment and channel too; else of all people on all channels only
    """
    if not numbers:
        return front.iloc[:0]
    total = (pc.field("segment") == ALL) & (pc.field("channel") == ALL)
    table = _files(folder, "summary", numbers).to_table(filter=None if is_whole else total)
    return front.merge(table.to_pandas(), on=POINT, how="inner", sort=False)


def write_summary(folder: Path, numbers: Sequence[int], front: pd.DataFrame, path: Path) -> None:
    """Write the summaries of some finished points as one CSV file, `front` beside them; few are in memory at a time."""
    beside = pa.table({str(name): _column(front[name].tolist()) for name in front})

    def write(part: Path) -> None:
        with part.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow([*front.columns, *_others(folder, numbers)])
        with part.open("ab") as sink:
            for table in _in_parts(folder, numbers):
                which = pc.index_in(table[POINT], value_set=beside[POINT].combine_chunks())
                whole = beside.take(which)
                for name in (name for name in table.column_names if name != POINT):
                    whole = whole.append_column(name, table[name])
                told = pa.csv.WriteOptions(include_header=False, quoting_style=_quoting(whole))
                pa.csv.write_csv(whole, sink, told)

    write_whole(path, write)


def _files(folder: Path, table: str, numbers: Sequence[int]) -> Any:
    """Return some points' files of a table as one."""
    return pa.dataset.dataset([str(file_of(folder, table, number)) for number in numbers], format="parquet")


def _in_parts(folder: Path, numbers: Sequence[int]) -> Iterator[pa.Table]:
    for first in range(0, len(numbers), POINTS_AT_ONCE):
        yield _files(folder, "summary", numbers[first : first + POINTS_AT_ONCE]).to_table()


def _others(folder: Path, numbers: Sequence[int]) -> list[str]:
    """Return the columns of a summary beside its point."""
    return (
        [name for name in _files(folder, "summary", numbers[:1]).schema.names if name != POINT]
        if numbers
        else []
    )


def _column(values: list[Any]) -> pa.Array:
    """Return varied values as numbers where all of them are, else as text."""
    if all(
        value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values
    ):
        return pa.array(values, from_pandas=True)
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _quoting(table: pa.Table) -> str:
    """Return how text is quoted: not at all where none of it could be misread."""
    is_text = [pa.types.is_string(kind) or pa.types.is_large_string(kind) for kind in table.schema.types]
    texts = [column for column, is_told in zip(table.columns, is_text, strict=True) if is_told]
    distinct = {text for column in texts for text in column.unique().to_pylist()}
    return "needed" if any(mark in text for text in distinct if text for mark in _BREAKING) else "none"
