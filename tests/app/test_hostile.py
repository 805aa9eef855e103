"""Hostile input through the page's own doors: every class is refused politely, or made harmless."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
from sim import compare, run
from sim.app.components.upload import Pieces
from sim.app.readings import exports
from sim.app.state import data, guard
from sim.app.state.desk import MOST_DATA_BYTES, Desk
from sim.errors import InputError
from tests.app.full_plan import BAIT, FORMULA, FULL, HOSTILE


@pytest.fixture
def desk():
    one = Desk()
    yield one
    one.leave()


def refused(desk, name, content) -> str:
    before = sorted(path.name for path in desk.uploads.rglob("*"))
    with pytest.raises(InputError) as told:
        desk.take_upload(name, content)
    assert sorted(path.name for path in desk.uploads.rglob("*")) == before, "nothing is left behind"
    return str(told.value)


def test_bombs(desk) -> None:
    """What is small on the wire and immense when it is read: archives, Parquet, aliases, entities."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("big", b"0" * 50_000_000)
    assert "a file of kind '.zip'" in refused(desk, "bomb.zip", archive.getvalue())
    assert "a file of kind '.xlsx'" in refused(desk, "bomb.xlsx", archive.getvalue())
    assert "a file of kind '.gz'" in refused(desk, "ties.graphml.gz", gzip.compress(b"0" * 50_000_000))
    swollen = io.BytesIO()
    column = pa.DictionaryArray.from_arrays(np.zeros(3_000_000, np.int32), ["x"])
    pq.write_table(pa.table({f"c{n}": column for n in range(40)}), swollen)
    assert len(swollen.getvalue()) < 500_000
    assert "3,000,000 rows × 40 columns; want at most 100,000,000 values" in refused(
        desk, "b.parquet", swollen.getvalue()
    )
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    desk.take_upload("laughs.yaml", "\n".join(lines).encode())
    assert "aliases that repeat too much" in str(desk.plan.draft.faults[0])
    desk.take_upload("deep.yaml", ("a: " + "[" * 5_000).encode())
    assert desk.plan.draft.faults
    entities = (
        '<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><graphml>&b;</graphml>'
    )
    desk.take_upload("entities.graphml", entities.encode())
    assert isinstance(data.columns_or_faults(desk.uploads / "entities.graphml"), InputError)


def test_sizes_are_counted_not_believed(desk) -> None:
    pieces = Pieces(most=10)
    assert pieces.take({"first": True, "last": False, "size": 1, "name": "a.csv"}, [b"0" * 8]) is None
    assert pieces.take({"first": False, "last": False}, [b"1" * 5_000_000]) is None
    assert len(pieces._held) == 11, "no more is held than shows that it is too much"
    assert pieces.take({"last": True}, [memoryview(b"2")]) == b"00000000111"
    assert pieces.take({"first": True, "last": True, "size": 10**12}, [b"a,b"]) == b"a,b"
    assert pieces.take({"last": True}, []) == b"", "a last piece that nothing came before"
    assert "more than 100 MB" in refused(desk, "huge.csv", bytes(MOST_DATA_BYTES + 1))
    assert "more than 5 MB" in refused(desk, "huge.yaml", b"#" * 5_000_001)


@pytest.mark.parametrize(("name", "content", "said"), [
    ("latin.yaml", "name: Pregón\n".encode("latin-1"), "byte 0xf3 is not UTF-8"),
    ("wide.yaml", "name: Pregón\n".encode("utf-16"), "is not UTF-8"),
    ("zero.yaml", b"name: a\0b\n", "a binary file"),
    ("half.yaml", b"name: \xed\xa0\x80\n", "is not UTF-8"),
    ("fake.yaml", b"\x89PNG\r\n\x1a\n", "is not UTF-8"),
    ("fake.parquet", b"PAR1 but no more", "not Parquet, or damaged"),
])  # fmt: skip
def test_wrong_encodings_of_plans(desk, name, content, said) -> None:
    assert said in refused(desk, name, content)
    assert desk.plan is None


