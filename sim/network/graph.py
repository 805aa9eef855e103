"""Who hears whom: one compressed-row (CSR) layer per channel, and one offline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
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
    """

    name: str
    out_ptr: npt.NDArray[np.int64]
    out_dst: npt.NDArray[np.int32]
    out_weight: npt.NDArray[np.float32]
    is_well_mixed: bool = False
    notes: tuple[str, ...] = ()

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
    """Hold all layers over the same people, by name."""

    n_people: int
    layers: Mapping[str, TieLayer] = field(default_factory=dict)
