"""From pytest-benchmark's file to the tables of README.md and docs/benchmarks.md."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

START, END = "<!-- bench:start -->", "<!-- bench:end -->"
NANO = 1e-9
Rows = list[Sequence[str]]


@dataclass(frozen=True)
class Measured:
    """Hold one timed case: what, at which size, the median, what a round does, further figures."""

    group: str
    what: str
    size: str
    seconds: float
    iqr: float
    work: Mapping[str, float]
    figures: Mapping[str, float]

    def rate(self, unit: str) -> float:
        """Return units of work per second."""
        return self.work[unit] / self.seconds


class Book:
    """Hold all that was measured in one run, by group."""

    def __init__(self, file: Mapping[str, Any]):
        self.machine: str = file["machine_info"]["name"]
        self.all = [
            Measured(
                one["group"], info["what"], info["size"], one["stats"]["median"], one["stats"]["iqr"],
                info["work"], info["figures"],
            )
            for one in file["benchmarks"]
            if (info := one["extra_info"])
        ]  # fmt: skip

    def of(self, group: str, size: str | None = None) -> list[Measured]:
        """Return the cases of a group, of one size or all."""
        return [m for m in self.all if m.group == group and size in (None, m.size)]

    def find(self, group: str, what: str, size: str = "") -> Measured | None:
        """Return one case, or None where it was not measured."""
        return next((m for m in self.of(group, size) if m.what == what), None)


def duration(seconds: float) -> str:
    """Return seconds in a unit that leaves three figures or so."""
    for unit, factor in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(seconds) >= factor:
            return f"{significant(seconds / factor)} {unit}"
    return f"{significant(seconds / NANO)} ns"


def significant(x: float) -> str:
    """Return three significant figures without an exponent."""
    if x == 0 or not math.isfinite(x):
        return f"{x:g}"
    return f"{x:,.{max(0, 2 - math.floor(math.log10(abs(x))))}f}"


def per_second(rate: float, unit: str) -> str:
    """Return a rate in thousands, millions or billions."""
    for word, factor in ((" G", 1e9), (" M", 1e6), (" k", 1e3)):
        if rate >= factor:
            return f"{significant(rate / factor)}{word} {unit}/s"
    return f"{significant(rate)} {unit}/s"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def exponents(points: Iterable[Measured]) -> dict[str, tuple[float, float, float]]:
    """Fit seconds ∝ x^b to each curve by least squares of the logarithms: b, least and largest x."""
    curves: dict[str, list[tuple[float, float]]] = {}
    for point in points:
        curves.setdefault(point.what, []).append((point.figures["x"], point.seconds))
    out = {}
    for name, measured in curves.items():
        x, seconds = np.array(sorted(measured)).T
        if len(x) > 1:
            out[name] = float(np.polyfit(np.log(x), np.log(seconds), 1)[0]), float(x[0]), float(x[-1])
    return out


def reference_rows(book: Book) -> Rows:
    """Return the reference workload: rates on one and two threads, memory, ratio to the machine."""
    rows: Rows = []
    for m in book.of("reference", "large"):
        rates = " · ".join(per_second(m.rate(unit), unit) for unit in m.work)
        spent = f" · {duration(m.figures['processor_seconds'])} of processors"
        rows.append((f"reference workload, {m.what}", duration(m.seconds), rates + spent))
    access, one = (
        book.find("machine", "random access, none waits"),
        book.find("reference", "1 world, 1 thread", "large"),
    )
    if access and one:
        each = one.figures["processor_seconds"] / one.work["contacts"]
        ratio = each * access.rate("accesses")
        rows.append(("… each contact", duration(each), f"{significant(ratio)} independent random accesses"))
    for m in book.of("memory", "large"):
        rows.append(("… peak memory", f"{m.figures['peak_bytes'] / 1e9:.2f} GB", m.what))
    for what in ("pregon --help", "new process to the end of day 1", "the same, kernels compiled anew"):
        size = "" if what.endswith("help") else "small"
        if m := book.find("start-up", what, size):
            rows.append((what + (", 20,000 people" if size else ""), duration(m.seconds), ""))
    if m := book.find("making", "whole public", "large"):
        rows.append(("drawing its public", duration(m.seconds), per_second(m.rate("ties"), "ties")))
    return rows


def sweep_rows(book: Book) -> Rows:
    """Return sweeps: runs a minute, what the runner adds to the worlds' own processor time, memory."""
    rows: Rows = []
    for m in book.of("sweep"):
        f = m.figures
        told = f"{60 * m.work['runs'] / f['sweep_seconds']:,.0f} runs a minute"
        if "runner_share" in f:
            told += (
                f" · of the worlds' processor time the runner takes {f['runner_share']:.1%}, each point's tables and "
                f"files {f['files_share']:.1%}, tables over all points and the report {f['end_share']:.1%}"
            )
        if "peak_bytes" in f:
            told += (
                f" · peak {f['peak_bytes'] / 1e6:,.0f} MB ({f['quarter_peak_bytes'] / 1e6:,.0f} MB for a quarter of "
                "the points)"
            )
        for other in ("threads", "processes"):
            if f"times_{other}" in f:
                told += f" · {f[f'times_{other}']:.2f} × the time of 2 {other}"
        rows.append((f"sweep, {m.what}", duration(f["sweep_seconds"]), f"{m.size}: {told}"))
    return rows


