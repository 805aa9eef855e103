"""From the counts of a world to the planner's indicators: one table of values by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from sim.campaign.compile import Campaign
from sim.day import gauges
from sim.day.gauges import Stocks, ratio, with_all
from sim.day.reactions import Account
from sim.kernels.reply import REPLIES
from sim.kernels.state import PAID, Array, Tally
from sim.public import Public
from sim.scenario.metrics import ALL
from sim.scenario.schema import Scenario
from sim.world import World

Floats = npt.NDArray[np.float64]
Row = tuple[str, str, str]
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
    """Hold names, sizes and money: what all worlds of a run share, or one's own where rules act (`settled`).

    Parameters
    ----------
    segments, channels : tuple of str
    sizes : float64[1 + n_segments]          simulated persons: all, then by segment
    people_per_agent : float
    media_spend, fees : float64[n_channels]
    bought, undelivered : float64[n_channels]    impressions of the market
    paid_channels : tuple of int             channels with bought flights
    value_per_adoption : float or None
    cost_per_reply : float or None           None: the brand does not listen
    reply_cost : float                       money for replies; known when a world is lived (`settled`)
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
    cost_per_reply: float | None = None
    reply_cost: float = 0.0

    @property
    def spend(self) -> float:
        """Money for media, fees and replies."""
        return float(self.media_spend.sum() + self.fees.sum()) + self.reply_cost


def open_ledger(public: Public, campaign: Campaign, scenario: Scenario) -> Ledger:
    """Return the ledger of a compiled plan of a scenario."""
    listening = scenario.plan.listening
    population = public.population
    fees = np.zeros(len(population.channel_names))
    for booking in campaign.bookings:
        fees[booking.channel] += booking.fees
    accounts = [Account(f.purchase.channel, f.bought, f.deliverable, f.spend) for f in campaign.paid]
    media, bought, undelivered = _by_channel(accounts, len(fees))
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
        value_per_adoption=scenario.value_per_adoption,
        cost_per_reply=None if listening is None else float(listening.cost_per_reply),
    )


def settled(ledger: Ledger, world: World) -> Ledger:
    """Return the ledger of one world: what its rules have paused and moved, and its replies, are paid accordingly."""
    media, bought, undelivered = _by_channel(world.reactions.accounts(), len(ledger.channels))
    n_replies = ledger.people_per_agent * float(world.tally.complaints[REPLIES].sum())
    return replace(
        ledger,
        media_spend=media,
        bought=bought,
        undelivered=undelivered,
        reply_cost=n_replies * (ledger.cost_per_reply or 0.0),
    )


def _by_channel(accounts: Iterable[Account], n_channels: int) -> tuple[Floats, Floats, Floats]:
    """Return spend, impressions bought and undelivered by channel."""
    media, bought, undelivered = (np.zeros(n_channels) for _ in range(3))
    for account in accounts:
        media[account.channel] += account.spend
        bought[account.channel] += account.bought
        undelivered[account.channel] += account.bought - account.deliverable
    return media, bought, undelivered


def stocks_of(log: Tally) -> Stocks:
    """Return what is read of a world without a plan, apart from its log."""
    return Stocks(*(getattr(log, name).copy() for name in Stocks._fields))


def read(ledger: Ledger, log: Tally, baseline: Stocks, channels_met: Array, segment: Array) -> Readings:
    """Compute every indicator of one world but the marginal one.

    Parameters
    ----------
    ledger : Ledger
    log : Tally                    counts by day
    baseline : Stocks              counts by day without the plan, same world
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
    if ledger.cost_per_reply is not None:
        _tell(out, ledger, gauges.listening(ledger, log))
        out.at_end("reply_cost", ledger.reply_cost)
    _read_overlap(out, ledger, channels_met, segment)
    _read_money(out, ledger, log, baseline)
    return out


def _tell(out: Readings, ledger: Ledger, told: Iterator[gauges.Told]) -> None:
    for metric, channel, values in told:
        out.by_segment(metric, values, ledger.segments, channel)


def _read_reach(out: Readings, ledger: Ledger, log: Tally) -> None:
    _tell(out, ledger, gauges.reach(ledger, log))


def _read_contacts(out: Readings, ledger: Ledger, log: Tally) -> None:
    _tell(out, ledger, gauges.contacts(ledger, log))


def _read_states(out: Readings, ledger: Ledger, log: Tally, baseline: Stocks) -> None:
    without = {metric: values for metric, _, values in gauges.states(ledger, baseline)}
    for metric, channel, values in gauges.states(ledger, log):
        out.by_segment(metric, values, ledger.segments, channel)
        out.by_segment(f"{metric}_lift", values - without[metric], ledger.segments, channel)


def _read_sharing(out: Readings, ledger: Ledger, log: Tally) -> None:
    _tell(out, ledger, gauges.sharing(ledger, log))


def _read_talk(out: Readings, ledger: Ledger, log: Tally) -> None:
    _tell(out, ledger, gauges.talk(ledger, log))


def _read_overlap(out: Readings, ledger: Ledger, channels_met: Array, segment: Array) -> None:
    """Count people by the exact set of paid channels that met them; all cells up to six channels."""
    met = _by_set_met(channels_met, segment, len(ledger.segments))
    nobody = np.zeros(len(ledger.segments), np.int64)
    for c in ledger.paid_channels:
        shares = ratio(with_all(met.get(1 << c, nobody)), ledger.sizes)
        for name, share in zip((ALL, *ledger.segments), shares, strict=True):
            out.at_end("unique_reach", share, name, ledger.channels[c])
    if not 2 <= len(ledger.paid_channels) <= MOST_OVERLAP_CHANNELS:
        return
    for cell in range(1, 1 << len(ledger.paid_channels)):
        inside = [c for bit, c in enumerate(ledger.paid_channels) if cell >> bit & 1]
        n = met.get(sum(1 << c for c in inside), nobody).sum()
        out.at_end("overlap", n / ledger.sizes[0], ALL, "+".join(ledger.channels[c] for c in inside))


def _by_set_met(channels_met: Array, segment: Array, n_segments: int) -> dict[int, Array]:
    """Return how many people of each segment, int64[n_segments], were met by exactly a set of channels, by its bits."""
    found, counts = np.unique(
        channels_met * np.uint64(n_segments) + segment.view(np.uint16), return_counts=True
    )
    out: dict[int, Array] = {}
    for code, count in zip(found.tolist(), counts.tolist(), strict=True):
        out.setdefault(code // n_segments, np.zeros(n_segments, np.int64))[code % n_segments] = count
    return out


def _read_money(out: Readings, ledger: Ledger, log: Tally, baseline: Stocks) -> None:
    reach = ratio(with_all(log.reach[-1, :, :, 0])[:, 0], ledger.sizes[:1])
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
    out.at_end("acquisitions", adopters)
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
