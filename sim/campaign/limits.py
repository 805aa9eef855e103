"""What a choice of partners is held to beside number and money: who may be chosen, places by group, who counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.errors import Fault, InputError, did_you_mean, listed
from sim.network.graph import TieLayer
from sim.network.influence import LEVELS, levels
from sim.public import Public
from sim.scenario.plan import Choose

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
SEGMENTS, TIERS = "segments", "levels"


@dataclass(frozen=True, slots=True)
class Places:
    """Hold how many people of each group may be chosen, by kind of group.

    Parameters
    ----------
    labels : mapping of kind to str[n_people]
    most : mapping of kind to mapping of group to int
    """

    labels: Mapping[str, npt.NDArray[np.str_]]
    most: Mapping[str, Mapping[str, int]]


def places(
    choose: Choose, public: Public, layer: TieLayer, is_open: Bools, at: Callable[[str], str]
) -> Places | None:
    """Return the places of a choice; None where groups have no bound.

    Parameters
    ----------
    choose : Choose
    public : Public
    layer : TieLayer      whose followers make the levels
    is_open : bool[n_people]
    at : callable         where a key of the booking stands, for messages

    Raises
    ------
    InputError
        A segment that is not there, more places than people of the group who may be chosen.
    """
    population = public.population
    names = np.array(population.segment_names)
    told: dict[str, tuple[str, dict[str, int]]] = {
        SEGMENTS: ("choose.quotas", dict(choose.quotas)),
        TIERS: ("choose.level_quotas", {str(level): n for level, n in choose.level_quotas.items()}),
    }
    asked = {kind: of for kind, of in told.items() if of[1]}
    if not asked:
        return None
    if choose.quotas:
        refuse_unknown(population.segment_names, at("choose.quotas"), tuple(choose.quotas))
    labels, faults = {}, []
    for kind, (key, most) in asked.items():
        if kind == SEGMENTS:
            labels[kind] = names[population.segment]
        else:
            labels[kind] = np.array(LEVELS)[levels(layer, population.people_per_agent)]
        for group, n in most.items():
            n_open = int(np.count_nonzero(labels[kind][is_open] == group))
            if n > n_open:
                got = f"{n} of {n_open} people"
                wanted = "want at most as many as there are of the group, with a follower and a fee"
                faults.append(Fault(at(f"{key}.{group}"), got, wanted))
    if faults:
        raise InputError(faults)
    return Places(labels, {kind: of for kind, (_, of) in asked.items()})


def worth(
    choose: Choose, public: Public, at: Callable[[str], str], column: Callable[[str, str, str], Floats]
) -> Floats | None:
    """Return what each person reached is worth, float64[n_people]; None where all are alike.

    Raises
    ------
    InputError
        A segment or column that is not there, a value below 0 or blank, nobody worth anything.
    """
    population = public.population
    names = population.segment_names
    if choose.target is not None:
        refuse_unknown(names, at("choose.target"), choose.target)
        by_segment = {name: 1.0 for name in choose.target}
    elif isinstance(choose.weights, str):
        return _of_column(column(at("choose.weights"), choose.weights, ""), choose.weights, at)
    elif choose.weights is not None:
        refuse_unknown(names, at("choose.weights"), tuple(choose.weights))
        by_segment = choose.weights
    else:
        return None
    out = np.array([by_segment.get(name, 0.0) for name in names])[population.segment]
    if not out.sum() > 0.0:
        raise InputError(Fault(at("choose.weights"), "nobody is worth anything", "want a weight above 0"))
    return out


def _of_column(values: Floats, name: str, at: Callable[[str], str]) -> Floats:
    wrong = values[~(values >= 0.0)]
    if len(wrong):
        got = f"column `{name}` holds {'a blank' if np.isnan(wrong[0]) else f'{wrong[0]:g}'}"
        raise InputError(Fault(at("choose.weights"), got, "want a number of 0 or more for everyone"))
    if not values.sum() > 0.0:
        raise InputError(
            Fault(at("choose.weights"), f"column `{name}` holds 0 alone", "want a weight above 0")
        )
    return values


def refuse_unknown(names: Sequence[str], where: str, asked: Iterable[str]) -> None:
    """Raise faults for segments that are not there."""
    wanted = f"want some of {listed(names)}"
    faults = [
        Fault(where, f"no segment `{name}`", wanted, did_you_mean(name, names))
        for name in asked
        if name not in names
    ]
    if faults:
        raise InputError(faults)


def rows_named(public: Public, where: str, people: Sequence[str | int]) -> Rows:
    """Return the rows of people told by id or row number, int32[n], in the order told.

    Raises
    ------
    InputError
        Somebody who is not there, or is named twice.
    """
    ids = public.population.ids or public.network.ids
    if ids is None:
        n = public.population.n_people
        known = {str(row): row for row in (int(p) for p in people if str(p).isdigit()) if row < n}
        wanted = f"want row numbers 0 … {n - 1} of the simulated persons"
    else:
        known = {name: row for row, name in enumerate(ids)}
        wanted = "want ids of the people or edge file"
    told = [str(person) for person in people]
    faults = [
        Fault(where, f"no person `{person}`", wanted, did_you_mean(person, list(known)[:2000]))
        for person in told
        if person not in known
    ]
    doubles = sorted({person for person in told if told.count(person) > 1})
    if doubles:
        faults.append(Fault(where, f"{listed(doubles)} named twice", "want each person once"))
    if faults:
        raise InputError(faults)
    return np.array([known[person] for person in told], np.int32)
