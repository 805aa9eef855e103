"""What a contact does to a person: counted, attended, remembered, believed; and forgotten."""

from __future__ import annotations

import math
from typing import NamedTuple

from numba import njit

from sim.kernels.luck import combine, exponential_at
from sim.kernels.state import (
    ADOPTER,
    AWARE,
    CONSIDERING,
    HAS_MET,
    MAX_K,
    OWNED,
    PAID,
    PARTNER,
    PEER,
    UNAWARE,
    UNITS,
    Array,
)


class Views(NamedTuple):
    """Hold how the public takes messages in; S segments, V messages, C channels.

    Parameters
    ----------
    match : float64[S, V]          μ: how far the message answers the segment's motivations
    fit : float64[S, V]            χ: cultural fit
    novelty : float64[V, V]        nov of the row's message after the column's, in [0, 1]
    valence : float64[V]           x
    attention, impact : float64[C]     α, ψ
    credibility : float64[N_KINDS]     τ by who speaks (a disclosed partner's holds the discount)
    """

    match: Array
    fit: Array
    novelty: Array
    valence: Array
    attention: Array
    impact: Array
    credibility: Array


class Habits(NamedTuple):
    """Hold the numbers of reception.

    Parameters
    ----------
    memory_left, wear_left : float64[days + 2]   share left after so many days, 2^(-days/half-life)
    awareness_paid, awareness_peer : float       chance to become aware per attended contact
    attitude_step, trust_step, consider_at : float
    wear_rate : float                            1 / contacts at the peak of attitude; 0: no wear-out
    awareness_loss : float                       per day
    """

    memory_left: Array
    wear_left: Array
    awareness_paid: float
    awareness_peer: float
    attitude_step: float
    trust_step: float
    consider_at: float
    wear_rate: float
    awareness_loss: float


@njit(cache=True, nogil=True, inline="always")
def units(x):
    """Return `x` as an integer number of 2^-30."""
    return math.floor(x * UNITS + 0.5)


@njit(cache=True, nogil=True, inline="always")
def fade(person, day, habits):
    """Let memory and wear fade up to `day`: value · 2^(-Δt/half-life)."""
    gap = day - person.touched
    if gap > 0:
        person.memory *= habits.memory_left[gap]
        person.wear *= habits.wear_left[gap]
        person.touched = day


@njit(cache=True, nogil=True, inline="always")
def move_stage(person, stage, tally):
    """Put the person in `stage` and count it."""
    if person.stage != stage:
        tally.stages[person.stage, person.segment] -= 1
        tally.stages[stage, person.segment] += 1
        person.stage = stage


@njit(cache=True, nogil=True, inline="always")
def become_aware(i, people, habits, tally):
    """Make person `i` aware: aware or considering by attitude, and on the list of the aware."""
    person = people.record[i]
    people.aware_list[people.n_aware[0]] = i
    people.n_aware[0] += 1
    move_stage(person, CONSIDERING if person.attitude >= habits.consider_at else AWARE, tally)


@njit(cache=True, nogil=True)
def forget(aware_key, forget_key, day, people, habits, tally):
    """Let everyone aware forget a little; who crosses the threshold is unaware again.

    Parameters
    ----------
    aware_key, forget_key : uint64   luck of the decisions "aware" and "forget" in this world
    day : int
    people : People                  changed
    habits : Habits
    tally : Tally                    changed

    Notes
    -----
    Hazard λ_A · e^(-M), accumulated daily against an Exp(1) threshold; after forgetting the pressure
    towards awareness starts again at 0 with the next threshold.
    """
    place = 0
    while place < people.n_aware[0]:
        person = people.record[people.aware_list[place]]
        fade(person, day, habits)
        person.forgetting += habits.awareness_loss * math.exp(-person.memory)
        if person.forgetting < person.forget_at:
            place += 1
            continue
        person.turn += 1
        person.forgetting = 0.0
        person.forget_at = exponential_at(combine(forget_key, person.uid), person.turn)
        person.pressure = 0.0
        person.aware_at = exponential_at(combine(aware_key, person.uid), person.turn)
        move_stage(person, UNAWARE, tally)
        people.n_aware[0] -= 1
        people.aware_list[place] = people.aware_list[people.n_aware[0]]


