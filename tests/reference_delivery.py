"""Who meets what on a day, one person at a time: twins of sim.kernels.paid and sim.kernels.social.

Nothing is kept between days: what happened before is worked out anew from the coins.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from typing import NamedTuple

from tests.reference_luck import combine, draw_at, exponential_at, mix, uniform_at

PAID, OWNED, PARTNER, HIDDEN_PARTNER, PEER = range(5)
BRAND = -1


class Contact(NamedTuple):
    person: int
    source: int
    message: int
    variant: int
    channel: int
    kind: int
    weight: float
    is_attended: bool


class Post(NamedTuple):
    channel: int
    author: int
    message: int
    variant: int
    nth: int
    kind: int
    source: int = -1


class Layer(NamedTuple):
    """Hold one feed's ties: followers and weights of each person, visits per day cut at 1, κ."""

    followers: list[list[tuple[int, float]]]
    visits: list[float]
    visibility: float


def users(audience) -> list[tuple[int, int, float, int]]:
    """Return row, uid, visits per day and segment of each user."""
    return list(zip(*(column.tolist() for column in audience), strict=True))


def day_by_day(days: list[int], codes: list[int]) -> list[int]:
    """Return the codes by day, in the order they had within each."""
    return [code for _, code in sorted(zip(days, codes, strict=True), key=lambda one: one[0])]


@cache
def arrivals(stream: int, until: float) -> tuple[float, ...]:
    """Return the arrivals of a unit-rate Poisson process up to `until`."""
    at, out = exponential_at(stream, 0), []
    while at <= until:
        out.append(at)
        at += exponential_at(stream, len(out))
    return tuple(out)


def deliver_paid(
    key: int, attend_key: int, day: int, flight, seen: Counter, is_capped: bool = True
) -> list[Contact]:
    """Return the arrivals whose time on the person's own clock falls on this day, but for capped ones.

    Of each block of `per_days` days, counted from the first day, the first `cap` arrivals are contacts.
    """
    buy = flight.purchase
    if day < buy.first_day:
        return []
    block_begins = day - (day - buy.first_day) % buy.per_days
    clocks = buy.clock.tolist()
    out = []
    for row, uid, usage, segment in users(flight.audience):
        times = arrivals(combine(key, uid), usage * clocks[segment][-1])
        n_before = sum(at <= usage * clocks[segment][block_begins - 1] for at in times)
        n_today = 0
        for ordinal, at in enumerate(times):
            if not usage * clocks[segment][day - 1] < at <= usage * clocks[segment][day]:
                continue
            n_today += 1
            if is_capped and buy.cap and ordinal - n_before >= buy.cap:
                seen["capped"] += 1
                continue
            heeds = uniform_at(combine(attend_key, uid), ordinal) < float(buy.attention[segment])
            out.append(Contact(row, BRAND, buy.message, buy.message, buy.channel, PAID, 1.0, heeds))
        seen["several of a flight on a day"] += n_today > 1
        seen["met after a cap's new block"] += bool(buy.cap and n_today and n_before)
    return out


def visits(key: int, attend_key: int, day: int, message, seen: Counter) -> list[Contact]:
    """Return the visits of a space on a day on which a message stands there: arrivals at u a day since day 1."""
    if not message.spans[0].first <= day <= message.spans[-1].last:
        return []
    buy, out = message.purchase, []
    for row, uid, usage, segment in users(message.audience):
        times = arrivals(combine(key, uid), usage * len(buy.clock[0]))
        for ordinal, at in enumerate(times):
            if usage * float(day - 1) < at <= usage * float(day):
                heeds = uniform_at(combine(attend_key, uid), ordinal) < float(buy.attention[segment])
                out.append(Contact(row, BRAND, buy.message, buy.message, buy.channel, OWNED, 1.0, heeds))
                seen["visited after what stood before"] += ordinal > 0 and times[0] <= usage * (
                    buy.first_day - 1
                )
    return out


def deliver_insertion(key: int, attend_key: int, nth: int, flight, seen: Counter) -> list[Contact]:
    """Return who is met by insertion `nth`: replay Pólya's urn from the first insertion on."""
    alpha, beta = flight.insertion_shape.tolist()
    out = []
    for row, uid, _, segment in users(flight.audience):
        n_met = 0
        for before in range(nth):
            n_met += uniform_at(combine(key, uid), before) < (alpha + n_met) / (alpha + beta + before)
        if uniform_at(combine(key, uid), nth) < (alpha + n_met) / (alpha + beta + nth):
            seen["insertion met again"] += n_met > 0
            buy = flight.purchase
            heeds = uniform_at(combine(attend_key, uid), nth) < float(buy.attention[segment])
            out.append(Contact(row, BRAND, buy.message, buy.message, buy.channel, PAID, 1.0, heeds))
    return out


