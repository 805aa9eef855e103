"""The plan as plain arrays: what the kernels read, and what a planner is told beforehand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.campaign import buying, messages, occasions, own, reactions, targets, variants
from sim.campaign.impulse import impulse_of
from sim.campaign.listening import Ears, Pace, ears_of, pace_of
from sim.campaign.order import Order, order_of
from sim.campaign.own import OwnedFlight, Standing
from sim.campaign.partners import Booking, book_all
from sim.campaign.reactions import Rule
from sim.campaign.targets import Groups, audience_of
from sim.campaign.users import users_of
from sim.errors import Fault, InputError
from sim.kernels.paid import Audience, Purchase, guide_to
from sim.kernels.reception import Views
from sim.kernels.sharing import Impulse
from sim.kernels.state import N_KINDS, PEER
from sim.kernels.variants import Craft
from sim.luck_keys import name_key
from sim.public import Public
from sim.scenario import channel_numbers
from sim.scenario.media import Channel
from sim.scenario.plan import Flight, Plan
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PaidFlight:
    """Hold one bought flight.

    Parameters
    ----------
    name : str
    key : uint64                     luck of the flight's name
    audience : Audience              users in its segments
    purchase : Purchase
    spans : tuple of Span            its days, in parts whose contacts are held at a time; () by insertions
    insertion_days : int64[:]        empty for a flight bought by impressions
    insertion_shape : float64[2]     α, β of the users' rates
    bought, deliverable : float      impressions on people of the market; deliverable is an expectation
    speed_up : float
    spend : float                    money for what is deliverable; NaN where no price is known
    shape : float64[days]            share of what is bought for each day
    price : float                    money per impression; NaN where it is not known
    """

    name: str
    key: np.uint64
    audience: Audience
    purchase: Purchase
    spans: tuple[buying.Span, ...]
    insertion_days: npt.NDArray[np.int64]
    insertion_shape: Floats
    bought: float
    deliverable: float
    speed_up: float
    spend: float
    shape: Floats
    price: float


@dataclass(frozen=True, slots=True)
class Campaign:
    """Hold a compiled plan; the only thing that a change of plan rebuilds.

    Parameters
    ----------
    message_names : tuple of str    by name
    views : Views
    impulse : Impulse
    craft : Craft or None           None: nobody changes what is passed on
    paid : tuple of PaidFlight      by name
    owned : tuple of OwnedFlight    by name
    standing : tuple of Standing    messages on the brand's own spaces, by name
    bookings : tuple of Booking     by name
    order : Order or None           None: no message that is sent waits for another
    rules : tuple of Rule           what to do when a day's counts say so; by name
    ears : Ears or None             None: the brand does not listen
    pace : Pace or None             None: the brand's messages stay as they are
    """

    message_names: tuple[str, ...]
    views: Views
    impulse: Impulse
    craft: Craft | None
    paid: tuple[PaidFlight, ...]
    owned: tuple[OwnedFlight, ...]
    standing: tuple[Standing, ...]
    bookings: tuple[Booking, ...]
    order: Order | None
    rules: tuple[Rule, ...] = ()
    ears: Ears | None = None
    pace: Pace | None = None

    def waits(self, message: int) -> bool:
        """Tell whether a message comes after another."""
        return self.order is not None and bool(self.order.waits_for[message] >= 0)

    @property
    def spend(self) -> float:
        """Money for media and fees; NaN where a price is not known."""
        return sum(f.spend for f in self.paid) + sum(b.fees for b in self.bookings)


def compile_campaign(
    scenario: Scenario,
    public: Public,
    plan: Plan | None = None,
    scale: float = 1.0,
    bookings: tuple[Booking, ...] | None = None,
) -> Campaign:
    """Turn a plan into arrays for one public.

    Parameters
    ----------
    scenario : Scenario
    public : Public
    plan : Plan, optional
        In place of the scenario's own; ``Plan()`` gives the world without the campaign.
    scale : float
        Factor on what every flight buys by budget, impressions or GRP (for marginal effects).
    bookings : tuple of Booking, optional
        Of the same plan, where they are made already.

    Raises
    ------
    InputError
        All faults that only show against the public: no users, unknown segments, unknown partners.
    """
    plan = scenario.plan if plan is None else plan
    faults = [
        *targets.faults(scenario, plan, public),
        *occasions.faults(scenario, plan, public),
        *reactions.faults(scenario, plan, public),
    ]
    try:
        booked = book_all(scenario, public, plan.partners) if bookings is None else bookings
    except InputError as error:
        faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    views = _views(scenario, public)
    return Campaign(
        message_names=tuple(sorted(scenario.messages)),
        views=views,
        impulse=impulse_of(scenario, public, views.match),
        craft=variants.craft_of(scenario, public.population, can_share=bool(public.beta.any())),
        paid=_paid(scenario, public, plan, scale),
        owned=own.posted(scenario, public, plan, views.attention),
        standing=own.standing(scenario, public, plan),
        bookings=booked,
        order=order_of(scenario, reactions.messages_sent(plan)),
        rules=reactions.rules_of(scenario, public, plan),
        ears=ears_of(plan, public),
        pace=pace_of(plan, public),
    )


def _views(scenario: Scenario, public: Public) -> Views:
    population, reception = public.population, scenario.reception
    channels = [scenario.channels[name] for name in population.channel_names]
    appeals = messages.appeals_of(scenario)
    trust = reception.credibility
    partner = trust.partner * (1.0 - reception.disclosure_discount)
    credibility = np.array([trust.brand_ad, trust.own_site, partner, trust.follower, trust.follower])
    match, fit = (
        messages.match_table(population.motivations, appeals),
        messages.fit_table(scenario, population),
    )
    impact = _by_format(scenario, channels)
    attention = [
        [
            occasions.attention_by_segment(channel, scenario.messages[m], population.segment_names)
            for m in sorted(scenario.messages)
        ]
        for channel in channels
    ]
    pull = messages.pull_table(reception.attitude_step, credibility, match, fit, impact)
    chances = np.array(
        [reception.awareness_peer if k == PEER else reception.awareness_paid for k in range(N_KINDS)]
    )
    p_aware = chances[:, None, None] * impact
    return Views(
        attention=np.array(attention),
        impact=impact,
        match=match,
        pull=pull,
        awareness=np.reshape(
            [-math.log1p(-p) if p < 1.0 else math.inf for p in p_aware.ravel()], p_aware.shape
        ),
        novelty=messages.novelty_table(appeals),
        valence=np.array([scenario.messages[m].valence for m in sorted(scenario.messages)]),
        credibility=credibility,
        appeals=appeals,
        fit=fit,
        attitude_step=float(reception.attitude_step),
    )


def _by_format(scenario: Scenario, channels: list[Channel]) -> Floats:
    """Return ψ of each message on each channel, float64[n_channels, n_messages], at most 1."""
    made_as = [scenario.messages[m].format for m in sorted(scenario.messages)]
    factor = channel_numbers.format_factor
    return np.array(
        [
            [min(1.0, channel_numbers.impact(c) * factor(c, "impact", form)) for form in made_as]
            for c in channels
        ]
    )


def cpm_of(scenario: Scenario, name: str) -> float:
    """Return the price per 1000 impressions of a channel; NaN where it is not known."""
    price = channel_numbers.cpm(scenario.channels[name], name, scenario.currency)
    return float("nan") if price is None else price


def impressions_bought(scenario: Scenario, flight: Flight, people: float) -> float:
    """Return the impressions a flight buys; `people` are those of the market in its segments."""
    if flight.budget is not None:
        return 1000.0 * flight.budget / cpm_of(scenario, flight.channel)
    if flight.impressions is not None:
        return flight.impressions
    if flight.grp is not None:
        return flight.grp / 100.0 * people
    assert flight.insertions is not None
    assert flight.insertion_reach is not None
    return flight.insertions * flight.insertion_reach.first * people


def _attention(scenario: Scenario, public: Public, flight: Flight, groups: Groups) -> Floats:
    """Return the chance that a flight's contact is attended, float64[n_groups]."""
    channel, message = scenario.channels[flight.channel], scenario.messages[flight.message]
    names = public.population.segment_names
    return occasions.attention_by_segment(channel, message, names, flight.dayparts)[groups.segment]


