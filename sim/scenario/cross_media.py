"""Faults between channels, layers and messages."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario import rules
from sim.scenario.findings import Finding, unknown
from sim.scenario.metrics import ALL
from sim.scenario.parameters import table
from sim.scenario.view import View, mapping, name_of, number, parts_of

OFFLINE = "offline"
MOST_NUMBERED = 32_767  # messages and variants have numbers of 16 bits
SHARES_OFF = 1e-6  # what the shares of dayparts may differ from 1 by rounding


def channels(view: View) -> Iterator[Finding]:
    """Yield names of channels that mean something else in a result or a network."""
    for name, meaning in (
        (ALL, "in results `all` is every channel"),
        (OFFLINE, "`offline` is the layer of talk"),
    ):
        if name in view.names("channels"):
            yield Finding(("channels", name), f"a channel called {name!r}", f"want another name: {meaning}")


def ranked(view: View) -> Iterator[Finding]:
    """Yield rankings on channels that have no feed to rank."""
    for name, channel in view.channels.items():
        if channel.get("ranking") is not None and view.kind(name) not in ("feed", None):
            got = f"a ranking on {name}, a {view.kind(name)} channel"
            yield Finding(("channels", name, "ranking"), got, "want it on a feed channel")


def dayparts(view: View) -> Iterator[Finding]:
    """Yield dayparts whose shares do not sum to 1, for all or for a segment, and unknown segments."""
    for channel, spec in view.channels.items():
        parts = parts_of(spec, "dayparts")
        path = ("channels", channel, "dayparts")
        differing: dict[str, None] = {}
        for name, part in parts.items():
            for segment in mapping(part, "by_segment"):
                differing[segment] = None
                if view.segment_names is not None and segment not in view.segment_names:
                    yield unknown(
                        (*path, name, "by_segment", segment), segment, "segment", view.segment_names
                    )
        for who in (None, *differing):
            shares = []
            for part in parts.values():
                own = {} if who is None else mapping(part, "by_segment", who)
                shares.append(number(part.get("share") if own.get("share") is None else own["share"]))
            known = [share for share in shares if share is not None]
            if parts and len(known) == len(shares) and abs(sum(known) - 1) > SHARES_OFF:
                got = f"shares {'' if who is None else f'of {who} '}sum to {sum(known):g}"
                yield Finding(path, got, "want a sum of 1")


def layers(view: View) -> Iterator[Finding]:
    """Yield layers of no channel, and bounds on followers that cross."""
    feeds = [name for name in view.names("channels") if view.kind(name) in ("feed", None)]
    for name in view.names("network"):
        if name != OFFLINE and name not in feeds:
            if name in view.names("channels"):
                got = f"{name} is a {view.kind(name)} channel, which has no followers' layer"
                yield Finding(("network", name), got, "want the name of a feed channel, or offline")
            else:
                yield unknown(("network", name), name, "feed channel", [*feeds, OFFLINE])
    numbers = table("network")
    for name, layer in view.layers.items():
        if layer.get("generate") == "well_mixed" and name != OFFLINE:
            yield Finding(
                ("network", name, "generate"), "'well_mixed' for a channel", "want it for offline only"
            )
        if layer.get("generate") == "power_law":
            yield from (
                finding.under("network", name)
                for finding in rules.power_law(layer, numbers["min_followers"].value)
            )
        if layer.get("generate") == "affiliation":
            yield from (
                finding.under("network", name)
                for finding in rules.affiliation(layer, numbers["min_ties"].value)
            )


def messages(view: View) -> Iterator[Finding]:
    """Yield appeals to needs that the audience does not have."""
    for name, message in view.messages.items():
        for need in mapping(message, "appeals"):
            if need not in view.needs:
                yield unknown(("messages", name, "appeals", need), need, "need", view.needs)


def order(view: View) -> Iterator[Finding]:
    """Yield messages that come after no message, or after themselves along a cycle."""
    names = view.names("messages")
    after = {name: name_of(message.get("after")) for name, message in view.messages.items()}
    told: set[str] = set()
    for name, earlier in after.items():
        if earlier is not None and earlier not in names:
            yield unknown(("messages", name, "after"), earlier, "message", names)
        way = [name]
        while (earlier := after.get(way[-1])) is not None and earlier not in way:
            way.append(earlier)
        if earlier == name and not told & set(way):
            told |= set(way)
            got = f"a cycle: {' after '.join([*way, name])}"
            yield Finding(("messages", name, "after"), got, "want an order with a first message")


def co_creation(view: View) -> Iterator[Finding]:
    """Yield co-creation under a rule of sharing that passes on what it got, and more variants than can be numbered."""
    told, rule = view.tree.get("co_creation"), mapping(view.tree, "sharing").get("rule", "probability")
    if told is None:
        return
    if rule in ("threshold", "fraction", "count"):
        got, wanted = (
            f"co-creation beside sharing.rule {rule}",
            "want it with `rule: probability` only, or null",
        )
        yield Finding(("co_creation",), got, wanted)
    most = mapping(view.tree, "co_creation").get("most_variants")
    room = MOST_NUMBERED - len(view.messages)
    if type(most) is int and most > room:
        got = f"{most} beside {len(view.messages)} messages"
        yield Finding(("co_creation", "most_variants"), got, f"want at most {room}")


def participation(view: View) -> Iterator[Finding]:
    """Yield a participation pyramid of more than everyone; what is not given has its default."""
    given = mapping(view.tree, "sharing", "engagement")
    default = {key: table("sharing")[key].value for key in ("some", "rare")}
    both = {key: number(given[key]) if key in given else value for key, value in default.items()}
    yield from (finding.under("sharing", "engagement") for finding in rules.engagement(both))
    yield from (finding.under("sharing") for finding in rules.sharing(mapping(view.tree, "sharing")))
