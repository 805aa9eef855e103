"""Where a planner begins: plans that are open, ready ones, files from elsewhere."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import solara

from sim.app.components.parts import Table
from sim.app.components.upload import Upload
from sim.app.state import look as looks
from sim.app.state.desk import FOLDER, shelf, text_of
from sim.app.state.look import Look, attempt, touch
from sim.errors import InputError
from sim.scenario.draft import Draft, read_draft
from sim.scenario.starter import starter_text

STARTER = "my_plan.yaml"
_LEAST_COMMENT = "# Question:"


@lru_cache(maxsize=64)
def _ready(path: Path, changed: float) -> Draft:
    return read_draft(text_of(path.read_bytes(), path.name), path.name, path.parent)


@lru_cache(maxsize=4)
def _blank(text: str, folder: Path) -> Draft:
    return read_draft(text, STARTER, folder)


def question_of(text: str) -> str:
    """Return the question that a scenario's opening comment asks; empty where it asks none."""
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#") or (lines and line.strip() == "#"):
            break
        lines.append(line)
    joined = " ".join(line.lstrip("# ") for line in lines)
    if not lines or not lines[0].startswith(_LEAST_COMMENT):
        return ""
    asked = joined.removeprefix("Question:").strip()
    return asked[:1].upper() + asked[1:]


@solara.component
def StartPage(look: Look) -> None:
    """Offer scenarios, uploads, and the plans that are open."""
    router = solara.use_router()
    folder = Path(os.environ.get(FOLDER, "."))

    def begin(action: Any) -> None:
        attempt(action)
        if not looks.notice.value:
            looks.chosen.value = ("flights", "")
            router.push("/plan")

    solara.v.Html(tag="h1", children=[look.t("start.title")], class_="pg-title")
    solara.v.Html(tag="p", children=[look.t("start.sub")], class_="pg-sub")
    if look.desk.plans:
        OpenPlans(look)
    solara.v.Html(tag="h3", children=[look.t("start.ready")], class_="pg-h")
    with solara.Div(classes=["pg-cards"]):
        for path in shelf(folder):
            try:
                draft = _ready(path, path.stat().st_mtime)
            except (InputError, OSError):
                continue
            Card(look, draft, path.name, lambda path=path: begin(lambda: look.desk.open_file(path)))
        text = starter_text(look.t("start.my_plan"))
        blank = _blank(text, folder)
        Card(
            look,
            blank,
            look.t("start.starter"),
            lambda: begin(lambda: look.desk.open_text(text, STARTER, folder)),
        )
    solara.Div(style={"height": "16px"})
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("upload.title")])
        Upload(look, on_plan=lambda: begin(lambda: None))


@solara.component
def Card(look: Look, draft: Draft, name: str, on_open: Any) -> None:
    """Show a scenario: its name, what it asks, how large it is."""
    scenario = draft.scenario
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[scenario.name if scenario else name], class_="pg-h")
        asked = scenario.question.ask if scenario and scenario.question else question_of(draft.text)
        solara.v.Html(tag="p", children=[asked or look.t("start.starter_about")])
        if scenario is not None:
            people = scenario.audience.people or scenario.audience.agents or 0
            facts = [
                look.t("start.people", n=look.count(people)), look.t("start.days", n=scenario.days),
                ", ".join(scenario.channels),
            ]  # fmt: skip
            solara.v.Html(tag="div", children=[" · ".join(facts)], class_="pg-facts")
        else:
            faults = look.t("faults.count", n=len(draft.faults))
            solara.v.Html(tag="div", children=[faults], class_="pg-facts")
        with solara.Div(classes=["pg-wrap"]):
            solara.Button(look.t("start.open"), on_click=on_open, outlined=True)
            solara.Text(name, classes=["pg-note"])


@solara.component
def OpenPlans(look: Look) -> None:
    """List the plans of this tab."""
    desk = look.desk

    def show(key: str) -> None:
        desk.current = key
        touch()

    def close() -> None:
        desk.close(desk.current)
        touch()

    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("start.open_plans")])
        columns: list[dict[str, Any]] = [
            {"key": "name", "label": look.t("start.plan")}, {"key": "file", "label": look.t("start.file")},
            {"key": "days", "label": look.t("field.days"), "num": True},
            {"key": "state", "label": look.t("start.state")},
        ]  # fmt: skip
        rows = []
        for key, plan in desk.plans.items():
            n = len(plan.draft.faults)
            rows.append({
                "key": key, "name": plan.name, "file": plan.file, "bad": n > 0,
                "days": str((plan.draft.tree or {}).get("days", "")),
                "state": look.t("faults.count", n=n) if n else look.t("faults.none"),
            })  # fmt: skip
        Table(columns=columns, rows=rows, selected=desk.current, live=True, event_pick=show)
        with solara.Div(classes=["pg-wrap"], style={"margin-top": "10px"}):
            with solara.Link("/plan"):
                solara.Button(look.t("start.go_on"), color="primary")
            solara.Button(look.t("start.close"), on_click=close, text=True)
