"""What makers of ties share: the people to be tied, and the steps that more than one maker takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim import luck_keys
from sim.errors import Fault, InputError
from sim.kernels import luck, matching
from sim.kernels import ties as kernels
from sim.scenario.parameters import table

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Pairs = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Circle:
    """Hold the people among whom a layer is drawn; a maker knows them by their place here.

    Parameters
    ----------
    layer : str
    key : uint64
        Luck of this layer; depends on the master seed and the layer's name, not on any world.
    uid : uint64[n]
    segment : int64[n]
        Numbered 0 … n_segments - 1 over the segments that occur here.
    who : str
        Who they are, for messages: ``users of instagram``.
    """

    layer: str
    key: np.uint64
    uid: npt.NDArray[np.uint64]
    segment: Ints
    who: str

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.uid)

    @property
    def sizes(self) -> Ints:
        """People per segment."""
        return np.bincount(self.segment).astype(np.int64)

    @property
    def chance(self) -> float:
        """Chance that two people drawn at random are of one segment."""
        return float(np.sum(self.sizes * (self.sizes - 1.0)) / (self.n * (self.n - 1.0)))

    def fault(self, option: str, got: str, wanted: str, hint: str = "") -> InputError:
        """Return the error of an option of this layer."""
        return InputError(Fault(f"network.{self.layer}.{option}", got, wanted, hint))

    def stream(self, name: str) -> np.uint64:
        """Return the key of a named part of the drawing."""
        return np.uint64(luck.combine(self.key, luck_keys.name_key("maker", name)))

    def draws(self, name: str, ordinal: int) -> npt.NDArray[np.float64]:
        """Return one uniform draw per person, float64[n]."""
        out = np.empty(self.n)
        luck.uniform_all(self.stream(name), self.uid, ordinal, out)
        return out

    def by_segment(self, order: Rows) -> tuple[Ints, Rows]:
        """Return the people in the given order, grouped by segment: group starts and people."""
        return starts(self.sizes), order[np.argsort(self.segment[order], kind="stable")]


class Ties(NamedTuple):
    """Hold what a maker drew: `src` is heard by `dst`, places in the circle; what it counted."""

    src: Rows
    dst: Rows
    notes: tuple[str, ...] = ()
    is_well_mixed: bool = False


class Matching(NamedTuple):
    """Hold stubs paired at random, pool by pool; the last pool is of everyone, the others of a segment.

    `pool_ptr` says which pairs are of which pool; a pair that is not settled would stand twice or tie a
    person to itself. `odd_owner` are the owners of stubs left over, of the pools `odd_pool`.
    """

    left: Rows
    right: Rows
    is_settled: npt.NDArray[np.bool_]
    pool_ptr: Ints
    odd_owner: Rows
    odd_pool: Ints


def power_law_counts(
    circle: Circle, ordinal: int, exponent: float, bounds: tuple[str, int, str, int | None]
) -> Ints:
    """Draw a number of ties per person, P(d) ∝ d^-exponent, by the inverse of the cumulated law.

    `bounds` are the names and values of the two options that bound the law: the fewest, and the most
    ties, None for the default share of the circle.
    """
    low_name, low, high_name, asked = bounds
    if circle.n <= low:
        raise circle.fault(
            low_name,
            f"{low}, but only {circle.n} {circle.who}",
            f"want more people than the fewest {low_name.removeprefix('min_')}",
            f"lower {low_name} or simulate more agents",
        )
    high = max(low, int(table("network")["max_share"].value * circle.n)) if asked is None else asked
    if high < low:
        raise circle.fault(high_name, f"{high}", f"want at least {low_name} = {low}")
    counts = np.arange(low, min(high, circle.n - 1) + 1)
    cumulated = np.cumsum(counts.astype(np.float64) ** -exponent)
    place = np.searchsorted(cumulated / cumulated[-1], circle.draws("stubs", ordinal), side="right")
    return counts[place].astype(np.int64)


def homophily(circle: Circle, same_segment: float, most: float = 1.0) -> tuple[float, tuple[str, ...]]:
    """Return the share of ties to keep in the segment, of the `most` that can be, and what falls short."""
    chance = circle.chance
    if len(circle.sizes) < 2:
        return 0.0, ()
    h = (same_segment - chance) / (1 - chance) / max(most, 1e-9)
    if h < 0:
        return 0.0, (f"same_segment {same_segment:g}: chance alone puts {chance:.3f} within a segment",)
    if h > 1 + 1e-9:
        reached = most + (1 - most) * chance
        return 1.0, (f"same_segment {same_segment:g}: with this rewiring at most {reached:.3f}",)
    return min(1.0, h), ()


def matched(circle: Circle, n_stubs: Ints, n_home: Ints, taken: Pairs) -> Matching:
    """Pair stubs at random (configuration model), the first `n_home` of a person within its segment.

    `taken` is a table of pairs that stand already and may not be drawn again; it is added to.
    """
    owner, stubs_ptr = shuffled_stubs(circle, "matching", n_stubs, n_home)
    pool_stubs = np.diff(stubs_ptr)
    odd_pool = np.flatnonzero(pool_stubs % 2)
    is_odd_one = np.zeros(len(owner), bool)
    is_odd_one[stubs_ptr[1:][odd_pool] - 1] = True
    odd_owner, owner = owner[is_odd_one], owner[~is_odd_one]
    left, right = owner[0::2].copy(), owner[1::2].copy()
    del owner
    pool_ptr = starts(pool_stubs // 2)
    is_settled = np.empty(len(left), bool)
    matching.settle_pairs(circle.stream("swaps"), pool_ptr, left, right, taken, is_settled)
    return Matching(left, right, is_settled, pool_ptr, odd_owner, odd_pool)


def shuffled_stubs(circle: Circle, name: str, n_stubs: Ints, n_home: Ints) -> tuple[Rows, Ints]:
    """Return the owners of stubs in random order, pool by pool, and where the pools start.

    The first `n_home` stubs of a person are in the pool of its segment, the others in the last one.
    """
    n_segments = len(circle.sizes)
    in_pool = np.bincount(circle.segment, weights=n_home, minlength=n_segments).astype(np.int64)
    pool_ptr = starts(np.append(in_pool, n_stubs.sum() - in_pool.sum()))
    owner = np.empty(pool_ptr[-1], np.int32)
    matching.shuffle_stubs(circle.stream(name), circle.uid, circle.segment, n_stubs, n_home, pool_ptr, owner)
    return owner, pool_ptr


def directed(circle: Circle, left: Rows, right: Rows, reciprocity: float) -> tuple[Rows, Rows]:
    """Return ties from pairs, of which a share `reciprocity` is returned: who is heard, and who hears.

    Notes
    -----
    A pair hears each other with probability q = r / (2 - r), else one of them, at random, hears the other.
    """
    p_both = reciprocity / (2 - reciprocity)
    room = len(left) + int(len(left) * p_both + 6 * np.sqrt(len(left)) + 6)  # six deviations of the coins
    src, dst = (np.empty(min(2 * len(left), room), np.int32) for _ in range(2))
    n = kernels.give_directions(circle.stream("direction"), circle.uid, left, right, p_both, src, dst)
    if n > len(src):
        src, dst = (np.empty(n, np.int32) for _ in range(2))
        kernels.give_directions(circle.stream("direction"), circle.uid, left, right, p_both, src, dst)
    return src[:n], dst[:n]


def shuffled(circle: Circle, name: str) -> Rows:
    """Return the people in a random order."""
    return np.argsort(circle.draws(name, 0), kind="stable").astype(np.int32)


def starts(counts: Ints) -> Ints:
    """Return where each group starts when groups of these sizes stand one after another, and the end."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def pair_table(n: int) -> Pairs:
    """Return an empty hash table for `n` pairs, at most three quarters full."""
    return np.zeros(1 << max(4, (4 * n // 3).bit_length()), np.uint64)
