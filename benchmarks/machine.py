"""What the machine can do at best, so that times can be read as ratios; and what it is called."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np
from numba import njit

_M1, _M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S31 = np.uint64(31)


@njit
def chase(following, n_steps):
    """Walk `n_steps` of a cycle: each address is known only when the last was read."""
    at = 0
    for _ in range(n_steps):
        at = following[at]
    return at


@njit
def gather(values, n_steps):
    """Sum `n_steps` values (length a power of two) at mixed places, none of which waits for another."""
    mask = np.uint64(len(values) - 1)
    total = 0
    for k in range(n_steps):
        place = np.uint64(k) * _M1
        place = (place ^ (place >> _S31)) * _M2
        total += values[(place ^ (place >> _S31)) & mask]
    return total


@njit
def stream(values):
    """Sum all values in order."""
    total = 0
    for value in values:
        total += value
    return total


def one_cycle(n: int) -> np.ndarray:
    """Return int64[n], a random single cycle through all places."""
    order = np.random.default_rng(1).permutation(n)
    following = np.empty(n, np.int64)
    following[order] = np.roll(order, -1)
    return following


def name() -> str:
    """Return the number of cores and the family of the processor: no host, no place."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":", 1)[1] if lines else model
    family = " ".join(model.replace("(R)", "").replace("(TM)", "").split()[:2])
    return f"{os.cpu_count()} cores, {family}, Python {platform.python_version()}"
