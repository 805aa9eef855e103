"""What a layer looks like, measured."""

from __future__ import annotations

import weakref

import numpy as np
import numpy.typing as npt

from sim import luck_keys
from sim.agents.population import Population
from sim.kernels import clustering as kernels
from sim.kernels import ties
from sim.network import clustering
from sim.network.clustering import Clustering, Rows
from sim.network.graph import TieLayer
from sim.scenario.media import Affiliation, Layer

ALL_COUNTED = 1_000_000
_LEAST_IN_TAIL = 100
_LEAST_SPAN = 10
_MOST_STARTS = 200
_UNKNOWN = float("nan")
_described: dict[int, tuple[weakref.ref[TieLayer], dict[str, float]]] = {}


def describe(layer: TieLayer, population: Population) -> dict[str, float]:
    """Measure a layer: how many ties, how they spread over people, how many are returned, how clustered.

    Parameters
    ----------
    layer : TieLayer
    population : Population

    Returns
    -------
    dict of str to float
        `n_ties` (directed; 0 in a well-mixed layer), `people_with_ties` (heard or hearing),
        `mean_followers`, `median_followers`, `max_followers` (over the people with ties), `exponent` of
        the law of followers with its standard error `exponent_error` (see `tail_exponent`), `clustering`
        with its standard error `clustering_error` (mean local coefficient of the ties taken both ways;
        counted up to a million ties, from a sample beyond, see `sim.network.clustering`), `reciprocity`
        (share of ties returned) and `same_segment` (share of ties within a segment). Shares, mean,
        median, exponent and clustering are NaN where there is no tie.
    """
    followers = layer.audience_sizes
    hears = np.bincount(layer.out_dst, minlength=population.n_people)
    tied = followers[(followers > 0) | (hears > 0)]
    n_ties = layer.n_ties
    found: dict[str, float] = {"n_ties": n_ties, "people_with_ties": len(tied)}
    if n_ties == 0:
        unknown = ("mean_followers", "median_followers", "exponent", "exponent_error", "clustering",
                   "clustering_error", "reciprocity", "same_segment")  # fmt: skip
        return found | dict.fromkeys(unknown, _UNKNOWN) | {"max_followers": 0}
    exponent, exponent_error, _ = tail_exponent(tied)
    src = np.repeat(np.arange(population.n_people, dtype=np.int32), followers)
    clustered = _clustering(layer, src, population)
    return found | {
        "mean_followers": float(tied.mean()),
        "median_followers": float(np.median(tied)),
        "max_followers": int(tied.max()),
        "exponent": exponent,
        "exponent_error": exponent_error,
        "clustering": clustered.mean,
        "clustering_error": clustered.error,
        "reciprocity": ties.count_returned(layer.out_ptr, layer.out_dst) / n_ties,
        "same_segment": float(np.mean(population.segment[src] == population.segment[layer.out_dst])),
    }


def described(layer: TieLayer, population: Population) -> dict[str, float]:
    """Return what `describe` measures; it is measured once for a layer that is kept in memory.

    Parameters
    ----------
    layer : TieLayer
    population : Population
        That the layer was built for.
    """
    known = _described.get(id(layer))
    if known is None or known[0]() is not layer:
        place = id(layer)
        known = weakref.ref(layer, lambda gone: _forget(place, gone)), describe(layer, population)
        _described[place] = known
    return dict(known[1])


def _forget(place: int, gone: weakref.ref[TieLayer]) -> None:
    if place in _described and _described[place][0] is gone:
        del _described[place]


def asked(name: str, spec: Layer) -> dict[str, float]:
    """Return what a scenario asks of the measures of a drawn layer, under the names of `describe`."""
    wanted = {
        key: getattr(spec, key, None) for key in ("exponent", "clustering", "reciprocity", "same_segment")
    }
    if isinstance(spec, Affiliation):
        wanted["reciprocity"] = spec.returned(name)
    return {key: float(value) for key, value in wanted.items() if value is not None}


def tail_exponent(counts: npt.NDArray[np.int64]) -> tuple[float, float, int]:
    """Fit the exponent of a power law to the larger counts: exponent, standard error, where the tail starts.

    Notes
    -----
    Clauset, Shalizi & Newman (2009), discrete approximation: over the n counts x of at least m,
    1 + n / Σ ln(x / (m - ½)), with error (exponent - 1)/√n; m is where the law lies nearest to the
    counts (Kolmogorov-Smirnov distance). NaN where no tail has 100 counts and spans a factor of ten: nothing
    can be said of a power law there.
    """
    value, count = np.unique(counts[counts > 0], return_counts=True)
    at_least = np.cumsum(count[::-1])[::-1].astype(np.float64)
    logs = np.cumsum((count * np.log(value))[::-1])[::-1]
    first = np.flatnonzero((at_least >= _LEAST_IN_TAIL) & (value * _LEAST_SPAN <= value[-1:]))
    best = (np.inf, _UNKNOWN, _UNKNOWN, 0)
    for k in np.unique(
        first[np.linspace(0, len(first) - 1, _MOST_STARTS).astype(int)] if len(first) else first
    ):
        start = value[k] - 0.5
        exponent = 1 + at_least[k] / (logs[k] - at_least[k] * np.log(start))
        law = ((value[k:] - 0.5) / start) ** (1 - exponent)
        distance = float(np.abs(at_least[k:] / at_least[k] - law).max())
        if distance < best[0]:
            best = distance, float(exponent), float((exponent - 1) / np.sqrt(at_least[k])), int(value[k])
    return best[1:]


def _clustering(layer: TieLayer, src: Rows, population: Population) -> Clustering:
    if layer.n_ties <= ALL_COUNTED:
        return clustering.exact(population.n_people, src, layer.out_dst)

    def tied(one: Rows, other: Rows) -> npt.NDArray[np.bool_]:
        out = np.empty(len(one), bool)
        kernels.find_ties(population.uid, layer.out_ptr, layer.out_dst, one, other, out)
        return out

    key = luck_keys.name_key("measure", layer.name)
    return clustering.sampled(key, population.uid, src, layer.out_dst, tied)
