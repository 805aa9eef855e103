"""One scenario through every door: command, Python, Mesa's steps, Mesa's batches. The numbers are the same."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from mesa.batchrunner import batch_run

from sim import AudienceModel, Scenario, indicator, run
from sim.scenario.metrics import SEEDING
from tests.mesa_publics import SMALL, small

pytestmark = pytest.mark.e2e
N_WORLDS = 2
KEYS = ["replication", "metric", "segment", "channel"]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("doors") / "towns.yaml"
    path.write_text(json.dumps(SMALL), "utf-8")
    return path


@pytest.fixture(scope="module")
def by_python(file) -> pd.DataFrame:
    worlds = run(Scenario.load(file), replications=N_WORLDS).worlds
    return worlds.sort_values(KEYS).reset_index(drop=True)


def test_command_and_python_are_one_door(file, by_python, tmp_path) -> None:
    out = tmp_path / "out"
    options = ["run", str(file), "--replications", str(N_WORLDS), "--out", str(out)]
    subprocess.run([sys.executable, "-m", "sim", *options], check=True, capture_output=True)
    by_command = pd.read_parquet(out / "worlds.parquet").sort_values(KEYS).reset_index(drop=True)
    pd.testing.assert_frame_equal(by_command, by_python, check_exact=True)


def told(worlds: list[dict[tuple[str, str, str], float]]) -> pd.DataFrame:
    rows = [(r, *row, value) for r, told in enumerate(worlds) for row, value in told.items()]
    return pd.DataFrame(rows, columns=[*KEYS, "value"]).sort_values(KEYS).reset_index(drop=True)


def check_same(frame: pd.DataFrame, by_python: pd.DataFrame) -> None:
    of_further_worlds = by_python.metric.isin(SEEDING)
    assert of_further_worlds.any()
    by_python = by_python[~of_further_worlds]
    assert len(frame) == len(by_python) > 300
    assert set(frame.metric) == set(by_python.metric)
    np.testing.assert_array_equal(frame[KEYS].astype(str).to_numpy(), by_python[KEYS].astype(str).to_numpy())
    np.testing.assert_array_equal(frame.value.to_numpy(), by_python.value.to_numpy())


@pytest.mark.parametrize("asked_daily", [False, True])
def test_steps_give_the_same(by_python, asked_daily) -> None:
    worlds = []
    for replication in range(N_WORLDS):
        model = small(replication)
        while model.running:
            model.step()
            if asked_daily:
                model.indicators()
        worlds.append(model.indicators())
    check_same(told(worlds), by_python)


def test_steps_give_the_same_on_every_day(file) -> None:
    daily = run(Scenario.load(file), replications=1).daily.set_index(["day", "metric", "segment", "channel"])[
        "mean"
    ]
    model = small()
    for day in range(1, SMALL["days"] + 1):
        model.step()
        now, then = model.indicators(), daily.loc[day].to_dict()
        assert {row: now[row] for row in then} == pytest.approx(then, rel=1e-12, abs=1e-15, nan_ok=True)
    assert len(then) > 200


@pytest.mark.parametrize("processes", [1, 2])
def test_batches_give_the_same(file, by_python, processes) -> None:
    rows = [*small().indicators()]
    reporters = {"|".join(row): indicator(*row) for row in rows}
    given = {"scenario": str(file), "replication": range(N_WORLDS), "model_reporters": [reporters]}
    done = batch_run(AudienceModel, given, number_processes=processes, display_progress=False)
    done.sort(key=lambda world: world["replication"])
    check_same(told([{row: world["|".join(row)] for row in rows} for world in done]), by_python)


def test_worlds_live_on_the_same_publics() -> None:
    given = {**SMALL, "publics": 2}
    worlds = (
        run(Scenario.from_dict(given), replications=N_WORLDS).worlds.sort_values(KEYS).reset_index(drop=True)
    )
    models = [AudienceModel(given, replication) for replication in range(N_WORLDS)]
    assert (models[0].agents.get("usage.tv") != models[1].agents.get("usage.tv")).any()
    for model in models:
        model.run()
    check_same(told([model.indicators() for model in models]), worlds)
