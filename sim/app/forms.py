"""Forms over a plan: each field shows a value of the text, writes it back, and has its faults beside it."""

from __future__ import annotations

from typing import Any

import solara

from sim.app import figures
from sim.app import look as looks
from sim.app.fields import FieldSpec, Group, entries, fields_of, free_name, new_entry, value_at
from sim.app.look import Look, attempt, touch
from sim.app.parts import Table
from sim.errors import Fault
from sim.results.catalog import METRICS
from sim.scenario.draft import address_of, is_under
from sim.scenario.path import Parts, render

SHOWN_FAULTS = 8


def beside(fault: Fault) -> str:
    """Return a fault as it is told beside its field: without the place."""
    return f"{fault.got}; {fault.wanted}" + (f" ({fault.hint})" if fault.hint else "")


def label_of(look: Look, spec: FieldSpec) -> str:
    """Return what a field is called."""
    if spec.path[0] == "usage":
        return spec.label + look.t(f"field.{spec.path[-1]}")
    name = spec.label or look.t("field." + "_".join(spec.path))
    return f"{name} ({spec.unit})" if spec.unit else name


@solara.component
def ValueField(look: Look, at: Parts, spec: FieldSpec) -> None:
    """Show one value; what is typed goes into the text."""
    desk = look.desk
    plan = desk.plan
    if plan is None:
        return
    path = (*at, *spec.path)
    value = value_at(plan.draft.tree, path)
    faults = [fault for fault in plan.draft.faults if is_under(address_of(fault), render(path))]
    error = " · ".join(beside(fault) for fault in faults)
    label = label_of(look, spec)

    def put(new: Any) -> None:
        if new != value:
            attempt(lambda: desk.put({path: new}))

    if spec.kind == "yes":
        solara.Switch(label=label, value=value is not False, on_value=lambda on: put(None if on else False))
    elif spec.kind in ("choice", "many"):
        is_many = spec.kind == "many"
        known = [{"text": look.t(f"option.{o}", default=o), "value": o} for o in spec.options]
        given = value if is_many else [value] if value is not None else []
        known += [{"text": str(o), "value": o} for o in given or [] if o not in spec.options]
        solara.v.Select(
            label=label, items=known, v_model=value if value is not None else ([] if is_many else None),
            on_v_model=lambda new: put(new or None), multiple=is_many, clearable=True, dense=True,
            error=bool(error), error_messages=[error] if error else [], class_="wide" if is_many else "",
        )  # fmt: skip
    else:
        solara.InputText(
            label=label, value=figures.shown(value, look.language), continuous_update=False, dense=True,
            on_value=lambda text: put(figures.typed(text, look.language, is_list=spec.kind == "list")),
            error=error or False, classes=["wide"] if spec.path == ("name",) else [],
        )  # fmt: skip


@solara.component
def Faults(look: Look) -> None:
    """List every fault of the plan at hand, as the command line words them."""
    plan = look.desk.plan
    if plan is None or not plan.draft.faults:
        return
    with solara.Div(classes=["pg-faults"]):
        solara.v.Html(tag="b", children=[look.t("faults.title", n=len(plan.draft.faults))])
        for fault in plan.draft.faults[:SHOWN_FAULTS]:
            solara.v.Html(tag="p", children=[str(fault)])
        if len(plan.draft.faults) > SHOWN_FAULTS:
            solara.v.Html(tag="p", children=[f"… {len(plan.draft.faults) - SHOWN_FAULTS}"])


@solara.component
def EntryForm(look: Look, group: Group, name: str) -> None:
    """Show one entry of a group: its name, its fields, and what is wrong with it as a whole."""
    plan = look.desk.plan
    if plan is None or plan.draft.tree is None:
        return
    at = (*group.at, name)

    def rename(new: str) -> None:
        new = new.strip()
        if new and new != name:
            attempt(lambda: look.desk.rename(at, new))
            if not looks.notice.value:
                looks.chosen.value = (group.name, new)

    def remove() -> None:
        attempt(lambda: look.desk.put({at: None}))
        looks.chosen.value = (group.name, "")

    for fault in plan.draft.faults:
        if address_of(fault) == render(at):
            with solara.Div(classes=["pg-faults"]):
                solara.v.Html(tag="p", children=[beside(fault)])
    with solara.Div(classes=["pg-fields"]):
        solara.InputText(
            look.t("field.called"),
            value=name,
            on_value=rename,
            continuous_update=False,
            dense=True,
            classes=["wide"],
        )
        for spec in fields_of(group.name, plan.draft.tree):
            ValueField(look, at, spec).key("/".join((*at, *spec.path)))
    solara.Button(look.t("form.remove"), on_click=remove, text=True, icon_name="mdi-delete-outline")


