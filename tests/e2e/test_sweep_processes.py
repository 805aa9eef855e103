"""Sweeps on processes of the machine: the bytes of threads, whoever of them is killed, and nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from sim import Scenario
from sim.experiment import workers
from sim.experiment.engines import processes
from sim.experiment.engines.processes import crew_for
from sim.experiment.runner import prepare
from sim.experiment.workers import Crew, threads_for
from tests.e2e.command import done, edited, environment, write
from tests.plans import build, television
from tests.sweeps import IS_POSIX, SMALL, digest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
LONG = edited(SMALL, ("replications: 3", "replications: 150"))
DRIVER = """
from sim import Scenario
from sim.experiment.engines import processes
from sim.experiment.sweeps.sweep import sweep
from sim.experiment.sweeps.swept import SweepStopped

if __name__ == "__main__":
    processes.LEAST_SECONDS = 0.0
    try:
        sweep(Scenario.load("plan.yaml"), "out", threads=2, processes=True)
    except SweepStopped as stopped:
        print(stopped)
"""
needs_ps = pytest.mark.skipif(not IS_POSIX, reason="signals and ps as POSIX has them")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Return what the long sweep leaves on threads."""
    folder = tmp_path_factory.mktemp("threads")
    write(folder, {"plan.yaml": LONG})
    done("sweep", "plan.yaml", "--out", "out", "--threads", "1", cwd=folder)
    return digest(folder / "out")


class Running:
    """Follow a driver with two processes."""

    def __init__(self, folder):
        write(folder, {"plan.yaml": LONG, "driver.py": DRIVER})
        self.out = folder / "out"
        # A session of its own: Ctrl-C of a terminal reaches driver and processes alike.
        self.driver = subprocess.Popen(
            [sys.executable, "driver.py"], cwd=folder, env=environment(), start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip

    def workers(self):
        """Return the processes that live worlds, oldest first."""
        listed = subprocess.run(
            ["ps", "-axwwo", "pid=,pgid=,args="], capture_output=True, text=True, check=True
        )
        rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
        found = [
            int(pid) for pid, group, args in rows if int(group) == self.driver.pid and "spawn_main" in args
        ]
        return sorted(found)

    def wait_for_points(self, n):
        while len(list((self.out / "worlds").glob("0*.parquet"))) < n or not self.workers():
            assert self.driver.poll() is None, self.driver.communicate()
            time.sleep(0.05)

    def end(self):
        out, err = self.driver.communicate(timeout=600)
        assert self.driver.returncode == 0, err
        assert self.workers() == []
        return out


@needs_ps
@pytest.mark.parametrize(
    "n_killed", [pytest.param(0, marks=pytest.mark.verify), 1, pytest.param(2, marks=pytest.mark.verify)]
)
def test_processes_leave_the_bytes_of_threads(undisturbed, tmp_path, n_killed):
    """Whether or not some are killed while they live worlds."""
    running = Running(tmp_path)
    running.wait_for_points(1)
    for pid in running.workers()[:n_killed]:
        os.kill(pid, signal.SIGKILL)
    running.end()
    assert digest(tmp_path / "out") == undisturbed


@needs_ps
def test_whatever_dies_again_and_again_is_lived_on_threads(undisturbed, tmp_path):
    running = Running(tmp_path)
    running.wait_for_points(0)
    killed = set()
    until = time.monotonic() + 60
    while len(killed) < 2 * (processes.MOST_BROKEN + 2) and time.monotonic() < until:
        if running.driver.poll() is not None:
            break
        for pid in set(running.workers()) - killed:
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
    running.end()
    assert len(killed) > processes.MOST_BROKEN
    assert digest(tmp_path / "out") == undisturbed


@needs_ps
def test_they_end_with_a_driver_that_is_killed(undisturbed, tmp_path):
    """And the sweep started again goes on to the same bytes."""
    running = Running(tmp_path)
    running.wait_for_points(1)
    running.driver.kill()
    running.driver.communicate()
    until = time.monotonic() + 60
    while running.workers() and time.monotonic() < until:
        time.sleep(0.1)
    assert running.workers() == []
    Running(tmp_path).end()
    assert digest(tmp_path / "out") == undisturbed


@needs_ps
def test_ctrl_c_stops_them_and_what_was_told_is_kept(undisturbed, tmp_path):
    running = Running(tmp_path)
    running.wait_for_points(1)
    os.killpg(running.driver.pid, signal.SIGINT)
    assert "interrupted" in running.end()
    Running(tmp_path).end()
    assert digest(tmp_path / "out") == undisturbed


def study(agents):
    return prepare(build(television(40, agents=agents, days=3)))


def test_threads_are_for_publics_that_keep_them_busy(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(workers, "FEWEST_FOR_THREADS", 300)
    small, large = study(299).public, study(300).public
    assert (threads_for(small), threads_for(large)) == (1, 4)
    assert (threads_for(small, 3), threads_for(large, 3)) == (3, 3)


def test_processes_are_for_small_publics_and_much_to_do(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(workers, "FEWEST_FOR_THREADS", 300)
    small, large = study(299), study(300)
    assert crew_for(small, 1) == Crew(1)
    assert crew_for(small, 10**9) == Crew(4, in_processes=True)
    assert crew_for(small, 10**9, 3) == Crew(3, in_processes=True)
    assert crew_for(small, 10**9, 1) == Crew(1)
    assert crew_for(large, 10**9) == Crew(4)
    monkeypatch.setattr(processes, "LEAST_SECONDS", 1e9)
    assert crew_for(small, 100) == Crew(1)
    assert str(Crew(4, in_processes=True)) == "4 processes"
    assert Crew(4, in_processes=True).bytes == 4 * Crew(1, in_processes=True).bytes > Crew(4).bytes == 0
    assert [str(Crew(n)) for n in (1, 2)] == ["1 thread", "2 threads"]


def test_a_sweep_called_from_a_script_starts_no_processes_unasked(monkeypatch, tmp_path):
    from sim.experiment.sweeps import sweep

    def refused(*_):
        raise AssertionError("processes")

    monkeypatch.setattr(sweep, "Processes", refused)
    monkeypatch.setattr(processes, "LEAST_SECONDS", 0.0)
    write(tmp_path, {"plan.yaml": SMALL})
    scenario = Scenario.load(tmp_path / "plan.yaml")
    sweep.sweep(scenario, tmp_path / "out", threads=2)
    with pytest.raises(AssertionError, match="processes"):
        sweep.sweep(scenario, tmp_path / "other", threads=2, processes=True)
