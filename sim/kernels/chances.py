"""From what is told tie by tie to what the kernels of cascades read."""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.kernels import live
from sim.kernels.thresholds import UNITS


@njit(cache=True, nogil=True)
def merge_chances(given, chances, out):
    """Raise `out` (float64[n_ties], zeros on entry) to the chance that one of its given ties lives.

    Parameters
    ----------
    given : int[n_given]          place of each given tie; -1: left out
    chances : float64[n_given]    or of length 1, for all

    Notes
    -----
    p = 1 - ∏(1 - p_e) over parallel ties, in the order given.
    """
    for e in range(len(given)):
        at = given[e]
        if at >= 0:
            out[at] += chances[e if len(chances) > 1 else 0] * (1.0 - out[at])


@njit(cache=True, nogil=True)
def merge_sums(given, amounts, out):
    """Add to `out` (float64[n_ties]) what its given ties amount to; arrays as in `merge_chances`."""
    for e in range(len(given)):
        at = given[e]
        if at >= 0:
            out[at] += amounts[e if len(amounts) > 1 else 0]


@njit(cache=True, nogil=True)
def in_sums(dst, amounts, out):
    """Add to `out` (float64[n_people]) the amounts (float64[n_ties], or [1] for all) of incoming ties."""
    for e in range(len(dst)):
        out[dst[e]] += amounts[e if len(amounts) > 1 else 0]


@njit(cache=True, nogil=True)
def make_rows(ptr, chances, uid, row):
    """Fill `row` (ROW[n_people] of `sim.kernels.cascade`): whose ties, skipped through at which rate.

    Parameters
    ----------
    ptr : int64[n_people + 1]
    chances : float64[n_ties]   or of length 1, for all ties
    uid : uint64[n_people]
    """
    for j in range(len(row)):
        top = 0.0
        for e in range(ptr[j], ptr[j + 1] if len(chances) > 1 else min(ptr[j] + 1, ptr[j + 1])):
            top = max(top, chances[e if len(chances) > 1 else 0])
        row[j].uid = uid[j]
        row[j].start = ptr[j]
        row[j].n = ptr[j + 1] - ptr[j] if top > 0.0 else 0
        row[j].rate = live.skip_rate(live.row_cap(top)) if top > 0.0 else 0.0


@njit(cache=True, nogil=True)
def make_odds(ptr, chances, high, rest):
    """Fill `high` and `rest` with the odds of each tie, p over the cap of its row.

    Parameters
    ----------
    ptr : int64[n_people + 1]
    chances : float64[n_ties]
    high, rest : uint16[n_ties + 16], uint32[n_ties]   as `sim.kernels.cascade.Odds`
    """
    for j in range(len(ptr) - 1):
        top = 0.0
        for e in range(ptr[j], ptr[j + 1]):
            top = max(top, chances[e])
        cap = live.row_cap(top)
        for e in range(ptr[j], ptr[j + 1]):
            whole = live.odds(chances[e], cap) if cap > 0.0 else 0
            high[e] = min(whole >> 31, 65535)
            rest[e] = whole - (np.int64(high[e]) << 31)


@njit(cache=True, nogil=True)
def make_steps(dst, influence, step):
    """Fill `step` (int32[n_ties]) with each tie's influence in units, so that sums are right.

    Parameters
    ----------
    dst : int32[n_ties]
    influence : float64[n_ties]   in [0, 1], adding up to 1 at most over a person's incoming ties

    Notes
    -----
    Sums are rounded, not ties: the units of the first k ties of a person are those of their sum.
    """
    so_far = np.zeros(max(dst) + 1 if len(dst) > 0 else 0)
    for e in range(len(dst)):
        before = so_far[dst[e]]
        so_far[dst[e]] = before + influence[e]
        step[e] = np.int64(so_far[dst[e]] * UNITS + 0.5) - np.int64(before * UNITS + 0.5)
