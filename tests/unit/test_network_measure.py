"""Measures of layers: clustering as networkx counts it, exponents that come back, published figures."""

from __future__ import annotations

import gc

import networkx as nx
import numpy as np
import pytest

from benchmarks import structure
from sim import luck_keys
from sim.agents.build import build_population
from sim.kernels import luck
from sim.network import measure
from sim.network.generate import generate_layer
from sim.network.graph import Network
from sim.network.measure import asked, describe, tail_exponent
from sim.results.report import fact_parts
from sim.scenario.media import Affiliation, Edges, SmallWorld
from tests.data import DATA, need_data
from tests.network_cases import build, public, rows


def uniforms(n: int, name: str) -> np.ndarray:
    out = np.empty(n)
    luck.uniform_all(luck_keys.name_key("test", name), luck_keys.row_uids(n), 0, out)
    return out


def as_networkx(layer) -> nx.Graph:
    """Return the ties taken both ways, without people who have none."""
    return nx.Graph([(j, i) for j, row in enumerate(rows(layer)) for i in row])


@pytest.mark.parametrize("n_ties", [40, 400, 2500])
def test_clustering_is_that_of_networkx(n_ties):
    ends = (uniforms(2 * n_ties, f"ends of {n_ties}") ** 2 * 120).astype(int).reshape(2, -1)
    layer = Network.from_edges(*ends, n_people=120, directed=True).layers["ties"]
    found = describe(layer, public(120))
    assert found["clustering"] == pytest.approx(nx.average_clustering(as_networkx(layer)), abs=1e-12)
    assert found["clustering_error"] == 0


def test_a_sample_is_as_near_as_it_says(monkeypatch):
    people = public(30_000)
    layers = [
        generate_layer("facebook", Affiliation(generate="affiliation", min_ties=4, clustering=c), people, k)
        for k, c in enumerate((0.15, 0.3, 0.6))
    ]
    counted = [describe(layer, people)["clustering"] for layer in layers]
    monkeypatch.setattr(measure, "ALL_COUNTED", 0)
    for layer, exact in zip(layers, counted, strict=True):
        found = describe(layer, people)
        assert 0 < found["clustering_error"] < 0.005
        # three standard errors, a fixed sample: false alarm .003
        assert abs(found["clustering"] - exact) < 3 * found["clustering_error"]
        assert describe(layer, people) == pytest.approx(found, nan_ok=True)


def test_without_pairs_nothing_is_clustered(monkeypatch):
    layer = Network.from_edges([0, 2], [1, 3], n_people=6, directed=True).layers["ties"]
    for most in (measure.ALL_COUNTED, 0):
        monkeypatch.setattr(measure, "ALL_COUNTED", most)
        assert describe(layer, public(6))["clustering"] == 0


@pytest.mark.statistical
@pytest.mark.parametrize("exponent", [1.8, 2.3, 3.0])
def test_an_exponent_comes_back(exponent):
    # the discrete law far in its tail: 20 (1 - u)^(-1 / (exponent - 1)), rounded
    counts = np.floor(19.5 * (1 - uniforms(50_000, f"law {exponent}")) ** (-1 / (exponent - 1)) + 0.5)
    found, error, start = tail_exponent(counts.astype(np.int64))
    assert error < 0.05
    # four standard errors: the start of the tail is chosen too
    assert abs(found - exponent) < 4 * error
    assert abs(found - exponent - 0.3) > 4 * error
    assert 20 <= start < 200


def test_the_exponent_is_the_likeliest():
    # by hand, over all counts of at least 10: 1 + n / sum of ln(x / 9.5)
    counts = np.array([10] * 400 + [20] * 100 + [40] * 25 + [80] * 6 + [160] * 2)
    by_hand = 1 + len(counts) / np.log(counts / 9.5).sum()
    found, error, start = tail_exponent(counts)
    assert (found, start) == (pytest.approx(by_hand), 10)
    assert error == pytest.approx((by_hand - 1) / np.sqrt(len(counts)))


@pytest.mark.parametrize("counts", [[], [5] * 1000, list(range(1, 90)), [0] * 50])
def test_no_exponent_where_nothing_can_be_said(counts):
    found, error, _ = tail_exponent(np.array(counts, np.int64))
    assert np.isnan(found)
    assert np.isnan(error)


def test_what_is_asked_has_the_names_of_what_is_measured():
    layer = generate_layer("offline", SmallWorld(generate="small_world"), public(50), 1)
    measured = set(describe(layer, public(50)))
    spec = Affiliation(generate="affiliation", clustering=0.4)
    wanted = {"exponent": 2.3, "clustering": 0.4, "reciprocity": 0.3, "same_segment": 0.6}
    assert asked("facebook", spec) == wanted
    assert asked("offline", spec) == wanted | {"reciprocity": 1.0}
    assert asked("offline", SmallWorld(generate="small_world")) == {"reciprocity": 1.0}
    assert asked("facebook", Edges(edges="ties.csv", directed=True)) == {}
    assert set(wanted) <= measured


@pytest.mark.parametrize(("name", "n_ids", "clustering"), [
    ("lastfm_asia", 7624, 0.219), ("ego_twitter", 81_306, 0.565), ("copenhagen.facebook", 0, 0.299),
])  # fmt: skip
def test_published_clustering(name, n_ids, clustering):
    need_data()
    ids = [str(k) for k in range(n_ids or 851)]
    people = public(ids)
    edges = {"edges": f"networks/{name}.edges.csv.gz", "directed": False}
    found = describe(build(DATA, {"facebook": edges}, people).layers["facebook"], people)
    of = (
        844 / found["people_with_ties"] if name.startswith("cop") else 1.0
    )  # the figure is over all 844 people
    assert found["clustering"] / of == pytest.approx(clustering, abs=3 * found["clustering_error"] + 6e-4)


def test_the_table_of_the_page_is_what_is_drawn():
    page = structure.PAGE.read_text("utf-8")
    table = structure.table(build_population(structure.scenario({})))
    assert structure.rewritten(page, table) == page, "run python -m benchmarks.structure"


def test_the_report_says_what_was_asked_beside_what_was_measured():
    layer = {
        "n_ties": 20, "clustering": 0.30649, "clustering_error": 0.0, "exponent": 2.31, "exponent_error": 0.0123,
        "same_segment": 0.5, "reciprocity": None, "notes": [], "asked": {"clustering": 0.3, "exponent": 2.3},
    }  # fmt: skip
    (table,) = fact_parts._network_blocks({"gram": layer}, {})
    assert list(table.headers) == ["Layer", "Ties", "Clustering", "Exponent", "Same segment", "Reciprocity"]
    shown = [cell.text for cell in table.rows[0]]
    assert shown[1:5] == ["20", "0.306 (asked 0.3)", "2.31 ± 0.012 (asked 2.3)", "50.0\u00a0%"]


def test_a_layer_is_measured_once_while_it_lives(monkeypatch):
    told = []
    monkeypatch.setattr(measure, "describe", lambda layer, people: told.append(layer.name) or {"n_ties": 2.0})
    layer = Network.from_edges([0, 2], [1, 3], n_people=6, directed=True).layers["ties"]
    other = Network.from_edges([0], [1], n_people=6, directed=True).layers["ties"]
    measure.described(layer, public(6)).clear()
    assert measure.described(layer, public(6)) == {"n_ties": 2}
    assert len(told) == 1
    measure.described(other, public(6))
    assert len(told) == 2
    place = id(layer)
    assert place in measure._described
    del layer
    gc.collect()
    assert place not in measure._described
