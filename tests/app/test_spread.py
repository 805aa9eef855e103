"""The moving picture of one world, and why a person adopted: what is shown is what the model says."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")
from sim import Scenario, run
from sim.app.readings import portrait, spread
from sim.app.state.look import Look
from sim.results.watch import STATES
from tests.app.full_plan import FULL
from tests.app.test_views import drawn, look_at, pytestmark, texts  # noqa: F401 - a fixture, and what to overlook


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    """Return the full plan, of more adopters."""
    path = tmp_path_factory.mktemp("plan") / "full.yaml"
    path.write_text(FULL, "utf-8")
    more = [
        "days=60", "sharing.reference_mean=4", "adoption.innovation=0.1", "adoption.imitation=1.0",
        "adoption.word_of_mouth.talks_per_day=0.5", "plan.partners.creators.post_on=[2,3,4,5,6,7,8,9]", "audience.segments.old.aware=0.5",
    ]  # fmt: skip
    return Scenario.load(path, more)


@pytest.fixture(scope="module")
def picture(scenario):
    """Return world 1 of it."""
    return spread.picture(scenario, 1, "gram", 0)


def test_the_figures_are_those_of_a_run(scenario, picture) -> None:
    worlds = run(scenario, replications=2, threads=1).worlds
    told = worlds[(worlds.replication == 1) & (worlds.segment == "all") & (worlds.channel == "all")]
    told = told.set_index("metric")["value"] * scenario.audience.people
    last = dict(zip(STATES, picture.people[-1], strict=True))
    assert last["adopter"] == pytest.approx(told["adoption"])
    assert last["adopter"] + last["considering"] == pytest.approx(told["consideration"])
    assert last["adopter"] + last["considering"] + last["aware"] == pytest.approx(told["awareness"])
    assert {sum(day) for day in picture.people} == {40_000.0}
    assert told["total_reach"] >= last["met"] > 0


def test_drawn_people_and_ties_are_those_of_the_network(scenario, picture) -> None:
    layer = picture.study.public.network.layers["gram"]
    assert 0 < len(picture.nodes) <= portrait.DRAWN
    rows = [node["id"] for node in picture.nodes]
    for a, b in picture.ties:
        heard_by = layer.out_dst[layer.out_ptr[rows[a]] : layer.out_ptr[rows[a] + 1]]
        assert rows[b] in heard_by
    assert {len(day) for day in picture.states} == {len(rows)}
    assert len(picture.states) == len(picture.people) == len(picture.passes) == scenario.days + 1
    assert any(picture.passes)
    assert all(0 <= k < len(picture.ties) for day in picture.passes for k in day)


def test_the_public_is_drawn_as_it_spreads(scenario) -> None:
    """The same people at the same places, for each number of a drawing."""
    from sim.app.pages.public import _drawn
    from sim.app.state.desk import Desk

    look = Look(Desk(), "en", False, 0)
    seen = []
    for number in (0, 2):
        moving = spread.picture(scenario, 1, "gram", number)
        layer = moving.study.public.network.layers["gram"]
        still = _drawn(look, moving.study.public.population, layer, portrait.drawing(layer, number))[
            "series"
        ][0]
        assert [int(node["id"]) for node in still["data"]] == [node["id"] for node in moving.nodes]
        for one, other in zip(still["data"], moving.nodes, strict=True):
            assert (round(one["x"], 2), round(one["y"], 2)) == (other["x"], other["y"])
        rows = [node["id"] for node in moving.nodes]
        ties = [(str(rows[a]), str(rows[b])) for a, b in moving.ties]
        assert [(tie["source"], tie["target"]) for tie in still["links"]] == ties
        seen.append(rows)
    assert seen[0] != seen[1]


def test_the_page_answers_while_others_are_drawn(look_at, monkeypatch) -> None:  # noqa: F811
    """Others are laid out on a thread of their own: meanwhile the last drawing stays, and the page is drawn anew."""
    import solara

    from sim.app.pages.public import Layer
    from sim.app.pages.public import drawn as built
    from sim.app.state import look as looks

    look = look_at("en", FULL)
    whole = built(look.desk.plan.draft.scenario, {})
    go_on, on_threads, draw = threading.Event(), [], portrait.drawing

    def slow(layer, number):
        on_threads.append(threading.get_ident())
        assert go_on.wait(60)
        return draw(layer, number)

    monkeypatch.setattr(portrait, "drawing", slow)
    looks.drawn.value = {}
    box, rc = solara.render(Layer(look, whole, "gram"), handle_error=False)

    def option():
        return next(text for text in texts(box) if "symbolSize" in text)

    first = option()
    looks.draw_others("gram")  # would never return if it waited for the drawing
    assert looks.drawn.value == {"gram": 1}
    assert option() == first
    rc.render(Layer(look_at("es", FULL), whole, "gram"), box)
    assert any("Otras" in text for text in texts(box))
    go_on.set()
    until = time.monotonic() + 60
    while not portrait.is_drawn(whole.layers["gram"], 1) or option() == first:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert on_threads
    assert threading.get_ident() not in on_threads
    looks.drawn.value = {}
    rc.close()


def test_the_largest_communities_are_told_with_their_segments(scenario) -> None:
    from sim.app.pages.public import drawn as built
    from sim.network.communities import found

    whole = built(scenario, {})
    told = found(whole.layers["gram"])
    groups = portrait.largest_groups(whole.population, told, 3)
    assert [group.number for group in groups] == [1, 2, 3]
    for group in groups:
        assert sum(group.mix.values()) == pytest.approx(1)
        assert list(group.mix.values()) == sorted(group.mix.values(), reverse=True)
        size = np.count_nonzero(told.group == group.number - 1)
        assert group.people == pytest.approx(size * whole.population.people_per_agent)
    assert groups[0].share >= groups[1].share


def test_people_are_laid_out_apart_and_alike_each_time(scenario, picture) -> None:
    at = np.array([(node["x"], node["y"]) for node in picture.nodes])
    assert np.abs(at).max() <= 100
    assert len(np.unique(at, axis=0)) == len(at)
    again = spread.picture(scenario, 1, "gram", 0)
    assert again.nodes == picture.nodes
    assert again.states == picture.states
    assert spread.picture(scenario, 1, "gram", 3).nodes != picture.nodes


def test_a_plan_without_a_network_has_adopters_all_the_same() -> None:
    plain = {
        "name": "Plain",
        "days": 40,
        "audience": {"agents": 300, "segments": {"folk": {"share": 1, "aware": 1, "usage": {"tv": {"users": 1, "visits_per_day": 1}}}}},
        "channels": {"tv": {"kind": "broadcast", "medium": "tv"}},
        "messages": {"m": {"appeals": {"information": 1}, "quality": 1}},
        "plan": {"flights": {"f": {"message": "m", "channel": "tv", "days": "1-5", "grp": 300}}},
        "adoption": {"innovation": 0.1},
    }  # fmt: skip
    found = spread.picture(Scenario.from_dict(plain), 0, "", 0)
    assert found.nodes == []
    assert found.ties == []
    assert len(found.adopters) > 0


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_path_is_told_in_both_languages(look_at, scenario, picture, language) -> None:  # noqa: F811
    """Every event and kind that a path can have is worded; the lines count what the table lists."""
    from sim.app.pages.spread import Adopters, _row, _told
    from sim.experiment.replay import path

    look: Look = look_at(language)
    seen = set()
    for row in [*picture.adopters["row"].head(12).tolist(), *range(40)]:
        frame = path(picture.study, 1, row)
        rows = [_row(look, n, event) for n, event in enumerate(frame.to_dict("records"))]
        seen |= set(frame["event"])
        assert len(rows) == len(frame)
        lines = _told(look, frame)
        met = int((frame["event"] == "met").sum())
        assert not met or look.count(met) in lines[1]
    assert {"start", "met", "heard", "aware", "considering", "adopted", "shared"} <= seen
    listed = drawn(lambda there: Adopters(there, picture, 0, print), look)
    assert look.t("kind.own conviction") in listed
