"""Networks to and from networkx and pandas: nothing lost on the way."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.network.graph import Network
from tests.network_cases import build, public, rows, same, strengths


def faults(graph, **options):
    with pytest.raises(InputError) as caught:
        Network.from_networkx(graph, **options)
    return [str(fault) for fault in caught.value.faults]


def weighted(edges, kind=nx.DiGraph):
    graph = kind()
    graph.add_weighted_edges_from(edges)
    return graph


def test_the_source_is_heard_by_the_target():
    layer = Network.from_networkx(nx.DiGraph([("b", "a"), ("c", "a")])).layers["ties"]
    assert rows(layer) == [[], [0], [0]]


def test_undirected_edges_stand_both_ways_and_parallel_ones_are_merged():
    graph = nx.MultiGraph([(0, 1), (1, 0), (2, 2)])
    network = Network.from_networkx(graph)
    assert network.ids is None
    assert rows(network.layers["ties"]) == [[1], [0], []]
    assert network.layers["ties"].notes == (
        "1 row tied a person to itself: dropped",
        "1 row repeated a tie: merged",
    )


def test_weights_by_the_attribute_s_name():
    graph = weighted([(0, 1, 2), (1, 2, np.float32(0.5))])
    assert len(Network.from_networkx(graph).layers["ties"].out_weight) == 0
    found = strengths(Network.from_networkx(graph, weight="weight").layers["ties"])
    assert found == {(0, 1): 1.0, (1, 2): 0.25}


def test_ids_stand_in_natural_order_and_layers_share_them():
    network = Network.from_networkx({"a": nx.DiGraph([("p10", "p9")]), "b": nx.DiGraph([(3, "p9")])})
    assert network.ids == ("3", "p9", "p10")
    assert rows(network.layers["a"]) == [[], [], [1]]
    assert rows(network.layers["b"]) == [[1], [], []]


def test_the_same_bits_as_from_an_edge_file(tmp_path):
    graph = weighted([(f"p{i}", f"p{i * i % 17}", 1 + i % 3) for i in range(40)])
    nx.to_pandas_edgelist(graph).to_csv(tmp_path / "ties.csv", index=False)
    spec = {"edges": "ties.csv", "directed": True, "weight": "weight"}
    from_file = build(tmp_path, {"facebook": spec}, graph.number_of_nodes())
    network = Network.from_networkx({"facebook": graph}, weight="weight")
    assert network.ids == from_file.ids
    assert same(network.layers["facebook"], from_file.layers["facebook"])


def test_over_a_population():
    people = public(["x", "7", "z"])
    network = Network.from_networkx(nx.DiGraph([(7, "z"), ("z", "x")]), population=people)
    assert network.ids is None and rows(network.layers["ties"]) == [[], [2], [0]]
    assert faults(nx.DiGraph([("x", "q"), (8, "x")]), population=people) == [
        "graph: nodes 'q', 8; want people of the population, such as 'x', '7', 'z'"
    ]
    numbered = public(4)
    assert rows(Network.from_networkx(nx.DiGraph([(3, 0)]), population=numbered).layers["ties"])[3] == [0]
    assert faults(nx.DiGraph([(3, 4), ("0", True)]), population=numbered)[0].startswith(
        "graph: nodes 4, '0', True;"
    )


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.floats(1e-3, 1e3)), max_size=60),
    st.sampled_from([lambda row: row, lambda row: f"p{row}", lambda row: row * 3, lambda row: (row, "é")]),
    st.sampled_from([nx.DiGraph, nx.Graph, nx.MultiDiGraph]),
)
def test_there_and_back_again_is_exact(edges, name, kind):
    graph = weighted([(name(i), name(j), w) for i, j, w in edges], kind)
    graph.add_nodes_from(name(row) for row in range(13))
    one = Network.from_networkx({"a": graph}, weight="weight")
    back = one.to_networkx("a")
    assert [str(node) for node in back] == list(map(str, one.ids or range(13)))
    assert {(str(i), str(j)) for i, j in back.edges} == {
        (str(i), str(j)) for i, j in graph.to_directed().edges() if i != j
    }
    two = Network.from_networkx({"a": back}, weight="weight")
    assert same(one.layers["a"], two.layers["a"])
    assert (one.ids, one.n_people) == (two.ids, two.n_people)
    three = two.to_networkx("a")
    assert list(three.nodes) == list(back.nodes)
    assert dict(three.edges) == dict(back.edges)


def test_attributes_of_the_people_and_their_missing_values():
    people = public(["x", "y"], segment=[1, 0])
    object.__setattr__(
        people, "columns", {"fame": np.array([1.5, np.nan]), "town": np.array(["a", ""], object)}
    )
    network = Network.from_networkx(nx.DiGraph([("x", "y")]), population=people)
    graph = network.to_networkx("ties", people)
    assert graph.name == "ties"
    first, second = graph.nodes["x"], graph.nodes["y"]
    assert (first["segment"], first["usage.facebook"], first["is_aware"], first["file.fame"]) == (
        "s1",
        1.0,
        False,
        1.5,
    )
    assert "file.fame" not in second and second["file.town"] == ""
    assert {type(value) for value in first.values()} == {str, float, bool}
    assert list(network.to_networkx("ties")) == [0, 1]


def test_people_without_id_are_called_by_row(tmp_path):
    (tmp_path / "t.csv").write_text("s,t\na,b\n")
    network = build(tmp_path, {"facebook": {"edges": "t.csv", "directed": True}}, 4)
    assert list(network.to_networkx("facebook")) == ["a", "b", 2, 3]
    assert network.to_frame("facebook").values.tolist() == [["a", "b", 1.0]]


def test_ties_as_a_frame():
    network = Network.from_edges([0, 0, 2], [1, 2, 0], n_people=3, directed=True, weight=[1, 2, 4])
    frame = network.to_frame("ties")
    assert {(s, t): w for s, t, w in frame.itertuples(index=False)} == {
        (0, 1): 0.25,
        (0, 2): 0.5,
        (2, 0): 1.0,
    }
    named = network.to_frame("ties", public(["x", "y", "z"]))
    assert set(zip(named["source"], named["target"], strict=True)) == {("x", "y"), ("x", "z"), ("z", "x")}
    assert Network.from_edges([0], [1], n_people=2, directed=True).to_frame("ties")["weight"].tolist() == [
        1.0
    ]


@given(st.data())
def test_a_frame_goes_out_and_comes_back(data):
    """Everyone is in some tie, so that the frame names them all; weights are the largest's parts already."""
    ids = data.draw(st.permutations(["a", "b10", "b9", "7", "007", "é"]))
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=20))
    ring = list(zip(ids, ids[1:] + ids[:1], strict=True))
    given = pd.DataFrame(ring + pairs, columns=["from", "to"])
    given["w"] = data.draw(st.lists(st.integers(1, 8), min_size=len(given), max_size=len(given)))
    network = Network.from_frame(given, directed=True, weight="w", name="page")
    graph = weighted(given.groupby(["from", "to"]).w.sum().reset_index().itertuples(index=False))
    by_networkx = Network.from_networkx({"page": graph}, weight="weight")
    assert network.ids == by_networkx.ids
    back = Network.from_frame(network.to_frame("page"), directed=True, weight="weight", name="page")
    for other in (by_networkx, back):
        same(network.layers["page"], other.layers["page"])


