"""Long work beside the page: a run, or a comparison, in a thread of its own, one at a time on a machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.errors import Fault, InputError, PregonError

if TYPE_CHECKING:
    from sim.experiment.compare import Comparison
    from sim.results.frames import Result
    from sim.scenario.schema import Scenario

SECONDS_BETWEEN_PEEKS = 1.0
_turn = threading.Lock()
Keep = Callable[[tuple[str, int], "Result"], None]
Key = tuple[str, int]


@dataclass(slots=True, eq=False)
class Job:
    """Hold how far some work has come; the page looks, the thread writes.

    Attributes
    ----------
    kind : str            ``run`` or ``compare``
    plans : tuple of str  keys of the plans
    state : str           ``waiting``, ``running``, ``done``, ``stopped`` or ``failed``
    done, wanted : int    worlds
    peeked : Result or None     of the worlds finished so far
    result : Result or None     of the last plan run; of a stopped job, what was finished
    """

    kind: str
    plans: tuple[str, ...]
    wanted: int
    state: str = "waiting"
    done: int = 0
    peeked: Result | None = None
    result: Result | None = None
    comparison: Comparison | None = None
    faults: tuple[Fault, ...] = ()
    stop: threading.Event = field(default_factory=threading.Event)
    begun: float = field(default_factory=time.monotonic)
    _last_peek: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether there is more to come."""
        return self.state in ("waiting", "running")

    def seconds_left(self) -> float | None:
        """Return an estimate from the worlds after the first, which waits for the public; None before."""
        if self.done < 2 or not self.is_open:
            return None
        return (time.monotonic() - self.begun) / self.done * (self.wanted - self.done)

    def peek(self, make: Callable[[], Result]) -> None:
        """Keep a result of the finished worlds, now and then."""
        if time.monotonic() - self._last_peek >= SECONDS_BETWEEN_PEEKS:
            self.peeked = make()
            self._last_peek = time.monotonic()


def start(
    job: Job, scenarios: list[Scenario], worlds: int, threads: int, known: dict[Key, Result], keep: Keep
) -> Job:
    """Run each scenario that has no known result on `worlds` worlds, then compare them if there are several."""
    work = threading.Thread(
        target=_work,
        args=(job, scenarios, worlds, threads, known, keep),
        daemon=True,
        name=f"pregon-{job.kind}",
    )
    work.start()
    return job


def _work(
    job: Job, scenarios: list[Scenario], worlds: int, threads: int, known: dict[Key, Result], keep: Keep
) -> None:
    from sim.experiment.runner import Interrupted

    while not _turn.acquire(timeout=0.2):
        if job.stop.is_set():
            job.state = "stopped"
            return
    job.state, job.begun = "running", time.monotonic()
    try:
        _run_all(job, scenarios, worlds, threads, known, keep)
        job.state = "done"
    except Interrupted as stopped:
        job.result, job.state = stopped.result, "stopped"
    except InputError as error:
        job.faults, job.state = error.faults, "failed"
    except PregonError as error:
        job.faults, job.state = (Fault(job.kind, str(error), "want a run that can end"),), "failed"
    except Exception as error:  # what nobody foresaw must not leave the page waiting
        got = f"{type(error).__name__}: {error}"
        job.faults, job.state = (Fault(job.kind, got, "please report it with the plan"),), "failed"
    finally:
        _turn.release()


def _run_all(
    job: Job, scenarios: list[Scenario], worlds: int, threads: int, known: dict[Key, Result], keep: Keep
) -> None:
    from sim.experiment.compare import compare
    from sim.experiment.runner import run

    results, before = [], 0
    for scenario in scenarios:
        key = key_of(scenario, worlds)
        found = known.get(key)
        if found is None:

            def tell(done: int, wanted: int, before: int = before) -> None:
                job.done = before + done

            found = run(
                scenario, replications=worlds, threads=threads, progress=tell, stop=job.stop, peek=job.peek
            )
            keep(key, found)
        results.append(found)
        before += worlds
        job.done, job.result = before, found
    if len(results) > 1:
        job.comparison = compare(*results)


def key_of(scenario: Scenario, worlds: int) -> Key:
    """Return what a result is known by: the scenario with its data, and the number of worlds."""
    from sim.scenario.identity import scenario_hash

    return scenario_hash(scenario), worlds
