"""A sweep's worlds lived in other processes, here or elsewhere: portions go out, worlds come back."""

from __future__ import annotations

import queue
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.errors import PregonError
from sim.experiment.engines.threads import Job, Threads, Told, missing_by_public
from sim.experiment.runner import Outcome, prepare, run_world
from sim.public import keeping
from sim.public_cache import code_version
from sim.scenario.identity import public_hash
from sim.scenario.schema import Scenario

TASK_SECONDS = 1.0  # a task costs the driver some 3 ms
MOST_WORLDS = 1000
MOST_KEPT = 4
FAILED_TRIES = 10


@dataclass(frozen=True, slots=True)
class Order:
    """Hold worlds of one design point on one public, as they go to a worker.

    Parameters
    ----------
    point : int
    scenario : Scenario
    mark : str        hash of scenario's public with its data files, as the driver has them
    public : int
    replications : list of int
    """

    point: int
    scenario: Scenario
    mark: str
    public: int
    replications: list[int]


@dataclass(frozen=True, slots=True)
class Lived:
    """Hold what a worker made of an order: the worlds, or why it could not."""

    point: int
    market: float = 0.0
    seconds: float = 0.0
    outcomes: list[Outcome] = field(default_factory=list)
    error: Exception | None = None


def live(orders: Sequence[Order], code: str, rooms: tuple[str, ...]) -> list[Lived]:
    """Live the worlds of some orders; run on a worker."""
    if code_version(rooms) != code:
        wanted = (
            "want the same version of pregon and its libraries, and one kind of machine, as on the driver"
        )
        told = PregonError(f"a worker has other code; {wanted}")
        return [Lived(order.point, error=told) for order in orders]
    with keeping(MOST_KEPT):
        return [_lived(order) for order in orders]


def _lived(order: Order) -> Lived:
    try:
        if public_hash(order.scenario) != order.mark:
            raise PregonError(
                "a worker reads other data files than the driver; want a folder that both share"
            )
        study = prepare(order.scenario, order.public)
        begun = time.perf_counter()
        found = [run_world(study, replication) for replication in order.replications]
    except Exception as error:
        return Lived(order.point, error=_portable(error))
    outcomes = [outcome for outcome in found if outcome is not None]
    seconds = (time.perf_counter() - begun) / max(len(outcomes), 1)
    return Lived(order.point, study.public.population.market, seconds, outcomes)


def _portable(error: Exception) -> PregonError:
    """Return an error that says the same and travels between processes."""
    text = str(error) or type(error).__name__
    return PregonError(text if isinstance(error, PregonError) else f"{type(error).__name__}: {text}")


