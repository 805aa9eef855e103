"""Keyed luck: known answers, its twin in whole numbers, and the laws that draws must keep.

Statistical tests look at fixed keys. Each statistic is a standard normal under the law; |z| < 6 on every
one of fewer than 20,000 of them raises a false alarm for one choice of keys in 25,000. Broken mixers must
fail the same tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim import luck_keys
from sim.kernels import luck
from tests import reference_luck as twin

N = 40_000
MOST_SIGMAS = 6.0
WORDS = st.integers(0, 2**64 - 1)
Floats = npt.NDArray[np.float64]
Uints = npt.NDArray[np.uint64]
KNOWN = {
    "name": 7804912597602695202,
    "world": 1923630009651222850,
    "public": 6556655011062893465,
    "decision": 14384244095813554409,
    "rows": [6364063813173285159, 16713076399801700388, 15471467740007751688],
}
# Draws of many entities at one ordinal: (key, entities, ordinal) → float64[n].
Draw = Callable[[int, Uints, int], Floats]


def real_draw(key: int, entities: Uints, ordinal: int) -> Floats:
    out = np.empty(len(entities))
    luck.uniform_all(np.uint64(key), entities, ordinal, out)
    return out


def unmixed_draw(key: int, entities: Uints, ordinal: int) -> Floats:
    """Planted bug: keys and ordinals are added up and never scrambled."""
    words = entities * luck.GOLDEN + np.uint64((key + twin.GOLDEN * (ordinal + 2)) & twin.MASK)
    return (words >> np.uint64(11)).astype(np.float64) * 2.0**-53


def shared_draw(key: int, entities: Uints, ordinal: int) -> Floats:
    """Planted bug: entities and ordinals are added before mixing, so neighbours share their draws."""
    return real_draw(key, entities + np.uint64(ordinal), 0)


def squeezed_draw(key: int, entities: Uints, ordinal: int) -> Floats:
    """Planted bug: one draw in twenty is too small by half."""
    draws = real_draw(key, entities, ordinal)
    return np.where(real_draw(key, entities, ordinal + 99) < 0.05, draws / 2, draws)


def z_of_moments(x: Floats) -> dict[str, float]:
    """Return z of mean, variance and ten equal bins of uniform draws."""
    n = len(x)
    z = {
        "mean": (x.mean() - 1 / 2) * math.sqrt(12 * n),
        "variance": (np.mean((x - 1 / 2) ** 2) - 1 / 12) * math.sqrt(180 * n),
    }
    counts = np.bincount(np.minimum((10 * x).astype(int), 9), minlength=10)
    z |= {f"bin {b}": (count - n / 10) / math.sqrt(0.09 * n) for b, count in enumerate(counts)}
    return z


def z_of_products(x: Floats, y: Floats) -> float:
    """Return z of the correlation between draws that should have nothing to do with each other."""
    return float(np.mean((x - 1 / 2) * (y - 1 / 2)) * 12 * math.sqrt(len(x)))


def faults(draw: Draw) -> dict[str, float]:
    """Return every statistic that is out of bounds: moments, then ordinals, entities, decisions, worlds."""
    world = int(luck_keys.world_key(7, 0))
    entities = np.arange(N, dtype=np.uint64)
    uids = luck_keys.row_uids(N)
    z: dict[str, float] = {}
    for name, who in (("rows", entities), ("uids", uids)):
        draws = [draw(world, who, ordinal) for ordinal in range(4)]
        for ordinal, x in enumerate(draws):
            z |= {f"{name}, ordinal {ordinal}: {k}": v for k, v in z_of_moments(x).items()}
            z |= {f"{name}, ordinal {ordinal}, lag {k}": z_of_products(x[k:], x[:-k]) for k in (1, 2, 3, 64)}
        z |= {
            f"{name}, ordinals {a} and {b}, lag {k}": z_of_products(draws[a][k:], draws[b][: N - k])
            for a in range(4)
            for b in range(4)
            for k in range(4)
            if a != b
        }
    firsts = {
        decision: draw(int(luck_keys.decision_key(np.uint64(world), decision)), uids, 0)
        for decision in luck_keys.DECISIONS
    }
    firsts |= {f"world {k}": draw(int(luck_keys.world_key(7, k)), uids, 0) for k in range(1, 6)}
    names = sorted(firsts)
    z |= {f"{a} and {b}": z_of_products(firsts[a], firsts[b]) for a in names for b in names if a < b}
    return {name: round(value, 1) for name, value in z.items() if not abs(value) < MOST_SIGMAS}


def flips(function: Callable[[int], int], n_inputs: int = 400) -> npt.NDArray[np.int64]:
    """Return how often each output bit turns when each input bit is turned, int64[64 in, 64 out]."""
    counts = np.zeros((64, 64), np.int64)
    for k in range(n_inputs):
        word = twin.combine(12345, k)
        before = function(word)
        for bit in range(64):
            turned = before ^ function(word ^ (1 << bit))
            counts[bit] += np.array([turned >> out & 1 for out in range(64)])
    return counts


def avalanche_faults(function: Callable[[int], int], n_inputs: int = 400) -> int:
    z = (flips(function, n_inputs) - n_inputs / 2) / math.sqrt(n_inputs / 4)
    return int(np.count_nonzero(np.abs(z) >= MOST_SIGMAS))


@pytest.mark.known
def test_draws_of_a_key_are_the_published_sequence_of_splitmix64() -> None:
    published = [
        6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821,
    ]  # fmt: skip
    for ordinal, word in enumerate(published):
        assert luck.uniform_at(np.uint64(1234567), ordinal) == (word >> 11) / 2**53
        assert twin.uniform_at(1234567, ordinal) == (word >> 11) / 2**53


@pytest.mark.known
def test_keys_known_by_heart() -> None:
    """Frozen: a change here gives every scenario of every user other results."""
    assert luck_keys.name_key("flight", "teaser") == KNOWN["name"]
    assert luck_keys.world_key(7, 3) == KNOWN["world"]
    assert luck_keys.public_key(7) == KNOWN["public"]
    assert luck_keys.decision_key(np.uint64(5), "paid", np.uint64(6)) == KNOWN["decision"]
    assert luck_keys.row_uids(3).tolist() == KNOWN["rows"]


@pytest.mark.twin
@given(WORDS, WORDS, st.integers(0, 2**31 - 1))
def test_kernels_are_their_twins(key: int, entity: int, ordinal: int) -> None:
    word = np.uint64(key)
    assert luck.mix(word) == twin.mix(key)
    assert luck.combine(word, np.uint64(entity)) == twin.combine(key, entity)
    assert luck.combine(word, ordinal) == twin.combine(key, ordinal)
    assert luck.uniform_at(word, ordinal) == twin.uniform_at(key, ordinal)
    assert luck.exponential_at(word, ordinal) == twin.exponential_at(key, ordinal)


@pytest.mark.twin
@given(WORDS, st.lists(WORDS, max_size=20), st.integers(0, 2**31 - 1))
def test_arrays_are_their_twins(key: int, entities: list[int], ordinal: int) -> None:
    given_entities, keys = np.array(entities, np.uint64), np.empty(len(entities), np.uint64)
    luck.combine_all(np.uint64(key), given_entities, keys)
    assert keys.tolist() == twin.combine_all(key, entities)
    assert real_draw(key, given_entities, ordinal).tolist() == twin.uniform_all(key, entities, ordinal)


@pytest.mark.twin
@given(
    st.integers(0, 2**63 - 1),
    st.integers(0, 2**40),
    st.text(max_size=9),
    st.sampled_from(luck_keys.DECISIONS),
)
def test_names_of_worlds_and_decisions_are_their_twins(
    seed: int, replication: int, name: str, decision: Any
) -> None:
    assert luck_keys.name_key("flight", name) == twin.name_key("flight", name)
    key, flight = luck_keys.world_key(seed, replication), luck_keys.name_key("flight", name)
    assert key == twin.world_key(seed, replication)
    assert luck_keys.public_key(seed) == twin.public_key(seed)
    assert luck_keys.decision_key(key, decision) == twin.decision_key(int(key), decision)
    assert luck_keys.decision_key(key, decision, flight) == twin.decision_key(int(key), decision, int(flight))
    assert luck_keys.row_uids(4).tolist() == [twin.row_uid(row) for row in range(4)]
    assert luck_keys.id_uids([name]).tolist() == [twin.name_key("person", name)]


@pytest.mark.property
@given(WORDS, st.integers(0, 2**62))
def test_draws_stay_in_the_unit_interval(key: int, ordinal: int) -> None:
    assert 0.0 <= luck.uniform_at(np.uint64(key), ordinal) < 1.0
    assert 0.0 <= luck.exponential_at(np.uint64(key), ordinal) < math.inf


@pytest.mark.known
def test_the_largest_word_is_still_below_one() -> None:
    """Find the key whose first word is all ones by walking the mixer backwards."""
    word = unmix(2**64 - 1)
    key = (word - twin.GOLDEN) & twin.MASK
    assert luck.uniform_at(np.uint64(key), 0) == 1.0 - 2.0**-53
    x = luck.exponential_at(np.uint64(key), 0)
    assert x == twin.exponential_at(key, 0) and 0.0 <= x < math.inf


def unmix(x: int) -> int:
    def unshift(y: int, s: int) -> int:
        out = y
        for _ in range(64 // s + 1):
            out = y ^ out >> s
        return out

    x = unshift(x, 31) * pow(0x94D049BB133111EB, -1, 2**64) & twin.MASK
    x = unshift(x, 27) * pow(0xBF58476D1CE4E5B9, -1, 2**64) & twin.MASK
    return unshift(x, 30)


@pytest.mark.property
def test_decisions_worlds_and_kinds_have_keys_of_their_own() -> None:
    keys = [int(luck_keys.world_key(seed, r)) for seed in range(30) for r in range(30)]
    keys += [int(luck_keys.public_key(seed)) for seed in range(30)]
    world = luck_keys.world_key(1, 1)
    keys += [int(luck_keys.decision_key(world, decision)) for decision in luck_keys.DECISIONS]
    keys += [
        int(luck_keys.name_key(kind, "tv")) for kind in ("channel", "layer", "flight", "message", "person")
    ]
    assert len(set(keys)) == len(keys)


@pytest.mark.statistical
def test_draws_are_uniform_and_unrelated() -> None:
    assert faults(real_draw) == {}


def exponential_p(draws: np.ndarray) -> float:
    """Return the smaller p of two tests against Exp(1): the whole law, and how much lies beyond the layers."""
    whole = stats.kstest(draws, "expon").pvalue
    beyond = int(np.count_nonzero(draws > luck.TAIL_AT))
    return float(min(whole, stats.binomtest(beyond, len(draws), math.exp(-luck.TAIL_AT)).pvalue))


def exponential_draws(n: int = 3_000_000) -> np.ndarray:
    return np.array([luck.exponential_at(np.uint64(77), k) for k in range(n)])


@pytest.mark.statistical
def test_exponential_draws_have_their_law() -> None:
    """False alarm: 2 · 1e-4. Caught: layers taken for settled, and a tail that is cut off."""
    draws = exponential_draws()
    assert exponential_p(draws) > 1e-4
    unsettled = np.array([luck.uniform_at(np.uint64(77), k) for k in range(len(draws))])
    words = (unsettled * 2.0**53).astype(np.uint64)
    layers = np.random.default_rng(1).integers(0, luck.N_LAYERS, len(draws))
    assert exponential_p(words * luck._WIDTH[layers]) < 1e-4
    assert exponential_p(draws[draws < luck.TAIL_AT]) < 1e-4


@pytest.mark.statistical
@pytest.mark.parametrize("draw", [unmixed_draw, shared_draw, squeezed_draw])
def test_broken_draws_are_caught(draw: Draw) -> None:
    assert faults(draw)


@pytest.mark.statistical
@pytest.mark.parametrize("function", [
    lambda x: int(luck.mix(np.uint64(x))),
    lambda x: int(luck.combine(np.uint64(x), np.uint64(3))),
    lambda x: int(luck.combine(np.uint64(3), np.uint64(x))),
], ids=["mix", "key of combine", "entity of combine"])  # fmt: skip
def test_each_input_bit_turns_half_of_the_output(function: Callable[[int], int]) -> None:
    assert avalanche_faults(function) == 0


@pytest.mark.statistical
def test_a_mixer_without_its_last_rounds_is_caught() -> None:
    def half_mixed(x: int) -> int:
        return (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & twin.MASK

    assert avalanche_faults(half_mixed) > 100
