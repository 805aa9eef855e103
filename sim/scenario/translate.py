"""From pydantic's errors to findings in the planner's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError

from sim.errors import did_you_mean, listed
from sim.scenario import grammar
from sim.scenario.audience import A_NAME
from sim.scenario.findings import Finding, RuleBroken, shown
from sim.scenario.media import GENERATORS
from sim.scenario.parameters import Part
from sim.scenario.path import Parts, step

_SWITCHED_OFF = ("yes", "no", "on", "off")
_DOTS_IN_FILES = "segments of a file have · for ."


def findings(error: ValidationError, root: type[Part], tree: Any) -> list[Finding]:
    """Return pydantic's errors as findings, one per address.

    Rules between keys are left out: the cross-check tells them with addresses of their own.
    """
    out: dict[Parts, Finding] = {}
    for item in error.errors(include_url=False):
        if isinstance(item.get("ctx", {}).get("error"), RuleBroken):
            continue
        if item["type"] == "default_factory_not_called":  # a default that hangs on what is at fault
            continue
        if item["type"] == "literal_error" and "[key]" in item["loc"]:
            found = _no_such_key(item["loc"], item["input"], item["ctx"]["expected"], tree)
        else:
            found = _finding(item["type"], item["loc"], item["input"], root, tree)
        out.setdefault(found.path, found)
    return list(out.values())


def _finding(kind: str, loc: Sequence[str | int], value: Any, root: type[Part], tree: Any) -> Finding:
    path = _address(loc, tree, keeps_last=kind in ("missing", "extra_forbidden"))
    if "[key]" in loc:
        hint = _DOTS_IN_FILES if "." in str(value) else ""
        return Finding(path, f"the name {shown(value)}", f"want {A_NAME.text}", hint)
    if kind == "missing":
        return Finding(path, "missing", _wanted(root, path, tree))
    if kind == "extra_forbidden":
        return _unknown_key(path, root, tree)
    if kind == "layer_kind":
        return _layer(path, value)
    if kind in ("too_long", "too_short"):
        return Finding(path, shown(value) if value else "empty", _sized(root, path, tree, kind))
    return Finding(path, shown(value), _wanted(root, path, tree), _hint(value, root, path, tree))


def _no_such_key(loc: Sequence[str | int], name: Any, expected: str, tree: Any) -> Finding:
    """Return a name that is none of a few."""
    legal = expected.replace("'", "").replace(" or ", ", ").split(", ")
    path = _address(loc, tree, keeps_last=False)
    return Finding(
        path,
        f"the name {shown(name)}",
        f"want one of {listed(legal, len(legal))}",
        did_you_mean(str(name), legal),
    )


def _address(loc: Sequence[str | int], tree: Any, *, keeps_last: bool) -> Parts:
    """Drop from pydantic's address what the planner never wrote: names of types and of union arms."""
    pieces = list(loc)
    if len(pieces) > 2 and pieces[0] == "network":
        del pieces[2]
    out: list[str | int] = []
    for index, piece in enumerate(pieces):
        try:
            tree = step(tree, piece)
        except KeyError:
            if keeps_last and index == len(pieces) - 1:
                out.append(piece)
            continue
        out.append(piece)
    return tuple(out)


def _wanted(root: type[Part], path: Parts, tree: Any) -> str:
    here = grammar.at(root, path, tree)
    about = next((slot.description for slot in here if not grammar.explains_itself(slot)), "")
    about = about.split(" Source: ")[0].rstrip(". ")
    text, _, unit = about.removesuffix("]").partition(" [")
    about = text if unit in text else about
    return f"want {grammar.in_words(here)}" + (f": {about}" if about else "")


def _sized(root: type[Part], path: Parts, tree: Any, kind: str) -> str:
    limits = [getattr(c, "max_length" if kind == "too_long" else "min_length", None)
              for slot in grammar.at(root, path, tree) for c in slot.constraints]  # fmt: skip
    limit = next((limit for limit in limits if limit is not None), 1)
    return f"want at {'most' if kind == 'too_long' else 'least'} {limit}"


