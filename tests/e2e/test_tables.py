"""Tables in and out by the command line: a plan's flights as CSV, results as a workbook."""

from __future__ import annotations

import subprocess
import sys

import openpyxl
import pytest

from tests.e2e.command import FILES, PREGON, done, edited, environment, names, pregon, write
from tests.e2e.texts import TINY

pytestmark = pytest.mark.e2e
FLIGHTS = TINY[TINY.index("  flights:\n") : TINY.index("  partners:\n")]
TABLED = edited(TINY, (FLIGHTS, "  flights_from: flights.csv\n"))
TABLE = """\
name,message,channel,to,first_day,last_day,budget,impressions,grp,insertions,reach_first,reach_second,posts,shape,cap_times,cap_per_days,dayparts,levels,top,influence_on
tv_hello,hello,tv,,1,4,900,,,,,,,even,,,,,,
clips_hello,hello,clips,,2,5,,30000,,,,,,even,2,3,,,,
"""


def test_flights_go_out_and_come_back(tmp_path):
    write(tmp_path, {"plan.yaml": TINY, "tabled.yaml": TABLED})
    told = done("flights", "plan.yaml", "--out", "flights.csv", cwd=tmp_path)
    assert told.out == "flights.csv is written: 2 flights.\n"
    written = (tmp_path / "flights.csv").read_bytes()
    assert written == b"\xef\xbb\xbf" + TABLE.replace("\n", "\r\n").encode()
    piped = subprocess.run(
        [*PREGON, "flights", "tabled.yaml"], cwd=tmp_path, env=environment(), capture_output=True, check=True
    )
    assert b"\xef\xbb\xbf" + piped.stdout == written
    for plan in ("plan", "tabled"):
        done("run", f"{plan}.yaml", "--out", plan, cwd=tmp_path)
    for name in ("summary.csv", "worlds.parquet", "daily.parquet", "report.html"):
        assert (tmp_path / "plan" / name).read_bytes() == (tmp_path / "tabled" / name).read_bytes(), name


def test_flights_overwrites_nothing(tmp_path):
    write(tmp_path, {"plan.yaml": TINY, "mine.csv": "mine\n"})
    refused = pregon("flights", "plan.yaml", "--out", "mine.csv", cwd=tmp_path)
    assert (refused.code, refused.err) == (2, "mine.csv: the file exists; want a name that is free\n")
    assert (tmp_path / "mine.csv").read_text() == "mine\n"
    refused = pregon("flights", "plan.yaml", "--out", "nowhere/mine.csv", cwd=tmp_path)
    assert refused.code == 2
    assert "cannot be written" in refused.err


def test_a_faulty_table_is_told_with_the_scenario_and_nothing_is_written(tmp_path):
    table = TABLE.replace("tv,,1,4,900", 'ttv,,1,4,"1,900"')
    write(tmp_path, {"plan.yaml": TABLED.replace("days: 5", "days: five"), "flights.csv": table})
    before = names(tmp_path)
    refused = pregon("run", "plan.yaml", "--out", "out", cwd=tmp_path)
    assert refused.code == 2
    assert "plan.yaml:2:1: days: 'five'; want a whole number" in refused.err
    assert "flights.csv:2: channel: no channel is named 'ttv'" in refused.err
    assert "flights.csv:2: budget: '1,900', with thousands separators" in refused.err
    assert "3 faults; nothing was written." in refused.err
    assert names(tmp_path) == before


def test_flights_loads_nothing_heavy(tmp_path):
    write(tmp_path, {"plan.yaml": TABLED, "flights.csv": TABLE})
    code = (
        "import sys; from sim.cli import app, guarded\n"
        "sys.argv = ['pregon', 'flights', 'plan.yaml', '--out', 'again.csv']\n"
        "assert guarded(app) == 0\n"
        "print([name for name in ('numba', 'pandas', 'mesa', 'xlsxwriter') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert told.stdout.splitlines()[-1] == "[]", told.stderr


def test_workbooks_are_left_where_asked(tmp_path):
    write(tmp_path, {"plan.yaml": TINY})
    done("run", "plan.yaml", "--out", "a", cwd=tmp_path)
    assert names(tmp_path / "a") == sorted(FILES)
    done("run", "plan.yaml", "--out", "a", "--xlsx", cwd=tmp_path)
    assert names(tmp_path / "a") == sorted([*FILES, "report.xlsx"])
    book = (tmp_path / "a" / "report.xlsx").read_bytes()
    stale = done("run", "plan.yaml", "--out", "a", "--set", "days=4", "--set", "plan.flights.clips_hello.days=2-4",
                 cwd=tmp_path)  # fmt: skip
    assert "a/report.xlsx is of an earlier run; --xlsx writes it anew." in stale.err
    assert (tmp_path / "a" / "report.xlsx").read_bytes() == book
    done("run", "plan.yaml", "--out", "a", "--xlsx", cwd=tmp_path)
    assert (tmp_path / "a" / "report.xlsx").read_bytes() == book
    done("compare", "a", "plan.yaml", "--out", "both", "--xlsx", cwd=tmp_path)
    assert names(tmp_path / "both") == ["comparison.csv", "report.html", "report.xlsx"]
    sheets = openpyxl.load_workbook(tmp_path / "both" / "report.xlsx").sheetnames
    assert sheets[:2] == ["Summary", "Differences"]


WORDS = {
    "flights": ("--out", "--set", "flights_from", "spreadsheet"),
    "run": ("--xlsx", "report.xlsx"),
    "compare": ("--xlsx", "report.xlsx"),
}


@pytest.mark.parametrize("command", WORDS)
def test_help_tells_it(command, tmp_path):
    told = done(command, "--help", cwd=tmp_path).out
    for word in WORDS[command]:
        assert word in told, word
