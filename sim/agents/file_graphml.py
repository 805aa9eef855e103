"""GraphML: the nodes of a graph as rows of people, or its edges as rows of ties.

Read as a stream, so that a fault has its line. A document type is refused before anything in it is
read: entities, which can grow without bound or name other files, can be declared nowhere else.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

import numpy as np

from sim.agents.column import Column
from sim.agents.file_content import Asked
from sim.agents.source import Grid
from sim.errors import Fault, InputError, listed

_WANT = "want a GraphML file"
_FIXED = {"person": ("id",), "tie": ("source", "target")}
_ELEMENT = {"person": "node", "tie": "edge"}


@dataclass(slots=True)
class Key:
    """Hold what stands under one key of the nodes or edges: rows that have it, and their values once each."""

    name: str
    default: str = ""
    rows: array[int] = field(default_factory=lambda: array("q"))
    codes: array[int] = field(default_factory=lambda: array("i"))
    seen: dict[str, int] = field(default_factory=dict)

    def add(self, row: int, value: str) -> None:
        """Note a value."""
        value = value.strip()
        self.rows.append(row)
        self.codes.append(self.seen.setdefault(value, len(self.seen)))

    def column(self, n_rows: int) -> Column:
        """Return the column; rows without the key have its default."""
        rows = np.array(self.rows, np.int64)
        if len(rows) == n_rows and (rows == np.arange(n_rows)).all():
            return Column.of(np.array(self.codes, np.int32), list(self.seen))
        row_value = np.full(n_rows, self.seen.setdefault(self.default, len(self.seen)), np.int64)
        row_value[rows] = np.array(self.codes, np.int64)
        # Anew, so that values stand in order of appearance and none is left that was written over.
        present, first, codes = np.unique(row_value, return_index=True, return_inverse=True)
        order = np.argsort(first)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        words = list(self.seen)
        return Column.of(place[codes], [words[present[i]] for i in order])


class GraphmlSource:
    """A GraphML file, read.

    Parameters
    ----------
    raw : bytes
    asked : Asked
        Its `part` says whether rows are nodes or edges.

    Attributes
    ----------
    header : list of str
        ``id`` or ``source``, ``target``, then the attributes by name.
    is_directed : bool
        What ``edgedefault`` says.

    Raises
    ------
    InputError
        No XML or no GraphML, a document type, several graphs, undeclared keys, ties across hyperedges.
    """

    def __init__(self, raw: bytes, asked: Asked):
        self.asked, self.header_at = asked, asked.at()
        self.is_directed = True
        self._element = _ELEMENT[asked.part]
        self._fixed = [Key(name) for name in _FIXED[asked.part]]
        self._keys: dict[str, Key] = {}
        self._ignored: set[str] = set()
        self._lines = array("q")
        self._faults: list[Fault] = []
        self._n_graphs = self._is_inside = 0
        self._key: str | None = None
        self._text: list[str] | None = None
        self._is_root = True
        self._parse(raw)
        if not self._faults and self._n_graphs != 1:
            got = "no graph" if not self._n_graphs else f"{self._n_graphs} graphs"
            self._faults.append(Fault(asked.at(), got, "want one graph"))
        if self._faults:
            raise InputError(self._faults)
        self._columns = self._merged()
        self.header = [key.name for key in self._columns]

    def read(self, places: Sequence[int]) -> Grid:
        """Return the columns at these places of the header."""
        n_rows = len(self._lines)
        columns = tuple(self._columns[place].column(n_rows) for place in places)
        return Grid(columns, n_rows, lambda: np.array(self._lines, np.int64))

    def _parse(self, raw: bytes) -> None:
        if not raw.strip():
            raise self.asked.fault("an empty file", _WANT)
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(raw, True)
        except expat.ExpatError as error:
            got = f"cannot be read as XML ({expat.ErrorString(error.code)})"
            raise self.asked.fault(got, _WANT, number=error.lineno) from None

    def _refuse_doctype(self, *_: object) -> None:
        hint = "delete that line: nothing it declares is read"
        line = self._parser.CurrentLineNumber
        raise self.asked.fault("a document type (<!DOCTYPE …>)", "want GraphML without one", hint, line)

    def _fault(self, got: str, wanted: str) -> None:
        self._faults.append(Fault(self.asked.at(self._parser.CurrentLineNumber), got, wanted))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        element = tag.rpartition(":")[2]
        if self._is_root and element != "graphml":
            line = self._parser.CurrentLineNumber
            raise self.asked.fault(f"<{tag}>, no <graphml>", _WANT, number=line)
        self._is_root = False
        if element == "data":
            self._key, self._text = attributes.get("key", ""), []
        elif element == self._element:
            self._add_row(attributes)
        elif element == "key":
            self._declare(attributes)
        elif element == "default":
            self._text = []
        elif element == "graph":
            self._n_graphs += 1
            self.is_directed = attributes.get("edgedefault") != "undirected"
        elif element == "hyperedge":
            self._fault("a hyperedge", "want edges between two nodes")

    def _declare(self, attributes: dict[str, str]) -> None:
        key, name = attributes.get("id", ""), attributes.get("attr.name")
        self._key = None
        if name is not None and attributes.get("for", "all") in (self._element, "all"):
            self._keys[key] = Key(name.strip())
            self._key = key
        else:
            self._ignored.add(key)

    def _add_row(self, attributes: dict[str, str]) -> None:
        row = len(self._lines)
        self._lines.append(self._parser.CurrentLineNumber)
        self._is_inside += 1
        for key in self._fixed:
            key.add(row, attributes.get(key.name, ""))
        given = attributes.get("directed")
        if given is not None and (given == "true") != self.is_directed:
            self._fault(f'directed="{given}" in a graph of the other kind', "want all edges of one kind")

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        element = tag.rpartition(":")[2]
        if element == self._element:
            self._is_inside -= 1
        elif element == "key":
            self._key = None
        elif element == "default" and self._text is not None:
            if self._key is not None:
                self._keys[self._key].default = "".join(self._text).strip()
            self._text = None
        elif element == "data" and self._text is not None:
            self._end_of_data("".join(self._text))
            self._key = self._text = None

    def _end_of_data(self, value: str) -> None:
        if not self._is_inside or self._key in self._ignored:
            return
        if self._key not in self._keys:
            self._fault(
                f"data of key `{self._key}`, which is not declared", f"want one of {listed(self._keys)}"
            )
            return
        self._keys[self._key].add(len(self._lines) - 1, value)

    def _merged(self) -> list[Key]:
        """Return the columns; an attribute ``id`` that only repeats the nodes' own ids is left out."""
        repeats = [
            name
            for name, key in self._keys.items()
            if key.name == "id" == self._fixed[0].name and self._same(key, self._fixed[0])
        ]
        return [*self._fixed, *(key for name, key in self._keys.items() if name not in repeats)]

    def _same(self, one: Key, other: Key) -> bool:
        n_rows = len(self._lines)
        return bool((one.column(n_rows).texts() == other.column(n_rows).texts()).all())
