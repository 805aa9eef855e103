"""Faults between the parts of the audience."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from sim.scenario import rules
from sim.scenario.findings import Finding, amount, shown, unknown
from sim.scenario.metrics import ALL
from sim.scenario.view import Raw, View, mapping, number, parts_of

_KINDS = "want segments, or from_survey, or from_people"


def kind_of_public(view: View) -> Iterator[Finding]:
    """Yield a public that is given twice or not at all."""
    audience = view.tree.get("audience")
    if not isinstance(audience, dict):
        return
    if audience.get("from_survey") is not None and audience.get("from_people") is not None:
        yield Finding(("audience",), "both from_survey and from_people", "want one of them")
    if view.table is None and not audience.get("segments"):
        yield Finding(("audience",), "nobody in it", _KINDS)
    if ALL in mapping(audience, "segments"):
        got = "a segment called 'all'"
        yield Finding(
            ("audience", "segments", ALL), got, "want another name: in results `all` is the whole public"
        )


def sizes(view: View) -> Iterator[Finding]:
    """Yield sizes that are missing, or given where the file of people tells them."""
    audience = view.tree.get("audience")
    if not isinstance(audience, dict):
        return
    if view.table == "from_people":
        for key in ("agents", "people"):
            if audience.get(key) is not None:
                yield Finding(
                    ("audience", key), f"{shown(audience[key])} beside from_people",
                    "want no size: one row of the file is one person", f"delete `{key}`",
                )  # fmt: skip
    elif audience.get("agents") is None:
        yield Finding(
            ("audience", "agents"), "missing", "want the number of simulated persons, such as 20_000"
        )
    needs = view.needs
    for index, need in enumerate(needs):
        if need in needs[:index]:
            yield Finding(("audience", "needs", index), f"{need!r} twice", "want each need once")


def shares(view: View) -> Iterator[Finding]:
    """Yield shares of segments that do not make a whole, or stand beside a file of people."""
    given = {name: part.get("share") for name, part in view.segments.items()}
    if view.table:
        for name, share in given.items():
            if share is not None:
                path = ("audience", "segments", name, "share")
                yield Finding(
                    path, f"a share beside {view.table}", "want none: the file tells it", "delete `share`"
                )
        return
    for name, share in given.items():
        if share is None:
            yield Finding(
                ("audience", "segments", name, "share"), "missing", "want the segment's share of the public"
            )
    numbers = [number(share) for share in given.values()]
    known = [share for share in numbers if share is not None]
    is_whole = len(known) == len(mapping(view.tree, "audience", "segments"))
    if known and is_whole and abs(sum(known) - 1) > 1e-6:
        yield Finding(
            ("audience", "segments"), f"shares sum to {amount(round(sum(known), 6))}", "want a sum of 1"
        )


def traits(view: View) -> Iterator[Finding]:
    """Yield needs, channels and messages in traits that nothing is named."""
    holders = {("audience", "segments", name): part for name, part in view.segments.items()}
    everyone = mapping(view.tree, "audience", "everyone")
    for path, part in (holders | {("audience", "everyone"): everyone}).items():
        yield from _motivations(part, path, view)
        for channel in mapping(part, "usage"):
            if channel not in view.names("channels"):
                yield unknown((*path, "usage", channel), channel, "channel", view.names("channels"))
        for message in mapping(part, "fit"):
            if message not in view.names("messages"):
                yield unknown((*path, "fit", message), message, "message", view.names("messages"))


def _motivations(part: Raw, path: tuple[str, ...], view: View) -> Iterator[Finding]:
    weights = part.get("motivations")
    if not isinstance(weights, dict):
        return
    for need in weights:
        if need not in view.needs:
            yield unknown((*path, "motivations", need), need, "need", view.needs)
    if all(number(weight) == 0 for weight in weights.values()):
        got = "no motivation above 0" if weights else "no motivation"
        yield Finding((*path, "motivations"), got, "want a weight above 0 for one need or more")


def columns(view: View) -> Iterator[Finding]:
    """Yield faults in how a survey or people file is read."""
    for key in ("from_survey", "from_people"):
        table = mapping(view.tree, "audience", key)
        path = ("audience", key)
        for name, ends in mapping(table, "bands").items():
            numbers = [number(end) for end in ends] if isinstance(ends, list) else []
            known = [end for end in numbers if end is not None]
            if len(known) == len(numbers) and any(b <= a for a, b in itertools.pairwise(known)):
                yield Finding((*path, "bands", name), shown(ends), "want lower ends from low to high")
        for channel in mapping(table, "usage"):
            if channel not in view.names("channels"):
                yield unknown((*path, "usage", channel), channel, "channel", view.names("channels"))
        for channel, usage in parts_of(table, "usage").items():
            for finding in rules.column_usage(usage):
                yield finding.under(*path, "usage", channel)
