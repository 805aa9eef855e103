"""People from Parquet and GraphML: the public that the same rows in CSV would give, and the same faults."""

from __future__ import annotations

import datetime
import gzip
import io
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from sim.agents.build import build_population
from sim.agents.file_content import WANT_FILE
from sim.agents.population import Population
from sim.errors import InputError
from sim.scenario.schema import Scenario

CSV = """id,town,age,partner,views,tv_visits,note
10,a,17,True,5,0.5,x
2,b,,False,7,2.0,
7,a,65,True,12,0,"a, b"
ana,b,30,False,1000,,y
"""
TABLE = {
    "id": "id", "segment_by": ["partner", "age_band"], "bands": {"age": [18.0, 50.0]},
    "usage": {"tv": {"often": "tv_visits"}},
}  # fmt: skip


def public(folder: Path, file: str, table: dict[str, Any] = TABLE) -> Population:
    plan = {
        "name": "Formats",
        "days": 1,
        "audience": {"from_people": {"file": file} | table},
        "channels": {"tv": {"kind": "feed", "medium": "feed"}},
        "messages": {"hello": {"appeals": {}, "quality": 0.5}},
    }
    scenario = Scenario.model_validate(plan)
    scenario._folder = folder
    return build_population(scenario)


def faults(folder: Path, file: str, table: dict[str, Any] = TABLE) -> list[str]:
    with pytest.raises(InputError) as error:
        public(folder, file, table)
    return [str(fault) for fault in error.value.faults]


def frame() -> pd.DataFrame:
    return pd.read_csv(io.StringIO(CSV))


def graph(rows: pd.DataFrame) -> nx.Graph:
    made = nx.Graph()
    for record in rows.to_dict("records"):
        known = {name: value for name, value in record.items() if name != "id" and not pd.isna(value)}
        made.add_node(record["id"], **known)
    return made


def write(folder: Path, ending: str, rows: pd.DataFrame) -> str:
    name = f"people{ending}"
    if ending == ".parquet":
        rows.to_parquet(folder / name)
    elif ending.startswith(".graphml"):
        text = io.BytesIO()
        nx.write_graphml(graph(rows), text)
        raw = text.getvalue()
        (folder / name).write_bytes(gzip.compress(raw) if ending.endswith(".gz") else raw)
    else:
        (folder / name).write_text(CSV)
    return name


ENDINGS = (".parquet", ".graphml", ".graphml.gz")


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_public_as_from_csv(tmp_path: Path, ending: str) -> None:
    plain, other = (public(tmp_path, write(tmp_path, e, frame())) for e in (".csv", ending))
    assert other.ids == plain.ids == ("10", "2", "7", "ana")
    assert other.segment_names == plain.segment_names
    for name in ("uid", "segment", "usage"):
        np.testing.assert_array_equal(getattr(other, name), getattr(plain, name))
    assert other.notes[1:] == plain.notes[1:]
    assert set(other.columns) == set(plain.columns)
    for name, values in plain.columns.items():
        assert values.dtype == other.columns[name].dtype
        np.testing.assert_array_equal(other.columns[name], values)


def test_kinds_of_parquet_columns_read_as_their_texts(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {
            "id": [7.0, 3.0, 9.0],
            "whole": pd.array([1, None, 3], "Int64"),
            "real": np.array([0.1, np.nan, 2.0], np.float32),
            "flag": pd.array([True, None, False], "boolean"),
            "kind": pd.Categorical([" b", "a", None]),
            "day": [datetime.date(2027, 3, 1), None, datetime.date(2027, 3, 2)],
            "text": ["  x ", None, "y,z"],
            "big": np.array([2**63, 1, 2], np.uint64),
            "none": [None, None, None],
        }
    )
    rows.to_parquet(tmp_path / "p.parquet")
    people = public(tmp_path, "p.parquet", {"id": "id", "segment_by": ["flag"]})
    assert people.ids == ("7", "3", "9")
    assert people.segment_names == ("False", "True", "unknown")
    found = {name: column.tolist() for name, column in people.columns.items()}
    assert found["text"] == ["x", "", "y,z"]
    assert found["kind"] == ["b", "a", ""]
    assert found["day"] == ["2027-03-01", "", "2027-03-02"]
    assert found["flag"] == ["True", "", "False"]
    assert found["none"] == ["", "", ""]
    assert found["big"] == [2.0**63, 1.0, 2.0]
    np.testing.assert_array_equal(found["whole"], [1, np.nan, 3])
    np.testing.assert_array_equal(found["real"], [0.1, np.nan, 2])


