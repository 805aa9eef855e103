"""What people are asked for: the booking, how many for how much, of whom, by when, and beside which plain rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import solara

from sim.app.components.fields.fields import free_name, new_entry
from sim.app.components.fields.value_field import Another, Typed
from sim.app.components.influencers.choice_held import Held
from sim.app.components.working import choice
from sim.app.state.choosing import CERTIFIED, bookings_of, counting
from sim.app.state.kept import Ask
from sim.app.state.look import Look, attempt
from sim.app.words.figures import typed
from sim.network.choice import RULES
from sim.results.report.lookup import ALL
from sim.scenario.view import View, mapping

LIMITS = ("count", "budget", "both")
FIRST_BUDGET = 10_000.0
LEAST_TOP, STEPS = 40, 100
OnAsk = Callable[[Ask], None]


def plain_rules() -> list[str]:
    """Return the rules that need no column."""
    return [name for name in RULES if name not in ("top", CERTIFIED)]


def nice_top(value: float) -> float:
    """Return a round number above a value: 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> nice_top(37.0), nice_top(5200.0)
    (50.0, 10000.0)
    """
    size = 10.0 ** math.floor(math.log10(max(value, 1.0)))
    return next(times * size for times in (1, 2, 5, 10) if times * size >= value)


def limit_of(ask: Ask) -> str:
    """Return which limits an ask has."""
    return (
        "both"
        if ask.count is not None and ask.budget is not None
        else "budget"
        if ask.budget is not None
        else "count"
    )


def limited(ask: Ask, limit: str, cost: float | None) -> Ask:
    """Return an ask with other limits; a budget begins at what the choice at hand costs."""
    budget = ask.budget if ask.budget is not None else cost or FIRST_BUDGET
    count = ask.count if ask.count is not None else 10
    return replace(
        ask, count=None if limit == "budget" else count, budget=None if limit == "count" else float(budget)
    )


@solara.component
def NoBooking(look: Look) -> None:
    """Offer to begin a booking where the plan has none."""
    plan = look.desk.plan
    if plan is None or plan.draft.tree is None:
        return
    tree = plan.draft.tree

    def add() -> None:
        name = free_name(mapping(tree, "plan", "partners"), look.t("form.stem.partners"))
        entry = new_entry("partners", tree) | {"choose": {"rule": CERTIFIED, "count": 10}}
        attempt(lambda: look.desk.put({("plan", "partners", name): entry}))

    with solara.Div(classes=["pg-card"]):
        solara.Text(look.t("choice.no_booking"))
        solara.Button(look.t("form.add.partners"), on_click=add, text=True, icon_name="mdi-plus")


@solara.component
def AskForm(look: Look, ask: Ask, cost: float | None, known: Iterable[str], on_ask: OnAsk) -> None:
    """Show what is asked for; a slider asks anew when it is let go."""
    plan = look.desk.plan
    tree: dict[str, Any] = (plan.draft.tree if plan is not None else None) or {}
    view = View.of(tree)
    money, last = str(tree.get("currency", "USD")), view.n_days or 1
    segments = {ALL: look.t("everyone"), **{name: name for name in view.segment_names or ()}}
    counted = ask.segment or ALL
    for key in ("weights", "target"):  # said below, or by the booking
        if key in ask.held:
            counted = key
            told = ask.held[key]
            segments[key] = ", ".join(told) if isinstance(told, list) else look.t("held.as_weighed")
    limit = limit_of(ask)

    def count(segment: str) -> None:
        on_ask(counting(ask, None if segment == ALL else segment))

    def by_day(text: str) -> None:
        value = typed(text, look.language)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            on_ask(replace(ask, by_day=value))

    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("choice.what")])
        with solara.Div(classes=["pg-ask-grid", "pg-tight"]):
            names = {name: name for name in bookings_of(tree)}
            choice(
                look.t("choice.booking"), names, ask.booking, lambda b: on_ask(replace(ask, booking=b)), 400
            )
            limits = {name: look.t(f"choice.limit_{name}") for name in LIMITS}
            choice(look.t("choice.limit"), limits, limit, lambda name: on_ask(limited(ask, name, cost)), 400)
            choice(look.t("choice.segment"), segments, counted,
                   lambda s: count(s) if s != counted else None, 400)  # fmt: skip
            Typed(look.t("choice.by_day", last=last), "" if ask.by_day is None else str(ask.by_day),
                  look.t("choice.whenever"), by_day, "")  # fmt: skip
            if ask.count is not None:
                Slide(look, look.t("choice.count"), float(ask.count), 1.0,
                      lambda n: on_ask(replace(ask, count=max(1, round(n))))).key("count")  # fmt: skip
            if ask.budget is not None:
                Slide(look, look.t("choice.budget", currency=money), ask.budget, 0.0,
                      lambda n: on_ask(replace(ask, budget=n))).key("budget")  # fmt: skip
        Held(look, ask, known, on_ask)
        Rules(look, ask, on_ask, has_file=bool(mapping(tree, "audience", "from_people")))


@solara.component
def Slide(look: Look, label: str, value: float, least: float, on_value: Callable[[float], None]) -> None:
    """Show a number as a slider and as a field; its upper end grows with what is asked, and never shrinks."""
    now, set_now = solara.use_state(value)
    solara.use_memo(lambda: set_now(value), [value])
    top = solara.use_ref(float(LEAST_TOP))
    top.current = max(top.current, nice_top(1.5 * value) if value > top.current / 2 else 0.0)
    step = max(1.0, top.current / STEPS)

    def leave(*told: Any) -> None:
        number = told[-1] if told and isinstance(told[-1], int | float) else now
        if float(number) != value:
            on_value(float(number))

    def write(text: str) -> None:
        number = typed(text, look.language)
        if isinstance(number, int | float) and not isinstance(number, bool) and number >= least:
            on_value(float(number))

    with solara.Div(classes=["pg-slide"]):
        slider = solara.v.Slider(
            label=label, min=least, max=top.current, step=step, v_model=now, on_v_model=set_now, hide_details=True,
            dense=True, attributes={"aria-label": label},
        )  # fmt: skip
        solara.v.use_event(slider, "change", leave)
        shown = str(int(now)) if float(now).is_integer() else f"{now:.6g}"
        Typed(label, shown, "", write, "")


@solara.component
def Rules(look: Look, ask: Ask, on_ask: OnAsk, *, has_file: bool) -> None:
    """Choose the plain rules that stand beside the certified choice."""
    items = [{"text": look.t(f"rule.{name}", default=name), "value": name} for name in plain_rules()]
    items += [{"text": rule, "value": rule} for rule in ask.rules if rule not in plain_rules()]

    def add(column: str) -> None:
        rule = f"top:{column}"
        if rule not in ask.rules:
            on_ask(replace(ask, rules=(*ask.rules, rule)))

    with solara.Div(classes=["pg-wrap", "pg-tight"], style={"margin-top": "10px"}):
        solara.v.Select(
            label=look.t("choice.rules"), items=items, v_model=list(ask.rules), multiple=True, dense=True,
            outlined=True, hide_details=True, small_chips=True, style_="max-width: 640px",
            on_v_model=lambda names: on_ask(replace(ask, rules=tuple(names))),
        )  # fmt: skip
        if has_file:
            with solara.Div(style={"width": "260px"}):
                Another(look, look.t("choice.column"), "", add)
