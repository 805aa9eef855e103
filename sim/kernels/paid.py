"""Paid contacts by random time change: a unit-rate Poisson process per person and flight.

Person i's contacts with flight f are the arrivals of a unit-rate Poisson process, read on the clock
``usage_i · clock[segment_i, day]``. More budget speeds the clock up: it adds contacts and moves none.
One draw per contact; a calendar of linked lists holds each user's next arrival.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from sim.kernels.luck import combine, exponential_at, uniform_at
from sim.kernels.state import BRAND, CONTACT, PAID, Array

NONE = np.int32(-1)


class Audience(NamedTuple):
    """Hold whom a flight can meet: its users, n_users of them.

    Parameters
    ----------
    rows : int32[n_users]        rows of the population, ascending
    uid : uint64[n_users]
    usage : float64[n_users]     visits per day, > 0
    segment : int16[n_users]
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
    message, channel : int
    first_day : int                         windows of the cap start here
    cap, per_days : int                     at most `cap` contacts in each block of `per_days`; cap 0: none
    """

    clock: Array
    message: int
    channel: int
    first_day: int
    cap: int
    per_days: int


class Calendar(NamedTuple):
    """Hold each user's next arrival in one world, and who is due on which day.

    Parameters
    ----------
    next_at : float64[n_users]    next arrival on the unit-rate clock
    ordinal : int32[n_users]      its number
    link : int32[n_users]         next user due on the same day; NONE ends the list
    head : int32[days + 1]        first user due on each day
    window, in_window : int32[n_users]   current block of the cap and contacts in it
    """

    next_at: Array
    ordinal: Array
    link: Array
    head: Array
    window: Array
    in_window: Array


def empty_calendar(n_users: int, days: int) -> Calendar:
    """Return a calendar with nobody due."""
    return Calendar(
        next_at=np.zeros(n_users), ordinal=np.zeros(n_users, np.int32),
        link=np.full(n_users, NONE, np.int32), head=np.full(days + 1, NONE, np.int32),
        window=np.full(n_users, -1, np.int32), in_window=np.zeros(n_users, np.int32),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def grown(contacts):
    """Return an array of twice the length that starts with `contacts`."""
    out = np.empty(2 * len(contacts), CONTACT)
    out[: len(contacts)] = contacts
    return out


@njit(cache=True, nogil=True, inline="always")
def put_contact(contacts, n, person, source, message, channel, kind, weight, luck):
    """Write contact number `n`."""
    contacts[n].person = person
    contacts[n].source = source
    contacts[n].message = message
    contacts[n].channel = channel
    contacts[n].kind = kind
    contacts[n].weight = weight
    contacts[n].luck = luck


@njit(cache=True, nogil=True, inline="always")
def _enter(k, day, audience, clock, calendar):
    """Put user `k` on the list of the first day, from `day` on, whose clock passes the next arrival."""
    row = clock[audience.segment[k]]
    usage, at = audience.usage[k], calendar.next_at[k]
    last = len(row) - 1
    if usage * row[last] < at:
        return
    low, high = day, last
    while low < high:
        middle = (low + high) // 2
        if usage * row[middle] >= at:
            high = middle
        else:
            low = middle + 1
    calendar.link[k] = calendar.head[low]
    calendar.head[low] = k


@njit(cache=True, nogil=True)
def open_flight(key, audience, purchase, calendar):
    """Draw everyone's first arrival and enter it in the calendar.

    Parameters
    ----------
    key : uint64                luck of the decision "paid" for this flight in this world
    audience, purchase : see above; not changed
    calendar : Calendar         filled
    """
    for k in range(len(audience.rows)):
        calendar.next_at[k] = exponential_at(combine(key, audience.uid[k]), 0)
        _enter(k, 1, audience, purchase.clock, calendar)


@njit(cache=True, nogil=True)
def deliver_paid(key, attend_key, day, audience, purchase, calendar, contacts, n):
    """Append the day's contacts of one flight; capped arrivals are lost and keep their ordinal.

    Parameters
    ----------
    key, attend_key : uint64    luck of "paid" and "attend" for this flight in this world
    day : int                   1 … days
    calendar : Calendar         moved on to each user's next arrival
    contacts : CONTACT[:]       filled from position `n`

    Returns
    -------
    contacts : CONTACT[:]       the same array, or a longer one where it was full
    n : int                     contacts held now

    Notes
    -----
    Random time change: N_if(day) = Poisson process at Λ_if(day) = usage_i · clock[segment_i, day].
    """
    window = (day - purchase.first_day) // purchase.per_days
    k = calendar.head[day]
    while k != NONE:
        following = calendar.link[k]
        stream = combine(key, audience.uid[k])
        marks = combine(attend_key, audience.uid[k])
        reading = audience.usage[k] * purchase.clock[audience.segment[k], day]
        if calendar.window[k] != window:
            calendar.window[k] = window
            calendar.in_window[k] = 0
        while calendar.next_at[k] <= reading:
            if purchase.cap == 0 or calendar.in_window[k] < purchase.cap:
                calendar.in_window[k] += 1
                if n == len(contacts):
                    contacts = grown(contacts)
                luck = uniform_at(marks, calendar.ordinal[k])
                put_contact(
                    contacts, n, audience.rows[k], BRAND, purchase.message, purchase.channel, PAID, 1.0, luck
                )
                n += 1
            calendar.ordinal[k] += 1
            calendar.next_at[k] += exponential_at(stream, calendar.ordinal[k])
        if day + 1 < len(calendar.head):
            _enter(k, day + 1, audience, purchase.clock, calendar)
        k = following
    calendar.head[day] = NONE
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
    contacts, n : as `deliver_paid`

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
            luck = uniform_at(combine(attend_key, audience.uid[k]), nth)
            put_contact(
                contacts, n, audience.rows[k], BRAND, purchase.message, purchase.channel, PAID, 1.0, luck
            )
            n += 1
    return contacts, n
