"""A workbook in pieces: sheets of text, numbers in their unit, and charts; the same bytes each time."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import xlsxwriter

from sim.errors import Fault, InputError
from sim.results.files import write_whole
from sim.results.report import wording
from sim.wording.language import say

SUFFIX = ".xlsx"
MOST_LETTERS = 32_000  # a cell takes 32,767
CREATED = datetime.datetime(2000, 1, 1)  # the time of writing is no part of a result
INK, QUIET, LINE, HEAD = "#1f2933", "#6b7280", "#d5dae1", "#e8edf3"
CHART_COLOURS = ("#1f5fa8", "#d1661b", "#2a8a5c", "#8a4fa3", "#b03a48", "#5b6770")
_CHART, _PIXELS = (520, 290), 7  # of a letter
_ROW_POINTS, _MOST_POINTS = 15.0, 400.0
_CURRENCY = re.compile(r"[A-Z]{3}(?= per |$)")
_PER_CENT = 0.01


@dataclass(frozen=True, slots=True)
class Number:
    """Hold a number with its unit.

    Parameters
    ----------
    value : float or None
        None and NaN leave the cell empty.
    unit : str
        As in ``summary.csv``.
    like : tuple of float
        Numbers that stand beside it and are written with the same decimals.
    is_difference : bool
        Whether it has a sign.
    digits : str
        The spreadsheet's format, where a whole column has one.
    """

    value: float | None
    unit: str = ""
    like: tuple[float, ...] = ()
    is_difference: bool = False
    digits: str = ""

    @property
    def format(self) -> str:
        """The spreadsheet's format."""
        values = () if self.value is None else (self.value, *self.like)
        return self.digits or number_format(self.unit, values, is_difference=self.is_difference)


Item = str | int | Number | datetime.date | None


@dataclass(frozen=True, slots=True)
class Column:
    """Say what heads a column, and how wide it is in letters."""

    title: str
    width: float = 12.0
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """Name the cells of a line in a chart: its column on a sheet whose first column is the horizontal axis."""

    sheet: str
    column: int
    last_row: int


def unit_words(unit: str, *, is_difference: bool = False) -> str:
    """Return a unit as written beside its numbers: shares are written in per cent."""
    if unit == "share":
        return say("percentage points") if is_difference else "%"
    return wording.unit_words(unit)


def told_columns(columns: Sequence[Column]) -> list[Column]:
    """Return columns that stand in a constant, with their titles in the language spoken."""
    return [replace(column, title=say(column.title)) for column in columns]


def number_format(unit: str, values: Iterable[float], *, is_difference: bool = False) -> str:
    """Return the spreadsheet's format for numbers of a unit, with decimals enough to tell them apart.

    Examples
    --------
    >>> number_format("share", [0.4387, 0.43, 0.45])
    '0.0%'
    >>> number_format("USD per GRP", [1234.5])
    '[$USD] #,##0'
    """
    told = [value for value in values if math.isfinite(value)]
    size = max(map(abs, told), default=0.0)
    style = wording.style_of(unit, size)
    # Counts are scaled to millions in prose only: in a cell all digits stand.
    decimals = 0 if unit in wording.COUNTS else style.decimals
    currency = _CURRENCY.match(unit)
    if currency:
        decimals = 2 if size < 1000 else 0
    factor = 100 if unit == "share" else 1
    for _ in range(2):
        width = (max(told) - min(told)) * factor if told else 0.0
        if 0 < width < 2 * 10.0**-decimals and unit not in wording.COUNTS and not currency:
            decimals += 1
    digits = "0" if unit == "share" else "#,##0"
    digits += f".{'0' * decimals}" if decimals else ""
    digits += "%" if unit == "share" else ""
    before = f"[${currency[0]}] " if currency else ""
    return f"+{before}{digits};-{before}{digits};{before}{digits}" if is_difference else before + digits


