"""A Dask scheduler and workers as processes of their own, which tests may kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.command import environment

SECONDS = 60


class DaskCluster:
    """Hold the processes of a scheduler and its workers; a worker that dies is not started again."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._file = folder, folder / "scheduler.json"
        self._log = (folder / "dask.log").open("w")
        self.scheduler = self._started(
            "dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            self._file,
        )
        self.address = ""
        self._wait(lambda: self._file.exists() and bool(self._file.read_text()))
        self.address = json.loads(self._file.read_text())["address"]
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_worker(self) -> None:
        """Start a worker of one thread."""
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", self._folder)
        self.workers.append(self._started("dask_worker", self.address, *options))

    def kill_worker(self) -> None:
        """Kill the oldest worker, as power would go."""
        self._kill(self.workers.pop(0))

    def kill_scheduler(self) -> None:
        """Kill the scheduler; its workers end by themselves."""
        self._kill(self.scheduler)

    def close(self) -> None:
        """Kill all that is left."""
        for process in (*self.workers, self.scheduler):
            self._kill(process)
        self._log.close()

    def _started(self, command: str, *options: object) -> subprocess.Popen[bytes]:
        whole = [sys.executable, "-m", f"distributed.cli.{command}", *map(str, options)]
        return subprocess.Popen(
            whole, cwd=self._folder, env=environment(), stdout=self._log, stderr=self._log
        )

    @staticmethod
    def _kill(process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()

    @staticmethod
    def _wait(is_so) -> None:
        begun = time.monotonic()
        while not is_so():
            assert time.monotonic() - begun < SECONDS, "no scheduler came up"
            time.sleep(0.05)


@contextmanager
def dask_cluster(folder: Path, n_workers: int = 2) -> Iterator[DaskCluster]:
    """Yield a cluster of so many workers."""
    found = DaskCluster(folder)
    try:
        for _ in range(n_workers):
            found.add_worker()
        yield found
    finally:
        found.close()
