"""Tables over many points: what is written in parts is what the points' files hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.experiment.sweeps.store import file_of
from sim.experiment.sweeps.tables import POINTS_AT_ONCE, read_summary, read_worlds, write_summary

LABELS = ["plain", 'a, "quoted" one', "two\nlines", "ñandú"]


def summaries(folder: Path, labels: list, metric: str = "reach") -> list[pd.DataFrame]:
    """Write a summary of three rows for each point; return them."""
    (folder / "summary").mkdir(parents=True)
    out = []
    for number, label in enumerate(labels, 1):
        frame = pd.DataFrame({
            "design_point": label, "metric": [metric, "reach", "spend"], "segment": ["all", "old, rich", "all"],
            "channel": "all", "mean": [number / 7, 1e-7 * number, 1e15 / 3], "p2_5": [np.nan, 0.25, np.nan],
        })  # fmt: skip
        frame.to_parquet(file_of(folder, "summary", number), index=False)
        out.append(frame)
    return out


def front_of(labels: list, **levers: list) -> pd.DataFrame:
    return pd.DataFrame({"design_point": labels, **levers}, dtype=object)


@pytest.mark.parametrize(
    "levers",
    [
        {"cap": [1, 2.5, None, 4]},
        {"cap": ["a,b", None, 'say "no"', '{"x": 1}'], "grp": [10, 20, 30, 40]},
        {"mixed": ["none", 3, 0.1, None]},
    ],
    ids=["numbers", "text", "both"],
)
def test_a_written_summary_is_what_the_points_hold(tmp_path, levers):
    frames = summaries(tmp_path, LABELS)
    front = front_of(LABELS, **levers)
    write_summary(tmp_path, [1, 2, 3, 4], front, tmp_path / "summary.csv")
    wanted = front.merge(pd.concat(frames), on="design_point", sort=False)
    wanted.to_csv(tmp_path / "by pandas.csv", index=False)
    found, by_pandas = (pd.read_csv(tmp_path / name) for name in ("summary.csv", "by pandas.csv"))
    pd.testing.assert_frame_equal(found, by_pandas, check_exact=True)
    pd.testing.assert_frame_equal(
        read_summary(tmp_path, [1, 2, 3, 4], front), wanted, check_exact=True, check_dtype=False
    )


def test_points_beyond_one_part_are_written_in_order(tmp_path):
    numbers = list(range(1, 2 * POINTS_AT_ONCE + 4))
    summaries(tmp_path, numbers)
    some = [number for number in numbers if number % 3]  # not all are finished
    write_summary(tmp_path, some, front_of(some, grp=[10.5 * n for n in some]), tmp_path / "summary.csv")
    found = pd.read_csv(tmp_path / "summary.csv")
    assert found["design_point"].tolist() == [number for number in some for _ in range(3)]
    assert (found["grp"] == 10.5 * found["design_point"]).all()
    assert (tmp_path / "summary.csv").read_text("utf-8").count('"old, rich"') == len(some)


def test_what_is_plain_is_written_without_quotes(tmp_path):
    summaries(tmp_path, [1])
    frame = pd.read_parquet(file_of(tmp_path, "summary", 1))
    frame["segment"] = "all"
    frame.to_parquet(file_of(tmp_path, "summary", 1), index=False)
    write_summary(tmp_path, [1], front_of([1], grp=[10]), tmp_path / "summary.csv")
    assert (tmp_path / "summary.csv").read_text("utf-8").splitlines()[:2] == [
        "design_point,grp,metric,segment,channel,mean,p2_5",
        f"1,10,reach,all,all,{1 / 7!r},",
    ]


def test_no_finished_point_is_an_empty_table(tmp_path):
    write_summary(tmp_path, [], front_of([], grp=[]), tmp_path / "summary.csv")
    assert (tmp_path / "summary.csv").read_text("utf-8") == "design_point,grp\n"
    assert read_summary(tmp_path, [], front_of([], grp=[])).empty
    assert read_worlds(tmp_path, [], ["reach"]).empty


def test_only_indicators_asked_for_are_read(tmp_path):
    (tmp_path / "worlds").mkdir()
    for number in (1, 2, 3):
        frame = pd.DataFrame({"design_point": number, "replication": [0, 0, 1], "metric": ["reach", "spend", "reach"],
                              "segment": "all", "channel": "all", "value": [number, 2.0, 3.0]})  # fmt: skip
        frame.to_parquet(file_of(tmp_path, "worlds", number), index=False)
    found = read_worlds(tmp_path, [3, 1], ["reach"])
    assert found["design_point"].tolist() == [3, 3, 1, 1]
    assert set(found["metric"]) == {"reach"}
    assert found["value"].tolist() == [3.0, 3.0, 1.0, 3.0]
