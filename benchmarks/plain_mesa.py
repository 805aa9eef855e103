"""The independent cascade as one writes it in Mesa: an object per person, a step for each, every day."""

from __future__ import annotations

import mesa

from benchmarks.cascade import MONTH
from benchmarks.graphs import Graph

UNAWARE, SHARING, DONE = "unaware", "sharing", "done"


class Person(mesa.Agent):
    """Know one's followers; tell each of them once."""

    def __init__(self, model: Rumour):
        super().__init__(model)
        self.followers: list[Person] = []
        self.state, self.is_told = UNAWARE, False

    def step(self) -> None:
        if self.state == SHARING:
            for other in self.followers:
                if other.state == UNAWARE and self.random.random() < self.model.probability:
                    other.is_told = True
            self.state = DONE

    def settle(self) -> None:
        if self.is_told:
            self.is_told, self.state = False, SHARING
            self.model.n_sharing += 1


class Rumour(mesa.Model):
    """Hold everyone, tied as the graph says."""

    def __init__(self, graph: Graph, probability: float):
        super().__init__(seed=1)
        self.probability, self.seed_set, self.n_sharing = probability, graph.seed_set, 0
        self.people = [Person(self) for _ in range(graph.n_people)]
        for u, v in graph.arcs.tolist():
            self.people[u].followers.append(self.people[v])

    def step(self) -> None:
        self.n_sharing = 0
        self.agents.do("step")
        self.agents.do("settle")

    def spread(self, luck: int) -> int:
        """Start anew, step until nobody shares; return how many ever did."""
        self.start(luck)
        while self.n_sharing:
            self.step()
        return sum(person.state == DONE for person in self.people)

    def month(self, luck: int) -> int:
        """Start anew and live thirty days; return how many have shared."""
        self.start(luck)
        for _ in range(MONTH):
            self.step()
        return sum(person.state == DONE for person in self.people)

    def start(self, luck: int) -> None:
        """Let everyone be unaware but the seed set."""
        self.random.seed(luck)
        for person in self.people:
            person.state = UNAWARE
        for row in self.seed_set:
            self.people[row].state = SHARING
        self.n_sharing = len(self.seed_set)
