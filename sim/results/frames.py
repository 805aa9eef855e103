"""What a run leaves: frames, provenance, and the files they are written to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import Fault, InputError
from sim.results.files import write_whole

SUMMARY, WORLDS, DAILY, PROVENANCE, REPORT = (
    "summary.csv", "worlds.parquet", "daily.parquet", "provenance.json", "report.html",
)  # fmt: skip
MOST_DAYS_BYTES = 64_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Hold what each world told by day, where it is not too much to keep; never written to a file.

    Attributes
    ----------
    rows : list of (metric, segment, channel)
    replications : tuple of int
    values : float64[n_worlds, n_days, n_rows]
    """

    rows: list[tuple[str, str, str]]
    replications: tuple[int, ...]
    values: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    """Hold what came out of a run.

    Attributes
    ----------
    summary : DataFrame
        metric, segment, channel, unit, mean, mean_lo, mean_hi, median, p2_5, p10, p90, p97_5; last day.
    worlds : DataFrame
        replication, metric, segment, channel, value; last day, every world.
    daily : DataFrame
        day, metric, segment, channel, unit, mean, p2_5, p10, p50, p90, p97_5.
    provenance : dict
        What was run, on what, with which luck.
    days : Days or None
        Every world by day, for comparisons; None where it was read back from files, or is more than
        `MOST_DAYS_BYTES`.
    """

    summary: pd.DataFrame
    worlds: pd.DataFrame
    daily: pd.DataFrame
    provenance: dict[str, Any]
    days: Days | None = field(default=None, compare=False, repr=False)

    def value(self, metric: str, segment: str = "all", channel: str = "all") -> float:
        """Return the mean of one indicator on the last day.

        Raises
        ------
        KeyError
            If the run does not tell it.
        """
        frame = self.summary
        row = frame[(frame.metric == metric) & (frame.segment == segment) & (frame.channel == channel)]
        if row.empty:
            raise KeyError(f"no indicator {metric} for segment {segment} and channel {channel}")
        return float(row["mean"].iloc[0])

    def headline(self, language: str = "en") -> list[str]:
        """Return the sentences that open the report."""
        from sim.results.report.write import run_headline

        return run_headline(self.summary, self.daily, self.worlds, self.provenance, language)

    def plot(self) -> Any:
        """Return a chart of reach, awareness and adoption by day with their spread (altair.Chart)."""
        from sim.results.report.day_charts import overview

        return overview(self.daily)

    def to_excel(self, path: str | Path, language: str = "en") -> Path:
        """Write a workbook for a client, in ``en`` or ``es``: summary, indicators, days, flights, partners, objectives.

        Raises
        ------
        InputError
            If the name does not end in ``.xlsx``, or the language is none of these.
        """
        from sim.results.workbook.write import write_run_workbook

        return write_run_workbook(
            Path(path),
            summary=self.summary,
            daily=self.daily,
            worlds=self.worlds,
            provenance=self.provenance,
            language=language,
        )

    def save(self, folder: str | Path, language: str = "en") -> Path:
        """Write the five files into `folder` (made where needed), each whole or not at all.

        The report is written in ``en`` or ``es``; the tables are the same in both.
        """
        from sim.results.report.write import write_run_report

        out = Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        write_whole(out / SUMMARY, lambda path: self.summary.to_csv(path, index=False))
        write_whole(out / WORLDS, lambda path: self.worlds.to_parquet(path, index=False))
        write_whole(out / DAILY, lambda path: self.daily.to_parquet(path, index=False))
        write_whole(out / PROVENANCE, lambda path: path.write_text(dump(self.provenance), "utf-8"))
        write_run_report(
            out / REPORT,
            summary=self.summary,
            daily=self.daily,
            worlds=self.worlds,
            provenance=self.provenance,
            language=language,
        )
        return out


def dump(provenance: dict[str, Any]) -> str:
    """Return provenance as JSON text."""
    return json.dumps(provenance, indent=2, ensure_ascii=False) + "\n"


def load_result(folder: str | Path) -> Result:
    """Read a result folder back.

    Raises
    ------
    InputError
        With every file that is missing or cannot be read.
    """
    out = Path(folder)
    readers: dict[str, Callable[[Path], Any]] = {
        SUMMARY: pd.read_csv,
        WORLDS: pd.read_parquet,
        DAILY: pd.read_parquet,
        PROVENANCE: lambda path: json.loads(path.read_text("utf-8")),
    }
    read: dict[str, Any] = {}
    faults = []
    for name, reader in readers.items():
        try:
            read[name] = reader(out / name)
        except FileNotFoundError:
            faults.append(
                Fault(str(out / name), "no such file", "want a folder that `pregon run --out` wrote")
            )
        except Exception as error:  # whatever a damaged file makes a reader say
            faults.append(
                Fault(str(out / name), f"cannot be read: {error}", "want it as `pregon run` wrote it")
            )
    if faults:
        raise InputError(faults)
    return Result(read[SUMMARY], read[WORLDS], read[DAILY], read[PROVENANCE])
