"""`pregon sweep`: all design points of a scenario, kept as they finish."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.options import Replications, ScenarioFile, Sets, Spoken, Threads, err, out, say


def sweep(
    file: ScenarioFile,
    folder: Annotated[
        Path,
        typer.Option(
            "--out", metavar="DIR", help="Folder of the sweep; started again it resumes.", show_default=False
        ),
    ],
    replications: Replications = None,
    threads: Threads = None,
    sets: Sets = None,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask",
            metavar="ADDRESS",
            help="Dask scheduler whose workers live the worlds, or `local`: a process per thread here.",
            show_default=False,
        ),
    ] = None,
    language: Spoken = "en",
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw away the sweep that DIR holds.")] = False,
) -> None:
    """Run all design points of a scenario's `sweep` on the same worlds.

    Leaves in DIR: design.csv, summary.csv, what `rank` asks for, and per design point a file in worlds/, daily/ and
    summary/ (Parquet).
    Ctrl-C, a crash or a full disk lose nothing that was reported done: the same command goes on from there.
    A design point that fails is a row of design.csv with its error; the others go on, and the exit code is 1.
    """
    from sim.scenario.schema import Scenario

    scenario = Scenario.load(file, overrides=list(sets or []))
    from sim.commands.progress import sweep_progress
    from sim.experiment.sweeps.sweep import sweep as run_sweep

    with sweep_progress(err) as progress:
        swept = run_sweep(
            scenario,
            folder,
            replications=replications,
            threads=threads,
            progress=progress,
            is_fresh=fresh,
            dask=dask,
            processes=True,
            language=language,
        )
    if swept.ranking is not None:
        from sim.experiment.sweeps.swept import headline

        say(headline(swept, language))
        out.print(f"Report: {folder / 'report.html'}", markup=False)
    out.print(f"{len(swept.design):,} design points: {folder / 'summary.csv'}", markup=False)
