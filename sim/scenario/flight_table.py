"""A plan's flights as a table: CSV in, and out again exactly.

A scenario names a table by ``plan.flights_from``; its rows are taken as if they stood in ``plan.flights``,
and what is wrong with them is told with file, line and column.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.errors import Fault, InputError, did_you_mean, listed
from sim.scenario import table_cells
from sim.scenario.findings import Finding, shown
from sim.scenario.path import Parts
from sim.scenario.plan import Flight
from sim.scenario.source import Place, Tree
from sim.scenario.table_cells import NoNumber, Sheet
from sim.scenario.view import mapping, parts_of

KEY = "flights_from"
AT: Parts = ("plan", KEY)
_FLIGHTS: Parts = ("plan", "flights")
# Column → address within a flight.
COLUMNS: Mapping[str, Parts] = {
    "name": (),
    "message": ("message",),
    "channel": ("channel",),
    "to": ("to",),
    "days": ("days",),
    "first_day": ("days",),
    "last_day": ("days",),
    "budget": ("budget",),
    "impressions": ("impressions",),
    "grp": ("grp",),
    "insertions": ("insertions",),
    "reach_first": ("insertion_reach", "first"),
    "reach_second": ("insertion_reach", "second"),
    "posts": ("posts",),
    "shape": ("shape",),
    "cap_times": ("cap", "times"),
    "cap_per_days": ("cap", "per_days"),
    "dayparts": ("dayparts",),
    "levels": ("influence", "levels"),
    "top": ("influence", "top"),
    "influence_on": ("influence", "layer"),
}
# A spreadsheet turns 1-12 into the first of December; first and last day apart are safe.
WRITTEN = tuple(column for column in COLUMNS if column != "days")
_WORDS = ("message", "channel", "shape", "influence_on")
_LISTS = ("to", "dayparts", "levels")
_NUMBERS = ("budget", "impressions", "grp", "reach_first", "reach_second", "top")
_WHOLE = ("insertions", "cap_times", "cap_per_days")
_GROUPS = {("insertion_reach",): "reach_first", ("cap",): "cap_times", ("influence",): "levels"}
_DATE = r"\d{4}-\d{1,2}-\d{1,2}"
_DATES = re.compile(rf"({_DATE})(?:\s*(?:-|–|/|\bto\b)\s*({_DATE}))?", re.ASCII)
_TURNED = re.compile(
    r"\d{1,4}[-./ ][^\W\d]{3,}\.?([-./ ]\d{2,4})?|[^\W\d]{3,}\.?[-./ ]\d{1,4}|\d+[./]\d+([./]\d+)?"
)
_FULL_DATE = re.compile(r"\d+[./-][\d\w]+[./-]\d+")
_WANT_DAY = "want a day such as 12, or a date such as 2027-03-01"
_IN_COLUMNS = {
    "`insertion_reach: {first, second}`": "reach_first and reach_second",
    "`second`: ": "reach_second: ",
    "`days: first-last`": "first_day and last_day",
    "only `posts: [days]`": "only posts",
    "`posts: [days]`": "posts, days with spaces between",
    "`levels: [nano, micro]`": "levels",
    "`top: 0.05`": "top",
    "want `layer`,": "want influence_on,",
    "a list of levels: [nano, micro]": "levels with | between: nano|micro",
    "a list of segments: [students, families]": "segments with | between: students|families",
    "a list of the channel's dayparts: [morning, evening]": "dayparts with | between: morning|evening",
    "a list of days: [3, 10, 17]": "days with spaces between: 3 10 17",
    "insertion_reach": "reach_first",
}


def is_named(tree: Any) -> bool:
    """Tell whether a raw tree names a table, or says by null that there is none."""
    return KEY in mapping(tree, "plan")


def take_in(tree: Tree, folder: Path, *, is_replaced: bool = False) -> None:
    """Put the flights of the table that a tree names among its flights, in place.

    Parameters
    ----------
    tree : Tree
        What is wrong with the table is added to its faults and findings.
    folder : Path
        Folder that its file names are relative to.
    is_replaced : bool
        Another table stands in for this one, which is not read.
    """
    plan = mapping(tree.value, "plan")
    name = plan.get(KEY)
    if is_replaced:
        plan.pop(KEY, None)
    if is_replaced or not isinstance(name, str) or not name:
        return
    del plan[KEY]
    try:
        sheet = table_cells.read_sheet(folder / name, COLUMNS)
    except InputError as error:
        tree.faults.extend(error.faults)
        return
    except (OSError, ValueError) as error:
        tree.findings.append(Finding(AT, *_unread(folder, name, error)))
        return
    if plan.get("flights") is None:
        plan["flights"] = {}
    if isinstance(plan["flights"], dict):
        _Taker(tree, plan["flights"], sheet).take()


def _unread(folder: Path, name: str, error: Exception) -> tuple[str, str, str]:
    near = sorted(p.name for p in folder.glob("*.csv"))[:5] if folder.is_dir() else []
    wanted = f"want a CSV file of flights; looked in {str(folder)!r}"
    if isinstance(error, FileNotFoundError | NotADirectoryError | ValueError):
        return f"no file {name!r}", wanted, f"in that folder: {', '.join(near)}" if near else ""
    if isinstance(error, IsADirectoryError):
        return f"{name!r} is a folder", wanted, ""
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return f"{name!r} cannot be read: {reason}", "want a file that can be read", ""


class _Taker:
    """Turn the rows of a sheet into raw flights, with a place for each of their values."""

    def __init__(self, tree: Tree, flights: dict[str, Any], sheet: Sheet) -> None:
        self._tree = tree
        self._flights = flights
        self._sheet = sheet
        self._columns = self._meant()
        self._lines: dict[str, int] = {}

    def take(self) -> None:
        """Take every row."""
        if self._sheet.rows and "name" not in self._columns:
            self._fault(self._sheet.header_line, "name", "no such column", "want the name of each flight")
            return
        for line, cells in self._sheet.rows:
            self._row(line, cells)

    def _fault(self, line: int, column: str, got: str, wanted: str, hint: str = "") -> None:
        self._tree.faults.append(Fault(f"{self._sheet.source}:{line}: {column}", got, wanted, hint))

    def _meant(self) -> list[str | None]:
        """Return which column each cell stands in; a misspelt one as it was meant, to spare its consequences."""
        line = self._sheet.header_line
        given = [cell.lower().replace(" ", "_") for cell in self._sheet.header]
        meant: list[str | None] = []
        for index, (cell, column) in enumerate(zip(self._sheet.header, given, strict=True)):
            if column in COLUMNS and column in given[:index]:
                self._fault(line, column, "the same column twice", "want it once")
                meant.append(None)
            elif column in COLUMNS or not cell:
                meant.append(column or None)
            else:
                hint = did_you_mean(column, COLUMNS)
                wanted = f"want one of {listed(COLUMNS, len(COLUMNS))}"
                self._fault(line, shown(cell)[1:-1], "unknown column", wanted, hint)
                near = hint.removeprefix("did you mean ").removesuffix("?")
                meant.append(near if near and near not in [*given, *meant] else None)
        return meant

    def _row(self, line: int, texts: list[str]) -> None:
        beyond = [text for text in texts[len(self._columns) :] if text]
        if beyond:
            got = f"{shown(beyond[0])} in column {texts.index(beyond[0], len(self._columns)) + 1}"
            hint = "put a cell that holds the separator in quotes"
            self._fault(line, "row", got, f"the header has {len(self._columns)} columns", hint)
        pairs = zip(self._columns, texts, strict=False)
        cells = {c: table_cells.unsafe(text) for c, text in pairs if c is not None and text}
        name = cells.pop("name", None)
        if name is None:
            if cells:
                self._fault(line, "name", "blank", "want the name of the flight")
        elif name in self._lines:
            got = f"the flight {name!r} twice (first on line {self._lines[name]})"
            self._fault(line, "name", got, "want it once")
        elif name in self._flights:
            place = self._tree.origins.get((*_FLIGHTS, name))
            got = f"the flight {name!r} stands in plan.flights too" + (f" ({place})" if place else "")
            hint = "take it out of plan.flights, or out of the table"
            self._fault(line, "name", got, "want it once", hint)
        else:
            self._lines[name] = line
            self._place(line, name, cells)
            self._flights[name] = self._flight(name, cells)

    def _place(self, line: int, name: str, cells: Mapping[str, str]) -> None:
        here, source, origins = (*_FLIGHTS, name), self._sheet.source, self._tree.origins
        origins[here] = Place(source, line, called=name)
        for group, column in _GROUPS.items():
            origins[*here, *group] = Place(source, line, called=column)
        for column, path in COLUMNS.items():
            # Of the columns that tell days, the one that is filled in.
            if path and ((*here, *path) not in origins or column in cells):
                origins[*here, *path] = Place(source, line, called=column)

    def _flight(self, name: str, cells: Mapping[str, str]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for column in (*_WORDS, *_LISTS, *_NUMBERS, *_WHOLE):
            if column in cells:
                *above, key = COLUMNS[column]
                holder = out.setdefault(str(above[0]), {}) if above else out
                holder[str(key)] = self._read(name, column, cells[column])
        if "posts" in cells:
            out["posts"] = self._posts(name, cells["posts"])
        days = self._days(name, cells)
        return out if days is None else out | {"days": days}

    def _read(self, name: str, column: str, text: str) -> Any:
        if column in _WORDS:
            return text
        return table_cells.names_in(text) if column in _LISTS else self._number(name, column, text)

    def _finding(self, name: str, column: str, got: str, wanted: str, hint: str = "") -> None:
        path = (*_FLIGHTS, name, *COLUMNS[column])
        self._tree.origins[path] = self._tree.origins[path]._replace(called=column)
        self._tree.findings.append(Finding(path, got, wanted, hint))

    def _number(self, name: str, column: str, text: str) -> int | float | str:
        try:
            return table_cells.number(text, self._sheet.separator, is_whole=column in _WHOLE)
        except NoNumber as error:
            self._finding(name, column, *error.said)
            return text

    def _posts(self, name: str, text: str) -> list[Any] | str:
        days = [_day(word) for word in text.split()]
        wrong = next((day for day in days if isinstance(day, str)), None)
        if wrong is None:
            return list(days)
        joined = re.fullmatch(r"[\d\s,;|]+", text)
        hint = "write " + " ".join(re.findall(r"\d+", text)) if joined else ""
        self._finding(name, "posts", repr(wrong), "want days with spaces between: 3 10 17", hint)
        return text

    def _days(self, name: str, cells: Mapping[str, str]) -> Any:
        """Return the days as a scenario has them, or as first and last date; None where there are none."""
        ends = [column for column in ("first_day", "last_day") if column in cells]
        if "days" in cells:
            if ends:
                self._finding(
                    name, ends[0], f"both days and {ends[0]}", "want days, or first_day and last_day"
                )
            return self._span(name, cells["days"])
        if len(ends) == 1:
            other = "last_day" if ends == ["first_day"] else "first_day"
            self._finding(name, other, f"{ends[0]} alone", "want both first_day and last_day")
            return "1"
        return self._first_and_last(name, cells) if ends else None

    def _first_and_last(self, name: str, cells: Mapping[str, str]) -> Any:
        first, last = _day(cells["first_day"]), _day(cells["last_day"])
        for column, day in (("first_day", first), ("last_day", last)):
            if isinstance(day, str):
                self._finding(name, column, repr(day), _WANT_DAY, _as_date(day))
                return "1"
        is_after = type(first) is type(last) and first > last  # type: ignore[operator]
        if is_after:
            got = f"{shown(last)} before first_day {shown(first)}"
            self._finding(name, "last_day", got, "want a last day that is not before the first")
            return "1"
        return [first, last]

    def _span(self, name: str, text: str) -> Any:
        found = _DATES.fullmatch(text)
        if found:
            ends = [_day(found[1]), _day(found[2] or found[1])]
            if not any(isinstance(end, str) for end in ends):
                return ends
        if found or _TURNED.fullmatch(text):
            hint = "spreadsheets turn 1-12 into a date: use first_day and last_day"
            hint = "write dates as 2027-03-01" if _FULL_DATE.search(text) else hint
            self._finding(name, "days", repr(text), "want days such as 1-14", "" if found else hint)
        return text


def _day(text: str) -> int | datetime.date | str:
    """Return a day as number or date; what is neither as it is."""
    if whole := re.fullmatch(r"(\d{1,9})(\.0)?", text, re.ASCII):  # .0: as pandas writes a column with blanks
        return int(whole[1])
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII)
    try:
        return datetime.date(*map(int, found.groups())) if found else text
    except ValueError:
        return text


def _as_date(text: str) -> str:
    return "give the column the format yyyy-mm-dd" if _TURNED.fullmatch(text) else ""


def count_days(tree: Tree) -> None:
    """Turn the dates of tables into days of the run, in place, by the scenario's start."""
    start = mapping(tree.value).get("start")
    start = _day(start) if isinstance(start, str) else start
    for name, flight in parts_of(tree.value, "plan", "flights").items():
        for key in ("days", "posts"):
            path = (*_FLIGHTS, name, key)
            place = tree.origins.get(path)
            if place is not None and place.called is not None and isinstance(flight.get(key), list):
                days = [_counted(day, start) for day in flight[key]]
                tree.findings += [Finding(path, *day) for day in days if isinstance(day, tuple)][:1]
                flight[key] = [1 if isinstance(day, tuple) else day for day in days]


