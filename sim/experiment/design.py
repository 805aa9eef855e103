"""The points of a sweep: which values are tried together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from sim.errors import Fault, InputError, listed
from sim.experiment.screening import crossed, trajectories
from sim.luck_keys import design_draws
from sim.scenario import grammar, variants
from sim.scenario.findings import shown
from sim.scenario.path import parse
from sim.scenario.schema import Scenario
from sim.scenario.sweep import MOST_POINTS, Split, Sweep

Floats = npt.NDArray[np.float64]
MOST_TOLD = 20
SOBOL_BITS = 30
FIRST_STAGE = "sweep"


@dataclass(frozen=True, slots=True)
class Point:
    """Hold one design point: its number from 1, its name (the number where it has none) and its values.

    An address under a part that is switched off in this point has no value; None is one: it takes the part there away.
    """

    number: int
    name: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Design:
    """Hold all points of a sweep.

    Parameters
    ----------
    addresses : tuple of str     what is varied, in the order of the file; a column each
    points : tuple of Point
    is_named : bool              the points have names of their own
    """

    addresses: tuple[str, ...]
    points: tuple[Point, ...]
    is_named: bool


def design_of(scenario: Scenario) -> Design:
    """Return the points of a scenario's sweep.

    Raises
    ------
    InputError
        If it has no sweep, or more points than anyone can run.
    """
    sweep = scenario.sweep
    if sweep is None:
        wanted = "want `sweep: {design: grid, vary: {address: [values]}}`"
        raise InputError(Fault(scenario.where("sweep"), "no sweep", wanted))
    if isinstance(sweep.points, dict):
        addresses = tuple(dict.fromkeys(address for values in sweep.points.values() for address in values))
        named = enumerate(sweep.points.items(), 1)
        return Design(addresses, tuple(Point(n, name, dict(values)) for n, (name, values) in named), True)
    addresses = (*sweep.vary, *(address for split in sweep.split.values() for address in split.over))
    rows = _grid(scenario, sweep) if sweep.design == "grid" else _sample(scenario, sweep)
    told = dict(_marked(scenario, addresses, rows))
    return Design(
        addresses, tuple(Point(n, str(n), values) for n, values in enumerate(told.values(), 1)), False
    )


def points_of_rows(scenario: Scenario, design: Design) -> npt.NDArray[np.int64]:
    """Return the index in `design` of every row of a sampled design, whose equal rows are one point; int64[n_rows]."""
    sweep = scenario.sweep
    assert sweep is not None
    index = {repr(point.values): i for i, point in enumerate(design.points)}
    return np.array(
        [index[mark] for mark, _ in _marked(scenario, design.addresses, _sample(scenario, sweep))], np.int64
    )


def rows_of(scenario: Scenario) -> Floats:
    """Return the rows of a sampled design in the unit cube, float64[n_rows, n_dimensions]."""
    sweep = scenario.sweep
    assert sweep is not None
    assert isinstance(sweep.points, int)
    n_dimensions = len(sweep.vary) + sum(len(split.over) - 1 for split in sweep.split.values())
    if sweep.design == "morris":
        return trajectories(scenario.master_seed, sweep.points, n_dimensions)
    if sweep.design == "saltelli":
        return crossed(_sobol(scenario.master_seed, sweep.points, 2 * n_dimensions), sweep.interactions)
    fill = _latin_hypercube if sweep.design == "latin_hypercube" else _sobol
    return fill(scenario.master_seed, sweep.points, n_dimensions)


def scenario_at(scenario: Scenario, point: Point) -> Scenario:
    """Return the scenario of a design point.

    Raises
    ------
    InputError
        With every fault that the values bring about together.
    """
    try:
        return scenario.with_values(point.values)
    except InputError as error:
        at = f"design point {point.name} ({words_of(point.values)})"
        raise InputError([Fault(f"{at}: {f.where}", f.got, f.wanted, f.hint) for f in error.faults]) from None


def checked(scenario: Scenario, design: Design) -> list[Scenario]:
    """Return the scenario of every point.

    Raises
    ------
    InputError
        With the faults of every point whose values do not go together.
    """
    found: list[Scenario] = []
    faults: list[Fault] = []
    for point in design.points:
        try:
            found.append(scenario_at(scenario, point))
        except InputError as error:
            faults += error.faults
    if faults:
        hidden = len(faults) - MOST_TOLD
        more = [Fault(FIRST_STAGE, f"{hidden} more faults of this kind", "want values that go together")]
        raise InputError([*faults[:MOST_TOLD], *(more if hidden > 0 else [])])
    return found


def words_of(values: Mapping[str, Any]) -> str:
    """Return the values of a point in a line."""
    return listed((f"{address}: {shown(value)}" for address, value in values.items()), 6)


def _marked(
    scenario: Scenario, addresses: Sequence[str], rows: Iterable[dict[str, Any]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield rows without values where nothing is there to set (an off flight has one budget), and a mark of each."""
    for row in rows:
        kept = variants.settled(Scenario, scenario.raw, row)
        settled = {address: kept[address] for address in addresses if address in kept}
        yield repr(settled), settled


