"""Real networks: published counts come out, over people files and over agents."""

from __future__ import annotations

import csv
import gzip

import pytest

from sim.network.measure import describe
from tests.data import DATA, need_data
from tests.network_cases import build, public


@pytest.fixture(autouse=True)
def _data():
    need_data()


def edges(name, **options):
    return {"edges": f"networks/{name}.edges.csv.gz", "directed": False} | options


def nodes(name, column=None):
    with gzip.open(DATA / "networks" / f"{name}.nodes.csv.gz", "rt") as file:
        people = list(csv.DictReader(file))
    return [person["node"] for person in people], [person.get(column) for person in people]


def test_lastfm():
    ids, countries = nodes("lastfm_asia", "country")
    people = public(ids, [sorted(set(countries)).index(country) for country in countries])
    layer = build(DATA, {"facebook": edges("lastfm_asia")}, people).layers["facebook"]
    found = describe(layer, people)
    assert (found["people_with_ties"], found["n_ties"], layer.notes) == (7624, 2 * 27806, ())
    assert found["mean_followers"] == pytest.approx(7.3, abs=0.05)
    assert found["reciprocity"] == 1
    assert found["same_segment"] > 0.85


def test_twitch():
    ids, _ = nodes("twitch_ES")
    layer = build(DATA, {"instagram": edges("twitch_ES")}, ids).layers["instagram"]
    assert (len(ids), layer.n_ties, layer.notes) == (4648, 2 * 59382, ())


def test_copenhagen_has_three_layers_over_the_same_people():
    ids, _ = nodes("copenhagen")
    layers = {
        "facebook": edges("copenhagen.facebook"),
        "instagram": edges("copenhagen.sms", directed=True, weight="n_contacts"),
        "offline": edges("copenhagen.calls", directed=True, weight="n_contacts"),
    }
    network = build(DATA, layers, ids)
    facebook, texts, calls = network.layers.values()
    assert network.n_people == 844
    assert facebook.n_ties == 2 * (6429 - 11)
    assert facebook.notes == ("11 rows tied a person to themselves: dropped",)
    assert facebook.n_ties / 844 == pytest.approx(15.2, abs=0.05)
    for layer, n_rows in ((texts, 1303), (calls, 924)):
        assert layer.n_ties == n_rows
        assert len(layer.out_weight) == n_rows
        assert layer.out_weight.max() == 1
        assert layer.out_weight.min() > 0


def test_weights_of_texts_are_the_contacts():
    with gzip.open(DATA / "networks" / "copenhagen.sms.edges.csv.gz", "rt") as file:
        given = {(row["src"], row["dst"]): float(row["n_contacts"]) for row in csv.DictReader(file)}
    ids, _ = nodes("copenhagen")
    spec = edges("copenhagen.sms", directed=True, weight="n_contacts")
    layer = build(DATA, {"facebook": spec}, ids).layers["facebook"]
    most = max(given.values())
    for j, name in enumerate(ids):
        for e in range(layer.out_ptr[j], layer.out_ptr[j + 1]):
            assert layer.out_weight[e] == pytest.approx(given[name, ids[layer.out_dst[e]]] / most, rel=1e-6)


def test_nethep_over_agents():
    with gzip.open(DATA / "networks" / "nethep.edges.csv.gz", "rt") as file:
        named = {int(person) for row in csv.reader(file) for person in row if person.isdigit()}
    network = build(DATA, {"offline": edges("nethep")}, 15_300)
    layer = network.layers["offline"]
    assert network.ids == tuple(str(person) for person in sorted(named))
    assert layer.n_ties == 2 * 31_376
    assert layer.notes == (f"{15_300 - len(named)} of 15300 agents are in no edge file",)
