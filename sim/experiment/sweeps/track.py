"""A sweep whose points race: what is asked of them, and worlds that an earlier process has run."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, InputError
from sim.experiment.design import Design
from sim.experiment.engines.threads import Job
from sim.experiment.race import LEAST_FIRST, Raced, race
from sim.experiment.ranking import Aim
from sim.experiment.sweeps.driver import Driver
from sim.experiment.sweeps.ranks import aim_of, columns_of
from sim.experiment.sweeps.store import Store
from sim.experiment.sweeps.tables import read_worlds
from sim.scenario.schema import Scenario


def race_runs(scenario: Scenario, marks: list[str]) -> int | None:
    """Return the runs of a race; None where there is none.

    Raises
    ------
    InputError
        If the points cannot race: not on the same worlds, or too few runs.
    """
    spec = None if scenario.sweep is None else scenario.sweep.rank
    if spec is None or spec.race is None:
        return None
    where, least = scenario.where("sweep.rank.race"), LEAST_FIRST * len(marks)
    if len(set(marks)) > 1 or scenario.publics > 1:
        wanted = "want points on one public, with one length, or no race"
        raise InputError(Fault(where, "a race of points on different worlds", wanted))
    if spec.race < least:
        got = f"{spec.race} runs for {len(marks)} points"
        raise InputError(Fault(where, got, f"want {LEAST_FIRST} for each at least: {least}"))
    return spec.race


class _Halted(Exception):
    """The race was stopped before its end."""


class Track:
    """Let the points of a sweep race; what an earlier process has run is not run again.

    Parameters
    ----------
    scenario : Scenario
    design : Design
    scenarios : sequence of Scenario    of each point
    store : Store
    driver : Driver
    jobs : list of Job                  of the points that are not finished
    stop : threading.Event

    Notes
    -----
    A finished point of a race takes part by its files. Where the race now goes another way than it did, as when a
    point that failed does not fail any more, and wants other worlds of it than are there, they are lived anew.
    """

    def __init__(
        self,
        scenario: Scenario,
        design: Design,
        scenarios: Sequence[Scenario],
        store: Store,
        driver: Driver,
        jobs: list[Job],
        stop: threading.Event,
    ) -> None:
        aim = aim_of(scenario)
        assert aim is not None
        self._aim: Aim = aim
        self._luck, self._design, self._scenarios = scenario.master_seed, design, scenarios
        self._store, self._driver, self._stop = store, driver, stop
        self._jobs = {job.point.number - 1: job for job in jobs}
        self._finished = {i: store.n_worlds(i + 1) for i in range(len(design.points)) if i not in self._jobs}

    def run(self, runs: int) -> Raced | None:
        """Run the race and write the files of every point; None where it was stopped."""
        try:
            raced = race(self._ask, len(self._design.points), runs, self._aim, luck=self._luck)
            for plan, there in list(self._finished.items()):
                if there != raced.worlds[plan]:
                    self._again(plan)
                    self._live([plan], int(raced.worlds[plan]))
        except _Halted:
            return None
        for plan, job in self._jobs.items():
            if job.error is None:
                self._driver.finish(job, int(raced.worlds[plan]))
        return raced

    def _ask(self, plans: list[int], first: int, end: int) -> npt.NDArray[np.float64]:
        for plan in plans:
            if self._finished.get(plan, end) < end:
                self._again(plan)
        self._live(plans, end)
        return np.stack([self._values(plan, first, end) for plan in plans], axis=1)

    def _again(self, plan: int) -> None:
        """Let a finished point run once more: of its worlds only what they came to is on disk."""
        del self._finished[plan]
        self._jobs[plan] = Job(self._design.points[plan], self._scenarios[plan], [], [])

    def _live(self, plans: list[int], end: int) -> None:
        """Live the first worlds of some points, as far as they are not there."""
        asked = [self._jobs[plan] for plan in plans if plan in self._jobs]
        for job in asked:
            job.missing = [r for r in range(end) if r not in job.read]
        running = [job for job in asked if job.error is None and job.missing]
        if not self._driver.run(running, self._stop, is_last=False):
            raise _Halted

    def _values(self, plan: int, first: int, end: int) -> npt.NDArray[np.float64]:
        out = np.full(end - first, np.nan)
        if plan in self._finished:
            worlds = read_worlds(self._store.folder, [plan + 1], [self._aim.metric])
            (told,) = columns_of(worlds, worlds["design_point"].iloc[:1], self._aim)
            return out if told is None else told[first:end]
        job = self._jobs[plan]
        if job.error is None:
            out[:] = [job.read.get(r, np.nan) for r in range(first, end)]
        return out
