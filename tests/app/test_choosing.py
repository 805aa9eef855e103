"""The page's choice of people is the command's: the same files, the same people in the plan when it is sent there."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sim import Scenario
from sim.app.state import choosing
from sim.app.state.desk import MOST_CHOICES, Desk
from sim.app.state.kept import Ask
from sim.campaign.partners import book_all
from sim.experiment import influencers
from sim.experiment.influencer_report import answer
from sim.public import build_public
from sim.scenario.path import get

PLAN = """\
name: Allies
days: 8
replications: 4
audience:
  people: 9_000
  agents: 300
  segments:
    young: {share: 0.4, usage: {gram: {users: 0.9, visits_per_day: 3}}}
    old: {share: 0.6, usage: {gram: {users: 0.5, visits_per_day: 1}}}
network: {gram: {generate: power_law, min_followers: 4}}
channels: {gram: {kind: feed, medium: feed, cpm: 7}}
messages: {hello: {appeals: {information: 0.8}, quality: 0.6}}
plan:
  partners:
    allies: {message: hello, channel: gram, choose: {rule: certified, count: 6, budget: 600}, fee: 50, post_on: [2, 5]}
    known: {message: hello, channel: gram, people: [3, 5], post_on: [4]}
"""
NAMED = {"nodes.csv": "id,fee\n" + "".join(f"s{i},{10 + i % 7}\n" for i in range(60)),
         "edges.csv": "src,dst\n" + "".join(f"s{i},s{(i * j + j) % 60}\n" for i in range(60) for j in (2, 3, 5)
                                            if (i * j + j) % 60 != i)}  # fmt: skip
OF_FILES = """\
name: Named
days: 6
replications: 2
audience:
  from_people: {file: nodes.csv, id: id}
  everyone: {usage: {gram: {users: 1, visits_per_day: 2}}}
network: {gram: {edges: edges.csv, directed: true}}
channels: {gram: {kind: feed, medium: feed, cpm: 7}}
messages: {hello: {appeals: {information: 0.8}, quality: 0.6}}
plan:
  partners:
    allies: {message: hello, channel: gram, choose: {rule: top, by: fee, count: 4}, fee: fee, post_on: [1]}
