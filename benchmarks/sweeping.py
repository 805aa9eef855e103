"""A new process that runs one sweep of the reference workload: ``python -m benchmarks.sweeping JSON``."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from benchmarks.probe import peak_bytes
from benchmarks.workload import GRP, reference

VARIED = ("plan.flights.on tv.grp", "plan.flights.on video.grp", "plan.flights.on network.grp")
PROBED = 8


def plan(points: int, replications: int, people: int, days: int) -> dict[str, Any]:
    """Return the reference workload with three flights varied over a latin hypercube."""
    each = GRP / 5
    vary = {address: {"from": each / 2, "to": 2 * each} for address in VARIED}
    sweep = {"design": "latin_hypercube", "points": points, "vary": vary, "rank": {"metric": "adoption_lift"}}
    return reference(people, days=days) | {"replications": replications, "sweep": sweep}


def measure(
    points: int, replications: int, people: int, days: int, threads: int, folder: str, by: str
) -> dict[str, Any]:
    """Sweep once by threads, processes or Dask, after a world that loads the kernels.

    Returns wall seconds, this process's processor seconds, those of the worlds by themselves, and its peak memory.
    """
    from sim.experiment.design import checked, design_of
    from sim.experiment.runner import prepare, run_world
    from sim.experiment.sweep import sweep
    from sim.scenario.schema import Scenario

    scenario = Scenario.from_dict(plan(points, replications, people, days))
    some = checked(scenario, design_of(scenario))[:: max(1, points // PROBED)]
    studies = [prepare(one) for one in some]
    run_world(studies[0], 0)

    def alone() -> float:
        spent = time.process_time()
        for replication in range(2):
            for study in studies:
                run_world(study, replication)
        return (time.process_time() - spent) / (2 * len(studies))

    before = alone()
    begun, spent = time.perf_counter(), time.process_time()
    sweep(
        scenario, folder, threads=threads, dask="local" if by == "Dask" else None, processes=by == "processes"
    )
    wall, cpu = time.perf_counter() - begun, time.process_time() - spent
    return {
        "wall": wall,
        "cpu": cpu,
        "worlds_cpu": (before + alone()) / 2 * points * replications,  # before and after: machines slow down
        "peak_bytes": peak_bytes(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(**json.loads(sys.argv[1]))))
