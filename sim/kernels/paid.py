"""Paid contacts by random time change: a unit-rate Poisson process per person and flight.

Person i's contacts with flight f are the arrivals of a unit-rate Poisson process, read on the clock
``usage_i · clock[segment_i, day]``. More budget speeds the clock up: it adds contacts and moves none.
A flight's arrivals are drawn user by user and laid out by day: one draw per contact, and memory is
walked from end to end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from sim.kernels.luck import combine, exponential_at, uniform_at
from sim.kernels.state import BRAND, CONTACT, PAID, Array

N_GUIDES = 1024  # entries of the guide to a clock
_ONE = np.uint32(1)
BLOCK = 512  # users whose arrivals are drawn side by side: their places fit the innermost cache
WAITING = np.dtype(
    [
        ("at", "f8"),  # place of the next arrival on the user's clock
        ("end", "f8"),  # place of the last day that is wanted
        ("part", "f8"),  # 1 / the end of the clock
        ("stream", "u8"),
        ("place", "u4"),  # in the audience
        ("window", "i4"),  # of the cap: the one counted in
        ("in_window", "i8"),
    ],
    align=True,
)
"""A user who has another arrival."""


class Audience(NamedTuple):
    """Hold whom a flight can meet: its users, n_users of them.

    Parameters
    ----------
    rows : int32[n_users]        rows of the population, ascending
    uid : uint64[n_users]
    usage : float64[n_users]     visits per day, > 0
    segment : uint16[n_users]
    """

    rows: Array
    uid: Array
    usage: Array
    segment: Array


class Purchase(NamedTuple):
    """Hold what is bought for a flight.

    Parameters
    ----------
    clock : float64[n_segments, days + 1]   cumulated contacts per unit of usage up to each day; [:, 0] = 0
    guide : uint32[n_segments, N_GUIDES + 1] first day on which the clock has passed so many 1024ths of its end
    attention : float64[n_segments]         chance that a contact is attended
    message, channel : int
    first_day : int                         windows of the cap start here
    cap, per_days : int                     at most `cap` contacts in each block of `per_days`; cap 0: none
    """

    clock: Array
    guide: Array
    attention: Array
    message: int
    channel: int
    first_day: int
    cap: int
    per_days: int


class Arrivals(NamedTuple):
    """Hold the contacts of one flight over some days, laid out by day.

    Parameters
    ----------
    first_day, last_day : int
    ptr : int64[last_day - first_day + 2]    start of each day
    code : uint32[n_contacts]                2 · row of the person + whether the contact is attended
    """

    first_day: int
    last_day: int
    ptr: Array
    code: Array


def guide_to(clock: Array) -> Array:
    """Return where to look for a place on the clock: uint32[n_segments, N_GUIDES + 1], see `Purchase`."""
    parts = np.linspace(0.0, 1.0, N_GUIDES + 1)
    guide = np.array([np.searchsorted(row, parts * row[-1]) for row in clock], np.uint32)
    guide.setflags(write=False)
    return guide


@njit(cache=True, nogil=True)
def grown(contacts):
    """Return an array of twice the length that starts with `contacts`."""
    out = np.empty(2 * len(contacts), CONTACT)
    out[: len(contacts)] = contacts
    return out


@njit(cache=True, nogil=True, inline="always")
def put_contact(contacts, n, person, source, message, variant, channel, kind, weight, is_attended):
    """Write contact number `n`."""
    contacts[n].person = person
    contacts[n].source = source
    contacts[n].message = message
    contacts[n].variant = variant
    contacts[n].channel = channel
    contacts[n].kind = kind
    contacts[n].weight = weight
    contacts[n].is_attended = is_attended


@njit(cache=True, nogil=True, inline="always")
def _day_of(at, part, usage, segment, clock, guide):
    """Return the first day on which the clock of a user has passed the arrival `at`.

    `part` is how much of the clock's end it is at, in [0, 1]; rounding may send the guide one too far.
    """
    day = max(1, guide[segment, min(N_GUIDES, int(part * N_GUIDES))])
    while usage * clock[segment, day] < at:
        day += 1
    while usage * clock[segment, day - 1] >= at:
        day -= 1
    return day


@njit(cache=True, nogil=True)
def draw_arrivals(key, attend_key, first_day, last_day, audience, purchase, days, codes):
    """List a flight's contacts of some days, block by block of users; capped arrivals are lost and keep their ordinal.

    Parameters
    ----------
    key, attend_key : uint64    luck of "paid" and "attend" for this flight in this world
    first_day, last_day : int   days that are wanted, 1 … days of the run
    days : uint16[:]            filled: the day of each contact, as far as there is room
    codes : uint32[:]           filled: 2 · row + whether it is attended; as long as `days`

    Returns
    -------
    n : int                     contacts; more than there is room for where some were left out

    Notes
    -----
    Random time change: N_if(day) = Poisson process at Λ_if(day) = usage_i · clock[segment_i, day].
    Round k takes the k-th arrival of all in a block who have one: whether a user has another one decides
    where the next is written and not what is done next, which the processor would have to guess.
    """
    n = 0
    uid, usage, segment, clock = audience.uid, audience.usage, audience.segment, purchase.clock
    waiting = np.empty(BLOCK, WAITING)
    for begin in range(0, len(uid), BLOCK):
        left = 0
        for k in range(begin, min(begin + BLOCK, len(uid))):
            user = waiting[left]
            user.place, user.window, user.stream = k, -1, combine(key, uid[k])
            user.end, whole = usage[k] * clock[segment[k], last_day], usage[k] * clock[segment[k], -1]
            user.part = 1.0 / whole if whole > 0.0 else 0.0
            user.at = exponential_at(user.stream, 0)
            left += user.end > 0.0 and user.at <= user.end
        ordinal = 0
        while left > 0:
            had, left = left, 0
            for w in range(had):
                user = waiting[w]
                k = user.place
                s = segment[k]
                day = _day_of(user.at, user.at * user.part, usage[k], s, clock, purchase.guide)
                is_lost = _is_above_cap(user, day, purchase)
                if not is_lost and day >= first_day:
                    if n < len(codes):
                        mark = uniform_at(combine(attend_key, uid[k]), ordinal)
                        is_attended = mark < purchase.attention[s]
                        days[n] = day
                        codes[n] = np.uint32(audience.rows[k]) << _ONE | np.uint32(is_attended)
                    n += 1
                user.at += exponential_at(user.stream, ordinal + 1)
                waiting[left] = user
                left += user.at <= user.end
            ordinal += 1
    return n


@njit(cache=True, nogil=True, inline="always")
def _is_above_cap(user, day, purchase):
    """Count a contact of a user in its window; say whether the cap leaves no room for it."""
    if purchase.cap == 0:
        return False
    window = (day - purchase.first_day) // purchase.per_days
    if window != user.window:
        user.window, user.in_window = window, 0
    user.in_window += 1
    return user.in_window > purchase.cap


@njit(cache=True, nogil=True)
def lay_out(days, codes, n, first_day, last_day):
    """Put the first `n` contacts day by day, in the order they had.

    Returns
    -------
    ptr : int64[last_day - first_day + 2]
    code : uint32[n]
    """
    ptr = np.zeros(last_day - first_day + 2, np.int64)
    for c in range(n):
        ptr[days[c] - first_day + 1] += 1
    for d in range(1, len(ptr)):
        ptr[d] += ptr[d - 1]
    place = ptr[:-1].copy()
    out = np.empty(n, np.uint32)
    for c in range(n):
        d = days[c] - first_day
        out[place[d]] = codes[c]
        place[d] += 1
    return ptr, out


@njit(cache=True, nogil=True)
def deliver_arrivals(code, message, channel, kind, contacts, n):
    """Append the day's contacts of one flight, or of a message that stands on the brand's own space.

    Parameters
    ----------
    code : uint32[:]            the day's part of `Arrivals.code`
    message, channel, kind : int
    contacts : CONTACT[:]       filled from position `n`

    Returns
    -------
    contacts : CONTACT[:]       the same array, or a longer one where it was full
    n : int                     contacts held now
    """
    while n + len(code) > len(contacts):
        contacts = grown(contacts)
    for word in code:
        put_contact(contacts, n, word >> _ONE, BRAND, message, message, channel, kind, 1.0, word & _ONE)
        n += 1
    return contacts, n


@njit(cache=True, nogil=True)
def deliver_insertion(key, attend_key, nth, shape, audience, purchase, met, contacts, n):
    """Append the contacts of one insertion: a Bernoulli trial per user at the user's own rate.

    Parameters
    ----------
    key, attend_key : uint64    luck of "paid" and "attend" for this flight in this world
    nth : int                   number of this insertion, from 0
    shape : float64[2]          α and β of the Beta law of the users' rates
    met : int32[n_users]        insertions met so far; raised

    Returns
    -------
    contacts, n : as `deliver_arrivals`

    Notes
    -----
    The rate u_i ~ Beta(α, β) is never drawn: given k contacts in n insertions the next one comes with
    probability (α + k)/(α + β + n), Pólya's urn, which has the law of Bernoulli trials at rate u_i.
    """
    for k in range(len(audience.rows)):
        chance = (shape[0] + met[k]) / (shape[0] + shape[1] + nth)
        if uniform_at(combine(key, audience.uid[k]), nth) < chance:
            met[k] += 1
            if n == len(contacts):
                contacts = grown(contacts)
            mark = uniform_at(combine(attend_key, audience.uid[k]), nth)
            is_attended = mark < purchase.attention[audience.segment[k]]
            put_contact(
                contacts,
                n,
                audience.rows[k],
                BRAND,
                purchase.message,
                purchase.message,
                purchase.channel,
                PAID,
                1.0,
                is_attended,
            )
            n += 1
    return contacts, n
