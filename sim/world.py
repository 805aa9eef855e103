"""One world: one public, one plan, one luck, day after day.

``DAY`` is the whole model in order. Each step is a few lines around one kernel, and is timed.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sim.campaign.buying import Span
from sim.campaign.compile import Campaign, PaidFlight
from sim.campaign.own import OwnedFlight, Standing
from sim.campaign.variants import open_variants
from sim.day.customers import follow
from sim.day.learner import Learner
from sim.day.listener import Listener
from sim.day.reactions import UNCAPPED, Reactions
from sim.kernels import adoption, order, paid, quota, reception, sharing, social, state, variants
from sim.luck_keys import Decision, decision_key, name_key
from sim.network.graph import OFFLINE
from sim.public import Public, open_people

FIRST_ROOM = 1024
DrawnBy = tuple[Decision, np.uint64]  # the luck of arrivals: of a decision and a name
POSTS_A_DAY = 1000  # a brand post's coins are keyed by its day, so that posts on other days move none


class World:
    """Run one plan on one public with the luck of one world.

    Parameters
    ----------
    public : Public
    campaign : Campaign
    key : uint64
        The world's key (`sim.luck_keys.world_key`).
    days : int
        Length of the run.
    used : sim.kernels.state.People, optional
        Arrays of a world that is over and that nobody reads any more, to be used again.

    Attributes
    ----------
    day : int                       last day done; 0 before the first
    people : sim.kernels.state.People
    tally : sim.kernels.state.Tally     cumulated counts so far
    log : sim.kernels.state.Tally       the same with a leading axis of days
    contacts : CONTACT[:n_contacts]     the day's contacts (attended ones after step "receive")
    first_attended : uint16[n_awaited, n_people]    by message that others come after: day it was first attended; 0: not
    shared_lately : by feed that ranks, int64[days, n_messages]    shares of the last days
    passed_on : list of POST[:]         who passed which lineage on, and from whom, a list per day
    variants : sim.kernels.state.Variants   messages, and what people made of them
    customers : sim.day.customers.Customers or None     adopters; None where nothing follows adoption
    listener : sim.day.listener.Listener or None        the brand's ear; None where it does not listen
    learner : sim.day.learner.Learner or None   what its messages learn; None where they stay as they are
    reactions : sim.day.reactions.Reactions     what rules have made of the plan
    seconds : dict of str to float      time spent in each step of DAY
    """

    def __init__(
        self, public: Public, campaign: Campaign, key: np.uint64, days: int, used: state.People | None = None
    ):
        self.public, self.campaign, self.key, self.days = public, campaign, key, days
        self.day = 0
        self.people = open_people(public, len(campaign.message_names), used)
        n_segments, n_channels = len(public.population.segment_names), len(public.population.channel_names)
        self.tally = state.Tally(*map(np.copy, public.counts))
        self.log = state.empty_tally(n_segments, n_channels, (days,))
        self.contacts = np.empty(FIRST_ROOM, state.CONTACT)
        self.n_contacts = 0
        self.posts, self.posts_tomorrow = sharing.empty_posts(0), sharing.empty_posts(0)
        self.passed_on: list[state.Array] = []
        self.variants = open_variants(campaign.views, campaign.impulse, campaign.craft)
        self.seconds = dict.fromkeys((name for name, _ in DAY), 0.0)
        self._open()

    def _open(self) -> None:
        self._threshold_keys = self._luck("aware"), self._luck("forget"), self._luck("adopt")
        adoption.open_world(self.luck, self.public.start, self.people, self.public.habits, self.tally)
        self.arrivals: dict[str, paid.Arrivals] = {}
        self.insertions_met = {
            flight.name: np.zeros(len(flight.audience.rows), np.int32)
            for flight in self.campaign.paid
            if len(flight.insertion_days)
        }
        messages = [name_key("message", name) for name in self.campaign.message_names]
        self.share_keys = np.array([self._luck("share", m) for m in messages])
        self.variant_keys = np.array([self._luck("variant", m) for m in messages])
        layers = {c: name_key("layer", self.public.population.channel_names[c]) for c in self.public.ties}
        self.see_keys = {c: np.array([self._luck("see", k, m) for m in messages]) for c, k in layers.items()}
        self.post_marks = {
            c: np.array([self._luck("attend", k, m) for m in messages]) for c, k in layers.items()
        }
        order_of_messages = self.campaign.order
        n_awaited = 0 if order_of_messages is None else order_of_messages.n_awaited
        self.first_attended = np.zeros((n_awaited, self.public.population.n_people), np.uint16)
        self.shared_lately = {
            c: np.zeros((ranking.days, len(self.campaign.message_names)), np.int64)
            for c, ranking in self.public.rankings.items()
        }
        self._can_repost = bool(self.campaign.bookings) or self.campaign.impulse.stay > 0
        self.met_sources = np.zeros(FIRST_ROOM if self._can_repost else 0, np.uint64)
        self._n_met = 0
        self.customers = follow(self.public.after_sale, self.public.population, self.days, self._luck)
        if self.customers is not None:
            adopters = np.flatnonzero(self.public.population.is_adopter)
            self.customers.welcome(adopters, 0, self.people, self.tally)
        ears = self.campaign.ears
        self.listener = None if ears is None else Listener(ears, self.public, self._luck("reply"))
        pace = self.campaign.pace
        self.learner = None if pace is None else Learner(pace, self.campaign.views)
        self.reactions = Reactions(self.public, self.campaign, self.days)

    def _luck(self, decision: Decision, *names: np.uint64) -> np.uint64:
        return decision_key(self.key, decision, *names)

    @property
    def luck(self) -> state.Thresholds:
        """The luck of the thresholds that people cross."""
        return state.Thresholds(self.public.population.uid, *self._threshold_keys)

    @property
    def views(self) -> reception.Views:
        """How the public takes in messages and variants."""
        said = self.variants
        views = self.campaign.views if self.learner is None else self.learner.views
        return views._replace(appeals=said.appeals, match=said.match, valence=said.valence)

    @property
    def impulse(self) -> sharing.Impulse:
        """What makes people share messages and variants."""
        return self.campaign.impulse._replace(match=self.variants.match, quality=self.variants.quality)

    def adoption_days(self) -> npt.NDArray[np.int32]:
        """Return the day on which each person adopted: 0 at the start, -1 where not so far."""
        is_adopter = self.people.record["stage"] == state.ADOPTER
        return np.where(is_adopter, state.courses(self.people)["adopted_on"], np.int32(-1))

    def step(self, after: Callable[[str], None] | None = None) -> None:
        """Live one day: every step of DAY, in order; `after` is told the name of each that is done."""
        self.day += 1
        self.n_contacts = 0
        for name, act in DAY:
            begun = time.perf_counter()
            act(self)
            self.seconds[name] += time.perf_counter() - begun
            if after is not None:
                after(name)

    def run(self, is_stopped: Callable[[], bool] = lambda: False) -> bool:
        """Live all days left; return False where `is_stopped` said to leave off."""
        while self.day < self.days:
            if is_stopped():
                return False
            self.step()
        return True


def forget(world: World) -> None:
    """Let memory fade and the aware forget."""
    reception.forget(world.day, world.luck, world.people, world.public.habits, world.tally)


def deliver_paid(world: World) -> None:
    """Bring the day's bought contacts, by flight name and ordinal."""
    for flight in world.campaign.paid:
        begun, buy = world.n_contacts, world.reactions.purchase(flight)
        is_paused, left = flight.name in world.reactions.paused, world.reactions.quota(flight, world.day)
        if len(flight.insertion_days):
            _insert(world, flight, buy)
        elif flight.spans[0].first <= world.day <= flight.spans[-1].last and not is_paused:
            _bring(world, flight, ("paid", flight.key), state.PAID)
        if is_paused:
            world.n_contacts = begun  # whom an insertion would have met, later ones know of
        _keep(world, buy.message, begun, left)


