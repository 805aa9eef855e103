"""Forms over a plan: the list of entries of a kind, and the form of one."""

from __future__ import annotations

from typing import Any

import solara

from sim.app.components.fields.alternative_form import Further, told
from sim.app.components.fields.field_lists import fields_of
from sim.app.components.fields.fields import GROUPS, Group, entries, free_name, new_entry, value_at
from sim.app.components.fields.value_field import Fields, Typed, label_of, option
from sim.app.components.parts import Table
from sim.app.state import look as looks
from sim.app.state.look import Look, attempt, touch
from sim.app.words import figures
from sim.results.catalog import METRICS
from sim.scenario.path import render

SHOWN_FAULTS = 8


@solara.component
def Faults(look: Look) -> None:
    """List every fault of the plan at hand, as the command line words them."""
    plan = look.desk.plan
    if plan is None or not plan.draft.faults:
        return
    with solara.Div(classes=["pg-faults"]):
        solara.v.Html(tag="b", children=[look.t("faults.title", n=len(plan.draft.faults))])
        for fault in plan.draft.faults[:SHOWN_FAULTS]:
            solara.v.Html(tag="p", children=[look.fault(fault)])
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

    entry = entries(plan.draft.tree, group)[name]
    with solara.Div(classes=["pg-fields"]):
        Typed(look.t("field.called"), name, "", rename, "", is_wide=True)
    Fields(look, at, fields_of(group.name, plan.draft.tree, entry))
    if group.name == "alternatives":
        Further(look, at, entry)
    solara.Button(look.t("form.remove"), on_click=remove, text=True, icon_name="mdi-delete-outline")


@solara.component
def Tabled(look: Look, name: str) -> None:
    """Show a flight that a table holds, as it stands there: nothing of it is in the plan's text to be changed."""
    plan = look.desk.plan
    if plan is None or plan.draft.tree is None:
        return
    entry = entries(plan.draft.tree, GROUPS["flights"])[name]
    rows = []
    for spec in fields_of("flights", plan.draft.tree, entry):
        value = value_at(entry, spec.path) if spec.path else None
        if value is not None and not isinstance(value, dict):
            said = _days(value) if spec.path == ("days",) else figures.shown(value, look.language)
            rows.append({"key": render(spec.path), "name": label_of(look, spec), "value": said})
    columns = [{"key": key, "label": look.t(f"tabled.{key}")} for key in ("name", "value")]
    Table(columns=columns, rows=[{"key": "", "name": look.t("field.called"), "value": name}, *rows])
    solara.v.Html(tag="p", children=[look.t("tabled.about", place=plan.draft.tabled[name])], class_="pg-note")
    TakeIn(look)


def _days(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, list) else str(value)


@solara.component
def TakeIn(look: Look) -> None:
    """Offer to write the flights of the plan's table into its text."""
    solara.Button(
        look.t("tabled.take_in"), on_click=lambda: attempt(look.desk.take_table_in), text=True,
        icon_name="mdi-table-arrow-left",
    )  # fmt: skip


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
    tabled = plan.draft.tabled if group.name == "flights" else {}
    if tabled:
        columns.append({"key": "place", "label": look.t("tabled.place")})
    rows = []
    for name, entry in found.items():
        bad = bool(plan.draft.at(render((*group.at, name))))
        cells = {c: cell(look, entry, c, str(tree.get("currency", ""))) for c in group.columns}
        rows.append({"key": name, "name": name, "bad": bad, "place": tabled.get(name, ""), **cells})

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
    if tabled:
        TakeIn(look)


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
        how = choose.get("level") or choose.get("by") or choose.get("rule", "?")
        return f"{choose.get('count', '…')} × {option(look, how)}"
    return figures.shown(entry.get("people"), look.language)


def _appeals(look: Look, entry: dict[str, Any]) -> str:
    appeals = entry.get("appeals")
    return ", ".join(
        f"{look.t(f'field.appeals_{need}', default=need)} {figures.shown(value, look.language)}"
        for need, value in (appeals if isinstance(appeals, dict) else {}).items()
    )


def _bound(look: Look, entry: dict[str, Any]) -> str:
    for key, sign in (("at_least", "≥"), ("at_most", "≤"), ("above", ">"), ("below", "<")):
        if entry.get(key) is not None:
            return f"{sign} {figures.shown(entry[key], look.language)}"
    return ""


def _when(look: Look, entry: dict[str, Any]) -> str:
    when = entry.get("when")
    if not isinstance(when, dict):
        return ""
    days = look.t("form.for_days", n=when.get("for_days", 1))
    return f"{_metric(look, when)} {_bound(look, when)} {days}"


def _then(look: Look, entry: dict[str, Any]) -> str:
    then = entry.get("then")
    given = [(action, value) for action, value in (then if isinstance(then, dict) else {}).items() if value]
    return ", ".join(f"{option(look, action)}: {_done(look, value)}" for action, value in given)


def _done(look: Look, value: Any) -> str:
    if not isinstance(value, dict):
        return figures.shown(value, look.language)
    places = [str(value[key]) for key in ("from", "flight", "to", "message") if key in value]
    return " → ".join(places)


def _once(look: Look, entry: dict[str, Any]) -> str:
    return look.t("form.again" if entry.get("once") is False else "form.once")


def _metric(look: Look, entry: dict[str, Any]) -> str:
    metric = entry.get("metric")
    return look.title(str(metric)) if metric in METRICS else figures.shown(metric, look.language)


_CELLS = {
    "cap": _cap, "choose": _choose, "appeals": _appeals, "bound": _bound, "metric": _metric, "when": _when,
    "then": _then, "once": _once, "changes": lambda look, entry: told(entry, look.language),
}  # fmt: skip


def bought(look: Look, flight: dict[str, Any], currency: str) -> str:
    """Return what a flight buys, with its unit."""
    for key, unit in (("budget", currency), ("impressions", "impressions"), ("grp", "points")):
        value = flight.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return look.quantity(value, unit)
    if flight.get("insertions") is not None:
        return look.t("form.insertions", n=flight["insertions"])
    if flight.get("posts") is not None:
        return look.t("form.posts")
    return look.t("form.stands") if flight.get("days") is not None else ""
