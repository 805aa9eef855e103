"""Words and rows of a choice of people, as the page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.app.readings.sweep_figures import records
from sim.app.state.choosing import CERTIFIED
from sim.app.state.kept import Chosen
from sim.app.state.look import Look
from sim.app.words import figures
from sim.results.report import wording
from sim.results.report.lookup import ALL

if TYPE_CHECKING:
    import pandas as pd

METRICS = ("total_reach", "awareness", "adoption")
TEXTS = ("place", "person", "segment", "level")
Row = dict[str, Any]


def rule_words(look: Look, rule: str) -> str:
    """Return what a rule of choice is called."""
    name, _, column = rule.partition(":")
    return look.t("choice.by_column", column=column) if column else look.t(f"rule.{name}", default=name)


def sentences(look: Look, chosen: Chosen) -> list[str]:
    """Return what is certified, and where a plain rule does better in the day, in words."""
    facts = chosen.answer.facts
    whom = look.t("choice.of", segments=", ".join(facts.target)) if facts.target else ""
    until = look.t("choice.until", day=facts.by_day) if facts.by_day is not None else ""
    lines = [
        look.t("choice.certified", message=facts.message, channel=facts.channel, spread=look.count(facts.spread),
               lower=look.count(facts.lower), whom=whom, until=until),
        look.t("choice.bound", upper=look.count(facts.upper), ratio=look.share(facts.ratio),
               sure=look.count(100 * facts.sure, 1)),
    ]  # fmt: skip
    if facts.booked:
        lines.append(look.t("choice.booked", n=look.count(facts.booked)))
    return [*lines, *(_wins(look, chosen) if chosen.worlds else [])]


def _wins(look: Look, chosen: Chosen) -> list[str]:
    effects = chosen.answer.effects
    counted = chosen.answer.facts.counted
    better = effects[(effects["segment"] == counted) & (effects["against_lo"] > 0)]
    return [
        look.t(
            "choice.wins", metric=look.t(f"choice.metric_{row['metric']}"), rule=rule_words(look, row["rule"])
        )
        for row in records(better)
    ]


def tiles(look: Look, chosen: Chosen) -> list[Row]:
    """Return the key figures of the certificate."""
    facts = chosen.answer.facts
    promised = look.t("choice.no_promise")
    if facts.guarantee is not None:
        promised = look.t("choice.promised", share=look.share(facts.guarantee))
    told = [
        ("reached", look.count(facts.spread), look.t("choice.at_least", n=look.count(facts.lower))),
        ("best", look.count(facts.upper), look.t("choice.no_other")),
        ("ratio", look.share(facts.ratio), promised),
        ("cost", look.quantity(facts.spent, facts.currency), look.t("choice.posts_each", n=facts.n_posts)),
    ]
    return [
        {"key": key, "metric": "", "label": look.t(f"choice.tile_{key}"), "value": value, "range": under}
        for key, value, under in told
    ]


def people_table(look: Look, people: pd.DataFrame, currency: str) -> tuple[list[Row], list[Row]]:
    """Return columns and rows of the people chosen, in their order."""
    layers = [str(name) for name in people.columns if str(name).startswith("followers.")]
    columns: list[Row] = [{"key": key, "label": look.t(f"choice.col_{key}")} for key in TEXTS]
    for key in (*layers, "fee", "cost", "gain", "alone", "overlap"):
        layer = key.partition(".")[2]
        label = look.t("choice.followers", layer=layer) if layer else look.t(f"choice.col_{key}")
        columns.append({"key": key, "num": True, "label": label})
    rows = []
    for place, row in zip(people.index, records(people), strict=True):
        cells = {key: look.count(row[key]) for key in (*layers, "gain", "alone")}
        cells |= {key: look.quantity(row[key], currency, is_bare=True) for key in ("fee", "cost")}
        rows.append({
            "key": str(place), "place": str(place), "person": str(row["person"]), "segment": str(row["segment"]),
            "level": look.t(f"option.{row['level']}", default=str(row["level"])), **cells,
            "overlap": look.share(row["overlap"]), "bar": {"overlap": float(row["overlap"])},
        })  # fmt: skip
    return columns, rows


def effect_columns(look: Look, currency: str) -> list[Row]:
    """Return the columns of what the day made of the lists."""
    keys = ("adds", "interval", "against", "p_best", "cost")
    columns: list[Row] = [{"key": "rule", "label": look.t("choice.rule")}]
    return columns + [
        {"key": key, "label": look.t(f"choice.effect_{key}", currency=currency), "num": True} for key in keys
    ]


def effect(look: Look, row: Row) -> Row:
    """Return what the day made of one list."""
    per, tone = row["cost_per_person"], ""
    against = wording.NOTHING
    if row["rule"] != CERTIFIED:
        against = look.quantity(row["against_first"], "people", is_difference=True, is_bare=True)
        tone = "good" if row["against_lo"] > 0 else "poor" if row["against_hi"] < 0 else ""
    return {
        "key": row["rule"], "rule": rule_words(look, row["rule"]), "adds": look.count(row["incremental"]),
        "interval": look.interval(row["incremental_lo"], row["incremental_hi"], "people"), "against": against,
        "p_best": figures.chance(row["p_best"], look.language),
        "cost": look.count(per, 2) if per == per else wording.NOTHING, "tone": {"against": tone},
    }  # fmt: skip


def by_segment(look: Look, effects: pd.DataFrame) -> tuple[list[Row], list[Row]]:
    """Return columns and rows of what the lists add in each segment, of one metric."""
    segments = [str(s) for s in dict.fromkeys(effects["segment"]) if s != ALL]
    columns: list[Row] = [{"key": "rule", "label": look.t("choice.rule")}]
    columns += [{"key": s, "label": s, "num": True} for s in segments]
    rows: dict[str, Row] = {}
    for row in records(effects):
        mine = rows.setdefault(row["rule"], {"key": row["rule"], "rule": rule_words(look, row["rule"])})
        if row["segment"] != ALL:
            mine[row["segment"]] = look.count(row["incremental"])
    return columns, list(rows.values())
