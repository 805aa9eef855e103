"""Laws of listening: the share of complaints heard, and how often they are met again by a public reply.

Each check is two-sided at 4.5 standard errors: a false alarm in about 7 of a million, with a fixed seed.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.campaign import listening
from sim.day import listener
from tests.plans import lived, made_ready
from tests.properties.test_listening import unhappy

pytestmark = pytest.mark.statistical
Z = 4.5
COVER = 0.35


def check_cover() -> None:
    tally = lived(made_ready(unhappy(agents=4000, cover=COVER, reply="none"))).tally
    made, heard = (int(tally.complaints[k].sum()) for k in (0, 1))
    assert made > 3000
    assert abs(heard - COVER * made) < Z * np.sqrt(made * COVER * (1 - COVER))


def check_met_again(factor: float, **policy: object) -> None:
    """Nobody adopts, so that who talks is the same in both worlds: what is heard more is met again."""
    told = {"agents": 3000, "cover": 1.0, "recovery": 0.2, "public_reply_factor": factor}
    once, more = (lived(made_ready(unhappy(**told, **p))).tally for p in ({"reply": "private"}, policy))
    ill = int(once.heard[1].sum())
    again = int(more.heard[1].sum()) - ill
    n, p = ill * policy.get("several", 1), factor - 1.0
    assert ill > 3000
    assert abs(again - n * p) <= Z * np.sqrt(n * p * (1 - p))


def test_so_many_complaints_are_heard() -> None:
    check_cover()


@pytest.mark.parametrize("policy", [{"reply": "one_public"}, {"reply": "several_public", "several": 2}])
@pytest.mark.parametrize("factor", [1.0, 1.5, 1.8, 2.0])
def test_a_public_reply_is_heard_by_so_many(factor: float, policy: dict[str, object]) -> None:
    check_met_again(factor, **policy)


def test_a_cover_squared_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = listening.ears_of
    monkeypatch.setattr(
        "sim.campaign.compile.ears_of",
        lambda plan, public: (e := exact(plan, public)) and type(e)(e.cover**2, *_rest(e)),
    )
    with pytest.raises(AssertionError):
        check_cover()


def _rest(ears: listening.Ears) -> list[object]:
    return [getattr(ears, name) for name in list(ears.__dataclass_fields__)[1:]]


def test_a_factor_taken_whole_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everyone who heard meet the complaint again with chance b/2 instead of b − 1."""
    exact = listener.reply.meet_again
    monkeypatch.setattr(
        listener.reply,
        "meet_again",
        lambda key, nth, k, uid, chance, *rest: exact(key, nth, k, uid, 0.75, *rest),
    )
    with pytest.raises(AssertionError):
        check_met_again(1.5, reply="one_public")
