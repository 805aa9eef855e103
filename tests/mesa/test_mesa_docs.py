"""The Python in docs/mesa.md runs from top to bottom and prints what stands under it."""

from __future__ import annotations

from tests.pages import ROOT, Page


def test_the_page_runs(tmp_path) -> None:
    page = Page(ROOT / "docs" / "mesa.md", ROOT, tmp_path)
    page.check()
    assert page.n_run >= 4
