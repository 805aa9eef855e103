"""What comes before the first day: the public, its network, the command itself, memory."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache

import pytest

from benchmarks import drawing
from benchmarks.probe import probe
from benchmarks.workload import IS_TINY, SIZES, reference, study
from sim.agents.build import build_population
from sim.network.generate import generate_layer
from sim.public import draw, ready_public
from sim.scenario.schema import Scenario

EACH_SIZE = pytest.mark.parametrize("size", SIZES)
FEW = {"small": 5, "large": 2}
OFTEN = {"rounds": 1} if IS_TINY else {"rounds": 7, "warmup_rounds": 1}  # of new processes
DAYS_OF_START = 3


@lru_cache(maxsize=2)
def drawn(people):
    scenario = Scenario.from_dict(reference(people))
    return scenario, build_population(scenario)


@pytest.mark.benchmark(group="making")
@EACH_SIZE
def test_population(benchmark, note, size):
    scenario, _ = drawn(SIZES[size])
    made = benchmark.pedantic(build_population, args=(scenario,), rounds=FEW[size])
    note("people", size, work={"people": made.n_people})


@pytest.mark.benchmark(group="making")
@EACH_SIZE
@pytest.mark.parametrize("layer", ["network", "offline"])
def test_layer(benchmark, note, size, layer):
    scenario, population = drawn(SIZES[size])
    spec = scenario.network[layer]
    generate_layer(layer, spec, drawn(SIZES["small"])[1], 1)
    made = benchmark.pedantic(generate_layer, args=(layer, spec, population, 1), rounds=FEW[size])
    note(f"layer, {spec.generate}", size, work={"ties": made.n_ties})


@pytest.mark.benchmark(group="making")
@EACH_SIZE
def test_public(benchmark, note, size):
    scenario, _ = drawn(SIZES[size])
    study(SIZES["small"])
    made = benchmark.pedantic(lambda: ready_public(scenario, *draw(scenario)), rounds=FEW[size])
    note("whole public", size, work={"ties": sum(layer.n_ties for layer in made.network.layers.values())})


@pytest.mark.benchmark(group="drawing")
@pytest.mark.parametrize(
    ("kind", "times"),
    [
        *((kind, 0.1 if kind == "graphml" else 1) for kind in (*drawing.GENERATED, *drawing.READ)),
        ("power_law", 10),
    ],
)
def test_drawn_in_a_new_process(benchmark, note, tmp_path, kind, times):
    """People and about ten ties each: drawn or read, by a process that does nothing else."""
    people = int(times * SIZES["large"])
    for folder, n in (("all", people), ("warm", 500)):
        (tmp_path / folder).mkdir()
        if kind in drawing.READ:
            drawing.write_files(tmp_path / folder, kind, n)
    asked = {"kind": kind, "people": people, "folder": str(tmp_path / "all"), "warm": str(tmp_path / "warm")}
    found = []

    def ask():
        is_here = (
            IS_TINY and kind != "csv"
        )  # a process costs seconds, and its memory says nothing at that size
        found.append(drawing.measure(**asked) if is_here else probe(asked, module="benchmarks.drawing"))

    benchmark.pedantic(ask, rounds=1)
    figures = {name: found[-1][name] for name in ("ties", "peak_bytes")} | {
        "drawn_seconds": found[-1]["wall"]
    }
    note(f"{'drawn' if kind in drawing.GENERATED else 'read'}: {kind}", f"{people:,} people", **figures)
    assert 0.5 < found[-1]["ties"] / people / drawing.TIES < 2.5


@pytest.mark.benchmark(group="start-up")
def test_help(benchmark, note):
    def ask():
        return subprocess.run([sys.executable, "-m", "sim", "--help"], capture_output=True, check=True).stdout

    said = benchmark.pedantic(ask, **OFTEN)
    note("pregon --help")
    assert b"scenario" in said


@pytest.mark.benchmark(group="start-up")
def test_first_day(benchmark, note):
    asked = {"people": SIZES["small"], "days": DAYS_OF_START, "worlds": 0}
    found = []
    benchmark.pedantic(lambda: found.append(probe(asked)), **OFTEN)
    note("new process to the end of day 1", "small", peak_bytes=found[-1]["peak_bytes"])
    assert found[-1]["first_day"] > 0


@pytest.mark.benchmark(group="start-up")
def test_first_day_compiled_anew(benchmark, note, tmp_path):
    """Start with an empty cache of compiled kernels: what a newcomer waits for, once."""
    asked = {"people": SIZES["small"], "days": DAYS_OF_START, "worlds": 0}
    if IS_TINY:
        pytest.skip("compiling takes as long at any size")
    warm = probe(asked)["first_day"]
    empty = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    found = []
    benchmark.pedantic(lambda: found.append(probe(asked, env=empty)), rounds=1)
    note("the same, kernels compiled anew", "small", compile_seconds=found[-1]["first_day"] - warm)
    assert any(tmp_path.rglob("*.nbc"))


MEMORY = {
    "public drawn, two worlds lived in turn": {"worlds": 2},
    "public drawn, two worlds lived on two threads": {"worlds": 0, "at_once": 2},
}


@pytest.mark.benchmark(group="memory")
@EACH_SIZE
@pytest.mark.parametrize("what", MEMORY)
def test_peak_memory(benchmark, note, size, what):
    """Draw the public and live worlds in a new process."""
    found = []
    asked = {"people": SIZES[size], **MEMORY[what]}
    benchmark.pedantic(lambda: found.append(probe(asked)), rounds=1)
    note(what, size, peak_bytes=found[-1]["peak_bytes"])
    assert found[-1]["contacts"] > SIZES[size]


@pytest.mark.benchmark(group="memory")
def test_peak_memory_of_ten_times_as_many(benchmark, note):
    """One world of the reference workload at ten million people and two hundred million ties, on one thread."""
    if IS_TINY:
        pytest.skip("a small size of the same")
    people = 10 * SIZES["large"]
    found = []
    benchmark.pedantic(lambda: found.append(probe({"people": people, "worlds": 1})), rounds=1)
    note("public drawn, one world lived", f"{people:,} people", peak_bytes=found[-1]["peak_bytes"],
         world_seconds=found[-1]["wall"][0])  # fmt: skip
    assert found[-1]["contacts"] > people
