"""Build the public of a scenario: the same people in every world, once per public."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sim import luck_keys
from sim.agents import traits as giving
from sim.agents.microdata import from_people, from_survey
from sim.agents.population import Population
from sim.agents.segments import from_segments
from sim.agents.traits import Draft
from sim.errors import Fault, InputError, listed
from sim.scenario.parameters import Engagement
from sim.scenario.schema import Scenario


def build_population(scenario: Scenario) -> Population:
    """Draw the people of a scenario: who they are, what they use, where they stand at the start.

    Parameters
    ----------
    scenario : Scenario
        Its audience says where people come from: segments, a survey or a people file.

    Returns
    -------
    Population
        Read-only arrays. All luck is keyed by master seed, person and question, so that adding a
        channel, a segment's trait or a replication moves no other draw.

    Raises
    ------
    InputError
        All faults of the audience and its file, together.

    Examples
    --------
    >>> plan = {"name": "Ten people", "days": 1, "audience": {"agents": 10},
    ...         "channels": {"tv": {"kind": "broadcast", "medium": "tv"}},
    ...         "messages": {"hello": {"appeals": {}, "quality": 0.5}}}
    >>> build_population(Scenario.model_validate(plan)).segment_names
    ('everyone',)
    """
    key = luck_keys.public_key(scenario.master_seed)
    draft = _draft(scenario, key)
    audience = scenario.audience
    traits = giving.traits_of(draft.segment_names, audience.segments, audience.everyone)
    motivations = giving.motivation_rows(traits, audience.needs)
    _refuse_no_motive(motivations, draft.segment_names, scenario)
    names = tuple(sorted(scenario.channels))
    used = [giving.usage_of(key, name, scenario.channels[name], draft, traits) for name in names]
    classes = scenario.sharing.engagement if scenario.sharing else Engagement()
    is_aware, is_adopter = giving.start_of(key, draft.uid, draft.segment, traits)
    return Population(
        uid=_kept(draft.uid),
        ids=draft.ids,
        market=draft.market,
        segment_names=draft.segment_names,
        segment=_kept(draft.segment.astype(np.int16)),
        needs=audience.needs,
        motivations=_kept(motivations),
        channel_names=names,
        usage=_kept(np.stack([visits for visits, _ in used])),
        follows_brand=_kept(np.stack([follows for _, follows in used])),
        engagement=_kept(giving.engagement_of(key, draft.uid, classes)),
        trust=_kept(np.array([t.trust for t in traits])[draft.segment]),
        attitude=_kept(np.array([t.attitude for t in traits])[draft.segment]),
        memory=_kept(np.array([t.memory for t in traits])[draft.segment]),
        is_aware=_kept(is_aware),
        is_adopter=_kept(is_adopter),
        availability=_kept(np.array([t.availability for t in traits])[draft.segment]),
        columns={name: _kept(column) for name, column in draft.columns.items()},
        notes=(*draft.notes, *_empty_note(draft)),
    )


def _draft(scenario: Scenario, key: np.uint64) -> Draft:
    audience = scenario.audience
    if audience.from_survey and audience.from_people:
        raise InputError(Fault(scenario.where("audience"), "from_survey and from_people", "want one of them"))
    if audience.from_survey:
        return from_survey(scenario, audience.from_survey, key)
    if audience.from_people:
        return from_people(scenario, audience.from_people, key)
    return from_segments(scenario, key)


def _refuse_no_motive(motivations: npt.NDArray[np.float64], names: Sequence[str], scenario: Scenario) -> None:
    audience = scenario.audience
    idle = [names[s] for s in np.flatnonzero(np.isnan(motivations).any(axis=1)).tolist()]
    owners = dict.fromkeys(f"segments.{name}" if name in audience.segments else "everyone" for name in idle)
    if owners:
        wanted = f"want a weight above 0 for one of {listed(audience.needs)}"
        places = [scenario.where(f"audience.{owner}.motivations") for owner in owners]
        raise InputError(Fault(place, "no need has a weight", wanted) for place in places)


def _kept(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array


def _empty_note(draft: Draft) -> list[str]:
    sizes = np.bincount(draft.segment, minlength=len(draft.segment_names))
    empty = [name for name, size in zip(draft.segment_names, sizes, strict=True) if size == 0]
    note = f"no simulated person in {listed(empty)}: too small a share of {len(draft.uid):,}"
    return [note] if empty else []
