"""Where a result comes from: scenario, versions, luck, public; machine and time apart."""

from __future__ import annotations

import datetime
import platform
from importlib import metadata
from typing import Any

from sim.campaign.compile import Campaign
from sim.luck_keys import SCHEME
from sim.network.measure import asked, described
from sim.public import Public
from sim.scenario.identity import public_hash, resolved, scenario_hash
from sim.scenario.schema import Scenario
from sim.wording.language import later

LIBRARIES = ("numpy", "numba", "scipy", "pandas", "pyarrow", "pydantic", "mesa")


BASELINE = later("same worlds without flights, partners and owned posts")


def provenance(
    scenario: Scenario, public: Public, campaign: Campaign, replications: list[int]
) -> dict[str, Any]:
    """Return what a run rests on; the same for the same scenario, wherever and whenever it runs."""
    population = public.population
    return {
        "scenario_hash": scenario_hash(scenario),
        "public_hash": public_hash(scenario),
        "scenario": resolved(scenario),
        "master_seed": scenario.master_seed,
        "replications": replications,
        "luck": SCHEME,
        "versions": {name: metadata.version(name) for name in ("pregon", *LIBRARIES)},
        "baseline": BASELINE,
        "public": {
            "people": population.market,
            "agents": population.n_people,
            "people_per_agent": population.people_per_agent,
            "segments": dict(
                zip(
                    population.segment_names,
                    (population.segment_sizes / population.n_people).tolist(),
                    strict=True,
                )
            ),
            "notes": list(population.notes),
        },
        "network": {
            name: {key: _known(value) for key, value in described(layer, population).items()}
            | {"asked": asked(name, scenario.network[name]), "notes": list(layer.notes)}
            for name, layer in sorted(public.network.layers.items())
        },
        "sharing": {
            "beta": {population.channel_names[c]: float(public.beta[c]) for c in sorted(public.ties)}
        },
        "flights": flight_facts(public, campaign),
        "partners": partner_facts(public, campaign),
    }


def flight_facts(public: Public, campaign: Campaign) -> list[dict[str, Any]]:
    """Return what each flight buys and is expected to deliver."""
    return [
        {
            "flight": flight.name,
            "channel": public.population.channel_names[flight.purchase.channel],
            "message": campaign.message_names[flight.purchase.message],
            "bought": flight.bought,
            "deliverable": flight.deliverable,
            "undelivered": flight.bought - flight.deliverable,
            "speed_up": flight.speed_up,
            "spend": _known(flight.spend),
            "unit_price": _known(1000.0 * flight.spend / flight.deliverable) if flight.deliverable else None,
        }
        for flight in campaign.paid
    ]


def _known(value: float) -> float | None:
    """Return None for a number that is not known: JSON has no NaN."""
    return None if value != value else value


def partner_facts(public: Public, campaign: Campaign) -> list[dict[str, Any]]:
    """Return who is booked, for how much, and how many follow them."""
    ids = public.population.ids or public.network.ids
    return [
        {
            "booking": booking.name,
            "channel": booking.channel_name,
            "people": [ids[row] if ids and row < len(ids) else int(row) for row in booking.rows],
            "posts": len(booking.rows) * len(booking.days),
            "fees": booking.fees,
            "audience": float(booking.audience.sum()) * public.population.people_per_agent,
        }
        for booking in campaign.bookings
    ]


def circumstances(started: datetime.datetime, wall_seconds: float) -> dict[str, Any]:
    """Return machine, start and wall time: the only lines in which two equal runs differ."""
    return {
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "start": started.isoformat(timespec="seconds"),
        "wall_seconds": round(wall_seconds, 3),
    }
