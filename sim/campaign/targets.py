"""Whom a flight is for: segments, and levels of influence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, InputError, did_you_mean, listed
from sim.kernels.paid import Audience
from sim.network.graph import OFFLINE
from sim.network.influence import LEVELS, is_in_top, levels
from sim.public import Public
from sim.scenario.plan import Flight, OfInfluence, Plan
from sim.scenario.schema import Scenario

Bools = npt.NDArray[np.bool_]
_MOST_GROUPS = 2**15 - 1


@dataclass(frozen=True, slots=True)
class Groups:
    """Hold people in groups of those who are alike for some flights: one segment, the same influence targets.

    Parameters
    ----------
    of : int16[n_people]           group of each person
    segment : int64[n_groups]      segment that a group belongs to
    sizes : int64[n_groups]        simulated persons
    is_target : mapping of flight name to bool[n_groups]

    Notes
    -----
    Where no flight asks for influence, groups are the segments.
    """

    of: npt.NDArray[np.int16]
    segment: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    is_target: Mapping[str, Bools]

    @property
    def n(self) -> int:
        """Number of groups."""
        return len(self.segment)


def groups_of(scenario: Scenario, public: Public, flights: Mapping[str, Flight]) -> Groups:
    """Part the people of a public by all that some flights ask for.

    Raises
    ------
    InputError
        More groups than can be told apart.
    """
    population = public.population
    code = population.segment.astype(np.int64)
    masks = {name: _meant(public, flight) for name, flight in flights.items() if flight.influence}
    if not masks:
        n = len(population.segment_names)
        of, segment, sizes = population.segment, np.arange(n), population.segment_sizes
        is_target = {name: _in_segments(public, flight) for name, flight in flights.items()}
        return Groups(of, segment, sizes, is_target)
    for mask in masks.values():
        code = np.unique(2 * code + mask, return_inverse=True)[1]
    _, first, group, counts = np.unique(code, return_index=True, return_inverse=True, return_counts=True)
    if len(first) > _MOST_GROUPS:
        where = scenario.where(f"plan.flights.{next(iter(masks))}.influence")
        got = f"{len(first)} groups of people by segment and influence"
        raise InputError(Fault(where, got, f"want at most {_MOST_GROUPS} on a channel: fewer targets"))
    segment = population.segment[first].astype(np.int64)
    is_target = {}
    for name, flight in flights.items():
        is_target[name] = _in_segments(public, flight)[segment]
        if name in masks:
            is_target[name] &= masks[name][first]
    return Groups(group.astype(np.int16), segment, counts.astype(np.int64), is_target)


def _in_segments(public: Public, flight: Flight) -> Bools:
    names = public.population.segment_names
    return np.array([flight.to is None or name in flight.to for name in names])


def _meant(public: Public, flight: Flight) -> Bools:
    assert flight.influence is not None
    return _of_influence(public, flight.channel, flight.influence)


def _of_influence(public: Public, channel: str, wanted: OfInfluence) -> Bools:
    """Return who has the influence a flight asks for, bool[n_people]."""
    population, name = public.population, wanted.layer or channel
    layer = public.network.layers[name]
    if wanted.top is None:
        found = levels(layer, population.people_per_agent)
        return np.isin(found, [LEVELS.index(level) for level in wanted.levels or ()])
    if name == OFFLINE:
        return is_in_top(layer, wanted.top, np.ones(population.n_people, np.bool_))
    return is_in_top(layer, wanted.top, population.usage[population.channel_names.index(name)] > 0)


def audience_of(public: Public, c: int, groups: Groups, who: Bools) -> Audience:
    """Return those of a channel's people for the kernels; their `segment` is the group."""
    population = public.population
    rows = np.flatnonzero(who).astype(np.int32)
    arrays = rows, population.uid[rows], population.usage[c, rows], groups.of[rows].astype(np.uint16)
    for array in arrays:
        array.setflags(write=False)
    return Audience(*arrays)


def faults(scenario: Scenario, plan: Plan, public: Public) -> Iterator[Fault]:
    """Yield segments that the public lacks, and levels of influence that nobody in the flight's segments has."""
    population = public.population
    names = population.segment_names
    for name, flight in plan.flights.items():
        unknown = [segment for segment in flight.to or () if segment not in names]
        for segment in unknown:
            where = scenario.where(f"plan.flights.{name}.to")
            hint = did_you_mean(segment, names)
            yield Fault(where, f"no segment `{segment}`", f"want some of {listed(names)}", hint)
        if unknown or flight.influence is None:
            continue
        is_user = population.usage[population.channel_names.index(flight.channel)] > 0
        if not (_meant(public, flight) & is_user & _in_segments(public, flight)[population.segment]).any():
            layer = public.network.layers[flight.influence.layer or flight.channel]
            most = layer.audience_sizes.max(initial=0) * population.people_per_agent
            got = f"nobody whom {flight.channel} reaches has it: on {layer.name} the most is {most:,.0f} followers"
            wanted = "want levels that some have (`pregon check` tells how many), or `top: share`"
            yield Fault(scenario.where(f"plan.flights.{name}.influence"), got, wanted)
