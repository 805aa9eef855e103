"""A sweep's worlds on the workers of a Dask scheduler; the bits are those of threads."""

from __future__ import annotations

import importlib.util
import logging
import math
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sim.errors import Fault, InputError, PregonError
from sim.experiment.engines.remote import FAILED_TRIES, Lived, Order, Remote, live
from sim.public_cache import code_version

LOCAL = "local"
CONNECT_SECONDS, RESULT_SECONDS, LOOK_SECONDS = 15.0, 60.0, 1.0
LOST_SECONDS, IDLE_SECONDS = 5.0, 30.0


class Cluster(Remote):
    """Live worlds on a Dask cluster; on threads of this process once the cluster is lost.

    It is started beside what the caller does until `connect`: processes of a local one load for some seconds.

    Parameters
    ----------
    address : str         ``tcp://host:port`` of a scheduler, or ``local`` for a process per worker on this machine
    workers : int         processes of a local cluster, and threads if it is lost
    rooms : tuple of str  rooms of `sim` that decide numbers, which workers must have alike

    Raises
    ------
    PregonError
        If the extra ``cluster`` is not installed.
    """

    def __init__(self, address: str, workers: int, rooms: tuple[str, ...]) -> None:
        super().__init__(workers, rooms)
        if importlib.util.find_spec("distributed") is None:
            raise PregonError("--dask wants the extra `cluster`: pip install 'pregon[cluster]'")
        self._starting: Future[tuple[Any, Any]] = ThreadPoolExecutor(1).submit(
            _connected, address, workers, rooms
        )
        self._client: Any = None
        self._seen = -math.inf
        self._nth = 0

    def connect(self) -> None:
        """Wait until it is there.

        Raises
        ------
        InputError
            If no scheduler answers at the address.
        """
        _, self._client = self._starting.result()

    def close(self) -> None:
        """Leave the scheduler to others; a local cluster ends."""
        if self._starting.exception() is not None:
            return
        cluster, client = self._starting.result()
        for held in (client, cluster):
            if held is not None:
                try:
                    held.close(timeout=5)
                except Exception:  # what is lost cannot be closed
                    logging.getLogger(__name__).debug("cluster not closed", exc_info=True)

    def _submit(self, orders: list[Order]) -> Any:
        self._nth += 1
        first = orders[0]
        key = f"worlds-{first.point}-{first.replications[0]}-{self._nth}"
        return self._client.submit(live, orders, self._code, self._rooms, key=key, pure=False)

    def _cancel(self, futures: list[Any]) -> None:
        self._client.cancel(futures)

    @property
    def _is_there(self) -> bool:
        return bool(self._client.status == "running")

    def _look(self) -> bool:
        """See now and then how many worlds the cluster lives at a time; 0 where no worker is there."""
        if self._is_there and time.monotonic() - self._seen > LOOK_SECONDS:
            try:
                self._n_places = sum(self._client.nthreads().values())
            except Exception:  # the scheduler is going away: its status will tell
                self._n_places = 0
            self._seen = time.monotonic()
        return self._is_there

    def _has_gone(self, quiet_seconds: float) -> bool:
        """Whether the scheduler has been away for `LOST_SECONDS`, or all workers for `IDLE_SECONDS`."""
        if not self._is_there:
            return quiet_seconds > LOST_SECONDS
        return quiet_seconds > IDLE_SECONDS and self._n_places == 0

    def _opened(self, future: Any) -> tuple[list[Lived] | None, Exception | None]:
        if future.status == "error":
            told = future.exception()
            return None, told if isinstance(told, Exception) else PregonError("a worker failed")
        if future.status != "finished":
            return None, None
        try:
            return future.result(timeout=RESULT_SECONDS), None
        except Exception:  # its worker went with the result
            return None, None


def _connected(address: str, workers: int, rooms: tuple[str, ...]) -> tuple[Any, Any]:
    """Return the local cluster, None for one elsewhere, and its client."""
    import dask
    from distributed import Client, LocalCluster

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    # A worker that is killed takes its tasks with it; that is the machine's fault and not theirs.
    dask.config.set({"distributed.scheduler.allowed-failures": FAILED_TRIES})
    if address == LOCAL:
        cluster = LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None,
            silence_logs=logging.CRITICAL,
        )  # fmt: skip
        client = Client(cluster, set_as_default=False)
        client.run(code_version, rooms)  # the model is loaded before the first world is asked for
        return cluster, client
    try:
        return None, Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        got = f"no scheduler answers ({str(error).splitlines()[0] if str(error) else type(error).__name__})"
        wanted = "want `local`, or the address of a running `dask scheduler` such as tcp://10.0.0.5:8786"
        raise InputError(Fault(f"--dask {address}", got, wanted)) from None
