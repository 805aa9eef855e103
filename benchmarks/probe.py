"""A new process that draws the reference workload and lives some worlds: ``python -m benchmarks.probe JSON``."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def probe(
    asked: Mapping[str, Any],
    *,
    root: Path = ROOT,
    env: Mapping[str, str] | None = None,
    module: str = "benchmarks.probe",
) -> dict[str, Any]:
    """Run `measure` in a new process, on the source under `root`; return what it found.

    Parameters
    ----------
    asked : mapping
        Keywords of `measure`.
    root : Path
        A checkout with ``sim`` and ``benchmarks``.
    env : mapping of str to str, optional
        In place of this process's environment.
    module : str
        Whose `measure` it is.
    """
    surroundings = {**(os.environ if env is None else env), "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", module, json.dumps(dict(asked))]
    done = subprocess.run(command, cwd=root, env=surroundings, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the probe failed on {root.name}:\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if Path(found["source"]) != root.resolve() / "sim":
        raise RuntimeError("the probe measured another checkout")
    return found


def peak_bytes() -> int:
    """Return the most memory this process has held.

    Linux hands ``ru_maxrss`` down from the process that started this one; ``VmHWM`` begins anew.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return 1024 * int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(
    people: int,
    worlds: int,
    grp: float = 400.0,
    days: int = 30,
    at_once: int = 0,
    off: Sequence[str] = (),
) -> dict[str, Any]:
    """Draw the public, live one day, then `worlds` worlds on this thread, then `at_once` on as many threads.

    `off` names addresses of the scenario that are null: mechanisms to be left out.

    Returns
    -------
    dict
        ``first_day`` seconds from here to the end of the first day, ``wall`` and ``cpu`` seconds of
        each world, ``contacts`` of the last, ``peak_bytes`` of this process, ``source`` measured.
    """
    begun = time.perf_counter()
    import sim
    from benchmarks.workload import contacts_of, lived, open_world, study

    ready = study(people, grp, days, tuple(off))
    world = open_world(ready)
    world.step()
    first_day = time.perf_counter() - begun
    if worlds:
        world.run()  # steps that have not come up yet are compiled or loaded here
    del world
    wall, cpu, contacts = [], [], 0
    for replication in range(worlds):
        at, spent = time.perf_counter(), time.process_time()
        done = lived(ready, replication)
        wall.append(time.perf_counter() - at)
        cpu.append(time.process_time() - spent)
        contacts = contacts_of(done)
        del done
    if at_once:
        with ThreadPoolExecutor(at_once) as pool:
            contacts = max(pool.map(lambda k: contacts_of(lived(ready, k)), range(at_once)))
    return {
        "first_day": first_day,
        "wall": wall,
        "cpu": cpu,
        "contacts": contacts,
        "peak_bytes": peak_bytes(),
        "source": str(Path(sim.__file__).resolve().parent),
    }


if __name__ == "__main__":
    print(json.dumps(measure(**json.loads(sys.argv[1]))))