TASKS = {
    "cascade": "independent cascade, BA 100k people / 1M arcs, {}",
    "large cascade": "independent cascade, R-MAT 1M people / 16M arcs, {}",
    "linear threshold": "linear threshold, BA 100k / 1M",
    "SIR": "SIR, BA 100k / 1M",
    "choice": "50 people chosen, ε = .1, {}",
    "bank": "64 plans on kept worlds, BA 100k / 1M, {}",
    "month": "the cascade by the whole day, thirty days lived, {}",
    "plain numpy": "the reference workload, {}",
    "yardstick": "1M people, 30 days, **not the same task**",
}


def ratio_rows(book: Book) -> Rows:
    """Return how many times the time of ours each other tool takes, run in turn with ours."""
    return [
        (
            m.what, task.format(m.size), duration(m.figures["their_seconds"]), duration(m.figures["our_seconds"]),
            f"{significant(m.figures['ratio'])}×",
            _apart(m.figures),
        )
        for group, task in TASKS.items()
        for m in book.of(group)
        if "ratio" in m.figures
    ]  # fmt: skip


def _apart(figures: Mapping[str, float]) -> str:
    """Return how far the spreads are apart; of a choice, how far ours goes beyond theirs."""
    if "our_spread_of_theirs" in figures:
        return f"{figures['our_spread_of_theirs'] - 1.0:+.2%}"
    return f"{figures['standard_errors_apart']:+.1f} SE" if "standard_errors_apart" in figures else ""


def scaling_rows(book: Book) -> Rows:
    """Return the exponent of each curve."""
    return [
        (name, f"{low:,.0f} → {high:,.0f}", f"{b:.2f}")
        for name, (b, low, high) in exponents(book.of("scaling")).items()
    ]


def step_rows(book: Book) -> Rows:
    """Return the time in each step of the day, small and large."""
    found = {m.size: m.figures for m in book.of("steps")}
    if "large" not in found:
        return []
    whole = sum(found["large"].values())
    return [
        (
            step,
            duration(found.get("small", {}).get(step, math.nan)),
            duration(seconds),
            f"{seconds / whole:.0%}",
        )
        for step, seconds in found["large"].items()
        if seconds / whole >= 0.001
    ]


def drawn_rows(book: Book) -> Rows:
    """Return what one process took to draw or read a public, and its peak memory."""
    return [
        (
            m.what, m.size, f"{m.figures['ties']:,.0f}", duration(m.figures["drawn_seconds"]),
            f"{m.figures['peak_bytes'] / 1e9:.2f} GB",
        )
        for m in book.of("drawing")
    ]  # fmt: skip


