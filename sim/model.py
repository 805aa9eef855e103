"""The public as a Mesa model: one world, stepped and collected the Mesa way."""

from __future__ import annotations

import copy
import dataclasses
import json
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import mesa
import numpy as np
import numpy.typing as npt

from sim.agents.consumer import Consumer
from sim.agents.consumer_set import ConsumerSet
from sim.campaign.compile import Campaign, compile_campaign
from sim.columns import Table
from sim.errors import ColumnError, Fault, InputError, PregonError, did_you_mean
from sim.kernels.state import ADOPTER, UNITS, Tally
from sim.luck_keys import order_key, world_key
from sim.public import Public, build_public
from sim.results.cascade_frames import cascade_frame, variant_frame
from sim.results.cascades import read_cascades
from sim.results.indicators import Ledger, Row, open_ledger, read, settled, stocks_of
from sim.results.learning import read_learning
from sim.results.paths import path_frame
from sim.results.rules import read_rules
from sim.results.watch import Watch
from sim.scenario.metrics import ALL
from sim.scenario.schema import Scenario
from sim.world import DAY, World

if TYPE_CHECKING:
    from sim.results.cascade_frames import DataFrame

__all__ = ["DAY", "AudienceModel", "indicator"]


class AudienceModel(mesa.Model):  # type: ignore[misc]
    """Live one world of a scenario, one day per step.

    Parameters
    ----------
    scenario : Scenario, path or mapping
        A scenario, its file, or what would stand in the file.
    replication : int
        Which world: the same number gives the same luck as in ``run``.
    public : Public, optional
        A public built before for the same audience and network; built here where absent.
    rng : None
        Mesa's `batch_run` hands it over. Luck is named by master seed and replication, so nothing else is taken.
    model_reporters, agent_reporters : mapping, optional
        What the data collector asks for each day beside `REPORTERS`, as Mesa's DataCollector takes it.
    **kwargs
        Values of the scenario by their address: ``**{"plan.flights.teaser.budget": 90_000}``, or ``days=90``.

    Attributes
    ----------
    lived : Scenario                    the scenario, changes included
    world : World                       arrays, tallies, time spent in each step of ``DAY``
    table : Table                       people by column
    datacollector : mesa.DataCollector  reach, awareness, consideration, adoption, attitude by day
    consumer_type : type of Consumer    what iterating over ``agents`` makes; a subclass may set its own

    Raises
    ------
    InputError
        Bad scenario, data, address or replication.

    Examples
    --------
    >>> model = AudienceModel("scenarios/launch.yaml", days=90)  # doctest: +SKIP
    >>> model.step()                                             # doctest: +SKIP
    >>> model.agents.agg("trust", max)                           # doctest: +SKIP
    >>> model.datacollector.get_model_vars_dataframe()           # doctest: +SKIP
    """

    consumer_type: type[Consumer] = Consumer

    # Mesa's page takes further parameters only by the name `kwargs`.
    def __init__(
        self,
        scenario: Scenario | str | os.PathLike[str] | Mapping[str, Any],
        replication: int = 0,
        public: Public | None = None,
        *,
        rng: None = None,
        model_reporters: Mapping[str, Any] | None = None,
        agent_reporters: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ):
        lived = _asked_for(scenario, kwargs)
        replication = _whole(replication, rng)
        key = world_key(lived.master_seed, replication)
        # The model draws nothing from Mesa's generators; a modeller's own steps find them different in each world.
        super().__init__(rng=int(key))
        self.lived, self.replication = lived, replication
        self.public = public if public is not None else build_public(lived, replication % lived.publics)
        self.campaign: Campaign = compile_campaign(lived, self.public)
        self.world = World(self.public, self.campaign, key, lived.days)
        self.table = Table(self.world)
        self._ledger: Ledger = open_ledger(self.public, self.campaign, lived)
        self._without: World | None = None
        self._read: tuple[tuple[int, int], dict[Row, float]] | None = None
        self._orders = (0, 0)  # day, shuffles on it
        self.datacollector = mesa.DataCollector(
            model_reporters={**REPORTERS, **(model_reporters or {})},
            agent_reporters={name: _portable(asked) for name, asked in (agent_reporters or {}).items()},
        )

    @property
    def scenario(self) -> NoReturn:
        """Refuse: from 3.5 on, `scenario` is Mesa's name for parameters of its own; see ``lived``."""
        # An AttributeError, so that Mesa's page finds none and makes the model anew from its parameters.
        raise AttributeError("the scenario of an AudienceModel is its `lived`")

    @scenario.setter
    def scenario(self, given: Any) -> None:
        if "lived" in self.__dict__:
            raise AttributeError("a model lives one scenario: make another model")
        # Mesa hands its own over while it starts; nothing here asks for it.

    @property
    def agents(self) -> ConsumerSet:
        """Everyone of the public, by row."""
        return ConsumerSet(self, self.table.everyone, self.consumer_type)

    @property
    def agent_types(self) -> list[type]:
        """The type of the public's people, and of what agents else were registered."""
        return list(self.agents_by_type)

    @property
    def agents_by_type(self) -> dict[type, Any]:
        """The public, and agents of other types that were registered, by type."""
        return {self.consumer_type: self.agents, **super().agents_by_type}

    def add_column(self, name: str, values: npt.ArrayLike) -> None:
        """Give every person a value of the modeller's own: one for all, or one each.

        Raises
        ------
        ColumnError
            If the name is taken, or no name.
        InputError
            If there are not as many values as people.
        """
        if hasattr(self.consumer_type, name) or name in ("model", "row"):
            raise ColumnError(
                Fault(f"column {name}", "is taken", "want a name that Mesa and Consumer do not use")
            )
        self.table.add(name, values)

    def next_order_key(self) -> np.uint64:
        """Return the luck of the next shuffle: keyed with world, day and how many that day has seen."""
        day, nth = self._orders
        nth = nth + 1 if day == self.world.day else 0
        self._orders = self.world.day, nth
        return order_key(self.world.key, self.world.day, nth)

    def step(self) -> None:
        """Live one day and collect; after the last day the model stops running.

        Raises
        ------
        PregonError
            If all days are lived.
        """
        if self.world.day >= self.world.days:
            raise PregonError(f"all {self.world.days} days are lived; make the model with more: days=…")
        self.world.step()
        self.running = self.world.day < self.world.days
        self.datacollector.collect(self)

    def run(self) -> World:
        """Live all days left and return the world."""
        while self.world.day < self.world.days:
            self.step()
        return self.world

    def indicators(self) -> dict[Row, float]:
        """Return every indicator as of today, by (metric, segment, channel), as ``run`` tells it on its last day.

        Returns
        -------
        dict
            What one world tells by itself: not the objectives, nor ``marginal_roi``, the seeding value and the
            response curve, which want whole runs of further worlds. Lifts are against the same world without
            the plan, which is lived beside from the first time this is asked.
        """
        now = self.world.day, self.table.n_writes
        if self._read is None or self._read[0] != now:
            self._read = now, self._indicators()
        return self._read[1]

    def _indicators(self) -> dict[Row, float]:
        if self._without is None:
            campaign = compile_campaign(self.lived, self.public, self.lived.plan.baseline)
            self._without = World(self.public, campaign, self.world.key, self.world.days)
        while self._without.day < self.world.day:
            self._without.step()
        today, without = (Tally(*(count[None] for count in w.tally)) for w in (self.world, self._without))
        record = self.world.people.record
        ledger = settled(self._ledger, self.world)
        told = read(ledger, today, stocks_of(without), record["channels_met"], self.public.population.segment)
        read_cascades(told, self.world)
        read_learning(told, self.world)
        read_rules(told, self.world.reactions)
        values = np.concatenate([*(block[0] for block in told.daily), *told.last])
        return dict(zip([*told.daily_rows, *told.last_rows], values.tolist(), strict=True))

    def cascades(self) -> DataFrame:
        """Return who passed which message to whom so far: see `sim.results.cascade_frames.cascade_frame`."""
        return cascade_frame(self.world)

    def variants(self) -> DataFrame:
        """Return the messages and what people made of them: see `sim.results.cascade_frames.variant_frame`."""
        return variant_frame(self.world)

    def path(self, row: int) -> DataFrame:
        """Return what happened to one person so far: see `sim.results.paths.path_frame`.

        Parameters
        ----------
        row : int
            Row number, as ``agents`` have it.

        Raises
        ------
        PregonError
            If people were written to: the world is lived again for it, and would be another.
        InputError
            If there is no such row.
        """
        n_people = self.public.population.n_people
        if not 0 <= row < n_people:
            raise InputError(Fault("path", f"row {row}", f"want a row from 0 to {n_people - 1}"))
        if self.table.n_writes:
            raise PregonError(
                "people of this model were written to: a path is told of a world as it goes by itself"
            )
        watch = Watch(World(self.public, self.campaign, self.world.key, self.world.days), [row])
        watch.live(until=self.world.day)
        return path_frame(watch, row)

    def __copy__(self) -> AudienceModel:
        return copy.deepcopy(self)  # a shallow copy would step the original: Mesa binds `step` to it

    def __deepcopy__(self, memo: dict[int, Any]) -> AudienceModel:
        """Return a model that lives on from today by itself, on the same read-only public."""
        fixed = [self.lived, self.public, self.campaign, self._ledger]
        if self._without is not None:
            fixed.append(self._without.campaign)
        memo.update({id(part): part for part in fixed})
        new = type(self).__new__(type(self))
        memo[id(self)] = new
        new.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return new

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_locks": [array.flags.writeable for array in self._shared()]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        locks = state.pop("_locks")
        self.__dict__.update(state)
        # A pickle forgets what is read-only, and kernels would be compiled again for arrays that are not.
        for array, is_open in zip(self._shared(), locks, strict=True):
            array.setflags(write=is_open)

    def _shared(self) -> Iterator[npt.NDArray[Any]]:
        return _arrays(
            [
                self.public,
                self.campaign,
                self.world.reactions.changed,
                self._without and self._without.campaign,
            ]
        )


