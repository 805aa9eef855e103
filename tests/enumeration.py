"""Exact laws of cascades on small graphs: every world of live ties, with its probability.

A graph is a list of directed ties (j, i), j heard by i. A law is float64[n_people + 1]: the probability that so many
people are reached in the end, seed set included.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

Ties = list[tuple[int, int]]
MOST_TIES = 12


def random_ties(rng: np.random.Generator, n_people: int, n_ties: int) -> Ties:
    """Return distinct directed ties between different people."""
    every = [(j, i) for j in range(n_people) for i in range(n_people) if i != j]
    return [every[k] for k in sorted(rng.choice(len(every), n_ties, replace=False))]


def reached(live: Ties, seed_set: set[int]) -> int:
    """Return how many can be reached from the seed set along live ties."""
    found, waiting = set(seed_set), list(seed_set)
    while waiting:
        j = waiting.pop()
        new = {i for source, i in live if source == j} - found
        found |= new
        waiting += new
    return len(found)


def law(worlds: Iterator[tuple[float, Ties]], n_people: int, seed_set: set[int]) -> np.ndarray:
    """Add up the worlds by how many are reached in each."""
    out = np.zeros(n_people + 1)
    for probability, live in worlds:
        out[reached(live, seed_set)] += probability
    assert abs(out.sum() - 1) < 1e-9
    return out


def independent_worlds(ties: Ties, chances: list[float]) -> Iterator[tuple[float, Ties]]:
    """Yield every world in which each tie lives by its own chance."""
    assert len(ties) <= MOST_TIES
    for lives in itertools.product((False, True), repeat=len(ties)):
        factors = [p if alive else 1 - p for p, alive in zip(chances, lives, strict=True)]
        yield float(np.prod(factors)), list(itertools.compress(ties, lives))


def sir_worlds(ties: Ties, chances: list[float], recovery: float) -> Iterator[tuple[float, Ties]]:
    """Yield every world of SIR: ties of one person live together, as all depend on how long it is infected.

    With D days infected, P(D = d) = γ(1 - γ)^(d-1), no tie of a set U passes anything on with probability
    E[x^D] = γx / (1 - (1 - γ)x), x = ∏_U (1 - β_e); exactly the set S lives by inclusion and exclusion.
    """

    def none_of(escape: float) -> float:
        return recovery * escape / (1 - (1 - recovery) * escape)

    def exactly(row: list[tuple[int, int]], betas: list[float], lives: tuple[bool, ...]) -> float:
        dead = float(np.prod([1 - b for b, alive in zip(betas, lives, strict=True) if not alive]))
        living = [b for b, alive in zip(betas, lives, strict=True) if alive]
        total = 0.0
        for chosen in itertools.product((False, True), repeat=len(living)):
            also = float(np.prod([1 - b for b, is_in in zip(living, chosen, strict=True) if is_in]))
            total += (-1) ** sum(chosen) * none_of(dead * also)
        return total

    assert len(ties) <= MOST_TIES
    rows = {}
    for tie, beta in zip(ties, chances, strict=True):
        rows.setdefault(tie[0], []).append((tie, beta))
    choices = []
    for told in rows.values():
        row, betas = [tie for tie, _ in told], [beta for _, beta in told]
        choices.append([
            (exactly(row, betas, lives), list(itertools.compress(row, lives)))
            for lives in itertools.product((False, True), repeat=len(row))
        ])  # fmt: skip
    yield from _combined(choices)


def threshold_worlds(ties: Ties, influence: list[float]) -> Iterator[tuple[float, Ties]]:
    """Yield every world of the linear threshold model: each person heeds one incoming tie at most.

    Tie e alone with probability b_e, none with 1 - Σ b: the live ties of Kempe, Kleinberg & Tardos (2003, theorem 2.5).
    """
    into = {}
    for tie, b in zip(ties, influence, strict=True):
        into.setdefault(tie[1], []).append((tie, b))
    choices = [
        [(1 - sum(b for _, b in told), []), *((b, [tie]) for tie, b in told)] for told in into.values()
    ]
    yield from _combined(choices)


def _combined(choices: list[list[tuple[float, Ties]]]) -> Iterator[tuple[float, Ties]]:
    for chosen in itertools.product(*choices):
        yield float(np.prod([p for p, _ in chosen])), [tie for _, live in chosen for tie in live]


def needs_met(ties: Ties, needs: list[int], seed_set: set[int]) -> int:
    """Return how many act in the end where each person needs so many of those it hears to act."""
    active = set(seed_set)
    while True:
        new = {
            i for i, need in enumerate(needs)
            if i not in active and sum(j in active for j, listener in ties if listener == i) >= need
        }  # fmt: skip
        if not new:
            return len(active)
        active |= new


def mean(of: np.ndarray) -> float:
    """Return the expectation of a law."""
    return float(of @ np.arange(len(of)))
