"""Designs that tell which levers matter: rows that differ in one lever, and the indices made of them by SALib."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Mapping, Sequence
from importlib import util
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import PregonError
from sim.luck_keys import design_draws

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
LEVELS = 4
LEAST_BLOCKS, N_RESAMPLES, RESAMPLED = 4, 400, (0.025, 0.975)
INDICES = {"morris": ("mu_star", "mu", "sigma"), "saltelli": ("first", "total")}
PAIR = "pair"
COLUMNS = ["address", "with_address", "index", "unit", "value", "low", "high"]


def must_be_there() -> None:
    """Complain before anything runs where SALib is not installed."""
    if util.find_spec("SALib") is None:
        raise PregonError(
            "designs morris and saltelli want the extra `sensitivity`: pip install 'pregon[sensitivity]'"
        )


def trajectories(master_seed: int, n: int, n_levers: int) -> Floats:
    """Return n paths through the unit cube, one after another, each moving every lever once by 2/3.

    The shape is float64[n · (n_levers + 1), n_levers].

    Notes
    -----
    Morris (1991) with four levels 0, 1/3, 2/3, 1: from each of them one step of 2/3 stays within the range.
    """
    level = np.stack([design_draws(master_seed, d, n, 3) for d in range(n_levers)], axis=1)
    start = np.floor(level * LEVELS) / (LEVELS - 1)
    turn = np.argsort(
        np.stack([design_draws(master_seed, d, n, 4) for d in range(n_levers)], 1), 1, kind="stable"
    )
    rank = np.argsort(turn, axis=1, kind="stable")
    step = np.where(start < 0.5, 1.0, -1.0) * LEVELS / (2 * (LEVELS - 1))
    moved = np.arange(n_levers + 1)[None, :, None] > rank[:, None, :]
    # 1/3 + 2/3 is not 1, and a range ends where it is said to end
    rows = np.round((start[:, None, :] + step[:, None, :] * moved) * (LEVELS - 1)) / (LEVELS - 1)
    return np.asarray(rows.reshape(-1, n_levers))


def crossed(pairs: Floats, is_both_ways: bool = False) -> Floats:
    """Return rows A, then A with each lever in turn from B, then B, for each of n points of two halves.

    Parameters
    ----------
    pairs : float64[n, 2 · n_levers]    A and B side by side
    is_both_ways : bool                 before B also B with each lever in turn from A: what pairs of levers are told by

    Notes
    -----
    Saltelli (2002), Saltelli et al. (2010); the shape is float64[n · (n_levers + 2), n_levers], or with both ways
    float64[n · (2 · n_levers + 2), n_levers].
    """
    n_levers = pairs.shape[1] // 2
    a, b = pairs[:, :n_levers], pairs[:, n_levers:]
    rows = np.repeat(a[:, None, :], _block("saltelli", n_levers, is_both_ways), axis=1)
    for lever in range(n_levers):
        rows[:, 1 + lever, lever] = b[:, lever]
    rows[:, n_levers + 1 :] = b[:, None, :]
    if is_both_ways:
        for lever in range(n_levers):
            rows[:, 1 + n_levers + lever, lever] = a[:, lever]
    return np.asarray(rows.reshape(-1, n_levers))


def _block(method: str, n_levers: int, with_pairs: bool) -> int:
    """Return how many rows belong together: a path, or what is made of a base point."""
    return n_levers + 1 if method == "morris" else (1 + with_pairs) * n_levers + 2


def shares_of_pairs(n_levers: int, values: Floats) -> Floats:
    """Return the share of the variance that each two levers have only together, by SALib.

    Parameters
    ----------
    n_levers : int
    values : float64[n · (2 · n_levers + 2)]    what came out of the rows of `crossed`, both ways

    Returns
    -------
    float64[n_pairs]
        Pairs (0, 1), (0, 2), …, (1, 2), …

    Notes
    -----
    Second-order indices: Saltelli (2002).
    """
    both = np.triu_indices(n_levers, 1)
    if not np.ptp(values):
        return np.zeros(len(both[0]))
    return np.asarray(_sobol(n_levers, values, with_pairs=True)["S2"], np.float64)[both]


def _sobol(n_levers: int, values: Floats, *, with_pairs: bool) -> Mapping[str, Any]:
    from SALib.analyze import sobol

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        # SALib's own intervals come from a generator of its own: they are not read, `table` has keyed ones.
        found: Mapping[str, Any] = sobol.analyze(
            _problem(n_levers), values, calc_second_order=with_pairs, num_resamples=2
        )
    return found


def _problem(n_levers: int) -> dict[str, Any]:
    names = [str(d) for d in range(n_levers)]
    return {"num_vars": n_levers, "names": names, "bounds": [[0.0, 1.0]] * n_levers}


def indices(method: str, rows: Floats, values: Floats, *, with_pairs: bool = False) -> Floats:
    """Return the indices of each lever, float64[n_indices, n_levers], by SALib.

    Parameters
    ----------
    method : {"morris", "saltelli"}
    rows : float64[n_rows, n_levers]    of `trajectories` or `crossed`
    values : float64[n_rows]            what came out
    with_pairs : bool                   the rows are crossed both ways

    Notes
    -----
    Morris (1991), Campolongo et al. (2007): mean size, mean and spread of the effect of a lever over its whole range.
    Saltelli et al. (2010): share of the variance that a lever takes with it alone, and with all it acts together with.
    """
    from SALib.analyze import morris

    n_levers = rows.shape[1]
    if not np.ptp(values):
        return np.zeros((len(INDICES[method]), n_levers))
    if method != "morris":
        told = _sobol(n_levers, values, with_pairs=with_pairs)
        return np.array([told["S1"], told["ST"]])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = morris.analyze(_problem(n_levers), rows, values, num_resamples=2, num_levels=LEVELS)
    return np.array([np.asarray(found[name], np.float64) for name in ("mu_star", "mu", "sigma")])


def table(
    method: str,
    addresses: Sequence[str],
    rows: Floats,
    point_of: Ints,
    worlds: Floats,
    unit: str,
    luck: int,
    *,
    with_pairs: bool = False,
) -> pd.DataFrame:
    """Return which levers matter, with intervals.

    Parameters
    ----------
    method : {"morris", "saltelli"}
    addresses : sequence of str       of the levers
    rows : float64[n_rows, n_levers]
    point_of : int64[n_rows]          column of `worlds` that holds each row's design point; -1 where it is not told
    worlds : float64[n_worlds, n_points]
        The indicator; the same worlds for all points.
    unit : str                        of the indicator
    luck : int                        master seed
    with_pairs : bool                 saltelli's rows are crossed both ways, and pairs of levers are told too

    Returns
    -------
    DataFrame
        address, with_address (the other lever of a pair, else empty), index, unit, value, low, high: 95 % intervals
        from resampling paths or base points, and worlds.
        Empty where fewer than `LEAST_BLOCKS` of them are told as a whole.
    """
    n_levers = rows.shape[1]
    size = _block(method, n_levers, with_pairs)
    blocks = point_of.reshape(-1, size)
    whole = np.flatnonzero((blocks >= 0).all(axis=1))
    if len(whole) < LEAST_BLOCKS:
        return pd.DataFrame(columns=COLUMNS)
    shaped = rows.reshape(-1, size, rows.shape[1])

    def of(chosen: Ints, lived: Ints) -> Floats:
        told = worlds[lived].mean(axis=0)[blocks[chosen].ravel()]
        found = indices(method, shaped[chosen].reshape(-1, n_levers), told, with_pairs=with_pairs).T.ravel()
        return np.concatenate([found, shares_of_pairs(n_levers, told)]) if with_pairs else found

    value = of(whole, np.arange(len(worlds)))
    drawn = []
    for k in range(N_RESAMPLES):
        block = np.floor(design_draws(luck, k, len(whole), 12) * len(whole)).astype(np.int64)
        world = np.floor(design_draws(luck, k, len(worlds), 13) * len(worlds)).astype(np.int64)
        drawn.append(of(whole[block], world))
    low, high = np.quantile(drawn, RESAMPLED, axis=0)
    units = {"mu_star": unit, "mu": unit, "sigma": unit}
    named = [(address, "", index) for address in addresses for index in INDICES[method]]
    if with_pairs:
        named += [(one, other, PAIR) for one, other in itertools.combinations(addresses, 2)]
    out = [
        {"address": address, "with_address": other, "index": index, "unit": units.get(index, "share"),
         "value": value[k], "low": low[k], "high": high[k]}
        for k, (address, other, index) in enumerate(named)
    ]  # fmt: skip
    return pd.DataFrame(out, columns=COLUMNS)
