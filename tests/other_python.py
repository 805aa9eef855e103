"""Interpreters beside this one, for tests that need what it cannot hold: another Mesa, Vuetify 2."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NESTED = "PREGON_TESTED_ELSEWHERE"
NONE = "none"
PROBE = """
import importlib.metadata as m, sys
for name, least, below in {wanted}:
    try: has = tuple(map(int, m.version(name).split(".")[:2]))
    except m.PackageNotFoundError: sys.exit("no " + name)
    if has < least or below and has >= below: sys.exit(name + " " + m.version(name))
"""
NEEDS = [(name, (0, 0), None) for name in ("pregon", "numba", "pyarrow", "pytest", "pytest-timeout", "scipy")]


@dataclass(frozen=True)
class Elsewhere:
    """Tell which interpreter is wanted, where it is looked for, and what it is to have.

    The variable names it; else `make venvs` has put it in `folder`, or it is one of `names` on the path.
    """

    what: str
    variable: str
    folder: str
    wanted: tuple[tuple[str, tuple[int, int], tuple[int, int] | None], ...]
    names: tuple[str, ...] = ()

    def find(self) -> tuple[str | None, str]:
        """Return the interpreter, None if there is none, and why others are not it."""
        told = os.environ.get(self.variable)
        why = []
        for name in [told] if told else [str(ROOT / self.folder / "bin" / "python"), *self.names]:
            path = shutil.which(name)
            if path is None:
                why.append(f"{Path(name).name if name in self.names else name}: not found")
                continue
            probe = PROBE.format(wanted=[*NEEDS, *self.wanted])
            done = subprocess.run([path, "-c", probe], capture_output=True, text=True, cwd=ROOT)
            if done.returncode == 0:
                return path, ""
            why.append(f"{name}: {done.stderr.strip().splitlines()[-1]}")
        return None, "; ".join(why)

    def need(self) -> str:
        """Return the interpreter; skip without one, and fail in CI unless it says that there is none to have."""
        if os.environ.get(self.variable) == NONE:
            pytest.skip(f"{self.variable}={NONE}: no Python for {self.what} on this machine")
        path, why = self.find()
        if path is None:
            said = f"no Python with {self.what} (make venvs, or set {self.variable}): {why}"
            if os.environ.get("CI") == "true" or self.variable in os.environ:
                pytest.fail(said)
            pytest.skip(said)
        return path


NEWER_MESA = Elsewhere(
    "mesa ≥ 3.5", "PREGON_PYTHON_NEW", ".venv-new", (("mesa", (3, 5), None),),
    ("python3.14", "python3.13", "python3.12"),
)  # fmt: skip
VUETIFY_2 = Elsewhere(
    "SolaraViz and Vuetify 2", "PREGON_PYTHON_VIZ", ".venv-viz",
    (("solara", (1, 40), None), ("ipyvuetify", (1, 0), (2, 0)), ("matplotlib", (3, 0), None)),
)  # fmt: skip


def has_vuetify_2() -> bool:
    """Tell whether SolaraViz works in this interpreter."""
    try:
        metadata.version("solara")
        metadata.version("matplotlib")
        return metadata.version("ipyvuetify").startswith("1.")
    except metadata.PackageNotFoundError:
        return False


def run_tests(python: str, *paths: str) -> str:
    """Run tests with another interpreter, warnings as errors; all must pass and none be skipped."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    options = ["-q", "-W", "error", "-p", "no:cacheprovider", "-p", "no:xdist", "--timeout", "900"]
    done = subprocess.run(
        [python, "-m", "pytest", *options, *paths],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT), NESTED: "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert " skipped" not in done.stdout, done.stdout[-2000:]
    return done.stdout
