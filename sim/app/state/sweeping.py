"""A sweep of the plan at hand, as `pregon sweep` runs it, in a folder of the tab's own; and a point of it as a plan."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.app.state import jobs, keeping
from sim.app.state.desk import MOST_SWEEPS, Desk, Plan
from sim.app.state.jobs import Job, Key
from sim.app.state.kept import Kept
from sim.errors import InputError
from sim.scenario import variants
from sim.scenario.draft import with_values
from sim.scenario.path import Parts, parse
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.experiment.design import Point
    from sim.experiment.sweeps.swept import Swept

KIND = "sweep"
OF_THE_FILE = ("sweep", "alternatives", "question")
_LAID_OVER = re.compile(r"^\s*(extends|flights_from)\s*:", re.MULTILINE)


@dataclass(slots=True, eq=False)
class SweepJob(Job):
    """Follow a sweep; `peeked` holds, as `Kept`, the points that are finished so far."""

    key: Key = ("", 0)


def folder_of(desk: Desk, key: Key) -> Path:
    """Return where a sweep is kept: under the tab's browser session, where that has a home, else with the tab."""
    name = f"{key[0][:24]}-{key[1]}"
    if desk.home is None:
        return desk.uploads / "sweeps" / name
    return keeping.sweeps(desk.home) / f"{name}-{keeping.code()[:12]}"


def start(desk: Desk, plan: Plan, worlds: int, threads: int) -> SweepJob:
    """Run the sweep of a sound plan, or go on with what its folder holds."""
    scenario = plan.draft.scenario
    assert scenario is not None
    key = jobs.key_of(scenario, worlds)
    job = SweepJob(KIND, (plan.key,), 0, key=key)
    as_kept = _with_plan(plan)

    def keep(swept: Swept) -> None:
        _put(desk, key, as_kept(swept))

    def look(swept: Swept | None) -> Kept | None:
        return None if swept is None else as_kept(swept)

    folder = folder_of(desk, key)
    folder.parent.mkdir(parents=True, exist_ok=True)
    jobs.do(job, lambda: _sweep(job, scenario, folder, worlds, threads, keep, look))
    return job


def _with_plan(plan: Plan) -> Callable[[Swept], Kept]:
    text, file, folder = plan.draft.text, plan.file, plan.folder
    return lambda swept: Kept(swept, text, file, folder)


def _put(desk: Desk, key: Key, kept: Kept) -> None:
    """Keep a sweep; of those longest unused the files go, too."""
    desk.sweeps[key] = kept
    desk.sweeps.move_to_end(key)
    while len(desk.sweeps) > MOST_SWEEPS:
        gone, _ = desk.sweeps.popitem(last=False)
        shutil.rmtree(folder_of(desk, gone), ignore_errors=True)


def again(desk: Desk, plan: Plan, worlds: int) -> bool:
    """Take up what a sweep of the plan has left in its folder before the server was started anew.

    Returns
    -------
    bool
        Whether there is any.
    """
    from sim.experiment.sweeps.peek import Peek

    scenario = plan.draft.scenario
    if scenario is None or scenario.sweep is None:
        return False
    key = jobs.key_of(scenario, worlds)
    folder = folder_of(desk, key)
    if key in desk.sweeps or not folder.is_dir():
        return False
    try:
        swept = Peek(scenario, folder).look(is_at_rest=True)
    except InputError:
        return False
    if swept is None:
        return False
    _put(desk, key, _with_plan(plan)(swept))
    return True


def _sweep(
    job: Job,
    scenario: Scenario,
    folder: Path,
    worlds: int,
    threads: int,
    keep: Callable[[Swept], None],
    look: Callable[[Swept | None], Kept | None],
) -> None:
    from sim.experiment.sweeps.peek import Peek
    from sim.experiment.sweeps.sweep import sweep
    from sim.experiment.sweeps.swept import PointsFailed, SweepStopped

    told, peek = False, Peek(scenario, folder)

    def tell(safe: int, total: int, _: str) -> None:
        nonlocal told
        if not told:
            job.found_done, told = safe, True
        job.done, job.wanted = safe, total
        job.peek(lambda: look(peek.look()))

    asked: dict[str, Any] = {
        "replications": worlds,
        "threads": threads,
        "progress": tell,
        "stop": job.stop,
        "processes": True,
    }
    try:
        keep(sweep(scenario, folder, **asked))
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
