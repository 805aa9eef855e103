"""The public from segments with shares; and the faults that any list of segments can have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim import luck_keys
from sim.agents.traits import EVERYONE, Draft, Ints, places
from sim.errors import Fault, InputError, did_you_mean, listed
from sim.scenario.schema import Scenario

MOST_SEGMENTS = 200
ALL = "all"
_SHARE_TOLERANCE = 1e-6


def from_segments(scenario: Scenario, key: np.uint64) -> Draft:
    """Return a public whose segments have exactly their shares, mixed by keyed luck.

    Parameters
    ----------
    scenario : Scenario
        `audience.segments` in the scenario's order; none makes one segment, `everyone`.
    key : uint64
        Luck of the public.

    Raises
    ------
    InputError
        No `agents`, a segment without share, shares that do not sum to 1, more than 200 segments.
    """
    audience = scenario.audience
    names = tuple(audience.segments) or (EVERYONE,)
    shares = [s.share for s in audience.segments.values()] or [1.0]
    faults = _share_faults(scenario, names, shares)
    if len(names) > MOST_SEGMENTS:
        where = scenario.where("audience.segments")
        faults.append(Fault(where, f"{len(names)} segments", f"want at most {MOST_SEGMENTS}"))
    if audience.agents is None:
        faults.append(no_agents(scenario))
    faults += reference_faults(scenario, names)
    if faults or audience.agents is None:
        raise InputError(faults)
    uid = luck_keys.row_uids(audience.agents)
    uid.flags.writeable = False
    sizes = apportion(np.array(shares, np.float64), audience.agents)
    segment = np.searchsorted(np.cumsum(sizes), places(key, uid), side="right").astype(np.int64)
    market = float(audience.people or audience.agents)
    return Draft(uid=uid, market=market, segment_names=names, segment=segment)


def apportion(shares: npt.NDArray[np.float64], total: int) -> Ints:
    """Return whole sizes that sum to `total`, by largest remainder; ties go to the earlier one.

    Examples
    --------
    >>> apportion(np.array([0.5, 0.25, 0.25]), 10).tolist()
    [5, 3, 2]
    """
    quota = shares / shares.sum() * total
    sizes: Ints = np.floor(quota).astype(np.int64)
    # Rounded, so that remainders which differ by floating point alone are a tie.
    order = np.argsort(-np.round(quota - sizes, 7), kind="stable")
    sizes[order[: total - sizes.sum()]] += 1
    return sizes


def no_agents(scenario: Scenario) -> Fault:
    """Return the fault of a public that does not say how many are simulated."""
    return Fault(scenario.where("audience.agents"), "nothing", "want the number of simulated persons")


def reference_faults(scenario: Scenario, names: tuple[str, ...]) -> list[Fault]:
    """Return a fault for each segment that the scenario speaks of and the public does not have."""
    spoken = {f"audience.segments.{name}": name for name in scenario.audience.segments}
    for flight, bought in scenario.plan.flights.items():
        spoken |= {f"plan.flights.{flight}.to.{i}": name for i, name in enumerate(bought.to or ())}
    for objective, aim in scenario.objectives.items():
        if aim.segment != ALL:
            spoken[f"objectives.{objective}.segment"] = aim.segment
    wanted = f"want a segment of the public: {listed(names)}"
    return [
        Fault(scenario.where(address), f"no segment `{name}`", wanted, did_you_mean(name, names))
        for address, name in spoken.items()
        if name not in names
    ]


def _share_faults(scenario: Scenario, names: Sequence[str], shares: Sequence[float | None]) -> list[Fault]:
    missing = [
        Fault(scenario.where(f"audience.segments.{name}.share"), "nothing", "want the segment's share")
        for name, share in zip(names, shares, strict=True)
        if share is None
    ]
    total = sum(share or 0.0 for share in shares)
    if missing or abs(total - 1) <= _SHARE_TOLERANCE:
        return missing
    where = scenario.where("audience.segments")
    return [Fault(where, f"shares sum to {total:g}", "want shares that sum to 1")]