def _unknown_key(path: Parts, root: type[Part], tree: Any) -> Finding:
    legal = grammar.legal_keys(grammar.at(root, path[:-1], tree)) or []
    legal = ["extends", *legal] if len(path) == 1 else legal
    hint = did_you_mean(str(path[-1]), legal)
    if hint:
        # The nearest keys first: the planner should see the right one before the list is cut.
        near = hint.removeprefix("did you mean ").removesuffix("?")
        legal = [near, *(key for key in legal if key != near)]
    return Finding(path, "unknown key", f"want one of {listed(legal)}", hint)


def _layer(path: Parts, value: Any) -> Finding:
    wanted = f"want `generate: {' | '.join(GENERATORS)}` or `edges: file.csv`"
    made = value.get("generate") if isinstance(value, dict) else None
    if made is None:
        got = "neither generate nor edges" if isinstance(value, dict) else shown(value)
        return Finding(path, got, wanted)
    hint = did_you_mean(str(made), GENERATORS)
    return Finding((*path, "generate"), shown(made), wanted, hint)


def _hint(value: Any, root: type[Part], path: Parts, tree: Any) -> str:
    here = grammar.at(root, path, tree)
    kinds = [slot.kind for slot in here]
    if isinstance(value, str):
        return _hint_for_text(value, here)
    if value is None:
        return "give a value, or leave the key out"
    if str in kinds and isinstance(value, int | float):
        return f"write '{str(value).lower() if isinstance(value, bool) else value}' in quotes"
    return ""


def _hint_for_text(value: str, here: Iterable[grammar.Slot]) -> str:
    for slot in here:
        if "." in value and A_NAME in slot.constraints:
            return _DOTS_IN_FILES
        if slot.kind is bool and value.lower() in _SWITCHED_OFF:
            return f"write {'true' if value.lower() in ('yes', 'on') else 'false'}"
        if slot.kind in (int, float):
            return _as_number(value, slot.kind)
        if get_origin(slot.kind) is tuple and not value.strip()[:1].isdigit():
            return f"write [{value}]"
        if get_origin(slot.kind) is Literal:
            return did_you_mean(value, [str(option) for option in get_args(slot.kind)])
    return ""


def _as_number(value: str, kind: type) -> str:
    """Return how a number in another notation is written: 60,000 · 70% · 1.5k."""
    text = value.strip().replace(" ", "")
    for suffix, factor in (("%", 0.01), ("k", 1e3), ("K", 1e3), ("M", 1e6)):
        if text.endswith(suffix):
            number = _number(text.removesuffix(suffix))
            return "" if number is None else f"write {_plain(round(number * factor, 12), kind)}"
    number = _number(text.replace(",", "").lstrip("$€£"))
    return "" if number is None else f"write {_plain(number, kind)}"


def _plain(number: float, kind: type) -> str:
    return str(int(number)) if number.is_integer() and (kind is int or abs(number) >= 1) else f"{number:g}"


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e16 else None


def mended(tree: Any, found: Iterable[Finding]) -> Any:
    """Return the tree with misspelt keys as they were meant, so that their consequences are not told too."""
    renames = dict(_renames(found))
    return _renamed(tree, (), renames) if renames else tree


def _renames(found: Iterable[Finding]) -> Iterator[tuple[Parts, str]]:
    for finding in found:
        if finding.got == "unknown key" and finding.hint:
            yield finding.path, finding.hint.removeprefix("did you mean ").removesuffix("?")


def _renamed(tree: Any, parts: Parts, renames: dict[Parts, str]) -> Any:
    if isinstance(tree, list):
        return [_renamed(item, (*parts, i), renames) for i, item in enumerate(tree)]
    if not isinstance(tree, dict):
        return tree
    out = {key: _renamed(value, (*parts, key), renames) for key, value in tree.items()}
    for key in tree:
        meant = renames.get((*parts, key))
        if meant is not None and meant not in tree:
            out[meant] = out.pop(key)
    return out
