"""The answer to `pregon influencers`: lines for the terminal, tables and a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.experiment.influencers import CERTIFIED, METRICS, Lived, Study
from sim.network.choice import RULES
from sim.network.influence import LEVELS, levels
from sim.results.files import write_whole
from sim.results.influencers import effects_frame, people_frame
from sim.results.report.influencer_facts import Facts
from sim.results.report.influencer_parts import count_text, write_influencer_report
from sim.wording.language import later

HEAD = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold what is told of a choice.

    Parameters
    ----------
    people : DataFrame      one row per person of the certified list
    effects : DataFrame     one row per list, metric and segment: what the day made of them; empty if not lived
    facts : Facts           the certificate, and what was asked, in people of the market
    """

    people: pd.DataFrame
    effects: pd.DataFrame
    facts: Facts

    def save(self, folder: Path, language: str = "en") -> None:
        """Write ``influencers.csv``, ``effects.csv`` and ``report.html`` into a folder, made where needed.

        The report is written in the language, ``en`` or ``es``; the tables are the same in both.
        """
        self.save_people(folder)
        _write_csv(folder / "effects.csv", self.effects)
        write_influencer_report(folder / "report.html", self.people, self.effects, self.facts, language)

    def save_people(self, folder: Path) -> None:
        """Write ``influencers.csv`` alone."""
        folder.mkdir(parents=True, exist_ok=True)
        _write_csv(folder / "influencers.csv", self.people.reset_index())


def _write_csv(path: Path, frame: pd.DataFrame) -> None:
    text = frame.to_csv(index=False, lineterminator="\n", float_format="%.10g")
    write_whole(path, lambda beside: beside.write_text(text, "utf-8", newline="\n"))


def answer(study: Study, lived: Lived | None = None) -> Answer:
    """Return frames and facts of a study and of what the day made of it, where it was lived."""
    found, each = study.certificate, study.public.population.people_per_agent
    effects = pd.DataFrame() if lived is None else _effects(study, lived)
    choose = study.choice.choose
    facts = Facts(
        name=study.scenario.name,
        booking=study.name,
        channel=study.choice.partner.channel,
        also_on=study.choice.partner.also_on,
        message=study.choice.partner.message,
        currency=study.scenario.currency,
        target=tuple(choose.target or ()),
        is_weighted=choose.weights is not None,
        by_day=choose.by_day,
        day=study.day,
        n_posts=len(study.choice.partner.post_on),
        n_worlds=0 if lived is None else len(lived.replications),
        spread=each * found.spread,
        lower=each * found.lower_bound,
        upper=each * found.upper_bound,
        ratio=found.ratio,
        guarantee=found.guarantee,
        sure=1.0 - found.delta,
        n_sets=found.n_sets,
        booked=each * found.booked_spread,
        spent=study.bookings[0].fees,
        titles={rule: _title(rule) for rule in study.rules},
    )
    return Answer(_people(study), effects, facts)


def _effects(study: Study, lived: Lived) -> pd.DataFrame:
    return effects_frame(
        rules=study.rules,
        cost=[booking.fees for booking in study.bookings],
        n_people=[len(booking.rows) for booking in study.bookings],
        incremental=lived.incremental,
        metrics=METRICS,
        segments=study.public.population.segment_names,
    )


def _title(rule: str) -> str:
    """Return what a rule goes by, in words."""
    name, _, column = rule.partition(":")
    if name == CERTIFIED:
        return later("reach the most")
    return later("the largest in {column}") if column else RULES[name].title


def ids_of(study: Study, rows: npt.NDArray[np.int32]) -> list[str | int]:
    """Return what people are called: by the ids of their file, else their row numbers."""
    ids = study.public.population.ids or study.public.network.ids
    return [ids[row] if ids and row < len(ids) else int(row) for row in rows.tolist()]


def _people(study: Study) -> pd.DataFrame:
    booking, population = study.bookings[0], study.public.population
    found, each, rows = study.certificate, population.people_per_agent, booking.rows
    layers = {n: layer for n, layer in study.public.network.layers.items() if not layer.is_well_mixed}
    names = np.array(population.segment_names)
    return people_frame(
        ids=ids_of(study, rows),
        segments=names[population.segment[rows]].tolist(),
        levels=np.array(LEVELS)[levels(layers[booking.channel_name], each)[rows]].tolist(),
        sizes={n: (layer.audience_sizes[rows] * each).astype(np.float64) for n, layer in layers.items()},
        fees=booking.fee,
        costs=booking.fee * len(booking.days),
        told={
            "gain": each * found.gains,
            "alone": each * found.alone,
            "spread": each * (found.booked_spread + np.cumsum(found.gains)),
            "at_least": each * found.lower_by_place,
        },
    )


def lines(answer: Answer) -> Iterator[str]:
    """Yield the answer for a terminal: the certificate, the first people, and what the day made of every list."""
    facts, people = answer.facts, answer.people
    yield from facts.sentences()
    yield ""
    yield f"    {'person':<18} {'segment':<14} {'level':<9} {'followers':>11} {'cost':>9} {'gain':>9} {'overlap':>8}"
    for place, row in people.head(HEAD).iterrows():
        size = row[f"followers.{facts.channel}"]
        yield (
            f"{place:>3} {row['person'][:18]:<18} {row['segment'][:14]:<14} {row['level']:<9} {size:>11,.0f} "
            f"{row['cost']:>9,.0f} {row['gain']:>9,.0f} {100 * row['overlap']:>6.0f} %"
        )
    if len(people) > HEAD:
        yield f"    … and {len(people) - HEAD} more"
    yield ""
    yield from facts.measured(answer.effects)
    yield f"{'rule':<18} {'people':>6} {'cost':>9}  {'met':>24} {'aware':>24} {'adopters':>22}  best for reach"
    whole = answer.effects[answer.effects["segment"] == facts.counted]
    for rule in dict.fromkeys(whole["rule"]):
        rows = whole[whole["rule"] == rule]
        first, cells = rows.iloc[0], [_cell(row) for _, row in rows.iterrows()]
        yield (
            f"{rule:<18} {first['people']:>6} {first['cost']:>9,.0f}  {cells[0]:>24} {cells[1]:>24} {cells[2]:>22}  "
            f"{100 * first['p_best']:.0f} %"
        )


def _cell(row: pd.Series) -> str:
    low, high = float(row["incremental_lo"]), float(row["incremental_hi"])
    band = f" ({count_text(low)} to {count_text(high)})" if low == low else ""
    return count_text(float(row["incremental"])) + band
