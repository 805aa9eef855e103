"""`pregon influencers`: whom to book, certified and measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli_options import Replications, ScenarioFile, Sets, Threads, err, out, say

RULES = "degree, degree_discount, pagerank, k_core, betweenness, bridges, fringe, random, top:COLUMN"


Booking = Annotated[
    str | None, typer.Option("--booking", help="Name under plan.partners.", show_default="the only one")
]
Count = Annotated[
    int | None, typer.Option("--count", min=1, help="How many people.", show_default="the booking's")
]
Budget = Annotated[
    float | None,
    typer.Option("--budget", min=0, help="Most that all their posts may cost.", show_default="the booking's"),
]
Segment = Annotated[
    str | None, typer.Option("--segment", help="Segment whose people count.", show_default="all")
]
ByDay = Annotated[
    int | None, typer.Option("--by-day", min=1, help="Reached by this day.", show_default="the last")
]
Compare = Annotated[
    str, typer.Option("--compare", metavar="RULE,RULE", help=f"Plain rules beside it: {RULES}.")
]
OutFolder = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Folder for tables and report.", show_default="none"),
]


def influencers(
    file: ScenarioFile,
    booking: Booking = None,
    count: Count = None,
    budget: Budget = None,
    segment: Segment = None,
    by_day: ByDay = None,
    rules: Compare = "degree,random",
    folder: OutFolder = None,
    replications: Replications = None,
    threads: Threads = None,
    sets: Sets = None,
) -> None:
    """Choose partners with a certificate, and measure the choice by the whole day.

    The certificate bounds what their posts reach, and what any other choice could. Every list is then lived in the
    plan, on the same worlds. Leaves influencers.csv, effects.csv and report.html in DIR.
    """
    from sim.results.files import refuse_folder
    from sim.scenario.schema import Scenario

    scenario = Scenario.load(file, overrides=list(sets or []))
    if folder is not None:
        refuse_folder(folder)
    from sim.experiment import influencers as choice
    from sim.experiment.influencer_report import answer, lines
    from sim.progress import progress

    compared = tuple(rule.strip() for rule in rules.split(",") if rule.strip())
    study = choice.prepare(scenario, choice.Wish(booking, count, budget, segment, by_day, compared))
    with progress(err, "") as tell:
        lived = choice.live(study, replications, threads, tell)
    found = answer(study, lived)
    if folder is not None:
        found.save(folder)
    say(lines(found))
    if folder is not None:
        out.print(f"Report: {folder / 'report.html'}", markup=False)
