"""Who uses a channel: what every flight on it asks of them, reckoned once for all plans on a public."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from sim.campaign.targets import Groups, audience_of
from sim.kernels.paid import Audience
from sim.public import Public

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_BINS = 4096


@dataclass(frozen=True, eq=False)
class Users:
    """Hold the users of a channel, in groups of those who are alike to some flights.

    Parameters
    ----------
    usage : float64[n_users]     visits per day
    group : int[n_users]
    n_groups : int
    """

    usage: Floats
    group: npt.NDArray[np.integer]
    n_groups: int
    _visits: dict[bytes, float] = field(default_factory=dict)
    _audiences: dict[bytes, Audience] = field(default_factory=dict)

    def visits(self, is_target: Bools, weight: Floats) -> float:
        """Return visits per day: of the users in some groups, bool[n_groups], by weight, float64[n_groups]."""
        key = is_target.tobytes() + weight.tobytes()
        if key not in self._visits:
            is_met = is_target[self.group]
            self._visits[key] = float((self.usage[is_met] * weight[self.group[is_met]]).sum())
        return self._visits[key]

    def audience(self, public: Public, c: int, groups: Groups, is_target: Bools) -> Audience:
        """Return those of some groups, bool[n_groups], as the kernels want them."""
        key = is_target.tobytes()
        if key not in self._audiences:
            who = is_target[groups.of] & (public.population.usage[c] > 0)
            self._audiences[key] = audience_of(public, c, groups, who)
        return self._audiences[key]

    @cached_property
    def by_group(self) -> Floats:
        """Visits per day of each group, float64[n_groups]."""
        return np.asarray(np.bincount(self.group, self.usage, self.n_groups), np.float64)

    @cached_property
    def bins(self) -> list[tuple[Floats, Floats]]:
        """Mean visits per day and number of the people in each of many bins of like users, for each group."""
        out = []
        n_bins = max(64, _BINS // self.n_groups)
        for group in range(self.n_groups):
            usage = np.sort(self.usage[self.group == group])
            edges = np.unique(np.linspace(0, len(usage), min(n_bins, len(usage)) + 1).astype(np.int64))
            people = np.diff(edges).astype(np.float64)
            means = np.add.reduceat(usage, edges[:-1]) / people if len(usage) else usage
            out.append((means, people if len(usage) else usage))
        return out


_users: WeakKeyDictionary[Public, dict[int, Users]] = WeakKeyDictionary()


def users_of(public: Public, c: int, groups: Groups) -> Users:
    """Return the users of a channel; where groups are the segments, the same for all plans on the public."""
    if groups.of is not public.population.segment:
        return _parted(public, c, groups)
    there = _users.setdefault(public, {})
    if c not in there:
        there[c] = _parted(public, c, groups)
    return there[c]


def _parted(public: Public, c: int, groups: Groups) -> Users:
    usage = public.population.usage[c]
    rows = np.flatnonzero(usage > 0)
    return Users(usage[rows], groups.of[rows], groups.n)
