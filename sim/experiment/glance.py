"""A first look at a plan: its curves on a few worlds, while it is being changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.campaign.compile import compile_campaign
from sim.experiment.attribute import Others
from sim.experiment.bare import bare_of
from sim.experiment.runner import Outcome, Study, run_world
from sim.public import build_public
from sim.results.indicators import open_ledger
from sim.scenario.metrics import ALL
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Glance:
    """Hold the curves of a few worlds.

    Attributes
    ----------
    daily : DataFrame     rows of ``daily.parquet``: the metrics that were asked for, of everyone
    start : str or None   day 1 as a date, where the plan has one
    days : int
    n_worlds : int
    """

    daily: pd.DataFrame
    start: str | None
    days: int
    n_worlds: int


def glance(
    scenario: Scenario,
    worlds: int,
    metrics: Sequence[str],
    is_stopped: Callable[[], bool] = lambda: False,
    patience: float = float("inf"),
) -> Iterator[Glance]:
    """Live the first worlds on a plan's first public, and yield their curves.

    Nothing is lived but the plan's own world, and the one without it where no earlier plan on the public had it
    lived; what is told is what `sim.experiment.runner.run` tells of the same worlds.

    Parameters
    ----------
    scenario : Scenario
    worlds : int
    metrics : sequence of str
        Of `sim.results.catalog.METRICS`, told by day.
    is_stopped : callable
        Asked between days; once it says so, nothing more is yielded.
    patience : float
        Seconds after which the curves of the worlds finished so far are yielded, once in so many; all worlds come last.

    Raises
    ------
    InputError
        Bad data.
    """
    study, outcomes = _study(scenario), list[Outcome]()
    due = time.monotonic() + patience
    for k in range(worlds):
        outcome = run_world(study, k * scenario.publics, is_stopped)
        if outcome is None:
            return
        outcomes.append(outcome)
        if k + 1 == worlds or time.monotonic() >= due:
            yield _told(study, outcomes, metrics)
            due = time.monotonic() + patience


def _study(scenario: Scenario) -> Study:
    """Make a plan ready to be lived beside the world without it, and none else."""
    plain = scenario.model_copy(
        update={"objectives": {}, "response": None, "value_per_adoption": None, "publics": 1}
    )
    public = build_public(plain)
    campaign = compile_campaign(plain, public)
    alone = Others(without=bare_of(plain, public), dearer=None, unpartnered=None, response=())
    return Study(plain, public, campaign, alone, open_ledger(public, campaign, plain))


def _told(study: Study, outcomes: Sequence[Outcome], metrics: Sequence[str]) -> Glance:
    from sim.results.summary import daily_columns, framed

    rows = outcomes[0].daily_rows
    wanted = [place for place, row in enumerate(rows) if row[0] in metrics and row[1:] == (ALL, ALL)]
    values = [outcome.daily[:, wanted] for outcome in outcomes]
    scenario = study.scenario
    return Glance(
        daily=framed(daily_columns([rows[place] for place in wanted], values, scenario.currency)),
        start=None if scenario.start is None else str(scenario.start),
        days=scenario.days,
        n_worlds=len(outcomes),
    )
