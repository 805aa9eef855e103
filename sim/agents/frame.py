"""The public as a pandas frame: one row per simulated person, as it stands before day 1."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.agents.population import Population

STATE = ("engagement", "trust", "attitude", "memory", "is_aware", "is_adopter", "availability")


def population_frame(population: Population) -> pd.DataFrame:
    """Return one row per person, indexed by `unique_id`; see `Population.to_frame`."""
    ids = np.arange(population.n_people) if population.ids is None else list(population.ids)
    kind = pd.CategoricalDtype(list(population.segment_names))
    segment = pd.Categorical.from_codes(population.segment, dtype=kind)
    columns: dict[str, object] = {"segment": segment}
    for name, usage, follows in zip(
        population.channel_names, population.usage, population.follows_brand, strict=True
    ):
        columns[f"usage.{name}"] = usage
        columns[f"follows_brand.{name}"] = follows
    columns |= {name: getattr(population, name) for name in STATE}
    columns |= {f"file.{name}": values for name, values in population.columns.items()}
    return pd.DataFrame(columns, index=pd.Index(ids, name="unique_id"))
