"""The brand's ear in one world: complaints that wait, and their answers."""

from __future__ import annotations

import numpy as np

from sim.campaign.listening import Ears
from sim.day.customers import Customers
from sim.kernels import reply
from sim.kernels.luck import combine
from sim.kernels.state import POST, Array, People, Tally, Thresholds
from sim.public import Public


class Listener:
    """Hear complaints and answer them, oldest first, as far as the capacity of the day goes.

    Parameters
    ----------
    ears : Ears
    public : Public
    key : uint64       luck of the decision "reply" in this world

    Attributes
    ----------
    waiting : POST[:]          complaints that were heard and wait for an answer, oldest first
    made_on : int32[:]         day of each
    """

    def __init__(self, ears: Ears, public: Public, key: np.uint64):
        self.ears, self.public, self.key = ears, public, key
        self.waiting, self.made_on = np.empty(0, POST), np.empty(0, np.int32)
        self._customer_of = np.full(public.population.n_people, -1, np.int32)
        self._n_known = 0

    def listen(self, day: int, customers: Customers, luck: Thresholds, people: People, tally: Tally) -> None:
        """Hear of the complaints among the day's talk, and answer those that wait."""
        population, ears = self.public.population, self.ears
        posts, valence = customers.said
        is_heard = np.empty(len(posts), np.bool_)
        reply.notice(
            self.key,
            posts,
            valence,
            population.uid,
            population.segment,
            ears.cover,
            ears.below,
            is_heard,
            tally,
        )
        if ears.n_replies == 0:
            return
        is_due = self.made_on >= day - ears.within_days
        self.waiting = np.concatenate([self.waiting[is_due], posts[is_heard]])
        self.made_on = np.concatenate([self.made_on[is_due], np.full(is_heard.sum(), day, np.int32)])
        n = int(min(ears.n_answered(day), len(self.waiting)))
        for k in range(n):
            self._answer(self.waiting[k : k + 1], day, customers, luck, people, tally)
        self.waiting, self.made_on = self.waiting[n:], self.made_on[n:]

    def _answer(
        self, post: Array, day: int, customers: Customers, luck: Thresholds, people: People, tally: Tally
    ) -> None:
        """Reply to one complaint: before all who heard it, who may then hear it again; and to its author."""
        ears, habits, uid = self.ears, self.public.habits, self.public.population.uid
        row, nth = int(post["author"][0]), int(post["nth"][0])
        customer = customers.register.record[self._customer(row, customers)]
        if ears.is_public and ears.again > 0.0:
            thinks = np.array([customer["satisfaction"]])
            key = np.uint64(combine(self.key, uid[row]))
            for nth_reply in range(ears.n_replies):
                contacts = customers.listeners(post)
                n = reply.meet_again(key, nth, nth_reply, uid, ears.again, contacts, len(contacts))
                customers.take_in(contacts[:n], post, thinks, day, luck, people, habits, tally)
        reply.mend(row, customer, ears.n_replies, ears.recovery, self.public.start, people, tally)

    def _customer(self, row: int, customers: Customers) -> int:
        """Return the place of a person in the register of customers."""
        n = int(customers.register.n[0])
        known = customers.register.record["row"][self._n_known : n]
        self._customer_of[known] = np.arange(self._n_known, n)
        self._n_known = n
        return int(self._customer_of[row])