class Book:
    """Hold a workbook being written."""

    def __init__(self, path: Path, title: str) -> None:
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.set_properties({"title": _clean(title)[:200], "created": CREATED})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def format(self, **look: Any) -> Any:
        """Return a format, made once."""
        look = {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "top"} | look
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def sheet(self, name: str, widths: Sequence[float], *, is_wide: bool = False) -> Page:
        """Add a sheet; `name` is the program's own, never a user's."""
        sheet = self._book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        if is_wide:
            sheet.set_landscape()
        for index, width in enumerate(widths):
            sheet.set_column(index, index, width)
        return Page(self, sheet, list(widths))

    def line_chart(
        self,
        title: str,
        curves: Sequence[Curve],
        unit: str,
        size: float,
        *,
        axis: str = "",
        most: float | None = None,
    ) -> Any:
        """Return a chart with a line per curve; names and days (or what else the axis is) are taken from the cells."""
        chart = self._book.add_chart({"type": "scatter", "subtype": "straight"})
        for index, curve in enumerate(curves):
            name = [curve.sheet, 0, curve.column]
            days = [curve.sheet, 1, 0, curve.last_row, 0]
            values = [curve.sheet, 1, curve.column, curve.last_row, curve.column]
            line = {"color": CHART_COLOURS[index % len(CHART_COLOURS)], "width": 2}
            chart.add_series({"name": name, "categories": days, "values": values, "line": line})
        chart.set_title({"name": title, "name_font": {"size": 12, "color": INK}, "overlay": False})
        grid = {"visible": True, "line": {"color": LINE, "width": 0.5}}
        chart.set_x_axis(
            {
                "name": axis or say("day"),
                "min": 0,
                "max": curves[0].last_row if most is None else most,
                "major_gridlines": {"visible": False},
            }
        )
        digits = number_format(unit, [size]) if size < 10 * _PER_CENT or unit != "share" else "0%"
        chart.set_y_axis({"min": 0, "num_format": digits, "major_gridlines": grid, "line": {"none": True}})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": _CHART[0], "height": _CHART[1]})
        return chart


