"""The public of one world by columns: what people are and have become, read and written by name."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.errors import ColumnError, Fault, InputError, did_you_mean, listed
from sim.kernels import reception
from sim.kernels.state import (
    ADOPTER,
    AWARE,
    CONSIDERING,
    HAS_MET,
    IS_SHARER,
    UNAWARE,
    UNITS,
)
from sim.network.graph import TieLayer
from sim.network.influence import LEVELS, influence, levels
from sim.world import World

Array = npt.NDArray[Any]
Rows = int | slice | npt.NDArray[np.int64]
STAGES = ("unaware", "aware", "considering", "adopter")


@dataclass(frozen=True, slots=True)
class Column:
    """Say what a column holds, how it is read, and how it is written.

    Parameters
    ----------
    meaning : str
    read : callable
        ``read(world, rows)``: the values of those rows; one value for one row.
    write : callable, optional
        ``write(world, rows, values)`` with rows int64[n] and values [n]; absent: read only.
    low, high : float
        Legal range of what is written.
    """

    meaning: str
    read: Callable[[World, Rows], Any]
    write: Callable[[World, Array, Array], None] | None = None
    low: float = 0.0
    high: float = np.inf


class Table:
    """Read and write the people of a world column by column.

    Parameters
    ----------
    world : World
    own : mapping of str to array[n_people], optional
        Columns that a modeller added.

    Attributes
    ----------
    columns : dict of str to Column
        ``contacts.<channel>``, ``usage.<channel>``, ``followers.<layer>``, ``influence.<layer>``, ``level.<layer>``
        and ``file.<column of a people file>`` beside the plain names.
    everyone : int64[n_people]
        All rows, read-only; reading at this very array is quickest.
    n_writes : int
        How often something was written.
    """

    def __init__(self, world: World, own: Mapping[str, Array] | None = None):
        self.world, self.own, self.n_writes = world, dict(own or {}), 0
        self.columns = {**PLAIN, **_by_channel(world), **_by_layer(world), **_of_file(world)}
        self.columns |= {name: _added(name, values) for name, values in self.own.items()}
        self.everyone = np.arange(world.public.population.n_people)
        self.everyone.setflags(write=False)

    def __reduce__(self) -> tuple[type[Table], tuple[World, dict[str, Array]]]:
        return type(self), (self.world, self.own)

    def read(self, name: str, rows: Rows) -> Any:
        """Return a column at some rows: an array, or for one row a plain value.

        Raises
        ------
        ColumnError
            If there is no such column.
        """
        if name not in self.columns:
            raise ColumnError(self._unknown(name))
        if rows is self.everyone:
            # A slice is many times cheaper than a gather; the copy keeps the world from being written by chance.
            return np.array(self.columns[name].read(self.world, slice(None)))
        value = self.columns[name].read(self.world, rows)
        return value.item() if isinstance(value, np.generic) else value

    def family(self, prefix: str) -> list[str]:
        """Return the second halves of all names ``prefix.…``."""
        return [name[len(prefix) + 1 :] for name in self.columns if name.startswith(f"{prefix}.")]

    def write(self, name: str, rows: Rows, values: npt.ArrayLike) -> None:
        """Set a column at some rows, and every count that follows from it.

        Raises
        ------
        ColumnError
            If there is no such column or it cannot be written.
        InputError
            If the values are too many or too few, of another kind, or out of range.
        """
        column = self.columns.get(name)
        if column is None:
            raise ColumnError(self._unknown(name))
        if column.write is None:
            free = [name for name, column in self.columns.items() if column.write]
            raise ColumnError(Fault(name, "cannot be written", f"want one of {listed(free)}", column.meaning))
        where = np.atleast_1d(self.everyone[rows])
        self.n_writes += 1
        column.write(self.world, where, _fitting(name, values, len(where), column))

    def add(self, name: str, values: npt.ArrayLike) -> None:
        """Give everyone a value of their own making, to be read and written like the others.

        Raises
        ------
        ColumnError
            If the name is taken, or no name.
        InputError
            If there are not as many values as people.
        """
        if name in self.columns or not name.isidentifier():
            taken = "is taken" if name in self.columns else "is no name"
            raise ColumnError(Fault(f"column {name}", taken, "want a new name of letters, digits and _"))
        given = np.asarray(values)
        if given.ndim and given.shape != self.everyone.shape:
            raise InputError(_wrong_count(name, given, len(self.everyone)))
        if given.dtype.kind in "US":  # texts of any length, not only those of the first ones
            given = given.astype(object)
        self.own[name] = np.array(np.broadcast_to(given, self.everyone.shape))
        self.columns[name] = _added(name, self.own[name])

    def _unknown(self, name: str) -> Fault:
        return Fault(
            f"column {name}",
            "a person has no such column",
            f"want one of {listed(self.columns, most=40)}",
            did_you_mean(name, self.columns),
        )


def _wrong_count(name: str, given: Array, n: int) -> Fault:
    return Fault(name, f"values of shape {given.shape}", f"want one value, or {n}: one per person")


def _fitting(name: str, values: npt.ArrayLike, n: int, column: Column) -> Array:
    given = np.asarray(values)
    if given.ndim and given.shape != (n,):
        raise InputError(_wrong_count(name, given, n))
    if name not in PLAIN:
        return np.broadcast_to(given, (n,))
    if given.dtype.kind not in "biuf":
        raise InputError(Fault(name, f"values of type {given.dtype}", f"want numbers: {column.meaning}"))
    legal = np.isfinite(given) & (given >= column.low) & (given <= column.high)
    if not legal.all():
        first = given[~legal].ravel()[0] if given.ndim else given
        got = f"{first}, and {np.count_nonzero(~legal) - 1} more such" if given.ndim else f"{first}"
        raise InputError(Fault(name, got, f"want {column.low:g} to {column.high:g}: {column.meaning}"))
    return np.broadcast_to(given, (n,))


def _field(name: str) -> Callable[[World, Rows], Any]:
    return lambda world, rows: world.people.record[name][rows]


def _trait(name: str) -> Callable[[World, Rows], Any]:
    return lambda world, rows: getattr(world.people, name)[rows]


def _set_trait(name: str) -> Callable[[World, Array, Array], None]:
    def write(world: World, rows: Array, values: Array) -> None:
        getattr(world.people, name)[rows] = values

    return write


def _adopted_on(world: World, rows: Rows) -> Any:
    return world.adoption_days()[rows]


def _faded(name: str) -> Callable[[World, Rows], Any]:
    """Read what fades lazily as it stands today: records hold it as of the day they were touched."""

    def read(world: World, rows: Rows) -> Any:
        record, habits = world.people.record, world.public.habits
        left = habits.memory_left if name == "memory" else habits.wear_left
        return record[name][rows] * left[world.day - record["touched"][rows]]

    return read


def _set_faded(name: str) -> Callable[[World, Array, Array], None]:
    def write(world: World, rows: Array, values: Array) -> None:
        record = world.people.record
        for field in ("memory", "wear"):
            record[field][rows] = _faded(field)(world, rows)
        record["touched"][rows] = world.day
        record[name][rows] = values

    return write


def _units(values: Array) -> npt.NDArray[np.int64]:
    """Return values in the integer units that tallies count in, as the kernels round them."""
    return np.floor(values * UNITS + 0.5).astype(np.int64)


def _set_counted(world: World, name: str, rows: Array, values: Array) -> None:
    """Write trust or attitude and keep its sum by segment true."""
    record = world.people.record
    before = _units(record[name][rows])
    record[name][rows] = values
    np.add.at(getattr(world.tally, name), record["segment"][rows], _units(record[name][rows]) - before)


def _set_trust(world: World, rows: Array, values: Array) -> None:
    _set_counted(world, "trust", rows, values)


def _set_attitude(world: World, rows: Array, values: Array) -> None:
    """Write attitude; who is aware and has not adopted considers, or no longer does, at once."""
    _set_counted(world, "attitude", rows, values)
    stage = world.people.record["stage"][rows]
    open_minded = rows[(stage == AWARE) | (stage == CONSIDERING)]
    _move(world, open_minded, _stage_by_attitude(world, open_minded))


def _stage_by_attitude(world: World, rows: Array) -> Array:
    attitude = world.people.record["attitude"][rows]
    return np.where(attitude >= world.public.habits.consider_at, CONSIDERING, AWARE)


def _move(world: World, rows: Array, stages: Array) -> None:
    record, count = world.people.record, world.tally.stages
    segment = record["segment"][rows]
    np.subtract.at(count, (record["stage"][rows], segment), 1)
    np.add.at(count, (stages, segment), 1)
    record["stage"][rows] = stages


def _set_aware(world: World, rows: Array, values: Array) -> None:
    """Make people aware, or let them forget just as the day's step would."""
    wanted, stage = values.astype(bool), world.people.record["stage"][rows]
    stuck = np.count_nonzero(~wanted & (stage == ADOPTER))
    if stuck:
        raise InputError(Fault("is_aware", f"false for {stuck} adopters", "want true: adopters stay aware"))
    told = rows[wanted & (stage == UNAWARE)]
    reception.make_aware(told, world.luck, world.people, world.public.habits, world.tally)
    _forget(world, rows[~wanted & (stage != UNAWARE)])


