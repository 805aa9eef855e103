"""Faults in Spanish: no template of the scenario's faults is missing, and no fault of the language is left in English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.errors import Fault, InputError
from sim.public import build_public
from sim.scenario.draft import read_draft
from sim.scenario.schema import Scenario
from sim.wording import faults
from sim.wording.data_faults_es import DATA
from sim.wording.faults_es import FAULTS, PIECES
from tests.e2e.command import write
from tests.e2e.texts import DATA_FILES
from tests.unit import test_file_errors as files
from tests.unit import test_scenario_faults as cases

ROOT = Path(faults.__file__).parents[1]
# What the command line says is English.
OF_COMMANDS = ("assets", "serve")
# What Python alone can bring about, and the page cannot: arrays, frames, graphs, Mesa's views, cascades.
OF_PYTHON = ("consumer", "consumer_set", "asked", "bank", "frame", "graph", "graphs", "names", "task")
ROOMS = ("agents", "network", "campaign")
MAKERS = (
    "Finding",
    "Fault",
    "NoNumber",
    "_fault",
    "_finding",
    "_bad",
    "wrong",
    "fault",
    "problem",
    "refuse",
    "Wrong",
    "Bad",
)
ENGLISH = re.compile(
    r"\b(want|the|of|with|is|are|not|beside|without|both|neither|no such|unknown|missing|number|whole)\b"
)


def templates(node: ast.expr) -> list[str]:
    """Return the texts that an expression can be, `{}` for what is filled in."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)]
    if isinstance(node, ast.IfExp):
        return templates(node.body) + templates(node.orelse)
    if isinstance(node, ast.BoolOp):
        return [text for value in node.values for text in templates(value)]
    return []


def told_in(source: str) -> Iterator[str]:
    """Yield the templates of the faults of a module: what they are made of, or what is called got, wanted or hint."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in MAKERS:
                # A room's own helper may be given the place first, or not at all.
                for part in [
                    *node.args[name in ("Finding", "Fault") :],
                    *(keyword.value for keyword in node.keywords),
                ]:
                    yield from templates(part)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=False))
                for one, value in pairs:
                    if isinstance(one, ast.Name) and one.id in ("got", "wanted", "hint"):
                        yield from templates(value)


def test_no_template_of_a_fault_is_missing() -> None:
    found: dict[str, str] = {}
    for path in [*(ROOT / "scenario").glob("*.py"), *(ROOT / "app").rglob("*.py"), *built_of()]:
        if path.stem not in OF_COMMANDS:
            found |= dict.fromkeys(told_in(path.read_text("utf-8")), path.stem)
    assert len(found) > 400
    untold = {text: where for text, where in found.items() if text not in FAULTS | DATA | PIECES}
    assert {text: where for text, where in untold.items() if is_told(text)} == {}
    assert (set(FAULTS) | set(DATA)) - set(found) == set()
    assert set(FAULTS) & set(DATA) == set()


def built_of() -> list[Path]:
    """Return the files that read data, and build publics and bookings of them."""
    return [path for room in ROOMS for path in (ROOT / room).glob("*.py") if path.stem not in OF_PYTHON]


def is_told(text: str) -> bool:
    """Tell whether a template says anything: no name of a column alone."""
    return " " in text.strip(" {}:;")


def test_a_template_that_is_new_is_missed() -> None:
    """The planted bug: a further fault in a module."""
    new = list(
        told_in('got, wanted = f"{name} in vain", "want sense"\nyield Finding((), got, wanted, "think")')
    )
    assert new == ["{} in vain", "want sense", "think"]
    assert not set(new) & set(FAULTS)


@pytest.mark.parametrize("table", [FAULTS, DATA, PIECES])
def test_both_languages_are_filled_alike(table) -> None:
    assert [text for text, spanish in table.items() if text.count("{}") != spanish.count("{}")] == []


def test_no_fault_of_a_plan_is_left_in_english(tmp_path: Path) -> None:
    """Every class of fault that the language has: see tests/unit/test_scenario_faults.py."""
    n, left = 0, set()
    for before, after, _ in cases.FAULTS.values():
        assert before in cases.PLAN
        for fault in read_draft(cases.PLAN.replace(before, after, 1), "plan.yaml", tmp_path).faults:
            n += 1
            for text in (fault.got, fault.wanted, fault.hint):
                said = faults.said(text, "es")
                bare = re.sub(r"`[^`]*`|'[^']*'|\[[^]]*\]|\{[^}]*\}", "", said)
                bare = re.sub(r"(?<=: )[^;]*\bYAML\b.*", "", bare)
                if ENGLISH.search(bare):
                    left.add((text, said))
    assert n > 150
    assert left == set()


@pytest.mark.parametrize("name", files.CASES)
def test_no_fault_of_a_data_file_is_left_in_english(name, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    plan, others = files.CASES[name]
    write(tmp_path, DATA_FILES | {"plan.yaml": plan} | others)
    with pytest.raises(InputError) as caught:
        build_public(Scenario.load("plan.yaml"))
    for fault in caught.value.faults:
        for text in filter(None, (fault.got, fault.wanted, fault.hint)):
            said = faults.said(text, "es")
            bare = re.sub(r"`[^`]*`|'[^']*'", "", said)
            assert not ENGLISH.search(bare), (text, said)


def test_a_fault_is_told_with_its_place_or_beside_its_field() -> None:
    fault = Fault(
        "plan.yaml:3:1: days", "'no'", "want a whole number from 1 to 36_500: length of the run", "write 30"
    )
    spanish = "'no'; debe ser un número entero de 1 a 36_500: duración de la simulación (escriba 30)"
    assert faults.told(fault, "es") == f"plan.yaml:3:1: days: {spanish}"
    assert faults.told(fault, "es", has_place=False) == spanish
    assert faults.told(fault, "en") == str(fault)
    assert faults.said("'tea from China'", "es") == "'tea from China'"
    assert faults.said("words that nobody foresaw", "es") == "words that nobody foresaw"
    assert faults.said("did you mean budget?", "es") == "¿quiso decir budget?"
    assert faults.said("want one of a, b, … (12 in all)", "es") == "debe ser uno de a, b, … (12 en total)"