def _bring(world: World, flight: PaidFlight | Standing, drawn_by: DrawnBy, kind: int) -> None:
    """Bring the day's contacts of a flight."""
    buy = world.reactions.purchase(flight)
    world.contacts, world.n_contacts = paid.deliver_arrivals(
        _arriving(world, flight, drawn_by), buy.message, buy.channel, kind, world.contacts, world.n_contacts
    )


def _keep(world: World, message: int, begun: int, left: order.Quota) -> None:
    """Drop those of the contacts from number `begun` on that come before the earlier message, or above a cap."""
    if world.campaign.order is not None and world.campaign.waits(message):
        first_attended = world.first_attended[world.campaign.order.waits_for[message]]
        world.n_contacts = order.drop_early(
            world.contacts, begun, world.n_contacts, world.day, first_attended, left, world.people, world.tally,
        )  # fmt: skip
    elif left.cap > 0:
        world.n_contacts = quota.keep_within(world.contacts, begun, world.n_contacts, left)


def _arriving(world: World, flight: PaidFlight | Standing, drawn_by: DrawnBy) -> state.Array:
    """Return the day's contacts of a flight; those of some days are drawn at a time."""
    there = world.arrivals.get(flight.name)
    if there is None or not there.first_day <= world.day <= there.last_day:
        span = next(span for span in world.reactions.spans(flight) if world.day <= span.last)
        there = world.arrivals[flight.name] = _draw(world, flight, span, world._luck(*drawn_by))
    at = world.day - there.first_day
    return there.code[there.ptr[at] : there.ptr[at + 1]]


