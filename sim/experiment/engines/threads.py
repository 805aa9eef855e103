"""What a sweep's worlds are lived on: here, the threads of this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Protocol

from sim.experiment.design import Point
from sim.experiment.runner import Outcome, Study, prepare, run_world
from sim.scenario.schema import Scenario


@dataclass(slots=True)
class Job:
    """Follow one design point to its end.

    Attributes
    ----------
    missing : list of int            worlds to be lived
    outcomes : list of Outcome       worlds that are there; none of a point that races, they are in the journal
    unsaved : list of Outcome        those that are not in the journal yet
    read : dict of int to float      of a point that races: what it is ranked by, in each world that is there
    """

    point: Point
    scenario: Scenario
    missing: list[int]
    outcomes: list[Outcome]
    unsaved: list[Outcome] = field(default_factory=list)
    read: dict[int, float] = field(default_factory=dict)
    market: float = 0.0
    error: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all its worlds are there."""
        return not self.missing


Told = tuple[Job, Outcome | Exception | None]


class Engine(Protocol):
    """Live worlds somewhere; where does not change a bit of them."""

    def lived(self, jobs: list[Job], stop: threading.Event) -> Generator[Told, None, None]:
        """Yield (job, outcome or error) as worlds finish, and (job, None) for a job that misses none.

        A job's `market` is set before its first outcome. Once `stop` is set it ends soon.
        """
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


class Threads:
    """Live worlds on threads of this process; a sliding window of them keeps memory flat.

    One at a time they are lived on the caller's own thread: two that take turns at Python's lock cost a sweep of worlds
    of 13 ms each some 6 % more processor time.

    Parameters
    ----------
    workers : int    worlds at a time
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def close(self) -> None:
        """Do nothing: threads end with each round."""

    def lived(self, jobs: list[Job], stop: threading.Event) -> Generator[Told, None, None]:
        """Yield worlds as they finish (see `Engine`)."""
        yield from (_in_turn if self._workers == 1 else self._at_once)(jobs, stop)

    def _at_once(self, jobs: list[Job], stop: threading.Event) -> Generator[Told, None, None]:
        tasks = _tasks(jobs)
        left = threading.Event()  # the reader of this iterator has gone away
        with ThreadPoolExecutor(self._workers) as pool:
            pending: dict[Future[Outcome | None], Job] = {}
            is_open = True
            try:
                while not stop.is_set() and (is_open or pending):
                    while is_open and len(pending) < 2 * self._workers and not stop.is_set():
                        task = next(tasks, None)
                        if task is None:
                            is_open = False
                            continue
                        job, made, replication = task
                        if isinstance(made, Study):
                            is_stopped = _stopped_by(job, stop, left)
                            pending[pool.submit(run_world, made, replication, is_stopped)] = job
                        else:
                            yield job, made
                    done, _ = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield from _told(pending.pop(future), future)
            finally:
                left.set()


def _in_turn(jobs: list[Job], stop: threading.Event) -> Generator[Told, None, None]:
    for job, made, replication in _tasks(jobs):
        if stop.is_set():
            return
        if not isinstance(made, Study):
            yield job, made
            continue
        try:
            outcome: Outcome | Exception | None = run_world(made, replication, stop.is_set)
        except Exception as error:
            outcome = error
        if outcome is not None:
            yield job, outcome


def _stopped_by(job: Job, stop: threading.Event, left: threading.Event) -> Callable[[], bool]:
    return lambda: stop.is_set() or left.is_set() or job.error is not None


def _told(job: Job, future: Future[Outcome | None]) -> Iterator[Told]:
    error = future.exception()
    if error is None:
        outcome = future.result()
        if outcome is not None and job.error is None:
            yield job, outcome
    elif isinstance(error, Exception):
        yield job, error


def _tasks(jobs: list[Job]) -> Iterator[tuple[Job, Study | Exception | None, int]]:
    """Yield every world to be lived with its study; a job that cannot be made ready yields its error instead."""
    for job in jobs:
        if job.is_complete:
            yield job, None, 0
            continue
        for public, missing in missing_by_public(job):
            if job.error is not None:
                break
            try:
                study = prepare(job.scenario, public)
            except Exception as error:
                yield job, error, 0
                break
            job.market = study.public.population.market
            for replication in missing:
                if job.error is None:
                    yield job, study, replication


def missing_by_public(job: Job) -> Iterator[tuple[int, list[int]]]:
    """Yield each public of a job with the worlds on it that are missing."""
    publics = job.scenario.publics
    for public in range(publics):
        missing = [r for r in job.missing if r % publics == public]
        if missing:
            yield public, missing
