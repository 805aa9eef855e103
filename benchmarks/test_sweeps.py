"""A sweep over many plans: runs a minute, what the runner adds, memory, a local Dask cluster beside threads."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from benchmarks.workload import IS_TINY

ROOT = Path(__file__).resolve().parents[1]
# A fifth of 1,000 points: the whole takes ten minutes, and rates are the same.
POINTS, WORLDS, PEOPLE, DAYS = (4, 2, 500, 5) if IS_TINY else (200, 20, 20_000, 60)
SIZE = f"{POINTS} points × {WORLDS} worlds × {PEOPLE:,} people × {DAYS} days"
needs_dask = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="the extra `cluster`")


def swept(points: int, threads: int, dask: str | None = None) -> dict[str, Any]:
    """Return what a sweep took in a process of its own."""
    with TemporaryDirectory() as folder:
        asked = {
            "points": points, "replications": WORLDS, "people": PEOPLE, "days": DAYS, "threads": threads,
            "folder": str(Path(folder) / "out"), "dask": dask,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.sweeping", json.dumps(asked)], cwd=ROOT, capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@cache
def on_threads(points: int, threads: int) -> dict[str, Any]:
    return swept(points, threads)


@pytest.mark.benchmark(group="sweep")
@pytest.mark.parametrize("threads", [1, 2])
def test_threads(benchmark, note, threads):
    """Run the sweep; memory is told beside that of a quarter of its points."""
    benchmark.pedantic(lambda: on_threads(POINTS, threads), rounds=1)
    whole, quarter = on_threads(POINTS, threads), on_threads(POINTS // 4, threads)
    note(
        f"{threads} thread{'s' * (threads > 1)}", SIZE, work={"runs": POINTS * WORLDS},
        sweep_seconds=whole["wall"], runs_per_minute=60 * POINTS * WORLDS / whole["wall"],
        runner_share_of_worlds=whole["cpu"] / whole["worlds_cpu"] - 1,
        peak_bytes=whole["peak_bytes"], quarter_peak_bytes=quarter["peak_bytes"],
    )  # fmt: skip


@needs_dask
@pytest.mark.benchmark(group="sweep")
def test_local_cluster(benchmark, note):
    """Run the sweep on two worker processes; the cluster's start is part of it."""
    found = []
    benchmark.pedantic(lambda: found.append(swept(POINTS, 2, "local")), rounds=1)
    note(
        "Dask, 2 local workers", SIZE, work={"runs": POINTS * WORLDS}, sweep_seconds=found[0]["wall"],
        times_threads=found[0]["wall"] / on_threads(POINTS, 2)["wall"], driver_seconds=found[0]["cpu"],
    )  # fmt: skip
