"""What makes two scenarios the same: the resolved scenario, and hashes of it and of its public."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from sim.scenario.channel_numbers import filled
from sim.scenario.parameters import Engagement
from sim.scenario.path import get
from sim.scenario.schema import Scenario

PUBLIC_CHANNEL_KEYS = ("usage_shape", "brand_followers")
_OF_THE_PLAN = ("plan", "messages")
_OF_THE_READING = (
    "name", "question", "alternatives", "objectives", "response", "replications", "value_per_adoption",
)  # fmt: skip


def resolved(scenario: Scenario) -> dict[str, Any]:
    """Return the scenario as plain JSON values with every default written out.

    `Scenario.from_dict` takes it back. What the defaults cannot tell before the public is built stays
    null: the most followers of a layer, the segments of a flight where a file has them.
    """
    out = scenario.model_dump(mode="json")
    audience = out["audience"]
    if scenario.audience.people is None and scenario.audience.agents is not None:
        audience["people"] = float(scenario.audience.agents)
    for traits in (*audience["segments"].values(), audience["everyone"]):
        if traits["motivations"] is None:
            traits["motivations"] = dict.fromkeys(audience["needs"], 1.0)
    for name, channel in scenario.channels.items():
        out["channels"][name] |= filled(channel, name, scenario.currency)
    for flight in out["plan"]["flights"].values():
        if flight["to"] is None and scenario.table is None:
            flight["to"] = list(scenario.audience.segments)
        flight["to"] = None if flight["to"] is None else sorted(set(flight["to"]))
    for objective in out["objectives"].values():
        objective["by_day"] = objective["by_day"] or scenario.days
    return out


def scenario_hash(scenario: Scenario) -> str:
    """Return the SHA-256 of the resolved scenario, with the content of its files in place of their names."""
    tree = _with_contents(resolved(scenario), scenario)
    for asked in ("question", "alternatives"):
        del tree[asked]  # what is asked of a plan changes nothing in it
    return _digest({**tree, "public": public_hash(scenario)})


def public_hash(scenario: Scenario) -> str:
    """Return the SHA-256 of what the public is built from: audience, network, channels' users, master seed.

    Plans with the same public hash can be compared on the same worlds.
    """
    whole = _with_contents(resolved(scenario), scenario)
    audience = whole["audience"]
    for traits in (*audience["segments"].values(), audience["everyone"]):
        # What a message means to a segment belongs to the campaign.
        del traits["fit"]
    sharing = whole["sharing"] or {"engagement": Engagement().model_dump(mode="json")}
    return _digest(
        {
            "master_seed": whole["master_seed"],
            "publics": whole["publics"],
            "audience": audience,
            # Their order decides who is in which.
            "segment_order": None if scenario.table else list(scenario.audience.segments),
            "network": whole["network"],
            "channels": {
                name: {key: channel[key] for key in PUBLIC_CHANNEL_KEYS}
                for name, channel in whole["channels"].items()
            },
            "engagement": sharing["engagement"],
        }
    )


def ground_hash(scenario: Scenario) -> str:
    """Return the SHA-256 of all that worlds without flights, partners and posts can depend on, but for listening.

    Whatever is no part of plan or messages, and not only of how worlds are read, counts as such: scenarios with the
    same hash share the public made ready, and those worlds.
    """
    tree = _with_contents(resolved(scenario), scenario)
    return _digest(
        {key: value for key, value in tree.items() if key not in (*_OF_THE_PLAN, *_OF_THE_READING)}
    )


def _with_contents(tree: dict[str, Any], scenario: Scenario) -> dict[str, Any]:
    for address, path in scenario.data_files().items():
        *above, key = address.split(".")
        stat = path.stat()
        get(tree, above)[key] = _content_hash(path.resolve(), stat.st_size, stat.st_mtime_ns)
    return tree


@cache
def _content_hash(path: Path, size: int, changed: int) -> str:
    """Return the SHA-256 of a file; size and time of change make a changed file another entry."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _digest(tree: dict[str, Any]) -> str:
    text = json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
