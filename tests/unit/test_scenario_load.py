"""Reading scenario files: what is no scenario at all, files over each other, values set by option."""

from __future__ import annotations

import datetime
import pickle
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.schema import Scenario
from sim.scenario.starter import starter_text

BROKEN = {
    "empty": (b"", "x.yaml: an empty file; want a scenario (`pregon new` writes one)"),
    "only a comment": (b"# nothing\n", "x.yaml: an empty file; want a scenario"),
    "a list": (b"- a\n- b\n", "x.yaml: a list; want a mapping `key: value`"),
    "a word": (b"hello\n", "x.yaml: a single value; want a mapping `key: value`"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "x.yaml: a binary file; want a scenario in plain text"),
    "control character": (b"name: a\ndays: \x1b[31m3\n", "x.yaml:2: control character 0x1b; want a scenario"),
    "latin-1": (b"name: x\nnote: caf\xe9\n", "x.yaml:2: byte 0xe9 is not UTF-8; want UTF-8 text"),
    "utf-16": ("name: x".encode("utf-16"), "x.yaml: a binary file; want a scenario in plain text"),
    "truncated gzip": (b"\x1f\x8b\x08\x08\xff\xfe", "x.yaml:1: byte 0x8b is not UTF-8"),
    "tab": (b"audience:\n\tagents: 5\n", "x.yaml:2:1: a tab; want spaces to indent"),
    "indentation": (
        b"days: 3\n name: x\n",
        "x.yaml:2:6: a `key: value` that cannot stand here; want one key",
    ),
    "open bracket": (
        b"days: [1,\nname: x\n",
        "x.yaml:1:7: a list `[` that is not closed or lacks a comma; want `[a, b]`",
    ),
    "open quote": (b'name: "x\n', "x.yaml:1:7: a quote that is not closed; want the closing quote"),
    "strange start": (b"name: @x\n", "x.yaml:1:7: '@' at the start of a value; want it in quotes"),
    "two documents": (b"name: x\n---\nname: y\n", "x.yaml:2:1: a second document (`---`); want one scenario"),
    "undefined alias": (b"name: *x\n", "x.yaml:1:7: not YAML: found undefined alias 'x'"),
    "too deep": (b"[" * 5_000, "x.yaml: nested too deep; want a scenario of a few levels"),
    "deep": (b"a: " + b"[" * 60 + b"]" * 60, "x.yaml:1:54: nested too deep; want a scenario of a few levels"),
    "alias to itself": (b"name: &a [*a]\n", "x.yaml:1:7: name.0: an alias to itself; want plain values"),
    "too large": (b"#" * 5_000_001, "x.yaml: 5.0 MB; want a scenario file (YAML) of at most 5 MB"),
    "huge number": (b"days: " + b"9" * 5000 + b"\n", "' is no number; want a number, or text in quotes"),
}
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)


