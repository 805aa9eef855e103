"""Many plans at once: what is varied, how far it has come, which plan is best and what leads there."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import solara
import solara.lab

from sim.app.components.fields.fields import short
from sim.app.components.fields.forms import Faults
from sim.app.components.parts import Chart, Table
from sim.app.components.sweep import sweep_charts
from sim.app.components.sweep.sweep_cards import (
    Drawn,
    best_by_segment,
    front,
    lever,
    matters,
    split,
    value_words,
    values_words,
    wear,
)
from sim.app.components.sweep.sweep_days import DayByDay
from sim.app.components.sweep.sweep_form import SweepForm
from sim.app.components.working import FileButton, Progress, Worlds, choice, is_busy
from sim.app.readings import exports, sweep_figures
from sim.app.state import jobs, sweeping
from sim.app.state.desk import Plan, threads
from sim.app.state.kept import Kept
from sim.app.state.look import Look, Same, ask, touch
from sim.app.state.sweeping import SweepJob
from sim.app.words import figures
from sim.results.catalog import unit_of
from sim.results.report import wording
from sim.results.report.lookup import ALL

MOST_ROWS = 100
ASKED = ("mean", "p_best", "expected_regret", "difference", "p_better", "n_worlds", "worlds_to_settle")
HEIGHT = 270
Open = Callable[[str], None]


@solara.component
def SweepPage(look: Look) -> None:
    """Say what to try, start, watch, stop, go on, and read what came out."""
    desk, plan = look.desk, look.desk.plan
    scenario = None if plan is None else plan.draft.scenario
    worlds = desk.worlds_of(desk.current)
    _, set_beat = solara.use_state(0)
    n_points = solara.use_memo(lambda: sweeping.n_points(scenario), [Same(scenario)])
    router = solara.use_router()
    if plan is None:
        return
    key = None if scenario is None else jobs.key_of(scenario, worlds)
    kept = None if key is None else desk.sweeps.get(key)
    job = desk.job if isinstance(desk.job, SweepJob) and desk.job.is_open and desk.job.key == key else None
    shown: Kept | None = kept if job is None or job.peeked is None else job.peeked

    def set_worlds(n: int) -> None:
        desk.ask_worlds(desk.current, n)
        touch()

    def begin() -> None:
        if plan.draft.scenario is not None and not is_busy(look):
            desk.work_on(sweeping.start(desk, plan, worlds, threads()))
            touch()

    def show(label: str) -> None:
        if shown is not None and sweeping.open_point(
            desk, shown, label, look.t("sweep.point_title", name=shown.swept.scenario.name, point=label)
        ):
            touch()
            router.push("/plan")

    state = "start" if kept is None else "again" if kept.is_whole else "resume"
    with solara.Div(classes=["pg-wrap"], style={"margin-bottom": "12px"}):
        solara.v.Html(tag="h1", children=[look.t("sweep.title")], class_="pg-title")
        solara.Div(classes=["pg-grow"])
        if n_points:
            said = look.t("sweep.size", points=look.count(n_points), runs=look.count(n_points * worlds))
            solara.Text(said, classes=["pg-note"])
        Worlds(look, worlds, set_worlds)
        solara.Button(
            look.t(f"sweep.{state}"), color="primary", icon_name="mdi-play", on_click=begin,
            disabled=not n_points or state == "again" or is_busy(look),
        )  # fmt: skip
        if kept is not None and job is None:
            Files(look, kept)
    solara.v.Html(tag="p", children=[look.t("sweep.sub")], class_="pg-sub")
    Faults(look)
    Progress(look, set_beat).key(f"job-{id(desk.job)}")
    SweepForm(look)
    if shown is not None:
        Outcome(look, shown, show).key(f"of-{key}")
    elif plan is not None and not is_busy(look):
        Again(look, plan, worlds).key(f"again-{key}")


@solara.component
def Again(look: Look, plan: Plan, worlds: int) -> None:
    """Take up a sweep that was run before the server was started anew, where there is one."""

    def find() -> None:
        if sweeping.again(look.desk, plan, worlds):
            touch()

    solara.lab.use_task(find, dependencies=[])


@solara.component
def Files(look: Look, kept: Kept) -> None:
    """Offer the files of a sweep, as the command line leaves them; the report in the language of the page."""
    from sim.experiment.sweeps.store import RANKING, SUMMARY
    from sim.results.frames import REPORT

    folder = kept.swept.folder
    with solara.Div(classes=["pg-wrap"]):
        for name, label in ((SUMMARY, "export.csv"), (RANKING, "sweep.ranking_csv")):
            if (folder / name).is_file():
                FileButton(look, look.t(label), (folder / name).read_bytes, name).key(name)
        if (folder / REPORT).is_file() and kept.swept.ranking is not None:
            report = exports.report_of(kept.swept, look.language)
            FileButton(look, look.t("export.html"), report, REPORT).key(REPORT)


@solara.component
def Outcome(look: Look, kept: Kept, show: Open) -> None:
    """Show what a sweep has found so far."""
    swept = kept.swept
    rank = None if swept.scenario.sweep is None else swept.scenario.sweep.rank
    told = sweep_figures.metrics_of(swept)
    first = rank.metric if rank is not None and rank.metric in told else next(iter(told), "")
    metric, set_metric = solara.use_state(first)
    segment, set_segment = solara.use_state(rank.segment if rank is not None else ALL)
    channel = rank.channel if rank is not None and rank.metric == metric else ALL
    points = solara.use_memo(
        lambda: sweep_figures.points_of(swept, metric, segment, channel),
        [Same(kept), metric, segment, channel],
    )
    State(look, kept)
    if not told:
        return
    Headline(look, kept)
    with solara.Div(classes=["pg-card", "pg-wrap", "pg-tight"]):
        choice(look.t("run.indicator"), {m: look.title(m) for m in told}, metric, set_metric, 280)
        segments = {s: look.t("everyone") if s == ALL else s for s in sweep_figures.segments_of(swept)}
        choice(look.t("field.segment"), segments, segment, set_segment, 220)
        solara.Button(look.t("define.hint"), text=True, on_click=lambda: ask(metric))
        solara.v.Html(tag="span", children=[look.t("sweep.click")], class_="pg-note")
    if not points:
        solara.v.Html(tag="p", children=[look.t("run.not_split")], class_="pg-note")
        return
    drawn = Drawn(look, kept, metric, segment, points)
    cards = [*matters(drawn), *front(drawn), *split(drawn)]
    for address in sorted(drawn.addresses, key=lambda a: not sweep_figures.is_frequency(a)):
        cards += [*lever(drawn, address), *wear(drawn, address)]
    with solara.Div(classes=["pg-two", "pg-fill"]):
        for title, option, note in cards:
            with solara.Div(classes=["pg-card"]):
                solara.v.Html(tag="h3", children=[title])
                Chart(option=option, height=HEIGHT, label=title, language=look.language, dark=look.dark,
                      event_pick=picker(show))  # fmt: skip
                solara.v.Html(tag="p", children=[note], class_="pg-note")
        if len(drawn.addresses) > 1:
            Heat(drawn, show)
    Ranking(look, kept, show)
    DayByDay(look, kept, segment)
    found = best_by_segment(look, kept)
    if found is not None:
        with solara.Div(classes=["pg-card"]):
            solara.v.Html(tag="h3", children=[look.t("sweep.by_segment")])
            Table(columns=found[0], rows=found[1], live=True, event_pick=show)


def picker(show: Open) -> Callable[[dict[str, Any]], None]:
    """Return what a click on a chart does: it opens the plan of its point."""

    def pick(event: dict[str, Any]) -> None:
        data = event.get("data")
        if isinstance(data, dict) and "point" in data:
            show(str(data["point"]))

    return pick


@solara.component
def State(look: Look, kept: Kept) -> None:
    """Tell how much of the sweep is there, and what failed."""
    design = kept.swept.design
    n_done = int((design["status"] == "done").sum())
    n = look.count(len(design))
    is_whole = n_done == len(design)
    said = look.t("sweep.whole", n=n) if is_whole else look.t("sweep.part", done=look.count(n_done), n=n)
    solara.v.Html(tag="p", children=[said], class_="pg-sub")
    failed = kept.swept.failed
    if len(failed):
        with solara.Div(classes=["pg-faults"]):
            solara.v.Html(tag="b", children=[look.t("sweep.failed", n=look.count(len(failed)))])
            for _, row in failed.head(5).iterrows():
                solara.v.Html(tag="p", children=[f"{row['design_point']}: {row['error']}"])


@solara.component
def Headline(look: Look, kept: Kept) -> None:
    """Say which plan is best, how surely, and which is the cheapest that meets the objectives."""
    swept = kept.swept
    ranked = None if swept.ranking is None else swept.ranking[swept.ranking["status"] == "ranked"]
    rank = None if swept.scenario.sweep is None else swept.scenario.sweep.rank
    lines = []
    addresses = sweep_figures.addresses_of(swept)
    if ranked is not None and len(ranked) and rank is not None:
        best, unit = ranked.iloc[0], unit_of(rank.metric, swept.scenario.currency)
        values = values_words(look, {a: sweep_figures.plain(best[a]) for a in addresses})
        is_most = sweep_figures.is_most(swept, rank.metric)
        lines.append(look.t(
            "sweep.best_most" if is_most else "sweep.best_least", n=look.count(len(ranked)), point=best["design_point"],
            values=values, metric=look.title(rank.metric), value=look.quantity(float(best["mean"]), unit),
        ))  # fmt: skip
        if len(ranked) > 1 and math.isfinite(best["p_best"]):
            regret, most, margin = (
                look.quantity(float(apart), unit, is_difference=True).lstrip("+")
                for apart in (best["expected_regret"], best["regret_hi"], rank.margin)
            )
            most = (
                look.t("sweep.at_most", most=most) if best["regret_hi"] else look.t("sweep.at_most_nothing")
            )
            lines.append(look.t(
                "sweep.sure_near" if rank.margin else "sweep.sure", regret=regret, most=most, margin=margin,
                p=figures.chance(float(best["p_near_best"]), look.language),
            ))  # fmt: skip
    goals = swept.objectives
    if goals is not None and len(goals):
        cheapest = goals[goals["is_cheapest"].astype(bool)]
        if len(cheapest):
            spend = look.quantity(float(cheapest.iloc[0]["spend"]), swept.scenario.currency)
            lines.append(look.t("sweep.cheapest", point=cheapest.iloc[0]["design_point"], spend=spend))
        else:
            lines.append(look.t("sweep.none_meets"))
    if lines:
        with solara.Div(classes=["pg-card", "pg-lines", "pg-answer"]):
            for line in lines:
                solara.v.Html(tag="p", children=[line])


@solara.component
def Heat(drawn: Drawn, show: Open) -> None:
    """Show two levers against each other."""
    look, addresses = drawn.look, drawn.addresses
    across, set_across = solara.use_state(addresses[0] if addresses else "")
    up, set_up = solara.use_state(addresses[1] if len(addresses) > 1 else "")
    if len(addresses) < 2:
        return
    names = {address: short(address) for address in addresses}
    title = look.t("sweep.heat", metric=drawn.title)
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[title])
        with solara.Div(classes=["pg-wrap", "pg-tight"], style={"margin-bottom": "8px"}):
            choice(look.t("sweep.across"), names, across, set_across, 240)
            choice(look.t("sweep.up"), names, up, set_up, 240)
        if across == up:
            solara.v.Html(tag="p", children=[look.t("sweep.two_levers")], class_="pg-note")
            return
        columns, rows, cells = sweep_figures.cells(drawn.points, across, up)
        told = [
            (c, r, p.mean, look.quantity(p.mean, drawn.unit, is_bare=True), drawn.words(p), p.label)
            for c, r, p in cells
        ]
        option = sweep_charts.heat(
            [value_words(look, v) for v in columns], [value_words(look, v) for v in rows], told, drawn.unit
        )
        Chart(
            option=option,
            height=270,
            label=title,
            language=look.language,
            dark=look.dark,
            event_pick=picker(show),
        )
        solara.v.Html(tag="p", children=[look.t("sweep.heat_about")], class_="pg-note")


@solara.component
def Ranking(look: Look, kept: Kept, show: Open) -> None:
    """List the plans, the best first; a click opens one."""
    swept = kept.swept
    rank = None if swept.scenario.sweep is None else swept.scenario.sweep.rank
    if swept.ranking is None or rank is None:
        with solara.Div(classes=["pg-card"]):
            solara.Text(look.t("sweep.no_rank"))
        return
    unit = unit_of(rank.metric, swept.scenario.currency)
    addresses = sweep_figures.addresses_of(swept)
    goals = {} if swept.objectives is None else {
        str(row["design_point"]): bool(row["meets_all"]) for row in sweep_figures.records(swept.objectives)
    }  # fmt: skip
    columns: list[dict[str, Any]] = [{"key": "point", "label": look.t("sweep.point")}]
    columns += [{"key": a, "label": short(a), "num": True} for a in addresses]
    columns += [{"key": k, "label": look.title(rank.metric) if k == "mean" else look.t(f"sweep.col_{k}"), "num": True}
                for k in ASKED]  # fmt: skip
    if goals:
        columns.append({"key": "goals", "label": look.t("plan.objectives")})
    rows = [
        _ranked(look, row, addresses, unit, goals)
        for row in sweep_figures.records(swept.ranking.head(MOST_ROWS))
    ]
    with solara.Div(classes=["pg-card"]):
        of = "" if rank.segment == ALL else f" · {rank.segment}"
        solara.v.Html(tag="h3", children=[look.t("sweep.ranking", metric=look.title(rank.metric) + of)])
        Table(columns=columns, rows=rows, live=True, event_pick=show, event_ask=ask, most=460)
        solara.v.Html(tag="p", children=[look.t("sweep.ranking_about")], class_="pg-note")


def _ranked(
    look: Look, row: dict[str, Any], addresses: Sequence[str], unit: str, goals: Mapping[str, bool]
) -> dict[str, Any]:
    label = str(row["design_point"])
    out: dict[str, Any] = {"key": label, "point": label, "tone": {}}
    out |= {a: value_words(look, sweep_figures.plain(row[a])) for a in addresses}
    if row["status"] == "ranked":
        settle = row["worlds_to_settle"]
        out |= {
            "mean": look.quantity(row["mean"], unit, is_bare=True),
            "p_best": figures.chance(row["p_best"], look.language),
            "expected_regret": look.quantity(
                row["expected_regret"], unit, is_difference=True, is_bare=True
            ).lstrip("+"),
            "difference": look.quantity(row["difference"], unit, is_difference=True, is_bare=True),
            "p_better": figures.chance(row["p_better"], look.language),
            "n_worlds": look.count(row["n_worlds"]),
            "worlds_to_settle": look.count(settle) if math.isfinite(settle) else wording.NOTHING,
        }
    if goals:
        meets = goals.get(label, False)
        out["goals"] = look.t("objective.good" if meets else "objective.bad")
        out["tone"] = {"goals": "good" if meets else ""}
    return out
