"""What a sweep says of its points: which is best and how surely, which meet the objectives, how a race ends."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from tests.e2e.command import done, edited, environment, pregon, value, write
from tests.e2e.texts import TINY
from tests.sweeps import IS_POSIX, SMALL, digest, killed_at

pytestmark = pytest.mark.e2e
BUDGET = "plan.flights.tv_hello.budget"
RANKED = (
    edited(
        TINY,
        ("replications: 3", "replications: 12"),
        ("metric: awareness, at_least: 0.02", "metric: reach, at_least: 0.53"),
    )
    + f"""\
sweep:
  vary: {{{BUDGET}: [0, 450, 900, 1800]}}
  rank: {{metric: reach, margin: 0.01}}
"""
)
RACED = edited(RANKED, ("margin: 0.01", "margin: 0.01, race: 24"))


@pytest.fixture(scope="module")
def ranked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ranked")
    write(folder, {"plan.yaml": RANKED, "raced.yaml": RACED})
    done("sweep", "plan.yaml", "--out", "out", cwd=folder)
    done("sweep", "raced.yaml", "--out", "raced", cwd=folder)
    return folder


def test_differences_are_those_of_compare(ranked):
    """The best against each other point, to the last bit what `pregon compare` says of the two runs."""
    ranking = pd.read_csv(ranked / "out/ranking.csv")
    assert list(ranking[BUDGET]) == [1800, 900, 450, 0]
    assert set(ranking.status) == {"ranked"}
    for budget in (900, 1800):
        done(
            "run",
            "plan.yaml",
            "--out",
            f"b{budget}",
            "--set",
            f"{BUDGET}={budget}",
            "--set",
            "sweep=null",
            cwd=ranked,
        )
    done("compare", "b900", "b1800", "--out", "both", cwd=ranked)
    pair = pd.read_csv(ranked / "both/comparison.csv")
    mine = ranking[ranking[BUDGET] == 900].iloc[0]
    for name in ("difference", "diff_lo", "diff_hi", "p_better", "share_of_worlds", "n_worlds"):
        assert mine[name] == pytest.approx(value(pair, "reach", name), abs=1e-15), name
    assert mine["mean"] == pytest.approx(
        value(pd.read_csv(ranked / "b900/summary.csv"), "reach", "mean"), rel=1e-12
    )


def test_more_money_reaches_more_and_is_said_to_be_best(ranked):
    ranking = pd.read_csv(ranked / "out/ranking.csv")
    assert ranking.p_best[0] > 0.99
    assert ranking.p_best.sum() == pytest.approx(1.0)
    assert ranking.expected_regret.is_monotonic_increasing
    assert (ranking.p_beats_by <= ranking.p_better).all()
    assert (ranking.worlds_to_settle >= 2).all()


def test_the_cheapest_plan_that_meets_all_objectives(ranked):
    goals = pd.read_csv(ranked / "out/objectives.csv")
    worlds = pd.read_parquet(ranked / "out/worlds")
    met = worlds[worlds.metric == "objective:known"].groupby("design_point").value.mean()
    assert goals.set_index("design_point").known.to_dict() == met.to_dict()
    assert 0 < goals.meets_all.sum() < len(goals)
    assert list(goals.meets_all) == list(goals.known >= 0.8)
    assert (goals.known_lo <= goals.known + 1e-12).all()
    cheapest = goals[goals.is_cheapest]
    assert len(cheapest) == 1
    assert cheapest.spend.iloc[0] == goals[goals.meets_all].spend.min()


def test_the_report_answers_from_the_tables(ranked):
    html = (ranked / "out/report.html").read_text("utf-8")
    ranking = pd.read_csv(ranked / "out/ranking.csv")
    for title in ("The best plans", "Objectives", "Other levers", "Every indicator explained"):
        assert f"{title}</h2>" in html, title
    assert f"point {ranking.design_point[0]} has the most reach" in html
    assert html.count("<svg") == 2  # by day, and by the one lever
    assert "Which channel split?" not in html  # one budget is no split


def test_the_three_questions_have_views_of_their_own(tmp_path):
    text = (
        edited(TINY, ("replications: 3", "replications: 4"))
        + """\
