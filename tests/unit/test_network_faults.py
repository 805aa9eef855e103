"""Every way in which layers can be wrong: one clear fault each, all of them together."""

from __future__ import annotations

import gzip

import pytest

from tests.network_cases import faults_of, public

PEOPLE = ["a", "b", "c"]


def faults(folder, text, people=PEOPLE, name="ties.csv", **options):
    if text is not None:
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return faults_of(folder, {"facebook": {"edges": name, "directed": True} | options}, people)


WHERE = "network.facebook"
FILES = {
    "empty": ("", f"ties.csv: {WHERE}: an empty file; want a header and one tie per row"),
    "only spaces": (" \n \n", f"ties.csv: {WHERE}: an empty file"),
    "header alone": ("s,t\n", f"ties.csv: {WHERE}: a header and no rows; want one tie per row"),
    "binary": (b"PK\x03\x04\x00\x00", "not text (a binary file or UTF-16); want CSV in UTF-8 (save the sheet"),
    "utf-16": ("s,t\na,b\n".encode("utf-16"), "not text (a binary file or UTF-16)"),
    "not utf-8": (b"s,t\na,b\nb,se\xf1or\n", f"ties.csv:3: {WHERE}: byte 0xf1 is not UTF-8"),
    "no header": ("1,2\n2,3\n", f"ties.csv:1: {WHERE}: the first line is `1,2`; want a header"),
    "blank header": (",\na,b\n", f"ties.csv:1: {WHERE}: a blank first line"),
    "doubled header": ("s,t,s\na,b,c\n", f"ties.csv:1: {WHERE}: column s stands twice; want each name once"),
    "semicolons": ("s;t\na;b\n", "one column `s;t`; want at least two columns (separate the columns by commas)"),
    "open quote in the header": ('"s' + "x" * 200_000 + ",t\na,b\n", "cannot be read as CSV (field larger"),
    "short row": ("s,t\na,b\n\nc\n", f"ties.csv:4: {WHERE}: 1 field; want 2 in each row, as in the header"),
    "long rows": ("s,t\na,b,c\nb,c\nc,a,b\n", f"ties.csv:2: {WHERE}: 3 fields (on 2 lines: 2, 4); want 2"),
    "blank id": ("s,t\na,b\n\n ,b\n", f"ties.csv:4: {WHERE}: blank id; want an id on both ends of a tie"),
    "blank ids": ("s,t\n,\na,\n", f"ties.csv:2: {WHERE}: blank id (on 2 lines: 2, 3)"),
    "strangers": (
        "s,t\nx,y\nz,w\n",
        f"ties.csv: {WHERE}: none of its 4 ids is in the people file: x, z, y, …; "
        "want ids of the people file, such as a, b, c (ids are compared as text: 007 is not 7)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_wrong_files(tmp_path, kind):
    text, wanted = FILES[kind]
    (found,) = faults(tmp_path, text)
    assert found.startswith(wanted) or wanted in found


@pytest.mark.parametrize("kept", [2, 12, -9, -1])
def test_truncated_gzip(tmp_path, kept):
    packed = gzip.compress(b"s,t\na,b\n", mtime=0)
    (found,) = faults(tmp_path, packed[:kept])
    assert "gzip data that is cut short or damaged; want a whole gzip file" in found


def test_damaged_gzip(tmp_path):
    packed = bytearray(gzip.compress(bytes(f"s,t\n{list(range(300))}", "ascii")))
    packed[60] ^= 0xFF
    (found,) = faults(tmp_path, bytes(packed))
    assert "is cut short or damaged" in found


def test_no_gzip_inside(tmp_path):
    (found,) = faults(tmp_path, "s,t\na,b\n", name="ties.csv.gz")
    assert "not gzip data, though named .gz" in found


def test_missing_file(tmp_path):
    (tmp_path / "tis.csv").write_text("s,t\na,b\n")
    (found,) = faults(tmp_path, None)
    assert found.startswith(f"{WHERE}.edges: no file ties.csv; want a CSV")
    assert found.endswith("(did you mean tis.csv?)")


def test_a_folder_and_an_impossible_name(tmp_path):
    (tmp_path / "ties.csv").mkdir()
    assert "ties.csv is a folder" in faults(tmp_path, None)[0]
    assert "cannot be read" in faults(tmp_path, None, name="a\0b")[0]


def test_missing_columns_come_together(tmp_path):
    found = faults(tmp_path, "src,dst,n\na,b,1\n", source="scr", target="dest", weight="contacts")
    assert found == [
        f"ties.csv:1: {WHERE}.source: no column `scr`; want one of src, dst, n (did you mean src?)",
        f"ties.csv:1: {WHERE}.target: no column `dest`; want one of src, dst, n (did you mean dst?)",
        f"ties.csv:1: {WHERE}.weight: no column `contacts`; want one of src, dst, n",
    ]


def test_one_column_cannot_play_two_parts(tmp_path):
    assert "want a column of its own for each" in faults(tmp_path, "s,t\na,b\n", target="s")[0]


@pytest.mark.parametrize("value", ["nan", "NaN", "-1", "0", "strong", "", "inf", "1e400", "1e31", "1_000"])
def test_wrong_weights(tmp_path, value):
    (found,) = faults(tmp_path, f"s,t,w\na,b,2\n\nb,c,{value}\n", weight="w")
    got = f"`{value}`" if value else "blank"
    assert found.startswith(f"ties.csv:4: {WHERE}: {got} in column `w`; want a number above 0")


def test_many_wrong_weights_are_summed_up(tmp_path):
    text = "s,t,w\n" + "".join(f"a,b,-{i}\n" for i in range(1, 10)) + "b,a,-1\n"
    found = faults(tmp_path, text, weight="w")
    assert len(found) == 6
    assert "`-1` in column `w` (on 2 lines: 2, 11)" in found[0]
    assert "9 different values in column `w` are not above 0" in found[-1]


def test_all_faults_of_all_layers_come_together(tmp_path):
    (tmp_path / "f.csv").write_text("s,t,w\na,b,-1\n,b,1\na\n")
    layers = {
        "facebook": {"edges": "f.csv", "directed": True, "weight": "w"},
        "instagram": {"edges": "none.csv", "directed": True},
        "offline": {"generate": "small_world", "ties": 6},
        "tiktok": {"generate": "well_mixed"},
    }
    text = "\n".join(faults_of(tmp_path, layers, PEOPLE))
    for wanted in (
        "f.csv:4: ",
        "f.csv:2: ",
        "f.csv:3: ",
        "none.csv",
        "network.offline.ties",
        "network.tiktok",
    ):
        assert wanted in text


def test_more_people_in_the_files_than_agents(tmp_path):
    (found,) = faults(tmp_path, "s,t\na,b\nb,c\n", people=2)
    assert found == (
        "audience.agents: 3 people in the edge files (ties.csv), 2 agents; want an agent for each of them "
        "(set audience.agents to 3 or more)"
    )


def test_impossible_generators(tmp_path):
    users = public(300, users=[i < 8 for i in range(300)])
    assert faults_of(tmp_path, {"instagram": {"generate": "power_law"}}, users) == [
        "network.instagram.min_followers: 10, but only 8 users of instagram; want more people than the fewest "
        "followers (lower min_followers or simulate more agents)"
    ]
    assert faults_of(tmp_path, {"offline": {"generate": "small_world", "ties": 7}}, 100) == [
        "network.offline.ties: 7; want an even number: as many on each side of the ring"
    ]
    assert faults_of(tmp_path, {"offline": {"generate": "small_world", "ties": 8}}, 8) == [
        "network.offline.ties: 8, but only 8 people; want more people than ties "
        "(lower ties or simulate more agents)"
    ]
