"""Compiled loops; each has a plain twin in tests/reference*.py."""

from pathlib import Path

from sim.kernels.compiling import forget_stale
from sim.kernels.luck import mix

forget_stale(Path(mix.stats.cache_path), sorted(Path(__file__).parent.glob("*.py")))
