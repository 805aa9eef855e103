"""A look at what a sweep has finished so far, from its folder, beside who runs it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.errors import InputError
from sim.experiment.design import Point, design_of, scenario_at
from sim.experiment.sweeps.ranks import aim_of, by_segment, metrics_asked, objectives, ranking
from sim.experiment.sweeps.store import DAYS, DESIGN, MATTERS, file_of
from sim.experiment.sweeps.swept import Swept, mark_of, told_points
from sim.experiment.sweeps.tables import read_worlds
from sim.scenario.schema import Scenario


class Peek:
    """Read the finished points of a sweep; nothing is written, and each point is read once.

    Parameters
    ----------
    scenario : Scenario
        With a ``sweep``.
    folder : Path
        Where `sim.experiment.sweeps.sweep.sweep` keeps it; it need not be there yet.

    Raises
    ------
    InputError
        Bad design.
    """

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.scenario, self.folder = scenario, folder
        self._design, self._aim = design_of(scenario), aim_of(scenario)
        self._worlds: list[pd.DataFrame] = []
        self._marks: dict[int, str] = {}

    def look(self, *, is_at_rest: bool = False) -> Swept | None:
        """Return the finished points, ranked as at the sweep's end; None before the first.

        Parameters
        ----------
        is_at_rest : bool    nobody runs it: what it told of failed points when it ended holds

        Which levers matter, and differences by day, need the whole design and are told at its end; what failed
        counts as missing.
        """
        self._read([point for point in self._design.points if point.number not in self._marks])
        if not self._marks:
            return None
        told = told_points(self._design, self._marks, self._failed() if is_at_rest else {})
        front = told[told["status"] == "done"][["design_point", *self._design.addresses]]
        worlds = pd.concat(self._worlds, ignore_index=True)
        ranks, segments, goals = None, None, None
        if self._aim is not None:
            marks = [self._marks[number] for number in sorted(self._marks)]
            asked = front, worlds, marks, self._aim, self.scenario.publics, self.scenario.master_seed
            ranks, segments = ranking(*asked), by_segment(*asked)
        if self.scenario.objectives:
            goals = objectives(self.scenario, front, worlds, self.scenario.publics)
        return Swept(
            self.folder, told, ranks, goals, self.scenario, matters=self._matters(), by_segment=segments,
            by_day=self._by_day(ranks),
        )  # fmt: skip

    def _read(self, points: list[Point]) -> None:
        # A point's files are written one after the other, each whole or not at all, and this one last.
        there = [point for point in points if file_of(self.folder, "summary", point.number).is_file()]
        if not there:
            return
        try:
            marks = {point.number: mark_of(scenario_at(self.scenario, point)) for point in there}
            asked = metrics_asked(self.scenario, self._aim)
            self._worlds.append(read_worlds(self.folder, list(marks), asked))
        except (OSError, InputError):  # its folder is just being cleared
            return
        self._marks |= marks

    def _failed(self) -> dict[int, str]:
        try:
            table = pd.read_csv(self.folder / DESIGN, dtype=str, keep_default_na=False)
        except (OSError, ValueError):
            return {}
        rows = zip(self._design.points, table["status"], table["error"], strict=False)
        return {point.number: error for point, status, error in rows if status == "failed"}

    def _by_day(self, ranks: pd.DataFrame | None) -> pd.DataFrame | None:
        table = self.folder / DAYS
        if ranks is None or len(self._marks) < len(self._design.points) or not table.is_file():
            return None
        named = {str(point): point for point in ranks["design_point"]}
        found = pd.read_csv(table, dtype={"design_point": str, "against": str}, keep_default_na=False, na_values={
            name: [""] for name in ("difference", "diff_lo", "diff_hi", "p_better", "share_of_worlds")
        })  # fmt: skip
        return found.assign(**{name: found[name].map(named) for name in ("design_point", "against")})

    def _matters(self) -> pd.DataFrame | None:
        table = self.folder / MATTERS
        is_whole = len(self._marks) == len(self._design.points)
        return pd.read_csv(table) if is_whole and table.is_file() else None
