"""What booked partners are worth: adopter-days with them less those without, person by person."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.results.indicators import Ledger, Readings
from sim.scenario.metrics import ALL

Days = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


def split(with_partners: Days, without: Days, last_day: int) -> tuple[Ints, Ints]:
    """Return what partners are worth with each person, in adopter-days: acceleration and expansion.

    Parameters
    ----------
    with_partners, without : int32[n_people]
        Day of adoption in the two worlds; 0 at the start, -1 never.
    last_day : int

    Notes
    -----
    Who adopts on day d of D is an adopter on D - d + 1 days. Acceleration is the difference of those who
    adopt in both worlds, expansion that of those who adopt in one of them (Libai, Muller & Peres 2013).
    """
    difference = _adopter_days(with_partners, last_day) - _adopter_days(without, last_day)
    in_both = (with_partners >= 0) & (without >= 0)
    return np.where(in_both, difference, 0), np.where(in_both, 0, difference)


def _adopter_days(adopted_on: Days, last_day: int) -> Ints:
    first = np.maximum(adopted_on, 1).astype(np.int64)
    return np.where(adopted_on >= 0, last_day + 1 - first, 0)


def read_seeding(
    out: Readings,
    ledger: Ledger,
    with_partners: Days,
    without: Days,
    segment: npt.NDArray[np.int16],
    last_day: int,
) -> None:
    """Add seeding value, acceleration and expansion, of the whole public and by segment."""
    parts = [
        ledger.people_per_agent * _by_segment(worth, segment, len(ledger.segments))
        for worth in split(with_partners, without, last_day)
    ]
    told = {"value": parts[0] + parts[1], "acceleration": parts[0], "expansion": parts[1]}
    for part, values in told.items():
        for name, value in zip((ALL, *ledger.segments), values, strict=True):
            out.at_end(f"seeding_{part}", value, name)


def _by_segment(worth: Ints, segment: npt.NDArray[np.int16], n_segments: int) -> npt.NDArray[np.float64]:
    """Sum over everyone, then over each segment; whole numbers, so the order does not count."""
    sums = np.bincount(segment, weights=worth, minlength=n_segments)
    return np.concatenate([[sums.sum()], sums])
