"""The part of a plan that says what a sweep tries, as a form over its text."""

from __future__ import annotations

from typing import Any, get_args

import solara

from sim.app.components.fields.addresses import EXAMPLE, PLAIN, is_positive, rounded, suggested
from sim.app.components.fields.fields import FieldSpec, short, value_at
from sim.app.components.fields.value_field import Another, ValueField
from sim.app.components.sweep.sweep_fields import points_fields, range_fields, rank_fields, split_fields
from sim.app.state.look import Look, attempt
from sim.scenario.path import parse, render
from sim.scenario.sweep import SCREENINGS, Sweep
from sim.scenario.view import mapping

Row = dict[str, Any]
AT = ("sweep",)
SPLIT = (*AT, "split", "money")
DESIGNS = tuple(name for name in get_args(Sweep.model_fields["design"].annotation) if name != "list")
STEPS = 4


def begun(tree: Row, address: str, values: Any) -> Row:
    """Return a sweep that varies one address, ranked by what the plan's question is decided by."""
    question = tree.get("question")
    decided = question.get("decide_by") if isinstance(question, dict) else None
    metric = decided if isinstance(decided, str) else "reach"
    return {"design": "grid", "vary": {address: values}, "rank": {"metric": metric}}


@solara.component
def SweepForm(look: Look) -> None:
    """Show what is varied and how; what is changed goes into the text."""
    plan = look.desk.plan
    if plan is None or plan.draft.tree is None:
        return
    tree = plan.draft.tree
    sweep = value_at(tree, AT)
    sweep = sweep if isinstance(sweep, dict) else None
    with solara.Div(classes=["pg-side"] if sweep is not None else []):
        Tried(look, tree, sweep).key("tried")
        if sweep is not None:
            How(look, tree, sweep)


@solara.component
def Tried(look: Look, tree: Row, sweep: Row | None) -> None:
    """Show what is varied, or the plans that have names of their own."""
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("sweep.what")])
        if sweep is not None and sweep.get("design") == "list":
            solara.v.Html(tag="p", children=[look.t("sweep.named")], class_="pg-note")
            with solara.Div(classes=["pg-lines"]):
                for name, values in mapping(sweep, "points").items():
                    told = ", ".join(f"{short(a)}: {v}" for a, v in mapping(values).items())
                    solara.v.Html(tag="p", children=[f"{name} – {told or look.t('sweep.as_is')}"])
            return
        for address in mapping(sweep or {}, "vary"):
            Varied(look, tree, address).key(address)
        SplitField(look, tree, sweep).key("split")
        Add(look, tree, sweep).key("add")  # what is being typed there stays, whatever comes before it


@solara.component
def Varied(look: Look, tree: Row, address: str) -> None:
    """Show one address with what is tried there."""
    at = (*AT, "vary", address)
    given = value_at(tree, at)

    def remove() -> None:
        rest = [a for a in mapping(tree, "sweep", "vary") if a != address]
        is_last = not rest and not mapping(tree, "sweep", "split")
        attempt(lambda: look.desk.put({(AT if is_last else at): None}))

    def turn() -> None:
        new = _as_values(given) if isinstance(given, dict) else _as_range(given)
        if new is not None:
            attempt(lambda: look.desk.put({at: new}))

    with solara.Div(classes=["pg-vary"]):
        solara.v.Html(tag="b", children=[short(address)], attributes={"title": address})
        if isinstance(given, dict):
            for spec in range_fields(str(value_at(tree, (*AT, "design")) or "grid")):
                ValueField(look, at, spec).key(render((*at, *spec.path)))
        elif isinstance(given, list) and all(isinstance(v, PLAIN) for v in given):
            ValueField(look, at[:-1], FieldSpec((address,), "list", label=look.t("sweep.values")))
        else:
            solara.v.Html(tag="span", children=[str(given)], class_="pg-note")
        with solara.Div(classes=["pg-wrap"]):
            if isinstance(given, dict) or _as_range(given) is not None:
                solara.Button(
                    look.t("sweep.as_values" if isinstance(given, dict) else "sweep.as_range"),
                    on_click=turn,
                    text=True,
                    small=True,
                )
            solara.Button(
                icon_name="mdi-close", icon=True, small=True, on_click=remove,
                attributes={"aria-label": f"{look.t('form.remove')}: {short(address)}"},
            )  # fmt: skip


def _as_range(given: Any) -> Row | None:
    numbers = (
        [v for v in given if isinstance(v, int | float) and not isinstance(v, bool)]
        if isinstance(given, list)
        else []
    )
    if len(numbers) < 2 or len(numbers) < len(given):
        return None
    return {"from": min(numbers), "to": max(numbers), "levels": len(numbers)}


def _as_values(given: Row) -> list[Any]:
    return [v for v in (given.get("from"), given.get("to")) if v is not None]


@solara.component
def Add(look: Look, tree: Row, sweep: Row | None) -> None:
    """Offer further addresses to vary."""
    known = suggested(tree)
    taken = {
        *mapping(sweep or {}, "vary"),
        *(a for s in mapping(sweep or {}, "split").values() for a in s.get("over", [])),
    }

    def add(address: str | None) -> None:
        if not address or address in taken:
            return
        values = known.get(address) or _around(tree, address)
        if sweep is None:
            attempt(lambda: look.desk.put({AT: begun(tree, address, values)}))
        else:
            attempt(lambda: look.desk.put({(*AT, "vary", address): values}))

    with solara.Div(classes=["pg-wrap", "pg-tight"], style={"margin-top": "8px"}):
        items = [{"text": short(a), "value": a} for a in known if a not in taken]
        solara.v.Select(
            label=look.t("sweep.add"), items=items, v_model=None, on_v_model=add, dense=True, outlined=True,
            hide_details=True, style_="max-width: 300px", prepend_inner_icon="mdi-plus",
        )  # fmt: skip
        with solara.Div(style={"max-width": "300px", "flex": "1"}):
            Another(look, look.t("sweep.other"), EXAMPLE, add)


