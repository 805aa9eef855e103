"""From what is bought to each flight's clock: shape, caps, inventory, speed-up, insertions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.campaign.users import Users

Floats = npt.NDArray[np.float64]
MOST_HELD = 2**24  # contacts of a flight that are drawn at a time: 64 MB
_TOLERANCE = 1e-5


@dataclass(slots=True)
class Buy:
    """Hold one flight bought by impressions while its speed-up is solved.

    Parameters
    ----------
    name : str
    contacts : float              contacts bought, in simulated persons
    shape : float64[days]         share of them bought for each day, sums to 1
    is_target : bool[n_segments]
    weight : float64[n_segments]  share of a segment's contacts that falls in the dayparts bought
    first_day : int
    cap, per_days : int           cap 0: none
    speed_up : float              solved: factor on the intensity, 1 … max
    deliverable : float           solved: expected contacts
    """

    name: str
    contacts: float
    shape: Floats
    is_target: npt.NDArray[np.bool_]
    weight: Floats
    first_day: int
    cap: int
    per_days: int
    speed_up: float = 1.0
    deliverable: float = 0.0


@dataclass(slots=True)
class Inventory:
    """Hold the buys that share one channel, its users and its ad load.

    Parameters
    ----------
    buys : list of Buy           by flight name
    users : Users
    ad_load : float or None      most paid contacts per visit
    """

    buys: list[Buy]
    users: Users
    ad_load: float | None

    def clocks(self) -> list[Floats]:
        """Return each buy's clock, float64[n_segments, days + 1]: cumulated contacts per unit of usage.

        Notes
        -----
        λ_if = s_f · contacts_f · shape_f · u_i g_i / Σ_j u_j g_j, g the share of the dayparts bought; all buys
        of a segment and day are cut in proportion where their sum passes the inventory: Σ_f λ_if ≤ u_i · ad_load.
        """
        rates = np.zeros((len(self.buys), self.users.n_groups, len(self.buys[0].shape)))
        for b, buy in enumerate(self.buys):
            base = self.users.visits(buy.is_target, buy.weight)
            if base > 0:
                rate = buy.speed_up * buy.contacts / base * buy.shape
                rates[b, buy.is_target] = rate * buy.weight[buy.is_target, None]
        if self.ad_load is not None:
            total = rates.sum(axis=0)
            # A rate within the inventory keeps its bits: the factor is then exactly 1.
            rates *= np.divide(self.ad_load, total, out=np.ones_like(total), where=total > self.ad_load)
        clocks = np.zeros((len(self.buys), self.users.n_groups, rates.shape[2] + 1))
        np.cumsum(rates, axis=2, out=clocks[:, :, 1:])
        return list(clocks)

    def expected(self, buy: Buy, clock: Floats) -> float:
        """Return the contacts a clock is expected to deliver for a buy, in simulated persons."""
        return self.delivers(clock, buy.cap, buy.first_day, buy.per_days)

    def delivers(self, clock: Floats, cap: int, first_day: int, per_days: int) -> float:
        """Return the contacts a clock is expected to deliver under a cap (0: none), in simulated persons.

        Notes
        -----
        Σ_i Σ_windows E[min(N, cap)], N ~ Poisson(usage_i · clock increment of the window). Usage is
        taken in bins of equal numbers of people; their spread within a bin is below 1e-3 of the sum.
        """
        steps = np.diff(clock, axis=1)
        if cap == 0:
            return float((self.users.by_group * steps.sum(axis=1)).sum())
        first = first_day - 1
        starts = np.arange(first, steps.shape[1], per_days)
        windows = np.add.reduceat(steps, starts, axis=1)
        total = 0.0
        for (usage, people), increments in zip(self.users.bins, windows, strict=True):
            sizes, counts = np.unique(increments[increments > 0], return_counts=True)
            for size, count in zip(sizes, counts, strict=True):
                total += count * float((people * capped_mean(usage * size, cap)).sum())
        return total


def capped_mean(mean: Floats, cap: int) -> Floats:
    """Return E[min(N, cap)] for N ~ Poisson(mean), elementwise: cap - Σ_{k<cap} (cap - k) P(N = k)."""
    probability = np.exp(-mean)
    out = np.full_like(mean, float(cap))
    for k in range(cap):
        out -= (cap - k) * probability
        probability = probability * mean / (k + 1)
    return np.maximum(out, 0.0)


def solve_speed_up(inventory: Inventory, max_speed_up: float) -> list[Floats]:
    """Raise each buy's intensity until it is expected to deliver what was bought; return the clocks.

    Speed-up is one number per flight, the same in every world and exactly 1 where neither a cap nor
    inventory loses anything; where even `max_speed_up` does not suffice, the rest stays undelivered.
    """
    buys = inventory.buys
    for _ in range(60):
        before = [buy.speed_up for buy in buys]
        for b, buy in enumerate(buys):
            _solve_one(inventory, b, buy, max_speed_up)
        moved = max(abs(buy.speed_up / old - 1.0) for buy, old in zip(buys, before, strict=True))
        if moved <= _TOLERANCE:
            break
    clocks = inventory.clocks()
    for buy, clock in zip(buys, clocks, strict=True):
        expected = inventory.expected(buy, clock)
        buy.deliverable = buy.contacts if expected >= buy.contacts * (1 - 1e-4) else expected
    return clocks


def _solve_one(inventory: Inventory, b: int, buy: Buy, max_speed_up: float) -> None:
    if buy.cap == 0 and inventory.ad_load is None:
        return

    def delivered(speed_up: float) -> float:
        buy.speed_up = speed_up
        return inventory.expected(buy, inventory.clocks()[b])

    low, high = 1.0, float(max_speed_up)
    if delivered(low) >= buy.contacts * (1 - _TOLERANCE):
        return  # `delivered` has left the speed-up at 1
    if delivered(high) <= buy.contacts:
        return  # even the most is not enough: what is left stays undelivered
    while high - low > _TOLERANCE * low:
        middle = (low * high) ** 0.5
        low, high = (middle, high) if delivered(middle) < buy.contacts else (low, middle)
    buy.speed_up = high


def day_shape(shape: str, first: int, last: int, days: int) -> Floats:
    """Return the share of a flight bought for each day of the run, float64[days], sum 1."""
    n = last - first + 1
    weights = {"even": np.ones(n), "front": np.arange(n, 0, -1.0), "back": np.arange(1.0, n + 1)}[shape]
    out = np.zeros(days)
    out[first - 1 : last] = weights / weights.sum()
    return out


class Span(NamedTuple):
    """Hold days of a flight whose contacts are held at a time: the first, the last, contacts expected."""

    first: int
    last: int
    expected: float


def spans(first: int, end: int, expected: Floats) -> tuple[Span, ...]:
    """Return a flight's days in parts of `MOST_HELD` contacts at most, or one day.

    Parameters
    ----------
    first, end : int                first and last day
    expected : float64[days + 1]    contacts of all users up to each day, if no cap held any back
    """
    begins = [first]
    for day in range(first + 1, end + 1):
        if expected[day] - expected[begins[-1] - 1] > MOST_HELD:
            begins.append(day)
    ends = [*(day - 1 for day in begins[1:]), end]
    return tuple(Span(a, b, float(expected[b] - expected[a - 1])) for a, b in zip(begins, ends, strict=True))


def insertion_days(n: int, shape: Floats) -> npt.NDArray[np.int64]:
    """Return the day of each of `n` insertions, spread as `shape` (float64[days]); int64[n]."""
    cumulated = np.cumsum(shape)
    return np.searchsorted(cumulated, (np.arange(n) + 0.5) / n) + 1


def beta_shape(first: float, second: float | None) -> Floats:
    """Return α and β of the Beta law of users' rates from first and two-insertion reach.

    Parameters
    ----------
    first, second : float
        Share of the *users* met by one insertion and by two; `second` None where one is bought.

    Notes
    -----
    Beta-binomial (Metheringham 1964): mean m = α/(α + β), 1 - r₂ = β(β + 1)/((α + β)(α + β + 1)).
    """
    if second is None:
        return np.array([first, 1.0 - first])
    y = (1.0 - second) / (1.0 - first)
    total = (1.0 - y) / (y - (1.0 - first))
    return np.array([first * total, (1.0 - first) * total])
