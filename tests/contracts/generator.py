"""What every maker of layers must hold; a new one is done when it passes."""

from __future__ import annotations

import numpy as np

from sim.kernels.luck import combine
from sim.network.graph import TieLayer
from sim.network.measure import describe
from sim.public import Public
from sim.scenario.media import GENERATORS
from tests import plans


class GeneratorContract:
    """Base of the test of one generator: subclass it and name what is written after ``generate:``."""

    generator: str
    layers = ("feed", "offline")

    def public(self, master_seed: int = 1, **more_layers: object) -> Public:
        """Return a public of 1,200 people, 70 % of them on the feed, with the generator's defaults on each layer."""
        scenario = plans.bare(agents=1200, days=1, master_seed=master_seed)
        usage = {
            "feed": {"users": 0.7, "visits_per_day": 1.0},
            "other": {"users": 0.5, "visits_per_day": 1.0},
        }
        halves = {name: {"share": 0.5, "usage": usage} for name in ("north", "south")}
        scenario["audience"]["segments"] = halves
        scenario["channels"] = {name: {"kind": "feed", "medium": "feed"} for name in usage}
        scenario["network"] = {name: {"generate": self.generator} for name in self.layers} | more_layers
        return plans.made_ready(scenario).public

    def test_it_may_be_written(self) -> None:
        assert self.generator in GENERATORS, "name it in GENERATORS, sim/scenario/media.py"

    def test_rows_are_in_order_of_tie_ids_without_doubles_or_loops(self) -> None:
        public = self.public()
        for name in self.layers:
            assert_in_order(public.network.layers[name], public.population.uid)

    def test_only_users_of_a_channel_hear_and_are_heard_on_it(self) -> None:
        public = self.public()
        if "feed" in self.layers:
            layer = public.network.layers["feed"]
            is_user = public.population.usage[public.population.channel_names.index("feed")] > 0
            assert is_user[layer.out_dst].all()
            assert is_user[layer.audience_sizes > 0].all()

    def test_it_is_drawn_from_the_master_seed_alone(self) -> None:
        first, again, other = self.public(), self.public(), self.public(master_seed=2)
        for name in self.layers:
            a, b, c = (p.network.layers[name] for p in (first, again, other))
            np.testing.assert_array_equal(a.out_dst, b.out_dst)
            assert a.n_ties == 0 or a.n_ties != c.n_ties or (a.out_dst != c.out_dst).any()

    def test_another_layer_moves_nothing(self) -> None:
        alone, beside = self.public(), self.public(other={"generate": "power_law"})
        for name in self.layers:
            np.testing.assert_array_equal(
                alone.network.layers[name].out_dst, beside.network.layers[name].out_dst
            )

    def test_what_was_made_is_measured(self) -> None:
        public = self.public()
        for name in self.layers:
            layer = public.network.layers[name]
            facts = describe(layer, public.population)
            assert facts["n_ties"] == layer.n_ties
            assert layer.is_well_mixed or layer.n_ties > public.population.n_people


def assert_in_order(layer: TieLayer, uid: np.ndarray) -> None:
    """Demand that each row is sorted by tie id, strictly, and that nobody hears himself."""
    for j in range(len(layer.out_ptr) - 1):
        row = layer.out_dst[layer.out_ptr[j] : layer.out_ptr[j + 1]]
        assert j not in row
        assert len(set(row.tolist())) == len(row)
        ids = [int(np.uint64(combine(uid[j], uid[i]))) for i in row]
        assert ids == sorted(ids)
