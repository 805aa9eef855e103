"""Attitude peaks near the tenth attended contact, whatever the impact of one."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernels.state import UNITS
from tests.plans import changed, daily_contact, lived, made_ready

pytestmark = pytest.mark.known
IMPACTS = (0.05, 0.27, 0.6, 0.94, 1.0)


def attitude_by_contact(impact, **changes):
    """Return mean attitude after each of 25 contacts, one a day, from attitude 0."""
    plan = daily_contact(25, impact=impact, agents=50, sharing=None, adoption=None)
    world = lived(made_ready(changed(plan, {"reception.wear_recovery_days": None, **changes})))
    assert (world.log.attended.sum(axis=(1, 2, 3)) == 50 * np.arange(1, 26)).all()
    return world.log.attitude[:, 0] / UNITS / 50


def check_peak(attitude):
    peak = np.flatnonzero(attitude >= attitude.max() - 1e-9) + 1
    assert attitude[0] > 0
    assert peak.min() >= 9
    assert peak.max() <= 11


@pytest.mark.parametrize("impact", IMPACTS)
def test_attitude_peaks_at_the_tenth_contact_for_every_impact(impact):
    check_peak(attitude_by_contact(impact))


@pytest.mark.parametrize("impact", IMPACTS)
def test_the_path_of_attitude_is_the_recursion_written_out(impact):
    """Follow a += g(1 - a), or g(a + 1) once worn out; g = η τ T ψ D(R), one unit of wear per contact."""
    a, expected = 0.0, []
    for n in range(25):
        g = 0.2 * 0.70 * 0.5 * impact * (1 - n / 10) * np.exp(-n / 10)
        a += g * (1 - a) if g >= 0 else g * (a + 1)
        expected.append(a)
    np.testing.assert_allclose(attitude_by_contact(impact), expected, atol=2e-9)


@pytest.mark.parametrize(
    "bug",
    [{"reception.wear_out_contacts": 13.0}, {"reception.wear_out_contacts": 7.0},
     {"reception.wear_recovery_days": 28.0}, {"reception.wear_out_contacts": None}],
)  # fmt: skip
def test_another_law_of_wear_is_noticed(bug):
    with pytest.raises(AssertionError):
        check_peak(attitude_by_contact(0.6, **bug))


def test_rotating_two_messages_wears_out_less_than_one():
    plan = daily_contact(25, agents=50, sharing=None, adoption=None)
    plan = changed(plan, {"reception.wear_recovery_days": None, "messages.other": plan["messages"]["claim"]})
    plan["audience"]["needs"] = ["information", "entertainment"]
    plan["audience"]["segments"]["people"]["motivations"] = {"information": 1.0, "entertainment": 1.0}
    plan["messages"]["other"] = {"appeals": {"entertainment": 1.0}, "quality": 0.5}
    turns = changed(plan, {"plan.flights.news.posts": list(range(1, 26, 2))})
    turns["plan"]["flights"]["turn"] = {"message": "other", "channel": "site", "posts": list(range(2, 26, 2))}
    one, two = (lived(made_ready(p)).people.record["wear"] for p in (plan, turns))
    np.testing.assert_array_equal(one, 25.0)
    np.testing.assert_array_equal(two, 1.0)  # each is wholly new after the other: only the first one wears
