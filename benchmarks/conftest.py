"""What all benchmarks share: figures beside a time, and a machine without a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks import machine

Note = Callable[..., None]


@pytest.fixture
def note(benchmark: Any) -> Note:
    """Return a function that writes what was measured beside the time.

    ``note(what, size, work={"contacts": n}, …)``: `work` is what one round does, told per second;
    other keywords are figures, told as they are.
    """

    def write(what: str, size: str = "", *, work: dict[str, float] | None = None, **figures: Any) -> None:
        benchmark.extra_info.update(what=what, size=size, work=work or {}, figures=figures)

    return write


def pytest_benchmark_update_machine_info(config: Any, machine_info: dict[str, Any]) -> None:
    """Leave out the host's name and whatever else tells one machine from another of its kind."""
    machine_info.clear()
    machine_info["name"] = machine.name()


def pytest_benchmark_update_commit_info(config: Any, commit_info: dict[str, Any]) -> None:
    """Keep the commit, and say nothing of branch and author."""
    for key in [k for k in commit_info if k not in ("id", "dirty", "time")]:
        del commit_info[key]
