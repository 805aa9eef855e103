"""What rules have made of the plan in one world: flights paused, money moved, messages swapped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.campaign import buying
from sim.campaign.compile import Campaign, PaidFlight
from sim.campaign.own import OwnedFlight, Standing
from sim.campaign.reactions import Action, Rule
from sim.campaign.users import Users
from sim.day import gauges
from sim.kernels.order import Quota
from sim.kernels.paid import Audience, Purchase, guide_to
from sim.kernels.social import Owner
from sim.kernels.state import Tally
from sim.public import Public

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
UNCAPPED = Quota(0, np.zeros(0, np.uint16))
_TOLERANCE = 1e-6
_SNAP = 1e-4  # what is this near to what was bought is delivered whole, as in the plan


@dataclass(frozen=True, slots=True)
class Frame:
    """Hold the names and sizes that indicators are read with (see `sim.day.gauges.Sizes`)."""

    channels: tuple[str, ...]
    sizes: Floats
    people_per_agent: float


class Course(NamedTuple):
    """Hold what a bought flight has become; arrays are replaced, never changed.

    Parameters
    ----------
    purchase : Purchase
    spans : tuple of Span
    bought : float             impressions on people of the market
    missed : bool[days]        days on which it was paused
    speed_up : float           factor on the intensity that makes good for caps and inventory
    """

    purchase: Purchase
    spans: tuple[buying.Span, ...]
    bought: float
    missed: Bools
    speed_up: float


class Account(NamedTuple):
    """Hold what a flight came to: impressions on people of the market, and money."""

    channel: int
    bought: float
    deliverable: float
    spend: float


class Reactions:
    """Follow the rules of a plan through one world.

    Parameters
    ----------
    public : Public
    campaign : Campaign
    days : int

    Attributes
    ----------
    fired : dict of str to tuple of int     by rule, the evenings on which it fired
    paused : frozenset of str               flights that are paused from the next day on
    """

    def __init__(self, public: Public, campaign: Campaign, days: int):
        population = public.population
        sizes = public.counts.stages.sum(axis=0).astype(np.float64)
        whole = np.concatenate([[sizes.sum()], sizes])
        self._frame = Frame(population.channel_names, whole, population.people_per_agent)
        self._campaign, self._days = campaign, days
        self.fired: dict[str, tuple[int, ...]] = {rule.name: () for rule in campaign.rules}
        self.paused: frozenset[str] = frozenset()
        self._held = dict.fromkeys(self.fired, 0)  # days in a row
        self._courses: dict[str, Course] = {}
        self._owners: dict[str, Owner] = {}
        self._standing: dict[str, Purchase] = {}
        self._segment = population.segment
        self._in_window: dict[str, npt.NDArray[np.uint16]] = {}
        self._named = {name for rule in campaign.rules for name in (rule.action.flight, rule.action.to)}

    def __deepcopy__(self, memo: dict[int, Any]) -> Reactions:
        """Return a copy that shares what is never changed: all but the mappings and the windows of caps."""
        new = type(self).__new__(type(self))
        new.__dict__.update({k: dict(v) if isinstance(v, dict) else v for k, v in self.__dict__.items()})
        new._in_window = {name: count.copy() for name, count in self._in_window.items()}
        return new

    @property
    def changed(self) -> dict[str, Course]:
        """What bought flights have become, of those that a rule has touched."""
        return self._courses

    def counts_as_it_goes(self, flight: PaidFlight | Standing) -> bool:
        """Tell whether a cap is kept day by day: what takes from it is known only then (too early, paused, moved)."""
        return flight.name in self._named or self._campaign.waits(self.purchase(flight).message)

    def quota(self, flight: PaidFlight, day: int) -> Quota:
        """Return what a flight may still bring in the window that a day is in, where its cap is kept day by day."""
        buy = self.purchase(flight)
        if buy.cap == 0 or not self.counts_as_it_goes(flight):
            return UNCAPPED
        n_people = len(self._segment)
        in_window = self._in_window.setdefault(flight.name, np.zeros(n_people, np.uint16))
        if (day - buy.first_day) % buy.per_days == 0:
            in_window[:] = 0
        return Quota(buy.cap, in_window)

    def course(self, flight: PaidFlight) -> Course:
        """Return what a flight has become; as planned where no rule has touched it."""
        there = self._courses.get(flight.name)
        if there is not None:
            return there
        missed = np.zeros(self._days, np.bool_)
        return Course(flight.purchase, flight.spans, flight.bought, missed, flight.speed_up)

    def purchase(self, flight: PaidFlight | Standing) -> Purchase:
        """Return what a flight buys today, or what stands on a space."""
        there = self._courses.get(flight.name)
        return self._standing.get(flight.name, flight.purchase) if there is None else there.purchase

    def spans(self, flight: PaidFlight | Standing) -> tuple[buying.Span, ...]:
        """Return a flight's days in parts that are drawn at a time."""
        there = self._courses.get(flight.name)
        return flight.spans if there is None else there.spans

    def owner(self, flight: OwnedFlight) -> Owner:
        """Return what the brand posts today."""
        return self._owners.get(flight.name, flight.owner)

    def look(self, day: int, tally: Tally) -> list[str]:
        """Look at the counts of an evening and act; return the flights whose contacts are to be drawn anew.

        All rules look at the same counts; those that fire act one after the other, by name.
        """
        for name in self.paused:
            self._miss(name, day)
        firing = [rule for rule in self._campaign.rules if self._fires(rule, day, tally)]
        changed = [name for rule in firing for name in self._act(rule.action, day)]
        return list(dict.fromkeys(changed))

    def _fires(self, rule: Rule, day: int, tally: Tally) -> bool:
        is_over = rule.once and self.fired[rule.name]
        if is_over or not rule.first_day <= day <= rule.last_day:
            return False
        value = float(gauges.today(self._frame, tally, rule.metric, rule.channel)[rule.group])
        self._held[rule.name] = self._held[rule.name] + 1 if rule.holds(value) else 0
        if self._held[rule.name] < rule.for_days:
            return False
        self._held[rule.name] = 0
        self.fired[rule.name] += (day,)
        return True

    def _act(self, action: Action, day: int) -> list[str]:
        if action.act == "pause":
            self.paused |= {action.flight}
        elif action.act == "resume":
            self.paused -= {action.flight}
        elif action.act == "swap_message":
            return self._swap(action)
        elif action.act == "shift_budget":
            return self._shift(action, day)
        return []

    def _paid(self, name: str) -> PaidFlight | None:
        return next((flight for flight in self._campaign.paid if flight.name == name), None)

    def _miss(self, name: str, day: int) -> None:
        """Write down that a paused flight missed the day."""
        flight = self._paid(name)
        if flight is not None:
            there = self.course(flight)
            missed = there.missed.copy()
            missed[day - 1] = True
            self._courses[name] = there._replace(missed=missed)

    def _swap(self, action: Action) -> list[str]:
        flight = self._paid(action.flight)
        if flight is not None:
            there = self.course(flight)
            buy = there.purchase._replace(**self._said(action, flight.audience, len(there.purchase.clock)))
            self._courses[flight.name] = there._replace(purchase=buy)
        for own in self._campaign.owned:
            if own.name == action.flight:
                owner = self.owner(own)
                said = self._said(action, owner.audience, len(owner.attention))
                self._owners[own.name] = owner._replace(**said)
        for stands in self._campaign.standing:
            if stands.name == action.flight:
                buy = self.purchase(stands)
                self._standing[stands.name] = buy._replace(
                    **self._said(action, stands.audience, len(buy.clock))
                )
        return [action.flight]

    def _said(self, action: Action, audience: Audience, n_groups: int) -> Any:
        """Return message and attention of a swap, for the groups that a flight's people are in."""
        assert action.attention is not None
        attention = np.zeros(n_groups)
        attention[audience.segment] = action.attention[self._segment[audience.rows]]
        return {"message": action.message, "attention": attention}

    def _shift(self, action: Action, day: int) -> list[str]:
        """Move money from flight to flight; nothing where either is expected to deliver nothing after `day`.

        What a giver has left is what it is expected to deliver on its days left, at its price.
        """
        giver, taker = self._paid(action.flight), self._paid(action.to)
        if giver is None or taker is None:
            return []
        given, taken = self.course(giver), self.course(taker)
        moved = action.share * _left(giver, given, day)
        money = moved * giver.price
        if money <= 0.0 or taker.price <= 0.0 or _left(taker, taken, day) <= 0.0:
            return []
        room = None if action.ad_load is None else self._room(taker, action.ad_load)
        self._courses[giver.name] = self._rebought(giver, given, day, -moved, 1.0, None)
        most, more = action.max_speed_up, money / taker.price
        self._courses[taker.name] = self._rebought(taker, taken, day, more, most, room)
        return [giver.name, taker.name]

    def _rebought(
        self,
        flight: PaidFlight,
        there: Course,
        day: int,
        more: float,
        max_speed_up: float,
        room: Floats | None,
    ) -> Course:
        """Return a flight that is to deliver so many contacts more (or fewer) on the days after `day`.

        Notes
        -----
        The intensity is multiplied by one factor. Under a cap or inventory it is solved as in the plan, from the
        expectation; a giver is never made faster than it was.
        """
        left = _left(flight, there, day)
        grown = max(0.0, (left + more) / left)
        factor = grown
        if flight.purchase.cap > 0 or room is not None:
            most = 1.0 if more < 0.0 else grown * max(1.0, max_speed_up / there.speed_up)
            wanted = _expected(flight, _kept(there, there.purchase.clock)) + more
            factor = _solved(
                lambda factor: _expected(flight, _kept(there, _clock(there, day, factor, room))), wanted, most
            )
        clock = _clock(there, day, factor, room)
        clock.setflags(write=False)
        audience = flight.audience
        usage: Floats = np.bincount(audience.segment, audience.usage, len(clock)).astype(np.float64)
        return there._replace(
            purchase=there.purchase._replace(clock=clock, guide=guide_to(clock)),
            spans=buying.spans(flight.spans[0].first, flight.spans[-1].last, usage @ clock),
            bought=there.bought + more * self._frame.people_per_agent,
            speed_up=there.speed_up * factor / grown if grown > 0.0 else there.speed_up,
        )

    def _room(self, taker: PaidFlight, ad_load: float) -> Floats:
        """Return what other flights leave of a channel's inventory, float64[n_segments, days]."""
        others = [
            np.diff(self.purchase(flight).clock, axis=1)
            for flight in self._campaign.paid
            if flight.purchase.channel == taker.purchase.channel
            and flight.name != taker.name
            and flight.spans
        ]
        return np.asarray(ad_load - sum(others, np.zeros((len(taker.purchase.clock), self._days))))

    def accounts(self) -> Iterator[Account]:
        """Yield what each bought flight came to, by name; as planned where nothing was missed or moved.

        Notes
        -----
        Deliverable is the closed-form expectation on the days that were not missed, by the clock that the rules
        left, in proportion to that of the plan; money follows it, as in the plan.
        """
        for flight in self._campaign.paid:
            there = self._courses.get(flight.name)
            channel = flight.purchase.channel
            if there is None or self._is_as_planned(flight, there):
                yield Account(channel, flight.bought, flight.deliverable, flight.spend)
            else:
                deliverable = self._deliverable(flight, there)
                yield Account(channel, there.bought, deliverable, deliverable * flight.price)

    @staticmethod
    def _is_as_planned(flight: PaidFlight, there: Course) -> bool:
        return there.purchase.clock is flight.purchase.clock and not (there.missed & (flight.shape > 0)).any()

    @staticmethod
    def _deliverable(flight: PaidFlight, there: Course) -> float:
        if len(flight.insertion_days):
            return flight.bought * (1.0 - float(flight.shape[there.missed].sum()))
        planned = _expected(flight, flight.purchase.clock)
        if planned <= 0.0:
            return 0.0
        expected = _expected(flight, _kept(there, there.purchase.clock))
        deliverable = flight.deliverable * expected / planned
        return there.bought if abs(deliverable - there.bought) <= _SNAP * there.bought else deliverable


