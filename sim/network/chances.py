"""From a layer and what is told about its ties to the arrays that cascades run on."""

from __future__ import annotations

import weakref
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.kernels import cascade, live, thresholds
from sim.kernels import chances as kernels
from sim.kernels.bits import BLOCK
from sim.network.graph import TieLayer, read_only

Floats = npt.NDArray[np.float64]


def n_given(layer: TieLayer) -> int:
    """Return how many values one per given tie are; where no order is kept, one per tie of the layer."""
    return layer.n_ties if layer.given is None else layer.given.shape[1]


def tie_chances(layer: TieLayer, told: Floats | None) -> Floats:
    """Return the chance of each tie of the layer, or one for all.

    Parameters
    ----------
    told : float64[n_given] or [1], or None
        In the order in which the ties were given; parallel ties are several chances. None: the weighted
        cascade, ω_ji / Σ ω into i, where a tie given several times without weights counts as often.
    """
    if told is None:
        return _shares(layer)
    if layer.given is None or (len(told) == 1 and _all_given_once(layer)):
        return told
    out = np.zeros(layer.n_ties)
    for way in layer.given:
        kernels.merge_chances(way, told, out)
    return out


def _all_given_once(layer: TieLayer) -> bool:
    return layer.given is None or np.count_nonzero(layer.given >= 0) == layer.n_ties


def _amounts(layer: TieLayer) -> Floats:
    """Return the weight of each tie, or one for all."""
    if len(layer.out_weight):
        return layer.out_weight.astype(np.float64)
    if layer.given is None or _all_given_once(layer):
        return np.ones(1)
    out = np.zeros(layer.n_ties)
    for way in layer.given:
        kernels.merge_sums(way, np.ones(1), out)
    return out


def _shares(layer: TieLayer) -> Floats:
    amounts = _amounts(layer)
    into = in_sums(layer, amounts)
    return amounts / into[layer.out_dst]


def in_sums(layer: TieLayer, amounts: Floats) -> Floats:
    """Return what the ties into each person amount to, float64[n_people]."""
    out = np.zeros(len(layer.out_ptr) - 1)
    kernels.in_sums(layer.out_dst, amounts, out)
    return out


def odds_of(layer: TieLayer, chances: Floats, uid: npt.NDArray[np.uint64]) -> cascade.Odds:
    """Return what `sim.kernels.cascade.spread` reads: `chances` is float64[n_ties], or [1] for all ties."""
    row = np.empty(len(uid), cascade.ROW)
    if len(chances) and chances.min() == chances.max():
        chances = chances[:1]
    kernels.make_rows(layer.out_ptr, chances, uid, row)
    if len(chances) == 1:
        p = float(chances[0])
        whole = int(live.odds(p, live.row_cap(p))) if p > 0 else 0
        high = np.full(BLOCK, min(whole >> 31, 65535), np.uint16)
        rest = np.array([whole - (int(high[0]) << 31)], np.uint32)
    else:
        high, rest = np.zeros(layer.n_ties + BLOCK, np.uint16), np.empty(layer.n_ties, np.uint32)
        kernels.make_odds(layer.out_ptr, chances, high, rest)
    return cascade.Odds(read_only(row), layer.out_dst, read_only(high), read_only(rest))


class _Kept(NamedTuple):
    layer: weakref.ref[TieLayer]
    told: float | None
    uid: npt.NDArray[np.uint64]
    odds: cascade.Odds


_kept: list[_Kept] = []


def kept_odds(layer: TieLayer, told: Floats | None, uid: npt.NDArray[np.uint64]) -> cascade.Odds:
    """Return the odds of what is told of a layer's ties; the last ones are kept for as long as the layer is.

    Parameters
    ----------
    told : as in `tie_chances`
        Values told tie by tie are not kept: their array may change.
    uid : uint64[n_people]
    """
    if told is not None and len(told) > 1:
        return odds_of(layer, tie_chances(layer, told), uid)
    one = None if told is None else float(told[0])
    for kept in _kept[:]:
        if kept.layer() is layer and kept.told == one and np.array_equal(kept.uid, uid):
            return kept.odds
    _kept.clear()
    odds = odds_of(layer, tie_chances(layer, told), uid)
    _kept.append(_Kept(weakref.ref(layer, _leave), one, uid, odds))
    return odds


def _leave(layer: weakref.ref[TieLayer]) -> None:
    _kept[:] = [kept for kept in _kept if kept.layer is not layer]


def shares_drawn(layer: TieLayer, told: Floats | None, uid: npt.NDArray[np.uint64]) -> thresholds.Influence:
    """Return the influences of the linear threshold model; `told` is as in `tie_chances`, but summed."""
    n_people = len(uid)
    amounts = _amounts(layer) if told is None else _told_sums(layer, told)
    if told is None and len(amounts) == 1:
        step, whole = np.ones(1, np.int32), in_sums(layer, amounts).astype(np.int32)
    else:
        shares = amounts / in_sums(layer, amounts)[layer.out_dst] if told is None else amounts
        step, whole = np.empty(layer.n_ties, np.int32), np.full(n_people, thresholds.UNITS, np.int32)
        kernels.make_steps(layer.out_dst, shares, step)
        step = step if len(step) != 1 else np.repeat(step, 2)
    return _influence(layer, step, whole, uid, is_drawn=True)


def told_into(layer: TieLayer, told: Floats) -> Floats:
    """Return what the influences told tie by tie add up to for each person."""
    return in_sums(layer, _told_sums(layer, told))


def _told_sums(layer: TieLayer, told: Floats) -> Floats:
    if layer.given is None:
        return told if len(told) == layer.n_ties else np.full(layer.n_ties, told[0])
    out = np.zeros(layer.n_ties)
    for way in layer.given:
        kernels.merge_sums(way, told, out)
    return out


def needs(layer: TieLayer, need: Floats, rule: str, uid: npt.NDArray[np.uint64]) -> thresholds.Influence:
    """Return who needs how many: `need` (float64[n_people] or [1]) is a fraction of its ties or a count."""
    told = np.broadcast_to(need, len(uid))
    if rule == "fraction":
        told = np.ceil(told * in_sums(layer, np.ones(1)) - 1e-9)
    whole = np.clip(told, 1, np.iinfo(np.int32).max).astype(np.int32)
    return _influence(layer, np.ones(1, np.int32), whole, uid, is_drawn=False)


def _influence(layer: TieLayer, step: Any, whole: Any, uid: Any, *, is_drawn: bool) -> thresholds.Influence:
    ptr, dst = layer.out_ptr, layer.out_dst
    return thresholds.Influence(ptr, dst, read_only(step), read_only(whole), uid, is_drawn)
