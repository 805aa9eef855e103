"""Where the worlds of a sweep are kept so that nothing reported done is ever lost.

A folder holds, per finished design point, one file in ``worlds/`` (last day, every world), ``daily/`` (quantiles by
day) and ``summary/``; what is finished of a point that is not stands in ``journal.sqlite``. A file counts only
when the journal says so, and the journal says so only when the file is safe on the disk.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import Fault, InputError, PregonError
from sim.experiment.runner import Outcome, Tables
from sim.results.files import STATED, parquet_of, settle, write_durably, write_whole
from sim.results.indicators import Row
from sim.results.summary import Columns

JOURNAL, DESIGN, SUMMARY = "journal.sqlite", "design.csv", "summary.csv"
RANKING, OBJECTIVES, MATTERS = "ranking.csv", "objectives.csv", "what_matters.csv"
SEGMENTS, DAYS = "ranking_by_segment.csv", "ranking_by_day.csv"
TABLES = ("worlds", "daily", "summary")
OURS = (STATED, DESIGN, SUMMARY, RANKING, SEGMENTS, DAYS, OBJECTIVES, MATTERS, "report.html", *TABLES)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS world (point INTEGER, replication INTEGER, days INTEGER, daily BLOB, last BLOB,
                                  PRIMARY KEY (point, replication));
CREATE TABLE IF NOT EXISTS names (point INTEGER PRIMARY KEY, daily TEXT, last TEXT);
CREATE TABLE IF NOT EXISTS done (point INTEGER PRIMARY KEY, sums TEXT);
CREATE TABLE IF NOT EXISTS failed (point INTEGER PRIMARY KEY, error TEXT);
"""


class StoreError(PregonError):
    """The store cannot be written; what was reported done is kept."""


