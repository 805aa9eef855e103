"""Influence on a layer: audience size × credibility, and the levels that people have by it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from sim.network.graph import TieLayer
from sim.scenario.parameters import table

LEVELS = ("everyday", "nano", "micro", "macro", "mega")


def influence(layer: TieLayer) -> npt.NDArray[np.float64]:
    """Return Σ ω over each person's followers, float64[n_people]: audience size × mean credibility."""
    if len(layer.out_weight) == 0:
        return layer.audience_sizes.astype(np.float64)
    n_people = len(layer.audience_sizes)
    author = np.repeat(np.arange(n_people), layer.audience_sizes)
    return np.asarray(np.bincount(author, layer.out_weight, n_people), np.float64)


def levels(layer: TieLayer, people_per_agent: float) -> npt.NDArray[np.int8]:
    """Return each person's level on a layer, int8[n_people]: its place in `LEVELS`.

    Parameters
    ----------
    layer : TieLayer
    people_per_agent : float
        People of the market that one simulated person stands for.

    Notes
    -----
    A level is a number of followers in people of the market, simulated followers × `people_per_agent`: the
    tiers of the trade (`defaults/influence.yaml`). Who is below all of them is ``everyday``.
    """
    least = [table("influence")[level]["least"].value for level in LEVELS[1:]]
    return np.searchsorted(least, layer.audience_sizes * people_per_agent, side="right").astype(np.int8)


def is_of_level(layer: TieLayer, level: str, people_per_agent: float) -> npt.NDArray[np.bool_]:
    """Return who has as many followers in the market as a level of influence asks for, bool[n_people]."""
    return np.asarray(levels(layer, people_per_agent) == LEVELS.index(level))


def is_in_top(layer: TieLayer, share: float, is_user: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return who belongs to the most influential share of a layer's users, bool[n_people].

    Parameters
    ----------
    layer : TieLayer
    share : float               in (0, 1]; ⌈share · n_users⌉ people are meant, the first rows among equals
    is_user : bool[n_people]
    """
    users = np.flatnonzero(is_user)
    n = math.ceil(share * len(users) - 1e-9)
    chosen = users[np.argsort(-influence(layer)[users], kind="stable")[:n]]
    out = np.zeros(len(is_user), np.bool_)
    out[chosen] = True
    return out
