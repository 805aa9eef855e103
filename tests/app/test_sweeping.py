"""The page's sweep is the command's: the same files, stopped and resumed; a point opens as the plan it was."""

from __future__ import annotations

import itertools
import random
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from sim import Scenario
from sim.app.readings import sweep_figures
from sim.app.readings.sweep_figures import Found
from sim.app.state import jobs, sweeping
from sim.app.state.desk import MOST_SWEEPS, Desk
from sim.experiment.design import design_of, scenario_at
from sim.experiment.sweeps.sweep import sweep
from sim.scenario.draft import read_draft, with_values
from sim.scenario.identity import scenario_hash

PLAN = """\
name: Small   # stays
days: 8
replications: 4
audience:
  people: 9_000
  agents: 300
  segments:
    young: {share: 0.4, usage: {tube: {users: 0.9, visits_per_day: 2}, gram: {users: 0.6, visits_per_day: 2}}}
    old: {share: 0.6, usage: {tube: {users: 0.5, visits_per_day: 1}, gram: {users: 0.2, visits_per_day: 1}}}
network: {gram: {generate: power_law, min_followers: 4}}
channels:
  tube: {kind: broadcast, medium: video, cpm: 9}
  gram: {kind: feed, medium: feed, cpm: 7}
messages:
  hello: {appeals: {information: 0.8}, quality: 0.6}
  other: {appeals: {information: 0.2}, quality: 0.4}
plan:
  flights:
    first: {message: hello, channel: tube, days: 1-6, budget: 90}
    second: {message: hello, channel: gram, days: 2-8, budget: 30, cap: {times: 3, per_days: 7}}   # a comment
objectives: {seen: {metric: reach, at_least: 0.1}}
"""
SWEEPS = {
    "grid": """
sweep:
  vary:
    plan.flights.second.cap.times: [1, 3]
    plan.flights.second: [on, off]
    plan.flights.first.message: [hello, other]
  rank: {metric: reach}
""",
    "split": """
sweep:
  split: {money: {over: [plan.flights.first.budget, plan.flights.second.budget], steps: 3}}
  vary: {messages.hello.appeals: [{information: 0.1}, {entertainment: 0.5}]}
""",
    "list": """
sweep:
  design: list
  points:
    as_planned: {}
    alone: {plan.flights.second: null}
    long: {plan.flights.first.days: 1-8, plan.flights.first.budget: 120}
""",
    "sample": """
sweep:
  design: latin_hypercube
  points: 5
  vary: {plan.flights.first.budget: {from: 30, to: 120}, plan.flights.second.cap.times: {from: 1, to: 9}}
alternatives: {Alone: {plan.flights.second: null}}
""",
}


@pytest.fixture
def opened():
    """Return a function that opens a plan on a desk of its own, which goes when the test ends."""
    desks = []

    def opening(text: str) -> Desk:
        desk = Desk()
        desks.append(desk)
        desk.open_text(text, "small.yaml", Path())
        assert desk.plan.draft.scenario is not None, desk.plan.draft.faults
        return desk

    yield opening
    for desk in desks:
        desk.leave()


def done(job) -> None:
    for _ in range(6000):
        if not job.is_open:
            return
        threading.Event().wait(0.02)
    raise AssertionError(job)


@pytest.mark.parametrize("name", SWEEPS)
def test_a_point_opens_as_the_plan_it_was(name: str) -> None:
    scenario = Scenario.from_dict(read_draft(PLAN + SWEEPS[name], "small.yaml", Path()).tree)
    for point in design_of(scenario).points:
        text = sweeping.text_at(PLAN + SWEEPS[name], scenario, point)
        draft = read_draft(text, "small.yaml", Path())
        assert draft.faults == ()
        assert scenario_hash(draft.scenario) == scenario_hash(scenario_at(scenario, point))
        assert "name: Small   # stays" in text


