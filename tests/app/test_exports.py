"""What the page hands out is written in the page's language, as the command line writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")

from sim.app.pages.influencers import file_of
from sim.app.readings import exports
from sim.app.state.kept import Chosen
from sim.experiment.sweeps.sweep import sweep
from tests.app.full_plan import FULL
from tests.spoken import AIM, AIMS, SWEEPS, choice_of_people, full_comparison, full_run, planned


@pytest.mark.parametrize("made", [full_run, full_comparison])
@pytest.mark.parametrize("language", ["en", "es"])
def test_reports_and_workbooks(made, language: str, tmp_path: Path) -> None:
    made().save(tmp_path, language)
    made().to_excel(tmp_path / "report.xlsx", language)
    page = exports.made(made(), "html", language)()
    assert page == (tmp_path / "report.html").read_bytes()
    assert f'<html lang="{language}">'.encode() in page
    assert exports.made(made(), "xlsx", language)() == (tmp_path / "report.xlsx").read_bytes()


def test_tables_are_the_same_in_both_languages() -> None:
    assert exports.made(full_run(), "csv", "es")() == exports.made(full_run(), "csv", "en")()


def test_the_report_of_a_sweep_in_the_language_of_the_page(tmp_path: Path) -> None:
    """Whatever the language was when it ran."""
    plan = planned(FULL.replace(AIM, AIMS), sweep=SWEEPS["list"])
    swept = sweep(plan, tmp_path, replications=4, threads=1)
    assert exports.report_of(swept, "en")() == (tmp_path / "report.html").read_bytes()
    spanish = exports.report_of(swept, "es")()
    sweep(plan, tmp_path, replications=4, threads=1, language="es")
    assert spanish == (tmp_path / "report.html").read_bytes()
    assert b'<html lang="es">' in spanish


def test_the_report_of_a_choice(tmp_path: Path) -> None:
    chosen = Chosen(answer=choice_of_people(), lists={}, costs={}, is_named=False, worlds=4)
    choice_of_people().save(tmp_path, "es")
    for name in ("report.html", "effects.csv", "influencers.csv"):
        assert file_of(chosen, name, "es")() == (tmp_path / name).read_bytes()
