"""What one browser tab works on: plans as text, results, and the one job that runs; it survives a reload."""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.app.state.guard import outside, refuse_swollen
from sim.app.state.jobs import Job
from sim.errors import Fault, InputError
from sim.scenario import draft as drafts
from sim.scenario.draft import Draft, read_draft
from sim.scenario.path import Parts
from sim.scenario.source import MOST_BYTES

if TYPE_CHECKING:
    from sim.app.state.kept import Ask, Chosen, Kept
    from sim.experiment.compare import Comparison
    from sim.results.frames import Result

FOLDER = "PREGON_PAGE_FOLDER"  # names, in the surroundings, the folder that is served
MOST_DESKS = 20
MOST_PLANS = 24
MOST_RESULTS = 8
MOST_SWEEPS = 4
MOST_CHOICES = 12
MOST_DATA_BYTES = 100_000_000
PLAN_ENDINGS = (".yaml", ".yml")
DATA_ENDINGS = (".csv", ".tsv", ".txt", ".parquet", ".graphml", ".xml")
_PLAIN_NAME = re.compile(r"[^\w .()+-]")


@dataclass(slots=True, eq=False)
class Plan:
    """Hold a plan under way: its text, and where the files it names are."""

    key: str
    file: str
    folder: Path
    draft: Draft

    @property
    def name(self) -> str:
        """The scenario's name, or its file's where it has none yet."""
        found = (self.draft.tree or {}).get("name")
        return found if isinstance(found, str) and found else self.file


@dataclass(slots=True, eq=False)
class Desk:
    """Hold all that a tab shows.

    Attributes
    ----------
    plans : dict of str to Plan      in the order they were opened
    current : str                    key of the plan on the page; empty before one is opened
    language : str                   ``en`` or ``es``
    dark : bool
    results : dict                   (scenario hash, worlds) → result, the last used last
    sweeps : dict                    (scenario hash, worlds) → what a sweep has left so far, the last used last
    asks : dict of str to Ask        plan → what people were last asked for
    choices : dict of str to Chosen  hash of plan and ask → the people chosen, the last used last
    worlds : dict of str to (int, int)    plan → its own number of worlds, and the one asked for
    comparison : Comparison or None  the last but for that of `job`
    compared : tuple of (scenario hash, worlds)    the results that it is of, also where it is yet to be made again
    glances : dict                  scenario hash → first look, as the report reads a result
    first_look : bool or None       whether a first look follows each edit; None: as the plan's size has it
    job : Job or None                the last long work
    home : Path or None              folder in which its work outlives the server (`keeping`); None: nowhere
    written : str                    what was last written there of its plans
    """

    plans: dict[str, Plan] = field(default_factory=dict)
    current: str = ""
    language: str = "en"
    dark: bool = False
    results: OrderedDict[tuple[str, int], Result] = field(default_factory=OrderedDict)
    comparison: Comparison | None = None
    compared: tuple[tuple[str, int], ...] = ()
    sweeps: OrderedDict[tuple[str, int], Kept] = field(default_factory=OrderedDict)
    asks: dict[str, Ask] = field(default_factory=dict)
    choices: OrderedDict[str, Chosen] = field(default_factory=OrderedDict)
    job: Job | None = None
    opened: int = 0
    worlds: dict[str, tuple[int, int]] = field(default_factory=dict)
    first_look: bool | None = None
    glances: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    home: Path | None = None
    written: str = ""
    _uploads: tempfile.TemporaryDirectory[str] | None = None

    @property
    def plan(self) -> Plan | None:
        """The plan on the page."""
        return self.plans.get(self.current)

    @property
    def uploads(self) -> Path:
        """Folder of what was uploaded in this tab; where it has no home, it goes when the tab's desk goes."""
        if self.home is not None:
            kept = self.home / "files"
            kept.mkdir(exist_ok=True)
            return kept
        if self._uploads is None:
            self._uploads = tempfile.TemporaryDirectory(prefix="pregon-page-", ignore_cleanup_errors=True)
        return Path(self._uploads.name)

    def open_text(self, text: str, file: str, folder: Path) -> Plan:
        """Open a text as a further plan, and show it; the plan longest open goes when there are too many."""
        self.opened += 1
        while len(self.plans) >= MOST_PLANS:
            self.plans.pop(next(iter(self.plans)))
        plan = Plan(f"p{self.opened}", file, folder, self._read(text, file, folder))
        self.plans[plan.key] = plan
        self.current = plan.key
        return plan

    def open_file(self, path: Path) -> Plan:
        """Open a scenario file.

        Raises
        ------
        InputError
            If it cannot be read as text.
        """
        return self.open_text(text_of(path.read_bytes(), path.name), path.name, path.parent)

    def write(self, text: str) -> None:
        """Replace the text of the plan on the page."""
        plan = self.plans[self.current]
        plan.draft = self._read(text, plan.file, plan.folder)

    def _read(self, text: str, file: str, folder: Path) -> Draft:
        """Read a plan; one that was uploaded names files beside it only."""
        is_uploaded = (self.home is not None or self._uploads is not None) and folder == self.uploads
        faults = outside(text, file) if is_uploaded else ()
        return Draft(text, None, None, faults) if faults else read_draft(text, file, folder)

    def put(self, values: Mapping[Parts, Any]) -> None:
        """Set values of the plan on the page; None takes a key away."""
        self.write(drafts.with_values(self.plans[self.current].draft.text, values))

    def rename(self, parts: Parts, name: str) -> None:
        """Give an entry of the plan another name; raise `InputError` where it is taken."""
        self.write(drafts.renamed(self.plans[self.current].draft.text, parts, name))

    def take_table_in(self) -> None:
        """Write the flights of the table that the plan on the page names into its text, which then names none."""
        plan = self.plans[self.current]
        self.write(drafts.with_table_taken_in(plan.draft, plan.file, plan.folder))

    def duplicate(self, suffix: str) -> Plan:
        """Open a copy of the plan on the page under a name of its own."""
        plan = self.plans[self.current]
        copy = self.open_text(plan.draft.text, plan.file, plan.folder)
        taken = {other.name for other in self.plans.values() if other is not copy}
        name, n = f"{plan.name} ({suffix})", 2
        while name in taken:
            name, n = f"{plan.name} ({suffix} {n})", n + 1
        if copy.draft.tree is not None:
            self.put({("name",): name})
        return copy

    def close(self, key: str) -> None:
        """Take a plan off the page."""
        self.plans.pop(key, None)
        self.worlds.pop(key, None)
        self.asks.pop(key, None)
        if self.current == key:
            self.current = next(reversed(self.plans), "")

    def take_upload(self, name: str, data: bytes) -> str:
        """Keep an uploaded file beside the plans of this tab, or open it where it is a plan.

        Parameters
        ----------
        name : str
            As the browser tells it; only its last part counts.
        data : bytes
            What came; what the browser says of its size is not asked.

        Returns
        -------
        str
            The name it is kept under.

        Raises
        ------
        InputError
            Another kind of file, too large, or no text where a plan is expected.
        """
        plain = _PLAIN_NAME.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")[-100:]
        ending = Path(plain).suffix.lower()
        most = MOST_BYTES if ending in PLAN_ENDINGS else MOST_DATA_BYTES
        if ending not in PLAN_ENDINGS + DATA_ENDINGS:
            wanted = f"want a plan ({', '.join(PLAN_ENDINGS)}) or data ({', '.join(DATA_ENDINGS)})"
            raise InputError(Fault(plain or "upload", f"a file of kind {ending or 'unknown'!r}", wanted))
        if len(data) > most:
            raise InputError(
                Fault(plain, f"more than {most / 1e6:.0f} MB", f"want at most {most / 1e6:.0f} MB")
            )
        if ending in PLAN_ENDINGS:
            self.open_text(text_of(data, plain), plain, self.uploads)
        else:
            if ending == ".parquet":
                refuse_swollen(plain, data)
            (self.uploads / plain).write_bytes(data)
        return plain

    def work_on(self, job: Job) -> None:
        """Take up further work; the last comparison stays to be read."""
        if self.job is not None and self.job.comparison is not None:
            self.comparison, self.compared = self.job.comparison, self.job.compared
        self.job = job

    @property
    def last_compared(self) -> tuple[tuple[str, int], ...]:
        """The results that the comparison which is shown is of."""
        return self.job.compared if self.job is not None and self.job.compared else self.compared

    def worlds_of(self, key: str) -> int:
        """Return how many worlds a plan is tried on: as last asked for since its own number changed, else its own."""
        plan = self.plans.get(key)
        scenario = None if plan is None else plan.draft.scenario
        own = 40 if scenario is None else scenario.replications
        before, asked = self.worlds.get(key, (own, own))
        return asked if before == own or scenario is None else own

    def ask_worlds(self, key: str, n: int) -> None:
        """Keep how many worlds a plan is to be tried on."""
        plan = self.plans.get(key)
        if plan is not None and plan.draft.scenario is not None:
            self.worlds[key] = (plan.draft.scenario.replications, n)

    def leave(self) -> None:
        """Stop what runs, and remove the files of this tab where it has no home."""
        if self.job is not None:
            self.job.stop.set()
        if self._uploads is not None:
            self._uploads.cleanup()

    def keep(self, key: tuple[str, int], result: Result) -> None:
        """Keep a result; those longest unused go."""
        self.results[key] = result
        self.results.move_to_end(key)
        while len(self.results) > MOST_RESULTS:
            self.results.popitem(last=False)


