"""Sweeps as tests run them: small scenarios, what a folder holds, drivers that are killed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.e2e.command import environment
from tests.e2e.texts import TINY

VARIED = """\
sweep:
  vary:
    plan.flights.tv_hello.budget: [500, 900]
    plan.partners.voices: [on, off]
    plan.partners.voices.choose.count: [1, 3]
"""
SMALL = TINY + VARIED
N_POINTS, N_WORLDS = 6, 18
# Kills its own process, as power would go, at the n-th time that something is made safe or moved into place.
KILLED = """
import os, signal, sys
from pathlib import Path
left = int(sys.argv[1])
def counted(act):
    def acting(*args, **kwargs):
        global left
        left -= 1
        if left == 0 and sys.argv[2] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        out = act(*args, **kwargs)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return out
    return acting
os.fsync, Path.replace = counted(os.fsync), counted(Path.replace)
from sim.experiment.sweeps import driver, sweep
from sim.experiment.sweeps.store import Store
driver.BATCH_SECONDS = 0.0
Store.keep, Store.fail = counted(Store.keep), counted(Store.fail)
from sim import Scenario
sweep.sweep(Scenario.load("plan.yaml"), "out", threads=2)
print("never killed", left)
"""


def digest(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that a sweep leaves for others to read."""
    kept = [*folder.glob("*.csv"), *folder.glob("*/*.parquet")]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(kept)}


def killed_at(folder: Path, nth: int, moment: str = "before") -> bool:
    """Start a sweep that is killed at its n-th write; return whether it came that far."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(nth), moment],
        cwd=folder, env=environment(), capture_output=True, encoding="utf-8", timeout=200,
    )  # fmt: skip
    if done.returncode == -signal.SIGKILL:
        return True
    assert done.returncode == 0, done.stderr
    return False


def file_limit(n_bytes: int) -> None:
    """Let no file of this process grow beyond a size, as on a disk that is full (POSIX)."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))


IS_POSIX = os.name == "posix"
