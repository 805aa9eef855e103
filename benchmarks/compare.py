"""Two commits in one run: ``python -m benchmarks.compare REV [--pairs N] [--people N] [--off ADDRESS]…``.

This tree and REV live the same worlds in turn, A B B A, each in a process of its own with the same
interpreter; what the machine does meanwhile meets both alike. Told are medians of paired ratios. What REV
does not know yet can be switched off in this tree, to see what it costs when it is off.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.probe import ROOT, probe


@contextmanager
def checkout(revision: str, root: Path = ROOT) -> Iterator[Path]:
    """Give a folder with `revision` in it and today's benchmarks; leave nothing behind.

    Raises
    ------
    ValueError
        Where there is no such commit.
    """
    asked = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if asked.returncode:
        raise ValueError(f"no commit {revision}")
    with tempfile.TemporaryDirectory(prefix="pregon-bench-") as folder:
        tree = Path(folder).resolve() / "tree"
        try:
            added = _git(root, "worktree", "add", "--detach", str(tree), asked.stdout.strip())
            if added.returncode:
                raise ValueError(f"{revision} cannot be checked out: {added.stderr.strip()}")
            shutil.copytree(
                ROOT / "benchmarks", tree / "benchmarks", dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("__pycache__"),
            )  # fmt: skip
            yield tree
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))
            _git(root, "worktree", "prune")


def _git(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True)


def paired(
    here: Path, there: Path, *, people: int, pairs: int, worlds: int = 3, off: Sequence[str] = ()
) -> dict[str, np.ndarray]:
    """Return ratios there/here of ``wall`` and ``cpu`` per world, one per pair, and the contacts of both.

    A ratio above 1: the tree `here` is faster. `off`: addresses that are null in the tree `here`.
    """
    asked = {tree: {"people": people, "worlds": worlds} for tree in (here, there)}
    asked[here]["off"] = list(off)
    for tree in (here, there):  # compiles, and fills the caches of each
        probe({**asked[tree], "worlds": 1}, root=tree)
    out: dict[str, list[float]] = {"wall": [], "cpu": [], "here": [], "there": []}
    for k in range(pairs):
        order = (here, there) if k % 2 == 0 else (there, here)
        found = {tree: probe(asked[tree], root=tree) for tree in order}
        for clock in ("wall", "cpu"):
            out[clock].append(np.median(found[there][clock]) / np.median(found[here][clock]))
        out["here"].append(found[here]["contacts"])
        out["there"].append(found[there]["contacts"])
    return {name: np.array(values) for name, values in out.items()}


def interval(ratios: np.ndarray, level: float = 0.95, resamples: int = 10_000) -> tuple[float, float, float]:
    """Return the median and its bootstrap interval (percentile), from a fixed start."""
    rng = np.random.default_rng(1)
    medians = np.median(rng.choice(ratios, (resamples, len(ratios))), axis=1)
    low, high = np.quantile(medians, [(1 - level) / 2, (1 + level) / 2])
    return float(np.median(ratios)), float(low), float(high)


def main(words: list[str]) -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(prog="make bench-compare", description=__doc__)
    parser.add_argument("revision")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--off", action="append", default=[], help="an address that is null in this tree")
    asked = parser.parse_args(words)
    try:
        with checkout(asked.revision) as tree:
            ratios = paired(ROOT, tree, people=asked.people, pairs=asked.pairs, off=asked.off)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for clock, name in (("wall", "time"), ("cpu", "processor time")):
        middle, low, high = interval(ratios[clock])
        print(
            f"{name} of {asked.revision} / {name} of this tree: {middle:.3f}  (95 %: {low:.3f} … {high:.3f})"
        )
    if not np.array_equal(ratios["here"], ratios["there"]):
        print("The two do not live the same worlds: their contacts differ.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
