"""Fields of the part of a plan that says what a sweep tries."""

from __future__ import annotations

from typing import Any

from sim.app.components.fields.fields import FieldSpec, choice, money, text
from sim.results.report.lookup import ALL
from sim.scenario.metrics import METRICS
from sim.scenario.sweep import SCREENINGS
from sim.scenario.view import View


def range_fields(design: str) -> list[FieldSpec]:
    """Return the fields of a range that is tried; a grid divides it into levels."""
    found = [text("from", word="range_from"), text("to", word="range_to")]
    if design == "grid":
        found.append(text("levels", word="range_levels"))
    scale = FieldSpec(("scale",), "choice", ("linear", "log"), word="range_scale")
    return [*found, scale]


def split_fields(tree: dict[str, Any], design: str) -> list[FieldSpec]:
    """Return the fields of money that is dealt in other ways; a grid deals it in steps."""
    steps = [text("steps")] if design == "grid" else []
    return [*steps, text("total", unit=money(tree)), text("at_least", word="split_at_least")]


def rank_fields(tree: dict[str, Any]) -> list[FieldSpec]:
    """Return the fields of what points are ranked by."""
    view = View.of(tree)
    return [
        choice("rank", "metric", options=METRICS),
        choice("rank", "segment", options=(ALL, *(view.segment_names or ()))),
        choice("rank", "channel", options=(ALL, *view.names("channels"))),
        choice("rank", "want", options=("most", "least")),
        text("rank", "margin"),
        text("rank", "race"),
    ]


def points_fields(design: str) -> list[FieldSpec]:
    """Return how many points a sample has, or paths, or base points, and whether pairs are told; none of a grid."""
    word = f"points_{design}" if design in SCREENINGS else ""
    pairs = [FieldSpec(("interactions",), "yes")] if design == "saltelli" else []
    return [] if design == "grid" else [text("points", word=word), *pairs]
