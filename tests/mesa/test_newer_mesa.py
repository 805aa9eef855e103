"""These tests once more on a newer interpreter with mesa 3.5, where one is found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mesa_publics import IS_NEW_MESA

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "PREGON_PYTHON_NEW"
PROBE = """
import importlib.util as u, sys
missing = [m for m in ("mesa", "numba", "pyarrow", "pydantic", "pytest", "pytest_timeout", "ruamel.yaml", "scipy")
           if not u.find_spec(m.split(".")[0])]
if missing: sys.exit("no " + ", ".join(missing))
import mesa
if tuple(map(int, mesa.__version__.split(".")[:2])) < (3, 5): sys.exit("mesa " + mesa.__version__)
"""


def newer() -> tuple[str | None, list[str]]:
    """Return an interpreter that can run these tests with mesa ≥ 3.5, and why others cannot."""
    told = os.environ.get(VARIABLE)
    asked = [told] if told else ["python3.14", "python3.13", "python3.12"]
    why = []
    for name in asked:
        path = shutil.which(name)
        if path is None:
            why.append(f"{name}: not found")
            continue
        probe = subprocess.run([path, "-c", PROBE], capture_output=True, text=True, cwd=ROOT)
        if probe.returncode == 0:
            return path, why
        why.append(f"{name}: {probe.stderr.strip().splitlines()[-1]}")
    return None, why


@pytest.mark.e2e
@pytest.mark.timeout(1500)  # kernels are compiled anew for another interpreter
@pytest.mark.skipif(IS_NEW_MESA, reason="this is mesa ≥ 3.5 already")
def test_mesa_3_5_on_a_newer_interpreter() -> None:
    path, why = newer()
    if path is None:
        if os.environ.get(VARIABLE):
            pytest.fail(f"{VARIABLE}: {'; '.join(why)}")
        # Unlike a browser, `make` can install no interpreter: it is absent on CI too, and this must not fail there.
        pytest.skip(f"no interpreter with mesa ≥ 3.5 (set {VARIABLE}): {'; '.join(why)}")
    options = ["-q", "-W", "error", "-p", "no:cacheprovider", "--timeout", "900", "tests/mesa"]
    done = subprocess.run([path, "-m", "pytest", *options], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert sys.executable != path
