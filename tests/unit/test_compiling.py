"""Compiled code that is kept on disk is never older than the kernels it was made of."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from sim.kernels.compiling import forget_stale

KERNELS = Path(__file__).parents[2] / "sim" / "kernels"
CALLED = """from numba import njit
@njit(cache=True)
def called(): return {}
"""
CALLS = """from numba import njit
from sim.kernels.called import called
@njit(cache=True)
def calls(): return called() + 1
"""
ASK = "from sim.kernels.calls import calls; print(calls(), sum(calls.stats.cache_hits.values()))"


def test_a_kernel_whose_callee_has_changed_is_compiled_anew(tmp_path: Path) -> None:
    """Change a file that another one's kernel calls. Planted: without the stamp the old answer comes back."""
    there = tmp_path / "sim" / "kernels"
    there.mkdir(parents=True)
    (tmp_path / "sim" / "__init__.py").touch()
    for name in ("__init__.py", "compiling.py", "luck.py"):
        shutil.copy(KERNELS / name, there / name)
    (there / "calls.py").write_text(CALLS, "utf-8")

    def ask(answer: int) -> list[str]:
        (there / "called.py").write_text(CALLED.format(answer), "utf-8")
        surroundings = {**os.environ, "PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "kept")}
        command = [sys.executable, "-c", ASK]
        done = subprocess.run(
            command, cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=True
        )
        return done.stdout.split()

    assert ask(1) == ["2", "0"]
    assert ask(1) == ["2", "1"]
    assert ask(5) == ["6", "0"]
    assert ask(5) == ["6", "1"]
    (there / "__init__.py").write_text("", "utf-8")
    assert ask(8) == ["6", "1"]


def test_only_what_is_stale_goes(tmp_path: Path) -> None:
    source, cache = tmp_path / "one.py", tmp_path / "kept"
    source.write_text("a", "utf-8")
    assert not forget_stale(cache, [source])
    for name in ("one.f-1.py311.nbi", "one.f-1.py311.1.nbc", "other.f-1.py311.nbi", "one.cpython-311.pyc"):
        (cache / name).touch()
    assert not forget_stale(cache, [source])
    source.write_text("b", "utf-8")
    assert forget_stale(cache, [source])
    left = {path.name for path in cache.iterdir()}
    assert left == {"other.f-1.py311.nbi", "one.cpython-311.pyc", "pregon.stamp"}
