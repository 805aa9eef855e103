"""The reference day as one would write it in numpy: whole columns, one day after the other.

The law is that of `sim.world`, the luck is numpy's. Contacts of one person on one day are taken in
turn: round k holds everyone's k-th. Only what the reference workload asks for is here: no caps, no
insertions, no owned posts, no partners, ties of weight 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.campaign.compile import Campaign
from sim.kernels.state import ADOPTER, AWARE, CONSIDERING, MAX_K, PAID, PEER, UNAWARE
from sim.network.graph import OFFLINE
from sim.public import Public


@dataclass
class Contacts:
    """Hold the day's contacts, one row each."""

    person: np.ndarray
    message: np.ndarray
    channel: np.ndarray
    is_paid: np.ndarray

    def at(self, which: np.ndarray) -> Contacts:
        return Contacts(self.person[which], self.message[which], self.channel[which], self.is_paid[which])

    def rounds(self) -> Iterator[Contacts]:
        """Yield everyone's first contact, everyone's second, and so on."""
        order = np.argsort(self.person, kind="stable")
        person = self.person[order]
        starts = np.flatnonzero(np.diff(person, prepend=-1))
        nth = np.arange(len(person)) - np.repeat(starts, np.diff(starts, append=len(person)))
        for k in range(nth.max() + 1 if len(nth) else 0):
            yield self.at(order[nth == k])