def _draw(world: World, flight: PaidFlight | Standing, span: Span, key: np.uint64) -> paid.Arrivals:
    keys = key, world._luck("attend", flight.key)
    buy = world.reactions.purchase(flight)
    if world.reactions.counts_as_it_goes(flight):
        buy = buy._replace(cap=0)
    room, n = 0, int(span.expected + 6.0 * span.expected**0.5 + 16.0)
    while n > room:
        room = n
        days, codes = np.empty(room, np.uint16), np.empty(room, np.uint32)
        n = paid.draw_arrivals(*keys, span.first, span.last, flight.audience, buy, days, codes)
    return paid.Arrivals(span.first, span.last, *paid.lay_out(days, codes, n, span.first, span.last))


def _insert(world: World, flight: PaidFlight, buy: paid.Purchase) -> None:
    keys = world._luck("paid", flight.key), world._luck("attend", flight.key)
    for nth in np.flatnonzero(flight.insertion_days == world.day):
        world.contacts, world.n_contacts = paid.deliver_insertion(
            *keys, int(nth), flight.insertion_shape, flight.audience, buy,
            world.insertions_met[flight.name], world.contacts, world.n_contacts,
        )  # fmt: skip


def deliver_owned(world: World) -> None:
    """Bring the brand's own posts to its followers, and what stands on its own spaces to their visitors."""
    for flight in world.campaign.owned:
        if flight.name in world.reactions.paused:
            continue
        for k in range(flight.days.count(world.day)):
            _post_owned(world, flight, POSTS_A_DAY * world.day + k)
    for message in world.campaign.standing:
        is_paused = message.name in world.reactions.paused
        if message.spans[0].first <= world.day <= message.spans[-1].last and not is_paused:
            begun = world.n_contacts
            _bring(world, message, ("see", message.space_key), state.OWNED)
            _keep(world, world.reactions.purchase(message).message, begun, UNCAPPED)


def _post_owned(world: World, flight: OwnedFlight, nth: int) -> None:
    keys = world._luck("see", flight.key), world._luck("attend", flight.key)
    begun, owner = world.n_contacts, world.reactions.owner(flight)
    world.contacts, world.n_contacts = social.deliver_owned(
        *keys, nth, owner, world.contacts, world.n_contacts
    )
    _keep(world, owner.message, begun, UNCAPPED)


def post_booked(world: World) -> None:
    """Let booked partners post today, beside what people shared yesterday."""
    booked = []
    for booking in world.campaign.bookings:
        lineage = world.people.lineage[:, booking.message]
        for _ in range(booking.days.count(world.day)):
            posts = sharing.empty_posts(len(booking.rows))
            posts["author"], posts["source"], posts["kind"] = booking.rows, state.BRAND, booking.kind
            posts["message"], posts["channel"] = booking.message, booking.channel
            posts["variant"] = booking.message  # what was agreed, whatever the person made of it before
            posts["nth"] = lineage["n_posts"][booking.rows]
            lineage["n_posts"][booking.rows] += 1
            if booking.is_seed_set:
                lineage["flags"][booking.rows] |= state.HAS_SHARED
            booked.append(posts)
    posts = np.concatenate([world.posts_tomorrow, *booked]) if booked else world.posts_tomorrow
    if len(posts) > 1:
        uid = world.public.population.uid[posts["author"]]
        posts = posts[np.lexsort((posts["nth"], posts["message"], uid, posts["channel"]))]
    world.posts = posts


def deliver_shared(world: World) -> None:
    """Bring posts to those who see them, by layer name and source."""
    population, attention = world.public.population, world.campaign.views.attention
    _note_shares(world)
    for c, ties in world.public.ties.items():
        posts = world.posts[world.posts["channel"] == c]
        if len(posts) and world.campaign.impulse.rule != sharing.PROBABILITY:
            world.contacts, world.n_contacts = social.deliver_to_all(
                posts, ties, world.contacts, world.n_contacts
            )
        elif len(posts):
            world.contacts, world.n_contacts = social.deliver_posts(
                world.see_keys[c], world.post_marks[c], posts, population.uid, population.segment,
                attention[c], ties, _lift(world, c), world.contacts, world.n_contacts,
            )  # fmt: skip


def _lift(world: World, c: int) -> state.Array:
    """Return today's visibility of each lineage on a feed, as a share of the most it can be."""
    n_messages = len(world.campaign.message_names)
    ranking = world.public.rankings.get(c)
    if ranking is None:
        return np.ones(n_messages)
    return ranking.lift(world.shared_lately[c].sum(axis=0) * world.public.population.people_per_agent)


