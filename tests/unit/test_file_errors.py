"""The twelve errors with files that docs/files.md tells of, each provoked; the table there is what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.public import build_public
from sim.scenario.schema import Scenario
from tests.e2e.command import edited, write
from tests.e2e.texts import DATA_FILES, PEOPLE, PEOPLE_CSV, SURVEY, SURVEY_CSV, TIES_CSV

DOC = Path(__file__).resolve().parents[2] / "docs" / "files.md"
START, END = "<!-- twelve errors: written by tests/unit/test_file_errors.py -->", "<!-- end -->"
GENERATED = "clips: {generate: power_law, min_followers: 2}"
READ = "clips: {edges: ties.csv, directed: true}"

# What went wrong → the plan, and the files that differ from the right ones.
CASES: dict[str, tuple[str, dict[str, str | bytes]]] = {
    "the file has another name": (edited(PEOPLE, ("people.csv", "peple.csv")), {}),
    "a workbook instead of CSV": (PEOPLE, {"people.csv": b"PK\x03\x04\x14\x00\x06\x00\x08\x00"}),
    "not saved as UTF-8": (PEOPLE, {"people.csv": PEOPLE_CSV.replace("p7,b", "p7,Málaga").encode("latin-1")}),
    "semicolons, as spreadsheets write them in Spanish": (PEOPLE, {"ties.csv": TIES_CSV.replace(",", ";")}),
    "a comma in a value without quotes": (PEOPLE, {"people.csv": PEOPLE_CSV.replace("p7,b", "p7,Palma, city")}),
    "a person twice": (PEOPLE, {"people.csv": PEOPLE_CSV + "p3,a,1,1\n"}),
    "a column written otherwise": (edited(PEOPLE, ("[town]", "[Town]")), {}),
    "ties between people that the file does not have": (PEOPLE, {"ties.csv": TIES_CSV.replace("p", "00")}),
    "a tie of strength 0": (PEOPLE, {"ties.csv": TIES_CSV.replace(",1\n", ",0\n", 1)}),
    "more people in ties than agents": (edited(SURVEY, ("agents: 400", "agents: 50"), (GENERATED, READ)), {}),
    "an answer whose frequency is not told": (SURVEY, {"survey.csv": SURVEY_CSV + "30,1,yes,monthly,no\n"}),
    "a segment by its name in the file, with a dot": (
        edited(PEOPLE, ("  from_people:", "  segments: {St. Louis: {trust: 0.3}}\n  from_people:")),
        {"people.csv": PEOPLE_CSV.replace(",b,", ",St. Louis,")},
    ),
}  # fmt: skip


def message(folder: Path, name: str) -> str:
    """Provoke an error as a user would, and return the one message."""
    plan, files = CASES[name]
    write(folder, DATA_FILES | {"plan.yaml": plan} | files)
    with pytest.raises(InputError) as caught:
        build_public(Scenario.load("plan.yaml"))
    assert len(caught.value.faults) == 1
    return str(caught.value)


def test_the_docs_tell_the_twelve_errors_as_they_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"| {name} | {message(tmp_path, name).replace('|', '&#124;')} |" for name in CASES]
    assert len(rows) == 12
    table = "\n".join(["| what went wrong | what is said |", "|---|---|", *rows])
    told = DOC.read_text("utf-8").partition(START)[2].partition(END)[0].strip()
    assert told == table, f"put this into {DOC.name}:\n{table}"


def test_the_files_without_the_errors_are_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for plan in (PEOPLE, SURVEY):
        write(tmp_path, DATA_FILES | {"plan.yaml": plan})
        assert build_public(Scenario.load("plan.yaml")).population.n_people in (60, 400)
