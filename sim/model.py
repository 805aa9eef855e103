"""The public as a Mesa model: one world, stepped and collected the Mesa way."""

from __future__ import annotations

from typing import Any

import mesa

from sim.campaign.compile import Campaign, compile_campaign
from sim.kernels.state import ADOPTER, UNITS
from sim.luck_keys import world_key
from sim.public import Public, build_public
from sim.scenario.schema import Scenario
from sim.world import DAY, World

__all__ = ["DAY", "AudienceModel"]


class AudienceModel(mesa.Model):  # type: ignore[misc]
    """Live one world of a scenario, one day per step.

    Parameters
    ----------
    scenario : Scenario
    replication : int
        Which world: the same number gives the same luck as in ``run``.
    public : Public, optional
        A public built before for the same scenario; built here where absent.

    Attributes
    ----------
    world : World                       arrays, tallies, time spent in each step of ``DAY``
    datacollector : mesa.DataCollector  reach, awareness, consideration, adoption, attitude by day

    Examples
    --------
    >>> model = AudienceModel(Scenario.load("scenarios/launch.yaml"))  # doctest: +SKIP
    >>> model.step()                                                   # doctest: +SKIP
    >>> model.datacollector.get_model_vars_dataframe()                 # doctest: +SKIP
    """

    def __init__(self, scenario: Scenario, replication: int = 0, public: Public | None = None):
        super().__init__(rng=scenario.master_seed)
        self.scenario, self.replication = scenario, replication
        self.public = public if public is not None else build_public(scenario, replication % scenario.publics)
        self.campaign: Campaign = compile_campaign(scenario, self.public)
        key = world_key(scenario.master_seed, replication)
        self.world = World(self.public, self.campaign, key, scenario.days)
        self.datacollector = mesa.DataCollector(model_reporters=dict(REPORTERS))

    def step(self) -> None:
        """Live one day and collect; after the last day the model stops running."""
        self.world.step()
        self.datacollector.collect(self)
        self.running = self.world.day < self.world.days

    def run(self) -> World:
        """Live all days left and return the world."""
        while self.world.day < self.world.days:
            self.step()
        return self.world


def reach(model: AudienceModel) -> float:
    """Share of people with a paid contact so far."""
    return _share(model, model.world.tally.reach[-1, :, 0].sum())


def awareness(model: AudienceModel) -> float:
    """Share of people aware today."""
    return _share(model, model.world.tally.stages[1:].sum())


def consideration(model: AudienceModel) -> float:
    """Share of people considering or adopted."""
    return _share(model, model.world.tally.stages[2:].sum())


def adoption(model: AudienceModel) -> float:
    """Share of people who have adopted."""
    return _share(model, model.world.tally.stages[ADOPTER].sum())


def attitude(model: AudienceModel) -> float:
    """Mean attitude today."""
    return _share(model, model.world.tally.attitude.sum() / UNITS)


def _share(model: AudienceModel, count: Any) -> float:
    return float(count) / model.public.population.n_people


REPORTERS = {
    "reach": reach,
    "awareness": awareness,
    "consideration": consideration,
    "adoption": adoption,
    "attitude": attitude,
}
