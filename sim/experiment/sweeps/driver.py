"""Design points run on an engine, one process writing: worlds into the journal, finished points into their files."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing

from sim.errors import PregonError
from sim.experiment.design import Design
from sim.experiment.engines.threads import Engine, Job
from sim.experiment.ranking import Aim
from sim.experiment.runner import Outcome, tables
from sim.experiment.sweeps.days import keep_worlds
from sim.experiment.sweeps.ranks import value_in
from sim.experiment.sweeps.store import Store
from sim.public import build_public

BATCH_SECONDS = 1.0
Progress = Callable[[int, int, str], None]


class Driver:
    """Run jobs on an engine; the only one that writes."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        design: Design,
        jobs: list[Job],
        total: int,
        safe: int,
        progress: Progress | None,
        aim: Aim | None = None,
    ) -> None:
        self._aim = aim
        self._store, self._engine, self._design, self._progress = store, engine, design, progress
        self._failed, self._is_last = 0, True
        self._done = len(design.points) - len(jobs)
        self.total, self.safe = total, safe
        self._tell()

    def run(self, jobs: list[Job], stop: threading.Event, *, is_last: bool = True) -> bool:
        """Run all worlds that jobs miss; return False where it was stopped before the end.

        Parameters
        ----------
        is_last : bool
            They will miss no more: points whose worlds are all there are finished. Else they race, and of a world only
            what they are ranked by is held (`Job.read`).
        """
        self._is_last = is_last
        begun = time.monotonic()
        try:
            with closing(self._engine.lived(jobs, stop)) as worlds:
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
            if self._is_last:
                job.outcomes.append(told)
            else:
                assert self._aim is not None
                job.read[told.replication] = value_in(told, self._aim)
            job.unsaved.append(told)
            job.missing.remove(told.replication)
        if self._is_last and job.is_complete and job.error is None:
            self.finish(job)

    def finish(self, job: Job, worlds: int | None = None) -> None:
        """Write the files of a point from the worlds that it has; where it raced, from so many of the journal's."""
        outcomes = sorted(job.outcomes, key=lambda outcome: outcome.replication)
        if worlds is not None:
            outcomes = [told for told in self._store.kept(job.point.number) if told.replication < worlds]
        try:
            # Not known where all its worlds come from the journal of an earlier process.
            market = job.market or build_public(job.scenario).population.market
            found = tables(job.scenario, market, outcomes)
            if self._aim is not None:
                keep_worlds(found.daily, outcomes, self._aim)
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
