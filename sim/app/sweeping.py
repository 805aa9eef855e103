"""A sweep of the plan at hand, as `pregon sweep` runs it, in a folder of the tab's own; and a point of it as a plan."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.app import jobs
from sim.app.desk import MOST_SWEEPS, Desk, Plan
from sim.app.jobs import Job, Key
from sim.errors import InputError
from sim.scenario import variants
from sim.scenario.draft import with_values
from sim.scenario.path import Parts, parse
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.experiment.design import Point
    from sim.experiment.sweep import Swept

KIND = "sweep"
OF_THE_FILE = ("sweep", "alternatives", "question")
_LAID_OVER = re.compile(r"^\s*(extends|flights_from)\s*:", re.MULTILINE)


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


def folder_of(desk: Desk, key: Key) -> Path:
    """Return where a sweep of this tab is kept."""
    return desk.uploads / "sweeps" / f"{key[0][:24]}-{key[1]}"


def start(desk: Desk, plan: Plan, worlds: int, threads: int) -> Job:
    """Run the sweep of a sound plan, or go on with what its folder holds."""
    scenario = plan.draft.scenario
    assert scenario is not None
    key = jobs.key_of(scenario, worlds)
    job = Job(KIND, (plan.key,), 0)
    text, file, folder = plan.draft.text, plan.file, plan.folder

    def keep(swept: Swept) -> None:
        desk.sweeps[key] = Kept(swept, text, file, folder)
        desk.sweeps.move_to_end(key)
        while len(desk.sweeps) > MOST_SWEEPS:
            gone, _ = desk.sweeps.popitem(last=False)
            shutil.rmtree(folder_of(desk, gone), ignore_errors=True)

    return jobs.do(job, lambda: _sweep(job, scenario, folder_of(desk, key), worlds, threads, keep))


def _sweep(job: Job, scenario: Scenario, folder: Path, worlds: int, threads: int, keep: Any) -> None:
    from sim.experiment.sweep import PointsFailed, SweepStopped, sweep

    told = False

    def tell(safe: int, total: int, _: str) -> None:
        nonlocal told
        if not told:
            job.found_done, told = safe, True
        job.done, job.wanted = safe, total

    try:
        keep(
            sweep(
                scenario,
                folder,
                replications=worlds,
                threads=threads,
                progress=tell,
                stop=job.stop,
                processes=True,
            )
        )
    except SweepStopped as stopped:
        keep(stopped.swept)
        raise jobs.Halted from None
    except PointsFailed as failed:  # each is a row with its error
        keep(failed.swept)


def n_points(scenario: Scenario | None) -> int | None:
    """Return how many points the plan's sweep has; None where it has none, or too many."""
    from sim.experiment.design import design_of

    if scenario is None or scenario.sweep is None:
        return None
    try:
        return len(design_of(scenario).points)
    except InputError:
        return None


def point_of(scenario: Scenario, label: str) -> Point | None:
    """Return a point of a scenario's sweep by its name or number."""
    from sim.experiment.design import design_of

    return next((point for point in design_of(scenario).points if point.name == label), None)


def text_at(text: str, scenario: Scenario, point: Point) -> str:
    """Return the text of a plan with the values of a design point, and nothing of the sweep.

    Comments and order stay, unless the plan extends another one: then the whole of it is written out.
    """
    values: dict[Parts, Any] = {}
    is_list = scenario.sweep is not None and scenario.sweep.design == "list"
    for address, value in variants.settled(Scenario, scenario.raw, point.values).items():
        is_switch = variants.is_switch(Scenario, scenario.raw, address, value)
        if value is None and not is_list:
            continue  # nothing is there to set
        if not (is_switch and value == variants.ON):
            values[parse(address)] = None if is_switch else value
    if _LAID_OVER.search(text):
        there = {a: v for a, v in point.values.items() if v is not None or is_list}
        whole = variants.variant(Scenario, scenario.raw, there)
        return with_values("name: plan\n", {(key,): value for key, value in whole.items()})
    return with_values(text, {(key,): None for key in OF_THE_FILE} | values)


def open_point(desk: Desk, kept: Kept, label: str, title: str) -> bool:
    """Open a design point as a plan of its own under a title; show it where it is open already.

    Returns
    -------
    bool
        Whether there is such a point.
    """
    scenario = kept.swept.scenario
    point = point_of(scenario, label)
    if point is None:
        return False
    text = with_values(text_at(kept.text, scenario, point), {("name",): title})
    for key, plan in desk.plans.items():
        if plan.draft.text == text:
            desk.current = key
            return True
    desk.open_text(text, kept.file, kept.folder)
    return True
