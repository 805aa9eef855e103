"""Write a run, or a comparison of plans, as one workbook for a client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.results.report.fact_parts import Run
from sim.results.report.pairing import plans_of
from sim.results.report.write import subtitle
from sim.results.workbook import comparison_sheets, plan_sheets, run_sheets
from sim.results.workbook.book import Book, written
from sim.wording.language import say, speaking

RunFrames = tuple[str, pd.DataFrame, pd.DataFrame, pd.DataFrame, Mapping[str, Any]]


def write_run_workbook(
    path: Path,
    *,
    summary: pd.DataFrame,
    daily: pd.DataFrame,
    worlds: pd.DataFrame,
    provenance: Mapping[str, Any],
    language: str = "en",
) -> Path:
    """Write one run as a workbook; the same inputs give the same bytes.

    Parameters
    ----------
    path : Path
        A name that ends in ``.xlsx``; its folder is made where needed.
    summary, daily, worlds : DataFrame
        As in ``summary.csv``, ``daily.parquet``, ``worlds.parquet``.
    provenance : mapping
        As in ``provenance.json``; machine, start and wall time are not read.
    language : "en" or "es"

    Raises
    ------
    InputError
        If the name does not end in ``.xlsx``, or the language is none of these.
    """
    run = Run(str(provenance["scenario"]["name"]), summary, daily, worlds, provenance)

    def fill(book: Book) -> None:
        run_sheets.summary_sheet(book, run, subtitle(run))
        run_sheets.indicators_sheet(book, run)
        run_sheets.daily_sheet(book, run)
        run_sheets.response_sheet(book, [("A", run)])
        _plan_sheets(book, [("A", run)])
        plan_sheets.about_sheet(book, [("A", run)])

    with speaking(language):
        return written(path, run.label, fill)


def write_comparison_workbook(
    path: Path, *, comparison: pd.DataFrame, runs: Sequence[RunFrames], language: str = "en"
) -> Path:
    """Write plans side by side as a workbook.

    Parameters
    ----------
    path : Path
        A name that ends in ``.xlsx``; its folder is made where needed.
    comparison : DataFrame
        As in ``comparison.csv``; `plan_a` and `plan_b` are labels of `runs`.
    runs : sequence of (label, summary, daily, worlds, provenance)
    language : "en" or "es"

    Raises
    ------
    InputError
        If the name does not end in ``.xlsx``, or the language is none of these.
    """
    plans = plans_of([Run(*frames) for frames in runs])
    lettered = [(plan.letter, plan.run) for plan in plans]

    def fill(book: Book) -> None:
        comparison_sheets.summary_sheet(book, plans, comparison, subtitle(plans[0].run))
        comparison_sheets.differences_sheet(book, plans, comparison)
        comparison_sheets.changes_sheet(book, plans)
        comparison_sheets.daily_sheet(book, plans)
        run_sheets.response_sheet(book, lettered)
        _plan_sheets(book, lettered)
        plan_sheets.about_sheet(book, lettered, comparison_sheets.reading_lines(comparison))

    with speaking(language):
        return written(path, say(" against ").join(label for label, *_ in runs), fill)


def _plan_sheets(book: Book, runs: list[tuple[str, Run]]) -> None:
    plan_sheets.flights_sheet(book, runs)
    plan_sheets.partners_sheet(book, runs)
    run_sheets.objectives_sheet(book, runs)
