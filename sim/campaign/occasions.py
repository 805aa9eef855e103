"""Dayparts: when contacts take place, and how receptive people are then."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, did_you_mean, listed
from sim.public import Public
from sim.scenario import channel_numbers
from sim.scenario.media import Channel, Message
from sim.scenario.plan import Plan
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
Names = tuple[str, ...]


def occasions(channel: Channel, segments: Names, bought: Names | None = None) -> tuple[Floats, Floats]:
    """Return P(o | segment) and φ, both float64[n_segments, n_dayparts], of all dayparts or of those bought."""
    chosen = [name for name in channel.dayparts if bought is None or name in bought]
    shares, receptive = np.ones((2, len(segments), len(chosen)))
    for o, name in enumerate(chosen):
        part = channel.dayparts[name]
        for s, segment in enumerate(segments):
            own = part.by_segment.get(segment)
            told = (None, None) if own is None else (own.share, own.receptive)
            shares[s, o] = part.share if told[0] is None else told[0]
            receptive[s, o] = part.receptive if told[1] is None else told[1]
    return shares, receptive


def attention_by_segment(
    channel: Channel, message: Message, segments: Names, bought: Names | None = None
) -> Floats:
    """Return the chance that a contact is attended, float64[n_segments].

    Parameters
    ----------
    channel : Channel
    message : Message
    segments : tuple of str
    bought : tuple of str, optional
        The dayparts in which the contacts take place; absent: all.

    Notes
    -----
    Σ_o P(o|c,s)·min(1, α·φ_{s,o}): the occasion of a contact is independent of all else, and nothing but
    attention depends on it, so that the mean over occasions is the law itself.
    """
    alpha = channel_numbers.attention(channel)
    alpha = min(1.0, alpha * channel_numbers.format_factor(channel, "attention", message.format))
    shares, receptive = occasions(channel, segments, bought)
    total = shares.sum(axis=1)
    mixed = (shares * np.minimum(1.0, alpha * receptive)).sum(axis=1)
    chance = np.divide(mixed, total, out=np.full(len(segments), alpha), where=total > 0)
    return np.where((receptive == 1.0).all(axis=1), alpha, chance)


def share_bought(channel: Channel, segments: Names, bought: Names | None) -> Floats:
    """Return the share of each segment's contacts that falls in the dayparts bought, float64[n_segments]."""
    if bought is None:
        return np.ones(len(segments))
    whole = occasions(channel, segments)[0].sum(axis=1)
    return np.asarray(occasions(channel, segments, bought)[0].sum(axis=1) / whole)


def faults(scenario: Scenario, plan: Plan, public: Public) -> Iterator[Fault]:
    """Yield segments of dayparts that the public lacks, and flights at hours when nobody of theirs is there."""
    names = public.population.segment_names
    for channel, spec in scenario.channels.items():
        for part, told in spec.dayparts.items():
            for segment in set(told.by_segment) - set(names):
                where = scenario.where(f"channels.{channel}.dayparts.{part}.by_segment.{segment}")
                hint = did_you_mean(segment, names)
                yield Fault(where, f"no segment `{segment}`", f"want some of {listed(names)}", hint)
    for name, flight in plan.flights.items():
        share = share_bought(scenario.channels[flight.channel], names, flight.dayparts)
        if not any(
            share[s] > 0 for s, segment in enumerate(names) if flight.to is None or segment in flight.to
        ):
            got = f"nobody of its segments uses {flight.channel} then"
            yield Fault(
                scenario.where(f"plan.flights.{name}.dayparts"), got, "want a daypart with a share above 0"
            )