class Remote(ABC):
    """Live worlds in other processes; on threads of this one once those are lost.

    Parameters
    ----------
    workers : int         threads if the others are lost
    rooms : tuple of str  rooms of `sim` that decide numbers, which workers must have alike
    """

    def __init__(self, workers: int, rooms: tuple[str, ...]) -> None:
        self._workers, self._rooms, self._code = workers, rooms, code_version(rooms)
        self._is_lost = False
        self._seconds = 0.0  # per world, as the workers tell
        self._n_places = 1

    @abstractmethod
    def close(self) -> None:
        """Give back what is held."""

    @abstractmethod
    def _look(self) -> bool:
        """See whether portions can be sent, and into `_n_places` to how many workers."""

    @abstractmethod
    def _has_gone(self, quiet_seconds: float) -> bool:
        """Tell whether nothing will come any more; nothing has for so long."""

    @abstractmethod
    def _submit(self, orders: list[Order]) -> Any:
        """Send orders out as one task; return its future."""

    @abstractmethod
    def _opened(self, future: Any) -> tuple[list[Lived] | None, Exception | None]:
        """Return what a task brought, or why it failed; neither where it went away with its worker."""

    @abstractmethod
    def _cancel(self, futures: list[Any]) -> None:
        """Call tasks back that are not needed any more."""

    def lived(self, jobs: list[Job], stop: threading.Event) -> Generator[Told, None, None]:
        """Yield worlds as they arrive (see `Engine`); what a lost worker had is lived by another."""
        yield from ((job, None) for job in jobs if job.is_complete)
        if not self._is_lost:
            yield from self._from_workers([job for job in jobs if not job.is_complete], stop)
        left = [job for job in jobs if job.missing and job.error is None]
        if left and not stop.is_set():
            yield from Threads(self._workers).lived(left, stop)

    def _from_workers(self, jobs: list[Job], stop: threading.Event) -> Generator[Told, None, None]:
        by_point = {job.point.number: job for job in jobs}
        portions = _Portions(jobs)
        arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
        pending: dict[Any, list[Order]] = {}
        quiet_since = time.monotonic()
        try:
            while not stop.is_set() and (pending or portions.are_left):
                while self._look() and portions.are_left and len(pending) < 2 * self._n_places + 2:
                    orders = portions.next(self._per_task())
                    if orders:
                        future = self._submit(orders)
                        pending[future] = orders
                        future.add_done_callback(arrived.put)
                try:
                    future = arrived.get(timeout=0.2)
                except queue.Empty:
                    if self._has_gone(time.monotonic() - quiet_since):
                        self._is_lost = True
                        return
                    continue
                quiet_since = time.monotonic()
                yield from self._taken(future, pending.pop(future, None), portions, by_point)
        finally:
            if pending and not self._is_lost:
                self._cancel(list(pending))

    def _taken(
        self, future: Any, orders: list[Order] | None, portions: _Portions, jobs: dict[int, Job]
    ) -> Iterator[Told]:
        """Yield what a finished task brought; where it brought nothing, its worlds are asked for again."""
        if orders is None:
            return
        found, reason = self._opened(future)
        if found is None:
            portions.again(orders, reason)
            for point, told in portions.given_up():
                yield jobs[point], told
            return
        for lived in found:
            job = jobs[lived.point]
            if job.error is not None:
                continue
            if lived.error is not None:
                yield job, lived.error
                continue
            job.market = lived.market
            self._seconds = lived.seconds if not self._seconds else 0.8 * self._seconds + 0.2 * lived.seconds
            for outcome in lived.outcomes:
                if outcome.replication in job.missing:
                    yield job, outcome

    def _per_task(self) -> int:
        """Return how many worlds make a task long enough; one while their time is not known."""
        if not self._seconds:
            return 1
        return max(1, min(MOST_WORLDS, round(TASK_SECONDS / self._seconds)))


class _Portions:
    """Deal the worlds that jobs miss into tasks; what comes back undone is dealt again."""

    def __init__(self, jobs: list[Job]) -> None:
        self._jobs = {job.point.number: job for job in jobs}
        self._fresh = self._dealt(jobs)
        self._back: list[Order] = []
        self._next: Order | None = next(self._fresh, None)
        self._tries: dict[int, int] = {}
        self._lost: dict[int, Exception] = {}

    @property
    def are_left(self) -> bool:
        """Whether there is more to deal."""
        return bool(self._back) or self._next is not None

    def next(self, n_worlds: int) -> list[Order]:
        """Return orders of about so many worlds in all; none where the jobs that they were of have failed."""
        if self._back:
            return [order for order in [self._back.pop()] if self._jobs[order.point].error is None]
        out: list[Order] = []
        while self._next is not None and n_worlds > 0:
            order = self._next
            if self._jobs[order.point].error is not None:
                self._next = next(self._fresh, None)
                continue
            taken, rest = order.replications[:n_worlds], order.replications[n_worlds:]
            out.append(_with(order, taken))
            n_worlds -= len(taken)
            self._next = _with(order, rest) if rest else next(self._fresh, None)
        return out

    def again(self, orders: list[Order], reason: Exception | None) -> None:
        """Take orders back that came to nothing; a point whose tasks fail ever again is given up."""
        for order in orders:
            self._tries[order.point] = self._tries.get(order.point, 0) + (reason is not None)
            if reason is None or self._tries[order.point] < FAILED_TRIES:
                self._back.append(order)
            else:
                self._lost[order.point] = reason

    def given_up(self) -> list[tuple[int, Exception]]:
        """Return the points that were given up since the last call, with why."""
        out, self._lost = list(self._lost.items()), {}
        return out

    @staticmethod
    def _dealt(jobs: list[Job]) -> Iterator[Order]:
        for job in jobs:
            mark = public_hash(job.scenario)
            for public, missing in missing_by_public(job):
                yield Order(job.point.number, job.scenario, mark, public, missing)


def _with(order: Order, replications: list[int]) -> Order:
    return Order(order.point, order.scenario, order.mark, order.public, replications)
