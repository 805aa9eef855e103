"""The command line as a user runs it: a process of its own, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
PREGON = (sys.executable, "-m", "sim")
FILES = ("daily.parquet", "provenance.json", "report.html", "summary.csv", "worlds.parquet")
# What makes a terminal library write colours or other widths than a test expects.
MOODS = ("FORCE_COLOR", "GITHUB_ACTIONS", "TTY_COMPATIBLE", "PREGON_DEBUG", "PYTHONDONTWRITEBYTECODE")
SETTINGS = {
    "COLUMNS": "120",
    "NO_COLOR": "1",
    "PYTHONPATH": str(ROOT),
    "PYTHONUTF8": "1",
    # Modules are compiled once, as they are for a user, and outside the source.
    "PYTHONPYCACHEPREFIX": str(ROOT / ".pytest_cache" / "bytecode"),
}


@dataclass(frozen=True)
class Finished:
    """Hold what a command left on the terminal."""

    code: int
    out: str
    err: str


def environment() -> dict[str, str]:
    """Return the environment of a plain terminal of 120 columns."""
    kept = {name: value for name, value in os.environ.items() if name not in MOODS}
    return kept | SETTINGS


def pregon(*args: object, cwd: Path, under: tuple[str, ...] = ()) -> Finished:
    """Run a command to its end, under another command where one is named."""
    done = subprocess.run(
        [*under, *PREGON, *map(str, args)],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=200,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def done(*args: object, cwd: Path) -> Finished:
    """Run a command that is to succeed."""
    finished = pregon(*args, cwd=cwd)
    assert finished.code == 0, f"exit {finished.code}\n{finished.out}{finished.err}"
    return finished


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files into a folder, text as UTF-8."""
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def names(folder: Path) -> list[str]:
    """Return the names of everything in a folder, hidden files and folders' contents too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def edited(text: str, *changes: tuple[str, str]) -> str:
    """Return a text with each old piece, which must stand in it once, replaced by the new one."""
    for old, new in changes:
        assert text.count(old) == 1, f"{text.count(old)} times in the text: {old}"
        text = text.replace(old, new)
    return text


def value(frame: pd.DataFrame, metric: str, column: str, segment: str = "all", channel: str = "all") -> float:
    """Return one number of a summary or a comparison."""
    row = frame[(frame.metric == metric) & (frame.segment == segment) & (frame.channel == channel)]
    assert len(row) == 1, f"{len(row)} rows of {metric}, {segment}, {channel}"
    return float(row[column].iloc[0])


def provenance(folder: Path) -> dict[str, Any]:
    """Return what a run says of itself."""
    found: dict[str, Any] = json.loads((folder / "provenance.json").read_text("utf-8"))
    return found
