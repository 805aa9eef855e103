"""The public made ready for the kernels: built once, shared read-only by every plan and world."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim import public_cache
from sim.agents.build import build_population
from sim.agents.population import Population
from sim.day.customers import AfterSale, after_sale
from sim.kernels import social
from sim.kernels.adoption import Market, tell
from sim.kernels.reception import Habits
from sim.kernels.state import (
    ADOPTER,
    AWARE,
    CONSIDERING,
    COURSE,
    LINEAGE,
    PERSON,
    UNAWARE,
    UNITS,
    Array,
    People,
    Tally,
    aligned,
    empty_tally,
)
from sim.luck_keys import public_seed
from sim.network.build import build_network
from sim.network.graph import OFFLINE, Network, TieLayer
from sim.scenario import channel_numbers
from sim.scenario.identity import ground_hash, public_hash
from sim.scenario.media import Channel
from sim.scenario.parameters import Adoption, Reception
from sim.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class FeedRanking:
    """Hold how a feed shows more of what is shared.

    Parameters
    ----------
    visibility : float    κ without any share
    days : int            shares of so many last days count
    most : float          most that κ is multiplied by
    half_at : float       shares, in people of the market, at which half of the rise is reached
    """

    visibility: float
    days: int
    most: float
    half_at: float

    @property
    def highest(self) -> float:
        """The most that κ can become."""
        return min(1.0, self.visibility * self.most)

    def lift(self, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return κ as a share of the most it can be, for shares of the last days (float64[n_messages])."""
        rise = 1.0 + (self.most - 1.0) * (shares / (shares + self.half_at))
        top = self.highest
        return np.minimum(1.0, self.visibility * rise) / top if top > 0 else np.ones_like(rise)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Public:
    """Hold who receives and who hears whom, as arrays that no world changes.

    Parameters
    ----------
    population : Population
    network : Network
    start : PERSON[n_people]            everyone's state before day 1
    counts : Tally                      counts before day 1: the stocks of what everyone's state is
    ties : mapping of channel index to Ties    layers of feed channels, as the kernels read them
    rankings : mapping of channel index to FeedRanking    feeds that rank by shares
    beta : float64[n_channels]          scale of the probability to share; 0 without a layer
    habits : Habits
    market : Market or None             None: nobody adopts
    adopters_heard : float64[n_people]  Σ ω over offline in-ties from those who adopted before day 1
    after_sale : AfterSale or None      None: nothing follows adoption
    """

    population: Population
    network: Network
    start: Array
    counts: Tally
    ties: dict[int, social.Ties]
    rankings: dict[int, FeedRanking]
    beta: npt.NDArray[np.float64]
    habits: Habits
    market: Market | None
    adopters_heard: npt.NDArray[np.float64]
    after_sale: AfterSale | None


def open_people(public: Public, n_messages: int, used: People | None = None) -> People:
    """Return the arrays of a world before day 1; `sim.kernels.adoption.open_world` fills the records.

    Parameters
    ----------
    public : Public
    n_messages : int
    used : People, optional
        Arrays of a world that is over, to be used again where they have the right sizes: new ones come
        from the system page by page, which takes longer than all else that opens a world.
    """
    population = public.population
    n, n_channels = population.n_people, len(population.channel_names)
    if used is None or used.lineage.shape != (n, n_messages) or used.paid_contacts.shape != (n, n_channels):
        people = _new_people(n, n_messages, n_channels)
    else:
        people = used
        for array in (people.course[: people.n_courses[0]], people.course_of, people.lineage):
            array.view(np.uint8).fill(0)
        people.paid_contacts.fill(0)
    people.n_courses[0], people.n_aware[0] = 1, 0
    people.engagement[:], people.availability[:] = population.engagement, population.availability
    people.adopters_heard[:] = public.adopters_heard
    return people


def _new_people(n: int, n_messages: int, n_channels: int) -> People:
    return People(
        record=aligned(n, PERSON),
        course=aligned(n + 1, COURSE),
        course_of=np.zeros(n, np.uint32),
        n_courses=np.empty(1, np.int64),
        lineage=aligned((n, n_messages), LINEAGE),
        engagement=np.empty(n),
        availability=np.empty(n),
        paid_contacts=np.zeros((n, n_channels), np.uint16),
        adopters_heard=np.empty(n),
        aware_list=np.empty(n, np.uint32),
        n_aware=np.empty(1, np.int64),
    )


