"""Faults between the question, the alternatives and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario import rules
from sim.scenario.findings import Finding, unknown
from sim.scenario.metrics import ALL, METRICS, NEEDS_PARTNERS, NEEDS_VALUE, NO_BETTER, RATIOS_OF_MEANS
from sim.scenario.question import raw_question
from sim.scenario.view import View, mapping, name_of


def question(view: View) -> Iterator[Finding]:
    """Yield what no result can decide, or what nothing is said to decide."""
    asked, path = raw_question(view.tree.get("question")), ("question",)
    metric = asked.get("decide_by")
    if not asked:
        return
    yield from (finding.under(*path) for finding in rules.question(asked))
    legal = {"decide_by": ("metric", list(METRICS)), "objective": ("objective", view.names("objectives"))}
    if view.segment_names is not None:
        legal["segment"] = "segment", [ALL, *view.segment_names]
    for key, (kind, names) in legal.items():
        name = name_of(asked.get(key))
        if name is not None and name not in names:
            yield unknown((*path, key), name, kind, names)
    if metric in NO_BETTER:
        wanted = "want a metric of which more, or less, is better"
        yield Finding(("question", "decide_by"), f"{metric}: neither more nor less of it is better", wanted)
    if metric in RATIOS_OF_MEANS:
        wanted = "want `decide_by: adoption` or `adoption_lift` with `per: spend`"
        yield Finding(("question", "decide_by"), f"{metric}, which single worlds do not tell", wanted)
    if metric in NEEDS_VALUE and view.tree.get("value_per_adoption") is None:
        wanted = "want `value_per_adoption` in the scenario"
        yield Finding(("question", "decide_by"), f"{metric} without a value", wanted)
    if metric in NEEDS_PARTNERS and not view.partners:
        yield Finding(("question", "decide_by"), f"{metric} without partners", "want `plan.partners`")
    if mapping(view.tree, "alternatives") and metric is None and asked.get("objective") is None:
        wanted = "want `question: {ask, decide_by: metric}` or `{ask, objective: name}`"
        yield Finding(path, "alternatives, and nothing that decides between them", wanted)


def alternatives(view: View) -> Iterator[Finding]:
    """Yield names that cannot be told apart."""
    name = view.tree.get("name")
    if isinstance(name, str) and name in mapping(view.tree, "alternatives"):
        got = f"an alternative called as the plan itself, {name!r}"
        yield Finding(("alternatives", name), got, "want another name")
