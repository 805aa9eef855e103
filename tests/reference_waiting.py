"""Messages that come after another, one contact at a time: twin of sim.kernels.order."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.reference_delivery import Contact


class Order:
    """Remember who attended what, and when first.

    Attributes
    ----------
    first : dict of (person, message) to day     first attended contact
    lost : list of Contact                       those that came too early
    """

    def __init__(self, order: Any, seen: Counter[str]):
        self.earlier: dict[int, int] = {}
        if order is not None:
            columns, waits_for = order.columns.tolist(), order.waits_for.tolist()
            self.earlier = {v: columns.index(c) for v, c in enumerate(waits_for) if c >= 0}
        self.first: dict[tuple[int, int], int] = {}
        self.lost: list[Contact] = []
        self.kept: Counter[tuple[str, int, int]] = Counter()  # of a flight with a person in a window
        self.seen = seen

    def waits(self, message: int) -> bool:
        return message in self.earlier

    def note(self, attended: list[Contact], day: int) -> None:
        for contact in attended:
            self.first.setdefault((contact.person, contact.message), day)

    def eligible(self, contacts: list[Contact], day: int, flight: str, buy: Any = None) -> list[Contact]:
        """Return the contacts of people who attended the earlier message before today, as far as the cap goes."""
        out = []
        for contact in contacts:
            if self.first.get((contact.person, self.earlier[contact.message]), day) >= day:
                self.seen["too early"] += 1
                self.lost.append(contact)
                continue
            if buy is not None and not self._has_room(contact, day, flight, buy):
                self.seen["waited and capped"] += 1
                continue
            self.seen[f"late enough, kind {contact.kind}"] += 1
            out.append(contact)
        return out

    def within_cap(self, contacts: list[Contact], day: int, flight: str, buy: Any) -> list[Contact]:
        """Return the contacts that the cap of a flight that rules may change has room for, counted as they come."""
        out = [contact for contact in contacts if self._has_room(contact, day, flight, buy)]
        self.seen["capped as it goes"] += len(contacts) - len(out)
        return out

    def _has_room(self, contact: Contact, day: int, flight: str, buy: Any) -> bool:
        block = flight, contact.person, (day - buy.first_day) // buy.per_days
        if buy.cap and self.kept[block] == buy.cap:
            return False
        self.kept[block] += 1
        return True


TWINS: dict[str, Any] = {
    "order.note_attended": Order.note,
    "order.drop_early": Order.eligible,
    "quota.keep_within": Order.within_cap,
}
