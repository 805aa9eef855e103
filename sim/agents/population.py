"""The public as arrays: one row per simulated person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Population:
    """Hold who receives; read-only, the same in every world, built once per public.

    Parameters
    ----------
    uid : uint64[n_people]
        Key of each person: hashed row number, or hashed id of a people file.
    ids : tuple of str, or None
        Ids of a people file, by row; None where people are row numbers.
    market : float
        People of the market; ``market / n_people`` is what one simulated person stands for.
    segment_names : tuple of str, length n_segments
    segment : int16[n_people]
        Index into `segment_names`.
    needs : tuple of str, length n_needs
    motivations : float64[n_segments, n_needs]
        Weight of each need, rows sum to 1.
    channel_names : tuple of str, length n_channels
        In the order of the scenario, sorted by name.
    usage : float64[n_channels, n_people]
        Visits per day; 0 for a person who does not use the channel.
    follows_brand : bool[n_channels, n_people]
        Who follows the brand on the channel.
    engagement : float64[n_people]
        Participation relative to the mean.
    trust, attitude, memory : float64[n_people]
        State at the start.
    is_aware, is_adopter : bool[n_people]
        State at the start (adopters are aware).
    availability : float64[n_people]
        Factor on the adoption hazard.
    columns : mapping of str to array[n_people]
        Columns of the people file, for partner rules and fees: float64 where all that stands in one
        is numbers (blank: NaN), else text.
    notes : tuple of str
        What was counted while building: blanks, drawn segments, shares. For `check` and the report.
    """

    uid: npt.NDArray[np.uint64]
    ids: tuple[str, ...] | None
    market: float
    segment_names: tuple[str, ...]
    segment: npt.NDArray[np.int16]
    needs: tuple[str, ...]
    motivations: npt.NDArray[np.float64]
    channel_names: tuple[str, ...]
    usage: npt.NDArray[np.float64]
    follows_brand: npt.NDArray[np.bool_]
    engagement: npt.NDArray[np.float64]
    trust: npt.NDArray[np.float64]
    attitude: npt.NDArray[np.float64]
    memory: npt.NDArray[np.float64]
    is_aware: npt.NDArray[np.bool_]
    is_adopter: npt.NDArray[np.bool_]
    availability: npt.NDArray[np.float64]
    columns: Mapping[str, npt.NDArray[np.generic]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def n_people(self) -> int:
        """Number of simulated persons."""
        return len(self.uid)

    @property
    def people_per_agent(self) -> float:
        """People of the market that one simulated person stands for."""
        return self.market / self.n_people

    @property
    def segment_sizes(self) -> npt.NDArray[np.int64]:
        """Simulated persons per segment, int64[n_segments]."""
        return np.bincount(self.segment, minlength=len(self.segment_names)).astype(np.int64)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per person as it stands before day 1, indexed by `unique_id`: its id, or row number.

        Columns: `segment`, `usage.<channel>` and `follows_brand.<channel>`, the states at the start by their
        names here, `file.<column>` of a people file.
        """
        from sim.agents.frame import population_frame

        return population_frame(self)
