"""Rules of the plan as a world follows them: what to look at, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from sim.campaign import occasions
from sim.errors import Fault, did_you_mean, listed
from sim.public import Public
from sim.scenario.metrics import ALL
from sim.scenario.plan import Plan
from sim.scenario.reaction import Reaction, When
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
Act = Literal["pause", "resume", "shift_budget", "swap_message"]


@dataclass(frozen=True, slots=True)
class Action:
    """Hold what a rule does.

    Parameters
    ----------
    act : Act
    flight : str                       whose contacts change; the giver of a shift
    to : str                           the taker of a shift
    share : float                      of a shift
    ad_load : float or None            most paid contacts per visit on the taker's channel
    max_speed_up : float               most that caps and inventory may be made good for
    message : int                      of a swap
    attention : float64[n_segments]    chance that a contact of the flight with that message is attended
    """

    act: Act
    flight: str
    to: str = ""
    share: float = 0.0
    ad_load: float | None = None
    max_speed_up: float = 1.0
    message: int = -1
    attention: Floats | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold one rule.

    Parameters
    ----------
    name : str
    metric, channel : str      as in ``daily.parquet``
    group : int                0: the whole public; 1 + s: segment s
    bound : float
    is_above : bool            whether the indicator must be above the bound, or below it
    for_days : int
    first_day, last_day : int  evenings on which it looks
    once : bool
    action : Action
    """

    name: str
    metric: str
    channel: str
    group: int
    bound: float
    is_above: bool
    for_days: int
    first_day: int
    last_day: int
    once: bool
    action: Action

    def holds(self, value: float) -> bool:
        """Tell whether the indicator is where it must be; never where it is undefined."""
        return value > self.bound if self.is_above else value < self.bound


def messages_sent(plan: Plan) -> list[str]:
    """Return the messages that flights carry, and those that rules may put in their place."""
    swaps = [rule.then.swap_message for rule in plan.rules.values()]
    return [
        *(flight.message for flight in plan.flights.values()),
        *(swap.message for swap in swaps if swap is not None),
    ]


def faults(scenario: Scenario, plan: Plan, public: Public) -> Iterator[Fault]:
    """Yield rules about segments that the public does not have."""
    names = (ALL, *public.population.segment_names)
    for name, rule in plan.rules.items():
        segment = rule.when.segment
        if segment not in names:
            where = scenario.where(f"plan.rules.{name}.when.segment")
            hint = did_you_mean(segment, names)
            yield Fault(where, f"no segment `{segment}`", f"want one of {listed(names)}", hint)


def rules_of(scenario: Scenario, public: Public, plan: Plan) -> tuple[Rule, ...]:
    """Return the rules of a plan, by name."""
    return tuple(_rule(scenario, public, plan, name) for name in sorted(plan.rules))


def _rule(scenario: Scenario, public: Public, plan: Plan, name: str) -> Rule:
    rule: Reaction = plan.rules[name]
    when = rule.when
    first, last = rule.days or (1, scenario.days)
    return Rule(
        name=name,
        metric=when.metric,
        channel=when.channel,
        group=(ALL, *public.population.segment_names).index(when.segment),
        bound=_bound(when),
        is_above=when.above is not None,
        for_days=when.for_days,
        first_day=first,
        last_day=last,
        once=rule.once,
        action=_action(scenario, public, plan, rule),
    )


def _bound(when: When) -> float:
    bound = when.below if when.above is None else when.above
    assert bound is not None
    return float(bound)


def _action(scenario: Scenario, public: Public, plan: Plan, rule: Reaction) -> Action:
    then = rule.then
    act: Act = next(act for act in get_args(Act) if getattr(then, act) is not None)
    if then.swap_message is not None:
        flight, message = then.swap_message.flight, then.swap_message.message
        sent = plan.flights[flight]
        channel, names = scenario.channels[sent.channel], public.population.segment_names
        attention = occasions.attention_by_segment(channel, scenario.messages[message], names, sent.dayparts)
        return Action(act, flight, message=sorted(scenario.messages).index(message), attention=attention)
    if then.shift_budget is not None:
        giver, taker = getattr(then.shift_budget, "from"), then.shift_budget.to
        ad_load = scenario.channels[plan.flights[taker].channel].ad_load
        most = float(scenario.delivery.max_speed_up)
        return Action(act, giver, taker, then.shift_budget.share, ad_load, most)
    return Action(act, then.pause or then.resume or "")
