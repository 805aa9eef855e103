"""Files of a run or a comparison, made when they are asked for by the functions of the command line."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sim.scenario.table_cells import safe

if TYPE_CHECKING:
    from sim.experiment.compare import Comparison
    from sim.experiment.sweeps.swept import Swept
    from sim.results.frames import Result

Kind = Literal["csv", "xlsx", "html"]
KINDS: tuple[Kind, ...] = ("csv", "xlsx", "html")
MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "yaml": "application/yaml",
    "yml": "application/yaml",
}
_FILES = {"run": "summary.csv", "compare": "comparison.csv"}


def made(of: Result | Comparison, kind: Kind, language: str) -> Callable[[], bytes]:
    """Return a function that makes the file of that kind: the table, or in a language the workbook or the report."""

    def make() -> bytes:
        with tempfile.TemporaryDirectory(prefix="pregon-export-") as place:
            folder = Path(place)
            if kind == "xlsx":
                return of.to_excel(folder / "report.xlsx", language).read_bytes()
            of.save(folder, language)
            data = (folder / ("report.html" if kind == "html" else _table_of(of))).read_bytes()
            return harmless(data) if kind == "csv" else data

    return make


def report_of(swept: Swept, language: str) -> Callable[[], bytes]:
    """Return a function that makes the report of a ranked sweep in a language."""

    def make() -> bytes:
        from sim.experiment.sweeps.swept import save_report

        with tempfile.TemporaryDirectory(prefix="pregon-export-") as place:
            path = Path(place) / "report.html"
            save_report(swept, path, language)
            return path.read_bytes()

    return make


def harmless(table: bytes) -> bytes:
    """Return a CSV table in which a spreadsheet finds no formula; one without names that look like one is as it was."""
    rows = list(csv.reader(io.StringIO(table.decode("utf-8"))))
    kept = [[cell if _is_number(cell) else safe(cell) for cell in row] for row in rows]
    if kept == rows:
        return table
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(kept)
    return out.getvalue().encode()


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def name_of(of: Result | Comparison, kind: Kind) -> str:
    """Return the name of the file, as the command line calls it."""
    return _table_of(of) if kind == "csv" else f"report.{kind}"


def _table_of(of: Result | Comparison) -> str:
    return _FILES["run" if hasattr(of, "provenance") else "compare"]
