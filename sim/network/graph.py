"""Who hears whom: one compressed-row (CSR) layer per channel, and one offline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from sim import luck_keys
from sim.errors import Fault, InputError
from sim.kernels import ties as kernels

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from sim.agents.population import Population

MOST_PEOPLE = 2**31 - 1
MOST_WEIGHT = 1e30
OFFLINE = "offline"
_LEAST_WEIGHT = np.finfo(np.float32).tiny
Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class TieLayer:
    """Hold the ties of one layer: row j lists who hears j, sorted by tie id.

    Parameters
    ----------
    name : str
        A feed channel's name, or ``offline``.
    out_ptr : int64[n_people + 1]
        Row starts.
    out_dst : int32[n_ties]
        Row number of each follower; within a row sorted by tie id, a hash of both persons' uids,
        so that adding a tie moves no other row.
    out_weight : float32[n_ties]
        Influence of each tie in (0, 1]; length 0 means all 1.
    is_well_mixed : bool
        No ties are kept: everyone hears of everyone alike.
    notes : tuple of str
        What was counted: self-loops, duplicates, unknown people. For `check` and the report.
    given : int32 or int64[n_ways, n_given], or None
        Place in `out_dst` of each tie as it was given, -1 for self-loops, so that values can be told tie by
        tie; undirected ties have two ways, forth and back. Kept by `Network.from_edges` alone.
    """

    name: str
    out_ptr: npt.NDArray[np.int64]
    out_dst: npt.NDArray[np.int32]
    out_weight: npt.NDArray[np.float32]
    is_well_mixed: bool = False
    notes: tuple[str, ...] = ()
    given: npt.NDArray[np.signedinteger[Any]] | None = None

    @property
    def n_ties(self) -> int:
        """Number of directed ties."""
        return len(self.out_dst)

    @property
    def audience_sizes(self) -> npt.NDArray[np.int64]:
        """Followers of each person, int64[n_people]."""
        return np.diff(self.out_ptr)


@dataclass(frozen=True, slots=True)
class Network:
    """Hold all layers over the same people, by name.

    Parameters
    ----------
    n_people : int
    layers : mapping of str to TieLayer
    ids : tuple of str, or None
        Ids of the first ``len(ids)`` rows where edge files, and no people file, named the people.
    """

    n_people: int
    layers: Mapping[str, TieLayer] = field(default_factory=dict)
    ids: tuple[str, ...] | None = None

    @classmethod
    def from_edges(
        cls,
        src: npt.ArrayLike,
        dst: npt.ArrayLike,
        *,
        n_people: int,
        directed: bool,
        weight: npt.ArrayLike | None = None,
        name: str = "ties",
    ) -> Network:
        """Build a network of one layer from row numbers: `src` is heard by `dst`.

        Parameters
        ----------
        src, dst : int[n]
            Row numbers in 0 … n_people - 1.
        n_people : int
        directed : bool
            False: each given tie stands both ways.
        weight : float[n], optional
            Strengths above 0; parallel ties are summed, then all divided by the largest. Absent: all 1.
        name : str
            Name of the layer.

        Raises
        ------
        InputError
            All faults together: lengths that differ, numbers that are not whole, negative or too
            large, weights that are not finite and above 0, an impossible `n_people`.

        Examples
        --------
        >>> network = Network.from_edges([0, 0, 1], [1, 2, 1], n_people=3, directed=True)
        >>> network.layers["ties"].audience_sizes
        array([2, 0, 0])
        >>> network.layers["ties"].notes
        ('1 row tied a person to itself: dropped',)
        """
        ends = {"src": np.atleast_1d(np.asarray(src)), "dst": np.atleast_1d(np.asarray(dst))}
        strengths = None if weight is None else np.atleast_1d(np.asarray(weight))
        faults = _size_faults(n_people, {**ends, "weight": strengths})
        for end, rows in ends.items():
            faults += _row_faults(end, rows, n_people)
        if strengths is not None:
            faults += _weight_faults(strengths)
        if faults:
            raise InputError(faults)
        layer = tie_layer(
            name,
            ends["src"].astype(np.int32),
            ends["dst"].astype(np.int32),
            luck_keys.row_uids(n_people),
            directed=directed,
            weight=None if strengths is None else strengths.astype(np.float64),
            keep_order=True,
        )
        return cls(n_people, {name: layer})

    @classmethod
    def from_networkx(
        cls,
        graph: nx.Graph | Mapping[str, nx.Graph],
        *,
        weight: str | None = None,
        population: Population | None = None,
    ) -> Network:
        """Build a network from networkx graphs: the source of an edge is heard by its target.

        Parameters
        ----------
        graph : networkx graph, or mapping of layer to graph
            Of any kind; one alone makes the layer ``ties``. Edges of undirected graphs stand both ways,
            parallel ones are merged. Nodes 0 … n-1 are row numbers; others are ids, compared as text, whose
            rows are in natural order.
        weight : str, optional
            Attribute of the edges with strengths above 0, divided by the largest. Absent: all 1.
        population : Population, optional
            The people: nodes are their ids, or row numbers where they have none.

        Raises
        ------
        InputError
            No nodes, nodes that read alike or are not of the population, edges without a weight above 0.

        Examples
        --------
        >>> import networkx
        >>> network = Network.from_networkx(networkx.path_graph(["ana", "eva", "leo"]))
        >>> network.ids, network.layers["ties"].n_ties
        (('ana', 'eva', 'leo'), 4)
        """
        from sim.network.graphs import from_networkx

        return from_networkx(graph, weight, population)

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        directed: bool,
        weight: str | None = None,
        population: Population | None = None,
        name: str = "ties",
    ) -> Network:
        """Build a network of one layer from a frame of ties: who stands in `source` is heard by `target`.

        Parameters
        ----------
        frame : DataFrame
            Its columns `source` and `target`, else its first two, hold ids, compared as text, whose rows
            are in natural order.
        directed : bool
            False: each given tie stands both ways.
        weight : str, optional
            Column of strengths above 0; parallel ties are summed, then all divided by the largest.
        population : Population, optional
            The people: who stands in the frame is an id of theirs, or a row number where they have none.
        name : str
            Name of the layer.

        Raises
        ------
        InputError
            All faults together: no such column, nobody in a row, weights that are not above 0; people that
            are not of the population.

        Examples
        --------
        >>> import pandas as pd
        >>> network = Network.from_frame(pd.DataFrame({"a": ["ana"], "b": ["leo"]}), directed=False)
        >>> network.ids, network.layers["ties"].n_ties
        (('ana', 'leo'), 2)
        """
        from sim.network.frame import frame_network

        return frame_network(frame, name, weight, population, directed=directed)

    def to_networkx(self, layer: str, population: Population | None = None) -> nx.DiGraph:
        """Return a layer as a directed graph with the attribute `weight` on each edge.

        Nodes are ids, or row numbers of people without one. With a population they carry its columns as
        attributes, by the names of `Population.to_frame`; what is missing is left out.

        Raises
        ------
        InputError
            No such layer, a well-mixed one, a population of another size.
        """
        from sim.network.graphs import to_networkx

        return to_networkx(self, layer, population)

    def to_frame(self, layer: str, population: Population | None = None) -> pd.DataFrame:
        """Return a layer as a frame with `source`, `target` and `weight`: one row per directed tie.

        People are called as in `to_networkx`, and it raises the same.
        """
        from sim.network.frame import layer_frame

        return layer_frame(self, layer, population)


def _size_faults(n_people: int, given: Mapping[str, npt.NDArray[np.generic] | None]) -> list[Fault]:
    faults = []
    if not 1 <= n_people <= MOST_PEOPLE:
        faults.append(Fault("n_people", f"{n_people}", f"want 1 to {MOST_PEOPLE} people"))
    shapes = {end: array.shape for end, array in given.items() if array is not None}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        got = ", ".join(f"{end} has shape {shape}" for end, shape in shapes.items())
        faults.append(Fault(" and ".join(shapes), got, "want one entry per tie in each"))
    return faults


def _row_faults(end: str, rows: npt.NDArray[np.generic], n_people: int) -> list[Fault]:
    if len(rows) == 0:
        return []
    if rows.dtype.kind not in "iu":
        return [Fault(end, f"{rows.dtype} values", "want whole numbers: the row of each person")]
    wrong = np.flatnonzero((rows < 0) | (rows >= max(n_people, 1)))  # type: ignore[operator]
    if len(wrong) == 0:
        return []
    got = f"{rows.flat[wrong[0]]} at place {wrong[0]}" + _further(len(wrong))
    wanted = f"want row numbers from 0 to n_people - 1 = {n_people - 1}"
    return [Fault(end, got, wanted, "people with ids belong in an edge file, or number them first")]


def _weight_faults(weight: npt.NDArray[np.generic]) -> list[Fault]:
    if weight.dtype.kind not in "iuf":
        return [Fault("weight", f"{weight.dtype} values", "want numbers above 0")]
    wrong = np.flatnonzero(~is_weight(weight.astype(np.float64)))
    if len(wrong) == 0:
        return []
    got = f"{weight.flat[wrong[0]]} at place {wrong[0]}" + _further(len(wrong))
    return [Fault("weight", got, "want numbers above 0: a tie without strength is no tie")]


def _further(n_wrong: int) -> str:
    return f" and {n_wrong - 1} more" if n_wrong > 1 else ""


def is_weight(weight: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which values can be the strength of a tie: above 0 and not absurdly large."""
    return (weight > 0) & (weight <= MOST_WEIGHT)


