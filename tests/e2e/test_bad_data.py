"""Bad data files: each fault with its file and line; exit 2; nothing written."""

from __future__ import annotations

import gzip

import pytest

from tests.e2e.command import edited, names, pregon, write
from tests.e2e.texts import DATA_FILES, PEOPLE, PEOPLE_CSV, SURVEY, SURVEY_CSV, TIES_CSV

pytestmark = pytest.mark.e2e
PLAN = "plan.yaml"
TIES = "clips: {edges: ties.csv, directed: true, weight: strength}"
N_LINES = PEOPLE_CSV.count("\n")
END_OF_TIES = TIES_CSV.count("\n") + 1


def refused(folder, text, files, *words):
    """Run a plan on bad files; check that it is refused by the rules, and return the lines said."""
    write(folder, DATA_FILES | {PLAN: text} | files)
    before = names(folder)
    finished = pregon("run", PLAN, "--out", "out", cwd=folder)
    assert finished.code == 2, finished.out + finished.err
    assert "Traceback" not in finished.err
    assert finished.out == ""
    assert names(folder) == before
    for word in words:
        assert word in finished.err, f"{word} is not in\n{finished.err}"
    return finished.err.splitlines()


PEOPLE_FILES = {
    "cut short": (gzip.compress(PEOPLE_CSV.encode() * 20)[:80], "people.csv: ", "damaged; want a whole"),
    "binary": (b"PK\3\4\0\0\1\2" * 40, "people.csv: ", "binary", "UTF-8"),
    "empty": (b"", "people.csv: an empty file", "want a header"),
    "header only": (b"id,town,fame,price\n", "people.csv: a header and no rows", "want one row per person"),
    "Latin-1": (
        PEOPLE_CSV.replace("p7,b", "p7,Málaga").encode("latin-1"),
        "people.csv:9: byte 0xe1 is not UTF-8",
    ),
    "ragged": (f"{PEOPLE_CSV}p99,a\n".encode(), f"people.csv:{N_LINES + 1}: a row of 2 fields", "want 4"),
    "semicolons": (
        PEOPLE_CSV.replace(",", ";").encode(),
        f"{PLAN}:8:5: audience.from_people.id",
        "by commas",
    ),
}


@pytest.mark.parametrize("name", PEOPLE_FILES)
def test_a_people_file_that_cannot_be_read(tmp_path, name):
    content, *words = PEOPLE_FILES[name]
    refused(tmp_path, PEOPLE, {"people.csv": content}, *words)


def test_files_that_are_not_there(tmp_path):
    (tmp_path / "sub").mkdir()
    text = edited(PEOPLE, ("people.csv", "peple.csv"), ("ties.csv", "sub"))
    said = refused(
        tmp_path,
        text,
        {},
        f"{PLAN}:7:5: audience.from_people.file: no file 'peple.csv'",
        "network.clips.edges: 'sub' is a folder",
    )
    assert len(said) == 3


def test_people_whose_ids_and_columns_are_wrong(tmp_path):
    text = edited(PEOPLE, ("[town]", "[city]"), ("tv: {visits_per_day: 1}", "tv: {often: price}"))
    content = PEOPLE_CSV.replace(",a,0,0\n", ",a,0,dear\n", 1) + "p3,a,1,1\n,a,1,1\n"
    said = refused(
        tmp_path,
        text,
        {"people.csv": content},
        f"people.csv: column `id`: `p3` on lines 5, {N_LINES + 1}; want each id once",
        f"people.csv:{N_LINES + 2}: column `id`",
        "want an id in every row",
        "no column `city` in people.csv; want one of id, town, fame, price",
        "people.csv:2: column `price`: `dear`",
    )
    assert len(said) == 5


def test_a_survey_whose_weights_answers_and_labels_are_wrong(tmp_path):
    end = SURVEY_CSV.count("\n") + 1
    rows = "44,-2,yes,daily,no\n45,nan,yes,daily,no\n46,heavy,yes,daily,no\nold,1,maybe,daily,no\n47,1,yes,dayly,no\n"
    said = refused(
        tmp_path,
        SURVEY,
        {"survey.csv": SURVEY_CSV + rows},
        f"survey.csv:{end}: column `weight`: `-2`, and 2 more on lines {end + 1}, {end + 2}; want a weight",
        f"survey.csv:{end + 3}: column `age`: `old`",
        "survey.csv: column `tv`: values `maybe`; want yes",
        "audience.from_survey.visits_per_day: no visits per day for `dayly`",
        "did you mean daily?",
    )
    assert len(said) == 5


