"""From the counts of a world to the planner's indicators: one table of values by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sim.campaign.compile import Campaign
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
from sim.public import Public

Floats = npt.NDArray[np.float64]
Row = tuple[str, str, str]
ALL = "all"
MOST_OVERLAP_CHANNELS = 6


@dataclass(slots=True)
class Readings:
    """Hold indicators of one world: a name per row and its values.

    Parameters
    ----------
    daily_rows : list of (metric, segment, channel)
    daily : list of float64[days, :] blocks, in the order of `daily_rows`
    last_rows, last : the same for indicators told only for the last day, float64[:]
    """

    daily_rows: list[Row] = field(default_factory=list)
    daily: list[Floats] = field(default_factory=list)
    last_rows: list[Row] = field(default_factory=list)
    last: list[Floats] = field(default_factory=list)

    def by_segment(self, metric: str, values: Floats, segments: tuple[str, ...], channel: str = ALL) -> None:
        """Add values[days, 1 + n_segments], the whole public first."""
        self.daily_rows += [(metric, segment, channel) for segment in (ALL, *segments)]
        self.daily.append(values)

    def at_end(self, metric: str, value: float, segment: str = ALL, channel: str = ALL) -> None:
        """Add one value of the last day."""
        self.last_rows.append((metric, segment, channel))
        self.last.append(np.array([float(value)]))


@dataclass(frozen=True, slots=True)
class Ledger:
    """Hold what all worlds of a run share: names, sizes and money.

    Parameters
    ----------
    segments, channels : tuple of str
    sizes : float64[1 + n_segments]          simulated persons: all, then by segment
    people_per_agent : float
    media_spend, fees : float64[n_channels]
    bought, undelivered : float64[n_channels]    impressions of the market
    paid_channels : tuple of int             channels with bought flights
    value_per_adoption : float or None
    """

    segments: tuple[str, ...]
    channels: tuple[str, ...]
    sizes: Floats
    people_per_agent: float
    media_spend: Floats
    fees: Floats
    bought: Floats
    undelivered: Floats
    paid_channels: tuple[int, ...]
    value_per_adoption: float | None

    @property
    def spend(self) -> float:
        """Money for media and fees."""
        return float(self.media_spend.sum() + self.fees.sum())


def open_ledger(public: Public, campaign: Campaign, value_per_adoption: float | None) -> Ledger:
    """Return the ledger of a compiled plan."""
    population = public.population
    n = len(population.channel_names)
    media, fees, bought, undelivered = (np.zeros(n) for _ in range(4))
    for flight in campaign.paid:
        c = flight.purchase.channel
        media[c] += flight.spend
        bought[c] += flight.bought
        undelivered[c] += flight.bought - flight.deliverable
    for booking in campaign.bookings:
        fees[booking.channel] += booking.fees
    sizes = population.segment_sizes.astype(np.float64)
    return Ledger(
        segments=population.segment_names,
        channels=population.channel_names,
        sizes=np.concatenate([[sizes.sum()], sizes]),
        people_per_agent=population.people_per_agent,
        media_spend=media,
        fees=fees,
        bought=bought,
        undelivered=undelivered,
        paid_channels=tuple(sorted({flight.purchase.channel for flight in campaign.paid})),
        value_per_adoption=value_per_adoption,
    )


def read(ledger: Ledger, log: Tally, baseline: Tally, channels_met: Array, segment: Array) -> Readings:
    """Compute every indicator of one world but the marginal one.

    Parameters
    ----------
    ledger : Ledger
    log, baseline : Tally          counts by day with and without the plan, same world
    channels_met : uint32[n_people]    channels with a paid contact, as bits, on the last day
    segment : int16[n_people]

    Notes
    -----
    Reach, frequency, GRP and contacts are of paid contacts; ``total_reach`` of any source; lifts are
    against the same world without flights, partners and owned posts.
    """
    out = Readings()
    _read_reach(out, ledger, log)
    _read_contacts(out, ledger, log)
    _read_states(out, ledger, log, baseline)
    _read_sharing(out, ledger, log)
    _read_talk(out, ledger, log)
    _read_overlap(out, ledger, channels_met, segment)
    _read_money(out, ledger, log, baseline)
    return out


def _with_all(counts: Array) -> Floats:
    """Put the sum over the last axis (segments) in front of it."""
    values = counts.astype(np.float64)
    return np.concatenate([values.sum(axis=-1, keepdims=True), values], axis=-1)


def _ratio(above: Floats, below: Floats) -> Floats:
    """Divide; undefined (NaN) where there is nothing below."""
    shape = np.broadcast_shapes(above.shape, below.shape)
    told = np.broadcast_to(below, shape) != 0
    return np.asarray(np.divide(above, below, out=np.full(shape, np.nan), where=told))


def _channel_rows(ledger: Ledger, counts: Array) -> Iterator[tuple[str, Floats]]:
    """Yield (channel, values[days, 1 + n_segments]) for all channels together and each."""
    yield ALL, _with_all(counts.sum(axis=1))
    for c, name in enumerate(ledger.channels):
        yield name, _with_all(counts[:, c])


def _read_reach(out: Readings, ledger: Ledger, log: Tally) -> None:
    paid = log.contacts[:, PAID]
    contacts = {name: values for name, values in _channel_rows(ledger, paid)}
    for c, name in enumerate((*ledger.channels, ALL)):
        for k in range(MAX_K):
            metric = "reach" if k == 0 else f"reach_{k + 1}plus"
            share = _ratio(_with_all(log.reach[:, c, :, k]), ledger.sizes)
            out.by_segment(metric, share, ledger.segments, name)
        reached = _with_all(log.reach[:, c, :, 0])
        out.by_segment("average_frequency", _ratio(contacts[name], reached), ledger.segments, name)
        out.by_segment("grp", 100.0 * _ratio(contacts[name], ledger.sizes), ledger.segments, name)
    out.by_segment("total_reach", _ratio(_with_all(log.met), ledger.sizes), ledger.segments)


def _read_contacts(out: Readings, ledger: Ledger, log: Tally) -> None:
    kinds = {
        "contacts": log.contacts[:, PAID],
        "attended_contacts": log.attended[:, PAID],
        "owned_contacts": log.contacts[:, OWNED],
        "partner_contacts": log.contacts[:, PARTNER] + log.contacts[:, HIDDEN_PARTNER],
        "earned_contacts": log.contacts[:, PEER],
        "impressions_delivered": log.contacts[:, PAID],
    }
    for metric, counts in kinds.items():
        for name, values in _channel_rows(ledger, counts):
            out.by_segment(metric, ledger.people_per_agent * values, ledger.segments, name)
    for name, values in _channel_rows(ledger, log.too_early):
        out.by_segment("contacts_too_early", ledger.people_per_agent * values, ledger.segments, name)
    attended = dict(_channel_rows(ledger, log.attended[:, PAID]))
    for name, paid in _channel_rows(ledger, log.contacts[:, PAID]):
        out.by_segment("attention_rate", _ratio(attended[name], paid), ledger.segments, name)


def _read_states(out: Readings, ledger: Ledger, log: Tally, baseline: Tally) -> None:
    with_plan, without = _states(ledger, log), _states(ledger, baseline)
    for metric, values in with_plan.items():
        out.by_segment(metric, values, ledger.segments)
        out.by_segment(f"{metric}_lift", values - without[metric], ledger.segments)


def _states(ledger: Ledger, log: Tally) -> dict[str, Floats]:
    return {
        "awareness": _ratio(_with_all(log.stages[:, 1:].sum(axis=1)), ledger.sizes),
        "consideration": _ratio(_with_all(log.stages[:, CONSIDERING:].sum(axis=1)), ledger.sizes),
        "adoption": _ratio(_with_all(log.stages[:, ADOPTER]), ledger.sizes),
        "attitude": _ratio(_with_all(log.attitude) / UNITS, ledger.sizes),
        "trust": _ratio(_with_all(log.trust) / UNITS, ledger.sizes),
        "purchases": ledger.people_per_agent * _with_all(log.adopted.sum(axis=1) + log.rebought),
    }


def _read_sharing(out: Readings, ledger: Ledger, log: Tally) -> None:
    for name, values in _channel_rows(ledger, log.shares):
        out.by_segment("shares", ledger.people_per_agent * values, ledger.segments, name)
    out.by_segment("pass_along_rate", _ratio(_with_all(log.sharers), _with_all(log.met)), ledger.segments)
    paid, earned = _with_all(log.contacts[:, PAID].sum(axis=1)), _with_all(log.contacts[:, PEER].sum(axis=1))
    out.by_segment("earned_multiplier", 1.0 + _ratio(earned, paid), ledger.segments)


def _read_talk(out: Readings, ledger: Ledger, log: Tally) -> None:
    good, ill = _with_all(log.heard[:, 0]), _with_all(log.heard[:, 1])
    heard = _with_all(log.heard.sum(axis=1))
    out.by_segment("talk_contacts", ledger.people_per_agent * heard, ledger.segments)
    out.by_segment("negative_talk_share", _ratio(ill, heard), ledger.segments)
    out.by_segment("net_sentiment", _ratio(good - ill, good + ill), ledger.segments)


def _read_overlap(out: Readings, ledger: Ledger, channels_met: Array, segment: Array) -> None:
    """Count people by the exact set of paid channels that met them; all cells up to six channels."""
    members = np.arange(-1, len(ledger.segments))
    for c in ledger.paid_channels:
        only = np.bincount(segment[channels_met == 1 << c], minlength=len(ledger.segments))
        for s, share in zip(members, _ratio(_with_all(only), ledger.sizes), strict=True):
            out.at_end("unique_reach", share, ALL if s < 0 else ledger.segments[s], ledger.channels[c])
    if not 2 <= len(ledger.paid_channels) <= MOST_OVERLAP_CHANNELS:
        return
    for cell in range(1, 1 << len(ledger.paid_channels)):
        inside = [c for bit, c in enumerate(ledger.paid_channels) if cell >> bit & 1]
        n = np.count_nonzero(channels_met == sum(1 << c for c in inside))
        out.at_end("overlap", n / ledger.sizes[0], ALL, "+".join(ledger.channels[c] for c in inside))


def _read_money(out: Readings, ledger: Ledger, log: Tally, baseline: Tally) -> None:
    reach = _ratio(_with_all(log.reach[-1, :, :, 0])[:, 0], ledger.sizes[:1])
    contacts = log.contacts[-1, PAID].sum(axis=-1) * ledger.people_per_agent
    grp = 100.0 * contacts / (ledger.sizes[0] * ledger.people_per_agent)
    for c, name in enumerate(ledger.channels):
        out.at_end("spend", ledger.media_spend[c] + ledger.fees[c], channel=name)
        _paid_money(out, ledger, name, float(ledger.media_spend[c]), contacts[c], reach[c], grp[c])
        out.at_end("impressions_bought", ledger.bought[c], channel=name)
        out.at_end("impressions_undelivered", ledger.undelivered[c], channel=name)
    out.at_end("spend", ledger.spend)
    out.at_end("impressions_bought", ledger.bought.sum())
    out.at_end("impressions_undelivered", ledger.undelivered.sum())
    media = float(ledger.media_spend.sum())
    _paid_money(out, ledger, ALL, media, contacts.sum(), reach[-1], grp.sum())
    adopters = ledger.people_per_agent * float(log.adopted[-1].sum())
    incremental = adopters - ledger.people_per_agent * float(baseline.adopted[-1].sum())
    out.at_end("cost_per_acquisition", ledger.spend / adopters if adopters > 0 else np.nan)
    out.at_end("cost_per_incremental_acquisition", ledger.spend / incremental if incremental > 0 else np.nan)
    if ledger.value_per_adoption is not None:
        value = ledger.value_per_adoption * incremental
        out.at_end("roi", value / ledger.spend if ledger.spend > 0 else np.nan)


def _paid_money(
    out: Readings, ledger: Ledger, channel: str, media: float, contacts: float, reach: float, grp: float
) -> None:
    prices = {"cpm": contacts / 1000.0, "cost_per_reach_point": 100.0 * reach, "cost_per_grp": grp}
    for metric, volume in prices.items():
        out.at_end(metric, media / volume if volume > 0 else np.nan, channel=channel)
