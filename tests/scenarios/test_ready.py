"""The ready scenarios: each asks one question, and its answer is what its own worlds say."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from sim import Comparison, Result, Scenario, compare, run
from sim.results import catalog
from sim.results.report import wording

ROOT = Path(__file__).parents[2]
READY = sorted((ROOT / "scenarios").glob("*.yaml"))
NAMES = [path.stem for path in READY]
COMPARED = [path.stem for path in READY if len(Scenario.load(path).plans) > 1]


@cache
def scenario(name: str) -> Scenario:
    return Scenario.load(ROOT / "scenarios" / f"{name}.yaml")


@cache
def outcome(name: str) -> Result | Comparison:
    """Return the plan run in two worlds, or compared with its alternatives in two."""
    plan = scenario(name)
    return compare(plan, replications=2) if len(plan.plans) > 1 else run(plan, replications=2)


def lines(name: str) -> list[str]:
    return [line.replace(wording.NBSP, " ").replace("\u2060", "") for line in outcome(name).headline()]


@pytest.mark.parametrize("name", NAMES)
def test_it_asks_and_the_first_lines_answer(name: str, tmp_path: Path) -> None:
    question = scenario(name).question
    assert question is not None
    assert question.ask.endswith("?")
    assert question.decide_by or question.objective
    told = lines(name)
    assert told[0] == f"Question: {question.ask}"
    assert told[1].startswith("Answer: ")
    assert re.search(r"\d", told[1])
    page = (outcome(name).save(tmp_path) / "report.html").read_text("utf-8")
    assert page.count(question.ask) >= 1


def check_least_money(name: str, objective: str) -> None:
    """Two worlds of two, .34 … 1, show no plan to be as sure as four in five; which fail in both, they do show."""
    asked = scenario(name).objectives[objective].probability
    assert 0.35 < asked < 1
    told, met, spent = lines(name)[1], {}, {}
    for label, result in outcome(name).runs:
        met[label] = result.worlds.query(f"metric == 'objective:{objective}'")["value"].mean()
        spent[label] = result.value("spend")
    surest = min((label for label in met if met[label] == max(met.values())), key=spent.__getitem__)
    assert told.startswith("Answer: these worlds show no plan to hold ")
    assert f"The surest is {surest} (" in told
    near = told.partition("Too close to call: ")[2]
    assert [label for label in met if f"{label} (" in near] == [label for label in met if met[label] > 0]


@pytest.mark.parametrize("name", COMPARED)
def test_the_plan_that_is_named_is_the_one_its_numbers_name(name: str) -> None:
    compared, question = outcome(name), scenario(name).question
    assert isinstance(compared, Comparison)
    assert question is not None
    if question.decide_by is None:
        check_least_money(name, question.objective)
        return
    values = {}
    for label, result in compared.runs:
        value = result.worlds.query(
            "metric == @question.decide_by and segment == @question.segment and channel == 'all'"
        ).set_index("replication")["value"]
        spend = result.worlds.query("metric == 'spend' and segment == 'all' and channel == 'all'")
        values[label] = (value / spend.set_index("replication")["value"] if question.per else value).mean()
    pick = min if catalog.METRICS[question.decide_by].higher_is_better is False else max
    best = pick(values, key=lambda label: values[label])
    told = re.match(
        r"Answer: (?:not settled with these 2 worlds\. )?(.*?) \([A-Z]\) (?:is best|leads with)",
        lines(name)[1],
    )
    if told:
        assert values[told[1]] == pytest.approx(values[best], rel=1e-12)
    else:
        assert lines(name)[1].startswith("Answer: no difference.")
        assert max(values.values()) == pytest.approx(min(values.values()))


@pytest.mark.parametrize("name", COMPARED)
def test_the_alternatives_are_other_plans(name: str) -> None:
    compared = outcome(name)
    assert isinstance(compared, Comparison)
    first, *others = (result for _, result in compared.runs)
    assert all(not other.worlds["value"].equals(first.worlds["value"]) for other in others)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_in_the_list_of_ready_scenarios(name: str) -> None:
    for page in ("README.md", "README.es.md"):
        assert f"`{name}.yaml`" in (ROOT / page).read_text("utf-8")


def test_macro_and_micro_partners_are_what_they_are_called_and_cost_the_same() -> None:
    """Rows are persons of one public: were it drawn otherwise, they would be others."""
    compared = outcome("macro_or_micro")
    assert isinstance(compared, Comparison)
    macro, micro = (result.provenance["partners"][0] for _, result in compared.runs)
    assert macro["fees"] == micro["fees"] == 90_000
    for booking, low, high in ((macro, 150_000, 300_000), (micro, 15_000, 35_000)):
        assert low <= booking["audience"] / len(booking["people"]) <= high
