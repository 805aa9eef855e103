"""What a newcomer types: the tutorial, box by box, and the commands and Python of both README."""

from __future__ import annotations

import re

import pytest

from tests.e2e.command import done
from tests.pages import BOX, ROOT, Page

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def folders(tmp_path):
    for name in ("here", "tools"):
        (tmp_path / name).mkdir()
    return tmp_path / "here", tmp_path / "tools"


def test_the_tutorial_runs_and_says_what_it_shows(tmp_path) -> None:
    page = Page(ROOT / "docs" / "tutorial.md", *folders(tmp_path))
    page.check()
    assert page.n_run >= 14


def test_a_box_that_says_something_else_is_noticed(tmp_path) -> None:
    here, tools = folders(tmp_path)
    for text in ("```python\nprint(1)\n```\n```text\n2\n```\n", "```python\nprint(1)\n```\n"):
        (tmp_path / "page.md").write_text(text)
        with pytest.raises(AssertionError):
            Page(tmp_path / "page.md", here, tools).check()


def commands(name: str) -> list[list[str]]:
    boxes = [box[3] for box in BOX.finditer((ROOT / name).read_text("utf-8")) if box[1] == "sh"]
    return [
        line.partition("#")[0].split()[1:] for box in boxes for line in re.findall(r"^pregon .*", box, re.M)
    ]


def test_the_commands_of_the_readme_run(tmp_path) -> None:
    """Each in turn, in an empty folder, on fewer worlds."""
    lines = commands("README.md")
    assert [line[0] for line in lines] == ["new", "check", "run", "run", "compare", "influencers"]
    for line in lines:
        done(*line, *(("--replications", 2) if line[0] in ("run", "influencers") else ()), cwd=tmp_path)


def test_the_spanish_readme_has_the_same_commands() -> None:
    names = {"mi_plan": "my_plan", "tope_5": "cap_5", "topes": "cap"}
    told = [
        [re.sub("|".join(names), lambda m: names[m[0]], word) for word in line]
        for line in commands("README.es.md")
    ]
    assert told == commands("README.md")


def test_the_python_of_the_readme_runs(monkeypatch, capsys) -> None:
    monkeypatch.chdir(ROOT)
    (box,) = (box[3] for box in BOX.finditer((ROOT / "README.md").read_text("utf-8")) if box[1] == "python")
    exec(compile(box.replace("replications=20", "replications=3"), "README.md", "exec"), {})
    assert "under_50" in capsys.readouterr().out
