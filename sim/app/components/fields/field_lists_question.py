"""Fields of what the plan is to answer, and by which number the answer is found."""

from __future__ import annotations

from typing import Any

from sim.app.components.fields.fields import FieldSpec, choice, one_of
from sim.scenario.metrics import METRICS
from sim.scenario.path import Parts
from sim.scenario.question import raw_question
from sim.scenario.view import View

AT = "question"


def question_fields(tree: dict[str, Any]) -> list[FieldSpec]:
    """Return the fields of the question as it stands: none, words alone, or words and what decides."""
    view, given = View.of(tree), raw_question(tree.get(AT))
    words = given.get("ask") or "?"
    aims = tuple(view.objectives)
    begins: dict[str, dict[Parts, Any]] = {
        "asks_nothing": {},
        "asks_words": {(AT,): words},
        "asks_metric": {(AT,): {"ask": words, "decide_by": given.get("decide_by") or "reach"}},
    }
    if aims or given.get("objective") is not None:
        begins["asks_objective"] = {(AT,): {"ask": words, "objective": given.get("objective") or aims[0]}}
    found = [one_of((AT, "way"), begins, _now(tree.get(AT), given))]
    if isinstance(tree.get(AT), dict):
        found.append(FieldSpec((AT, "ask")))
        if given.get("objective") is not None:
            found.append(choice(AT, "objective", options=aims))
        if given.get("objective") is None or given.get("decide_by") is not None:
            found += [
                choice(AT, "decide_by", options=METRICS),
                choice(AT, "segment", options=("all", *(view.segment_names or ()))),
                choice(AT, "per", options=("spend",)),
            ]
    elif tree.get(AT) is not None:
        found.append(FieldSpec((AT,), word="question_ask"))
    return found


def _now(raw: Any, given: dict[str, Any]) -> str:
    if raw is None:
        return "asks_nothing"
    if not isinstance(raw, dict):
        return "asks_words"
    return "asks_objective" if given.get("objective") is not None else "asks_metric"
