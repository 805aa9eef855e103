"""One value of the plan as a field: it shows what the text says, writes back, and has its faults beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import solara

from sim.app.components.fields.fields import FieldSpec, free_name, is_null, value_at
from sim.app.components.parts import Field
from sim.app.state.look import Look, attempt
from sim.app.words import figures, words
from sim.results.catalog import METRICS
from sim.scenario.draft import NULL, address_of, is_under
from sim.scenario.meaning import meaning_of
from sim.scenario.path import Parts, render

MOST_UNSEARCHED = 15


def label_of(look: Look, spec: FieldSpec) -> str:
    """Return what a field is called."""
    path = ("network", *spec.path[2:]) if spec.path[0] == "network" else spec.path
    word = "field." + (spec.word or (path[-1] if spec.label else "_".join(path)))
    if spec.label.endswith(": "):
        of = spec.label.removesuffix(": ")
        name = f"{look.t(f'option.{of}', default=of)}: {look.t(word)}"
    else:
        name = spec.label or _capital(look.t(word))
    return f"{name} ({spec.unit})" if spec.unit else name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def option(look: Look, name: Any) -> str:
    """Return what one of several choices is called."""
    if name in METRICS:
        return look.title(str(name))
    return look.t(f"option.{name}", default=str(name))


def write(look: Look, at: Parts, values: Mapping[Parts, Any]) -> None:
    """Set values of the plan by their paths below `at`; mappings that are left empty on the way go, too."""
    plan = look.desk.plan
    if plan is None:
        return
    tree = plan.draft.tree
    new = {(*at, *path): value for path, value in values.items()}
    changed = {
        path: value
        for path, value in new.items()
        if value_at(tree, path) != value or (value is None and is_null(tree, path))
    }
    for path in [path for path, value in changed.items() if value is None]:
        above = path[:-1]
        while len(above) > len(at) and _is_left_empty(tree, above, changed):
            changed[above] = None
            above = above[:-1]
    if changed:
        attempt(lambda: look.desk.put(dict(sorted(changed.items(), key=lambda item: item[1] is not None))))


def _is_left_empty(tree: Any, at: Parts, changed: Mapping[Parts, Any]) -> bool:
    there = value_at(tree, at)
    if not isinstance(there, dict):
        return False
    return all(changed.get((*at, key), there) is None for key in there) and not any(
        len(path) > len(at) and path[: len(at)] == at and value is not None for path, value in changed.items()
    )


@solara.component
def ValueField(look: Look, at: Parts, spec: FieldSpec) -> None:
    """Show one value; what is typed goes into the text."""
    plan = look.desk.plan
    if plan is None:
        return
    path = (*at, *spec.path)
    value = value_at(plan.draft.tree, path)
    faults = [] if spec.kind == "way" else plan.draft.at(render(path))
    if spec.kind in _OF_MAPPINGS:  # what is below has fields of its own
        faults = [fault for fault in faults if address_of(fault) == render(path)]
    error = " · ".join(look.fault(fault, has_place=False) for fault in faults)

    def put(new: Any) -> None:
        write(look, at, {spec.path: new})

    if spec.kind in _OF_MAPPINGS:
        _OF_MAPPINGS[spec.kind](look, at, spec, error)
    elif spec.kind == "yes":
        on = spec.is_on if value is None else value is True
        Switch(label_of(look, spec), on, lambda is_on: put(None if is_on == spec.is_on else is_on))
    elif spec.kind == "part":
        Switch(label_of(look, spec), value is not None, lambda is_on: put({} if is_on else None))
    elif spec.kind == "off":
        on = value is not None or (spec.is_on and not is_null(plan.draft.tree, path))
        Switch(label_of(look, spec), on, lambda is_on: put(_switched(spec, is_on=is_on)))
    elif spec.kind == "way":
        Way(look, at, spec)
    elif spec.kind in ("choice", "many"):
        Choice(look, spec, value, put, error, path)
    else:
        is_list = spec.kind == "list"
        Typed(
            label_of(look, spec), figures.shown(value, look.language), _otherwise(look, path, spec.otherwise),
            lambda text: put(figures.typed(text, look.language, is_list=is_list)), error,
            is_wide=spec.path == ("name",), about=_about(look, path),
        )  # fmt: skip


def _switched(spec: FieldSpec, *, is_on: bool) -> Any:
    """Return what is written where a mechanism is switched: nothing for what holds anyhow."""
    if is_on == spec.is_on:
        return None
    return {} if is_on else NULL


def _about(look: Look, path: Parts) -> str:
    # An alternative's values stand under the addresses that they change.
    found = meaning_of(str(path[2]) if path[0] == "alternatives" and len(path) == 3 else path)
    return "" if found is None else words.meaning(found.about, look.language)


def _otherwise(look: Look, path: Parts, told: Any = None) -> str:
    """Return what holds where a field is left empty."""
    found = meaning_of(path)
    default = told if told is not None or found is None else found.default
    if default is None or isinstance(default, dict):
        return ""
    if isinstance(default, float):
        default = float(f"{default:.4g}")
    return option(look, default) if isinstance(default, str) else figures.shown(default, look.language)


@solara.component
def Typed(
    label: str, text: str, otherwise: str, on_text: Any, error: str, *, is_wide: bool = False, about: str = ""
) -> None:
    """Take a text when the field is left or Enter is pressed."""
    Field(
        label=label, text=text, otherwise=otherwise, error=error, about=about, wide=is_wide, event_typed=on_text
    )  # fmt: skip


def Another(look: Look, label: str, example: str, on_add: Callable[[str], Any]) -> Any:
    """Take one more of something by its name, which is not empty; the field is empty again at once."""
    return Field(
        label=label, text="", otherwise=example, adds=look.t("field.add_it"), outlined=True, event_typed=on_add
    )  # fmt: skip


@solara.component
def Choice(look: Look, spec: FieldSpec, value: Any, on_value: Any, error: str, path: Parts) -> None:
    """Choose one of several, or some of them."""
    is_many = spec.kind == "many"
    known = [{"text": option(look, name), "value": name} for name in spec.options]
    given = value if is_many else [value] if value is not None else []
    known += [{"text": str(name), "value": name} for name in given or [] if name not in spec.options]
    otherwise = _otherwise(look, path)
    # Long lists, such as the indicators, are searched by typing, and their names want a row.
    is_long = len(known) > MOST_UNSEARCHED
    kind = solara.v.Autocomplete if is_long else solara.v.Select
    kind(
        label=label_of(look, spec), items=known, v_model=value if value is not None else ([] if is_many else None),
        on_v_model=lambda new: on_value(new or None), multiple=is_many, clearable=True, dense=True,
        placeholder=otherwise or " ", persistent_placeholder=True, error=bool(error),
        error_messages=[error] if error else [], hide_details="auto", attributes={"title": _about(look, path)},
        class_="wide" if is_many else "long" if is_long else "",
    )  # fmt: skip


@solara.component
def Way(look: Look, at: Parts, spec: FieldSpec) -> None:
    """Choose one of several ways; what belongs to the others goes."""

    def choose(name: str | None) -> None:
        if name and name != spec.now:
            write(look, at, spec.begins[name])

    solara.v.Select(
        label=label_of(look, spec), items=[{"text": option(look, name), "value": name} for name in spec.options],
        v_model=spec.now or None, dense=True, hide_details=True, class_="wide",
        on_v_model=choose,
    )  # fmt: skip


@solara.component
def Switch(label: str, is_on: bool, on_value: Any) -> None:
    """Turn something on or off."""
    solara.v.Switch(
        label=label, v_model=is_on, on_v_model=lambda new: on_value(bool(new)), dense=True, inset=False,
        hide_details=True, class_="wide pg-switch",
    )  # fmt: skip


@solara.component
def Keys(look: Look, at: Parts, spec: FieldSpec, error: str) -> None:
    """Choose which names a mapping has; a new one begins as the field says."""
    plan = look.desk.plan
    given = value_at(plan.draft.tree if plan is not None else None, (*at, *spec.path))
    names = list(given) if isinstance(given, dict) else []

    def put(new: list[str]) -> None:
        gone: dict[Parts, Any] = {(*spec.path, name): None for name in names if name not in new}
        write(look, at, gone | {(*spec.path, name): spec.start for name in new if name not in names})

    items = [{"text": option(look, name), "value": name} for name in dict.fromkeys([*spec.options, *names])]
    solara.v.Select(
        label=label_of(look, spec), items=items, v_model=names, on_v_model=put, multiple=True, dense=True,
        placeholder=" ", persistent_placeholder=True, class_="wide", hide_details="auto",
        attributes={"title": _about(look, (*at, *spec.path))}, error=bool(error),
        error_messages=[error] if error else [],
    )  # fmt: skip


@solara.component
def Named(look: Look, at: Parts, spec: FieldSpec, error: str) -> None:
    """Show the name of an entry within an entry; it can be changed, or the whole be taken away."""
    path = (*at, *spec.path)

    def rename(new: str) -> None:
        if new.strip() and new.strip() != spec.label:
            attempt(lambda: look.desk.rename(path, new.strip()))

    with solara.Div(classes=["wide", "pg-named"]):
        Typed(look.t("field.called"), spec.label, "", rename, error)
        solara.Button(
            icon_name="mdi-close", icon=True, small=True, on_click=lambda: write(look, at, {spec.path: None}),
            attributes={"aria-label": f"{look.t('form.remove')}: {spec.label}"},
        )  # fmt: skip


@solara.component
def More(look: Look, at: Parts, spec: FieldSpec, error: str) -> None:
    """Add an entry within an entry."""
    plan = look.desk.plan
    given = value_at(plan.draft.tree if plan is not None else None, (*at, *spec.path))

    def add() -> None:
        name = free_name(given if isinstance(given, dict) else {}, look.t(f"form.stem.{spec.word}"))
        write(look, at, {(*spec.path, name): spec.start})

    with solara.Div(classes=["wide"]):
        if error:
            solara.v.Html(tag="p", children=[error], class_="error--text")
        solara.Button(look.t(f"form.add.{spec.word}"), on_click=add, text=True, icon_name="mdi-plus")


_OF_MAPPINGS: dict[str, Any] = {"keys": Keys, "entry": Named, "add": More}
_TELL_NOTHING = ("way", "part", "off")


@solara.component
def Fields(look: Look, at: Parts, specs: list[FieldSpec]) -> None:
    """Show fields under their headings, and above them what is wrong beside none of them."""
    plan = look.desk.plan
    if plan is None:
        return
    told = {render((*at, *spec.path)): spec.kind for spec in specs if spec.kind not in _TELL_NOTHING}
    shown = [address for address, kind in told.items() if kind not in _OF_MAPPINGS]
    own = [fault for fault in plan.draft.at(render(at)) if at] if at else []
    for spec in specs:
        if not at and spec.kind in ("part", "off"):
            own += plan.draft.at(render(spec.path))
    left = [
        f for f in own
        if address_of(f) not in told and not any(is_under(address_of(f), address) for address in shown)
    ]  # fmt: skip
    if left:
        with solara.Div(classes=["pg-faults"]):
            for fault in dict.fromkeys(left):
                solara.v.Html(tag="p", children=[look.fault(fault, has_place=False)])
    with solara.Div(classes=["pg-fields"]):
        for spec in specs:
            if spec.section:
                solara.v.Html(
                    tag="h4", children=[look.t(f"section.{spec.section}")], class_="wide pg-section"
                )
            ValueField(look, at, spec).key("/".join(map(str, (*at, *spec.path, spec.kind))))
