"""What the brand hears of complaints, who meets them again by its reply, and what a reply mends."""

from __future__ import annotations

from numba import njit

from sim.kernels.luck import combine, uniform_at
from sim.kernels.reception import units

MADE, HEARD, ANSWERED, REPLIES = 0, 1, 2, 3


@njit(cache=True, nogil=True)
def notice(key, posts, valence, uid, segment, cover, below, out, tally):
    """Tell which of the day's talks are complaints that the brand hears of.

    Parameters
    ----------
    key : uint64                 luck of the decision "reply" in this world
    posts : POST[:]              the day's talks
    valence : float64[:]         what the author thinks, beside each
    uid, segment : uint64[n_people], int16[n_people]
    cover : float                chance that the brand hears of one
    below : float                valence below which it is a complaint
    out : bool[:]                filled: whether the brand hears it; as long as `posts`
    tally : Tally                complaints made and heard are raised, by the author's segment

    Notes
    -----
    The coin belongs to the author's n-th talk: it is draw 0 of (world, "reply", author, n).
    """
    for k in range(len(posts)):
        author = posts[k].author
        out[k] = False
        if valence[k] < below:
            tally.complaints[MADE, segment[author]] += 1
            if uniform_at(combine(combine(key, uid[author]), posts[k].nth), 0) < cover:
                tally.complaints[HEARD, segment[author]] += 1
                out[k] = True


@njit(cache=True, nogil=True)
def meet_again(key, nth, nth_reply, uid, chance, contacts, n):
    """Keep, in place and in order, those who meet a complaint again by a public reply.

    Parameters
    ----------
    key : uint64               luck of the decision "reply" in this world, narrowed to the author
    nth : int                  number of the author's talk
    nth_reply : int            number of the reply to it, from 0
    uid : uint64[n_people]
    chance : float             per reply, that of everyone who heard the complaint
    contacts : CONTACT[:]      the first `n` are those who heard it

    Returns
    -------
    n_again : int
    """
    stream = combine(key, nth)
    kept = 0
    for c in range(n):
        if uniform_at(combine(stream, uid[contacts[c].person]), nth_reply) < chance:
            contacts[kept] = contacts[c]
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def mend(row, customer, n_replies, recovery, start, people, tally):
    """Let an author come back a little by the replies to a complaint.

    Parameters
    ----------
    row : int
    customer : CUSTOMER        the author's; satisfaction is changed
    n_replies : int
    recovery : float           share of the distance per reply
    start : PERSON[n_people]   attitude and trust on day 0
    people : People            attitude and trust are changed
    tally : Tally              attitude, trust, complaints answered and replies are changed

    Notes
    -----
    Per reply a += ρ(a_0 - a), T += ρ(T_0 - T), y += ρ(0 - y), each only from below.
    """
    person = people.record[row]
    s = person.segment
    before, trust_before = units(person.attitude), units(person.trust)
    for _ in range(n_replies):
        person.attitude += recovery * max(0.0, start[row].attitude - person.attitude)
        person.trust += recovery * max(0.0, start[row].trust - person.trust)
        customer.satisfaction += recovery * max(0.0, -customer.satisfaction)
    tally.attitude[s] += units(person.attitude) - before
    tally.trust[s] += units(person.trust) - trust_before
    tally.complaints[ANSWERED, s] += 1
    tally.complaints[REPLIES, s] += n_replies
