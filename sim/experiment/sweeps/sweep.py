"""All design points of a sweep, on many worlds each: run, kept as they finish, resumed, ranked."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from sim.experiment import screening
from sim.experiment.design import Design, checked, design_of
from sim.experiment.engines.processes import Processes, crew_for
from sim.experiment.engines.threads import Engine, Job, Threads
from sim.experiment.race import Raced
from sim.experiment.ranking import Aim
from sim.experiment.runner import Study, prepare
from sim.experiment.sweeps.days import by_day
from sim.experiment.sweeps.driver import Driver, Progress
from sim.experiment.sweeps.ranks import (
    aim_of,
    by_segment,
    metrics_asked,
    objectives,
    ranking,
    value_in,
    what_matters,
)
from sim.experiment.sweeps.store import DAYS, DESIGN, MATTERS, OBJECTIVES, RANKING, SEGMENTS, SUMMARY, Store
from sim.experiment.sweeps.swept import PointsFailed, SweepStopped, Swept, mark_of, told_points, write_report
from sim.experiment.sweeps.tables import read_worlds, write_summary
from sim.experiment.sweeps.track import Track, race_runs
from sim.experiment.workers import Crew, threads_for
from sim.luck_keys import SCHEME
from sim.public import keeping
from sim.public_cache import code_version
from sim.results.files import refuse_folder
from sim.results.provenance import LIBRARIES
from sim.scenario.identity import resolved, scenario_hash
from sim.scenario.schema import Scenario
from sim.scenario.sweep import SCREENINGS
from sim.wording.language import known

if TYPE_CHECKING:
    from sim.experiment.engines.cluster import Cluster

# What decides no number of a world: faces of the library, and what is read from numbers that are there.
_FACES = ("app", "cli.py", "commands", "experiment", "results", "wording")
_NUMBERS = (
    "experiment/attribute.py",
    "experiment/bare.py",
    "experiment/race.py",
    "experiment/ranking.py",
    "experiment/runner.py",
)


def sweep(
    scenario: Scenario,
    folder: str | Path,
    *,
    replications: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    is_fresh: bool = False,
    dask: str | None = None,
    processes: bool = False,
    language: str = "en",
) -> Swept:
    """Run every design point of a scenario's sweep on the same worlds; resume what the folder holds.

    Parameters
    ----------
    scenario : Scenario
        With a ``sweep``.
    folder : str or Path
        Made where needed; a file per finished point, a journal of what is finished of others (`Store`).
    replications : int, optional
        Worlds per point; the scenario's own by default. Where points race, what `race` leaves them.
    threads : int, optional
        Worlds at a time; the number of processors by default, on small publics one. Results do not depend on it.
    progress : callable, optional
        Called with (worlds safe on disk, worlds wanted, words on points).
    stop : threading.Event, optional
        Set it to leave off.
    is_fresh : bool
        Throw away the sweep that the folder holds.
    dask : str, optional
        Address of a Dask scheduler whose workers live the worlds, or ``local`` for `threads` processes here (extra
        ``cluster``). Results do not depend on it; if the cluster is lost, threads of this process go on.
    processes : bool
        Live worlds in processes in place of threads where that is quicker: on small publics, when there is much to
        do. A script that asks for it wants ``if __name__ == "__main__":``, as whatever starts processes.
    language : "en" or "es"
        Of the report; it is written anew in this language when a finished sweep is asked for again.

    Raises
    ------
    InputError
        Bad scenario, data, design or language; no scheduler at the address; a folder that holds another sweep, code
        version or number of worlds.
    StoreError
        The folder cannot be written.
    SweepStopped
        It was stopped, by `stop` or Ctrl-C.
    PointsFailed
        Some points failed; raised when all others are done and the summary is written.
    """
    _refuse(scenario, language)
    refuse_folder(Path(folder), of_sweep=True)
    design = design_of(scenario)
    scenarios = checked(scenario, design)
    marks = [mark_of(one) for one in scenarios]
    runs = race_runs(scenario, marks)
    wanted = scenario.replications if replications is None else replications
    stop, aim, raced = stop or threading.Event(), aim_of(scenario), None
    with ExitStack() as held:
        cluster = None if dask is None else held.enter_context(closing(_cluster(dask, threads)))
        study = prepare(scenario)  # faults of the data, before anything is written
        if cluster is not None:
            cluster.connect()
        stated = statement(scenario, scenarios, wanted)
        store = held.enter_context(closing(Store(Path(folder), stated, is_fresh=is_fresh)))
        done = store.done()
        jobs = _jobs(design, scenarios, wanted, store, done, marks, None if runs is None else aim)
        total = wanted * len(design.points) if runs is None else runs
        left = sum(len(job.missing) for job in jobs)
        engine: Engine | None = cluster
        if engine is None:
            n_worlds = left if runs is None else min(runs, left)
            engine = held.enter_context(closing(_engine(study, n_worlds, threads, processes)))
        there = sum(store.n_worlds(point) for point in done)
        there += sum(len(job.outcomes) + len(job.read) for job in jobs)
        driver = Driver(store, engine, design, jobs, total, there, progress, aim)
        with keeping(max((job.scenario.publics for job in jobs), default=1) + 1):
            if runs is None:
                is_whole = driver.run(jobs, stop)
            else:
                raced = Track(scenario, design, scenarios, store, driver, jobs, stop).run(runs)
                is_whole = raced is not None
        swept = _swept(scenario, store, design, marks, raced, language)
    if not is_whole:
        raise SweepStopped(
            f"interrupted: {driver.safe} of {driver.total} worlds are finished and kept in {folder}; the same command "
            "goes on from there",
            swept,
        )
    if len(swept.failed):
        first = swept.failed.iloc[0]
        raise PointsFailed(
            f"{len(swept.failed)} of {len(swept.design)} design points failed, see {DESIGN}; the first: design point "
            f"{first.design_point}: {first.error}",
            swept,
        )
    return swept


def _cluster(address: str, threads: int | None) -> Cluster:
    """Return the cluster at an address while it is still being started."""
    from sim.experiment.engines.cluster import Cluster

    return Cluster(address, threads or os.cpu_count() or 1, _deciding())


def _refuse(scenario: Scenario, language: str) -> None:
    """Refuse, before anything else, a design whose library is not there and a language that is not spoken."""
    if scenario.sweep is not None and scenario.sweep.design in SCREENINGS:
        screening.must_be_there()
    known(language)


def _engine(study: Study, n_worlds: int, threads: int | None, processes: bool) -> Engine:
    """Return what lives so many worlds, of plans like the study's, on this machine."""
    crew = crew_for(study, n_worlds, threads) if processes else Crew(threads_for(study.public, threads))
    return Processes(crew.size, _deciding()) if crew.in_processes else Threads(crew.size)