@solara.component
def EntryTable(look: Look, group: Group) -> None:
    """List the entries of a group; a click opens one, a button adds one."""
    plan = look.desk.plan
    if plan is None or plan.draft.tree is None:
        return
    tree = plan.draft.tree
    found = entries(tree, group)
    selected = looks.chosen.value[1] if looks.chosen.value[0] == group.name else ""

    def add() -> None:
        name = free_name(found, look.t(f"form.stem.{group.name}"))
        attempt(lambda: look.desk.put({(*group.at, name): new_entry(group.name, tree)}))
        looks.chosen.value = (group.name, name)

    columns: list[dict[str, Any]] = [{"key": "name", "label": look.t("field.called")}]
    columns += [{"key": c, "label": look.t(f"field.{c}"), "num": c in _NUMBERS} for c in group.columns]
    rows = []
    for name, entry in found.items():
        bad = bool(plan.draft.at(render((*group.at, name))))
        cells = {c: cell(look, entry, c, str(tree.get("currency", ""))) for c in group.columns}
        rows.append({"key": name, "name": name, "bad": bad, **cells})

    def pick(name: str) -> None:
        looks.chosen.value = (group.name, name)
        touch()

    Table(
        columns=columns,
        rows=rows,
        selected=selected,
        live=True,
        event_pick=pick,
        empty=look.t("form.empty"),
        most=420,
    )
    solara.Button(look.t(f"form.add.{group.name}"), on_click=add, text=True, icon_name="mdi-plus")


_NUMBERS = (
    "bought",
    "share",
    "trust",
    "aware",
    "attitude",
    "quality",
    "cpm",
    "brand_followers",
    "probability",
    "by_day",
)


def cell(look: Look, entry: dict[str, Any], column: str, currency: str) -> str:
    """Return one cell of a table of entries."""
    if column == "bought":
        return bought(look, entry, currency)
    if column in _CELLS:
        return _CELLS[column](look, entry)
    if column == "days" and entry.get("posts") is not None:
        return figures.shown(entry["posts"], look.language)
    value = entry.get(column)
    return look.t(f"option.{value}", default=figures.shown(value, look.language))


def _cap(look: Look, entry: dict[str, Any]) -> str:
    cap = entry.get("cap")
    if not isinstance(cap, dict):
        return ""
    return look.t("form.cap", times=cap.get("times", "?"), days=cap.get("per_days", "?"))


def _choose(look: Look, entry: dict[str, Any]) -> str:
    choose = entry.get("choose")
    if isinstance(choose, dict):
        return f"{choose.get('count', '?')} × {choose.get('level') or choose.get('by', '?')}"
    return figures.shown(entry.get("people"), look.language)


def _appeals(look: Look, entry: dict[str, Any]) -> str:
    appeals = entry.get("appeals")
    return ", ".join(
        f"{look.t(f'field.appeals_{need}', default=need)} {figures.shown(value, look.language)}"
        for need, value in (appeals if isinstance(appeals, dict) else {}).items()
    )


def _bound(look: Look, entry: dict[str, Any]) -> str:
    for key, sign in (("at_least", "≥"), ("at_most", "≤")):
        if entry.get(key) is not None:
            return f"{sign} {figures.shown(entry[key], look.language)}"
    return ""


def _metric(look: Look, entry: dict[str, Any]) -> str:
    metric = entry.get("metric")
    return look.title(str(metric)) if metric in METRICS else figures.shown(metric, look.language)


_CELLS = {"cap": _cap, "choose": _choose, "appeals": _appeals, "bound": _bound, "metric": _metric}


def bought(look: Look, flight: dict[str, Any], currency: str) -> str:
    """Return what a flight buys, with its unit."""
    for key, unit in (("budget", currency), ("impressions", "impressions"), ("grp", "points")):
        value = flight.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return look.quantity(value, unit)
    if flight.get("insertions") is not None:
        return look.t("form.insertions", n=flight["insertions"])
    return look.t("form.posts") if flight.get("posts") is not None else ""
