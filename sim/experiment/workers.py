"""How many worlds are lived at a time: threads of this process, or processes beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from sim.public import Public

# Kernels of a smaller public take some 10 µs each: threads then wait for Python's lock longer than they work
# (docs/benchmarks.md, "What holds it back").
FEWEST_FOR_THREADS = 50_000
STARTING_SECONDS = 3.0
PROCESS_BYTES = 170e6  # of its own, libraries and kernels; what the system shares between them not counted


@dataclass(frozen=True, slots=True)
class Crew:
    """Hold how many worlds are lived at a time, and whether each in a process of its own."""

    size: int
    in_processes: bool = False

    @property
    def bytes(self) -> float:
        """Memory of the processes, beside the publics and worlds in them."""
        return self.size * PROCESS_BYTES if self.in_processes else 0.0

    def __str__(self) -> str:
        if self.in_processes:
            return f"{self.size} processes"
        return f"{self.size} thread{'s' if self.size != 1 else ''}"


def threads_for(public: Public, asked: int | None = None) -> int:
    """Return how many threads are quickest: one per processor, or a single one where the public is small."""
    if asked is not None:
        return asked
    return 1 if is_small(public) else os.cpu_count() or 1


def is_small(public: Public) -> bool:
    """Tell whether threads would wait for each other more than they gain."""
    return public.population.n_people < FEWEST_FOR_THREADS
