"""A sweep's worlds on the workers of a Dask scheduler; the bits are those of threads."""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Fault, InputError, PregonError
from sim.experiment.runner import Outcome, prepare, run_world
from sim.experiment.sweep_threads import Job, Threads, Told, missing_by_public
from sim.public import keeping
from sim.public_cache import code_version
from sim.scenario.identity import public_hash
from sim.scenario.schema import Scenario

LOCAL = "local"
TASK_SECONDS = 1.0  # a task costs the driver some 3 ms
MOST_WORLDS = 1000
CONNECT_SECONDS, RESULT_SECONDS, LOOK_SECONDS = 15.0, 60.0, 1.0
LOST_SECONDS, IDLE_SECONDS = 5.0, 30.0
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


class Cluster:
    """Live worlds on a Dask cluster; on threads of this process once the cluster is lost.

    Parameters
    ----------
    address : str         ``tcp://host:port`` of a scheduler, or ``local`` for a process per worker on this machine
    workers : int         processes of a local cluster, and threads if it is lost
    rooms : tuple of str  rooms of `sim` that decide numbers, which workers must have alike

    Raises
    ------
    PregonError
        If the extra ``cluster`` is not installed.
    InputError
        If no scheduler answers at the address.
    """

    def __init__(self, address: str, workers: int, rooms: tuple[str, ...]) -> None:
        self._workers, self._rooms, self._code = workers, rooms, code_version(rooms)
        self._cluster, self._client = _connected(address, workers)
        self._is_lost = False
        self._seconds = 0.0  # per world, as the workers tell
        self._n_threads, self._seen = 1, -math.inf
        self._nth = 0

    def close(self) -> None:
        """Leave the scheduler to others; a local cluster ends."""
        for held in (self._client, self._cluster):
            if held is not None:
                try:
                    held.close(timeout=5)
                except Exception:  # what is lost cannot be closed
                    logging.getLogger(__name__).debug("cluster not closed", exc_info=True)

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
                self._look()
                while portions.are_left and self._is_there and len(pending) < 2 * self._n_threads + 2:
                    orders = portions.next(self._per_task())
                    if orders:
                        pending[self._sent(orders, arrived)] = orders
                try:
                    future = arrived.get(timeout=0.2)
                except queue.Empty:
                    if self._has_gone(time.monotonic() - quiet_since):
                        self._is_lost = True
                        return
                    continue
                quiet_since = time.monotonic()
                yield from self._opened(future, pending.pop(future, None), portions, by_point)
        finally:
            if pending and not self._is_lost:
                self._client.cancel(list(pending))

    def _opened(
        self, future: Any, orders: list[Order] | None, portions: _Portions, jobs: dict[int, Job]
    ) -> Iterator[Told]:
        """Yield what a finished task brought; where it brought nothing, its worlds are asked for again."""
        found, reason = _result(future)
        if orders is None:
            return
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

    def _sent(self, orders: list[Order], arrived: queue.SimpleQueue[Any]) -> Any:
        self._nth += 1
        first = orders[0]
        key = f"worlds-{first.point}-{first.replications[0]}-{self._nth}"
        future = self._client.submit(live, orders, self._code, self._rooms, key=key, pure=False)
        future.add_done_callback(arrived.put)
        return future

    def _per_task(self) -> int:
        """Return how many worlds make a task long enough; one while their time is not known."""
        if not self._seconds:
            return 1
        return max(1, min(MOST_WORLDS, round(TASK_SECONDS / self._seconds)))

    @property
    def _is_there(self) -> bool:
        return bool(self._client.status == "running")

    def _look(self) -> None:
        """See now and then how many worlds the cluster lives at a time; 0 where no worker is there."""
        if self._is_there and time.monotonic() - self._seen > LOOK_SECONDS:
            try:
                self._n_threads = sum(self._client.nthreads().values())
            except Exception:  # the scheduler is going away: its status will tell
                self._n_threads = 0
            self._seen = time.monotonic()

    def _has_gone(self, quiet_seconds: float) -> bool:
        """Whether the scheduler has been away for `LOST_SECONDS`, or all workers for `IDLE_SECONDS`."""
        if not self._is_there:
            return quiet_seconds > LOST_SECONDS
        return quiet_seconds > IDLE_SECONDS and self._n_threads == 0


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


def _result(future: Any) -> tuple[list[Lived] | None, Exception | None]:
    """Return what a task brought, or why it failed; neither where it went away with worker or scheduler."""
    if future.status == "error":
        told = future.exception()
        return None, told if isinstance(told, Exception) else PregonError("a worker failed")
    if future.status != "finished":
        return None, None
    try:
        return future.result(timeout=RESULT_SECONDS), None
    except Exception:  # its worker went with the result
        return None, None


def _connected(address: str, workers: int) -> tuple[Any, Any]:
    """Return the local cluster, None for one elsewhere, and its client."""
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise PregonError("--dask wants the extra `cluster`: pip install 'pregon[cluster]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    # A worker that is killed takes its tasks with it; that is the machine's fault and not theirs.
    dask.config.set({"distributed.scheduler.allowed-failures": FAILED_TRIES})
    if address == LOCAL:
        cluster = LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None,
            silence_logs=logging.CRITICAL,
        )  # fmt: skip
        return cluster, Client(cluster, set_as_default=False)
    try:
        return None, Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        got = f"no scheduler answers ({str(error).splitlines()[0] if str(error) else type(error).__name__})"
        wanted = "want `local`, or the address of a running `dask scheduler` such as tcp://10.0.0.5:8786"
        raise InputError(Fault(f"--dask {address}", got, wanted)) from None