def test_a_survey_without_frequency(tmp_path):
    text = edited(SURVEY, ("clips: {uses: clips, visits_per_day: 2}", "clips: {uses: clips}"))
    refused(
        tmp_path,
        text,
        {},
        "from_survey.usage.clips: no frequency of use",
        "`often: column` or `visits_per_day: number`",
    )


def test_ten_edge_files_that_cannot_be_read_are_told_together(tmp_path):
    ties = TIES_CSV.encode()
    broken = {
        "gone": (gzip.compress(ties)[:100], "damaged; want a whole"),
        "binary": (b"PK\3\4\0\0" * 20, "binary"),
        "empty": (b"", "an empty file"),
        "header": (b"from,to,strength\n", "a header and no rows"),
        "narrow": (b"from\np1\n", "one column `from`"),
        "latin": (
            ties + "pé,p2,1\n".encode("latin-1"),
            f"{END_OF_TIES}: network.latin: byte 0xe9 is not UTF-8",
        ),
        "nan": (
            ties + b"p1,p2,nan\n",
            f"{END_OF_TIES}: network.nan: `nan` in column `strength`; want a number above 0",
        ),
        "minus": (ties + b"p1,p2,-1\n", f"{END_OF_TIES}: network.minus: `-1` in column `strength`"),
        "text": (ties + b"p1,p2,strong\n", f"{END_OF_TIES}: network.text: `strong` in column `strength`"),
        "weightless": (
            ties.replace(b"strength", b"force"),
            "no column `strength`; want one of from, to, force",
        ),
    }
    channels = "".join(f"  {name}: {{kind: feed, medium: feed}}\n" for name in broken)
    layers = "".join(
        f"  {name}: {{edges: {name}.csv, directed: true, weight: strength}}\n" for name in broken
    )
    text = edited(PEOPLE, ("channels:\n", f"channels:\n{channels}"), ("network:\n", f"network:\n{layers}"))
    files = {f"{name}.csv": content for name, (content, _) in broken.items()}
    said = refused(tmp_path, text, files, f"{len(broken)} faults; nothing was written.")
    assert len(said) == len(broken) + 1
    for name, (_, words) in broken.items():
        mine = [told for told in said if told.startswith(f"{name}.csv:")]
        assert len(mine) == 1, f"{name}: {mine}"
        assert words in mine[0]
        assert f"network.{name}" in mine[0]


def test_ids_of_ties_that_match_nobody(tmp_path):
    refused(
        tmp_path,
        PEOPLE,
        {"ties.csv": TIES_CSV.replace("p", "x")},
        "ties.csv: network.clips: none of its 60 ids is in the people file: x0, x1, x2",
        "want ids of the people file, such as p0, p1, p2",
    )


def test_more_people_in_ties_than_agents(tmp_path):
    text = edited(
        SURVEY, ("agents: 400", "agents: 50"), ("clips: {generate: power_law, min_followers: 2}", TIES)
    )
    refused(
        tmp_path, text, {}, f"{PLAN}:7:3: audience.agents: 60 people in the edge files (ties.csv), 50 agents"
    )


def test_names_that_the_files_do_not_bear_out(tmp_path):
    booking = "message: hello, channel: clips, post_on: [2]"
    bookings = {
        "price": (
            "choose: {rule: top, by: fame, count: 3}, fee: prise",
            "fee: no column `prise`",
            "did you mean price?",
        ),
        "town": (
            "choose: {rule: top, by: fame, count: 3}, fee: town",
            "fee: column `town` holds text",
            "numbers",
        ),
        "fame": (
            "choose: {rule: top, by: famous, count: 3}",
            "choose.by: no column `famous`",
            "did you mean fame?",
        ),
        "ids": ("people: [p3, q7]", "people: no person `q7`", "want ids"),
        "many": ("choose: {rule: top, by: fame, count: 61}", "choose.count: 61 of 60", "at most as many"),
    }
    text = PEOPLE.replace(
        "  partners:\n",
        "  partners:\n"
        + "".join(f"    {name}: {{{booking}, {choice}}}\n" for name, (choice, *_) in bookings.items()),
    )
    said = refused(tmp_path, text, {}, f"{len(bookings)} faults; nothing was written.")
    for name, (_, *words) in bookings.items():
        line = text[: text.index(f"    {name}: {{")].count("\n") + 1
        mine = [told for told in said if told.startswith(f"{PLAN}:{line}:")]
        assert len(mine) == 1, f"{name}: {said}"
        assert f"plan.partners.{name}." in mine[0]
        for word in words:
            assert word in mine[0]


def test_segments_that_the_file_does_not_have(tmp_path):
    text = edited(PEOPLE, ("  from_people:", "  segments: {z: {trust: 0.3}}\n  from_people:"))
    refused(tmp_path, text, {}, f"{PLAN}:6:14: audience.segments.z: no segment `z`", "a, b, c")
