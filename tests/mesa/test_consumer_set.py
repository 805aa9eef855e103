"""ConsumerSet does what Mesa's AgentSet does (the oracle: plain agents with the same values), by column."""

from __future__ import annotations

import copy
import gc
import inspect
import pickle

import mesa
import numpy as np
import pytest

from sim import ConsumerSet, InputError
from sim.agents import consumer_set
from tests.mesa_publics import Counted, CountedModel, scenario, small

NAMES = ("unique_id", "segment", "trust", "attitude", "memory", "n_contacts", "is_aware")


class Plain(mesa.Agent):
    """An ordinary Mesa agent with a copy of a person's values."""

    def praise(self, by: float) -> str:
        self.trust = min(1.0, self.trust + by)
        return self.segment


@pytest.fixture
def pair():
    """Return the small public, and a plain Mesa model that says the same."""
    model = CountedModel(scenario())
    for _ in range(5):
        model.step()
    plain = mesa.Model(rng=1)
    for values in model.agents.get(list(NAMES)):
        agent = Plain(plain)
        for name, value in zip(NAMES, values, strict=True):
            setattr(agent, name, value)
    return model.agents, plain.agents


def ids(agents) -> list[int]:
    return [agent.unique_id for agent in agents]


def is_keen(agent) -> bool:
    return agent.trust > 0.5 and agent.n_contacts > 1


def tens(agent) -> int:
    return agent.n_contacts // 10


CHOICES = [
    {}, {"at_most": 7}, {"at_most": 0.25}, {"at_most": 1.0}, {"at_most": 1}, {"at_most": 0}, {"at_most": 10**6},
    {"filter_func": is_keen}, {"filter_func": is_keen, "at_most": 5}, {"filter_func": is_keen, "at_most": 0.01},
    {"agent_type": mesa.Agent}, {"agent_type": mesa.Agent, "at_most": 3}, {"agent_type": mesa.Model},
]  # fmt: skip


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("inplace", [False, True])
def test_select_as_mesa(pair, choice, inplace) -> None:
    ours, plain = pair
    if inplace:
        plain = plain.select()  # Mesa's own set of everyone is not to be changed
    chosen = ours.select(**choice, inplace=inplace)
    assert ids(chosen) == ids(plain.select(**choice, inplace=inplace))
    assert (chosen is ours) == inplace
    assert len(ours) == (len(chosen) if inplace else 400)


def test_select_by_mask(pair) -> None:
    ours, _ = pair
    mask = (ours.get("trust") > 0.5) & (ours.get("n_contacts") > 1)
    assert ids(ours.select(mask)) == ids(ours.select(is_keen)) != []
    assert ids(ours.select(mask, at_most=4)) == ids(ours.select(is_keen, at_most=4))
    assert ids(ours.select(mask.tolist())) == ids(ours.select(mask))
    turned = ours.sort("trust")
    assert set(ids(turned.select(turned.get("segment") == "south"))) < set(ids(ours))
    for wrong in (mask[:-1], mask.astype(int), mask[:, None]):
        with pytest.raises(InputError, match=r"want a callable, or bool of shape \(400,\)"):
            ours.select(wrong)


@pytest.mark.parametrize(
    "key", ["n_contacts", "segment", "trust", tens, lambda a: (a.segment, a.unique_id % 7)]
)
@pytest.mark.parametrize("ascending", [False, True])
@pytest.mark.parametrize("inplace", [False, True])
def test_sort_as_mesa(pair, key, ascending, inplace) -> None:
    ours, plain = pair[0], pair[1].select()
    done = ours.sort(key, ascending=ascending, inplace=inplace)
    assert ids(done) == ids(plain.sort(key, ascending=ascending, inplace=inplace))
    assert (done is ours) == inplace


def test_get_and_agg_as_mesa(pair) -> None:
    ours, plain = pair
    for name in NAMES:
        assert ours.get(name).tolist() == plain.get(name)
    assert ours.get(["segment", "trust"]) == plain.get(["segment", "trust"])
    assert ours.get("pos2", handle_missing="default", default_value=3).tolist() == plain.get(
        "pos2", handle_missing="default", default_value=3
    )
    assert ours.agg("n_contacts", [min, max, sum, len]) == plain.agg("n_contacts", [min, max, sum, len])
    assert ours.agg("trust", np.mean) == pytest.approx(plain.agg("trust", np.mean))
    assert ours.agg("segment", set) == plain.agg("segment", set)
    for agents in pair:
        with pytest.raises(AttributeError):
            agents.get("no_such")
        with pytest.raises(ValueError, match="error"):
            agents.get("trust", handle_missing="perhaps")


