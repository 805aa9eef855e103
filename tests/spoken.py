"""Small real runs, comparisons, sweeps and choices whose reports say nearly all that a report can say."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from sim.experiment import influencers as choice
from sim.experiment.compare import Comparison, compare
from sim.experiment.influencer_report import Answer, answer
from sim.experiment.runner import run
from sim.experiment.sweeps.sweep import sweep
from sim.results.frames import Result
from sim.scenario.schema import Scenario
from sim.scenario.source import read_text
from tests.app.full_plan import FULL

EXTRA = """\
value_per_adoption: 30
response: [0.5, 2]
co_creation: {}
adoption: {repurchase: {}}
"""
AIM = "  seen: {metric: reach, at_least: 0.2}\n"
AIMS = (
    AIM
    + """\
  dear: {metric: spend, at_most: 100}
  known: {metric: awareness, at_least: 0.3, segment: young, by_day: 8}
"""
)
BUDGET, SECOND = "plan.flights.first.budget", "plan.flights.second.budget"
DAYS, CAP, COUNT = (
    "plan.flights.first.days",
    "plan.flights.second.cap.times",
    "plan.partners.creators.choose.count",
)
RANGE = "{from: 100, to: 900}"
SWEEPS = {
    "raced": f"{{vary: {{{BUDGET}: [100, 900, 3000], {CAP}: [1, 3]}}, rank: {{metric: awareness, margin: 0.01, race: 40}}}}",
    "split": f"{{split: {{money: {{over: [{BUDGET}, {SECOND}], steps: 3}}}}, rank: {{metric: adoption_lift}}}}",
    "list": f"{{design: list, points: {{soon: {{{DAYS}: 1-2}}, long: {{{DAYS}: 1-12}}}}, rank: {{metric: reach}}}}",
    "people": f"{{vary: {{{COUNT}: [1, 2]}}, rank: {{metric: spend}}}}",
    "morris": f"{{design: morris, points: 2, vary: {{{BUDGET}: {RANGE}, {SECOND}: {RANGE}}}, rank: {{metric: awareness}}}}",
    "saltelli": f"{{design: saltelli, points: 4, interactions: true, vary: {{{BUDGET}: {RANGE}, {SECOND}: {RANGE}}}, "
    "rank: {metric: reach, segment: young}}",
}


def planned(text: str = FULL, **parts: str) -> Scenario:
    """Return a scenario of a text, with parts added in YAML."""
    added = "".join(f"{name}: {part}\n" for name, part in parts.items())
    return Scenario.from_dict(read_text(text + added, "plan.yaml").value)


@cache
def full_run() -> Result:
    """Return a run with listening, rules, partners, a response curve and three objectives."""
    return run(planned(FULL.replace(AIM, AIMS) + EXTRA), replications=3, threads=1)


@cache
def many_worlds() -> Result:
    """Return a run of worlds enough for a spread over them, without a question."""
    plain = FULL[: FULL.index("question:")] + "reception: {attitude_step: 0.25}\n"
    return run(planned(plain), replications=40, threads=1)


@cache
def full_comparison() -> Comparison:
    """Return three plans that answer a question by a metric."""
    plan, dear = planned(FULL + EXTRA), planned(FULL.replace("budget: 900", "budget: 3000") + EXTRA)
    cheap = planned(FULL.replace("budget: 900", "budget: 100") + EXTRA)
    return compare(plan, dear, cheap, labels=["plan", "dear", "cheap"], replications=4, threads=1)


@cache
def by_objective() -> Comparison:
    """Return two plans that answer a question by an objective."""
    text = FULL.replace("decide_by: awareness", "objective: seen")
    plan, more = planned(text), planned(text.replace("budget: 900", "budget: 3000"))
    return compare(plan, more, labels=["plan", "more"], replications=4, threads=1)


@cache
def unasked() -> Comparison:
    """Return two plans and no question."""
    text = FULL[: FULL.index("question:")]
    return compare(planned(text), planned(text.replace("budget: 900", "budget: 500")), labels=["plan", "less"],
                   replications=4, threads=1)  # fmt: skip


@cache
def choice_of_people() -> Answer:
    """Return a choice of partners beside two plain rules."""
    study = choice.prepare(planned(), choice.Wish("creators", 3, compare=("degree", "random")))
    return answer(study, choice.live(study, 4, 1))


def swept(name: str, folder: Path, **more: Any) -> Path:
    """Run a sweep and return its folder."""
    plan = planned(FULL.replace(AIM, AIMS), sweep=SWEEPS[name])
    sweep(plan, folder, replications=10, threads=1, **more)
    return folder


def reports() -> dict[str, Callable[..., Any]]:
    """Return what writes each report into a folder, by its name."""
    return {
        "run": lambda folder, **more: full_run().save(folder, **more),
        "worlds": lambda folder, **more: many_worlds().save(folder, **more),
        "compare": lambda folder, **more: full_comparison().save(folder, **more),
        "objective": lambda folder, **more: by_objective().save(folder, **more),
        "unasked": lambda folder, **more: unasked().save(folder, **more),
        "influencers": lambda folder, **more: choice_of_people().save(folder, **more),
        **{f"sweep-{name}": partial(swept, name) for name in SWEEPS},
    }