def test_a_frame_names_ids_or_rows_of_a_population():
    frame = pd.DataFrame({"since": [2001, 2002], "target": ["x", "z"], "source": ["y", "x"]})
    people = public(["x", "y", "z"])
    assert rows(Network.from_frame(frame, directed=True, population=people).layers["ties"]) == [[2], [0], []]
    by_row = pd.DataFrame(
        {"a": [0.0, 2.0], "b": [2, 3]}
    )  # floats, as pandas makes whole numbers beside blanks
    network = Network.from_frame(by_row, directed=False, population=public(4))
    assert rows(network.layers["ties"]) == [[2], [], [0, 3], [2]]
    assert network.ids is None
    assert Network.from_frame(by_row[:0], directed=True, population=people).layers["ties"].n_ties == 0
    assert Network.from_frame(by_row, directed=False).ids == ("0", "2", "3")


PAIR = pd.DataFrame({"a": ["x", "y"], "b": ["y", "x"], "w": [1.0, 0.0]}, index=["r1", "r2"])


@pytest.mark.parametrize(("frame", "options", "wanted"), [
    ([1], {}, ["frame: list; want a pandas DataFrame, two columns or more"]),
    (PAIR[["a"]], {}, ["frame: 1 columns; want a pandas DataFrame, two columns or more"]),
    (PAIR[:0], {}, ["frame: no rows; want a row for each tie, or `population`"]),
    (PAIR.rename(columns={"w": "often"}), {"weight": "ofter"},
     ["weight: no column `ofter`; want one of a, b, often (did you mean often?)"]),
    (PAIR.assign(a=["x", None]), {"weight": "w"}, ["frame: column `a`: nobody in row 'r2'; want a person in each row",
                                                   "frame: column `w`: rows 'r2': 0.0; want numbers above 0"]),
    (PAIR.assign(w="much"), {"weight": "w"},
     ["frame: column `w`: rows 'r1': 'much', 'r2': 'much'; want numbers above 0"]),
    (PAIR, {"population": public(["x", "z"])},
     ["frame: people 'y'; want people of the population, such as 'x', 'z'"]),
])  # fmt: skip
def test_what_is_wrong_with_a_frame_is_said(frame, options, wanted):
    with pytest.raises(InputError) as caught:
        Network.from_frame(frame, directed=True, **options)
    assert [str(fault) for fault in caught.value.faults] == wanted


