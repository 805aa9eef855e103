"""What a finished sweep says: ranks of its points, the objectives they meet, and the cheapest that meets all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.experiment.design import Design, points_of_rows, rows_of
from sim.experiment.ranking import COLUMNS, Aim, objectives_met, rank
from sim.experiment.runner import Outcome
from sim.experiment.screening import table
from sim.results.catalog import METRICS, OBJECTIVE_PREFIX, unit_of
from sim.scenario.schema import Scenario
from sim.scenario.sweep import SCREENINGS

Floats = npt.NDArray[np.float64]
ALL = "all"


def aim_of(scenario: Scenario) -> Aim | None:
    """Return what a scenario's sweep is ranked by; None where it is not."""
    spec = None if scenario.sweep is None else scenario.sweep.rank
    if spec is None:
        return None
    told = METRICS[spec.metric].higher_is_better if spec.metric in METRICS else None
    is_most = spec.want == "most" if spec.want else told is not False
    return Aim(spec.metric, spec.segment, spec.channel, is_most, spec.margin)


def metrics_asked(scenario: Scenario, aim: Aim | None) -> list[str]:
    """Return the indicators that ranks and objectives are read from."""
    goals = [f"{OBJECTIVE_PREFIX}{name}" for name in scenario.objectives]
    return list(dict.fromkeys(["spend", *([] if aim is None else [aim.metric]), *goals]))


def ranking(
    front: pd.DataFrame,
    worlds: pd.DataFrame,
    groups: Sequence[str],
    aim: Aim,
    publics: int,
    luck: int,
) -> pd.DataFrame:
    """Rank the finished points of a sweep, best first.

    Parameters
    ----------
    front : DataFrame
        design_point and a column per varied address, a row per finished point.
    worlds : DataFrame
        ``worlds/`` of the finished points.
    groups : sequence of str
        What points must share to be compared world by world (public, length); ranks are within a group.
    aim : Aim
    publics, luck : int
        As of `sim.experiment.ranking.rank`.

    Returns
    -------
    DataFrame
        `front` with group (from 1), the columns of `rank` and status: ranked, or undefined where the indicator is not
        told, or not in every world.
    """
    columns = columns_of(worlds, front["design_point"], aim)
    names = {name: number for number, name in enumerate(dict.fromkeys(groups), 1)}
    out = front.reset_index(drop=True).copy()
    out["group"] = [names[name] for name in groups]
    for name in COLUMNS:
        out[name] = np.nan
    out["status"] = "undefined"
    for number in names.values():
        there = [i for i in range(len(out)) if out["group"][i] == number and columns[i] is not None]
        if not there:
            continue
        values = _side_by_side([columns[i] for i in there])
        found = rank(values, aim, publics=publics, luck=luck)
        out.loc[there, list(COLUMNS)] = found[list(COLUMNS)].to_numpy(np.float64)
        out.loc[there, "status"] = "ranked"
    # After a race those that went on come first: others have a mean over fewer worlds.
    keys = pd.DataFrame({"fewer": -out["n_worlds"], "worse": -out["mean"] if aim.is_most else out["mean"]})
    return out.loc[keys.sort_values(["fewer", "worse"], kind="stable", na_position="last").index].reset_index(
        drop=True
    )


def by_segment(
    front: pd.DataFrame,
    worlds: pd.DataFrame,
    groups: Sequence[str],
    aim: Aim,
    publics: int,
    luck: int,
) -> pd.DataFrame | None:
    """Rank the finished points of a sweep for each segment by itself; as `ranking`, with ``segment`` in front.

    None where points are ranked by one segment or channel, or the indicator is not told by segment.
    """
    told = worlds[(worlds.metric == aim.metric) & (worlds.channel == aim.channel)]
    names = list(dict.fromkeys(told.segment[told.design_point == front["design_point"].iloc[0]]))
    if aim.segment != ALL or len(names) < 2:
        return None
    out = []
    for name in names:
        if name == ALL:
            continue
        found = ranking(front, told, groups, replace(aim, segment=name), publics, luck)
        found.insert(0, "segment", name)
        out.append(found)
    return pd.concat(out, ignore_index=True)


def columns_of(worlds: pd.DataFrame, points: pd.Series, aim: Aim) -> list[Floats | None]:
    """Return an indicator by world, of each of some points; None where a point does not tell it in every world."""
    is_it = (worlds.metric == aim.metric) & (worlds.segment == aim.segment) & (worlds.channel == aim.channel)
    columns = _split(worlds[is_it], points)
    return [None if len(told) == 0 or np.isnan(told).any() else told for told in columns]


