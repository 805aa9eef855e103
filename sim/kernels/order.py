"""Messages that come after another: who met the earlier one, and which contacts come too early."""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from sim.kernels.state import Array


class Quota(NamedTuple):
    """Hold what a flight that waits may still bring in the window that runs.

    Parameters
    ----------
    cap : int                  most contacts with one person; 0: no cap
    in_window : uint16[:]      contacts of each person (by row) in this window so far; length 0: no cap
    """

    cap: int
    in_window: Array


@njit(cache=True, nogil=True)
def note_attended(contacts, n, day, columns, first_attended):
    """Write down the day of each person's first attended contact with a message that others wait for.

    Parameters
    ----------
    contacts : CONTACT[:]                            the first `n` are attended
    day : int
    columns : int16[n_messages]                      row of `first_attended` that holds the message; -1: none
    first_attended : uint16[n_awaited, n_people]     filled: day of the first attended contact; 0: none yet
    """
    for c in range(n):
        row = columns[contacts[c].message]
        if row >= 0 and first_attended[row, contacts[c].person] == 0:
            first_attended[row, contacts[c].person] = day


@njit(cache=True, nogil=True)
def drop_early(contacts, start, n, day, first_attended, quota, people, tally):
    """Drop, in place, the contacts of people who have not attended the earlier message before today.

    Parameters
    ----------
    contacts : CONTACT[:]               those from `start` to `n` are one flight's of today
    first_attended : uint16[n_people]   day of the first attended contact with the earlier message; 0: none yet
    quota : Quota                       raised by what is kept; what is above the cap is dropped too
    people : People
    tally : Tally                       `too_early` is raised

    Returns
    -------
    n : int                             contacts held now

    Notes
    -----
    Who comes too early is lost, as with a cap, and keeps its ordinal; it takes nothing from the cap.
    """
    kept = start
    for c in range(start, n):
        i = contacts[c].person
        if first_attended[i] == 0 or first_attended[i] >= day:
            tally.too_early[contacts[c].channel, people.record[i].segment] += 1
            continue
        if quota.cap > 0:
            if quota.in_window[i] == quota.cap:
                continue
            quota.in_window[i] += 1
        contacts[kept] = contacts[c]
        kept += 1
    return kept
