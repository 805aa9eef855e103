"""What a sweep says day by day: differences on the same worlds, since when the best is ahead."""

from __future__ import annotations

import gc

import numpy as np
import pandas as pd
import pytest

from sim import Scenario
from sim.experiment.design import design_of, scenario_at
from sim.experiment.engines import threads
from sim.experiment.runner import Outcome, prepare, run_world
from sim.experiment.sweeps import driver
from sim.experiment.sweeps.sweep import sweep
from sim.experiment.sweeps.swept import PointsFailed
from sim.results.summary import difference_interval, p_better
from tests.plans import build, changed, television
from tests.sweeps import digest

pytestmark = pytest.mark.e2e
KEYS = ["segment", "design_point", "day"]
NAMES = ["difference", "diff_lo", "diff_hi", "p_better"]
EARLY, LATE = "plan.flights.spot.days", "plan.flights.spot.grp"


def planned(metric="awareness", want=None, **rank):
    """Return a sweep of three points: one that is soon over leads first, one that goes on leads at the end."""
    plan = changed(television(agents=400, days=8), {"audience.segments": {
        name: {"share": share, "motivations": {"information": 1.0}, "usage": {"tv": {"users": users, "visits_per_day": 1.0}}}
        for name, share, users in (("young", 0.4, 0.5), ("old", 0.6, 0.9))
    }})  # fmt: skip
    points = {"soon": {EARLY: "1-2", LATE: 150}, "long": {EARLY: "1-8", LATE: 250}, "little": {LATE: 20}}
    told = {"metric": metric, "want": want, **rank}
    return build(plan | {"sweep": {"design": "list", "points": points, "rank": told}})


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    return sweep(planned(), tmp_path_factory.mktemp("days") / "out", replications=12, threads=2)


def lived(scenario, n):
    """Return awareness of each point, float64[worlds, days, (all, young, old)], by name."""
    out = {}
    for point in design_of(scenario).points:
        study = prepare(scenario_at(scenario, point))
        outcomes = [run_world(study, r) for r in range(n)]
        at = [outcomes[0].daily_rows.index(("awareness", s, "all")) for s in ("all", "young", "old")]
        out[point.name] = np.stack([outcome.daily[:, at] for outcome in outcomes])
    return out


def held_against(values, best, shift=0):
    """Return the rows that pairing worlds by hand gives; `shift` pairs each with another world: a planted bug."""
    rows = []
    for name in values.keys() - {best}:
        apart = values[name] - np.roll(values[best], shift, axis=0)
        mean, low, high = difference_interval(apart)
        chance = p_better(
            apart, (values[name] == values[name][0]).all(0) & (values[best] == values[best][0]).all(0)
        )
        for k, segment in enumerate(("all", "young", "old")):
            for day in range(8):
                told = (x[day, k] for x in (mean, low, high, chance))
                rows.append((segment, name, day + 1, *told))
    return pd.DataFrame(rows, columns=KEYS + NAMES).sort_values(KEYS, ignore_index=True)


def test_differences_by_day_are_those_of_the_worlds_side_by_side(swept):
    found = swept.by_day.sort_values(KEYS, ignore_index=True)
    values = lived(planned(), 12)
    pd.testing.assert_frame_equal(
        found[KEYS + NAMES], held_against(values, "long"), check_dtype=False, rtol=1e-9
    )
    with pytest.raises(AssertionError):
        pd.testing.assert_frame_equal(
            found[KEYS + NAMES], held_against(values, "long", 1), check_dtype=False, rtol=1e-9
        )
    assert set(found.against) == {"long"}
    assert set(found.n_worlds) == {12}
    written = pd.read_csv(swept.folder / "ranking_by_day.csv")
    pd.testing.assert_frame_equal(written, swept.by_day, check_dtype=False)


def test_on_the_last_day_it_is_the_ranking(swept):
    ranking = swept.ranking.set_index("design_point")
    last = swept.by_day[(swept.by_day.day == 8) & (swept.by_day.segment == "all")].set_index("design_point")
    assert list(last.index) == list(ranking.index[1:])
    for name in ("difference", "diff_lo", "diff_hi", "p_better", "share_of_worlds"):
        np.testing.assert_allclose(last[name], ranking[name][last.index], rtol=1e-9, atol=1e-15, err_msg=name)
    segments = swept.by_segment.set_index(["segment", "design_point"])
    for segment in ("young", "old"):
        rows = swept.by_day[(swept.by_day.day == 8) & (swept.by_day.segment == segment)]
        for row in rows.itertuples():
            told = segments.loc[(segment, "long"), "mean"]
            assert row.mean_against == pytest.approx(told, rel=1e-12)


def test_who_leads_early_is_told(swept):
    """The short flight is ahead in its first days, and behind at the end."""
    soon = swept.by_day[(swept.by_day.design_point == "soon") & (swept.by_day.segment == "all")].set_index(
        "day"
    )
    assert soon.p_better[2] > 0.99
    assert soon.p_better[8] < 0.01
    page = (swept.folder / "report.html").read_text("utf-8")
    assert "Day by day</h2>" in page
    behind = soon[soon.diff_lo > 0].index.max()
    clear = soon[soon.diff_hi >= 0].index.max() + 1
    said = (
        f"Point long is clearly ahead of point soon from day {clear} on; on day {behind} it was still behind."
    )
    assert said in page
    assert "Point long is clearly ahead of point little from " in page


