"""The plan: flights on a calendar, tables of its parts, a form for the one at hand, and the YAML behind it."""

from __future__ import annotations

from typing import Any

import solara

from sim.app.components.charts import COLOURS
from sim.app.components.fields.elsewhere import in_text_alone
from sim.app.components.fields.field_lists import listening_fields, settings_fields
from sim.app.components.fields.field_lists_model import model_fields
from sim.app.components.fields.field_lists_question import question_fields
from sim.app.components.fields.fields import GROUPS, entries
from sim.app.components.fields.forms import EntryForm, EntryTable, Faults, Tabled, bought
from sim.app.components.fields.value_field import Fields
from sim.app.components.parts import Field, Gantt
from sim.app.components.working import FileButton
from sim.app.pages.first_look import FirstLook
from sim.app.state import look as looks
from sim.app.state.look import Look, attempt, first_drawing, touch
from sim.app.words import figures
from sim.scenario.path import render
from sim.scenario.span import read_span

TABS = (
    "flights", "partners", "messages", "channels", "listening", "rules", "objectives", "question", "alternatives",
    "model", "settings",
)  # fmt: skip
WHOLE = {
    "settings": settings_fields, "listening": listening_fields, "question": question_fields, "model": model_fields,
}  # fmt: skip
TOLD = ("listening", "question", "model")
MOST_DAYS = 36_500


@solara.component
def PlanPage(look: Look) -> None:
    """Show and edit the plan at hand."""
    plan = look.desk.plan
    is_yaml, set_yaml = solara.use_state(False)
    is_first = first_drawing()
    if plan is None:
        return
    tree = plan.draft.tree
    is_text = is_yaml or tree is None
    Heading(look, is_text, set_yaml)
    Faults(look)
    if is_text or tree is None:
        YamlEditor(look)
        return
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("plan.calendar")])
        Calendar(look)
    if is_first:
        return
    FirstLook(look)
    group = looks.chosen.value[0] if looks.chosen.value[0] in TABS else "flights"
    Tabs(look, group)
    if group in WHOLE:
        with solara.Div(classes=["pg-card", "pg-narrow"]):
            if group in TOLD:
                solara.v.Html(tag="p", children=[look.t(f"plan.{group}_about")], class_="pg-note")
            Fields(look, (), WHOLE[group](tree)).key(f"{look.desk.current}/{group}/{look.language}")
            if group == "settings":
                InText(look, plan.draft.text, set_yaml)
        return
    with solara.Div(classes=["pg-side"]):
        with solara.Div(classes=["pg-card"]):
            EntryTable(look, GROUPS[group])
        with solara.Div(classes=["pg-card", "edge"]):
            Editor(look, group)


@solara.component
def InText(look: Look, text: str, set_yaml: Any) -> None:
    """Tell what the plan has that is changed in its text alone, and lead there."""
    found = in_text_alone(text)
    if not found:
        return
    solara.v.Html(tag="p", children=[look.t("plan.in_text", what=", ".join(found))], class_="pg-note")
    solara.Button(look.t("plan.as_text"), on_click=lambda: set_yaml(True), text=True)


@solara.component
def Heading(look: Look, is_text: bool, set_yaml: Any) -> None:
    """Show the plan's name and what can be done with it as a whole."""
    plan = look.desk.plan
    if plan is None:
        return

    def copy() -> None:
        look.desk.duplicate(look.t("plan.copy_suffix"))
        touch()

    with solara.Div(classes=["pg-wrap"], style={"margin-bottom": "12px"}):
        solara.v.Html(tag="h1", children=[plan.name], class_="pg-title")
        if not plan.draft.faults:
            solara.v.Html(tag="span", children=[look.t("faults.none")], class_="pg-ok")
        solara.Div(classes=["pg-grow"])
        label = look.t("plan.form" if is_text else "plan.as_text")
        solara.Button(
            label, on_click=lambda: set_yaml(not is_text), outlined=True, disabled=plan.draft.tree is None
        )
        solara.Button(look.t("plan.copy"), on_click=copy, outlined=True)
        file = plan.file if plan.file.endswith((".yaml", ".yml")) else f"{plan.file}.yaml"
        FileButton(look, look.t("export.yaml"), lambda: plan.draft.text.encode(), file)


