"""What adopters do afterwards, one at a time: twins of sim.kernels.talk.

Nothing is kept between days but what a person thinks: when someone talks is worked out anew from the coins.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from tests import reference_delivery as delivery
from tests import reference_person as persons
from tests.reference_delivery import PEER, Contact, Layer, Post
from tests.reference_luck import combine, exponential_at, normal_at
from tests.reference_person import ADOPTER, UNAWARE, Person, Thresholds


def welcome(person: Person, day: int, key: int, experience) -> None:
    """Draw y ~ N(Q, σ²) cut at ±1; a += η_U (y − a) for who adopts during the run."""
    y = experience.satisfaction
    if experience.spread > 0.0:
        y += experience.spread * normal_at(combine(key, person.uid), 0)
    person.satisfaction = max(-1.0, min(1.0, y))
    if day > 0 and experience.attitude_step > 0.0:
        person.attitude += experience.attitude_step * (person.satisfaction - person.attitude)


def talk_days(person: Person, key: int, experience, last_day: int) -> list[int]:
    """Return the day of each talk up to `last_day`: arrivals of rate w √E from the adoption on."""
    pace = experience.talk_rate * math.sqrt(person.engagement)
    if person.stage != ADOPTER or pace == 0.0:
        return []
    at, out = float(person.adopted_on), []
    while True:
        at += exponential_at(combine(key, person.uid), len(out)) / pace
        if at > last_day:
            return out
        out.append(max(math.ceil(at), person.adopted_on + 1))


def talks(people: list[Person], day: int, key: int, experience, seen: Counter) -> list[Post]:
    """Return who talks on a day, by uid and number of the talk."""
    out = []
    for person in sorted(people, key=lambda person: person.uid):
        days = talk_days(person, key, experience, day)
        seen["talked twice on a day"] += days.count(day) > 1
        seen["adopter of the start talked"] += person.adopted_on == 0 and day in days
        out += [Post(0, person.row, 0, 0, nth, PEER) for nth, when in enumerate(days) if when == day]
    return out


def listeners(
    posts: list[Post], hear_key: int, attend_key: int, people: list[Person], after, offline
) -> list[Contact]:
    """Return who hears each talk: the live ties of the offline layer, on which everyone is every day."""
    rows = delivery.rows_of(offline.out_ptr, offline.out_dst, offline.out_weight)
    layer = Layer(rows, [1.0] * len(people), after.ties.visibility)
    heeds = {(0, 0, s): share for s, share in enumerate(after.attention[0].tolist())}
    unseen: Counter[str] = Counter()
    return [
        contact
        for post in posts
        for contact in delivery.deliver_post(hear_key, attend_key, post, people, layer, heeds, unseen)
    ]


def hear(
    person: Person, y: float, weight: float, day: int, luck: Thresholds, hearing, habits, seen: Counter
) -> None:
    """Take in one word of a friend: memory, awareness, attitude, trust, stage."""
    persons.fade(person, day, habits, seen)
    person.memory += hearing.impact
    person.pressure += hearing.awareness
    person.attitude += hearing.pull * weight * (y - person.attitude)
    person.trust += hearing.trust_step * weight * ((1.0 + y) / 2.0 - person.trust)
    seen["heard well"] += y > 0
    seen["heard ill"] += y < 0
    seen["heard by an adopter"] += person.stage == ADOPTER
    if person.stage == UNAWARE and person.pressure >= person.aware_at:
        seen["aware by talk"] += 1
        person.stage = persons.AWARE
        persons.begin(person, luck)
    if person.is_aware_non_adopter():
        persons.settle_stage(person, habits, seen)


def buy_again(person: Person, day: int, key: int, experience, market, habits, seen: Counter) -> None:
    """Accumulate G / interval; who crosses the threshold of the n-th purchase buys, once a day at most."""
    if experience.buy_rate == 0.0 or person.stage != ADOPTER or person.adopted_on == day:
        return
    memory = person.memory * float(habits.memory_left[day - person.touched])
    person.desire += experience.buy_rate * persons.eagerness(person, memory, market)
    wanted = exponential_at(combine(key, person.uid), person.n_bought + 1)
    if person.desire >= wanted:
        person.desire -= wanted
        person.n_bought += 1
        seen["bought again"] += 1
        seen["bought a third time"] += person.n_bought == 3


TWINS: dict[str, Any] = {
    "luck.normal_at": normal_at,
    "adoption.eagerness": persons.eagerness,
    "talk.doubled": list,
    "talk.await_talk": talk_days,
    "talk.enlist": talk_days,
    "talk.welcome": welcome,
    "talk.speak": talks,
    "talk.hear": hear,
    "talk.buy_again": buy_again,
}
