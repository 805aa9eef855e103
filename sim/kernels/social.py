"""Posts along ties: a tie is live or dead as a fact of the world.

The rule is that of `sim.kernels.live`, the same for the day and for cascades: the same post meets the same
people whatever the plan.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from sim.kernels import live
from sim.kernels.luck import combine, uniform_at
from sim.kernels.paid import Audience, grown, put_contact
from sim.kernels.state import BRAND, OWNED, Array


class Ties(NamedTuple):
    """Hold one layer as the kernels read it.

    Parameters
    ----------
    ptr : int64[n_people + 1]     row starts
    dst : int32[n_ties]           followers, each row sorted by tie id
    weight : float32[n_ties]      influence in (0, 1]; length 0: all 1
    visits : float64[n_people]    min(1, visits per day) on the channel
    peak : float64[n_people]      largest visits·weight of each row
    visibility : float            κ: chance that a post is shown to a daily visitor; the most it can be in the run
    """

    ptr: Array
    dst: Array
    weight: Array
    visits: Array
    peak: Array
    visibility: float


class Owner(NamedTuple):
    """Hold the brand's own posts on a channel.

    Parameters
    ----------
    audience : Audience               the brand's followers
    attention : float64[n_segments]   chance that a contact is attended
    visibility : float                ρ: chance that a post is shown to a follower on a daily visit
    message, channel : int
    """

    audience: Audience
    attention: Array
    visibility: float
    message: int
    channel: int


@njit(cache=True, nogil=True)
def row_peaks(ptr, dst, weight, visits, out):
    """Fill `out` (float64[n_people]) with the largest visits·weight among each person's followers."""
    for j in range(len(ptr) - 1):
        top = 0.0
        for e in range(ptr[j], ptr[j + 1]):
            w = 1.0 if len(weight) == 0 else float(weight[e])
            top = max(top, visits[dst[e]] * w)
        out[j] = top


@njit(cache=True, nogil=True)
def in_weights(ptr, dst, weight, out):
    """Add to `out` (float64[n_people]) the weight of each person's incoming ties."""
    for e in range(len(dst)):
        out[dst[e]] += 1.0 if len(weight) == 0 else float(weight[e])


@njit(cache=True, nogil=True)
def secondary_reach(ties, engagement):
    """Return Σ over ties of visibility · visits · weight · engagement of the follower (float)."""
    total = 0.0
    for e in range(len(ties.dst)):
        i = ties.dst[e]
        w = 1.0 if len(ties.weight) == 0 else float(ties.weight[e])
        total += ties.visibility * ties.visits[i] * w * engagement[i]
    return total


@njit(cache=True, nogil=True)
def deliver_posts(see_keys, attend_keys, posts, uid, segment, attention, ties, lift, contacts, n):
    """Append everyone who sees each post.

    Parameters
    ----------
    see_keys, attend_keys : uint64[n_messages]   luck of "see" and "attend" for this layer, by lineage
    posts : POST[:]             all on this layer, in the order of the day
    uid, segment : uint64[n_people], int16[n_people]
    attention : float64[n_messages, n_segments]   chance that a contact is attended
    ties : Ties
    lift : float64[n_messages]  today's visibility of each lineage ÷ `ties.visibility`, in [0, 1]
    contacts : CONTACT[:]       filled from position `n`

    Returns
    -------
    contacts, n : the array (longer where it was full) and the contacts held now

    Notes
    -----
    p_ji = κ · min(1, u_i) · ω_ji, the largest of a row κ · peak_j; `sim.kernels.live` tells who is reached. κ in
    both is the most that ranking may make of it, so that a live tie stays one when the lineage is shown more.
    """
    for post in posts:
        j = post.author
        p_max = min(1.0, ties.visibility * ties.peak[j])
        if p_max <= 0.0:
            continue
        stream = live.post_stream(see_keys[post.message], uid[j], post.nth)
        coins = live.coin_stream(stream)
        marks = combine(combine(attend_keys[post.message], uid[j]), post.nth)
        cap = live.row_cap(p_max)
        rate = live.skip_rate(cap)
        start, end = ties.ptr[j], ties.ptr[j + 1]
        e = start
        draw = 0
        while True:
            skip = live.skip_at(stream, draw, rate)
            draw += 1
            if skip >= end - e:
                break
            e += int(skip)
            i = ties.dst[e]
            w = 1.0 if len(ties.weight) == 0 else float(ties.weight[e])
            p = min(1.0, ties.visibility * (ties.visits[i] * w)) * lift[post.message]
            if live.is_below(live.coin_at(coins, e - start), live.odds(p, cap)):
                if n == len(contacts):
                    contacts = grown(contacts)
                is_attended = uniform_at(combine(marks, uid[i]), 0) < attention[post.message, segment[i]]
                put_contact(
                    contacts, n, i, j, post.message, post.variant, post.channel, post.kind, w, is_attended
                )
                n += 1
            e += 1
    return contacts, n


@njit(cache=True, nogil=True)
def deliver_to_all(posts, ties, contacts, n):
    """Append every follower who uses the channel, for each post: seen and attended for certain.

    Parameters
    ----------
    posts : POST[:]             all on this layer, in the order of the day
    ties : Ties
    contacts : CONTACT[:]       filled from position `n`

    Returns
    -------
    contacts, n : as `deliver_posts`
    """
    for post in posts:
        for e in range(ties.ptr[post.author], ties.ptr[post.author + 1]):
            if ties.visits[ties.dst[e]] <= 0.0:
                continue
            if n == len(contacts):
                contacts = grown(contacts)
            w = 1.0 if len(ties.weight) == 0 else float(ties.weight[e])
            put_contact(
                contacts,
                n,
                ties.dst[e],
                post.author,
                post.message,
                post.variant,
                post.channel,
                post.kind,
                w,
                True,
            )
            n += 1
    return contacts, n


@njit(cache=True, nogil=True)
def deliver_owned(see_key, attend_key, nth, owner, contacts, n):
    """Append the brand's followers who see one of its posts.

    Parameters
    ----------
    see_key, attend_key : uint64   luck of "see" and "attend" for this flight in this world
    nth : int                      number of the post, unlike any other of the flight
    owner : Owner
    contacts : CONTACT[:]          filled from position `n`

    Returns
    -------
    contacts, n : as `deliver_posts`
    """
    audience = owner.audience
    for k in range(len(audience.rows)):
        chance = owner.visibility * min(1.0, audience.usage[k])
        if uniform_at(combine(see_key, audience.uid[k]), nth) < chance:
            if n == len(contacts):
                contacts = grown(contacts)
            mark = uniform_at(combine(attend_key, audience.uid[k]), nth)
            is_attended = mark < owner.attention[audience.segment[k]]
            row, v = audience.rows[k], owner.message
            put_contact(contacts, n, row, BRAND, v, v, owner.channel, OWNED, 1.0, is_attended)
            n += 1
    return contacts, n
