"""A new process that runs one sweep of the reference workload: ``python -m benchmarks.sweeping JSON``."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.probe import peak_bytes
from benchmarks.workload import GRP, reference

VARIED = ("plan.flights.on tv.grp", "plan.flights.on video.grp", "plan.flights.on network.grp")


def plan(points: int, replications: int, people: int, days: int) -> dict[str, Any]:
    """Return the reference workload with three flights varied over a latin hypercube."""
    each = GRP / 5
    vary = {address: {"from": each / 2, "to": 2 * each} for address in VARIED}
    sweep = {"design": "latin_hypercube", "points": points, "vary": vary, "rank": {"metric": "adoption_lift"}}
    return reference(people, days=days) | {"replications": replications, "sweep": sweep}


def measure(
    points: int,
    replications: int,
    people: int,
    days: int,
    threads: int,
    folder: str,
    by: str,
    is_warm: bool = True,
) -> dict[str, Any]:
    """Sweep once by threads, processes or Dask; where it is to be warm, after a world that loads the kernels.

    Returns wall seconds, this process's peak memory and processor seconds, and where worlds are lived one at a time in
    this process, what of these went into worlds, into each point's tables and files, and into the tables over all.
    """
    from sim.experiment.design import checked, design_of
    from sim.experiment.engines import threads as engine
    from sim.experiment.runner import prepare, run_world
    from sim.experiment.sweeps import sweep as whole
    from sim.experiment.sweeps.driver import Driver
    from sim.scenario.schema import Scenario

    scenario = Scenario.from_dict(plan(points, replications, people, days))
    if is_warm:
        run_world(prepare(checked(scenario, design_of(scenario))[0]), 0)
    spent: dict[str, float] = {}
    if by == "threads" and threads == 1:
        parts = (engine, "run_world", "worlds"), (Driver, "finish", "files"), (whole, "_swept", "end")
        for there, name, part in parts:
            setattr(there, name, clocked(getattr(there, name), part, spent))
    begun, before = time.perf_counter(), time.process_time()
    dask = "local" if by == "Dask" else None
    whole.sweep(scenario, folder, threads=threads, dask=dask, processes=by == "processes")
    wall, cpu = time.perf_counter() - begun, time.process_time() - before
    return {
        "wall": wall,
        "cpu": cpu,
        "peak_bytes": peak_bytes(),
        **{f"{part}_cpu": s for part, s in spent.items()},
    }


def clocked(act: Callable[..., Any], part: str, spent: dict[str, float]) -> Callable[..., Any]:
    """Return a function that does the same and adds the processor seconds it took to a part."""

    def doing(*args: Any, **kwargs: Any) -> Any:
        before = time.process_time()
        try:
            return act(*args, **kwargs)
        finally:
            spent[part] = spent.get(part, 0.0) + time.process_time() - before

    return doing


if __name__ == "__main__":
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # as `pregon` does
    print(json.dumps(measure(**json.loads(sys.argv[1]))))
