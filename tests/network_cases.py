"""Small publics and scenarios for the tests of networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import luck_keys
from sim.agents.population import Population
from sim.errors import InputError
from sim.network.build import build_network
from sim.network.graph import Network, TieLayer
from sim.scenario.schema import Scenario

CHANNELS = ("facebook", "instagram")


def public(
    people: int | Sequence[str], segment: Sequence[int] | None = None, users: Sequence[bool] | None = None
) -> Population:
    """Return a public of so many agents, or of the people with these ids."""
    ids = None if isinstance(people, int) else tuple(people)
    n = people if isinstance(people, int) else len(people)
    of = np.zeros(n, np.int16) if segment is None else np.asarray(segment, np.int16)
    uses = np.ones(n) if users is None else np.asarray(users, float)
    zeros = np.zeros(n)
    return Population(
        uid=luck_keys.row_uids(n) if ids is None else luck_keys.id_uids(list(ids)),
        ids=ids,
        market=float(n),
        segment_names=tuple(f"s{g}" for g in range(int(of.max()) + 1)),
        segment=of,
        needs=("information",),
        motivations=np.ones((int(of.max()) + 1, 1)),
        channel_names=CHANNELS,
        usage=np.stack([uses, uses]),
        follows_brand=np.zeros((2, n), bool),
        engagement=np.ones(n),
        trust=zeros,
        attitude=zeros,
        memory=zeros,
        is_aware=zeros > 0,
        is_adopter=zeros > 0,
        availability=np.ones(n),
    )


def scenario(folder: Path, network: Mapping[str, Any], master_seed: int = 7) -> Scenario:
    """Return a scenario with these layers, its files in `folder`."""
    made = Scenario.model_validate(
        {
            "name": "Ties",
            "days": 1,
            "master_seed": master_seed,
            "audience": {"agents": 2, "segments": {"all": {"share": 1.0}}},
            "network": dict(network),
            "channels": {name: {"kind": "feed", "medium": "feed"} for name in CHANNELS},
            "messages": {"hello": {"appeals": {}, "quality": 0.5}},
        }
    )
    made._folder = folder
    return made


def build(
    folder: Path, network: Mapping[str, Any], people: Population | int | Sequence[str], master_seed: int = 7
) -> Network:
    """Build the layers over a public."""
    population = people if isinstance(people, Population) else public(people)
    return build_network(scenario(folder, network, master_seed), population)


def faults_of(
    folder: Path, network: Mapping[str, Any], people: Population | int | Sequence[str]
) -> list[str]:
    """Return the text of every fault with which the network is refused."""
    with pytest.raises(InputError) as caught:
        build(folder, network, people)
    return [str(fault) for fault in caught.value.faults]


def rows(layer: TieLayer) -> list[list[int]]:
    """Return each person's followers, in the order of the row."""
    return [
        layer.out_dst[layer.out_ptr[j] : layer.out_ptr[j + 1]].tolist() for j in range(len(layer.out_ptr) - 1)
    ]


def strengths(layer: TieLayer) -> dict[tuple[int, int], float]:
    """Return the weight of each tie."""
    ends = [(j, i) for j, row in enumerate(rows(layer)) for i in row]
    return dict(zip(ends, layer.out_weight.tolist(), strict=True))


def same(one: TieLayer, other: TieLayer) -> bool:
    """Return whether two layers have the same bits."""
    pairs = ((one.out_ptr, other.out_ptr), (one.out_dst, other.out_dst), (one.out_weight, other.out_weight))
    return all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in pairs)
