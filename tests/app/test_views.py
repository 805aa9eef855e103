"""Every view is drawn without a browser, in both languages: no wording is missing, nothing is raised."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
from sim import Scenario, compare, run
from sim.app.components.fields import fields
from sim.scenario.starter import starter_text

pytestmark = [
    # solara and reacton speak up about their own code; what concerns this project is still an error.
    pytest.mark.filterwarnings("default:::solara"),
    pytest.mark.filterwarnings("default:::reacton"),
    pytest.mark.filterwarnings("default:.*:DeprecationWarning"),
]
GROUPS = ("flights", "partners", "messages", "channels", "objectives")


def texts(widget):
    """Yield every text under a widget: of children, labels, and the rows of tables."""
    for name in ("label", "items", "told", "error_messages"):
        yield str(getattr(widget, name, "") or "")
    for part in getattr(widget, "children", ()):
        if isinstance(part, str):
            yield part
        else:
            yield from texts(part)


def drawn(view, look) -> str:
    import solara

    return "\n".join(texts(solara.render(view(look), handle_error=False)[0]))


@pytest.fixture
def look_at():
    """Return a look at a desk with the starter's plan open, in a language."""
    from sim.app.state.desk import Desk
    from sim.app.state.look import Look, chosen

    def look(language, text=None):
        desk = Desk(language=language, first_look=False)
        desk.open_text(text or starter_text("Drawn"), "plan.yaml", Path())
        chosen.value = ("flights", "")
        return Look(desk, language, False, 0)

    return look


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_plan_with_every_group(look_at, language) -> None:
    from sim.app.pages.plan import PlanPage
    from sim.app.state.look import chosen

    look = look_at(language)
    tree = look.desk.plan.draft.tree
    for group in GROUPS:
        entries = fields.entries(tree, fields.GROUPS[group])
        for name in entries:
            chosen.value = (group, name)
            told = drawn(PlanPage, look)
            assert name in told
            assert look.t(f"plan.one.{group}") in told
    chosen.value = ("listening", "")
    assert look.t("field.plan_listening") in drawn(PlanPage, look)
    look.desk.put({("plan", "listening"): {}})
    assert look.t("field.plan_listening_cover") in drawn(PlanPage, look)
    chosen.value = ("settings", "")
    assert look.t("field.master_seed") in drawn(PlanPage, look)


@pytest.mark.parametrize("language", ["en", "es"])
def test_faults_stand_beside_their_field(look_at, language) -> None:
    from sim.app.pages.plan import PlanPage
    from sim.app.state.look import chosen

    look = look_at(language)
    flight = next(iter(look.desk.plan.draft.tree["plan"]["flights"]))
    look.desk.put({("plan", "flights", flight, "message"): "nobody"})
    chosen.value = ("flights", flight)
    told = drawn(PlanPage, look)
    fault = look.desk.plan.draft.faults[0]
    assert look.fault(fault) in told
    beside = look.fault(fault, has_place=False)
    assert beside in told.replace(look.fault(fault), "")
    assert (beside == f"{fault.got}; {fault.wanted}") == (language == "en")


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_result_and_a_comparison(look_at, language) -> None:
    from sim.app.pages.compare import Differences
    from sim.app.pages.run import Outcome

    look = look_at(language)
    small = ["audience.agents=400", "days=10", "plan.flights={}", "plan.partners={}", "objectives={}"]
    scenario = Scenario.from_dict(look.desk.plan.draft.tree, overrides=small)
    result = run(scenario, replications=2, threads=1)
    told = drawn(lambda seen: Outcome(seen, result, False), look)
    assert look.title("reach") in told
    assert look.t("run.all_indicators") in told
    both = compare(result, result)
    told = drawn(lambda seen: Differences(seen, both), look)
    assert look.t("compare.all") in told


