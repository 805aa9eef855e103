"""Write the report of a run, or of a comparison, as one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.results.files import write_whole
from sim.results.report import (
    answer_lines,
    comparison_lines,
    comparison_parts,
    fact_parts,
    run_parts,
    sweep_lines,
    sweep_parts,
    wording,
)
from sim.results.report.fact_parts import Run
from sim.results.report.page import Page, render
from sim.results.report.pairing import plans_of
from sim.results.report.sweep_frames import SweepFrames
from sim.wording.language import say, speaking

RunFrames = tuple[str, pd.DataFrame, pd.DataFrame, pd.DataFrame, Mapping[str, Any]]


def write_run_report(
    path: Path,
    *,
    summary: pd.DataFrame,
    daily: pd.DataFrame,
    worlds: pd.DataFrame,
    provenance: Mapping[str, Any],
    language: str = "en",
) -> None:
    """Write the report of one run; the same inputs give the same bytes.

    Parameters
    ----------
    path : Path
        The file; its folder must exist. Written whole or not at all.
    summary, daily, worlds : DataFrame
        As in ``summary.csv``, ``daily.parquet``, ``worlds.parquet``.
    provenance : mapping
        As in ``provenance.json``; machine, start and wall time are not read.
    language : "en" or "es"
        Of everything the program says; names that the planner gave stay as they are.

    Raises
    ------
    InputError
        If the language is none of these.
    """
    with speaking(language):
        run = Run(
            str((provenance.get("scenario") or {}).get("name") or say("Run")),
            summary,
            daily,
            worlds,
            provenance,
        )
        sections = run_parts.contents(run)
        sections += [
            fact_parts.public_section(run),
            fact_parts.reading_section(run),
            fact_parts.explained_section(run.readings.shown, run.currency),
            fact_parts.provenance_section([run], [run.label]),
        ]
        asked = answer_lines.question_of(run)
        lines = answer_lines.run_headline(run)
        page = Page(
            run.label,
            subtitle(run),
            lines[1:] if asked else lines,
            sections,
            question=str(asked["ask"]) if asked else "",
        )
        _write(path, page)


def write_comparison_report(
    path: Path, *, comparison: pd.DataFrame, runs: Sequence[RunFrames], language: str = "en"
) -> None:
    """Write the report that sets plans side by side on the same worlds.

    Parameters
    ----------
    path : Path
        The file; its folder must exist. Written whole or not at all.
    comparison : DataFrame
        As in ``comparison.csv``: paired differences; `plan_a` and `plan_b` are labels of `runs`.
    runs : sequence of (label, summary, daily, worlds, provenance)
        Two or more plans on the same public and master seed.
    language : "en" or "es"

    Raises
    ------
    InputError
        If the language is none of these.
    """
    with speaking(language):
        plans = plans_of([Run(*frames) for frames in runs])
        sections = comparison_parts.contents(plans, comparison)
        first = plans[0].run
        shown = set[str]().union(*(plan.run.readings.shown for plan in plans))
        sections += [
            fact_parts.public_section(first),
            fact_parts.reading_section(first, comparison_parts.reading_lines(comparison)),
            fact_parts.explained_section(shown, first.currency),
            fact_parts.provenance_section([plan.run for plan in plans], [plan.letter for plan in plans]),
        ]
        lines = comparison_lines.headline(plans, comparison)
        title = say(" against ").join(plan.run.label for plan in plans[:3]) + (
            say(" and others") if len(plans) > 3 else ""
        )
        if answer_lines.comparison_answer(plans):
            title, lines = str(first.scenario["question"]["ask"]), lines[1:]
        legend = [(plan.letter, plan.run.label, plan.colour) for plan in plans]
        _write(path, Page(title, subtitle(first), lines, sections, legend))


def write_sweep_report(path: Path, sweep: SweepFrames, language: str = "en") -> None:
    """Write the report of a ranked sweep: the best plans, objectives, channel split, frequency and partners.

    Parameters
    ----------
    path : Path
        The file; its folder must exist. Written whole or not at all.
    sweep : SweepFrames
    language : "en" or "es"

    Raises
    ------
    InputError
        If the language is none of these.
    """
    with speaking(language):
        sections = sweep_parts.contents(sweep)
        sections.append(fact_parts.explained_section(sweep_parts.shown(sweep), sweep.currency))
        _write(path, Page(sweep.name, sweep_lines.subtitle(sweep), sweep_lines.headline(sweep), sections))


def run_headline(
    summary: pd.DataFrame,
    daily: pd.DataFrame,
    worlds: pd.DataFrame,
    provenance: Mapping[str, Any],
    language: str = "en",
) -> list[str]:
    """Return the sentences that open a run's report."""
    with speaking(language):
        run = Run(str(provenance["scenario"]["name"]), summary, daily, worlds, provenance)
        return answer_lines.run_headline(run)


def comparison_headline(
    comparison: pd.DataFrame, runs: Sequence[RunFrames], language: str = "en"
) -> list[str]:
    """Return the sentences that open a comparison's report."""
    with speaking(language):
        return comparison_lines.headline(plans_of([Run(*frames) for frames in runs]), comparison)


def _write(path: Path, page: Page) -> None:
    html = render(page)
    write_whole(path, lambda beside: beside.write_text(html, "utf-8", newline="\n"))


def subtitle(run: Run) -> str:
    """Return people, days and worlds in a line."""
    end = run.day_words()
    start = (
        say("from {first} to {end}", first=wording.day_text(1, run.start), end=end)
        if run.start
        else say("{days} days", days=run.days)
    )
    worlds = say("1 world") if run.n_worlds == 1 else say("{n} worlds", n=wording.plain(run.n_worlds, 0))
    return say(
        "{people}, {start}, simulated in {worlds}",
        people=wording.people_text(run.people),
        start=start,
        worlds=worlds,
    )
