"""The days of a result by name are the rows of its table."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="solara is not installed: pip install 'pregon[app]'")

from sim import Scenario, run
from sim.app.readings.courses import Courses
from sim.app.state.look import Same
from tests.app.full_plan import FULL


@pytest.fixture(scope="module")
def daily(tmp_path_factory):
    """Return the days of a run."""
    file = tmp_path_factory.mktemp("plan") / "full.yaml"
    file.write_text(FULL, "utf-8")
    return run(Scenario.load(file), replications=2, threads=1).daily


def test_every_row_is_found_by_its_name(daily) -> None:
    courses = Courses(daily, "2027-03-01")
    names = daily[["metric", "segment", "channel"]].drop_duplicates()
    assert len(names) > 100
    for metric, segment, channel in names.itertuples(index=False, name=None):
        is_it = (daily.metric == metric) & (daily.segment == segment) & (daily.channel == channel)
        assert courses.rows(metric, segment, channel).equals(daily[is_it])
    assert courses.metrics == list(dict.fromkeys(daily["metric"]))
    assert courses.segments("reach") == list(dict.fromkeys(daily[daily.metric == "reach"]["segment"]))
    assert courses.channels("reach") == list(dict.fromkeys(daily[daily.metric == "reach"]["channel"]))
    assert courses.labels("en")[:2] == ["1 Mar", "2 Mar"]
    assert len(courses.labels("es")) == 12


def test_what_is_not_told_has_no_days(daily) -> None:
    courses = Courses(daily, None)
    assert courses.rows("reach", segment="nobody").empty
    assert courses.labels("en")[-1] == "12"
    assert Courses(daily.iloc[:0], None).rows("reach").empty


def test_a_memo_knows_an_object_from_a_later_one_at_its_address() -> None:
    one, other = [1], [1]
    assert Same(one) == Same(one)
    assert Same(one) != Same(other)
    assert Same(one) != one


def test_a_drawing_is_made_once_while_its_layer_lives(monkeypatch) -> None:
    from sim import Network
    from sim.app.readings import portrait

    made, draw = [], portrait.drawing
    monkeypatch.setattr(portrait, "drawing", lambda layer, n: made.append(n) or draw(layer, n))
    one, other = (Network.from_edges([0, 2], [1, 3], n_people=6, directed=True).layers["ties"] for _ in "ab")
    first = portrait.kept_drawing(one, 0)
    assert portrait.kept_drawing(one, 0) is first
    assert made == [0]
    assert portrait.kept_drawing(other, 0) is not first
    for number in range(1, 2 * portrait.MOST_DRAWINGS):
        portrait.kept_drawing(other, number)
    assert len(portrait._drawings) <= portrait.MOST_DRAWINGS
    assert portrait.kept_drawing(one, 0).at.tolist() == first.at.tolist()
