"""Who passes a message on: one decision per distinct source attended.

The decisions of one person on one lineage share one Exp(1) threshold, as hazards do: after sources with
probabilities p_1 … p_K it is crossed with probability 1 - Π(1 - p_k), the law of independent decisions.
A further source adds pressure and takes nothing away, so more sources never mean fewer sharers.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from sim.kernels.compiling import UNCOUNTED
from sim.kernels.luck import combine, exponential_at, mix, uniform_at
from sim.kernels.prefetch import AHEAD, prefetch
from sim.kernels.reception import become_aware
from sim.kernels.state import (
    BRAND_TRIED,
    HAS_SHARED,
    IS_SHARER,
    OWNED,
    PAID,
    PEER,
    POST,
    UNAWARE,
    Array,
)

PROBABILITY, THRESHOLD, COUNT = 0, 1, 2  # how sources attended make people share
_STAY = np.uint64(0x2545F4914F6CDD1D)
EMPTY = np.uint64(0)


class Impulse(NamedTuple):
    """Hold what makes people share; S segments, V messages, C channels.

    Parameters
    ----------
    beta : float64[C]          scale of the probability to share; 0 where the channel has no followers' layer
    match : float64[S, room]   μ of each variant, the V messages first
    quality : float64[room]    q of each variant
    r : float64[:]             factor on the k-th distinct source; the last holds for all further
    brand_factor : float       the brand as a source
    stay : float               chance per day to post the same again
    rule : int                 PROBABILITY, THRESHOLD (influence met) or COUNT (sources met)
    bound : float64[n_people]  THRESHOLD: influence of all in-ties; COUNT: sources it takes; else length 0
    """

    beta: Array
    match: Array
    quality: Array
    r: Array
    brand_factor: float
    stay: float
    rule: int
    bound: Array


@njit(**UNCOUNTED)
def remember_source(table, key):
    """Put `key` in the open hash set `table` (uint64, length a power of two); return whether it was new."""
    mask = np.uint64(len(table) - 1)
    place = mix(key) & mask
    while table[place] != EMPTY:
        if table[place] == key:
            return False
        place = (place + np.uint64(1)) & mask
    table[place] = key
    return True


@njit(cache=True, nogil=True)
def rehash(table):
    """Return a hash set of four times the length with the same keys."""
    out = np.zeros(4 * len(table), np.uint64)
    for key in table:
        if key != EMPTY:
            remember_source(out, key)
    return out


@njit(cache=True, nogil=True, inline="always")
def _is_new_source(contact, uid, lineage, met_sources):
    """Say whether this contact's source is new to the person for the lineage, and remember it."""
    i, v = contact.person, contact.message
    if contact.kind == PAID or contact.kind == OWNED:
        if lineage.flags & BRAND_TRIED:
            return False
        lineage.flags |= BRAND_TRIED
        return True
    if len(met_sources) == 0:  # nobody posts a lineage twice: each source is met once
        return True
    key = combine(combine(uid[i], uid[contact.source]), v)
    return remember_source(met_sources, key if key != EMPTY else _STAY)


@njit(cache=True, nogil=True, inline="always")
def _is_moved(contact, share_key, uid, lineage, impulse):
    """Add a person's post to what has moved its reader; say whether it is enough under a textbook rule.

    Notes
    -----
    Linear threshold (Granovetter 1978; Kempe et al. 2003): Σ_met ω ≥ θ_i·Σ_all ω, θ_i uniform. Fraction
    (Watts 2002) and k-complex contagion (Centola & Macy 2007): so many distinct sources.
    """
    i = contact.person
    if impulse.rule == COUNT:
        lineage.urge += 1.0
        return lineage.urge >= impulse.bound[i]
    lineage.urge += np.float64(contact.weight)
    return lineage.urge >= uniform_at(combine(share_key, uid[i]), 0) * impulse.bound[i]


