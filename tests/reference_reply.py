"""Listening, one complaint at a time: twin of sim.kernels.reply and sim.day.listener.

Who waits is worked out anew each evening from all that was ever said.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tests.reference_delivery import Contact, Post
from tests.reference_luck import combine, uniform_at
from tests.reference_person import Person


class Ear:
    """Hear of complaints and answer them.

    Attributes
    ----------
    said : list of (day, post, whether the brand heard)     every complaint so far
    answered : list of Post
    """

    def __init__(self, ears: Any, seen: Counter[str]):
        self.ears, self.seen = ears, seen
        self.said: list[tuple[int, Post, bool]] = []
        self.answered: list[Post] = []

    def due(
        self, key: int, day: int, said: list[tuple[Post, float]], people: list[Person]
    ) -> Iterator[tuple[Post, int]]:
        """Yield each reply of a day: the complaint and the number of the reply to it."""
        for post, y in said:
            if y < self.ears.below:
                coin = uniform_at(combine(combine(key, people[post.author].uid), post.nth), 0)
                self.said.append((day, post, coin < self.ears.cover))
        if self.ears.n_replies == 0:
            return
        waiting = [
            post
            for made, post, is_heard in self.said
            if is_heard and post not in self.answered and day - made <= self.ears.within_days
        ]
        room = len(waiting)
        if not math.isinf(self.ears.capacity_per_day):
            each = Fraction(self.ears.capacity_per_day).limit_denominator(10**6)
            room = math.floor(day * each) - math.floor((day - 1) * each)
        self.seen["complaint waits"] += len(waiting) > room
        self.seen["answered later"] += any(post not in [p for p, _ in said] for post in waiting[:room])
        for post in waiting[:room]:
            self.answered.append(post)
            for nth in range(self.ears.n_replies):
                yield post, nth

    def again(
        self, key: int, post: Post, nth: int, heard: list[Contact], people: list[Person]
    ) -> list[Contact]:
        """Return who meets the complaint again by the reply: before all are mended, so before the first."""
        if not self.ears.is_public or nth > 0:
            return []
        stream = combine(combine(key, people[post.author].uid), post.nth)
        out = [
            contact
            for reply in range(self.ears.n_replies)
            for contact in heard
            if uniform_at(combine(stream, people[contact.person].uid), reply) < self.ears.again
        ]
        self.seen["met a complaint again"] += len(out)
        return out

    def mend(self, person: Person, nth: int, start: Any) -> None:
        """Move the author back by one reply."""
        rho = self.ears.recovery
        person.attitude += rho * max(0.0, float(start["attitude"]) - person.attitude)
        person.trust += rho * max(0.0, float(start["trust"]) - person.trust)
        person.satisfaction += rho * max(0.0, -person.satisfaction)
        self.seen["mended"] += 1

    def counts(self, people: list[Person], n_segments: int) -> list[list[int]]:
        """Return complaints made, heard and answered, and replies, by the author's segment."""
        n_replies = 0 if self.ears is None else self.ears.n_replies
        posts = (
            [post for _, post, _ in self.said],
            [post for _, post, is_heard in self.said if is_heard],
            self.answered,
            [post for post in self.answered for _ in range(n_replies)],
        )
        by_segment = (Counter(people[post.author].segment for post in some) for some in posts)
        return [[found[s] for s in range(n_segments)] for found in by_segment]


TWINS: dict[str, Any] = {
    "reply.notice": Ear.due,
    "reply.meet_again": Ear.again,
    "reply.mend": Ear.mend,
}
