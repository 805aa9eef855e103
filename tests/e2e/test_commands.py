"""What each command says and leaves behind: new, check, schema, help."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys

import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.e2e.command import ROOT, done, environment, names, pregon, write
from tests.e2e.texts import DATA_FILES, PEOPLE, SURVEY, TINY

pytestmark = pytest.mark.e2e
COMMANDS = ("new", "check", "run", "compare", "schema")


def plain(text):
    """Return a YAML text as JSON has it: dates as text."""
    tree = YAML(typ="safe", pure=True).load(text)
    return json.loads(json.dumps(tree, default=datetime.date.isoformat))


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    return json.loads(done("schema", cwd=tmp_path_factory.mktemp("schema")).out)


def test_new_writes_a_plan_that_passes_check(tmp_path):
    told = done("new", "spring", cwd=tmp_path)
    assert names(tmp_path) == ["spring.yaml"]
    assert "pregon check spring.yaml" in told.out
    checked = done("check", "spring.yaml", cwd=tmp_path)
    assert checked.out.startswith("spring: 60 days, 40 worlds, master seed 7\n")
    assert checked.err == ""
    assert names(tmp_path) == ["spring.yaml"]


def test_new_refuses_what_it_would_lose_or_cannot_write(tmp_path):
    write(tmp_path, {"spring.yaml": "mine\n"})
    for name, words in (
        ("spring", "the file exists"),
        ("spring.yaml", "the file exists"),
        ("nowhere/plan", "cannot be written"),
        ("", "no name"),
    ):
        refused = pregon("new", name, cwd=tmp_path)
        assert refused.code == 2, name
        assert words in refused.err
    assert names(tmp_path) == ["spring.yaml"]
    assert (tmp_path / "spring.yaml").read_text() == "mine\n"


def test_check_tells_people_ties_sharing_days_memory_and_time(tmp_path):
    write(tmp_path, {"plan.yaml": TINY})
    changes = ("--set", "replications=7", "--set", "name=Tiny, but longer", "--set", "days=9")
    told = done("check", "plan.yaml", "--threads", 2, *changes, cwd=tmp_path).out
    for pattern in (
        r"^Tiny, but longer: 9 days, 7 worlds, master seed 3$",
        r"^public: 400 simulated persons for 40,000 people \(one stands for 100\)$",
        r"^  segments: young 40\.0 %, old 60\.0 %$",
        r"^  tv: \d+\.\d % use it, \d\.\d\d visits per user and day$",
        r"^network clips: [\d,]+ ties, mean \d+\.\d and at most \d+ followers, ",
        r"^sharing on clips: β = 0?\.\d+",
        r"^flight tv_hello: 25,000 impressions, 0\.0 % undeliverable, speed-up 1\.00, USD 900$",
        r"^flight clips_hello: 30,000 impressions, .* USD \d+$",
        r"^partners voices: 3 people with [\d,]+00 followers in all, 3 posts, USD 150$",
        r"^each world is lived 3 times: with the plan, without it, without partners$",
        r"^memory: about \d+ MB .*2 threads\)$",
        r"^  of which [\d.]+ MB per world hold up to 10,000 variants of messages",
        r"^time: about \d+ s for 7 worlds on 2 threads$",
    ):
        assert re.search(pattern, told, re.MULTILINE), f"{pattern} is not in\n{told}"
    assert names(tmp_path) == ["plan.yaml"]


def test_schema_is_a_json_schema_of_the_language(schema):
    validator = jsonschema.validators.validator_for(schema, default=None)
    assert validator is not None
    validator.check_schema(schema)
    missing = " ".join(error.message for error in validator_of(schema).iter_errors({}))
    for key in ("name", "days", "audience", "channels", "messages"):
        assert f"'{key}' is a required property" in missing
    assert not list(validator_of(schema).iter_errors({"extends": "base.yaml", "days": 3}))


def test_ready_plans_and_the_tests_own_fit_the_schema(schema):
    ready = sorted((ROOT / "scenarios").glob("*.yaml"))
    assert len(ready) >= 2
    texts = {path.name: path.read_text("utf-8") for path in ready}
    texts |= {"tiny": TINY, "people": PEOPLE, "survey": SURVEY}
    for name, text in texts.items():
        faults = [error.message for error in validator_of(schema).iter_errors(plain(text))]
        assert not faults, f"{name}: {faults}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("days: 5", "dayz: 5"),
        ("quality: 0.6", "quality: 1.6"),
        ("days: 5", "days: five"),
        ("tv_hello: {", "tv_hello: {x: 1, "),
    ],
)
def test_schema_refuses_what_check_refuses(schema, old, new):
    assert old in TINY
    assert list(validator_of(schema).iter_errors(plain(TINY.replace(old, new, 1))))


def validator_of(schema):
    return jsonschema.validators.validator_for(schema)(schema)


def test_people_and_survey_texts_are_sound(tmp_path):
    """The texts that the tests of bad input start from are good input."""
    write(tmp_path, {"people.yaml": PEOPLE, "survey.yaml": SURVEY} | DATA_FILES)
    assert "60 simulated persons for 60 people" in done("check", "people.yaml", cwd=tmp_path).out
    assert "400 simulated persons for 40,000 people" in done("check", "survey.yaml", cwd=tmp_path).out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_is_a_small_manual(command, tmp_path):
    told = done(command, "--help", cwd=tmp_path).out
    assert f"Usage: pregon {command}" in told
    words = {
        "new": ("starter", "NAME.yaml"),
        "check": ("--set", "Writes nothing", "--threads"),
        "run": (
            "--out",
            "--replications",
            "--master-seed",
            "--threads",
            "--set",
            "summary.csv",
            "worlds.parquet",
            "daily.parquet",
            "provenance.json",
            "report.html",
            "Ctrl-C",
        ),
        "compare": ("--out", "comparison.csv", "report.html", "same people, same luck", "result folders"),
        "schema": ("JSON Schema",),
    }
    for word in words[command]:
        assert word in told, word
    assert "-h" in told


def test_help_of_the_whole_names_commands_and_exit_codes(tmp_path):
    told = done("--help", cwd=tmp_path).out
    for word in (*COMMANDS, "0 done", "1 failed", "2 bad input", "130 interrupted"):
        assert word in told, word
    bare = pregon(cwd=tmp_path)
    assert "Usage: pregon" in bare.out + bare.err


def test_help_loads_nothing_heavy():
    """What makes the start slow stays out until a command needs it."""
    heavy = ("numba", "pandas", "mesa", "pyarrow", "scipy", "altair", "pydantic", "ruamel", "numpy")
    code = f"import sim.cli, sys; print([name for name in {heavy!r} if name in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


def test_a_fault_of_the_scenario_needs_nothing_heavy(tmp_path):
    """A slip of the pen is answered at once: what runs worlds is not loaded for it."""
    write(tmp_path, {"plan.yaml": TINY.replace("days: 5", "days: five")})
    code = (
        "import sys; from sim.cli import app, guarded\n"
        "for argv in (['check', 'plan.yaml'], ['run', 'plan.yaml', '--out', 'out'],"
        " ['compare', 'plan.yaml', 'plan.yaml', '--out', 'out']):\n"
        "    sys.argv = ['pregon', *argv]\n"
        "    assert guarded(app) == 2\n"
        "print([name for name in ('numba', 'pandas', 'mesa') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert told.stdout.strip() == "[]", told.stderr
