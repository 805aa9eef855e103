"""Small parts of the page that are drawn in the browser: charts, tables, tiles, calendar. They know no plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

Row = dict[str, Any]


def nothing(_: Any) -> None:
    """Take an event that nobody waits for."""


@solara.component_vue("vue/chart.vue")
def Chart(
    option: Row,
    height: int,
    label: str,
    language: str,
    dark: bool,
    event_pick: Callable[[Row], None] = nothing,
) -> None:
    """Draw an ECharts option; text ``fmt:<share|count|plain>`` in it becomes a formatter of numbers."""


@solara.component_vue("vue/table.vue")
def Table(
    columns: list[Row],
    rows: list[Row],
    selected: str = "",
    live: bool = False,
    most: int = 0,
    empty: str = "",
    event_pick: Callable[[str], None] = nothing,
    event_ask: Callable[[str], None] = nothing,
) -> None:
    """Show rows of text: `columns` have key, label, num; `rows` a key, a text per column, ask, bar, tone, bad."""


@solara.component_vue("vue/tiles.vue")
def Tiles(items: list[Row], hint: str, event_ask: Callable[[str], None] = nothing) -> None:
    """Show key figures: key, metric, label, value, range, note, tone; each opens its definition."""


@solara.component_vue("vue/gantt.vue")
def Gantt(
    rows: list[Row],
    days: int,
    ticks: list[Row],
    selected: str = "",
    hint: str = "",
    event_pick: Callable[[str], None] = nothing,
    event_move: Callable[[Row], None] = nothing,
) -> None:
    """Show what runs when: rows of key, label, sub, first, last, marks, shape, colour, note, bad.

    Bars are dragged, or moved by the arrow keys: key, first, last come back.
    """


@solara.component_vue("vue/tab.vue")
def TabId(event_opened: Callable[[Row], None] = nothing) -> None:
    """Tell the tab's own id, which survives a reload, its language and whether it prefers the dark."""


@solara.component_vue("vue/upload.vue")
def UploadField(
    label: str,
    accept: str,
    most: int,
    event_chunk: Callable[[Row, list[Any]], None] = lambda _, __: None,
) -> None:
    """Take a file by click or drop and send it in pieces: name, first, last, and the bytes beside it."""


@solara.component_vue("vue/spread.vue")
def Moving(
    nodes: list[Row],
    ties: list[Any],
    states: list[str],
    shared: list[str],
    passes: list[list[int]],
    people: list[list[str]],
    days: int,
    labels: list[str],
    names: list[str],
    words: Row,
    label: str,
    selected: int = -1,
    event_pick: Callable[[int], None] = nothing,
) -> None:
    """Play a drawn network day by day; see `sim.app.spread.Picture`. `people` are texts by day and state."""
