"""A scenario while it is being written: text that may be faulty, and edits that keep the rest as it stands."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.representer import RoundTripRepresenter

from sim.errors import Fault, InputError
from sim.scenario import flight_table, overlay
from sim.scenario.load import built
from sim.scenario.path import Parts, get, has, put, render
from sim.scenario.schema import Scenario
from sim.scenario.source import MOST_BYTES, read_text
from sim.scenario.view import mapping

_WIDE = 4096
_PLACE = re.compile(r"^.*?:\d+(?::\d+)?: (?P<address>[^:]+)$")


class Null:
    """Stand for a null that is to be written, which switches a mechanism off; None takes a key away."""


NULL = Null()


class _Representer(RoundTripRepresenter):
    """Write a null as a word."""


_Representer.add_representer(
    Null, lambda written, _: written.represent_scalar("tag:yaml.org,2002:null", "null")
)


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold what a text says so far.

    Attributes
    ----------
    text : str
        As it was written.
    tree : dict or None
        Plain values with those of the bases below them, sound or not; None where the text is no YAML mapping.
    scenario : Scenario or None
        None where there are faults.
    faults : tuple of Fault
        All of them, in the order of the text.
    tabled : dict of str to str
        Flights that stand in the table which the text names, each with its file and line; not in the text.
    """

    text: str
    tree: dict[str, Any] | None
    scenario: Scenario | None
    faults: tuple[Fault, ...]
    tabled: Mapping[str, str] = field(default_factory=dict)

    def at(self, address: str) -> tuple[Fault, ...]:
        """Return the faults at an address, and those below it."""
        return tuple(f for f in self.faults if is_under(address_of(f), address))


