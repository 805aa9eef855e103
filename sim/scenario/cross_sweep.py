"""Faults in a sweep: its shape, its addresses, and every value that the scenario would refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sim.errors import InputError
from sim.scenario import cross_plan, grammar, overlay, variants
from sim.scenario.findings import Finding, shown
from sim.scenario.parameters import Part
from sim.scenario.path import Parts, has, parse, render
from sim.scenario.rules import is_number
from sim.scenario.sweep import SAMPLES, SCREENINGS
from sim.scenario.variants import FIXED, OFF, ON, SWEEP
from sim.scenario.view import Raw, View, mapping, number, parts_of

RANGE_KEYS = ("from", "to", "scale", "levels")
SCALES = ("linear", "log")
MOST_VALUES = 10_000
Judge = Callable[[Raw], list[Finding]]


def shape(view: View) -> Iterator[Finding]:
    """Yield what does not go together in a sweep."""
    tree, sweep = view.tree, mapping(view.tree, SWEEP)
    if not isinstance(tree.get(SWEEP), dict):
        return
    design, points = sweep.get("design", "grid"), sweep.get("points")
    named = isinstance(points, dict)
    varied = bool(mapping(sweep, "vary")) or bool(mapping(sweep, "split"))
    if design == "list":
        if not named:
            wanted = "want `points: {blitz: {address: value}, …}`"
            yield Finding((SWEEP,), "a list without named points", wanted)
        if varied:
            yield Finding((SWEEP,), "a list that also varies", "want only `points` with design list")
    elif design in ("grid", *SAMPLES, *SCREENINGS):
        if not varied:
            yield Finding((SWEEP,), "nothing varied", "want `vary: {address: [values]}` or `split`")
        if design == "grid" and points is not None:
            yield Finding((SWEEP, "points"), "points of a grid", "want none: a grid is all combinations")
        if design != "grid" and (named or points is None):
            yield Finding((SWEEP,), f"{design} without a number of points", "want `points: 64`")
        if design in SCREENINGS:
            yield from _screening(sweep, design)
    yield from _interactions(sweep, design)
    yield from _ranges(sweep, design)
    yield from _splits(tree, sweep, design)
    if isinstance(sweep.get("rank"), dict):
        yield from cross_plan.measured(view, sweep["rank"], (SWEEP, "rank"))


def _screening(sweep: Raw, design: Any) -> Iterator[Finding]:
    if sweep.get("rank") is None:
        yield Finding((SWEEP,), f"{design} without `rank`", "want `rank: {metric: …}`: to what levers matter")
    elif isinstance(sweep["rank"], dict) and sweep["rank"].get("race") is not None:
        yield Finding(
            (SWEEP, "rank", "race"), f"a race with {design}", "want none: all its points are needed"
        )
    if mapping(sweep, "split"):
        yield Finding(
            (SWEEP, "split"), f"a split with {design}", "want levers that move one at a time, in `vary`"
        )


def _interactions(sweep: Raw, design: Any) -> Iterator[Finding]:
    if sweep.get("interactions") is True:
        if design != "saltelli":
            yield Finding(
                (SWEEP, "interactions"), f"pairs of levers with {design}", "want `design: saltelli`"
            )
        elif len(mapping(sweep, "vary")) < 2:
            yield Finding((SWEEP, "interactions"), "pairs of one lever", "want two levers or more in `vary`")


def _ranges(sweep: Raw, design: Any) -> Iterator[Finding]:
    for address, given in mapping(sweep, "vary").items():
        at = (SWEEP, "vary", address)
        if isinstance(given, list) and given:
            if any(value == other for i, value in enumerate(given) for other in given[:i]):
                yield Finding(at, shown(given), "want each value once")
        elif isinstance(given, dict):
            yield from (f.under(*at) for f in _range(given, design))
        else:
            got = "empty" if given == [] else shown(given)
            yield Finding(at, got, "want a list of values [1, 2, 5], or {from: 1, to: 5}")


def _range(given: Raw, design: Any) -> Iterator[Finding]:
    for key in given:
        if key not in RANGE_KEYS:
            yield Finding((key,), "unknown key", f"want one of {', '.join(RANGE_KEYS)}")
    low, high = given.get("from"), given.get("to")
    for key, end in (("from", low), ("to", high)):
        if not is_number(end):
            got = "missing" if key not in given else shown(end)
            yield Finding((key,), got, "want a number: an end of the range")
    first, last = number(low), number(high)
    if first is not None and last is not None and not first < last:
        yield Finding(("to",), f"{shown(high)} from {shown(low)}", "want more than `from`")
    scale = given.get("scale", "linear")
    if scale not in SCALES:
        yield Finding(("scale",), shown(scale), "want one of linear, log")
    elif scale == "log" and first is not None and first <= 0:
        yield Finding(("from",), shown(low), "want a number above 0 on a log scale")
    levels = given.get("levels")
    if design == "grid" and levels is None:
        yield Finding((), "a range in a grid without levels", "want `levels: 5`, or a list of values")
    elif levels is not None and (type(levels) is not int or not 2 <= levels <= 1000):
        yield Finding(("levels",), shown(levels), "want a whole number from 2 to 1_000")
    elif levels is not None and design in (*SAMPLES, *SCREENINGS):
        yield Finding(("levels",), f"levels with {design}", "want none: the sample fills the range")


def _splits(tree: Raw, sweep: Raw, design: Any) -> Iterator[Finding]:
    for name, split in parts_of(sweep, "split").items():
        at, over = (SWEEP, "split", name), split.get("over")
        if not isinstance(over, list):
            continue
        if design == "grid" and split.get("steps") is None:
            yield Finding(at, "a split in a grid without steps", "want `steps: 4`: parts of the total")
        if len(set(map(str, over))) < len(over):
            yield Finding((*at, "over"), shown(over), "want each address once")
        twice = [a for a in over if a in mapping(sweep, "vary")]
        if twice:
            yield Finding((*at, "over"), f"{twice[0]} is varied too", "want it in one place")
        least = number(split.get("at_least"))
        if least is not None and least * len(over) >= 1:
            yield Finding((*at, "at_least"), shown(least), f"want less than 1/{len(over)}")
        if split.get("total") is None:
            there = [number(variants.standing(tree, a)) if _is_address(a) else None for a in over]
            if None in there or not any(there):
                wanted = "want `total`, or money at every address of `over`"
                yield Finding(at, "no total to split", wanted)


def _is_address(address: Any) -> bool:
    return isinstance(address, str) and all(piece.strip() for piece in address.split("."))


def _addresses(tree: Raw) -> Iterator[tuple[Parts, str]]:
    """Yield every address of a sweep with its own place."""
    sweep = mapping(tree, SWEEP)
    for address in mapping(sweep, "vary"):
        yield (SWEEP, "vary", address), address
    for name, split in parts_of(sweep, "split").items():
        over = split.get("over")
        for i, address in enumerate(over if isinstance(over, list) else []):
            yield (SWEEP, "split", name, "over", i), str(address)
    for name, values in parts_of(sweep, "points").items():
        for address in values:
            yield (SWEEP, "points", name, address), address


def _trials(tree: Raw) -> Iterator[tuple[Parts, dict[str, Any]]]:
    """Yield what is tried by itself, with its place: each value, both ends of ranges, each named point."""
    sweep = mapping(tree, SWEEP)
    for address, given in mapping(sweep, "vary").items():
        at = (SWEEP, "vary", address)
        if isinstance(given, list):
            yield from (((*at, i), {address: value}) for i, value in enumerate(given))
        else:
            yield from (((*at, end), {address: given[end]}) for end in ("from", "to"))
    for name, split in parts_of(sweep, "split").items():
        total = split.get("total")
        if total is None:
            total = float(sum(variants.standing(tree, address) for address in split["over"]))
        for i, address in enumerate(split["over"]):
            yield (SWEEP, "split", name, "over", i), {address: total}
    for name, values in parts_of(sweep, "points").items():
        yield (SWEEP, "points", name), values


def addresses(root: type[Part], tree: Raw) -> Iterator[Finding]:
    """Yield the addresses that the scenario does not have, or that are no matter of a sweep."""
    for at, address in _addresses(tree):
        try:
            parts = parse(address)
        except InputError as error:
            yield Finding(at, error.faults[0].got, error.faults[0].wanted)
            continue
        if parts[0] in FIXED or parts[-1] == "flights_from":
            yield Finding(at, f"{address} is the same for all points", "want another address")
            continue
        try:
            overlay.must_be_legal(tree, parts, address, root)
        except InputError as error:
            fault = error.faults[0]
            yield Finding(at, fault.got, fault.wanted, fault.hint)


def values(root: type[Part], tree: Raw, judge: Judge) -> Iterator[Finding]:
    """Yield every value that the scenario would refuse, each tried by itself.

    Parameters
    ----------
    tree : dict
        A raw tree that is sound, with a sweep whose shape and addresses are.
    judge : callable
        Returns what is wrong with a raw tree.
    """
    trials = list(_trials(tree))
    if len(trials) > MOST_VALUES:
        yield Finding((SWEEP,), f"{len(trials):_} values", f"want at most {MOST_VALUES:_}")
        return
    for at, given in trials:
        absent = [
            address
            for address, value in given.items()
            if value == ON
            and variants.is_switch(root, tree, address, value)
            and _is_absent(root, tree, address)
        ]
        if absent:
            yield Finding(at, f"nothing at {absent[0]} to keep on", f"want a part there, or only {OFF}")
            continue
        try:
            changed = variants.variant(root, tree, given)
        except InputError as error:
            yield Finding(at, error.faults[0].got, error.faults[0].wanted, error.faults[0].hint)
            continue
        found = judge(changed)
        if found:
            yield _placed(at, given, found[0])


def _is_absent(root: type[Part], tree: Raw, address: str) -> bool:
    parts = parse(address)
    if has(tree, parts):
        return variants.standing(tree, address) is None
    return grammar.legal_keys(grammar.at(root, parts[:-1], tree)) is None


def _placed(at: Parts, given: dict[str, Any], finding: Finding) -> Finding:
    """Return a finding of a changed scenario at the value of the sweep that brought it about."""
    told = tuple(str(part) for part in finding.path)
    for address in given:
        parts = parse(address)
        if told[: len(parts)] == parts:
            here = (*at, address) if len(at) == 3 and at[1] == "points" else at
            below = render(told[len(parts) :])
            got = f"{below}: {finding.got}" if below else finding.got
            return Finding(here, got, finding.wanted, finding.hint)
    values = ", ".join(shown(value) for value in given.values())
    return Finding(at, f"with {values}, {render(told)}: {finding.got}", finding.wanted, finding.hint)