def _arrays(part: Any) -> Iterator[npt.NDArray[Any]]:
    """Yield every array inside dataclasses, tuples, lists and mappings."""
    if isinstance(part, np.ndarray):
        yield part
    elif dataclasses.is_dataclass(part):
        for field in dataclasses.fields(part):
            yield from _arrays(getattr(part, field.name))
    elif isinstance(part, list | tuple):
        for item in part:
            yield from _arrays(item)
    elif isinstance(part, Mapping):
        yield from _arrays(list(part.values()))


def _asked_for(given: Any, changes: Mapping[str, Any]) -> Scenario:
    """Return the scenario of whatever names one, with values set at addresses."""
    texts = [f"{address}={json.dumps(value, default=_plain)}" for address, value in changes.items()]
    if isinstance(given, Scenario):
        if not texts:
            return given
        return Scenario.from_dict(given.model_dump(mode="json", exclude_unset=True), given.folder, texts)
    if isinstance(given, Mapping):
        return Scenario.from_dict(given, overrides=texts)
    if isinstance(given, str | os.PathLike):
        return Scenario.load(given, texts)
    wanted = "want a Scenario, the path of a file, or a mapping"
    raise InputError(Fault("scenario", f"a {type(given).__name__}", wanted, "in batch_run: [scenario]"))


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else str(value)


