"""Progress on a terminal as a bar with time left; elsewhere as plain lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def progress(console: Console, label: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function to call with (worlds done, worlds wanted)."""
    if not console.is_terminal:
        yield _plain(console, label)
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("worlds"),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(f"{label}preparing", total=None)

        def tell(done: int, wanted: int) -> None:
            bar.update(task, description=f"{label}running", completed=done, total=wanted)

        yield tell


@contextmanager
def sweep_progress(console: Console) -> Iterator[Callable[[int, int, str], None]]:
    """Yield a function to call with (worlds safe on disk, worlds wanted, words on design points)."""
    if not console.is_terminal:
        yield _SweepLines(console).tell
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("worlds"),
        TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("preparing", total=None, rate="")
        pace = _Pace()

        def tell(done: int, wanted: int, points: str) -> None:
            rate = pace.per_minute(done)
            words = f"{rate:,.0f}/min" if rate else ""
            bar.update(task, description=points, completed=done, total=wanted, rate=words)

        yield tell


class _Pace:
    """Tell how fast worlds are done, from the first that this process has done."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._at = -1

    def per_minute(self, done: int) -> float:
        """Return worlds per minute; 0 while it cannot be told."""
        now = time.monotonic()
        if self._at < 0:  # what an earlier process has left says nothing of this one's pace
            self._begun, self._at = now, done
        return (
            60.0 * (done - self._at) / (now - self._begun) if done > self._at and now > self._begun else 0.0
        )


class _SweepLines:
    """Tell a sweep's progress in plain lines, some seconds apart."""

    def __init__(self, console: Console) -> None:
        self._console, self._pace = console, _Pace()
        self._told, self._first = time.monotonic(), True

    def tell(self, done: int, wanted: int, points: str) -> None:
        """Print a line at the start, at the end, and now and then between."""
        rate, now = self._pace.per_minute(done), time.monotonic()
        if self._first or done == wanted or now - self._told >= SECONDS_BETWEEN_LINES:
            pace = f", {rate:,.0f} worlds a minute" if rate else ""
            left = f", about {60.0 * (wanted - done) / rate:.0f} s left" if rate and done < wanted else ""
            self._console.print(f"{done} of {wanted} worlds, {points}{pace}{left}", markup=False)
            self._told, self._first = now, False


def _plain(console: Console, label: str) -> Callable[[int, int], None]:
    begun = time.monotonic()
    first_done = told = 0.0

    def tell(done: int, wanted: int) -> None:
        nonlocal first_done, told
        now = time.monotonic()
        if done == wanted:
            console.print(f"{label}{wanted} worlds in {now - begun:.0f} s", markup=False)
        elif done == 1:
            first_done = told = now
            console.print(f"{label}1 of {wanted} worlds", markup=False)
        elif now - told >= SECONDS_BETWEEN_LINES:
            # The first world waits for the public and for kernels to load: it says nothing of the others.
            left = (now - first_done) / (done - 1) * (wanted - done)
            console.print(f"{label}{done} of {wanted} worlds, about {left:.0f} s left", markup=False)
            told = now

    return tell
