"""What a certified choice is asked, checked and made ready."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, InputError, did_you_mean, listed

if TYPE_CHECKING:
    from sim.agents.population import Population
    from sim.network.graph import Network, TieLayer
    from sim.network.greedy import Task

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
_MOST = 1e300


@dataclass(frozen=True, slots=True)
class Chances:
    """Hold what was told of the ties, as in `sim.influence.certified`."""

    probability: Any
    layer: str | None
    pass_on: Any
    across: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold what was told of the choice, as in `sim.influence.certified`."""

    count: Any
    budget: Any
    costs: Any
    groups: Any
    quotas: Any
    booked: Any
    excluded: Any


def one_layer(network: Network, name: str | None) -> TieLayer:
    """Return a layer with ties by its name, or the only one."""
    faults: list[Fault] = []
    layer = _layer(network, name, "layer", faults)
    if layer is None:
        raise InputError(faults)
    return layer


def _layer(network: Network, name: str | None, where: str, faults: list[Fault]) -> TieLayer | None:
    known = f"want one of {listed(network.layers)}"
    if name is None and len(network.layers) == 1:
        name = next(iter(network.layers))
    if name is None or name not in network.layers:
        got = f"none named, {len(network.layers)} in the network" if name is None else f"{name!r}"
        faults.append(Fault(where, got, known, did_you_mean(name or "", network.layers)))
        return None
    layer = network.layers[name]
    if layer.is_well_mixed or layer.n_ties == 0:
        got = f"{name} is well mixed" if layer.is_well_mixed else f"{name} has no ties"
        faults.append(Fault(where, got, "want a layer with ties"))
        return None
    return layer


def made_task(
    network: Network, chances: Chances, limits: Limits, weights: Any, deadline: Any, counts_chosen: bool,
    accuracy: tuple[float, float, int], master_seed: int, threads: int | None, population: Population | None,
) -> Task:  # fmt: skip
    """Return the task of a certified choice.

    Raises
    ------
    InputError
        All faults together.
    """
    ask = _Ask(network, population)
    layers = ask.layers(chances)
    weight = np.ones(ask.n) if weights is None else ask.per_person("weights", weights)
    if weights is not None and not ask.faults and not weight.sum() > 0:
        ask.faults.append(Fault("weights", "nobody is worth anything", "want a weight above 0"))
    booked, excluded = ask.rows("booked", limits.booked), ask.rows("excluded", limits.excluded)
    is_open = np.ones(ask.n, np.bool_)
    is_open[booked], is_open[excluded] = False, False
    cost, budget = ask.money(limits, is_open)
    group, quota = ask.groups(limits, is_open)
    count = ask.count(limits, is_open)
    steps = ask.steps(deadline)
    ask.accuracy(*accuracy, master_seed, threads)
    if ask.faults:
        raise InputError(ask.faults)
    from sim.network.greedy import Task
    from sim.network.sets import in_ties

    return Task(
        ties=in_ties(layers, chances.across), weight=weight, cost=cost, budget=budget, count=count, group=group,
        quota=quota, is_open=is_open, booked=booked, steps=steps, counts_chosen=counts_chosen,
        epsilon=accuracy[0], delta=accuracy[1],
        most_sets=int(accuracy[2]), threads=threads or os.cpu_count() or 1, master_seed=master_seed,
    )  # fmt: skip


