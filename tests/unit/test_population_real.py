"""Publics from real files: a weighted survey, a cohort with blanks, musical and streaming networks."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.agents.build import build_population
from sim.agents.population import Population
from sim.scenario.schema import Scenario
from tests.data import DATA, need_data

PEW = "audience/pew_2021_platform_use.csv"
PLATFORMS = (
    "twitter", "instagram", "facebook", "snapchat", "youtube", "whatsapp", "pinterest", "linkedin", "reddit",
    "tiktok", "nextdoor",
)  # fmt: skip
OFTEN = ("twitter", "instagram", "facebook", "snapchat", "youtube")
RATES = {
    "several times a day": 4.0, "about once a day": 1.0, "a few times a week": 0.4, "every few weeks": 0.05,
    "less often": 0.02,
}  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def data() -> None:
    need_data()


def public(audience: dict[str, Any], channels: tuple[str, ...] = ("tv",)) -> Population:
    plan = {
        "name": "Real people",
        "days": 1,
        "audience": audience,
        "channels": {name: {"kind": "feed", "medium": "feed"} for name in channels},
        "messages": {"hello": {"appeals": {}, "quality": 0.5}},
    }
    scenario = Scenario.model_validate(plan)
    scenario._folder = DATA
    return build_population(scenario)


def survey(**more: Any) -> dict[str, Any]:
    """Return the audience of the Pew survey: 50,000 agents for 258 million adults, by age band."""
    usage = {
        name: {"uses": f"uses_{name}"}
        | ({"often": f"freq_{name}"} if name in OFTEN else {"visits_per_day": 1.0})
        for name in PLATFORMS
    }
    table = {
        "file": PEW,
        "weight": "weight",
        "segment_by": ["age_band"],
        "bands": {"age": [18.0, 30.0, 50.0, 65.0]},
        "usage": usage,
        "visits_per_day": RATES,
    }
    return {"agents": 50_000, "people": 258_000_000.0, "from_survey": table | more}


def pew() -> pd.DataFrame:
    """Return the survey with its age band worked out another way than in the code under test."""
    frame = pd.read_csv(DATA / PEW)
    ends = [17, 29, 49, 64, 200]
    band = pd.cut(frame["age"], ends, labels=["18-29", "30-49", "50-64", "65+"]).astype(object)
    return frame.assign(band=band.where(frame["age"].notna(), "unknown"))


@pytest.fixture(scope="module")
def adults(data: None) -> Population:
    return public(survey(), PLATFORMS)


def test_survey_shares_are_within_two_tenths_of_a_point(adults: Population) -> None:
    frame = pew()
    assert adults.segment_names == ("18-29", "30-49", "50-64", "65+", "unknown")
    off = {}
    for s, band in enumerate(adults.segment_names):
        rows = frame[frame["band"] == band]
        people = adults.segment == s
        off[band, "size"] = people.mean() - rows["weight"].sum() / frame["weight"].sum()
        for c, name in enumerate(adults.channel_names):
            share = rows.loc[rows[f"uses_{name}"] == "yes", "weight"].sum() / rows["weight"].sum()
            off[band, name] = (adults.usage[c, people] > 0).mean() - share
    assert len(off) == 5 * 12
    assert max(map(abs, off.values())) <= 0.002, off


def test_survey_gives_the_published_shares_of_all(adults: Population) -> None:
    published = {
        "youtube": 80.8, "facebook": 68.8, "instagram": 40.1, "pinterest": 31.0, "linkedin": 28.4,
        "snapchat": 24.9, "twitter": 23.4, "whatsapp": 22.7, "tiktok": 21.0, "reddit": 17.6,
    }  # fmt: skip
    for name, share in published.items():
        used = (adults.usage[adults.channel_names.index(name)] > 0).mean() * 100
        assert abs(used - share) < 0.15, name


def test_survey_frequencies_are_those_of_the_labels(adults: Population) -> None:
    frame = pew()
    for name in OFTEN:
        users = frame[frame[f"uses_{name}"] == "yes"]
        rates = users[f"freq_{name}"].map(RATES)
        mean = np.average(rates.dropna(), weights=users.loc[rates.notna(), "weight"])
        visits = adults.usage[adults.channel_names.index(name)]
        legal = np.array([0.0, *RATES.values(), mean])
        assert np.isclose(np.unique(visits)[:, None], legal, rtol=1e-12, atol=0).any(axis=1).all()
        assert visits[visits > 0].mean() == pytest.approx(mean, rel=0.01)


def test_survey_notes_count_the_blanks(adults: Population) -> None:
    assert adults.market == 258_000_000.0
    assert adults.notes[0] == f"{PEW}: 50,000 people drawn from 1,502 rows by weight, 0 rows not drawn"
    assert adults.notes[1].startswith("age_band: blank in 55 of 1,502 rows (")
    assert adults.notes[1].endswith("put in `unknown`")
    assert any(note.startswith("twitter: blank use in 2 rows (") for note in adults.notes)
    assert any(note.startswith("twitter: 1 of 346 users without a frequency") for note in adults.notes)


def test_survey_people_without_age_can_be_drawn_by_the_known(adults: Population) -> None:
    drawn = public(survey(missing="draw"), PLATFORMS)
    assert drawn.segment_names == ("18-29", "30-49", "50-64", "65+")
    known = adults.segment < 4
    np.testing.assert_array_equal(drawn.segment[known], adults.segment[known])
    np.testing.assert_array_equal(drawn.usage, adults.usage)
    share = np.bincount(adults.segment[known]) / known.sum()
    found = np.bincount(drawn.segment[~known], minlength=4) / (~known).sum()
    assert (np.abs(found - share) < 4 * np.sqrt(share * (1 - share) / (~known).sum())).all()
    assert "their segment drawn by the weights of the known" in drawn.notes[1]


def test_copenhagen_sex_with_blanks() -> None:
    people = public({"from_people": {"file": "networks/copenhagen.nodes.csv.gz", "id": "node",
                                     "segment_by": ["female"]}})  # fmt: skip
    assert (people.n_people, people.market, people.people_per_agent) == (844, 844.0, 1.0)
    assert people.segment_names == ("0", "1", "unknown")
    assert people.segment_sizes.tolist() == [614, 173, 57]
    assert people.ids is not None and people.ids[:3] == ("0", "1", "2")
    assert people.notes[1] == "female: blank in 57 of 844 rows (6.8% of weight): put in `unknown`"
    assert np.isnan(people.columns["female"]).sum() == 57


def test_lastfm_has_eighteen_countries_in_counting_order() -> None:
    people = public({"from_people": {"file": "networks/lastfm_asia.nodes.csv.gz", "id": "node",
                                     "segment_by": ["country"]}})  # fmt: skip
    assert people.segment_names == tuple(str(country) for country in range(18))
    with gzip.open(DATA / "networks/lastfm_asia.nodes.csv.gz") as file:
        counts = pd.read_csv(file)["country"].value_counts().sort_index()
    assert people.segment_sizes.tolist() == counts.tolist() and people.n_people == 7_624


def test_twitch_segments_by_partner_and_mature() -> None:
    table = {"file": "networks/twitch_ES.nodes.csv.gz", "id": "node", "segment_by": ["partner", "mature"]}
    people = public({"from_people": table, "segments": {"True False": {"trust": 0.9}}})
    assert people.segment_names == ("False False", "False True", "True False", "True True")
    assert people.n_people == 4_648
    assert people.columns["views"].dtype == np.float64 and people.columns["views"].max() > 1e6
    partner = people.columns["partner"] == "True"
    np.testing.assert_array_equal(partner, people.segment >= 2)
    np.testing.assert_array_equal(people.trust == 0.9, people.segment == 2)