def faults_of(path: str | Path, *overrides: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        Scenario.load(path, overrides)
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the starter scenario in it, made the current one."""
    (tmp_path / "plan.yaml").write_text(starter_text(), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_scenario(case: str, folder: Path) -> None:
    data, told = BROKEN[case]
    (folder / "x.yaml").write_bytes(data)
    assert told in "\n".join(faults_of("x.yaml"))


def test_aliases_that_stand_for_millions_of_values(folder: Path) -> None:
    (folder / "x.yaml").write_text(BOMB)
    assert "aliases that repeat too much; want at most 10_000 values" in faults_of("x.yaml")[0]


def test_an_alias_is_its_value(folder: Path) -> None:
    text = starter_text().replace("{entertainment: 0.9}", "&it {entertainment: 0.9}")
    (folder / "x.yaml").write_text(text.replace("{personal_identity: 0.7, information: 0.4}", "*it"))
    assert Scenario.load("x.yaml").messages["reveal"].appeals == {"entertainment": 0.9}


def test_no_file_and_a_folder(folder: Path) -> None:
    assert faults_of("plam.yaml") == [
        "plam.yaml: no such file; want a scenario file (YAML) (in that folder: plan.yaml)"
    ]
    assert faults_of(folder) == [f"{folder}: a folder; want a scenario file (YAML)"]
    assert "cannot be read" in faults_of("a\0b")[0]


def test_utf8_with_a_mark_is_read(folder: Path) -> None:
    (folder / "x.yaml").write_text("\ufeff" + starter_text("Año"), "utf-8")
    assert Scenario.load("x.yaml").name == "Año"


def test_values_are_those_of_yaml_1_2(folder: Path) -> None:
    scenario = Scenario.load("plan.yaml", ["start=2027-03-01"])
    assert scenario.start == datetime.date(2027, 3, 1)
    assert scenario.audience.people == 2_000_000
    assert scenario.plan.flights["teaser_tv"].days == (1, 14)
    assert scenario.plan.flights["reveal_newsletter"].posts == (12, 26)
    assert Scenario.load("plan.yaml", ["start='2027-03-01'"]).start == scenario.start


def test_a_scenario_knows_where_its_values_stand(folder: Path) -> None:
    scenario = Scenario.load("plan.yaml", ["days=50"])
    line = starter_text().splitlines().index("    teaser_tv:" + _flight_line()) + 1
    assert (
        scenario.where("plan.flights.teaser_tv.days") == f"plan.yaml:{line}:47: plan.flights.teaser_tv.days"
    )
    assert scenario.where("days") == "--set days"
    not_written = "plan.flights.teaser_tv.cap"
    assert scenario.where(not_written) == f"plan.yaml:{line}:5: {not_written}"
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def _flight_line() -> str:
    found = next(line for line in starter_text().splitlines() if line.startswith("    teaser_tv:"))
    return found.removeprefix("    teaser_tv:")


def test_overlay_merges_mappings_and_replaces_the_rest(folder: Path) -> None:
    (folder / "over.yaml").write_text(
        """\
extends: plan.yaml
name: Less television
audience: {segments: {students: {motivations: {information: 5}, usage: {tv: null}}}}
plan:
  flights:
    teaser_tv: null
    reveal_newsletter: {posts: [9]}
  partners: null
sharing: null
"""
    )
    scenario, base = Scenario.load("over.yaml"), Scenario.load("plan.yaml")
    students = scenario.audience.segments["students"]
    assert scenario.name == "Less television"
    assert students.motivations == {"entertainment": 3, "personal_identity": 2, "information": 5}
    assert set(students.usage) == {"instagram", "newsletter"}
    assert set(scenario.plan.flights) == {"reveal_instagram", "reveal_newsletter"}
    assert scenario.plan.flights["reveal_newsletter"].posts == (9,)
    assert scenario.plan.partners == {}
    assert scenario.sharing is None
    assert scenario.messages == base.messages


def test_faults_name_the_file_they_stand_in(folder: Path) -> None:
    text = starter_text().replace("quality: 0.6", "quality: 6")
    (folder / "base.yaml").write_text(text)
    (folder / "over.yaml").write_text("extends: base.yaml\nmessages:\n  reveal: {quality: 7}\n")
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "quality: 6}" in row)
    first, second = faults_of("over.yaml")
    assert first.startswith(f"base.yaml:{line}:43: messages.teaser.quality: 6; want a number from 0 to 1")
    assert second.startswith("over.yaml:3:12: messages.reveal.quality: 7; want a number from 0 to 1")


def test_files_of_a_base_are_found_from_where_it_stands(folder: Path) -> None:
    (folder / "bases").mkdir()
    (folder / "bases" / "ties.csv").write_text("a,b\n1,2\n")
    small_world = "offline: {generate: small_world}"
    assert small_world in starter_text()
    text = starter_text().replace(small_world, "offline: {edges: ties.csv, directed: false}")
    (folder / "bases" / "base.yaml").write_text(text)
    (folder / "over.yaml").write_text("extends: bases/base.yaml\n")
    scenario = Scenario.load("over.yaml")
    assert scenario.data_files() == {"network.offline.edges": Path("bases/ties.csv")}
    (folder / "deeper").mkdir()
    (folder / "deeper" / "over.yaml").write_text("extends: ../over.yaml\n")
    again = Scenario.load("deeper/over.yaml")
    assert again.data_files()["network.offline.edges"].read_text() == "a,b\n1,2\n"


def test_circles_and_bases_that_are_not_there(folder: Path) -> None:
    (folder / "a.yaml").write_text("extends: b.yaml\n")
    (folder / "b.yaml").write_text("extends: a.yaml\n")
    assert faults_of("a.yaml") == [
        "b.yaml:1:1: extends: a circle: a.yaml → b.yaml → a.yaml; want a base that does not come back here"
    ]
    (folder / "c.yaml").write_text("name: x\nextends: none.yaml\n")
    assert faults_of("c.yaml")[0].startswith(
        "c.yaml:2:1: extends: none.yaml: no such file; want a scenario file"
    )
    (folder / "d.yaml").write_text("extends: [plan.yaml]\n")
    assert faults_of("d.yaml") == ["d.yaml:1:1: extends: no file name; want the name of one file: base.yaml"]


SETTINGS = {
    "days": "--set days: no `=`; want address=value, such as days=90",
    "=3": "--set : an empty address; want names joined by dots",
    "plan..days=3": "--set plan..days: an empty piece in the address",
    "dais=3": "--set dais: no key 'dais' in a scenario; want one of name, start, days,",
    "days.x=3": "--set days.x: days has no parts; want days=value",
    "days=soon": "--set days: 'soon'; want a whole number from 1 to 36_500: length of the run",
    "days=[1": "--set days: a list `[` that is not closed or lacks a comma; want `[a, b]`",
    "plan.flights.teaser_tw.budget=3": (
        "--set plan.flights.teaser_tw.budget: no 'teaser_tw' in plan.flights; "
        "want one of teaser_tv, reveal_instagram, reveal_newsletter (did you mean teaser_tv?)"
    ),
    "plan.flights.teaser_tv.cap.tims=3": (
        "--set plan.flights.teaser_tv.cap.tims: no key 'tims' in plan.flights.teaser_tv.cap; "
        "want one of times, per_days (did you mean times?)"
    ),
    "plan.flights.teaser_tv.cap.times=3": (
        "--set plan.flights.teaser_tv.cap.times: plan.flights.teaser_tv.cap.per_days: missing"
    ),
    "plan.flights.reveal_newsletter.posts.5=3": "posts.5: no item '5' in the list; want an index from 0 to 1",
    "plan.flights.reveal_newsletter.posts.1=99": "--set plan.flights.reveal_newsletter.posts.1: day 99; want a day",
    "plan.flights.x={message: a, message: b}": "--set plan.flights.x: message: the same key twice; want it once",
    "network.offline.rewirin=1": "no key 'rewirin' in network.offline; want one of generate, ties, rewiring,",
    "listening={}": "--set listening: no key 'listening' in a scenario",
}  # fmt: skip


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_cannot_be_set(setting: str, folder: Path) -> None:
    assert SETTINGS[setting] in "\n".join(faults_of("plan.yaml", setting))


def test_what_can_be_set(folder: Path) -> None:
    scenario = Scenario.load(
        "plan.yaml",
        [
            "plan.flights.reveal_instagram.cap.times=5",
            "plan.flights.teaser_tv.cap={times: 1, per_days: 7}",
            "plan.flights.reveal_newsletter.posts.1=30",
            "plan.flights.more={message: teaser, channel: tv, days: 3, grp: 20}",
            "plan.flights.more.grp=25",
            "plan.partners=",
            "reception.wear_out_contacts=null",
            "sharing.engagement.level_most=0.5",
        ],
    )
    flights = scenario.plan.flights
    assert flights["reveal_instagram"].cap is not None
    assert flights["reveal_instagram"].cap.times == 5
    assert flights["teaser_tv"].cap is not None
    assert flights["reveal_newsletter"].posts == (12, 30)
    assert flights["more"].grp == 25
    assert scenario.plan.partners == {}
    assert scenario.reception.wear_out_contacts is None
    assert scenario.sharing is not None
    assert scenario.sharing.engagement.level_most == 0.5


def test_all_settings_at_fault_are_told_with_the_file_s_own_faults(folder: Path) -> None:
    (folder / "plan.yaml").write_text(starter_text().replace("quality: 0.6", "quality: 6"))
    faults = faults_of("plan.yaml", "dais=3", "days=0", "plan.flighs={}")
    assert [fault.split(":")[0] for fault in faults] == [
        "--set dais",
        "--set plan.flighs",
        "plan.yaml",
        "--set days",
    ]


def test_a_mapping_is_a_scenario_too(folder: Path) -> None:
    scenario = Scenario.load("plan.yaml")
    given = scenario.model_dump(mode="json")
    assert Scenario.from_dict(given).plan == scenario.plan
    given["plan"]["flights"]["teaser_tv"]["budget"] = -1
    given["channels"]["tv"]["kind"] = "tv"
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(given)
    assert [fault.where for fault in caught.value.faults] == [
        "channels.tv.kind",
        "plan.flights.teaser_tv.budget",
    ]
    over = Scenario.from_dict(
        {"extends": "plan.yaml", "days": 45}, folder=folder, overrides=["master_seed=3"]
    )
    assert (over.days, over.master_seed) == (45, 3)


def test_a_mapping_is_not_changed(folder: Path) -> None:
    given = Scenario.load("plan.yaml").model_dump(mode="json")
    before = pickle.dumps(given)
    Scenario.from_dict(given, overrides=["days=59", "plan.flights.teaser_tv.budget=1", "plan.partners="])
    assert pickle.dumps(given) == before


def test_a_mapping_too_deep_is_a_fault() -> None:
    deep: dict[str, object] = {}
    for _ in range(500):
        deep = {"a": deep}
    with pytest.raises(InputError, match="nested too deep"):
        Scenario.from_dict(deep)
