"""How kernels are compiled."""

from __future__ import annotations

from typing import Any

UNCOUNTED: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
"""For kernels that neither make an array nor return one: ``@njit(**UNCOUNTED)``.

Numba counts references at every look at an array inside a tuple, and drops the counting only where it can
prove it idle: not in long loops with branches. All worlds on all threads then add to the same few counters of
the public's arrays. A kernel that borrows all its arrays from its caller has nothing to count.
"""
