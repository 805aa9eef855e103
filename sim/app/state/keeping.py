"""What of a tab's work outlives the server: plans, uploads, sweeps and choices, in a folder of its browser's own.

It stands beside the cache of publics (``…/pregon/work``), readable by this user alone. Its name is a hash of what the
browser calls its session, which only that browser knows; what nobody came back to for `MOST_DAYS` days goes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from sim import public_cache
from sim.app.state.desk import Desk
from sim.app.state.kept import Ask, Chosen
from sim.results.files import write_parquet, write_whole

MOST_DAYS = 14
MOST_CHOICES = 24
_PLANS = "plans.json"
_FORMAT = 1


def root() -> Path | None:
    """Return where the work of all browsers is kept; None where the cache is switched off."""
    publics = public_cache.folder()
    return None if publics is None else publics.parent / "work"


def home_of(session: str, tab: str) -> Path | None:
    """Return the folder of a tab of a browser session, made where needed; None where there can be none."""
    place = root()
    if place is None:
        return None
    home = place / _hash(session) / "tabs" / _hash(tab)
    try:
        home.mkdir(parents=True, exist_ok=True)
        for folder in (place, place / _hash(session)):
            folder.chmod(0o700)
        os.utime(place / _hash(session))
    except OSError:
        return None
    return home


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def sweep_out(days: float = MOST_DAYS) -> None:
    """Remove the work of browsers that have not come back for so many days."""
    place = root()
    if place is None or not place.is_dir():
        return
    for folder in place.iterdir():
        with suppress(OSError):
            if folder.stat().st_mtime < time.time() - 86_400 * days:
                shutil.rmtree(folder, ignore_errors=True)


def save(desk: Desk) -> None:
    """Write down the plans of a tab, and what is asked, where they have changed; a full disk is no fault of theirs."""
    if desk.home is None:
        return
    plans = [
        {"key": plan.key, "file": plan.file, "folder": str(plan.folder), "text": plan.draft.text}
        for plan in desk.plans.values()
    ]
    told = {
        "format": _FORMAT, "opened": desk.opened, "current": desk.current, "language": desk.language,
        "dark": desk.dark, "worlds": desk.worlds, "plans": plans,
        "compared": desk.last_compared, "asks": {key: asdict(ask) for key, ask in desk.asks.items()},
    }  # fmt: skip
    text = json.dumps(told, ensure_ascii=False)
    with suppress(OSError):
        if text != desk.written:
            path = desk.home / _PLANS
            write_whole(path, lambda beside: beside.write_text(text, "utf-8", "surrogatepass"))
            desk.written = text


def restored(home: Path | None, language: str, dark: bool) -> Desk:
    """Return the desk that a folder tells of; an empty one where it tells nothing that can be read."""
    desk = Desk(language=language, dark=dark, home=home)
    if home is None:
        return desk
    try:
        told = json.loads((home / _PLANS).read_text("utf-8", "surrogatepass"))
        if told["format"] == _FORMAT:
            _put_back(desk, told)
    except (OSError, ValueError, KeyError, TypeError):
        return Desk(language=language, dark=dark, home=home)
    return desk


def _put_back(desk: Desk, told: dict[str, Any]) -> None:
    for plan in told["plans"]:
        desk.opened = int(plan["key"][1:]) - 1
        desk.open_text(plan["text"], plan["file"], Path(plan["folder"]))
    desk.opened = told["opened"]
    desk.language, desk.dark = told["language"], told["dark"]
    desk.worlds = {key: (own, asked) for key, (own, asked) in told["worlds"].items()}
    desk.compared = tuple((str(key), int(worlds)) for key, worlds in told.get("compared", ()))
    for key, ask in told["asks"].items():
        lists = {name: tuple(ask[name]) for name in ("rules", "also_on", "booked")}
        desk.asks[key] = Ask(**ask | lists)
    if told["current"] in desk.plans:
        desk.current = told["current"]


def keep_choice(desk: Desk, key: str, chosen: Chosen) -> None:
    """Write down who was chosen."""
    if desk.home is None:
        return
    folder = _choices(desk.home)
    answer = chosen.answer
    told = {
        "format": _FORMAT, "facts": asdict(answer.facts), "lists": chosen.lists, "costs": chosen.costs,
        "is_named": chosen.is_named, "worlds": chosen.worlds,
    }  # fmt: skip
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in (("people", answer.people.reset_index()), ("effects", answer.effects)):
            path = folder / f"{named(key)}.{name}.parquet"
            write_whole(path, lambda beside, frame=frame: write_parquet(frame, beside))  # type: ignore[misc]
        write_whole(
            folder / f"{named(key)}.json", lambda beside: beside.write_text(json.dumps(told), "utf-8")
        )
        told_of = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in told_of[:-MOST_CHOICES]:
            for file in folder.glob(f"{path.stem}.*"):
                file.unlink(missing_ok=True)


def choice(desk: Desk, key: str) -> Chosen | None:
    """Return who was chosen before; None where nobody was, or it cannot be read."""
    from sim.experiment.influencer_report import Answer
    from sim.results.report.influencer_facts import Facts

    if desk.home is None:
        return None
    path = _choices(desk.home) / f"{named(key)}.json"
    try:
        told = json.loads(path.read_text("utf-8"))
        people, effects = (
            pd.read_parquet(path.with_suffix(f".{name}.parquet")) for name in ("people", "effects")
        )
        lists = {name: tuple(told["facts"][name]) for name in ("also_on", "target")}
        answer = Answer(people.set_index("place"), effects, Facts(**told["facts"] | lists))
        return Chosen(answer, told["lists"], told["costs"], told["is_named"], told["worlds"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def sweeps(home: Path) -> Path:
    """Return the folder of the sweeps of a tab's browser session."""
    return home.parents[1] / "sweeps"


def code() -> str:
    """Return what names the code by which numbers come about: others are not found again."""
    here = Path(public_cache.__file__).parent
    rooms = [path.name for path in here.iterdir() if path.name != "app" and (path / "__init__.py").is_file()]
    return public_cache.code_version(tuple(sorted([*rooms, *(path.name for path in here.glob("*.py"))])))


def _choices(home: Path) -> Path:
    return home.parents[1] / "choices"


def named(key: str) -> str:
    """Return the file name of what was found: of what was asked, and of the code that answers."""
    return _hash(key + code())