class Store:
    """Hold the folder of one sweep; one process at a time.

    Parameters
    ----------
    folder : Path
        Made where needed.
    stated : mapping
        What the sweep is, as JSON values; a folder that states anything else is refused.
    is_fresh : bool
        Throw away the sweep that is there.

    Raises
    ------
    InputError
        If the folder holds another sweep, or anything else of that name.
    StoreError
        If it cannot be written, or another process writes in it.
    """

    def __init__(self, folder: Path, stated: Mapping[str, Any], *, is_fresh: bool = False):
        self.folder = folder
        with self._writing():
            folder.mkdir(parents=True, exist_ok=True)
            self._refuse(stated, is_fresh=is_fresh)
            self._journal = self._opened()  # from here on nobody else writes; before, nothing is touched
            try:
                self._refuse(stated, is_fresh=is_fresh)  # another may have begun and ended in between
                if is_fresh or not (folder / STATED).exists():
                    self._clear()
                    self._state(stated)
                for name in TABLES:
                    (folder / name).mkdir(exist_ok=True)
                self._sweep_up()
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Leave the folder to others."""
        with suppress(sqlite3.Error):
            self._journal.close()

    def done(self) -> set[int]:
        """Return the numbers of the points whose files are there, whole."""
        found = self._journal.execute("SELECT point, sums FROM done").fetchall()
        return {point for point, sums in found if self._is_whole(point, json.loads(sums))}

    def failed(self) -> dict[int, str]:
        """Return the error of each point that failed, by its number."""
        return dict(self._journal.execute("SELECT point, error FROM failed").fetchall())

    def kept(self, point: int) -> list[Outcome]:
        """Return the finished worlds of a point that is not done."""
        names = self._journal.execute("SELECT daily, last FROM names WHERE point = ?", (point,)).fetchone()
        if names is None:
            return []
        daily_rows, last_rows = (_rows(text) for text in names)
        worlds = self._journal.execute(
            "SELECT replication, days, daily, last FROM world WHERE point = ? ORDER BY replication", (point,)
        ).fetchall()
        return [
            Outcome(
                replication,
                np.frombuffer(daily, np.float64).reshape(days, len(daily_rows)),
                np.frombuffer(last, np.float64),
                daily_rows,
                last_rows,
            )
            for replication, days, daily, last in worlds
        ]

    def keep(self, finished: Mapping[int, Sequence[Outcome]]) -> None:
        """Put finished worlds of unfinished points into the journal, all or none; when it returns, they are safe."""
        with self._transaction() as journal:
            for point, outcomes in finished.items():
                names = (point, json.dumps(outcomes[0].daily_rows), json.dumps(outcomes[0].last_rows))
                journal.execute("INSERT OR IGNORE INTO names VALUES (?, ?, ?)", names)
                journal.executemany(
                    "INSERT OR REPLACE INTO world VALUES (?, ?, ?, ?, ?)",
                    [
                        (point, o.replication, len(o.daily), o.daily.tobytes(), o.last.tobytes())
                        for o in outcomes
                    ],
                )

    def finish(self, point: int, label: int | str, tables: Tables) -> None:
        """Write the files of a point whose worlds are all there; when it returns, they are safe."""
        sums = {}
        with self._writing():
            for name in TABLES:
                path, told = self.path(name, point), parquet_of(_labelled(getattr(tables, name), label))
                write_durably(path, partial(Path.write_bytes, data=told))
                settle(path.parent)
                sums[name] = hashlib.sha256(told).hexdigest()
        with self._transaction() as journal:
            journal.execute("INSERT OR REPLACE INTO done VALUES (?, ?)", (point, json.dumps(sums)))
            for table in ("world", "names", "failed"):
                journal.execute(f"DELETE FROM {table} WHERE point = ?", (point,))

    def fail(self, point: int, error: str) -> None:
        """Note the error that a point failed with."""
        with self._transaction() as journal:
            journal.execute("INSERT OR REPLACE INTO failed VALUES (?, ?)", (point, error))

    def path(self, table: str, point: int) -> Path:
        """Return where a table of a point is."""
        return file_of(self.folder, table, point)

    def n_worlds(self, point: int) -> int:
        """Return in how many worlds a finished point was run."""
        column = pd.read_parquet(self.path("worlds", point), columns=["replication"])["replication"]
        return int(column.nunique())

    def read(self, table: str, points: Iterable[int]) -> Iterator[pd.DataFrame]:
        """Yield a table of each of some points."""
        return (pd.read_parquet(self.path(table, point)) for point in points)

    def write_table(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table over all points."""
        with self._writing():
            write_whole(self.folder / name, lambda path: frame.to_csv(path, index=False))

    def write(self, name: str, act: Callable[[Path], object]) -> None:
        """Let something else be written into the folder, whole or not at all by its own care."""
        with self._writing():
            act(self.folder / name)

    def _refuse(self, stated: Mapping[str, Any], *, is_fresh: bool) -> None:
        """Refuse a folder that is not ours, or another sweep's that is not to be thrown away."""
        path = self.folder / STATED
        if path.exists():
            if not is_fresh:
                refuse_other(path, stated)
            return
        # A journal alone is what a process leaves that was killed before it could say what the sweep is.
        strangers = [name for name in OURS if (self.folder / name).exists()]
        if strangers:
            got = f"{', '.join(strangers)} of something else"
            raise InputError(Fault(f"--out {self.folder}", got, "want a folder of its own for the sweep"))

    def _state(self, stated: Mapping[str, Any]) -> None:
        text = json.dumps(stated, indent=2, ensure_ascii=False) + "\n"
        write_durably(self.folder / STATED, lambda beside: beside.write_text(text, "utf-8"))
        settle(self.folder)

    def _opened(self) -> sqlite3.Connection:
        journal = sqlite3.connect(
            self.folder / JOURNAL, timeout=1.0, isolation_level=None, check_same_thread=False
        )
        try:
            journal.execute("PRAGMA locking_mode = EXCLUSIVE")
            journal.execute("PRAGMA journal_mode = WAL")
            journal.execute("PRAGMA synchronous = FULL")
            journal.execute("BEGIN IMMEDIATE")
            journal.execute("COMMIT")
            journal.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            journal.close()
            if "locked" in str(error):
                got = "another process is running this sweep"
                raise StoreError(f"{self.folder}: {got}; want to wait for it, or another folder") from None
            raise
        return journal

    def _sweep_up(self) -> None:
        """Remove files that a killed process was writing."""
        found = [path for name in TABLES for path in (self.folder / name).glob(".*")]
        found += [path for name in OURS for path in self.folder.glob(f".{name}.*")]
        for path in found:
            path.unlink(missing_ok=True)

    def _clear(self) -> None:
        """Remove the sweep that is in the folder, but for what says that the folder is ours."""
        with self._transaction() as journal:
            for table in ("done", "failed", "world", "names"):
                journal.execute(f"DELETE FROM {table}")
        for path in (self.folder / name for name in reversed(OURS) if name != STATED):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def _is_whole(self, point: int, sums: Mapping[str, str]) -> bool:
        try:
            return all(_sum(self.path(name, point)) == sums[name] for name in TABLES)
        except (OSError, KeyError):
            return False

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writing():
            self._journal.execute("BEGIN IMMEDIATE")
            try:
                yield self._journal
                self._journal.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._journal.execute("ROLLBACK")
                raise

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Turn what a full or failing disk says into one clear error."""
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
        except sqlite3.Error as error:
            reason = str(error)
        else:
            return
        raise StoreError(
            f"{self.folder}: cannot be written ({reason}); what was reported done is kept: make room, then start the "
            "same command again"
        )


def file_of(folder: Path, table: str, point: int) -> Path:
    """Return where a table of a point of a sweep in a folder is; ``summary`` is written last."""
    return folder / table / f"{point:06d}.parquet"


def refuse_other(path: Path, stated: Mapping[str, Any]) -> None:
    """Refuse a folder that states another sweep than `stated`, with what differs.

    Raises
    ------
    InputError
        With the addresses that differ.
    """
    try:
        there = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            Fault(str(path), f"cannot be read: {error}", "want it as `pregon sweep` wrote it")
        ) from None
    wanted = json.loads(json.dumps(stated))
    differing = list(differences(there, wanted))
    if differing:
        told = differing[:6] + ([f"{len(differing) - 6} more"] if len(differing) > 6 else [])
        raise InputError(
            Fault(
                f"--out {path.parent}",
                f"a sweep that differs from this one in {'; '.join(told)}",
                "results of two are never mixed: want --fresh to throw that one away, or another folder",
            )
        )


def differences(there: Any, here: Any, address: str = "") -> Iterator[str]:
    """Yield what differs between two trees of JSON values, in words."""
    if isinstance(there, dict) and isinstance(here, dict):
        for key in dict.fromkeys([*there, *here]):
            yield from differences(there.get(key), here.get(key), f"{address}.{key}" if address else key)
    elif there != here:
        short = [
            text if len(text) <= 40 else f"{text[:37]}…" for text in (json.dumps(there), json.dumps(here))
        ]
        yield f"{address} ({short[0]} there, {short[1]} here)"


def _labelled(columns: Columns, label: int | str) -> Columns:
    """Return a table with its point in front."""
    n_rows = len(next(iter(columns.values())))
    if isinstance(label, str):
        return {
            "design_point": pd.Categorical.from_codes(np.zeros(n_rows, np.int8), pd.Index([label])),
            **columns,
        }
    return {"design_point": np.full(n_rows, label), **columns}


def _rows(text: str) -> list[Row]:
    return [(metric, segment, channel) for metric, segment, channel in json.loads(text)]


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
