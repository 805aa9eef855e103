"""Whom to book, as `pregon influencers` answers it: what is asked, the work, and the chosen as part of a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.app.state import jobs, keeping
from sim.app.state.desk import MOST_CHOICES, Desk, Plan
from sim.app.state.jobs import Job
from sim.app.state.kept import Ask, Chosen
from sim.scenario.path import Parts
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.experiment.influencer_report import Answer
    from sim.experiment.influencers import Study

KIND = "influencers"
CERTIFIED = "certified"
HELD = ("level", "weights", "quotas", "level_quotas", "exclude")
_CERTIFIED_ONLY = ("target", "by_day", "weights")


@dataclass(slots=True, eq=False)
class ChoiceJob(Job):
    """Follow a choice: the certificate is there before the day is lived."""

    key: str = ""


def bookings_of(tree: Mapping[str, Any] | None) -> list[str]:
    """Return the names of a plan's bookings."""
    from sim.scenario.view import parts_of

    return list(parts_of(dict(tree or {}), "plan", "partners"))


def ask_of(tree: Mapping[str, Any], booking: str) -> Ask:
    """Return what a booking of a plan says itself; ten people where it says nothing."""
    from sim.scenario.view import mapping

    partner = mapping(dict(tree), "plan", "partners", booking)
    choose = mapping(partner, "choose")
    target = choose.get("target")
    people = partner.get("people")
    count = choose.get("count") if choose else len(people) if isinstance(people, list) else 10
    by_day, budget, also_on = choose.get("by_day"), choose.get("budget"), partner.get("also_on")
    held = {key: choose[key] for key in HELD if choose.get(key) is not None}
    if isinstance(target, list) and len(target) > 1:
        held["target"] = target
    return Ask(
        booking,
        count if isinstance(count, int) else None,
        float(budget) if isinstance(budget, int | float) else None,
        target[0] if isinstance(target, list) and len(target) == 1 else None,
        by_day if isinstance(by_day, int) else None,
        held=held,
        also_on=tuple(also_on) if isinstance(also_on, list) else (),
    )


def held_to(ask: Ask, values: Mapping[str, Any]) -> Ask:
    """Return an ask held to other values; None lets go. Weights take the place of a segment, and a target of both."""
    held = {key: value for key, value in {**ask.held, **values}.items() if value not in (None, {}, [])}
    if values.get("weights") is not None:
        held.pop("target", None)
        return replace(ask, segment=None, held=held)
    return replace(ask, held=held)


def counting(ask: Ask, segment: str | None) -> Ask:
    """Return an ask in which the people of a segment count, or everyone's alike."""
    held = {key: value for key, value in ask.held.items() if key not in ("weights", "target")}
    return replace(ask, segment=segment, held=held)


def choose_of(ask: Ask, rule: str = CERTIFIED) -> dict[str, Any]:
    """Return the ``choose`` of an ask."""
    kept = dict(ask.held)
    said = {
        "rule": rule, "count": ask.count, "budget": ask.budget, "by_day": ask.by_day,
        "target": None if ask.segment is None else [ask.segment],
    }  # fmt: skip
    if rule != CERTIFIED:
        kept = {key: value for key, value in kept.items() if key not in _CERTIFIED_ONLY}
        said |= {"by_day": None, "target": None}
        name, _, column = rule.partition(":")
        said |= {"rule": name, "by": column or None}
    return {key: value for key, value in said.items() if value is not None} | kept


def asked(scenario: Scenario, ask: Ask) -> Scenario:
    """Return the scenario with its booking as it is asked for.

    Raises
    ------
    InputError
        With every fault that it brings about.
    """
    at = f"plan.partners.{ask.booking}"
    values: dict[str, Any] = {f"{at}.people": None, f"{at}.choose": choose_of(ask)}
    if ask.also_on or scenario.plan.partners[ask.booking].also_on:
        values[f"{at}.also_on"] = list(ask.also_on)
    return scenario.with_values(values)


def key_of(scenario: Scenario, ask: Ask) -> str:
    """Return what a choice is known by: the plan with its data, and all that is asked."""
    from sim.scenario.identity import scenario_hash

    return json.dumps([scenario_hash(scenario), asdict(ask)], default=str)


def again(desk: Desk, key: str) -> Chosen | None:
    """Return who was chosen when the same was asked before: in this tab, or in its browser session before a restart."""
    found = desk.choices.get(key) or keeping.choice(desk, key)
    if found is not None:
        desk.choices.setdefault(key, found)
    return found


def start(desk: Desk, plan: Plan, ask: Ask, worlds: int, threads: int) -> ChoiceJob:
    """Choose, and live every list by the whole day on so many worlds; with 0 the certificate alone is told."""
    scenario = plan.draft.scenario
    assert scenario is not None
    job = ChoiceJob(KIND, (plan.key,), worlds, key=key_of(scenario, ask))

    def keep(chosen: Chosen) -> None:
        before = desk.choices.pop(job.key, None)
        # A certificate told again does not take away what was measured.
        desk.choices[job.key] = before if before is not None and before.worlds > chosen.worlds else chosen
        while len(desk.choices) > MOST_CHOICES:
            desk.choices.popitem(last=False)
        if desk.choices[job.key] is chosen:
            keeping.keep_choice(desk, job.key, chosen)

    jobs.do(job, lambda: _choose(job, scenario, ask, worlds, threads, keep))
    return job


def _choose(job: Job, scenario: Scenario, ask: Ask, worlds: int, threads: int, keep: Any) -> None:
    from sim.experiment.influencer_report import answer
    from sim.experiment.influencers import Wish, live, prepare

    def tell(done: int, _: int) -> None:
        job.done = done

    booked = tuple(str(person) for person in ask.booked)
    study = prepare(asked(scenario, ask), Wish(booking=ask.booking, compare=ask.rules, booked=booked))
    keep(_chosen(study, answer(study)))
    if not worlds:
        return
    lived = live(study, worlds, threads, tell, job.stop)
    keep(_chosen(study, answer(study, lived)))
    if job.stop.is_set():
        raise jobs.Halted


def _chosen(study: Study, found: Answer) -> Chosen:
    from sim.experiment.influencer_report import ids_of

    pairs = list(zip(study.rules, study.bookings, strict=True))
    return Chosen(
        answer=found,
        lists={rule: ids_of(study, booking.rows) for rule, booking in pairs},
        costs={rule: booking.fees for rule, booking in pairs},
        is_named=bool(study.public.population.ids or study.public.network.ids),
        worlds=found.facts.n_worlds,
    )


def sent(ask: Ask, chosen: Chosen, rule: str) -> dict[Parts, Any]:
    """Return the values that put a chosen list into the plan: its people by name, else the choice that finds them."""
    at = ("plan", "partners", ask.booking)
    also: dict[Parts, Any] = {(*at, "also_on"): list(ask.also_on) or None}
    if chosen.is_named:
        return {(*at, "choose"): None, (*at, "people"): chosen.lists[rule], **also}
    return {(*at, "people"): None, (*at, "choose"): choose_of(ask, rule), **also}
