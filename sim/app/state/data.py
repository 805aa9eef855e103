"""Files that a planner brings: what is in them, and how a plan begins to use one as its people or its ties."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.agents.sheet import read_sheet
from sim.app.state.desk import DATA_ENDINGS, Desk, Plan
from sim.app.state.guard import names_in
from sim.errors import InputError
from sim.scenario.draft import read_draft
from sim.scenario.path import Parts
from sim.scenario.source import read_text
from sim.scenario.view import mapping

MOST_LABELS = 24
_WEIGHTS = ("weight", "weights", "wt", "peso", "ponderacion", "ponderación")
_IDS = ("id", "node", "person", "name", "user")


@dataclass(frozen=True, slots=True)
class Look:
    """Say what a column of a file holds: its distinct values by how often they occur, and whether all are numbers."""

    labels: tuple[str, ...]
    n_labels: int
    is_number: bool


def files_of(desk: Desk) -> list[str]:
    """Return the names of the data files that stand beside the plan on the page."""
    if desk.plan is None:
        return []
    found = {path.name for path in desk.uploads.iterdir() if path.suffix.lower() in DATA_ENDINGS}
    tree = desk.plan.draft.tree
    named = [*(mapping(tree, "audience", key).get("file") for key in ("from_survey", "from_people"))]
    named += [layer.get("edges") for layer in mapping(tree, "network").values() if isinstance(layer, dict)]
    return sorted(
        found | {name for name in named if isinstance(name, str) and (desk.plan.folder / name).is_file()}
    )


def place_of(desk: Desk, name: str) -> Path:
    """Return where a data file is: uploaded ones come before those beside the plan."""
    here = desk.uploads / name
    return here if here.is_file() or desk.plan is None else desk.plan.folder / name


def columns_of(path: Path) -> Mapping[str, Look]:
    """Return what the columns of a file hold, by name.

    Raises
    ------
    InputError
        What is wrong with the file itself.
    """
    return _columns(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _columns(path: Path, changed: int) -> Mapping[str, Look]:
    found = {}
    for name, column in read_sheet(path, path.name).columns.items():
        values = np.array(column.values, object)
        counts = np.bincount(column.codes[column.codes >= 0], minlength=len(values))
        order = np.argsort(-counts, kind="stable")
        told = [str(value) for value in values[order] if str(value)]
        numbers = column.numbers()
        is_number = bool(np.isfinite(numbers).any() and (np.isfinite(numbers) | (numbers != numbers)).all())
        is_number = is_number and all(_is_number(value) for value in told[:MOST_LABELS])
        found[name] = Look(tuple(told[:MOST_LABELS]), len(told), is_number)
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def move_in(desk: Desk) -> None:
    """Bring the plan on the page, with all files it names, to where uploads are: it can name them then.

    Raises
    ------
    InputError
        A base that the plan extends cannot be read.
    """
    plan = desk.plan
    if plan is None or plan.folder == desk.uploads:
        return
    for name in _named(plan):
        there, here = plan.folder / name, desk.uploads / name
        if there.is_file() and not here.exists() and here.resolve().is_relative_to(desk.uploads.resolve()):
            here.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(there, here)
    plan.folder = desk.uploads
    plan.draft = read_draft(plan.draft.text, plan.file, plan.folder)


def _named(plan: Plan) -> list[str]:
    """Return every file that a plan names, the bases it extends among them."""
    tree = plan.draft.tree or {}
    names = [name for _, name in names_in(tree)]
    text: str | None = plan.draft.text
    while text is not None and len(names) < 100:
        base = mapping(read_text(text, plan.file).value).get("extends")
        path = plan.folder / base if isinstance(base, str) else None
        text = path.read_text("utf-8") if path is not None and path.is_file() else None
        names += [base] if isinstance(base, str) else []
    return names


def as_people(name: str, columns: Mapping[str, Look], tree: Any, *, is_survey: bool) -> dict[Parts, Any]:
    """Return what to set so that a file becomes the public: columns are guessed where their names tell them."""
    used: dict[str, Any] = {}
    for channel in mapping(tree, "channels"):
        told = {
            key: _like(columns, f"{key}_{channel}", f"{channel}_{key}") for key in ("uses", "often", "freq")
        }
        often = told["often"] or told["freq"]
        use = {"uses": told["uses"], "often": often} if often else {"uses": told["uses"], "visits_per_day": 1}
        used[channel] = {key: value for key, value in use.items() if value is not None}
    table: dict[str, Any] = {"file": name, "usage": used}
    if is_survey:
        weight = _like(columns, *_WEIGHTS)
        table |= {} if weight is None else {"weight": weight}
    else:
        table["id"] = _like(columns, *_IDS) or next(iter(columns), "id")
    here, other = ("from_survey", "from_people") if is_survey else ("from_people", "from_survey")
    values: dict[Parts, Any] = {
        ("audience", here): table, ("audience", other): None, ("audience", "segments"): None,
    }  # fmt: skip
    if is_survey:
        values["audience", "agents"] = mapping(tree, "audience").get("agents") or 10_000
    else:
        values |= {("audience", "agents"): None, ("audience", "people"): None}
    return values


def _like(columns: Mapping[str, Look], *names: str) -> str | None:
    wanted = [name.lower() for name in names]
    return next((column for column in columns if column.lower() in wanted), None)


def as_ties(name: str, layer: str) -> dict[Parts, Any]:
    """Return what to set so that a file becomes the ties of a layer: its first two columns, from → to."""
    return {("network", layer): {"edges": name, "directed": True}}


def columns_or_faults(path: Path) -> Mapping[str, Look] | InputError:
    """Return the columns of a file, or what is wrong with it."""
    try:
        return columns_of(path)
    except InputError as error:
        return error
