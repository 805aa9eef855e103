"""Rules that react, in plain Python: what is looked at is counted anew, and what was done is kept as a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any


class Rules:
    """Follow the rules of a plan.

    Attributes
    ----------
    fired : list of (day, rule)
    moved : callable                  money moved between flights is taken from the world: flight → its clock
    """

    def __init__(self, rules: Any, segment: list[int], seen: Counter[str]):
        self.rules, self.segment, self.seen = rules, segment, seen
        self.fired: list[tuple[int, Any]] = []
        self.told: list[dict[str, bool]] = []
        self.moved: Callable[[Any], Any] = lambda flight: flight.purchase.clock

    def names(self, flight: str) -> bool:
        return any(flight in (rule.action.flight, rule.action.to) for rule in self.rules)

    def acts(self, flight: str, *kinds: str) -> list[Any]:
        """Return what was done to a flight, from the first to the last."""
        done = [rule.action for _, rule in self.fired]
        return [action for action in done if action.act in kinds and action.flight == flight]

    def is_paused(self, flight: str) -> bool:
        acts = self.acts(flight, "pause", "resume")
        return bool(acts) and acts[-1].act == "pause"

    def skips(self, flight: str, met: list[Any]) -> bool:
        if self.is_paused(flight):
            self.seen["paused"] += len(met)
            return True
        self.seen["resumed"] += len(met) if self.acts(flight, "resume") else 0
        return False

    def paid(self, flight: Any) -> Any:
        buy = flight.purchase._replace(clock=self.moved(flight))
        for swap in self.acts(flight.name, "swap_message"):
            self.seen["swapped"] += 1
            attention = self._attention(flight.audience, swap.attention)
            buy = buy._replace(message=swap.message, attention=attention)
        return replace(flight, purchase=buy)

    def _attention(self, audience: Any, by_segment: Any) -> dict[int, float]:
        """Return α of each group of a flight's people: that of their segment."""
        people = zip(audience.segment.tolist(), audience.rows.tolist(), strict=True)
        return {group: float(by_segment[self.segment[row]]) for group, row in people}

    def own(self, flight: Any) -> Any:
        owner = flight.owner
        for swap in self.acts(flight.name, "swap_message"):
            self.seen["swapped own"] += 1
            attention = self._attention(owner.audience, swap.attention)
            owner = owner._replace(message=swap.message, attention=attention)
        return replace(flight, owner=owner)

    def react(self, day: int, tally: dict[str, Any], channels: Any, sizes: list[int], w: float) -> None:
        holds = {}
        for rule in self.rules:
            value = gauge(rule.metric, rule.channel, rule.group, tally, channels, sizes, w)
            is_looking = rule.first_day <= day <= rule.last_day
            holds[rule.name] = is_looking and value is not None and rule.holds(value)
        self.told.append(holds)
        for rule in self.rules:
            before = [d for d, other in self.fired if other is rule]
            if before and rule.once:
                continue
            since = max(before, default=0)
            run = self.told[max(since, day - rule.for_days) : day]
            if len(run) == rule.for_days and all(there[rule.name] for there in run):
                self.seen["fired again"] += bool(before)
                self.fired.append((day, rule))


def gauge(
    metric: str, channel: str, group: int, tally: dict[str, Any], channels: Any, sizes: list[int], w: float
) -> float | None:
    """Return an indicator from the counts so far; None where it is undefined."""

    def of(by_segment: list[int]) -> int:
        return sum(by_segment) if group == 0 else by_segment[group - 1]

    people, c = of(sizes), len(channels) if channel == "all" else channels.index(channel)
    paid = tally["contacts"][0]
    n_contacts = sum(of(row) for row in paid) if channel == "all" else of(paid[c])
    if metric == "net_sentiment":
        good, ill, _ = (of(row) for row in tally["heard"])
        return (good - ill) / (good + ill) if good + ill else None
    if metric == "reach":
        return of([counts[0] for counts in tally["reach"][c]]) / people if people else None
    if metric == "complaints_heard":
        return w * of(tally["complaints"][1])
    if metric == "contacts":
        return w * n_contacts
    if metric == "awareness":
        return sum(of(row) for row in tally["stages"][1:]) / people if people else None
    raise KeyError(metric)