def _counted(day: Any, start: Any) -> Any:
    """Return a date as a number of a day, or what is wrong with it: got, wanted."""
    if not isinstance(day, datetime.date):
        return day
    if start is None:
        return f"the date {day}", "want a day such as 12, or `start` in the scenario, to count from"
    if type(start) is not datetime.date:
        return 1  # the schema tells what is wrong with the start
    number = (day - start).days + 1
    return (
        number
        if number > 0
        else (f"{day}, before day 1", f"want a date from {start} on, the scenario's start")
    )


def places(tree: Tree) -> dict[str, str]:
    """Return the flights of a tree that a table holds, each with its file and line."""
    return {
        str(path[-1]): f"{Path(place.source).name}:{place.line}"
        for path, place in tree.origins.items()
        if len(path) == len(_FLIGHTS) + 1 and path[:-1] == _FLIGHTS and place.called is not None
    }


def as_written(flight: Mapping[str, Any]) -> dict[str, Any]:
    """Return a flight that was read from a table as a scenario has it: days as first-last."""
    days = flight.get("days")
    if not isinstance(days, list) or len(days) != 2:
        return dict(flight)
    return {**flight, "days": f"{days[0]}-{days[1]}"}


def standing(tree: Tree) -> list[Finding]:
    """Return the findings of a tree whose cells no file above and no option has replaced."""
    places = {finding.path: tree.origins.get(finding.path) for finding in tree.findings}
    return [f for f in tree.findings if f.path == AT or ((at := places[f.path]) and at.called is not None)]


