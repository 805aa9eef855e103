"""Whom a booking chooses: by size, by a rule, or with a certificate; within a budget, a level, and quotas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim import influence as certificates
from sim.campaign.passing import passing
from sim.errors import Fault, InputError, did_you_mean, listed
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
    column : callable               reads a column of numbers: (where, name, words beside)
    """

    scenario: Scenario
    public: Public
    partner: Partner
    choose: Choose
    at: Callable[[str], str]
    fee: Floats
    booked: Rows
    column: Callable[[str, str, str], Floats]

    @property
    def layer(self) -> TieLayer:
        """Followers on the booking's channel."""
        return self.public.network.layers[self.partner.channel]

    @property
    def cost(self) -> Floats:
        """What all posts of each person cost, float64[n_people]; inf where no fee is known."""
        return np.where(np.isnan(self.fee), np.inf, self.fee) * len(self.partner.post_on)

    def is_open(self) -> Bools:
        """Return who may be chosen, bool[n_people]: with a follower and a fee, and of the level."""
        out = ~np.isnan(self.fee)
        if self.choose.rule != "top":
            out &= self.layer.audience_sizes > 0
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
    if choose.budget is None:
        return take(order, is_open, choose.count), None
    return take(order, is_open, choose.count, choice.cost, choose.budget), None


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
        choice.choose.count is not None and choice.choose.budget is None and choice.choose.level is None
    )
    most = population.n_people
    if is_short:
        most = int(choice.choose.count or 0) + int(np.count_nonzero(~choice.is_open()))
    return RULES[rule].order(field, most)


def _what(partner: Partner) -> tuple[str, str]:
    return partner.channel, partner.message


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
    where = choice.at("choose")
    told = passing(choice.scenario, choice.public, choice.at("choose.rule"), *_what(choice.partner))
    if told.layer.n_ties == 0:
        raise InputError(Fault(where, f"{told.layer.name} has no ties", "want a layer with ties"))
    is_open = choice.is_open()
    _check_budget(choice, is_open)
    (quotas, groups), weights = _quotas(choice), _weights(choice)
    network = Network(population.n_people, {told.layer.name: _bare(told.layer)})
    try:
        found = certificates.certified(
            network,
            told.chances,
            count=_count(choice, is_open),
            budget=choose.budget,
            costs=None if choose.budget is None else np.where(is_open, choice.cost, 0.0),
            weights=weights,
            deadline=_steps(choice),
            groups=groups,
            quotas=quotas,
            booked=choice.booked,
            excluded=np.flatnonzero(~is_open),
            pass_on=told.pass_on,
            counts_chosen=False,
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


def _weights(choice: Choice) -> Floats | None:
    """Return 1 for the people who count, 0 for others; None where all count."""
    target = choice.choose.target
    if target is None:
        return None
    names = choice.public.population.segment_names
    _refuse_unknown(choice, "choose.target", target)
    return np.isin(choice.public.population.segment, [names.index(name) for name in target]).astype(
        np.float64
    )


def _steps(choice: Choice) -> int | None:
    """Return how many ties the first post goes by the day: one on its own day, one more on each after it."""
    if choice.choose.by_day is None:
        return None
    return choice.choose.by_day - min(choice.partner.post_on) + 1


def _quotas(choice: Choice) -> tuple[dict[str, int] | None, npt.NDArray[np.str_] | None]:
    if not choice.choose.quotas:
        return None, None
    population = choice.public.population
    _refuse_unknown(choice, "choose.quotas", tuple(choice.choose.quotas))
    return dict(choice.choose.quotas), np.array(population.segment_names)[population.segment]


def _refuse_unknown(choice: Choice, key: str, asked: Sequence[str]) -> None:
    names = choice.public.population.segment_names
    faults = [
        Fault(
            choice.at(key), f"no segment `{name}`", f"want some of {listed(names)}", did_you_mean(name, names)
        )
        for name in asked
        if name not in names
    ]
    if faults:
        raise InputError(faults)
