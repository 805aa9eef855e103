"""Measure all that is installed here and write the tables: ``python -m benchmarks [pytest options]``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.report import write

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "out" / "bench.json"


def main(options: list[str]) -> int:
    """Run the suite, then write README.md and docs/benchmarks.md where every case passed."""
    RESULTS.parent.mkdir(exist_ok=True)
    command = [
        sys.executable, "-m", "pytest", "benchmarks", f"--benchmark-json={RESULTS}", "--benchmark-sort=name",
        "--benchmark-columns=median,iqr,rounds", "--timeout=3600", "-W", "ignore", "-q", *options,
    ]  # fmt: skip
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode
    if code:
        print("The tables are left as they were: a benchmark failed, or two tools disagree.", file=sys.stderr)
        return code
    if "PREGON_BENCH_TINY" in os.environ:
        print("Tiny sizes prove nothing: the tables are left as they were.", file=sys.stderr)
        return 0
    write(RESULTS, ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