def _paid(scenario: Scenario, public: Public, plan: Plan, scale: float) -> tuple[PaidFlight, ...]:
    made: dict[str, PaidFlight] = {}
    faults: list[Fault] = []
    for c, channel in enumerate(public.population.channel_names):
        flights = {n: f for n, f in sorted(plan.flights.items()) if f.channel == channel and _is_bought(f)}
        by_insertions = {n: f for n, f in flights.items() if f.insertions is not None}
        by_volume = {n: f for n, f in flights.items() if f.insertions is None}
        # What shares an inventory is solved together; else no flight's target may move another's bits.
        together = (
            [by_volume] if scenario.channels[channel].ad_load else [{n: f} for n, f in by_volume.items()]
        )
        for some in together if by_volume else []:
            made.update(_bought_by_volume(scenario, public, c, some, scale))
        for name, flight in by_insertions.items():
            try:
                made[name] = _bought_by_insertions(scenario, public, c, name, flight)
            except InputError as error:
                faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    return tuple(made[name] for name in sorted(made))


def _is_bought(flight: Flight) -> bool:
    return flight.posts is None and not flight.stands


def _bought_by_volume(
    scenario: Scenario, public: Public, c: int, flights: dict[str, Flight], scale: float
) -> dict[str, PaidFlight]:
    population = public.population
    channel: Channel = scenario.channels[population.channel_names[c]]
    groups = targets.groups_of(scenario, public, flights)
    users = users_of(public, c, groups)
    buys = []
    for name, flight in flights.items():
        assert flight.days is not None
        target = groups.is_target[name]
        people = float(groups.sizes[target].sum()) * population.people_per_agent
        contacts = scale * impressions_bought(scenario, flight, people) / population.people_per_agent
        shape = buying.day_shape(flight.shape, flight.days[0], flight.days[1], scenario.days)
        cap = (flight.cap.times, flight.cap.per_days) if flight.cap else (0, scenario.days)
        weight = occasions.share_bought(channel, population.segment_names, flight.dayparts)[groups.segment]
        buys.append(buying.Buy(name, contacts, shape, target, weight, flight.days[0], *cap))
    clocks = buying.solve_speed_up(
        buying.Inventory(buys, users, channel.ad_load), scenario.delivery.max_speed_up
    )
    out = {}
    for buy, clock in zip(buys, clocks, strict=True):
        clock.setflags(write=False)
        v = sorted(scenario.messages).index(flights[buy.name].message)
        attention = _attention(scenario, public, flights[buy.name], groups)
        bought = buy.contacts * population.people_per_agent
        deliverable = buy.deliverable * population.people_per_agent
        out[buy.name] = PaidFlight(
            name=buy.name,
            key=name_key("flight", buy.name),
            audience=users.audience(public, c, groups, buy.is_target),
            purchase=Purchase(clock, guide_to(clock), attention, v, c, buy.first_day, buy.cap, buy.per_days),
            spans=buying.spans(*_on_air(buy), users.by_group @ clock),
            insertion_days=np.zeros(0, np.int64),
            insertion_shape=np.zeros(2),
            bought=bought,
            deliverable=deliverable,
            speed_up=buy.speed_up,
            spend=deliverable / 1000.0 * cpm_of(scenario, population.channel_names[c]) if bought else 0.0,
            shape=buy.shape,
            price=cpm_of(scenario, population.channel_names[c]) / 1000.0,
        )
    return out


