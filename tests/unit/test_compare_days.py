"""Differences by day are paired world by world, and on the last day they are those of the comparison."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import Scenario, compare, run
from sim.errors import InputError
from sim.results import frames
from sim.results.frames import load_result

PLAN = {
    "name": "Small", "days": 6, "replications": 8, "publics": 2,
    "audience": {
        "people": 9_000, "agents": 300,
        "segments": {
            "young": {"share": 0.4, "usage": {"gram": {"users": 0.9, "visits_per_day": 3}}},
            "old": {"share": 0.6, "usage": {"gram": {"users": 0.5, "visits_per_day": 1}}},
        },
    },
    "network": {"gram": {"generate": "power_law", "min_followers": 4}},
    "channels": {"gram": {"kind": "feed", "medium": "feed", "cpm": 7}},
    "messages": {"hello": {"appeals": {"information": 0.8}, "quality": 0.6}},
    "plan": {"flights": {"one": {"message": "hello", "channel": "gram", "days": "1-6", "impressions": 4_000}}},
}  # fmt: skip
LAST = ["difference", "diff_lo", "diff_hi"]
KEYS = ["metric", "segment", "channel"]


def plans(publics: int) -> list[Scenario]:
    scenario = Scenario.from_dict(PLAN | {"publics": publics})
    return [scenario, scenario.with_values({"plan.flights.one.impressions": 5_000})]


@pytest.fixture(scope="module", params=[1, 2])
def pair(request):
    return compare(*(run(plan, threads=2) for plan in plans(request.param)))


def told(pair):
    names = [m for m in dict.fromkeys(pair.frame["metric"]) if len(pair.by_day(m))]
    return names, {name: pair.by_day(name) for name in names}


def test_the_last_day_is_that_of_the_comparison(pair) -> None:
    names, found = told(pair)
    assert {"reach", "awareness", "attitude", "shares"} <= set(names)
    n_seen = 0
    for name in names:
        by_day = found[name]
        assert by_day.columns.tolist() == ["day", *KEYS, "unit", *LAST]
        assert sorted(set(by_day["day"])) == [1, 2, 3, 4, 5, 6]
        last = by_day[by_day["day"] == 6].set_index(KEYS)
        whole = pair.frame[pair.frame["metric"] == name].set_index(KEYS)
        assert set(last.index) <= set(whole.index)
        np.testing.assert_array_equal(last[LAST].to_numpy(), whole.loc[last.index, LAST].to_numpy())
        n_seen += len(last)
    assert n_seen > 40


def test_days_are_paired_by_world(pair) -> None:
    """The planted bug: another order of the second plan's worlds keeps each mean, and widens the intervals."""
    a, b = (result for _, result in pair.runs)
    turned = replace(b.days, values=np.roll(b.days.values, 2, axis=0))
    shuffled = replace(pair, runs=[pair.runs[0], (pair.runs[1][0], replace(b, days=turned))])
    right, wrong = (one.by_day("reach").query("segment == 'all' and day > 1") for one in (pair, shuffled))
    np.testing.assert_allclose(right["difference"], wrong["difference"], atol=1e-12)
    width = [(frame["diff_hi"] - frame["diff_lo"]).mean() for frame in (right, wrong)]
    assert (width[0] < width[1]) == (a.provenance["scenario"]["publics"] == 1)


def test_worlds_that_both_lived_are_compared() -> None:
    first, second = plans(1)
    long, short = run(first, replications=8, threads=2), run(second, replications=5, threads=2)
    pair, cut = compare(long, short), compare(run(first, replications=5, threads=2), short)
    assert pair.by_day("reach").equals(cut.by_day("reach"))


def test_runs_from_files_and_long_ones_tell_no_days(pair, tmp_path: Path, monkeypatch) -> None:
    (_, a), (_, b) = pair.runs
    b.save(tmp_path / "b")
    read = compare(a, load_result(tmp_path / "b"))
    assert read.by_day("reach").empty
    assert read.frame.shape == pair.frame.shape
    assert pair.by_day("overlap").empty
    with pytest.raises(InputError, match="no such indicator"):
        pair.by_day("reahc")
    monkeypatch.setattr(frames, "MOST_DAYS_BYTES", a.days.values.nbytes - 1)
    assert run(plans(1)[0], threads=2).days is None
