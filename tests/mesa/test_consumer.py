"""One person as a Mesa agent: reads and writes the world's arrays, and nobody counts it."""

from __future__ import annotations

import copy

import mesa
import numpy as np
import pytest

from sim import AudienceModel, Consumer, InputError, PregonError, Scenario
from sim.kernels.state import ADOPTER, UNAWARE, courses
from tests.mesa_publics import check_counts, scenario, small


def test_a_view_reads_its_row() -> None:
    model = small(days_done=6)
    record, population = model.world.people.record, model.public.population
    layer = model.public.network.layers["feed"]
    for row in (0, 17, 399):
        person = Consumer(model, row)
        told = record[row]
        assert person.unique_id == row
        assert person.segment == population.segment_names[told["segment"]]
        assert (person.trust, person.attitude) == (told["trust"], told["attitude"])
        adopted_on = courses(model.world.people)["adopted_on"][row] if told["stage"] == ADOPTER else -1
        assert (person.n_contacts, person.adopted_on) == (told["n_paid"], adopted_on)
        assert person.stage == ("unaware", "aware", "considering", "adopter")[told["stage"]]
        assert (person.is_aware, person.is_adopter) == (told["stage"] != UNAWARE, told["stage"] == ADOPTER)
        channels = population.channel_names
        assert person.contacts == dict(
            zip(channels, model.world.people.paid_contacts[row].tolist(), strict=True)
        )
        assert person.usage == dict(zip(channels, population.usage[:, row].tolist(), strict=True))
        assert person.followers["feed"] == layer.out_ptr[row + 1] - layer.out_ptr[row]
        assert type(person.trust) is float
        assert type(person.is_aware) is bool
    assert len({person.segment for person in model.agents}) == 2
    assert sum(person.n_contacts for person in model.agents) > 0


def test_ids_of_a_people_file_are_the_ids(tmp_path) -> None:
    (tmp_path / "people.csv").write_text("who,town,age\nana,north,31\nbo,south,44\ncy,north,25\n", "utf-8")
    given = scenario().model_dump(mode="json", exclude_unset=True)
    given["audience"] = {"from_people": {"file": "people.csv", "id": "who", "segment_by": ["town"]}}
    given["plan"], given["network"] = {}, {}
    model = AudienceModel(Scenario.from_dict(given, tmp_path))
    assert [person.unique_id for person in model.agents] == ["ana", "bo", "cy"]
    assert model.agents.get("file.age").tolist() == [31.0, 44.0, 25.0]
    assert model.agents.to_frame(["file.age"]).loc["cy", "file.age"] == 25


def test_memory_is_that_of_today() -> None:
    model = small(
        **{"plan.flights": {}, "plan.partners": {}, "sharing": None, "reception.memory_half_life_days": 6}
    )
    person = model.agents.select(~model.agents.get("is_aware"))[0]
    person.memory = 1.0
    for _ in range(6):
        model.step()
    assert person.memory == pytest.approx(0.5, abs=1e-12)
    person.wear = 2.0  # brings memory up to date beside it
    assert person.memory == pytest.approx(0.5, abs=1e-12)
    assert model.world.people.record["touched"][person.row] == 6


def test_writing_goes_through_and_counts_follow() -> None:
    model = small(days_done=3)
    person = model.agents[7]
    person.trust, person.attitude, person.availability = 0.99, -0.5, 3.0
    record = model.world.people.record[7]
    assert (record["trust"], record["attitude"]) == (0.99, -0.5)
    assert model.world.people.availability[7] == 3.0
    check_counts(model)
    model.run()
    check_counts(model)


def test_writing_moves_what_follows() -> None:
    plain, moved = small(), small()
    moved.agents.set("trust", 1.0)
    plain.run()
    moved.run()
    assert moved.world.tally.attitude.sum() > plain.world.tally.attitude.sum()


def test_writing_what_stands_there_moves_nothing() -> None:
    plain, same = small(days_done=4), small(days_done=4)
    for name in ("trust", "attitude", "availability", "engagement"):
        same.agents.set(name, same.agents.get(name))
    same.agents.set("is_aware", same.agents.get("is_aware"))
    np.testing.assert_array_equal(plain.run().people.record, same.run().people.record)


def test_attitude_decides_who_considers() -> None:
    model = small(days_done=2)
    open_minded = model.agents.select(model.agents.get("is_aware") & ~model.agents.get("is_adopter"))
    open_minded.set("attitude", 1.0)
    assert set(open_minded.get("stage")) == {"considering"}
    open_minded.set("attitude", -1.0)
    assert set(open_minded.get("stage")) == {"aware"}
    check_counts(model)


def test_awareness_can_be_given_and_taken() -> None:
    model = small(days_done=2)
    unaware = model.agents.select(~model.agents.get("is_aware"))
    assert 0 < len(unaware) < 400
    unaware.set("is_aware", True)
    assert model.agents.get("is_aware").all()
    check_counts(model)
    model.agents.select(~model.agents.get("is_adopter")).set("is_aware", False)
    assert model.agents.get("is_aware").sum() == model.agents.get("is_adopter").sum() > 0
    check_counts(model)
    model.run()
    check_counts(model)


