"""The names of segments: from values, from bands of numbers, in an order that people expect."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from sim.agents.column import Column

UNKNOWN = "unknown"
DOT = "·"
_WHOLE = re.compile(r"([+-]?\d+)\.0+", re.ASCII)
_DIGITS = re.compile(r"(\d+)", re.ASCII)


def tidy(value: str) -> str:
    """Return a value as it reads well: a whole number that some tool wrote as ``1.0`` is ``1``."""
    whole = _WHOLE.fullmatch(value)
    return whole[1] if whole else value


def segment_name(values: Iterable[str]) -> str:
    """Return the name of the segment that values make: one line, without dots, so that a scenario can list it.

    Dots part the addresses of a scenario, so the middle dot stands for them.

    Examples
    --------
    >>> segment_name(["St. Louis", "1.0"])
    'St· Louis 1'
    """
    return " ".join(" ".join(tidy(value) for value in values).splitlines()).replace(".", DOT)


def natural_key(name: str) -> tuple[bool, list[tuple[bool, int, str]], str]:
    """Return a sort key that counts: 2 before 10, numbers before words, `unknown` last."""
    parts = [
        (False, int(part), "") if part.isdecimal() else (True, 0, part.lower())
        for part in _DIGITS.split(name)
        if part
    ]
    return name == UNKNOWN, parts, name


def band_labels(edges: Sequence[float]) -> list[str]:
    """Return the names of the bands that start at `edges`.

    Examples
    --------
    >>> band_labels([18, 30, 50, 65])
    ['18-29', '30-49', '50-64', '65+']
    >>> band_labels([0, 0.5])
    ['0 to <0.5', '0.5+']
    """
    whole = all(float(edge).is_integer() for edge in edges)
    pairs = itertools.pairwise(edges)
    if whole:
        inner = [f"{low:.0f}" if high == low + 1 else f"{low:.0f}-{high - 1:.0f}" for low, high in pairs]
        return [*inner, f"{edges[-1]:.0f}+"]
    return [*(f"{low:g} to <{high:g}" for low, high in pairs), f"{edges[-1]:g}+"]


def banded(column: Column, edges: Sequence[float]) -> Column:
    """Return the band of each row; blank for what is blank, no number, or below the first band."""
    labels = ("", *band_labels(edges))
    numbers = column.numbers()
    found = np.searchsorted(np.array(edges), numbers, side="right")
    return Column.of(np.where(np.isnan(numbers), 0, found), list(labels))


def segments_of_rows(columns: Sequence[Column]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the segments that the values of some columns make, and the segment of each row.

    Parameters
    ----------
    columns : sequence of Column, at least one

    Returns
    -------
    names : list of str
        Values joined by a space, in natural order.
    segment : int64[n_rows]
        Index into `names`; −1 where any of the columns is blank.
    """
    combined = columns[0].codes.astype(np.int64)
    for column in columns[1:]:
        # Squeezed after each column, so the products of many long columns stay within 64 bits.
        _, combined = np.unique(combined * len(column.values) + column.codes, return_inverse=True)
    _, first, inverse = np.unique(combined, return_index=True, return_inverse=True)
    made = [segment_name(c.values[c.codes[row]] for c in columns) for row in first]
    is_blank = np.logical_or.reduce([c.is_blank() for c in columns])
    known = {name for name, row in zip(made, first, strict=True) if not is_blank[row]}
    names = sorted(known, key=natural_key)
    place = {name: i for i, name in enumerate(names)}
    return names, np.where(is_blank, -1, np.array([place.get(name, -1) for name in made])[inverse])
