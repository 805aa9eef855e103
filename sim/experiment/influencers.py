"""Whom to book: the certified choice beside plain rules, and all of them lived by the whole day on the same worlds.

Two things are told apart throughout. The certificate is about one cascade: one post by each person chosen. The day
is measured: every candidate list is booked in the plan and lived, world by world, beside the plan without it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.campaign.choosing import Choice
from sim.campaign.compile import Campaign, compile_campaign
from sim.campaign.partners import Booking, book, book_all, choice_of, everywhere
from sim.errors import Fault, InputError, did_you_mean, listed
from sim.experiment.runner import Interrupted
from sim.experiment.workers import threads_for
from sim.influence import Certificate
from sim.luck_keys import world_key
from sim.network.choice import RULES
from sim.public import Public, build_public
from sim.scenario.path import render
from sim.scenario.plan import Partner
from sim.scenario.schema import Scenario
from sim.world import World

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]
METRICS = ("total_reach", "awareness", "adoption")
CERTIFIED = "certified"


@dataclass(frozen=True, slots=True)
class Wish:
    """Hold what a planner asks for; None leaves what the booking says.

    Parameters
    ----------
    booking : str or None       name of the booking; None: the only one
    count : int or None
    budget : float or None      for all posts of all chosen
    segment : str or None       whose people count
    by_day : int or None
    compare : tuple of str      rules; `top:column` for the largest in a column
    quotas, level_quotas : mapping of segment, of level, to int, or None
    weights : mapping of segment to float, name of a column, or None
    exclude : tuple of str or None    who may not be chosen
    booked : tuple of str       who posts the same on the same days whatever is chosen
    also_on : tuple of str or None    further channels
    """

    booking: str | None = None
    count: int | None = None
    budget: float | None = None
    segment: str | None = None
    by_day: int | None = None
    compare: tuple[str, ...] = ()
    quotas: dict[str, int] | None = None
    level_quotas: dict[str, int] | None = None
    weights: dict[str, float] | str | None = None
    exclude: tuple[str, ...] | None = None
    booked: tuple[str, ...] = ()
    also_on: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Lived:
    """Hold what the day made of the candidates, in people of the market.

    Parameters
    ----------
    incremental : float64[n_candidates, n_metrics, n_segments, n_worlds]    with the list less without it
    replications : tuple of int
    """

    incremental: Floats
    replications: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """Hold candidates for one booking on one public.

    Parameters
    ----------
    scenario : Scenario         with the booking as it is asked for
    public : Public
    name : str                  of the booking
    wish : Wish
    choice : Choice             what they are chosen from
    rules : tuple of str        the certified choice first
    bookings : tuple of Booking one per rule
    others : Campaign           the plan without the booking
    """

    scenario: Scenario
    public: Public
    name: str
    wish: Wish
    choice: Choice
    rules: tuple[str, ...]
    bookings: tuple[Booking, ...]
    others: Campaign

    @property
    def certificate(self) -> Certificate:
        """The certificate of the first candidate."""
        found = self.bookings[0].certificate
        assert found is not None
        return found

    @property
    def day(self) -> int:
        """The day by which effects are read."""
        return self.choice.choose.by_day or self.scenario.days


def prepare(scenario: Scenario, wish: Wish) -> Study:
    """Choose candidates by every rule, on the scenario's first public.

    Raises
    ------
    InputError
        No such booking, segment or rule; a choice that cannot be made.
    """
    name = _booking_name(scenario, wish.booking)
    rules = tuple(dict.fromkeys((CERTIFIED, *wish.compare)))
    _check_rules(rules)
    scenario = _asked(scenario, name, wish)
    partner = scenario.plan.partners[name]
    public = build_public(scenario)
    others = {other: p for other, p in scenario.plan.partners.items() if other != name}
    fixed = book_all(scenario, public, others)
    bookings, faults = [], []
    for rule in rules:
        try:
            bookings.append(book(scenario, public, name, _by(partner, rule), fixed))
        except InputError as error:
            faults += [replace(fault, where=f"{rule}: {fault.where}") for fault in error.faults]
    if faults:
        raise InputError(faults)
    if not len(bookings[0].rows):
        raise InputError(Fault(f"plan.partners.{name}.choose", "nobody is chosen", "want a count above 0"))
    plan = scenario.plan.model_copy(update={"partners": others})
    campaign = compile_campaign(scenario, public, plan, bookings=fixed)
    choice = choice_of(scenario, public, name, partner, fixed)
    return Study(scenario, public, name, wish, choice, rules, tuple(bookings), campaign)


def _booking_name(scenario: Scenario, asked: str | None) -> str:
    names = list(scenario.plan.partners)
    if asked is None and len(names) == 1:
        return names[0]
    if asked in names:
        return str(asked)
    got = f"no booking {asked!r}" if asked is not None else f"{len(names)} bookings"
    wanted = f"want one of {listed(names)}" if names else "want a booking under plan.partners"
    raise InputError(Fault("--booking", got, wanted, did_you_mean(asked or "", names)))


def _asked(scenario: Scenario, name: str, wish: Wish) -> Scenario:
    """Return the scenario with a certified choice as it is asked for, and with who is booked already."""
    told: dict[str, Any] = scenario.raw["plan"]["partners"][name]
    _check_wish(scenario, told, wish)
    choose = dict(told.get("choose") or {"count": len(told.get("people") or ())}) | {"rule": CERTIFIED}
    choose.pop("by", None)
    if wish.budget is not None and wish.count is None:
        choose["count"] = None  # as many as the money pays
    if wish.segment or wish.weights is not None:
        choose |= {"target": [wish.segment] if wish.segment else None, "weights": None}
    asked = {
        "count": wish.count, "budget": wish.budget, "weights": wish.weights, "by_day": wish.by_day,
        "quotas": wish.quotas, "level_quotas": wish.level_quotas,
        "exclude": None if wish.exclude is None else list(wish.exclude),
    }  # fmt: skip
    partner = {**told, "people": None, "choose": choose | {k: v for k, v in asked.items() if v is not None}}
    if wish.also_on is not None:
        partner["also_on"] = list(wish.also_on)
    values = {name: partner}
    if wish.booked:
        values[f"{name}, booked already"] = {**partner, "choose": None, "people": list(wish.booked)}
    return scenario.with_values({render(("plan", "partners", key)): part for key, part in values.items()})


def _check_wish(scenario: Scenario, told: dict[str, Any], wish: Wish) -> None:
    first = min(told["post_on"])
    if wish.by_day is not None and not first <= wish.by_day <= scenario.days:
        wanted = f"want a day from the first post, {first}, to the last of the run, {scenario.days}"
        raise InputError(Fault("--by-day", f"day {wish.by_day}", wanted))
    if wish.segment and wish.weights is not None:
        raise InputError(Fault("--weights", "weights beside --segment", "want one of them"))


def _check_rules(rules: Sequence[str]) -> None:
    known = [CERTIFIED, *(name for name in RULES if name != "top"), "top:column"]
    faults = []
    for rule in rules:
        name, _, column = rule.partition(":")
        if (name != "top" or not column) and (
            column or name == "top" or (name != CERTIFIED and name not in RULES)
        ):
            wanted = f"want some of {listed(known, len(known))}"
            faults.append(Fault("--compare", repr(rule), wanted, did_you_mean(name, known)))
    if faults:
        raise InputError(faults)


def _by(partner: Partner, rule: str) -> Partner:
    """Return the booking chosen by another rule, within the same count, budget and level."""
    assert partner.choose is not None
    if rule == CERTIFIED:
        return partner
    name, _, column = rule.partition(":")
    update: dict[str, Any] = {
        "rule": name,
        "by": column or None,
        "target": None,
        "weights": None,
        "by_day": None,
    }
    return partner.model_copy(update={"choose": partner.choose.model_copy(update=update)})


def live(
    study: Study,
    replications: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Lived:
    """Live every candidate list by the whole day, paired by world with the plan without it.

    Parameters
    ----------
    study : Study
    replications : int, optional   worlds; the scenario's own by default
    threads : int, optional        worlds at a time; results do not depend on it
    progress : callable, optional  called with (worlds done, worlds wanted)
    stop : threading.Event, optional    set it to leave off; what was lived before is told

    Raises
    ------
    Interrupted
        It was stopped before the first world was lived.
    """
    n = study.scenario.replications if replications is None else replications
    campaigns = [replace(study.others, bookings=_with(study, booking)) for booking in study.bookings]
    out: list[Floats] = []
    with ThreadPoolExecutor(threads_for(study.public, threads)) as pool:
        for found in pool.map(lambda r: _one_world(study, campaigns, r, stop), range(n)):
            if found is None:
                break
            out.append(found)
            if progress:
                progress(len(out), n)
    if not out:
        raise Interrupted(None, 0, n)
    return Lived(np.stack(out, axis=-1), tuple(range(len(out))))


def _with(study: Study, booking: Booking) -> tuple[Booking, ...]:
    booked = everywhere(booking, study.public, study.choice.partner)
    return tuple(sorted((*study.others.bookings, *booked), key=lambda one: one.name))


def _one_world(
    study: Study, campaigns: list[Campaign], replication: int, stop: threading.Event | None
) -> Floats | None:
    """Return what each list adds in one world, float64[n_candidates, n_metrics, n_segments]; None once stopped."""
    if stop is not None and stop.is_set():
        return None
    before = _counts(study, study.others, replication)
    return np.stack([_counts(study, campaign, replication) - before for campaign in campaigns])


def _counts(study: Study, campaign: Campaign, replication: int) -> Floats:
    """Return people met, aware and adopted by the day, float64[n_metrics, n_segments], of the market."""
    key = world_key(study.scenario.master_seed, replication)
    world = World(study.public, campaign, key, study.scenario.days)
    while world.day < study.day:
        world.step()
    tally = world.tally
    counts = np.stack([tally.met, tally.stages[1:].sum(axis=0), tally.stages[3]])
    return counts * study.public.population.people_per_agent