def test_who_is_made_to_forget_draws_as_who_forgets() -> None:
    """Forget by the day's step (a loss nobody withstands) and by hand: the same thresholds wait."""
    quiet = {"plan.flights": {}, "plan.partners": {}, "sharing": None, "adoption": None}
    by_step = small(**quiet, **{"reception.awareness_loss_per_day": 1.0})
    by_hand = small(**quiet, **{"reception.awareness_loss_per_day": 0.0})
    was_aware = by_step.agents.get("is_aware")
    for model in (by_step, by_hand):
        model.run()
    forgot = by_step.agents.select(was_aware & ~by_step.agents.get("is_aware")).rows
    assert len(forgot) > 10
    assert by_hand.agents.get("is_aware").sum() == was_aware.sum()
    by_hand.agents.select(np.isin(by_hand.agents.rows, forgot)).set("is_aware", False)
    for field in ("pressure", "aware_at", "stage"):
        left, right = (m.world.people.record[field][forgot] for m in (by_step, by_hand))
        np.testing.assert_array_equal(left, right, err_msg=field)
    for field in ("turn", "forgetting", "forget_at"):
        left, right = (courses(m.world.people)[field][forgot] for m in (by_step, by_hand))
        np.testing.assert_array_equal(left, right, err_msg=field)


def test_views_are_not_registered() -> None:
    model = small()
    views = list(model.agents)
    assert len(views) == 400
    assert len(mesa.Model.agents.fget(model)) == 0
    assert model.agent_types == [Consumer]
    assert len(model.agents_by_type[Consumer]) == 400


def test_agents_of_other_types_stand_beside() -> None:
    class Rival(mesa.Agent):
        pass

    model = small()
    rival = Rival(model)
    assert model.agent_types == [Consumer, Rival]
    assert list(model.agents_by_type[Rival]) == [rival]
    assert len(model.agents) == 400


def test_views_of_one_row_are_one_person() -> None:
    model, other = small(), small()
    assert Consumer(model, 3) == Consumer(model, 3) != Consumer(model, 4)
    assert Consumer(model, 3) != Consumer(other, 3)
    assert len({Consumer(model, 3), Consumer(model, 3), Consumer(model, 4)}) == 2
    assert copy.copy(Consumer(model, 3)) == Consumer(model, 3)


@pytest.mark.parametrize(("name", "value", "said"), [
    ("trust", 1.5, r"trust: 1.5; want 0 to 1"),
    ("trust", float("nan"), r"trust: nan; want 0 to 1"),
    ("attitude", -2, r"attitude: -2; want -1 to 1"),
    ("memory", "much", r"memory: values of type .*want numbers"),
    ("memory", -1, r"memory: -1; want 0 to inf"),
    ("trust", [0.1, 0.2], r"want one value, or 1: one per person"),
    ("segment", "south", r"segment: cannot be written; want one of is_aware, trust"),
    ("stage", "adopter", r"stage: cannot be written; .*follows from is_aware"),
    ("adopted_on", 3, r"adopted_on: cannot be written"),
    ("trsut", 0.5, r"person.trsut: no such column.*add_column\('trsut'"),
    ("pos", (1, 1), r"person.pos: no such column"),
])  # fmt: skip
def test_what_cannot_be_written_is_refused(name, value, said) -> None:
    model = small()
    before = model.world.people.record.copy()
    with pytest.raises(InputError, match=said):
        setattr(model.agents[0], name, value)
    np.testing.assert_array_equal(model.world.people.record, before)


def test_adopters_stay_aware() -> None:
    model = small()
    with pytest.raises(InputError, match=r"is_aware: false for \d+ adopters"):
        model.agents.set("is_aware", False)


def test_what_is_not_there_is_an_attribute_error() -> None:
    person = small().agents[0]
    assert not hasattr(person, "pos")
    with pytest.raises(
        AttributeError, match=r"column trst: a person has no such column.*did you mean trust\?"
    ):
        person.trst  # noqa: B018


def test_nobody_leaves_or_is_added() -> None:
    person = small().agents[0]
    with pytest.raises(PregonError, match="nobody leaves"):
        person.remove()
    with pytest.raises(PregonError, match="audience"):
        Consumer.create_agents(person.model, 3)


def test_own_columns_are_read_written_and_kept() -> None:
    model = small()
    model.add_column("mood", 0.5)
    model.add_column("nick", [f"p{i}" for i in range(400)])
    model.agents[4].mood = 0.75
    model.agents[4].nick = "a much longer name"
    model.agents.select(model.agents.get("segment") == "north").set("mood", 1.0)
    assert model.agents[4].mood in (0.75, 1.0)
    assert model.agents[4].nick == "a much longer name"
    assert model.agents.groupby("segment").agg("mood", max)["north"] == 1.0
    twin = copy.deepcopy(model)
    twin.agents.set("mood", 0.0)
    assert model.agents.get("mood").sum() > 0 == twin.agents.get("mood").sum()
    for name, values, said in [
        ("mood", 1, "is taken"), ("trust", 1, "is taken"), ("step", 1, "is taken"), ("no name", 1, "is no name"),
        ("short", [1, 2], "want one value, or 400"),
    ]:  # fmt: skip
        with pytest.raises(InputError, match=said):
            model.add_column(name, values)
    model.add_column("coins", 3)
    with pytest.raises(InputError, match="want int64, as the column was added"):
        model.agents.set("coins", 0.5)
