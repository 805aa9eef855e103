"""The Python in docs/mesa.md runs from top to bottom and prints what stands under it."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_runs(monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {"__name__": "docs"}
    printed, n_blocks = "", 0
    for kind, block in BLOCK.findall((ROOT / "docs" / "mesa.md").read_text("utf-8")):
        if kind == "text":
            assert printed == block
            continue
        if "SolaraViz" in block:
            compile(block, "docs/mesa.md", "exec")  # run, with a page around it, in test_viz.py
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(block, "docs/mesa.md", "exec"), names)
        printed, n_blocks = out.getvalue(), n_blocks + 1
    assert n_blocks >= 4
