"""AudienceModel as people who live in Mesa use it: reporters, batches, pickles, copies, a notebook's steps."""

from __future__ import annotations

import copy
import functools
import json
import pickle
import warnings

import mesa
import numpy as np
import pandas as pd
import pytest
from mesa.batchrunner import batch_run

from sim import AudienceModel, InputError, PregonError, Scenario, indicator
from sim.kernels import adoption, paid, reception, sharing, social
from sim.scenario.identity import resolved
from tests.mesa_publics import (
    IS_NEW_MESA,
    SMALL,
    CountedModel,
    check_counts,
    heads,
    same_state,
    scenario,
    small,
    tv_above,
)


def scaled(model: AudienceModel, by: float) -> float:
    return by * model.agents.agg("trust", np.mean)


def test_reporters_of_every_form() -> None:
    asked = {
        "by_name": "steps",
        "by_function": reach_of_everyone,
        "by_partial": functools.partial(scaled, by=100.0),
        "by_list": [heads, [[1, 2, 3]]],
        "by_indicator": indicator("reach", channel="tv"),
    }
    of_agents = {
        "trust": "trust", "tv": "contacts.tv", "keen": [tv_above, [2]], "rounded": round_attitude, "id": "unique_id",
    }  # fmt: skip
    model = small(days_done=3, model_reporters=asked, agent_reporters=of_agents)
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["by_name"].tolist() == [1, 2, 3]
    assert frame["by_list"].tolist() == [6, 6, 6]
    assert frame["by_function"].iloc[-1] == model.agents.agg("is_met", np.mean)
    assert frame["by_partial"].iloc[-1] == pytest.approx(100 * np.mean(model.agents.get("trust")))
    assert frame["by_indicator"].tolist() == frame["reach"].tolist()
    people = model.datacollector.get_agent_vars_dataframe().loc[3]
    agents = model.agents
    assert people["trust"].tolist() == agents.get("trust").tolist()
    assert people["tv"].tolist() == agents.get("contacts.tv").tolist()
    assert people["keen"].tolist() == (agents.get("contacts.tv") > 2).tolist()
    assert people["rounded"].tolist() == [round(x, 2) for x in agents.get("attitude").tolist()]
    assert people["id"].tolist() == people.index.tolist()
    assert 0 < people["keen"].sum() < 400


def reach_of_everyone(model: AudienceModel) -> float:
    return model.agents.agg("is_met", np.mean)


def round_attitude(agent) -> float:
    return round(agent.attitude, 2)


def test_a_plain_collector_of_ones_own_collects_too() -> None:
    model = CountedModel(scenario())
    model.datacollector = mesa.DataCollector(
        model_reporters={"warm": lambda m: m.agents.agg("warmth", np.mean)},
        agent_reporters={"warmth": "warmth"},
        agenttype_reporters={CountedModel.consumer_type: {"contacts": "n_contacts"}},
    )
    model.step()
    model.step()
    people = model.datacollector.get_agent_vars_dataframe().loc[2]
    assert people["warmth"].tolist() == model.agents.get("warmth").tolist()
    by_type = model.datacollector.get_agenttype_vars_dataframe(CountedModel.consumer_type).loc[2]
    assert by_type["contacts"].tolist() == model.agents.get("n_contacts").tolist()


def test_default_reporters_are_the_indicators() -> None:
    model = small(days_done=8)
    last = model.datacollector.get_model_vars_dataframe().iloc[-1]
    told = model.indicators()
    assert len(last) == 5
    for name, value in last.items():
        assert told[name, "all", "all"] == pytest.approx(value, rel=1e-12)


def test_indicators_follow_what_is_written() -> None:
    model = small(days_done=2)
    before = model.indicators()["trust", "all", "all"]
    model.agents.set("trust", 1.0)
    assert before < model.indicators()["trust", "all", "all"] == 1.0


def test_an_indicator_that_is_not_told_is_named() -> None:
    with pytest.raises(
        InputError, match=r"indicator: reach_3pls all all; .*did you mean reach_3plus all all"
    ):
        indicator("reach_3pls")(small())


def batch(**changes) -> list[dict]:
    given = {"scenario": [SMALL], "replication": range(2), "plan.flights.spot.grp": [100, 300]}
    options = {"number_processes": 1, "display_progress": False}
    return batch_run(AudienceModel, given, **{**options, **changes})