def drawn_from(scenario: Scenario, public: int) -> Scenario:
    """Return the scenario that population and network number `public` are built from.

    It differs in nothing but the seed of its public, and is itself for number 0. World r lives on
    public ``r % scenario.publics``.
    """
    seed = public_seed(scenario.master_seed, public)
    if seed == scenario.master_seed:
        return scenario
    other = scenario.model_copy(update={"master_seed": seed})
    other._folder, other._origins = scenario._folder, scenario._origins
    return other


@dataclass(slots=True)
class _Kept:
    """Hold a population and network, and the public that was last made ready of them."""

    population: Population
    network: Network
    ground: str = ""
    ready: Public | None = None


_MOST_KEPT = 2
_drawn: dict[str, _Kept] = {}
_kept = [_MOST_KEPT]


@contextmanager
def keeping(most: int) -> Iterator[None]:
    """Keep more publics in memory for a while: plans that go round over several of them draw each once."""
    _kept.append(max(most, _kept[-1]))
    try:
        yield
    finally:
        _kept.pop()


def build_public(scenario: Scenario, public: int = 0) -> Public:
    """Make a public of the scenario ready: population and network drawn once for all plans on them.

    Every door comes through here. The last few are kept in memory, and what took long to draw in the cache of
    publics on disk (`sim.public_cache`), where other processes find it; the bits are the same. Plans on the same
    ground (`sim.scenario.identity.ground_hash`) get the very same object.

    Parameters
    ----------
    scenario : Scenario
    public : int
        Number of the public, from 0; the world of replication r lives on ``r % scenario.publics``.

    Raises
    ------
    InputError
        With all faults of the data files the scenario names.
    """
    source = drawn_from(scenario, public)
    name = public_hash(source)
    if name not in _drawn:
        while len(_drawn) >= _kept[-1]:
            _drawn.pop(next(iter(_drawn)), None)
        _drawn[name] = _Kept(*public_cache.opened(source, draw))
    there, ground = _drawn[name], ground_hash(source)
    ready = there.ready
    if ready is None or there.ground != ground:
        there.ready = None  # what is not needed any more goes before the next is made
        ready = ready_public(scenario, there.population, there.network)
        there.ready, there.ground = ready, ground
    return ready


def draw(scenario: Scenario) -> tuple[Population, Network]:
    """Draw population and network from a scenario and its files, whatever was drawn before."""
    population = build_population(scenario)
    return population, build_network(scenario, population)


def ready_public(scenario: Scenario, population: Population, network: Network) -> Public:
    """Return the public of a scenario from a population and network built for it before."""
    feeds = {c: name for c, name in enumerate(population.channel_names) if name in network.layers}
    rankings = {c: r for c, name in feeds.items() if (r := _ranking(scenario.channels[name])) is not None}
    ties = {}
    for c, name in feeds.items():
        ranking = rankings.get(c)
        kappa = channel_numbers.visibility(scenario.channels[name]) if ranking is None else ranking.highest
        ties[c] = _ties(network.layers[name], population.usage[c], kappa)
    offline = network.layers.get(OFFLINE)
    market = None if scenario.adoption is None else _market(scenario.adoption, population, offline)
    start = _start_records(population, scenario.reception.consider_at)
    return Public(
        population=population,
        network=network,
        start=start,
        counts=_start_counts(start, len(population.segment_names), len(population.channel_names)),
        ties=ties,
        rankings=rankings,
        beta=_sharing_scale(scenario, population, ties),
        habits=_habits(scenario.reception, scenario.days),
        market=market,
        adopters_heard=_adopters_heard(population, offline),
        after_sale=after_sale(scenario, offline, len(population.segment_names)),
    )


def _ranking(channel: Channel) -> FeedRanking | None:
    if channel.ranking is None:
        return None
    spec = channel.ranking
    return FeedRanking(channel_numbers.visibility(channel), spec.days, spec.most, spec.half_at)