def test_get_gives_a_copy(pair) -> None:
    ours, _ = pair
    before = ours.get("trust").copy()
    for agents in (ours, ours.select(at_most=9)):
        agents.get("trust")[:] = 0
    np.testing.assert_array_equal(ours.get("trust"), before)


def test_set_as_mesa(pair) -> None:
    ours, plain = pair
    some, few = ours.select(is_keen), plain.select(is_keen)
    assert some.set("trust", 0.9) is some
    few.set("trust", 0.9)
    assert ours.get("trust").tolist() == plain.get("trust")
    some.set("memory", np.arange(len(some)))
    assert some.get("memory").tolist() == list(range(len(some)))


def test_do_and_map_as_mesa(pair) -> None:
    ours, plain = pair
    assert ours.map("praise", 0.2) == plain.map("praise", 0.2)
    assert ours.map(tens) == plain.map(tens)
    assert ours.do("praise", by=0.05) is ours
    plain.do("praise", by=0.05)
    assert ours.get("trust").tolist() == plain.get("trust")
    assert ours.shuffle_do("praise", 0.05) is ours
    plain.shuffle_do("praise", 0.05)
    assert ours.get("trust").tolist() == plain.get("trust")


@pytest.mark.parametrize("by", ["segment", "is_aware", "n_contacts", tens, lambda a: (a.segment, a.is_aware)])
def test_groupby_as_mesa(pair, by) -> None:
    ours, plain = (agents.groupby(by) for agents in pair)
    gc.collect()  # groups of weak references to views would be empty by now
    assert list(ours.groups) == list(plain.groups)
    assert ours.count() == plain.count()
    assert {name: ids(group) for name, group in ours} == {name: ids(group) for name, group in plain}
    assert ours.agg("n_contacts", max) == plain.agg("n_contacts", max)
    assert ours.agg("trust", np.mean) == pytest.approx(plain.agg("trust", np.mean))
    assert ours.map(len) == plain.map(len)
    ours.do("set", "trust", 0.25)
    assert set(pair[0].get("trust")) == {0.25}
    lists = pair[0].groupby(by, result_type="list")
    assert {name: len(group) for name, group in lists} == plain.count()
    assert all(type(group) is list for _, group in lists)
    assert lists.agg("n_contacts", max) == plain.agg("n_contacts", max)


def test_iterating_and_indexing(pair) -> None:
    ours, _ = pair
    assert len(ours) == 400 == len(list(ours)) == len(ours.to_list())
    assert ids(reversed(ours)) == ids(ours)[::-1]
    assert ours[5].unique_id == 5
    assert ours[-1].unique_id == 399
    assert ids(ours[10:40:10]) == [10, 20, 30]
    with pytest.raises(IndexError):
        ours[400]
    assert ours[3] in ours
    assert ours[3] not in ours[:3]
    assert small().agents[3] not in ours
    assert "3" not in ours


def test_as_a_set(pair) -> None:
    ours, _ = pair
    low, high = ours[:30], ours[20:50]
    assert ids(low & high) == list(range(20, 30))
    assert ids(low | high) == list(range(50))
    assert ids(low - high) == list(range(20))
    assert sorted(ids(low ^ high)) == [*range(20), *range(30, 50)]
    assert low[:5] <= low
    low.add(ours[99])
    low.add(ours[99])
    low.discard(ours[0])
    low.discard(ours[0])
    low.remove(ours[1])
    assert ids(low) == [*range(2, 30), 99]
    assert ours[0] not in low
    with pytest.raises(KeyError):
        low.remove(ours[1])
    with pytest.raises(InputError, match="want a person of this model"):
        low.add(small().agents[0])
    assert len(ours) == 400


