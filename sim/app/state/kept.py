"""What a tab keeps of a sweep and of a choice of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiment.influencer_report import Answer
    from sim.experiment.sweeps.swept import Swept

RULES = ("degree", "random")


@dataclass(frozen=True, slots=True)
class Kept:
    """Hold what a sweep has left, with the plan as it was.

    Attributes
    ----------
    swept : Swept
    text, file : str       of the plan
    folder : Path          where the files it names are
    """

    swept: Swept
    text: str
    file: str
    folder: Path

    @property
    def is_whole(self) -> bool:
        """Whether no point is left to run or to try again."""
        return bool((self.swept.design["status"] == "done").all())


@dataclass(frozen=True, slots=True)
class Ask:
    """Hold what a planner asks for.

    Attributes
    ----------
    booking : str             name under ``plan.partners``
    count : int or None       how many at most
    budget : float or None    most that all their posts may cost
    segment : str or None     whose people count; None: everyone's, or as `held` says
    by_day : int or None      reached by this day; None: whenever
    rules : tuple of str      plain rules beside the certified choice
    held : mapping            what else the choice is held to, as under ``choose``: `HELD`, or several in ``target``
    also_on : tuple of str    further feeds they post on
    booked : tuple of str or int    who posts the same anyway
    """

    booking: str
    count: int | None = None
    budget: float | None = None
    segment: str | None = None
    by_day: int | None = None
    rules: tuple[str, ...] = RULES
    held: Mapping[str, Any] = field(default_factory=dict)
    also_on: tuple[str, ...] = ()
    booked: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Hold who was chosen.

    Attributes
    ----------
    answer : Answer
    lists : dict of rule to ids    as they are called in the file of people or ties, else row numbers
    costs : dict of rule to money  of all posts
    is_named : bool                they have ids of their own
    worlds : int                   in which the day was lived; 0 where only the certificate was asked for
    """

    answer: Answer
    lists: dict[str, list[str | int]]
    costs: dict[str, float]
    is_named: bool
    worlds: int
