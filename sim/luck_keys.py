"""From the master seed to the key of a decision; the closed list of decisions.

A *world* is (master seed, replication). Every draw in it is
``u(world, decision, entity, ordinal)``; the plan is not part of any key, so plans share their luck.
The public itself is drawn from ``public_key``: it depends on the master seed and not on the world.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from sim.kernels import luck

Decision = Literal[
    "population", "usage", "tie", "paid", "inventory", "occasion", "see", "attend", "aware",
    "forget", "share", "variant", "adopt", "satisfaction", "talk", "hear", "reply",
]  # fmt: skip
DECISIONS: tuple[Decision, ...] = get_args(Decision)
SCHEME = "splitmix64-v2: mix(mix(key) + golden·(entity+1)); draw n = mix(key + golden·(n+1)) >> 11; Exp(1) by ziggurat"


def name_key(kind: str, name: str) -> np.uint64:
    """Return the 64-bit key of a named thing (channel, layer, flight, message, person id)."""
    digest = hashlib.blake2b(f"{kind}\x1f{name}".encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def _combine(key: np.uint64, entity: np.uint64) -> np.uint64:
    return np.uint64(luck.combine(key, entity))


def world_key(master_seed: int, replication: int) -> np.uint64:
    """Return the key of one world."""
    root = _combine(name_key("root", "world"), np.uint64(master_seed))
    return _combine(root, np.uint64(replication))


def public_key(master_seed: int) -> np.uint64:
    """Return the key from which population and network are drawn; no world is part of it."""
    return _combine(name_key("root", "public"), np.uint64(master_seed))


def public_seed(master_seed: int, public: int) -> int:
    """Return the seed that public number `public` is drawn from; number 0 has the master seed itself."""
    if public == 0:
        return master_seed
    return int(
        _combine(_combine(name_key("root", "publics"), np.uint64(master_seed)), np.uint64(public))
        >> np.uint64(1)
    )


def decision_key(key: np.uint64, decision: Decision, *names: np.uint64) -> np.uint64:
    """Return the key of a decision in a world (or public), narrowed by the keys of named things."""
    out = _combine(key, name_key("decision", decision))
    for name in names:
        out = _combine(out, name)
    return out


def decision_keys(
    master_seed: int, replications: Sequence[int], decision: Decision, *names: np.uint64
) -> npt.NDArray[np.uint64]:
    """Return the `decision_key` of a decision in many worlds of one master seed, uint64[n_worlds]."""
    root = _combine(name_key("root", "world"), np.uint64(master_seed))
    out = np.empty(len(replications), np.uint64)
    luck.combine_all(root, np.asarray(replications, np.uint64), out)
    for name in (name_key("decision", decision), *names):
        luck.narrow_all(out, name)
    return out


def order_key(key: np.uint64, day: int, nth: int) -> np.uint64:
    """Return the key of the n-th order that people of a world are put in on a day.

    No decision of the model: a modeller's shuffle moves none of its draws.
    """
    return _combine(_combine(_combine(key, name_key("tool", "order")), np.uint64(day)), np.uint64(nth))


def design_draws(master_seed: int, dimension: int, n: int, ordinal: int) -> npt.NDArray[np.float64]:
    """Return draws in [0, 1) that place the points of a sweep along one dimension, float64[n].

    No decision of the model, and no world: what is tried moves none of its draws.
    """
    key = _combine(_combine(name_key("tool", "design"), np.uint64(master_seed)), np.uint64(dimension))
    out = np.empty(n)
    luck.uniform_all(key, np.arange(n, dtype=np.uint64), ordinal, out)
    return out


def certificate_key(master_seed: int, half: int) -> np.uint64:
    """Return the key of the sets that a certified choice is made on (half 0) and judged by (half 1).

    No decision of the model: the sets are an estimate's, and move nothing in any world.
    """
    return _combine(_combine(name_key("tool", "certificate"), np.uint64(master_seed)), np.uint64(half))


def choice_key(master_seed: int, rule: str) -> np.uint64:
    """Return the key of a rule of choosing people that draws; the same in every world, and no decision of the model."""
    return _combine(name_key("tool", f"choice by {rule}"), np.uint64(master_seed))


def row_uids(n_people: int) -> npt.NDArray[np.uint64]:
    """Return the 64-bit id of each generated person, uint64[n_people]: its row number, hashed."""
    out = np.empty(n_people, np.uint64)
    luck.combine_all(name_key("person", "row"), np.arange(n_people, dtype=np.uint64), out)
    return out


def id_uids(ids: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Return the 64-bit id of each person of a file, uint64[n], from its id as text: its `name_key`."""
    begun = hashlib.blake2b(b"person\x1f", digest_size=8)
    digests = bytearray()
    for person in ids:
        whole = begun.copy()  # copied, as setting up a hash takes longer than hashing an id
        whole.update(person.encode())
        digests += whole.digest()
    return np.frombuffer(digests, "<u8").astype(np.uint64)
