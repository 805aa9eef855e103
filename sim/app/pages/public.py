"""The public: who they are, which channels they use, and who hears whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import solara
import solara.lab

from sim.agents.population import Population
from sim.app.components import charts
from sim.app.components.fields.field_lists_audience import EVERYONE, everyone_fields
from sim.app.components.fields.fields import GROUPS, entries
from sim.app.components.fields.forms import EntryForm, EntryTable, Faults
from sim.app.components.fields.value_field import Fields
from sim.app.components.parts import Chart, Table
from sim.app.pages.data import Data
from sim.app.readings import portrait
from sim.app.state import look as looks
from sim.app.state.look import Look, Same, draw_others
from sim.app.words import figures
from sim.errors import InputError
from sim.network.communities import found as communities
from sim.network.graph import TieLayer
from sim.network.measure import described
from sim.scenario.identity import public_hash
from sim.scenario.schema import Scenario
from sim.scenario.view import View, mapping

MOST_GROUPS = 8
MEASURES = (
    "n_ties", "people_with_ties", "mean_followers", "median_followers", "max_followers", "exponent", "reciprocity",
    "same_segment", "clustering",
)  # fmt: skip
_SHARES = ("reciprocity", "same_segment", "clustering")


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """Hold a public, its segments in figures, the measures of its layers, and the curve of their followers."""

    population: Population
    groups: list[portrait.Group]
    layers: dict[str, TieLayer]
    measures: dict[str, dict[str, float]]
    curves: dict[str, list[tuple[float, float]]]


def drawn(scenario: Scenario, numbers: Mapping[str, int]) -> Portrait:
    """Build the public of a scenario, as every run of it does, measure its layers, and make the drawings asked for."""
    from sim.public import build_public

    public = build_public(scenario)
    layers = {name: layer for name, layer in sorted(public.network.layers.items()) if not layer.is_well_mixed}
    measures = {name: described(layer, public.population) for name, layer in layers.items()}
    curves = {name: portrait.followers_curve(layer) for name, layer in layers.items()}
    for name, layer in layers.items():
        portrait.kept_drawing(layer, numbers.get(name, 0))
    return Portrait(public.population, list(portrait.groups(public.population)), layers, measures, curves)


@solara.component
def PublicPage(look: Look) -> None:
    """Show the public of the plan at hand; edit its segments."""
    plan = look.desk.plan
    scenario = plan.draft.scenario if plan is not None else None
    name = "" if scenario is None else public_hash(scenario)

    numbers = dict(looks.drawn.value)

    def draw() -> Portrait | tuple[Any, ...] | None:
        try:
            return None if scenario is None else drawn(scenario, numbers)
        except InputError as error:
            return error.faults

    task = solara.lab.use_task(draw, dependencies=[name], raise_error=False)
    solara.v.Html(tag="h1", children=[look.t("public.title")], class_="pg-title")
    solara.v.Html(tag="p", children=[look.t("public.sub")], class_="pg-sub")
    Faults(look)
    found = task.value if task.finished else None
    if task.pending or task.not_called:
        solara.v.ProgressLinear(indeterminate=True, rounded=True, height=4)
        solara.Text(look.t("public.drawing"), classes=["pg-note"])
    if task.error:
        with solara.Div(classes=["pg-faults"]):
            solara.v.Html(tag="p", children=[str(task.exception)])
    if isinstance(found, tuple):
        with solara.Div(classes=["pg-faults"]):
            for fault in found:
                solara.v.Html(tag="p", children=[look.fault(fault)])
    elif found is not None:
        People(look, found)
    Data(look).key("data")  # keeps its state while what stands above it comes and goes
    if plan is not None and entries(plan.draft.tree, GROUPS["segments"]):
        Segments(look).key("segments")
    if plan is not None and plan.draft.tree is not None:
        Everyone(look, plan.draft.tree).key(f"everyone/{look.desk.current}/{look.language}")
    if isinstance(found, Portrait):
        for layer in found.layers:
            Layer(look, found, layer).key(f"{name}/{layer}")


@solara.component
def Segments(look: Look) -> None:
    """Edit the segments."""
    group, name = looks.chosen.value
    with solara.Div(classes=["pg-side"]):
        with solara.Div(classes=["pg-card"]):
            solara.v.Html(tag="h3", children=[look.t("public.edit")])
            EntryTable(look, GROUPS["segments"])
        with solara.Div(classes=["pg-card", "edge"]):
            if group == "segments" and name:
                EntryForm(look, GROUPS["segments"], name).key(
                    f"{look.desk.current}/segments/{name}/{look.language}"
                )
            else:
                solara.v.Html(tag="p", children=[look.t("plan.choose")], class_="pg-note")


@solara.component
def Everyone(look: Look, tree: dict[str, Any]) -> None:
    """Edit what holds for people whose segment is not named, where a file makes the segments."""
    if View.of(tree).table is None and not mapping(tree, *EVERYONE):
        return
    with solara.Div(classes=["pg-card", "pg-narrow"]):
        solara.v.Html(tag="h3", children=[look.t("public.everyone_else")])
        Fields(look, EVERYONE, everyone_fields(tree))


@solara.component
def People(look: Look, portrayed: Portrait) -> None:
    """Show each segment: size, where it stands on day 1, motivations, use of channels."""
    population, found = portrayed.population, portrayed.groups
    said = look.t(
        "public.simulated", n=look.count(population.n_people), people=look.quantity(population.market, "people"),
        each=look.count(population.people_per_agent, 0 if population.people_per_agent >= 10 else 1),
    )  # fmt: skip
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("public.who")])
        _table(look, "who", found)
        solara.v.Html(tag="p", children=[said], class_="pg-note")
        for note in population.notes:
            solara.v.Html(tag="p", children=[note], class_="pg-note")
    with solara.Div(classes=["pg-two"]):
        with solara.Div(classes=["pg-card"]):
            solara.v.Html(tag="h3", children=[look.t("public.motivations")])
            _table(look, "motivations", found)
        with solara.Div(classes=["pg-card"]):
            solara.v.Html(tag="h3", children=[look.t("public.channels")])
            _table(look, "users", found)
            solara.v.Html(tag="p", children=[look.t("public.channels_about")], class_="pg-note")


def _table(look: Look, kind: str, found: list[portrait.Group]) -> None:
    columns: list[dict[str, Any]] = [{"key": "name", "label": look.t("field.segment")}]
    rows: list[dict[str, Any]] = []
    if kind == "who":
        keys = ["share", "people", "trust", "attitude", "aware", "adopters"]
        columns += [{"key": key, "label": look.t(f"public.{key}"), "num": True} for key in keys]
    else:
        keys = [key for key in getattr(found[0], kind) if any(getattr(group, kind)[key] for group in found)]
        columns += [
            {"key": key, "label": look.t(f"field.appeals_{key}", default=key), "num": True} for key in keys
        ]
    for group in found:
        row: dict[str, Any] = {"key": group.name or "*", "name": group.name or look.t("everyone"), "bar": {}}
        for key in keys:
            value = getattr(group, key) if kind == "who" else getattr(group, kind)[key]
            is_share = kind != "who" or key in ("share", "aware", "adopters")
            row[key] = (
                look.share(value)
                if is_share
                else look.quantity(value, "people" if key == "people" else "trust")
            )
            if kind == "users":
                row[key] += f" · {look.count(group.visits[key], 1)}"
            if is_share:
                row["bar"][key] = value
        rows.append(row)
    Table(columns=columns, rows=rows)


@solara.component
def Layer(look: Look, found: Portrait, name: str) -> None:
    """Show one layer: its measures, its followers, a few of its people."""
    layer, measures = found.layers[name], found.measures[name]
    number = looks.drawn.value.get(name, 0)
    person, set_person = solara.use_state(-1)
    task = solara.lab.use_task(
        lambda: portrait.kept_drawing(layer, number), dependencies=[Same(layer), number], raise_error=False
    )
    # Till others are drawn, those drawn last stay.
    told = portrait.kept_drawing(layer, number) if portrait.is_drawn(layer, number) else task.latest
    shown = look.count(0 if told is None else len(told.people))
    option = solara.use_memo(lambda: _drawn(look, found.population, layer, told), [Same(told), look.language])
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("public.layer", name=name)])
        with solara.Div(classes=["pg-two"]):
            with solara.Div():
                Table(columns=[{"key": "name", "label": look.t("public.measure")},
                               {"key": "value", "label": look.t("public.value"), "num": True}],
                      rows=_measure_rows(look, found.population, layer, measures))  # fmt: skip
                Groups(look, found, layer).key(f"groups-{id(layer)}")
            with solara.Div():
                with solara.Div(classes=["pg-wrap"]):
                    solara.v.Html(tag="h3", children=[look.t("public.drawing_of", n=shown)], class_="pg-h")
                    solara.Div(classes=["pg-grow"])
                    solara.Button(
                        look.t("public.another"), on_click=lambda: draw_others(name), text=True, loading=task.pending
                    )  # fmt: skip

                def pick(event: dict[str, Any]) -> None:
                    if event.get("kind") == "node":
                        set_person(int(event["data"]["id"]))

                Chart(option=option, height=400, label=look.t("public.drawing_of", n=shown),
                      language=look.language, dark=look.dark, event_pick=pick)  # fmt: skip
                solara.v.Html(
                    tag="p", children=[_about(look, found, layer, person)], class_="pg-note pg-person"
                )
                solara.v.Html(
                    tag="h3", children=[look.t("public.degrees")], class_="pg-h", style_="margin-top: 16px"
                )
                Chart(option=charts.points({name: found.curves[name]}, "count", "share", log=True), height=210,
                      label=look.t("public.degrees"), language=look.language, dark=look.dark)  # fmt: skip


@solara.component
def Groups(look: Look, found: Portrait, layer: TieLayer) -> None:
    """Show the communities of a layer: how many, how much of its ties they hold, and who is in the largest."""
    task = solara.lab.use_task(lambda: communities(layer), dependencies=[Same(layer)], raise_error=False)
    solara.v.Html(tag="h3", children=[look.t("groups.title")], class_="pg-h", style_="margin-top: 16px")
    if not task.finished:
        solara.v.Html(tag="p", children=[look.t("groups.looking")], class_="pg-note")
        return
    told = task.value
    if told is None:
        solara.v.Html(tag="p", children=[look.t("groups.too_many")], class_="pg-note")
        return
    said = look.t(
        "groups.about", n=look.count(len(told.sizes)), within=look.share(told.within),
        modularity=look.count(told.modularity, 2),
    )  # fmt: skip
    rows = []
    for group in portrait.largest_groups(found.population, told, MOST_GROUPS):
        mix = ", ".join(f"{name} {look.share(share)}" for name, share in group.mix.items())
        rows.append({
            "key": str(group.number), "place": str(group.number), "people": look.quantity(group.people, "people"),
            "share": look.share(group.share), "bar": {"share": group.share}, "mix": mix,
        })  # fmt: skip
    keys = ("place", "people", "share", "mix")
    columns = [{"key": k, "label": look.t(f"groups.{k}"), "num": k in ("people", "share")} for k in keys]
    Table(columns=columns, rows=rows, most=330)
    solara.v.Html(tag="p", children=[said], class_="pg-note")


def _measure_rows(
    look: Look, population: Population, layer: TieLayer, measures: dict[str, float]
) -> list[dict[str, Any]]:
    rows = []
    for key in MEASURES:
        value = measures[key]
        if not np.isnan(value):
            text = (
                look.share(value)
                if key in _SHARES
                else look.count(value, 0 if key.startswith(("n_", "p", "max")) else 2)
            )
            rows.append({"key": key, "name": look.t(f"measure.{key}"), "value": text})
    for place, people in portrait.audience_points(layer, population.people_per_agent).items():
        name = (
            look.t("public.audience_first")
            if place == "1"
            else look.t("public.audience_top", place=figures.localised(place, look.language))
        )
        rows.append({"key": place, "name": name, "value": look.quantity(people, "people")})
    return rows


def _drawn(
    look: Look, population: Population, layer: TieLayer, told: portrait.Drawing | None
) -> dict[str, Any]:
    if told is None:
        return charts.graph([], [], [])
    sizes = layer.audience_sizes
    nodes = [
        {
            "id": str(row), "x": float(told.at[place, 0]), "y": float(told.at[place, 1]),
            "name": _called(population, row), "category": int(population.segment[row]),
            "symbolSize": 5 + 3 * float(np.log1p(sizes[row])), "value": look.count(float(sizes[row])),
        }
        for place, row in enumerate(told.people.tolist())
    ]  # fmt: skip
    people = told.people
    ties = [
        (str(a), str(b)) for a, b in zip(people[told.src].tolist(), people[told.dst].tolist(), strict=True)
    ]
    return charts.graph(nodes, ties, list(population.segment_names))


def _called(population: Population, row: int) -> str:
    return population.ids[row] if population.ids is not None else f"#{row}"


def _about(look: Look, found: Portrait, layer: TieLayer, row: int) -> str:
    population = found.population
    if not 0 <= row < population.n_people:
        return look.t("public.click")
    uses = ", ".join(
        f"{channel} {look.count(float(population.usage[c][row]), 1)}"
        for c, channel in enumerate(population.channel_names) if population.usage[c][row] > 0
    )  # fmt: skip
    return look.t(
        "public.person", who=_called(population, row), segment=population.segment_names[population.segment[row]],
        followers=look.count(float(layer.audience_sizes[row])), trust=look.count(float(population.trust[row]), 2),
        uses=uses or look.t("public.no_channel"),
    )  # fmt: skip
