"""A sweep's folder read without Pregón: DuckDB and pandas, as docs/files.md says, also while the sweep runs."""

from __future__ import annotations

import re
import subprocess
import time

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.e2e.command import PREGON, ROOT, done, edited, environment, write
from tests.sweeps import N_POINTS, N_WORLDS, SMALL

pytestmark = pytest.mark.e2e
TABLES = {
    "worlds": "design_point, replication, metric, segment, channel, value",
    "daily": "design_point, day, metric, segment, channel, unit, mean, p2_5, p10, p50, p90, p97_5",
}


def told():
    """Return the query that docs/files.md gives, as it stands there."""
    page = (ROOT / "docs/files.md").read_text("utf-8")
    return re.search(r"```sql\n(.*?);.*?```", page, re.DOTALL)[1]


def ask(folder, query):
    with duckdb.connect() as connection:
        connection.execute(f"SET file_search_path = '{folder}'")
        return connection.execute(query).df()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("read")
    write(made, {"plan.yaml": SMALL})
    done("sweep", "plan.yaml", "--out", "out", "--threads", "2", cwd=made)
    return made


def test_duckdb_and_pandas_find_the_same(folder):
    worlds = pd.read_parquet(folder / "out/worlds")
    assert len(worlds[["design_point", "replication"]].drop_duplicates()) == N_WORLDS
    of_all = worlds[(worlds.metric == "adoption_lift") & (worlds.segment == "all")]
    mine = of_all.groupby("design_point")["value"].mean()
    theirs = ask(folder, told()).set_index("design_point").iloc[:, 0].sort_index()
    assert len(theirs) == N_POINTS
    np.testing.assert_allclose(theirs, mine, rtol=1e-12)


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_those_that_are_documented(folder, table):
    page = (ROOT / "docs/files.md").read_text("utf-8")
    assert f"`{TABLES[table]}`" in page
    frame = ask(folder, f"SELECT * FROM 'out/{table}/*.parquet'")
    assert ", ".join(frame.columns) == TABLES[table]
    assert set(frame.design_point) == set(range(1, N_POINTS + 1))


def test_quantiles_of_days_are_those_of_the_worlds_on_the_last(folder):
    joined = ask(
        folder,
        """SELECT design_point, segment, any_value(d.mean) AS told, avg(w.value) AS found
           FROM 'out/daily/*.parquet' d JOIN 'out/worlds/*.parquet' w USING (design_point, metric, segment, channel)
           WHERE d.day = 5 AND d.metric = 'awareness' GROUP BY ALL""",
    )
    assert len(joined) == 3 * N_POINTS  # all, young, old
    np.testing.assert_allclose(joined.told, joined.found, rtol=1e-12)


def test_it_reads_while_the_sweep_runs(tmp_path):
    """Whatever DuckDB finds at any moment is whole points, all their worlds."""
    write(tmp_path, {"plan.yaml": edited(SMALL, ("replications: 3", "replications: 60"))})
    process = subprocess.Popen(
        [*PREGON, "sweep", "plan.yaml", "--out", "out"],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.DEVNULL,
    )
    looks = []
    while process.poll() is None:
        if list((tmp_path / "out/worlds").glob("0*.parquet")):
            counted = ask(
                tmp_path,
                "SELECT design_point, count(DISTINCT replication) AS n FROM 'out/worlds/*.parquet' GROUP BY ALL",
            )
            looks.append(len(counted))
            assert set(counted.n) == {60}
        time.sleep(0.01)
    assert process.returncode == 0
    assert looks == sorted(looks)
    assert looks[0] < N_POINTS
