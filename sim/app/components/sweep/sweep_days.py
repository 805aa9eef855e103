"""How far the best plan of a sweep is ahead of the next ones, day by day: a chart, words and a table."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import solara

from sim.app.components import charts
from sim.app.components.parts import Chart, Table
from sim.app.readings import sweep_figures
from sim.app.state.kept import Kept
from sim.app.state.look import Look, Same
from sim.app.words import figures
from sim.results.catalog import unit_of
from sim.results.report.sweep_days import MOST_DRAWN, MOST_ROWS, ahead_by_day, clear_days, milestones
from sim.scenario.sweep import Rank

MOST_TOLD = 2
HEIGHT = 260
Ahead = dict[object, pd.DataFrame]


@solara.component
def DayByDay(look: Look, kept: Kept, segment: str) -> None:
    """Show when the best plan of all, or of a segment, pulls away from the next ones, where that is told."""
    swept = kept.swept
    rank = None if swept.scenario.sweep is None else swept.scenario.sweep.rank
    behind = solara.use_memo(lambda: _behind(kept, rank, segment), [Same(kept), segment])
    if rank is None or not behind or swept.ranking is None:
        return
    best = swept.ranking["design_point"].iloc[0]
    unit = unit_of(rank.metric, swept.scenario.currency)
    n_days = int(next(iter(behind.values()))["day"].max())
    labels = [figures.day_label(day, swept.scenario.start, look.language) for day in range(1, n_days + 1)]
    lines = {str(point): _curve(ahead) for point, ahead in list(behind.items())[:MOST_DRAWN]}
    with solara.Div(classes=["pg-card"]):
        title = look.t("sweep.by_day", point=best, metric=look.title(rank.metric))
        solara.v.Html(tag="h3", children=[title])
        option = charts.curves(lines, unit, labels, most_bands=MOST_DRAWN)
        Chart(option=option, height=HEIGHT, label=title, language=look.language, dark=look.dark)
        for point, ahead in list(behind.items())[:MOST_TOLD]:
            solara.v.Html(tag="p", children=[said(look, best, point, ahead, labels)])
        _Table(look, behind, unit, labels)
        solara.v.Html(tag="p", children=[look.t("sweep.by_day_about")], class_="pg-note")


def _behind(kept: Kept, rank: Rank | None, segment: str) -> Ahead:
    swept = kept.swept
    if rank is None or swept.by_day is None or swept.ranking is None or swept.ranking.empty:
        return {}
    told = set(swept.by_day["segment"])
    segment = segment if segment in told else rank.segment
    best = swept.ranking["design_point"].iloc[0]
    return ahead_by_day(swept.by_day, best, segment, is_most=sweep_figures.is_most(swept, rank.metric))


def _curve(ahead: pd.DataFrame) -> pd.DataFrame:
    return ahead.rename(columns={"low": "p2_5", "high": "p97_5"}).assign(p10=math.nan, p90=math.nan)


def said(look: Look, best: object, point: object, ahead: pd.DataFrame, labels: list[str]) -> str:
    """Return from which day on the best is clearly ahead of a point, and when it was behind, as the report says it."""
    since, last = clear_days(ahead)
    how = "unclear" if since is None else "always" if since == ahead["day"].iloc[0] else "since"
    text = look.t(
        f"sweep.by_day_{how}", best=best, point=point, day="" if since is None else labels[since - 1]
    )
    return text if last is None else text + look.t("sweep.by_day_behind", day=labels[last - 1])


def _Table(look: Look, behind: Ahead, unit: str, labels: list[str]) -> Any:
    days = milestones(len(labels))
    columns: list[dict[str, Any]] = [{"key": "point", "label": look.t("sweep.by_day_point")}]
    columns += [{"key": str(day), "label": labels[day - 1], "num": True} for day in days]
    rows = []
    for point, ahead in list(behind.items())[:MOST_ROWS]:
        row: dict[str, Any] = {"key": str(point), "point": str(point)}
        for day in days:
            told = ahead[ahead["day"] == day].iloc[0]
            mean = look.quantity(told["mean"], unit, is_difference=True)
            row[str(day)] = f"{mean} ({look.interval(told['low'], told['high'], unit, is_difference=True)})"
        rows.append(row)
    return Table(columns=columns, rows=rows)
