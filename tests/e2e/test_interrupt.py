"""A run that is stopped: exit 130, the finished worlds in whole files, or nothing at all."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pandas as pd
import pytest

from tests.e2e.command import FILES, PREGON, environment, names, provenance, write
from tests.e2e.texts import TINY

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")]
LONG = ("--replications", "1000000", "--threads", "2")


def started(folder, *args):
    return subprocess.Popen(
        [*PREGON, *args],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def stopped(process, sign):
    """Send a signal; return what the process left on the terminal."""
    process.send_signal(sign)
    out, err = process.communicate(timeout=60)
    # Python itself ends by SIGINT where that met a library being loaded; a shell calls both 130.
    assert process.returncode in (130, -signal.SIGINT), err
    assert "Traceback" not in err
    return out, err


@pytest.fixture(scope="module", params=[signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def halted(request, tmp_path_factory):
    """Return a folder with a run stopped after its first world, and what it left on the terminal."""
    folder = tmp_path_factory.mktemp("halted")
    write(folder, {"plan.yaml": TINY})
    process = started(folder, "run", "plan.yaml", "--out", "out", *LONG)
    assert process.stderr.readline() == "1 of 1000000 worlds\n"
    return folder, *stopped(process, request.param)


def test_keeps_the_finished_worlds(halted):
    folder, out, err = halted
    assert names(folder / "out") == list(FILES)
    ran = provenance(folder / "out")
    kept = ran["replications"]
    assert kept[0] == 0
    assert kept == sorted(set(kept))
    assert len(kept) < 1_000_000
    worlds = pd.read_parquet(folder / "out/worlds.parquet")
    assert sorted(worlds.replication.unique()) == kept
    assert worlds.groupby("replication").size().nunique() == 1
    assert set(pd.read_parquet(folder / "out/daily.parquet").day) == {1, 2, 3, 4, 5}
    assert "reach" in set(pd.read_csv(folder / "out/summary.csv").metric)
    assert (folder / "out/report.html").read_text("utf-8").rstrip().endswith("</html>")
    assert f"interrupted: {len(kept)} of 1000000 worlds are finished and kept" in err
    assert "The finished worlds are in out." in err
    assert out == ""


@pytest.mark.parametrize("halted", [signal.SIGINT], indirect=True, ids=["SIGINT"])
def test_a_comparison_keeps_the_worlds_that_both_plans_have(halted):
    folder, _, _ = halted
    write(folder, {"b.yaml": "extends: plan.yaml\nname: Other\nmessages: {hello: {quality: 0.9}}\n"})
    process = started(folder, "compare", "out", "b.yaml", "--out", "both", *LONG)
    assert process.stderr.readline() == "b.yaml: 1 of 1000000 worlds\n"
    out, err = stopped(process, signal.SIGINT)
    assert names(folder / "both") == ["comparison.csv", "report.html"]
    ran = provenance(folder / "out")
    n_worlds = set(pd.read_csv(folder / "both/comparison.csv").n_worlds)
    assert len(n_worlds) == 1
    assert 1 <= n_worlds.pop() <= len(ran["replications"])
    assert "are finished and kept" in err
    assert "Report: both/report.html" in out


def test_a_comparison_stopped_in_its_first_plan_writes_nothing(tmp_path):
    write(tmp_path, {"a.yaml": TINY})
    process = started(tmp_path, "compare", "a.yaml", "a.yaml", "--out", "out", *LONG)
    assert process.stderr.readline() == "a.yaml: 1 of 1000000 worlds\n"
    out, err = stopped(process, signal.SIGINT)
    assert "interrupted; nothing was written" in err
    assert out == ""
    assert names(tmp_path) == ["a.yaml"]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_before_the_first_world_nothing_is_written(tmp_path, sign):
    """The plan comes through a pipe, so that the test knows when the command waits for it."""
    os.mkfifo(tmp_path / "plan.yaml")
    process = started(tmp_path, "run", "plan.yaml", "--out", "out", *LONG)
    with (tmp_path / "plan.yaml").open("w"):  # opens when the command does
        time.sleep(0.1)
        out, err = stopped(process, sign)
    assert err == "pregon: interrupted; nothing was written\n"
    assert out == ""
    assert names(tmp_path) == ["plan.yaml"]


def test_while_the_public_is_built_nothing_is_written(tmp_path):
    os.mkfifo(tmp_path / "plan.yaml")
    process = started(tmp_path, "run", "plan.yaml", "--out", "out", *LONG)
    with (tmp_path / "plan.yaml").open("w") as pipe:
        pipe.write(TINY.replace("agents: 400", "agents: 3_000_000"))
    time.sleep(1.5)  # millions of people take longer than that
    out, err = stopped(process, signal.SIGINT)
    assert err == "pregon: interrupted; nothing was written\n"
    assert out == ""
    assert names(tmp_path) == ["plan.yaml"]
