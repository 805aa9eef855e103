"""Whom a booking chooses: by size, by a rule, or with a certificate; within a budget, a level, and quotas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim import influence as certificates
from sim.campaign import limits
from sim.campaign.passing import passing
from sim.errors import Fault, InputError
from sim.luck_keys import choice_key
from sim.network.choice import RULES, Field, take
from sim.network.graph import Network, TieLayer
from sim.network.influence import influence, is_of_level
from sim.public import Public
from sim.scenario.plan import Choose, Partner
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
EPSILON = 0.03  # of a certified choice: luck costs it less than a tenth of that


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold what a booking is chosen from.

    Parameters
    ----------
    scenario, public : Scenario, Public
    partner : Partner
    choose : Choose
    at : callable                   where a key of the booking stands, for messages
    fee : float64[n_people]         money per post; NaN where it is not known
    booked : int32[:]               who posts the same message on the channel anyway
    excluded : int32[:]             who may not be chosen
    column : callable               reads a column of numbers: (where, name, words beside)
    """

    scenario: Scenario
    public: Public
    partner: Partner
    choose: Choose
    at: Callable[[str], str]
    fee: Floats
    booked: Rows
    excluded: Rows
    column: Callable[[str, str, str], Floats]

    @property
    def layer(self) -> TieLayer:
        """Followers on the booking's channel."""
        return self.public.network.layers[self.partner.channel]

    @property
    def layers(self) -> list[TieLayer]:
        """Followers on each channel that they post on, the booking's first."""
        return [self.public.network.layers[name] for name in (self.partner.channel, *self.partner.also_on)]

    @property
    def cost(self) -> Floats:
        """What all posts of each person cost, float64[n_people]; inf where no fee is known."""
        return np.where(np.isnan(self.fee), np.inf, self.fee) * len(self.partner.post_on)

    def is_open(self) -> Bools:
        """Return who may be chosen, bool[n_people]: with a follower and a fee, of the level, and not excluded."""
        out = ~np.isnan(self.fee)
        if self.choose.rule != "top":
            out &= np.any([layer.audience_sizes > 0 for layer in self.layers], axis=0)
        out[self.excluded] = False
        if self.choose.level is not None:
            each = self.public.population.people_per_agent
            out &= is_of_level(self.layer, self.choose.level, each)
        return out


def chosen(choice: Choice) -> tuple[Rows, certificates.Certificate | None]:
    """Return the rows of those chosen, and the certificate where the rule gives one.

    Raises
    ------
    InputError
        More partners than there are, a budget below the cheapest, quotas above a segment, unknown segments or columns.
    """
    _check_ties(choice)
    _check_count(choice)
    if choice.choose.rule == "certified":
        return _certified(choice)
    is_open, choose = choice.is_open(), choice.choose
    _check_budget(choice, is_open)
    if choose.rule == "top":
        score = _score(choice)
        order = np.argsort(-np.where(np.isnan(score), -np.inf, score), kind="stable").astype(np.int32)
    else:
        order = ordered(choice, choose.rule)
    group, quota = _groups(limits.places(choose, choice.public, choice.layer, is_open, choice.at))
    cost = None if choose.budget is None else choice.cost
    return take(order, is_open, choose.count, cost, choose.budget, group, quota), None


def _groups(places: limits.Places | None) -> tuple[npt.NDArray[np.int64] | None, npt.NDArray[np.int64]]:
    """Return everyone's groups, int64[n_people, n_kinds], numbered through, and the places of each."""
    if places is None:
        return None, np.zeros(0, np.int64)
    columns, quota = [], np.zeros(0, np.int64)
    for kind, labels in places.labels.items():
        names, group = np.unique(labels, return_inverse=True)
        columns.append(group + len(quota))
        most = [places.most[kind].get(str(name), len(labels)) for name in names]
        quota = np.concatenate([quota, np.array(most, np.int64)])
    return np.stack(columns, axis=1), quota


def ordered(choice: Choice, rule: str, column: Floats | None = None) -> Rows:
    """Return people in the order of a rule, int32[:]."""
    population, layer = choice.public.population, choice.layer
    key = choice_key(choice.scenario.master_seed, rule)
    chance = 0.0
    if rule == "degree_discount":
        told = passing(choice.scenario, choice.public, choice.at("choose.rule"), *_what(choice.partner))
        chance = float(told.chances.mean()) if layer.n_ties else 0.0
    field = Field(layer, population.uid, population.segment, key, chance, column)
    is_short = (
        choice.choose.count is not None
        and choice.choose.budget is None
        and choice.choose.level is None
        and not (choice.choose.quotas or choice.choose.level_quotas)
    )
    most = population.n_people
    if is_short:
        most = int(choice.choose.count or 0) + int(np.count_nonzero(~choice.is_open()))
    return RULES[rule].order(field, most)