def read_draft(text: str, name: str, folder: Path) -> Draft:
    """Read a text as a scenario, as `load_scenario` reads a file.

    Parameters
    ----------
    text : str
        YAML 1.2.
    name : str
        What messages call it.
    folder : Path
        Where the files it names, and a base it extends, are looked for.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        fault = Fault(name, f"{len(text) / 1e6:.1f} MB", f"want at most {MOST_BYTES / 1e6:.0f} MB")
        return Draft(text, None, None, (fault,))
    tree: dict[str, Any] | None = None
    tabled: dict[str, str] = {}
    try:
        own = read_text(text, name)
        names_table = isinstance(mapping(own.value, "plan").get(flight_table.KEY), str)
        read = overlay.extended(own, folder)
        tree = copy.deepcopy(read.value)
        tabled = flight_table.places(read) if names_table else {}
        scenario = built(read, folder)
    except InputError as error:
        return Draft(text, tree, None, error.faults, tabled)
    return Draft(text, tree, scenario, (), tabled)


def address_of(fault: Fault) -> str:
    """Return the dotted address in a fault's place; empty where it has none.

    Examples
    --------
    >>> address_of(Fault("plan.yaml:12:5: plan.flights.tv.days", "'14-1'", "want days"))
    'plan.flights.tv.days'
    """
    found = _PLACE.match(fault.where)
    return found["address"].strip() if found else ""


def is_under(address: str, above: str) -> bool:
    """Tell whether an address is another one, or below it."""
    return address == above or address.startswith(f"{above}.")


def with_values(text: str, values: Mapping[Parts, Any]) -> str:
    """Return the text with values set at their addresses, all else (comments, order) as it stands.

    Mappings on the way that are absent are made. None takes the key away, `NULL` writes null. Where keys come or
    go, mappings in braces over several lines may be joined to one.

    Raises
    ------
    InputError
        If the text is no YAML, or the way leads through a plain value.

    Examples
    --------
    >>> with_values("days: 30   # a month\\n", {("days",): 60})
    'days: 60   # a month\\n'
    """
    for parts, value in values.items():
        text = _spliced(text, parts, value) or _rewritten(text, parts, value)
    return text


def _spliced(text: str, parts: Parts, value: Any) -> str | None:
    """Put a plain value, or a list of them, in the place of one that stands there; None where it does not."""
    if value is None or isinstance(value, dict | Null):
        return None
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except YAMLError:
        return None
    for part in parts:
        if not isinstance(node, MappingNode):
            return None
        node = next((below for key, below in node.value if key.value == str(part)), None)
    is_list = isinstance(value, list | tuple)
    if not ((isinstance(node, ScalarNode) and not is_list) or (isinstance(node, SequenceNode) and is_list)):
        return None
    start, end = node.start_mark.index, node.end_mark.index
    if node.anchor or "\n" in text[start:end] or start == end:
        return None
    out = io.StringIO()
    yaml = YAML()
    yaml.width = _WIDE
    yaml.dump(_styled(value if is_list else [value]), out)
    written = out.getvalue().strip()
    return text[:start] + (written if is_list else written[1:-1]) + text[end:]


def _rewritten(text: str, parts: Parts, value: Any) -> str:
    yaml = YAML()
    yaml.width, yaml.preserve_quotes, yaml.Representer = _WIDE, True, _Representer
    yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        tree = yaml.load(text)
    except YAMLError as error:
        raise InputError(Fault("scenario", f"not YAML: {error}", "want YAML 1.2")) from None
    if value is not None:
        put(tree, parts, _styled(value))
    elif has(tree, parts):
        above = get(tree, parts[:-1])
        del above[parts[-1]]
        if not above and len(parts) > 1:
            _empty(tree, parts[:-1])
    out = io.StringIO()
    yaml.dump(tree, out)
    return out.getvalue()


def _empty(tree: Any, parts: Parts) -> None:
    """Write a mapping that has lost its last entry as `{}` behind its key; what is said beside the key stays there."""
    holder, key = get(tree, parts[:-1]), parts[-1]
    holder[key] = _styled({})
    beside = holder.ca.items.get(key) if isinstance(holder, CommentedMap) else None
    if beside and len(beside) > 3 and beside[3]:
        # A comment behind the key of a block would come before the braces, on lines of their own.
        before, beside[3] = beside[3], None
        beside[2] = beside[2] or before[0]


def with_table_taken_in(draft: Draft, name: str, folder: Path) -> str:
    """Return the text with the flights of its table written out under ``plan.flights``, and no table named.

    It says the same as before: of what a base has and the text took away with the whole group, each is taken away.

    Parameters
    ----------
    draft : Draft
        `tabled` is not empty.
    name, folder
        As for `read_draft`.
    """
    flights = mapping(draft.tree, "plan", "flights")
    written = {name: flight_table.as_written(flights[name]) for name in draft.tabled}
    text, at = draft.text, ("plan", "flights")
    if mapping(read_text(text, name).value, "plan").get("flights", {}) is None:
        text = with_values(text, {at: None})
    text = with_values(
        text, {(*at, key): flight for key, flight in written.items()} | {flight_table.AT: None}
    )
    back = [key for key in mapping(read_draft(text, name, folder).tree, *at) if key not in flights]
    return with_values(text, {(*at, key): NULL for key in back})


def renamed(text: str, parts: Parts, name: str) -> str:
    """Return the text with the entry at `parts` under another name, last of its group.

    Raises
    ------
    InputError
        If the name is taken.
    """
    tree = YAML().load(text)
    if has(tree, (*parts[:-1], name)):
        raise InputError(Fault(render(parts), f"the name {name!r} is taken", "want a name that is free"))
    value = get(tree, parts)
    return with_values(with_values(text, {parts: None}), {(*parts[:-1], name): value})


def _styled(value: Any) -> Any:
    """Write lists, and mappings of plain values, on one line; a parsed piece keeps its own style."""
    if isinstance(value, CommentedMap | CommentedSeq):
        return value
    if isinstance(value, list | tuple):
        items = CommentedSeq(value)
        items.fa.set_flow_style()
        return items
    if isinstance(value, dict):
        entries = CommentedMap({key: _styled(item) for key, item in value.items()})
        if not any(isinstance(item, dict) for item in value.values()):
            entries.fa.set_flow_style()
        return entries
    return value