def test_a_point_of_a_plan_laid_over_another(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(PLAN, "utf-8")
    text = "extends: base.yaml\nname: Over\n" + SWEEPS["grid"]
    scenario = read_draft(text, "over.yaml", tmp_path).scenario
    points = design_of(scenario).points
    assert any(point.values["plan.flights.second"] == "off" for point in points)
    for point in points:
        draft = read_draft(sweeping.text_at(text, scenario, point), "over.yaml", tmp_path)
        assert scenario_hash(draft.scenario) == scenario_hash(scenario_at(scenario, point))


def test_the_page_leaves_what_the_command_leaves(opened, tmp_path: Path) -> None:
    desk = opened(PLAN + SWEEPS["grid"])
    job = sweeping.start(desk, desk.plan, 4, 1)
    done(job)
    assert (job.state, job.faults) == ("done", ())
    kept = desk.sweeps[jobs.key_of(desk.plan.draft.scenario, 4)]
    assert kept.is_whole
    told = sweep(desk.plan.draft.scenario, tmp_path / "cli", threads=1)
    for name in ("summary.csv", "ranking.csv", "objectives.csv", "design.csv", "report.html"):
        assert (kept.swept.folder / name).read_bytes() == (told.folder / name).read_bytes(), name


def test_a_sweep_that_is_stopped_goes_on(opened, tmp_path: Path) -> None:
    desk = opened(PLAN + SWEEPS["grid"])
    worlds = 60
    first = sweeping.start(desk, desk.plan, worlds, 1)
    while first.is_open and first.done < 3:
        threading.Event().wait(0.01)
    first.stop.set()
    done(first)
    kept = desk.sweeps[jobs.key_of(desk.plan.draft.scenario, worlds)]
    assert first.state == "stopped"
    assert not kept.is_whole
    second = sweeping.start(desk, desk.plan, worlds, 2)
    done(second)
    assert second.found_done >= 3
    assert second.state == "done"
    kept = desk.sweeps[jobs.key_of(desk.plan.draft.scenario, worlds)]
    told = sweep(desk.plan.draft.scenario, tmp_path / "cli", replications=worlds, threads=2)
    assert (kept.swept.folder / "summary.csv").read_bytes() == (told.folder / "summary.csv").read_bytes()


def test_points_are_shown_as_they_finish(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it runs, the page has a ranking of what is finished; each look is of more points, of the same numbers."""
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN_PEEKS", 0.0)
    monkeypatch.setattr(jobs, "PEEKS_REST", 0)
    seen, peek = [], jobs.Job.peek

    def noted(job, make):
        peek(job, make)
        if job.peeked is not None and (not seen or seen[-1] is not job.peeked):
            assert job.is_open
            seen.append(job.peeked)

    monkeypatch.setattr(jobs.Job, "peek", noted)
    desk = opened(PLAN + SWEEPS["grid"])
    job = sweeping.start(desk, desk.plan, 30, 1)
    done(job)
    assert job.state == "done"
    kept = desk.sweeps[job.key]
    counts = [len(one.swept.ranking) for one in seen]
    assert counts == sorted(counts)
    assert 1 <= counts[0] < len(kept.swept.ranking)
    whole = kept.swept.ranking.set_index("design_point")["mean"]
    for one in seen:
        part = one.swept.ranking.set_index("design_point")["mean"]
        assert part.equals(whole[part.index].rename("mean"))
        assert (one.text, one.file, one.folder) == (kept.text, kept.file, kept.folder)


def test_points_that_fail_are_told_and_the_others_kept(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.experiment.engines import threads

    whole = threads.prepare

    def prepare(scenario, public=0):
        if len(scenario.plan.flights) == 1:
            raise RuntimeError("broken on purpose")
        return whole(scenario, public)

    monkeypatch.setattr(threads, "prepare", prepare)
    desk = opened(PLAN + SWEEPS["list"])
    job = sweeping.start(desk, desk.plan, 2, 1)
    done(job)
    kept = desk.sweeps[jobs.key_of(desk.plan.draft.scenario, 2)]
    assert job.state == "done"
    assert list(kept.swept.failed["design_point"]) == ["alone"]
    assert "broken on purpose" in kept.swept.failed["error"].iloc[0]
    assert not kept.is_whole
    told = kept.swept.failed
    desk.sweeps.clear()
    assert sweeping.again(desk, desk.plan, 2), "as after a restart of the server"
    found = desk.sweeps[jobs.key_of(desk.plan.draft.scenario, 2)].swept.failed
    assert found["design_point"].tolist() == told["design_point"].tolist()
    assert found["error"].tolist() == told["error"].tolist()


def test_few_sweeps_are_kept(opened) -> None:
    desk = opened(PLAN + SWEEPS["list"])
    folders = []
    for worlds in range(1, MOST_SWEEPS + 3):
        done(sweeping.start(desk, desk.plan, worlds, 1))
        folders.append(desk.sweeps[jobs.key_of(desk.plan.draft.scenario, worlds)].swept.folder)
    assert len(desk.sweeps) == MOST_SWEEPS
    assert [folder.exists() for folder in folders] == [False, False] + [True] * MOST_SWEEPS


def test_a_point_opens_once_and_an_unknown_one_not_at_all(opened) -> None:
    desk = opened(PLAN + SWEEPS["list"])
    done(sweeping.start(desk, desk.plan, 1, 1))
    kept = next(iter(desk.sweeps.values()))
    for _ in range(2):
        assert sweeping.open_point(desk, kept, "long", "Small · plan long")
        assert desk.plan.name == "Small · plan long"
    assert len(desk.plans) == 2
    assert not sweeping.open_point(desk, kept, "nobody", "x")
    assert len(desk.plans) == 2


def some_points(rng: random.Random, n: int) -> list[Found]:
    return [
        Found(str(i), {"a": rng.randint(0, 4), "b": rng.choice(["x", "y", None])}, rng.randint(0, 9) / 10, 0.0, 1.0,
              rng.choice([float("nan"), *range(6)]))
        for i in range(n)
    ]  # fmt: skip


@pytest.mark.parametrize("most", [True, False])
def test_the_front_is_what_nothing_beats(most: bool) -> None:
    rng, sign = random.Random(3), 1 if most else -1
    for n in (0, 1, 5, 40):
        points = some_points(rng, n)
        told = [p for p in points if p.spend == p.spend]

        def is_beaten(p: Found, told=told) -> bool:
            at_least = [q for q in told if q.spend <= p.spend and sign * q.mean >= sign * p.mean]
            return any(q.spend < p.spend or sign * q.mean > sign * p.mean for q in at_least)

        wanted = {(p.spend, p.mean) for p in told if not is_beaten(p)}
        found = sweep_figures.front(points, most=most)
        assert [(p.spend, p.mean) for p in found] == sorted(wanted)


def test_levels_and_cells_show_the_best_point_of_each() -> None:
    points = sorted(some_points(random.Random(5), 60), key=lambda p: -p.mean)
    for address in "ab":
        told = sweep_figures.levels(points, address)
        for value, best in told:
            assert best.mean == max(p.mean for p in points if p.values[address] == value)
    numbers = [value for value, _ in sweep_figures.levels(points, "a")]
    assert numbers == sorted(numbers)
    columns, rows, cells = sweep_figures.cells(points, "a", "b")
    pairs = {(p.values["a"], p.values["b"]) for p in points}
    assert {(columns[c], rows[r]) for c, r, _ in cells} == pairs
    for c, r, best in cells:
        assert best.mean == max(
            p.mean for p in points if (p.values["a"], p.values["b"]) == (columns[c], rows[r])
        )


def test_many_numbers_are_binned_in_a_map_and_shown_one_by_one() -> None:
    points = [Found(str(i), {"a": i / 7, "b": i % 3}, i / 50, 0.0, 1.0, 1.0) for i in range(50)][::-1]
    assert sweep_figures.levels(points, "a") is None
    columns, _, cells = sweep_figures.cells(points, "a", "b")
    assert len(columns) == sweep_figures.MOST_LEVELS
    assert columns == sorted(columns)
    for c, _, best in cells:
        assert columns[c] <= best.values["a"] + 1e-3


def test_money_is_shared_as_the_point_says() -> None:
    standing = {"tv": 60.0, "feed": 40.0}
    point = Found("1", {"plan.flights.tv.budget": 10.0}, 0.0, 0.0, 0.0, 0.0)
    assert sweep_figures.shares(point, standing) == {"tv": 0.2, "feed": 0.8}
    off = replace(point, values={"plan.flights.tv": "off", "plan.flights.tv.budget": None})
    assert sweep_figures.shares(off, standing) == {"tv": 0.0, "feed": 1.0}
    addresses = ["plan.flights.tv.budget", "plan.flights.tv.cap.times"]
    assert not sweep_figures.is_split(addresses)
    assert sweep_figures.is_split([*addresses, "plan.flights.feed"])


def test_what_is_suggested_is_sound() -> None:
    """Every address offered, with the values offered for it, makes a sweep without a fault."""
    pytest.importorskip("solara")
    from sim.app.components.fields import addresses
    from sim.app.components.sweep import sweep_form
    from sim.scenario.starter import starter_text

    for text in (PLAN, starter_text("Offered")):
        tree = read_draft(text, "plan.yaml", Path()).tree
        offered = addresses.suggested(tree)
        assert len(offered) >= 5
        for address, values in offered.items():
            desk = Desk()
            desk.open_text(text, "plan.yaml", Path())
            desk.put({("sweep",): sweep_form.begun(tree, address, values)})
            assert [str(fault) for fault in desk.plan.draft.faults] == [], address


@pytest.mark.parametrize("name", ["grid", "split", "sample"])
def test_another_design_is_sound(name: str) -> None:
    pytest.importorskip("solara")
    from sim.app.components.sweep import sweep_form

    text = PLAN + SWEEPS[name]
    for designs in itertools.permutations(("grid", "latin_hypercube", "sobol"), 2):
        changed = text
        for design in designs:
            tree = read_draft(changed, "small.yaml", Path()).tree
            changed = sweep_form.redesigned(changed, tree, design)
            draft = read_draft(changed, "small.yaml", Path())
            assert [str(fault) for fault in draft.faults] == [], (designs, design)
            assert draft.scenario.sweep.design == design


def test_a_number_of_points_is_not_taken_for_one_of_paths() -> None:
    """Morris counts paths, Saltelli base points, of levers + 1 or + 2 plans each: 64 plans would become hundreds."""
    pytest.importorskip("solara")
    from sim.app.components.sweep import sweep_form
    from sim.app.components.sweep.sweep_fields import points_fields
    from sim.experiment.design import rows_of

    text, found = PLAN + SWEEPS["sample"], {}
    for design in ("morris", "saltelli", "latin_hypercube", "sobol"):
        text = sweep_form.redesigned(text, read_draft(text, "small.yaml", Path()).tree, design)
        also = {("sweep", "interactions"): True} if design == "saltelli" else {}
        text = with_values(text, {("sweep", "rank", "metric"): "reach", **also})
        draft = read_draft(text, "small.yaml", Path())
        assert [str(fault) for fault in draft.faults] == []
        scenario = draft.scenario
        found[design] = scenario.sweep.points, len(rows_of(scenario)), points_fields(design)[0].word
    assert found == {
        "morris": (10, 30, "points_morris"), "saltelli": (32, 192, "points_saltelli"),
        "latin_hypercube": (64, 64, ""), "sobol": (64, 64, ""),
    }  # fmt: skip


def test_worlds_of_a_small_public_are_lived_one_at_a_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """However many threads the page may take: they would only wait for each other."""
    from sim.experiment import runner, workers

    scenario, asked, live = read_draft(PLAN, "small.yaml", tmp_path).scenario, [], runner.run

    def run(*args, threads, **others):
        asked.append(threads)
        return live(*args, threads=threads, **others)

    monkeypatch.setattr(runner, "run", run)
    monkeypatch.setattr(workers.os, "cpu_count", lambda: 8)
    for fewest in (301, 300):
        monkeypatch.setattr(workers, "FEWEST_FOR_THREADS", fewest)
        job = jobs.Job("run", ("plan",), 2)
        jobs.start(job, [scenario], 2, 7, lambda _: None, lambda *_: None)
        until = time.monotonic() + 60
        while job.state not in ("done", "failed") and time.monotonic() < until:
            time.sleep(0.02)
        assert job.state == "done", job.faults
    assert asked == [1, 7]
