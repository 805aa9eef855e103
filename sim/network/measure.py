"""What a layer looks like, measured."""

from __future__ import annotations

import numpy as np

from sim.agents.population import Population
from sim.kernels import ties as kernels
from sim.network.graph import TieLayer


def describe(layer: TieLayer, population: Population) -> dict[str, float]:
    """Measure a layer: how many ties, how they spread over people, how many are returned.

    Parameters
    ----------
    layer : TieLayer
    population : Population

    Returns
    -------
    dict of str to float
        `n_ties` (directed; 0 in a well-mixed layer), `people_with_ties` (heard or hearing),
        `mean_followers`, `median_followers`, `max_followers` (over the people with ties), `reciprocity`
        (share of ties returned) and `same_segment` (share of ties within a segment). The shares, mean
        and median are NaN where there is no tie.
    """
    followers = layer.audience_sizes
    hears = np.bincount(layer.out_dst, minlength=population.n_people)
    tied = followers[(followers > 0) | (hears > 0)]
    n_ties = layer.n_ties
    found: dict[str, float] = {"n_ties": n_ties, "people_with_ties": len(tied)}
    if n_ties == 0:
        unknown = ("mean_followers", "median_followers", "reciprocity", "same_segment")
        return found | dict.fromkeys(unknown, float("nan")) | {"max_followers": 0}
    n_returned = kernels.count_returned(layer.out_ptr, layer.out_dst)
    speaker = np.repeat(population.segment, followers)
    return found | {
        "mean_followers": float(tied.mean()),
        "median_followers": float(np.median(tied)),
        "max_followers": int(tied.max()),
        "reciprocity": n_returned / n_ties,
        "same_segment": float(np.mean(speaker == population.segment[layer.out_dst])),
    }
