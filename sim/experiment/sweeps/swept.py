"""What a sweep left: its points, the tables over all of them, and its report."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.errors import PregonError
from sim.experiment.design import Design
from sim.experiment.race import Raced
from sim.experiment.sweeps.ranks import aim_of
from sim.experiment.sweeps.store import Store
from sim.experiment.sweeps.tables import read_summary
from sim.results.frames import REPORT
from sim.scenario.identity import public_hash
from sim.scenario.schema import Scenario
from sim.wording.language import speaking

if TYPE_CHECKING:
    from sim.results.report.sweep_frames import SweepFrames


@dataclass(frozen=True)
class Swept:
    """Hold what a sweep left.

    Attributes
    ----------
    folder : Path
    design : DataFrame        a row per design point: design_point, a column per varied address, status, error
    ranking : DataFrame or None       finished points, best first (`sim.experiment.sweeps.ranks.ranking`); None where
        the sweep has no ``rank``
    objectives : DataFrame or None    which points meet the objectives; None where the scenario has none
    matters : DataFrame or None    which levers matter (`sim.experiment.screening.table`); None but for designs of that
    by_segment : DataFrame or None    the ranking of each segment by itself; None where points are ranked by one only
    by_day : DataFrame or None    differences from the best point day by day (`sim.experiment.sweeps.days.by_day`); None
        where what points are ranked by is not told by day
    scenario : Scenario
    raced : Raced or None     how the race ended; None where there was none
    """

    folder: Path
    design: pd.DataFrame
    ranking: pd.DataFrame | None
    objectives: pd.DataFrame | None
    scenario: Scenario
    raced: Raced | None = None
    matters: pd.DataFrame | None = None
    by_segment: pd.DataFrame | None = None
    by_day: pd.DataFrame | None = None

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Rows as of a run, with design_point and a column per varied address in front; read when first asked for."""
        return read_summary(self.folder, *self.finished)

    @property
    def finished(self) -> tuple[list[int], pd.DataFrame]:
        """The numbers of the finished points, and what stands in front of their rows."""
        is_done = self.design["status"] == "done"
        return [int(i) + 1 for i in np.flatnonzero(is_done)], self.design[is_done].iloc[:, :-2]

    @property
    def failed(self) -> pd.DataFrame:
        """The design points that failed, with their errors."""
        return self.design[self.design.status == "failed"]


class _Unfinished(PregonError):
    def __init__(self, text: str, swept: Swept):
        self.swept = swept
        super().__init__(text)


class SweepStopped(_Unfinished):
    """The sweep was stopped; what was finished is in its folder and in `swept`, and starting it again resumes."""

    exit_code = 130


class PointsFailed(_Unfinished):
    """Some design points failed; all others are done and in `swept`. The same command tries them again."""


def mark_of(scenario: Scenario) -> str:
    """Return what design points must share to be compared world by world: public and length."""
    return f"{public_hash(scenario)} {scenario.days}"


def told_points(design: Design, done: Container[int], failed: Mapping[int, str]) -> pd.DataFrame:
    """Return the rows of ``design.csv``: design_point, a column per varied address, status, error.

    Parameters
    ----------
    design : Design
    done : container of int              numbers of the finished points
    failed : mapping of int to str       the error of each that failed, by its number
    """
    rows = []
    for point in design.points:
        label = point.name if design.is_named else point.number
        status = "done" if point.number in done else "failed" if point.number in failed else "missing"
        values = {address: written(point.values.get(address)) for address in design.addresses}
        error = failed.get(point.number, "") if status == "failed" else ""
        rows.append({"design_point": label, **values, "status": status, "error": error})
    return pd.DataFrame(rows, dtype=object)


def written(value: Any) -> Any:
    """Return a varied value as it stands in a table: numbers and text as they are, all else as JSON."""
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def write_report(swept: Swept, store: Store, language: str) -> None:
    """Write the report of a sweep that is ranked, in a language, into the sweep's folder."""
    store.write(REPORT, partial(save_report, swept, language=language))


def save_report(swept: Swept, path: Path, language: str = "en") -> None:
    """Write the report of a sweep, ``en`` or ``es``, into a file; none where it is not ranked.

    Raises
    ------
    InputError
        If the language is none of these.
    """
    from sim.results.report.write import write_sweep_report

    if swept.ranking is not None:
        write_sweep_report(path, _frames(swept, swept.ranking), language)


def _frames(swept: Swept, ranks: pd.DataFrame) -> SweepFrames:
    from sim.results.report.sweep_frames import SweepFrames

    scenario, aim = swept.scenario, aim_of(swept.scenario)
    assert aim is not None
    return SweepFrames(
        name=scenario.name,
        currency=scenario.currency,
        ranking=ranks,
        objectives=swept.objectives,
        summary=read_summary(swept.folder, *swept.finished, is_whole=False),
        addresses=tuple(swept.design.columns[1:-2]),
        metric=aim.metric,
        segment=aim.segment,
        channel=aim.channel,
        is_most=aim.is_most,
        margin=aim.margin,
        asked={name: goal.probability for name, goal in scenario.objectives.items()},
        n_failed=len(swept.failed),
        days=scenario.days,
        matters=swept.matters,
        by_segment=swept.by_segment,
        by_day=swept.by_day,
    )


def headline(swept: Swept, language: str = "en") -> list[str]:
    """Return the sentences that open the report of a ranked sweep; none where it is not ranked."""
    from sim.results.report import sweep_lines

    if swept.ranking is None:
        return []
    with speaking(language):
        return sweep_lines.headline(_frames(swept, swept.ranking))