def deliver_owned(see_key: int, attend_key: int, nth: int, flight) -> list[Contact]:
    """Return who sees a brand post: each follower with probability ρ·min(1, u)."""
    out = []
    owner = flight.owner
    for row, uid, usage, segment in users(owner.audience):
        if uniform_at(combine(see_key, uid), nth) < owner.visibility * min(1.0, usage):
            heeds = uniform_at(combine(attend_key, uid), nth) < float(owner.attention[segment])
            out.append(Contact(row, BRAND, owner.message, owner.message, owner.channel, OWNED, 1.0, heeds))
    return out


def row_peak(layer: Layer, author: int) -> float:
    return max((layer.visits[i] * weight for i, weight in layer.followers[author]), default=0.0)


def live_places(stream: int, chances: list[float], seen: Counter, lift: float = 1.0) -> list[int]:
    """Return which ties of a row live: its candidates in geometric skips, kept where their coin falls below p / cap.

    Past the largest probability of 1/8 the cap is 1, and every tie is a candidate. `lift` lowers all of them alike.
    """
    largest = max(chances, default=0.0)
    cap = 1.0 if largest >= 0.125 else largest
    out: list[int] = []
    place = n_drawn = 0
    while cap > 0.0:
        skip = 0.0 if cap == 1.0 else exponential_at(stream, n_drawn) * (-1.0 / math.log1p(-cap))
        n_drawn += 1
        if skip >= len(chances) - place:
            break
        place += int(skip)
        if coin_at(stream, place) < math.ceil(chances[place] * lift / cap * 2**47):
            out.append(place)
        else:
            seen["candidate not kept"] += 1
        place += 1
    seen["row where all are candidates"] += cap == 1.0
    seen["tie passed over"] += n_drawn - 1 < len(chances)
    return out


def coin_at(stream: int, place: int) -> int:
    """Return the 47 bits of the coin of a tie: 16 out of a draw that four ties share, 31 of its own."""
    word = draw_at(stream ^ 0xD1B54A32D192ED03, place // 4)
    shift = 16 * (place % 4)
    turned = (word >> shift) + (word << (64 - shift)) % 2**64 if shift else word
    return turned % 2**16 * 2**31 + (mix(turned) >> 33)


def post_stream(see_key: int, uid: int, nth: int) -> int:
    """Return the luck of a person's `nth` post of a lineage on a layer."""
    return draw_at(combine(see_key, uid), nth)


def deliver_post(
    see_key: int,
    attend_key: int,
    post: Post,
    people: list,
    layer: Layer,
    attention,
    seen: Counter,
    lift: float = 1.0,
) -> list[Contact]:
    """Return who sees a post: the followers at the end of its live ties."""
    uid = [person.uid for person in people]
    row = layer.followers[post.author]
    chances = [min(1.0, layer.visibility * (layer.visits[i] * weight)) for i, weight in row]
    marks = combine(combine(attend_key, uid[post.author]), post.nth)
    out = []
    stream = post_stream(see_key, uid[post.author], post.nth)
    for place in live_places(stream, chances, seen, lift):
        person, weight = row[place]
        chance = float(attention[post.channel, post.message, people[person].segment])
        heeds = uniform_at(combine(marks, uid[person]), 0) < chance
        said = post.message, post.variant, post.channel, post.kind
        out.append(Contact(person, post.author, *said, weight, heeds))
    return out


def deliver_to_all(post: Post, layer: Layer) -> list[Contact]:
    """Return every follower who uses the channel."""
    return [
        Contact(person, post.author, post.message, post.variant, post.channel, post.kind, weight, True)
        for person, weight in layer.followers[post.author]
        if layer.visits[person] > 0
    ]


def rows_of(ptr, dst, weight) -> list[list[tuple[int, float]]]:
    """Return each person's followers with their weights."""
    ends = ptr.tolist()
    weights = weight.tolist() or [1.0] * len(dst)
    ties = list(zip(dst.tolist(), weights, strict=True))
    return [ties[ends[j] : ends[j + 1]] for j in range(len(ends) - 1)]


def in_weights(followers: list[list[tuple[int, float]]]) -> list[float]:
    """Return Σ ω over each person's incoming ties, from the first speaker to the last."""
    out = [0.0] * len(followers)
    for row in followers:
        for person, weight in row:
            out[person] += weight
    return out


def secondary_reach(layer: Layer, engagement: list[float]) -> float:
    """Return Σ over ties of κ·min(1, u)·ω·E of the follower."""
    total = 0.0
    for row in layer.followers:
        for person, weight in row:
            total += layer.visibility * layer.visits[person] * weight * engagement[person]
    return total