def case_rows(book: Book, groups: Sequence[str]) -> Rows:
    """Return every case of some groups: median, spread, rate, figures."""
    return [
        (
            m.what, m.size, duration(m.seconds), duration(m.iqr),
            " · ".join(per_second(m.rate(unit), unit) for unit in m.work),
            " · ".join(_figure(name, value) for name, value in m.figures.items()),
        )
        for group in groups
        for m in book.of(group)
    ]  # fmt: skip


def _figure(name: str, value: float) -> str:
    if name.endswith("_bytes"):
        return f"{name.removesuffix('_bytes')} {value / 1e6:,.0f} MB"
    if name.endswith("_seconds"):
        return f"{name.removesuffix('_seconds')} {duration(value)}"
    return f"{name.replace('_', ' ')} {significant(value)}"


AGAINST = ("tool", "task", "its time", "ours", "ratio", "spreads apart")
DRAWN = ("how", "people", "ties", "time", "peak memory of the process")
STEPS = ("step", "20,000 people", "1,000,000 people", "share")


def short(book: Book) -> str:
    """Return the section of README.md."""
    parts = [
        f"Medians on {book.machine}; the reference workload is a million people, 20 million ties, five paid "
        "channels, 400 GRP in 30 days. `make bench` measures all this anew; docs/benchmarks.md tells how to read it.",
        table(("what", "median", "rate"), [*reference_rows(book), *sweep_rows(book)]),
        "Other tools in turn with ours, processor time on one thread. Cascades, thresholds and SIR are `sim.cascade`, "
        "called as anyone would (it keeps what a layer and one chance make); *the whole day* opens a world of people "
        "with memory, attitude and thresholds and lives it.",
        _if_any(AGAINST, ratio_rows(book)),
    ]
    return "\n\n".join(part for part in parts if part)


GROUPS = (
    "machine", "kernels", "day", "reference", "plain numpy", "cascade", "large cascade", "linear threshold", "SIR",
    "choice", "bank", "month", "yardstick", "sweep", "making", "start-up", "memory",
)  # fmt: skip


def full(book: Book) -> str:
    """Return the section of docs/benchmarks.md."""
    head = ("what", "size", "median", "IQR", "rate", "figures")
    parts = [
        f"Measured on {book.machine}.",
        "### Where a world spends its time",
        _if_any(STEPS, step_rows(book)),
        "### How cost grows",
        _if_any(("by", "from → to", "exponent"), scaling_rows(book)),
        "### Publics drawn and read",
        _if_any(DRAWN, drawn_rows(book)),
        "### Beside other tools",
        _if_any(AGAINST, ratio_rows(book)),
        "### Every case",
        table(head, case_rows(book, GROUPS)),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def _if_any(head: Sequence[str], rows: Rows) -> str:
    return table(head, rows) if rows else "Not measured in this run."


def put(path: Path, text: str) -> None:
    """Replace what stands between the markers of a file.

    Raises
    ------
    ValueError
        Where the file has not exactly one of each marker, in order.
    """
    page = path.read_text("utf-8")
    if page.count(START) != 1 or page.count(END) != 1 or page.index(START) > page.index(END):
        raise ValueError(f"{path.name}: want one {START} and, after it, one {END}")
    before, rest = page.split(START)
    after = rest.split(END)[1]
    path.write_text(f"{before}{START}\n{text}\n{END}{after}", "utf-8")


def write(results: Path, root: Path) -> None:
    """Put the tables of one results file into README.md and docs/benchmarks.md under `root`."""
    book = Book(json.loads(results.read_text("utf-8")))
    pages: dict[str, Callable[[Book], str]] = {"README.md": short, "docs/benchmarks.md": full}
    for name, text in pages.items():
        put(root / name, text(book))
