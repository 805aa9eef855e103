"""A run that is stopped: exit 130, the finished worlds in whole files, or nothing at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time

import pandas as pd
import pytest

from tests.e2e.command import FILES, PREGON, environment, names, write
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
    """Send a signal, twice no more; return what the process left on the terminal."""
    process.send_signal(sign)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    return out, err


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_keeps_the_finished_worlds(tmp_path, sign):
    write(tmp_path, {"plan.yaml": TINY})
    process = started(tmp_path, "run", "plan.yaml", "--out", "out", *LONG)
    assert process.stderr.readline() == "1 of 1000000 worlds\n"
    out, err = stopped(process, sign)
    assert names(tmp_path / "out") == list(FILES)
    provenance = json.loads((tmp_path / "out/provenance.json").read_text("utf-8"))
    kept = provenance["replications"]
    assert kept[0] == 0
    assert kept == sorted(set(kept))
    assert len(kept) < 1_000_000
    worlds = pd.read_parquet(tmp_path / "out/worlds.parquet")
    assert sorted(worlds.replication.unique()) == kept
    assert worlds.groupby("replication").size().nunique() == 1
    assert set(pd.read_parquet(tmp_path / "out/daily.parquet").day) == {1, 2, 3, 4, 5}
    assert "reach" in set(pd.read_csv(tmp_path / "out/summary.csv").metric)
    assert (tmp_path / "out/report.html").read_text("utf-8").rstrip().endswith("</html>")
    assert f"interrupted: {len(kept)} of 1000000 worlds are finished and kept" in err
    assert "The finished worlds are in out." in err
    assert out == ""


def test_a_comparison_keeps_the_worlds_that_both_plans_have(tmp_path):
    write(tmp_path, {"a.yaml": TINY, "b.yaml": "extends: a.yaml\nname: Other\nmessages: {hello: {quality: 0.9}}\n"})
    # 200 worlds of the first plan are soon done; the second is stopped at its first.
    process = started(tmp_path, "compare", "a.yaml", "b.yaml", "--out", "out", "--replications", "200")
    line = ""
    while not line.startswith("b.yaml: 1 of 200"):
        line = process.stderr.readline()
        assert line, "the second plan never began"
    out, err = stopped(process, signal.SIGINT)
    assert names(tmp_path / "out") == ["comparison.csv", "report.html"]
    n_worlds = set(pd.read_csv(tmp_path / "out/comparison.csv").n_worlds)
    assert len(n_worlds) == 1
    assert 1 <= n_worlds.pop() < 200
    assert "are finished and kept" in err
    assert "Report: out/report.html" in out


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
