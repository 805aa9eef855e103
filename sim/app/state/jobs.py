"""Long work beside the page, in a thread of its own, one at a time on a machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.errors import Fault, InputError, PregonError

if TYPE_CHECKING:
    from sim.experiment.compare import Comparison
    from sim.results.frames import Result
    from sim.scenario.schema import Scenario

SECONDS_BETWEEN_PEEKS = 1.0
PEEKS_REST = 9
_turn = threading.Lock()
Key = tuple[str, int]
Keep = Callable[[Key, "Result"], None]
Known = Callable[[Key], "Result | None"]


class Halted(Exception):
    """The work was stopped before its end."""


@dataclass(slots=True, eq=False)
class Job:
    """Hold how far some work has come; the page looks, the thread writes.

    Attributes
    ----------
    kind : str            ``run``, ``compare``, ``sweep`` or ``influencers``
    plans : tuple of str  keys of the plans
    state : str           ``waiting``, ``running``, ``done``, ``stopped`` or ``failed``
    done, wanted : int    worlds
    found_done : int      worlds that an earlier start had left
    peeked : Result or Kept or None     of the worlds or points finished so far
    result : Result or None     of the last plan run; of a stopped job, what was finished
    compared : tuple of key     of the results that `comparison` is of
    """

    kind: str
    plans: tuple[str, ...]
    wanted: int
    state: str = "waiting"
    done: int = 0
    peeked: Any = None
    result: Result | None = None
    comparison: Comparison | None = None
    compared: tuple[Key, ...] = ()
    faults: tuple[Fault, ...] = ()
    stop: threading.Event = field(default_factory=threading.Event)
    begun: float = field(default_factory=time.monotonic)
    found_done: int = 0
    _next_peek: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether there is more to come."""
        return self.state in ("waiting", "running")

    def seconds_left(self) -> float | None:
        """Return an estimate from the worlds after the first, which waits for the public; None before."""
        rate = self.per_second()
        return None if rate is None else (self.wanted - self.done) / rate

    def per_second(self) -> float | None:
        """Return worlds finished per second; None before the second."""
        fresh = self.done - self.found_done
        if fresh < 2 or not self.is_open:
            return None
        return fresh / max(time.monotonic() - self.begun, 1e-3)

    def peek(self, make: Callable[[], Any]) -> None:
        """Keep what is finished, now and then."""
        begun = time.monotonic()
        if begun >= self._next_peek:
            self.peeked = make()
            # What takes longer, as there are more worlds, is looked at less often: a tenth of the time at most.
            now = time.monotonic()
            self._next_peek = now + max(SECONDS_BETWEEN_PEEKS, PEEKS_REST * (now - begun))


def start(job: Job, scenarios: list[Scenario], worlds: int, threads: int, known: Known, keep: Keep) -> Job:
    """Run each scenario that has no known result on `worlds` worlds, then compare them if there are several."""
    return do(job, lambda: _run_all(job, scenarios, worlds, threads, known, keep))


def do(job: Job, act: Callable[[], None]) -> Job:
    """Do some work in a thread of its own when it is its turn; what goes wrong stands in the job."""
    threading.Thread(target=_work, args=(job, act), daemon=True, name=f"pregon-{job.kind}").start()
    return job


def _work(job: Job, act: Callable[[], None]) -> None:
    from sim.experiment.runner import Interrupted

    while not _turn.acquire(timeout=0.2):
        if job.stop.is_set():
            job.state = "stopped"
            return
    job.state, job.begun = "running", time.monotonic()
    try:
        act()
        job.state = "done"
    except Interrupted as stopped:
        job.result, job.state = stopped.result, "stopped"
    except Halted:
        job.state = "stopped"
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
    job: Job, scenarios: list[Scenario], worlds: int, threads: int, known: Known, keep: Keep
) -> None:
    from sim.experiment.compare import compare
    from sim.experiment.runner import run
    from sim.experiment.workers import threads_for
    from sim.public import build_public

    results, before = [], 0
    for scenario in scenarios:
        key = key_of(scenario, worlds)
        found = known(key)
        if found is None:

            def tell(done: int, wanted: int, before: int = before) -> None:
                job.done = before + done

            few = min(threads, threads_for(build_public(scenario)))
            found = run(
                scenario, replications=worlds, threads=few, progress=tell, stop=job.stop, peek=job.peek
            )
            keep(key, found)
        results.append(found)
        before += worlds
        job.done, job.result = before, found
    if len(results) > 1:
        job.compared = tuple(key_of(scenario, worlds) for scenario in scenarios)
        job.comparison = compare(*results)


def key_of(scenario: Scenario, worlds: int) -> Key:
    """Return what a result is known by: the scenario with its data, and the number of worlds."""
    from sim.scenario.identity import scenario_hash

    return scenario_hash(scenario), worlds


def is_taken() -> bool:
    """Tell whether some tab's work goes on."""
    return _turn.locked()
