"""Design points run on threads, one process writing: worlds into the journal, finished points into their files."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field

from sim.errors import PregonError
from sim.experiment.design import Design, Point
from sim.experiment.runner import Outcome, Study, prepare, run_world, tables
from sim.experiment.store import Store
from sim.public import build_public
from sim.scenario.schema import Scenario

BATCH_SECONDS = 1.0
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Job:
    """Follow one design point to its end."""

    point: Point
    scenario: Scenario
    missing: list[int]
    outcomes: list[Outcome]
    unsaved: list[Outcome] = field(default_factory=list)
    market: float = 0.0
    error: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all its worlds are there."""
        return not self.missing


class Driver:
    """Run jobs on threads; the only one that writes."""

    def __init__(
        self, store: Store, design: Design, jobs: list[Job], total: int, safe: int, progress: Progress | None
    ) -> None:
        self._store, self._design, self._progress = store, design, progress
        self._failed, self._is_last = 0, True
        self._done = len(design.points) - len(jobs)
        self.total, self.safe = total, safe
        self._tell()

    def run(self, jobs: list[Job], workers: int, stop: threading.Event, *, is_last: bool = True) -> bool:
        """Run all worlds that jobs miss; return False where it was stopped before the end.

        Parameters
        ----------
        is_last : bool
            They will miss no more: points whose worlds are all there are finished.
        """
        self._is_last = is_last
        begun = time.monotonic()
        try:
            with closing(_lived(jobs, workers, stop)) as worlds:
                for job, told in worlds:
                    self._take(job, told)
                    if time.monotonic() - begun >= BATCH_SECONDS:
                        self._keep(jobs)
                        begun = time.monotonic()
        except KeyboardInterrupt:
            stop.set()
        self._keep(jobs)
        return not stop.is_set() and all(job.error is not None or job.is_complete for job in jobs)

    def _take(self, job: Job, told: Outcome | Exception | None) -> None:
        if isinstance(told, Exception):
            self._fail(job, told)
            return
        if told is not None:
            job.outcomes.append(told)
            job.unsaved.append(told)
            job.missing.remove(told.replication)
        if self._is_last and job.is_complete and job.error is None:
            self.finish(job)

    def finish(self, job: Job) -> None:
        """Write the files of a point from the worlds that it has."""
        job.outcomes.sort(key=lambda outcome: outcome.replication)
        try:
            # Not known where all its worlds come from the journal of an earlier process.
            market = job.market or build_public(job.scenario).population.market
            found = tables(job.scenario, market, job.outcomes)
        except Exception as error:  # such as an objective on what this point does not tell
            self._fail(job, error)
            return
        label = job.point.name if self._design.is_named else job.point.number
        self._store.finish(job.point.number, label, found)
        self.safe += len(job.unsaved)
        self._done += 1
        job.outcomes, job.unsaved = [], []
        self._tell()

    def _fail(self, job: Job, error: Exception) -> None:
        if job.error is None:
            job.error = str(error) or type(error).__name__
            if not isinstance(error, PregonError):
                job.error = f"{type(error).__name__}: {job.error}"
            self._store.fail(job.point.number, job.error)
            self._failed += 1
            self._tell()

    def _keep(self, jobs: list[Job]) -> None:
        finished = {job.point.number: job.unsaved for job in jobs if job.unsaved}
        if finished:
            self._store.keep(finished)
            self.safe += sum(map(len, finished.values()))
            for job in jobs:
                job.unsaved = []
            self._tell()

    def _tell(self) -> None:
        if self._progress:
            failed = f", {self._failed} failed" if self._failed else ""
            self._progress(
                self.safe, self.total, f"{self._done} of {len(self._design.points)} points{failed}"
            )


Told = tuple[Job, Outcome | Exception | None]


def _lived(jobs: list[Job], workers: int, stop: threading.Event) -> Generator[Told, None, None]:
    """Yield (job, outcome or error) as worlds finish; a sliding window of them keeps memory flat."""
    tasks = _tasks(jobs)
    left = threading.Event()  # the reader of this iterator has gone away
    with ThreadPoolExecutor(workers) as pool:
        pending: dict[Future[Outcome | None], Job] = {}
        is_open = True
        try:
            while not stop.is_set() and (is_open or pending):
                while is_open and len(pending) < 2 * workers and not stop.is_set():
                    task = next(tasks, None)
                    if task is None:
                        is_open = False
                        continue
                    job, made, replication = task
                    if isinstance(made, Study):
                        pending[pool.submit(_world, job, made, replication, stop, left)] = job
                    else:
                        yield job, made
                done, _ = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in done:
                    job, error = pending.pop(future), future.exception()
                    if error is None:
                        outcome = future.result()
                        if outcome is not None and job.error is None:
                            yield job, outcome
                    elif isinstance(error, Exception):
                        yield job, error
        finally:
            left.set()


def _world(
    job: Job, study: Study, replication: int, stop: threading.Event, left: threading.Event
) -> Outcome | None:
    return run_world(study, replication, lambda: stop.is_set() or left.is_set() or job.error is not None)


def _tasks(jobs: list[Job]) -> Iterator[tuple[Job, Study | Exception | None, int]]:
    """Yield every world to be lived with its study; a job that cannot be made ready yields its error instead."""
    for job in jobs:
        publics = job.scenario.publics
        for public in range(publics):
            if public == 0 and job.is_complete:
                yield job, None, 0
                break
            missing = [r for r in job.missing if r % publics == public]
            if job.error is not None or not missing:
                continue
            try:
                study = prepare(job.scenario, public)
            except Exception as error:
                yield job, error, 0
                break
            job.market = study.public.population.market
            for replication in missing:
                if job.error is None:
                    yield job, study, replication
