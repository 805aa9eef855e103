"""The two readers of CSV: what the fast one takes, the careful one reads alike; numbers and codes alike."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.agents import file_csv
from sim.agents.column import BLANKS, coded, coded_whole, to_number, to_numbers
from sim.agents.file_content import Asked
from sim.agents.file_csv import CsvSource
from sim.agents.source import Grid
from sim.errors import InputError

ASKED = Asked(Path("any.csv"), "any.csv", "any.csv", "person")
ANY_TEXT = st.text('ab17,"\n\r\t ;é\u2028\ufeff.', max_size=60)
VALUES = st.sampled_from(
    ["", "a", "b ", "7", "007", "u7", "u12", "-3", "é", " x", "a b", 'say "hi"', "1,5", "'"]
)


def opened(text: str | bytes) -> CsvSource | None:
    """Return a source, or None where the header is at fault: both readers begin behind it."""
    try:
        return CsvSource(text.encode() if isinstance(text, str) else text, ASKED)
    except InputError:
        return None


def careful(source: CsvSource, places: list[int]) -> Grid | None:
    try:
        grid = source.read_carefully(places)
    except InputError:
        return None
    return None if grid.ragged else grid


def same(one: Grid, other: Grid) -> bool:
    return (
        one.n_rows == other.n_rows
        and one.numbers.tolist() == other.numbers.tolist()
        and all(
            a.values == b.values and a.codes.tolist() == b.codes.tolist() and a.codes.dtype == b.codes.dtype
            for a, b in zip(one.columns, other.columns, strict=True)
        )
    )


@settings(max_examples=1_000)
@given(st.sampled_from(["h\n", "h,i\n", "h,i\r\n", '"h",i\n']), ANY_TEXT)
@example("h,i\n", 'a"b,c\n')
@example("h,i\n", '"a"b,c\n')
@example("h,i\n", '"a\nb",c\n')
@example("h,i\n", "a,b\rc,d\n")
@example("h,i\n", " \na,b\n")
@example("h\n", '""\na\n')
@example("h,i\n", "a," + "b" * 140_000 + "\n")
@example("h,i\n", "a," + "b" * 120_000 + "\n")
def test_what_the_fast_reader_takes_the_careful_one_reads_alike(header: str, body: str) -> None:
    source = opened(header + body)
    if source is None:
        return
    places = list(range(len(source.header)))
    fast = source.read_fast(places)
    if fast is not None:
        slow = careful(source, places)
        assert slow is not None and same(fast, slow)


def quoted(value: str, always: bool) -> str:
    return '"' + value.replace('"', '""') + '"' if always or any(c in value for c in ',"') else value


@settings(max_examples=300)
@given(
    st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=30),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**30 - 1),
)
def test_plain_files_are_taken_by_the_fast_reader(
    rows: list[tuple[str, ...]], always: bool, end: str, ends_last: bool, has_bom: bool, empty: int
) -> None:
    lines = [",".join(quoted(value, always) for value in row) for row in rows]
    text = "".join(line + end * (1 + (empty >> i & 1)) for i, line in enumerate(["x,y,z", *lines]))
    text = "\ufeff" * has_bom + (text if ends_last else text.removesuffix(end))
    source = opened(text)
    assert source is not None and source.header == ["x", "y", "z"]
    fast, slow = source.read_fast([2, 0]), careful(source, [2, 0])
    assert fast is not None and slow is not None and same(fast, slow)
    assert fast.columns[1].texts().tolist() == [row[0].strip() for row in rows]


@pytest.mark.parametrize(
    ("text", "is_fast"),
    [
        ('h,i\n"a, b",c\n', True),
        ('h,i\n"a ""b""",c\n', True),
        ('h,i\n"a\nb",c\n', False),
        ('h,i\na"b,c\n', False),
        ("h,i\na,b\n\nc,d\n", True),
        ("h,i\na,b\n  \nc,d\n", False),
        ("h,i\na,b\n" + "c" * 200_000 + ",d\n", False),
    ],
)
def test_which_reader_takes_what(text: str, is_fast: bool) -> None:
    source = opened(text)
    assert source is not None
    assert (source.read_fast([0, 1]) is not None) == is_fast


def test_a_file_longer_than_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in {"_BLOCK": 700, "_STEP": 64, "_ALIGNED": 256}.items():
        monkeypatch.setattr(file_csv, name, size)
    text = "h,i\n" + "".join(
        f'"p{i % 97} ""x""",{i * i % 1000}\n' + "\n" * (i % 5 == 0) for i in range(2_000)
    )
    source = opened(text)
    assert source is not None
    fast, slow = source.read_fast([0, 1]), careful(source, [0, 1])
    assert fast is not None and slow is not None and same(fast, slow)
    assert len(fast.columns[0].values) == 97 and fast.n_rows == 2_000


def test_quotes_across_pieces_of_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b'"a""b","c"\n"","d e"\nf,"g"\n'
    assert file_csv._quotes_are_plain(body, 0)
    for step in range(1, len(body) + 2):
        monkeypatch.setattr(file_csv, "_STEP", step)
        assert file_csv._quotes_are_plain(body, 0)
        for wrong in (b'x"y,z\n', b'"x"y,z\n', b'"x\ny",z\n', b'"x,z\n'):
            assert not file_csv._quotes_are_plain(body + wrong, 0)


def test_blanks_are_those_that_python_strips() -> None:
    assert set(BLANKS) == {chr(code) for code in range(0x110000) if chr(code).isspace()}


@settings(max_examples=300)
@given(
    st.lists(
        st.from_regex(r"\A[+-]?[0-9]{0,20}\.?[0-9]{0,20}([eE][+-]?[0-9]{1,4})?\Z")
        | st.floats().map(repr)
        | st.text("0123456789.eE+-xnaif_ ,٣\n", max_size=8)
    )
)
def test_numbers_are_those_that_python_reads(texts: list[str]) -> None:
    found = to_numbers(pa.array(texts, pa.string())).tolist()
    for text, number in zip(texts, found, strict=True):
        wanted = to_number(text)
        assert number == wanted or (math.isnan(number) and math.isnan(wanted)), text
        assert math.copysign(1, number) == math.copysign(1, wanted) or math.isnan(number)


@given(
    st.lists(st.integers(-50, 50) | st.integers(-(2**63), 2**63 - 1)),
    st.sampled_from(["", "u", "p-", " u", "-"]),
)
def test_whole_numbers_are_coded_as_texts_are(numbers: list[int], word: str) -> None:
    texts = [f"{word}{number}" for number in numbers]
    found = coded(pa.chunked_array([texts[:3], texts[3:]], pa.string()))
    assert found.values == tuple(dict.fromkeys(text.strip() for text in texts))
    assert found.texts().tolist() == [text.strip() for text in texts]


def test_near_numbers_take_a_table_and_far_ones_do_not() -> None:
    near = coded_whole(np.array([5, 3, 5, 1_000]))
    assert near is not None and near.values == ("5", "3", "1000") and near.codes.tolist() == [0, 1, 0, 2]
    assert coded_whole(np.array([0, 10**6])) is None
