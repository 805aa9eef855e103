"""Reports and workbooks of real runs in Spanish: no English word in sight, numbers as Spanish writes them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from sim.errors import InputError
from sim.experiment.runner import run
from sim.experiment.sweeps.sweep import sweep
from sim.scenario.schema import Scenario
from tests.app.full_plan import FULL
from tests.e2e.command import done, pregon
from tests.spoken import SWEEPS, full_comparison, full_run, planned, reports, swept

pytestmark = pytest.mark.e2e
ENGLISH = re.compile(
    r"\b(the|of|with|without|and|or|by|for|from|to|on|at|in|is|are|was|not|than|more|fewer|less|each|all|any|what|who|"
    r"which|people|worlds?|days?|reach|awareness|adoption|adopters?|share|spend|cost|plan of|flights?|partners?|posts?|"
    r"message|channels?|segments?|mean|best|point|points|interval|chance|yes|times|higher|lower|bought|met|aware|lift|"
    r"contacts|impressions|replies|complaints|steps|ties|followers|said|told|here|difference|value|about|rule)\b",
    re.IGNORECASE,
)
POINT = re.compile(r"(?<![\d.])\d+\.\d(?!\d\d(?!\d))")  # 1.234 is a number of thousands
# Names of the plan, of files, commands, rules and libraries stay; so do sources and what a person calls its own.
NAMES = re.compile(
    r"Is more money worth it\?|\b(Everything at once|young|old|tube|gram|site|offline|hello|answer|first|second|own|home|"
    r"creators|calm|enough|seen|dear|known|cheap|less|more|soon|long|plan|certified|degree|random|"
    r"flights\.\S+|partners\.\S+|plan\.\S+|\w+\.csv|provenance\.json|`[^`]*`|Fuente: .*|offline|budget|days|nano|micro)\b",
)
# Where the numbers come from: hashes, versions, the scheme of randomness.
APART = ("De dónde sale esto",)


class Shown(HTMLParser):
    """Gathers the texts of a page that a reader sees or is read, section by section."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._is_style, self.language = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self._is_style = tag == "style"
        self.language = told.get("lang") or self.language if tag == "html" else self.language
        if told.get("aria-label"):
            self.texts.append(str(told["aria-label"]))

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._is_style:
            self.texts.append(data.strip().replace("\u00a0", " ").replace("\u2060", ""))


def shown(html: str) -> list[str]:
    parser = Shown()
    parser.feed(html)
    assert parser.language == "es"
    end = next((i for i, text in enumerate(parser.texts) if text in APART), len(parser.texts))
    return parser.texts[:end]


def faults(texts: list[str]) -> list[str]:
    """Return the texts that have an English word or number in them."""
    bare = [(text, NAMES.sub("", text)) for text in texts]
    found = [(text, ENGLISH.search(rest) or POINT.search(rest)) for text, rest in bare]
    return [f"{match[0]} :: {text}" for text, match in found if match]


@pytest.mark.parametrize("name", reports())
def test_a_report_in_spanish(name: str, tmp_path: Path) -> None:
    reports()[name](tmp_path, language="es")
    texts = shown((tmp_path / "report.html").read_text("utf-8"))
    assert len(texts) > 60
    assert faults(texts) == []


def test_english_words_and_numbers_are_seen() -> None:
    """The planted bug: a report that was not told its language."""
    planted = [
        "Cobertura ≥ 20.0 %",
        "43 % of people",
        "Awareness",
        "1.234 personas",
        "0,5 de 2.000.000",
        "Gasto",
    ]
    assert [fault.partition(" :: ")[2] for fault in faults(planted)] == planted[:3]


