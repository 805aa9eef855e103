"""Faults of rules: what they look at, and what they act on."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario import rules
from sim.scenario.findings import Finding, unknown
from sim.scenario.metrics import ALL, EVENING, EVENING_BY_CHANNEL, METRICS, NEEDS_LISTENING
from sim.scenario.parameters import table
from sim.scenario.path import Parts
from sim.scenario.view import Raw, View, mapping, name_of, parts_of

_BY_VOLUME = ("budget", "impressions", "grp")


def reactions(view: View) -> Iterator[Finding]:
    """Yield what is wrong with the rules of the plan."""
    for name, rule in parts_of(view.tree, "plan", "rules").items():
        path: Parts = ("plan", "rules", name)
        if isinstance(rule.get("when"), dict):
            yield from _when(view, rule["when"], (*path, "when"))
        if isinstance(rule.get("then"), dict):
            yield from _then(view, rule["then"], (*path, "then"))


def _when(view: View, when: Raw, path: Parts) -> Iterator[Finding]:
    yield from (finding.under(*path) for finding in rules.when(when))
    metric, channel = name_of(when.get("metric")), name_of(when.get("channel"))
    if metric in METRICS and metric not in EVENING:
        got = f"{metric} is not known on the evening of a day"
        yield Finding((*path, "metric"), got, f"want one of {', '.join(EVENING)}")
    elif metric is not None and metric not in EVENING:
        yield unknown((*path, "metric"), metric, "metric", EVENING)
    if metric in NEEDS_LISTENING and not view.listens:
        yield Finding((*path, "metric"), f"{metric} without listening", "want `plan.listening`")
    if channel not in (None, ALL, *view.names("channels")):
        yield unknown((*path, "channel"), str(channel), "channel", [ALL, *view.names("channels")])
    elif metric in EVENING and metric not in EVENING_BY_CHANNEL and channel not in (None, ALL):
        got = f"{metric} of channel {channel}"
        yield Finding((*path, "channel"), got, f"want none: {metric} is not split by channel")
    segment = name_of(when.get("segment"))
    known = view.segment_names
    if known is not None and segment not in (None, ALL, *known):
        yield unknown((*path, "segment"), str(segment), "segment", [ALL, *known])


def _then(view: View, then: Raw, path: Parts) -> Iterator[Finding]:
    yield from (finding.under(*path) for finding in rules.then(then))
    for key in ("pause", "resume"):
        yield from _flight(view, then, key, path)
    swap, shift = mapping(then, "swap_message"), mapping(then, "shift_budget")
    yield from _flight(view, swap, "flight", (*path, "swap_message"))
    message = name_of(swap.get("message"))
    if message is not None and message not in view.names("messages"):
        yield unknown((*path, "swap_message", "message"), message, "message", view.names("messages"))
    for key in ("from", "to"):
        at = (*path, "shift_budget")
        yield from _flight(view, shift, key, at)
        yield from _has_money(view, shift, key, at)


def _flight(view: View, part: Raw, key: str, path: Parts) -> Iterator[Finding]:
    name = name_of(part.get(key))
    names = list(mapping(view.tree, "plan", "flights"))
    if name is not None and name not in names:
        yield unknown((*path, key), name, "flight", names)


def _has_money(view: View, shift: Raw, key: str, path: Parts) -> Iterator[Finding]:
    """Yield a flight whose money cannot be moved: bought whole, or of no known price."""
    name = name_of(shift.get(key))
    flight = view.flights.get(name) if name is not None else None
    if flight is None:
        return
    channel = name_of(flight.get("channel"))
    if not any(flight.get(way) is not None for way in _BY_VOLUME):
        got = f"{name} is not bought by budget, impressions or grp"
        yield Finding((*path, key), got, "want flights of which any part can be bought")
    elif channel in view.channels and not _is_priced(view, channel):
        got = f"{name} runs on {channel}, whose price is not known"
        yield Finding((*path, key), got, f"want `cpm` in channels.{channel}")


def _is_priced(view: View, channel: str) -> bool:
    if mapping(view.channels, channel).get("cpm") is not None:
        return True
    return view.tree.get("currency", "USD") == "USD" and channel in table("media")["cpm"]