@njit(cache=True, nogil=True)
def attend(contacts, n, people, views, tally):
    """Count the day's contacts and keep, in place and in order, those that are attended.

    Parameters
    ----------
    contacts : CONTACT[:]      the first `n` are the day's; afterwards the attended ones come first
    people : People            contact counters raised
    views : Views
    tally : Tally              raised

    Returns
    -------
    n_attended : int

    Notes
    -----
    Reach, reach k+, frequency and GRP count *paid contacts*; attending comes after.
    """
    kept = 0
    n_channels = len(views.attention)
    for c in range(n):
        contact = contacts[c]
        person = people.record[contact.person]
        segment, channel = person.segment, contact.channel
        tally.contacts[contact.kind, channel, segment] += 1
        if person.flags & HAS_MET == 0:
            person.flags |= HAS_MET
            tally.met[segment] += 1
        if contact.kind == PAID:
            on_channel = people.paid_contacts[contact.person, channel]
            people.paid_contacts[contact.person, channel] = min(on_channel + 1, 65535)
            person.channels_met |= 1 << channel
            if on_channel < MAX_K:
                tally.reach[channel, segment, on_channel] += 1
            if person.n_paid < MAX_K:
                tally.reach[n_channels, segment, person.n_paid] += 1
            person.n_paid += 1
        if contact.luck < views.attention[channel]:
            tally.attended[contact.kind, channel, segment] += 1
            contacts[kept] = contact
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def receive(contacts, n, day, people, views, habits, tally):
    """Let each attended contact, in order, move memory, awareness, attitude, wear and trust.

    Parameters
    ----------
    contacts : CONTACT[:]      the first `n` are attended
    day : int
    people : People            changed
    views, habits : see above
    tally : Tally              changed

    Notes
    -----
    M += ψ; pressure += -ln(1 - p_A ψ); g = η ζ μ χ ψ D(R), D(R) = (1 - R/n*) e^(-R/n*);
    a += g (x - a) if g ≥ 0 else g (a + 1); R += 1 - nov; T += η_T ζ ((1 + x)/2 - T) for a person's word.
    ζ = τ·T for the brand, τ·ω for a peer. The peak near ten exposures: Schmidt & Eisend (2015).
    """
    for c in range(n):
        contact = contacts[c]
        person = people.record[contact.person]
        fade(person, day, habits)
        v, s, kind = contact.message, person.segment, contact.kind
        impact = views.impact[contact.channel]
        from_brand = kind == PAID or kind == OWNED
        own_worth = person.trust if from_brand else (1.0 if kind == PARTNER else contact.weight)
        credibility = views.credibility[kind] * own_worth

        person.memory += impact
        p_aware = habits.awareness_peer if kind == PEER else habits.awareness_paid
        person.pressure += -math.log1p(-p_aware * impact)

        wear = 0.0 if kind == PEER else person.wear * habits.wear_rate
        g = habits.attitude_step * credibility * views.match[s, v] * views.fit[s, v] * impact
        g *= (1.0 - wear) * math.exp(-wear)
        before = units(person.attitude)
        person.attitude += (
            g * (views.valence[v] - person.attitude) if g >= 0.0 else g * (person.attitude + 1.0)
        )
        tally.attitude[s] += units(person.attitude) - before
        if kind != PEER:
            person.wear += 1.0 if person.last_message < 0 else 1.0 - views.novelty[v, person.last_message]
        person.last_message = v
        if not from_brand:
            before = units(person.trust)
            person.trust += habits.trust_step * credibility * ((1.0 + views.valence[v]) / 2.0 - person.trust)
            tally.trust[s] += units(person.trust) - before

        if person.stage == UNAWARE:
            if person.pressure >= person.aware_at:
                become_aware(contact.person, people, habits, tally)
        elif person.stage != ADOPTER:
            move_stage(person, CONSIDERING if person.attitude >= habits.consider_at else AWARE, tally)
