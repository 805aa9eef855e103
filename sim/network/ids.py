"""Ids of people as text: their order, and the row of each."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_DIGITS = re.compile(r"([0-9]+)")
_NUMBER_LAST = r"\A(?P<word>[^0-9]*)(?P<number>[0-9]*)\z"


def rows_of(ids: pa.Array, people: pa.Array) -> npt.NDArray[np.int32]:
    """Return where in `people` each id stands, int32[len(ids)]; −1 where it does not."""
    found: npt.NDArray[Any] = pc.fill_null(pc.index_in(ids, value_set=people), -1).to_numpy()
    return found.astype(np.int32)


def in_natural_order(ids: pa.Array) -> pa.Array:
    """Return ids (pyarrow texts, each once) sorted as people count: 2 before 10, a2 before a10.

    Words sort by their letters, numbers within them by what they count, whatever their length.
    """
    numbers = _as_counted(ids)
    if numbers is not None:
        return ids.take(pa.array(np.argsort(numbers)))
    parts = pc.extract_regex(ids, _NUMBER_LAST)
    if parts.null_count:  # a number before the end
        return pa.array(sorted(ids.to_pylist(), key=natural_key), pa.string())
    number = parts.field("number")
    bare = pc.utf8_ltrim(number, characters="0")
    keys = {
        "word": parts.field("word"),
        "has_number": pc.not_equal(number, ""),  # a before a0
        "length": pc.binary_length(bare),
        "bare": bare,
        "id": ids,
    }
    return ids.take(pc.sort_indices(pa.table(keys), [(key, "ascending") for key in keys]))


def natural_key(name: str) -> tuple[tuple[Any, ...], str]:
    """Return the key by which `in_natural_order` sorts."""
    parts = _DIGITS.split(name)
    return tuple(_counted(part) if place % 2 else part for place, part in enumerate(parts)), name


def _counted(digits: str) -> tuple[int, str]:
    # by length, then digit by digit: the order of whole numbers of any length
    bare = digits.lstrip("0")
    return len(bare), bare


def _as_counted(ids: pa.Array) -> npt.NDArray[np.int64] | None:
    """Return the ids as whole numbers from 0 on; None where some are written otherwise."""
    try:
        numbers = pc.cast(ids, pa.int64())
    except pa.ArrowInvalid:
        return None
    # Written back, so that 007 is no 7.
    is_plain = len(ids) > 0 and pc.cast(numbers, ids.type).equals(ids) and pc.min(numbers).as_py() >= 0
    return numbers.to_numpy() if is_plain else None
