"""A first look at the plan while it is being changed: its curves on a few worlds, soon after each edit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import solara
import solara.lab

from sim.app import jobs, tables
from sim.app.look import Look, touch
from sim.app.pages.run import SMALL_MULTIPLES, Curve
from sim.errors import InputError
from sim.experiment.glance import glance
from sim.scenario.identity import scenario_hash
from sim.scenario.schema import Scenario

WORLDS = 10
HEIGHT = 130
MOST_KEPT = 4
MOST_AGENTS = 100_000  # above it a first look waits to be asked for


def looked(kept: OrderedDict[str, Any], name: str, scenario: Scenario, is_stopped: Callable[[], bool]) -> Any:
    """Return a first look, as the report reads a result, or the faults of the data; the last few are kept by name."""
    if name in kept:
        return kept[name]
    try:
        found = glance(scenario, WORLDS, is_stopped)
    except InputError as error:
        return error.faults
    if found is None:
        return None
    while len(kept) >= MOST_KEPT:
        kept.popitem(last=False)
    kept[name] = tables.read(found)
    return kept[name]


@solara.component
def FirstLook(look: Look) -> None:
    """Show reach, awareness and adoption of the plan as it stands; switched off where one wants quiet."""
    plan, desk = look.desk.plan, look.desk
    scenario = plan.draft.scenario if plan is not None else None
    agents = (scenario.audience.agents or 0) if scenario is not None else 0
    is_on = desk.first_look if desk.first_look is not None else agents <= MOST_AGENTS
    name = scenario_hash(scenario) if scenario is not None and is_on and not jobs.is_taken() else ""

    def live() -> Any:
        if not name or scenario is None:
            return None
        return looked(desk.glances, name, scenario, lambda: not task.is_current())

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
                solara.v.Html(tag="p", children=[str(fault)], class_="pg-note")
        elif found is not None:
            with solara.Div(classes=["pg-multiples", "pg-bare"]):
                for metric in SMALL_MULTIPLES:
                    Curve(look, found, metric, HEIGHT)
            solara.v.Html(tag="p", children=[look.t("glance.about", n=look.count(WORLDS))], class_="pg-note")
