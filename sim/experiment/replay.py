"""One world of a plan lived again, with an eye on some of its people."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from pandas import DataFrame

from sim.experiment.runner import Study, prepare
from sim.luck_keys import world_key
from sim.results.paths import path_frame
from sim.results.watch import Watch, is_conviction
from sim.scenario.schema import Scenario
from sim.world import World


def study_of(scenario: Scenario, replication: int) -> Study:
    """Return a plan made ready on the public of one of its worlds.

    Raises
    ------
    InputError
        Bad data.
    """
    return prepare(scenario, replication % scenario.publics)


def replay(
    study: Study, replication: int, rows: npt.ArrayLike, is_stopped: Callable[[], bool] = lambda: False
) -> Watch | None:
    """Live a world with the luck it has in every run, and follow some people; None where it was stopped.

    Parameters
    ----------
    study : Study
        Of the world's public, as `study_of` makes it.
    replication : int
        Which world: the same number as in ``run``.
    rows : int64[n]
        Whom to follow.
    """
    key = world_key(study.scenario.master_seed, replication)
    watch = Watch(World(study.public, study.campaign, key, study.scenario.days), rows)
    return watch if watch.live(is_stopped) else None


def path(study: Study, replication: int, row: int) -> DataFrame:
    """Return what happened to one person in a world: see `sim.results.paths.path_frame`."""
    watch = replay(study, replication, [row])
    assert watch is not None  # nobody stops it
    return path_frame(watch, row)


def adopters(watch: Watch) -> DataFrame:
    """Return who adopted during a world that was lived: row, day, segment, by (own conviction or others), by day."""
    world = watch.world
    days = world.adoption_days()
    rows = np.flatnonzero(days > 0)
    rows = rows[np.lexsort((rows, days[rows]))]
    names = np.array(world.public.population.segment_names, object)
    by = np.where(is_conviction(world, rows), "own conviction", "others")
    segment = names[world.people.record["segment"][rows]]
    return DataFrame({"row": rows, "day": days[rows], "segment": segment, "by": by})
