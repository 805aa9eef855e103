"""The brand's own voice: posts to its followers, and messages that stand on its own spaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.campaign import buying, occasions, targets
from sim.kernels.paid import Audience, Purchase, guide_to
from sim.kernels.social import Owner
from sim.luck_keys import name_key
from sim.public import Public
from sim.scenario import channel_numbers
from sim.scenario.plan import Plan
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OwnedFlight:
    """Hold the brand's own posts on a channel: who sees them, and on which days."""

    name: str
    key: np.uint64
    owner: Owner
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Hold a message that stands on one of the brand's own spaces: every visit meets it.

    Parameters
    ----------
    name : str
    key : uint64                  luck of the flight's name: whether a contact is attended
    space_key : uint64            luck of the channel's name: when people visit, whatever stands there
    audience : Audience           users of the space that it is meant for
    purchase : Purchase           its clock runs a day a day from the first of the run; no cap
    spans : tuple of Span         the days on which it stands, in parts whose contacts are held at a time
    """

    name: str
    key: np.uint64
    space_key: np.uint64
    audience: Audience
    purchase: Purchase
    spans: tuple[buying.Span, ...]

    @property
    def visits(self) -> float:
        """Visits expected on its days, by simulated persons."""
        return sum(span.expected for span in self.spans)


def posted(scenario: Scenario, public: Public, plan: Plan, attention: Floats) -> tuple[OwnedFlight, ...]:
    """Compile the brand's posts; `attention` is float64[n_channels, n_messages, n_segments]."""
    population = public.population
    out = []
    for name, flight in sorted(plan.flights.items()):
        if flight.posts is None:
            continue
        c = population.channel_names.index(flight.channel)
        groups = targets.groups_of(scenario, public, {name: flight})
        who = population.follows_brand[c] & groups.is_target[name][groups.of]
        v = sorted(scenario.messages).index(flight.message)
        shown = float(channel_numbers.organic(scenario.channels[flight.channel]))
        audience = targets.audience_of(public, c, groups, who)
        owner = Owner(audience, attention[c, v][groups.segment], shown, v, c)
        out.append(OwnedFlight(name, name_key("flight", name), owner, tuple(sorted(flight.posts))))
    return tuple(out)


def standing(scenario: Scenario, public: Public, plan: Plan) -> tuple[Standing, ...]:
    """Compile the messages that stand on the brand's own spaces.

    Notes
    -----
    Visits of person i to space c are a Poisson process of rate u_ic a day, keyed by person and space: two messages
    that stand there are met on the same visits, and to change the message changes no visit.
    """
    population = public.population
    clock_of_days = np.arange(scenario.days + 1, dtype=np.float64)
    out = []
    for name, flight in sorted(plan.flights.items()):
        if not flight.stands:
            continue
        assert flight.days is not None
        c = population.channel_names.index(flight.channel)
        groups = targets.groups_of(scenario, public, {name: flight})
        channel, v = scenario.channels[flight.channel], sorted(scenario.messages).index(flight.message)
        attention = occasions.attention_by_segment(
            channel, scenario.messages[flight.message], population.segment_names
        )[groups.segment]
        clock = np.tile(clock_of_days, (groups.n, 1))
        clock.setflags(write=False)
        who = groups.is_target[name][groups.of] & (population.usage[c] > 0)
        audience = targets.audience_of(public, c, groups, who)
        purchase = Purchase(clock, guide_to(clock), attention, v, c, flight.days[0], 0, scenario.days)
        spans = buying.spans(*flight.days, clock_of_days * audience.usage.sum())
        keys = name_key("flight", name), name_key("channel", flight.channel)
        out.append(Standing(name, *keys, audience, purchase, spans))
    return tuple(out)
