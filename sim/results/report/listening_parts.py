"""The section on listening: complaints, what was heard of them, and how they were answered."""

from __future__ import annotations

from sim.results import catalog
from sim.results.report import wording
from sim.results.report.fact_parts import Run
from sim.results.report.page import Cell, Section, Table
from sim.scenario.metrics import LISTENING

_POLICIES = {
    "none": "Complaints are heard, and not answered.",
    "one_public": "A complaint is answered once, before all who heard it.",
    "several_public": "A complaint is answered several times, before all who heard it.",
    "private": "A complaint is answered alone.",
}


def listening_section(run: Run) -> Section | None:
    """Return complaints, what was heard and answered, and its cost; None where the plan does not listen."""
    told = (run.scenario.get("plan") or {}).get("listening")
    if not told:
        return None
    readings = [run.readings.get(metric) for metric in (*LISTENING, "reply_cost", "message_learning")]
    rows = [
        [Cell(catalog.METRICS[found.metric].title), Cell(found.text(), found.around())]
        for found in readings
        if found is not None and found.mean == found.mean
    ]
    capacity = told.get("capacity_per_day")
    bound = "" if capacity is None else f" At most {wording.raw(float(capacity))} replies a day."
    lead = f"{_POLICIES[str(told['reply'])]}{bound}"
    return Section("Listening", [Table(("At the last day", "Mean over worlds"), rows)], lead)
