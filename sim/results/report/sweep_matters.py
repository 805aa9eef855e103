"""Which levers of a sweep matter: a sentence, and bars with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.results.described import small
from sim.results.report import wording
from sim.results.report.page import Cell, Figure, Section, Table
from sim.results.report.sweep_charts import bars
from sim.results.report.sweep_frames import SweepFrames
from sim.wording.language import each, later, say

_PAIR, _MOST_PAIRS = "pair", 10
_TITLES = {
    "mu_star": later("Mean size of the effect"),
    "mu": later("Mean effect"),
    "sigma": later("Spread of the effect"),
    "first": later("Alone"),
    "total": later("With all it acts together with"),
}
_LEADS = {
    "mu_star": later(
        "What moving each lever across its whole range does, the others anywhere in theirs. "
        "Where the mean effect is smaller than its size the direction changes; where the spread "
        "is large the others decide."
    ),
    "total": later(
        "How much of the variance each lever takes with it, by itself and together with others. "
        "Where the two differ much, what it does hangs on the others. Luck of the estimate may "
        "put a share a little below 0."
    ),
}


def matter_lines(sweep: SweepFrames) -> list[str]:
    """Return the sentence that says which lever matters most; none where that was not asked, or cannot be told."""
    frame = sweep.matters
    if frame is None:
        return []
    if frame.empty:
        return [say("Which levers matter cannot be told: too few rows of the design have all their points.")]
    index = _leading(sweep)
    told = frame[frame["index"] == index].sort_values("value", ascending=False, kind="stable")
    if not float(told["value"].iloc[0]) > 0:
        return [say("No lever moves {title}.", title=small(sweep.title))]
    first = told.iloc[0]
    where, unit = str(first.address).removeprefix("plan."), _unit(sweep, index)
    value, spread = wording.quantity(first.value, unit), wording.interval(first.low, first.high, unit)
    does = (
        say("across its range it moves {title} by {value} on average", title=small(sweep.title), value=value)
        if index == "mu_star"
        else say("it has a part in {value} of the variance of {title}", value=value, title=small(sweep.title))
    )
    return [say("What matters most is {where}: {does} ({spread}).", where=where, does=does, spread=spread)]


def matter_sections(sweep: SweepFrames) -> list[Section]:
    """Return the section of what matters; none where that was not asked, or cannot be told."""
    frame = sweep.matters
    if frame is None or frame.empty:
        return []
    lead = _leading(sweep)
    order = (
        frame[frame["index"] == lead].sort_values("value", ascending=False, kind="stable")["address"].tolist()
    )
    pairs, frame = frame[frame["index"] == _PAIR], frame[frame["index"] != _PAIR]
    names = list(dict.fromkeys(frame["index"]))
    found = frame.set_index(["address", "index"])

    def row(address: str, name: str) -> tuple[str, float, float, float]:
        told = found.loc[(address, name), ["value", "low", "high"]].to_numpy(np.float64)
        return address.removeprefix("plan."), float(told[0]), float(told[1]), float(told[2])

    panels = [
        (say(_TITLES[name]), _unit(sweep, name), [row(address, name) for address in order])
        for name in names
        if name in ("mu_star", "first", "total")
    ]
    svg = bars(panels, name="matters", label=say("What matters to {title}", title=small(sweep.title)))
    rows = []
    for address in order:
        told = [found.loc[(address, name)] for name in names]
        cells = [
            Cell(wording.quantity(r.value, _unit(sweep, n)), wording.interval(r.low, r.high, _unit(sweep, n)))
            for n, r in zip(names, told, strict=True)
        ]
        rows.append([Cell(address.removeprefix("plan.")), *cells])
    table = Table(
        (say("Lever"), *(say(_TITLES[name]) for name in names)), rows, caption=say("With 95 % intervals.")
    )
    return [
        Section(
            say("What matters"),
            [Figure(sweep.title, svg, say("Each bar with its 95 % interval.")), table, *_pairs(pairs)],
            say(_LEADS[lead]),
        )
    ]


def _pairs(frame: pd.DataFrame) -> list[Table]:
    """Return what pairs of levers do only together, most first; none where that was not asked."""
    if frame.empty:
        return []
    told = frame.sort_values("value", ascending=False, kind="stable").head(_MOST_PAIRS)
    rows = [
        [
            Cell(f"{str(r.address).removeprefix('plan.')} × {str(r.with_address).removeprefix('plan.')}"),
            Cell(wording.quantity(r.value, "share"), wording.interval(r.low, r.high, "share")),
        ]
        for _, r in told.iterrows()
    ]
    caption = say("Share of the variance that two levers have only together, with 95 % intervals.")
    return [Table(each("Levers", "Only together"), rows, caption=caption)]


def _leading(sweep: SweepFrames) -> str:
    assert sweep.matters is not None
    return "mu_star" if "mu_star" in set(sweep.matters["index"]) else "total"


def _unit(sweep: SweepFrames, index: str) -> str:
    return "share" if index in ("first", "total") else sweep.unit
