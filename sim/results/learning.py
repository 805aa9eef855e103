"""What the brand's messages have learned of the public."""

from __future__ import annotations

from sim.results.indicators import Readings
from sim.world import World


def read_learning(out: Readings, world: World) -> None:
    """Add to the indicators of a world's last day how far its messages have moved, where the plan listens."""
    if world.campaign.ears is not None:
        out.at_end("message_learning", 0.0 if world.learner is None else world.learner.moved(world.variants))
