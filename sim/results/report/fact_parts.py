"""The parts that every report has: the public, how to read, indicators explained, where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from sim.results import catalog
from sim.results.described import described
from sim.results.provenance import BASELINE
from sim.results.report import wording
from sim.results.report.lookup import ALL, Reading, Readings
from sim.results.report.page import Block, Cell, Section, Table, Terms, Text
from sim.wording.language import each, later, say, spoken
from sim.wording.notes import noted

Facts = Mapping[str, Any]
_LAYER_SHARES = frozenset({"reciprocity", "same_segment"})
_ERROR = "_error"
_MEASURES = {
    "n_ties": later("Ties"), "people_with_ties": later("People with ties"), "mean_followers": later("Mean followers"),
    "median_followers": later("Median followers"), "max_followers": later("Max followers"),
    "exponent": later("Exponent"), "clustering": later("Clustering"), "reciprocity": later("Reciprocity"),
    "same_segment": later("Same segment"),
}  # fmt: skip
_PLUS = tuple(f"reach_{k}plus" for k in range(2, catalog.MOST_PLUS + 1))


@dataclass(frozen=True)
class Run:
    """Hold one run as reports read it.

    Parameters
    ----------
    label : str
        The plan's name in this report.
    summary, daily, worlds : DataFrame
        As written by ``pregon run``.
    provenance : mapping
        As in ``provenance.json``; machine, start and wall time are never read.
    """

    label: str
    summary: pd.DataFrame
    daily: pd.DataFrame
    worlds: pd.DataFrame
    provenance: Facts

    @cached_property
    def readings(self) -> Readings:
        """The summary by name."""
        return Readings(self.summary)

    @property
    def scenario(self) -> Facts:
        """The resolved scenario."""
        return _mapping(self.provenance, "scenario")

    @property
    def plan_flights(self) -> Facts:
        """What the plan says of its flights, by name."""
        return _mapping(_mapping(self.scenario, "plan"), "flights")

    @property
    def flights(self) -> Sequence[Facts]:
        """What became of each flight: bought, deliverable, undelivered, spend."""
        return self.provenance.get("flights") or ()

    @property
    def public(self) -> Facts:
        """The public in facts."""
        return _mapping(self.provenance, "public")

    @property
    def people(self) -> float:
        """People of the market."""
        return float(self.public.get("people") or 0)

    @property
    def currency(self) -> str:
        """The plan's currency."""
        return str(self.scenario.get("currency") or "USD")

    @property
    def start(self) -> str | None:
        """Day 1 as a date, where the plan has one."""
        start = self.scenario.get("start")
        return str(start) if start else None

    @property
    def days(self) -> int:
        """Last day of the run."""
        return int(self.scenario.get("days") or self.daily["day"].max())

    @property
    def n_worlds(self) -> int:
        """Worlds that were finished."""
        return int(self.worlds["replication"].nunique())

    @property
    def objectives(self) -> Mapping[str, Facts]:
        """What the plan is to reach, by name."""
        return _mapping(self.scenario, "objectives")

    def met(self, name: str) -> Reading | None:
        """Return the share of worlds that meet an objective."""
        aim = self.objectives.get(name) or {}
        segment, channel = str(aim.get("segment", ALL)), str(aim.get("channel", ALL))
        return self.readings.get(catalog.OBJECTIVE_PREFIX + name, segment, channel)

    def day_words(self, day: int | None = None) -> str:
        """Return a day of the run (the last one if none is given), with its date if it has one."""
        return wording.day_text(day or self.days, self.start)


def _mapping(facts: Facts, key: str) -> Facts:
    found = facts.get(key)
    return found if isinstance(found, Mapping) else {}


def words(rows: Iterable[Sequence[object]]) -> list[list[Cell]]:
    """Return cells that hold each value as text."""
    return [[Cell(wording.raw(value)) for value in row] for row in rows]


def public_section(run: Run) -> Section:
    """Return who was simulated, and who hears whom."""
    public = run.public
    size = [
        (say("People of the market"), wording.plain(run.people, 0)),
        (say("Simulated persons"), wording.plain(float(public.get("agents") or 0), 0)),
        (
            say("People that one simulated person stands for"),
            wording.number(float(public.get("people_per_agent") or 0), ",.4g"),
        ),
    ]
    blocks: list[Block] = [Table((say("The public"), ""), words(size))]
    segments = _mapping(public, "segments")
    if segments:
        rows = [
            (
                name,
                wording.quantity(float(share), "share"),
                wording.quantity(float(share) * run.people, "people"),
            )
            for name, share in segments.items()
        ]
        blocks.append(Table(each("Segment", "Share", "People"), words(rows)))
    blocks += _notes(say("What was counted while building the public"), public.get("notes"))
    blocks += _network_blocks(
        _mapping(run.provenance, "network"), _mapping(_mapping(run.provenance, "sharing"), "beta")
    )
    return Section(say("The public and the network"), blocks, say("Who was simulated, and who hears whom."))


def _network_blocks(network: Facts, beta: Facts) -> list[Block]:
    if not network:
        return []
    keys = list(dict.fromkeys(key for layer in network.values() for key in layer if _is_measure(key)))
    headers = [say("Layer"), *(_measure_title(key) for key in keys)]
    headers += [say("Sharing β")] if beta else []
    rows = [
        [name, *(_layer_text(key, layer) for key in keys), *([beta.get(name)] if beta else [])]
        for name, layer in network.items()
    ]
    caption = say(
        "Sharing β scales how likely a person passes a message on; it is solved from public and "
        "network alone, the same for every plan."
    )
    blocks: list[Block] = [Table(headers, words(rows), caption=caption if beta else "")]
    for name, layer in network.items():
        blocks += _notes(
            say("What was counted while reading the layer {name}", name=name), layer.get("notes")
        )
    return blocks