def by_run(rows: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame(rows).drop(columns=["scenario", "rng"], errors="ignore")
    return frame.sort_values(["RunId", "Step"]).reset_index(drop=True)


def test_batch_run_varies_the_plan_on_the_same_worlds() -> None:
    frame = by_run(batch())
    assert len(frame) == 4
    for row in frame.itertuples():
        alone = small(
            row.replication,
            **{"plan.flights.spot.grp": row[frame.columns.get_loc("plan.flights.spot.grp") + 1]},
        )
        alone.run()
        last = alone.datacollector.get_model_vars_dataframe().iloc[-1]
        assert [getattr(row, name) for name in last.index] == last.tolist()
    assert frame.groupby("plan.flights.spot.grp")["reach"].mean().is_monotonic_increasing
    assert frame["reach"].nunique() == 4


def test_batch_run_in_two_processes_gives_the_same() -> None:
    pd.testing.assert_frame_equal(by_run(batch()), by_run(batch(number_processes=2)), check_exact=True)


def test_batch_run_by_day() -> None:
    frame = by_run(batch(data_collection_period=1))
    assert len(frame) == 4 * SMALL["days"]
    first = frame[frame.RunId == 0]
    assert first["Step"].tolist() == (list(range(1, 13)) if IS_NEW_MESA else list(range(12)))
    assert first["reach"].is_monotonic_increasing


def test_iterations_repeat_one_world() -> None:
    """What docs/mesa.md warns of: Mesa's iterations are no replications."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # mesa 3.5 has a word against `iterations`
        rows = batch_run(
            AudienceModel, {"scenario": [SMALL]}, iterations=2, number_processes=1, display_progress=False
        )
    assert [row["iteration"] for row in rows] == [0, 1]
    assert rows[0]["reach"] == rows[1]["reach"]
    assert rows[0]["attitude"] == rows[1]["attitude"]


def test_agent_columns_of_batch_run() -> None:
    """What docs/mesa.md warns of: mesa 3.3 gives agents' values of the day before the last."""
    rows = batch_run(
        AudienceModel,
        {"scenario": [SMALL], "agent_reporters": [{"contacts": "n_contacts"}]},
        number_processes=1,
        display_progress=False,
    )
    assert len(rows) == 400
    day = 12 if IS_NEW_MESA else 11
    assert [row["contacts"] for row in rows] == small(days_done=day).agents.get("n_contacts").tolist()


@pytest.mark.parametrize("day", [0, 5])
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_lives_on_by_itself(again, day) -> None:
    model = small(days_done=day, agent_reporters={"trust": "trust", "keen": [tv_above, [2]]})
    model.add_column("mood", 1.0)
    model.indicators()
    model.agents.shuffle()
    other = again(model)
    before = model.world.people.record.copy()
    order = other.agents.shuffle().get("unique_id")
    other.run()
    np.testing.assert_array_equal(model.world.people.record, before)
    assert (model.steps, other.steps) == (day, 12)
    np.testing.assert_array_equal(model.agents.shuffle().get("unique_id"), order)
    model.run()
    same_state(model, other)
    assert model.indicators() == pytest.approx(other.indicators(), abs=0, rel=0, nan_ok=True)
    frames = [m.datacollector.get_model_vars_dataframe() for m in (model, other, small(days_done=12))]
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frames[0], frame, check_exact=True)
    other.agents.set("trust", 0.0)
    assert model.agents.agg("trust", max) > 0
    check_counts(other)


def test_a_copy_shares_the_public_and_a_pickle_keeps_it_read_only() -> None:
    model = small(days_done=1)
    assert copy.deepcopy(model).public is model.public
    back = pickle.loads(pickle.dumps(model))
    locks = [[array.flags.writeable for array in m._shared()] for m in (model, back)]
    assert locks[0] == locks[1]
    assert not all(locks[0])
    kernels = [
        kernel for room in (adoption, paid, reception, sharing, social)
        for kernel in vars(room).values() if hasattr(kernel, "signatures")
    ]  # fmt: skip
    model.run()
    n_compiled = [len(kernel.signatures) for kernel in kernels]
    back.run()
    assert [len(kernel.signatures) for kernel in kernels] == n_compiled


def test_steps_end_with_the_days() -> None:
    model = small()
    while model.running:
        model.step()
    assert model.steps == model.world.day == 12
    with pytest.raises(PregonError, match="all 12 days are lived"):
        model.step()


def test_run_model_lives_all_days() -> None:
    model = small()
    model.run_model()
    assert model.world.day == 12


def test_changes_are_those_of_the_command_line(tmp_path) -> None:
    path = tmp_path / "town.yaml"
    path.write_text(json.dumps(SMALL), "utf-8")
    changes = {
        "plan.flights.spot.grp": np.float64(90.0),
        "days": 11,
        "sharing.stay": 0.1,
        "plan.partners": None,
    }
    told = Scenario.load(
        path, ["plan.flights.spot.grp=90", "days=11", "sharing.stay=0.1", "plan.partners=null"]
    )
    for given in (path, str(path), SMALL, scenario(), Scenario.load(path)):
        assert resolved(AudienceModel(given, **changes).lived) == resolved(told)
    assert AudienceModel(scenario()).lived is scenario()


@pytest.mark.parametrize(("given", "said"), [
    ({"plan.flights.sopt.grp": 3}, r"plan.flights.sopt.grp.*did you mean spot\?"),
    ({"replicatoin": 1}, r"no key 'replicatoin' in a scenario.*did you mean replications\?"),
    ({"days": 0, "currency": "euro"}, r"(?s)days.*\n.*currency|currency.*\n.*days"),
    ({"replication": -1}, r"replication: -1; want a whole number from 0"),
    ({"replication": 1.0}, r"replication: 1.0; want a whole number from 0"),
    ({"rng": 3}, r"rng: 3; want None: luck is named by master_seed and replication"),
    ({"scenario": 7}, r"scenario: a int; want a Scenario, the path of a file, or a mapping"),
])  # fmt: skip
def test_what_is_wrong_is_said(given, said) -> None:
    with pytest.raises(InputError, match=said):
        AudienceModel(**{"scenario": scenario(), **given})


def test_the_scenario_is_called_lived() -> None:
    """Mesa 3.5 keeps `scenario` for itself, and its page must find none."""
    model = small()
    assert model.lived is scenario()
    assert getattr(model, "scenario", None) is None
    with pytest.raises(AttributeError, match="`lived`"):
        model.scenario  # noqa: B018
    with pytest.raises(AttributeError, match="make another model"):
        model.scenario = scenario()


def test_mesas_generators_differ_by_world() -> None:
    draws = [small(r).random.random() for r in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
