"""Where the real data are: read in place, never copied into the project."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("PREGON_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")


def need_data() -> None:
    """Skip without the folder of real data; fail in CI, which always has it."""
    if DATA.is_dir():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI has the data, but {DATA} is no folder")
    pytest.skip(f"no data folder {DATA}: set PREGON_DATA to it")


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV or CSV.gz file."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as file
    ):
        return list(csv.DictReader(file))
