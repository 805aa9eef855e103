"""Messages that stand on the brand's own spaces: visitors meet them, as they use the space."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.experiment.estimate import estimate
from sim.experiment.runner import run
from sim.kernels.state import OWNED
from tests.plans import bare, build, changed, lived, made_ready, open_world
from tests.properties.test_same_bits import check_same


def site(agents=400, days=12, visits=0.8, **flights):
    tree = bare(agents=agents, days=days, adoption=None, sharing=None)
    tree["audience"]["segments"]["people"]["usage"] = {"site": {"users": 0.7, "visits_per_day": visits}}
    tree["channels"] = {"site": {"kind": "owned", "medium": "own"}}
    tree["messages"]["other"] = {"appeals": {"information": 0.5}, "quality": 0.5}
    tree["plan"] = {
        "flights": {name: {"message": "claim", "channel": "site", **keys} for name, keys in flights.items()}
    }
    return tree


def contacts_by_day(study, replication=0):
    """Return the rows met on each day with their message and kind."""
    world = open_world(study, replication)
    out = []
    while world.day < world.days:
        world.step()
        now = world.contacts[: world.n_contacts]
        out.append(sorted(zip(*(now[key].tolist() for key in ("person", "message", "kind")), strict=True)))
    return out


def test_visits_come_as_people_use_the_space():
    """Mean and variance of the visits per user are those of a Poisson law at its own u·days.

    False-alarm rate below 1e-6 a side (5 standard errors); half of the visits is caught.
    """
    study = made_ready(site(agents=4000, home={"days": "1-12"}))
    usage = study.public.population.usage[0]
    worlds = [lived(study, replication) for replication in range(5)]
    found = sum(int(world.tally.contacts[OWNED].sum()) for world in worlds)
    expected = 5 * 12 * usage.sum()

    def is_so(count):
        return abs(count - expected) <= 5 * math.sqrt(expected)

    assert is_so(found)
    assert not is_so(found / 2)
    days = np.diff([0, *(worlds[0].log.contacts[:, OWNED].sum(axis=(1, 2))).tolist()])
    assert (np.abs(days - usage.sum()) <= 5 * math.sqrt(usage.sum())).all()


def test_it_stands_on_its_days_and_nothing_is_met_on_others():
    met = contacts_by_day(made_ready(site(home={"days": "4-7"})))
    assert [bool(day) for day in met] == [False] * 3 + [True] * 4 + [False] * 5
    assert {kind for day in met for *_, kind in day} == {OWNED}


def test_what_stands_there_changes_no_visit():
    """The visits of days 4 to 7 are the same people in the same number, whatever else stood there, and when."""
    alone = contacts_by_day(made_ready(site(home={"days": "4-7"})))
    whole = contacts_by_day(made_ready(site(always={"days": "1-12"})))
    assert alone[3:7] == whole[3:7]
    both = contacts_by_day(made_ready(site(home={"days": "4-7"}, more={"days": "1-12", "message": "other"})))
    for day in range(3, 7):
        first = [person for person, message, _ in both[day] if message == 0]
        assert first == [person for person, message, _ in both[day] if message == 1]
        assert first == [person for person, *_ in alone[day]]


def test_it_is_free_and_counted_as_owned():
    result = run(build(site(home={"days": "1-12"})), replications=2, threads=1)
    rows = result.worlds.query("segment == 'all' and channel == 'all'").set_index("metric")["value"]
    assert (rows["spend"] == 0).all()
    assert (rows["owned_contacts"] > 0).all()
    assert (rows["contacts"] == 0).all()
    assert (rows["awareness_lift"] > 0).all()


def test_one_who_waits_for_another_message_is_met_later():
    tree = site(home={"days": "1-12"}, more={"days": "1-12", "message": "other"})
    free, waiting = (
        contacts_by_day(made_ready(t)) for t in (tree, changed(tree, {"messages.other.after": "claim"}))
    )
    assert not [contact for contact in waiting[0] if contact[1] == 1]
    assert sum(map(len, waiting)) < sum(map(len, free))


def test_check_tells_of_it():
    lines = list(estimate(build(site(home={"days": "2-5"})), 1))
    told = [line for line in lines if line.startswith("flight home:")]
    assert len(told) == 1
    assert "stands on site, days 2 to 5, about" in told[0]
    assert told[0].endswith("visits, free")


def test_switched_off_is_the_same_bits_as_never_told():
    plain = site(posts={"posts": [2, 5]})
    plain["channels"]["site"]["brand_followers"] = 0.5
    off = changed(plain, {"plan.flights.home": None})
    check_same(*(run(build(tree), replications=2, threads=1) for tree in (plain, off)))
    on = changed(plain, {"plan.flights.home": {"message": "claim", "channel": "site", "days": "1-12"}})
    with pytest.raises(AssertionError):
        check_same(*(run(build(tree), replications=2, threads=1) for tree in (plain, on)))