@pytest.mark.parametrize(
    ("graph", "options", "wanted"),
    [
        (nx.DiGraph(), {}, "graph: no nodes; want a networkx graph with nodes, or {layer: graph}"),
        ({}, {}, "graph: no nodes"),
        ({"a": [(0, 1)]}, {}, "graph a: list; want a networkx graph with nodes"),
        (
            nx.path_graph([1, "1", "b"]),
            {},
            "graph: nodes 1 and '1' read alike; want another text for each: ids are",
        ),
        (
            weighted([("a", "b", 1), ("b", "c", 0), ("c", "a", "x"), ("c", "b", True)]),
            {"weight": "weight"},
            "graph ties: edges 'b' – 'c': 0, 'c' – 'a': 'x', 'c' – 'b': True; "
            "want a number above 0 as `weight` of each edge",
        ),
        (
            nx.path_graph(9),
            {"weight": "w"},
            "graph ties: edges 0 – 1: nothing, 1 – 2: nothing, 2 – 3: nothing, 3 – 4: nothing, 4 – 5: nothing, "
            "… (8 in all); want a number above 0 as `w` of each edge",
        ),
    ],
)
def test_faults(graph, options, wanted):
    (found,) = faults(graph, **options)
    assert found.startswith(wanted)


def test_faults_of_all_graphs_come_together():
    graphs = {name: nx.path_graph(2) for name in "ab"}
    assert [fault[:7] for fault in faults(graphs, weight="w")] == ["graph a", "graph b"]


@pytest.mark.parametrize("leave", [Network.to_networkx, Network.to_frame])
def test_layers_that_cannot_leave(tmp_path, leave):
    network = build(
        tmp_path, {"offline": {"generate": "well_mixed"}, "facebook": {"generate": "power_law"}}, 50
    )
    for layer, people, wanted in (
        ("offlin", None, "no such layer; want one of offline, facebook (did you mean offline?)"),
        ("offline", None, "well mixed: everyone hears of everyone; want a layer that keeps ties"),
        (
            "facebook",
            public(3),
            "3 people beside a network of 50; want the public that the network was built for",
        ),
    ):
        with pytest.raises(InputError) as caught:
            leave(network, layer, people)
        assert wanted in str(caught.value)
