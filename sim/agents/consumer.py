"""One person as a Mesa agent: a view of one row, made when asked for and never registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, Protocol

import mesa
import numpy as np
import numpy.typing as npt

from sim.errors import ColumnError, Fault, PregonError


class Columns(Protocol):
    """What a view reads and writes: the public by column (see `sim.columns.Table`)."""

    columns: Mapping[str, Any]
    everyone: npt.NDArray[np.int64]

    def read(self, name: str, rows: Any) -> Any:
        """Return a column at some rows."""

    def write(self, name: str, rows: Any, values: Any) -> None:
        """Set a column at some rows."""

    def family(self, prefix: str) -> list[str]:
        """Return the second halves of names ``prefix.…``."""


class Host(Protocol):
    """What a view needs of its model."""

    table: Columns

    def next_order_key(self) -> np.uint64:
        """Return the luck of the next shuffle."""


def _column(name: str, meaning: str) -> Any:
    """Return a property that reads and writes one column of the view's row."""

    def read(person: Consumer) -> Any:
        return person.model.table.read(name, person.row)

    def write(person: Consumer, value: Any) -> None:
        person.model.table.write(name, person.row, value)

    return property(read, write, doc=meaning)


class Consumer(mesa.Agent):  # type: ignore[misc]
    """See one person of the public: reading and writing goes straight to the world's arrays.

    Two views of the same row are equal. A view keeps nothing of its own: it is made in a microsecond, may be
    thrown away at any time, and Mesa does not count it. Attributes of the modeller's own are added for
    everyone by ``model.add_column``.

    Parameters
    ----------
    model : AudienceModel
    row : int
        Row of the public, from 0.

    Attributes
    ----------
    unique_id : str or int             id of a people file, else the row number
    contacts : dict of str to int      paid contacts so far, by channel
    usage : dict of str to float       visits per day, by channel
    followers : dict of str to int     people who hear this one, by layer
    level : dict of str to str         level of influence (everyday, nano … mega), by layer

    Examples
    --------
    >>> model = AudienceModel("scenarios/launch.yaml")  # doctest: +SKIP
    >>> person = model.agents[0]                        # doctest: +SKIP
    >>> person.trust = 0.9                              # doctest: +SKIP
    >>> person.contacts["tv"]                           # doctest: +SKIP
    """

    __slots__ = ("model", "row")

    # Mesa's own `__init__` would register the agent and number it; views must not be counted.
    def __init__(self, model: Host, row: int):
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "row", row)

    segment = _column("segment", "Name of the segment.")
    stage = _column("stage", "unaware, aware, considering or adopter.")
    is_aware = _column("is_aware", "Knows the product; may be written.")
    is_adopter = _column("is_adopter", "Has adopted.")
    adopted_on = _column("adopted_on", "Day of adoption; 0 before the start, -1 not.")
    trust = _column("trust", "Trust in the brand, 0 to 1; may be written.")
    attitude = _column("attitude", "Attitude to the product, -1 to 1; may be written.")
    memory = _column("memory", "Memory of what was attended, as of today; may be written.")
    wear = _column("wear", "Weariness of the brand's messages, as of today; may be written.")
    engagement = _column("engagement", "Participation relative to the mean; may be written.")
    availability = _column("availability", "Factor on the adoption hazard; may be written.")
    n_contacts = _column("n_contacts", "Paid contacts so far on all channels.")
    is_met = _column("is_met", "Had a contact of any kind.")
    is_sharer = _column("is_sharer", "Has passed something on.")
    last_message = _column("last_message", "Message attended last; '' for none.")
    unique_id = _column("unique_id", "Id of a people file, else the row number.")

    @property
    def contacts(self) -> dict[str, int]:
        """Paid contacts so far, by channel."""
        return self._family("contacts")

    @property
    def usage(self) -> dict[str, float]:
        """Visits per day, by channel."""
        return self._family("usage")

    @property
    def followers(self) -> dict[str, int]:
        """People who hear this one, by layer."""
        return self._family("followers")

    @property
    def level(self) -> dict[str, str]:
        """Level of influence, by layer."""
        return self._family("level")

    def _family(self, prefix: str) -> dict[str, Any]:
        table = self.model.table
        return {name: table.read(f"{prefix}.{name}", self.row) for name in table.family(prefix)}

    def __getattr__(self, name: str) -> Any:
        """Read any further column: ``usage.tv`` as a name of a reporter, or one that was added."""
        if name.startswith("__") or name in Consumer.__slots__:
            raise AttributeError(name)
        return self.model.table.read(name, self.row)

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a column; refuse what a view could not keep."""
        if isinstance(getattr(type(self), name, None), property):
            object.__setattr__(self, name, value)
        elif name in self.model.table.columns:
            self.model.table.write(name, self.row, value)
        else:
            wanted = "want a column: a view keeps nothing of its own"
            raise ColumnError(
                Fault(f"person.{name}", "no such column", wanted, f"model.add_column({name!r}, …)")
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Consumer) and other.model is self.model and other.row == self.row

    def __hash__(self) -> int:
        return hash((id(self.model), self.row))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.unique_id!r}, {self.segment}, {self.stage})"

    def __reduce__(self) -> tuple[type[Consumer], tuple[Host, int]]:
        return type(self), (self.model, self.row)

    def remove(self) -> NoReturn:
        """Refuse: the people of a public are the same in every world."""
        raise PregonError("nobody leaves a public; work on `model.agents.select(…)` instead")

    @classmethod
    def create_agents(cls, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: people come from the scenario."""
        raise PregonError("people are made by the scenario's `audience`; write `audience.agents` there")

    from_dataframe = create_agents
