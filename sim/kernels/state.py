"""The arrays of one world: a record per person, a record per contact, integer tallies."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

UNAWARE, AWARE, CONSIDERING, ADOPTER = np.uint8(0), np.uint8(1), np.uint8(2), np.uint8(3)

# Who speaks in a contact. Undisclosed partners are counted as partners and believed as peers.
PAID, OWNED, PARTNER, HIDDEN_PARTNER, PEER = 0, 1, 2, 3, 4
N_KINDS = 5
BRAND = -1  # row number of the source where nobody of the public speaks

HAS_SHARED, BRAND_TRIED = np.uint8(1), np.uint8(2)  # of a person and a lineage
HAS_MET, IS_SHARER, WAS_AWARE = np.uint8(4), np.uint8(8), np.uint8(16)  # of a person

MAX_K = 10  # reach 1+ … 10+ is kept
MOST_COUNTED = 65535  # contacts of a person are counted up to here
UNITS = 2.0**30  # attitude and trust are summed in integer units of 2^-30: exact in any order

PERSON = np.dtype(
    [
        ("memory", "f8"),
        ("attitude", "f8"),
        ("trust", "f8"),
        ("wear", "f8"),
        ("pressure", "f8"),  # towards becoming aware; crosses `aware_at`
        ("aware_at", "f8"),
        ("channels_met", "u4"),  # bit c: had a paid contact on channel c
        ("segment", "u2"),
        ("last_variant", "i2"),  # what was attended last, as numbered in `Variants`; -1: nothing
        ("touched", "u2"),  # day up to which memory and wear have faded
        ("n_paid", "u2"),  # paid contacts so far (saturates)
        ("stage", "u1"),
        (
            "flags",
            "u1",
        ),  # HAS_MET: any contact so far; IS_SHARER: has shared something; WAS_AWARE: has a course
    ],
    align=True,
)
"""What a contact reads and writes: 64 bytes, a line of the processor's cache."""

COURSE = np.dtype(
    [
        ("forgetting", "f8"),  # towards forgetting; crosses `forget_at`
        ("forget_at", "f8"),
        ("own_hazard", "f8"),  # adoption by own conviction; crosses `own_at`
        ("own_at", "f8"),
        ("peer_hazard", "f8"),  # adoption by others; crosses `peer_at`
        ("peer_at", "f8"),
        ("row", "u4"),  # the person
        ("turn", "i4"),  # how often this person has forgotten
        ("adopted_on", "i4"),  # day of adoption; 0 before that, and for adopters of the start
    ],
    align=True,
)
"""What only those who are or were aware need: one after another, in the order in which they became it."""

LINEAGE = np.dtype(
    [
        ("urge", "f8"),  # pressure to share; crosses the lineage's threshold
        ("n_posts", "u2"),  # posts made
        ("n_sources", "u1"),  # distinct sources attended (saturates)
        ("flags", "u1"),  # HAS_SHARED | BRAND_TRIED
    ],
    align=True,
)
"""One person and one lineage."""

CONTACT = np.dtype(
    [
        ("weight", "f4"),  # influence of the tie it came along; 1 for the brand
        ("person", "u4"),
        ("source", "i4"),  # row of who posted it; BRAND
        ("message", "u2"),
        ("variant", "u2"),  # what was made of the message, as numbered in `Variants`; itself: the original
        ("channel", "u1"),
        ("kind", "u1"),
        ("is_attended", "u1"),  # decided by the contact's own mark
    ],
    align=True,
)

POST = np.dtype(
    [
        ("author", "i4"),
        ("source", "i4"),  # row of who it was passed on from; BRAND
        ("nth", "i4"),  # this author's n-th post of the lineage
        ("message", "i2"),
        ("variant", "i2"),  # as in CONTACT
        ("channel", "i2"),
        ("kind", "u1"),
    ],
    align=True,
)

Array = npt.NDArray[Any]


CACHE_LINE = 64


