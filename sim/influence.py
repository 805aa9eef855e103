"""Influence: who has it, and whom to choose, with a certificate.

``from sim import influence``. The certificate is about the independent cascade that it is asked for: how many
people the chosen reach on average, and that no other choice under the same limits reaches more than so many. It
says nothing of the rest of the day; `pregon influencers` measures that, world by world.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from sim.network.task import Chances, Limits, made_task

if TYPE_CHECKING:
    from sim.agents.population import Population
    from sim.network.graph import Network

__all__ = ["Certificate", "certified", "levels", "strength"]

Floats = npt.NDArray[np.float64]
Names = npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Certificate:
    """Hold a certified choice.

    Parameters
    ----------
    people : int32[n_chosen]      row numbers, in the order chosen
    spread : float                people (or their weight) whom they and those booked reach on average: an estimate
    lower_bound : float           of that spread
    upper_bound : float           of the best spread that any choice under the same limits has
    ratio : float                 lower ÷ upper: what the choice reaches at least, of the best possible
    n_sets : int                  reverse reachable sets drawn
    delta : float                 chance that one of the two bounds fails
    guarantee : float or None     share of the best possible that was promised beforehand, less epsilon; None: none was
    booked_spread : float         of those booked alone
    gains, alone : float64[n_chosen]   what each adds to those before, and reaches alone
    lower_by_place : float64[n_chosen] lower bounds of the first 1, 2, … together; with probability 1 - delta all hold
    cost : float64[n_chosen]      of each
    seconds : float               time taken
    """

    people: npt.NDArray[np.int32]
    spread: float
    lower_bound: float
    upper_bound: float
    ratio: float
    n_sets: int
    delta: float
    guarantee: float | None
    booked_spread: float
    gains: Floats
    alone: Floats
    lower_by_place: Floats
    cost: Floats
    seconds: float

    @property
    def spent(self) -> float:
        """Money for all of them."""
        return float(self.cost.sum())


def certified(
    network: Network,
    probability: npt.ArrayLike | Literal["weighted"] | Mapping[str, Any],
    *,
    count: int | None = None,
    budget: float | None = None,
    costs: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    deadline: int | None = None,
    groups: npt.ArrayLike | Mapping[str, Any] | None = None,
    quotas: Mapping[Any, Any] | None = None,
    booked: npt.ArrayLike = (),
    excluded: npt.ArrayLike = (),
    pass_on: npt.ArrayLike | Mapping[str, Any] = 1.0,
    across: bool = True,
    counts_chosen: bool = True,
    epsilon: float = 0.1,
    delta: float = 1e-3,
    master_seed: int = 0,
    threads: int | None = None,
    layer: str | None = None,
    most_sets: int = 2**24,
    population: Population | None = None,
) -> Certificate:
    """Choose people who reach the most by an independent cascade, and bound how good the choice is.

    Parameters
    ----------
    network : Network
    probability : float, float[n_given], "weighted", or a mapping of layer to one of these
        As in `cascade.independent`. With a mapping the cascade runs over these layers at once.
    count : int, optional
        How many people. Count or budget, or both.
    budget : float, optional
        Most that may be spent on `costs`.
    costs : float or float[n_people], optional
        Of each person, 0 or more; absent: 1 with a budget, else 0.
    weights : float[n_people], optional
        What each person reached is worth, 0 or more; absent: 1. Weight 0 and 1 aims at a target.
    deadline : int, optional
        How many ties the message may go from those chosen; absent: as far as it gets.
    groups, quotas : array[n_people] and mapping of group to int, optional
        Most people chosen of each group; a group that is not named has no bound. Groups of several kinds (segments
        and tiers): mappings of kind to these.
    booked : int[:]
        Rows of people who post anyway: their reach is part of the spread, at no cost.
    excluded : int[:]
        Rows of people who may not be chosen.
    pass_on : float or float[n_people]
        Chance that who is reached passes it on, for each of those it came from. 1: the textbook cascade. With `across`
        False also a mapping of layer to these.
    across : bool
        With several layers: who passes on does so on all of them. False: on the layer where it met it.
    counts_chosen : bool
        Whoever is chosen is reached thereby, as in the textbook. False: only by the others.
    epsilon : float
        It stops when the certificate is within `epsilon` of what greedy choice promises.
    delta : float
        Chance that one of the bounds fails.
    master_seed : int
    threads : int, optional
        Default: as many as the machine has processors. The result is the same for any number.
    layer : str, optional
        Which layer, where the network has several and `probability` is no mapping.
    most_sets : int
        Most sets that people are chosen on; half as many judge. Where they do not suffice the bounds still hold,
        further apart.
    population : Population, optional
        The people of the network, where `groups` is to be its segments by default.

    Returns
    -------
    Certificate

    Raises
    ------
    InputError
        All faults together: rows, lengths or numbers out of range, a budget below the cheapest, quotas above
        their group, a layer without ties.

    Notes
    -----
    Reverse reachable sets: Borgs et al. (2014); bounds: Tang, Tang, Xiao & Yuan (2018). What is promised beforehand is
    1 - 1/e for a count, 1/2 with quotas (1/3 with two kinds of them), (1 - 1/e)/2 for a budget, each less epsilon;
    nothing where these are combined. The bounds found hold in every case, with probability 1 - delta.

    Examples
    --------
    >>> from sim import Network, influence
    >>> star = Network.from_edges([0, 0, 0, 4], [1, 2, 3, 5], n_people=6, directed=True)
    >>> found = influence.certified(star, 1.0, count=1)
    >>> found.people.tolist(), found.lower_bound <= 4.0 <= found.upper_bound
    ([0], True)
    """
    begun = time.perf_counter()
    chances = Chances(probability, layer, pass_on, across)
    limits = Limits(count, budget, costs, groups, quotas, booked, excluded)
    accuracy = epsilon, delta, most_sets
    aim = weights, deadline, counts_chosen
    task = made_task(network, chances, limits, *aim, accuracy, master_seed, threads, population)
    from sim.network.certify import certify

    found = certify(task)
    promised = task.guarantee
    return Certificate(
        people=found.people,
        spread=found.spread,
        lower_bound=found.lower,
        upper_bound=found.upper,
        ratio=found.lower / found.upper if found.upper > 0 else math.nan,
        n_sets=found.n_sets,
        delta=delta,
        guarantee=None if promised is None else promised - epsilon,
        booked_spread=found.booked_spread,
        gains=found.gains,
        alone=found.alone,
        lower_by_place=found.lower_by_place,
        cost=task.cost[found.people],
        seconds=time.perf_counter() - begun,
    )


def levels(network: Network, people_per_agent: float = 1.0, layer: str | None = None) -> Names:
    """Return each person's level of influence: everyday, nano, micro, macro or mega, str[n_people].

    Parameters
    ----------
    network : Network
    people_per_agent : float
        People of the market that one person of the network stands for (`Population.people_per_agent`).
    layer : str, optional
        Which layer, where the network has several.

    Raises
    ------
    InputError
        No such layer, or one without ties.

    Examples
    --------
    >>> from sim import Network, influence
    >>> star = Network.from_edges([0] * 12, range(1, 13), n_people=13, directed=True)
    >>> influence.levels(star, people_per_agent=1_000)[:2].tolist()
    ['micro', 'everyday']
    """
    from sim.network.influence import LEVELS
    from sim.network.influence import levels as levels_on
    from sim.network.task import one_layer

    return np.array(LEVELS)[levels_on(one_layer(network, layer), people_per_agent)]


def strength(network: Network, layer: str | None = None) -> Floats:
    """Return each person's influence, Σ of the weights of the ties to its followers, float64[n_people].

    Raises
    ------
    InputError
        No such layer, or one without ties.
    """
    from sim.network.influence import influence
    from sim.network.task import one_layer

    return influence(one_layer(network, layer))
