"""A new process that draws or reads one public: ``python -m benchmarks.drawing JSON``; files to read are made here."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.probe import peak_bytes

TIES = 10  # of a person, about
USE = {"feed": {"users": 1.0, "visits_per_day": 1.0}}
GENERATED: dict[str, dict[str, Any]] = {
    "power_law": {"feed": {"generate": "power_law", "min_followers": 3}},
    "affiliation": {"feed": {"generate": "affiliation", "min_ties": 5}},
    "small_world": {"offline": {"generate": "small_world", "ties": TIES}},
}
READ = ("csv", "csv.gz", "parquet", "graphml")


def plan(kind: str, people: int) -> dict[str, Any]:
    """Return a scenario that draws its ties, or reads people and ties from files of a kind."""
    if kind in GENERATED:
        audience: dict[str, Any] = {"agents": people, "segments": {
            "a": {"share": 0.3, "usage": USE}, "b": {"share": 0.7, "usage": USE}}}  # fmt: skip
        network = GENERATED[kind]
    else:
        table = {"file": name("people", kind), "id": "id", "segment_by": ["town"]}
        audience = {"from_people": table, "everyone": {"usage": USE}}
        network = {"feed": {"edges": name("ties", kind), "directed": True}}
    return {
        "name": f"{kind}, {people:,} people", "days": 1, "audience": audience, "network": network,
        "channels": {"feed": {"kind": "feed", "medium": "feed", "cpm": 1.0}},
        "messages": {"m": {"appeals": {}, "quality": 0.5}},
        "plan": {"flights": {"f": {"message": "m", "channel": "feed", "days": "1", "grp": 1.0}}},
    }  # fmt: skip


def name(what: str, kind: str) -> str:
    """Return the file of people or of ties; GraphML holds both in one."""
    return f"{'both' if kind == 'graphml' else what}.{kind}"


def write_files(folder: Path, kind: str, people: int) -> None:
    """Write people in eight towns and ten ties each, drawn by lot."""
    import pandas as pd

    rng = np.random.default_rng(1)
    towns = rng.choice([f"town {i}" for i in range(8)], people)
    members = pd.DataFrame({"id": np.arange(people), "town": towns, "age": rng.integers(18, 80, people)})
    ties = pd.DataFrame(rng.integers(0, people, (TIES * people, 2), dtype=np.int32), columns=["from", "to"])
    for what, frame in (("people", members), ("ties", ties)):
        path = folder / name(what, kind)
        if kind == "parquet":
            frame.to_parquet(path)
        elif kind != "graphml":
            frame.to_csv(path, index=False, compression={"method": "infer", "compresslevel": 1})
    if kind == "graphml":
        _write_graphml(folder / name("both", kind), towns, ties.to_numpy())


def _write_graphml(path: Path, towns: np.ndarray, ties: np.ndarray) -> None:
    with path.open("w") as out:
        out.write('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
        out.write(
            '<key id="t" for="node" attr.name="town" attr.type="string"/>\n<graph edgedefault="directed">\n'
        )
        out.writelines(f'<node id="{i}"><data key="t">{town}</data></node>\n' for i, town in enumerate(towns))
        out.writelines(f'<edge source="{a}" target="{b}"/>\n' for a, b in ties.tolist())
        out.write("</graph></graphml>\n")


def measure(kind: str, people: int, folder: str, warm: str) -> dict[str, Any]:
    """Draw a public of a kind once, after a small one that compiles: seconds, ties, peak memory.

    `folder` holds the files of the public, `warm` those of a small one.
    """
    import sim
    from sim.public import draw
    from sim.scenario.schema import Scenario

    def scenario(n: int, at: str) -> Scenario:
        path = Path(at) / "plan.yaml"
        path.write_text(json.dumps(plan(kind, n)), "utf-8")
        return Scenario.load(path)

    draw(scenario(500, warm))
    ready, begun, spent = scenario(people, folder), time.perf_counter(), time.process_time()
    _, network = draw(ready)
    return {
        "wall": time.perf_counter() - begun,
        "cpu": time.process_time() - spent,
        "ties": sum(layer.n_ties for layer in network.layers.values()),
        "peak_bytes": peak_bytes(),
        "source": str(Path(sim.__file__).resolve().parent),
    }


if __name__ == "__main__":
    print(json.dumps(measure(**json.loads(sys.argv[1]))))
