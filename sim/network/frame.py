"""The ties of a layer to and from a pandas frame."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim import luck_keys
from sim.agents.population import Population
from sim.errors import Fault, InputError, did_you_mean, listed
from sim.network.graph import Network, is_weight, tie_layer
from sim.network.ids import in_natural_order, rows_of
from sim.network.names import layer_of, names_of, weights_of

_ENDS = ("source", "target")
_MOST_NAMED = 5


def layer_frame(network: Network, layer: str, population: Population | None = None) -> pd.DataFrame:
    """Return one row per directed tie; see `Network.to_frame`."""
    ties = layer_of(network, layer)
    names = names_of(network, population)
    source = np.repeat(np.arange(network.n_people), ties.audience_sizes)
    if names is None:
        return pd.DataFrame({"source": source, "target": ties.out_dst, "weight": weights_of(ties)})
    named = np.array(names, dtype=object)
    return pd.DataFrame({"source": named[source], "target": named[ties.out_dst], "weight": weights_of(ties)})


def frame_network(
    frame: pd.DataFrame, name: str, weight: str | None, population: Population | None, *, directed: bool
) -> Network:
    """Build a network of one layer from a frame; see `Network.from_frame`."""
    if not isinstance(frame, pd.DataFrame) or len(frame.columns) < len(_ENDS):
        got = f"{len(frame.columns)} columns" if isinstance(frame, pd.DataFrame) else type(frame).__name__
        raise InputError(Fault("frame", got, "want a pandas DataFrame, two columns or more"))
    if frame.empty and population is None:
        raise InputError(Fault("frame", "no rows", "want a row for each tie, or `population`"))
    ends = _ENDS if set(_ENDS) <= set(frame.columns) else tuple(frame.columns[:2])
    faults: list[Fault] = []
    src, dst = (_called(frame, end, faults) for end in ends)
    strengths = None if weight is None else _strengths(frame, weight, faults)
    if faults:
        raise InputError(faults)
    everyone, ids = _everyone(src, dst, population)
    source, target = rows_of(src, everyone), rows_of(dst, everyone)
    unknown = pc.unique(
        pa.concat_arrays([src.filter(pa.array(source < 0)), dst.filter(pa.array(target < 0))])
    )
    if len(unknown):
        wanted = f"want people of the population, such as {listed(map(repr, everyone[:3].to_pylist()))}"
        raise InputError(
            Fault("frame", f"people {listed(map(repr, unknown.to_pylist()), _MOST_NAMED)}", wanted)
        )
    uid = luck_keys.row_uids(len(everyone)) if population is None else population.uid
    layer = tie_layer(name, source, target, uid, directed=directed, weight=strengths)
    return Network(len(everyone), {name: layer}, ids)


def _everyone(
    src: pa.Array, dst: pa.Array, population: Population | None
) -> tuple[pa.Array, tuple[str, ...] | None]:
    """Return all people as text in the order of their rows, and their ids where the frame names them."""
    if population is not None:
        called = population.ids or [str(row) for row in range(population.n_people)]
        return pa.array(called, pa.string()), None
    people = in_natural_order(pc.unique(pa.concat_arrays([src, dst])))
    return people, tuple(people.to_pylist())


def _called(frame: pd.DataFrame, column: str, faults: list[Fault]) -> pa.Array:
    """Return who stands in a column, as text; whole numbers without a point, as pandas writes them beside blanks."""
    values = frame[column]
    missing = np.flatnonzero(values.isna())
    if len(missing):
        got = f"nobody in row {listed(map(repr, frame.index[missing].tolist()), _MOST_NAMED)}"
        faults.append(Fault(f"frame: column `{column}`", got, "want a person in each row"))
    elif (
        pd.api.types.is_float_dtype(values) and np.isfinite(values).all() and (values == values.round()).all()
    ):
        values = values.astype(np.int64)
    return pa.array([str(value) for value in values.tolist()], pa.string())


def _strengths(frame: pd.DataFrame, column: str, faults: list[Fault]) -> npt.NDArray[np.float64] | None:
    if column not in frame:
        names = [str(name) for name in frame.columns]
        wanted = f"want one of {', '.join(names)}"
        faults.append(Fault("weight", f"no column `{column}`", wanted, did_you_mean(column, names)))
        return None
    found: npt.NDArray[np.float64] = pd.to_numeric(frame[column], errors="coerce").to_numpy(np.float64)
    wrong = np.flatnonzero(~is_weight(found))
    if len(wrong):
        index, values = frame.index.tolist(), frame[column].tolist()
        told = [f"{index[row]!r}: {values[row]!r}" for row in wrong.tolist()]
        got = f"rows {listed(told, _MOST_NAMED)}"
        faults.append(Fault(f"frame: column `{column}`", got, "want numbers above 0"))
    return found