class Page:
    """Write one sheet from top to bottom; `row` is where the next thing goes."""

    def __init__(self, book: Book, sheet: Any, widths: list[float]) -> None:
        self._book, self._sheet, self._widths = book, sheet, widths
        self.row = 0

    def title(self, text: str, below: str = "") -> None:
        """Write the title of the sheet, and a line under it."""
        self._sheet.set_row(self.row, 26)
        self._text(self.row, 0, text, self._book.format(bold=True, font_size=18))
        if below:
            self._text(self.row + 1, 0, below, self._book.format(font_color=QUIET))
        self.row += 3 if below else 2

    def heading(self, text: str) -> None:
        """Write a heading over what follows."""
        self._sheet.set_row(self.row, 20)
        self._text(self.row, 0, text, self._book.format(bold=True, font_size=13))
        self.row += 1

    def paragraph(self, text: str, *, is_quiet: bool = False) -> None:
        """Write text over the whole width, wrapped."""
        look = self._book.format(text_wrap=True, font_color=QUIET if is_quiet else INK)
        last = len(self._widths) - 1
        if last:
            self._sheet.merge_range(self.row, 0, self.row, last, "", look)
        self._text(self.row, 0, text, look)
        self._sheet.set_row(self.row, _height(_n_lines(text, sum(self._widths))))
        self.row += 1

    def note(self, text: str) -> None:
        """Write a quiet line that runs on over the cells to its right."""
        self._text(self.row, 0, text, self._book.format(font_color=QUIET))
        self.row += 1

    def gap(self) -> None:
        """Leave a row free."""
        self.row += 1

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Item]],
        *,
        is_data: bool = False,
        is_spilled: bool = False,
    ) -> None:
        """Write a table.

        Parameters
        ----------
        columns : sequence of Column
        rows : sequence of rows of items
        is_data : bool
            The sheet is this table: its header stays in view and filters the rows.
        is_spilled : bool
            Long text runs on over the free cells to its right instead of being wrapped.
        """
        head = self.row
        edge = {"bottom": 1, "bottom_color": LINE}
        sides = [{"align": "right"} if c.is_number else {"align": "left", "indent": int(i > 0)}
                 for i, c in enumerate(columns)]  # fmt: skip
        headed = {"bold": True, "bg_color": HEAD, "text_wrap": True, "valign": "vcenter", **edge}
        for index, column in enumerate(columns):
            self._text(head, index, column.title, self._book.format(**headed, **sides[index]))
        widths = self._widths[: len(columns)]
        lines = [_n_lines(c.title, 0.9 * w) for c, w in zip(columns, widths, strict=True)]
        self._sheet.set_row(head, 4 + _height(max(lines, default=1)))
        for row, items in enumerate(rows, start=head + 1):
            for index, item in enumerate(items):
                wraps = {"text_wrap": True} if isinstance(item, str) and not is_spilled else {}
                self._item(row, index, item, sides[index] | wraps | ({} if is_data else edge))
            texts = [_n_lines(i, w - 2) for i, w in zip(items, widths, strict=False) if isinstance(i, str)]
            if not is_spilled and max(texts, default=1) > 1:
                self._sheet.set_row(row, _height(max(texts)))
        self.row = head + len(rows) + 1
        if is_data:
            self._sheet.freeze_panes(head + 1, 1)
            self._sheet.repeat_rows(head)
            if rows:
                self._sheet.autofilter(head, 0, head + len(rows), len(columns) - 1)

    def _item(self, row: int, column: int, item: Item, look: Mapping[str, Any]) -> None:
        made = self._book.format
        if isinstance(item, Number):
            if item.value is not None and math.isfinite(item.value):
                self._sheet.write_number(row, column, item.value, made(num_format=item.format, **look))
            else:
                self._sheet.write_blank(row, column, None, made(**look))
        elif isinstance(item, datetime.date):
            self._sheet.write_datetime(row, column, item, made(num_format="yyyy-mm-dd", **look))
        elif isinstance(item, int):
            self._sheet.write_number(row, column, item, made(num_format="0", **look))
        elif item:
            self._text(row, column, item, made(**look))
        else:
            self._sheet.write_blank(row, column, None, made(**look))

    def _text(self, row: int, column: int, text: str, look: Any) -> None:
        # Never `write`: a name such as =cmd|' /C calc'!A0 must stay a name.
        self._sheet.write_string(row, column, _clean(text), look)

    def charts(self, charts: Sequence[Any]) -> None:
        """Put charts one under the other, two beside each other where the sheet is wide."""
        width, height = _CHART[0] + 15, _CHART[1] + 15
        beside = max(1, min(2, int(sum(self._widths) * _PIXELS // width)))
        for index, chart in enumerate(charts):
            at = {"x_offset": 4 + width * (index % beside), "y_offset": 4 + height * (index // beside)}
            self._sheet.insert_chart(self.row, 0, chart, at)
        self.row += math.ceil(len(charts) / beside) * 16


def _clean(text: str) -> str:
    """Return text as a cell takes it: no sign that is meant for typesetting only, not too long."""
    text = text.replace(wording.NBSP, " ").replace("\u2060", "").replace(" ", " ")
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"


def _n_lines(text: str, width: float) -> int:
    """Return about how many lines a text takes in a column of that many letters."""
    return sum(max(1, math.ceil(len(line) / max(width, 1.0))) for line in text.split("\n"))


def _height(n_lines: int) -> float:
    return min(_ROW_POINTS * n_lines, _MOST_POINTS)


def written(path: Path, title: str, fill: Any) -> Path:
    """Write a workbook whole or not at all.

    Parameters
    ----------
    path : Path
        Its folder is made where needed.
    title : str
    fill : callable
        Takes the `Book` and adds the sheets.

    Raises
    ------
    InputError
        If the name is not that of a workbook.
    """
    if path.suffix.lower() != SUFFIX:
        wanted = f"want a name that ends in {SUFFIX}"
        raise InputError(
            Fault(
                str(path),
                "no name of a workbook",
                wanted,
                f"write {path.stem}{SUFFIX}",
            )
        )

    def write(beside: Path) -> None:
        book = Book(beside, title)
        fill(book)
        book.close()

    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, write)
    return path
