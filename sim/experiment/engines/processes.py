"""A sweep's worlds in processes of this machine: for publics so small that threads would wait for each other."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from sim.errors import PregonError
from sim.experiment.engines.remote import Lived, Order, Remote, live
from sim.experiment.runner import Study, run_world
from sim.experiment.workers import Crew, is_small, threads_for

LEAST_SECONDS = 10.0  # of work for one processor; less is done before processes have started
MOST_BROKEN = 3
_BROKEN = (BrokenProcessPool, OSError)  # the second where a process dies while others are being started


def crew_for(study: Study, n_worlds: int, asked: int | None = None) -> Crew:
    """Return the quickest crew for many worlds of plans like this one.

    Parameters
    ----------
    study : Study
        Two of its worlds are lived to see how long one takes, where that decides.
    n_worlds : int
    asked : int, optional
        Worlds at a time; one per processor by default.
    """
    size = min(asked or os.cpu_count() or 1, max(n_worlds, 1))
    if size == 1 or not is_small(study.public):
        return Crew(size)
    run_world(study, 0)  # kernels are compiled or loaded before timing
    begun = time.perf_counter()
    run_world(study, 1)
    if (time.perf_counter() - begun) * n_worlds >= LEAST_SECONDS:
        return Crew(size, in_processes=True)
    return Crew(threads_for(study.public, asked))


class Processes(Remote):
    """Live worlds in processes of this machine; on threads of this one where they cannot be kept alive.

    Kernels of a small public take microseconds, and between them Python's lock lets one thread go on at a time:
    two processes live two worlds at a time, two threads do not.

    Parameters
    ----------
    workers : int         processes
    rooms : tuple of str  rooms of `sim` that decide numbers
    """

    def __init__(self, workers: int, rooms: tuple[str, ...]) -> None:
        super().__init__(workers, rooms)
        self._n_places = workers
        self._n_broken = 0
        self._pool = _started(workers)

    def close(self) -> None:
        """End the processes; what they have begun is not waited for."""
        for process in list((self._pool._processes or {}).values()):
            process.terminate()
        # The pool's own thread gives back what the system keeps for it, once it sees that its processes are gone.
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, orders: list[Order]) -> Future[list[Lived]]:
        try:
            return self._pool.submit(live, orders, self._code, self._rooms)
        except _BROKEN:
            broken: Future[list[Lived]] = Future()
            broken.set_exception(BrokenProcessPool())
            return broken

    def _cancel(self, futures: list[Any]) -> None:
        for future in futures:
            future.cancel()

    def _look(self) -> bool:
        return self._n_broken <= MOST_BROKEN

    def _has_gone(self, quiet_seconds: float) -> bool:
        return self._n_broken > MOST_BROKEN

    def _opened(self, future: Any) -> tuple[list[Lived] | None, Exception | None]:
        error = None if future.cancelled() else future.exception()
        if isinstance(error, BrokenProcessPool):
            self._mend()
            return None, None
        if error is not None:
            return None, error if isinstance(error, Exception) else PregonError("a process failed")
        return (None if future.cancelled() else future.result()), None

    def _mend(self) -> None:
        """Start new processes, once for all tasks that were lost with one: a pool dies whole."""
        try:
            self._pool.submit(os.getpid)
        except _BROKEN:
            self.close()
            self._n_broken += 1
            if self._n_broken <= MOST_BROKEN:
                self._pool = _started(self._workers)


def _started(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """Leave Ctrl-C to the driver, and end with it: a process whose driver was killed would wait for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    driver = multiprocessing.parent_process()
    assert driver is not None

    def follow() -> None:
        driver.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
