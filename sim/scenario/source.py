"""From a YAML file to a plain tree that knows where each of its values stands."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sim.errors import Fault, InputError
from sim.scenario.findings import Finding
from sim.scenario.path import Parts, render

MOST_BYTES = 5_000_000
MOST_VALUES = 500_000
MOST_ALIASED = 10_000
MOST_DEPTH = 50

_WORDS = {
    "found character '\\t' that cannot start any token": (
        "a tab", "want spaces to indent", "replace the tab by spaces",
    ),
    "mapping values are not allowed here": (
        "a `key: value` that cannot stand here", "want one key per line, at the indentation of its siblings",
        "check the indentation of this line and the one above; quote text that holds `: `",
    ),
    "could not find expected ':'": ("a key without a colon", "want `key: value`", ""),
    "but found another document": ("a second document (`---`)", "want one scenario per file", ""),
}  # fmt: skip


_OPENED = {
    "while scanning a quoted scalar": ("a quote that is not closed", "want the closing quote"),
    "while parsing a flow sequence": ("a list `[` that is not closed or lacks a comma", "want `[a, b]`"),
    "while parsing a flow mapping": (
        "a mapping `{` that is not closed or lacks a comma",
        "want `{a: 1, b: 2}`",
    ),
}


class Place(NamedTuple):
    """Where a value stands: a key or list item in a file, a cell of a table, or an option (line 0).

    In a table it has no `col`, and is `called` by its column or row rather than by its address.
    """

    source: str
    line: int = 0
    col: int = 0
    called: str | None = None

    def __str__(self) -> str:
        if not self.line:
            return self.source
        return f"{self.source}:{self.line}:{self.col}" if self.col else f"{self.source}:{self.line}"


@dataclass(slots=True)
class Tree:
    """Hold a plain tree (dict, list, text, number, date, None), where it stands, and what is wrong.

    Findings are told instead of what the schema says of the same address; faults beside it.
    """

    value: Any
    origins: dict[Parts, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def where(parts: Parts, origins: Mapping[Parts, Place]) -> str:
    """Return ``file:line:col: address``; what is not written has the place of what is around it."""
    address = render(parts)
    for length in range(len(parts), -1, -1):
        place = origins.get(parts[:length])
        if place is not None:
            text = str(place)
            if place.called is not None:
                return f"{text}: {place.called}"
            return text if text == f"--set {address}" or not address else f"{text}: {address}"
    return address or "scenario"


def too_deep(place: str) -> Fault:
    """Return the fault of more levels than any scenario has."""
    return Fault(place, "nested too deep", f"want a scenario of a few levels, {MOST_DEPTH} at most")


def read_file(path: Path) -> Tree:
    """Read a YAML file.

    Raises
    ------
    InputError
        If there is no such file, it cannot be read, is too large, no UTF-8 text, empty, or no YAML 1.2.
    """
    return read_text(_text_of(path), str(path))


def _text_of(path: Path) -> str:
    name = str(path)
    want_file = "want a scenario file (YAML)"
    try:
        if path.is_dir():
            raise InputError(Fault(name, "a folder", want_file))
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InputError(
                Fault(name, f"{size / 1e6:.1f} MB", f"{want_file} of at most {MOST_BYTES / 1e6:.0f} MB")
            )
        data = path.read_bytes()
    except FileNotFoundError:
        near = sorted(p.name for p in path.parent.glob("*.y*ml"))[:5] if path.parent.is_dir() else []
        hint = f"in that folder: {', '.join(near)}" if near else ""
        raise InputError(Fault(name, "no such file", want_file, hint)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(Fault(name, f"cannot be read: {reason}", "want a file that can be read")) from None
    return _decoded(data, name)


def _decoded(data: bytes, name: str) -> str:
    if b"\0" in data:
        raise InputError(Fault(name, "a binary file", "want a scenario in plain text (YAML, UTF-8)"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            Fault(
                f"{name}:{line}",
                f"byte {data[error.start]:#04x} is not UTF-8",
                "want UTF-8 text",
                "save the file as UTF-8",
            )
        ) from None
    for offset, char in enumerate(text):
        if not (char.isprintable() or char in "\n\r\t") and char < "\xa0":
            line = text.count("\n", 0, offset) + 1
            got = f"control character {ord(char):#04x}"
            raise InputError(Fault(f"{name}:{line}", got, "want a scenario in plain text (YAML, UTF-8)"))
    return text


def read_text(text: str, source: str, *, is_option: bool = False) -> Tree:
    """Read YAML text; `source` names it in messages. Raises `InputError` as `read_file` does."""
    yaml = YAML(typ="safe", pure=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            node = yaml.compose(text)
    except MarkedYAMLError as error:
        raise InputError(_syntax(error, source, is_option)) from None
    except YAMLError as error:
        raise InputError(Fault(source, str(error).splitlines()[0], "want YAML 1.2")) from None
    except RecursionError:
        raise InputError(too_deep(source)) from None
    except ValueError as error:
        raise InputError(Fault(source, f"not YAML: {error}", "want YAML 1.2")) from None
    if node is None and not is_option:
        raise InputError(Fault(source, "an empty file", "want a scenario", "`pregon new` writes one"))
    return _Reader(yaml, source, is_option).tree(node)


def _syntax(error: MarkedYAMLError, source: str, is_option: bool) -> Fault:
    mark = error.problem_mark or error.context_mark
    if error.context in _OPENED and error.context_mark:
        # What is left open is found at the end of the file; the planner needs its beginning.
        mark = error.context_mark
    place = source if is_option or mark is None else f"{source}:{mark.line + 1}:{mark.column + 1}"
    problem = str(error.problem or error.context)
    if error.context in _OPENED:
        return Fault(place, *_OPENED[error.context])
    for start, (got, wanted, hint) in _WORDS.items():
        if problem.startswith(start):
            return Fault(place, got, wanted, hint)
    if "that cannot start any token" in problem:
        char = problem.removeprefix("found character ").split(" that ")[0]
        return Fault(place, f"{char} at the start of a value", "want it in quotes")
    context = f" {error.context}" if error.context and error.problem else ""
    problem = problem.replace("'<stream end>'", "the end")
    return Fault(
        place, f"not YAML: {problem}{context}", "want YAML 1.2", "look at this line and the one above"
    )


def _tag(node: Node) -> str:
    return str(node.tag).replace("tag:yaml.org,2002:", "!!")


class _Reader:
    """Turn YAML nodes into plain values, noting places, duplicate keys and what is not plain."""

    def __init__(self, yaml: YAML, source: str, is_option: bool) -> None:
        self._constructor = yaml.constructor
        self._source = source
        self._is_option = is_option
        self._n_values = 0
        self._n_aliased = 0
        self._seen: set[int] = set()
        self._above: set[int] = set()
        self._tree = Tree(None)

    def tree(self, node: Node | None) -> Tree:
        """Return the whole tree of a root node."""
        if node is not None:
            self._tree.origins[()] = self._place(node)
            self._tree.value = self._plain(node, ())
        return self._tree

    def _place(self, node: Node) -> Place:
        if self._is_option:
            return Place(self._source)
        return Place(self._source, node.start_mark.line + 1, node.start_mark.column + 1)

    def _fault(self, node: Node, parts: Parts, got: str, wanted: str, hint: str = "") -> None:
        text = str(self._place(node))
        address = render(parts)
        at = f"{text}: {address}" if address and not text.endswith(f" {address}") else text
        self._tree.faults.append(Fault(at, got, wanted, hint))

    def _plain(self, node: Node, parts: Parts) -> Any:
        self._count(node)
        if len(parts) > MOST_DEPTH:
            raise InputError(too_deep(str(self._place(node))))
        if isinstance(node, ScalarNode):
            return self._scalar(node, parts)
        if not str(node.tag).startswith("tag:yaml.org,2002:"):
            self._fault(node, parts, f"the tag {_tag(node)}", "want plain values")
        if id(node) in self._above:
            self._fault(node, parts, "an alias to itself", "want plain values")
            return None
        self._above.add(id(node))
        try:
            if isinstance(node, SequenceNode):
                return [self._item(item, (*parts, i)) for i, item in enumerate(node.value)]
            assert isinstance(node, MappingNode)
            return self._mapping(node, parts)
        finally:
            self._above.discard(id(node))

    def _count(self, node: Node) -> None:
        """Stop files in which a few aliases stand for millions of values."""
        self._n_values += 1
        self._n_aliased += id(node) in self._seen
        self._seen.add(id(node))
        if self._n_aliased > MOST_ALIASED or self._n_values > MOST_VALUES:
            got = "aliases that repeat too much" if self._n_aliased > MOST_ALIASED else "too many values"
            most = MOST_ALIASED if self._n_aliased > MOST_ALIASED else MOST_VALUES
            raise InputError(Fault(str(self._place(node)), got, f"want at most {most:_} values"))

    def _item(self, node: Node, parts: Parts) -> Any:
        self._tree.origins[parts] = self._place(node)
        return self._plain(node, parts)

    def _mapping(self, node: MappingNode, parts: Parts) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._fault(key_node, parts, "a key that is a list or mapping", "want a name")
                continue
            # The key as written: segment names such as 18 or 2021-01-01 stay text.
            key = str(key_node.value)
            here = (*parts, key)
            if key_node.tag == "tag:yaml.org,2002:merge":
                hint = "write the values out, or use `extends: base.yaml`"
                self._fault(key_node, here, "a merge key", "YAML 1.2 has none", hint)
            elif key in out:
                first = self._tree.origins[here].line
                got = (
                    "the same key twice" if self._is_option else f"the same key twice (first on line {first})"
                )
                self._fault(key_node, here, got, "want it once")
            else:
                self._tree.origins[here] = self._place(key_node)
                out[key] = self._plain(value_node, here)
        return out

    def _scalar(self, node: ScalarNode, parts: Parts) -> Any:
        try:
            return self._constructor.construct_object(node)
        except YAMLError:
            self._fault(node, parts, f"the tag {_tag(node)}", "want a plain value")
        except ValueError:
            kind = "date" if str(node.tag).endswith("timestamp") else "number"
            self._fault(
                node, parts, f"{str(node.value)[:40]!r} is no {kind}", f"want a {kind}, or text in quotes"
            )
        return str(node.value)
