"""The same spreading by NDlib, CyNetDiff and EoN on two real graphs: the mean spreads are ours.

LastFM's mutual follows and the friendships of Spanish Twitch. Thirty people with most ties begin. Each tool is
skipped, with the reason, where it is not installed (extra `peers`).
"""

from __future__ import annotations

import gzip
import importlib
from functools import cache

import numpy as np
import pytest

from benchmarks import peers
from benchmarks.graphs import Graph
from sim import cascade
from tests.data import DATA, need_data

pytestmark = [
    pytest.mark.verify,
    pytest.mark.statistical,
    pytest.mark.filterwarnings("ignore"),  # those of the other tools
]
GRAPHS = {"lastfm_asia": 0.08, "twitch_ES": 0.015}  # and a probability at which a good part of it is reached
SEEDS, OURS, RECOVERY = 30, 4000, 0.4
STANDARD_ERRORS = 4.0


def need(module):
    try:
        importlib.import_module(module)
    except ImportError as error:
        pytest.skip(f"{module} cannot be imported ({error}): pip install -e '.[peers]'")


@cache
def graph_of(name):
    need_data()
    with gzip.open(DATA / "networks" / f"{name}.edges.csv.gz", "rt") as file:
        pairs = np.loadtxt(file, np.int32, delimiter=",", skiprows=1)
    degree = np.bincount(pairs.ravel())
    return Graph(len(degree), pairs, np.argsort(-degree, kind="stable")[:SEEDS].tolist())


@cache
def network_of(name):
    return graph_of(name).network()


def check(ours, theirs):
    """Hold the means to 4 standard errors of their difference. False alarm: 6e-5 for each tool, graph and model."""
    error = np.hypot(ours.std() / len(ours) ** 0.5, theirs.std() / len(theirs) ** 0.5)
    assert theirs.std() > 0
    assert abs(ours.mean() - theirs.mean()) <= STANDARD_ERRORS * error


def ran(run, worlds):
    return np.array([run(luck) for luck in range(worlds)])


TOOLS = {"CyNetDiff": 4000, "NDlib": 150, "EoN": 300}  # and how many runs it is asked for


def theirs(tool, graph, p):
    module, ready = peers.CASCADES[tool]
    need(module)
    return ran(ready(graph, p), TOOLS[tool])


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("tool", TOOLS)
def test_independent_cascade(name, tool):
    graph, p = graph_of(name), GRAPHS[name]
    ours = cascade.independent(network_of(name), p, graph.seed_set, worlds=OURS)
    check(ours, theirs(tool, graph, p))


@pytest.mark.parametrize("tool", TOOLS)
def test_another_probability_is_noticed(tool):
    graph, p = graph_of("twitch_ES"), GRAPHS["twitch_ES"]
    ours = cascade.independent(network_of("twitch_ES"), 1.05 * p, graph.seed_set, worlds=OURS)
    with pytest.raises(AssertionError):
        check(ours, theirs(tool, graph, p))


@pytest.mark.parametrize("name", GRAPHS)
def test_sir(name):
    need("ndlib")
    graph, p = graph_of(name), 0.4 * GRAPHS[name]
    ours = cascade.sir(network_of(name), p, graph.seed_set, recovery=RECOVERY, worlds=OURS)
    check(ours, ran(peers.ndlib_sir(graph, p, RECOVERY), 100))


@pytest.mark.parametrize("name", GRAPHS)
def test_linear_threshold(name):
    module, ready = peers.THRESHOLDS["CyNetDiff"]
    need(module)
    graph = graph_of(name)
    ours = cascade.linear_threshold(network_of(name), "weighted", graph.seed_set, worlds=OURS)
    check(ours, ran(ready(graph, "weighted"), 2000))


@pytest.mark.parametrize("name", GRAPHS)
def test_fractions_person_by_person(name):
    """Nothing is drawn in either: with the same thresholds NDlib ends with as many, for every draw of them."""
    need("ndlib")
    from ndlib.models import ModelConfig
    from ndlib.models.epidemics import ThresholdModel

    graph, sizes = graph_of(name), set()
    for luck in range(4):
        need_of = np.random.default_rng(luck).uniform(0.05, 0.6, graph.n_people)
        settings = ModelConfig.Configuration()
        settings.add_model_initial_configuration("Infected", graph.seed_set)
        for person, fraction in enumerate(need_of.tolist()):
            settings.add_node_configuration("threshold", person, fraction)
        model = ThresholdModel(graph.networkx())
        model.set_initial_status(settings)
        model.iteration(node_status=False)  # tells the start
        before, active = 0, SEEDS
        while active != before:
            before, active = active, model.iteration(node_status=False)["node_count"][1]
        sizes.add(active)
        assert cascade.threshold(network_of(name), need_of, graph.seed_set).tolist() == [active]
    assert len(sizes) > 1
