"""Caps kept day by day, on the contacts that take place."""

from __future__ import annotations

from numba import njit


@njit(cache=True, nogil=True)
def keep_within(contacts, start, n, quota):
    """Drop, in place, the contacts above a flight's cap in the window that runs.

    Parameters
    ----------
    contacts : CONTACT[:]      those from `start` to `n` are one flight's of today
    quota : Quota              raised by what is kept (see `sim.kernels.order`)

    Returns
    -------
    n : int                    contacts held now
    """
    kept = start
    for c in range(start, n):
        i = contacts[c].person
        if quota.in_window[i] == quota.cap:
            continue
        quota.in_window[i] += 1
        contacts[kept] = contacts[c]
        kept += 1
    return kept
