"""Several plans run one after the other, each on the same worlds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from sim.errors import Fault, InputError
from sim.experiment.runner import Interrupted, Progress, run
from sim.results.frames import Result
from sim.scenario.schema import Scenario

Planned = Scenario | Result
ShowProgress = Callable[[str], AbstractContextManager[Progress | None]]


def with_alternatives(plans: Sequence[tuple[str, Planned]]) -> list[tuple[str, Planned]]:
    """Return two or more named plans: those given, or the only one and its alternatives.

    Raises
    ------
    InputError
        A single plan without alternatives.
    """
    if len(plans) != 1:
        return list(plans)
    name, plan = plans[0]
    if isinstance(plan, Result) or len(plan.plans) < 2:
        wanted = "want two or more scenario files or result folders, or one file with `alternatives`"
        raise InputError(Fault("compare", "one plan", wanted))
    return [(name if other is plan else label, other) for label, other in plan.plans.items()]


def run_plans(
    plans: Sequence[tuple[str, Planned]],
    *,
    replications: int | None = None,
    threads: int | None = None,
    show: ShowProgress | None = None,
) -> tuple[list[Result], Interrupted | None]:
    """Run each plan that is not a result yet.

    Parameters
    ----------
    plans : sequence of (name, Scenario or Result)
    replications, threads : int, optional
        As for `sim.experiment.runner.run`.
    show : callable, optional
        Opens what shows progress under a plan's name.

    Returns
    -------
    results : list of Result
        In their order; where the runs were stopped, those there are, two or more.
    stopped : Interrupted or None

    Raises
    ------
    KeyboardInterrupt
        Stopped before there were two results.
    """
    results: list[Result] = []
    for name, plan in plans:
        if isinstance(plan, Result):
            results.append(plan)
            continue
        try:
            with show(name) if show else nullcontext() as progress:
                results.append(run(plan, replications=replications, threads=threads, progress=progress))
        except Interrupted as stopped:
            results += [] if stopped.result is None else [stopped.result]
            if len(results) < 2:
                raise KeyboardInterrupt from None
            return results, stopped
    return results, None
