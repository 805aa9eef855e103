"""Textbook models as scenarios: the page that shows them, the files, and the same people as on the network alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim import Scenario, cascade, run
from sim.experiment.runner import prepare
from tests.e2e.command import done
from tests.pages import BOX, ROOT, Page

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
PAGE, FOLDER = ROOT / "docs" / "textbook.md", ROOT / "scenarios"
FILES = [FOLDER / "classics.yaml", *sorted((FOLDER / "classics").glob("*.yaml"))]
START, LUCK = range(10), {"layer": "feed", "message": "rumour", "master_seed": 1, "worlds": 40}
SEVEN = [0, 28, 358, 855, 1104, 1276, 1295]
ON_NETWORK = {
    "classics": lambda network, **how: cascade.independent(network, 0.25, START, **how),
    "sir": lambda network, **how: cascade.sir(network, 0.15, START, recovery=0.4, **how),
    "linear_threshold": lambda network, **how: cascade.linear_threshold(network, "weighted", START, **how),
    "watts": lambda network, **how: cascade.threshold(network, 0.18, START, **how),
    "k_complex": lambda network, **how: cascade.threshold(network, 2, SEVEN, rule="count", **how),
}


def test_the_page_runs_and_says_what_it_shows(tmp_path) -> None:
    for name in ("here", "tools"):
        (tmp_path / name).mkdir()
    page = Page(PAGE, tmp_path / "here", tmp_path / "tools")
    page.check()
    assert page.n_run >= 9


def without_comments(text: str) -> str:
    return "".join(f"{line}\n" for line in text.splitlines() if not line.startswith("#")).lstrip("\n")


def test_the_page_shows_the_files_as_they_are() -> None:
    shown = {box[2]: box[3] for box in BOX.finditer(PAGE.read_text("utf-8")) if box[1] == "yaml"}
    kept = {path.name: path.read_text("utf-8").replace("../classics.yaml", "classics.yaml") for path in FILES}
    assert shown == {name: without_comments(text) for name, text in kept.items()}


def test_every_file_asks_its_question_first() -> None:
    assert all(path.read_text("utf-8").startswith("# Question: ") for path in FILES)


def check_same_people(path: Path, changes: tuple[str, ...] = ()) -> None:
    """Hold the size of the spread in every world to that of the network alone."""
    scenario = Scenario.load(path, changes)
    study = prepare(scenario)
    starters = len(scenario.plan.partners["start"].people or ())
    rows = run(scenario, threads=1).worlds.query("metric == 'cascade_size'").sort_values("replication")
    told = {**LUCK, "worlds": scenario.replications, "population": study.public.population}
    sizes = ON_NETWORK[path.stem](study.public.network, **told)
    assert np.round(rows["value"].to_numpy() * starters).tolist() == sizes.tolist()
    assert sizes.max() > starters


@pytest.mark.parametrize("path", [p for p in FILES if p.stem in ON_NETWORK], ids=lambda path: path.stem)
def test_the_day_reaches_whom_the_network_alone_does(path) -> None:
    check_same_people(path)


@pytest.mark.parametrize("change", [
    "plan.partners.start.as_peers=false", "channels.feed.visibility=0.24", "channels.feed.usage_shape=0.6",
])  # fmt: skip
def test_a_day_that_is_another_model_is_noticed(change) -> None:
    """Partners that share what they hear of, another chance, and people who are not there every day."""
    with pytest.raises(AssertionError):
        check_same_people(FOLDER / "classics.yaml", (change,))


def test_bass_peaks_when_the_formula_says() -> None:
    """4 worlds of 10,000 people: the mean share has sd .0056 at most (diffusion limit), .025 is 4.5 of them."""
    daily = run(Scenario.load(FOLDER / "classics" / "bass.yaml")).daily
    adopted = daily.query("metric == 'adoption' and segment == 'all'").set_index("day")["mean"]
    gone = np.exp(-0.41 * np.arange(1, 16))
    curve = (1 - gone) / (1 + 0.38 / 0.03 * gone)
    assert np.abs(adopted.loc[365::365].to_numpy() - curve).max() < 0.025
    assert 6 <= adopted.loc[365::365].diff().idxmax() / 365 <= 7


def test_they_run_from_the_command_line(tmp_path) -> None:
    out = done("run", FOLDER / "classics" / "sir.yaml", "--out", "sir", "--replications", 2, cwd=tmp_path)
    assert "sir" in out.out
    assert (tmp_path / "sir" / "report.html").exists()