def _note_shares(world: World) -> None:
    """Write down what people passed on yesterday, on feeds that rank by it; the oldest day goes."""
    if not world.shared_lately:
        return
    shared = world.posts[world.posts["kind"] == state.PEER]
    for c, lately in world.shared_lately.items():
        messages = shared["message"][shared["channel"] == c]
        lately[world.day % len(lately)] = np.bincount(messages, minlength=lately.shape[1])


def receive(world: World) -> None:
    """Count every contact; those attended are kept, and move memory, awareness, attitude and trust."""
    world.n_contacts = reception.receive(
        world.contacts, world.n_contacts, world.variants.drift, world.day, world.luck, world.people,
        world.views, world.public.habits, world.tally,
    )  # fmt: skip
    if world.campaign.order is not None:
        columns = world.campaign.order.columns
        order.note_attended(world.contacts, world.n_contacts, world.day, columns, world.first_attended)


def share(world: World) -> None:
    """Let people pass on what they attended, some in words of their own; it is seen tomorrow."""
    impulse = world.impulse
    if world._can_repost:
        kinds = world.contacts["kind"][: world.n_contacts]
        world._n_met += int(np.count_nonzero(kinds >= state.PARTNER))
        while len(world.met_sources) < 2 * world._n_met:
            world.met_sources = sharing.rehash(world.met_sources)
    fresh = sharing.empty_posts(world.n_contacts)
    n = sharing.share(
        world.share_keys, world.contacts, world.n_contacts, world.luck, world.people, impulse,
        world.met_sources, world.public.habits, fresh, world.tally,
    )  # fmt: skip
    again = sharing.empty_posts(len(world.posts) if impulse.stay > 0 else 0)
    n_again = 0
    if len(again):
        uid = world.public.population.uid
        n_again = sharing.stay(
            world.share_keys, world.posts, uid, world.people, impulse.stay, again, world.tally
        )
    if n and world.campaign.craft is not None:
        by_person = np.lexsort((fresh["message"][:n], world.public.population.uid[fresh["author"][:n]]))
        variants.co_create(
            world.variant_keys, fresh, by_person, world.day, world.public.population.uid,
            world.people, world.campaign.craft, world.variants, world.tally,
        )  # fmt: skip
    shared = fresh[:n].copy()  # of the room for many, a few are kept
    world.posts_tomorrow = np.concatenate([shared, again[:n_again]]) if n_again else shared
    world.passed_on.append(shared)


def adopt(world: World) -> None:
    """Let the aware come nearer to adopting; others hear of it from tomorrow."""
    market = world.public.market
    if market is None or world.people.n_aware[0] == 0:
        return
    new = np.empty(world.people.n_aware[0], np.int32)
    n = adoption.adopt(world.day, world.people, market, world.public.habits, world.tally, new)
    rows, offline = np.sort(new[:n]), world.public.network.layers.get(OFFLINE)
    if n and offline is not None:
        heard = world.people.adopters_heard
        adoption.tell(rows, offline.out_ptr, offline.out_dst, offline.out_weight, heard)
    if n and world.customers is not None:
        world.customers.welcome(rows, world.day, world.people, world.tally)


def buy_again(world: World) -> None:
    """Let earlier adopters come nearer to their next purchase."""
    if world.customers is not None and world.public.market is not None:
        habits = world.public.habits
        world.customers.buy_again(world.day, world.people, world.public.market, habits, world.tally)


def talk_about_it(world: World) -> None:
    """Let adopters talk, and others hear it; it may move who adopts tomorrow."""
    if world.customers is not None:
        world.customers.talk(world.day, world.luck, world.people, world.public.habits, world.tally)


def listen(world: World) -> None:
    """Let the brand hear of complaints and answer them, and learn of what people pass on."""
    if world.listener is not None and world.customers is not None:
        world.listener.listen(world.day, world.customers, world.luck, world.people, world.tally)
    if world.learner is not None:
        world.learner.learn(world.day, world.passed_on, world.variants)


def react(world: World) -> None:
    """Let the rules of the plan look at the counts of the day; what they do begins tomorrow."""
    if world.campaign.rules:
        for name in world.reactions.look(world.day, world.tally):
            world.arrivals.pop(name, None)


def record(world: World) -> None:
    """Write the day's counts."""
    for cumulated, log in zip(world.tally, world.log, strict=True):
        log[world.day - 1] = cumulated


DAY: tuple[tuple[str, Callable[[World], None]], ...] = (
    ("forget", forget),
    ("deliver paid", deliver_paid),
    ("deliver owned", deliver_owned),
    ("post booked", post_booked),
    ("deliver shared", deliver_shared),
    ("receive", receive),
    ("share", share),
    ("adopt", adopt),
    ("buy again", buy_again),
    ("talk", talk_about_it),
    ("listen", listen),
    ("react", react),
    ("record", record),
)
