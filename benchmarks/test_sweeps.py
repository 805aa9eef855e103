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
SMALL = (4, 2, 500, 5) if IS_TINY else (250, 20, 20_000, 60)
MANY = (8, 2, 500, 5) if IS_TINY else (1000, 20, 20_000, 60)
LARGE = (2, 2, 500, 5) if IS_TINY else (16, 12, 400_000, 60)
pytestmark = pytest.mark.timeout(
    1800
)  # a thousand points on one thread take five minutes, and a quarter of them one more
needs_dask = pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="the extra `cluster`")


def told(size: tuple[int, ...]) -> str:
    points, worlds, people, days = size
    return f"{points:,} points × {worlds} worlds × {people:,} people × {days} days"


@cache
def swept(size: tuple[int, ...], workers: int, by: str, *, is_warm: bool = True) -> dict[str, Any]:
    """Return what a sweep took in a process of its own, its kernels loaded before or not."""
    points, worlds, people, days = size
    with TemporaryDirectory() as folder:
        asked = {
            "points": points, "replications": worlds, "people": people, "days": days, "threads": workers,
            "folder": str(Path(folder) / "out"), "by": by, "is_warm": is_warm,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.sweeping", json.dumps(asked)], cwd=ROOT, capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.benchmark(group="sweep")
@pytest.mark.parametrize(
    ("size", "workers", "by"), [(MANY, 1, "threads"), (SMALL, 2, "threads"), (MANY, 2, "processes")]
)
def test_machine(benchmark, note, size, workers, by):
    """Run a sweep of a small public; memory is told beside that of a quarter of its points.

    All that is not worlds is told in three: a point's tables and files, the tables over all points with the report, and
    the runner: plans made ready and handed out, the journal, progress.
    """
    benchmark.pedantic(lambda: swept(size, workers, by), rounds=1)
    whole, quarter = swept(size, workers, by), swept((size[0] // 4, *size[1:]), workers, by)
    runs = size[0] * size[1]
    figures = {"peak_bytes": whole["peak_bytes"], "quarter_peak_bytes": quarter["peak_bytes"]}
    if workers == 1:
        worlds, files, end = (whole[f"{part}_cpu"] for part in ("worlds", "files", "end"))
        figures["files_share"], figures["end_share"] = files / worlds, end / worlds
        figures["runner_share"] = (whole["cpu"] - files - end) / worlds - 1
    name = "1 thread" if workers == 1 else f"{workers} {by}"
    note(name, told(size), work={"runs": runs}, sweep_seconds=whole["wall"], **figures)


@needs_dask
@pytest.mark.benchmark(group="sweep")
@pytest.mark.parametrize(("size", "other"), [(SMALL, "processes"), (LARGE, "threads")])
def test_local_cluster(benchmark, note, size, other):
    """Run a sweep on two worker processes of Dask beside what is quickest without, each from its start."""
    benchmark.pedantic(lambda: swept(size, 2, "Dask", is_warm=False), rounds=1)
    seconds, beside = (swept(size, 2, by, is_warm=False)["wall"] for by in ("Dask", other))
    note(
        "Dask, 2 local workers", told(size), work={"runs": size[0] * size[1]}, sweep_seconds=seconds,
        **{f"times_{other}": seconds / beside},
    )  # fmt: skip
