"""Who is booked: partners by a rule or by name, with their fees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sim.campaign.choosing import Choice, chosen
from sim.campaign.fees import CURVE, fee_curve
from sim.campaign.limits import rows_named
from sim.errors import Fault, InputError, did_you_mean, listed
from sim.influence import Certificate
from sim.kernels import state
from sim.public import Public
from sim.scenario.plan import Partner
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
    certificate : Certificate or None   of rule certified
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
    certificate: Certificate | None = None

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


def book_all(scenario: Scenario, public: Public, partners: Mapping[str, Partner]) -> tuple[Booking, ...]:
    """Make every booking of a plan, by name; who is named posts first, and those chosen with a certificate know of it.

    Raises
    ------
    InputError
        All faults of all bookings.
    """
    made: dict[str, Booking] = {}
    faults: list[Fault] = []
    for name in sorted(partners, key=lambda name: (partners[name].choose is not None, name)):
        try:
            made[name] = book(scenario, public, name, partners[name], tuple(made.values()))
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    return tuple(one for name in sorted(made) for one in everywhere(made[name], public, partners[name]))


def everywhere(booking: Booking, public: Public, partner: Partner) -> tuple[Booking, ...]:
    """Return a booking, and beside it the same posts on the further channels that the fee pays."""
    out = [booking]
    for channel in partner.also_on:
        sizes = public.network.layers[channel].audience_sizes
        out.append(
            replace(
                booking,
                channel_name=channel,
                channel=public.population.channel_names.index(channel),
                fee=np.zeros(len(booking.rows)),
                audience=sizes[booking.rows].astype(np.int64),
                certificate=None,
            )
        )
    return tuple(out)


def book(
    scenario: Scenario, public: Public, name: str, partner: Partner, others: tuple[Booking, ...] = ()
) -> Booking:
    """Choose the people of one booking and look up their fees.

    Parameters
    ----------
    scenario, public : Scenario, Public
    name : str
    partner : Partner
    others : tuple of Booking
        Made before: who posts the same message on the same channel anyway.

    Raises
    ------
    InputError
        Unknown ids or columns, a column that is not numeric, more partners than people.
    """
    where = f"plan.partners.{name}"

    def at(key: str) -> str:
        return scenario.where(f"{where}.{key}")

    certificate = None
    if partner.choose is not None:
        rows, certificate = chosen(choice_of(scenario, public, name, partner, others))
    else:
        rows = rows_named(public, at("people"), partner.people or ())
    population = public.population
    sizes = public.network.layers[partner.channel].audience_sizes
    return Booking(
        name=name,
        channel_name=partner.channel,
        rows=rows,
        channel=population.channel_names.index(partner.channel),
        message=sorted(scenario.messages).index(partner.message),
        days=tuple(sorted(partner.post_on)),
        fee=_fees(public, at("fee"), partner, rows),
        audience=sizes[rows].astype(np.int64),
        is_disclosed=partner.disclosed,
        is_seed_set=partner.as_peers,
        certificate=certificate,
    )


def choice_of(
    scenario: Scenario, public: Public, name: str, partner: Partner, others: tuple[Booking, ...] = ()
) -> Choice:
    """Return what a booking with `choose` is chosen from; `others` are bookings made before."""
    assert partner.choose is not None
    where = f"plan.partners.{name}"
    same = [b.rows for b in others if _is_same(scenario, b, partner)]
    return Choice(
        scenario=scenario,
        public=public,
        partner=partner,
        choose=partner.choose,
        at=lambda key: scenario.where(f"{where}.{key}"),
        fee=all_fees(public, scenario.where(f"{where}.fee"), partner),
        booked=np.unique(np.concatenate([np.zeros(0, np.int32), *same])).astype(np.int32),
        excluded=rows_named(public, scenario.where(f"{where}.choose.exclude"), partner.choose.exclude),
        column=lambda at, column, beside: _column(public, at, column, beside),
    )


def _is_same(scenario: Scenario, booking: Booking, partner: Partner) -> bool:
    message = sorted(scenario.messages).index(partner.message)
    return booking.channel_name == partner.channel and booking.message == message


def all_fees(public: Public, where: str, partner: Partner) -> npt.NDArray[np.float64]:
    """Return what a post of each person would cost, float64[n_people]; NaN where the column is blank.

    Raises
    ------
    InputError
        No such column, or one of texts; with a budget to keep, fees below 0.
    """
    if partner.fee == CURVE:
        followers = public.network.layers[partner.channel].audience_sizes * public.population.people_per_agent
        return fee_curve(followers.astype(np.float64))
    if not isinstance(partner.fee, str):
        return np.full(public.population.n_people, float(partner.fee))
    if partner.choose is None or (partner.choose.budget is None and partner.choose.rule == "top"):
        return np.zeros(public.population.n_people)  # whoever is chosen is paid; the column is read then
    fees = _column(public, where, partner.fee)
    if np.any(fees < 0):
        got = f"column `{partner.fee}` holds {fees[fees < 0][0]:g}"
        raise InputError(Fault(where, got, "want fees of 0 or more"))
    return fees


def _column(public: Public, where: str, name: str, beside: str = "") -> npt.NDArray[np.float64]:
    columns = public.population.columns
    if name not in columns:
        wanted = f"want {beside}a column of the people file: {listed(columns)}"
        raise InputError(Fault(where, f"no column `{name}`", wanted, did_you_mean(name, columns)))
    column = columns[name]
    if not np.issubdtype(column.dtype, np.number):
        raise InputError(Fault(where, f"column `{name}` holds text", "want a column of numbers"))
    return column.astype(np.float64)


def _fees(
    public: Public, where: str, partner: Partner, rows: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    if not isinstance(partner.fee, str) or partner.fee == CURVE:
        return all_fees(public, where, partner)[rows]
    values = _column(public, where, partner.fee)[rows]
    if np.any(~(values >= 0)):
        worst = values[~(values >= 0)][0]
        raise InputError(
            Fault(where, f"column `{partner.fee}` holds {worst:g} for a partner", "want fees of 0 or more")
        )
    return values
