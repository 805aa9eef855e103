"""How kernels are compiled, and what is kept of it on disk."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

UNCOUNTED: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
"""For kernels that neither make an array nor return one: ``@njit(**UNCOUNTED)``.

Numba counts references at every look at an array inside a tuple, and drops the counting only where it can
prove it idle: not in long loops with branches. All worlds on all threads then add to the same few counters of
the public's arrays. A kernel that borrows all its arrays from its caller has nothing to count.
"""

_STAMP = "pregon.stamp"


def forget_stale(cache: Path, sources: Iterable[Path]) -> bool:
    """Delete compiled code that was made of other sources; return whether there was any.

    Numba keeps compiled code for as long as the file of the function itself does not change. But what a
    function calls is compiled into it: after an update of one file, another one's old code would go on
    running with the old lines inside, without a word.

    Parameters
    ----------
    cache : Path
        Folder in which numba keeps the code of all `sources`; need not exist.
    sources : Path, …
        Files of kernels that may call each other.
    """
    stamp = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources))).hexdigest()
    there = cache / _STAMP
    with contextlib.suppress(OSError):
        if there.read_text("ascii") == stamp:
            return False
    stale = [path for name in {path.stem for path in sources} for path in cache.glob(f"{name}.*.nb[ic]")]
    with contextlib.suppress(OSError):  # where nothing can be written, nothing is kept either
        for path in stale:
            path.unlink(missing_ok=True)
        cache.mkdir(parents=True, exist_ok=True)
        there.write_text(stamp, "ascii")
    return bool(stale)