@njit(**UNCOUNTED)
def share(share_keys, contacts, n, luck, people, impulse, met_sources, habits, posts, tally):
    """Let each attended contact on a feed, in order, give its decision to share.

    Parameters
    ----------
    share_keys : uint64[n_messages]   luck of the decision "share", by lineage
    contacts : CONTACT[:]             the first `n` are attended
    luck : Thresholds
    people : People                   flags, sources met and posts made are changed
    impulse : Impulse
    met_sources : uint64[:]           hash set of (person, source, lineage) with room for `n` more;
                                      length 0 where no source posts a lineage twice
    habits : Habits
    posts : POST[:]                   filled: what will be seen tomorrow; room for `n`
    tally : Tally                     raised

    Returns
    -------
    n_posts : int

    Notes
    -----
    P_k = min(1, β E 2μ q r_k) · φ, φ = brand_factor where the brand is the source, else 1;
    urge += -ln(1 - P_k); who passes the threshold of the lineage shares it, once. Under the other rules
    people alone move people: see `_is_moved`.
    """
    n_posts = 0
    for c in range(n):
        ahead = contacts[min(c + AHEAD, n - 1)]
        if impulse.beta[ahead.channel] > 0.0:
            prefetch(people.lineage, ahead.person)
            prefetch(people.engagement, ahead.person)
            prefetch(people.record, ahead.person)
            prefetch(luck.uid, ahead.person)
        contact = contacts[c]
        i, v, said, channel = contact.person, contact.message, contact.variant, contact.channel
        if impulse.beta[channel] <= 0.0:
            continue
        lineage = people.lineage[i, v]
        from_brand = contact.kind == PAID or contact.kind == OWNED
        if from_brand and impulse.rule != PROBABILITY:
            continue
        if lineage.flags & HAS_SHARED or not _is_new_source(contact, luck.uid, lineage, met_sources):
            continue
        k = lineage.n_sources
        lineage.n_sources = min(k + 1, 255)
        person = people.record[i]
        if impulse.rule != PROBABILITY:
            if not _is_moved(contact, share_keys[v], luck.uid, lineage, impulse):
                continue
        else:
            p = impulse.beta[channel] * people.engagement[i] * 2.0 * impulse.match[person.segment, said]
            p *= impulse.quality[said] * impulse.r[min(k, len(impulse.r) - 1)]
            p = min(1.0, p) * (impulse.brand_factor if from_brand else 1.0)
            lineage.urge += -math.log1p(-p) if p < 1.0 else math.inf
            if lineage.urge < exponential_at(combine(share_keys[v], luck.uid[i]), 0):
                continue
        lineage.flags |= HAS_SHARED
        put_post(posts, n_posts, i, contact.source, lineage.n_posts, v, said, channel, PEER)
        lineage.n_posts += 1
        n_posts += 1
        tally.shares[channel, person.segment] += 1
        if person.flags & IS_SHARER == 0:
            person.flags |= IS_SHARER
            tally.sharers[person.segment] += 1
        if person.stage == UNAWARE:
            become_aware(i, luck, people, habits, tally)
    return n_posts


@njit(cache=True, nogil=True, inline="always")
def put_post(posts, n, author, source, nth, message, variant, channel, kind):
    """Write post number `n`."""
    posts[n].author = author
    posts[n].source = source
    posts[n].nth = nth
    posts[n].message = message
    posts[n].variant = variant
    posts[n].channel = channel
    posts[n].kind = kind


@njit(**UNCOUNTED)
def stay(share_keys, today, uid, people, chance, tomorrow, tally):
    """Let each of today's sharers post the same again tomorrow with probability `chance`.

    Parameters
    ----------
    share_keys : uint64[n_messages]
    today : POST[:]            posts made of people's own accord (kind PEER) are considered
    uid : uint64[n_people]
    people : People            posts made are raised
    chance : float             in [0, 1]
    tomorrow : POST[:]         filled from the start; room for all of `today`
    tally : Tally              shares raised

    Returns
    -------
    n_posts : int
    """
    n = 0
    for post in today:
        if post.kind != PEER:
            continue
        key = combine(combine(share_keys[post.message], uid[post.author]), _STAY)
        if uniform_at(key, post.nth) < chance:
            nth = people.lineage[post.author, post.message].n_posts
            said = post.variant
            put_post(tomorrow, n, post.author, post.source, nth, post.message, said, post.channel, PEER)
            people.lineage[post.author, post.message].n_posts += 1
            tally.shares[post.channel, people.record[post.author].segment] += 1
            n += 1
    return n


def empty_posts(n: int) -> Array:
    """Return room for `n` posts."""
    return np.empty(n, POST)
