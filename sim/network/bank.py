"""Worlds kept, so that many plans are tried on the same ones: the bank behind `sim.cascade.WorldBank`."""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, InputError
from sim.network.asked import Asked, Sizes, seed_rows

if TYPE_CHECKING:
    from sim.agents.population import Population
    from sim.network.graph import Network

_BYTES = 4  # of a live tie, and of where a person's begin
_SAFE = 6.0  # standard deviations above the mean
World = npt.NDArray[np.uint32]  # row starts, then who hears


class WorldBank:
    """Keep the live ties of many worlds of the independent cascade, and spread 64 plans over each in one pass.

    Parameters
    ----------
    network, probability, worlds, master_seed, threads, layer, message, population : as in `cascade.independent`
    memory_limit : int, optional
        Bytes that the worlds may take in memory; if they need more (`bytes_needed`), they are kept in a file
        that is gone when the bank is. Absent: memory.
    folder : path, optional
        Where that file is made; absent: the system's folder for temporary files.

    Attributes
    ----------
    n_bytes : int      bytes of all worlds kept
    is_on_disk : bool

    Raises
    ------
    InputError
        As `cascade.independent`; a limit below 0, no such folder, too little room in it.

    Examples
    --------
    >>> from sim import Network, cascade
    >>> chain = Network.from_edges([0, 1, 2], [1, 2, 3], n_people=4, directed=True)
    >>> bank = cascade.WorldBank(chain, [1.0, 1.0, 0.0], worlds=3)
    >>> bank.spread([[0], [2], [1, 3]])
    array([[3, 3, 3],
           [1, 1, 1],
           [3, 3, 3]])
    """

    def __init__(
        self,
        network: Network,
        probability: npt.ArrayLike | Literal["weighted"],
        *,
        worlds: int | range = 100,
        master_seed: int = 0,
        threads: int | None = None,
        layer: str | None = None,
        message: str = "message",
        population: Population | None = None,
        memory_limit: int | None = None,
        folder: str | os.PathLike[str] | None = None,
    ):
        ask = Asked(network, layer, [0], worlds, master_seed, threads, population)
        told = ask.chances("probability", probability)
        ask.faults += _keeping_faults(memory_limit, folder)
        ties = ask.layer_or_raise()
        from sim.network.chances import odds_of, tie_chances

        chances = tie_chances(ties, told)
        self.n_people, self.n_worlds, self._threads = network.n_people, ask.n_worlds, ask.threads
        needed = _needed(self.n_people, ties.n_ties, chances, self.n_worlds)
        self.is_on_disk = memory_limit is not None and needed > memory_limit
        place = Path(tempfile.gettempdir() if folder is None else folder)
        if self.is_on_disk and shutil.disk_usage(place).free < needed:
            wanted = f"want room for {needed} bytes, or a higher memory_limit"
            raise InputError(
                Fault("folder", f"{shutil.disk_usage(place).free} bytes free in {place}", wanted)
            )
        drawn = _drawn(odds_of(ties, chances, ask.uid), ask.see_keys(message), ties.n_ties, self._threads)
        self._worlds = _filed(drawn, place) if self.is_on_disk else list(drawn)
        self.n_bytes = sum(world.nbytes for world in self._worlds)

    @staticmethod
    def bytes_needed(
        network: Network,
        probability: npt.ArrayLike | Literal["weighted"],
        *,
        worlds: int | range = 100,
        layer: str | None = None,
    ) -> int:
        """Return the bytes that a bank of so many worlds takes, before anything is drawn.

        Their mean and six standard deviations: 4 for each live tie, 4 for each person and world. Each thread works
        with about 30 bytes per person beside, and while worlds are drawn with 4 for each tie.

        Examples
        --------
        >>> from sim import Network, cascade
        >>> chain = Network.from_edges([0, 1, 2], [1, 2, 3], n_people=4, directed=True)
        >>> cascade.WorldBank.bytes_needed(chain, 1.0, worlds=10)
        320
        """
        ask = Asked(network, layer, [0], worlds, 0, 1, None)
        told = ask.chances("probability", probability)
        ties = ask.layer_or_raise()
        from sim.network.chances import tie_chances

        return _needed(network.n_people, ties.n_ties, tie_chances(ties, told), ask.n_worlds)

    def spread(self, plans: Sequence[npt.ArrayLike], *, threads: int | None = None) -> Sizes:
        """Count whom each plan reaches in each world.

        Parameters
        ----------
        plans : sequence of int[n_seeds]
            Seed sets, row numbers; they may differ in length.
        threads : int, optional
            Absent: as given to the bank. The result is the same for any number.

        Returns
        -------
        int64[n_plans, n_worlds]
            The sizes that `cascade.independent` gives for each plan.

        Raises
        ------
        InputError
            All faults together: no plan, nobody in one, people that are none.
        """
        seeds_ptr, seeds = _seed_sets(plans, self.n_people)
        if threads is not None and threads < 1:
            raise InputError(Fault("threads", f"{threads}", "want 1 or more"))
        from sim.kernels import bank as kernels

        out = np.empty((len(plans), self.n_worlds), np.int64)
        first_people = self.n_people + 1

        def part(which: Sequence[int]) -> None:
            board = kernels.board(self.n_people)
            sizes = np.empty(kernels.PLANS, np.int64)
            for w in which:
                world = self._worlds[w]
                for begin in range(0, len(plans), kernels.PLANS):
                    n = min(kernels.PLANS, len(plans) - begin)
                    bounds = seeds_ptr[begin : begin + n + 1]
                    kernels.flood(world[:first_people], world[first_people:], bounds, seeds, board, sizes[:n])
                    out[begin : begin + n, w] = sizes[:n]

        n_parts = min(threads or self._threads, self.n_worlds)
        _in_threads(part, [range(k, self.n_worlds, n_parts) for k in range(n_parts)])
        return out


