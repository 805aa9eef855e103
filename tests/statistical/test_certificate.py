"""Certificates against brute force on small graphs: every bound holds, and greedy is as good as promised."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from sim import Network, cascade, influence
from tests import exact
from tests.reference_luck import combine, name_key, uniform_at

pytestmark = pytest.mark.statistical
DELTA = 1e-3


def graph(number):
    """Return a random graph of 5 to 12 people and at most 12 ties, with weights, costs and groups."""
    key = combine(name_key("test", "certificate"), number)
    coin = (uniform_at(key, k) for k in itertools.count())
    n = 5 + int(8 * next(coin))
    pairs = {(int(n * next(coin)), int(n * next(coin))) for _ in range(12)}
    ties = [(j, i, round(0.05 + 0.9 * next(coin), 2)) for j, i in sorted(pairs) if j != i] or [(0, 1, 0.5)]
    weights = [1.0 if number % 2 else 0.5 + int(3 * next(coin)) for _ in range(n)]
    costs = [1.0 + int(4 * next(coin)) for _ in range(n)]
    groups = [int(2 * next(coin)) for _ in range(n)]
    return n, ties, weights, costs, groups


def network_of(n, ties):
    src, dst, chances = zip(*ties, strict=True)
    return Network.from_edges(src, dst, n_people=n, directed=True), np.array(chances)


def subsets(n, size):
    return (people for k in range(1, size + 1) for people in itertools.combinations(range(n), k))


def test_bounds_hold_and_the_choice_is_as_good_as_promised():
    """200 graphs, three choices each. 600 certificates with δ = .001 give more than 4 exceptions once in 3,000 runs.

    The issue allows 2 for the 200 counted choices; a certificate that doubles its lower bound is caught.
    """
    exceptions = {"count": 0, "deadline": 0, "budget": 0}
    planted, ratios = 0, []
    for number in range(200):
        n, ties, weights, costs, _ = graph(number)
        network, chances = network_of(n, ties)
        ask = {"weights": weights, "delta": DELTA, "epsilon": 0.1, "master_seed": number, "threads": 1}
        for kind, limits in (
            ("count", {"count": 2}),
            ("deadline", {"count": 2, "deadline": 1}),
            ("budget", {"budget": 5.0, "costs": costs}),
        ):
            table = exact.reach_table(n, ties, limits.get("deadline"))
            found = influence.certified(network, chances, **limits, **ask)
            allowed = (
                subsets(n, 2)
                if kind != "budget"
                else (s for s in subsets(n, 5) if sum(costs[i] for i in s) <= 5.0)
            )
            true, most = exact.spread(table, found.people, weights), exact.best(table, allowed, weights)
            exceptions[kind] += not (found.lower_bound <= true + 1e-9 and most <= found.upper_bound + 1e-9)
            planted += 2 * found.lower_bound > true + 1e-9
            promised = 1 - 1 / math.e if kind != "budget" else (1 - 1 / math.e) / 2
            assert true >= (promised - 0.1) * most
            if kind == "budget":
                assert sum(costs[i] for i in found.people) <= 5.0
                assert found.spent == sum(costs[i] for i in found.people)
                ratios.append(true / most)
    assert max(exceptions.values()) <= 2, exceptions
    assert planted > 300
    assert np.median(ratios) > 0.98


def test_money_and_number_together():
    """200 graphs, three people for 6 at most: bounds hold but for 2 at most; nothing is promised, the median is the best."""
    exceptions, ratios, bounds = 0, [], []
    for number in range(200):
        n, ties, weights, costs, _ = graph(number)
        network, chances = network_of(n, ties)
        table = exact.reach_table(n, ties)
        limits = {"budget": 6.0, "costs": costs, "count": 3}
        found = influence.certified(
            network, chances, **limits, weights=weights, master_seed=number, threads=1, delta=DELTA
        )
        allowed = (s for s in subsets(n, 3) if sum(costs[i] for i in s) <= 6.0)
        true, most = exact.spread(table, found.people, weights), exact.best(table, allowed, weights)
        exceptions += not (found.lower_bound <= true + 1e-9 and most <= found.upper_bound + 1e-9)
        assert sum(costs[i] for i in found.people) <= 6.0
        assert len(found.people) <= 3
        ratios.append(true / most)
        bounds.append(found.ratio)
    assert exceptions <= 2
    assert np.median(ratios) == pytest.approx(1.0)
    assert min(ratios) > 0.8
    assert np.median(bounds) > 0.75


def test_quotas_booked_and_excluded():
    """Two groups with one place each, somebody booked, somebody excluded: bounds and the promise of 1/2 hold."""
    for number in range(60):
        n, ties, weights, _, groups = graph(number)
        network, chances = network_of(n, ties)
        if len(set(groups[2:])) < 2:
            continue
        table = exact.reach_table(n, ties)
        found = influence.certified(
            network, chances, count=2, weights=weights, groups=groups, quotas={0: 1, 1: 1}, booked=[0], excluded=[1],
            delta=DELTA, master_seed=number, threads=1,
        )  # fmt: skip
        assert found.guarantee == pytest.approx(0.4)
        assert not {0, 1} & set(found.people.tolist())
        assert len({groups[i] for i in found.people}) == len(found.people)
        allowed = [
            (0, *people) for people in subsets(n, 2)
            if not {0, 1} & set(people) and len({groups[i] for i in people}) == len(people)
        ]  # fmt: skip
        true = exact.spread(table, [0, *found.people], weights)
        most = exact.best(table, allowed, weights)
        assert found.lower_bound <= true + 1e-9
        assert found.upper_bound >= most - 1e-9
        assert true >= (0.5 - 0.1) * most


def test_estimates_are_what_they_say():
    """Spread, gains and what each reaches alone are within 6 standard errors of the exact values."""
    for number in range(20):
        n, ties, weights, _, _ = graph(number)
        network, chances = network_of(n, ties)
        table = exact.reach_table(n, ties)
        found = influence.certified(
            network,
            chances,
            count=3,
            weights=weights,
            booked=[4],
            epsilon=0.02,
            master_seed=number,
            threads=1,
        )
        total = sum(weights)
        error = 6 * total * 0.5 / math.sqrt(found.n_sets / 2)
        chosen = [4, *found.people.tolist()]
        spreads = [exact.spread(table, chosen[: k + 1], weights) for k in range(len(chosen))]
        assert found.booked_spread == pytest.approx(spreads[0], abs=error)
        assert found.spread == pytest.approx(spreads[-1], abs=error)
        np.testing.assert_allclose(found.gains, np.diff(spreads), atol=error)
        alone = [exact.spread(table, [i], weights) for i in found.people]
        np.testing.assert_allclose(found.alone, alone, atol=error)
        assert (found.lower_by_place <= np.array(spreads[1:]) + 1e-9).all()


@pytest.mark.parametrize(
    ("counts", "booked", "wanted"), [(True, [], 1.96), (False, [], 0.96), (True, [1], 2.6), (False, [1], 1.8)]
)
def test_those_chosen_may_count_or_not(counts, booked, wanted):
    """On 0 ⇄ 1 → 2 with chance .6, person 0 reaches 1 + p + p² with itself and p + p² without; with 1 booked 2 + p or 3p.

    Within 6 standard errors.
    """
    ties = Network.from_edges([0, 1, 1], [1, 0, 2], n_people=3, directed=True)
    excluded = [2] if booked else [1, 2]
    found = influence.certified(
        ties, 0.6, count=1, counts_chosen=counts, booked=booked, excluded=excluded, epsilon=0.01, threads=1
    )
    assert found.people.tolist() == [0]
    assert found.spread == pytest.approx(wanted, abs=6 * 3 * 0.5 / math.sqrt(found.n_sets / 2))
    assert found.lower_bound <= wanted <= found.upper_bound


def test_who_passes_on_only_by_chance_reaches_less():
    """On a chain 0 → 1 → 2 that all pass on with chance c, the spread of 0 is 1 + p + p·(p·c), within 6 errors."""
    chain = Network.from_edges([0, 1], [1, 2], n_people=3, directed=True)
    for c in (0.0, 0.3, 1.0):
        found = influence.certified(chain, 0.8, count=1, excluded=[1, 2], pass_on=c, epsilon=0.01, threads=1)
        assert found.people.tolist() == [0]
        error = 6 * 3 * 0.5 / math.sqrt(found.n_sets / 2)
        assert found.spread == pytest.approx(1 + 0.8 + 0.8 * 0.8 * c, abs=error)


def test_luck_costs_the_choice_less_than_a_hundredth():
    """On 2,000 people 20 chosen with ε = .1 reach within 1 % of those chosen with ε = .01, in the mean of 8.

    Judged by the same 4,000 worlds; what stops after the first sets falls short by more.
    """
    src = np.arange(12_000) % 2000
    dst = (src.astype(np.float64) * ((np.arange(12_000) * 0.6180339887) % 1.0)).astype(np.int64)
    ties = Network.from_edges(src, dst, n_people=2000, directed=False)

    def spread(**ask):
        found = influence.certified(ties, 0.04, count=20, threads=1, **ask)
        return cascade.independent(ties, 0.04, found.people, worlds=4000, master_seed=9).mean()

    best = spread(epsilon=0.01)
    mean = np.mean([spread(epsilon=0.1, master_seed=k) for k in range(8)])
    few = np.mean([spread(epsilon=0.1, master_seed=k, most_sets=2000) for k in range(8)])
    assert few < 0.99 * best < mean


def two_layers(a, b, n):
    """Return a network of two layers from their ties."""
    one, other = (
        Network.from_edges(*list(zip(*ties, strict=True))[:2], n_people=n, directed=True, name=name)
        for ties, name in ((a, "a"), (b, "b"))
    )
    return Network(n, {**one.layers, **other.layers})


def test_layers_that_keep_to_themselves():
    """A post on two layers, passed on where it is met: spread and bounds are those of all live-tie worlds of both.

    20 networks, 6 standard errors for the estimate; one that crosses from layer to layer is told apart.
    """
    n_crossed = 0
    for number in range(20):
        n, ties, weights, _, _ = graph(number)
        a, b = ties[::2], ties[1::2]
        if not b:
            continue
        network, chances = two_layers(a, b, n), {"a": [t[2] for t in a], "b": [t[2] for t in b]}
        table = exact.reach_table(2 * n, [*a, *((j + n, i + n, p) for j, i, p in b)])
        probability, reached = table
        table = probability, (reached & (1 << n) - 1) | reached >> n
        ask = {"count": 2, "weights": weights, "epsilon": 0.03, "master_seed": number, "threads": 1}
        found = influence.certified(network, chances, across=False, **ask)
        nodes = [node for person in found.people for node in (person, person + n)]
        true = exact.spread(table, nodes, weights)
        most = max(exact.spread(table, [*p, *(i + n for i in p)], weights) for p in subsets(n, 2))
        error = 6 * sum(weights) * 0.5 / math.sqrt(found.n_sets / 3)
        assert found.spread == pytest.approx(true, abs=error)
        assert found.lower_bound <= true + 1e-9
        assert found.upper_bound >= most - 1e-9
        crossed = influence.certified(network, chances, across=True, **ask).spread
        n_crossed += abs(crossed - true) > error
    assert n_crossed >= 3


def test_each_layer_has_its_own_chance_to_pass_on():
    """0 → 1 on a, then 1 → 2 on a and 1 → 3 on b: 0 reaches 2 by p·p·c_a, and 3 by the post on a never; within 6 errors."""
    network = two_layers([(0, 1), (1, 2)], [(1, 3)], 4)
    ask = {"count": 1, "excluded": [1, 2, 3], "epsilon": 0.01, "threads": 1}
    p = {"a": 0.8, "b": 0.5}
    found = influence.certified(network, p, across=False, pass_on={"a": 0.5, "b": 1.0}, **ask)
    error = 6 * 4 * 0.5 / math.sqrt(found.n_sets / 3)
    assert found.spread == pytest.approx(1 + 0.8 + 0.8 * 0.8 * 0.5, abs=error)
    across = influence.certified(network, p, **ask)
    assert across.spread == pytest.approx(1 + 0.8 + 0.64 + 0.4, abs=error)
