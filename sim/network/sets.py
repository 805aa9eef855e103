"""The sets that a certified choice is made on and judged by: ties turned round, and two halves of luck."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from sim import luck_keys
from sim.kernels import coverage, reverse
from sim.network.graph import TieLayer, read_only

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
_LEAST_ROOM = 65536


Layers = list[tuple[TieLayer, Floats, Floats]]


def in_ties(layers: Layers, across: bool) -> reverse.InTies:
    """Return the ties of one or several layers as sets are drawn from them.

    Parameters
    ----------
    layers : list of (TieLayer, float64[n_ties] or [1], float64[n_people] or [1])
        Each with the chances of its ties, and who passes on what it met there.
    across : bool
        Who passes on does so on all layers, with the chance of the first; else on the layer where it met it. The rows
        are then those of people where sets begin, and after them those of each layer (see `sim.kernels.reverse`).
    """
    parts = [_turned(layer, chances) for layer, chances, _ in layers]
    pass_on = layers[0][2]
    if len(parts) > 1 and not across:
        in_ptr, src, chances = _layer_by_layer(parts, [told for *_, told in layers])
        pass_on = np.ones(1)
    else:
        in_ptr, src, chances = parts[0] if len(parts) == 1 else _joined(parts)
    row = np.empty(len(in_ptr) - 1, reverse.HEARD)
    share = np.empty(0) if _even_rows(in_ptr, chances) else np.empty(len(src))
    reverse.make_rows(in_ptr, chances, pass_on, row, share)
    return reverse.InTies(read_only(row), read_only(src), read_only(share))


def _layer_by_layer(
    parts: list[tuple[Ints, Rows, Floats]], pass_on: list[Floats]
) -> tuple[Ints, Rows, Floats]:
    """Return the ties into each person on all layers, and after them, layer by layer, those that it passes on."""
    n = len(parts[0][0]) - 1
    moved = [(ptr, (src + n * (1 + k)).astype(np.int32), c) for k, (ptr, src, c) in enumerate(parts)]
    rows = [_joined(moved)]
    for (ptr, src, chances), told in zip(moved, pass_on, strict=True):
        person = np.repeat(np.arange(n), np.diff(ptr))
        rows.append((ptr, src, np.broadcast_to(chances, len(src)) * np.broadcast_to(told, n)[person]))
    ends = np.cumsum([0, *(len(src) for _, src, _ in rows)])
    in_ptr = np.concatenate([[0], *(ptr[1:] + end for (ptr, _, _), end in zip(rows, ends[:-1], strict=True))])
    return in_ptr, np.concatenate([src for _, src, _ in rows]), np.concatenate([c for *_, c in rows])


def _turned(layer: TieLayer, chances: Floats) -> tuple[Ints, Rows, Floats]:
    in_ptr, src = np.zeros(len(layer.out_ptr), np.int64), np.empty(layer.n_ties, np.int32)
    told = np.empty(0) if len(chances) == 1 else np.empty(layer.n_ties)
    reverse.turn_round(layer.out_ptr, layer.out_dst, chances, in_ptr, src, told)
    return in_ptr, src, chances if len(chances) == 1 else told


def _joined(parts: list[tuple[Ints, Rows, Floats]]) -> tuple[Ints, Rows, Floats]:
    """Return the ties into each person, layer after layer; two layers are two chances."""
    person = np.concatenate([np.repeat(np.arange(len(ptr) - 1), np.diff(ptr)) for ptr, _, _ in parts])
    order = np.argsort(person, kind="stable")
    src = np.concatenate([src for _, src, _ in parts])[order]
    chances = np.concatenate([np.broadcast_to(c, len(src)) for _, src, c in parts])[order]
    in_ptr = np.sum([ptr for ptr, _, _ in parts], axis=0)
    return in_ptr, src, chances


def _even_rows(in_ptr: Ints, chances: Floats) -> bool:
    """Tell whether the ties into each person are all alike."""
    if len(chances) <= 1:
        return True
    first = np.repeat(chances[np.minimum(in_ptr[:-1], len(chances) - 1)], np.diff(in_ptr))
    return bool((chances == first).all())


class Begins:
    """Hold where sets begin, and what people are worth that no set tells of.

    Parameters
    ----------
    ties : InTies
    weight : float64[n_people]
    counts_chosen : bool
    """

    def __init__(self, ties: reverse.InTies, weight: Floats, counts_chosen: bool):
        table = np.empty(len(ties.row), reverse.BEGIN)
        further = np.zeros(
            len(ties.row) - len(weight)
        )  # rows of people on one layer alone: no set begins there
        self.total = float(reverse.make_begins(np.concatenate([weight, further]), ties.row, table))
        """What is shared out among the sets: each person's weight times its chance to hear a candidate."""
        self.table = read_only(table)
        self.sure = read_only(weight * (1.0 - table["hears"][: len(weight)]) * counts_chosen)
        """What each person is worth where it hears no candidate, float64[n_people]: it counts if it is chosen."""


