"""What people make of a message, one variant at a time: twins of sim.kernels.variants, and of how one is taken in."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.reference_luck import combine, name_key, normal_at, uniform_at

BRAND = -1


@dataclass
class Variant:
    """Hold what is said, who made it, and of what; an original is made by nobody, of itself."""

    appeals: list[float]
    match: list[float]  # by segment
    quality: float
    valence: float
    lineage: int
    parent: int
    author: int = BRAND
    made_on: int = 0
    drift: int = 0


def originals(views: Any, impulse: Any) -> list[Variant]:
    """Return the messages of a plan."""
    columns = (
        views.appeals.tolist(),
        views.match.T.tolist(),
        impulse.quality.tolist(),
        views.valence.tolist(),
    )
    return [Variant(*row, v, v) for v, row in enumerate(zip(*columns, strict=True))]


def match(motivations: list[float], appeals: list[float]) -> float:
    """μ = max θ · cos(m, θ)."""
    product = of_needs = of_appeals = 0.0
    for m, theta in zip(motivations, appeals, strict=True):
        product += m * theta
        of_needs += m * m
        of_appeals += theta * theta
    lengths = math.sqrt(of_needs) * math.sqrt(of_appeals)
    return max(appeals) * (product / lengths) if lengths > 0 else 0.0


def apart(a: list[float], b: list[float]) -> float:
    """‖a − b‖₁ / (‖a‖₁ + ‖b‖₁)."""
    gap = size_a = size_b = 0.0
    for x, y in zip(a, b, strict=True):
        gap += abs(x - y)
        size_a += x
        size_b += y
    return gap / (size_a + size_b) if size_a + size_b > 0 else 0.0


def novelty(variants: list[Variant], said: int, last: int, views: Any) -> float:
    """Return how new a variant is after the one attended last; messages are told from their table."""
    if last < 0:
        return 0.0
    if variants[said].author == variants[last].author == BRAND:
        return float(views.novelty[said, last])
    return apart(variants[said].appeals, variants[last].appeals)


def pull(variant: Variant, segment: int, channel: int, kind: int, views: Any) -> float:
    """η·τ·μ·χ·ψ with the match of the variant."""
    v = variant.lineage
    strength = float(views.attitude_step) * float(views.credibility[kind]) * variant.match[segment]
    return strength * float(views.fit[segment, v]) * float(views.impact[channel, v])


def clipped(x: float) -> float:
    return min(1.0, max(0.0, x))


def written(
    post: Any, luck: int, person: Any, day: int, craft: Any, needs: tuple[str, ...], said: list[Variant]
) -> Variant:
    """Return what the author of a post makes of the variant that it was to carry."""
    parent, delta, motivations = said[post.variant], craft.pull_to_self, craft.motivations.tolist()
    own = motivations[person.segment]
    appeals = []
    for need, m, theta in zip(needs, own, parent.appeals, strict=True):
        moved = (1.0 - delta) * theta + delta * (m * len(needs) / 2.0)
        appeals.append(clipped(moved + craft.appeal_sd * normal_at(combine(luck, name_key("need", need)), 0)))
    made = parent.quality + craft.quality_sd * normal_at(combine(luck, name_key("trait", "quality")), 0)
    kept = craft.valence_kept
    is_the_same = appeals == parent.appeals
    return Variant(
        appeals=appeals,
        match=parent.match if is_the_same else [match(m, appeals) for m in motivations],
        quality=clipped(made),
        valence=kept * parent.valence + (1.0 - kept) * person.attitude,
        lineage=post.message,
        parent=post.variant,
        author=person.row,
        made_on=day,
        drift=math.floor(apart(appeals, said[post.message].appeals) * 2.0**30 + 0.5),
    )


def co_create(world: Any) -> None:
    """Let today's sharers, by uid and message, make variants while there is room; their posts carry them."""
    craft, seen = world.campaign.craft, world.seen
    if craft is None:
        return
    fresh = sorted(world.tomorrow, key=lambda post: (world.uid[post.author], post.message))
    for post in fresh:
        person = world.people[post.author]
        key = world.luck("variant", ("message", world.messages[post.message]))
        luck, activity = combine(key, person.uid), person.engagement / (person.engagement + craft.half_at)
        if uniform_at(luck, 0) >= craft.probability * activity:
            continue
        if len(world.variants) == len(world.messages) + craft.most:
            world.refused.append(person.segment)
            seen["variant refused"] += 1
            continue
        new = written(post, luck, person, world.day, craft, world.public.population.needs, world.variants)
        seen["variant made"] += 1
        seen["variant of a variant"] += world.variants[new.parent].author != BRAND
        world.variants.append(new)
        place = next(k for k, other in enumerate(world.tomorrow) if other is post)
        world.tomorrow[place] = post._replace(variant=len(world.variants) - 1)


def counted(world: Any, segments: range, channels: range) -> dict[str, Any]:
    """Count what was made and met, as nested lists in the shapes of `sim.kernels.state.Tally`."""
    made = Counter(world.people[v.author].segment for v in world.variants if v.author != BRAND)
    refused, drift = Counter(world.refused), Counter[int]()
    met: Counter[tuple[int, int]] = Counter()
    for contact in world.history:
        if contact.variant != contact.message:
            segment = world.people[contact.person].segment
            met[contact.channel, segment] += 1
            drift[segment] += world.variants[contact.variant].drift
    return {
        "variants": [made[s] for s in segments],
        "variants_refused": [refused[s] for s in segments],
        "variant_contacts": [[met[c, s] for s in segments] for c in channels],
        "drift": [drift[s] for s in segments],
    }


TWINS: dict[str, Any] = {
    "variants.match_of": match,
    "variants.write_variant": written,
    "variants.co_create": co_create,
    "reception.apart": apart,
    "reception.pull_of": pull,
}
