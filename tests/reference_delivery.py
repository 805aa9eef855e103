"""Who meets what on a day, one person at a time: twins of sim.kernels.paid and sim.kernels.social.

Nothing is kept between days: what happened before is worked out anew from the coins.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from typing import NamedTuple

from tests.reference_luck import combine, exponential_at, uniform_at

PAID, OWNED, PARTNER, HIDDEN_PARTNER, PEER = range(5)
BRAND = -1


class Contact(NamedTuple):
    person: int
    source: int
    message: int
    channel: int
    kind: int
    weight: float
    is_attended: bool


class Post(NamedTuple):
    channel: int
    author: int
    message: int
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
            out.append(Contact(row, BRAND, buy.message, buy.channel, PAID, 1.0, heeds))
        seen["several of a flight on a day"] += n_today > 1
        seen["met after a cap's new block"] += bool(buy.cap and n_today and n_before)
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
            out.append(Contact(row, BRAND, buy.message, buy.channel, PAID, 1.0, heeds))
    return out


def deliver_owned(see_key: int, attend_key: int, nth: int, flight) -> list[Contact]:
    """Return who sees a brand post: each follower with probability ρ·min(1, u)."""
    out = []
    owner = flight.owner
    for row, uid, usage, segment in users(owner.audience):
        if uniform_at(combine(see_key, uid), nth) < owner.visibility * min(1.0, usage):
            heeds = uniform_at(combine(attend_key, uid), nth) < float(owner.attention[segment])
            out.append(Contact(row, BRAND, owner.message, owner.channel, OWNED, 1.0, heeds))
    return out


def row_peak(layer: Layer, author: int) -> float:
    return max((layer.visits[i] * weight for i, weight in layer.followers[author]), default=0.0)


def geometric_skip(draw: float, p: float) -> float:
    """Return how many places to pass over until the next candidate, each being one with probability p."""
    return 0.0 if p == 1.0 else math.log1p(-draw) / math.log1p(-p)


def deliver_post(
    see_key: int,
    attend_key: int,
    post: Post,
    people: list,
    layer: Layer,
    attention,
    seen: Counter,
    lift: float,
) -> list[Contact]:
    """Return who sees a post: candidates by geometric skips at the row's largest p, kept by p / p_max."""
    uid = [person.uid for person in people]
    row, peak = layer.followers[post.author], row_peak(layer, post.author)
    p_max = min(1.0, layer.visibility * peak)
    if p_max == 0.0:
        return []
    stream = combine(combine(see_key, uid[post.author]), post.nth)
    marks = combine(combine(attend_key, uid[post.author]), post.nth)
    out = []
    place, n_drawn = -1, 0
    while True:
        skip = geometric_skip(uniform_at(stream, n_drawn), p_max)
        n_drawn += 1
        if skip >= len(row) - (place + 1):
            break
        place += 1 + int(skip)
        person, weight = row[place]
        if uniform_at(combine(stream, uid[person]), 0) < layer.visits[person] * weight / peak * lift:
            chance = float(attention[post.channel, post.message, people[person].segment])
            heeds = uniform_at(combine(marks, uid[person]), 0) < chance
            out.append(Contact(person, post.author, post.message, post.channel, post.kind, weight, heeds))
        else:
            seen["candidate not kept"] += 1
    seen["row where all are candidates"] += p_max == 1.0
    seen["tie passed over"] += n_drawn - 1 < len(row)
    return out


def deliver_to_all(post: Post, layer: Layer) -> list[Contact]:
    """Return every follower who uses the channel."""
    return [
        Contact(person, post.author, post.message, post.channel, post.kind, weight, True)
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