def _on_air(buy: buying.Buy) -> tuple[int, int]:
    """Return first and last day on which something is bought."""
    days = np.flatnonzero(buy.shape) + 1
    return int(days[0]), int(days[-1])


def _bought_by_insertions(
    scenario: Scenario, public: Public, c: int, name: str, flight: Flight
) -> PaidFlight:
    assert flight.insertions is not None
    assert flight.insertion_reach is not None
    assert flight.days is not None
    population = public.population
    groups = targets.groups_of(scenario, public, {name: flight})
    target = groups.is_target[name]
    people = float(groups.sizes[target].sum())
    is_user = target[groups.of] & (population.usage[c] > 0)
    users = np.count_nonzero(is_user) / max(people, 1.0)
    first, second = flight.insertion_reach.first, flight.insertion_reach.second
    if flight.insertions == 1:
        second = None
    fits = first < users and (second is None or second / users < 1 - (1 - first / users) ** 2)
    if not fits:
        got = (
            f"reach {first:g}"
            + (f", {second:g}" if second else "")
            + f" with {users:.3g} users among the people"
        )
        wanted = "want first below the users' share u, and second below that of chance, first·(2 - first/u)"
        raise InputError(Fault(scenario.where(f"plan.flights.{name}.insertion_reach"), got, wanted))
    shape = buying.day_shape(flight.shape, flight.days[0], flight.days[1], scenario.days)
    bought = impressions_bought(scenario, flight, people * population.people_per_agent)
    clock = np.zeros((groups.n, scenario.days + 1))
    clock.setflags(write=False)
    v = sorted(scenario.messages).index(flight.message)
    days = buying.insertion_days(flight.insertions, shape)
    return PaidFlight(
        name=name,
        key=name_key("flight", name),
        audience=audience_of(public, c, groups, is_user),
        purchase=Purchase(
            clock,
            guide_to(clock),
            _attention(scenario, public, flight, groups),
            v,
            c,
            flight.days[0],
            0,
            scenario.days,
        ),
        spans=(),
        insertion_days=days,
        insertion_shape=buying.beta_shape(first / users, second / users if second else None),
        bought=bought,
        deliverable=bought,
        speed_up=1.0,
        spend=bought / 1000.0 * cpm_of(scenario, flight.channel),
        shape=np.bincount(days - 1, minlength=scenario.days) / flight.insertions,
        price=cpm_of(scenario, flight.channel) / 1000.0,
    )