sweep:
  vary:
    plan.flights.clips_hello.cap.times: [1, 2, 4]
    plan.partners.voices.choose.count: [0, 3]
    messages.hello.quality: [0.4, 0.8]
  split: {money: {over: [plan.flights.tv_hello.budget, plan.partners.voices.fee], total: 900, steps: 2}}
  rank: {metric: awareness_lift}
"""
    )
    write(tmp_path, {"plan.yaml": text})
    said = done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    html = (tmp_path / "out/report.html").read_text("utf-8")
    for title in ("How often?", "Which partners, and how many?", "Other levers"):
        assert f"{title}</h2>" in html, title
    assert "Which channel split?" not in html  # one flight only has money that varies
    ranking = pd.read_csv(tmp_path / "out/ranking.csv")
    assert (
        f"Of {len(ranking)} design points, point {ranking.design_point[0]} has the most awareness, lift"
        in said.out
    )
    best = ranking.iloc[0]
    summary = pd.read_csv(tmp_path / "out/summary.csv")
    of_best = summary[summary.design_point == best.design_point]
    assert best["mean"] == pytest.approx(value(of_best, "awareness_lift", "mean"), rel=1e-12)
    # The wear-out side stands beside the aim, for each cap.
    often = html.split("How often?</h2>")[1].split("</section>")[0]
    assert "Attitude, lift" in often or "Attitude lift" in often
    assert len(ranking) == 3 * 2 * 2 * 3


def test_a_split_over_channels_says_the_best(tmp_path):
    text = (
        edited(TINY, ("replications: 3", "replications: 4"), ("impressions: 30_000", "budget: 300"))
        + """\
sweep:
  split: {money: {over: [plan.flights.tv_hello.budget, plan.flights.clips_hello.budget], steps: 4}}
  rank: {metric: reach}
