"""What follows adoption: satisfaction, talk along the offline layer, further purchases."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.agents.population import Population
from sim.kernels import social, talk
from sim.kernels.adoption import Market
from sim.kernels.reception import Habits
from sim.kernels.state import CONTACT, POST, Array, People, Tally, Thresholds
from sim.luck_keys import name_key
from sim.network.graph import OFFLINE
from sim.scenario.parameters import Reception, WordOfMouth, table
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.network.graph import TieLayer

FIRST_ROOM = 64
ALWAYS = np.ones(1)  # talk is not ranked


@dataclass(frozen=True, slots=True)
class AfterSale:
    """Hold what becomes of adopters of one public; shared by all plans and worlds.

    Parameters
    ----------
    experience : Experience
    hearing : Hearing
    ties : Ties or None          who hears whom talk; None: talk is heard by nobody
    attention : float64[1, n_segments]    chance that what is heard is attended
    """

    experience: talk.Experience
    hearing: talk.Hearing
    ties: social.Ties | None
    attention: npt.NDArray[np.float64]


def after_sale(scenario: Scenario, offline: TieLayer | None, n_segments: int) -> AfterSale | None:
    """Return what follows adoption; None where nothing does."""
    adoption = scenario.adoption
    if adoption is None or (adoption.word_of_mouth is None and adoption.repurchase is None):
        return None
    word, again = adoption.word_of_mouth, adoption.repurchase
    ties = None if word is None or word.talks_per_day == 0 else _talk_ties(offline, word)
    return AfterSale(
        experience=talk.Experience(
            satisfaction=0.0 if word is None else float(word.satisfaction),
            spread=0.0 if word is None else float(word.satisfaction_sd),
            attitude_step=0.0 if word is None else float(word.effect_on_attitude),
            talk_rate=0.0 if word is None or ties is None else float(word.talks_per_day),
            buy_rate=0.0 if again is None else 1.0 / again.mean_interval_days,
        ),
        hearing=_hearing(scenario.reception),
        ties=ties,
        attention=np.full((1, n_segments), float(table("media")["attention"]["offline"].value)),
    )


def _talk_ties(offline: TieLayer | None, word: WordOfMouth) -> social.Ties | None:
    if offline is None or offline.n_ties == 0:
        return None
    n_people = len(offline.out_ptr) - 1
    visits, peak = np.ones(n_people), np.empty(n_people)
    social.row_peaks(offline.out_ptr, offline.out_dst, offline.out_weight, visits, peak)
    for array in (visits, peak):
        array.setflags(write=False)
    ends = offline.out_ptr, offline.out_dst, offline.out_weight
    return social.Ties(*ends, visits, peak, float(word.visibility))


def _hearing(reception: Reception) -> talk.Hearing:
    impact = float(table("media")["impact"]["offline"].value)
    p_aware, friend = reception.awareness_peer * impact, reception.credibility.friend
    return talk.Hearing(
        impact=impact,
        awareness=-math.log1p(-p_aware) if p_aware < 1.0 else math.inf,
        pull=reception.attitude_step * friend * impact,
        trust_step=reception.trust_step * friend,
    )


def follow(
    after: AfterSale | None, population: Population, days: int, luck: Callable[..., np.uint64]
) -> Customers | None:
    """Return a world's customers, none so far; None where nothing follows adoption.

    Parameters
    ----------
    luck : callable
        Returns the key of a decision in the world, narrowed by the keys of named things.
    """
    if after is None:
        return None
    voice = talk.Voice(population.uid, luck("satisfaction"), luck("talk"), luck("adopt"))
    keys = luck("hear"), luck("attend", name_key("layer", OFFLINE))
    return Customers(after, voice, keys, days, population.segment)


class Customers:
    """Follow the adopters of one world.

    Parameters
    ----------
    after : AfterSale
    voice : Voice
    keys : (uint64, uint64)      luck of who hears a talk, and of who attends to it
    days : int
    segment : int16[n_people]

    Attributes
    ----------
    register : sim.kernels.talk.Customers
    said : (POST[:], float64[:])    the day's talks, by person and number, and what each thinks
    taken_in : list of (CONTACT[:], POST[:], float64[:])
        What others heard of them today, and again where the brand replied to one in public.
    """

    def __init__(
        self,
        after: AfterSale,
        voice: talk.Voice,
        keys: tuple[np.uint64, np.uint64],
        days: int,
        segment: Array,
    ):
        self.after, self.voice, self.segment = after, voice, segment
        self.said = np.empty(0, POST), np.empty(0)
        self.taken_in: list[tuple[Array, Array, npt.NDArray[np.float64]]] = []
        self._hear, self._attend = (np.array([key]) for key in keys)
        self.register = talk.Customers(
            record=np.zeros(FIRST_ROOM, talk.CUSTOMER),
            n=np.zeros(1, np.int64),
            due=np.full(days + 1, talk.NOBODY, np.int32),
        )

    def welcome(self, rows: Array, day: int, people: People, tally: Tally) -> None:
        """Take in the adopters of a day (rows ascending; day 0: those of the start)."""
        record, n = self.register.record, int(self.register.n[0])
        if n + len(rows) > len(record):
            more = np.zeros(max(2 * len(record), n + len(rows)), talk.CUSTOMER)
            more[:n] = record[:n]
            self.register = self.register._replace(record=more)
        talk.welcome(rows, day, self.voice, people, self.after.experience, self.register, tally)

    def talk(self, day: int, luck: Thresholds, people: People, habits: Habits, tally: Tally) -> None:
        """Let those talk whose time has come, by person and number of the talk, and others hear it."""
        self.said, self.taken_in = (np.empty(0, POST), np.empty(0)), []
        if self.after.ties is None or self.register.due[day] == talk.NOBODY:
            return
        posts, valence, n = talk.speak(
            day, self.voice, people, self.after.experience, self.register,
            np.empty(FIRST_ROOM, POST), np.empty(FIRST_ROOM),
        )  # fmt: skip
        order = np.lexsort((posts["nth"][:n], self.voice.uid[posts["author"][:n]]))
        self.said = posts[order], valence[order]
        self.take_in(self.listeners(self.said[0]), *self.said, day, luck, people, habits, tally)

    def listeners(self, posts: Array) -> Array:
        """Return who hears talks (POST[:]), in their order, as CONTACT[:]; the same whenever it is asked."""
        assert self.after.ties is not None
        contacts, n_contacts = social.deliver_posts(
            self._hear, self._attend, posts, self.voice.uid, self.segment, self.after.attention, self.after.ties,
            ALWAYS, np.empty(FIRST_ROOM, CONTACT), 0,
        )  # fmt: skip
        heard: Array = contacts[:n_contacts]
        return heard

    def take_in(
        self,
        contacts: Array,
        posts: Array,
        valence: npt.NDArray[np.float64],
        day: int,
        luck: Thresholds,
        people: People,
        habits: Habits,
        tally: Tally,
    ) -> None:
        """Let listeners take in what is said."""
        self.taken_in.append((contacts, posts, valence))
        talk.hear(contacts, posts, valence, day, luck, people, self.after.hearing, habits, tally)

    def buy_again(self, day: int, people: People, market: Market, habits: Habits, tally: Tally) -> None:
        """Let customers come nearer to their next purchase."""
        experience = self.after.experience
        if experience.buy_rate > 0.0:
            talk.buy_again(day, self.voice, people, experience, market, habits, self.register, tally)
