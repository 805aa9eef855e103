"""Plans compared on the same worlds: paired differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import Fault, InputError
from sim.experiment.plans import run_plans, with_alternatives
from sim.luck_keys import SCHEME
from sim.results.catalog import unit_of
from sim.results.files import write_whole
from sim.results.frames import REPORT, Days, Result
from sim.results.indicators import Row
from sim.results.summary import by_public, difference_interval, p_better
from sim.scenario.identity import public_hash
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
RunFrames = tuple[str, pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any]]
KEYS = ["metric", "segment", "channel"]
BY_DAY = ["day", *KEYS, "unit", "difference", "diff_lo", "diff_hi"]
COMPARISON = "comparison.csv"
SAME_PEOPLE = "only then do their worlds hold the same people and luck"


@dataclass(frozen=True)
class Comparison:
    """Hold plans compared pair by pair with the first.

    Attributes
    ----------
    frame : DataFrame
        metric, segment, channel, unit, plan_a, plan_b, mean_a, mean_b, difference (a - b), diff_lo,
        diff_hi, p_better (probability that the mean difference is above 0), share_of_worlds (where
        A > B), n_worlds, variance_ratio (how many times more unpaired worlds would give the same interval).
    runs : list of (label, Result)
    """

    frame: pd.DataFrame
    runs: list[tuple[str, Result]]

    def save(self, folder: str | Path, language: str = "en") -> Path:
        """Write ``comparison.csv`` and ``report.html`` into `folder`, the report in ``en`` or ``es``."""
        from sim.results.report.write import write_comparison_report

        out = Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        write_whole(out / COMPARISON, lambda path: self.frame.to_csv(path, index=False))
        write_comparison_report(out / REPORT, comparison=self.frame, runs=self._frames(), language=language)
        return out

    def to_excel(self, path: str | Path, language: str = "en") -> Path:
        """Write a workbook for a client, in ``en`` or ``es``: each plan's key figures, and the paired differences.

        Raises
        ------
        InputError
            If the name does not end in ``.xlsx``, or the language is none of these.
        """
        from sim.results.workbook.write import write_comparison_workbook

        return write_comparison_workbook(
            Path(path), comparison=self.frame, runs=self._frames(), language=language
        )

    def headline(self, language: str = "en") -> list[str]:
        """Return the sentences that open the report."""
        from sim.results.report.write import comparison_headline

        return comparison_headline(self.frame, self._frames(), language)

    def by_day(self, metric: str, plan: int = 1) -> pd.DataFrame:
        """Return the paired difference of the first plan from another by day, with its 95 % interval.

        Parameters
        ----------
        metric : str
            One that is told by day.
        plan : int
            Place of the other plan in `runs`.

        Returns
        -------
        DataFrame
            day, metric, segment, channel, unit, difference (a - b), diff_lo, diff_hi, as in `frame`, whose rows are
            those of the last day. Without rows where a run was read back from files, or was too much to keep by day:
            see `sim.results.frames.Result`.

        Raises
        ------
        InputError
            No indicator has this name.
        """
        a, b = self.runs[0][1], self.runs[plan][1]
        if a.days is None or b.days is None:
            return pd.DataFrame(columns=BY_DAY)
        return _pair_days(a.days, b.days, metric, a.provenance["scenario"])

    def _frames(self) -> list[RunFrames]:
        return [(label, r.summary, r.daily, r.worlds, r.provenance) for label, r in self.runs]


def compare(
    *plans: Result | Scenario,
    labels: Sequence[str] | None = None,
    replications: int | None = None,
    threads: int | None = None,
) -> Comparison:
    """Compare each further plan with the first, world by world.

    Parameters
    ----------
    *plans : Result or Scenario
        Two or more, on the same public with the same master seed; scenarios are run first. One scenario
        alone is compared with its alternatives.
    labels : sequence of str, optional
        Names of the plans; by default the scenarios' names.
    replications, threads : int, optional
        For the plans that are still to be run, as for `sim.run`.

    Raises
    ------
    InputError
        Fewer than two plans, different publics or master seeds, no world in common.
    Interrupted
        A run was stopped.

    Notes
    -----
    With a t law for the paired differences, their skewness taken out (`sim.results.summary.p_better`).
    """
    told = [(_name(plan), plan) for plan in plans]
    opened = with_alternatives(told) if len(plans) == 1 and isinstance(plans[0], Scenario) else told
    numbered = {f"plan {k + 1} ({name})": plan for k, (name, plan) in enumerate(opened)}
    scenarios = {name: plan for name, plan in numbered.items() if isinstance(plan, Scenario)}
    if scenarios:
        refuse_unpaired_scenarios(
            scenarios, {name: plan for name, plan in numbered.items() if isinstance(plan, Result)}
        )
    results, stopped = run_plans(opened, replications=replications, threads=threads)
    if stopped:
        raise stopped
    return compare_results(results, labels)


def _name(plan: Result | Scenario) -> str:
    return plan.name if isinstance(plan, Scenario) else str(plan.provenance["scenario"]["name"])


def compare_results(results: Sequence[Result], labels: Sequence[str] | None = None) -> Comparison:
    """Compare each further result with the first; as `compare`, and nothing is run."""
    names = _labels(results, labels)
    _refuse_unpaired(results, names)
    tables = [_table(result) for result in results]
    frames = [
        _pair(names[0], names[b], tables[0], tables[b], results[0].provenance["scenario"])
        for b in range(1, len(results))
    ]
    return Comparison(pd.concat(frames, ignore_index=True), list(zip(names, results, strict=True)))


def refuse_unpaired_scenarios(scenarios: Mapping[str, Scenario], results: Mapping[str, Result]) -> None:
    """Refuse, before anything runs, plans that are not on one public with one master seed.

    Raises
    ------
    InputError
        With each plan that differs from the first one.
    """
    marks = {name: Mark(public_hash(s), s.master_seed, s.days, s.currency) for name, s in scenarios.items()}
    faults = _differences(marks | {name: _mark(result) for name, result in results.items()})
    if faults:
        raise InputError(faults)


class Mark(NamedTuple):
    """Hold what plans must share to be compared world by world."""

    public: str
    master_seed: int
    days: int
    currency: str
    luck: str = SCHEME


def _mark(result: Result) -> Mark:
    facts, written = result.provenance, result.provenance["scenario"]
    return Mark(
        facts["public_hash"], facts["master_seed"], written["days"], written["currency"], facts["luck"]
    )


def _differences(marks: Mapping[str, Mark]) -> list[Fault]:
    first_name, first = next(iter(marks.items()))
    faults = []
    for name, mark in marks.items():
        for noun, mine, theirs in zip(Mark._fields, mark, first, strict=True):
            if mine == theirs:
                continue
            if noun == "days":
                got, wanted, hint = f"{mine} days against {theirs}", "want runs of the same length", ""
            else:
                words = noun.replace("_", " ")
                got, wanted = (
                    f"{words} {str(mine)[:12]} against {str(theirs)[:12]}",
                    f"want plans on the same {words}",
                )
                hint = "" if noun == "currency" else SAME_PEOPLE
            faults.append(Fault(name, f"{got} of {first_name}", wanted, hint))
    return faults


def _labels(results: Sequence[Result], labels: Sequence[str] | None) -> list[str]:
    names = list(labels) if labels is not None else [str(r.provenance["scenario"]["name"]) for r in results]
    if len(results) < 2 or len(names) != len(results):
        raise InputError(
            Fault(
                "compare",
                f"{len(results)} results and {len(names)} labels",
                "want two or more results, a label each",
            )
        )
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    return [f"{name} ({k + 1})" if seen[name] > 1 else name for k, name in enumerate(names)]


def _refuse_unpaired(results: Sequence[Result], names: list[str]) -> None:
    faults = _differences({name: _mark(result) for name, result in zip(names, results, strict=True)})
    known = set(results[0].provenance["replications"])
    for name, result in zip(names[1:], results[1:], strict=True):
        if not known & set(result.provenance["replications"]):
            faults.append(
                Fault(name, f"no world in common with {names[0]}", "want runs that share replications")
            )
    if faults:
        raise InputError(faults)


def _table(result: Result) -> pd.DataFrame:
    return result.worlds.pivot(index="replication", columns=KEYS, values="value")


def _pair(
    name_a: str, name_b: str, a: pd.DataFrame, b: pd.DataFrame, scenario: Mapping[str, Any]
) -> pd.DataFrame:
    told_by_both = a.columns.intersection(b.columns, sort=False)
    rows: list[Row] = [tuple(row) for row in told_by_both.to_frame().to_numpy(str).tolist()]
    common = a.index.intersection(b.index)
    left = a.loc[common, rows].to_numpy(np.float64)
    right = b.loc[common, rows].to_numpy(np.float64)
    independent = by_public(left - right, common.to_numpy() % scenario.get("publics", 1))
    difference, low, high = difference_interval(independent)
    frame = pd.DataFrame(list(rows), columns=KEYS)
    frame["unit"] = [unit_of(metric, scenario["currency"]) for metric, _, _ in rows]
    frame["plan_a"], frame["plan_b"] = name_a, name_b
    frame["mean_a"], frame["mean_b"] = left.mean(axis=0), right.mean(axis=0)
    frame["difference"], frame["diff_lo"], frame["diff_hi"] = difference, low, high
    is_certain = (left == left[0]).all(axis=0) & (right == right[0]).all(axis=0)
    frame["p_better"] = p_better(independent, is_certain)
    undefined = np.isnan(left).any(axis=0) | np.isnan(right).any(axis=0)
    frame["share_of_worlds"] = np.where(undefined, np.nan, (left > right).mean(axis=0))
    frame["n_worlds"] = len(common)
    frame["variance_ratio"] = variance_ratio(left, right)
    return frame


def _pair_days(a: Days, b: Days, metric: str, scenario: Mapping[str, Any]) -> pd.DataFrame:
    places = {row: place for place, row in enumerate(b.rows)}
    rows = [row for row in a.rows if row[0] == metric and row in places]
    common = sorted(set(a.replications) & set(b.replications))
    left, right = (
        kept.values[[kept.replications.index(r) for r in common]][
            :, :, [kept.rows.index(row) for row in rows]
        ]
        for kept in (a, b)
    )
    apart = by_public(left - right, np.array(common) % scenario.get("publics", 1))
    n_days = left.shape[1]
    frame = pd.DataFrame(rows * n_days, columns=KEYS)
    frame.insert(0, "day", np.repeat(np.arange(1, n_days + 1), len(rows)))
    frame["unit"] = unit_of(metric, scenario["currency"])
    for name, values in zip(BY_DAY[-3:], difference_interval(apart), strict=True):
        frame[name] = values.ravel()
    return frame


def variance_ratio(left: Floats, right: Floats) -> Floats:
    """Return (var A + var B) / var(A - B): what pairing is worth, in worlds; NaN where nothing varies."""
    if len(left) < 2:
        return np.full(left.shape[1:], np.nan)
    apart = left.var(axis=0, ddof=1) + right.var(axis=0, ddof=1)
    paired = (left - right).var(axis=0, ddof=1)
    return np.asarray(np.divide(apart, paired, out=np.full_like(apart, np.nan), where=paired > 0))
