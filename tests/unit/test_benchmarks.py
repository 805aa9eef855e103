"""The benchmarks stay alive: every case runs once at tiny sizes, and the tables are made of what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import compare, machine, report

ROOT = Path(__file__).resolve().parents[2]


def test_every_case_runs_once(tmp_path):
    results = tmp_path / "bench.json"
    command = [
        sys.executable, "-m", "pytest", "benchmarks", "-q", "-W", "ignore", "-p", "no:cacheprovider",
        "-p", "no:xdist", "--timeout=280", f"--benchmark-json={results}", "--benchmark-warmup=off",
    ]  # fmt: skip
    settings = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        command, cwd=ROOT, env={**settings, "PREGON_BENCH_TINY": "1"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:]
    book = report.Book(json.loads(results.read_text()))
    assert {m.group for m in book.all} >= {
        "machine",
        "kernels",
        "day",
        "reference",
        "scaling",
        "memory",
        "cascade",
    }
    assert "reference workload, 1 world, 1 thread" in report.short(book)
    assert "deliver paid" in report.full(book)
    assert os.uname().nodename not in results.read_text()


def points(exponent):
    return [
        report.Measured("scaling", "people", "", 2e-3 * x**exponent, 0.0, {}, {"x": x}) for x in (10, 30, 900)
    ]


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.3])
def test_exponents_are_the_slopes(exponent):
    assert report.exponents(points(exponent)) == {"people": (pytest.approx(exponent), 10, 900)}


@pytest.mark.parametrize(("seconds", "told"), [
    (12.34, "12.3 s"), (0.0456, "45.6 ms"), (7.891e-5, "78.9 µs"), (3.21e-8, "32.1 ns"), (1234.0, "1,234 s"),
])  # fmt: skip
def test_durations(seconds, told):
    assert report.duration(seconds) == told


def test_only_what_stands_between_the_markers_is_replaced(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.START}\nold\n{report.END}\nafter\n")
    report.put(page, "new")
    assert page.read_text() == f"before\n{report.START}\nnew\n{report.END}\nafter\n"
    report.put(page, "newer")
    assert page.read_text() == f"before\n{report.START}\nnewer\n{report.END}\nafter\n"


@pytest.mark.parametrize("text", ["", f"{report.START}", f"{report.END} {report.START}"])
def test_a_page_without_its_markers_is_refused_and_left(tmp_path, text):
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(ValueError, match=r"page\.md: want one"):
        report.put(page, "new")
    assert page.read_text() == text


def test_interval_holds_the_median_and_narrows():
    ratios = np.random.default_rng(3).normal(1.3, 0.1, 40)
    middle, low, high = compare.interval(ratios)
    assert low < middle < high
    assert middle == np.median(ratios)
    few = compare.interval(ratios[:6])
    assert few[2] - few[1] > high - low


def _git(folder, *words):
    who = ("-c", "user.name=n", "-c", "user.email=n@n", "-c", "core.hooksPath=/dev/null")
    subprocess.run(["git", *who, "-C", str(folder), *words], check=True, capture_output=True)


def test_a_checkout_is_the_commit_asked_for_and_leaves_nothing(tmp_path):
    _git(tmp_path, "init", "-q")
    for text in ("old", "new"):
        (tmp_path / "what.txt").write_text(text)
        _git(tmp_path, "add", ".")
        _git(tmp_path, "commit", "-q", "-m", text)

    def interrupted():
        with compare.checkout("HEAD~1", tmp_path) as tree:
            seen.append(((tree / "what.txt").read_text(), (tree / "benchmarks/probe.py").exists(), tree))
            raise KeyboardInterrupt

    seen = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    ((text, has_probe, tree),) = seen
    assert (text, has_probe, tree.exists()) == ("old", True, False)
    listed = subprocess.run(["git", "-C", tmp_path, "worktree", "list"], capture_output=True, text=True)
    assert len(listed.stdout.splitlines()) == 1


def test_an_unknown_commit_is_told(tmp_path, capsys):
    assert compare.main(["no-such-commit"]) == 2
    assert "no commit no-such-commit" in capsys.readouterr().err


def test_the_machine_is_told_without_its_host():
    assert machine.name().split(" cores")[0].isdigit()
    assert os.uname().nodename not in machine.name()
