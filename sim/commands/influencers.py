"""`pregon influencers`: whom to book, certified and measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from sim.commands.options import Replications, ScenarioFile, Sets, Spoken, Threads, err, out, say
from sim.errors import Fault, InputError

N = TypeVar("N", int, float)
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
Quotas = Annotated[
    list[str] | None,
    typer.Option(
        "--quota", metavar="SEGMENT=N", help="Most people of a segment; may be given several times."
    ),
]
LevelQuotas = Annotated[
    list[str] | None,
    typer.Option(
        "--level-quota", metavar="LEVEL=N", help="Most people of a level: nano, micro, macro, mega."
    ),
]
Weights = Annotated[
    str | None,
    typer.Option(
        "--weights", metavar="SEGMENT=W,…|COLUMN", help="What a person reached is worth.", show_default="1"
    ),
]
Exclude = Annotated[
    str | None, typer.Option("--exclude", metavar="ID,ID", help="People who may not be chosen.")
]
Booked = Annotated[
    str | None, typer.Option("--booked", metavar="ID,ID", help="People who post the same anyway.")
]
AlsoOn = Annotated[
    str | None,
    typer.Option("--also-on", metavar="CHANNEL,…", help="Further feeds they post on, for the same fee."),
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
    quotas: Quotas = None,
    level_quotas: LevelQuotas = None,
    weights: Weights = None,
    exclude: Exclude = None,
    booked: Booked = None,
    also_on: AlsoOn = None,
    rules: Compare = "degree,random",
    folder: OutFolder = None,
    replications: Replications = None,
    threads: Threads = None,
    sets: Sets = None,
    language: Spoken = "en",
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
    from sim.commands.progress import progress
    from sim.experiment import influencers as choice
    from sim.experiment.influencer_report import answer, lines

    wish = choice.Wish(
        booking, count, budget, segment, by_day, _names(rules) or (),
        quotas=_numbers("--quota", quotas, int), level_quotas=_numbers("--level-quota", level_quotas, int),
        weights=_numbers("--weights", weights.split(","), float) if weights and "=" in weights else weights,
        exclude=_names(exclude), booked=_names(booked) or (), also_on=_names(also_on),
    )  # fmt: skip
    study = choice.prepare(scenario, wish)
    with progress(err, "") as tell:
        lived = choice.live(study, replications, threads, tell)
    found = answer(study, lived)
    if folder is not None:
        found.save(folder, language)
    say(lines(found))
    if folder is not None:
        out.print(f"Report: {folder / 'report.html'}", markup=False)


def _names(told: str | None) -> tuple[str, ...] | None:
    return None if told is None else tuple(name.strip() for name in told.split(",") if name.strip())


def _numbers(option: str, told: list[str] | None, number: Callable[[str], N]) -> dict[str, N] | None:
    """Return numbers by name, of texts such as ``students=3``."""
    if not told:
        return None
    out, faults = {}, []
    for text in told:
        name, _, value = text.partition("=")
        try:
            out[name.strip()] = number(value)
        except ValueError:
            kind = "a whole number" if number is int else "a number"
            faults.append(Fault(option, repr(text), f"want a name and {kind}: students=3"))
    if faults:
        raise InputError(faults)
    return out
