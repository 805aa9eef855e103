"""Where the public comes from: files that the planner brings, their columns, and how layers of ties are made."""

from __future__ import annotations

from typing import Any

import solara

from sim.app.components.fields.data_fields import layer_fields, layers_of, table_fields
from sim.app.components.fields.value_field import Fields, write
from sim.app.components.parts import Table
from sim.app.components.upload import Upload
from sim.app.state import data
from sim.app.state.look import Look, attempt
from sim.errors import InputError
from sim.scenario.view import mapping

MOST_COLUMNS_TOLD = 12
KINDS = {"from_survey": "survey", "from_people": "people"}


@solara.component
def Data(look: Look) -> None:
    """Take files, say what they are, and choose their columns; make or read the layers of ties."""
    plan = look.desk.plan
    chosen, set_chosen = solara.use_state("")
    if plan is None or plan.draft.tree is None:
        return
    tree, files = plan.draft.tree, data.files_of(look.desk)
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("data.title")])
        solara.v.Html(tag="p", children=[look.t("data.about")], class_="pg-note")
        Upload(look, lambda name: set_chosen(name))
        if files:
            Files(look, files, chosen, set_chosen)
    for kind, title in KINDS.items():
        if mapping(tree, "audience").get(kind) is not None:
            with solara.Div(classes=["pg-card", "pg-narrow"]):
                solara.v.Html(tag="h3", children=[look.t(f"data.{title}")])
                columns = _columns(look, mapping(tree, "audience", kind).get("file"))
                Fields(look, (), table_fields(tree, kind, columns, files))
    with solara.Div(classes=["pg-card", "pg-narrow"]):
        solara.v.Html(tag="h3", children=[look.t("data.networks")])
        for layer in layers_of(tree):
            name = look.t(f"option.{layer}", default=layer)
            solara.v.Html(tag="h4", children=[look.t("data.layer", layer=name)], class_="pg-section")
            columns = _columns(look, mapping(tree, "network", layer).get("edges"))
            Fields(look, (), layer_fields(tree, layer, columns, files)).key(f"{look.desk.current}/{layer}")


def _columns(look: Look, name: Any) -> dict[str, data.Look]:
    """Return the columns of a file that a plan names; none where it cannot be read, which the plan's faults tell."""
    path = data.place_of(look.desk, name) if isinstance(name, str) else None
    found = data.columns_or_faults(path) if path is not None and path.is_file() else {}
    return {} if isinstance(found, InputError) else dict(found)


@solara.component
def Files(look: Look, files: list[str], chosen: str, on_chosen: Any) -> None:
    """List the files at hand; of the chosen one, say what it is."""
    plan = look.desk.plan
    rows, faults = [], {}
    for name in files:
        found = data.columns_or_faults(data.place_of(look.desk, name))
        told = str(found) if isinstance(found, InputError) else ", ".join(list(found)[:MOST_COLUMNS_TOLD])
        rows.append({"key": name, "name": name, "columns": told, "bad": isinstance(found, InputError)})
        faults[name] = isinstance(found, InputError)
    columns = [
        {"key": "name", "label": look.t("data.file")},
        {"key": "columns", "label": look.t("data.columns")},
    ]
    Table(columns=columns, rows=rows, selected=chosen, live=True, most=240, event_pick=on_chosen)
    if chosen not in faults or faults[chosen] or plan is None or plan.draft.tree is None:
        return
    tree = plan.draft.tree

    def use(values: Any) -> None:
        attempt(lambda: data.move_in(look.desk))
        write(look, (), values)

    there = data.columns_of(data.place_of(look.desk, chosen))
    with solara.Div(classes=["pg-wrap"], style={"margin-top": "8px"}):
        solara.Text(look.t("data.chosen", name=chosen), classes=["pg-note"])
        for is_survey, key in ((True, "survey"), (False, "people")):
            solara.Button(
                look.t(f"data.as_{key}"), outlined=True,
                on_click=lambda is_survey=is_survey: use(data.as_people(chosen, there, tree, is_survey=is_survey)),
            )  # fmt: skip
        for layer in layers_of(tree):
            name = look.t(f"option.{layer}", default=layer)
            solara.Button(
                look.t("data.as_ties", layer=name), outlined=True,
                on_click=lambda layer=layer: use(data.as_ties(chosen, layer)),
            )  # fmt: skip
