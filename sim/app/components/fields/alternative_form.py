"""What an alternative of a plan changes: addresses, each with the value it has there."""

from __future__ import annotations

from typing import Any

import solara

from sim.app.components.fields.addresses import EXAMPLE, PLAIN, suggested
from sim.app.components.fields.fields import Entry, short, value_at
from sim.app.components.fields.value_field import Another
from sim.app.state.look import Look, attempt
from sim.app.words import figures
from sim.scenario.path import Parts, parse


def told(entry: Entry, language: str) -> str:
    """Return the changes of an alternative on one line."""
    return ", ".join(
        f"{short(str(address))}: {figures.shown(value, language)}" for address, value in entry.items()
    )


def as_it_stands(tree: dict[str, Any], address: str) -> Any:
    """Return the value at an address of the plan to begin a change with; off where a part stands there."""
    try:
        value = value_at(tree, parse(address))
    except Exception:  # no address at all: the plan's faults tell what is wrong with it
        value = None
    return "off" if isinstance(value, dict) else value if isinstance(value, (*PLAIN, list)) else 0


@solara.component
def Further(look: Look, at: Parts, entry: Entry) -> None:
    """Show what has no field of its own, and offer further addresses to change."""
    plan = look.desk.plan
    tree: dict[str, Any] = (plan.draft.tree if plan is not None else None) or {}

    def add(address: str | None) -> None:
        if address and address not in entry:
            attempt(lambda: look.desk.put({(*at, address): as_it_stands(tree, address)}))

    with solara.Div(classes=["pg-tight"], style={"margin-top": "12px"}):
        for address, value in entry.items():
            if isinstance(value, dict):
                solara.v.Html(tag="p", children=[f"{address}: {value}"], class_="pg-note")
        items = [{"text": short(a), "value": a} for a in suggested(tree) if a not in entry]
        solara.v.Select(
            label=look.t("alternatives.add"), items=items, v_model=None, on_v_model=add, dense=True, outlined=True,
            hide_details=True, prepend_inner_icon="mdi-plus", class_="mb-2",
        )  # fmt: skip
        Another(look, look.t("sweep.other"), EXAMPLE, add)
