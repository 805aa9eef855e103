"""A first look at the plan while it is being changed: its curves on a few worlds, soon after each edit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import solara
import solara.lab

from sim.app.pages.run import SMALL_MULTIPLES, Curve
from sim.app.readings.courses import Courses
from sim.app.state import jobs
from sim.app.state.look import Look, touch
from sim.errors import Fault, InputError
from sim.experiment.glance import Glance, glance
from sim.scenario.identity import scenario_hash
from sim.scenario.schema import Scenario

WORLDS = 10
HEIGHT = 130
MOST_KEPT = 4
PATIENCE = 0.8  # seconds after which the worlds that are there are shown
MOST_AGENTS = 100_000  # above it a first look waits to be asked for


def looks(
    kept: OrderedDict[str, Glance], name: str, scenario: Scenario, is_stopped: Callable[[], bool]
) -> Iterator[Glance | tuple[Fault, ...]]:
    """Yield first looks, each of more worlds, or the faults of the data; the last few whole ones are kept by name."""
    if name in kept:
        yield kept[name]
        return
    try:
        for found in glance(scenario, WORLDS, SMALL_MULTIPLES, is_stopped, PATIENCE):
            if found.n_worlds == WORLDS:
                while len(kept) >= MOST_KEPT:
                    kept.popitem(last=False)
                kept[name] = found
            yield found
    except InputError as error:
        yield error.faults


@solara.component
def FirstLook(look: Look) -> None:
    """Show reach, awareness and adoption of the plan as it stands; switched off where one wants quiet."""
    plan, desk = look.desk.plan, look.desk
    scenario = plan.draft.scenario if plan is not None else None
    agents = (scenario.audience.agents or 0) if scenario is not None else 0
    is_on = desk.first_look if desk.first_look is not None else agents <= MOST_AGENTS
    name = scenario_hash(scenario) if scenario is not None and is_on and not jobs.is_taken() else ""

    def live() -> Iterator[Glance | tuple[Fault, ...]]:
        if name and scenario is not None:
            yield from looks(desk.glances, name, scenario, lambda: not task.is_current())

    task: Any = solara.lab.use_task(live, dependencies=[name], raise_error=False)
    found = desk.glances.get(name, task.latest) if name else None

    def turn() -> None:
        desk.first_look = not is_on
        touch()

    with solara.Div(classes=["pg-card"]):
        with solara.Div(classes=["pg-wrap"]):
            solara.v.Html(tag="h3", children=[look.t("glance.title")], class_="pg-h pg-glance")
            if name and task.pending:
                solara.v.ProgressCircular(indeterminate=True, size=16, width=2)
            solara.Div(classes=["pg-grow"])
            solara.Button(
                look.t("glance.off" if is_on else "glance.on"), text=True, small=True, on_click=turn
            )
        if is_on and jobs.is_taken():
            solara.v.Html(tag="p", children=[look.t("glance.taken")], class_="pg-note")
        if isinstance(found, tuple):
            for fault in found:
                solara.v.Html(tag="p", children=[look.fault(fault)], class_="pg-note")
        elif found is not None:
            with solara.Div(classes=["pg-multiples", "pg-bare"]):
                courses = Courses(found.daily, found.start)
                for metric in SMALL_MULTIPLES:
                    Curve(look, courses, metric, HEIGHT)
            solara.v.Html(
                tag="p", children=[look.t("glance.about", n=look.count(found.n_worlds))], class_="pg-note"
            )
