"""The project's luck in plain whole numbers: twin of sim.luck_keys and sim.kernels.luck."""

from __future__ import annotations

import hashlib
import math

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(x: int) -> int:
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return x ^ (x >> 31)


def combine(key: int, entity: int) -> int:
    return mix((mix(key) + GOLDEN * (entity + 1)) & MASK)


def draw_at(key: int, ordinal: int) -> int:
    return mix((key + GOLDEN * (ordinal + 1)) & MASK)


def uniform_at(key: int, ordinal: int) -> float:
    return (draw_at(key, ordinal) >> 11) / 2**53


TAIL = 7.69711747013104972
AREA = 3.949659822581572e-3


def layer_edges() -> list[float]:
    """Return the right edges x_0 = 0 < x_1 < … < x_255 = TAIL of layers of one area under exp(-x)."""
    edges = [TAIL]
    while len(edges) < 255:
        edges.append(-math.log(AREA / edges[-1] + math.exp(-edges[-1])))
    return [0.0, *reversed(edges)]


EDGES = layer_edges()


def exponential_at(key: int, ordinal: int) -> float:
    """Return the height of a dart thrown at the layers of Marsaglia & Tsang (2000), thrown until it hits."""
    word = mix((key + GOLDEN * (ordinal + 1)) & MASK)
    while True:
        layer, draw = word % 256, word >> 11
        outer = EDGES[layer] if layer else AREA / math.exp(-TAIL)
        inner = EDGES[layer - 1] if layer else TAIL
        x = draw * (outer * 2.0**-53)
        if draw < math.floor(inner / outer * 2.0**53):
            return x
        other = uniform_at(word, 0)
        if layer == 0:
            return TAIL - math.log1p(-other)
        low, high = math.exp(-EDGES[layer]), math.exp(-EDGES[layer - 1])
        if low + other * (high - low) < math.exp(-x):
            return x
        word = mix((word + 2 * GOLDEN) & MASK)


def normal_at(key: int, ordinal: int) -> float:
    """Return a standard normal value by Box & Muller (1958): radius from an Exp(1), angle from a uniform."""
    angle = 2.0 * math.pi * uniform_at(key, 2 * ordinal + 1)
    return math.sqrt(2.0 * exponential_at(key, 2 * ordinal)) * math.cos(angle)


def combine_all(key: int, entities: list[int]) -> list[int]:
    return [combine(key, entity) for entity in entities]


def narrow_all(keys: list[int], entity: int) -> list[int]:
    return [combine(key, entity) for key in keys]


def uniform_all(key: int, entities: list[int], ordinal: int) -> list[float]:
    return [uniform_at(combine(key, entity), ordinal) for entity in entities]


def name_key(kind: str, name: str) -> int:
    digest = hashlib.blake2b(f"{kind}\x1f{name}".encode(), digest_size=8).digest()
    return sum(byte << 8 * place for place, byte in enumerate(digest))


def world_key(master_seed: int, replication: int) -> int:
    return combine(combine(name_key("root", "world"), master_seed), replication)


def public_key(master_seed: int) -> int:
    return combine(name_key("root", "public"), master_seed)


def decision_key(key: int, decision: str, *names: int) -> int:
    out = combine(key, name_key("decision", decision))
    for name in names:
        out = combine(out, name)
    return out


def row_uid(row: int) -> int:
    return combine(name_key("person", "row"), row)
