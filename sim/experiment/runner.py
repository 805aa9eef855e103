"""Many worlds of one plan: threads over worlds, one read-only public."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.campaign.compile import Campaign, compile_campaign
from sim.errors import PregonError
from sim.experiment.attribute import Others, compile_others, read_world
from sim.experiment.workers import threads_for
from sim.kernels.state import People
from sim.luck_keys import world_key
from sim.public import Public, build_public
from sim.results import objectives
from sim.results.indicators import Ledger, Row, open_ledger
from sim.results.provenance import circumstances, provenance
from sim.scenario.schema import Scenario
from sim.world import World

if TYPE_CHECKING:  # they load pandas, which is needed when the worlds are done
    from sim.results.frames import Days, Result
    from sim.results.summary import Columns

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]
Peek = Callable[[Callable[[], "Result"]], None]


class Interrupted(PregonError):
    """The run was stopped; `result` holds the worlds that were finished, None if there are none."""

    exit_code = 130

    def __init__(self, result: Result | None, done: int, wanted: int):
        self.result, self.done, self.wanted = result, done, wanted
        super().__init__(f"interrupted: {done} of {wanted} worlds are finished and kept")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold the indicators of one world."""

    replication: int
    daily: Floats  # [days, n_daily_rows]
    last: Floats  # [n_last_rows]
    daily_rows: list[Row]
    last_rows: list[Row]


@dataclass(frozen=True, slots=True)
class Study:
    """Hold a plan made ready on its public: what every world of it shares, read-only.

    Attributes
    ----------
    campaign : Campaign
        The plan.
    others : Others
        What it is compared with in each world.
    spare : list of People
        Arrays of worlds that are over, for the next ones: never more than were lived at a time.
    """

    scenario: Scenario
    public: Public
    campaign: Campaign
    others: Others
    ledger: Ledger
    spare: list[People] = field(default_factory=list, compare=False)


def prepare(scenario: Scenario, public: int = 0) -> Study:
    """Build a public (once per distinct one) and compile the plan against it.

    Parameters
    ----------
    scenario : Scenario
    public : int
        Number of the public, from 0 to ``scenario.publics - 1``.

    Raises
    ------
    InputError
        All faults that show only with the data: files, people, ids, segments.
    """
    ready = build_public(scenario, public)
    campaign = compile_campaign(scenario, ready)
    return Study(
        scenario=scenario,
        public=ready,
        campaign=campaign,
        others=compile_others(scenario, ready, campaign),
        ledger=open_ledger(ready, campaign, scenario),
    )


@dataclass(frozen=True)
class Tables:
    """Hold the tables of a result by their columns (see `sim.results.frames.Result`)."""

    summary: Columns
    worlds: Columns
    daily: Columns


class _Stopped(Exception):
    """Whoever asked for a world has left off."""


def run_world(
    study: Study, replication: int, is_stopped: Callable[[], bool] = lambda: False
) -> Outcome | None:
    """Run one world with the plan and with what it is compared with; None where it was stopped."""
    key = world_key(study.scenario.master_seed, replication)

    @contextmanager
    def live(campaign: Campaign) -> Iterator[World]:
        used = study.spare.pop() if study.spare else None
        world = World(study.public, campaign, key, study.scenario.days, used)
        if not world.run(is_stopped):
            raise _Stopped
        yield world
        study.spare.append(world.people)

    try:
        readings = read_world(study.campaign, study.others, study.ledger, live)
    except _Stopped:
        return None
    return Outcome(
        replication,
        np.concatenate(readings.daily, axis=1),
        np.concatenate(readings.last),
        readings.daily_rows,
        readings.last_rows,
    )


def run(
    scenario: Scenario,
    *,
    replications: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    peek: Peek | None = None,
) -> Result:
    """Run the plan of a scenario on many worlds.

    Parameters
    ----------
    scenario : Scenario
    replications : int, optional
        Number of worlds; the scenario's own by default.
    threads : int, optional
        Worlds at a time; the number of processors by default, on small publics one. Results do not depend on it.
    progress : callable, optional
        Called with (worlds done, worlds wanted).
    stop : threading.Event, optional
        Set it to leave off; the finished worlds are kept.
    peek : callable, optional
        Called after each world with a function that makes the result of those finished so far.

    Returns
    -------
    Result

    Raises
    ------
    InputError
        Bad scenario or data, before any world runs.
    Interrupted
        The run was stopped, by `stop` or Ctrl-C; it carries the result of the finished worlds.

    Examples
    --------
    >>> result = run(Scenario.load("scenarios/launch.yaml"), replications=2)  # doctest: +SKIP
    """
    started, clock = datetime.datetime.now(datetime.UTC), time.perf_counter()
    study = prepare(scenario)
    wanted = scenario.replications if replications is None else replications
    stop = stop or threading.Event()
    outcomes: list[Outcome] = []
    try:
        for outcome in _over_publics(study, wanted, threads, stop):
            outcomes.append(outcome)
            if progress:
                progress(len(outcomes), wanted)
            if peek:
                peek(lambda: collect(study, _in_order(outcomes)))
    except KeyboardInterrupt:
        stop.set()
    result = None
    if outcomes:
        result = collect(study, _in_order(outcomes))
        result.provenance.update(circumstances(started, time.perf_counter() - clock))
    if len(outcomes) < wanted or result is None:
        raise Interrupted(result, len(outcomes), wanted)
    return result


