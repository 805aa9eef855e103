"""What every public shares, wherever its people come from: keyed draws, usage, start state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from sim import luck_keys
from sim.kernels import luck
from sim.scenario.audience import Traits
from sim.scenario.media import Channel
from sim.scenario.parameters import Engagement

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Uids = npt.NDArray[np.uint64]

EVERYONE = "everyone"
# Ordinals of the decision "population": one per question about a person, never reused.
PLACE, START, ENGAGEMENT, SEGMENT = range(4)
# Ordinals of the decision "usage" of one channel.
USES, VISITS, BRAND = range(3)


@dataclass(frozen=True, slots=True)
class Use:
    """Tell what a file says of the use of one channel.

    Parameters
    ----------
    is_user : bool[n]
    visits : float64[n] or None
        Visits per day; None where the file does not say, then drawn around `mean`.
    mean : float
        Mean visits of a user per day; read only where `visits` is None.
    """

    is_user: Bools
    visits: Floats | None
    mean: float = 0.0

    def of(self, rows: Ints) -> Use:
        """Return the same for the rows (int64[n_people]) that people were drawn from."""
        return Use(self.is_user[rows], None if self.visits is None else self.visits[rows], self.mean)


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold who the people are and where they belong, before traits are given to them.

    Fields as in `sim.agents.population.Population`; `uses` is by channel, for channels that a file tells of.
    """

    uid: Uids
    market: float
    segment_names: tuple[str, ...]
    segment: Ints
    ids: tuple[str, ...] | None = None
    uses: Mapping[str, Use] = field(default_factory=dict)
    columns: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def uniforms(key: np.uint64, uid: Uids, ordinal: int) -> Floats:
    """Return draw number `ordinal` of each person under `key`, float64[n_people] in [0, 1)."""
    out = np.empty(len(uid))
    luck.uniform_all(key, uid, ordinal, out)
    return out


def places(key: np.uint64, uid: Uids) -> Ints:
    """Return each person's place in a line shuffled by keyed luck, int64[n_people], 0 to n_people − 1."""
    order = np.argsort(uniforms(luck_keys.decision_key(key, "population"), uid, PLACE), kind="stable")
    place = np.empty(len(uid), np.int64)
    place[order] = np.arange(len(uid))
    return place


def traits_of(names: Sequence[str], listed: Mapping[str, Traits], everyone: Traits) -> list[Traits]:
    """Return the traits of each segment: its own where listed, else those of everyone."""
    return [listed.get(name, everyone) for name in names]


def motivation_rows(traits: Sequence[Traits], needs: Sequence[str]) -> Floats:
    """Return the weight of each need per segment, float64[n_segments, n_needs], rows summing to 1.

    A segment without motivations weighs all needs alike. A row whose weights are all 0 comes back as NaN.
    """
    rows = np.array(
        [[1.0 if t.motivations is None else t.motivations.get(need, 0.0) for need in needs] for t in traits]
    )
    total = rows.sum(axis=1, keepdims=True)
    return rows / np.where(total > 0, total, np.nan)


def usage_of(
    key: np.uint64, name: str, channel: Channel, draft: Draft, traits: Sequence[Traits]
) -> tuple[Floats, Bools]:
    """Return visits per day to a channel and who follows the brand there.

    Parameters
    ----------
    key : uint64
        Luck of the public.
    name, channel
        The channel: its luck is keyed by its name, so another channel moves nothing here.
    draft : Draft
        Who the people are; what a file tells of the channel goes before the segment's traits.
    traits : sequence of Traits, length n_segments

    Returns
    -------
    visits : float64[n_people]
        0 for a person who does not use the channel.
    follows : bool[n_people]
        Users who follow the brand.
    """
    usage_key = luck_keys.decision_key(key, "usage", luck_keys.name_key("channel", name))
    use = draft.uses.get(name)
    if use is None:
        given = [t.usage.get(name) for t in traits]
        users = np.array([u.users if u else 0.0 for u in given])[draft.segment]
        mean = np.array([u.visits_per_day if u else 0.0 for u in given])[draft.segment]
        visits = _drawn(usage_key, draft.uid, uniforms(usage_key, draft.uid, USES) < users, mean, channel)
    elif use.visits is None:
        visits = _drawn(usage_key, draft.uid, use.is_user, np.full(len(draft.uid), use.mean), channel)
    else:
        visits = np.where(use.is_user, use.visits, 0.0)
    return visits, (visits > 0) & (uniforms(usage_key, draft.uid, BRAND) < channel.brand_followers)


def _drawn(key: np.uint64, uid: Uids, is_user: Bools, mean: Floats, channel: Channel) -> Floats:
    """Return Gamma visits per day of the users, 0 for the others, float64[n_people]."""
    visits = np.zeros(len(uid))
    who = np.flatnonzero(is_user)
    shape = channel.usage_shape
    relative = gammaincinv(shape, uniforms(key, uid, VISITS)[who]) / shape
    # A small shape underflows to 0 at the low end, and 0 would say "does not use it".
    visits[who] = mean[who] * np.maximum(relative, np.finfo(np.float64).tiny)
    return visits


def engagement_of(key: np.uint64, uid: Uids, classes: Engagement) -> Floats:
    """Return each person's participation relative to the mean, float64[n_people]."""
    draw = uniforms(luck_keys.decision_key(key, "population"), uid, ENGAGEMENT)
    level = np.where(draw < classes.rare + classes.some, classes.level_some, classes.level_most)
    return np.where(draw < classes.rare, classes.level_rare, level)


def start_of(key: np.uint64, uid: Uids, segment: Ints, traits: Sequence[Traits]) -> tuple[Bools, Bools]:
    """Return who is aware and who has adopted at the start, bool[n_people] each.

    One draw answers both, so adopters are aware, and more awareness adds people without losing any.
    """
    draw = uniforms(luck_keys.decision_key(key, "population"), uid, START)
    adopters = np.array([t.adopters for t in traits])[segment]
    aware = np.array([t.aware for t in traits])[segment]
    return draw < np.maximum(aware, adopters), draw < adopters
