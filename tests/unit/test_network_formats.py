"""Ties from Parquet and GraphML: the layer that the same rows in CSV would give, and the same faults."""

from __future__ import annotations

import gzip
import io

import networkx as nx
import pandas as pd
import pytest

from sim.agents.build import build_population
from sim.network.build import build_network
from sim.scenario.schema import Scenario
from tests.network_cases import build, faults_of, rows, same, strengths

PEOPLE = ["ana", "7", "eva", "leo"]
TIES = pd.DataFrame(
    {"who": ["ana", "7", "leo", "ana"], "hears": ["7", "eva", "ana", "eva"], "force": [2.0, 0.5, 1.0, 3.0]}
)
WHERE = "network.facebook"


def write(folder, ending, ties=TIES, directed=True):
    name = f"ties{ending}"
    if ending == ".parquet":
        ties.to_parquet(folder / name)
    elif ending.startswith(".graphml"):
        kind = nx.DiGraph if directed else nx.Graph
        graph = nx.from_pandas_edgelist(
            ties, ties.columns[0], ties.columns[1], edge_attr=True, create_using=kind
        )
        text = io.BytesIO()
        nx.write_graphml(graph, text)
        (folder / name).write_bytes(
            gzip.compress(text.getvalue()) if ending.endswith(".gz") else text.getvalue()
        )
    else:
        ties.to_csv(folder / name, index=False)
    return name


def faults(folder, name, **options):
    return faults_of(folder, {"facebook": {"edges": name, "directed": True} | options}, PEOPLE)


@pytest.mark.parametrize("ending", [".parquet", ".graphml", ".graphml.gz"])
@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("people", [PEOPLE, 5])
def test_the_same_layer_as_from_csv(tmp_path, ending, directed, people):
    one, other = (
        build(
            tmp_path,
            {
                "facebook": {
                    "edges": write(tmp_path, end, directed=directed),
                    "directed": directed,
                    "weight": "force",
                }
            },
            people,
        )
        for end in (".csv", ending)
    )
    assert same(one.layers["facebook"], other.layers["facebook"])
    assert one.layers["facebook"].notes == other.layers["facebook"].notes
    assert one.ids == other.ids == (None if people is PEOPLE else ("7", "ana", "eva", "leo"))
    assert one.layers["facebook"].n_ties == (4 if directed else 8)


def test_columns_of_parquet_by_name_and_whole_numbers_as_ids(tmp_path):
    ties = pd.DataFrame({"n": [5, 1], "to": [7, 8], "from": [8.0, 9.0], "tags": [["x"], None]})
    ties.to_parquet(tmp_path / "t.parquet")
    spec = {"edges": "t.parquet", "directed": True, "source": "from", "target": "to", "weight": "n"}
    network = build(tmp_path, {"facebook": spec}, 3)
    assert network.ids == ("7", "8", "9")
    assert strengths(network.layers["facebook"]) == {(1, 0): 1.0, (2, 1): pytest.approx(0.2)}


def test_faults_of_parquet_name_its_rows_and_come_together(tmp_path):
    ties = TIES.assign(who=["ana", None, "leo", " "], force=["1", "strong", "-1", "strong"])
    name = write(tmp_path, ".parquet", ties)
    hint = "want a number above 0 (a tie of strength 0 is no tie)"
    assert faults(tmp_path, name, weight="force") == [
        f"ties.parquet: row 2: {WHERE}: `strong` in column `force` (on 2 rows: 2, 4); {hint}",
        f"ties.parquet: row 3: {WHERE}: `-1` in column `force`; {hint}",
        f"ties.parquet: row 2: {WHERE}: blank id (on 2 rows: 2, 4); want an id on both ends of a tie",
    ]
    assert faults(tmp_path, name, source="whom", weight="forces") == [
        f"ties.parquet: {WHERE}.source: no column `whom`; want one of who, hears, force (did you mean who?)",
        f"ties.parquet: {WHERE}.weight: no column `forces`; want one of who, hears, force (did you mean force?)",
    ]
    TIES[["who"]].to_parquet(tmp_path / "ties.parquet")
    assert faults(tmp_path, name) == [f"ties.parquet: {WHERE}: one column `who`; want at least two columns"]
    TIES.head(0).to_parquet(tmp_path / "ties.parquet")
    assert faults(tmp_path, name) == [f"ties.parquet: {WHERE}: a header and no rows; want one tie per row"]