def _over_publics(study: Study, wanted: int, threads: int | None, stop: threading.Event) -> Iterator[Outcome]:
    """Yield the worlds of one public after the other; only one public beside the first is held at a time."""
    publics = study.scenario.publics
    for public in range(min(publics, wanted)):
        there = study if public == 0 else prepare(study.scenario, public)
        yield from _in_threads(there, range(public, wanted, publics), threads, stop)
        if stop.is_set():
            return


def _in_threads(
    study: Study, replications: Sequence[int], threads: int | None, stop: threading.Event
) -> Iterator[Outcome]:
    """Yield worlds as they finish, with a sliding window so that memory stays flat.

    The first world runs alone: it checks the objectives, and kernels that must be compiled are
    compiled once.
    """
    wanted, following = len(replications), 1
    first = run_world(study, replications[0], stop.is_set)
    if first is None:
        return
    objectives.find_rows(study.scenario, first.daily_rows, first.last_rows)
    yield first
    left = threading.Event()  # the reader of this iterator has gone away
    is_stopped = lambda: stop.is_set() or left.is_set()  # noqa: E731
    workers = threads_for(study.public, threads)
    with ThreadPoolExecutor(workers) as pool:
        pending: set[Future[Outcome | None]] = set()
        try:
            while not stop.is_set() and (following < wanted or pending):
                while following < wanted and len(pending) < 2 * workers:
                    pending.add(pool.submit(run_world, study, replications[following], is_stopped))
                    following += 1
                done, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
                yield from (outcome for outcome in (future.result() for future in done) if outcome)
        finally:
            left.set()


def _in_order(outcomes: list[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda outcome: outcome.replication)


def collect(study: Study, outcomes: list[Outcome]) -> Result:
    """Turn the worlds' indicators into frames; `outcomes` by replication."""
    from sim.results.frames import Result
    from sim.results.summary import framed

    found = tables(study.scenario, study.public.population.market, outcomes)
    replications = [outcome.replication for outcome in outcomes]
    return Result(
        summary=framed(found.summary),
        worlds=framed(found.worlds),
        daily=framed(found.daily),
        provenance=provenance(study.scenario, study.public, study.campaign, replications),
        days=_days(outcomes),
    )


def _days(outcomes: list[Outcome]) -> Days | None:
    """Return every world day by day; None where that is more than is kept."""
    from sim.results.frames import MOST_DAYS_BYTES, Days

    if sum(outcome.daily.nbytes for outcome in outcomes) > MOST_DAYS_BYTES:
        return None
    replications = tuple(outcome.replication for outcome in outcomes)
    return Days(outcomes[0].daily_rows, replications, np.array([outcome.daily for outcome in outcomes]))


def tables(scenario: Scenario, market: float, outcomes: list[Outcome]) -> Tables:
    """Turn the worlds' indicators into the tables of a result; `outcomes` by replication.

    Raises
    ------
    InputError
        If an objective asks for what the run does not tell.
    """
    from sim.results import summary

    first = outcomes[0]
    found = objectives.find_rows(scenario, first.daily_rows, first.last_rows)
    last = []
    for outcome in outcomes:
        goal_rows, goals = objectives.met(scenario.objectives, found, outcome.daily, outcome.last)
        last.append(np.concatenate([outcome.daily[-1], outcome.last, goals]))
    rows = [*first.daily_rows, *first.last_rows, *goal_rows]
    values = np.array(last)
    replications = [outcome.replication for outcome in outcomes]
    public = np.array(replications) % scenario.publics
    return Tables(
        summary=summary.summary_columns(rows, values, scenario.currency, market, public),
        worlds=summary.worlds_columns(rows, values, replications),
        daily=summary.daily_columns(first.daily_rows, [o.daily for o in outcomes], scenario.currency),
    )
