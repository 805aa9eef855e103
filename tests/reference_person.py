"""One person, and what happens to it: twins of sim.kernels.reception, sharing and adoption."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

from tests.reference_delivery import HIDDEN_PARTNER, OWNED, PAID, PARTNER, PEER, Contact
from tests.reference_luck import combine, exponential_at, uniform_at
from tests.reference_variants import Variant, novelty, pull

UNAWARE, AWARE, CONSIDERING, ADOPTER = range(4)
UNITS = 2.0**30
PROBABILITY, THRESHOLD, COUNT = range(3)
BY_THE_BRAND = (PAID, OWNED)
STAYS = 0x2545F4914F6CDD1D  # the entity of the decision to post again


@dataclass
class Person:
    """Hold what one world knows of a person."""

    row: int
    uid: int
    segment: int
    engagement: float
    availability: float
    memory: float
    attitude: float
    trust: float
    stage: int
    n_channels: int
    adopted_on: int = 0
    is_begun: bool = False
    wear: float = 0.0
    pressure: float = 0.0
    aware_at: float = 0.0
    forgetting: float = 0.0
    forget_at: float = 0.0
    own_hazard: float = 0.0
    own_at: float = 0.0
    peer_hazard: float = 0.0
    peer_at: float = 0.0
    touched: int = 0
    turn: int = 0
    last_variant: int = -1
    has_met: bool = False
    paid: list[int] = field(default_factory=list)  # paid contacts per channel
    sources: dict[int, list[object]] = field(default_factory=dict)  # per lineage, in order of arrival
    urge: dict[int, float] = field(default_factory=dict)  # to share, per lineage
    shared: set[int] = field(default_factory=set)
    given: set[int] = field(default_factory=set)
    n_posts: Counter[int] = field(default_factory=Counter)
    adopted_by_own: bool = False
    satisfaction: float = 0.0
    desire: float = 0.0  # to buy again
    n_bought: int = 1  # counted from the adoption on

    def __post_init__(self) -> None:
        self.paid = [0] * self.n_channels

    def is_aware_non_adopter(self) -> bool:
        return self.stage in (AWARE, CONSIDERING)


@dataclass(frozen=True)
class Thresholds:
    """Hold the luck of the decisions whose thresholds people cross."""

    aware: int
    forget: int
    adopt: int


def open_person(person: Person, luck: Thresholds) -> None:
    """Draw the threshold of awareness; who is aware from the start needs the others too."""
    person.aware_at = exponential_at(combine(luck.aware, person.uid), 0)
    if person.is_aware_non_adopter():
        begin(person, luck)


def begin(person: Person, luck: Thresholds) -> None:
    """Draw what only the aware need: the threshold of forgetting each time, those of adoption once."""
    person.forget_at = exponential_at(combine(luck.forget, person.uid), person.turn)
    if not person.is_begun:
        person.own_at = exponential_at(combine(luck.adopt, person.uid), 0)
        person.peer_at = exponential_at(combine(luck.adopt, person.uid), 1)
    person.is_begun = True


def units(x: float) -> int:
    return math.floor(x * UNITS + 0.5)


def fade(person: Person, day: int, habits, seen: Counter) -> None:
    """M ← M·2^(−Δt/h_M), R ← R·2^(−Δt/h_R) for the days since the last touch."""
    gap = day - person.touched
    if gap > 0:
        person.memory *= float(habits.memory_left[gap])
        person.wear *= float(habits.wear_left[gap])
        person.touched = day
        seen["faded over several days"] += gap > 1 and person.memory > 0.0


def settle_stage(person: Person, habits, seen: Counter) -> None:
    """Aware and a ≥ a_c → considering; back when a < a_c."""
    stage = CONSIDERING if person.attitude >= habits.consider_at else AWARE
    seen["considering"] += (person.stage, stage) == (AWARE, CONSIDERING)
    seen["considering no more"] += (person.stage, stage) == (CONSIDERING, AWARE)
    person.stage = stage


def forget(person: Person, day: int, luck: Thresholds, habits, seen: Counter) -> None:
    if not person.is_aware_non_adopter():
        return
    fade(person, day, habits, seen)
    person.forgetting += habits.awareness_loss * math.exp(-person.memory)
    if person.forgetting >= person.forget_at:
        person.turn += 1
        seen["forgot"] += 1
        seen["forgot again"] += person.turn > 1
        person.forgetting = person.pressure = 0.0
        person.aware_at = exponential_at(combine(luck.aware, person.uid), person.turn)
        person.stage = UNAWARE


def log_left(p: float) -> float:
    """Return ln(1 - p), −∞ for p = 1."""
    return math.log1p(-p) if p < 1.0 else -math.inf


def receive(
    person: Person,
    contact: Contact,
    day: int,
    luck: Thresholds,
    views,
    habits,
    said: list[Variant],
    seen: Counter,
) -> None:
    """Take in one attended contact: memory, awareness, attitude, wear, trust, stage. `said` is all there is to say."""
    fade(person, day, habits, seen)
    v, s, kind = contact.message, person.segment, contact.kind
    psi, x = float(views.impact[contact.channel, v]), said[contact.variant].valence
    tau = float(views.credibility[kind])
    worth = {PAID: person.trust, OWNED: person.trust, PARTNER: 1.0, HIDDEN_PARTNER: contact.weight,
             PEER: contact.weight}[kind]  # fmt: skip
    person.memory += psi
    person.pressure += float(views.awareness[kind, contact.channel, v])
    worn = person.wear * habits.wear_rate if kind != PEER else 0.0
    is_original = contact.variant == v
    seen["variant attended"] += not is_original
    g = float(views.pull[kind, contact.channel, s, v])
    g = (g if is_original else pull(said[contact.variant], s, contact.channel, kind, views)) * worth
    g *= (1.0 - worn) * math.exp(-worn)
    seen["attitude falls by wear-out"] += g < 0
    person.attitude += g * (x - person.attitude) if g >= 0 else g * (person.attitude + 1.0)
    if kind != PEER:
        new = novelty(said, contact.variant, person.last_variant, views)
        seen["novel message"] += new > 0
        seen["message after a variant"] += person.last_variant >= len(views.novelty)
        person.wear += 1.0 - new
    person.last_variant = contact.variant
    if kind not in BY_THE_BRAND:
        person.trust += habits.trust_step * tau * worth * ((1.0 + x) / 2.0 - person.trust)
    if person.stage == UNAWARE and person.pressure >= person.aware_at:
        seen["aware"] += 1
        seen["aware again"] += person.turn > 0
        person.stage = AWARE
        begin(person, luck)
    if person.is_aware_non_adopter():
        settle_stage(person, habits, seen)


def share(
    person: Person,
    contact: Contact,
    share_key: int,
    luck: Thresholds,
    impulse,
    habits,
    said: list[Variant],
    seen: Counter,
) -> bool:
    """Decide whether this contact makes the person pass the lineage on; `share_key` is the lineage's.

    Each distinct source gives one decision; the brand, paid or owned, is one source. The decisions on
    one lineage share one threshold: Σ −ln(1 − p_k) against an Exp(1).
    """
    v = contact.message
    beta = float(impulse.beta[contact.channel])
    if beta <= 0.0 or v in person.shared | person.given:
        return False
    from_brand = contact.kind in BY_THE_BRAND
    if from_brand and impulse.rule != PROBABILITY:
        seen["brand moves nobody"] += 1
        return False
    met = person.sources.setdefault(v, [])
    source = "brand" if from_brand else contact.source
    if source in met:
        seen["source met before"] += not from_brand
        return False
    k = len(met)
    met.append(source)
    if impulse.rule == PROBABILITY:
        person.urge[v], is_moved = _decide(person, contact, k, beta, share_key, impulse, said, seen)
    else:
        person.urge[v] = person.urge.get(v, 0.0) + (contact.weight if impulse.rule == THRESHOLD else 1.0)
        theta = uniform_at(combine(share_key, person.uid), 0) if impulse.rule == THRESHOLD else 1.0
        is_moved = person.urge[v] >= theta * float(impulse.bound[person.row])
    if not is_moved:
        return False
    seen["shared from the brand" if from_brand else "shared from a person"] += 1
    seen["shared at a later source"] += k > 0
    person.shared.add(v)
    if person.stage == UNAWARE:
        seen["aware by sharing"] += 1
        person.stage = AWARE
        begin(person, luck)
        settle_stage(person, habits, seen)
    return True


def _decide(
    person: Person,
    contact: Contact,
    k: int,
    beta: float,
    share_key: int,
    impulse,
    said: list[Variant],
    seen: Counter,
) -> tuple[float, bool]:
    """Return the urge to share after the k-th source, and whether it passes the person's threshold."""
    v, from_brand = contact.message, contact.kind in BY_THE_BRAND
    p = beta * person.engagement * 2.0 * said[contact.variant].match[person.segment]
    p *= said[contact.variant].quality * float(impulse.r[min(k, len(impulse.r) - 1)])
    p = min(1.0, p) * (impulse.brand_factor if from_brand else 1.0)
    seen["k beyond r"] += k >= len(impulse.r)
    urge = person.urge.get(v, 0.0) - log_left(p)
    return urge, urge >= exponential_at(combine(share_key, person.uid), 0)


def stays(person: Person, share_key: int, nth: int, chance: float) -> bool:
    """Decide whether the author of the lineage's n-th post posts it again."""
    return uniform_at(combine(combine(share_key, person.uid), STAYS), nth) < chance


def eagerness(person: Person, memory: float, market) -> float:
    """G of a person whose memory has faded to this."""
    return person.availability * math.exp(
        market.by_attitude * person.attitude
        + market.by_memory * math.log1p(memory)
        + market.by_trust * (person.trust - market.mean_trust)
    )


def adopt(person: Person, day: int, market, s: float, habits, seen: Counter) -> bool:
    """H = G (p + q s), the two parts against their own thresholds."""
    if not person.is_aware_non_adopter():
        return False
    fade(person, day, habits, seen)
    g = eagerness(person, person.memory, market)
    person.own_hazard += g * market.own_rate
    person.peer_hazard += g * market.peer_rate * s
    by_own = person.own_hazard >= person.own_at
    if not by_own and person.peer_hazard < person.peer_at:
        return False
    seen["adopted by own conviction" if by_own else "adopted by others"] += 1
    person.stage, person.adopted_on, person.adopted_by_own = ADOPTER, day, by_own
    return True
