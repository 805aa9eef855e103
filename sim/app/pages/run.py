"""Run the plan at hand on many worlds, and read what came out."""

from __future__ import annotations

from typing import Any

import solara

from sim.app.components import charts
from sim.app.components.fields.forms import Faults
from sim.app.components.parts import Chart, Table, Tiles
from sim.app.components.working import Exports, Progress, Worlds, begin, choice, is_busy, result_of
from sim.app.pages.spread import Spread
from sim.app.readings import tables
from sim.app.readings.courses import Courses
from sim.app.state import jobs, keeping_results
from sim.app.state.look import Look, Same, ask, first_drawing, touch
from sim.results.catalog import MOST_PLUS, RESPONSE_PREFIX, metric_of, response_of
from sim.results.frames import Result
from sim.results.report.fact_parts import Run
from sim.results.report.lookup import ALL
from sim.scenario.schema import Scenario

SMALL_MULTIPLES = ("reach", "awareness", "adoption")
SPLITS = ("none", "segment", "channel")


@solara.component
def Again(look: Look, scenario: Scenario, worlds: int) -> None:
    """Take up the result that the plan had before the server was started anew, where there is one."""
    key = jobs.key_of(scenario, worlds)

    def find() -> None:
        if key not in look.desk.results and keeping_results.again(look.desk, key) is not None:
            touch()

    solara.lab.use_task(find, dependencies=[key])


@solara.component
def RunPage(look: Look) -> None:
    """Start a run, watch it, read it."""
    plan = look.desk.plan
    own = plan.draft.scenario.replications if plan is not None and plan.draft.scenario is not None else 40
    worlds, set_worlds = solara.use_state(own, key=f"{look.desk.current}/{own}")
    _, set_beat = solara.use_state(0)
    is_spread, set_spread = solara.use_state(False)
    if plan is None:
        return
    job = look.desk.job
    mine = job if job is not None and job.kind == "run" and job.plans == (look.desk.current,) else None
    result = result_of(look, plan.draft.scenario, worlds)
    with solara.Div(classes=["pg-wrap"], style={"margin-bottom": "12px"}):
        solara.v.Html(tag="h1", children=[plan.name], class_="pg-title")
        solara.Div(classes=["pg-grow"])
        Worlds(look, worlds, set_worlds)
        solara.Button(
            look.t("run.again" if result is not None else "run.run"), color="primary", icon_name="mdi-play",
            on_click=lambda: begin(look, "run", (look.desk.current,), worlds),
            disabled=plan.draft.scenario is None or result is not None or is_busy(look),
        )  # fmt: skip
        if result is not None:
            Exports(look, result)
    if result is None and plan.draft.scenario is not None and not is_busy(look):
        Again(look, plan.draft.scenario, worlds).key(f"again/{look.desk.current}/{worlds}")
    Faults(look)
    Progress(look, set_beat).key(f"job-{id(job)}")
    if plan.draft.scenario is not None:
        Views(look, is_spread, set_spread)
    if is_spread and plan.draft.scenario is not None:
        Spread(look, plan.draft.scenario).key(f"spread/{look.desk.current}")
        return
    is_part = result is None and mine is not None and (mine.is_open or mine.state == "stopped")
    if is_part and mine is not None:
        result = mine.result if mine.state == "stopped" else mine.peeked
    if result is not None:
        Outcome(look, result, is_part)
    elif mine is None or not mine.is_open:
        with solara.Div(classes=["pg-card"]):
            solara.Text(look.t("run.nothing_yet"))


@solara.component
def Views(look: Look, is_spread: bool, on_spread: Any) -> None:
    """Choose between the numbers of all worlds and the spreading in one."""
    with solara.Div(classes=["pg-wrap"], style={"margin-bottom": "12px"}):
        for key, on in (("numbers", False), ("spread", True)):
            solara.Button(
                look.t(f"run.view_{key}"), on_click=lambda on=on: on_spread(on), text=on != is_spread, small=True,
                color="primary" if on == is_spread else None,
            )  # fmt: skip


@solara.component
def Outcome(look: Look, result: Result, is_part: bool) -> None:
    """Show a result; of a run that is not done, what is finished so far."""
    run, courses = solara.use_memo(lambda: _read(result), [Same(result)])
    is_first = first_drawing()
    n = look.count(len(result.provenance["replications"]))
    said = look.t("run.part" if is_part else "run.whole", n=n, days=run.days)
    solara.v.Html(tag="p", children=[said], class_="pg-sub")
    Tiles(items=tables.tiles(look, run), hint=look.t("define.hint"), event_ask=ask)
    with solara.Div(classes=["pg-multiples"]):
        for metric in SMALL_MULTIPLES:
            Curve(look, courses, metric)
    if is_first:
        return
    _card(look, "run.funnel", *tables.funnel(look, run))
    with solara.Div(classes=["pg-two"]):
        Frequency(look, run)
        if run.objectives:
            _card(look, "plan.objectives", *tables.objectives(look, run))
    Response(look, run)
    _card(look, "run.channels", *tables.channels(look, run))
    _card(look, "run.flights", *tables.flights(look, run))
    Explorer(look, run, courses)