HEAD = '<graphml>\n<key id="w" for="edge" attr.name="force"/>\n<graph edgedefault="directed">\n<node id="ana"/>\n'
TAIL = "</graph></graphml>\n"


def edge(source="ana", target="7", force="2", more=""):
    return f'<edge source="{source}" target="{target}" {more}><data key="w">{force}</data></edge>\n'


BROKEN = {
    "weights": (
        edge() + edge(force="0") + "<edge source='7' target='eva'/>\n",
        [
            f":6: {WHERE}: `0` in column `force`; want a number above 0 (a tie of strength 0 is no tie)",
            f":7: {WHERE}: blank in column `force`; want a number above 0 (a tie of strength 0 is no tie)",
        ],
    ),
    "ends": (edge(source=""), [f":5: {WHERE}: blank id; want an id on both ends of a tie"]),
    "no edges": ("", [f": {WHERE}: a header and no rows; want one tie per row"]),
    "kinds mixed": (
        edge() + edge(more='directed="false"'),
        [f':6: {WHERE}: directed="false" in a graph of the other kind; want all edges of one kind'],
    ),
    "hyperedges": ("<hyperedge/>", [f":5: {WHERE}: a hyperedge; want edges between two nodes"]),
    "cut short": (
        edge() + "<edge",
        [f":6: {WHERE}: cannot be read as XML (not well-formed (invalid token)); want a GraphML file"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_graphml_faults(tmp_path, kind):
    body, wanted = BROKEN[kind]
    (tmp_path / "t.graphml").write_text(HEAD + body + TAIL)
    assert faults(tmp_path, "t.graphml", weight="force") == [f"t.graphml{fault}" for fault in wanted]


def test_an_undirected_graph_read_as_directed(tmp_path):
    name = write(tmp_path, ".graphml", directed=False)
    assert faults(tmp_path, name) == [
        f'{WHERE}.directed: true, but ties.graphml says edgedefault="undirected"; want false: each tie both ways'
    ]


def test_a_directed_graph_may_be_read_both_ways(tmp_path):
    spec = {"edges": write(tmp_path, ".graphml"), "directed": False}
    assert build(tmp_path, {"facebook": spec}, PEOPLE).layers["facebook"].n_ties == 8


def test_people_and_ties_from_one_graph_and_back_to_networkx(tmp_path):
    graph = nx.DiGraph()
    for i, person in enumerate(PEOPLE):
        graph.add_node(person, town="ab"[i % 2], fame=float(i))
    graph.add_weighted_edges_from([("ana", "7", 4.0), ("7", "ana", 2.0), ("leo", "eva", 1.0)])
    nx.write_graphml(graph, tmp_path / "net.graphml")
    plan = {
        "name": "One graph",
        "days": 1,
        "audience": {"from_people": {"file": "net.graphml", "id": "id", "segment_by": ["town"]}},
        "network": {"facebook": {"edges": "net.graphml", "directed": True, "weight": "weight"}},
        "channels": {"facebook": {"kind": "feed", "medium": "feed"}},
        "messages": {"hello": {"appeals": {}, "quality": 0.5}},
    }
    scenario = Scenario.from_dict(plan, folder=tmp_path)
    people = build_population(scenario)
    network = build_network(scenario, people)
    back = network.to_networkx("facebook", people)
    assert list(back) == PEOPLE
    assert {n: (d["segment"], d["file.town"], d["file.fame"]) for n, d in back.nodes(data=True)} == {
        person: ("ab"[i % 2], "ab"[i % 2], float(i)) for i, person in enumerate(PEOPLE)
    }
    assert dict(back.edges) == {
        ("ana", "7"): {"weight": 1.0}, ("7", "ana"): {"weight": 0.5}, ("leo", "eva"): {"weight": 0.25},
    }  # fmt: skip
    nx.write_graphml(back, tmp_path / "back.graphml")
    plan["audience"] = {"from_people": {"file": "back.graphml", "id": "id", "segment_by": ["segment"]}}
    plan["network"]["facebook"]["edges"] = "back.graphml"
    again = Scenario.from_dict(plan, folder=tmp_path)
    same_people = build_population(again)
    assert same_people.segment.tolist() == people.segment.tolist()
    assert same(build_network(again, same_people).layers["facebook"], network.layers["facebook"])
    assert rows(network.layers["facebook"]) == [[1], [0], [], [2]]
