"""What is due to what: further worlds of the same luck, each with one thing of the plan changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TypeVar

from sim.campaign.compile import Campaign, compile_campaign
from sim.experiment.bare import Bare, bare_of
from sim.kernels.state import Tally
from sim.public import Public
from sim.results.cascades import read_cascades
from sim.results.catalog import factor_text
from sim.results.indicators import Ledger, Readings, read, settled
from sim.results.learning import read_learning
from sim.results.response import read_response
from sim.results.rules import read_rules
from sim.results.seeding import read_seeding
from sim.scenario.schema import Scenario
from sim.world import World

MARGIN = 0.01
T = TypeVar("T")
Live = Callable[[Campaign], AbstractContextManager[World]]


@dataclass(frozen=True, slots=True)
class Scaled:
    """Hold the plan with ×`factor` of what every flight buys by budget, impressions or GRP."""

    factor: float
    campaign: Campaign


@dataclass(frozen=True, slots=True)
class Others:
    """Hold what a plan is compared with in each world; what is the plan itself, or was lived before, is not run again.

    Parameters
    ----------
    without : Bare                     no plan at all
    dearer : Campaign or None          1 % more bought; where a value per adoption is given
    unpartnered : Campaign or None     no partners, all else kept; where the plan has bookings
    response : tuple of Scaled         where the scenario asks for a response curve
    """

    without: Bare
    dearer: Campaign | None
    unpartnered: Campaign | None
    response: tuple[Scaled, ...]

    def lived(self, plan: Campaign) -> dict[str, float]:
        """Return each world that is lived beside the plan's own, and how many of those it may cost in time."""
        single = {
            "without it": self.without.campaign,
            "with 1 % more": self.dearer,
            "without partners": self.unpartnered,
        }
        out = {name: 1.0 for name, other in single.items() if other is not None and other is not plan}
        further = [item for item in self.response if item.campaign is not plan]
        # Cost follows contacts, and what is not bought (ties, states) costs the same at any factor.
        return out | {f"at ×{factor_text(item.factor)}": max(1.0, item.factor) for item in further}


def compile_others(scenario: Scenario, public: Public, plan: Campaign) -> Others:
    """Compile what a plan is compared with; large arrays are shared with it."""
    unpartnered = None
    if scenario.plan.partners:
        is_booked = any(len(booking.rows) for booking in plan.bookings)
        unpartnered = replace(plan, bookings=()) if is_booked else plan
    scaled = [(factor, _scaled(scenario, public, plan, factor)) for factor in scenario.response or ()]
    return Others(
        without=bare_of(scenario, public),
        dearer=None if scenario.value_per_adoption is None else _scaled(scenario, public, plan, 1 + MARGIN),
        unpartnered=unpartnered,
        response=tuple(Scaled(factor, campaign) for factor, campaign in scaled),
    )


def _scaled(scenario: Scenario, public: Public, plan: Campaign, factor: float) -> Campaign:
    if factor == 1.0:
        return plan
    other = compile_campaign(scenario, public, scale=factor, bookings=plan.bookings)
    # Whom a flight is shown to does not depend on how much is bought: the columns of its people are kept once.
    own = {flight.name: flight.audience for flight in plan.paid}
    paid = tuple(replace(flight, audience=own[flight.name]) for flight in other.paid)
    return replace(plan, paid=paid)


def read_world(plan: Campaign, others: Others, ledger: Ledger, live: Live) -> Readings:
    """Live one world with the plan and with all it is compared with, and read every indicator.

    Parameters
    ----------
    plan : Campaign
    others : Others
    ledger : Ledger
    live : callable
        Lives a campaign in this world to its last day, to be read inside of ``with``. Two worlds at most are
        held at a time.
    """
    with live(plan) as world:

        def told(campaign: Campaign, read_off: Callable[[World], T]) -> T:
            if campaign is plan:
                return read_off(world)
            with live(campaign) as other:
                return read_off(other)

        baseline = others.without.stocks(world.key, live)
        segment = world.public.population.segment
        ledger = settled(ledger, world)
        readings = read(ledger, world.log, baseline, world.people.record["channels_met"], segment)
        read_cascades(readings, world)
        read_learning(readings, world)
        read_rules(readings, world.reactions)
        if others.dearer is not None:
            roi = told(others.dearer, lambda dearer: _marginal_roi(ledger, world, dearer))
            readings.at_end("marginal_roi", roi)
        if others.unpartnered is not None:
            days = world.adoption_days(), told(others.unpartnered, World.adoption_days)
            read_seeding(readings, ledger, *days, segment, world.days)
        for item in others.response:
            money, log = told(item.campaign, lambda scaled: _spent(ledger, scaled))
            read_response(readings, ledger, item.factor, money, log, baseline)
    return readings


def _spent(ledger: Ledger, world: World) -> tuple[float, Tally]:
    """Return what is kept of a further world: its money and its counts."""
    return settled(ledger, world).spend, world.log


def _marginal_roi(ledger: Ledger, world: World, dearer: World) -> float:
    money = settled(ledger, dearer).spend - ledger.spend
    assert ledger.value_per_adoption is not None
    adopters = float(dearer.tally.adopted.sum() - world.tally.adopted.sum())
    value = ledger.value_per_adoption * adopters * ledger.people_per_agent
    return value / money if money > 0 else float("nan")
