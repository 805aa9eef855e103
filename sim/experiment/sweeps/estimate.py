"""What a sweep will cost: points, worlds, memory, disk and time, from a short probe of some of its points."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from sim.experiment.design import checked, design_of
from sim.experiment.engines.processes import crew_for
from sim.experiment.runner import Outcome, Study, prepare, run_world, tables
from sim.experiment.sweeps.days import keep_worlds
from sim.experiment.sweeps.ranks import aim_of
from sim.experiment.workers import STARTING_SECONDS, Crew
from sim.results.files import parquet_of
from sim.results.summary import framed
from sim.scenario.identity import public_hash
from sim.scenario.schema import Scenario

PROBE_SECONDS = 4.0
MOST_PROBED = 6


@dataclass(frozen=True, slots=True)
class SweepCost:
    """Hold what a sweep costs.

    Parameters
    ----------
    points, worlds, publics : int      design points, worlds in all (of a race: at most), publics drawn
    disk : float                       bytes that stay
    seconds : float                    wall time with the crew
    crew : Crew                        what lives its worlds
    """

    points: int
    worlds: int
    publics: int
    disk: float
    seconds: float
    crew: Crew


def sweep_cost(scenario: Scenario, threads: int | None) -> SweepCost:
    """Live some worlds of points spread over the design, and tell what all of them will cost.

    Raises
    ------
    InputError
        With all faults of design and data.
    """
    design = design_of(scenario)
    scenarios = checked(scenario, design)
    publics = {(public_hash(one), number): one for one in scenarios for number in range(one.publics)}
    studies = [prepare(scenarios[i]) for i in _spread(len(scenarios))]
    run_world(studies[0], 0)  # kernels are compiled or loaded before timing
    each_ready = min(_seconds(partial(prepare, study.scenario)) for study in studies[:2])
    race = None if scenario.sweep is None or scenario.sweep.rank is None else scenario.sweep.rank.race
    n_points, n_worlds = len(scenarios), race or len(scenarios) * scenario.replications
    crew = crew_for(studies[0], n_worlds, threads)
    outcomes, each_world = _probe(studies, 1 if crew.in_processes else crew.size)
    each_written, size = _written(scenario, studies[0], outcomes)
    seconds = n_worlds * each_world + n_points * each_ready
    if crew.in_processes:
        seconds = STARTING_SECONDS + seconds / crew.size
    seconds += n_points * each_written
    if len(publics) > 1:
        (_, number), last = list(publics.items())[-1]
        drawing = _seconds(partial(prepare, last, number)) - each_ready
        seconds += max(0.0, drawing) * (len(publics) - 1)
    return SweepCost(n_points, n_worlds, len(publics), n_points * size, seconds, crew)


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _spread(n_points: int) -> list[int]:
    """Return the indices of a few points spread evenly over a design."""
    n = min(n_points, MOST_PROBED)
    return sorted({round(i * (n_points - 1) / max(n - 1, 1)) for i in range(n)})


def _probe(studies: Sequence[Study], threads: int) -> tuple[list[Outcome], float]:
    """Live worlds of all studies in turn; return those of the first, and the wall seconds per world."""
    begun, n_worlds, first = time.perf_counter(), 0, []
    with ThreadPoolExecutor(threads) as pool:
        while time.perf_counter() - begun < PROBE_SECONDS:
            # As many worlds of each as there are threads: none of them idles at the end of a round.
            futures = [
                (k, pool.submit(run_world, study, n_worlds + r))
                for r in range(threads)
                for k, study in enumerate(studies)
            ]
            found = [(k, future.result()) for k, future in futures]
            first += [outcome for k, outcome in found if k == 0 and outcome is not None]
            n_worlds += len(found)
    first.sort(key=lambda outcome: outcome.replication)
    return first, (time.perf_counter() - begun) / n_worlds


def _written(scenario: Scenario, study: Study, outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """Return the seconds and bytes that the files of one point take."""
    wanted = scenario.replications
    copies = [outcomes[i % len(outcomes)] for i in range(wanted)]
    worlds = [Outcome(r, o.daily, o.last, o.daily_rows, o.last_rows) for r, o in enumerate(copies)]
    market = study.public.population.market
    tables(study.scenario, market, worlds[:1])  # pandas is loaded before timing
    begun = time.perf_counter()
    found = tables(study.scenario, market, worlds)
    if (aim := aim_of(scenario)) is not None:
        keep_worlds(found.daily, worlds, aim)
    sizes = [parquet_of(getattr(found, name)).size for name in ("daily", "summary", "worlds")]
    seconds = time.perf_counter() - begun
    values = 8 * len(found.worlds["value"])  # of distinct worlds; copies of a few compress too well
    summary = framed(found.summary)
    text = len(summary.to_csv(index=False)) + 40 * len(summary)  # a line of summary.csv says its point too
    return seconds, float(sum(sizes[:2]) + max(sizes[2], values) + text)


def cost_lines(cost: SweepCost, scenario: Scenario, spoken: str) -> Iterator[str]:
    """Yield what a sweep costs, in words."""
    assert scenario.sweep is not None
    publics = f" on {cost.publics:,} publics" if cost.publics > 1 else ""
    design, rank = scenario.sweep.design.replace("_", " "), scenario.sweep.rank
    runs = f"{cost.points:,} design points × {scenario.replications:,} worlds{publics} = {cost.worlds:,} runs"
    if rank is not None and rank.race is not None:
        runs = f"a race of {cost.points:,} design points in at most {cost.worlds:,} runs"
    yield f"sweep: {design}, {runs}"
    yield f"  disk: about {max(cost.disk / 1e6, 0.1):,.1f} MB"
    memory = f", some {cost.crew.bytes / 1e6:,.0f} MB beside their publics" if cost.crew.in_processes else ""
    yield f"  time: about {spoken} on {cost.crew}{memory}"
