"""What every rule of choosing people must hold."""

from __future__ import annotations

import dataclasses

import numpy as np

from sim import luck_keys
from sim.network.choice import Field, Rule, take
from sim.network.graph import Network


def field_of(n=60, master_seed=1):
    """Return people in three segments on a layer where some are followed by many, and two by nobody."""
    src = np.array([k * k % (n - 2) for k in range(5 * n)])
    dst = np.array([(7 * k + k // n) % n for k in range(5 * n)])
    layer = Network.from_edges(src, dst, n_people=n, directed=True).layers["ties"]
    key = luck_keys.certificate_key(master_seed, 1)
    return Field(layer, luck_keys.row_uids(n), np.arange(n) % 3, key, 0.1, np.arange(n) % 7 * 1.0)


class RuleContract:
    """Hold a rule to: everyone once, the same twice, those who may be chosen, money, and luck from its key alone."""

    rule: Rule

    def test_it_says_what_it_is(self):
        assert self.rule.name.isidentifier()
        assert self.rule.title
        assert self.rule.source

    def test_everyone_stands_once_in_the_order(self):
        field = field_of()
        order = self.rule.order(field, field.n_people)
        assert order.dtype == np.int32
        assert sorted(order.tolist()) == list(range(field.n_people))

    def test_the_first_of_a_short_order_are_those_of_a_long_one(self):
        field = field_of()
        short, long = self.rule.order(field, 5), self.rule.order(field, field.n_people)
        assert short[:5].tolist() == long[:5].tolist()

    def test_the_same_twice(self):
        one, two = (self.rule.order(field_of(), 60) for _ in range(2))
        np.testing.assert_array_equal(one, two)

    def test_luck_comes_from_the_key_alone(self):
        one, two = (self.rule.order(field_of(master_seed=seed), 60) for seed in (1, 2))
        is_by_chance = self.rule.name in ("random", "betweenness")
        assert is_by_chance or one.tolist() == two.tolist()
        assert self.rule.name != "random" or one.tolist() != two.tolist()

    def test_missing_values_come_last(self):
        field = field_of()
        gaps = np.where(np.arange(60) < 10, np.nan, field.column)
        order = self.rule.order(dataclasses.replace(field, column=gaps), 60)
        assert not self.rule.needs_column or set(order[-10:].tolist()) == set(range(10))

    def test_only_the_open_are_taken_and_paid(self):
        field = field_of()
        is_open, cost = np.arange(60) % 2 == 0, np.arange(60) % 5 + 1.0
        taken = take(self.rule.order(field, 60), is_open, 8, cost, 15.0)
        assert 0 < len(taken) <= 8
        assert is_open[taken].all()
        assert cost[taken].sum() <= 15.0
