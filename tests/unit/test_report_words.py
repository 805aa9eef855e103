"""Reports and workbooks in Spanish: no wording of theirs is without it, and none is said past the table of wordings."""

from __future__ import annotations

import ast
import re
import string
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
from sim.errors import InputError
from sim.network.choice import RULES
from sim.results.described import small
from sim.results.report import wording
from sim.wording.language import known, say, speaking, spoken
from sim.wording.notes import NOTES, noted
from sim.wording.reports_es import REPORTS

ROOT = Path(sim.__file__).parent
ROOMS = [*(ROOT / "results/report").glob("*.py"), *(ROOT / "results/workbook").glob("*.py")]
FURTHER = [
    ROOT / "results/catalog.py",
    ROOT / "results/provenance.py",
    ROOT / "experiment/influencer_report.py",
]
SPEAK = ("say", "each", "later")
# Faults of a workbook's name are told as faults are; fonts, formats and titles of Vega are no words of ours.
UNSPOKEN = re.compile(
    r"want a name that ends in \{\}|no name of a workbook|write \{\}|contacts per( person)?|Helvetica.*|Calibri|\[A-Z\].*|Title text .*|datum\..*|<svg .*|.*\(\?.*|#,##0.*"
)
PROSE = re.compile(r"[A-Za-zÀ-ÿ]{2,}[,:;.]? +[A-Za-zÀ-ÿ{]|[}] +[a-z]{2,}|^[A-Z][a-z]{2,}$")


