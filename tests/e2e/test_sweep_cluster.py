"""`pregon sweep --dask`: the same bytes as threads give, also where workers or the scheduler are killed."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests.dask_cluster import dask_cluster
from tests.e2e.command import PREGON, done, edited, environment, pregon, write
from tests.sweeps import IS_POSIX, SMALL, digest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
LONG = edited(SMALL, ("replications: 3", "replications: 100"))
needs_signals = pytest.mark.skipif(not IS_POSIX, reason="signals as POSIX has them")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Return what the long sweep leaves on threads."""
    folder = tmp_path_factory.mktemp("threads")
    write(folder, {"plan.yaml": LONG})
    done("sweep", "plan.yaml", "--out", "out", "--threads", "2", cwd=folder)
    return digest(folder / "out")


class Running:
    """Follow a sweep on a cluster."""

    def __init__(self, folder, address):
        write(folder, {"plan.yaml": LONG})
        self.out = folder / "out"
        self._process = subprocess.Popen(
            [*PREGON, "sweep", "plan.yaml", "--out", "out", "--dask", address], cwd=folder, env=environment(),
            stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip

    def wait_for_points(self, n):
        self._process.stderr.readline()  # told once it is connected
        while len(list((self.out / "worlds").glob("0*.parquet"))) < n:
            assert self._process.poll() is None, self._process.stderr.read()
            time.sleep(0.05)

    def end(self):
        _, err = self._process.communicate(timeout=600)
        assert self._process.returncode == 0, err
        return err


def test_a_local_cluster_gives_the_same_bytes(tmp_path):
    write(tmp_path, {"plan.yaml": SMALL})
    done("sweep", "plan.yaml", "--out", "here", "--threads", "2", cwd=tmp_path)
    done("sweep", "plan.yaml", "--out", "there", "--threads", "2", "--dask", "local", cwd=tmp_path)
    assert digest(tmp_path / "there") == digest(tmp_path / "here")


@needs_signals
def test_a_worker_killed_costs_nothing(undisturbed, tmp_path):
    with dask_cluster(tmp_path) as cluster:
        running = Running(tmp_path, cluster.address)
        running.wait_for_points(1)
        cluster.kill_worker()
        running.end()
    assert digest(tmp_path / "out") == undisturbed


@needs_signals
def test_the_scheduler_killed_threads_go_on(undisturbed, tmp_path):
    with dask_cluster(tmp_path) as cluster:
        running = Running(tmp_path, cluster.address)
        running.wait_for_points(1)
        cluster.kill_scheduler()
        running.end()
    assert digest(tmp_path / "out") == undisturbed


@pytest.mark.verify
@needs_signals
@pytest.mark.parametrize("points", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("victim", ["worker", "both, and others come", "both", "scheduler"])
def test_killed_at_many_moments(undisturbed, tmp_path, victim, points):
    with dask_cluster(tmp_path) as cluster:
        running = Running(tmp_path, cluster.address)
        running.wait_for_points(points)
        if victim == "scheduler":
            cluster.kill_scheduler()
        else:
            for _ in range(1 if victim == "worker" else 2):
                cluster.kill_worker()
        if victim == "both, and others come":
            cluster.add_worker()
        running.end()
    assert digest(tmp_path / "out") == undisturbed


def test_a_point_that_fails_says_the_same_as_on_threads(tmp_path):
    text = edited(
        SMALL, ("plan.flights.tv_hello.budget: [500, 900]", "network.clips.min_followers: [2, 4000]")
    )
    write(tmp_path, {"plan.yaml": text})
    for out, options in (("here", ()), ("there", ("--dask", "local"))):
        failed = pregon("sweep", "plan.yaml", "--out", out, "--threads", "2", *options, cwd=tmp_path)
        assert failed.code == 1, failed.err
    assert digest(tmp_path / "there") == digest(tmp_path / "here")


def test_an_address_where_nobody_is_is_told(tmp_path):
    write(tmp_path, {"plan.yaml": SMALL})
    refused = pregon("sweep", "plan.yaml", "--out", "out", "--dask", "tcp://127.0.0.1:9", cwd=tmp_path)
    assert refused.code == 2, refused.err
    assert "--dask tcp://127.0.0.1:9: no scheduler answers" in refused.err
    assert "want `local`, or the address of a running `dask scheduler`" in refused.err
    assert "Traceback" not in refused.err


def test_other_code_on_a_worker_is_refused():
    """A worker with another version lives nothing: its bits might be others."""
    from sim.experiment.engines.cluster import Order, live
    from tests.plans import build, television

    order = Order(3, build(television(agents=50)), "mark", 0, [0, 1])
    (told,) = live([order], "another hash", ("errors.py",))
    assert not told.outcomes
    assert "a worker has other code" in str(told.error)


def test_other_data_on_a_worker_are_refused():
    from sim.experiment.engines.cluster import Order, live
    from sim.public_cache import code_version
    from tests.plans import build, television

    order = Order(3, build(television(agents=50)), "another hash", 0, [0, 1])
    (told,) = live([order], code_version(("errors.py",)), ("errors.py",))
    assert not told.outcomes
    assert "a worker reads other data files" in str(told.error)


def test_without_the_extra_it_says_what_to_install(tmp_path):
    write(tmp_path, {"plan.yaml": SMALL})
    hidden = "import sys; sys.modules['distributed'] = None; from sim.cli import main; main()"
    refused = subprocess.run(
        [sys.executable, "-c", hidden, "sweep", "plan.yaml", "--out", "out", "--dask", "local"],
        cwd=tmp_path, env=environment(), capture_output=True, encoding="utf-8", timeout=200,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "--dask wants the extra `cluster`: pip install 'pregon[cluster]'" in refused.stderr