@solara.component
def Tabs(look: Look, group: str) -> None:
    """Choose which parts of the plan are listed."""

    def show(name: str) -> None:
        looks.chosen.value = (name, "")
        touch()

    with solara.Div(classes=["pg-wrap", "pg-parts"], style={"margin-bottom": "10px"}):
        for name in TABS:
            solara.Button(
                look.t(f"plan.{name}"), on_click=lambda name=name: show(name), text=name != group,
                color="primary" if name == group else None, small=True,
            )  # fmt: skip


@solara.component
def Editor(look: Look, group: str) -> None:
    """Show the form of the entry that is chosen."""
    plan, (chosen_group, name) = look.desk.plan, looks.chosen.value
    there = plan is not None and chosen_group == group and group in GROUPS
    if there and plan is not None and name in entries(plan.draft.tree, GROUPS[group]):
        solara.v.Html(tag="h3", children=[look.t(f"plan.one.{group}")])
        if group == "flights" and name in plan.draft.tabled:
            Tabled(look, name)
            return
        EntryForm(look, GROUPS[group], name).key(f"{look.desk.current}/{group}/{name}/{look.language}")
    else:
        solara.v.Html(tag="p", children=[look.t("plan.choose")], class_="pg-note")


@solara.component
def YamlEditor(look: Look) -> None:
    """Edit the text itself; the forms show what it says."""
    plan = look.desk.plan
    if plan is None:
        return

    def write(text: str) -> None:
        look.desk.write(text)
        touch()

    with solara.Div(classes=["pg-card", "pg-yaml"]):
        solara.v.Html(tag="p", children=[look.t("plan.yaml_about")], class_="pg-note")
        Field(label=look.t("plan.yaml"), text=plan.draft.text, kind="area", event_typed=write)


@solara.component
def Calendar(look: Look) -> None:
    """Show what runs when; a click opens it."""
    plan = look.desk.plan
    if plan is None or plan.draft.tree is None:
        return
    tree = plan.draft.tree
    days = tree.get("days")
    n_days = days if isinstance(days, int) and 0 < days <= MOST_DAYS else 1
    rows = [_bar(look, group, name, entry) for group in ("flights", "partners")
            for name, entry in entries(tree, GROUPS[group]).items()]  # fmt: skip
    group, name = looks.chosen.value

    def pick(key: str) -> None:
        looks.chosen.value = (key.partition(":")[0], key.partition(":")[2])
        touch()

    def move(told: dict[str, Any]) -> None:
        pick(str(told["key"]))
        group, _, name = str(told["key"]).partition(":")
        attempt(lambda: look.desk.put({(*GROUPS[group].at, name, "days"): f"{told['first']}-{told['last']}"}))

    step = next((s for s in (1, 2, 5, 7, 14, 30, 60, 90, 180, 365) if n_days / s <= 10), 3650)
    ticks = [
        {"day": day, "label": figures.day_label(day, tree.get("start"), look.language)}
        for day in range(1, n_days + 1, step)
    ]
    Gantt(
        rows=rows, days=n_days, ticks=ticks, selected=f"{group}:{name}", hint=look.t("plan.drag"), event_pick=pick,
        event_move=move,
    )  # fmt: skip


def _bar(look: Look, group: str, name: str, entry: dict[str, Any]) -> dict[str, Any]:
    plan = look.desk.plan
    tree = plan.draft.tree if plan is not None else None
    channels = list((tree or {}).get("channels") or {})
    channel = entry.get("channel")
    colour = COLOURS[channels.index(channel) % len(COLOURS)] if channel in channels else COLOURS[-1]
    try:
        span = read_span(entry.get("days"))
    except ValueError:
        span = None
    first, last = span if isinstance(span, tuple) else (0, 0)
    marks = entry.get("posts") or entry.get("post_on") or []
    marks = [day for day in marks if isinstance(day, int)] if isinstance(marks, list) else []
    at = render((*GROUPS[group].at, name))
    return {
        "key": f"{group}:{name}", "label": name, "sub": f"{channel} · {entry.get('message', '')}", "first": first,
        "last": last, "marks": marks, "shape": entry.get("shape", "even"), "colour": colour,
        "note": bought(look, entry, str((tree or {}).get("currency", ""))),
        "fixed": bool(plan is not None and group == "flights" and name in plan.draft.tabled),
        "bad": bool(plan is not None and plan.draft.at(at)),
    }  # fmt: skip
