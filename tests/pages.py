"""Pages that run: every box of a page is done from top to bottom, and what it says is what stands under it.

``python`` and ``sh`` boxes run in one folder, ``yaml name`` and ``csv name`` boxes are files in it, a
``text`` box is what the box before it printed. ``python -m tests.pages docs/tutorial.md`` writes the text
boxes anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.command import environment

ROOT = Path(__file__).resolve().parents[1]
BOX = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What another machine would say otherwise.
MASKS = ((r"about [\d.,]+ (MB|GB|s|min)\b", r"about … \1"), (r"\b\d+ threads?\b", "… threads"))
PREGON = f'#!/bin/sh\nexec "{sys.executable}" -m sim "$@"\n'


class Page:
    """Run the boxes of a page in a folder, as a reader would; `tools` is where `pregon` is put for them."""

    def __init__(self, path: Path, folder: Path, tools: Path):
        self.text, self.folder, self.tools, self.n_run = path.read_text("utf-8"), folder, tools, 0
        self._names: dict[str, object] = {"__name__": "page"}
        (tools / "pregon").write_text(PREGON)
        (tools / "pregon").chmod(0o755)

    def boxes(self) -> Iterator[re.Match[str]]:
        """Yield the boxes that are not left to other tests."""
        return (box for box in BOX.finditer(self.text) if "SolaraViz" not in box[3])  # run in test_viz.py

    def said(self) -> Iterator[tuple[re.Match[str], str]]:
        """Run the page; yield each text box, and what was printed before it."""
        printed = ""
        for box in self.boxes():
            kind, name, body = box.groups()
            if kind == "text":
                yield box, masked(printed)
                printed = ""
                continue
            assert not printed, f"printed, and no text box is under it:\n{printed}"
            if name:
                (self.folder / name).write_text(body, "utf-8")
            else:
                printed = {"python": self._python, "sh": self._shell}[kind](body)
                self.n_run += 1
        assert not printed, f"printed, and no text box is under it:\n{printed}"

    def check(self) -> None:
        """Run the page and hold every text box to what was printed."""
        for box, now in self.said():
            assert box[3] == now, f"python -m tests.pages writes it anew:\n{now}"

    def _python(self, body: str) -> str:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.chdir(self.folder):
            exec(compile(body, "page", "exec"), self._names)
        return out.getvalue()

    def _shell(self, body: str) -> str:
        settings = environment()
        settings["PATH"] = f"{self.tools}{os.pathsep}{settings['PATH']}"
        done = subprocess.run(
            ["sh", "-e", "-c", body], cwd=self.folder, env=settings, capture_output=True, encoding="utf-8", timeout=200
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        # Progress goes to the other stream, and so do faults; a page shows the latter.
        return done.stdout or "".join(
            line + "\n" for line in done.stderr.splitlines() if "worlds" not in line
        )


def masked(text: str) -> str:
    """Return what was printed without what another machine would say otherwise."""
    for pattern, instead in MASKS:
        text = re.sub(pattern, instead, text)
    return "".join(line.rstrip() + "\n" for line in text.splitlines())


def rewrite(path: Path) -> None:
    """Write a page's text boxes anew."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as tools:
        page = Page(path, Path(folder), Path(tools))
        found = list(page.said())
    text = page.text
    for box, now in reversed(found):
        text = text[: box.start(3)] + now + text[box.end(3) :]
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        rewrite(Path(name))
