"""Small parts of the page that are drawn in the browser: charts, tables, tiles, calendar. They know no plan.

What they show goes to the browser as one text each (`told`): what draws the page would otherwise walk through every
number of a chart and every cell of a table, several times, whenever anything changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import solara

Row = dict[str, Any]


def nothing(_: Any) -> None:
    """Take an event that nobody waits for."""


def told(**parts: Any) -> str:
    """Return what a part shows as JSON, by name."""
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(number: Any) -> Any:
    return number.item()  # of numpy


@solara.component_vue("vue/chart.vue")
def _Chart(
    told: str,
    height: int,
    label: str,
    language: str,
    dark: bool,
    event_pick: Callable[[Row], None] = nothing,
) -> None: ...


def Chart(
    option: Row,
    height: int,
    label: str,
    language: str,
    dark: bool,
    event_pick: Callable[[Row], None] = nothing,
) -> Any:
    """Draw an ECharts option; text ``fmt:<share|count|plain>`` in it becomes a formatter of numbers."""
    return _Chart(
        told=told(option=option), height=height, label=label, language=language, dark=dark, event_pick=event_pick,
    )  # fmt: skip


@solara.component_vue("vue/table.vue")
def _Table(
    told: str,
    selected: str = "",
    live: bool = False,
    most: int = 0,
    empty: str = "",
    event_pick: Callable[[str], None] = nothing,
    event_ask: Callable[[str], None] = nothing,
) -> None: ...


def Table(
    columns: list[Row],
    rows: list[Row],
    selected: str = "",
    live: bool = False,
    most: int = 0,
    empty: str = "",
    event_pick: Callable[[str], None] = nothing,
    event_ask: Callable[[str], None] = nothing,
) -> Any:
    """Show rows of text: `columns` have key, label, num; `rows` a key, a text per column, ask, bar, tone, bad."""
    return _Table(
        told=told(columns=columns, rows=rows), selected=selected, live=live, most=most, empty=empty,
        event_pick=event_pick, event_ask=event_ask,
    )  # fmt: skip


@solara.component_vue("vue/tiles.vue")
def _Tiles(told: str, hint: str, event_ask: Callable[[str], None] = nothing) -> None: ...


def Tiles(items: list[Row], hint: str, event_ask: Callable[[str], None] = nothing) -> Any:
    """Show key figures: key, metric, label, value, range, note, tone; each opens its definition."""
    return _Tiles(
        told=told(items=items), hint=hint, event_ask=event_ask,
    )  # fmt: skip


@solara.component_vue("vue/gantt.vue")
def _Gantt(
    told: str,
    days: int,
    selected: str = "",
    hint: str = "",
    event_pick: Callable[[str], None] = nothing,
    event_move: Callable[[Row], None] = nothing,
) -> None: ...


def Gantt(
    rows: list[Row],
    days: int,
    ticks: list[Row],
    selected: str = "",
    hint: str = "",
    event_pick: Callable[[str], None] = nothing,
    event_move: Callable[[Row], None] = nothing,
) -> Any:
    """Show what runs when: rows of key, label, sub, first, last, marks, shape, colour, note, bad, fixed.

    Bars that are not fixed are dragged, or moved by the arrow keys: key, first, last come back.
    """
    return _Gantt(
        told=told(rows=rows, ticks=ticks), days=days, selected=selected, hint=hint, event_pick=event_pick,
        event_move=event_move,
    )  # fmt: skip


@solara.component_vue("vue/field.vue")
def Field(
    label: str,
    text: str,
    kind: str = "text",
    otherwise: str = "",
    error: str = "",
    about: str = "",
    wide: bool = False,
    outlined: bool = False,
    least: int = 0,
    most: int = 0,
    adds: str = "",
    event_typed: Callable[[str], None] = nothing,
) -> None:
    """Take a text when the field is left or Enter is pressed: `kind` text, area, or number (whole, `least` to `most`).

    With `adds`, the wording of a button, it takes one more of something by that button or Enter, and is empty again.

    The text comes with the event itself. Solara's own fields keep a value equal on both sides letter by letter; while
    the server is busy the letters wait, and the key that ends them does not, so that half was taken and the rest lost.
    """


@solara.component_vue("vue/save.vue")
def SaveButton(
    label: str,
    name: str,
    mime: str,
    file: bytes | None = None,
    done: int = 0,
    event_pressed: Callable[[int], None] = nothing,
) -> None:
    """Ask for a file by a number, and save `file` under `name` when `done` is that number; None saves nothing."""


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
def _Moving(
    told: str, days: int, label: str, selected: int = -1, event_pick: Callable[[int], None] = nothing
) -> None: ...


def Moving(
    picture: Row,
    days: int,
    label: str,
    selected: int = -1,
    event_pick: Callable[[int], None] = nothing,
) -> Any:
    """Play a drawn network day by day.

    Parameters
    ----------
    picture : dict
        ``nodes``, ``ties``, ``states``, ``shared``, ``passes`` as in `sim.app.readings.spread.Picture`; ``people``,
        texts by day and state; ``labels`` of the days; ``names`` of the states; ``words`` of the buttons.
    """
    return _Moving(
        told=told(**picture), days=days, label=label, selected=selected, event_pick=event_pick,
    )  # fmt: skip
