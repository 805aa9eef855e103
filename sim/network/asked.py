"""What the models of `sim.cascade` are asked, checked and made ready; and the worlds counted.

Nothing here is heavy to import: kernels are, and come when a model runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, InputError, did_you_mean, listed

if TYPE_CHECKING:
    from sim.agents.population import Population
    from sim.network.graph import Network, TieLayer

Sizes = npt.NDArray[np.int64]
_WEIGHTED = "weighted"
_RULES = ("fraction", "count")


class Asked:
    """Hold what all models are asked, checked; faults are collected until the layer is needed."""

    def __init__(
        self, network: Network, layer: str | None, seed_set: Any, worlds: Any, master_seed: int,
        threads: int | None, population: Population | None,
    ):  # fmt: skip
        self.faults: list[Fault] = []
        self._n_people = network.n_people
        self._ties = self._layer_of(network, layer)
        self._replications = self._worlds(worlds)
        self._seeds = self._seed_sets(seed_set)
        self._master_seed, self._threads = master_seed, threads or os.cpu_count() or 1
        if not 0 <= master_seed < 2**63:
            self.faults.append(
                Fault("master_seed", f"{master_seed}", "want a whole number from 0 to 2^63 - 1")
            )
        if threads is not None and threads < 1:
            self.faults.append(Fault("threads", f"{threads}", "want 1 or more"))
        if population is not None and population.n_people != network.n_people:
            wanted = f"want the {network.n_people} people of the network"
            self.faults.append(Fault("population", f"{population.n_people} people", wanted))
        self._population = population

    def _layer_of(self, network: Network, name: str | None) -> TieLayer | None:
        known = f"want one of {listed(network.layers)}"
        if name is None and len(network.layers) != 1:
            self.faults.append(Fault("layer", f"none named, {len(network.layers)} in the network", known))
            return None
        name = next(iter(network.layers)) if name is None else name
        if name not in network.layers:
            self.faults.append(Fault("layer", f"{name!r}", known, did_you_mean(name, network.layers)))
            return None
        if network.layers[name].is_well_mixed:
            self.faults.append(Fault("layer", f"{name} is well mixed", "want a layer with ties"))
        return network.layers[name]

    def _worlds(self, worlds: Any) -> range:
        chosen = worlds if isinstance(worlds, range) else range(0)
        if isinstance(worlds, int | np.integer):
            chosen = range(int(worlds))
        if len(chosen) == 0 or min(chosen[0], chosen[-1]) < 0:
            wanted = "want how many, 1 or more, or a range of replications"
            self.faults.append(Fault("worlds", f"{worlds}", wanted))
        return chosen

    def _seed_sets(self, given: Any) -> npt.NDArray[np.int32]:
        """Return int32[1 or n_worlds, n_seeds]; without people where something is wrong."""
        return seed_rows("seed_set", given, self._n_people, len(self._replications), self.faults)

    def chances(self, where: str, told: Any) -> npt.NDArray[np.float64] | None:
        """Return what is told of the ties, float64[n_given] or [1]; None for "weighted"."""
        if isinstance(told, str):
            if told != _WEIGHTED:
                wanted = 'want a number, one per tie, or "weighted"'
                self.faults.append(Fault(where, f"{told!r}", wanted, did_you_mean(told, [_WEIGHTED])))
            return None
        values = self._numbers(where, told, 1.0, "want values from 0 to 1")
        if self._ties is not None and np.ndim(told) > 0 and values is not None:
            from sim.network.chances import n_given

            n, given = n_given(self._ties), self._ties.given
            if values.shape != (n,):
                both = ", both ways of an undirected one" if given is not None and len(given) == 2 else ""
                self.faults.append(
                    Fault(where, f"{values.size} values", f"want {n}, one per given tie{both}")
                )
        return values

    def needs(self, told: Any, rule: str) -> npt.NDArray[np.float64]:
        """Return what people need, float64[n_people] or [1]."""
        if rule not in _RULES:
            wanted = f"want one of {listed(_RULES)}"
            self.faults.append(Fault("rule", f"{rule!r}", wanted, did_you_mean(rule, _RULES)))
        if rule == "count":
            most, wanted = float(2**31 - 1), "want whole numbers from 1 on"
        else:
            most, wanted = 1.0, "want fractions from 0 to 1"
        values = self._numbers("need", told, most, wanted)
        if values is None:
            return np.ones(1)
        if rule == "count" and ((values < 1) | (values != np.floor(values))).any():
            self.faults.append(Fault("need", f"{values.min():g}", wanted, "fractions are another rule"))
        if np.ndim(told) > 0 and values.shape != (self._n_people,):
            wanted = f"want one, or one for each of the {self._n_people} people"
            self.faults.append(Fault("need", f"{values.size} values", wanted))
        return values

    def _numbers(self, where: str, told: Any, most: float, wanted: str) -> npt.NDArray[np.float64] | None:
        values = np.array(told, ndmin=1)
        if values.dtype.kind not in "iuf":
            self.faults.append(Fault(where, f"{values.dtype} values", wanted))
            return None
        values = values.astype(np.float64)
        wrong = values[~((values >= 0) & (values <= most))]
        if len(wrong):
            further = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            self.faults.append(Fault(where, f"{wrong[0]:g}{further}", wanted))
        return values

    def layer_or_raise(self) -> TieLayer:
        """Return the layer where all is well."""
        if self.faults or self._ties is None:
            raise InputError(self.faults)
        from sim import luck_keys

        self.uid = luck_keys.row_uids(self._n_people) if self._population is None else self._population.uid
        self.uid.setflags(write=False)
        return self._ties

    def activated(self, influence: Any, message: str) -> Sizes:
        """Return how many act in each world."""
        from sim.kernels import thresholds as kernels

        def run(see: Any, share: Any, seeds: Any, sizes: Any) -> None:
            kernels.activate(share, seeds, influence, kernels.board(len(self.uid)), sizes)

        return self.counted(run, message)

    @property
    def n_worlds(self) -> int:
        """How many worlds are asked for."""
        return len(self._replications)

    @property
    def threads(self) -> int:
        """How many threads may run."""
        return self._threads

    def see_keys(self, message: str) -> npt.NDArray[np.uint64]:
        """Return the luck of "see" for the layer and the message, uint64[n_worlds]."""
        from sim.luck_keys import decision_keys, name_key

        assert self._ties is not None
        names = name_key("layer", self._ties.name), name_key("message", message)
        return decision_keys(self._master_seed, self._replications, "see", *names)

    def counted(self, run: Callable[[Any, Any, Any, Sizes], None], message: str) -> Sizes:
        """Run the worlds, some to a thread at a time."""
        assert self._ties is not None
        from sim.luck_keys import decision_keys, name_key

        see = self.see_keys(message)
        share = decision_keys(self._master_seed, self._replications, "share", name_key("message", message))
        sizes = np.zeros(len(self._replications), np.int64)
        n_parts = min(self._threads, len(sizes))
        bounds = np.linspace(0, len(sizes), n_parts + 1).astype(int).tolist()

        def part(begin: int, end: int) -> None:
            seeds = self._seeds if len(self._seeds) == 1 else self._seeds[begin:end]
            run(see[begin:end], share[begin:end], seeds, sizes[begin:end])

        if n_parts == 1:
            part(0, len(sizes))
        else:
            with ThreadPoolExecutor(n_parts) as pool:
                list(pool.map(part, bounds[:-1], bounds[1:]))
        return sizes


def seed_rows(
    where: str, given: Any, n_people: int, n_worlds: int, faults: list[Fault]
) -> npt.NDArray[np.int32]:
    """Return a seed set, or one for each world, as int32[1 or n_worlds, n_seeds].

    Where something is wrong the fault is added to `faults`, and nobody is in it.
    """
    got, wanted = "", ""
    try:
        seeds = np.array(sorted(given) if isinstance(given, set | frozenset) else given, ndmin=1)
    except ValueError:
        got, wanted = "sets of unequal length", "want as many people for each world"
        seeds = np.zeros(0)
    if got == "" and (seeds.size == 0 or seeds.ndim > 2):
        got = f"an array of shape {seeds.shape}" if seeds.size else "nobody"
        wanted = "want the row number of at least one person, or a set of them for each world"
    elif got == "" and seeds.dtype.kind not in "iu":
        got, wanted = f"{seeds.dtype} values", "want whole numbers: the row of each person"
    elif got == "":
        wrong = seeds[(seeds < 0) | (seeds >= n_people)]
        if len(wrong):
            got = f"{wrong[0]}" + (f" and {len(wrong) - 1} more" if len(wrong) > 1 else "")
            wanted = f"want row numbers from 0 to n_people - 1 = {n_people - 1}"
        elif seeds.ndim == 2 and len(seeds) != n_worlds:
            got = f"{len(seeds)} seed sets"
            wanted = f"want one for each of the {n_worlds} worlds"
    if got:
        faults.append(Fault(where, got, wanted))
        return np.zeros((1, 0), np.int32)
    return np.ascontiguousarray(np.atleast_2d(seeds).astype(np.int32))