def test_differences_by_day_are_those_of_the_means() -> None:
    import pandas as pd

    from sim.app.pages.compare import gaps, means_apart

    def daily(add: float) -> pd.DataFrame:
        places = [("all", "all"), ("young", "all"), ("old", "all"), ("all", "tube")]
        rows = [
            ("reach", segment, channel, day, add * (k + 1) * day)
            for k, (segment, channel) in enumerate(places) for day in (1, 2, 3)
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["metric", "segment", "channel", "day", "mean"])

    a, b = daily(0.5), daily(0.2)
    found = {
        split: {k: v["mean"].tolist() for k, v in gaps(means_apart(a, b, "reach"), split).items()}
        for split in ("none", "segment", "channel")
    }
    assert found["none"] == {"all": pytest.approx([0.3, 0.6, 0.9])}
    assert found["segment"] == {
        "young": pytest.approx([0.6, 1.2, 1.8]),
        "old": pytest.approx([0.9, 1.8, 2.7]),
    }
    assert found["channel"] == {"tube": pytest.approx([1.2, 2.4, 3.6])}
    assert gaps(means_apart(a, b, "awareness"), "none") == {}


SWEPT = """
sweep:
  vary: {plan.flights.FLIGHT.cap.times: [1, 3], plan.flights.FLIGHT.budget: [1_000, 2_000]}
  rank: {metric: awareness}
"""


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_sweep(look_at, language, tmp_path) -> None:
    from sim import sweep
    from sim.app.pages.sweep import Outcome, SweepPage
    from sim.app.state.kept import Kept
    from sim.experiment.sweeps.peek import Peek

    text = starter_text("Drawn")
    tree = look_at(language, text).desk.plan.draft.tree
    flight = next(name for name, f in tree["plan"]["flights"].items() if "cap" in f)
    look = look_at(language, text + SWEPT.replace("FLIGHT", flight))
    told = drawn(SweepPage, look)
    assert f"{flight}.cap.times" in told
    assert look.t("sweep.start") in told
    small = ["audience.agents=400", "days=42", "plan.partners={}", "objectives={}"]
    scenario = Scenario.from_dict(look.desk.plan.draft.tree, overrides=small)
    swept = sweep(scenario, tmp_path / "sweep", replications=2, threads=1)
    kept = Kept(swept, look.desk.plan.draft.text, "plan.yaml", Path())
    told = drawn(lambda seen: Outcome(seen, kept, lambda label: None), look)
    for key in ("sweep.wear", "sweep.front", "sweep.often", "sweep.ranking", "sweep.heat"):
        part = (
            look.t(key).partition("{")[0].strip() or look.t(key).partition("}")[2].partition("{")[0].strip()
        )
        assert part in told, key
    assert look.t("sweep.col_p_best") in told
    assert look.t("sweep.by_segment") in told
    best = swept.ranking["design_point"].iloc[0]
    assert look.t("sweep.by_day", point=best, metric=look.title("awareness")) in told
    assert look.t("sweep.by_day_point") in told
    again = Kept(Peek(scenario, tmp_path / "sweep").look(), kept.text, kept.file, kept.folder)
    assert "\n".join(days_of(look, again)) == "\n".join(days_of(look, kept)) != ""


def days_of(look, kept):
    import solara

    from sim.app.components.sweep.sweep_days import DayByDay

    return list(texts(solara.render(DayByDay(look, kept, "all"), handle_error=False)[0]))


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        ([1, 1, 1], [2, 2, 2], "always"), ([-1, 1, 1], [2, 2, 2], "since"), ([1, 1, -1], [2, 2, 2], "unclear"),
        ([-2, -2, 1], [-1, -1, 2], "behind"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "es"])