def test_faults_of_parquet_name_its_rows(tmp_path: Path) -> None:
    rows = frame().assign(id=["a", "b", "a", None], tv_visits=["1", "often", "2", "0"])
    rows.to_parquet(tmp_path / "p.parquet")
    assert faults(tmp_path, "p.parquet", TABLE | {"segment_by": ["sex"]}) == [
        "p.parquet: row 4: column `id`: ``; want an id in every row",
        "p.parquet: column `id`: `a` on rows 1, 3; want each id once",
        "audience.from_people.segment_by: no column `sex` in p.parquet; want one of id, town, age, partner, views, "
        "tv_visits, note",
        "p.parquet: row 2: column `tv_visits`: `often`; want visits per day, 0 or more, or labels mapped in "
        "`visits_per_day`",
    ]  # fmt: skip


def test_parquet_that_is_none(tmp_path: Path) -> None:
    frame().to_parquet(tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    wanted = [
        "p.parquet: no Parquet data, or damaged ones; want a whole Parquet file (copy or download it again)"
    ]
    for raw in (b"", CSV.encode(), whole[:-20], whole[:4] + b"\xff" * (len(whole) - 12) + whole[-8:]):
        (tmp_path / "p.parquet").write_bytes(raw)
        assert faults(tmp_path, "p.parquet") == wanted


def test_parquet_without_rows_or_with_lists(tmp_path: Path) -> None:
    frame().head(0).to_parquet(tmp_path / "p.parquet")
    assert faults(tmp_path, "p.parquet") == ["p.parquet: a header and no rows; want one row per person"]
    frame().assign(tags=[["a"], [], None, ["b"]], raw=b"x").to_parquet(tmp_path / "p.parquet")
    found = faults(tmp_path, "p.parquet")
    assert [fault.split(":")[1] for fault in found] == [" column `tags`", " column `raw`"]
    assert all(fault.endswith("values; want text, numbers, dates, true or false") for fault in found)


@pytest.mark.parametrize("ending", [".parquet", ".graphml", ".graphml.gz"])
def test_files_that_are_not_there(tmp_path: Path, ending: str) -> None:
    write(tmp_path, ".parquet", frame())
    (tmp_path / f"folder{ending}").mkdir()
    where = "audience.from_people.file"
    (found,) = faults(tmp_path, f"peeple{ending}")
    assert found.startswith(f"{where}: no file peeple{ending}; {WANT_FILE} (")
    assert faults(tmp_path, f"folder{ending}") == [f"{where}: folder{ending} is a folder; {WANT_FILE}"]


XML = '<?xml version="1.0"?>\n'
HEAD = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    '<key id="d0" for="node" attr.name="town" attr.type="string"><default>far</default></key>\n'
    '<key id="d1" for="edge" attr.name="w"/><key id="y" for="node" yfiles.type="nodegraphics"/>\n'
)
BODY = '<graph edgedefault="undirected">\n<node id="a"/>\n<node id="b"><data key="d0"> near </data></node>\n'
TAIL = "</graph>\n</graphml>\n"
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n'
DOCTYPE = ":2: a document type (<!DOCTYPE …>); want GraphML without one (delete that line: nothing it declares is read)"
BROKEN = {
    "empty": ("", ": an empty file; want a GraphML file"),
    "entities that grow": (XML + BOMB + HEAD + BODY + TAIL, DOCTYPE),
    "entities from outside": (XML + OUTSIDE + HEAD + BODY.replace("near", "&a;") + TAIL, DOCTYPE),
    "an entity not declared": (HEAD + BODY.replace("near", "&a;") + TAIL, ":6: cannot be read as XML (undefined"),
    "cut short": (HEAD + BODY, ":7: cannot be read as XML (no element found); want a GraphML file"),
    "CSV": (CSV, ":1: cannot be read as XML ("),
    "other XML": ("\n<gexf/>", ":2: <gexf>, no <graphml>; want a GraphML file"),
    "no graph": (HEAD + "</graphml>", ": no graph; want one graph"),
    "two graphs": (HEAD + BODY + "</graph><graph/></graphml>", ": 2 graphs; want one graph"),
    "no nodes": (HEAD + "<graph/></graphml>", ": a header and no rows; want one row per person"),
    "a key not declared": (
        HEAD + BODY.replace('key="d0"', 'key="d7"') + TAIL,
        ":6: data of key `d7`, which is not declared; want one of d0",
    ),
    "a node without id": (HEAD + BODY + "<node/>" + TAIL, ":7: column `id`: ``; want an id in every row"),
    "a node twice": (HEAD + BODY + '<node id="a"/>' + TAIL, ": column `id`: `a` on lines 5, 7; want each id once"),
    "another id": (
        HEAD.replace('"town"', '"id"') + BODY + TAIL,
        ": the header has `id` twice; want each column once",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_graphml_that_is_none(tmp_path: Path, kind: str) -> None:
    text, wanted = BROKEN[kind]
    (tmp_path / "p.graphml").write_text(text)
    (found,) = faults(tmp_path, "p.graphml", {"id": "id"})
    assert found.startswith(f"p.graphml{wanted}")


def test_defaults_edges_and_drawings_of_graphml(tmp_path: Path) -> None:
    edges = '<edge source="a" target="b"><data key="d1">3</data></edge><data key="y"><y:box/></data>\n'
    (tmp_path / "p.graphml").write_text(
        HEAD.replace("<graphml", '<graphml xmlns:y="y"') + BODY + edges + TAIL
    )
    people = public(tmp_path, "p.graphml", {"id": "id", "segment_by": ["town"]})
    assert people.ids == ("a", "b")
    assert people.columns["town"].tolist() == ["far", "near"]
    assert set(people.columns) == {"id", "town"}


def test_an_attribute_that_repeats_the_ids_is_no_second_column(tmp_path: Path) -> None:
    text = HEAD.replace('"town"', '"id"').replace("far", "a") + BODY.replace(" near ", "b") + TAIL
    (tmp_path / "p.graphml").write_text(text)
    assert public(tmp_path, "p.graphml", {"id": "id"}).ids == ("a", "b")


def test_a_dot_in_a_segment_s_name_is_a_middle_dot(tmp_path: Path) -> None:
    rows = "id,town,score\n1,St. Louis,0.2\n2,Bonn,0.7\n3,St· Louis,\n"
    (tmp_path / "p.csv").write_text(rows)
    people = public(tmp_path, "p.csv", {"id": "id", "segment_by": ["town"]})
    assert people.segment_names == ("Bonn", "St· Louis")
    assert people.segment.tolist() == [1, 0, 1]
    assert people.notes == ("p.csv: 3 people", "town: · stands for . in the names of segments: St· Louis")
    assert people.columns["town"].tolist() == ["St. Louis", "Bonn", "St· Louis"]
    bands = {"id": "id", "segment_by": ["score_band"], "bands": {"score": [0.0, 0.5]}}
    assert public(tmp_path, "p.csv", bands).segment_names == ("0 to <0·5", "0·5+", "unknown")


@pytest.mark.parametrize("value", ["St. Louis", "a.b.c", "v1.2", "two\nlines", ". . ."])
def test_every_segment_of_a_file_can_be_listed_in_a_scenario(tmp_path: Path, value: str) -> None:
    rows = pd.DataFrame({"id": ["1", "2"], "town": [value, "other"]})
    rows.to_csv(tmp_path / "p.csv", index=False)
    (name,) = set(public(tmp_path, "p.csv", {"id": "id", "segment_by": ["town"]}).segment_names) - {"other"}
    plan = {
        "name": "Listed",
        "days": 1,
        "audience": {
            "from_people": {"file": "p.csv", "id": "id", "segment_by": ["town"]},
            "segments": {name: {"trust": 0.9}},
        },
        "channels": {"tv": {"kind": "feed", "medium": "feed"}},
        "messages": {"hello": {"appeals": {}, "quality": 0.5}},
    }
    assert build_population(Scenario.from_dict(plan, folder=tmp_path)).trust.tolist() == [0.9, 0.5]


def test_a_dot_written_in_a_scenario_is_explained(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,town\n1,St. Louis\n2,Bonn\n")
    plan = {
        "name": "Dots",
        "days": 1,
        "audience": {
            "from_people": {"file": "p.csv", "id": "id", "segment_by": ["town"]},
            "segments": {"St. Louis": {"trust": 0.9}},
        },
        "channels": {"tv": {"kind": "feed", "medium": "feed"}},
        "messages": {"hello": {"appeals": {}, "quality": 0.5}},
    }
    with pytest.raises(InputError, match=r"without dots \(segments of a file have · for \.\)"):
        Scenario.from_dict(plan, folder=tmp_path)


def test_a_public_as_a_frame(tmp_path: Path) -> None:
    people = public(tmp_path, write(tmp_path, ".csv", frame()))
    found = people.to_frame()
    assert found.index.name == "unique_id" and found.index.tolist() == list(people.ids or ())
    assert found["segment"].tolist() == [people.segment_names[s] for s in people.segment]
    np.testing.assert_array_equal(found["usage.tv"], people.usage[0])
    np.testing.assert_array_equal(found["follows_brand.tv"], people.follows_brand[0])
    np.testing.assert_array_equal(found["file.views"], [5, 7, 12, 1000])
    assert found.loc["ana", "file.note"] == "y"
    for name in ("engagement", "trust", "attitude", "memory", "is_aware", "is_adopter", "availability"):
        np.testing.assert_array_equal(found[name], getattr(people, name))