"""
    )
    write(tmp_path, {"plan.yaml": text})
    done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    html = (tmp_path / "out/report.html").read_text("utf-8").replace("\u2060", "")
    best = pd.read_csv(tmp_path / "out/ranking.csv").iloc[0]
    tv = best["plan.flights.tv_hello.budget"] / 12
    assert "Which channel split?</h2>" in html
    assert f"The best split found: tv_hello {tv:.0f} % and clips_hello {100 - tv:.0f} %." in html


def test_a_race_runs_fewer_worlds_and_ends_with_the_best(ranked):
    ranking = pd.read_csv(ranked / "raced/ranking.csv")
    assert ranking[BUDGET][0] == 1800
    assert ranking.n_worlds.sum() <= 24
    assert ranking.n_worlds.min() >= 2
    assert ranking.n_worlds.max() > ranking.n_worlds.min()
    # Its worlds are those of the whole sweep.
    whole, raced = (pd.read_parquet(ranked / name / "worlds") for name in ("out", "raced"))
    both = raced.merge(whole, on=["design_point", "replication", "metric", "segment", "channel"])
    assert len(both) == len(raced)
    assert np.array_equal(both.value_x, both.value_y, equal_nan=True)


@pytest.mark.skipif(not IS_POSIX, reason="signals as POSIX has them")
@pytest.mark.parametrize("nth", [6, 12, 19])
def test_a_race_that_is_killed_ends_the_same(ranked, tmp_path, nth):
    write(tmp_path, {"plan.yaml": RACED})
    assert killed_at(tmp_path, nth, "after")
    done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    assert digest(tmp_path / "out") == digest(ranked / "raced")


def test_a_race_on_different_worlds_or_with_too_few_runs_is_refused(tmp_path):
    few = edited(RACED, ("race: 24", "race: 7"))
    write(
        tmp_path,
        {
            "few.yaml": few,
            "two.yaml": edited(RACED, (f"{BUDGET}: [0, 450, 900, 1800]", "master_seed: [3, 4]")),
        },
    )
    refused = pregon("sweep", "few.yaml", "--out", "out", cwd=tmp_path)
    assert (refused.code, "7 runs for 4 points; want 2 for each at least: 8" in refused.err) == (2, True)
    refused = pregon("sweep", "two.yaml", "--out", "out", cwd=tmp_path)
    assert (
        refused.code,
        "a race of points on different worlds; want points on one public" in refused.err,
    ) == (2, True)
    assert not (tmp_path / "out").exists()


def test_points_on_other_publics_are_ranked_apart(tmp_path):
    text = edited(TINY, ("replications: 3", "replications: 4")) + (
        f"sweep: {{vary: {{master_seed: [3, 4], {BUDGET}: [0, 900]}}, rank: {{metric: cost_per_grp}}}}\n"
    )
    write(tmp_path, {"plan.yaml": text})
    done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    ranking = pd.read_csv(tmp_path / "out/ranking.csv")
    told = ranking[ranking.status == "ranked"]
    assert told.groupby("master_seed").group.nunique().tolist() == [1, 1]
    assert told.groupby("group").p_best.sum().tolist() == pytest.approx([1.0] * told.group.nunique())
    assert told["mean"].is_monotonic_increasing  # less is better


def test_pandas_is_all_that_is_needed_to_read_it(ranked):
    """Columns as docs/files.md lists them, in a process without Pregón."""
    script = (
        "import pandas as pd, sys; w = pd.read_parquet('out/worlds'); d = pd.read_parquet('out/daily');"
        "print(list(w.columns), list(d.columns)); assert not [m for m in sys.modules if m.split('.')[0] == 'sim']"
    )
    said = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ranked,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=100,
    )
    worlds = ["design_point", "replication", "metric", "segment", "channel", "value"]
    daily = [
        "design_point",
        "day",
        "metric",
        "segment",
        "channel",
        "unit",
        "mean",
        "p2_5",
        "p10",
        "p50",
        "p90",
        "p97_5",
        "worlds",
    ]
    assert said.stdout == f"{worlds} {daily}\n", said.stderr


def test_each_segment_has_a_ranking_of_its_own(tmp_path):
    """It is the ranking that `segment` asks for; where that is asked, there is no other."""
    write(tmp_path, {"plan.yaml": SMALL + "  rank: {metric: awareness_lift}\n"})
    done("sweep", "plan.yaml", "--out", "all", cwd=tmp_path)
    segments = pd.read_csv(tmp_path / "all/ranking_by_segment.csv")
    assert list(dict.fromkeys(segments.segment)) == ["young", "old"]
    for name in ("young", "old"):
        write(tmp_path, {"one.yaml": SMALL + f"  rank: {{metric: awareness_lift, segment: {name}}}\n"})
        done("sweep", "one.yaml", "--out", name, cwd=tmp_path)
        assert not (tmp_path / name / "ranking_by_segment.csv").exists()
        mine = segments[segments.segment == name].drop(columns="segment").reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, pd.read_csv(tmp_path / name / "ranking.csv"), check_exact=True)
    page = (tmp_path / "all/report.html").read_text("utf-8")
    assert "By segment</h2>" in page
    best = segments[segments.segment == "old"].design_point.iloc[0]
    assert str(best) in page.split("By segment</h2>")[1].split("old</")[1][:400]


def test_check_tells_the_runs_of_a_race(ranked):
    told = pregon("check", "raced.yaml", cwd=ranked)
    assert "a race of 4 design points in at most 24 runs" in told.out
    assert "4 design points × 12 worlds = 48 runs" in pregon("check", "plan.yaml", cwd=ranked).out


@pytest.mark.parametrize(
    ("varied", "worlds", "told"),
    [
        (f"{BUDGET}: [450, 1800]", "1", "How sure that is cannot be told from a single world."),
        ("audience.agents: [300, 500]", "2", "there is nothing to hold it against."),
    ],
)
def test_a_best_without_a_rival_or_with_one_world_is_not_called_sure(tmp_path, varied, worlds, told):
    text = edited(RANKED, (f"{BUDGET}: [0, 450, 900, 1800]", varied))
    write(tmp_path, {"plan.yaml": text})
    said = done("sweep", "plan.yaml", "--out", "out", "--replications", worlds, cwd=tmp_path)
    assert told in said.out.replace("\n", " ")
    assert "with a probability of" not in said.out
