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
    begun = last = time.monotonic()

    def tell(done: int, wanted: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == wanted or now - last >= SECONDS_BETWEEN_LINES:
            left = (now - begun) / done * (wanted - done)
            console.print(f"{label}{done} of {wanted} worlds, {left:.0f} s left", markup=False)
            last = now

    return tell