def text_of(data: bytes, name: str) -> str:
    """Return bytes as text.

    Raises
    ------
    InputError
        If they are no UTF-8 text.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        got = f"byte {data[error.start]:#04x} is not UTF-8"
        raise InputError(Fault(name, got, "want UTF-8 text", "save the file as UTF-8")) from None
    if "\0" in text:
        raise InputError(Fault(name, "a binary file", "want a scenario in plain text (YAML, UTF-8)"))
    return text


_desks: OrderedDict[tuple[str, str], Desk] = OrderedDict()
_lock = threading.Lock()


def desk_of(session: str, tab: str, new: Callable[[], Desk]) -> Desk:
    """Return the desk of a tab of a browser session: the one it had, or a new one."""
    with _lock:
        found = _desks.pop((session, tab), None) or new()
        _desks[session, tab] = found
        while len(_desks) > MOST_DESKS:
            _, gone = _desks.popitem(last=False)
            gone.leave()
        return found


def shelf(folder: Path) -> list[Path]:
    """Return the scenario files of a folder and of its ``scenarios``, by name."""
    found = []
    for place in (folder, folder / "scenarios"):
        if place.is_dir():
            found += sorted(
                path for path in place.iterdir() if path.suffix in PLAN_ENDINGS and path.is_file()
            )
    return [path for path in found if path.stat().st_size <= MOST_BYTES]


def threads() -> int:
    """Return how many worlds run at a time: one processor stays free for the page."""
    return max(1, (os.cpu_count() or 2) - 1)
