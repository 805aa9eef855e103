"""Network makers: each draws the ties of one layer among the people that it covers.

A maker is a function ``(circle, spec) -> Ties``; it stands in `MAKERS` under the name that a
scenario writes after ``generate:``. All its luck comes from ``circle.key`` and people's uids.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim import luck_keys
from sim.agents.population import Population
from sim.errors import Fault, InputError
from sim.kernels import luck
from sim.kernels import ties as kernels
from sim.network.graph import OFFLINE, TieLayer, empty_layer, tie_layer
from sim.scenario.media import PowerLaw, SmallWorld, WellMixed
from sim.scenario.parameters import table

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
_WORTH_A_NOTE = 0.01
_DEGREE, _MUTUAL, _MUTUAL_HOME, _ONE_WAY_HOME = range(4)


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
        return _starts(self.sizes), order[np.argsort(self.segment[order], kind="stable")]


class Ties(NamedTuple):
    """Hold what a maker drew: `src` is heard by `dst`, places in the circle; what it counted."""

    src: Rows
    dst: Rows
    notes: tuple[str, ...] = ()
    is_well_mixed: bool = False


def generate_layer(
    name: str, spec: PowerLaw | SmallWorld | WellMixed, population: Population, master_seed: int
) -> TieLayer:
    """Draw one layer over the users of a channel (`offline`: over everyone).

    Raises
    ------
    InputError
        When an option of the layer is impossible for the people it covers.
    """
    rows = _covered(name, population)
    segment = np.unique(population.segment[rows], return_inverse=True)[1].astype(np.int64)
    key = luck_keys.decision_key(luck_keys.public_key(master_seed), "tie", luck_keys.name_key("layer", name))
    who = "people" if name == OFFLINE else f"users of {name}"
    made = MAKERS[spec.generate](Circle(name, key, population.uid[rows], segment, who), spec)
    if made.is_well_mixed:
        return empty_layer(name, population.n_people, is_well_mixed=True, notes=made.notes)
    return tie_layer(name, rows[made.src], rows[made.dst], population.uid, notes=made.notes)


def _covered(name: str, population: Population) -> Rows:
    if name == OFFLINE:
        return np.arange(population.n_people, dtype=np.int32)
    return np.flatnonzero(population.usage[population.channel_names.index(name)] > 0).astype(np.int32)


def power_law(circle: Circle, spec: PowerLaw) -> Ties:
    """Draw followers by a power law, part of them mutual, part of them within the segment.

    Notes
    -----
    Followers d of a user: P(d) ∝ d^-exponent on [min_followers, max_followers]. A share m of the
    follower stubs is mutual and paired at random among users (configuration model); the others are
    drawn at random and one-way. A stub stays in its own segment with probability h, the same for all
    segments (Coleman's index of homophily, 1958), else it goes to everyone, so that a share
    h + (1 - h)·chance of the ties lies within a segment. m is a little under `reciprocity`, by what
    chance returns.
    """
    degree = _degrees(circle, spec)
    h, notes = _homophily(circle, spec.same_segment)
    p_mutual, more_notes = _mutual_share(circle, spec.reciprocity, float(degree.mean()), h)
    notes += more_notes
    n_mutual = (p_mutual * degree + circle.draws("stubs", _MUTUAL)).astype(np.int64)
    n_mutual_home = (h * n_mutual + circle.draws("stubs", _MUTUAL_HOME)).astype(np.int64)
    n_one_way = degree - n_mutual
    n_home = (h * n_one_way + circle.draws("stubs", _ONE_WAY_HOME)).astype(np.int64)
    n_wide = n_one_way - n_home
    left, right = _match(circle, n_mutual, n_mutual_home, n_home, n_wide)
    src, dst = _one_way(circle, left, right, n_home, n_wide)
    n_lost = int(degree.sum()) - len(src) - 2 * len(left)
    if n_lost:
        notes += (f"{n_lost} of {degree.sum()} ties not drawn: nobody left to follow",)
    return Ties(np.concatenate([left, right, src]), np.concatenate([right, left, dst]), notes)


def _degrees(circle: Circle, spec: PowerLaw) -> Ints:
    """Draw each person's number of followers by the inverse of the law's cumulated probability."""
    low = spec.min_followers
    if circle.n <= low:
        raise circle.fault(
            "min_followers",
            f"{low}, but only {circle.n} {circle.who}",
            "want more people than the fewest followers",
            "lower min_followers or simulate more agents",
        )
    asked = spec.max_followers
    high = max(low, int(table("network")["max_share"].value * circle.n)) if asked is None else asked
    if high < low:
        raise circle.fault("max_followers", f"{high}", f"want at least min_followers = {low}")
    followers = np.arange(low, min(high, circle.n - 1) + 1)
    cumulated = np.cumsum(followers.astype(np.float64) ** -spec.exponent)
    place = np.searchsorted(cumulated / cumulated[-1], circle.draws("stubs", _DEGREE), side="right")
    return followers[place].astype(np.int64)


def _homophily(circle: Circle, same_segment: float, most: float = 1.0) -> tuple[float, tuple[str, ...]]:
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


def _mutual_share(
    circle: Circle, reciprocity: float, mean_degree: float, h: float
) -> tuple[float, tuple[str, ...]]:
    """Return the share of mutual stubs with which `reciprocity` of the ties are returned, and a note.

    Notes
    -----
    With one-way share x, chance returns a one-way tie with probability κx, where κ = mean degree ·
    (1 + h²(segments - 1)) / n. So 1 - x + κx² = reciprocity, solved for the smaller x.
    """
    kappa = mean_degree * (1 + h * h * (len(circle.sizes) - 1)) / circle.n
    root = np.sqrt(max(0.0, 1 - 4 * kappa * (1 - reciprocity)))
    one_way = 2 * (1 - reciprocity) / (1 + root)
    if one_way <= 1:
        return float(1 - one_way), ()
    if kappa - reciprocity < _WORTH_A_NOTE:
        return 0.0, ()
    return 0.0, (f"reciprocity {reciprocity:g}: chance alone returns about {kappa:.3f} of ties",)


def _match(
    circle: Circle, n_mutual: Ints, n_mutual_home: Ints, n_home: Ints, n_wide: Ints
) -> tuple[Rows, Rows]:
    """Pair the mutual stubs at random; a stub that finds no partner joins `n_home` or `n_wide`."""
    n_pools = len(circle.sizes) + 1
    owner = np.empty(int(n_mutual.sum()), np.int32)
    order = np.empty(len(owner), np.uint64)
    kernels.stub_order(
        circle.stream("matching"), circle.uid, circle.segment, n_mutual, n_mutual_home, n_pools - 1,
        owner, order,
    )  # fmt: skip
    owner = owner[np.argsort(order, kind="stable")]
    pool_stubs = np.zeros(n_pools, np.int64)
    np.add.at(pool_stubs, circle.segment, n_mutual_home)
    pool_stubs[-1] = len(owner) - pool_stubs.sum()
    starts = _starts(pool_stubs)
    is_odd_one = np.zeros(len(owner), bool)
    is_odd_one[starts[1:][pool_stubs % 2 == 1] - 1] = True
    paired = owner[~is_odd_one]
    left, right = paired[0::2].copy(), paired[1::2].copy()
    pool_ptr = _starts(pool_stubs // 2)
    is_settled = np.empty(len(left), bool)
    kernels.settle_pairs(
        circle.stream("swaps"), pool_ptr, left, right, _pair_table(3 * len(left)), is_settled
    )
    for pool in range(n_pools):
        counts = n_home if pool < n_pools - 1 else n_wide
        pairs = slice(pool_ptr[pool], pool_ptr[pool + 1])
        for end in (left[pairs], right[pairs]):
            np.add.at(counts, end[~is_settled[pairs]], 1)
        stubs = slice(starts[pool], starts[pool + 1])
        np.add.at(counts, owner[stubs][is_odd_one[stubs]], 1)
    return left[is_settled], right[is_settled]


def _one_way(circle: Circle, left: Rows, right: Rows, n_home: Ints, n_wide: Ints) -> tuple[Rows, Rows]:
    """Draw the one-way followers, given who are mutual already."""
    src, dst = np.concatenate([left, right]), np.concatenate([right, left])
    friend_ptr = np.zeros(circle.n + 1, np.int64)
    kernels.row_starts(src, dst, friend_ptr)
    friend = np.empty(len(src), np.int32)
    nothing = np.zeros(0)
    kernels.fill_rows(src, dst, nothing, friend_ptr, friend, nothing)
    n_asked = int(n_home.sum() + n_wide.sum())
    src, dst = np.empty(n_asked, np.int32), np.empty(n_asked, np.int32)
    member_ptr, member = circle.by_segment(np.arange(circle.n, dtype=np.int32))
    n_drawn = kernels.draw_followers(
        circle.stream("followers"), circle.uid, circle.segment, member_ptr, member,
        friend_ptr, friend, n_home, n_wide, src, dst,
    )  # fmt: skip
    return src[:n_drawn], dst[:n_drawn]


def small_world(circle: Circle, spec: SmallWorld) -> Ties:
    """Tie each person to its neighbours on a ring and rewire some ties (Watts & Strogatz 1998).

    Notes
    -----
    The ring is in a random order, so that neighbours are of one segment only by `chance`. For a
    `same_segment` s a share h of each person's ties runs on a ring of its own segment instead:
    s = (1 - rewiring)(h + (1 - h)·chance) + rewiring·chance. A pair hears each other with
    probability q = r / (2 - r), else one of them at random hears the other: then a share r of the
    ties is returned, and a person has ties·(1 + q)/2 followers.
    """
    if spec.ties % 2:
        raise circle.fault("ties", f"{spec.ties}", "want an even number: as many on each side of the ring")
    if circle.n <= spec.ties:
        got = f"{spec.ties}, but only {circle.n} {circle.who}"
        raise circle.fault("ties", got, "want more people than ties", "lower ties or simulate more agents")
    h, notes = 0.0, tuple[str, ...]()
    if spec.same_segment is not None:
        h, notes = _homophily(circle, spec.same_segment, 1 - spec.rewiring)
    left, right, n_lost = _ring(circle, spec.ties // 2, h, spec.rewiring)
    if n_lost:
        notes += (f"{n_lost} of {len(left) + n_lost} pairs not drawn: nobody left to tie",)
    if spec.reciprocity == 1.0:
        return Ties(np.concatenate([left, right]), np.concatenate([right, left]), notes)
    ids = np.empty(len(left), np.uint64)
    kernels.tie_ids(circle.uid, left, right, ids)
    coin = np.empty((2, len(left)))
    for ordinal in (0, 1):
        luck.uniform_all(circle.stream("direction"), ids, ordinal, coin[ordinal])
    both_ways = coin[0] < spec.reciprocity / (2 - spec.reciprocity)
    forth, back = both_ways | (coin[1] < 0.5), both_ways | (coin[1] >= 0.5)
    return Ties(np.concatenate([left[forth], right[back]]), np.concatenate([right[forth], left[back]]), notes)


def _ring(circle: Circle, half: int, h: float, rewiring: float) -> tuple[Rows, Rows, int]:
    """Return the pairs of the rewired rings, and how many found no partner."""
    # two independent orders: in one order, neighbours at home would be neighbours on both rings
    ring, home_order = (_shuffled(circle, name) for name in ("ring", "home ring"))
    home_ptr, home = circle.by_segment(home_order)
    left, right = (np.empty(circle.n * half, np.int32) for _ in range(2))
    kernels.ring_pairs(
        circle.stream("rings"), circle.uid, circle.segment, ring, home_ptr, home,
        half, h, rewiring, left, right,
    )  # fmt: skip
    n_lost = kernels.rewire_pairs(circle.stream("rewiring"), circle.uid, left, right, _pair_table(len(left)))
    return left[right >= 0], right[right >= 0], n_lost


def well_mixed(circle: Circle, spec: WellMixed) -> Ties:
    """Draw no ties: everyone hears of everyone alike (Bass 1969)."""
    nobody = np.zeros(0, np.int32)
    return Ties(nobody, nobody, is_well_mixed=True)


def _shuffled(circle: Circle, name: str) -> Rows:
    return np.argsort(circle.draws(name, 0), kind="stable").astype(np.int32)


def _starts(counts: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _pair_table(n: int) -> npt.NDArray[np.uint64]:
    """Return an empty hash table for `n` pairs, at most three quarters full."""
    return np.zeros(1 << max(4, (4 * n // 3).bit_length()), np.uint64)


MAKERS: dict[str, Callable[[Circle, Any], Ties]] = {
    "power_law": power_law,
    "small_world": small_world,
    "well_mixed": well_mixed,
}
