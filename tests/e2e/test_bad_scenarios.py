"""Bad scenarios and options: where, what was got, what is wanted; exit 2; nothing written."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field

import pytest

from tests.e2e.command import edited, names, pregon, write
from tests.e2e.texts import DATA_FILES, PEOPLE, SURVEY, TINY

pytestmark = pytest.mark.e2e
PLAN = "plan.yaml"
CHOOSE = "choose: {rule: top, by: audience, count: 3}"
USES_TV = ("tv: {users: 0.5, visits_per_day: 1}, ", ""), ("tv: {users: 0.9, visits_per_day: 2}, ", "")


@dataclass(frozen=True)
class Case:
    """Hold one bad input and the words that its message must have."""

    name: str
    text: str | bytes
    words: tuple[str, ...]
    args: tuple[str, ...] = ()
    files: dict[str, str | bytes] = field(default_factory=dict)
    plan: str = PLAN


def line(text, piece):
    """Return `plan.yaml:` with the line on which a piece of the text stands."""
    return f"{PLAN}:{text[: text.index(piece)].count(chr(10)) + 1}:"


def slip(name, old, new, *words, base=TINY, at=None):
    """Return a case of one slip in a sound scenario; the message names its line."""
    text = edited(base, (old, new))
    return Case(name, text, (line(text, new if at is None else at), *words))


WRONG_TYPES = [
    slip("text for a number", "days: 5", "days: five", "days: 'five'", "whole number"),
    slip("number in quotes", "budget: 900", "budget: '900'", "tv_hello.budget: '900'", "write 900"),
    slip(
        "list for a mapping",
        "  flights:\n",
        "  flights: [1]\n  flights_:\n",
        "plan.flights: [1]",
        "want a mapping",
    ),
    slip("number for a name", "rule: top", "rule: 3", "choose.rule: 3", "want one of top"),
    slip("yes for true", "fee: 50", "fee: 50, disclosed: yes", "disclosed: 'yes'", "write true"),
    Case("a list for all", "- a\n- b\n", (PLAN, "a list", "want a mapping")),
]
UNKNOWN_KEYS = [
    slip("misspelt", "budget: 900", "budgte: 900", "tv_hello.budgte: unknown key", "did you mean budget?"),
    *(
        Case(f"absent {key}", TINY + f"{key}: {{}}\n", (line(TINY + key, key), f"{key}: unknown key"))
        for key in ("listening",)
    ),
    slip(
        "after",
        "quality: 0.6",
        "quality: 0.6, after: hello",
        "hello.after: a cycle: hello after hello; want an order with a first message",
    ),
]
OUT_OF_RANGE = [
    slip("share above 1", "quality: 0.6", "quality: 1.6", "hello.quality: 1.6", "from 0 to 1"),
    slip("negative money", "budget: 900", "budget: -3", "tv_hello.budget: -3", "from 0"),
    slip("not a number", "quality: 0.6", "quality: .nan", "hello.quality: nan", "want a number"),
    slip("infinite", "budget: 900", "budget: .inf", "tv_hello.budget: inf", "want a number"),
    slip("no agents", "agents: 400", "agents: 0", "audience.agents: 0", "from 2 to 20_000_000"),
    slip("one agent", "agents: 400", "agents: 1", "audience.agents: 1", "from 2 to 20_000_000"),
    slip(
        "a billion agents",
        "agents: 400",
        "agents: 1_000_000_000",
        "audience.agents: 1000000000",
        "20_000_000",
    ),
    slip("no days", "days: 5", "days: 0", "days: 0", "from 1 to 36_500"),
    slip("a billion days", "days: 5", "days: 1_000_000_000", "days: 1000000000", "from 1 to 36_500"),
    slip("no worlds", "replications: 3", "replications: 0", "replications: 0", "from 1 to 1_000_000"),
    slip(
        "no money of that name",
        "days: 5",
        "days: 5\ncurrency: euro",
        "currency: 'euro'",
        "USD",
        at="currency",
    ),
]
CROSS_REFERENCES = [
    slip(
        "unknown channel",
        "channel: tv,",
        "channel: radio,",
        "tv_hello.channel: no channel is named 'radio'",
        "tv, clips",
    ),
    slip(
        "unknown message",
        "clips_hello: {message: hello",
        "clips_hello: {message: hullo",
        "no message is named 'hullo'",
        "did you mean hello?",
    ),
    slip(
        "shares of 110 %", "share: 0.6", "share: 0.7", "audience.segments: shares sum to 1.1", at="segments:"
    ),
    slip("days outside the run", "days: 1-4", "days: 3-40", "tv_hello.days: day 40", "1 to 5"),
    Case("nobody uses it", edited(TINY, *USES_TV), ("tv_hello.channel: nobody uses tv",)),
    slip(
        "partners without followers",
        "clips: {generate: power_law, min_followers: 2}",
        "offline: {generate: small_world}",
        "voices.channel: clips has no layer of followers",
        at="voices:",
    ),
    slip(
        "price in dollars only",
        "days: 5",
        "days: 5\ncurrency: EUR",
        "price is known in USD only",
        "`cpm` in channels.tv",
        at="tv_hello:",
    ),
    slip(
        "more partners than people", "count: 3", "count: 401", "choose.count: 401", "400", "at most as many"
    ),
    slip("unknown person", CHOOSE, "people: [3, 400]", "voices.people.1: 400", "from 0 to 399"),
    slip(
        "indicator not split so",
        "known: {metric: awareness",
        "known: {metric: spend, segment: young",
        "objectives.known",
        "spend",
    ),
    slip(
        "sizes beside people",
        "audience:\n",
        "audience:\n  agents: 50\n",
        "audience.agents: 50 beside from_people",
        base=PEOPLE,
        at="agents",
    ),
    Case(
        "two publics",
        edited(SURVEY, ("  from_survey:", "  from_people: {file: people.csv, id: id}\n  from_survey:")),
        ("audience: both from_survey and from_people",),
        files=DATA_FILES,
    ),
]
UNREADABLE = [
    Case("empty", "", (PLAN, "an empty file", "pregon new")),
    Case("binary", bytes(range(256)), (PLAN, "a binary file", "plain text")),
    Case("UTF-16", TINY.encode("utf-16"), (PLAN, "a binary file")),
    Case(
        "Latin-1",
        TINY.replace("Tiny", "Canción").encode("latin-1"),
        (f"{PLAN}:1", "0xf3 is not UTF-8", "save"),
    ),
    Case("no such file", TINY, ("plam.yaml: no such file", "in that folder: plan.yaml"), plan="plam.yaml"),
    Case("a folder", TINY, (".: a folder", "want a scenario file"), plan="."),
    slip("bracket left open", "days: 5", "days: [5", "`[`", "not closed"),
    slip("a tab", "  people:", "\tpeople:", "a tab", "spaces"),
    Case(
        "key twice",
        TINY + "days: 6\n",
        (line(TINY + "days: 6", "days: 6"), "days: the same key twice (first on line 2)"),
    ),
    slip(
        "key twice in a flight",
        "budget: 900",
        "budget: 900, budget: 8",
        "tv_hello.budget: the same key twice",
    ),
    Case(
        "base is missing",
        "extends: bse.yaml\n" + TINY,
        (f"{PLAN}:1:1: extends: bse.yaml: no such file", "base.yaml"),
        files={"base.yaml": TINY},
    ),
    Case("extends itself", f"extends: {PLAN}\n{TINY}", (f"{PLAN}:1:1: extends", "a circle")),
    Case(
        "extends in a circle",
        "extends: b.yaml\n",
        ("b.yaml:1:1: extends", "a circle", "plan.yaml → b.yaml → plan.yaml"),
        files={"b.yaml": f"extends: {PLAN}\n{TINY}"},
    ),
    Case(
        "fault in the base",
        "extends: b.yaml\n",
        ("b.yaml:2:1: days: 'five'",),
        files={"b.yaml": TINY.replace("days: 5", "days: five")},
    ),
]
OPTIONS = [
    Case(
        "set: no such flight",
        TINY,
        ("--set plan.flights.tv_hallo.budget: no 'tv_hallo'", "did you mean tv_hello?"),
        ("--set", "plan.flights.tv_hallo.budget=3"),
    ),
    Case(
        "set: no such key",
        TINY,
        ("--set plan.flights.tv_hello.cap.time: no key 'time'", "did you mean times?"),
        ("--set", "plan.flights.tv_hello.cap.time=3"),
    ),
    Case("set: bad value", TINY, ("--set days: 'zero'", "whole number"), ("--set", "days=zero")),
    Case("set: no value", TINY, ("--set days: no `=`", "address=value"), ("--set", "days")),
    Case("set: no YAML", TINY, ("--set days: ", "not closed"), ("--set", "days=[1")),
    Case("no worlds asked", TINY, ("--replications", "greater than or equal to 1"), ("--replications", "0")),
    Case(
        "10^9 worlds asked",
        TINY,
        ("--replications", "less than or equal to 1000000"),
        ("--replications", "1000000000"),
    ),
    Case("no threads", TINY, ("--threads", "greater than or equal to 1"), ("--threads", "0")),
    Case(
        "master seed below 0", TINY, ("--master-seed", "greater than or equal to 0"), ("--master-seed", "-1")
    ),
    Case(
        "out is a file",
        TINY,
        ("--out plan.yaml: a file of that name exists", "want a folder"),
        ("--out", PLAN),
    ),
    Case(
        "out in a file",
        TINY,
        (f"--out {PLAN}/out: cannot be written", "want a folder"),
        ("--out", f"{PLAN}/out"),
    ),
    Case("out too long", TINY, ("cannot be written (File name too long)",), ("--out", "x" * 300)),
]
GROUPS = (WRONG_TYPES, UNKNOWN_KEYS, OUT_OF_RANGE, CROSS_REFERENCES, UNREADABLE, OPTIONS)
CASES = [case for group in GROUPS for case in group]


def refused(case, folder, command="run", under=()):
    """Run a bad input; check that it is refused by the rules, and return what was said."""
    write(folder, {PLAN: case.text} | case.files)
    before = names(folder)
    out = () if command == "check" or "--out" in case.args else ("--out", "out")
    finished = pregon(command, case.plan, *out, *case.args, cwd=folder, under=under)
    assert finished.code == 2, finished.out + finished.err
    assert "Traceback" not in finished.err
    assert finished.out == ""
    assert names(folder) == before
    for word in case.words:
        assert word in finished.err, f"{word} is not in\n{finished.err}"
    return finished.err


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_is_refused(case, tmp_path):
    refused(case, tmp_path)


def test_names_of_cases_are_their_own():
    assert len({case.name for case in CASES}) == len(CASES)


def test_check_refuses_as_run_does(tmp_path):
    text = edited(TINY, ("days: 5", "days: five"))
    said = [refused(Case("", text, ("days: 'five'",)), tmp_path, command) for command in ("run", "check")]
    assert said[0] == said[1]


def test_all_faults_come_together_in_the_order_of_the_file(tmp_path):
    text = edited(
        TINY,
        ("days: 5", "days: -5"),
        ("share: 0.6", "share: 0.9"),
        ("quality: 0.6", "qualty: 0.6"),
        ("channel: tv,", "channel: radio,"),
    )
    case = Case("", text, ("5 faults; nothing was written.",), ("--set", "currency=euro"))
    lines = refused(case, tmp_path).splitlines()
    assert len(lines) == 6
    places = [int(said.split(":")[1]) for said in lines[:5] if said.startswith(PLAN)]
    assert places == sorted(places)
    assert len(places) == 4
    assert any(said.startswith("--set currency: 'euro'") for said in lines)


def test_a_line_number_stays_a_number(tmp_path):
    """100 between colons is an emoji to a terminal library, and a line to a planner."""
    text = "#\n" * 99 + "nam: x\n"
    said = refused(Case("", text, ("nam: unknown key",)), tmp_path)
    assert f"{PLAN}:100:1: nam: unknown key" in said


def no_more_than_others() -> tuple[str, ...]:
    """Return what takes from root the right to write where modes forbid it; nothing for other users."""
    if os.geteuid():
        return ()
    rights = "-dac_override,-dac_read_search"
    under = ("setpriv", f"--inh-caps={rights}", f"--bounding-set={rights}")
    if shutil.which("setpriv") and subprocess.run([*under, "true"]).returncode == 0:
        return under
    said = "root may write everywhere, and there is no setpriv (util-linux) to forbid it"
    pytest.fail(said) if os.environ.get("CI") == "true" else pytest.skip(said)


def test_out_in_a_locked_folder(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    case = Case("", TINY, ("--out locked/out: cannot be written",), ("--out", "locked/out"))
    refused(case, tmp_path, under=no_more_than_others())


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="there is no /proc")
def test_out_where_nothing_can_be_written(tmp_path):
    refused(Case("", TINY, ("--out /proc/pregon: cannot be written",), ("--out", "/proc/pregon")), tmp_path)