def _what(partner: Partner) -> tuple[str, str]:
    return partner.channel, partner.message


def _check_ties(choice: Choice) -> None:
    if choice.choose.rule == "top":
        return
    keys = ["channel", *(f"also_on.{k}" for k in range(len(choice.partner.also_on)))]
    faults = [
        Fault(choice.at(key), f"{layer.name} has no ties", "want a layer with ties")
        for key, layer in zip(keys, choice.layers, strict=True)
        if layer.n_ties == 0
    ]
    if faults:
        raise InputError(faults)


def _check_count(choice: Choice) -> None:
    n, count, level = choice.public.population.n_people, choice.choose.count, choice.choose.level
    if count is None:
        return
    where = choice.at("choose.count")
    if count > n:
        got = f"{count} of {n} simulated persons"
        raise InputError(Fault(where, got, "want at most as many partners as there are people"))
    n_open = int(np.count_nonzero(choice.is_open()))
    if count > n_open and level is None and choice.choose.rule != "top":
        wanted = "want at most as many partners as have a follower and a fee"
        raise InputError(Fault(where, f"{count} of {n_open} persons on {choice.layer.name}", wanted))
    if count > n_open and level is not None:
        got = f"{count} of {n_open} {level} persons on {choice.layer.name}"
        wanted = "want at most as many partners as there are people of the level, or another level"
        raise InputError(Fault(where, got, wanted))


def _check_budget(choice: Choice, is_open: Bools) -> None:
    budget = choice.choose.budget
    if budget is None or not is_open.any():
        return
    least = float(choice.cost[is_open].min())
    if budget < least:
        wanted = (
            f"want at least what the cheapest costs for {len(choice.partner.post_on)} posts, {least:,.0f}"
        )
        raise InputError(Fault(choice.at("choose.budget"), f"{budget:,.0f}", wanted))


def _score(choice: Choice) -> Floats:
    by = choice.choose.by or "audience"
    if by == "audience":
        return choice.layer.audience_sizes.astype(np.float64)
    if by == "influence":
        return influence(choice.layer)
    return choice.column(choice.at("choose.by"), by, "`audience`, `influence` or ")


def _certified(choice: Choice) -> tuple[Rows, certificates.Certificate | None]:
    choose, population = choice.choose, choice.public.population
    if choose.count == 0:
        return np.zeros(0, np.int32), None
    where, names = choice.at("choose"), (choice.partner.channel, *choice.partner.also_on)
    told = {
        name: passing(choice.scenario, choice.public, choice.at("choose.rule"), name, choice.partner.message)
        for name in names
    }
    is_open = choice.is_open()
    _check_budget(choice, is_open)
    places = limits.places(choose, choice.public, choice.layer, is_open, choice.at)
    network = Network(population.n_people, {name: _bare(one.layer) for name, one in told.items()})
    try:
        found = certificates.certified(
            network,
            {name: one.chances for name, one in told.items()},
            count=_count(choice, is_open),
            budget=choose.budget,
            costs=None if choose.budget is None else np.where(is_open, choice.cost, 0.0),
            weights=limits.worth(choose, choice.public, choice.at, choice.column),
            deadline=_steps(choice),
            groups=None if places is None else places.labels,
            quotas=None if places is None else places.most,
            booked=choice.booked,
            excluded=np.flatnonzero(~is_open),
            pass_on={name: one.pass_on for name, one in told.items()},
            across=False,
            counts_chosen=False,
            epsilon=EPSILON,
            master_seed=choice.scenario.master_seed,
        )
    except InputError as error:
        raise InputError(
            Fault(f"{where}: {f.where}", f.got, f.wanted, f.hint) for f in error.faults
        ) from None
    return found.people, found


def _bare(layer: TieLayer) -> TieLayer:
    """Return the layer without the order in which ties were given: chances are told tie by tie as they stand."""
    return TieLayer(layer.name, layer.out_ptr, layer.out_dst, layer.out_weight)


def _count(choice: Choice, is_open: Bools) -> int | None:
    """Return how many to choose; those who are booked already, or have no fee, cannot be."""
    if choice.choose.count is None:
        return None
    free = is_open.copy()
    free[choice.booked] = False
    n_free = int(np.count_nonzero(free))
    if choice.choose.count > n_free:
        wanted = "want at most as many as have a fee and are not booked for the same message"
        raise InputError(
            Fault(choice.at("choose.count"), f"{choice.choose.count} of {n_free} people", wanted)
        )
    return choice.choose.count


def _steps(choice: Choice) -> int | None:
    """Return how many ties the first post goes by the day: one on its own day, one more on each after it."""
    if choice.choose.by_day is None:
        return None
    return choice.choose.by_day - min(choice.partner.post_on) + 1
