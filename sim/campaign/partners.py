"""Who is booked: partners by a rule or by name, with their fees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, InputError, did_you_mean, listed
from sim.kernels import state
from sim.network.graph import TieLayer
from sim.network.influence import influence, is_of_level
from sim.public import Public
from sim.scenario.plan import Choose, Partner
from sim.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class Booking:
    """Hold one booking of partners.

    Parameters
    ----------
    name, channel_name : str
    rows : int32[n_partners]        in the order chosen
    channel, message : int
    days : tuple of int             days of the run on which each posts
    fee : float64[n_partners]       money per post
    audience : int64[n_partners]    followers on the channel
    is_disclosed : bool
    is_seed_set : bool              they post as peers, and share no further
    """

    name: str
    channel_name: str
    rows: npt.NDArray[np.int32]
    channel: int
    message: int
    days: tuple[int, ...]
    fee: npt.NDArray[np.float64]
    audience: npt.NDArray[np.int64]
    is_disclosed: bool
    is_seed_set: bool

    @property
    def kind(self) -> int:
        """Who speaks in their posts."""
        if self.is_seed_set:
            return state.PEER
        return state.PARTNER if self.is_disclosed else state.HIDDEN_PARTNER

    @property
    def fees(self) -> float:
        """Money for all posts of all partners."""
        return float(self.fee.sum() * len(self.days))


def book(scenario: Scenario, public: Public, name: str, partner: Partner) -> Booking:
    """Choose the people of one booking and look up their fees.

    Raises
    ------
    InputError
        Unknown ids or columns, a column that is not numeric, more partners than people.
    """
    where = f"plan.partners.{name}"

    def at(key: str) -> str:
        return scenario.where(f"{where}.{key}")

    layer = public.network.layers[partner.channel]
    sizes = layer.audience_sizes
    if partner.choose is not None:
        rows = _choose(public, at, partner.choose, layer)
    else:
        rows = _named(public, at("people"), partner.people or ())
    population = public.population
    return Booking(
        name=name,
        channel_name=partner.channel,
        rows=rows,
        channel=population.channel_names.index(partner.channel),
        message=sorted(scenario.messages).index(partner.message),
        days=tuple(sorted(partner.post_on)),
        fee=_fees(public, at("fee"), partner.fee, rows),
        audience=sizes[rows].astype(np.int64),
        is_disclosed=partner.disclosed,
        is_seed_set=partner.as_peers,
    )


def _choose(
    public: Public, at: Callable[[str], str], choose: Choose, layer: TieLayer
) -> npt.NDArray[np.int32]:
    if choose.count > public.population.n_people:
        got = f"{choose.count} of {public.population.n_people} simulated persons"
        raise InputError(Fault(at("choose.count"), got, "want at most as many partners as there are people"))
    scores = {
        "audience": lambda: layer.audience_sizes.astype(np.float64),
        "influence": lambda: influence(layer),
    }
    score = (
        scores[choose.by]()
        if choose.by in scores
        else _column(public, at("choose.by"), choose.by, "`audience`, `influence` or ")
    )
    ranked = np.where(np.isnan(score), -np.inf, score)
    order = np.argsort(-ranked, kind="stable")
    if choose.level is not None:
        order = order[is_of_level(layer, choose.level, public.population.people_per_agent)[order]]
        if len(order) < choose.count:
            got = f"{choose.count} of {len(order)} {choose.level} persons on {layer.name}"
            wanted = "want at most as many partners as there are people of the level, or another level"
            raise InputError(Fault(at("choose.count"), got, wanted))
    return order[: choose.count].astype(np.int32)


def _column(public: Public, where: str, name: str, beside: str = "") -> npt.NDArray[np.float64]:
    columns = public.population.columns
    if name not in columns:
        wanted = f"want {beside}a column of the people file: {listed(columns)}"
        raise InputError(Fault(where, f"no column `{name}`", wanted, did_you_mean(name, columns)))
    column = columns[name]
    if not np.issubdtype(column.dtype, np.number):
        raise InputError(Fault(where, f"column `{name}` holds text", "want a column of numbers"))
    return column.astype(np.float64)


def _named(public: Public, where: str, people: tuple[str | int, ...]) -> npt.NDArray[np.int32]:
    ids = public.population.ids or public.network.ids
    if ids is None:
        n = public.population.n_people
        known = {str(row): row for row in (int(p) for p in people if str(p).isdigit()) if row < n}
        wanted = f"want row numbers 0 … {n - 1} of the simulated persons"
    else:
        known = {name: row for row, name in enumerate(ids)}
        wanted = "want ids of the people or edge file"
    faults = [
        Fault(where, f"no person `{person}`", wanted, did_you_mean(str(person), list(known)[:2000]))
        for person in people
        if str(person) not in known
    ]
    doubles = sorted({str(p) for p in people if [str(x) for x in people].count(str(p)) > 1})
    if doubles:
        faults.append(Fault(where, f"{listed(doubles)} named twice", "want each partner once"))
    if faults:
        raise InputError(faults)
    return np.array([known[str(person)] for person in people], np.int32)


def _fees(
    public: Public, where: str, fee: float | str, rows: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    if not isinstance(fee, str):
        return np.full(len(rows), float(fee))
    values = _column(public, where, fee)[rows]
    if np.any(~(values >= 0)):
        worst = values[~(values >= 0)][0]
        raise InputError(
            Fault(where, f"column `{fee}` holds {worst:g} for a partner", "want fees of 0 or more")
        )
    return values