def test_the_worlds_of_each_day_are_in_the_files(swept):
    daily = pd.read_parquet(swept.folder / "daily/000001.parquet")
    told = daily[daily["worlds"].notna()]
    assert set(zip(told.metric, told.segment, told.channel, strict=True)) == {
        ("awareness", s, "all") for s in ("all", "young", "old")
    }
    assert len(told) == 3 * 8
    for row in told.itertuples():
        assert len(row.worlds) == 12
        assert row.worlds.mean() == pytest.approx(row.mean, rel=1e-12)
    worlds = pd.read_parquet(swept.folder / "worlds/000001.parquet")
    last = worlds[(worlds.metric == "awareness") & (worlds.segment == "old")].sort_values("replication").value
    assert told[(told.day == 8) & (told.segment == "old")].worlds.iloc[0].tolist() == last.tolist()


def test_less_is_better_where_it_is_wanted(tmp_path):
    found = sweep(planned(want="least", segment="old"), tmp_path, replications=10, threads=2).by_day
    assert set(found.segment) == {"old"}
    assert set(found.against) == {"little"}
    assert (found[found.day == 8].p_better < 0.01).all()
    assert (found[found.day == 8].difference > 0).all()


def test_nothing_is_told_by_day_of_what_has_no_days(tmp_path):
    swept = sweep(planned("cascade_size"), tmp_path, replications=3, threads=1)
    assert swept.by_day is None
    assert not (tmp_path / "ranking_by_day.csv").exists()
    assert "worlds" not in pd.read_parquet(tmp_path / "daily/000001.parquet")


def test_a_race_holds_no_worlds_but_those_not_yet_on_disk(tmp_path, monkeypatch):
    """Whatever is in the journal is read from there at the end: a thousand points would not fit into memory."""
    monkeypatch.setattr(driver, "BATCH_SECONDS", 0.0)
    held = []

    def tell(safe, total, words):
        gc.collect()
        held.append(sum(isinstance(there, Outcome) for there in gc.get_objects()))

    before = sum(isinstance(there, Outcome) for there in gc.get_objects())
    sweep(planned(race=60), tmp_path, threads=1, progress=tell)
    whole = pd.read_parquet(tmp_path / "worlds").groupby("design_point")["replication"].nunique()
    assert max(held) - before <= whole.max() + 2 < whole.sum() - 10


def test_after_a_race_points_are_held_against_each_other_in_the_worlds_of_both(tmp_path):
    swept = sweep(planned(race=24), tmp_path, threads=1)
    n = swept.ranking.set_index("design_point").n_worlds
    assert n.min() < n.max()
    for row in swept.by_day.itertuples():
        assert row.n_worlds == min(n[row.design_point], n[row.against])


def test_a_day_or_two_of_many_is_no_lead():
    """Each day has its own interval: of 40 days two are clear by luck, and a lead is said where it lasts."""
    from sim.results.report.sweep_days import _line

    days = np.arange(1.0, 41.0)

    def said(behind):
        ahead = pd.DataFrame({"day": days, "mean": 0.0, "low": -1.0, "high": 1.0})
        ahead.loc[ahead.day.isin(behind), "high"] = -0.1
        ahead.loc[ahead.day > 30, "low"] = 0.1
        return _line("b", ahead, "a")

    assert said([3, 9, 10, 17]) == "Point a is clearly ahead of point b from day 31 on."
    assert said([3, 9, 10, 11, 12, 17]).endswith("; on day 12 it was still behind.")


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_race_in_which_a_point_failed_once_ends_as_if_it_had_not(tmp_path, monkeypatch, failing):
    """With one point less the race goes another way: what it finished is lived anew where more or less is wanted."""
    whole = sweep(planned(race=24), tmp_path / "whole", threads=1)
    left = design_of(planned(race=24)).points[failing].values

    def failing_once(scenario, public=0):
        if all(scenario.plan.flights["spot"].grp == grp for address, grp in left.items() if address == LATE):
            raise MemoryError
        return prepare(scenario, public)

    with monkeypatch.context() as patched:
        patched.setattr(threads, "prepare", failing_once)
        with pytest.raises(PointsFailed):
            sweep(planned(race=24), tmp_path / "of", threads=1)
    told = sweep(planned(race=24), tmp_path / "of", threads=1)
    pd.testing.assert_frame_equal(told.ranking, whole.ranking, check_exact=True)
    assert digest(tmp_path / "of") == digest(tmp_path / "whole")


def test_with_several_publics_means_and_differences_agree(tmp_path):
    table = sweep(Scenario.from_dict({**planned().raw, "publics": 2}), tmp_path, replications=5).by_day
    assert table["difference"].to_numpy() == pytest.approx(
        (table["mean"] - table["mean_against"]).to_numpy(), abs=1e-12
    )
