"""`pregon run`: five files, the same bytes every time, and the options that change a run."""

from __future__ import annotations

import os
import pty
import subprocess

import numpy as np
import pandas as pd
import pytest

from tests.e2e.command import FILES, PREGON, done, environment, names, pregon, provenance, value, write
from tests.e2e.texts import TINY

pytestmark = pytest.mark.e2e
CIRCUMSTANCES = {"machine", "start", "wall_seconds"}
SUMMARY = "metric,segment,channel,unit,mean,mean_lo,mean_hi,median,p2_5,p10,p90,p97_5"
METRICS = {
    "reach", *(f"reach_{k}plus" for k in range(2, 11)), "total_reach", "unique_reach", "average_frequency", "grp",
    "contacts", "attended_contacts", "earned_contacts", "owned_contacts", "partner_contacts", "impressions_bought",
    "impressions_delivered", "impressions_undelivered", "spend", "cpm", "cost_per_reach_point", "cost_per_grp",
    "awareness", "consideration", "attitude", "trust", "adoption", "awareness_lift", "consideration_lift",
    "attitude_lift", "trust_lift", "adoption_lift", "shares", "pass_along_rate", "earned_multiplier",
    "cost_per_acquisition", "cost_per_incremental_acquisition",
}  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Return a folder with a plan and three runs of it: by one thread, by two, and on 39 worlds."""
    folder = tmp_path_factory.mktemp("runs")
    write(folder, {"plan.yaml": TINY})
    told = done("run", "plan.yaml", "--out", "one", "--threads", 1, cwd=folder)
    write(folder, {"out.txt": told.out, "err.txt": told.err})
    done("run", "plan.yaml", "--out", "deep/two", "--threads", 2, cwd=folder)
    changes = ("--replications", 39, "--set", "value_per_adoption=900", "--set", "name=Many")
    done("run", "plan.yaml", "--out", "many", *changes, cwd=folder)
    return folder


def test_leaves_five_files_and_nothing_else(runs):
    for folder in ("one", "deep/two", "many"):
        assert names(runs / folder) == list(FILES)


def test_same_bytes_for_one_thread_and_two_and_in_two_processes(runs):
    for name in set(FILES) - {"provenance.json"}:
        assert (runs / "one" / name).read_bytes() == (runs / "deep/two" / name).read_bytes(), name
    one, two = provenance(runs / "one"), provenance(runs / "deep/two")
    assert set(one) >= CIRCUMSTANCES
    assert list(one) == list(two)
    assert {key for key in one if one[key] != two[key]} <= CIRCUMSTANCES


def test_summary_is_tidy(runs):
    lines = (runs / "one/summary.csv").read_text("utf-8").splitlines()
    assert lines[0] == SUMMARY
    frame = pd.read_csv(runs / "one/summary.csv")
    assert set(frame.metric) >= METRICS
    assert not frame.duplicated(["metric", "segment", "channel"]).any()
    assert set(frame.segment) == {"all", "young", "old"}
    assert frame.unit.notna().all()
    assert value(frame, "spend", "mean") == pytest.approx(900 + 30_000 * 6 / 1000 + 3 * 50)
    assert set(frame.loc[frame.metric == "spend", "unit"]) == {"USD"}
    assert frame[["p2_5", "p97_5"]].isna().all(axis=None)  # 39 worlds are needed for them, 3 were run


def test_worlds_hold_every_world_and_agree_with_the_summary(runs):
    worlds = pd.read_parquet(runs / "one/worlds.parquet")
    assert list(worlds.columns) == ["replication", "metric", "segment", "channel", "value"]
    assert sorted(worlds.replication.unique()) == [0, 1, 2]
    summary = pd.read_csv(runs / "one/summary.csv")
    means = worlds.groupby(["metric", "segment", "channel"]).value.mean()
    for metric in ("reach", "contacts", "awareness", "partner_contacts", "shares"):
        assert value(summary, metric, "mean") == pytest.approx(means[metric, "all", "all"])
    wide = worlds[(worlds.segment == "all") & (worlds.channel == "all")].pivot(
        index="replication", columns="metric", values="value"
    )
    assert np.allclose(wide.grp, 100 * wide.reach * wide.average_frequency, rtol=1e-9, atol=0)
    assert np.allclose(wide.contacts, wide.grp / 100 * 40_000, rtol=1e-9, atol=0)
    assert wide.contacts.nunique() > 1


def test_daily_follows_the_run_to_its_summary(runs):
    daily = pd.read_parquet(runs / "one/daily.parquet")
    assert list(daily.columns) == [
        "day", "metric", "segment", "channel", "unit", "mean", "p2_5", "p10", "p50", "p90", "p97_5",
    ]  # fmt: skip
    assert sorted(daily.day.unique()) == [1, 2, 3, 4, 5]
    reach = daily[(daily.metric == "reach") & (daily.segment == "all") & (daily.channel == "all")]
    assert (np.diff(reach.sort_values("day")["mean"]) >= 0).all()
    last = reach.loc[reach.day == 5, "mean"].iloc[0]
    assert last == pytest.approx(value(pd.read_csv(runs / "one/summary.csv"), "reach", "mean"))


def test_report_is_one_page_that_needs_no_network(runs):
    text = (runs / "one/report.html").read_text("utf-8")
    assert "Tiny" in text
    assert "USD" in text
    for outside in ('src="http', "src='http", 'href="http', "@import", "url(http"):
        assert outside not in text


def test_options_are_what_was_run(runs):
    ran = provenance(runs / "many")
    assert ran["replications"] == list(range(39))
    assert (ran["scenario"]["name"], ran["scenario"]["value_per_adoption"]) == ("Many", 900)
    summary = pd.read_csv(runs / "many/summary.csv")
    reach = summary[(summary.metric == "reach") & (summary.channel == "all") & (summary.segment == "all")]
    low, ten, ninety, high = reach[["p2_5", "p10", "p90", "p97_5"]].iloc[0]
    assert low <= ten < ninety <= high
    assert {"roi", "marginal_roi"} <= set(summary.metric)
    assert not {"roi", "marginal_roi"} & set(pd.read_csv(runs / "one/summary.csv").metric)


def test_a_world_does_not_depend_on_how_many_there_are(runs):
    many, three = (pd.read_parquet(runs / folder / "worlds.parquet") for folder in ("many", "one"))
    keys = ["replication", "metric", "segment", "channel"]
    both = three.merge(many, on=keys, suffixes=("_of_3", "_of_39"))
    assert len(both) == len(three)
    assert both.value_of_3.equals(both.value_of_39)


def test_says_what_came_out_and_where_it_is(runs):
    told = (runs / "out.txt").read_text("utf-8")
    assert "reaches" in told
    assert "40,000 people" in told
    assert "“known”" in told
    assert "\u00a0" not in told
    assert told.splitlines()[-1] == "Report: one/report.html"
    progress = (runs / "err.txt").read_text("utf-8").splitlines()
    assert progress[0] == "1 of 3 worlds"
    assert progress[-1].startswith("3 worlds in ")


def test_a_terminal_sees_a_bar_with_the_time_left_and_another_master_seed_is_another_luck(runs):
    above, below = pty.openpty()
    options = ["--replications", "200", "--threads", "1", "--master-seed", "8"]
    command = [*PREGON, "run", "plan.yaml", "--out", "bar", *options]
    surroundings = environment() | {"TERM": "xterm"}
    with subprocess.Popen(
        command, cwd=runs, env=surroundings, stderr=below, stdout=subprocess.DEVNULL
    ) as process:
        os.close(below)
        seen = b""
        while True:
            try:
                part = os.read(above, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            seen += part
        os.close(above)
    assert process.returncode == 0
    text = seen.decode("utf-8")
    assert "preparing" in text
    assert "running" in text
    assert "/200" in text
    assert "left" in text
    ran, base = provenance(runs / "bar"), provenance(runs / "one")
    assert (ran["master_seed"], ran["scenario"]["master_seed"]) == (8, 8)
    assert ran["public_hash"] != base["public_hash"]
    worlds = [pd.read_parquet(runs / folder / "worlds.parquet") for folder in ("bar", "one")]
    reach = [w[(w.metric == "reach") & (w.replication == 0)].value.tolist() for w in worlds]
    assert reach[0] != reach[1]


def test_without_an_out_folder_it_says_so(runs):
    before = names(runs)
    refused = pregon("run", "plan.yaml", cwd=runs)
    assert refused.code == 2
    assert "--out" in refused.err
    assert names(runs) == before