class PlainWorld:
    """Live one world of the reference workload in numpy."""

    def __init__(self, public: Public, campaign: Campaign, days: int, luck: int):
        population, start = public.population, public.start
        if campaign.owned or campaign.bookings or any(f.purchase.cap for f in campaign.paid):
            raise ValueError("plain numpy knows bought flights without caps only")
        n, n_messages = population.n_people, len(campaign.message_names)
        self.public, self.campaign, self.days, self.day = public, campaign, days, 0
        self.rng = np.random.default_rng(luck)
        self.segment, self.engagement = population.segment.astype(np.int64), population.engagement
        self.stage, self.last = start["stage"].copy(), np.full(n, -1)
        self.memory, self.attitude, self.trust = (start[k].copy() for k in ("memory", "attitude", "trust"))
        self.wear, self.pressure, self.forgetting = (np.zeros(n) for _ in range(3))
        self.own, self.peer = np.zeros(n), np.zeros(n)
        exponentials = (self.rng.exponential(size=n) for _ in range(4))
        self.aware_at, self.forget_at, self.own_at, self.peer_at = exponentials
        self.share_at = self.rng.exponential(size=(n, n_messages))
        self.urge, self.has_shared = np.zeros((n, n_messages)), np.zeros((n, n_messages), bool)
        self.brand_tried = np.zeros((n, n_messages), bool)
        self.n_sources = np.zeros((n, n_messages), np.int64)
        self.heard = public.adopters_heard.copy()
        self.on_channel = np.zeros((len(population.channel_names), n), np.int64)
        self.n_paid = np.zeros(n, np.int64)
        self.n_contacts, self.n_attended = np.zeros(5, np.int64), np.zeros(5, np.int64)
        self.reach = np.zeros(
            (len(population.channel_names) + 1, len(population.segment_names), MAX_K), np.int64
        )
        self.posts: list[tuple[np.ndarray, int, int]] = []  # authors, message, channel
        self.log: list[np.ndarray] = []

    def run(self) -> None:
        while self.day < self.days:
            self.day += 1
            self.fade_and_forget()
            contacts = self.joined([*self.paid(), *self.shared()])
            contacts = self.attended(contacts)
            for one_each in contacts.rounds():
                self.receive(one_each)
            self.posts = []
            on_feed = contacts.at(self.public.beta[contacts.channel] > 0)
            for one_each in on_feed.rounds():
                self.share(one_each)
            self.adopt()
            self.record()

    def fade_and_forget(self) -> None:
        habits = self.public.habits
        self.memory *= habits.memory_left[1]
        self.wear *= habits.wear_left[1]
        aware = np.flatnonzero((self.stage == AWARE) | (self.stage == CONSIDERING))
        self.forgetting[aware] += habits.awareness_loss * np.exp(-self.memory[aware])
        lost = aware[self.forgetting[aware] >= self.forget_at[aware]]
        self.stage[lost] = UNAWARE
        self.forgetting[lost] = self.pressure[lost] = 0.0
        self.forget_at[lost] = self.rng.exponential(size=len(lost))
        self.aware_at[lost] = self.rng.exponential(size=len(lost))

    def paid(self) -> Iterator[Contacts]:
        """Yield the day's contacts of each flight: a Poisson number for every user."""
        for flight in self.campaign.paid:
            audience, buy = flight.audience, flight.purchase
            rate = buy.clock[:, self.day] - buy.clock[:, self.day - 1]
            times = self.rng.poisson(audience.usage * rate[audience.segment])
            met = np.flatnonzero(times)
            person = np.repeat(audience.rows[met], times[met])
            self.count_reach(person, audience.rows[met], times[met], buy.channel)
            yield self.alike(person, buy.message, buy.channel, is_paid=True)

    def count_reach(self, person, rows, times, channel) -> None:
        nth = np.arange(len(person)) - np.repeat(np.cumsum(times) - times, times)
        for table, met in ((channel, self.on_channel[channel]), (-1, self.n_paid)):
            k = met[person] + nth
            few = k < MAX_K
            np.add.at(self.reach[table], (self.segment[person[few]], k[few]), 1)
            met[rows] += times

    def shared(self) -> Iterator[Contacts]:
        """Yield who sees yesterday's posts: one coin per follower."""
        for authors, message, channel in self.posts:
            ties = self.public.ties[channel]
            follower = ties.dst[_rows(ties.ptr, authors)]
            seen = self.rng.random(len(follower)) < ties.visibility * ties.visits[follower]
            yield self.alike(follower[seen], message, channel, is_paid=False)

    @staticmethod
    def alike(person, message, channel, *, is_paid) -> Contacts:
        n = len(person)
        return Contacts(person, np.full(n, message), np.full(n, channel), np.full(n, is_paid))

    @staticmethod
    def joined(parts: list[Contacts]) -> Contacts:
        columns = ("person", "message", "channel", "is_paid")
        return Contacts(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))

    def attended(self, contacts: Contacts) -> Contacts:
        is_attended = (
            self.rng.random(len(contacts.person))
            < self.campaign.views.attention[contacts.channel, contacts.message, self.segment[contacts.person]]
        )
        for kind, which in ((PAID, contacts.is_paid), (PEER, ~contacts.is_paid)):
            self.n_contacts[kind] += np.count_nonzero(which)
            self.n_attended[kind] += np.count_nonzero(which & is_attended)
        return contacts.at(is_attended)

    def receive(self, contacts: Contacts) -> None:
        """Let each of different people take in one contact."""
        views, habits = self.campaign.views, self.public.habits
        i, v, is_paid = contacts.person, contacts.message, contacts.is_paid
        s, impact = self.segment[i], views.impact[contacts.channel, v]
        credibility = np.where(is_paid, views.credibility[PAID] * self.trust[i], views.credibility[PEER])
        self.memory[i] += impact
        kind, channel = np.where(is_paid, PAID, PEER), contacts.channel
        self.pressure[i] += views.awareness[kind, channel, v]
        wear = np.where(is_paid, self.wear[i] * habits.wear_rate, 0.0)
        g = views.pull[kind, channel, s, v] * np.where(is_paid, self.trust[i], 1.0)
        g *= (1.0 - wear) * np.exp(-wear)
        attitude = self.attitude[i]
        attitude += np.where(g >= 0, g * (views.valence[v] - attitude), g * (attitude + 1.0))
        self.attitude[i] = attitude
        fresh = np.where(self.last[i] < 0, 1.0, 1.0 - views.novelty[v, self.last[i]])
        self.wear[i] += np.where(is_paid, fresh, 0.0)
        self.last[i] = v
        to = (1.0 + views.valence[v]) / 2.0
        self.trust[i] += np.where(is_paid, 0.0, habits.trust_step * credibility * (to - self.trust[i]))
        is_told = (self.stage[i] != UNAWARE) | (self.pressure[i] >= self.aware_at[i])
        self.place(i[is_told])

    def place(self, rows: np.ndarray) -> None:
        """Put aware people who have not adopted where their attitude says."""
        rows = rows[self.stage[rows] != ADOPTER]
        considers = self.attitude[rows] >= self.public.habits.consider_at
        self.stage[rows] = np.where(considers, CONSIDERING, AWARE)

    def share(self, contacts: Contacts) -> None:
        """Let each of different people decide on one contact."""
        impulse = self.campaign.impulse
        is_new = ~(contacts.is_paid & self.brand_tried[contacts.person, contacts.message])
        is_new &= ~self.has_shared[contacts.person, contacts.message]
        contacts = contacts.at(is_new)
        i, v, c = contacts.person, contacts.message, contacts.channel
        self.brand_tried[i, v] |= contacts.is_paid
        k = np.minimum(self.n_sources[i, v], len(impulse.r) - 1)
        self.n_sources[i, v] += 1
        p = impulse.beta[c] * self.engagement[i] * 2.0 * impulse.match[self.segment[i], v]
        p = np.minimum(1.0, p * impulse.quality[v] * impulse.r[k])
        p *= np.where(contacts.is_paid, impulse.brand_factor, 1.0)
        with np.errstate(divide="ignore"):
            self.urge[i, v] += -np.log1p(-p)
        does = self.urge[i, v] >= self.share_at[i, v]
        self.has_shared[i[does], v[does]] = True
        self.place(i[does & (self.stage[i] == UNAWARE)])
        for message, channel in set(zip(v[does].tolist(), c[does].tolist(), strict=True)):
            self.posts.append((i[does & (v == message) & (c == channel)], message, channel))

    def adopt(self) -> None:
        market = self.public.market
        aware = np.flatnonzero((self.stage == AWARE) | (self.stage == CONSIDERING))
        weight = market.in_weight[aware]
        heard = np.divide(self.heard[aware], weight, out=np.zeros(len(aware)), where=weight > 0)
        g = self.public.population.availability[aware] * np.exp(
            market.by_attitude * self.attitude[aware]
            + market.by_memory * np.log1p(self.memory[aware])
            + market.by_trust * (self.trust[aware] - market.mean_trust)
        )
        self.own[aware] += g * market.own_rate
        self.peer[aware] += g * market.peer_rate * heard
        crossed = (self.own[aware] >= self.own_at[aware]) | (self.peer[aware] >= self.peer_at[aware])
        adopters = aware[crossed]
        self.stage[adopters] = ADOPTER
        offline = self.public.network.layers[OFFLINE]
        np.add.at(self.heard, offline.out_dst[_rows(offline.out_ptr, adopters)], 1.0)

    def record(self) -> None:
        n = self.reach.shape[1]
        self.log.append(np.bincount(self.stage.astype(np.int64) * n + self.segment, minlength=4 * n))


def _rows(ptr: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the places of all ties of the given rows, one row after the other."""
    lengths = ptr[rows + 1] - ptr[rows]
    return np.repeat(ptr[rows] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