def _grid(scenario: Scenario, sweep: Sweep) -> Iterator[dict[str, Any]]:
    axes: list[list[dict[str, Any]]] = [
        [{address: value} for value in _levels(scenario, address, given)]
        for address, given in sweep.vary.items()
    ]
    count = math.prod(len(axis) for axis in axes)
    count *= math.prod(
        math.comb((s.steps or 1) + len(s.over) - 1, len(s.over) - 1) for s in sweep.split.values()
    )
    if count > MOST_POINTS:
        raise InputError(
            Fault(
                scenario.where("sweep"),
                f"a grid of {count:,} points",
                f"want at most {MOST_POINTS:,}",
                "design: latin_hypercube tries a sample",
            )
        )
    axes += [list(_lattice(scenario, split)) for split in sweep.split.values()]
    for parts in itertools.product(*axes):
        yield {address: value for part in parts for address, value in part.items()}


def _levels(scenario: Scenario, address: str, given: Any) -> list[Any]:
    if isinstance(given, list):
        return list(given)
    steps = np.linspace(0.0, 1.0, given["levels"]).tolist()
    if _is_whole(scenario, address):
        found: list[float] = [round(_along(given, u)) for u in steps]
    else:
        found = [_rounded(_along(given, u)) for u in steps]
    return list(dict.fromkeys(found))


def _lattice(scenario: Scenario, split: Split) -> Iterator[dict[str, Any]]:
    """Yield every way to deal the total in whole steps."""
    k, steps = len(split.over), split.steps or 1
    for bars in itertools.combinations(range(steps + k - 1), k - 1):
        edges = (-1, *bars, steps + k - 1)
        shares = [(edges[i + 1] - edges[i] - 1) / steps for i in range(k)]
        yield _dealt(scenario, split, shares)


def _dealt(scenario: Scenario, split: Split, shares: Sequence[float]) -> dict[str, Any]:
    """Return money at each address: the least for each, and the rest by shares, to the cent."""
    total = split.total
    if total is None:
        total = float(sum(variants.standing(scenario.raw, address) for address in split.over))
    free = 1.0 - split.at_least * len(shares)
    cents = [round(100 * total * (split.at_least + free * share)) for share in shares]
    largest = int(np.argmax(cents))
    cents[largest] += round(100 * total) - sum(cents)
    return {address: cent / 100 for address, cent in zip(split.over, cents, strict=True)}


def _sample(scenario: Scenario, sweep: Sweep) -> Iterator[dict[str, Any]]:
    for u in rows_of(scenario):
        along = iter(u.tolist())
        row = {address: _at(scenario, address, given, next(along)) for address, given in sweep.vary.items()}
        for split in sweep.split.values():
            row |= _dealt(scenario, split, _broken_stick([next(along) for _ in split.over[1:]]))
        yield row


def _latin_hypercube(master_seed: int, n: int, n_dimensions: int) -> Floats:
    """Return points of which each of n equal slices of every dimension holds one (McKay et al. 1979)."""
    columns = []
    for d in range(n_dimensions):
        slice_of = np.argsort(np.argsort(design_draws(master_seed, d, n, 0), kind="stable"), kind="stable")
        columns.append((slice_of + design_draws(master_seed, d, n, 1)) / n)
    return np.stack(columns, axis=1)


def _sobol(master_seed: int, n: int, n_dimensions: int) -> Floats:
    """Return the first n points of Sobol's sequence, shifted digit by digit so that none lies on an edge.

    Notes
    -----
    Sobol (1967). A digital shift keeps the balance of the sequence; its luck is keyed, none is scipy's.
    """
    engine = stats.qmc.Sobol(n_dimensions, scramble=False, bits=SOBOL_BITS)
    whole = (engine.random_base2(max(0, math.ceil(math.log2(n))))[:n] * 2.0**SOBOL_BITS).astype(np.int64)
    shift = [design_draws(master_seed, d, 1, 2)[0] for d in range(n_dimensions)]
    digits = (np.array(shift) * 2.0**SOBOL_BITS).astype(np.int64)
    return np.asarray((np.bitwise_xor(whole, digits) + 0.5) / 2.0**SOBOL_BITS)


def _at(scenario: Scenario, address: str, given: Any, u: float) -> Any:
    if isinstance(given, list):
        return given[min(int(u * len(given)), len(given) - 1)]
    if not _is_whole(scenario, address):
        return _rounded(_along(given, u))
    wider = given | {"to": given["to"] + 1}
    return min(math.floor(_along(wider, u)), int(given["to"]))


def _along(given: Mapping[str, Any], u: float) -> float:
    """Return the value at share u of the way from one end of a range to the other."""
    low, high = float(given["from"]), float(given["to"])
    if given.get("scale") == "log":
        return float(low * (high / low) ** u)
    return low + u * (high - low)


def _rounded(value: float) -> float:
    """Return a value of six figures: what is tried should be readable, and can be bought."""
    return float(f"{value:.6g}")


def _broken_stick(cuts: Sequence[float]) -> list[float]:
    """Return shares that are uniform over all that sum to 1, from uniforms one fewer."""
    left, shares = 1.0, []
    for i, u in enumerate(cuts):
        share = left * (1.0 - (1.0 - u) ** (1.0 / (len(cuts) - i)))
        shares.append(share)
        left -= share
    return [*shares, left]


def _is_whole(scenario: Scenario, address: str) -> bool:
    kinds = {slot.kind for slot in grammar.at(Scenario, parse(address), dict(scenario.raw))}
    return int in kinds and float not in kinds
