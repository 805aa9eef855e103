"""What a scenario will cost to run: people, ties, memory and time, told beforehand."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping

import numpy as np

from sim.campaign.variants import open_variants
from sim.experiment.runner import Study, prepare
from sim.experiment.sweeps.estimate import cost_lines, sweep_cost
from sim.experiment.workers import Crew, threads_for
from sim.kernels.state import CONTACT
from sim.luck_keys import world_key
from sim.network.graph import TieLayer
from sim.network.influence import LEVELS, influence, levels
from sim.network.measure import asked, described
from sim.public import Public
from sim.results.provenance import flight_facts, partner_facts
from sim.scenario.schema import Scenario
from sim.world import World

PROBE_SECONDS = 2.0


def estimate(scenario: Scenario, threads: int | None = None) -> Iterator[str]:
    """Yield lines on the public, the plan and the cost of running it.

    Raises
    ------
    InputError
        With all faults of scenario and data.
    """
    study = prepare(scenario)
    yield f"{scenario.name}: {scenario.days} days, {scenario.replications} worlds, master seed {scenario.master_seed}"
    yield from _public_lines(scenario, study.public)
    yield from _plan_lines(scenario, study)
    yield from _cost_lines(scenario, study, threads_for(study.public, threads))
    if len(scenario.plans) > 1:
        others = ", ".join(name for name, plan in scenario.plans.items() if plan is not scenario)
        yield f"alternatives: {others}; `pregon compare` runs them too, {len(scenario.plans)} plans in all"
    if scenario.sweep is not None:
        cost = sweep_cost(scenario, threads)
        yield from cost_lines(cost, scenario, _spoken(cost.seconds))


def _public_lines(scenario: Scenario, public: Public) -> Iterator[str]:
    population = public.population
    n, each = population.n_people, population.people_per_agent
    yield f"public: {n:,} simulated persons for {population.market:,.0f} people (one stands for {each:,.4g})"
    shares = (population.segment_sizes / n).tolist()
    yield "  segments: " + ", ".join(
        f"{name} {100 * share:.1f} %" for name, share in zip(population.segment_names, shares, strict=True)
    )
    for c, name in enumerate(population.channel_names):
        usage = population.usage[c]
        users = np.count_nonzero(usage)
        visits = usage.sum() / max(users, 1)
        yield f"  {name}: {100 * users / n:.1f} % use it, {visits:.2f} visits per user and day"
    for note in population.notes:
        yield f"  note: {note}"
    yield from _network_lines(scenario, public)
    for c in sorted(public.ties):
        beta = public.beta[c]
        passing = np.minimum(1.0, beta * population.engagement).mean()  # where 2 · match · quality = 1
        yield (
            f"sharing on {population.channel_names[c]}: β = {beta:.4g}, {100 * passing:.3g} % of those who attend "
            "a friend's reference message pass it on"
        )


def _network_lines(scenario: Scenario, public: Public) -> Iterator[str]:
    for name, layer in sorted(public.network.layers.items()):
        if layer.is_well_mixed:
            yield f"network {name}: well mixed, everyone hears of everyone"
        else:
            facts = described(layer, public.population)
            found = dict(_structure(facts, asked(name, scenario.network[name])))
            yield (
                f"network {name}: {facts['n_ties']:,.0f} ties, mean {facts['mean_followers']:.1f} and at most "
                f"{facts['max_followers']:,.0f} followers, {found['reciprocity']}, {found['same_segment']}"
            )
            if "clustering" in found:
                yield "  " + ", ".join(found[key] for key in ("clustering", "exponent") if key in found)
            yield f"  influence: {_levels(layer, public)}"
        for note in layer.notes:
            yield f"  note: {note}"


def _levels(layer: TieLayer, public: Public) -> str:
    """Return how many people have which level of influence on a layer, and what the most influential hold."""
    n, score = public.population.n_people, influence(layer)
    counts = np.bincount(levels(layer, public.population.people_per_agent), minlength=len(LEVELS)).tolist()
    told = [f"{count:,} {level}" for level, count in zip(LEVELS, counts, strict=True) if count]
    top = np.sort(score)[-max(1, n // 100) :].sum() / score.sum() if score.sum() > 0 else 0.0
    return f"{', '.join(told)} (by followers in the market); the first 1 % hold {100 * top:.0f} % of it"


def _structure(facts: Mapping[str, float], wanted: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """Yield measures of a layer in words, with what the scenario asks of them."""
    for key, words in (("reciprocity", "returned"), ("same_segment", "within a segment")):
        of = f" (asked {100 * wanted[key]:.3g} %)" if key in wanted else ""
        yield key, f"{100 * facts[key]:.0f} % {words}{of}"
    for key, words in (("clustering", "clustering"), ("exponent", "exponent of followers")):
        if not math.isnan(facts[key]):
            error = f" ± {facts[f'{key}_error']:.2g}" if facts[f"{key}_error"] else ""
            of = f" (asked {wanted[key]:.3g})" if key in wanted else ""
            yield key, f"{words} {facts[key]:.3f}{error}{of}"


def _plan_lines(scenario: Scenario, study: Study) -> Iterator[str]:
    for flight in flight_facts(study.public, study.campaign):
        undelivered = flight["undelivered"] / flight["bought"] if flight["bought"] else 0.0
        price = "price unknown" if flight["spend"] is None else f"{scenario.currency} {flight['spend']:,.0f}"
        yield (
            f"flight {flight['flight']}: {flight['bought']:,.0f} impressions, {100 * undelivered:.1f} % undeliverable, "
            f"speed-up {flight['speed_up']:.2f}, {price}"
        )
    each = study.public.population.people_per_agent
    for message in study.campaign.standing:
        space = study.public.population.channel_names[message.purchase.channel]
        days = f"days {message.spans[0].first} to {message.spans[-1].last}"
        yield f"flight {message.name}: stands on {space}, {days}, about {each * message.visits:,.0f} visits, free"
    for booking in partner_facts(study.public, study.campaign):
        yield (
            f"partners {booking['booking']}: {len(booking['people'])} people with {each * booking['audience']:,.0f} "
            f"followers in all, {booking['posts']} posts, {scenario.currency} {booking['fees']:,.0f}"
        )
    for booked in study.campaign.bookings:
        if booked.certificate is not None:
            found = booked.certificate
            yield (
                f"  certified: by one post each they reach {each * found.spread:,.0f} people, at least "
                f"{each * found.lower_bound:,.0f}; no choice under these limits more than "
                f"{each * found.upper_bound:,.0f} (cascade on {booked.channel_name} alone, "
                f"{100 * (1 - found.delta):g} % sure)"
            )


def _cost_lines(scenario: Scenario, study: Study, threads: int) -> Iterator[str]:
    shared = _shared_bytes(study.public)
    further = study.others.lived(study.campaign)
    plans = 1.0 + sum(further.values())
    one_world, seconds = _probe(scenario, study)
    per_world = 2 * one_world  # the plan's, and one of those it is compared with
    yield f"each world is lived {1 + len(further)} times: with the plan, {', '.join(further)}"
    total = seconds * plans * scenario.replications / min(threads, scenario.replications)
    yield (
        f"memory: about {(shared + threads * per_world) / 1e6:,.0f} MB beside the program's own "
        f"({shared / 1e6:,.0f} shared + {per_world / 1e6:,.0f} per world at a time, {Crew(threads)})"
    )
    yield from _variant_lines(study)
    yield f"time: about {_spoken(total)} for {scenario.replications} worlds on {Crew(threads)}"


def _variant_lines(study: Study) -> Iterator[str]:
    """Yield the room for what people make of messages, where they do."""
    campaign = study.campaign
    if campaign.craft is not None:
        room = sum(array.nbytes for array in open_variants(campaign.views, campaign.impulse, campaign.craft))
        yield (
            f"  of which {2 * room / 1e6:.1f} MB per world hold up to {campaign.craft.most:,} variants of messages "
            "(co_creation.most_variants); more are counted, and not made"
        )


def _shared_bytes(public: Public) -> int:
    population = public.population
    fields = (getattr(population, name) for name in population.__dataclass_fields__)
    size = sum(value.nbytes for value in fields if isinstance(value, np.ndarray)) + public.start.nbytes
    for layer in public.network.layers.values():
        size += layer.out_ptr.nbytes + layer.out_dst.nbytes + layer.out_weight.nbytes
    layers = [*public.ties.values()]
    if public.after_sale is not None and public.after_sale.ties is not None:
        layers.append(public.after_sale.ties)
    return size + sum(ties.visits.nbytes + ties.peak.nbytes for ties in layers)


def _probe(scenario: Scenario, study: Study) -> tuple[int, float]:
    """Return bytes of one world and seconds it will take, from its first days."""
    key = world_key(scenario.master_seed, 0)
    World(study.public, study.campaign, key, scenario.days).step()  # compiled, or loaded, before timing
    begun = time.perf_counter()
    world = World(study.public, study.campaign, key, scenario.days)
    opened = time.perf_counter() - begun
    world.run(lambda: time.perf_counter() - begun - opened > PROBE_SECONDS)
    seconds = opened + (time.perf_counter() - begun - opened) * scenario.days / max(world.day, 1)
    records = sum(array.nbytes for array in world.people)
    arrivals = sum(there.code.nbytes for there in world.arrivals.values())
    logs = sum(array.nbytes for array in world.log)
    room = sum(array.nbytes for array in world.variants)
    return records + arrivals + logs + room + len(world.contacts) * CONTACT.itemsize, seconds


def _spoken(seconds: float) -> str:
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
