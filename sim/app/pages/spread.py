"""How a plan spreads in one world, day by day, and why a person of it adopted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import solara
import solara.lab
from pandas import DataFrame

from sim.app.components.parts import Field, Moving, Table
from sim.app.components.working import choice
from sim.app.readings import spread
from sim.app.readings.spread import Picture
from sim.app.state import look as looks
from sim.app.state.look import Look, Same, draw_others
from sim.app.words import figures
from sim.errors import Fault, InputError
from sim.experiment.replay import path
from sim.results.watch import STATES
from sim.scenario.identity import scenario_hash
from sim.scenario.schema import Scenario

MOST_LISTED = 300
MOST_WORLD = 999_999


@solara.component
def Spread(look: Look, scenario: Scenario) -> None:
    """Live one world of the plan and show it; the first time, and when world, network or people are changed."""
    world, set_world = solara.use_state(0)
    layer, set_layer = solara.use_state("")
    person, set_person = solara.use_state(-1)
    shown = layer or next(iter(spread.named_layers(scenario)), "")
    number = looks.drawn.value.get(shown, 0)

    def live() -> Picture | tuple[Any, ...] | None:
        try:
            return spread.picture(scenario, world, layer, number, lambda: not task.is_current())
        except InputError as error:
            return error.faults

    task: Any = solara.lab.use_task(
        live, dependencies=[scenario_hash(scenario), world, layer, number], raise_error=False
    )
    found = task.value if task.finished else None
    with solara.Div(classes=["pg-card", "pg-wrap", "pg-tight"]):
        with solara.Div(style={"width": "110px"}):
            Field(
                label=look.t("spread.world"), text=str(world), kind="number", outlined=True, most=MOST_WORLD,
                event_typed=lambda text: set_world(int(text)),
            )  # fmt: skip
        layers = spread.drawn_layers(found.study) if isinstance(found, Picture) else []
        if layers:
            names = {name: look.t(f"option.{name}", default=name) for name in layers}
            shown = layer if layer in layers else layers[0]
            choice(look.t("spread.layer"), names, shown, set_layer, 200)
            solara.Button(look.t("spread.others"), text=True, on_click=lambda: draw_others(shown))
    if task.pending or task.not_called:
        solara.v.ProgressLinear(indeterminate=True, rounded=True, height=4)
        solara.Text(look.t("spread.living"), classes=["pg-note"])
    faults = found if isinstance(found, tuple) else (task.exception,) if task.error else ()
    for fault in faults:
        with solara.Div(classes=["pg-faults"]):
            solara.v.Html(tag="p", children=[look.fault(fault) if isinstance(fault, Fault) else str(fault)])
    if isinstance(found, Picture):
        with solara.Div(classes=["pg-side", "pg-wide-side"]):
            with solara.Div():
                Drawing(look, scenario, found, person, set_person)
                Adopters(look, found, person, set_person)
            with solara.Div(classes=["pg-card", "edge"]):
                Why(look, found, person).key(f"{id(found)}/{person}")


@solara.component
def Drawing(look: Look, scenario: Scenario, found: Picture, person: int, on_person: Any) -> None:
    """Show the drawn people moving through the days."""
    days = len(found.states) - 1

    def picture() -> dict[str, Any]:
        labels = [figures.day_label(day, scenario.start, look.language) for day in range(1, days + 1)]
        return {
            "nodes": found.nodes, "ties": found.ties, "states": found.states, "shared": found.shared,
            "passes": found.passes, "labels": [look.t("spread.start"), *labels],
            "people": [[look.quantity(n, "people", is_bare=True) for n in day] for day in found.people],
            "names": [look.t(f"state.{state}") for state in STATES],
            "words": {key: look.t(f"spread.{key}") for key in ("play", "pause", "day", "shared")},
        }  # fmt: skip

    shown = solara.use_memo(picture, [Same(found), look.language])
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("spread.title")])
        if not found.nodes:
            solara.v.Html(tag="p", children=[look.t("spread.no_network")], class_="pg-note")
        about = look.t("spread.about", n=look.count(len(found.nodes)))
        Moving(shown, days, look.t("spread.title"), selected=person, event_pick=on_person)
        solara.v.Html(tag="p", children=[about], class_="pg-note")


@solara.component
def Adopters(look: Look, found: Picture, person: int, on_person: Any) -> None:
    """List who adopted in this world."""
    listed = found.adopters.head(MOST_LISTED)
    columns: list[dict[str, Any]] = [
        {"key": "name", "label": look.t("why.person")}, {"key": "segment", "label": look.t("field.segment")},
        {"key": "day", "label": look.t("why.day"), "num": True}, {"key": "by", "label": look.t("why.by")},
    ]  # fmt: skip
    rows = [
        {"key": str(r["row"]), "name": r["name"], "segment": str(r["segment"]), "day": str(r["day"]),
         "by": look.t(f"kind.{r['by']}")}
        for r in listed.to_dict("records")
    ]  # fmt: skip
    said = look.t("why.adopters_count", n=look.count(len(found.adopters)))
    if len(found.adopters) > MOST_LISTED:
        said += " · " + look.t("why.first_of", n=MOST_LISTED)
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("why.adopters")])
        Table(
            columns=columns, rows=rows, selected=str(person), live=True, most=320, empty=look.t("why.nobody"),
            event_pick=lambda key: on_person(int(key)),
        )  # fmt: skip
        solara.v.Html(tag="p", children=[said], class_="pg-note")


@solara.component
def Why(look: Look, found: Picture, person: int) -> None:
    """Show what one person went through."""
    task: Any = solara.lab.use_task(
        lambda: path(found.study, found.replication, person) if person >= 0 else None, dependencies=[person]
    )
    if person < 0:
        solara.v.Html(tag="p", children=[look.t("why.choose")], class_="pg-note")
        return
    frame: DataFrame | None = task.value if task.finished else None
    if frame is None:
        solara.v.ProgressLinear(indeterminate=True, rounded=True, height=4)
        return
    solara.v.Html(tag="h3", children=[look.t("why.title", name=_called(found, person))], class_="pg-h")
    with solara.Div(classes=["pg-lines"]):
        for line in _told(look, frame):
            solara.v.Html(tag="p", children=[line])
    columns: list[dict[str, Any]] = [{"key": "day", "label": look.t("why.day"), "num": True}]
    columns += [{"key": key, "label": look.t(f"why.{key}")} for key in ("event", "what")]
    Table(columns=columns, rows=[_row(look, n, r) for n, r in enumerate(frame.to_dict("records"))], most=520)


def _called(found: Picture, row: int) -> str:
    for node in found.nodes:
        if node["id"] == row:
            return str(node["name"])
    names = found.adopters.loc[found.adopters["row"] == row, "name"]
    return str(names.iloc[0]) if len(names) else str(row)


def _told(look: Look, frame: DataFrame) -> list[str]:
    """Return what a path comes to: whether and why the person adopted, what it met, what it heard."""
    adopted = frame[frame["event"] == "adopted"]
    if len(adopted):
        by = look.t(f"kind.{adopted['kind'].iloc[0]}")
        lines = [look.t("why.adopted", day=int(adopted["day"].iloc[0]), by=by)]
    elif frame["state"].iloc[0] == "adopter":
        lines = [look.t("why.adopter_at_start")]
    else:
        lines = [look.t("why.not_adopted", state=look.t(f"state.{frame['state'].iloc[-1]}"))]
    met = frame[frame["event"] == "met"]
    counts = met["kind"].value_counts()
    kinds = ", ".join(f"{look.t(f'kind.{kind}')} {look.count(n)}" for kind, n in counts.items())
    n_attended = int(met["is_attended"].astype(bool).sum())
    lines.append(
        look.t("why.met", n=look.count(len(met)), kinds=kinds, attended=look.count(n_attended))
        if len(met)
        else look.t("why.met_never")
    )
    n_heard = int((frame["event"] == "heard").sum())
    return [*lines, look.t("why.heard", n=look.count(n_heard))] if n_heard else lines


def _row(look: Look, n: int, event: Mapping[Any, Any]) -> dict[str, Any]:
    kind, what = event["kind"], event["event"]
    told = look.t(f"event.{what}")
    if what in ("met", "posted", "adopted") and isinstance(kind, str):
        told += f" ({look.t(f'kind.{kind}')})"
    if what == "met" and not event["is_attended"]:
        told += ", " + look.t("why.unattended")
    elif what == "heard":
        told += ": " + look.t("why.well" if event["valence"] > 0 else "why.ill")
    elif what == "start":
        told = look.t(f"state.{event['state']}")
    said = [str(event[key]) for key in ("message", "channel") if isinstance(event[key], str)]
    if event["chain"]:
        said.append(" → ".join(map(str, event["chain"])))
    elif event["from"] is not None and what in ("heard", "shared"):
        said.append(str(event["from"]))
    tone = {"adopted": "good", "forgot": "poor"}.get(
        what, "faint" if what == "met" and not event["is_attended"] else ""
    )
    return {
        "key": str(n),
        "day": str(event["day"]),
        "event": told,
        "what": " · ".join(said),
        "tone": {"event": tone},
    }