def wordings(source: str) -> Iterator[str]:
    """Yield what a module says by `say`, `each` and `later`, and the titles of a workbook's columns."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            told = node.args if node.func.id in SPEAK else node.args[:1] if node.func.id == "Column" else []
            for part in told:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def past_the_table(source: str) -> Iterator[str]:
    """Yield texts of a module that read as words and are not said by the table of wordings."""
    tree = ast.parse(source)
    apart: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            apart.add(node.body[0].value)  # type: ignore[attr-defined]
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in (*SPEAK, "Column")
        ):
            apart.update(node.args)
        elif isinstance(node, ast.Raise | ast.Assert):
            apart.update(ast.walk(node))
        elif isinstance(node, ast.JoinedStr):
            apart.update(part for part in node.values if isinstance(part, ast.Constant))
    for node in ast.walk(tree):
        if node in apart:
            continue
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
            )
        if PROSE.search(text) and not UNSPOKEN.fullmatch(text):
            yield text


def test_no_wording_of_a_report_is_without_spanish() -> None:
    found = {text for path in [*ROOMS, *FURTHER] for text in wordings(path.read_text("utf-8"))}
    found |= {rule.title for rule in RULES.values()}
    assert len(found) > 500
    assert found - set(REPORTS) == set()
    assert set(REPORTS) - found == set()


def test_nothing_is_said_past_the_table() -> None:
    """What is written into a report without `say` would stay English whatever the language."""
    left = {text: path.name for path in ROOMS for text in past_the_table(path.read_text("utf-8"))}
    months = set(wording.MONTHS["en"]) | set(wording.MONTHS["es"])
    assert {text: where for text, where in left.items() if text not in months} == {}


def test_a_wording_that_is_new_is_missed() -> None:
    """The planted bugs: a sentence without Spanish, and one that is said past the table."""
    assert set(wordings('say("A further {thing} is told.", thing=1)')) - set(REPORTS) == {
        "A further {thing} is told."
    }
    assert list(past_the_table('x = f"{n} people of the market"')) == ["{} people of the market"]
    assert list(past_the_table('x = Table(("Plan", "Spend"), rows)')) == ["Plan", "Spend"]
    assert list(past_the_table('"""Words."""\nx = say("Any {thing} at all.", thing="day")')) == []


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_gaps() -> None:
    assert {text for text, spanish in REPORTS.items() if gaps(text) != gaps(spanish)} == set()


def test_what_fills_a_gap_is_not_translated() -> None:
    with speaking("es"):
        assert say(" of {segment}", segment="people") == " de people"
        assert wording.joined(["Reach", "Share", "Internet"]) == "Reach, Share e Internet"
        assert wording.joined(["a", "hielo"]) == "a y hielo"


@pytest.mark.parametrize(("value", "unit", "spanish"), [
    (0.4387, "share", "43,9 %"),
    (1_234_567, "people", "1,2 M personas"),
    (2.5e9, "impressions", "2,5 mil M impresiones"),
    (1234.5, "USD per adoption", "USD 1.234 por adopción"),
    (2.5, "contacts per person", "2,50 contactos por persona"),
    (-3.0, "adopter-days", "−3 días de adoptante"),
])  # fmt: skip
def test_numbers(value: float, unit: str, spanish: str) -> None:
    with speaking("es"):
        assert wording.quantity(value, unit).replace("\u00a0", " ") == spanish
        assert wording.day_text(3, "2027-03-01").replace("\u00a0", " ") == "día 3 (3 mar 2027)"
        assert wording.interval(-0.1, 0.2, "share").replace("\u00a0", " ") == "−10,0 a 20,0 %"
        assert wording.number(1234.5, ",.1f") == "1.234,5"


def test_a_language_is_of_its_thread_alone() -> None:
    heard: list[str] = []
    with speaking("es"):
        other = threading.Thread(target=lambda: heard.append(spoken()))
        other.start()
        other.join()
        with speaking("en"):
            heard.append(spoken())
        heard.append(spoken())
    assert [*heard, spoken()] == ["en", "en", "es", "en"]


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="language: 'fr'; want one of en, es"):
        known("fr")


def notes_of(source: str) -> Iterator[str]:
    """Yield the longest unbroken piece of each note that a module writes into its `notes`, or returns in a tuple."""
    for node in ast.walk(ast.parse(source)):
        told: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("append", "insert") and "notes" in ast.unparse(node.func.value):
                told = [node.args[-1]]
        elif (isinstance(node, ast.AugAssign) and ast.unparse(node.target) == "notes") or (
            isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("notes", "note")
        ):
            told = [node.value]
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            told = [part for part in node.value.elts if isinstance(part, ast.Tuple)]
        for part in told:
            for text in ast.walk(part):
                if isinstance(text, ast.JoinedStr):
                    pieces = [str(v.value) for v in text.values if isinstance(v, ast.Constant)]
                    yield max(pieces, key=len, default="")


def test_notes_on_what_was_counted_have_spanish() -> None:
    """Each note on people and networks, by what it says between what is filled in."""
    sources = [
        path.read_text("utf-8")
        for path in [*(ROOT / "agents").glob("*.py"), *(ROOT / "network").rglob("*.py")]
    ]
    found = {piece for source in sources for piece in notes_of(source) if len(piece) > 5}
    assert len(found) > 10
    assert {piece for piece in found if not any(piece in template for template in NOTES)} == set()
    assert list(notes_of('notes += (f"{n} people too few",)')) == [
        " people too few"
    ]  # the planted bug is seen


@pytest.mark.parametrize(("english", "spanish"), [
    ("a.csv: 1,200 people drawn from 3,400 rows by weight, 12 rows not drawn",
     "a.csv: 1.200 personas sorteadas de 3.400 filas según su peso; 12 filas no salieron"),
    ("tube: 3 of 10 users without a frequency given the mean of the others, 1.5 visits per day",
     "tube: 3 de 10 usuarios sin frecuencia reciben la media de los demás, 1,5 visitas al día"),
    ("clustering 0.6: with these ties it comes to about 0.41", "agrupamiento 0,6: con estos vínculos llega a cerca de 0,41"),
    ("words that nobody foresaw", "words that nobody foresaw"),
])  # fmt: skip
def test_a_note_in_spanish(english: str, spanish: str) -> None:
    assert noted(english, "es") == spanish
    assert noted(english, "en") == english


@pytest.mark.parametrize(
    ("title", "within"),
    [
        ("GRP", "GRP"),
        ("CPM", "CPM"),
        ("Reach of Young People", "reach of Young People"),
        ("Ética", "ética"),
        ("", ""),
    ],
)
def test_a_title_within_a_sentence_keeps_abbreviations_and_names(title, within):
    assert small(title) == within