def _expected(flight: PaidFlight, clock: Floats) -> float:
    audience, buy = flight.audience, flight.purchase
    inventory = buying.Inventory([], Users(audience.usage, audience.segment, len(clock)), None)
    return inventory.delivers(clock, buy.cap, buy.first_day, buy.per_days)


def _left(flight: PaidFlight, there: Course, day: int) -> float:
    """Return the contacts that a flight is expected to deliver after `day`, in simulated persons."""
    whole, so_far = (_kept(there, clock) for clock in (there.purchase.clock, _clock(there, day, 0.0, None)))
    return _expected(flight, whole) - _expected(flight, so_far)


def _kept(there: Course, clock: Floats) -> Floats:
    """Return a flight's clock with the days that it missed left out."""
    if not there.missed.any():
        return clock
    steps = np.where(there.missed, 0.0, np.diff(clock, axis=1))
    return np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)], axis=1)


def _clock(there: Course, day: int, factor: float, room: Floats | None) -> Floats:
    """Return a flight's clock with its steps after `day` multiplied, as far as there is room to grow."""
    clock = there.purchase.clock
    steps = np.diff(clock, axis=1)[:, day:]
    new = steps * factor
    if room is not None and factor > 1.0:
        new = np.maximum(steps, np.minimum(new, room[:, day:]))
    out = clock.copy()
    out[:, day:] = np.cumsum(np.concatenate([clock[:, day : day + 1], new], axis=1), axis=1)
    return out


def _solved(expected: Callable[[float], float], wanted: float, most: float) -> float:
    """Return the factor from 0 to `most` at which the expectation, which rises with it, is what is wanted."""
    low, high = 0.0, most
    if expected(high) <= wanted:
        return high
    if expected(low) >= wanted:
        return low
    while high - low > _TOLERANCE * most:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if expected(middle) < wanted else (low, middle)
    return high