@pytest.mark.parametrize("content", [
    "a,b\nPregón,1\n".encode("latin-1"), "a,b\n1,2\n".encode("utf-16"), b"a,b\n1,\0\n", b"\x89PNG\r\n", b"", b"a,a\n1,2\n",
    b'a,b\n"open,1\n', b"a,b\n1,2,3\n",
])  # fmt: skip
def test_data_that_is_no_table_is_told(desk, content) -> None:
    desk.take_upload("bad.csv", content)
    found = data.columns_or_faults(desk.uploads / "bad.csv")
    assert isinstance(found, InputError)
    assert "bad.csv" in str(found)


def test_a_byte_order_mark_is_no_fault(desk) -> None:
    desk.take_upload("marked.yaml", b"\xef\xbb\xbf" + FULL.encode())
    assert desk.plan.draft.faults == ()


@pytest.mark.parametrize("name", [
    "../../etc/cron.csv", "..\\..\\boot.csv", "/etc/passwd.csv", "C:\\Windows\\a.csv", "a/../../b.csv", ".csv", "...csv",
    "a\0b.csv", "x" * 5_000 + ".csv", "\u202egpj.csv", BAIT + ".csv", "a\nb.csv", "~/.ssh/id.csv", "CON.csv", "  .csv",
])  # fmt: skip
def test_names_stay_in_the_folder(desk, name) -> None:
    try:
        kept = desk.take_upload(name, b"a,b\n1,2\n")
    except InputError:
        kept = None
    inside = [path for path in desk.uploads.rglob("*") if path.is_file()]
    assert [path.name for path in inside] == ([kept] if kept else [])
    assert all(path.parent == desk.uploads for path in inside)
    if kept:
        assert not set(kept) & set("/\\<>\0\n:")
        assert len(kept) <= 100


@pytest.mark.parametrize("where", [
    "extends: ../secret.yaml", "extends: /etc/passwd", "audience: {from_survey: {file: ../../s.csv}}",
    "network: {gram: {edges: C:\\ties.csv, directed: true}}", "plan: {flights_from: /tmp/flights.csv}",
])  # fmt: skip
def test_uploaded_plans_name_no_file_elsewhere(desk, where) -> None:
    secret = desk.uploads.parent / "secret.yaml"
    desk.take_upload("plan.yaml", where.encode())
    (fault,) = desk.plan.draft.faults
    assert "want the name of a file beside the plan" in str(fault)
    assert desk.plan.draft.scenario is None
    assert not secret.exists()
    desk.write("extends: ../other.yaml\n")  # nor when it is changed
    assert "beside the plan" in str(desk.plan.draft.faults[0])
    assert guard.outside("extends: base.yaml\nplan: {flights_from: sub/flights.csv}", "plan.yaml") == ()


def test_exports_are_safe_to_open(desk, tmp_path) -> None:
    """No cell that a spreadsheet would run as a formula; no name that a report would run as mark-up."""
    plan = desk.open_text(HOSTILE, "names.yaml", Path())
    assert [str(fault) for fault in plan.draft.faults] == []
    result = run(plan.draft.scenario, replications=2, threads=1)
    both = compare(result, result)
    for of in (result, both):
        table = exports.made(of, "csv", "en")().decode()
        cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
        assert not [c for c in cells if c[:1] in "=+@\t\r" and c] + [
            c for c in cells if c.startswith("-") and not number(c)
        ]
        assert f"'{FORMULA}" in cells
        page = exports.made(of, "html", "en")().decode()
        assert BAIT not in page
        assert "<img src=x" not in page
        with zipfile.ZipFile(io.BytesIO(exports.made(of, "xlsx", "en")())) as book:
            sheets = "".join(
                book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name
            )
        assert "<f>" not in sheets


def number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_plain_names_are_exported_as_the_command_line_writes_them(desk, tmp_path) -> None:
    result = run(desk.open_text(FULL, "full.yaml", Path()).draft.scenario, replications=2, threads=1)
    result.save(tmp_path)
    assert exports.made(result, "csv", "en")() == (tmp_path / "summary.csv").read_bytes()