def _whole(replication: Any, rng: Any) -> int:
    faults = []
    if isinstance(replication, bool) or not isinstance(replication, int | np.integer) or replication < 0:
        faults.append(Fault("replication", f"{replication!r}", "want a whole number from 0"))
    if rng is not None:
        wanted = "want None: luck is named by master_seed and replication"
        faults.append(Fault("rng", f"{rng!r}", wanted, "vary replication=range(n)"))
    if faults:
        raise InputError(faults)
    return int(replication)


class _Attribute:
    """Report an attribute of an agent: unlike the function Mesa makes of a name, it can be pickled."""

    def __init__(self, name: str):
        self.name = name

    def __call__(self, agent: Any) -> Any:
        return getattr(agent, self.name)


class _Asked:
    """Report what a function with further arguments says of an agent."""

    def __init__(self, function: Callable[..., Any], arguments: list[Any]):
        self.function, self.arguments = function, arguments

    def __call__(self, agent: Any) -> Any:
        return self.function(agent, *self.arguments)


def _portable(reporter: Any) -> Any:
    if isinstance(reporter, str):
        return _Attribute(reporter)
    return _Asked(*reporter) if isinstance(reporter, list) else reporter


def indicator(metric: str, segment: str = ALL, channel: str = ALL) -> partial[float]:
    """Return a model reporter of one indicator of `AudienceModel.indicators`.

    Examples
    --------
    >>> three = indicator("reach_3plus", channel="tv")
    >>> model = AudienceModel("scenarios/launch.yaml", model_reporters={"three": three})  # doctest: +SKIP
    """
    return partial(_told, row=(metric, segment, channel))


def _told(model: AudienceModel, row: Row) -> float:
    told = model.indicators()
    if row not in told:
        near = did_you_mean(" ".join(row), [" ".join(name) for name in told])
        raise InputError(
            Fault("indicator", " ".join(row), "want metric, segment and channel that are told", near)
        )
    return told[row]


def reach(model: AudienceModel) -> float:
    """Share of people with a paid contact so far."""
    return _share(model, model.world.tally.reach[-1, :, 0].sum())


def awareness(model: AudienceModel) -> float:
    """Share of people aware today."""
    return _share(model, model.world.tally.stages[1:].sum())


def consideration(model: AudienceModel) -> float:
    """Share of people considering or adopted."""
    return _share(model, model.world.tally.stages[2:].sum())


def adoption(model: AudienceModel) -> float:
    """Share of people who have adopted."""
    return _share(model, model.world.tally.stages[ADOPTER].sum())


def attitude(model: AudienceModel) -> float:
    """Mean attitude today."""
    return _share(model, model.world.tally.attitude.sum() / UNITS)


def _share(model: AudienceModel, count: Any) -> float:
    return float(count) / model.public.population.n_people


REPORTERS = {
    "reach": reach,
    "awareness": awareness,
    "consideration": consideration,
    "adoption": adoption,
    "attitude": attitude,
}
