"""Which message waits for which: `after` as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class Order:
    """Hold the messages that others wait for.

    Parameters
    ----------
    columns : int16[n_messages]     number of the message among those waited for; -1: nobody waits for it
    waits_for : int16[n_messages]   number of the message that it waits for; -1: it waits for none
    """

    columns: npt.NDArray[np.int16]
    waits_for: npt.NDArray[np.int16]

    @property
    def n_awaited(self) -> int:
        """Number of messages that others wait for."""
        return int(self.columns.max()) + 1


def order_of(scenario: Scenario, sent: Iterable[str]) -> Order | None:
    """Return the order among messages; None where nothing that is sent (names) waits for another."""
    names = sorted(scenario.messages)
    after = {name: scenario.messages[name].after for name in set(sent)}
    awaited = sorted({earlier for earlier in after.values() if earlier is not None})
    if not awaited:
        return None
    columns, waits_for = (np.full(len(names), -1, np.int16) for _ in range(2))
    for name, earlier in after.items():
        if earlier is not None:
            waits_for[names.index(name)] = awaited.index(earlier)
            columns[names.index(earlier)] = awaited.index(earlier)
    for array in (columns, waits_for):
        array.setflags(write=False)
    return Order(columns, waits_for)
