"""A few people of a layer and the ties between them, for a drawing."""

from __future__ import annotations

import networkx as nx
import numpy as np
import numpy.typing as npt

from sim.network.graph import TieLayer

MOST_OF_ONE = 14
_STRIDE = 7919
Rows = npt.NDArray[np.int64]


def centre(layer: TieLayer, number: int) -> int:
    """Return a person to draw around: number 0 is the most followed, further ones run through all with followers.

    Raises
    ------
    ValueError
        If nobody has followers.
    """
    sizes = layer.audience_sizes
    tied = np.flatnonzero(sizes)
    if not len(tied):
        raise ValueError(f"nobody has followers in layer {layer.name}")
    if number == 0:
        return int(np.argmax(sizes))
    return int(tied[number * _STRIDE % len(tied)])


def around(layer: TieLayer, person: int, most: int) -> tuple[Rows, Rows, Rows]:
    """Return a person and who hears it, who hears those, and so on, with all ties between them.

    Parameters
    ----------
    layer : TieLayer
    person : int
        Row number to start from.
    most : int
        Number of people to stop at; of the followers of one person the first `MOST_OF_ONE` by tie id are
        followed up (of the first person three times as many).

    Returns
    -------
    people, src, dst : int64[n], int64[m], int64[m]
        Row numbers; `src` is heard by `dst`, both among `people`.
    """
    found, place = {person: 0}, 0
    order = [person]
    while place < len(order) and len(order) < most:
        row = order[place]
        limit = MOST_OF_ONE * (3 if place == 0 else 1)
        for other in layer.out_dst[layer.out_ptr[row] : layer.out_ptr[row + 1]][:limit].tolist():
            if other not in found and len(order) < most:
                found[other] = len(order)
                order.append(other)
        place += 1
    src, dst = [], []
    for row in order:
        heard_by = layer.out_dst[layer.out_ptr[row] : layer.out_ptr[row + 1]].tolist()
        ends = [other for other in heard_by if other in found]
        src += [row] * len(ends)
        dst += ends
    return np.array(order, np.int64), np.array(src, np.int64), np.array(dst, np.int64)


def laid_out(n: int, src: Rows, dst: Rows) -> npt.NDArray[np.float64]:
    """Return where to draw people so that ties are short, the same whenever it is asked.

    Parameters
    ----------
    n : int
        Number of people, a few hundred at most.
    src, dst : int64[m]
        Ties as places from 0 to n - 1, both ways alike.

    Returns
    -------
    float64[n, 2]
        Within a circle of radius 1 around the origin.

    Notes
    -----
    Springs along ties, repulsion between all (Fruchterman & Reingold 1991), from places on a spiral.
    """
    if n == 0:
        return np.zeros((0, 2))
    place = np.arange(n)
    radius, angle = np.sqrt((place + 0.5) / n), place * np.pi * (3.0 - np.sqrt(5.0))
    start = {k: (radius[k] * np.cos(angle[k]), radius[k] * np.sin(angle[k])) for k in range(n)}
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(zip(src.tolist(), dst.tolist(), strict=True))
    found = nx.spring_layout(graph, k=1.6 / np.sqrt(n), pos=start, iterations=80)
    at = np.array([found[k] for k in range(n)], float)
    at -= at.mean(axis=0)
    return at / max(float(np.hypot(*at.T).max()), 1e-9)
