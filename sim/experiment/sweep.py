"""All design points of a sweep, on many worlds each: run, kept as they finish, resumed, ranked."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sim.errors import PregonError
from sim.experiment import screening
from sim.experiment.design import Design, checked, design_of
from sim.experiment.engines.processes import Processes, crew_for
from sim.experiment.engines.threads import Engine, Job, Threads
from sim.experiment.race import Raced
from sim.experiment.runner import Study, prepare
from sim.experiment.store import DAYS, DESIGN, MATTERS, OBJECTIVES, RANKING, SEGMENTS, SUMMARY, Store
from sim.experiment.sweep_days import by_day
from sim.experiment.sweep_driver import Driver, Progress
from sim.experiment.sweep_race import Track, race_runs
from sim.experiment.sweep_ranks import aim_of, by_segment, metrics_asked, objectives, ranking, what_matters
from sim.experiment.sweep_tables import read_summary, read_worlds, write_summary
from sim.experiment.workers import Crew, threads_for
from sim.luck_keys import SCHEME
from sim.public import keeping
from sim.public_cache import code_version
from sim.results.frames import REPORT
from sim.results.provenance import LIBRARIES
from sim.scenario.identity import public_hash, resolved, scenario_hash
from sim.scenario.schema import Scenario
from sim.scenario.sweep import SCREENINGS

if TYPE_CHECKING:
    from sim.results.report.sweep_frames import SweepFrames

# What decides no number of a world: faces of the library, and what is read from numbers that are there.
_FACES = ("app", "cli.py", "experiment", "progress.py", "results", "sweep_command.py")
_NUMBERS = (
    "experiment/attribute.py",
    "experiment/bare.py",
    "experiment/race.py",
    "experiment/ranking.py",
    "experiment/runner.py",
)


class _Unfinished(PregonError):
    def __init__(self, text: str, swept: Swept):
        self.swept = swept
        super().__init__(text)


class SweepStopped(_Unfinished):
    """The sweep was stopped; what was finished is in its folder and in `swept`, and starting it again resumes."""

    exit_code = 130


class PointsFailed(_Unfinished):
    """Some design points failed; all others are done and in `swept`. The same command tries them again."""


@dataclass(frozen=True)
class Swept:
    """Hold what a sweep left.

    Attributes
    ----------
    folder : Path
    design : DataFrame        a row per design point: design_point, a column per varied address, status, error
    ranking : DataFrame or None       finished points, best first (`sim.experiment.sweep_ranks.ranking`); None where
        the sweep has no ``rank``
    objectives : DataFrame or None    which points meet the objectives; None where the scenario has none
    matters : DataFrame or None    which levers matter (`sim.experiment.screening.table`); None but for designs of that
    by_segment : DataFrame or None    the ranking of each segment by itself; None where points are ranked by one only
    by_day : DataFrame or None    differences from the best point day by day (`sim.experiment.sweep_days.by_day`); None
        where what points are ranked by is not told by day
    scenario : Scenario
    raced : Raced or None     how the race ended; None where there was none
    """

    folder: Path
    design: pd.DataFrame
    ranking: pd.DataFrame | None
    objectives: pd.DataFrame | None
    scenario: Scenario
    raced: Raced | None = None
    matters: pd.DataFrame | None = None
    by_segment: pd.DataFrame | None = None
    by_day: pd.DataFrame | None = None

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Rows as of a run, with design_point and a column per varied address in front; read when first asked for."""
        return read_summary(self.folder, *self._finished)

    @property
    def _finished(self) -> tuple[list[int], pd.DataFrame]:
        """The numbers of the finished points, and what stands in front of their rows."""
        is_done = self.design["status"] == "done"
        return [int(i) + 1 for i in np.flatnonzero(is_done)], self.design[is_done].iloc[:, :-2]

    @property
    def failed(self) -> pd.DataFrame:
        """The design points that failed, with their errors."""
        return self.design[self.design.status == "failed"]


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
) -> Swept:
    """Run every design point of a scenario's sweep on the same worlds; resume what the folder holds.

    Parameters
    ----------
    scenario : Scenario
        With a ``sweep``.
    folder : str or Path
        Made where needed; a file per finished point, a journal of what is finished of others (`sim.experiment.store`).
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

    Raises
    ------
    InputError
        Bad scenario, data or design; no scheduler at the address; a folder that holds another sweep, code version or
        number of worlds.
    StoreError
        The folder cannot be written.
    SweepStopped
        It was stopped, by `stop` or Ctrl-C.
    PointsFailed
        Some points failed; raised when all others are done and the summary is written.
    """
    if scenario.sweep is not None and scenario.sweep.design in SCREENINGS:
        screening.must_be_there()
    design = design_of(scenario)
    scenarios = checked(scenario, design)
    marks = [mark_of(one) for one in scenarios]
    runs = race_runs(scenario, marks)
    study = prepare(scenario)  # faults of the data, before anything is written
    wanted = scenario.replications if replications is None else replications
    store = Store(Path(folder), statement(scenario, scenarios, wanted), is_fresh=is_fresh)
    stop = stop or threading.Event()
    raced, engine = None, None
    try:
        done = store.done()
        jobs = _jobs(design, scenarios, wanted, store, done, marks)
        total = wanted * len(design.points) if runs is None else runs
        left = sum(len(job.missing) for job in jobs)
        engine = _engine(study, left if runs is None else min(runs, left), threads, dask, processes)
        there = sum(store.n_worlds(point) for point in done) + sum(len(job.outcomes) for job in jobs)
        driver = Driver(store, engine, design, jobs, total, there, progress, aim_of(scenario))
        with keeping(max((job.scenario.publics for job in jobs), default=1) + 1):
            if runs is None:
                is_whole = driver.run(jobs, stop)
            else:
                raced = Track(scenario, design, store, driver, jobs, stop).run(runs)
                is_whole = raced is not None
        swept = _swept(scenario, store, design, marks, raced)
    finally:
        store.close()
        if engine is not None:
            engine.close()
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