def tie_layer(
    name: str,
    src: npt.NDArray[np.int32],
    dst: npt.NDArray[np.int32],
    uid: npt.NDArray[np.uint64],
    *,
    directed: bool = True,
    weight: npt.NDArray[np.float64] | None = None,
    notes: tuple[str, ...] = (),
    keep_order: bool = False,
) -> TieLayer:
    """Build one layer from checked ties: self-loops dropped, parallel ties merged, rows sorted.

    Parameters
    ----------
    name : str
    src, dst : int32[n]
        Row numbers; `src` is heard by `dst`.
    uid : uint64[n_people]
        The people; a tie's place in its row is a hash of both ends' uids.
    directed : bool
        False: each given tie stands both ways.
    weight : float64[n], optional
        Strengths above 0, summed over parallel ties and divided by the largest sum; absent: all 1,
        however often a tie is given.
    notes : tuple of str
        What was counted before; what is counted here is added.
    keep_order : bool
        Keep where each given tie went (`TieLayer.given`).
    """
    strengths = np.zeros(0) if weight is None else weight
    if not directed:
        src, dst = np.concatenate([src, dst]), np.concatenate([dst, src])
        strengths = np.concatenate([strengths, strengths])
    out_ptr = np.zeros(len(uid) + 1, np.int64)
    n_self = kernels.row_starts(src, dst, out_ptr)
    out_dst = np.empty(out_ptr[-1], np.int32)
    sums = np.empty(len(out_dst) if weight is not None else 0)
    kernels.fill_rows(src, dst, strengths, out_ptr, out_dst, sums)
    n_merged = kernels.sort_rows(read_only(uid.view()), out_ptr, out_dst, sums)
    out_dst = out_dst[: out_ptr[-1]].copy() if n_merged else out_dst
    once = 1 if directed else 2
    return TieLayer(
        name,
        read_only(out_ptr),
        read_only(out_dst),
        read_only(_relative(sums[: len(out_dst)])),
        notes=notes + _counted(n_self // once, n_merged // once),
        given=read_only(_places(src, dst, out_ptr, out_dst).reshape(once, -1)) if keep_order else None,
    )


def _places(
    src: npt.NDArray[np.int32],
    dst: npt.NDArray[np.int32],
    out_ptr: npt.NDArray[np.int64],
    out_dst: npt.NDArray[np.int32],
) -> npt.NDArray[np.signedinteger[Any]]:
    kind: type[np.signedinteger[Any]] = np.int32 if len(src) <= MOST_PEOPLE else np.int64
    out = np.empty(len(src), kind)
    kernels.find_places(src, dst, out_ptr, out_dst, out)
    return out


def empty_layer(name: str, n_people: int, *, is_well_mixed: bool, notes: tuple[str, ...] = ()) -> TieLayer:
    """Return a layer without ties."""
    ptr = read_only(np.zeros(n_people + 1, np.int64))
    return TieLayer(
        name, ptr, read_only(np.zeros(0, np.int32)), read_only(np.zeros(0, np.float32)), is_well_mixed, notes
    )


def _relative(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Return the weights divided by the largest, in (0, 1]; of length 0 when all are alike."""
    if len(sums) == 0 or sums.min() == sums.max():
        return np.zeros(0, np.float32)
    weight: npt.NDArray[np.float32] = (sums / sums.max()).astype(np.float32)
    return np.maximum(weight, _LEAST_WEIGHT)


def _counted(n_self: int, n_merged: int) -> tuple[str, ...]:
    notes = []
    if n_self:
        notes.append(
            f"{n_self} rows tied a person to themselves: dropped"
            if n_self > 1
            else "1 row tied a person to itself: dropped"
        )
    if n_merged:
        notes.append(f"{n_merged} row{'s' * (n_merged > 1)} repeated a tie: merged")
    return tuple(notes)


def read_only(array: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
    """Close the array to writing and return it."""
    array.setflags(write=False)
    return array