def _in_threads(part: Callable[[Any], Any], shares: Sequence[Any]) -> list[Any]:
    """Do every share, each on a thread of its own; return what they give, in order."""
    if len(shares) == 1:
        return [part(shares[0])]
    with ThreadPoolExecutor(len(shares)) as pool:
        return list(pool.map(part, shares))


def _keeping_faults(memory_limit: int | None, folder: str | os.PathLike[str] | None) -> Iterator[Fault]:
    if memory_limit is not None and memory_limit < 0:
        yield Fault(
            "memory_limit", f"{memory_limit}", "want bytes, 0 or more", "0 keeps all worlds in a file"
        )
    if folder is not None and not Path(folder).is_dir():
        yield Fault("folder", f"{os.fspath(folder)}", "want a folder that is there")


def _needed(n_people: int, n_ties: int, chances: npt.NDArray[np.float64], n_worlds: int) -> int:
    each = n_ties / max(len(chances), 1)
    mean, variance = each * float(chances.sum()), each * float((chances * (1 - chances)).sum())
    live = min(n_worlds * mean + _SAFE * math.sqrt(n_worlds * variance), n_worlds * n_ties)
    return _BYTES * (n_worlds * (n_people + 1) + math.ceil(live))


def _drawn(odds: Any, keys: npt.NDArray[np.uint64], n_ties: int, threads: int) -> Iterator[World]:
    """Yield the worlds in order, so many drawn at a time as there are threads."""
    from sim.kernels import bank as kernels
    from sim.network.graph import read_only

    n_people = len(odds.row)
    rooms = [np.empty(n_people + 1 + n_ties, np.uint32) for _ in range(min(threads, len(keys)))]

    def draw(told: tuple[np.uint64, World]) -> World:
        key, room = told
        n = kernels.draw_world(key, odds, room[: n_people + 1], room[n_people + 1 :])
        return read_only(room[: n_people + 1 + n].copy())

    for begin in range(0, len(keys), len(rooms)):
        yield from _in_threads(draw, list(zip(keys[begin : begin + len(rooms)], rooms, strict=False)))


def _filed(worlds: Iterator[World], folder: Path) -> list[World]:
    """Write the worlds into a file that has no name, and return them as they lie in it."""
    bounds = [0]
    with tempfile.TemporaryFile(dir=folder, prefix="pregon-worlds-") as file:
        for world in worlds:
            file.write(world.data)
            bounds.append(bounds[-1] + len(world))
        file.flush()
        whole = np.asarray(np.memmap(file, np.uint32, "r"))
    return [whole[begin:end] for begin, end in pairwise(bounds)]


def _seed_sets(
    plans: Sequence[npt.ArrayLike], n_people: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Return the plans' seed sets one after the other, and where each begins."""
    faults: list[Fault] = [] if len(plans) else [Fault("plans", "none", "want one seed set at least")]
    rows = [seed_rows(f"plans[{k}]", plan, n_people, 1, faults)[0] for k, plan in enumerate(plans)]
    if faults:
        raise InputError(faults)
    seeds_ptr = np.concatenate([[0], np.cumsum([len(some) for some in rows])]).astype(np.int64)
    return seeds_ptr, np.concatenate(rows)
