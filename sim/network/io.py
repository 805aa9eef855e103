"""Edge files: CSV, Parquet or GraphML, one tie per row, any ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim.agents.column import Column, to_number, to_numbers
from sim.agents.file_content import Asked, one_row
from sim.agents.file_csv import CsvSource
from sim.agents.file_graphml import GraphmlSource
from sim.agents.open_file import open_source
from sim.agents.source import Grid, Source
from sim.errors import Fault, InputError, did_you_mean, listed
from sim.network.graph import is_weight
from sim.scenario.media import Edges
from sim.scenario.schema import Scenario

_MOST_TOLD = 5
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """Hold the ties of one file as read: people by their place in `ids`.

    Parameters
    ----------
    ids : pyarrow array of str
        Distinct ids, stripped of spaces around them, in order of appearance.
    src, dst : int32[n_rows]
        Index into `ids`: `src` is heard by `dst`.
    weight : float64[n_rows] or None
        Strengths above 0, as written.
    """

    ids: pa.Array
    src: Rows
    dst: Rows
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
    asked = Asked(scenario.file(spec.edges), spec.edges, scenario.where(f"{path}.edges"), "tie", path)
    source = open_source(asked)
    faults = _header_faults(source)
    if not faults:
        places, faults = _columns(source, spec, path)
    if isinstance(source, GraphmlSource) and spec.directed and not source.is_directed:
        got = f'true, but {spec.edges} says edgedefault="undirected"'
        faults.append(Fault(scenario.where(f"{path}.directed"), got, "want false: each tie both ways"))
    if faults:
        raise InputError(faults)
    return _table(source.read(places), asked, source.header, places)


def _header_faults(source: Source) -> list[Fault]:
    names, where = source.header, source.header_at
    one_wanted = "want a header with a name for each column"
    if isinstance(source, CsvSource):
        first = ",".join(names)
        if not any(names):
            return [Fault(where, "a blank first line", one_wanted)]
        if not any(np.isnan(to_number(column)) for column in names if column):
            return [Fault(where, f"the first line is `{first}`", one_wanted, "such as `source,target`")]
    if len(names) < 2:
        hint = "separate the columns by commas" if any(mark in names[0] for mark in ";\t| ") else ""
        return [Fault(where, f"one column `{names[0]}`", "want at least two columns", hint)]
    doubled = sorted({column for column in names if names.count(column) > 1})
    return [Fault(where, f"column {listed(doubled)} stands twice", "want each name once")] if doubled else []


def _columns(source: Source, spec: Edges, path: str) -> tuple[list[int], list[Fault]]:
    """Return the places of source, target and, where asked, weight."""
    header = source.header
    wanted = {"source": spec.source or header[0], "target": spec.target or header[1]}
    if spec.weight is not None:
        wanted["weight"] = spec.weight
    faults = [
        Fault(
            f"{source.header_at}.{role}",
            f"no column `{column}`",
            f"want one of {listed(header)}",
            did_you_mean(column, header),
        )
        for role, column in wanted.items()
        if column not in header
    ]
    if len(set(wanted.values())) < len(wanted):
        got = ", ".join(f"{role} `{column}`" for role, column in wanted.items())
        faults.append(Fault(source.header_at, got, "want a column of its own for each"))
    return ([] if faults else [header.index(column) for column in wanted.values()]), faults


def _table(grid: Grid, asked: Asked, header: Sequence[str], places: Sequence[int]) -> EdgeTable:
    """Return the ties, or raise all faults of the rows together."""
    faults = []
    if grid.ragged:
        got = "; ".join(sorted({f"{n} field{'s' * (n != 1)}" for _, n in grid.ragged}))
        wanted = f"want {len(header)} in each row, as in the header"
        faults.append(_fault([line for line, _ in grid.ragged], got, wanted, asked, grid))
    source, target, *strengths = grid.columns
    weight = strengths[0].numbers() if strengths else None
    if strengths:
        faults += _weight_faults(strengths[0], header[places[2]], asked, grid)
    ids, src, dst = _people(source, target)
    is_blank = source.is_blank() | target.is_blank()
    if is_blank.any():
        wanted = "want an id on both ends of a tie"
        faults.append(_fault(grid.numbers[is_blank].tolist(), "blank id", wanted, asked, grid))
    if not faults and grid.n_rows == 0:
        faults.append(Fault(asked.at(), "a header and no rows", f"want {one_row(asked)}"))
    if faults:
        raise InputError(faults)
    return EdgeTable(ids, src, dst, weight)


def _people(source: Column, target: Column) -> tuple[pa.Array, Rows, Rows]:
    """Return the distinct ids of both ends, and who speaks and who hears as places in them."""
    both = pa.concat_arrays([source.words, target.words]).dictionary_encode()
    place: Any = both.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    n = len(source.words)
    return both.dictionary, place[:n][source.codes], place[n:][target.codes]


def _weight_faults(column: Column, name: str, asked: Asked, grid: Grid) -> list[Fault]:
    """Return a fault for each of the first values that are no strength of a tie, and one for the rest."""
    wrong = np.flatnonzero(~is_weight(to_numbers(column.words)))
    faults = []
    for code in wrong[:_MOST_TOLD]:
        value = column.values[code]
        got = f"{f'`{value}`' if value else 'blank'} in column `{name}`"
        numbers = grid.numbers[column.codes == code].tolist()
        hint = "a tie of strength 0 is no tie"
        faults.append(_fault(numbers, got, "want a number above 0", asked, grid, hint))
    if len(wrong) > _MOST_TOLD:
        got = f"{len(wrong)} different values in column `{name}` are not above 0"
        faults.append(Fault(f"{asked.at()}.weight", got, "want numbers above 0"))
    return faults


def _fault(numbers: list[int], got: str, wanted: str, asked: Asked, grid: Grid, hint: str = "") -> Fault:
    """Return one fault for a kind of wrong row, with the first places where it occurs."""
    if len(numbers) > 1:
        places = listed(map(str, sorted(numbers)), 5)
        got = f"{got} (on {len(numbers)} {grid.unit}s: {places})"
    return Fault(asked.at(min(numbers), grid.unit), got, wanted, hint)