def test_columns_make_no_view() -> None:
    model = CountedModel(scenario())
    Counted.made = 0
    agents = model.agents
    agents.select(agents.get("trust") > 0.5).set("memory", 1.0).sort("trust").shuffle()
    agents.groupby("segment").agg("attitude", np.mean)
    agents.agg("usage.tv", [min, max])
    agents.to_frame()
    assert Counted.made == 0
    list(agents[:7])
    assert Counted.made == 7


def test_attributes_of_ones_own_kind(pair) -> None:
    ours, _ = pair
    warmth = ours.get("trust") + ours.get("attitude")
    assert ours.get("warmth").tolist() == warmth.tolist()
    assert ids(ours.sort("warmth", ascending=True)) == np.argsort(warmth, kind="stable").tolist()
    assert ours.get("contacts")[3] == ours[3].contacts


def test_shuffle_is_a_matter_of_world_day_and_count() -> None:
    def orders(replication: int) -> list[list[int]]:
        model = small(replication)
        out = [ids(model.agents.shuffle()), ids(model.agents.shuffle())]
        model.step()
        return [*out, ids(model.agents.shuffle())]

    first, again, other = orders(0), orders(0), orders(1)
    assert first == again
    assert all(sorted(order) == list(range(400)) for order in first)
    assert len({tuple(order) for order in (*first, *other)}) == 6


def test_shuffle_moves_no_draw_and_uses_no_generator() -> None:
    plain, shuffled = small(), small()
    state = shuffled.random.getstate(), shuffled.rng.bit_generator.state
    while shuffled.running:
        shuffled.agents.shuffle(inplace=True)
        shuffled.agents.shuffle_do("advance")
        shuffled.step()
    assert state == (shuffled.random.getstate(), shuffled.rng.bit_generator.state)
    np.testing.assert_array_equal(plain.run().people.record, shuffled.world.people.record)


def test_shuffle_does_not_ask_how_they_stood() -> None:
    left, right = small(), small()
    assert ids(left.agents.shuffle()) == ids(right.agents.sort("unique_id").shuffle())
    third = small()
    part = third.agents.select(third.agents.get("segment") == "south").shuffle()
    whole = [i for i in ids(small().agents.shuffle()) if i in set(ids(part))]
    assert ids(part) == whole


def test_shuffle_is_fair() -> None:
    """Each fifth of the public takes each fifth of the places alike: χ² of 16 degrees, two-sided at 1e-4."""
    model, table = small(), np.zeros((5, 5))
    for _ in range(50):
        order = np.array(ids(model.agents.shuffle()))
        np.add.at(table, (np.arange(400) // 80, order // 80), 1)
    chi2 = ((table - 800) ** 2 / 800).sum()
    assert 3.0 < chi2 < 45.9


def test_frames(pair) -> None:
    ours, _ = pair
    frame = ours.to_frame()
    assert frame.index.tolist() == ids(ours)
    assert list(frame.columns) == [
        name for name in ours.model.table.columns if name not in ("uid", "unique_id")
    ]
    assert frame["segment"].dtype == "category"
    assert frame.groupby("segment", observed=True)["trust"].mean().to_dict() == pytest.approx(
        ours.groupby("segment").agg("trust", np.mean)
    )
    assert ours[:3].to_frame(["contacts.tv", "trust"]).shape == (3, 2)


def test_sets_can_be_copied_and_pickled(pair) -> None:
    ours, _ = pair
    some = ours.sort("trust")[:20]
    for other in (copy.copy(some), some.copy()):
        assert ids(other) == ids(some)
        assert other.model is some.model
    back = pickle.loads(pickle.dumps(some))
    assert ids(back) == ids(some)
    back.set("trust", 0.0)
    assert some.agg("trust", min) > 0


def test_nothing_of_mesas_own_storage_is_left() -> None:
    """Every method of Mesa's that reads its dictionary of agents, or its generator, is done anew here."""
    stale = []
    for base in ConsumerSet.__mro__[1:]:
        for name, method in vars(base).items():
            code = getattr(inspect.unwrap(method), "__code__", None) if callable(method) else None
            if code and {"_agents", "random"} & {*code.co_names, *code.co_freevars}:
                stale.append(name)
    assert {"shuffle", "get"} <= set(stale) or consumer_set.AgentSet.__module__ == "mesa.agentset"
    assert [
        name
        for name in stale
        if name not in vars(ConsumerSet) and name not in ("__getstate__", "__setstate__")
    ] == []
