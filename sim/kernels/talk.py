"""What adopters do afterwards: they are content or not, talk about it, and buy again.

Only they are touched: a customer stands in the list of the day of the next talk, so that a day costs
what is said on it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from sim.kernels.adoption import eagerness
from sim.kernels.luck import combine, exponential_at, normal_at
from sim.kernels.prefetch import AHEAD, prefetch
from sim.kernels.reception import become_aware, fade, move_stage, units
from sim.kernels.sharing import put_post
from sim.kernels.state import ADOPTER, AWARE, BRAND, CONSIDERING, PEER, UNAWARE, Array

CUSTOMER = np.dtype(
    [
        ("satisfaction", "f8"),  # y, in [-1, 1]
        ("talk_at", "f8"),  # time of the next talk, in days
        ("desire", "f8"),  # pressure to buy again; crosses `buy_at`
        ("buy_at", "f8"),
        ("row", "i4"),
        ("next", "i4"),  # the next customer who talks on the same day; -1: none
        ("n_talks", "i4"),
        ("n_bought", "i4"),  # the adoption is the first
    ],
    align=True,
)
NOBODY = -1
FIRST_AGAIN = 2  # ordinal of the threshold of the second purchase: 0 and 1 are those of adoption


class Customers(NamedTuple):
    """Hold everyone who has adopted, in the order of adoption.

    Parameters
    ----------
    record : CUSTOMER[room]
    n : int64[1]                 how many of them are filled
    due : int32[days + 1]        by day, the first of those who talk on it; -1: nobody
    """

    record: Array
    n: Array
    due: Array


class Experience(NamedTuple):
    """Hold what becomes of adopters.

    Parameters
    ----------
    satisfaction, spread : float   mean Q and standard deviation of y before it is clipped
    attitude_step : float          share of the distance from attitude to y
    talk_rate : float              talks per day of a person of engagement 1; 0: nobody talks
    buy_rate : float               purchases per day at G = 1; 0: nobody buys again
    """

    satisfaction: float
    spread: float
    attitude_step: float
    talk_rate: float
    buy_rate: float


class Hearing(NamedTuple):
    """Hold what a friend's word does: M += impact, pressure += awareness, and pull and trust times ω."""

    impact: float
    awareness: float
    pull: float
    trust_step: float


class Voice(NamedTuple):
    """Hold the luck of customers: uint64[n_people] ids, and the keys of the decisions in this world."""

    uid: Array
    satisfaction: np.uint64
    talk: np.uint64
    adopt: np.uint64


@njit(cache=True, nogil=True)
def doubled(array):
    """Return an array of more than twice the length that starts with `array`."""
    out = np.empty(2 * len(array) + 1, array.dtype)
    out[: len(array)] = array
    return out


@njit(cache=True, nogil=True)
def await_talk(customer, voice, people, experience):
    """Draw when a customer talks next.

    Notes
    -----
    Waiting times are Exp(1) / (w √E), the n-th keyed by n: talks are a Poisson process on the person's
    own clock, which starts at the adoption.
    """
    pace = experience.talk_rate * math.sqrt(people.engagement[customer.row])
    if pace <= 0.0:
        customer.talk_at = math.inf
        return
    stream = combine(voice.talk, voice.uid[customer.row])
    customer.talk_at += exponential_at(stream, customer.n_talks) / pace


@njit(cache=True, nogil=True, inline="always")
def enlist(k, day, customers):
    """Put customer `k` on the list of the day of the next talk, after `day`; on none after the last day."""
    customer = customers.record[k]
    if customer.talk_at <= len(customers.due) - 1:
        when = max(math.ceil(customer.talk_at), day + 1)
        if when < len(customers.due):
            customer.next = customers.due[when]
            customers.due[when] = k


@njit(cache=True, nogil=True)
def welcome(rows, day, voice, people, experience, customers, tally):
    """Make customers of new adopters: they are content or not, and begin to wait for their first talk.

    Parameters
    ----------
    rows : int[:]             adopters, ascending
    day : int                 of adoption; 0 for adopters of the start, whose attitude is as given
    voice : Voice
    people : People           attitude is changed
    experience : Experience
    customers : Customers     with room for all of `rows`
    tally : Tally             attitude is changed

    Notes
    -----
    y ~ N(Q, σ_y²) clipped to [-1, 1]; a += η_U (y - a).
    """
    for i in rows:
        k = customers.n[0]
        customers.n[0] = k + 1
        customer, person = customers.record[k], people.record[i]
        drawn = experience.satisfaction
        if experience.spread > 0.0:
            drawn += experience.spread * normal_at(combine(voice.satisfaction, voice.uid[i]), 0)
        customer.satisfaction = min(1.0, max(-1.0, drawn))
        customer.row, customer.next, customer.n_talks, customer.n_bought = i, NOBODY, 0, 1
        customer.desire = 0.0
        customer.buy_at = exponential_at(combine(voice.adopt, voice.uid[i]), FIRST_AGAIN)
        if day > 0 and experience.attitude_step > 0.0:
            before = units(person.attitude)
            person.attitude += experience.attitude_step * (customer.satisfaction - person.attitude)
            tally.attitude[person.segment] += units(person.attitude) - before
        customer.talk_at = day
        await_talk(customer, voice, people, experience)
        enlist(k, day, customers)


