"""The numbers of a channel: its own, or those that its medium, kind or name decides."""

from __future__ import annotations

from sim.scenario.media import Channel
from sim.scenario.parameters import Parameter, table


def _given(value: float | None, default: Parameter) -> float:
    return float(default.value) if value is None else value


def attention(channel: Channel) -> float:
    """Return α: the share of contacts attended."""
    return _given(channel.attention, table("media")["attention"][channel.medium])


def impact(channel: Channel) -> float:
    """Return ψ: the weight of an attended contact."""
    return _given(channel.impact, table("media")["impact"][channel.medium])


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


def filled(channel: Channel, name: str, currency: str = "USD") -> dict[str, float | None]:
    """Return all of them by key, as a resolved scenario writes them."""
    return {
        "attention": attention(channel),
        "impact": impact(channel),
        "visibility": visibility(channel),
        "organic": organic(channel),
        "cpm": cpm(channel, name, currency),
    }