"""


def opened(text: str, folder: Path = Path()) -> Desk:
    desk = Desk()
    desk.open_text(text, "small.yaml", folder)
    assert desk.plan.draft.scenario is not None, desk.plan.draft.faults
    return desk


def done(job) -> None:
    for _ in range(6000):
        if not job.is_open:
            return
        threading.Event().wait(0.02)
    raise AssertionError(job)


def chosen_on(desk: Desk, ask: Ask, worlds: int = 0) -> choosing.Chosen:
    job = choosing.start(desk, desk.plan, ask, worlds, 1)
    done(job)
    assert (job.state, job.faults) == ("done", ())
    return desk.choices[job.key]


def test_the_page_leaves_what_the_command_leaves(tmp_path: Path) -> None:
    desk = opened(PLAN)
    ask = replace(choosing.ask_of(desk.plan.draft.tree, "allies"), segment="young", by_day=7)
    found = chosen_on(desk, ask, 4)
    found.answer.save(tmp_path / "page")
    wish = influencers.Wish(booking="allies", segment="young", by_day=7, compare=("degree", "random"))
    study = influencers.prepare(desk.plan.draft.scenario, wish)
    answer(study, influencers.live(study, 4, 2)).save(tmp_path / "cli")
    for name in ("influencers.csv", "effects.csv", "report.html"):
        assert (tmp_path / "page" / name).read_bytes() == (tmp_path / "cli" / name).read_bytes(), name


def test_an_ask_begins_as_the_booking_says() -> None:
    tree = opened(PLAN).plan.draft.tree
    assert choosing.ask_of(tree, "allies") == Ask("allies", 6, 600.0)
    assert choosing.ask_of(tree, "known") == Ask("known", 2)
    assert choosing.bookings_of(tree) == ["allies", "known"]
    assert choosing.bookings_of(None) == []


def rows_of(scenario: Scenario, name: str) -> list[int]:
    public = build_public(scenario)
    found = {booking.name: booking for booking in book_all(scenario, public, scenario.plan.partners)}
    return found[name].rows.tolist()


@pytest.mark.parametrize("rule", ["certified", "degree", "random"])
def test_the_list_that_is_sent_is_booked(rule: str) -> None:
    desk = opened(PLAN)
    ask = Ask("allies", 5, None, "old", 6)
    found = chosen_on(desk, ask)
    assert not found.is_named
    desk.put(choosing.sent(ask, found, rule))
    assert [str(fault) for fault in desk.plan.draft.faults] == []
    assert rows_of(desk.plan.draft.scenario, "allies") == found.lists[rule]
    assert len(found.lists[rule]) == 5


@pytest.mark.parametrize("rule", ["certified", "pagerank", "top:fee"])
def test_people_with_names_are_sent_by_name(rule: str, tmp_path: Path) -> None:
    for name, text in NAMED.items():
        (tmp_path / name).write_text(text, "utf-8")
    desk = opened(OF_FILES, tmp_path)
    ask = Ask("allies", None, 40.0, rules=("pagerank", "top:fee"))
    found = chosen_on(desk, ask)
    assert found.is_named
    assert found.costs[rule] <= 40.0
    desk.put(choosing.sent(ask, found, rule))
    assert [str(fault) for fault in desk.plan.draft.faults] == []
    partner = get(desk.plan.draft.tree, "plan.partners.allies")
    assert partner["people"] == found.lists[rule]
    assert all(name.startswith("s") for name in partner["people"])
    assert "choose" not in partner
    ids = build_public(desk.plan.draft.scenario).population.ids
    assert [ids[row] for row in rows_of(desk.plan.draft.scenario, "allies")] == found.lists[rule]


def test_what_a_booking_says_besides_is_kept() -> None:
    told = "level: everyday, quotas: {old: 2}, weights: {young: 2}"
    tree = opened(PLAN.replace("budget: 600", told)).plan.draft.tree
    ask = replace(choosing.ask_of(tree, "allies"), count=3, budget=200.0)
    wanted = {"rule": "certified", "count": 3, "budget": 200.0, "level": "everyday", "quotas": {"old": 2}}
    assert choosing.choose_of(ask) == wanted | {"weights": {"young": 2}}
    assert choosing.choose_of(ask, "degree") == wanted | {"rule": "degree"}
    assert choosing.choose_of(ask, "top:fee") == wanted | {"rule": "top", "by": "fee"}


@pytest.mark.parametrize(("held", "also_on", "booked"), [
    ({"weights": {"old": 3.0}, "quotas": {"young": 1}}, (), ()),
    ({"level_quotas": {"everyday": 3}, "exclude": [0, 5]}, ("tube",), ()),
    ({}, ("tube",), (3, 5)),
])  # fmt: skip
def test_what_a_choice_is_held_to_is_what_the_command_asks(held, also_on, booked, tmp_path: Path) -> None:
    two = PLAN.replace("channels: {gram", "channels: {tube: {kind: feed, medium: video, cpm: 9}, gram")
    two = two.replace("gram: {users: 0.5", "tube: {users: 0.4, visits_per_day: 1}, gram: {users: 0.5")
    two = two.replace("network: {gram: {generate", "network: {tube: {generate: power_law}, gram: {generate")
    desk = opened(two)
    start = choosing.ask_of(desk.plan.draft.tree, "allies")
    ask = replace(choosing.held_to(start, held), also_on=also_on, booked=booked)
    found = chosen_on(desk, ask, 2)
    found.answer.save(tmp_path / "page")
    wish = influencers.Wish(
        booking="allies", compare=("degree", "random"), quotas=held.get("quotas"),
        level_quotas=held.get("level_quotas"), weights=held.get("weights"),
        exclude=tuple(map(str, held["exclude"])) if "exclude" in held else None, also_on=also_on,
        booked=tuple(map(str, booked)),
    )  # fmt: skip
    study = influencers.prepare(desk.plan.draft.scenario, wish)
    answer(study, influencers.live(study, 2, 2)).save(tmp_path / "cli")
    for name in ("influencers.csv", "effects.csv"):
        assert (tmp_path / "page" / name).read_bytes() == (tmp_path / "cli" / name).read_bytes(), name
    desk.put(choosing.sent(ask, found, "certified"))
    assert [str(fault) for fault in desk.plan.draft.faults] == []
    again = choosing.ask_of(desk.plan.draft.tree, "allies")
    assert (again.held, again.also_on) == (held, also_on)


def test_weights_and_a_segment_take_each_others_place() -> None:
    ask = Ask("allies", 3, segment="young", held={"level": "nano"})
    weighed = choosing.held_to(ask, {"weights": {"old": 2}})
    assert (weighed.segment, weighed.held) == (None, {"level": "nano", "weights": {"old": 2}})
    assert choosing.counting(weighed, "old") == replace(ask, segment="old")
    assert choosing.held_to(weighed, {"weights": {}, "level": None}).held == {}
    several = opened(PLAN.replace("budget: 600", "target: [young, old]")).plan.draft.tree
    assert choosing.choose_of(choosing.ask_of(several, "allies"))["target"] == ["young", "old"]


def test_a_choice_that_cannot_be_made_is_told() -> None:
    desk = opened(PLAN)
    job = choosing.start(desk, desk.plan, Ask("allies", 3, by_day=1), 0, 1)
    done(job)
    assert job.state == "failed"
    assert any("by_day" in fault.where for fault in job.faults)
    assert not desk.choices


def test_a_measurement_can_be_stopped_and_a_certificate_does_not_take_it_away() -> None:
    desk = opened(PLAN)
    ask = Ask("allies", 4)
    job = choosing.start(desk, desk.plan, ask, 20_000, 1)
    while job.is_open and job.done < 5:
        threading.Event().wait(0.01)
    job.stop.set()
    done(job)
    assert job.state == "stopped"
    measured = desk.choices[job.key]
    assert 5 <= measured.worlds < 20_000
    assert chosen_on(desk, ask) is measured


def test_few_choices_are_kept() -> None:
    desk = opened(PLAN)
    for count in range(1, MOST_CHOICES + 4):
        chosen_on(desk, Ask("allies", count, rules=()))
    assert len(desk.choices) == MOST_CHOICES


def test_limits_and_round_tops() -> None:
    pytest.importorskip("solara")
    from sim.app.components.influencers import choice_form

    ask = Ask("allies", 7)
    both = choice_form.limited(ask, "both", 350.0)
    assert (both.count, both.budget) == (7, 350.0)
    money = choice_form.limited(both, "budget", None)
    assert (money.count, money.budget) == (None, 350.0)
    assert choice_form.limited(money, "count", None) == Ask("allies", 10)
    for limit, made in (("count", ask), ("both", both), ("budget", money)):
        assert choice_form.limit_of(made) == limit
    for value in (0.0, 1.0, 3.0, 99.0, 100.0, 5_001.0):
        top = choice_form.nice_top(value)
        assert value <= top <= max(2.5 * value, 1.0)
        assert f"{top:.0f}".strip("0") in ("1", "2", "5")
