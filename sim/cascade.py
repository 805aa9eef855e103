"""Textbook models of spreading on a network: how many people are reached, world by world.

``from sim import cascade``. Each model takes the network, its own number, and the seed set, and gives an
int64 array: the people reached in each world, seed set included. A world is (master seed, replication); what
happens in it is that of the day of a scenario whose other parts are switched off, tie by tie. `WorldBank` keeps
worlds of the independent cascade and tries 64 seed sets on each at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy.typing as npt

from sim.errors import Fault, InputError
from sim.network.asked import Asked, Sizes
from sim.network.bank import WorldBank

if TYPE_CHECKING:
    from sim.agents.population import Population
    from sim.network.graph import Network

__all__ = ["WorldBank", "independent", "linear_threshold", "sir", "threshold"]


def independent(
    network: Network,
    probability: npt.ArrayLike | Literal["weighted"],
    seed_set: npt.ArrayLike,
    *,
    worlds: int | range = 100,
    master_seed: int = 0,
    threads: int | None = None,
    layer: str | None = None,
    message: str = "message",
    population: Population | None = None,
) -> Sizes:
    """Spread by the independent cascade: each person reached has one chance along each of its ties.

    Parameters
    ----------
    network : Network
    probability : float, float[n_given], or "weighted"
        Chance of each tie, in [0, 1]: one for all; or one per tie in the order in which
        `Network.from_edges` was given them, an undirected one's for both ways (for a network made
        otherwise: in the order of `Network.to_frame`); or ω_ji / Σ ω into i. Parallel ties are
        several chances, 1 - ∏(1 - p_e).
    seed_set : int[n_seeds], or int[n_worlds, n_seeds]
        Row numbers of those reached at the start; or a seed set for each world.
    worlds : int or range
        How many worlds, from replication 0 on; or which replications.
    master_seed : int
    threads : int, optional
        Default: as many as the machine has processors. The result is the same for any number.
    layer : str, optional
        Which layer, where the network has several.
    message : str
        Name of what is spread. Layer, message, master seed and replication name the luck.
    population : Population, optional
        Whose ids name the people's luck; absent: their row numbers.

    Returns
    -------
    int64[n_worlds]
        People reached, seed set included.

    Raises
    ------
    InputError
        All faults together: people or numbers out of range, lengths that differ, unknown words.

    Notes
    -----
    Kempe, Kleinberg & Tardos (2003); ``"weighted"`` is the weighted cascade of the same authors. What one
    chance for all, or ``"weighted"``, makes of a layer is kept from one call to the next.

    Examples
    --------
    >>> from sim import Network, cascade
    >>> chain = Network.from_edges([0, 1, 2], [1, 2, 3], n_people=4, directed=True)
    >>> cascade.independent(chain, [1.0, 1.0, 0.0], [0], worlds=3)
    array([3, 3, 3])
    >>> cascade.independent(chain, 0.5, [0], worlds=10_000, master_seed=1).mean().round(1)
    np.float64(1.9)
    """
    return sir(
        network, probability, seed_set, recovery=1.0, worlds=worlds, master_seed=master_seed,
        threads=threads, layer=layer, message=message, population=population,
    )  # fmt: skip


def sir(
    network: Network,
    probability: npt.ArrayLike | Literal["weighted"],
    seed_set: npt.ArrayLike,
    *,
    recovery: float,
    worlds: int | range = 100,
    master_seed: int = 0,
    threads: int | None = None,
    layer: str | None = None,
    message: str = "message",
    population: Population | None = None,
) -> Sizes:
    """Spread by SIR until nobody is infectious: each day one chance along each tie, then recovery by chance.

    Parameters
    ----------
    probability : as in `independent`
        Chance per tie and day (β of NDlib).
    recovery : float
        Chance to recover at the end of each day, in (0, 1] (γ of NDlib). 1 is the independent cascade.
    network, seed_set, worlds, master_seed, threads, layer, message, population : as in `independent`

    Returns
    -------
    int64[n_worlds]
        People ever infected, seed set included.

    Raises
    ------
    InputError
        As `independent`.

    Examples
    --------
    >>> from sim import Network, cascade
    >>> pair = Network.from_edges([0], [1], n_people=2, directed=True)
    >>> cascade.sir(pair, 0.5, [0], recovery=0.5, worlds=10_000).mean().round(2)
    np.float64(1.66)
    """
    ask = Asked(network, layer, seed_set, worlds, master_seed, threads, population)
    told = ask.chances("probability", probability)
    if not 0.0 < recovery <= 1.0:
        wanted = "want a chance per day above 0 and at most 1"
        ask.faults.append(Fault("recovery", f"{recovery}", wanted, "who never recovers reaches everyone"))
    ties = ask.layer_or_raise()
    from sim.kernels import cascade as kernels
    from sim.network.chances import kept_odds

    odds = kept_odds(ties, told, ask.uid)

    def run(see: Any, share: Any, seeds: Any, sizes: Any) -> None:
        kernels.spread(see, share, seeds, odds, 1.0 - recovery, kernels.desk(len(ask.uid)), sizes)

    return ask.counted(run, message)


def linear_threshold(
    network: Network,
    influence: npt.ArrayLike | Literal["weighted"],
    seed_set: npt.ArrayLike,
    *,
    worlds: int | range = 100,
    master_seed: int = 0,
    threads: int | None = None,
    layer: str | None = None,
    message: str = "message",
    population: Population | None = None,
) -> Sizes:
    """Spread by the linear threshold model: a person acts once the influence of those who act reaches its threshold.

    Parameters
    ----------
    influence : float, float[n_given], or "weighted"
        Influence b_ji of each tie, told as `probability` is in `independent`; those into one person add
        up to 1 at most. ``"weighted"``: ω_ji / Σ ω into i, 1 / in-degree where all weigh the same.
    network, seed_set, worlds, master_seed, threads, layer, message, population : as in `independent`

    Returns
    -------
    int64[n_worlds]
        People who act in the end, seed set included. Each world draws everyone's threshold from U[0, 1).

    Raises
    ------
    InputError
        As `independent`; and influences that add up to more than 1.

    Notes
    -----
    Granovetter (1978); Kempe, Kleinberg & Tardos (2003). Sums are kept in units of 2^-30.

    Examples
    --------
    >>> from sim import Network, cascade
    >>> pair = Network.from_edges([0, 1], [2, 2], n_people=3, directed=True)
    >>> cascade.linear_threshold(pair, "weighted", [0, 1], worlds=2)
    array([3, 3])
    >>> cascade.linear_threshold(pair, "weighted", [0], worlds=10_000).mean().round(1)
    np.float64(1.5)
    """
    ask = Asked(network, layer, seed_set, worlds, master_seed, threads, population)
    told = ask.chances("influence", influence)
    ties = ask.layer_or_raise()
    from sim.network.chances import shares_drawn, told_into

    if told is not None and (most := told_into(ties, told).max(initial=0.0)) > 1.0 + 1e-9:
        wanted = "want influences that add up to 1 at most for each person"
        raise InputError(Fault("influence", f"{most:g} into one person", wanted, 'or "weighted"'))
    return ask.activated(shares_drawn(ties, told, ask.uid), message)


def threshold(
    network: Network,
    need: npt.ArrayLike,
    seed_set: npt.ArrayLike,
    *,
    rule: Literal["fraction", "count"] = "fraction",
    worlds: int | range = 1,
    master_seed: int = 0,
    threads: int | None = None,
    layer: str | None = None,
    message: str = "message",
    population: Population | None = None,
) -> Sizes:
    """Spread by a fixed threshold: a person acts once enough of the people it listens to do.

    Parameters
    ----------
    need : float or float[n_people]
        Rule ``"fraction"``: φ in [0, 1], acts once ⌈φk⌉ of its k ties act, and at least one.
        Rule ``"count"``: the number itself, a whole one from 1 on.
    rule : "fraction" or "count"
    network, seed_set, worlds, master_seed, threads, layer, message, population : as in `independent`
        Nothing is drawn: worlds differ by their seed sets, if there is one for each.

    Returns
    -------
    int64[n_worlds]
        People who act in the end, seed set included.

    Raises
    ------
    InputError
        As `independent`.

    Notes
    -----
    Fractions: Watts (2002). Counts: Centola & Macy (2007).

    Examples
    --------
    >>> from sim import Network, cascade
    >>> ties = [0, 0, 1, 1, 2], [1, 2, 2, 3, 3]
    >>> net = Network.from_edges(*ties, n_people=5, directed=False)
    >>> cascade.threshold(net, 2, [0, 1], rule="count")
    array([4])
    >>> cascade.threshold(net, 0.3, [[0], [4]], worlds=2)
    array([4, 1])
    """
    ask = Asked(network, layer, seed_set, worlds, master_seed, threads, population)
    told = ask.needs(need, rule)
    ties = ask.layer_or_raise()
    from sim.network.chances import needs

    return ask.activated(needs(ties, told, rule, ask.uid), message)