@pytest.mark.parametrize("made", [full_run, full_comparison])
def test_a_workbook_in_spanish(made, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(made().to_excel(tmp_path / "report.xlsx", "es"))
    assert {"Resumen", "Pautas", "Aliados", "Objetivos", "Acerca de"} <= set(book.sheetnames)
    left = []
    for sheet in book:
        head = [str(cell.value) for cell in sheet[1]]
        for row in sheet.iter_rows():
            for cell, title in zip(row, head, strict=True):
                is_machine = (
                    title in ("Nombre", "Dirección en el escenario", "Cuándo") or sheet.title == "Qué difiere"
                )
                if isinstance(cell.value, str) and not is_machine:
                    left.append(cell.value)
    about = [
        text for text in left if not re.search(r"splitmix|^\d+\.\d+\.\d+|& |et al\.|Media Planning", text)
    ]
    assert len(about) > 200
    assert faults(about) == []


def test_names_of_the_plan_stay_as_they_are(tmp_path: Path) -> None:
    """Names that are wordings of the report too."""
    text = (
        FULL.replace("young", "People")
        .replace("old:", "Share:")
        .replace("hello", "Reach")
        .replace("gram", "Spend")
    )
    text = text.replace("old=", "Share=").replace("{old", "{Share")
    run(planned(text), replications=2, threads=1).save(tmp_path, "es")
    texts = set(shown((tmp_path / "report.html").read_text("utf-8")))
    assert {"People", "Share", "Spend"} <= texts
    assert any(text.startswith("Reach ·") for text in texts)


def test_a_finished_sweep_is_told_anew_in_the_other_language(tmp_path: Path) -> None:
    swept("list", tmp_path)
    english = (tmp_path / "report.html").read_bytes()
    ranking = (tmp_path / "ranking.csv").read_bytes()
    swept("list", tmp_path, language="es")
    assert faults(shown((tmp_path / "report.html").read_text("utf-8"))) == []
    assert (tmp_path / "ranking.csv").read_bytes() == ranking
    swept("list", tmp_path)
    assert (tmp_path / "report.html").read_bytes() == english


def test_tables_are_the_same_in_both_languages(tmp_path: Path) -> None:
    for language in ("en", "es"):
        full_run().save(tmp_path / language, language)
        full_comparison().save(tmp_path / language / "both", language)
    for name in ("summary.csv", "daily.parquet", "worlds.parquet", "provenance.json", "both/comparison.csv"):
        assert (tmp_path / "en" / name).read_bytes() == (tmp_path / "es" / name).read_bytes()


def test_an_unknown_language_is_refused_before_anything_is_run(tmp_path: Path) -> None:
    plan: Scenario = planned(sweep=SWEEPS["list"])
    with pytest.raises(InputError, match="language"):
        sweep(plan, tmp_path / "out", language="fr")
    assert not (tmp_path / "out").exists()


def test_the_commands_speak_spanish(tmp_path: Path) -> None:
    """Report and the sentences on the terminal follow `--language`; another language is refused at once."""
    plan = FULL.replace("replications: 3", "replications: 2")
    (tmp_path / "plan.yaml").write_text(plan, "utf-8")
    (tmp_path / "sweep.yaml").write_text(plan + f"sweep: {SWEEPS['list']}\n", "utf-8")
    commands = {
        "one": ("run", "plan.yaml", "--xlsx"),
        "two": ("compare", "plan.yaml", "--xlsx"),
        "three": ("sweep", "sweep.yaml"),
        "four": ("influencers", "plan.yaml"),
    }
    for folder, (command, plan, *more) in commands.items():
        told = done(command, plan, "--out", folder, "--language", "es", *more, cwd=tmp_path).out
        assert faults(shown((tmp_path / folder / "report.html").read_text("utf-8"))) == []
        assert command == "influencers" or "El plan" in told or "Respuesta" in told or "De 2 planes" in told
    for folder in ("one", "two"):
        assert "Resumen" in openpyxl.load_workbook(tmp_path / folder / "report.xlsx").sheetnames
    assert pregon("run", "plan.yaml", "--out", "no", "--language", "fr", cwd=tmp_path).code == 2
    assert not (tmp_path / "no").exists()
