"""The planner's page: what stands around every view, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara
import solara.lab

from sim.app.components.parts import TabId
from sim.app.pages.compare import ComparePage
from sim.app.pages.influencers import InfluencersPage
from sim.app.pages.plan import PlanPage
from sim.app.pages.public import PublicPage
from sim.app.pages.run import RunPage
from sim.app.pages.start import StartPage
from sim.app.pages.sweep import SweepPage
from sim.app.state import keeping
from sim.app.state import look as looks
from sim.app.state.desk import Desk, desk_of
from sim.app.state.look import Look, ask, touch
from sim.app.words import words
from sim.results.catalog import METRICS

HERE = Path(__file__).parent
VIEWS: dict[str, tuple[str, Callable[[Look], Any]]] = {
    "/": ("start", StartPage),
    "public": ("public", PublicPage),
    "plan": ("plan", PlanPage),
    "run": ("run", RunPage),
    "compare": ("compare", ComparePage),
    "sweep": ("sweep", SweepPage),
    "influencers": ("influencers", InfluencersPage),
}
tab: solara.Reactive[dict[str, Any] | None] = solara.reactive(None)
NEEDS_NO_PLAN = "start"


@solara.component
def Layout(children: list[Any]) -> None:
    """Show the view of the address with the bar above it; wait for the tab to tell who it is."""
    path = solara.use_router().path.strip("/") or "/"
    solara.Style(HERE / "style.css")
    solara.Title("Pregón")
    with solara.Div(classes=["pg"]):
        if tab.value is None:
            TabId(event_opened=tab.set)
        elif path in VIEWS:
            desk = _desk(solara.get_session_id(), tab.value)
            if solara.lab.theme.dark != desk.dark:
                solara.lab.theme.dark = desk.dark
            Around(Look(desk, desk.language, desk.dark, looks.revision.value), path)
        else:
            solara.Column(children=children)


def _desk(session: str, told: dict[str, Any]) -> Desk:
    name, tastes = str(told["id"]), _tastes(told)
    return desk_of(session, name, lambda: keeping.restored(keeping.home_of(session, name), *tastes))


def _tastes(told: dict[str, Any]) -> tuple[str, bool]:
    return ("es" if told.get("language") == "es" else "en"), bool(told.get("dark"))


@solara.component
def Around(look: Look, path: str) -> None:
    """Show the bar, what was refused, the view, and the definition that is asked for."""
    name, view = VIEWS[path]
    solara.use_effect(lambda: ask(""), [path])
    solara.use_effect(lambda: keeping.save(look.desk), [look.revision])
    TopBar(look, name)
    with solara.Div(classes=["pg-main"]):
        Notice(look)
        if look.desk.plan is None and name != NEEDS_NO_PLAN:
            with solara.Div(classes=["pg-card"]):
                solara.Text(look.t("no_plan"))
                with solara.Link("/"):
                    solara.Button(look.t("nav.start"), text=True, color="primary")
        else:
            view(look)
    if looks.asked.value:
        Definition(look, looks.asked.value)


@solara.component
def Notice(look: Look) -> None:
    """Show what was refused; always there, so that what stands below it keeps its place and its state."""
    with solara.Div(classes=["pg-faults"] if looks.notice.value else []):
        for fault in looks.notice.value:
            solara.v.Html(tag="p", children=[look.fault(fault)])


@solara.component
def TopBar(look: Look, active: str) -> None:
    """Show the name, the views, the plan at hand, language and light."""
    desk = look.desk

    def show(key: str) -> None:
        desk.current = key
        looks.chosen.value = ("flights", "")
        touch()

    def speak(language: str) -> None:
        desk.language = language
        touch()

    def turn() -> None:
        desk.dark = not desk.dark
        touch()

    with solara.Div(classes=["pg-top"]):
        solara.HTML(tag="span", unsafe_innerHTML="Pregón", classes=["pg-brand"])
        with solara.Div(classes=["pg-nav"]):
            for path, (name, _) in VIEWS.items():
                with solara.Link("/" if path == "/" else f"/{path}"):
                    here = "on" if name == active else ""
                    solara.v.Html(tag="span", children=[look.t(f"nav.{name}")], class_=here)
        solara.Div(classes=["pg-grow"])
        if desk.plans:
            called = "" if desk.plan is None else desk.plan.name
            with solara.v.Html(tag="div", class_="pg-plan pg-menu", attributes={"title": called}):
                solara.v.Select(
                    items=[{"text": plan.name, "value": key} for key, plan in desk.plans.items()],
                    v_model=desk.current, on_v_model=show, dense=True, outlined=True, hide_details=True,
                    attributes={"aria-label": look.t("plan_at_hand")},
                )  # fmt: skip
        other = "es" if look.language == "en" else "en"
        solara.Button(
            words.LANGUAGES[other], on_click=lambda: speak(other), text=True, classes=["pg-language"]
        )
        solara.Button(
            icon_name="mdi-weather-sunny" if desk.dark else "mdi-weather-night", on_click=turn, icon=True,
            attributes={"aria-label": look.t("light" if desk.dark else "dark")},
        )  # fmt: skip


@solara.component
def Definition(look: Look, metric: str) -> None:
    """Show what an indicator counts, its unit, how channels add up, and its source."""
    found = words.metric_words(metric, look.language)
    with solara.Div(classes=["pg-drawer"]):
        with solara.Row(
            justify="space-between", style={"background": "transparent", "align-items": "center"}
        ):
            solara.v.Html(tag="h3", children=[found.title], class_="pg-h")
            solara.Button(
                icon_name="mdi-close", icon=True, on_click=lambda: ask(""),
                attributes={"aria-label": look.t("close")},
            )  # fmt: skip
        parts = [("definition", found.definition), ("unit", found.unit), ("over_channels", found.over_channels),
                 ("source", found.source), ("name_in_files", metric)]  # fmt: skip
        children = []
        for key, text in parts:
            if text:
                children += [solara.v.Html(tag="dt", children=[look.t(f"define.{key}")]),
                             solara.v.Html(tag="dd", children=[text])]  # fmt: skip
        solara.v.Html(tag="dl", children=children)
        if metric not in METRICS:
            solara.Text(look.t("define.of_plan"), classes=["pg-note"])


@solara.component
def Page() -> None:
    """Stand for a view: the layout, which stays when the address changes, shows it."""


routes = [
    solara.Route(path=path, component=Page, label="Pregón", layout=Layout if path == "/" else None)
    for path in VIEWS
]
