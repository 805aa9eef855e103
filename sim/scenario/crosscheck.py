"""Faults between the parts of a scenario: unknown names, shares that do not sum, days outside the run.

The check reads the raw tree, so that its findings come together with those of the types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from sim.scenario import cross_audience, cross_media, cross_plan, cross_question, cross_rules, cross_sweep
from sim.scenario.findings import Finding
from sim.scenario.view import Raw, View, mapping

Check = Callable[[View], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    cross_audience.kind_of_public,
    cross_audience.sizes,
    cross_audience.shares,
    cross_audience.traits,
    cross_audience.columns,
    cross_media.channels,
    cross_media.ranked,
    cross_media.dayparts,
    cross_media.layers,
    cross_media.messages,
    cross_media.order,
    cross_media.participation,
    cross_media.co_creation,
    cross_plan.calendar,
    cross_plan.flights,
    cross_plan.partners,
    cross_rules.reactions,
    cross_plan.objectives,
    cross_plan.response,
    cross_question.question,
    cross_question.alternatives,
    cross_sweep.shape,
)


def crosscheck(tree: Raw, folder: Path) -> list[Finding]:
    """Return every fault between the parts of a raw tree.

    Parameters
    ----------
    tree : dict
        The merged tree; anything may stand in it.
    folder : Path
        Folder that its file names are relative to.
    """
    view = View.of(tree)
    found = [finding for check in CHECKS for finding in check(view)]
    return [*found, *_missing_files(view, folder)]


def _missing_files(view: View, folder: Path) -> Iterator[Finding]:
    named = [
        (("audience", key, "file"), mapping(view.tree, "audience", key).get("file"))
        for key in ("from_survey", "from_people")
    ]
    named += [(("network", name, "edges"), layer.get("edges")) for name, layer in view.layers.items()]
    for path, name in named:
        if not isinstance(name, str):
            continue
        try:
            target = folder / name
            is_file, is_folder = target.is_file(), target.is_dir()
        except (OSError, ValueError):
            is_file = is_folder = False
        if not is_file:
            got = f"{name!r} is a folder" if is_folder else f"no file {name!r}"
            yield Finding(path, got, f"want a CSV, Parquet or GraphML file; looked in {str(folder)!r}")
