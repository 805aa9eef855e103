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