def in_columns(text: str) -> str:
    """Return what is wanted of a value in the words of the table's columns."""
    for said, meant in _IN_COLUMNS.items():
        text = text.replace(said, meant)
    return text


def flights_csv(flights: Mapping[str, Flight]) -> str:
    """Return flights as a CSV table that ``plan.flights_from`` takes back exactly.

    Parameters
    ----------
    flights : mapping of str to Flight
        As in ``Scenario.plan.flights``.

    Notes
    -----
    A cell that a spreadsheet would run as a formula has an apostrophe in front, which reading takes away.

    Examples
    --------
    >>> flight = Flight(message="teaser", channel="tv", days="1-14", budget=60_000)
    >>> print(flights_csv({"spots": flight}).splitlines()[1])
    spots,teaser,tv,,1,14,60000,,,,,,,even,,,,,,
    """
    return table_cells.sheet_text(WRITTEN, (list(_cells(name, flight)) for name, flight in flights.items()))


def _cells(name: str, flight: Flight) -> Iterator[str]:
    first, last = flight.days or (None, None)
    told: dict[str, Any] = {"name": name, "first_day": first, "last_day": last}
    for column in WRITTEN:
        yield _cell(column, told[column] if column in told else _at(flight, COLUMNS[column]))


def _at(flight: Flight, path: Parts) -> Any:
    value: Any = flight
    for key in path:
        value = None if value is None else getattr(value, str(key))
    return value


def _cell(column: str, value: Any) -> str:
    if value is None:
        return ""
    if column in _LISTS:
        return table_cells.names_text(value)
    if column == "posts":
        return " ".join(map(str, value))
    return table_cells.number_text(value) if isinstance(value, int | float) else str(value)