def aligned(shape: int | tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Return zeros that begin at a cache line, so that no record of 64 bytes lies in two.

    A contact then waits for one line of memory and not for two: measured at 27 ns instead of 56.
    """
    n_bytes = int(np.prod(shape)) * dtype.itemsize
    room = np.zeros(n_bytes + CACHE_LINE, np.uint8)
    start = -room.ctypes.data % CACHE_LINE
    return room[start : start + n_bytes].view(dtype).reshape(shape)


class People(NamedTuple):
    """Hold the state of everyone in one world.

    Parameters
    ----------
    record : PERSON[n_people]
    course : COURSE[n_people + 1]                  of who is or was aware; number 0 is nobody's, and all 0
    course_of : uint32[n_people]                   number of each person's course; 0: was never aware
    n_courses : int64[1]                           how many are begun, number 0 among them
    lineage : LINEAGE[n_people, n_messages]
    engagement : float64[n_people]                 E, participation relative to the mean
    availability : float64[n_people]               factor on the adoption hazard
    paid_contacts : uint16[n_people, n_channels]   paid contacts per channel so far (saturates)
    adopters_heard : float64[n_people]             Σ ω over offline in-ties from adopters
    aware_list : uint32[n_people]                  courses of aware people who have not adopted
    n_aware : int64[1]                             how many of them
    """

    record: Array
    course: Array
    course_of: Array
    n_courses: Array
    lineage: Array
    engagement: Array
    availability: Array
    paid_contacts: Array
    adopters_heard: Array
    aware_list: Array
    n_aware: Array


def courses(people: People) -> Array:
    """Return everyone's course, COURSE[n_people]: zeros for who was never aware."""
    return people.course[people.course_of]


class Variants(NamedTuple):
    """Hold what there is to say: the V messages by name, then what people made of them; K needs, S segments.

    Parameters
    ----------
    appeals : float64[room, K]     θ
    match : float64[S, room]       μ
    quality, valence : float64[room]   q and x
    drift : int64[room]            distance from the original's appeals, in units of 2^-30
    lineage, parent : int16[room]  the message at the root, and what it was made of; itself for an original
    author, made_on : int32[room]  row of the person and day; BRAND and 0 for an original
    n : int64[1]                   how many of them are filled
    """

    appeals: Array
    match: Array
    quality: Array
    valence: Array
    drift: Array
    lineage: Array
    parent: Array
    author: Array
    made_on: Array
    n: Array


class Thresholds(NamedTuple):
    """Hold the luck of the thresholds that people cross.

    Parameters
    ----------
    uid : uint64[n_people]
    aware, forget, adopt : uint64    luck of these decisions in this world
    """

    uid: Array
    aware: np.uint64
    forget: np.uint64
    adopt: np.uint64


class Tally(NamedTuple):
    """Hold cumulated integer counts; S segments, C channels.

    Parameters
    ----------
    contacts, attended : int64[N_KINDS, C, S]
    too_early : int64[C, S]             arrivals lost because an earlier message was not attended yet
    reach : int64[C + 1, S, MAX_K]      people with at least k paid contacts; the last row: any channel
    met : int64[S]                      people with any contact from any source
    shares : int64[C, S]                posts people made of their own accord
    sharers : int64[S]                  people who shared anything
    stages : int64[4, S]                people in each stage (a stock)
    attitude, trust : int64[S]          sums in units of 2^-30 (stocks)
    adopted : int64[2, S]               new adopters by own conviction, by others
    rebought : int64[S]                 purchases after the first
    heard : int64[3, S]                 contacts with adopters' talk: good, ill, neither
    variants, variants_refused : int64[S]   variants that people made, and those that found no room, by author
    variant_contacts : int64[C, S]      contacts with variants
    drift : int64[S]                    distance from the original, summed over people's posts met, in units of 2^-30
    complaints : int64[4, S]            complaints made, heard by the brand, answered; replies; by author
    """

    contacts: Array
    attended: Array
    too_early: Array
    reach: Array
    met: Array
    shares: Array
    sharers: Array
    stages: Array
    attitude: Array
    trust: Array
    adopted: Array
    rebought: Array
    heard: Array
    variants: Array
    variants_refused: Array
    variant_contacts: Array
    drift: Array
    complaints: Array


def empty_tally(n_segments: int, n_channels: int, lead: tuple[int, ...] = ()) -> Tally:
    """Return a tally of zeros; `lead` puts further axes (days) in front."""
    s, c = n_segments, n_channels

    def zeros(*shape: int) -> npt.NDArray[np.int64]:
        return np.zeros(lead + shape, np.int64)

    return Tally(
        contacts=zeros(N_KINDS, c, s), attended=zeros(N_KINDS, c, s),
        too_early=zeros(c, s), reach=zeros(c + 1, s, MAX_K),
        met=zeros(s), shares=zeros(c, s), sharers=zeros(s), stages=zeros(4, s),
        attitude=zeros(s), trust=zeros(s), adopted=zeros(2, s), rebought=zeros(s), heard=zeros(3, s),
        variants=zeros(s), variants_refused=zeros(s), variant_contacts=zeros(c, s), drift=zeros(s),
        complaints=zeros(4, s),
    )  # fmt: skip
