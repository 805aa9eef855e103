"""What a choice of people is held to besides: weights, quotas, who may not be chosen, who posts anyway."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import solara

from sim.app.components.fields.field_lists_partners import LEVELS
from sim.app.components.fields.value_field import Typed, option
from sim.app.components.working import choice
from sim.app.state.choosing import HELD, counting, held_to
from sim.app.state.kept import Ask
from sim.app.state.look import Look
from sim.app.words import figures
from sim.scenario.view import View, mapping

OnAsk = Callable[[Ask], None]
ALIKE, WEIGHED, COLUMN = "whom_all", "whom_weights", "whom_column"


def n_held(ask: Ask) -> int:
    """Return how many things a choice is held to."""
    return len([key for key in (*HELD, "target") if key in ask.held]) + bool(ask.also_on) + bool(ask.booked)


def segments_of(tree: dict[str, Any], ask: Ask, known: Iterable[str]) -> list[str]:
    """Return the segments that can be named: the plan's, or, of a file, those that are known or named already."""
    names = View.of(tree).segment_names
    told = [*mapping(dict(ask.held), "quotas"), *mapping(dict(ask.held), "weights")]
    if names is None:
        names = [*mapping(tree, "audience", "segments"), *known]
    return list(dict.fromkeys([*names, *told]))


@solara.component
def Held(look: Look, ask: Ask, known: Iterable[str], on_ask: OnAsk) -> None:
    """Show what the choice is held to; folded away until it is asked for, or something is said."""
    is_open, set_open = solara.use_state(n_held(ask) > 0)
    n = n_held(ask)
    label = look.t("held.title") + (f" ({n})" if n else "")
    solara.Button(
        label, on_click=lambda: set_open(not is_open), text=True, small=True,
        icon_name="mdi-chevron-up" if is_open else "mdi-chevron-down", style={"margin-top": "8px"},
    )  # fmt: skip
    if not is_open:
        return
    plan = look.desk.plan
    tree = (plan.draft.tree if plan is not None else None) or {}
    segments = segments_of(tree, ask, known)
    Weights(look, ask, segments, on_ask, has_file=bool(mapping(tree, "audience", "from_people")))
    Numbers(look, "quotas", {name: name for name in segments}, ask, on_ask)
    Numbers(look, "level_quotas", {name: option(look, name) for name in LEVELS}, ask, on_ask)
    People(look, tree, ask, on_ask)


@solara.component
def Weights(look: Look, ask: Ask, segments: list[str], on_ask: OnAsk, *, has_file: bool) -> None:
    """Choose what a person reached is worth."""
    weights = ask.held.get("weights")
    now = ALIKE if weights is None else COLUMN if isinstance(weights, str) else WEIGHED
    ways = [ALIKE, *([WEIGHED] if segments else []), *([COLUMN] if has_file or now == COLUMN else [])]
    first = {WEIGHED: {name: 1 for name in segments}, COLUMN: "weight"}

    def choose(way: str) -> None:
        if way != now:
            on_ask(counting(ask, ask.segment) if way == ALIKE else held_to(ask, {"weights": first[way]}))

    with solara.Div(classes=["pg-ask-grid", "pg-tight"], style={"margin-top": "8px"}):
        items = {way: look.t("held.by_segment" if way == ALIKE else f"option.{way}") for way in ways}
        choice(look.t("held.weights"), items, now, choose, 400)
        if isinstance(weights, str):
            Typed(look.t("field.choose_weights"), weights, "",
                  lambda text: on_ask(held_to(ask, {"weights": text.strip() or None})), "")  # fmt: skip
    if now == WEIGHED:
        Numbers(look, "weights", {name: name for name in segments}, ask, on_ask)


@solara.component
def Numbers(look: Look, key: str, names: Mapping[str, str], ask: Ask, on_ask: OnAsk) -> None:
    """Show a number for each name; an empty one is not said."""
    given = mapping(dict(ask.held), key)

    def write(name: str, text: str) -> None:
        value = figures.typed(text, look.language)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            on_ask(held_to(ask, {key: {k: v for k, v in {**given, name: value}.items() if v is not None}}))

    if not names:
        return
    with solara.Div(classes=["pg-held"]):
        solara.v.Html(tag="span", children=[look.t(f"held.{key}")], class_="pg-note")
        for name, label in names.items():
            Typed(label, figures.shown(given.get(name), look.language), "",
                  lambda text, name=name: write(name, text), "").key(f"{key}/{name}")  # fmt: skip


@solara.component
def People(look: Look, tree: dict[str, Any], ask: Ask, on_ask: OnAsk) -> None:
    """Say of which level they are, who may not be chosen, who posts anyway, and where else they post."""
    view = View.of(tree)
    own = mapping(tree, "plan", "partners", ask.booking).get("channel")
    feeds = [name for name in view.channels if view.kind(name) == "feed" and name != own]
    levels = {"": look.t("held.any_level"), **{name: option(look, name) for name in LEVELS}}

    def ids(text: str) -> list[Any]:
        return figures.typed(text, look.language, is_list=True) or []

    with solara.Div(classes=["pg-ask-grid", "pg-tight"], style={"margin-top": "8px"}):
        choice(look.t("field.choose_level"), levels, str(ask.held.get("level") or ""),
               lambda level: on_ask(held_to(ask, {"level": level or None})), 400)  # fmt: skip
        Typed(look.t("held.exclude"), figures.shown(ask.held.get("exclude"), look.language), "",
              lambda text: on_ask(held_to(ask, {"exclude": ids(text)})), "")  # fmt: skip
        Typed(look.t("held.booked"), figures.shown(ask.booked, look.language), "",
              lambda text: on_ask(replace(ask, booked=tuple(ids(text)))), "")  # fmt: skip
        if feeds or ask.also_on:
            solara.v.Select(
                label=look.t("field.also_on"), items=list(dict.fromkeys([*feeds, *ask.also_on])), multiple=True,
                v_model=list(ask.also_on), dense=True, outlined=True, hide_details=True, small_chips=True,
                on_v_model=lambda names: on_ask(replace(ask, also_on=tuple(names))),
            )  # fmt: skip
