"""`pregon sweep`: what it leaves, what it says, how it goes on after it was stopped, killed, or out of room."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import time

import pandas as pd
import pytest

from sim import InputError, Scenario
from sim.experiment.sweeps.store import Store
from sim.experiment.sweeps.sweep import sweep
from tests.e2e.command import PREGON, done, edited, environment, names, pregon, value, write
from tests.e2e.texts import TINY
from tests.sweeps import IS_POSIX, N_POINTS, N_WORLDS, SMALL, digest, file_limit, killed_at

pytestmark = pytest.mark.e2e
FRONT = [
    "design_point", "plan.flights.tv_hello.budget", "plan.partners.voices", "plan.partners.voices.choose.count",
]  # fmt: skip


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """Return a folder with a finished sweep in `out`, and what the command said."""
    folder = tmp_path_factory.mktemp("swept")
    write(folder, {"plan.yaml": SMALL})
    return folder, done("sweep", "plan.yaml", "--out", "out", "--threads", "2", cwd=folder)


def test_leaves_a_row_per_point_and_a_file_of_each_kind(swept):
    folder, said = swept
    design = pd.read_csv(folder / "out/design.csv")
    assert list(design.columns) == [*FRONT, "status", "error"]
    assert list(design.design_point) == list(range(1, N_POINTS + 1))
    assert set(design.status) == {"done"}
    for table in ("worlds", "daily", "summary"):
        assert names(folder / "out" / table) == [f"{n:06d}.parquet" for n in range(1, N_POINTS + 1)]
    assert f"{N_WORLDS} of {N_WORLDS} worlds, {N_POINTS} of {N_POINTS} points" in said.err
    assert "summary.csv" in said.out


def test_a_point_is_the_run_of_its_own_scenario(swept):
    folder, _ = swept
    done("run", "plan.yaml", "--out", "alone", "--set", "plan.flights.tv_hello.budget=500",
         "--set", "plan.partners.voices=null", "--set", "sweep=null", cwd=folder)  # fmt: skip
    summary = pd.read_csv(folder / "out/summary.csv")
    assert list(summary.columns[:4]) == FRONT
    mine = summary[(summary[FRONT[1]] == 500) & (summary[FRONT[2]] == "off")]
    assert mine[FRONT[3]].isna().all()
    alone = pd.read_csv(folder / "alone/summary.csv")
    pd.testing.assert_frame_equal(mine.drop(columns=FRONT).reset_index(drop=True), alone, check_exact=True)
    point = int(mine.design_point.iloc[0])
    for table in ("worlds", "daily"):
        found = pd.read_parquet(folder / f"out/{table}/{point:06d}.parquet")
        assert set(found.design_point) == {point}
        pd.testing.assert_frame_equal(
            found.drop(columns="design_point"),
            pd.read_parquet(folder / f"alone/{table}.parquet"),
            check_exact=True,
        )


def test_plans_differ_as_they_should(swept):
    summary = pd.read_csv(swept[0] / "out/summary.csv")
    spend = [value(rows, "spend", "mean") for _, rows in summary.groupby("design_point")]
    assert len(set(spend)) == N_POINTS
    off = summary[summary[FRONT[2]] == "off"]
    assert set(off[off.metric == "partner_contacts"]["mean"]) == {0.0}


def test_the_same_bytes_for_any_number_of_threads(swept):
    folder, _ = swept
    done("sweep", "plan.yaml", "--out", "one", "--threads", "1", cwd=folder)
    assert digest(folder / "one") == digest(folder / "out")


def test_started_again_it_runs_nothing(swept):
    folder, _ = swept
    before = digest(folder / "out")
    stamps = {path: path.stat().st_mtime_ns for path in (folder / "out/worlds").iterdir()}
    done("sweep", "plan.yaml", "--out", "out", cwd=folder)
    assert digest(folder / "out") == before
    assert {path: path.stat().st_mtime_ns for path in (folder / "out/worlds").iterdir()} == stamps


def test_a_file_that_was_lost_or_damaged_is_made_again(swept):
    folder, _ = swept
    before = digest(folder / "out")
    (folder / "out/daily/000002.parquet").unlink()
    (folder / "out/worlds/000005.parquet").write_bytes(b"PAR1")
    done("sweep", "plan.yaml", "--out", "out", cwd=folder)
    assert digest(folder / "out") == before


def test_another_scenario_is_refused_and_said_what_differs(swept):
    folder, _ = swept
    before = digest(folder / "out")
    write(folder, {"other.yaml": edited(SMALL, ("quality: 0.6", "quality: 0.7"))})
    refused = pregon("sweep", "other.yaml", "--out", "out", cwd=folder)
    assert refused.code == 2
    assert (
        "a sweep that differs from this one in scenario.messages.hello.quality (0.6 there, 0.7 here)"
        in refused.err
    )
    assert "want --fresh to throw that one away, or another folder" in refused.err
    refused = pregon("sweep", "plan.yaml", "--out", "out", "--replications", "4", cwd=folder)
    assert (refused.code, "replications (3 there, 4 here)" in refused.err) == (2, True)
    assert digest(folder / "out") == before


def test_fresh_throws_the_other_sweep_away(tmp_path):
    write(tmp_path, {"plan.yaml": TINY + "sweep: {vary: {plan.flights.tv_hello.budget: [500, 900]}}\n"})
    done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    (tmp_path / "out/mine.txt").write_text("kept")
    done("sweep", "plan.yaml", "--out", "out", "--fresh", "--replications", "2", cwd=tmp_path)
    worlds = pd.concat(pd.read_parquet(path) for path in sorted((tmp_path / "out/worlds").iterdir()))
    assert set(worlds.replication) == {0, 1}
    assert (tmp_path / "out/mine.txt").exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    write(tmp_path, {"plan.yaml": SMALL})
    done("run", "plan.yaml", "--out", "out", cwd=tmp_path)
    before = names(tmp_path / "out")
    for option in ((), ("--fresh",)):
        refused = pregon("sweep", "plan.yaml", "--out", "out", *option, cwd=tmp_path)
        assert (refused.code, "summary.csv, report.html of something else" in refused.err) == (2, True)
    assert names(tmp_path / "out") == before


def test_a_point_that_fails_is_a_row_and_the_others_go_on(tmp_path):
    text = (
        TINY
        + "sweep: {vary: {objectives.known.channel: [tv, all], network.clips.min_followers: [2, 4000]}}\n"
    )
    write(tmp_path, {"plan.yaml": text})
    failed = pregon("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    assert failed.code == 1, failed.err
    assert "3 of 4 design points failed, see design.csv; the first: design point 1: " in failed.err
    design = pd.read_csv(tmp_path / "out/design.csv", keep_default_na=False)
    assert list(design.status) == ["failed", "failed", "done", "failed"]
    assert "awareness of segment all on channel tv" in design.error[0]
    assert "min_followers" in design.error[3]
    assert design.error[2] == ""
    assert set(pd.read_csv(tmp_path / "out/summary.csv").design_point) == {3}
    again = pregon("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    assert (again.code, "3 of 4 design points failed" in again.err) == (1, True)


def test_no_sweep_and_bad_values_write_nothing(tmp_path):
    write(tmp_path, {"none.yaml": TINY, "bad.yaml": edited(SMALL, ("[1, 3]", "[1, -3]"))})
    refused = pregon("sweep", "none.yaml", "--out", "out", cwd=tmp_path)
    assert (refused.code, "no sweep; want `sweep: {design: grid" in refused.err) == (2, True)
    refused = pregon("sweep", "bad.yaml", "--out", "out", cwd=tmp_path)
    assert (refused.code, "sweep.vary.plan.partners.voices.choose.count.1: -3" in refused.err) == (2, True)
    assert names(tmp_path) == ["bad.yaml", "none.yaml"]


def test_check_says_points_runs_disk_and_time(tmp_path):
    write(tmp_path, {"plan.yaml": SMALL})
    said = done("check", "plan.yaml", "--threads", "1", cwd=tmp_path).out
    assert "sweep: grid, 6 design points × 3 worlds = 18 runs" in said
    assert "  disk: about " in said.split("sweep: ")[1]
    assert "  time: about " in said.split("sweep: ")[1]


def test_stopped_and_started_again_it_is_as_if_it_never_stopped(tmp_path):
    text = edited(SMALL, ("replications: 3", "replications: 400"))
    write(tmp_path, {"plan.yaml": text})
    process = subprocess.Popen(
        [*PREGON, "sweep", "plan.yaml", "--out", "out", "--threads", "2"],
        cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    process.stderr.readline()
    while len(list((tmp_path / "out/worlds").glob("0*.parquet"))) < 2:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "worlds are finished and kept in out; the same command goes on from there" in err
    design = pd.read_csv(tmp_path / "out/design.csv")
    assert {"done", "missing"} == set(design.status)
    done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    done("sweep", "plan.yaml", "--out", "whole", cwd=tmp_path)
    assert digest(tmp_path / "out") == digest(tmp_path / "whole")


@pytest.mark.skipif(not IS_POSIX, reason="signals as POSIX has them")
@pytest.mark.parametrize(("nth", "moment"), [(3, "before"), (8, "after"), (14, "before"), (21, "after")])
def test_killed_inside_a_write_nothing_is_lost(swept, tmp_path, nth, moment):
    write(tmp_path, {"plan.yaml": SMALL})
    assert killed_at(tmp_path, nth, moment)
    done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    assert digest(tmp_path / "out") == digest(swept[0] / "out")


@pytest.mark.verify
@pytest.mark.skipif(not IS_POSIX, reason="signals as POSIX has them")
@pytest.mark.timeout(3000)
def test_killed_at_every_write_in_turn_nothing_is_lost(swept, tmp_path):
    """Each start dies at another write, until one comes through; the folder is the same one all along."""
    n_kills = 0
    for moment in ("before", "after"):
        folder = tmp_path / moment
        folder.mkdir()
        write(folder, {"plan.yaml": SMALL})
        nth = 1
        while killed_at(folder, nth, moment):
            n_kills += 1
            if n_kills % 2:  # every other time the next start gets further
                nth += 1
        assert digest(folder / "out") == digest(swept[0] / "out")
    assert n_kills >= 30


@pytest.mark.verify
@pytest.mark.skipif(not IS_POSIX, reason="signals as POSIX has them")
@pytest.mark.timeout(3000)
def test_killed_at_random_moments_nothing_reported_is_lost(tmp_path):
    """30 kills, at moments spread over the run; worlds reported safe only ever grow."""
    write(tmp_path, {"plan.yaml": edited(SMALL, ("replications: 3", "replications: 600"))})
    reported, n_kills = 0, 0
    while n_kills < 30:
        process = subprocess.Popen(
            [*PREGON, "sweep", "plan.yaml", "--out", "out", "--threads", "2"],
            cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        first = process.stderr.readline()
        kept = int(first.split(" of ")[0])
        assert kept >= reported, first
        reported = kept
        time.sleep(0.05 * (n_kills * 7 % 11))  # up to half a second of work
        process.kill()
        process.communicate()
        n_kills += 1
    done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    done("sweep", "plan.yaml", "--out", "whole", cwd=tmp_path)
    assert digest(tmp_path / "out") == digest(tmp_path / "whole")


@pytest.mark.skipif(not IS_POSIX, reason="limits as POSIX has them")
@pytest.mark.parametrize("limit", [9_000, 40_000])
def test_a_full_disk_is_a_clear_error_and_loses_nothing(swept, tmp_path, limit):
    write(tmp_path, {"plan.yaml": SMALL})
    process = subprocess.run(
        [*PREGON, "sweep", "plan.yaml", "--out", "out"], cwd=tmp_path, env=environment(), capture_output=True,
        encoding="utf-8", timeout=200, preexec_fn=lambda: file_limit(limit),
    )  # fmt: skip
    assert process.returncode == 1, process.stderr
    assert "out: cannot be written (" in process.stderr
    assert "what was reported done is kept: make room, then start the same command again" in process.stderr
    assert "Traceback" not in process.stderr
    done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    assert digest(tmp_path / "out") == digest(swept[0] / "out")


@pytest.mark.parametrize("further", [(), ("--fresh",), ("--fresh", "--replications", "2")])
def test_two_drivers_do_not_write_in_one_folder(swept, further):
    """The second touches nothing: not what is finished, nor what the first is just writing."""
    folder, _ = swept
    writing = folder / "out/worlds/.000009.parquet.x.part"
    writing.write_bytes(b"half")
    before = digest(folder / "out") | {"stated": (folder / "out/sweep.json").read_text("utf-8")}
    held = sqlite3.connect(folder / "out/journal.sqlite", isolation_level=None)
    try:
        held.execute("PRAGMA locking_mode = EXCLUSIVE")
        held.execute("BEGIN EXCLUSIVE")
        refused = pregon("sweep", "plan.yaml", "--out", "out", *further, cwd=folder)
        assert writing.exists()
    finally:
        held.close()
        writing.unlink()
    assert (refused.code, "another process is running this sweep" in refused.err) == (1, True)
    assert digest(folder / "out") | {"stated": (folder / "out/sweep.json").read_text("utf-8")} == before


def test_a_journal_that_a_killed_start_left_is_begun_with(tmp_path):
    """Killed before it could say what the sweep is: the folder is still free."""
    write(tmp_path, {"plan.yaml": TINY + "sweep: {vary: {plan.flights.tv_hello.budget: [500, 900]}}\n"})
    done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    for path in (tmp_path / "out").iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "journal.sqlite":
            path.unlink()
    done("sweep", "plan.yaml", "--out", "out", cwd=tmp_path)
    done("sweep", "plan.yaml", "--out", "other", cwd=tmp_path)
    assert digest(tmp_path / "out") == digest(tmp_path / "other")


@pytest.mark.parametrize("command", [("run", "plan.yaml"), ("compare", "plan.yaml", "plan.yaml")])
def test_nothing_else_is_written_into_a_sweeps_folder(swept, command):
    folder, _ = swept
    before = names(folder / "out")
    refused = pregon(*command, "--out", "out", cwd=folder)
    assert (refused.code, "--out out: a sweep is kept there; want another folder" in refused.err) == (2, True)
    assert names(folder / "out") == before


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    write(tmp_path, {"plan.yaml": SMALL, "taken": "mine"})
    refused = pregon("sweep", "plan.yaml", "--out", "taken", cwd=tmp_path)
    assert (refused.code, "--out taken: a file of that name exists" in refused.err) == (2, True)
    assert (tmp_path / "taken").read_text("utf-8") == "mine"


def test_a_sweep_that_began_and_ended_meanwhile_is_not_thrown_away(tmp_path, monkeypatch):
    """Two start in a new folder; the other is through before this one has the lock."""
    write(tmp_path, {"plan.yaml": TINY + "sweep: {vary: {plan.flights.tv_hello.budget: [500, 900]}}\n"})
    scenario, opened = Scenario.load(tmp_path / "plan.yaml"), Store._opened

    def late(store):
        monkeypatch.setattr(Store, "_opened", opened)
        sweep(scenario, tmp_path / "out", replications=3, threads=1)
        return opened(store)

    monkeypatch.setattr(Store, "_opened", late)
    with pytest.raises(InputError, match="replications \\(3 there, 2 here\\)"):
        sweep(scenario, tmp_path / "out", replications=2, threads=1)
    before = digest(tmp_path / "out")
    sweep(scenario, tmp_path / "out", replications=3, threads=1)
    assert digest(tmp_path / "out") == before
    assert len(before) > 6
