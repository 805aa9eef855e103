"""Who the public is and who hears whom, as numbers to be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.agents.population import Population
from sim.network.graph import TieLayer


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
