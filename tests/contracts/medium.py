"""What every medium must hold; a new one is done when it passes."""

from __future__ import annotations

from typing import get_args

import numpy as np

from sim.kernels.state import PAID
from sim.scenario.media import Medium
from sim.scenario.parameters import table
from tests import plans


class MediumContract:
    """Base of the test of one medium: subclass it and name the `medium`."""

    medium: str

    def test_it_may_be_written(self) -> None:
        assert self.medium in get_args(Medium), "name it in `Medium`, sim/scenario/media.py"

    def test_its_numbers_have_unit_range_and_source(self) -> None:
        for name in ("attention", "impact"):
            number = table("media")[name][self.medium]
            assert number.low <= number.value <= number.high
            assert number.unit
            assert number.source

    def test_a_campaign_on_it_is_attended_and_remembered(self) -> None:
        """4 standard errors of a share of some 5,000 contacts: one false alarm in 16,000."""
        plan = plans.television(250, agents=2000, days=5, channel={"medium": self.medium}, users=1.0)
        world = plans.lived(plans.made_ready(plan))
        met, attended = world.tally.contacts[PAID].sum(), world.tally.attended[PAID].sum()
        attention, impact = (table("media")[name][self.medium].value for name in ("attention", "impact"))
        assert abs(attended / met - attention) <= 4 * np.sqrt(attention * (1 - attention) / met)
        fresh = plans.lived(plans.made_ready({**plan, "reception": {"memory_half_life_days": 60}}))
        memory = fresh.people.record["memory"].sum()
        assert 0.9 * impact * attended < memory <= impact * attended