def _ties(layer: TieLayer, usage: npt.NDArray[np.float64], kappa: float) -> social.Ties:
    visits = np.minimum(1.0, usage)
    peak = np.empty(len(usage))
    social.row_peaks(layer.out_ptr, layer.out_dst, layer.out_weight, visits, peak)
    for array in (visits, peak):
        array.setflags(write=False)
    return social.Ties(layer.out_ptr, layer.out_dst, layer.out_weight, visits, peak, float(kappa))


def _sharing_scale(
    scenario: Scenario, population: Population, ties: dict[int, social.Ties]
) -> npt.NDArray[np.float64]:
    """Solve β per layer: a sharer makes `reference_mean` new sharers of a reference message.

    The mean is over the users of the channel, who are the ones that can share there.
    """
    beta = np.zeros(len(population.channel_names))
    sharing = scenario.sharing
    if sharing is None:
        return beta
    for c, layer in ties.items():
        if sharing.rule != "probability":
            beta[c] = 1.0  # no scale, but people can share there
            continue
        if sharing.beta is not None:
            beta[c] = sharing.beta
            continue
        users = np.count_nonzero(population.usage[c] > 0)
        channel = scenario.channels[population.channel_names[c]]
        attention, kappa = channel_numbers.attention(channel), channel_numbers.visibility(channel)
        unranked = layer._replace(visibility=float(kappa))
        reach = attention * social.secondary_reach(unranked, population.engagement) / max(users, 1)
        beta[c] = sharing.reference_mean / reach if reach > 0 else 0.0
    return beta


def _start_records(population: Population, consider_at: float) -> Array:
    start = np.zeros(population.n_people, PERSON)
    for name in ("segment", "trust", "attitude", "memory"):
        start[name] = getattr(population, name)
    start["last_variant"] = -1
    aware = np.where(population.attitude >= consider_at, CONSIDERING, AWARE)
    start["stage"] = np.where(population.is_aware, aware, UNAWARE)
    start["stage"][population.is_adopter] = ADOPTER
    start.setflags(write=False)
    return start


def _start_counts(start: Array, n_segments: int, n_channels: int) -> Tally:
    counts, segment = empty_tally(n_segments, n_channels), start["segment"]
    np.add.at(counts.stages, (start["stage"], segment), 1)
    for name in ("attitude", "trust"):
        np.add.at(getattr(counts, name), segment, np.floor(start[name] * UNITS + 0.5).astype(np.int64))
    for array in counts:
        array.setflags(write=False)
    return counts


def _habits(reception: Reception, days: int) -> Habits:
    gaps = np.arange(days + 2, dtype=np.float64)
    recovery = reception.wear_recovery_days
    memory_left = np.exp2(-gaps / reception.memory_half_life_days)
    wear_left = np.ones_like(gaps) if recovery is None else np.exp2(-gaps / recovery)
    return Habits(
        memory_left=memory_left,
        wear_left=wear_left,
        trust_step=reception.trust_step,
        consider_at=reception.consider_at,
        wear_rate=0.0 if reception.wear_out_contacts is None else 1.0 / reception.wear_out_contacts,
        awareness_loss=reception.awareness_loss_per_day,
    )


def _market(adoption: Adoption, population: Population, offline: TieLayer | None) -> Market:
    in_weight = np.zeros(population.n_people)
    if offline is not None:
        social.in_weights(offline.out_ptr, offline.out_dst, offline.out_weight, in_weight)
    in_weight.setflags(write=False)
    trust = np.floor(population.trust * UNITS + 0.5).astype(np.int64)
    return Market(
        own_rate=adoption.innovation / 365.0,
        peer_rate=adoption.imitation / 365.0,
        by_attitude=adoption.effect_of_attitude,
        by_memory=adoption.effect_of_memory,
        by_trust=adoption.effect_of_trust,
        mean_trust=float(trust.sum()) / UNITS / population.n_people,
        in_weight=in_weight,
        is_well_mixed=offline is not None and offline.is_well_mixed,
    )


def _adopters_heard(population: Population, offline: TieLayer | None) -> npt.NDArray[np.float64]:
    heard = np.zeros(population.n_people)
    if offline is not None:
        rows = np.flatnonzero(population.is_adopter).astype(np.int32)
        tell(rows, offline.out_ptr, offline.out_dst, offline.out_weight, heard)
    heard.setflags(write=False)
    return heard