class Half:
    """Hold one half of the sets, and draw more of them.

    Parameters
    ----------
    key : uint64
    begins : Begins
    ties : InTies
    steps, counts_chosen, threads : as in `sim.network.greedy.Task`
    """

    def __init__(
        self,
        key: np.uint64,
        begins: Begins,
        ties: reverse.InTies,
        steps: int,
        counts_chosen: bool,
        threads: int,
    ):
        self._key, self._begins, self._ties = key, begins, ties
        self._steps, self._counts_chosen, self._threads = steps, counts_chosen, threads
        self.n_sets, self.solo = 0, np.zeros(len(begins.sure), np.int64)
        self.ptr, self.members = np.zeros(1, np.int64), np.zeros(0, np.int32)

    @property
    def each(self) -> float:
        """What one set is worth."""
        return self._begins.total / self.n_sets if self.n_sets else 0.0

    def grow(self, n_sets: int) -> None:
        """Draw sets until there are so many; the same ones for any number of threads. None where nothing is open."""
        if self._begins.total == 0.0:
            return
        bounds = np.linspace(self.n_sets, n_sets, self._threads + 1).astype(int).tolist()
        room = 2 * len(self.members) * (n_sets - self.n_sets) // max(1, self.n_sets)
        if self._threads == 1:
            parts = self._part(bounds[0], bounds[1], room)
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                each = [room // self._threads] * self._threads
                parts = [
                    part for some in pool.map(self._part, bounds[:-1], bounds[1:], each) for part in some
                ]
        self.n_sets = n_sets
        self.solo += np.sum([solo for solo, _, _ in parts], axis=0)
        self.members = np.concatenate([self.members, *(members for _, _, members in parts)])
        lengths = np.concatenate([np.diff(self.ptr), *(np.diff(ptr) for _, ptr, _ in parts)])
        self.ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])

    def _part(self, first: int, end: int, room: int) -> list[tuple[Ints, Ints, Rows]]:
        """Draw sets number `first` … `end - 1`, in as many parts as there is room for at a time."""
        parts: list[tuple[Ints, Ints, Rows]] = []
        while first < end:
            room = max(room, _LEAST_ROOM)
            ptr, members = np.empty(end - first + 1, np.int64), np.empty(room, np.int32)
            drawn = reverse.Drawn(np.zeros(len(self.solo), np.int64), ptr, members)
            n_drawn, n_kept = reverse.draw_sets(
                self._key,
                first,
                end - first,
                self._begins.table,
                self._ties,
                self._steps,
                self._counts_chosen,
                drawn,
            )
            parts.append((drawn.solo, ptr[: n_kept + 1], members[: ptr[n_kept]]))
            first, room = first + n_drawn, 2 * room
        return parts

    def indexed(self) -> coverage.Sets:
        """Return the sets with the way back from people to them."""
        of_ptr, of_set = np.zeros(len(self.solo) + 1, np.int64), np.empty(len(self.members), np.int32)
        reverse.find_sets(self.ptr, self.members, of_ptr, of_set)
        return coverage.Sets(self.solo, self.ptr, self.members, of_ptr, of_set)

    def hits(self, place: Rows, n: int) -> tuple[Ints, Ints]:
        """Return the sets that each of `n` places is the first to be in, and all that it is in."""
        first_hit, all_hits = np.zeros((2, n), np.int64)
        coverage.count_hits(self.solo, self.ptr, self.members, place, first_hit, all_hits)
        return first_hit, all_hits


def halves(
    master_seed: int, begins: Begins, ties: reverse.InTies, steps: int, counts_chosen: bool, threads: int
) -> tuple[Half, Half]:
    """Return the half that people are chosen on and the one that judges the choice, both without a set."""
    one, other = (
        Half(luck_keys.certificate_key(master_seed, half), begins, ties, steps, counts_chosen, threads)
        for half in (0, 1)
    )
    return one, other