def _forget(world: World, rows: Array) -> None:
    """Let people lose awareness with the very draws of the day's step."""
    people = world.people
    listed = people.aware_list[: people.n_aware[0]]
    places = np.flatnonzero(np.isin(people.course["row"][listed], rows))
    # From the end of the list on, so that the person put in a place is one already looked at.
    for place in places[::-1]:
        reception.lose_awareness(place, world.luck, people, world.tally)


def _segment(world: World, rows: Rows) -> Any:
    return np.array(world.public.population.segment_names)[world.people.record["segment"][rows]]


def _last_message(world: World, rows: Rows) -> Any:
    names = np.array((*world.campaign.message_names, ""))  # -1 reads the last: none attended
    said = world.people.record["last_variant"][rows]
    return names[np.where(said < 0, -1, world.variants.lineage[said])]


def unique_id(world: World, rows: Rows) -> Any:
    """Return the ids of people: those of a people file or of a layer's file, else row numbers."""
    population, network = world.public.population, world.public.network
    ids = population.ids or network.ids
    if ids is None or len(ids) < population.n_people:
        return np.arange(population.n_people)[rows] if not isinstance(rows, int) else rows
    return ids[rows] if isinstance(rows, int) else np.array(ids)[rows]


def _flag(flag: np.uint8) -> Callable[[World, Rows], Any]:
    return lambda world, rows: (world.people.record["flags"][rows] & flag) != 0