def _split(rows: pd.DataFrame, points: pd.Series) -> list[Floats]:
    """Return the values of each of some points, by world."""
    # Some thousand small frames, searched one by one, take longer than anything else that ranks them.
    place = pd.Index(points.tolist()).get_indexer(pd.Index(rows["design_point"]))
    order = np.lexsort((rows["replication"], place))
    values, there = rows["value"].to_numpy(np.float64)[order], place[order]
    return np.split(values, np.searchsorted(there, np.arange(len(points) + 1)))[1:-1]


def value_in(outcome: Outcome, aim: Aim) -> float:
    """Return an indicator of one world on the last day; NaN where it is not told."""
    row = (aim.metric, aim.segment, aim.channel)
    if row in outcome.daily_rows:
        return float(outcome.daily[-1, outcome.daily_rows.index(row)])
    return float(outcome.last[outcome.last_rows.index(row)]) if row in outcome.last_rows else float("nan")


def what_matters(
    scenario: Scenario,
    design: Design,
    finished: Sequence[int],
    points: pd.Series,
    worlds: pd.DataFrame,
    aim: Aim,
) -> pd.DataFrame | None:
    """Return which levers matter to the indicator (`sim.experiment.screening.table`); None where that was not asked.

    Parameters
    ----------
    finished : sequence of int    numbers of the points that are done
    points : Series               what they are called
    worlds : DataFrame            ``worlds/`` of them
    """
    sweep = scenario.sweep
    if sweep is None or sweep.design not in SCREENINGS:
        return None
    columns = zip(finished, columns_of(worlds, points, aim), strict=True)
    told = {number: column for number, column in columns if column is not None}
    place = np.full(len(design.points), -1, np.int64)
    place[[n - 1 for n in told]] = np.arange(len(told))
    point_of = place[points_of_rows(scenario, design)]
    values = _side_by_side(list(told.values())) if told else np.empty((0, 0))
    unit = unit_of(aim.metric, scenario.currency)
    luck = scenario.master_seed
    rows, with_pairs = rows_of(scenario), sweep.interactions
    return table(sweep.design, design.addresses, rows, point_of, values, unit, luck, with_pairs=with_pairs)


def _side_by_side(columns: Sequence[Floats | None]) -> Floats:
    told = [column for column in columns if column is not None]
    out = np.full((max(map(len, told)), len(told)), np.nan)
    for i, column in enumerate(told):
        out[: len(column), i] = column
    return out


def objectives(scenario: Scenario, front: pd.DataFrame, worlds: pd.DataFrame, publics: int) -> pd.DataFrame:
    """Tell which finished points meet the scenario's objectives.

    Returns
    -------
    DataFrame
        `front`, then for each objective ``<name>``, ``<name>_lo``, ``<name>_hi`` (share of worlds that meet it and its
        interval), meets_all (each as sure as asked), all_together (share of worlds that meet all at once), spend, and
        is_cheapest (the least spend of those that meet all).
    """
    names, points = list(scenario.objectives), front["design_point"]
    asked = [scenario.objectives[name].probability for name in names]
    goals = [_split(worlds[worlds.metric == f"{OBJECTIVE_PREFIX}{name}"], points) for name in names]
    total = (worlds.metric == "spend") & (worlds.segment == ALL) & (worlds.channel == ALL)
    spent = _split(worlds[total], points)
    rows = [
        dict(_objective_row(np.stack(met, axis=1), names, asked, publics)) | {"spend": float(spend.mean())}
        for *met, spend in zip(*goals, spent, strict=True)
    ]
    out = pd.concat([front.reset_index(drop=True), pd.DataFrame(rows)], axis=1)
    meets = out[out["meets_all"]]
    cheapest = meets["spend"].min() if len(meets) else np.nan
    out["is_cheapest"] = out["meets_all"] & (out["spend"] == cheapest)
    return out


def _objective_row(
    met: Floats, names: Sequence[str], asked: Sequence[float], publics: int
) -> Iterator[tuple[str, object]]:
    share, interval, is_all = objectives_met(met, asked, publics)
    for i, name in enumerate(names):
        yield name, share[i]
        yield f"{name}_lo", interval[i, 0]
        yield f"{name}_hi", interval[i, 1]
    yield "meets_all", is_all
    yield "all_together", float(met.all(axis=1).mean())
