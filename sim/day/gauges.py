"""What the counts of a day tell: the indicators that need nothing but them, with the exact formula of each.

Results read them day by day; a rule of the plan reads today's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from sim.kernels.state import (
    ADOPTER,
    CONSIDERING,
    HIDDEN_PARTNER,
    MAX_K,
    OWNED,
    PAID,
    PARTNER,
    PEER,
    UNITS,
    Array,
    Tally,
)
from sim.scenario.metrics import ALL

Floats = npt.NDArray[np.float64]
Told = tuple[str, str, Floats]


class Stocks(NamedTuple):
    """Hold the counts that `states` reads, with a leading axis of days; otherwise as in `sim.kernels.state.Tally`."""

    stages: Array
    attitude: Array
    trust: Array
    adopted: Array
    rebought: Array


class Sizes(Protocol):
    """Tell the names and sizes that counts are divided by (see `sim.results.indicators.Ledger`)."""

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels."""

    @property
    def sizes(self) -> Floats:
        """Simulated persons: all, then by segment; float64[1 + n_segments]."""

    @property
    def people_per_agent(self) -> float:
        """People of the market that one simulated person stands for."""


def with_all(counts: Array) -> Floats:
    """Put the sum over the last axis (segments) in front of it."""
    values = counts.astype(np.float64)
    return np.concatenate([values.sum(axis=-1, keepdims=True), values], axis=-1)


def ratio(above: Floats, below: Floats) -> Floats:
    """Divide; undefined (NaN) where there is nothing below."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below != 0, above / below, np.nan)


def _by_channel(counts: Array) -> Floats:
    """Return counts of all channels together and of each, float64[days, 1 + n_channels, 1 + n_segments]."""
    return with_all(np.concatenate([counts.sum(axis=1, keepdims=True), counts], axis=1))


def _named(of: Sizes, values: Floats) -> Iterator[tuple[str, Floats]]:
    """Yield (channel, values[days, 1 + n_segments]) of what `_by_channel` returns."""
    for c, name in enumerate((ALL, *of.channels)):
        yield name, values[:, c]


def reach(of: Sizes, log: Tally) -> Iterator[Told]:
    """Yield reach, reach k+, frequency and GRP by channel, and total reach.

    Parameters
    ----------
    of : Sizes
    log : Tally        cumulated counts with a leading axis of days

    Yields
    ------
    metric, channel : str
    values : float64[days, 1 + n_segments]    the whole public first
    """
    # The last row of the reach is of any channel, the first of the contacts.
    contacts = np.roll(_by_channel(log.contacts[:, PAID]), -1, axis=1)
    reached = with_all(np.moveaxis(log.reach, -1, 2))
    share, frequency = ratio(reached, of.sizes), ratio(contacts, reached[:, :, 0])
    grp = 100.0 * ratio(contacts, of.sizes)
    for c, name in enumerate((*of.channels, ALL)):
        for k in range(MAX_K):
            yield "reach" if k == 0 else f"reach_{k + 1}plus", name, share[:, c, k]
        yield "average_frequency", name, frequency[:, c]
        yield "grp", name, grp[:, c]
    yield "total_reach", ALL, ratio(with_all(log.met), of.sizes)


def contacts(of: Sizes, log: Tally) -> Iterator[Told]:
    """Yield contacts of each kind by channel, as `reach` does."""
    kinds = {
        "contacts": log.contacts[:, PAID],
        "attended_contacts": log.attended[:, PAID],
        "owned_contacts": log.contacts[:, OWNED],
        "partner_contacts": log.contacts[:, PARTNER] + log.contacts[:, HIDDEN_PARTNER],
        "earned_contacts": log.contacts[:, PEER],
        "impressions_delivered": log.contacts[:, PAID],
        "contacts_too_early": log.too_early,
    }
    for metric, counts in kinds.items():
        for name, values in _named(of, of.people_per_agent * _by_channel(counts)):
            yield metric, name, values
    rate = ratio(_by_channel(log.attended[:, PAID]), _by_channel(log.contacts[:, PAID]))
    for name, values in _named(of, rate):
        yield "attention_rate", name, values


def states(of: Sizes, log: Tally | Stocks) -> Iterator[Told]:
    """Yield what people know, think and have bought, as `reach` does."""
    yield "awareness", ALL, ratio(with_all(log.stages[:, 1:].sum(axis=1)), of.sizes)
    yield "consideration", ALL, ratio(with_all(log.stages[:, CONSIDERING:].sum(axis=1)), of.sizes)
    yield "adoption", ALL, ratio(with_all(log.stages[:, ADOPTER]), of.sizes)
    yield "attitude", ALL, ratio(with_all(log.attitude) / UNITS, of.sizes)
    yield "trust", ALL, ratio(with_all(log.trust) / UNITS, of.sizes)
    bought = with_all(log.adopted.sum(axis=1) + log.rebought)
    yield "purchases", ALL, of.people_per_agent * bought


def sharing(of: Sizes, log: Tally) -> Iterator[Told]:
    """Yield what people passed on, as `reach` does."""
    for name, values in _named(of, of.people_per_agent * _by_channel(log.shares)):
        yield "shares", name, values
    yield "pass_along_rate", ALL, ratio(with_all(log.sharers), with_all(log.met))
    paid, earned = with_all(log.contacts[:, PAID].sum(axis=1)), with_all(log.contacts[:, PEER].sum(axis=1))
    yield "earned_multiplier", ALL, 1.0 + ratio(earned, paid)
    yield "variants", ALL, of.people_per_agent * with_all(log.variants)
    yield "variants_refused", ALL, of.people_per_agent * with_all(log.variants_refused)
    for name, values in _named(of, of.people_per_agent * _by_channel(log.variant_contacts)):
        yield "variant_contacts", name, values
    yield "message_drift", ALL, ratio(with_all(log.drift) / UNITS, earned)


def talk(of: Sizes, log: Tally) -> Iterator[Told]:
    """Yield what was heard offline of adopters, as `reach` does."""
    good, ill = with_all(log.heard[:, 0]), with_all(log.heard[:, 1])
    heard = with_all(log.heard.sum(axis=1))
    yield "talk_contacts", ALL, of.people_per_agent * heard
    yield "negative_talk_share", ALL, ratio(ill, heard)
    yield "net_sentiment", ALL, ratio(good - ill, good + ill)


def listening(of: Sizes, log: Tally) -> Iterator[Told]:
    """Yield what the brand heard of complaints and how it answered, as `reach` does."""
    made, heard, answered, replies = (with_all(log.complaints[:, k]) for k in range(4))
    yield "complaints", ALL, of.people_per_agent * made
    yield "complaints_heard", ALL, of.people_per_agent * heard
    yield "replies", ALL, of.people_per_agent * replies
    yield "reply_rate", ALL, ratio(answered, heard)


GROUPS: tuple[Callable[[Sizes, Tally], Iterator[Told]], ...] = (
    reach, contacts, states, sharing, talk, listening,
)  # fmt: skip


def today(of: Sizes, counts: Tally, metric: str, channel: str) -> Floats:
    """Return one indicator from the counts so far, float64[1 + n_segments], the whole public first.

    Parameters
    ----------
    of : Sizes
    counts : Tally         cumulated counts, without an axis of days
    metric, channel : str  as in ``daily.parquet``

    Raises
    ------
    KeyError
        No group of indicators tells it.
    """
    log = Tally(*(field[None] for field in counts))
    for group in GROUPS:
        for name, where, values in group(of, log):
            if (name, where) == (metric, channel):
                return np.asarray(values[0])
    raise KeyError(f"{metric} of channel {channel}")
