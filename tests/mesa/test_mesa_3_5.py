"""What Mesa has from 3.5 on: events between the days. Collected where that Mesa is."""

from __future__ import annotations

import functools

from tests.mesa_publics import same_state, small


def test_events_of_mesa_3_5() -> None:
    model = small()
    model.praise = functools.partial(model.agents.set, "trust", 1.0)  # Mesa holds what it is to call weakly
    model.schedule_event(model.praise, at=4.5)
    model.run_for(4)
    assert (model.world.day, model.agents.agg("trust", min) < 1.0) == (4, True)
    model.run_for(1)
    by_hand = small(days_done=4)
    by_hand.agents.set("trust", 1.0)
    by_hand.step()
    same_state(model, by_hand)