def _around(tree: Row, address: str) -> list[Any]:
    try:
        value = value_at(tree, parse(address))
    except Exception:  # no address at all: the text tells what is wrong with it
        value = None
    if is_positive(value):
        return [rounded(value * times) for times in (0.5, 1, 1.5)]
    return [value] if isinstance(value, PLAIN) else [0, 1]


def _with_budget(tree: Row) -> list[str]:
    return [
        f"plan.flights.{name}.budget"
        for name, flight in mapping(tree, "plan", "flights").items()
        if isinstance(flight, dict) and is_positive(flight.get("budget"))
    ]


@solara.component
def SplitField(look: Look, tree: Row, sweep: Row | None) -> None:
    """Offer to deal the money of several flights in other ways."""
    splits = mapping(sweep or {}, "split")
    name = next(iter(splits), SPLIT[-1])
    at = (*AT, "split", name)
    over = value_at(tree, (*at, "over")) or []
    varied = mapping(sweep or {}, "vary")

    def put(new: list[str]) -> None:
        if len(new) < 2:
            is_last = not varied
            attempt(
                lambda: look.desk.put({(AT if is_last and over else (*AT, "split") if over else at): None})
            )
            return
        if over:
            attempt(lambda: look.desk.put({(*at, "over"): new}))
            return
        dealt: Row = {"over": new}
        if (sweep or {}).get("design", "grid") == "grid":
            dealt["steps"] = STEPS
        if sweep is None:
            start = begun(tree, "", None) | {"split": {name: dealt}}
            del start["vary"]
            attempt(lambda: look.desk.put({AT: start}))
        else:
            attempt(lambda: look.desk.put({at: dealt}))

    chosen, set_chosen = solara.use_state(list(over), key=f"split-{over}")

    def pick(new: list[str]) -> None:
        set_chosen(new)
        if len(new) != 1:
            put(new)

    items = [
        {"text": short(a), "value": a} for a in dict.fromkeys([*_with_budget(tree), *over]) if a not in varied
    ]
    if len(items) < 2:
        return
    with solara.Div(classes=["pg-vary"]):
        solara.v.Html(tag="b", children=[look.t("sweep.split")])
        solara.v.Select(
            label=look.t("sweep.split_over"), items=items, v_model=chosen, on_v_model=pick, multiple=True, dense=True,
            clearable=True, small_chips=True, deletable_chips=True,
        )  # fmt: skip
        if over:
            for spec in split_fields(tree, str((sweep or {}).get("design", "grid"))):
                ValueField(look, at, spec).key(render((*at, *spec.path)))


@solara.component
def How(look: Look, tree: Row, sweep: Row) -> None:
    """Show the design, and what points are ranked by."""
    design = str(sweep.get("design", "grid"))

    def choose(new: str) -> None:
        if new == design:
            return
        attempt(lambda: look.desk.write(redesigned(plan_text(look), tree, new)))

    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("sweep.how")])
        with solara.Div(classes=["pg-fields"]):
            if design != "list":
                solara.v.Select(
                    label=look.t("sweep.design"), dense=True, v_model=design, on_v_model=choose, class_="wide",
                    items=[{"text": look.t(f"sweep.design_{d}", default=d), "value": d} for d in DESIGNS],
                )  # fmt: skip
                for spec in points_fields(design):
                    ValueField(look, AT, spec)
            for spec in rank_fields(tree):
                ValueField(look, AT, spec).key(render((*AT, *spec.path)))


def plan_text(look: Look) -> str:
    """Return the text of the plan at hand."""
    plan = look.desk.plan
    return "" if plan is None else plan.draft.text


# How many `points` a design starts with; of morris they are paths, of saltelli base points, of some plans each.
POINTS = {"latin_hypercube": 64, "sobol": 64, "morris": 10, "saltelli": 32}


def redesigned(text: str, tree: Row, design: str) -> str:
    """Return a text whose sweep has another design, with what that one wants: a number of points, levels, steps."""
    from sim.scenario.draft import with_values

    is_grid = design == "grid"
    values: dict[tuple[str | int, ...], Any] = {(*AT, "design"): design}
    points, before = value_at(tree, (*AT, "points")), value_at(tree, (*AT, "design"))
    is_alike = isinstance(points, int) and before not in SCREENINGS and design not in SCREENINGS
    values[(*AT, "points")] = points if is_alike and not is_grid else POINTS.get(design)
    if value_at(tree, (*AT, "interactions")) is not None and design != "saltelli":
        values[(*AT, "interactions")] = None
    for address, given in mapping(tree, "sweep", "vary").items():
        if isinstance(given, dict):
            values[(*AT, "vary", address, "levels")] = given.get("levels", STEPS) if is_grid else None
    for name, split in mapping(tree, "sweep", "split").items():
        if isinstance(split, dict):
            values[(*AT, "split", name, "steps")] = split.get("steps", STEPS) if is_grid else None
    return with_values(text, values)
