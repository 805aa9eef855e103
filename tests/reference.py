"""The day in plain Python: a slow and obvious twin of `sim.world.World` on the same coins.

It takes the same public and compiled campaign, goes over one person at a time, and counts everything anew
when asked. Nothing of sim.kernels is called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests import reference_delivery as delivery
from tests import reference_luck as luck
from tests import reference_person as persons
from tests import reference_reply as replying
from tests import reference_rules as reacting
from tests import reference_talk as talking
from tests import reference_ties as ties
from tests import reference_variants as saying
from tests import reference_waiting as waiting
from tests.reference_delivery import HIDDEN_PARTNER, PARTNER, PEER, Contact, Layer, Post
from tests.reference_person import ADOPTER, UNAWARE, Person, Thresholds

MAX_K = 10
N_KINDS = 5


class ReferenceWorld:
    """Live the days of one world, one person at a time.

    Attributes
    ----------
    today : list of Contact      the day's contacts; after "attend" those attended
    posts, tomorrow : list of Post
    history, attended : list of Contact     all so far
    seen : Counter               how often each branch of the day was taken
    """

    def __init__(self, public: Any, campaign: Any, key: int, days: int):
        self.public, self.campaign, self.key, self.days = public, campaign, key, days
        self.day = 0
        self.habits, self.market = public.habits, public.market
        population = public.population
        self.channels, self.messages = population.channel_names, campaign.message_names
        self.uid = population.uid.tolist()
        self.people = [
            _person(row, start, population, len(self.channels)) for row, start in enumerate(public.start)
        ]
        self.thresholds = Thresholds(*(self.luck(decision) for decision in ("aware", "forget", "adopt")))
        self.layers = {
            c: Layer(delivery.rows_of(t.ptr, t.dst, t.weight), t.visits.tolist(), t.visibility)
            for c, t in public.ties.items()
        }
        offline = public.network.layers.get("offline")
        self.hears: list[list[tuple[int, float]]] = [[] for _ in self.people]
        if offline is not None:
            for j, row in enumerate(delivery.rows_of(offline.out_ptr, offline.out_dst, offline.out_weight)):
                for i, weight in row:
                    self.hears[i].append((j, weight))
        for person in self.people:
            persons.open_person(person, self.thresholds)
        self.today: list[Contact] = []
        self.posts: list[Post] = []
        self.tomorrow: list[Post] = []
        self.history: list[Contact] = []
        self.attended: list[Contact] = []
        self.own_posts: list[Post] = []
        self.shared_on: list[tuple[int, Post]] = []
        self.heard: list[tuple[int, float]] = []  # listener and what was said
        self.after, self.offline = public.after_sale, offline
        for person in self.people:
            if person.stage == ADOPTER:
                self._welcome(person)
        self.seen: Counter[str] = Counter()
        self.order = waiting.Order(campaign.order, self.seen)
        self.ear = replying.Ear(campaign.ears, self.seen)
        self.rules = reacting.Rules(campaign.rules, population.segment.tolist(), self.seen)
        self.variants = saying.originals(campaign.views, campaign.impulse)
        self.refused: list[int] = []  # segments of authors who found no room

    def luck(self, decision: str, *names: tuple[str, str]) -> int:
        return luck.decision_key(self.key, decision, *(luck.name_key(*name) for name in names))

    def begin_day(self) -> None:
        self.day += 1
        self.today = []

    def forget(self) -> None:
        for person in self.people:
            persons.forget(person, self.day, self.thresholds, self.habits, self.seen)

    def deliver_paid(self) -> None:
        for planned in self.campaign.paid:
            name, flight = ("flight", planned.name), self.rules.paid(planned)
            keys = self.luck("paid", name), self.luck("attend", name)
            waits, goes = self.order.waits(flight.purchase.message), self.rules.names(flight.name)
            met: list[Contact] = []
            for nth, day in enumerate(flight.insertion_days.tolist()):
                if day == self.day:
                    met += delivery.deliver_insertion(*keys, nth, flight, self.seen)
            if len(flight.insertion_days) == 0:
                is_capped = not waits and not goes
                met += delivery.deliver_paid(*keys, self.day, flight, self.seen, is_capped=is_capped)
            if self.rules.skips(flight.name, met):
                continue
            if waits:
                met = self.order.eligible(met, self.day, flight.name, flight.purchase)
            elif goes:
                met = self.order.within_cap(met, self.day, flight.name, flight.purchase)
            self.today += met

    def deliver_owned(self) -> None:
        for planned in self.campaign.owned:
            name, flight = ("flight", planned.name), self.rules.own(planned)
            keys = self.luck("see", name), self.luck("attend", name)
            for nth, day in (
                (1000 * day + flight.days[:k].count(day), day) for k, day in enumerate(flight.days)
            ):
                if day == self.day:
                    met = delivery.deliver_owned(*keys, nth, flight)
                    if self.rules.skips(flight.name, met):
                        continue
                    waits = self.order.waits(flight.owner.message)
                    self.today += self.order.eligible(met, self.day, flight.name) if waits else met

        for message in self.campaign.standing:
            space = ("channel", self.channels[message.purchase.channel])
            keys = self.luck("see", space), self.luck("attend", ("flight", message.name))
            message = self.rules.paid(message)
            met = delivery.visits(*keys, self.day, message, self.seen)
            if self.rules.skips(message.name, met):
                continue
            waits = self.order.waits(message.purchase.message)
            self.today += self.order.eligible(met, self.day, message.name) if waits else met

    def post_booked(self) -> None:
        self.posts = list(self.tomorrow)
        for booking in self.campaign.bookings:
            kind = PARTNER if booking.is_disclosed else HIDDEN_PARTNER
            kind = PEER if booking.is_seed_set else kind
            for day in booking.days:
                for row in booking.rows.tolist() if day == self.day else []:
                    self.posts.append(
                        self._post(row, booking.message, booking.message, booking.channel, kind)
                    )
                    if booking.is_seed_set:
                        self.people[row].given.add(booking.message)
                        self.shared_on.append((self.day - 1, self.posts[-1]))
        self.posts.sort(key=lambda post: (post.channel, self.uid[post.author], post.message, post.nth))

    def _post(self, row: int, message: int, variant: int, channel: int, kind: int, source: int = -1) -> Post:
        person = self.people[row]
        self.seen["posted the same again"] += person.n_posts[message] > 0
        person.n_posts[message] += 1
        return Post(channel, row, message, variant, person.n_posts[message] - 1, kind, source)

    def deliver_shared(self) -> None:
        for post in self.posts:
            names = ("layer", self.channels[post.channel]), ("message", self.messages[post.message])
            keys = self.luck("see", *names), self.luck("attend", *names)
            layer = self.layers[post.channel]
            if self.campaign.impulse.rule != persons.PROBABILITY:
                self.today += delivery.deliver_to_all(post, layer)
                continue
            attention, lift = self.campaign.views.attention, self._lift(post)
            self.today += delivery.deliver_post(*keys, post, self.people, layer, attention, self.seen, lift)

    def _lift(self, post: Post) -> float:
        """Return κ of the lineage today as a share of the most it can be: shares of the last days raise it."""
        ranking = self.public.rankings.get(post.channel)
        if ranking is None:
            return 1.0
        n_shared = sum(
            self.day - ranking.days <= day
            and (shared.channel, shared.message) == (post.channel, post.message)
            for day, shared in self.shared_on
        )
        people = n_shared * self.public.population.people_per_agent
        rise = 1.0 + (ranking.most - 1.0) * (people / (people + ranking.half_at))
        self.seen["shown more by ranking"] += rise > 1.0
        self.seen["shares too old to count"] += n_shared < len(self.shared_on)
        most = min(1.0, ranking.visibility * ranking.most)
        return min(1.0, ranking.visibility * rise) / most

    def receive(self) -> None:
        self._attend()
        for contact in self.today:
            person = self.people[contact.person]
            views, habits = self.campaign.views, self.habits
            persons.receive(
                person, contact, self.day, self.thresholds, views, habits, self.variants, self.seen
            )

    def _attend(self) -> None:
        for contact in self.today:
            person = self.people[contact.person]
            person.has_met = True
            if contact.kind == delivery.PAID:
                person.paid[contact.channel] += 1
        self.history += self.today
        self.today = [contact for contact in self.today if contact.is_attended]
        self.attended += self.today
        self.order.note(self.today, self.day)
        self.seen.update(f"attended kind {contact.kind}" for contact in self.today)

    def share(self) -> None:
        impulse = self.campaign.impulse
        self.tomorrow = []
        for contact in self.today:
            person, name = self.people[contact.person], ("message", self.messages[contact.message])
            key = self.luck("share", name)
            args = key, self.thresholds, impulse, self.habits, self.variants, self.seen
            if persons.share(person, contact, *args):
                what = contact.message, contact.variant, contact.channel
                self.tomorrow.append(self._post(contact.person, *what, PEER, contact.source))
        saying.co_create(self)
        for post in self.posts:
            if post.kind != PEER:
                continue
            key = self.luck("share", ("message", self.messages[post.message]))
            if persons.stays(self.people[post.author], key, post.nth, impulse.stay):
                what = post.message, post.variant, post.channel
                self.tomorrow.append(self._post(post.author, *what, PEER, post.source))
        self.own_posts += self.tomorrow
        self.shared_on += [(self.day, post) for post in self.tomorrow]

    def adopt(self) -> None:
        if self.market is None:
            return
        n_before = sum(person.stage == ADOPTER for person in self.people)
        shares = [self._heard_share(person, n_before) for person in self.people]
        for person, s in zip(self.people, shares, strict=True):
            if persons.adopt(person, self.day, self.market, s, self.habits, self.seen):
                self._welcome(person)

    def _welcome(self, person: Person) -> None:
        if self.after is not None:
            talking.welcome(person, self.day, self.luck("satisfaction"), self.after.experience)

    def buy_again(self) -> None:
        for person in self.people if self.after is not None else []:
            luck, experience = self.thresholds.adopt, self.after.experience
            talking.buy_again(person, self.day, luck, experience, self.market, self.habits, self.seen)

    def talk(self) -> None:
        self.said: list[tuple[Post, float]] = []
        if self.after is None or self.after.ties is None:
            return
        posts = talking.talks(self.people, self.day, self.luck("talk"), self.after.experience, self.seen)
        self.said = [(post, self.people[post.author].satisfaction) for post in posts]
        keys = self.luck("hear"), self.luck("attend", ("layer", "offline"))
        for contact in talking.listeners(posts, *keys, self.people, self.after, self.offline):
            self._hear(contact)

    def _hear(self, contact: Contact) -> None:
        y = self.people[contact.source].satisfaction
        person, hearing = self.people[contact.person], self.after.hearing
        self.heard.append((contact.person, y))
        if contact.is_attended:
            talking.hear(
                person, y, contact.weight, self.day, self.thresholds, hearing, self.habits, self.seen
            )

    def listen(self) -> None:
        if self.after is None or self.campaign.ears is None:
            return
        key = self.luck("reply")
        for post, nth in self.ear.due(key, self.day, self.said, self.people):
            keys = self.luck("hear"), self.luck("attend", ("layer", "offline"))
            heard = talking.listeners([post], *keys, self.people, self.after, self.offline)
            for contact in self.ear.again(key, post, nth, heard, self.people):
                self._hear(contact)
            self.ear.mend(self.people[post.author], nth, self.public.start[post.author])

    def _heard_share(self, person: Person, n_adopters: int) -> float:
        if self.market.is_well_mixed:
            return n_adopters / len(self.people)
        total = 0.0
        for _, weight in self.hears[person.row]:
            total += weight
        return self.adopters_heard(person) / total if total > 0 else 0.0

    def adopters_heard(self, person: Person) -> float:
        """Return Σ ω over offline in-ties from adopters, in the order in which they adopted."""
        told = [(self.people[j], j, w) for j, w in self.hears[person.row]]
        told = [(other.adopted_on, j, w) for other, j, w in told if other.stage == ADOPTER]
        total = 0.0
        for _, _, weight in sorted(told):
            total += weight
        return total

    def react(self) -> None:
        sizes = [
            sum(p.segment == s for p in self.people)
            for s, _ in enumerate(self.public.population.segment_names)
        ]
        w = self.public.population.people_per_agent
        self.rules.react(self.day, self.tally(), self.channels, sizes, w)

    def record(self) -> None:
        pass

    def tally(self) -> dict[str, Any]:
        """Count everything anew, as nested lists in the shapes of `sim.kernels.state.Tally`."""
        s_all, c_all = range(len(self.public.population.segment_names)), range(len(self.channels))
        met, noted = self._by_kind(self.history), self._by_kind(self.attended)
        posted = Counter((post.channel, self.people[post.author].segment) for post in self.own_posts)
        groups = [[person for person in self.people if person.segment == s] for s in s_all]
        new = [[person for person in group if person.adopted_on > 0] for group in groups]
        return {
            "contacts": [[[met[k, c, s] for s in s_all] for c in c_all] for k in range(N_KINDS)],
            "too_early": [
                [
                    sum((e.channel, self.people[e.person].segment) == (c, s) for e in self.order.lost)
                    for s in s_all
                ]
                for c in c_all
            ],
            "attended": [[[noted[k, c, s] for s in s_all] for c in c_all] for k in range(N_KINDS)],
            "reach": [
                *([_at_least([p.paid[c] for p in group]) for group in groups] for c in c_all),
                [_at_least([sum(p.paid) for p in group]) for group in groups],
            ],
            "met": [sum(p.has_met for p in group) for group in groups],
            "shares": [[posted[c, s] for s in s_all] for c in c_all],
            "sharers": [sum(bool(p.shared) for p in group) for group in groups],
            "stages": [[sum(p.stage == k for p in group) for group in groups] for k in range(4)],
            "attitude": [sum(persons.units(p.attitude) for p in group) for group in groups],
            "trust": [sum(persons.units(p.trust) for p in group) for group in groups],
            "adopted": [
                [sum(p.adopted_by_own is own for p in group) for group in new] for own in (True, False)
            ],
            "rebought": [sum(p.n_bought - 1 for p in group) for group in groups],
            **saying.counted(self, s_all, c_all),
            "complaints": self.ear.counts(self.people, len(groups)),
            "heard": [[self._heard(s, is_so) for s in s_all] for is_so in (_well, _ill, _neither)],
        }

    def _by_kind(self, contacts: list[Contact]) -> Counter[tuple[int, int, int]]:
        return Counter((c.kind, c.channel, self.people[c.person].segment) for c in contacts)

    def _heard(self, segment: int, is_so: Callable[[float], bool]) -> int:
        return sum(is_so(y) for row, y in self.heard if self.people[row].segment == segment)

    def aware_rows(self) -> set[int]:
        return {person.row for person in self.people if person.stage not in (UNAWARE, ADOPTER)}


def _well(y: float) -> bool:
    return y > 0


def _ill(y: float) -> bool:
    return y < 0


def _neither(y: float) -> bool:
    return y == 0


def _at_least(counts: list[int]) -> list[int]:
    return [sum(count >= k for count in counts) for k in range(1, MAX_K + 1)]


def _person(row: int, start: Any, population: Any, n_channels: int) -> Person:
    return Person(
        row=row,
        uid=int(population.uid[row]),
        n_channels=n_channels,
        **{name: int(start[name]) for name in ("segment", "stage")},
        **{name: float(start[name]) for name in ("memory", "attitude", "trust")},
        **{name: float(getattr(population, name)[row]) for name in ("engagement", "availability")},
    )


# Kernel → its plain twin; a test asks that no public kernel is missing here.
TWINS: dict[str, Any] = {
    "luck.mix": luck.mix,
    "luck.combine": luck.combine,
    "luck.uniform_at": luck.uniform_at,
    "luck.exponential_at": luck.exponential_at,
    "luck.combine_all": luck.combine_all,
    "luck.narrow_all": luck.narrow_all,
    "luck.uniform_all": luck.uniform_all,
    "paid.draw_arrivals": delivery.arrivals,
    "paid.lay_out": delivery.day_by_day,
    "paid.deliver_arrivals": delivery.deliver_paid,
    "paid.deliver_insertion": delivery.deliver_insertion,
    "paid.put_contact": Contact,
    "paid.grown": list,
    "social.row_peaks": delivery.row_peak,
    "social.in_weights": delivery.in_weights,
    "social.secondary_reach": delivery.secondary_reach,
    "social.deliver_posts": delivery.deliver_post,
    "social.deliver_to_all": delivery.deliver_to_all,
    "social.deliver_owned": delivery.deliver_owned,
    "reception.units": persons.units,
    "reception.fade": persons.fade,
    "reception.move_stage": persons.settle_stage,
    "reception.become_aware": persons.begin,
    "reception.make_aware": persons.begin,
    "reception.lose_awareness": persons.forget,
    "reception.forget": persons.forget,
    "reception.receive": ReferenceWorld.receive,
    "sharing.remember_source": set.add,
    "sharing.rehash": set.copy,
    "sharing.share": persons.share,
    "sharing.stay": persons.stays,
    "sharing.put_post": Post,
    "adoption.open_world": persons.open_person,
    "adoption.adopt": persons.adopt,
    "adoption.tell": ReferenceWorld.adopters_heard,
    "ties.row_starts": ties.rows,
    "ties.fill_rows": ties.rows,
    "ties.sort_rows": ties.rows,
    "ties.find_places": ties.places,
    "ties.count_returned": ties.n_returned,
    "matching.shuffle_stubs": ties.shuffled,
    "ties.give_directions": ties.directions,
    "matching.settle_pairs": ties.settled,
    "ties.draw_followers": ties.followers,
    "ties.ring_pairs": ties.ring,
    "ties.rewire_pairs": ties.rewired,
    "clustering.group_pairs": ties.groups,
    "clustering.claim_pairs": set.add,
    "clustering.find_pairs": set.__contains__,
    "clustering.find_ties": ties.is_tied,
    "clustering.count_triangles": ties.triangles,
}
