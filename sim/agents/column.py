"""One column of a data file: each distinct text once, and where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NUMBER_RE2 = rf"\A(?:{_NUMBER.pattern})\z"
# What str.strip() takes off, so that both readers of a file agree on blanks.
BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)
# A table over all whole numbers between the least and the greatest pays while most of them occur.
_MOST_GAPS = 8
_MOST_TABLE = 2**31 - 2
_WORD = re.compile(r"[^0-9]*")


def to_number(text: str) -> float:
    """Return the finite number that `text` writes in plain digits, else NaN."""
    number = float(text) if _NUMBER.fullmatch(text) else np.nan
    return number if np.isfinite(number) else np.nan


def to_numbers(texts: pa.Array) -> npt.NDArray[np.float64]:
    """Return `to_number` of each text, float64[n]."""
    plain = pc.if_else(pc.match_substring_regex(texts, _NUMBER_RE2), texts, None)
    try:
        numbers = pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:  # a number that arrow cannot hold, where Python rounds
        return np.array([to_number(text) for text in texts.to_pylist()], np.float64)
    return np.where(np.isfinite(numbers), numbers, np.nan)


@dataclass(frozen=True)
class Column:
    """Hold one column of text, each distinct value once.

    Parameters
    ----------
    codes : int32[n_rows]
        Index into `words`.
    words : pyarrow array of str
        Distinct values in order of appearance, without blanks around them.
    """

    codes: npt.NDArray[np.int32]
    words: pa.Array

    @classmethod
    def of(cls, codes: npt.NDArray[np.integer[Any]], words: list[str]) -> Column:
        """Build a column from Python texts."""
        return cls(codes.astype(np.int32), pa.array(words, pa.string()))

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Distinct values as Python texts, in order of appearance."""
        return tuple(self.words.to_pylist())

    @cached_property
    def _numbers(self) -> npt.NDArray[np.float64]:
        return to_numbers(self.words)

    def numbers(self) -> npt.NDArray[np.float64]:
        """Return the column as numbers, float64[n_rows]; NaN for what is no finite number, and blanks."""
        return self._numbers[self.codes]

    def texts(self) -> npt.NDArray[np.object_]:
        """Return the column as text, object[n_rows] of str."""
        return np.array(self.values, dtype=object)[self.codes]

    def is_blank(self) -> npt.NDArray[np.bool_]:
        """Return which rows are blank, bool[n_rows]."""
        is_blank: npt.NDArray[np.bool_] = pc.equal(self.words, "").to_numpy(zero_copy_only=False)
        return is_blank[self.codes]

    def is_numeric(self) -> bool:
        """Return whether something stands in the column, and all of it is numbers."""
        is_given = pc.not_equal(self.words, "").to_numpy(zero_copy_only=False)
        return bool(is_given.any()) and not np.isnan(self._numbers[is_given]).any()


def coded(texts: pa.ChunkedArray) -> Column:
    """Return a column of texts (without nulls) with each distinct one once, blanks around it taken off."""
    return _of_whole_numbers(texts) or _of_texts(texts)


def _of_texts(texts: pa.ChunkedArray) -> Column:
    found = texts.dictionary_encode().unify_dictionaries()
    if found.num_chunks == 0:
        return Column.of(np.zeros(0, np.int32), [])
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in found.chunks])
    words = found.chunk(0).dictionary
    bare = pc.utf8_trim(words, characters=BLANKS)
    if bare.equals(words):
        return Column(codes, words)
    merged = bare.dictionary_encode()
    return Column(merged.indices.to_numpy().astype(np.int32)[codes], merged.dictionary)


def _of_whole_numbers(texts: pa.ChunkedArray) -> Column | None:
    """Return the column where every text is one word and a whole number as Python writes it; else None.

    So are most ids: 17, u17. A table over the numbers finds each at once, where texts must be hashed.
    """
    n = len(texts)
    if n == 0:
        return None
    word = _WORD.match(texts[0].as_py())[0]  # type: ignore[index]  # matches any text
    if word != word.lstrip():
        return None
    numbers, at = np.empty(n, np.int64), 0
    for chunk in texts.chunks:
        if word and not pc.all(pc.starts_with(chunk, word)).as_py():
            return None
        digits = pc.binary_replace_slice(chunk, 0, len(word.encode()), "") if word else chunk
        try:
            found = pc.cast(digits, pa.int64())
        except pa.ArrowInvalid:
            return None
        # Written back, so that 007, +7 and 0x7 stay texts of their own.
        if not pc.cast(found, digits.type).equals(digits):
            return None
        numbers[at : at + len(chunk)] = found.to_numpy()
        at += len(chunk)
    return coded_whole(numbers, word)


def coded_whole(numbers: npt.NDArray[np.int64], word: str = "") -> Column | None:
    """Return a column of a word and whole numbers, int64[n]; None where they lie too far apart for a table."""
    n = len(numbers)
    if n == 0:
        return None
    least, most = int(numbers.min()), int(numbers.max())
    if most - least > min(_MOST_GAPS * n + 1_000, _MOST_TABLE):
        return None
    place = (numbers - least).astype(np.int32)
    first = np.full(most - least + 1, n, np.int32)
    first[place[::-1]] = np.arange(n - 1, -1, -1, dtype=np.int32)  # backwards: the first is written last
    present = np.flatnonzero(first < n)
    present = present[np.argsort(first[present])]
    code = np.zeros(len(first), np.int32)
    code[present] = np.arange(len(present), dtype=np.int32)
    words = pa.array(present + least).cast(pa.string())
    return Column(code[place], pc.binary_join_element_wise(word, words, "") if word else words)
