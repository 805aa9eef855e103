"""Who the public is and who hears whom, as numbers to be shown."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.agents.population import Population
from sim.network.communities import Communities
from sim.network.graph import TieLayer
from sim.network.sample import Rows, around, centre, laid_out

DRAWN = 220
MOST_DRAWINGS = 16
WIDTH, HEIGHT = 100.0, 74.0  # of a drawing, from its middle


@dataclass(frozen=True, slots=True)
class Group:
    """Hold one segment as it stands before day 1: sizes in people of the market, the rest means or shares."""

    name: str
    share: float
    people: float
    trust: float
    attitude: float
    aware: float
    adopters: float
    motivations: dict[str, float]
    users: dict[str, float]
    visits: dict[str, float]


def groups(population: Population) -> Iterator[Group]:
    """Yield the segments; the last one, named empty, is everyone."""
    for index, name in enumerate([*population.segment_names, ""]):
        rows = population.segment == index if name else np.ones(population.n_people, bool)
        if rows.any():
            yield _group(population, name, rows)


def _group(population: Population, name: str, rows: npt.NDArray[np.bool_]) -> Group:
    n = int(rows.sum())
    weights = np.bincount(population.segment[rows], minlength=len(population.segment_names)) / n
    usage = {channel: population.usage[c][rows] for c, channel in enumerate(population.channel_names)}
    used = {channel: visits > 0 for channel, visits in usage.items()}
    return Group(
        name=name,
        share=n / population.n_people,
        people=n * population.people_per_agent,
        trust=float(population.trust[rows].mean()),
        attitude=float(population.attitude[rows].mean()),
        aware=float(population.is_aware[rows].mean()),
        adopters=float(population.is_adopter[rows].mean()),
        motivations=dict(zip(population.needs, (weights @ population.motivations).tolist(), strict=True)),
        users={channel: float(there.mean()) for channel, there in used.items()},
        visits={
            channel: float(usage[channel][there].mean()) if there.any() else 0.0
            for channel, there in used.items()
        },
    )


def followers_curve(layer: TieLayer) -> list[tuple[float, float]]:
    """Return (followers, share of tied people with at least so many), at most 60 points, by rising followers."""
    sizes = layer.audience_sizes
    values, counts = np.unique(sizes[sizes > 0], return_counts=True)
    if not len(values):
        return []
    at_least = np.cumsum(counts[::-1])[::-1] / counts.sum()
    kept = np.unique(np.linspace(0, len(values) - 1, 60).astype(int))
    return [(float(values[k]), float(at_least[k])) for k in kept]


def audience_points(layer: TieLayer, people_per_agent: float) -> dict[str, float]:
    """Return what the most followed have, in people of the market: the first, and at some shares of all users."""
    sizes = np.sort(layer.audience_sizes[layer.audience_sizes > 0])[::-1] * people_per_agent
    if not len(sizes):
        return {}
    places = {"1": 0, "0.1 %": len(sizes) // 1000, "1 %": len(sizes) // 100, "10 %": len(sizes) // 10}
    return {name: float(sizes[place]) for name, place in places.items()} | {"50 %": float(np.median(sizes))}


@dataclass(frozen=True, slots=True)
class Community:
    """Hold one community: its number from 1, people of the market, their share of those with ties, and segments."""

    number: int
    people: float
    share: float
    mix: dict[str, float]


def largest_groups(population: Population, found: Communities, most: int) -> list[Community]:
    """Return the largest communities, each with the shares of its segments, the commonest first."""
    out = []
    for number, size in enumerate(found.sizes[:most].tolist()):
        counts = np.bincount(
            population.segment[found.group == number], minlength=len(population.segment_names)
        )
        order = [k for k in np.argsort(-counts, kind="stable").tolist() if counts[k]]
        mix = {population.segment_names[k]: counts[k] / size for k in order}
        share = size / int(found.sizes.sum())
        out.append(Community(number + 1, size * population.people_per_agent, share, mix))
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Hold some people of a layer and where to draw them; ties are places in `people`."""

    people: Rows
    src: Rows
    dst: Rows
    at: npt.NDArray[np.float64]


def drawing(layer: TieLayer, number: int) -> Drawing | None:
    """Return who is drawn of a layer, here and where it spreads; None where nobody has ties."""
    if not layer.n_ties:
        return None
    people, src, dst = around(layer, centre(layer, number), DRAWN)
    order = np.argsort(people, kind="stable")
    src, dst = (order[np.searchsorted(people, ends, sorter=order)] for ends in (src, dst))
    return Drawing(people, src, dst, laid_out(len(people), src, dst) * (WIDTH, HEIGHT))


def is_drawn(layer: TieLayer, number: int) -> bool:
    """Tell whether `kept_drawing` has it at hand."""
    known = _drawings.get((id(layer), number))
    return known is not None and known[0]() is layer


def kept_drawing(layer: TieLayer, number: int) -> Drawing | None:
    """Return what `drawing` makes; the last few of layers that are in memory are made once."""
    known = _drawings.get((id(layer), number))
    if known is None or known[0]() is not layer:
        known = weakref.ref(layer), drawing(layer, number)
        with _lock:
            while len(_drawings) >= MOST_DRAWINGS:
                _drawings.pop(next(iter(_drawings)))
            _drawings[id(layer), number] = known
    return known[1]


_lock = threading.Lock()
_drawings: dict[tuple[int, int], tuple[weakref.ref[TieLayer], Drawing | None]] = {}
