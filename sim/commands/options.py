"""What the commands share: where they speak, and the options that mean the same in each."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sim.wording.language import Language

# Without emoji: `plan.yaml:100:3` names a line, not a picture.
out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

ScenarioFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Scenario file (YAML).", show_default=False)
]
Replications = Annotated[
    int | None,
    typer.Option(
        "--replications", min=1, max=1_000_000, help="Number of worlds.", show_default="the scenario's"
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        "--threads",
        min=1,
        max=1024,
        help="Worlds at a time.",
        show_default="one per processor; one where the public is small",
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change one value, e.g. plan.flights.reveal.cap.times=5. Repeatable.",
    ),
]


Spoken = Annotated[
    Language, typer.Option("--language", help="Of the report and its workbook: English or Spanish.")
]


def say(sentences: Iterable[str]) -> None:
    """Print sentences of a report, a line each."""
    for sentence in sentences:
        # What keeps a number together on a page is in the way of a search in a terminal's text.
        out.print(sentence.replace("\u00a0", " ").replace("\u2060", ""), markup=False)