def statement(scenario: Scenario, scenarios: list[Scenario], replications: int) -> dict[str, Any]:
    """Return what a sweep is, as JSON values: two folders with the same statement hold the same numbers."""
    assert scenario.sweep is not None
    return {
        "format": 1,
        "replications": replications,
        "sweep": scenario.sweep.model_dump(mode="json"),
        "scenario": resolved(scenario),
        "points": [scenario_hash(one) for one in scenarios],
        "luck": SCHEME,
        "versions": {name: metadata.version(name) for name in ("pregon", *LIBRARIES)},
        "code": code_version(_deciding()),
    }


def _deciding() -> tuple[str, ...]:
    """Return the rooms of `sim` that decide a world's numbers; a room that is new is among them."""
    root = Path(__file__).parents[2]
    rooms = [path.name for path in root.iterdir() if path.name not in _FACES]
    results = [f"results/{path.name}" for path in (root / "results").glob("*.py")]
    return tuple(sorted([*rooms, *results, *_NUMBERS]))


def _jobs(
    design: Design,
    scenarios: list[Scenario],
    wanted: int,
    store: Store,
    done: set[int],
    marks: list[str],
    raced_by: Aim | None,
) -> list[Job]:
    """Return what is left to do, points of one public after each other."""
    jobs = []
    for point, scenario in zip(design.points, scenarios, strict=True):
        if point.number in done:
            continue
        kept = store.kept(point.number)
        job = Job(point, scenario, [], kept)
        if raced_by is not None:
            job.outcomes, job.read = [], {told.replication: value_in(told, raced_by) for told in kept}
        there = {told.replication for told in kept}
        job.missing = [r for r in range(wanted) if r not in there]
        jobs.append(job)
    order = {name: rank for rank, name in enumerate(dict.fromkeys(marks))}
    return sorted(jobs, key=lambda job: order[marks[job.point.number - 1]])


def _swept(
    scenario: Scenario, store: Store, design: Design, marks: list[str], raced: Raced | None, language: str
) -> Swept:
    """Read the finished points back and write the tables over all of them."""
    done = store.done()
    told = told_points(design, done, store.failed())
    swept = Swept(store.folder, told, None, None, scenario, raced)
    finished, front = swept.finished
    store.write_table(DESIGN, told)
    store.write(SUMMARY, partial(write_summary, store.folder, finished, front))
    swept = replace(swept, **_answers(scenario, store, design, front, finished, marks)._asdict())
    write_report(swept, store, language)
    return swept


class _Answers(NamedTuple):
    """Hold the tables over all finished points that a sweep asks for."""

    ranking: pd.DataFrame | None = None
    objectives: pd.DataFrame | None = None
    matters: pd.DataFrame | None = None
    by_segment: pd.DataFrame | None = None
    by_day: pd.DataFrame | None = None


def _answers(
    scenario: Scenario,
    store: Store,
    design: Design,
    front: pd.DataFrame,
    finished: list[int],
    marks: list[str],
) -> _Answers:
    """Write which points are best, which meet the objectives, and which levers matter, where that was asked."""
    aim, ranks, goals, matters, segments, days = aim_of(scenario), *[None] * 5
    if not finished or (aim is None and not scenario.objectives):
        return _Answers()
    # Only what is asked for: the worlds of a thousand points do not fit into memory.
    worlds = read_worlds(store.folder, finished, metrics_asked(scenario, aim))
    if aim is not None:
        asked = (
            front,
            worlds,
            [marks[number - 1] for number in finished],
            aim,
            scenario.publics,
            scenario.master_seed,
        )
        ranks, segments = ranking(*asked), by_segment(*asked)
        matters = what_matters(scenario, design, finished, front["design_point"], worlds, aim)
        days = by_day(
            store, ranks, dict(zip(front["design_point"], finished, strict=True)), aim, scenario.publics
        )
    if scenario.objectives:
        goals = objectives(scenario, front, worlds, scenario.publics)
    out = _Answers(ranks, goals, matters, segments, days)
    for name, table in zip((RANKING, OBJECTIVES, MATTERS, SEGMENTS, DAYS), out, strict=True):
        if table is not None:
            store.write_table(name, table)
    return out