@njit(cache=True, nogil=True)
def speak(day, voice, people, experience, customers, posts, valence):
    """Let everyone whose time has come say what they think.

    Parameters
    ----------
    day : int
    voice : Voice
    people : People
    experience : Experience
    customers : Customers     changed: each is put on the list of the next talk
    posts : POST[:]           filled: author and number of each talk
    valence : float64[:]      filled beside: what is thought; as long as `posts`

    Returns
    -------
    posts, valence, n : the arrays (longer ones if there was no room) and how many talks there are
    """
    n = 0
    k = customers.due[day]
    customers.due[day] = NOBODY
    while k != NOBODY:
        customer = customers.record[k]
        following = customer.next
        while customer.talk_at <= day:
            if n == len(posts):
                posts, valence = doubled(posts), doubled(valence)
            put_post(posts, n, customer.row, BRAND, customer.n_talks, 0, 0, 0, PEER)  # of no message
            valence[n] = customer.satisfaction
            n += 1
            customer.n_talks += 1
            await_talk(customer, voice, people, experience)
        enlist(k, day, customers)
        k = following
    return posts, valence, n


@njit(cache=True, nogil=True)
def hear(contacts, posts, valence, day, luck, people, hearing, habits, tally):
    """Let each contact with a talk, in order, move memory, awareness, attitude and trust.

    Parameters
    ----------
    contacts : CONTACT[:]      who hears whom, in the order of `posts`
    posts : POST[:]            the day's talks
    valence : float64[:]       y of each
    day : int
    luck : Thresholds
    people : People            changed
    hearing : Hearing
    habits : Habits
    tally : Tally              changed

    Notes
    -----
    As a peer's post, with μ = χ = D(R) = 1 and valence y: M += ψ; pressure += -ln(1 - p_A ψ);
    a += η τ ω ψ (y - a); T += η_T τ ω ((1 + y)/2 - T). Talk is no message: it neither wears out nor is it
    the last message attended.
    """
    at = 0
    for c in range(len(contacts)):
        prefetch(people.record, contacts[min(c + AHEAD, len(contacts) - 1)].person)
        contact = contacts[c]
        while posts[at].author != contact.source:
            at += 1
        y, person = valence[at], people.record[contact.person]
        s = person.segment
        tally.heard[0 if y > 0.0 else 1 if y < 0.0 else 2, s] += 1
        if not contact.is_attended:
            continue
        fade(person, day, habits)
        person.memory += hearing.impact
        person.pressure += hearing.awareness
        belief = np.float64(contact.weight)
        before = units(person.attitude)
        person.attitude += hearing.pull * belief * (y - person.attitude)
        tally.attitude[s] += units(person.attitude) - before
        before = units(person.trust)
        person.trust += hearing.trust_step * belief * ((1.0 + y) / 2.0 - person.trust)
        tally.trust[s] += units(person.trust) - before
        if person.stage == UNAWARE:
            if person.pressure >= person.aware_at:
                become_aware(contact.person, luck, people, habits, tally)
        elif person.stage != ADOPTER:
            move_stage(person, CONSIDERING if person.attitude >= habits.consider_at else AWARE, tally)


@njit(cache=True, nogil=True)
def buy_again(day, voice, people, experience, market, habits, customers, tally):
    """Let all customers but today's come nearer to the next purchase; who crosses the threshold buys.

    Parameters
    ----------
    day : int
    voice : Voice
    people : People
    experience, market, habits : see above and `sim.kernels.adoption`
    customers : Customers     changed
    tally : Tally             purchases raised

    Notes
    -----
    Hazard G / interval, accumulated daily against the Exp(1) threshold of the person's n-th purchase. What
    is above a threshold counts for the next, so that the mean interval at G = 1 is exact; at most
    one purchase a day.
    """
    for k in range(customers.n[0]):
        prefetch(people.record, customers.record[min(k + AHEAD, customers.n[0] - 1)].row)
        customer = customers.record[k]
        i = customer.row
        if people.course[people.course_of[i]].adopted_on == day:
            continue
        person = people.record[i]
        memory = person.memory * habits.memory_left[day - person.touched]
        customer.desire += experience.buy_rate * eagerness(person, memory, people.availability[i], market)
        if customer.desire < customer.buy_at:
            continue
        customer.desire -= customer.buy_at
        customer.n_bought += 1
        stream = combine(voice.adopt, voice.uid[i])
        customer.buy_at = exponential_at(stream, FIRST_AGAIN + customer.n_bought - 1)
        tally.rebought[person.segment] += 1
