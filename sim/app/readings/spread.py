"""One world of a plan as a moving picture: who stands where on each day, and why a person adopted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pandas import DataFrame

from sim.app.readings.portrait import Drawing, kept_drawing
from sim.columns import unique_id
from sim.experiment.replay import adopters, replay, study_of
from sim.experiment.runner import Study
from sim.network.graph import TieLayer
from sim.results.watch import Watch
from sim.scenario.media import WellMixed
from sim.scenario.schema import Scenario

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Hold a world that was lived, with what is drawn of it.

    Parameters
    ----------
    study : Study
    replication : int
    nodes : list of dict            id (row), name, segment, x, y, r
    ties : list of (int, int)       places in `nodes`; the first is heard by the second
    states, shared : list of str    by day from the start, a digit per node: place in ``STATES``, has shared
    passes : list of list of int    by day, places in `ties` along which a post was met
    people : list of list of float  by day, people of the market by state
    adopters : DataFrame            see `sim.experiment.replay.adopters`, with their ids as ``name``
    """

    study: Study
    replication: int
    nodes: list[Row]
    ties: list[tuple[int, int]]
    states: list[str]
    shared: list[str]
    passes: list[list[int]]
    people: list[list[float]]
    adopters: DataFrame


def named_layers(scenario: Scenario) -> list[str]:
    """Return the layers that a plan names, but those in which everyone hears everyone, before any is made."""
    return [name for name, spec in sorted(scenario.network.items()) if not isinstance(spec, WellMixed)]


def drawn_layers(study: Study) -> list[str]:
    """Return the layers of which something can be drawn."""
    layers = study.public.network.layers
    return [name for name, layer in sorted(layers.items()) if not layer.is_well_mixed and layer.n_ties]


def picture(
    scenario: Scenario,
    replication: int,
    layer: str,
    number: int,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Picture | None:
    """Live a world of a plan, and draw the people around one of a layer; None where it was stopped.

    Parameters
    ----------
    scenario : Scenario
    replication : int
        Which world, as in ``run``.
    layer : str
        Whose ties; another name than those of `drawn_layers` stands for the first of them.
    number : int
        Whom to draw around: see `sim.network.sample.centre`.
    """
    study = study_of(scenario, replication)
    layers = drawn_layers(study)
    ties = study.public.network.layers[layer if layer in layers else layers[0]] if layers else None
    drawn = None if ties is None else kept_drawing(ties, number)
    rows = np.zeros(0, np.int64) if drawn is None else drawn.people
    watch = replay(study, replication, rows, is_stopped)
    if watch is None:
        return None
    place = {row: k for k, row in enumerate(rows.tolist())}
    pairs = [] if drawn is None else list(zip(drawn.src.tolist(), drawn.dst.tolist(), strict=True))
    each = study.public.population.people_per_agent
    found = adopters(watch)
    found["name"] = [str(name) for name in unique_id(watch.world, found["row"].to_numpy(np.int64))]
    return Picture(
        study=study,
        replication=replication,
        nodes=[] if drawn is None or ties is None else _nodes(study, watch, ties, drawn),
        ties=pairs,
        states=["".join(map(str, day)) for day in watch.states.tolist()],
        shared=["".join(map(str, day)) for day in watch.has_shared.astype(int).tolist()],
        passes=_passes(watch, place, pairs),
        people=(watch.people * each).tolist(),
        adopters=found,
    )


def _nodes(study: Study, watch: Watch, layer: TieLayer, drawn: Drawing) -> list[Row]:
    population, rows, at = study.public.population, watch.rows, drawn.at
    names = unique_id(watch.world, rows)
    return [
        {
            "id": int(row), "name": str(names[k]), "segment": population.segment_names[population.segment[row]],
            "x": round(float(at[k, 0]), 2), "y": round(float(at[k, 1]), 2),
            "r": round(0.9 + 0.34 * float(np.log1p(layer.audience_sizes[row])), 2),
        }
        for k, row in enumerate(rows.tolist())
    ]  # fmt: skip


def _passes(watch: Watch, place: dict[int, int], pairs: list[tuple[int, int]]) -> list[list[int]]:
    """Return the ties along which someone met a post, by day; none at the start."""
    number = {pair: k for k, pair in enumerate(pairs)}
    found: list[list[int]] = [[]]
    for contacts in watch.contacts:
        ends = zip(contacts["source"].tolist(), contacts["person"].tolist(), strict=True)
        found.append(_known(((place.get(a, -1), place[b]) for a, b in ends), number))
    return found


def _known(pairs: Iterable[tuple[int, int]], number: dict[tuple[int, int], int]) -> list[int]:
    return sorted({number[pair] for pair in pairs if pair in number})
