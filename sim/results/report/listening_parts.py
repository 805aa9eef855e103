"""The section on listening: complaints, what was heard of them, and how they were answered."""

from __future__ import annotations

from sim.results.described import described
from sim.results.report import wording
from sim.results.report.fact_parts import Run
from sim.results.report.page import Cell, Section, Table
from sim.scenario.metrics import LISTENING
from sim.wording.language import each, later, say

_POLICIES = {
    "none": later("Complaints are heard, and not answered."),
    "one_public": later("A complaint is answered once, before all who heard it."),
    "several_public": later("A complaint is answered several times, before all who heard it."),
    "private": later("A complaint is answered alone."),
}


def listening_section(run: Run) -> Section | None:
    """Return complaints, what was heard and answered, and its cost; None where the plan does not listen."""
    told = (run.scenario.get("plan") or {}).get("listening")
    if not told:
        return None
    readings = [run.readings.get(metric) for metric in (*LISTENING, "reply_cost", "message_learning")]
    rows = [
        [Cell(described(found.metric).title), Cell(found.text(), found.around())]
        for found in readings
        if found is not None and found.mean == found.mean
    ]
    capacity = told.get("capacity_per_day")
    bound = (
        ""
        if capacity is None
        else say(" At most {capacity} replies a day.", capacity=wording.raw(float(capacity)))
    )
    lead = f"{say(_POLICIES[str(told['reply'])])}{bound}"
    return Section(say("Listening"), [Table(each("At the last day", "Mean over worlds"), rows)], lead)