def _read(result: Result) -> tuple[Run, Courses]:
    run = tables.read(result)
    return run, Courses(run.daily, run.start)


def _card(look: Look, title: str, columns: list[Any], rows: list[Any], most: int = 0) -> None:
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t(title)])
        Table(columns=columns, rows=rows, most=most, event_ask=ask)


@solara.component
def Curve(look: Look, courses: Courses, metric: str, height: int = 190) -> None:
    """Show one indicator by day, with the band of worlds where there are enough to tell it."""
    rows = courses.rows(metric)
    if rows.empty:
        return
    title = look.title(metric)
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[title])
        option = charts.curves({title: rows}, str(rows["unit"].iloc[0]), courses.labels(look.language))
        Chart(option=option, height=height, label=title, language=look.language, dark=look.dark)


@solara.component
def Frequency(look: Look, run: Run) -> None:
    """Show how many people were met at least so many times."""
    plus = ["reach", *(f"reach_{k}plus" for k in range(2, MOST_PLUS + 1))]
    found = [(k, reading) for k, metric in enumerate(plus, 1) if (reading := run.readings.get(metric))]
    if not found:
        return
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("run.frequency")])
        option = charts.bars([f"{k}+" for k, _ in found], [reading.mean for _, reading in found], "share")
        Chart(
            option=option, height=230, label=look.t("run.frequency"), language=look.language, dark=look.dark
        )
        solara.v.Html(tag="p", children=[look.t("run.frequency_about")], class_="pg-note")


@solara.component
def Response(look: Look, run: Run) -> None:
    """Show what more or less of the same plan brings, where the plan asks for it."""
    told = {response_of(m) for m in run.summary["metric"].unique() if str(m).startswith(RESPONSE_PREFIX)}
    factors = sorted({found[0] for found in told if found})
    lines = {}
    for metric in ("awareness", "adoption_lift"):
        pairs = []
        for factor in factors:
            spend = run.readings.get(f"{RESPONSE_PREFIX}{factor:g}:spend")
            value = run.readings.get(f"{RESPONSE_PREFIX}{factor:g}:{metric}")
            if spend and value:
                pairs.append((spend.mean, value.mean))
        if pairs:
            lines[metric] = pairs
    with solara.Div(classes=["pg-two"]):
        for metric, pairs in lines.items():
            title = look.t("run.response", metric=look.title(metric), currency=run.currency)
            with solara.Div(classes=["pg-card"]):
                solara.v.Html(tag="h3", children=[title])
                option = charts.points({look.title(metric): pairs}, "count", metric_of(metric).unit)
                Chart(option=option, height=230, label=title, language=look.language, dark=look.dark)


@solara.component
def Explorer(look: Look, run: Run, courses: Courses) -> None:
    """Show any indicator by day, split as one likes, and all of them in a table."""
    metric, set_metric = solara.use_state("reach")
    split, set_split = solara.use_state("segment")
    segment, set_segment = solara.use_state(ALL)
    lines = {
        look.t("everyone") if name == ALL else name: rows
        for name, rows in _split(courses, metric, split).items()
    }
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("run.explore")])
        with solara.Div(classes=["pg-wrap", "pg-tight"]):
            choice(
                look.t("run.indicator"), {m: look.title(m) for m in courses.metrics}, metric, set_metric, 260
            )
            choice(look.t("run.split"), {s: look.t(f"run.split_{s}") for s in SPLITS}, split, set_split, 180)
            solara.Button(look.t("define.hint"), text=True, on_click=lambda: ask(metric))
        if lines:
            unit = str(next(iter(lines.values()))["unit"].iloc[0])
            option = charts.curves(lines, unit, courses.labels(look.language))
            Chart(option=option, height=280, label=look.title(metric), language=look.language, dark=look.dark)
        else:
            solara.v.Html(tag="p", children=[look.t("run.not_split")], class_="pg-note")
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("run.all_indicators")])
        segments = [ALL, *dict(run.public.get("segments", {}))]
        with solara.Div(classes=["pg-tight"], style={"max-width": "260px", "margin-bottom": "8px"}):
            shown = {s: look.t("everyone") if s == ALL else s for s in segments}
            choice(look.t("field.segment"), shown, segment, set_segment, 260)
        columns, cells = tables.indicators(look, run, segment, ALL)
        Table(columns=columns, rows=cells, most=460, event_ask=ask)


def _split(courses: Courses, metric: str, split: str) -> dict[str, Any]:
    """Return the days of an indicator: of everyone, or per segment or channel, by name."""
    if split == "segment":
        found = {name: courses.rows(metric, segment=name) for name in courses.segments(metric) if name != ALL}
    elif split == "channel":
        found = {name: courses.rows(metric, channel=name) for name in courses.channels(metric) if name != ALL}
    else:
        found = {ALL: courses.rows(metric)}
    return {name: rows for name, rows in found.items() if not rows.empty}
