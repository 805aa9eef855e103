"""Designs that tell which levers matter: rows that differ in one lever, and the indices made of them by SALib."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib import util

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
COLUMNS = ["address", "index", "unit", "value", "low", "high"]


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


def crossed(pairs: Floats) -> Floats:
    """Return rows A, then A with each lever in turn from B, then B, for each of n points of two halves.

    Parameters
    ----------
    pairs : float64[n, 2 · n_levers]    A and B side by side

    Notes
    -----
    Saltelli et al. (2010); the shape is float64[n · (n_levers + 2), n_levers].
    """
    n_levers = pairs.shape[1] // 2
    a, b = pairs[:, :n_levers], pairs[:, n_levers:]
    rows = np.repeat(a[:, None, :], n_levers + 2, axis=1)
    for lever in range(n_levers):
        rows[:, 1 + lever, lever] = b[:, lever]
    rows[:, -1] = b
    return np.asarray(rows.reshape(-1, n_levers))


def indices(method: str, rows: Floats, values: Floats) -> Floats:
    """Return the indices of each lever, float64[n_indices, n_levers], by SALib.

    Parameters
    ----------
    method : {"morris", "saltelli"}
    rows : float64[n_rows, n_levers]    of `trajectories` or `crossed`
    values : float64[n_rows]            what came out

    Notes
    -----
    Morris (1991), Campolongo et al. (2007): mean size, mean and spread of the effect of a lever over its whole range.
    Saltelli et al. (2010): share of the variance that a lever takes with it alone, and with all it acts together with.
    """
    from SALib.analyze import morris, sobol

    n_levers = rows.shape[1]
    if not np.ptp(values):
        return np.zeros((len(INDICES[method]), n_levers))
    problem = {
        "num_vars": n_levers,
        "names": [str(d) for d in range(n_levers)],
        "bounds": [[0.0, 1.0]] * n_levers,
    }
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        # SALib's own intervals come from a generator of its own: they are not read, `table` has keyed ones.
        if method == "morris":
            found = morris.analyze(problem, rows, values, num_resamples=2, num_levels=LEVELS)
            return np.array([np.asarray(found[name], np.float64) for name in ("mu_star", "mu", "sigma")])
        told = sobol.analyze(problem, values, calc_second_order=False, num_resamples=2)
        return np.array([told["S1"], told["ST"]])


def table(
    method: str, addresses: Sequence[str], rows: Floats, point_of: Ints, worlds: Floats, unit: str, luck: int
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

    Returns
    -------
    DataFrame
        address, index, unit, value, low, high: 95 % intervals from resampling paths or base points, and worlds.
        Empty where fewer than `LEAST_BLOCKS` of them are told as a whole.
    """
    size = rows.shape[1] + (1 if method == "morris" else 2)
    blocks = point_of.reshape(-1, size)
    whole = np.flatnonzero((blocks >= 0).all(axis=1))
    if len(whole) < LEAST_BLOCKS:
        return pd.DataFrame(columns=COLUMNS)
    shaped = rows.reshape(-1, size, rows.shape[1])

    def of(chosen: Ints, lived: Ints) -> Floats:
        mean = worlds[lived].mean(axis=0)
        return indices(method, shaped[chosen].reshape(-1, rows.shape[1]), mean[blocks[chosen].ravel()])

    value = of(whole, np.arange(len(worlds)))
    drawn = []
    for k in range(N_RESAMPLES):
        block = np.floor(design_draws(luck, k, len(whole), 12) * len(whole)).astype(np.int64)
        world = np.floor(design_draws(luck, k, len(worlds), 13) * len(worlds)).astype(np.int64)
        drawn.append(of(whole[block], world))
    low, high = np.quantile(drawn, RESAMPLED, axis=0)
    units = {"mu_star": unit, "mu": unit, "sigma": unit}
    out = [
        {"address": address, "index": index, "unit": units.get(index, "share"), "value": value[i, lever],
         "low": low[i, lever], "high": high[i, lever]}
        for lever, address in enumerate(addresses)
        for i, index in enumerate(INDICES[method])
    ]  # fmt: skip
    return pd.DataFrame(out, columns=COLUMNS)
