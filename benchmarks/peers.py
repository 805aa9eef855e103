"""Other tools doing the same spreading: each is made ready once, then gives one spread per call.

A peer is a function ``(graph, probability) -> run``, ``run(luck) -> int`` the number of people ever
active, seed set included; the probability is one number or `weighted`. It stands in `CASCADES` or
`THRESHOLDS` with the module it needs.
"""

from __future__ import annotations

import array
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.graphs import Graph

Run = Callable[[int], int]


def cynetdiff(graph: Graph, probability: float | str) -> Run:
    """Make ready CyNetDiff's independent cascade."""
    from cynetdiff.models import IndependentCascadeModel

    if probability == "weighted":
        each = array.array("f", graph.chances(probability).tolist())
        return _cynetdiff_run(IndependentCascadeModel(*_rows(graph), activation_probs=each), graph)
    return _cynetdiff_run(IndependentCascadeModel(*_rows(graph), activation_prob=probability), graph)


def cynetdiff_threshold(graph: Graph, influence: str) -> Run:
    """Make ready CyNetDiff's linear threshold, by default 1 / in-degree."""
    from cynetdiff.models import LinearThresholdModel

    each = array.array("f", graph.chances(influence).tolist())
    return _cynetdiff_run(LinearThresholdModel(*_rows(graph), influence=each), graph)


def _rows(graph: Graph) -> tuple[Any, Any]:
    arcs = graph.arcs
    starts = np.searchsorted(arcs[:, 0], np.arange(graph.n_people))
    return array.array("I", starts.tolist()), array.array("I", arcs[:, 1].tolist())


def _cynetdiff_run(ready: Any, graph: Graph) -> Run:
    ready.set_seeds(graph.seed_set)

    def run(luck: int) -> int:
        ready.reset_model()
        ready.advance_until_completion()
        return int(ready.get_num_activated_nodes())

    ready.set_rng(1)
    return run


def pynetim(graph: Graph, probability: float | str) -> Run:
    """Make ready PyNetIM's independent cascade."""
    from pynetim import IndependentCascadeModel

    ready = IndependentCascadeModel(_pynetim_graph(graph, probability), set(graph.seed_set))
    return lambda luck: int(ready.run_single_simulation(luck + 1))


def pynetim_threshold(graph: Graph, influence: str) -> Run:
    """Make ready PyNetIM's linear threshold."""
    from pynetim import LinearThresholdModel

    ready = LinearThresholdModel(_pynetim_graph(graph, influence), set(graph.seed_set))
    return lambda luck: int(ready.run_single_simulation(luck + 1))


def pynetim_choice(graph: Graph, probability: float | str, count: int) -> Callable[[int], list[int]]:
    """Make ready PyNetIM's IMM with ε = .1: a function of its luck that returns the people chosen."""
    from pynetim.algorithms.ris.imm_algorithm import IMMAlgorithm

    ready = _pynetim_graph(graph, probability)
    return lambda luck: sorted(IMMAlgorithm(ready, "IC", epsilon=0.1, random_seed=luck + 1).run(count))


def _pynetim_graph(graph: Graph, probability: float | str) -> Any:
    from pynetim import IMGraph

    each = graph.chances(probability).tolist()
    return IMGraph(list(map(tuple, graph.arcs.tolist())), weights=each, directed=True, renumber=False)


def ndlib(graph: Graph, probability: float) -> Run:
    """Make ready NDlib's independent cascade.

    Each pair is given its threshold once: NDlib drops all of them, without a word, where their number
    is not that of the graph's pairs, and takes 1 / out-degree instead.
    """
    import ndlib.models.ModelConfig as config
    from ndlib.models.epidemics import IndependentCascadesModel

    settings = config.Configuration()
    for u, v in graph.pairs.tolist():
        settings.add_edge_configuration("threshold", (u, v), probability)
    return _ndlib_run(IndependentCascadesModel, graph, settings)


def ndlib_sir(graph: Graph, probability: float, recovery: float) -> Run:
    """Make ready NDlib's SIR."""
    import ndlib.models.ModelConfig as config
    from ndlib.models.epidemics import SIRModel

    settings = config.Configuration()
    settings.add_model_parameter("beta", probability)
    settings.add_model_parameter("gamma", recovery)
    return _ndlib_run(SIRModel, graph, settings)


def _ndlib_run(kind: Any, graph: Graph, settings: Any) -> Run:
    settings.add_model_initial_configuration("Infected", graph.seed_set)
    ready = kind(graph.networkx())
    ready.set_initial_status(settings)

    def run(luck: int) -> int:
        np.random.seed(luck)  # noqa: NPY002 - NDlib draws from numpy's global luck
        ready.reset(infected_nodes=graph.seed_set)
        while True:
            counts = ready.iteration(node_status=False)["node_count"]
            if not counts[1]:
                return graph.n_people - counts[0]

    return run


def eon(graph: Graph, probability: float) -> Run:
    """Make ready EoN's SIR in discrete time where everyone recovers at once: the independent cascade."""
    import EoN

    ties = graph.networkx()

    def run(luck: int) -> int:
        *_, recovered = EoN.basic_discrete_SIR(
            ties, probability, initial_infecteds=graph.seed_set, rng=np.random.default_rng(luck)
        )
        return int(recovered[-1])

    return run


def plain_mesa(graph: Graph, probability: float) -> Run:
    """Make ready the independent cascade in plain Mesa."""
    from benchmarks.plain_mesa import Rumour

    return Rumour(graph, probability).spread


CASCADES: dict[str, tuple[str, Callable[[Graph, Any], Run]]] = {
    "CyNetDiff": ("cynetdiff", cynetdiff),
    "PyNetIM": ("pynetim", pynetim),
    "NDlib": ("ndlib", ndlib),
    "EoN": ("EoN", eon),
    "plain Mesa": ("mesa", plain_mesa),
}
THRESHOLDS: dict[str, tuple[str, Callable[[Graph, str], Run]]] = {
    "CyNetDiff": ("cynetdiff", cynetdiff_threshold),
    "PyNetIM": ("pynetim", pynetim_threshold),
}
ONE_CHANCE_FOR_ALL = ("NDlib", "EoN", "plain Mesa")  # as they stand here


def starsim(n_people: int, days: int) -> Callable[[], int]:
    """Return a run of Starsim's SIR with ten random contacts a day: ever infected."""
    import starsim as ss

    def run() -> int:
        disease = ss.SIR(beta=ss.perday(0.02), init_prev=0.01, dur_inf=ss.days(10))
        model = ss.Sim(
            n_agents=n_people, diseases=disease, networks=ss.RandomNet(n_contacts=10),
            dt=ss.days(1), start=0, stop=ss.days(days), verbose=0,
        )  # fmt: skip
        model.run()
        return int((~model.diseases.sir.susceptible).sum())

    return run