def _measure_title(key: str) -> str:
    return say(_MEASURES[key]) if key in _MEASURES else key.replace("_", " ").capitalize()


def _is_measure(key: str) -> bool:
    return key not in ("notes", "asked") and not key.endswith(_ERROR)


def _layer_text(key: str, layer: Facts) -> object:
    """Return a measure of a layer with its standard error, and what the scenario asks of it."""
    value, error, asked = layer.get(key), layer.get(key + _ERROR), _mapping(layer, "asked").get(key)
    if not isinstance(value, int | float):
        return value
    in_words = _share_text if key in _LAYER_SHARES else wording.raw
    if key + _ERROR in layer:
        value = round(value, 3)
    found = in_words(value) + (" ± " + wording.number(error, ".2g") if error else "")
    return found if asked is None else say("{found} (asked {asked})", found=found, asked=in_words(asked))


def _share_text(value: object) -> str:
    return wording.quantity(float(str(value)), "share")


def _notes(title: str, notes: Sequence[str] | None) -> list[Block]:
    return [Text([noted(str(note), spoken()) for note in notes], title, is_list=True)] if notes else []


def reading_lines(run: Run) -> list[str]:
    """Return how the intervals are to be read, and what they are not."""
    worlds = wording.plain(run.n_worlds, 0)
    baseline = say(BASELINE)
    publics = int(run.scenario.get("publics") or 1)
    people = (
        say("The same people live in all of them")
        if publics == 1
        else say(
            "People and networks were drawn {publics} times, and intervals of means carry that",
            publics=wording.plain(publics, 0),
        )
    )
    return [
        say(
            "The plan was run in {worlds} worlds. A world is one way chance may fall: who visits "
            "when, who attends, who passes on. {people}; each person keeps its luck whatever the "
            "plan.",
            worlds=worlds,
            people=people,
        ),
        say(
            "“95 % of worlds” is the spread: where a single launch would land, if reality were one "
            "of these worlds. It does not shrink when more worlds are run. It needs at least 39 of "
            "them."
        ),
        say(
            "The “interval of the mean” says how exactly the average over all worlds is known. It "
            "shrinks with more worlds."
        ),
        say(
            "Lift is the difference to the {baseline}: what the campaign adds, not what happens anyway.",
            baseline=baseline,
        ),
        say(
            "Both intervals are the simulation's, not reality's: they hold what chance does, not "
            "what the model or its parameters may have wrong. Calibrate with what is observed before "
            "money depends on a small difference."
        ),
    ]


def reading_section(run: Run, extra: Sequence[str] = ()) -> Section:
    """Return how intervals and charts are to be read."""
    lines = [
        *reading_lines(run),
        say(
            "In the charts, the dark band holds 80 % of worlds, the light one 95 %, and thin lines "
            "on bars 95 %. pp = percentage points; M = million; bn = thousand million."
        ),
        *extra,
    ]
    return Section(say("How to read this"), [Text(lines, is_list=True)])


def explained_section(shown: Iterable[str], currency: str) -> Section:
    """Return what each indicator of the report is, in the catalogue's order."""
    names = set(shown)
    terms = [
        _term(described(name), currency) for name in catalog.METRICS if name in names and name not in _PLUS
    ]
    if names.intersection(_PLUS):
        meaning = say("People with at least that many paid contacts so far ÷ people. Channels: as reach.")
        place = next((i + 1 for i, term in enumerate(terms) if term[0] == described("reach").title), 0)
        terms.insert(place, (say("Reach 2+, 3+, …"), wording.unit_words("share"), meaning))
    points = [told for name in names if (told := catalog.response_of(name))]
    if points:
        factors = ", ".join(
            "×" + wording.marks(catalog.factor_text(factor)) for factor in sorted({f for f, _ in points})
        )
        meaning = say(
            "The indicator in the same worlds with so many times {scales}.",
            scales=say(catalog.RESPONSE_SCALES),
        )
        terms.append((say("… at {factors}", factors=factors), say("as the indicator"), meaning))
    return Section(
        say("Every indicator explained"),
        [Terms(terms)],
        say("Exactly what is counted, for those shown above."),
    )


def _term(metric: catalog.Metric, currency: str) -> tuple[str, str, str]:
    source = say(" Source: {source}.", source=metric.source) if metric.source else ""
    definition = metric.definition[0].upper() + metric.definition[1:]
    unit = catalog.unit_of(metric.name, currency)
    return (
        metric.title,
        wording.unit_words(unit),
        say(
            "{definition}. Channels: {over_channels}.{source}",
            definition=definition,
            over_channels=metric.over_channels,
            source=source,
        ),
    )


def provenance_section(runs: Sequence[Run], letters: Sequence[str]) -> Section:
    """Return what it takes to get the same numbers again; nothing of machine or time."""
    keys = (
        (say("Scenario hash"), "scenario_hash"),
        (say("Public hash"), "public_hash"),
        (say("Master seed"), "master_seed"),
        (say("Scheme of randomness"), "luck"),
    )
    rows: list[list[object]] = [
        [title, *(str(run.provenance.get(key, "")) for run in runs)] for title, key in keys
    ]
    rows.insert(3, [say("Worlds"), *(run.n_worlds for run in runs)])
    names = dict.fromkeys(name for run in runs for name in _mapping(run.provenance, "versions"))
    rows += [[name, *(_mapping(run.provenance, "versions").get(name) for run in runs)] for name in names]
    headers = (say("What"), *letters) if len(runs) > 1 else each("What", "Value")
    lead = say("The same scenario, master seed and versions give these numbers again, bit for bit.")
    return Section(say("Where this comes from"), [Table(headers, words(rows), n_words=len(headers))], lead)
