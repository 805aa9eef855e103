"""Results of runs that outlive the server: the last few of a browser session, as they were to the last bit."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.app.state import keeping
from sim.app.state.desk import Desk
from sim.app.state.jobs import Key
from sim.results.files import write_parquet, write_whole
from sim.results.frames import Days, Result

if TYPE_CHECKING:
    from sim.experiment.compare import Comparison

MOST_RESULTS = 8
_FRAMES = ("summary", "worlds", "daily")
_FORMAT = 1


def keep(desk: Desk, key: Key, result: Result) -> None:
    """Keep a result in its tab, and write it down for its session; a full disk is no fault of the run's."""
    desk.keep(key, result)
    if desk.home is None:
        return
    folder, days = _results(desk.home), result.days
    stem = _named(key)
    told: dict[str, Any] = {"format": _FORMAT, "provenance": result.provenance}
    if days is not None:
        told["days"] = {"rows": days.rows, "replications": days.replications}
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FRAMES:
            write_whole(folder / f"{stem}.{name}.parquet", partial(write_parquet, getattr(result, name)))
        if days is not None:
            write_whole(folder / f"{stem}.days.npy", partial(_write_values, days))
        write_whole(folder / f"{stem}.json", lambda beside: beside.write_text(json.dumps(told), "utf-8"))
        last = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in last[:-MOST_RESULTS]:
            for file in folder.glob(f"{path.stem}.*"):
                file.unlink(missing_ok=True)


def again(desk: Desk, key: Key) -> Result | None:
    """Return a result: that of the tab, or that which its session had before a restart; None where there is none."""
    found = desk.results.get(key)
    if found is None and desk.home is not None:
        found = _read(_results(desk.home) / _named(key))
        if found is not None:
            desk.keep(key, found)
    return found


def compared(desk: Desk) -> Comparison | None:
    """Make the comparison that the tab showed before a restart, of the results of its plans; None where one is gone."""
    from sim.experiment.compare import compare

    results = [again(desk, key) for key in desk.compared]
    if len(results) < 2 or any(result is None for result in results):
        return None
    desk.comparison = compare(*(result for result in results if result is not None))
    return desk.comparison


def _write_values(days: Days, path: Path) -> None:
    with path.open("wb") as out:
        np.save(out, days.values, allow_pickle=False)


def _read(stem: Path) -> Result | None:
    def beside(ending: str) -> Path:
        return stem.with_name(f"{stem.name}.{ending}")

    try:
        told = json.loads(beside("json").read_text("utf-8"))
        if told["format"] != _FORMAT:
            return None
        summary, worlds, daily = (pd.read_parquet(beside(f"{name}.parquet")) for name in _FRAMES)
        days = None
        if "days" in told:
            rows = [(str(a), str(b), str(c)) for a, b, c in told["days"]["rows"]]
            values = np.load(beside("days.npy"), allow_pickle=False)
            days = Days(rows, tuple(told["days"]["replications"]), values)
        return Result(summary, worlds, daily, told["provenance"], days)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _results(home: Path) -> Path:
    return home.parents[1] / "results"


def _named(key: Key) -> str:
    """Return the file name of a result: of what was run, and of the code that ran it."""
    return keeping.named(f"{key[0]}/{key[1]}")