def test_when_a_plan_pulls_away_is_said_as_in_the_report(look_at, low, high, word, language) -> None:
    import pandas as pd

    from sim.app.components.sweep.sweep_days import said
    from sim.results.report.sweep_days import _line

    look = look_at(language)
    ahead = pd.DataFrame({"day": [1.0, 2.0, 3.0], "mean": [0, 0, 0], "low": low, "high": high})
    told = said(look, 4, 7, ahead, ["1", "2", "3"])
    days = {"since": "2", "behind": "2"}
    assert look.t(f"sweep.by_day_{word}", best=4, point=7, day=days.get(word, "")) in told
    report = _line(7, ahead, 4)
    assert [n for n in report if n.isdigit()] == [n for n in told if n.isdigit()]


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_sweep_that_tells_what_matters(look_at, language, tmp_path) -> None:
    pytest.importorskip("SALib", reason="SALib is not installed: pip install 'pregon[sensitivity]'")
    from sim import sweep
    from sim.app.pages.sweep import Outcome
    from sim.app.state.kept import Kept

    text = starter_text("Drawn") + (
        "\nsweep:\n  design: morris\n  points: 4\n  vary: {plan.flights.teaser_tv.budget: {from: 1_000, to: 2_000}, "
        "messages.teaser.quality: {from: 0.2, to: 0.9}}\n  rank: {metric: awareness}\n"
    )
    look = look_at(language, text)
    assert not look.desk.plan.draft.faults
    small = ["audience.agents=300", "days=42", "plan.partners={}", "objectives={}"]
    scenario = Scenario.from_dict(look.desk.plan.draft.tree, overrides=small)
    swept = sweep(scenario, tmp_path / "sweep", replications=2, threads=1)
    told = drawn(lambda seen: Outcome(seen, Kept(swept, text, "plan.yaml", Path()), lambda _: None), look)
    assert look.t("sweep.matters", metric=look.title("awareness")) in told
    assert look.t("sweep.matters_mu_star") in told


@pytest.mark.parametrize("language", ["en", "es"])
def test_people_who_are_chosen(look_at, language) -> None:
    from sim.app.pages.influencers import InfluencersPage, Outcome
    from sim.app.state import choosing
    from sim.experiment.influencer_report import answer
    from sim.experiment.influencers import Wish, live, prepare

    look = look_at(language)
    tree = look.desk.plan.draft.tree
    told = drawn(InfluencersPage, look)
    assert look.t("choice.measure") in told
    assert look.t("rule.random") in told
    ask = choosing.ask_of(tree, choosing.bookings_of(tree)[0])
    scenario = Scenario.from_dict(tree, overrides=["audience.agents=400", "days=42", "objectives={}"])
    study = prepare(choosing.asked(scenario, ask), Wish(ask.booking, compare=ask.rules))
    lists = {rule: booking.rows.tolist() for rule, booking in zip(study.rules, study.bookings, strict=True)}
    costs = dict.fromkeys(lists, 0.0)
    for found in (answer(study), answer(study, live(study, 2, 1))):
        chosen = choosing.Chosen(found, lists, costs, False, found.facts.n_worlds)
        told = drawn(lambda seen, c=chosen: Outcome(seen, c, ask, lambda *_: None, is_sound=True), look)
        assert look.t("choice.send") in told
        assert look.t("choice.overlap") in told
        assert (look.t("choice.day") in told) == (found.facts.n_worlds > 0)
    look.desk.put({("plan", "partners"): None})
    assert look.t("choice.no_booking") in drawn(InfluencersPage, look)


def test_new_entries_are_sound_but_for_what_only_a_planner_knows(look_at) -> None:
    look = look_at("en")
    tree = look.desk.plan.draft.tree
    assert not look.desk.plan.draft.faults
    for group in ("flights", "messages", "rules", "objectives"):
        place = (*fields.GROUPS[group].at, "new_one")
        look.desk.put({place: fields.new_entry(group, tree)})
        assert [str(fault) for fault in look.desk.plan.draft.faults] == []


def test_desks_are_apart_and_bounded(look_at) -> None:
    from sim.app.state import desk as desks

    one = desks.desk_of("session", "tab", desks.Desk)
    assert desks.desk_of("session", "tab", desks.Desk) is one
    assert desks.desk_of("session", "other", desks.Desk) is not one
    assert desks.desk_of("elsewhere", "tab", desks.Desk) is not one
    for n in range(desks.MOST_DESKS):
        desks.desk_of("crowd", str(n), desks.Desk)
    assert desks.desk_of("session", "tab", desks.Desk) is not one
    for _ in range(desks.MOST_PLANS + 3):
        one.open_text("name: many", "many.yaml", Path())
    assert len(one.plans) == desks.MOST_PLANS