def _engine(study: Study, n_worlds: int, threads: int | None, dask: str | None, processes: bool) -> Engine:
    """Return what lives so many worlds, of plans like the study's."""
    if dask is not None:
        from sim.experiment.engines.cluster import Cluster

        return Cluster(dask, threads or os.cpu_count() or 1, _deciding())
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
    root = Path(__file__).parents[1]
    rooms = [path.name for path in root.iterdir() if path.name not in _FACES]
    results = [f"results/{path.name}" for path in (root / "results").glob("*.py")]
    return tuple(sorted([*rooms, *results, *_NUMBERS]))


def _jobs(
    design: Design, scenarios: list[Scenario], wanted: int, store: Store, done: set[int], marks: list[str]
) -> list[Job]:
    """Return what is left to do, points of one public after each other."""
    jobs = []
    for point, scenario in zip(design.points, scenarios, strict=True):
        if point.number in done:
            continue
        kept = store.kept(point.number)
        there = {outcome.replication for outcome in kept}
        jobs.append(Job(point, scenario, [r for r in range(wanted) if r not in there], kept))
    order = {name: rank for rank, name in enumerate(dict.fromkeys(marks))}
    return sorted(jobs, key=lambda job: order[marks[job.point.number - 1]])


def mark_of(scenario: Scenario) -> str:
    """Return what design points must share to be compared world by world: public and length."""
    return f"{public_hash(scenario)} {scenario.days}"


def told_points(design: Design, done: Container[int], failed: Mapping[int, str]) -> pd.DataFrame:
    """Return the rows of ``design.csv``: design_point, a column per varied address, status, error.

    Parameters
    ----------
    design : Design
    done : container of int              numbers of the finished points
    failed : mapping of int to str       the error of each that failed, by its number
    """
    rows = []
    for point in design.points:
        label = point.name if design.is_named else point.number
        status = "done" if point.number in done else "failed" if point.number in failed else "missing"
        values = {address: written(point.values.get(address)) for address in design.addresses}
        error = failed.get(point.number, "") if status == "failed" else ""
        rows.append({"design_point": label, **values, "status": status, "error": error})
    return pd.DataFrame(rows, dtype=object)


def _swept(scenario: Scenario, store: Store, design: Design, marks: list[str], raced: Raced | None) -> Swept:
    """Read the finished points back and write the tables over all of them."""
    done = store.done()
    told = told_points(design, done, store.failed())
    swept = Swept(store.folder, told, None, None, scenario, raced)
    finished, front = swept._finished
    store.write_table(DESIGN, told)
    store.write(SUMMARY, partial(write_summary, store.folder, finished, front))
    swept = replace(swept, **_answers(scenario, store, design, front, finished, marks)._asdict())
    if swept.ranking is not None:
        from sim.results.report.write import write_sweep_report

        about = _about(swept, swept.ranking)
        store.write(REPORT, partial(write_sweep_report, sweep=_frames(swept, swept.ranking), about=about))
    return swept


def _frames(swept: Swept, ranks: pd.DataFrame) -> SweepFrames:
    from sim.results.report.sweep_frames import SweepFrames

    scenario, aim = swept.scenario, aim_of(swept.scenario)
    assert aim is not None
    return SweepFrames(
        name=scenario.name,
        currency=scenario.currency,
        ranking=ranks,
        objectives=swept.objectives,
        summary=read_summary(swept.folder, *swept._finished, is_whole=False),
        addresses=tuple(swept.design.columns[1:-2]),
        metric=aim.metric,
        segment=aim.segment,
        channel=aim.channel,
        is_most=aim.is_most,
        margin=aim.margin,
        asked={name: goal.probability for name, goal in scenario.objectives.items()},
        n_failed=len(swept.failed),
        matters=swept.matters,
        by_segment=swept.by_segment,
        by_day=swept.by_day,
    )


def headline(swept: Swept) -> list[str]:
    """Return the sentences that open the report of a ranked sweep; none where it is not ranked."""
    from sim.results.report import sweep_parts

    return [] if swept.ranking is None else sweep_parts.headline(_frames(swept, swept.ranking))


def _about(swept: Swept, ranks: pd.DataFrame) -> str:
    """Return points, worlds and days in a line."""
    told = ranks["n_worlds"].dropna()
    worlds = (
        f"{told.min():,.0f} to {told.max():,.0f}"
        if len(told) and told.min() < told.max()
        else f"{told.max():,.0f}"
    )
    return f"{len(ranks):,} design points, {worlds} worlds each, {swept.scenario.days} days"


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


def written(value: Any) -> Any:
    """Return a varied value as it stands in a table: numbers and text as they are, all else as JSON."""
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
