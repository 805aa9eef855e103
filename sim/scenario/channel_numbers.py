"""The numbers of a channel: its own, or those that its medium, kind or name decides."""

from __future__ import annotations

from typing import Any, get_args

from sim.scenario.media import Channel, Format
from sim.scenario.parameters import Parameter, table


def _given(value: float | None, default: Parameter) -> float:
    return float(default.value) if value is None else value


def attention(channel: Channel) -> float:
    """Return α: the share of contacts attended."""
    return _given(channel.attention, table("media")["attention"][channel.medium])


def impact(channel: Channel) -> float:
    """Return ψ: the weight of an attended contact."""
    return _given(channel.impact, table("media")["impact"][channel.medium])


def format_factor(channel: Channel, number: str, made_as: Format | None) -> float:
    """Return the factor of a format on a channel's `number`: attention or impact; 1 without a format."""
    if made_as is None:
        return 1.0
    given = channel.formats.get(made_as)
    own = None if given is None else getattr(given, number)
    by_medium = table("formats")[number].get(made_as, {}).get(channel.medium)
    if own is not None:
        return float(own)
    return 1.0 if by_medium is None else float(by_medium.value)


def visibility(channel: Channel) -> float:
    """Return κ: the chance that anyone's post is shown to a follower on a daily visit."""
    place = "owned" if channel.kind in ("owned", "direct") else "online"
    return _given(channel.visibility, table("media")["visibility"][place])


def organic(channel: Channel) -> float:
    """Return ρ: the chance that a brand post is shown to a follower on a daily visit."""
    return visibility(channel) if channel.organic is None else channel.organic


def cpm(channel: Channel, name: str, currency: str) -> float | None:
    """Return the price per 1000 impressions; None where neither the scenario nor a benchmark tells it."""
    benchmark = table("media")["cpm"].get(name) if currency == "USD" else None
    return channel.cpm if channel.cpm is not None or benchmark is None else float(benchmark.value)


def filled(channel: Channel, name: str, currency: str = "USD") -> dict[str, Any]:
    """Return all of them by key, as a resolved scenario writes them."""
    return {
        "attention": attention(channel),
        "impact": impact(channel),
        "visibility": visibility(channel),
        "organic": organic(channel),
        "cpm": cpm(channel, name, currency),
        "formats": {
            made_as: {number: format_factor(channel, number, made_as) for number in ("attention", "impact")}
            for made_as in get_args(Format)
        },
    }
