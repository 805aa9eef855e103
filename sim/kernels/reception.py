"""What a contact does to a person: counted, attended, remembered, believed; and forgotten."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from sim.kernels.compiling import UNCOUNTED
from sim.kernels.luck import combine, exponential_at
from sim.kernels.prefetch import AHEAD, prefetch
from sim.kernels.state import (
    ADOPTER,
    AWARE,
    CONSIDERING,
    HAS_MET,
    MAX_K,
    MOST_COUNTED,
    OWNED,
    PAID,
    PARTNER,
    PEER,
    UNAWARE,
    UNITS,
    WAS_AWARE,
    Array,
)


class Views(NamedTuple):
    """Hold how the public takes messages in; S segments, V messages, C channels.

    Parameters
    ----------
    attention : float64[C, V, S]       α: chance that a contact is attended
    impact : float64[C, V]             ψ
    match : float64[S, room]           μ: how far each variant answers the segment's motivations, the V messages first
    pull : float64[N_KINDS, C, S, V]   η·τ·μ·χ·ψ: how far one contact moves the attitude of who believes it wholly
    awareness : float64[N_KINDS, C, V] -ln(1 - p_A·ψ): what one contact adds towards becoming aware
    novelty : float64[V, V]            nov of the row's message after the column's, in [0, 1]
    valence : float64[room]            x of each variant
    credibility : float64[N_KINDS]     τ by who speaks (a disclosed partner's holds the discount)
    appeals : float64[room, K]         θ of each variant
    fit : float64[S, V]                χ
    attitude_step : float              η
    """

    attention: Array
    impact: Array
    match: Array
    pull: Array
    awareness: Array
    novelty: Array
    valence: Array
    credibility: Array
    appeals: Array
    fit: Array
    attitude_step: float


class Habits(NamedTuple):
    """Hold the numbers of reception.

    Parameters
    ----------
    memory_left, wear_left : float64[days + 2]   share left after so many days, 2^(-days/half-life)
    trust_step, consider_at : float
    wear_rate : float                            1 / contacts at the peak of attitude; 0: no wear-out
    awareness_loss : float                       per day
    """

    memory_left: Array
    wear_left: Array
    trust_step: float
    consider_at: float
    wear_rate: float
    awareness_loss: float


@njit(cache=True, nogil=True, inline="always")
def units(x):
    """Return `x` as an integer number of 2^-30."""
    return math.floor(x * UNITS + 0.5)


@njit(**UNCOUNTED)
def apart(appeals, u, v):
    """Return how far two variants are apart, in [0, 1]: ‖θ_u - θ_v‖₁ / (‖θ_u‖₁ + ‖θ_v‖₁); 0 where both say nothing.

    Parameters
    ----------
    appeals : float64[room, K]   θ
    u, v : int                   numbers of the variants
    """
    gap, size_u, size_v = 0.0, 0.0, 0.0
    for k in range(appeals.shape[1]):
        gap += abs(appeals[u, k] - appeals[v, k])
        size_u += appeals[u, k]
        size_v += appeals[v, k]
    return gap / (size_u + size_v) if size_u + size_v > 0.0 else 0.0


@njit(**UNCOUNTED)
def pull_of(contact, segment, views):
    """Return η·τ·μ·χ·ψ of a contact with a variant: μ is the variant's, χ and ψ are the message's."""
    v = contact.message
    pull = views.attitude_step * views.credibility[contact.kind] * views.match[segment, contact.variant]
    return pull * views.fit[segment, v] * views.impact[contact.channel, v]


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


@njit(**UNCOUNTED)
def become_aware(i, luck, people, habits, tally):
    """Make person `i` aware: aware or considering by attitude, and on the list of the aware.

    The thresholds that only the aware have are drawn here: that of forgetting each time, those of
    adoption the first time.
    """
    person = people.record[i]
    if person.flags & WAS_AWARE:
        place = people.course_of[i]
    else:
        person.flags |= WAS_AWARE
        place = people.course_of[i] = np.uint32(people.n_courses[0])
        people.n_courses[0] += 1
        begun, stream = people.course[place], combine(luck.adopt, luck.uid[i])
        begun.row = i
        begun.own_at = exponential_at(stream, 0)
        begun.peer_at = exponential_at(stream, 1)
    course = people.course[place]
    course.forget_at = exponential_at(combine(luck.forget, luck.uid[i]), course.turn)
    people.aware_list[people.n_aware[0]] = place
    people.n_aware[0] += 1
    move_stage(person, CONSIDERING if person.attitude >= habits.consider_at else AWARE, tally)


@njit(**UNCOUNTED)
def make_aware(rows, luck, people, habits, tally):
    """Make everyone of `rows` (int64[:], all unaware) aware, as a contact would."""
    for i in rows:
        become_aware(i, luck, people, habits, tally)


@njit(**UNCOUNTED)
def lose_awareness(place, luck, people, tally):
    """Let who stands at `place` of the list of the aware be unaware again, with the next threshold.

    The list is closed by putting its last person there.
    """
    course = people.course[people.aware_list[place]]
    i = course.row
    person = people.record[i]
    course.turn += 1
    course.forgetting = 0.0
    person.pressure = 0.0
    person.aware_at = exponential_at(combine(luck.aware, luck.uid[i]), course.turn)
    move_stage(person, UNAWARE, tally)
    people.n_aware[0] -= 1
    people.aware_list[place] = people.aware_list[people.n_aware[0]]


@njit(**UNCOUNTED)
def forget(day, luck, people, habits, tally):
    """Let everyone aware forget a little; who crosses the threshold is unaware again.

    Parameters
    ----------
    day : int
    luck : Thresholds
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
        ahead = people.aware_list[min(place + AHEAD, people.n_aware[0] - 1)]
        prefetch(people.record, people.course[ahead].row)
        course = people.course[people.aware_list[place]]
        person = people.record[course.row]
        fade(person, day, habits)
        course.forgetting += habits.awareness_loss * math.exp(-person.memory)
        if course.forgetting < course.forget_at:
            place += 1
        else:
            lose_awareness(place, luck, people, tally)


@njit(**UNCOUNTED)
def _count(contact, person, paid_contacts, drift, tally):
    """Count a contact: reach, reach k+, frequency and GRP count *paid contacts*, attended or not."""
    segment, channel = person.segment, contact.channel
    tally.contacts[contact.kind, channel, segment] += 1
    if person.flags & HAS_MET == 0:
        person.flags |= HAS_MET
        tally.met[segment] += 1
    if contact.kind == PAID:
        n_channels, on_channel = paid_contacts.shape[1], paid_contacts[contact.person, channel]
        paid_contacts[contact.person, channel] = min(on_channel + 1, MOST_COUNTED)
        person.channels_met |= 1 << channel
        if on_channel < MAX_K:
            tally.reach[channel, segment, on_channel] += 1
        if person.n_paid < MAX_K:
            tally.reach[n_channels, segment, person.n_paid] += 1
        person.n_paid = min(person.n_paid + 1, MOST_COUNTED)
    elif contact.kind == PEER and contact.variant != contact.message:
        tally.variant_contacts[channel, segment] += 1
        tally.drift[segment] += drift[contact.variant]


@njit(**UNCOUNTED)
def _wear_out(contact, person, g, views, habits):
    """Return what is left of the pull `g` on a person who is weary of the brand's messages, and tire the person."""
    wear = person.wear * habits.wear_rate
    if wear > 0.0:
        g *= (1.0 - wear) * math.exp(-wear)
    said, last, n_messages = contact.variant, person.last_variant, len(views.novelty)
    if last < 0:
        person.wear += 1.0
    elif said < n_messages and last < n_messages:
        person.wear += 1.0 - views.novelty[said, last]
    else:
        person.wear += 1.0 - apart(views.appeals, said, last)
    return g


@njit(**UNCOUNTED)
def _take_in(contact, person, day, views, habits, tally):
    """Let an attended contact move memory, awareness, attitude, wear and trust: the lines of `receive`."""
    fade(person, day, habits)
    v, s, kind, channel = contact.message, person.segment, contact.kind, contact.channel
    said = contact.variant
    from_brand = kind == PAID or kind == OWNED
    belief = person.trust if from_brand else (1.0 if kind == PARTNER else np.float64(contact.weight))

    person.memory += views.impact[channel, v]
    person.pressure += views.awareness[kind, channel, v]

    g = (views.pull[kind, channel, s, v] if said == v else pull_of(contact, s, views)) * belief
    if kind != PEER:
        g = _wear_out(contact, person, g, views, habits)
    before, x = units(person.attitude), views.valence[said]
    person.attitude += g * (x - person.attitude) if g >= 0.0 else g * (person.attitude + 1.0)
    tally.attitude[s] += units(person.attitude) - before
    person.last_variant = said
    if not from_brand:
        before = units(person.trust)
        step = habits.trust_step * views.credibility[kind] * belief
        person.trust += step * ((1.0 + x) / 2.0 - person.trust)
        tally.trust[s] += units(person.trust) - before


@njit(**UNCOUNTED)
def receive(contacts, n, drift, day, luck, people, views, habits, tally):
    """Count each of the day's contacts and let those attended, in order, move the person; keep these, in place.

    Parameters
    ----------
    contacts : CONTACT[:]      the first `n` are the day's; afterwards the attended ones come first
    n, day : int
    drift : int64[room]        distance of each variant from the original, in units of 2^-30
    luck : Thresholds
    people : People            changed
    views, habits : see above
    tally : Tally              changed

    Returns
    -------
    n_attended : int

    Notes
    -----
    M += ψ; pressure += -ln(1 - p_A ψ); g = η ζ μ χ ψ D(R), D(R) = (1 - R/n*) e^(-R/n*);
    a += g (x - a) if g ≥ 0 else g (a + 1); R += 1 - nov; T += η_T ζ ((1 + x)/2 - T) for a person's word.
    ζ = τ·T for the brand, τ·ω for a peer. The peak near ten exposures: Schmidt & Eisend (2015). Of a variant
    μ, x and θ are its own; ψ, p_A and χ are those of the message it comes from.
    """
    kept = 0
    for c in range(n):
        ahead = contacts[min(c + AHEAD, n - 1)].person
        prefetch(people.record, ahead)
        prefetch(people.paid_contacts, ahead)
        contact = contacts[c]
        i = contact.person
        person = people.record[i]
        _count(contact, person, people.paid_contacts, drift, tally)
        if not contact.is_attended:
            continue
        tally.attended[contact.kind, contact.channel, person.segment] += 1
        _take_in(contact, person, day, views, habits, tally)
        if person.stage == UNAWARE:
            if person.pressure >= person.aware_at:
                become_aware(i, luck, people, habits, tally)
        elif person.stage != ADOPTER:
            move_stage(person, CONSIDERING if person.attitude >= habits.consider_at else AWARE, tally)
        contacts[kept] = contact
        kept += 1
    return kept
