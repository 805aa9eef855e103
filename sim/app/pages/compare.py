"""Two plans on the same worlds: what differs, how surely, and where it comes from."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import solara

from sim.app.components import charts
from sim.app.components.parts import Chart, Table, Tiles
from sim.app.components.working import Exports, Progress, Worlds, begin, choice, is_busy, offered
from sim.app.readings import tables
from sim.app.readings.courses import Courses
from sim.app.state import keeping_results
from sim.app.state.look import Look, Same, ask, touch
from sim.app.words import figures
from sim.results.catalog import metric_of
from sim.results.report.comparison_parts import changes
from sim.results.report.lookup import ALL
from sim.results.report.pairing import plans_of

TILES = (
    "reach", "reach_3plus", "average_frequency", "awareness", "consideration", "adoption", "spend",
    "cost_per_reach_point", "cost_per_incremental_acquisition", "roi", "earned_contacts", "impressions_undelivered",
)  # fmt: skip
SURE = 0.95
SPLITS = ("none", "segment", "channel")
MOST_BANDS = 3


@solara.component
def ComparePage(look: Look) -> None:
    """Choose two plans, run both on the same worlds, read the differences."""
    desk = look.desk
    there = offered(look)
    names = {key: plan.name for key, plan in there.items()}
    a, set_a = solara.use_state(next(iter(names), ""))
    other = desk.current if desk.current in names and desk.current != a else next(reversed(names), "")
    b, set_b = solara.use_state(other if len(names) > 1 else "")
    worlds, set_worlds = solara.use_state(there[a].replications if a in there else 40)
    _, set_beat = solara.use_state(0)
    job = desk.job
    is_ready = a in names and b in names and a != b
    solara.v.Html(tag="h1", children=[look.t("compare.title")], class_="pg-title")
    solara.v.Html(tag="p", children=[look.t("compare.sub")], class_="pg-sub")
    with solara.Div(classes=["pg-card", "pg-wrap", "pg-tight"]):
        choice(look.t("compare.a"), names, a, set_a, 320)
        choice(look.t("compare.b"), names, b, set_b, 320)
        Worlds(look, worlds, set_worlds)
        solara.Button(
            look.t("compare.run"), color="primary", icon_name="mdi-play", disabled=not is_ready or is_busy(look),
            on_click=lambda: begin(look, "compare", (a, b), worlds),
        )  # fmt: skip
        if len(names) < 2:
            solara.Text(look.t("compare.need_two"), classes=["pg-note"])

            def copy() -> None:
                set_b(desk.duplicate(look.t("plan.copy_suffix")).key)
                touch()

            solara.Button(look.t("plan.copy"), on_click=copy, outlined=True)
        if any(plan.draft.faults for plan in desk.plans.values()):
            solara.Text(look.t("compare.faulty"), classes=["pg-note"])
    Progress(look, set_beat).key(f"job-{id(job)}")
    shown = desk.comparison if job is None or job.comparison is None else job.comparison
    if shown is None and desk.compared and not is_busy(look):
        Again(look)
    if shown is not None:
        Differences(look, shown).key(f"of-{id(shown)}")


@solara.component
def Again(look: Look) -> None:
    """Make the comparison again that was shown before the server was started anew, where its results are there."""

    def find() -> None:
        if look.desk.comparison is None and keeping_results.compared(look.desk) is not None:
            touch()

    solara.lab.use_task(find, dependencies=[])


@solara.component
def Differences(look: Look, comparison: Any) -> None:
    """Show what differs between two plans."""
    runs = solara.use_memo(lambda: [tables.read(result) for _, result in comparison.runs], [Same(comparison)])
    plans = plans_of(runs)
    frame = comparison.frame
    n = int(frame["n_worlds"].max())
    labels = [label for label, _ in comparison.runs]
    with solara.Div(classes=["pg-wrap"], style={"margin-bottom": "10px"}):
        said = look.t("compare.read", a=labels[0], b=labels[1], n=look.count(n))
        solara.v.Html(tag="p", children=[said], class_="pg-sub")
        solara.Div(classes=["pg-grow"])
        Exports(look, comparison)
    Tiles(items=_tiles(look, frame), hint=look.t("define.hint"), event_ask=ask)
    changed = changes(plans)
    if changed:
        with solara.Div(classes=["pg-card"]):
            solara.v.Html(tag="h3", children=[look.t("compare.changes")])
            columns = [{"key": "at", "label": look.t("compare.address")}, {"key": "a", "label": "A"},
                       {"key": "b", "label": "B"}]  # fmt: skip
            rows = [
                {
                    "key": at,
                    "at": at,
                    "a": figures.localised(told[0], look.language),
                    "b": figures.localised(told[1], look.language),
                }
                for at, told in changed[:40]
            ]
            Table(columns=columns, rows=rows, most=260)
    Where(look, comparison, runs)
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("compare.all")])
        whole = frame[(frame.segment == ALL) & (frame.channel == ALL)]
        Table(columns=_columns(look), rows=[_row(look, r, "metric") for r in whole.to_dict("records")],
              most=520, event_ask=ask)  # fmt: skip


def _tiles(look: Look, frame: Any) -> list[dict[str, Any]]:
    whole = frame[(frame.segment == ALL) & (frame.channel == ALL)].set_index("metric")
    found = []
    for metric in TILES:
        if metric not in whole.index:
            continue
        row = whole.loc[metric]
        unit = str(row["unit"])
        if math.isnan(row["difference"]):
            continue
        found.append({
            "key": metric, "metric": metric, "label": look.title(metric), "tone": _tone(metric, row["p_better"]),
            "value": look.quantity(row["difference"], unit, is_difference=True, is_bare=True),
            "range": look.interval(row["diff_lo"], row["diff_hi"], unit, is_difference=True),
            "note": look.t("compare.p_better", p=figures.chance(row["p_better"], look.language)),
        })  # fmt: skip
    return found


def _tone(metric: str, p_better: float) -> str:
    better = metric_of(metric).higher_is_better
    if better is None or not (p_better >= SURE or p_better <= 1 - SURE):
        return ""
    return "good" if (p_better >= SURE) == better else "poor"


def _columns(look: Look, first: str = "run.indicator") -> list[dict[str, Any]]:
    keys = ("a", "b", "difference", "interval", "p", "worlds")
    columns = [{"key": "name", "label": look.t(first)}]
    return columns + [{"key": key, "label": look.t(f"compare.col_{key}"), "num": True} for key in keys]


def _row(look: Look, row: dict[str, Any], named_by: str) -> dict[str, Any]:
    metric, unit = str(row["metric"]), str(row["unit"])
    name = look.title(metric) if named_by == "metric" else str(row[named_by])
    return {
        "key": f"{metric}/{row['segment']}/{row['channel']}",
        "name": look.t("everyone") if name == ALL else name, "ask": {"name": metric} if named_by == "metric" else {},
        "a": look.quantity(row["mean_a"], unit), "b": look.quantity(row["mean_b"], unit, is_bare=True),
        "difference": look.quantity(row["difference"], unit, is_difference=True, is_bare=True),
        "interval": look.interval(row["diff_lo"], row["diff_hi"], unit, is_difference=True),
        "p": figures.chance(row["p_better"], look.language), "worlds": look.share(row["share_of_worlds"]),
        "tone": {"difference": _tone(metric, row["p_better"])},
    }  # fmt: skip


@solara.component
def Where(look: Look, comparison: Any, runs: list[Any]) -> None:
    """Show one indicator of both plans by day, and its difference per segment and per channel."""
    frame = comparison.frame
    metric, set_metric = solara.use_state("reach")
    courses = solara.use_memo(
        lambda: [Courses(run.daily, run.start) for run in runs], [Same(run) for run in runs]
    )
    compared = set(frame["metric"])
    told = [m for m in courses[0].metrics if m in compared]
    rows = frame[frame.metric == metric]
    unit = metric_of(metric).unit.replace("money", runs[0].currency)
    with solara.Div(classes=["pg-card"]):
        solara.v.Html(tag="h3", children=[look.t("compare.where")])
        with solara.Div(classes=["pg-tight", "pg-wrap"]):
            choice(look.t("run.indicator"), {m: look.title(m) for m in told}, metric, set_metric, 300)
            solara.Button(look.t("define.hint"), text=True, on_click=lambda: ask(metric))
        with solara.Div(classes=["pg-two"]):
            lines = {letter: one.rows(metric) for letter, one in zip("AB", courses, strict=False)}
            days = courses[0].labels(look.language)
            Chart(option=charts.curves({k: v for k, v in lines.items() if not v.empty}, unit, days), height=260,
                  label=look.title(metric), language=look.language, dark=look.dark)  # fmt: skip
            split = rows[(rows.channel == ALL) | (rows.segment == ALL)].to_dict("records")
            points = [(_place(look, r), r["difference"], r["diff_lo"], r["diff_hi"]) for r in split]
            Chart(option=charts.forest(points, unit, charts.COLOURS[0]), height=260,
                  label=look.t("compare.where"), language=look.language, dark=look.dark)  # fmt: skip
        ByDay(look, metric, unit, comparison, runs)
        by_segment = rows[rows.channel == ALL].to_dict("records")
        by_channel = rows[(rows.segment == ALL) & (rows.channel != ALL)].to_dict("records")
        cells = [_row(look, r, "segment") for r in by_segment] + [
            _row(look, r, "channel") for r in by_channel
        ]
        Table(columns=_columns(look, "compare.part"), rows=cells)


@solara.component
def ByDay(look: Look, metric: str, unit: str, comparison: Any, runs: list[Any]) -> None:
    """Show when the difference comes about, how surely, and in which segment or channel."""
    split, set_split = solara.use_state("none")
    paired = solara.use_memo(lambda: comparison.by_day(metric), [Same(comparison), metric])
    lines = gaps(paired if len(paired) else means_apart(runs[0].daily, runs[1].daily, metric), split)
    days = [figures.day_label(d, runs[0].start, look.language) for d in range(1, runs[0].days + 1)]
    title = look.t("compare.by_day", metric=look.title(metric))
    with solara.Div(classes=["pg-wrap", "pg-tight"], style={"margin-top": "10px"}):
        solara.v.Html(tag="h3", children=[title], class_="pg-h")
        choice(look.t("run.split"), {s: look.t(f"run.split_{s}") for s in SPLITS}, split, set_split, 180)
    if lines:
        told = {look.t("everyone") if name == ALL else name: rows for name, rows in lines.items()}
        option = charts.curves(told, unit, days, most_bands=MOST_BANDS)
        Chart(option=option, height=240, label=title, language=look.language, dark=look.dark)
        is_told = len(paired) and len(lines) <= MOST_BANDS
        about = look.t("compare.by_day_about" if is_told else "compare.by_day_bare")
        solara.v.Html(tag="p", children=[about], class_="pg-note")
    else:
        solara.v.Html(tag="p", children=[look.t("run.not_split")], class_="pg-note")


def means_apart(a: pd.DataFrame, b: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return what `Comparison.by_day` does, without intervals: of runs whose worlds are not kept by day."""
    on = ["day", "metric", "segment", "channel"]
    pair = a[a.metric == metric].merge(b[b.metric == metric], on=on, suffixes=("", "_b"))
    rows = pair[on].assign(difference=pair["mean"] - pair["mean_b"])
    return rows.assign(diff_lo=math.nan, diff_hi=math.nan)


def gaps(rows: pd.DataFrame, split: str) -> dict[str, pd.DataFrame]:
    """Return differences by day as curves with a band: of everyone, or per segment or channel."""
    for other in ("segment", "channel"):
        if other != split:
            rows = rows[rows[other] == ALL]
    column = "segment" if split == "none" else split
    out = {}
    for name in dict.fromkeys(rows[column]):
        if (name == ALL) == (split == "none"):
            told = rows[rows[column] == name].sort_values("day")
            named = {"difference": "mean", "diff_lo": "p2_5", "diff_hi": "p97_5"}
            out[str(name)] = told.rename(columns=named).assign(p10=math.nan, p90=math.nan)
    return out


def _place(look: Look, row: dict[str, Any]) -> str:
    if row["segment"] == ALL and row["channel"] == ALL:
        return look.t("everyone")
    return str(row["channel"] if row["segment"] == ALL else row["segment"])