class _Ask:
    """Check what is asked; faults are collected."""

    def __init__(self, network: Network, population: Population | None):
        self.faults: list[Fault] = []
        self.n = network.n_people
        self._network, self._population = network, population
        if population is not None and population.n_people != self.n:
            wanted = f"want the {self.n} people of the network"
            self.faults.append(Fault("population", f"{population.n_people} people", wanted))

    def _fault(self, where: str, got: str, wanted: str, hint: str = "") -> None:
        self.faults.append(Fault(where, got, wanted, hint))

    def layers(self, asked: Chances) -> list[tuple[TieLayer, Floats, Floats]]:
        """Return the layers with the chances of their ties, and who passes on what it met there."""
        by_layer = isinstance(asked.probability, Mapping)
        told = asked.probability if by_layer else {asked.layer: asked.probability}
        if by_layer and not told:
            self._fault("probability", "no layer", f"want some of {listed(self._network.layers)}")
        pass_on = self._pass_on(asked, list(told))
        out = []
        for (name, probability), each in zip(told.items(), pass_on, strict=True):
            where = f"probability of {name}" if by_layer else "probability"
            layer = _layer(self._network, name, where if by_layer else "layer", self.faults)
            values = self._chances(where, probability, layer)
            if layer is not None and not self.faults:
                from sim.network.chances import tie_chances

                out.append((layer, tie_chances(layer, values), each))
        return out

    def _pass_on(self, asked: Chances, layers: list[Any]) -> list[Floats]:
        """Return who passes on what it met on each layer."""
        wanted = "want chances from 0 to 1"
        if not isinstance(asked.pass_on, Mapping):
            return [self.numbers("pass_on", asked.pass_on, 1.0, wanted)] * len(layers)
        if asked.across or set(asked.pass_on) != set(layers):
            told = "with `across=False`, for each layer of `probability`"
            self._fault(
                "pass_on", f"chances of {listed(asked.pass_on)}", f"want one for all layers or, {told}"
            )
            return [np.ones(1)] * len(layers)
        return [self.numbers(f"pass_on of {name}", asked.pass_on[name], 1.0, wanted) for name in layers]

    def _chances(self, where: str, told: Any, layer: TieLayer | None) -> Floats | None:
        """Return what is told of the ties, None for "weighted"."""
        if isinstance(told, str):
            if told != "weighted":
                wanted = 'want a number, one per tie, or "weighted"'
                self._fault(where, f"{told!r}", wanted, did_you_mean(told, ["weighted"]))
            return None
        values = self._numbers(where, told, 1.0, "want values from 0 to 1")
        if layer is not None and np.ndim(told) > 0:
            from sim.network.chances import n_given

            if values.shape != (n_given(layer),):
                self._fault(where, f"{values.size} values", f"want {n_given(layer)}, one per given tie")
        return values

    def _numbers(self, where: str, told: Any, most: float, wanted: str) -> Floats:
        try:
            values = np.array(told, np.float64, ndmin=1)
        except (TypeError, ValueError):
            self._fault(where, f"{type(told).__name__} values", wanted)
            return np.ones(1)
        wrong = values[~((values >= 0) & (values <= most))]
        if len(wrong):
            further = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            self._fault(where, f"{wrong[0]:g}{further}", wanted)
        return values

    def numbers(self, where: str, told: Any, most: float, wanted: str) -> Floats:
        """Return one number for all people, or one for each."""
        values = self._numbers(where, told, most, wanted)
        if values.shape not in ((1,), (self.n,)):
            self._fault(where, f"{values.size} values", f"want one, or one for each of the {self.n} people")
        return values

    def per_person(self, where: str, told: Any) -> Floats:
        """Return a number ≥ 0 for each person."""
        values = self.numbers(where, told, _MOST, "want numbers of 0 or more")
        return np.ascontiguousarray(np.broadcast_to(values, self.n) if values.shape == (1,) else values)

    def rows(self, where: str, told: Any) -> Rows:
        """Return row numbers, each once."""
        rows = np.array(sorted(told) if isinstance(told, set | frozenset) else told, ndmin=1)
        if rows.size == 0:
            return np.zeros(0, np.int32)
        if rows.ndim != 1 or rows.dtype.kind not in "iu":
            self._fault(where, f"{rows.dtype} values", "want whole numbers: the row of each person")
            return np.zeros(0, np.int32)
        wrong = rows[(rows < 0) | (rows >= self.n)]
        if len(wrong):
            further = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            wanted = f"want row numbers from 0 to n_people - 1 = {self.n - 1}"
            self._fault(where, f"{wrong[0]}{further}", wanted)
            return np.zeros(0, np.int32)
        is_named = np.zeros(self.n, np.bool_)  # np.unique hashes, which takes ten times as long (numpy 2.4)
        is_named[rows] = True
        return np.flatnonzero(is_named).astype(np.int32)

    def money(self, limits: Limits, is_open: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
        """Return what each person costs, and what may be spent."""
        told = limits.costs if limits.costs is not None else float(limits.budget is not None)
        n_before = len(self.faults)
        cost = self.per_person("costs", told)
        if limits.budget is None:
            return cost, math.inf
        budget = float(self._numbers("budget", limits.budget, _MOST, "want money of 0 or more")[0])
        if len(self.faults) == n_before and is_open.any() and budget < (least := float(cost[is_open].min())):
            self._fault("budget", f"{budget:g}", f"want at least what the cheapest person costs, {least:g}")
        return cost, budget

    def groups(self, limits: Limits, is_open: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Return everyone's groups, one of each kind, and the places of each group."""
        if limits.quotas is None:
            if limits.groups is not None:
                self._fault("groups", "groups without quotas", "want `quotas`, a mapping of group to number")
            return np.zeros((self.n, 1), np.int64), np.array([self.n], np.int64)
        told = limits.groups if isinstance(limits.groups, Mapping) else {"": limits.groups}
        quotas = limits.quotas if isinstance(limits.groups, Mapping) else {"": limits.quotas}
        kinds = [kind for kind in told if kind in quotas]
        for kind in (*(k for k in told if k not in quotas), *(k for k in quotas if k not in told)):
            self._fault(
                f"quotas of {kind}", "quotas and groups of other kinds", f"want some of {listed(told)}"
            )
        columns, places = [np.zeros(self.n, np.int64)], [np.array([self.n], np.int64)]
        for kind in kinds:
            found = self._one_kind(told[kind], quotas[kind], is_open)
            if found is not None:
                columns.append(found[0] + sum(map(len, places)))
                places.append(found[1])
        return np.stack(columns, axis=1), np.concatenate(places)

    def _one_kind(
        self, groups: Any, quotas: Mapping[Any, Any], is_open: npt.NDArray[np.bool_]
    ) -> tuple[Ints, Ints] | None:
        labels = self._labels(groups)
        if labels is None:
            return None
        names, group = np.unique(labels, return_inverse=True)
        quota = np.full(len(names), self.n, np.int64)
        known = {str(name): k for k, name in enumerate(names)}
        sizes = np.bincount(group[is_open], minlength=len(names))
        for name, most in quotas.items():
            k = known.get(str(name))
            if k is None:
                self._fault(f"quotas of {name}", "no such group", f"want some of {listed(known)}")
            elif isinstance(most, bool) or not isinstance(most, int | np.integer) or most < 0:
                self._fault(f"quotas of {name}", f"{most!r}", "want a whole number from 0")
            elif most > sizes[k]:
                wanted = f"want at most the {sizes[k]} people of the group that may be chosen"
                self._fault(f"quotas of {name}", f"{most}", wanted)
            else:
                quota[k] = most
        return group.astype(np.int64), quota

    def _labels(self, groups: Any) -> npt.NDArray[Any] | None:
        if groups is not None:
            labels = np.asarray(groups)
            if labels.shape == (self.n,):
                return labels
            self._fault(
                "groups", f"values of shape {labels.shape}", f"want one for each of the {self.n} people"
            )
        elif self._population is None:
            self._fault("quotas", "quotas without groups", "want `groups`, or a population with segments")
        elif self._population.n_people == self.n:
            return np.array(self._population.segment_names)[self._population.segment]
        return None

    def count(self, limits: Limits, is_open: npt.NDArray[np.bool_]) -> int:
        """Return the most people to choose."""
        n_open, count = int(np.count_nonzero(is_open)), limits.count
        if count is None:
            if limits.budget is None:
                self._fault(
                    "count", "neither count nor budget", "want how many people, or what they may cost"
                )
            return n_open
        if isinstance(count, bool) or not isinstance(count, int | np.integer) or not 1 <= count <= n_open:
            self._fault("count", f"{count!r}", f"want 1 to the {n_open} people that may be chosen")
            return 1
        return int(count)

    def steps(self, deadline: Any) -> int:
        """Return how many ties the message may go."""
        if deadline is None:
            return 2**40
        if isinstance(deadline, bool) or not isinstance(deadline, int | np.integer) or deadline < 1:
            self._fault("deadline", f"{deadline!r}", "want a whole number of ties from 1")
            return 1
        return int(deadline)

    def accuracy(self, epsilon: Any, delta: Any, most_sets: Any, master_seed: Any, threads: Any) -> None:
        """Check what is asked of the bounds, and the luck."""
        for where, value in (("epsilon", epsilon), ("delta", delta)):
            if not 0.0 < value < 1.0:
                self._fault(where, f"{value}", "want a number above 0 and below 1")
        if not 1 <= most_sets <= 2**30:
            self._fault("most_sets", f"{most_sets}", "want 1 to 2^30 sets")
        if not 0 <= master_seed < 2**63:
            self._fault("master_seed", f"{master_seed}", "want a whole number from 0 to 2^63 - 1")
        if threads is not None and threads < 1:
            self._fault("threads", f"{threads}", "want 1 or more")
