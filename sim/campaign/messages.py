"""How messages meet motivations: match, fit and novelty tables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.agents.population import Population
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]


def appeals_of(scenario: Scenario) -> Floats:
    """Return θ, float64[n_messages, n_needs], messages by name."""
    needs = scenario.audience.needs
    messages = sorted(scenario.messages)
    return np.array([[scenario.messages[m].appeals.get(need, 0.0) for need in needs] for m in messages])


def match_table(motivations: Floats, appeals: Floats) -> Floats:
    """Return μ, float64[n_segments, n_messages]: how far each message answers each segment.

    Notes
    -----
    μ = max_k θ_k · (m·θ)/(‖m‖‖θ‖), 0 for θ = 0: saying everything is not best, and weak appeals are weak.
    """
    lengths = np.linalg.norm(motivations, axis=1)[:, None] * np.linalg.norm(appeals, axis=1)[None, :]
    products = motivations @ appeals.T
    cosine = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return np.asarray(appeals.max(axis=1)[None, :] * cosine)


def novelty_table(appeals: Floats) -> Floats:
    """Return nov, float64[n_messages, n_messages]: how new the row's message is after the column's.

    Notes
    -----
    nov = ‖θ_v - θ_prev‖₁ / (‖θ_v‖₁ + ‖θ_prev‖₁); 0 for the same message.
    """
    sizes = np.abs(appeals).sum(axis=1)
    gaps = np.abs(appeals[:, None, :] - appeals[None, :, :]).sum(axis=2)
    total = sizes[:, None] + sizes[None, :]
    return np.asarray(np.divide(gaps, total, out=np.zeros_like(gaps), where=total > 0))


def pull_table(step: float, credibility: Floats, match: Floats, fit: Floats, impact: Floats) -> Floats:
    """Return η·τ·μ·χ·ψ, float64[N_KINDS, n_channels, n_segments, n_messages]."""
    return np.asarray(step * credibility[:, None, None, None] * match * fit * impact[:, None, :])


def fit_table(scenario: Scenario, population: Population) -> Floats:
    """Return χ, float64[n_segments, n_messages]."""
    audience = scenario.audience
    traits = [audience.segments.get(name, audience.everyone) for name in population.segment_names]
    return np.array([[t.fit.get(message, 1.0) for message in sorted(scenario.messages)] for t in traits])
