"""SIR on a random graph ends where Kermack & McKendrick's equation says: z = 1 - (1 - s₀)·e^(-R₀·z).

A hundred thousand people with ten ties each to people drawn at random, a hundred of them infected at the start. A
tie passes the infection on with probability T = 1 - γx/(1 - (1 - γ)x), x = 1 - β, over a period that ends each day
with probability γ; R₀ = 10·T. Into a person come Poisson(10) ties of different people: its chance to escape is
that of independent ties, so the equation holds for any γ.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from sim import Network, cascade

pytestmark = pytest.mark.statistical
PEOPLE, TIES, START = 100_000, 10, 100
SUPERCRITICAL, SUBCRITICAL = (1.5, 2.0, 3.0), 0.8


def random_graph(luck):
    rng = np.random.default_rng(luck)
    src = np.repeat(np.arange(PEOPLE), TIES)
    return Network.from_edges(src, rng.integers(0, PEOPLE, len(src)), n_people=PEOPLE, directed=True)


def final_size(r0):
    """Return the root of the equation in (0, 1]."""
    s0 = START / PEOPLE
    return brentq(lambda z: z - 1 + (1 - s0) * np.exp(-r0 * z), s0 / 2, 1.0)


def chance_per_day(r0, recovery):
    """Return β with which a tie passes the infection on with probability R₀ / 10 in all."""
    escapes = 1 - r0 / TIES
    return 1 - escapes / (recovery + (1 - recovery) * escapes)


def infected(network, r0, recovery, worlds=6):
    """Return the mean share ever infected."""
    start = np.random.default_rng(1).choice(PEOPLE, START, replace=False)
    sizes = cascade.sir(network, chance_per_day(r0, recovery), start, recovery=recovery, worlds=worlds)
    return sizes.mean() / PEOPLE


def check(measured):
    """Hold a mean over six worlds to 2 % of the equation where R₀ > 1, to 1 % of the people where not.

    In one world the sd is .0055 (.9 % of z) at R₀ = 1.5, less above; .0012 at .8, where the mean is .005 (measured
    over 20 worlds on 4 graphs). 2 % is 5 sd of the mean of six: false alarm below 1e-5 in all.
    """
    for r0 in SUPERCRITICAL:
        assert abs(measured(r0) / final_size(r0) - 1) <= 0.02, r0
    assert measured(SUBCRITICAL) < 0.01


@pytest.mark.parametrize("recovery", [1.0, 0.4])
def test_as_many_are_infected_as_the_equation_says(recovery):
    network = random_graph(1)
    check(lambda r0: infected(network, r0, recovery))


@pytest.mark.verify
@pytest.mark.parametrize("recovery", [1.0, 0.6, 0.2])
def test_it_is_so_on_five_graphs(recovery):
    networks = [random_graph(luck) for luck in range(5)]
    check(lambda r0: np.mean([infected(network, r0, recovery) for network in networks]))


BUGS = {
    "one day of infection less": lambda r0, g: (r0 * (1 - g), g),
    "recovery by a tenth too slow": lambda r0, g: (r0, g * 0.9),
    "a tie lives a twentieth too often": lambda r0, g: (r0 * 1.05, g),
}


@pytest.mark.parametrize("bug", BUGS)
def test_another_epidemic_is_noticed(bug):
    """Infect with the β of the true γ, let people recover by the wrong one."""
    network = random_graph(1)

    def measured(r0):
        told, recovery = BUGS[bug](r0, 0.4)
        start = np.arange(START)
        sizes = cascade.sir(network, chance_per_day(told, 0.4), start, recovery=recovery, worlds=6)
        return sizes.mean() / PEOPLE

    with pytest.raises(AssertionError):
        check(measured)