def _uid(world: World, rows: Rows) -> Any:
    return world.public.population.uid[rows]


PLAIN = {
    "uid": Column("64-bit name that a person's luck is keyed with", _uid),
    "unique_id": Column("id of a people file, else the row number", unique_id),
    "segment": Column("name of the segment; drawn with the public", _segment),
    "stage": Column(
        f"one of {', '.join(STAGES)}; follows from is_aware, attitude and adoption",
        lambda world, rows: np.array(STAGES)[world.people.record["stage"][rows]],
    ),
    "is_aware": Column(
        "knows the product", lambda world, rows: world.people.record["stage"][rows] != UNAWARE, _set_aware, 0, 1
    ),
    "is_adopter": Column(
        "has adopted; the day's step decides", lambda world, rows: world.people.record["stage"][rows] == ADOPTER
    ),
    "adopted_on": Column("day of adoption, 0 before the start, -1 not; the day's step decides", _adopted_on),
    "trust": Column("trust in the brand", _field("trust"), _set_trust, 0, 1),
    "attitude": Column("attitude to the product", _field("attitude"), _set_attitude, -1, 1),
    "memory": Column("memory of what was attended, as of today", _faded("memory"), _set_faded("memory")),
    "wear": Column("weariness of the brand's messages, as of today", _faded("wear"), _set_faded("wear")),
    "engagement": Column("participation relative to the mean", _trait("engagement"), _set_trait("engagement")),
    "availability": Column("factor on the adoption hazard", _trait("availability"), _set_trait("availability")),
    "n_contacts": Column("paid contacts so far; counted", _field("n_paid")),
    "is_met": Column("had a contact of any kind; counted", _flag(HAS_MET)),
    "is_sharer": Column("has passed something on; counted", _flag(IS_SHARER)),
    "last_message": Column("message attended last, '' for none; counted", _last_message),
}  # fmt: skip


def _by_channel(world: World) -> dict[str, Column]:
    out = {}
    for c, name in enumerate(world.public.population.channel_names):
        out[f"contacts.{name}"] = Column("paid contacts on the channel so far; counted", _contacts(c))
        out[f"usage.{name}"] = Column("visits per day; drawn with the public", _usage(c))
    return out


def _contacts(channel: int) -> Callable[[World, Rows], Any]:
    return lambda world, rows: world.people.paid_contacts[:, channel][rows]


def _usage(channel: int) -> Callable[[World, Rows], Any]:
    return lambda world, rows: world.public.population.usage[channel][rows]


def _by_layer(world: World) -> dict[str, Column]:
    meaning = "people who hear this one on the layer; drawn with the public"
    out = {}
    for name, layer in world.public.network.layers.items():
        out[f"followers.{name}"] = Column(meaning, _followers(layer))
        if not layer.is_well_mixed:
            strength = "followers × how far they believe, Σ of the ties' weights; drawn with the public"
            out[f"influence.{name}"] = Column(strength, _influence(layer))
            told = f"level of influence on the layer, one of {', '.join(LEVELS)}; drawn with the public"
            out[f"level.{name}"] = Column(told, _level(layer))
    return out


def _influence(layer: TieLayer) -> Callable[[World, Rows], Any]:
    of_all = functools.cache(lambda: influence(layer))  # a sum over all ties, when it is first asked for
    return lambda world, rows: of_all()[rows]


def _level(layer: TieLayer) -> Callable[[World, Rows], Any]:
    def read(world: World, rows: Rows) -> Any:
        return np.array(LEVELS)[levels(layer, world.public.population.people_per_agent)[rows]]

    return read


def _followers(layer: TieLayer) -> Callable[[World, Rows], Any]:
    if layer.is_well_mixed:
        return lambda world, rows: np.full(len(world.people.record), len(world.people.record) - 1)[rows]
    return lambda world, rows: layer.out_ptr[1:][rows] - layer.out_ptr[:-1][rows]


def _of_file(world: World) -> dict[str, Column]:
    columns = world.public.population.columns
    meaning = "column of the people file"
    return {
        f"file.{name}": dataclasses.replace(_added(name, values), meaning=meaning, write=None)
        for name, values in columns.items()
    }


def _added(name: str, values: Array) -> Column:
    def write(world: World, rows: Array, given: Array) -> None:
        if not np.can_cast(given.dtype, values.dtype, "same_kind"):
            wanted = f"want {values.dtype}, as the column was added with"
            raise InputError(Fault(name, f"values of type {given.dtype}", wanted))
        values[rows] = given

    return Column(f"{name}, added by the modeller", lambda world, rows: values[rows], write)
