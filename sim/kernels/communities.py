"""Communities: people moved to where most of their ties are, more than chance would have."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def move_people(ptr, near, weight, degree, whole, most_passes, fewest, group, total):
    """Move each to the group that gains most modularity, one after the other, until few move (Blondel et al. 2008).

    Parameters
    ----------
    ptr : int64[n + 1], near : int32[n_ends], weight : int64[n_ends]
        Who is tied to whom, both ways, without ties to oneself, and by how many ties.
    degree : int64[n]      ends of ties of each, those to oneself too
    whole : int            ends of all ties
    most_passes : int      times that everyone is asked, at most
    fewest : int           no further pass after one in which no more than so many moved
    group : int32[n]       changed in place: group of each, from 0 to n - 1
    total : int64[n]       changed in place: degrees of the members of each group, summed

    Returns
    -------
    int
        Moves.

    Notes
    -----
    Of equal gains the present group is kept, else the lowest number taken. Whole numbers throughout: a gain is
    (ties into the group) · whole - degree · total, modularity times whole² / 2.
    """
    n = len(degree)
    links = np.zeros(n, np.int64)
    touched = np.empty(n, np.int32)
    moves = 0
    for _ in range(most_passes):
        moved = 0
        for i in range(n):
            n_touched = 0
            for e in range(ptr[i], ptr[i + 1]):
                there = group[near[e]]
                if links[there] == 0:
                    touched[n_touched] = there
                    n_touched += 1
                links[there] += weight[e]
            own = group[i]
            total[own] -= degree[i]
            best, most = own, links[own] * whole - degree[i] * total[own]
            for k in range(n_touched):
                there = touched[k]
                gain = links[there] * whole - degree[i] * total[there]
                if gain > most or (gain == most and best != own and there < best):
                    best, most = there, gain
                links[there] = 0
            total[best] += degree[i]
            group[i] = best
            moved += best != own
        moves += moved
        if moved <= fewest:
            break
    return moves
